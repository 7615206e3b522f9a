//! `pickle check`.

use rstest::rstest;

use crate::{Run, pickle, pickle_with};

#[rstest]
#[case::one(&["bob.3.pkl"], "")]
#[case::several(&["several.pkl"], "several.pkl: 32 bytes follow the first pickle\n")]
#[case::all(&["--all", "several.pkl"], "")]
#[case::nth(&["--nth", "2", "several.pkl"], "")]
// The loader ignores what STOP leaves on the stack, and so does Python's.
#[case::left_over(&["left-over.pkl"], "")]
fn ok(#[case] args: &[&str], #[case] stderr: &str) {
    let run = pickle([&["check"], args].concat());
    assert_eq!(run, Run::of(0, "ok\n", stderr));
}

#[rstest]
#[case::empty("empty.pkl", "empty file, no pickle in it (Python: EOFError: Ran out of input)")]
#[case::no_entry("no-entry.pkl", "memo has no entry 7 (BINGET at byte 11)")]
#[case::no_opcode("no-opcode.pkl", "0xff is no opcode (at byte 3)")]
fn error(#[case] file: &str, #[case] problem: &str) {
    let run = pickle(["check", file]);
    assert_eq!(run, Run::of(1, format!("error: {file}: {problem}\n"), ""));
}

#[test]
fn all_are_ok_or_none() {
    let run = pickle_with(b"N.N.\xff", ["check", "--all", "-"]);
    let verdict = "error: <stdin>: 0xff is no opcode (at byte 4)\n";
    assert_eq!(run, Run::of(1, verdict, ""));
}

#[test]
fn a_broken_pickle_does_not_hide_the_next() {
    // The first has a wrong GET: it cannot be loaded, but its end can be found.
    let run = pickle_with(b"h\x07.N.", ["check", "--nth", "1", "-"]);
    assert_eq!(run, Run::of(0, "ok\n", ""));
}

#[test]
fn a_file_that_cannot_be_read() {
    let run = pickle(["check", "absent.pkl"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    assert!(run.text().starts_with("error: absent.pkl: "), "{run:?}");
}
