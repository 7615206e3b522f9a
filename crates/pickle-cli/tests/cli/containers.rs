//! Files that are something else than a pickle, and pickles in them. The formats are tested in the crate `pickle-tools`.

use std::fs;

use rstest::{fixture, rstest};
use tempfile::TempDir;

use crate::{Run, pickle, pickle_with, read};

#[fixture]
fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().expect("the path is text").to_owned()
}

#[rstest]
fn every_command_unpacks(
    folder: TempDir,
    #[values("gz", "zz", "zlib", "bz2", "xz", "zst")] extension: &str,
    #[values("show", "check", "dis", "info", "transcode", "optimize")] command: &str,
) {
    let packed = path(&folder, &format!("d.pkl.{extension}"));
    assert_eq!(pickle(["transcode", "mixed.4.pkl", "-o", &packed]), Run::of(0, "", ""));
    assert!(!fs::read(&packed).expect("the file").starts_with(b"\x80\x04"));
    let (mut run, plain) = (pickle([command, &packed]), pickle([command, "mixed.4.pkl"]));
    if command == "info" {
        let text = run.text().split_once('\n').expect("lines").1;
        run.stdout = text.as_bytes().to_vec();
    }
    assert_eq!(run, plain);
    let piped = pickle_with(&fs::read(&packed).expect("the file"), [command, "-"]);
    assert_eq!(piped.status, 0, "{piped:?}");
}

#[rstest]
#[case::json(b"{\"a\": 1}", "this is a JSON text, not a pickle")]
#[case::safetensors(b"\x10\0\0\0\0\0\0\0{\"a\": {}}       ", "this is a safetensors file, not a pickle")]
#[case::hdf5(b"\x89HDF\r\n\x1a\n\0", "this is an HDF5 file, not a pickle")]
#[case::png(b"\x89PNG\r\n\x1a\n\0", "this is a PNG image, not a pickle")]
#[case::elf(b"\x7fELF\x02\x01\x01", "this is an ELF file, not a pickle")]
#[case::sevenzip(b"7z\xbc\xaf\x27\x1c\0\x04", "this is a 7z archive, not a pickle")]
#[case::lz4(b"\x04\x22\x4d\x18\x64\x40", "this is an LZ4 file, which is not unpacked here")]
#[case::broken_zip(b"PK\x03\x04\x14\0\0\0", "the zip archive cannot be read: ")]
fn what_is_no_pickle_is_named(
    folder: TempDir,
    #[case] content: &[u8],
    #[case] problem: &str,
    #[values("show", "dis", "info", "transcode", "optimize")] command: &str,
) {
    // Whatever it is called.
    let file = path(&folder, "model.pkl");
    fs::write(&file, content).expect("a file");
    for (run, name) in [(pickle([command, &file]), file.as_str()), (pickle_with(content, [command, "-"]), "<stdin>")] {
        assert_eq!((run.status, run.text()), (1, ""));
        assert!(run.stderr.starts_with(&format!("{name}: {problem}")), "{run:?}");
        assert_eq!(run.stderr.lines().count(), 1);
    }
    let verdict = pickle(["check", &file]);
    assert!(verdict.text().starts_with(&format!("error: {file}: {problem}")), "{verdict:?}");
}

#[test]
fn a_member_is_named() {
    assert_eq!(pickle(["show", "two.zip!sub/b.pkl"]), Run::of(0, "['b']\n", ""));
    let several =
        "several pickles are in the archive: name one behind the file, as FILE!a.pkl; it has a.pkl, sub/b.pkl";
    assert_eq!(pickle(["show", "two.zip"]), Run::of(1, "", format!("two.zip: {several}\n")));
    assert_eq!(pickle_with(&read("two.zip"), ["show", "-"]), Run::of(1, "", format!("<stdin>: {several}\n")));
    let absent = "two.zip!c: the archive has no member \"c\": it has a.pkl, sub/b.pkl, readme.txt\n";
    assert_eq!(pickle(["dis", "two.zip!c"]), Run::of(1, "", absent));
    let info = pickle(["info", "two.zip!a.pkl"]);
    assert!(info.text().starts_with("found in    zip, member a.pkl\npickles     1, "), "{info:?}");
}

#[rstest]
fn a_name_with_an_exclamation_mark(folder: TempDir) {
    let file = path(&folder, "we!rd.pkl");
    fs::write(&file, b"N.").expect("a file");
    assert_eq!(pickle(["show", &file]), Run::of(0, "None\n", ""));
    assert_eq!(pickle(["show", &format!("{file}!x")]).status, 1);
}

#[rstest]
fn unpacking_is_limited(folder: TempDir, #[values("show", "dis", "info", "optimize")] command: &str) {
    let packed = path(&folder, "d.pkl.gz");
    assert_eq!(pickle(["transcode", "mixed.4.pkl", "-o", &packed]).status, 0);
    let length = read("mixed.4.pkl").len();
    assert_eq!(pickle([command, "--max-unpacked", &length.to_string(), &packed]).status, 0);
    let run = pickle([command, "--max-unpacked", &(length - 1).to_string(), &packed]);
    let message = format!(
        "{packed}: unpacks to more than {} bytes, which is the limit: --max-unpacked allows for more\n",
        length - 1
    );
    assert_eq!((run.status, run.stderr), (1, message));
}

#[rstest]
#[case("12345", 0)]
#[case("12k", 0)]
#[case("1G", 0)]
#[case("99999999T", 2)]
#[case("1X", 2)]
#[case("-1", 2)]
#[case("", 2)]
fn sizes(#[case] size: &str, #[case] status: i32) {
    assert_eq!(pickle(["show", "bob.4.pkl", &format!("--max-unpacked={size}")]).status, status);
}

#[cfg(unix)]
#[rstest]
fn a_pipe_with_a_name(folder: TempDir) {
    let pipe = path(&folder, "pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()));
    std::thread::scope(|scope| {
        scope.spawn(|| fs::write(&pipe, read("two.zip")).expect("somebody reads"));
        assert_eq!(pickle(["show", &format!("{pipe}!a.pkl")]), Run::of(0, "['a']\n", ""));
    });
}
