//! `pickle optimize`, `pickle asm` and `pickle dis --exact`. What they write is compared with pickletools in the crate
//! `pickle-tools`; here is how the commands go about it.

use std::fs;

use rstest::rstest;

use crate::{Run, pickle, pickle_with, read};

/// The bytes are those of CPython 3.13's `pickletools.optimize(pickle.dumps(['a', 'a'], 4))`.
#[test]
fn optimized() {
    let pickled = b"\x80\x04\x95\x0b\0\0\0\0\0\0\0]\x94(\x8c\x01a\x94h\x01e.";
    let optimized = b"\x80\x04\x95\x0a\0\0\0\0\0\0\0](\x8c\x01a\x94h\0e.";
    assert_eq!(pickle_with(pickled, ["optimize", "-"]), Run::of(0, *optimized, ""));
}

#[rstest]
#[case::first(&["several.pkl"], "[1, 2]\n", "several.pkl: 32 bytes follow the first pickle\n")]
#[case::all(&["--all", "several.pkl"], "[1, 2]\n'two'\n(3, 3.5)\n", "")]
#[case::nth(&["--nth", "1", "several.pkl"], "'two'\n", "")]
fn several_pickles_in_a_file(#[case] args: &[&str], #[case] shown: &str, #[case] stderr: &str) {
    let run = pickle([&["optimize"], args].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, stderr));
    assert_eq!(pickle_with(&run.stdout, ["show", "--all", "-"]), Run::of(0, shown, ""));
}

#[test]
fn in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("d.pkl.gz");
    let path = path.to_str().expect("text");
    assert_eq!(pickle(["transcode", "mixed.4.pkl", "-o", path]).status, 0);
    assert_eq!(pickle(["optimize", path, "-o", path]), Run::of(0, "", ""));
    assert_eq!(fs::read(path).expect("the file")[..2], [0x1f, 0x8b]);
    assert_eq!(pickle(["show", path]).stdout, read("mixed.repr"));
}

/// What stands behind the pickle that was asked for is not written over.
#[rstest]
fn in_place_of_several(#[values("optimize", "transcode")] command: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("several.pkl");
    fs::write(&path, read("several.pkl")).expect("a copy");
    let path = path.to_str().expect("text");
    let message =
        format!("{path}: 32 bytes follow the first pickle and would be lost: say --all, or write to another file\n");
    assert_eq!(pickle([command, path, "-o", path]), Run::of(1, "", &message[..]));
    assert_eq!(fs::read(path).expect("the file"), read("several.pkl"));
    assert_eq!(pickle([command, "--all", path, "-o", path]), Run::of(0, "", ""));
    assert_eq!(pickle(["show", "--all", path]), Run::of(0, "[1, 2]\n'two'\n(3, 3.5)\n", ""));
}

#[rstest]
#[case(&["no-opcode.pkl"], b"", "no-opcode.pkl: 0xff is no opcode (at byte 3)\n")]
#[case(&["-", "--nth", "1"], b"N.I\xff\n.", "<stdin>: invalid literal for an int")]
fn what_cannot_be_optimized(#[case] args: &[&str], #[case] stdin: &[u8], #[case] message: &str) {
    let run = pickle_with(stdin, [&["optimize"], args].concat());
    assert_eq!((run.status, run.text()), (1, ""));
    assert!(run.stderr.starts_with(message) || run.stderr.ends_with("(INT at byte 2)\n"), "{run:?}");
}

#[rstest]
fn a_listing_and_back(#[values("bob", "mixed")] name: &str, #[values(0, 1, 2, 3, 4, 5)] protocol: u8) {
    let file = format!("{name}.{protocol}.pkl");
    for args in [&["dis", &file][..], &["dis", "--exact", "-a", &file]] {
        let listing = pickle(args);
        assert_eq!(pickle_with(&listing.stdout, ["asm", "-"]), Run::of(0, read(&file), ""));
    }
}

#[test]
fn exact_spelling() {
    let odd = b"S\"a\"\nL01\nF1e0\n\x87.";
    let listing = pickle_with(odd, ["dis", "--exact", "-"]);
    assert!(listing.text().contains("raw b'01'"), "{listing:?}");
    assert_eq!(pickle_with(&listing.stdout, ["asm", "-", "-o", "-"]), Run::of(0, *odd, ""));
}

#[rstest]
#[case(b"NONE\nFOO 1\n", "<stdin>: line 2: \"FOO\" is no opcode\n")]
#[case(b"BININT1 256\n", "<stdin>: line 1: BININT1 needs ")]
#[case(b"\xff", "<stdin>: this is no text: byte 0 is not UTF-8\n")]
fn what_cannot_be_assembled(#[case] listing: &[u8], #[case] message: &str) {
    let run = pickle_with(listing, ["asm", "-"]);
    assert_eq!((run.status, run.text()), (1, ""));
    assert!(run.stderr.starts_with(message), "{run:?}");
}

/// `pickletools.dis(b'')` of CPython: "pickle exhausted before seeing STOP".
#[test]
fn a_listing_without_an_instruction_is_no_pickle() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("o.pkl");
    for listing in ["", "\n\n# a comment\n"] {
        let run = pickle_with(listing.as_bytes(), ["asm", "-", "-o", file.to_str().expect("text")]);
        assert_eq!(run, Run::of(1, "", "<stdin>: no instruction in it, so there is no pickle\n"));
        assert!(!file.exists());
    }
}

#[test]
fn messages_name_the_file_that_was_given() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("none").join("o.pkl");
    let file = file.to_str().expect("text");
    let run = pickle(["make", "1", "-o", file]);
    assert_eq!((run.status, run.stdout.len()), (1, 0));
    assert!(run.stderr.starts_with(&format!("{file}: ")), "{}", run.stderr);
    assert!(!run.stderr.contains(".pickle-"), "{}", run.stderr);
}
