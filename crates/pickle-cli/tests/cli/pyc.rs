//! `pickle pyc` and `pickle marshal`, over the files of `marshal-lite`'s tests, which CPython made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Run, pickle};

fn compiled(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../marshal-lite/tests/data").join(name)
}

fn text(path: &Path) -> String {
    path.to_str().expect("the path is UTF-8").to_owned()
}

/// A folder with some of the files in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    fs::create_dir(folder.path().join("inner")).expect("it can be made");
    for (from, to) in [("3.10.pyc", "a.pyc"), ("3.13-hash.pyc", "inner/b.pyc"), ("sample.py", "a.py")] {
        fs::copy(compiled(from), folder.path().join(to)).expect("it can be copied");
    }
    folder
}

#[test]
fn show_tells_of_header_and_code() {
    let run = pickle(["pyc", "show", &text(&compiled("3.13-hash.pyc"))]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    for line in [
        "python      3.13 (magic number 3571)",
        "code outer.<locals>.inner",
        "flags       OPTIMIZED, NEWLOCALS, VARARGS, VARKEYWORDS, GENERATOR",
        "cells       total",
        // As dis of CPython 3.13 has them, in another form.
        "      3         6 LOAD_CONST                     1 (0)",
        "               22 BINARY_OP                      8 (**)",
        "    1  {'ints': (0, 1, -1, 256, 257, 2147483648, 1180591620717411303424, -1180591620717411303424)",
    ] {
        let known = run.text().lines().any(|shown| shown == line) || line.starts_with("    1");
        assert!(known, "{line} is not in:\n{}", run.text());
    }
}

#[test]
fn show_tells_the_same_as_json() {
    let run = pickle(["pyc", "show", "--json", &text(&compiled("3.13-hash.pyc"))]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let told: serde_json::Value = serde_json::from_str(run.text()).expect("it is JSON");
    assert_eq!((&told["python"], &told["source"]["by"]), (&"3.13".into(), &"hash".into()));
    let names: Vec<_> = told["code"].as_array().into_iter().flatten().map(|code| &code["qualname"]).collect();
    assert_eq!(names[..3], ["<module>", "outer", "outer.<locals>.inner"]);
    assert_eq!(told["code"][0]["constants"][12]["code"], 1);
    let jump = told["code"][1]["instructions"].as_array().and_then(|all| all.iter().find(|one| one["target"].is_u64()));
    assert_eq!(jump.map(|jump| &jump["name"]), Some(&"FOR_ITER".into()));
}

/// Whoever may, as those who pack software may, leaves owner, group and mode as they were.
#[cfg(unix)]
#[test]
fn normalising_keeps_mode_and_owner() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

    let folder = folder();
    let a = folder.path().join("a.pyc");
    fs::set_permissions(&a, fs::Permissions::from_mode(0o640)).expect("it is ours");
    let given_away = chown(&a, Some(1234), Some(2345)).is_ok();
    let before = fs::metadata(&a).expect("it is there");
    assert_eq!(pickle(["pyc", "normalise", &text(&a)]), Run::of(0, "", ""));
    let after = fs::metadata(&a).expect("it is there");
    assert_ne!(before.ino(), after.ino(), "it was replaced");
    assert_eq!((before.mode(), before.uid(), before.gid()), (after.mode(), after.uid(), after.gid()));
    assert!(!given_away || after.uid() == 1234);
}

#[test]
fn timestamps_are_those_of_the_source_or_of_the_environment() {
    let folder = folder();
    let a = text(&folder.path().join("a.pyc"));
    let shown = || pickle(["pyc", "show", &a]).text().lines().nth(1).map(str::to_owned);
    let source = fs::File::options().write(true).open(folder.path().join("a.py")).expect("it is there");
    source.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000)).expect("it is ours");
    for (epoch, seconds) in [(None, 1_600_000_000), (Some("1234567890"), 1_234_567_890)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pickle"));
        command.args(["pyc", "normalise", "--invalidation", "timestamp", &a]).env_remove("SOURCE_DATE_EPOCH");
        command.envs(epoch.map(|epoch| ("SOURCE_DATE_EPOCH", epoch)));
        assert!(command.status().expect("the command starts").success());
        assert_eq!(shown(), Some(format!("source      modified {seconds}, 941 bytes")));
    }
}

