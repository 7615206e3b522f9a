//! `pickle scan` and `pickle globals`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use rstest::{fixture, rstest};
use tempfile::TempDir;

use crate::{Run, pickle, pickle_with, read};

const BAD: &[u8] = b"\x80\x02cos\nsystem\nX\x04\0\0\0echo\x85R.";

/// A model's repository.
#[fixture]
fn repository() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).expect("a file");
    put("README.md", b"# A model\n\nconda install it, or `pip install`.\n");
    put("config.json", b"{\"hidden_size\": 768}\n");
    put("tokenizer.json", b"{\"version\": \"1.0\", \"model\": {\"vocab\": {\"a\": 0}}}");
    put("vocab.txt", b"[PAD]\n[UNK]\nthe\nof\n");
    put("model.safetensors", b"\x10\0\0\0\0\0\0\0{\"a\": {}}       \0\0\x80\x3f");
    put("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0");
    put(".gitattributes", b"*.pt filter=lfs\n");
    put("model.pt", &read("tensors.pt"));
    fs::create_dir(folder.path().join("data")).expect("a folder");
    put("data/bob.pkl", &read("bob.4.pkl"));
    folder
}

fn text(path: &Path) -> String {
    path.to_str().expect("the path is text").to_owned()
}

#[rstest]
fn a_model_repository(repository: TempDir) {
    let folder = text(repository.path());
    assert_eq!(pickle(["scan", &folder]), Run::of(0, "9 files: 2 clean, 7 not pickles\n", ""));
    fs::write(repository.path().join("README.md"), BAD).expect("a file");
    let run = pickle(["scan", &folder]);
    assert_eq!(run.status, 1);
    assert!(
        run.text().starts_with(&format!("dangerous    {folder}/README.md\n    dangerous: global os.system: ")),
        "{run:?}"
    );
    assert!(run.text().ends_with("9 files: 1 dangerous, 2 clean, 6 not pickles\n"), "{run:?}");
}

#[rstest]
fn statuses(repository: TempDir) {
    let path = |name: &str| text(&repository.path().join(name));
    assert_eq!(pickle(["scan", &path("data/bob.pkl")]).status, 0);
    // What is named is to be a pickle, and so is what is called one.
    assert_eq!(pickle(["scan", &path("README.md")]).status, 2);
    fs::write(path("broken.pkl"), b"\x80\x04]\x94(").expect("a file");
    assert_eq!(pickle(["scan", &text(repository.path())]).status, 2);
    assert_eq!(pickle(["scan", &path("absent")]).status, 2);
    fs::write(path("unknown.pkl"), b"cshop\nOrder\n.").expect("a file");
    assert_eq!(pickle(["scan", &text(repository.path())]).status, 1);
    assert_eq!(pickle_with(BAD, ["scan", "-"]).status, 1);
    assert_eq!(pickle(["scan"]).status, 2);
}

#[rstest]
fn policies(repository: TempDir) {
    let path = |name: &str| text(&repository.path().join(name));
    fs::write(path("order.pkl"), b"\x80\x02cshop\nOrder\n)\x81}b.").expect("a file");
    let policy = "name = 'ours'\n[[allow]]\nmodules = ['shop']\nnames = ['Order']\noperations = ['new', 'build']\nreason = 'plain'\n";
    fs::write(path("ours.toml"), policy).expect("a file");
    assert_eq!(pickle(["scan", &path("order.pkl")]).status, 1);
    assert_eq!(pickle(["scan", "--policy", &path("ours.toml"), &path("order.pkl")]).status, 0);
    assert_eq!(pickle(["scan", "--no-default-policy", &path("model.pt")]).status, 1);
    let run = pickle(["scan", "--explain", "--policy", &path("ours.toml"), &path("order.pkl")]);
    assert!(run.text().contains("    allowed: new shop.Order: plain (ours) (NEWOBJ at byte 15)\n"), "{run:?}");
    fs::write(path("bad.toml"), "name = 1").expect("a file");
    let run = pickle(["scan", "--policy", &path("bad.toml"), &path("order.pkl")]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.starts_with(&path("bad.toml")), "{run:?}");
}