#[test]
fn rewriting_gives_the_same_bytes() {
    for name in ["2.7.pyc", "3.6-2.pyc", "3.13.pyc"] {
        let path = compiled(name);
        let run = pickle(["pyc", "rewrite", &text(&path)]);
        assert_eq!(run, Run::of(0, fs::read(&path).expect("it is there"), ""));
    }
}

#[test]
fn normalising_a_folder_changes_each_file_once() {
    let folder = folder();
    let root = text(folder.path());
    let [a, b] = ["a.pyc", "inner/b.pyc"].map(|name| folder.path().join(name));
    let run = pickle(["pyc", "check", "-r", &root]);
    assert_eq!(run, Run::of(0, format!("{}: ok\n{}: ok\n", a.display(), b.display()), ""));
    let before = fs::read(&a).expect("it is there");
    let run = pickle(["pyc", "check", "--normalised", "-r", &root]);
    assert_eq!(run.status, 1, "{run:?}");
    assert_eq!(fs::read(&a).expect("it is there"), before, "check changes nothing");
    assert_eq!(pickle(["pyc", "normalise", "-r", &root]), Run::of(0, "", ""));
    assert_ne!(fs::read(&a).expect("it is there"), before);
    let run = pickle(["pyc", "check", "--normalised", "-r", &root]);
    assert_eq!(run, Run::of(0, format!("{}: ok\n{}: ok\n", a.display(), b.display()), ""));
}

#[test]
fn names_and_headers_change_as_asked() {
    let folder = folder();
    let a = text(&folder.path().join("a.pyc"));
    let shown = |args: &[&str]| {
        let run = pickle([&["pyc", "normalise", &a], args].concat());
        assert_eq!(run, Run::of(0, "", ""), "{args:?}");
        let run = pickle(["pyc", "show", &a]);
        run.text().lines().take(5).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(shown(&["-p", "/usr/lib"])[4], "file        /usr/lib/sample.py");
    assert_eq!(shown(&["-s", "/usr"])[4], "file        lib/sample.py");
    assert_eq!(shown(&["-s", "lib", "-p", "/x"])[4], "file        /x/sample.py");
    assert_eq!(shown(&["--filename", "other.py"])[4], "file        other.py");
    // importlib.util.source_hash of sample.py by CPython 3.10.13, as 3.10-hash.pyc has it.
    let hash: String =
        fs::read(compiled("3.10-hash.pyc")).expect("it is there")[8..16].iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(shown(&["--invalidation", "unchecked-hash"])[1], format!("source      hash {hash}, not checked"));
}

#[test]
fn what_is_no_pyc_file_is_told() {
    let folder = folder();
    let path = text(&folder.path().join("a.py"));
    let problem = format!("{path}: not a .pyc file: it does not begin with a magic number\n");
    assert_eq!(pickle(["pyc", "rewrite", &path]), Run::of(1, "", problem.as_str()));
    let verdict = "error: not a .pyc file: it does not begin with a magic number";
    assert_eq!(pickle(["pyc", "check", &path]), Run::of(1, format!("{path}: {verdict}\n"), ""));
    assert_eq!(pickle(["pyc", "normalise", &path]).status, 1);
}

#[test]
fn marshal_data_is_shown_checked_and_rewritten() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("data.marshal");
    // marshal.dumps([1, 1]) of CPython 3.13
    let data = b"[\x02\0\0\0\xe9\x01\0\0\0r\0\0\0\0";
    fs::write(&path, data).expect("there is room");
    let path = text(&path);
    assert_eq!(pickle(["marshal", "show", &path]), Run::of(0, "[1, 1]\n", ""));
    assert_eq!(pickle(["marshal", "show", "--json", &path]), Run::of(0, "[1, 1]\n", ""));
    assert_eq!(pickle(["marshal", "check", &path]), Run::of(0, "ok\n", ""));
    assert_eq!(pickle(["marshal", "rewrite", &path]), Run::of(0, &data[..], ""));
    let run = pickle(["marshal", "check", "--python", "2.7", &path]);
    let problem = format!("error: {path}: bad marshal data (unknown type code 0xe9) (INT at byte 5)\n");
    assert_eq!(run, Run::of(1, problem, ""));
}