#[rstest]
fn json_and_sarif(repository: TempDir) {
    let folder = text(repository.path());
    fs::write(repository.path().join("README.md"), BAD).expect("a file");
    let run = pickle(["scan", "--json", &folder]);
    let lines: Vec<serde_json::Value> =
        run.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((run.status, lines.len()), (1, 3));
    let bad = lines.iter().find(|line| line["verdict"] == "dangerous").expect("the bad one");
    assert_eq!(bad["symbols"], serde_json::json!(["os.system"]));
    assert_eq!(bad["findings"][0]["offset"], 2);
    let run = pickle(["scan", "--sarif", &folder]);
    let log: serde_json::Value = serde_json::from_str(run.text()).expect("JSON");
    assert_eq!((run.status, &log["version"]), (1, &serde_json::json!("2.1.0")));
    let result = &log["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&"global".into(), &"error".into()));
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["byteOffset"], 2);
}

#[rstest]
fn globals(repository: TempDir) {
    let path = |name: &str| text(&repository.path().join(name));
    let run = pickle(["globals", &path("model.pt")]);
    assert_eq!(run.status, 0);
    assert!(run.text().contains("torch._utils._rebuild_tensor_v2\n"), "{run:?}");
    assert_eq!(
        pickle_with(b"c__builtin__\neval\n.", ["globals", "--judge", "-"]),
        Run::of(0, "dangerous  builtins.eval\n", "")
    );
    assert_eq!(pickle_with(b"cshop\nOrder\n", ["globals", "-"]).status, 1);
    assert_eq!(pickle_with(b"\x80\x02\x82\x01.", ["globals", "-"]).status, 1);
}

/// Whoever reads the lines may go: `pickle scan … | head` is to fail where something is dangerous.
#[rstest]
#[case(&[])]
#[case(&["-v"])]
#[case(&["--json"])]
#[case(&["--sarif"])]
fn the_status_does_not_depend_on_who_reads(repository: TempDir, #[case] arguments: &[&str]) {
    // More than fits into a pipe, before and behind the bad one.
    for number in 0..600 {
        fs::write(repository.path().join(format!("{number:0>200}.pkl")), BAD).expect("a file");
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_pickle"))
        .arg("scan")
        .args(arguments)
        .arg(repository.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    drop(child.stdout.take());
    let out = child.wait_with_output().expect("it ends");
    assert_eq!((out.status.code(), &out.stderr[..]), (Some(1), &b""[..]));
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[rstest]
    fn names_that_are_not_utf8_are_told_apart(repository: TempDir) {
        let folder = repository.path().join("names");
        fs::create_dir(&folder).expect("a folder");
        for name in [&b"\xff \xc3\xa9.pkl"[..], b"\xfe \xc3\xa9.pkl"] {
            if fs::write(folder.join(OsStr::from_bytes(name)), BAD).is_err() {
                return; // A file system that takes UTF-8 alone.
            }
        }
        let folder = text(&folder);
        let told = pickle(["scan", &folder]);
        for name in [r"\xff", r"\xfe"] {
            assert!(told.text().contains(&format!("dangerous    {folder}/{name} é.pkl\n")), "{told:?}");
        }
        let sarif = pickle(["scan", "--sarif", &folder]);
        for name in ["%FF%20%C3%A9.pkl", "%FE%20%C3%A9.pkl"] {
            assert!(sarif.text().contains(&format!("{folder}/{name}\"")), "{sarif:?}");
        }
    }

    /// What would never end, or has nothing to read, is left alone; what cannot be followed is told.
    #[rstest]
    fn links_sockets_and_loops(repository: TempDir) {
        let path = |name: &str| repository.path().join(name);
        let before = pickle(["scan", &text(repository.path())]);
        symlink("/dev/zero", path("zero.pkl")).expect("a link");
        symlink("nowhere", path("dangling.pkl")).expect("a link");
        symlink("..", path("data/up")).expect("a link");
        symlink(repository.path(), path("data/self")).expect("a link");
        let _socket = UnixListener::bind(path("socket.pkl")).expect("a socket");
        let fifo = Command::new("mkfifo").arg(path("pipe.pkl")).status().expect("mkfifo");
        assert!(fifo.success());
        symlink("pipe.pkl", path("to_pipe.pkl")).expect("a link");
        assert_eq!(pickle(["scan", &text(repository.path())]), before);
        symlink("model.pt", path("linked.pt")).expect("a link");
        let run = pickle(["scan", &text(repository.path())]);
        assert_eq!(run, Run::of(0, "10 files: 3 clean, 7 not pickles\n", ""));
        symlink("loop.pkl", path("loop.pkl")).expect("a link");
        let run = pickle(["scan", &text(repository.path())]);
        assert_eq!(run.status, 2);
        assert!(run.text().contains("loop.pkl\n"), "{run:?}");
    }
}
