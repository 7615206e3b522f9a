//! `pickle dis`, against runs of `python3.13 -m pickletools`.

use std::fs;
use std::path::PathBuf;

use rstest::rstest;

use crate::{Run, pickle, pickle_with, read};

/// A case is the arguments, a line each, an empty line, the status, and the standard output.
#[rstest]
fn as_pickletools_prints_it(#[files("tests/data/dis/*.txt")] case: PathBuf) {
    let case = fs::read_to_string(case).expect("the case is there");
    let (args, rest) = case.split_once("\n\n").expect("arguments come first");
    let (status, stdout) = rest.split_once('\n').expect("the status is a line");
    let run = pickle(["dis"].into_iter().chain(args.lines()));
    assert_eq!((run.text(), run.status.to_string().as_str()), (stdout, status), "{run:?}");
    if run.status == 1 {
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
}

#[rstest]
#[case::no_entry("no-entry.pkl", "the memo has no entry 7 (BINGET at byte 11)")]
#[case::empty("empty.pkl", "empty file, no pickle in it (Python: EOFError: Ran out of input)")]
#[case::left_over("left-over.pkl", "the stack is not empty after STOP: [int] (STOP at byte 4)")]
fn the_message_is_on_standard_error(#[case] file: &str, #[case] message: &str) {
    let run = pickle(["dis", file]);
    assert_eq!((run.status, run.stderr), (1, format!("{file}: {message}\n")));
}

/// The layout is that of `python3.13 -m pickletools -a`, the sentences are our own.
#[test]
fn annotated() {
    let run = pickle_with(b"\x80\x02](K\x01X\x14\0\0\0twenty characters...e.", ["dis", "-a", "-"]);
    let listing = r"    0: \x80 PROTO      2              Say which protocol the pickle keeps to.
    2: ]    EMPTY_LIST                Push an empty list.
    3: (    MARK                      Push a mark.
    4: K        BININT1    1          Push an int from 0 to 255.
    6: X        BINUNICODE 'twenty characters...' Push a str of UTF-8 with a four-byte length.
   31: e        APPENDS    (MARK at 3)            Append all above the mark to the list below it.
   32: .    STOP                                  End the pickle; the top is its value.
highest protocol among opcodes = 2
";
    assert_eq!(run, Run::of(0, listing, ""));
}

const NONE: &str = "    0: N    NONE\n    1: .    STOP\nhighest protocol among opcodes = 0\n";
const TRUE: &str = "    2: \\x88 NEWTRUE\n    3: .    STOP\nhighest protocol among opcodes = 2\n";

#[rstest]
#[case::first(&["-"], NONE.into(), "<stdin>: 2 bytes follow the first pickle\n")]
#[case::all(&["--all", "-"], format!("{NONE}{TRUE}"), "")]
#[case::nth(&["--nth", "1", "-"], TRUE.into(), "")]
#[case::named_twice(&["-", "-"], format!("==> <stdin> <==\n{NONE}==> <stdin> <==\n{TRUE}"), "")]
fn standard_input(#[case] args: &[&str], #[case] stdout: String, #[case] stderr: &str) {
    let run = pickle_with(b"N.\x88.", [&["dis"], args].concat());
    assert_eq!(run, Run::of(0, stdout, stderr));
}

#[test]
fn what_follows_in_a_file_is_told() {
    let run = pickle(["dis", "several.pkl"]);
    assert_eq!(run.stderr, "several.pkl: 32 bytes follow the first pickle\n");
}

#[test]
fn all_pickles_of_one_pickler() {
    let run = pickle(["dis", "--memo", "--all", "memo.pkl"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let without = pickle(["dis", "--all", "memo.pkl"]);
    let problem = "memo.pkl: the memo has no entry 0 (BINGET at byte 26)\n";
    assert_eq!((without.status, without.stderr.as_str()), (1, problem));
    assert!(run.text().starts_with(without.text()), "{without:?}");
}

#[test]
fn a_number_past_the_last() {
    let run = pickle(["dis", "--nth", "3", "several.pkl"]);
    let problem = "several.pkl: no pickle 3 in it, counted from 0: it has 3 pickles\n";
    assert_eq!(run, Run::of(1, "", problem));
}

#[rstest]
#[case::well("bob.4.pkl", 0)]
#[case::broken("no-entry.pkl", 1)]
fn a_file_has_what_standard_output_would(#[case] file: &str, #[case] status: i32) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("listing.txt");
    let path = path.to_str().expect("the path is text");
    let printed = pickle(["dis", file]);
    let run = pickle(["dis", "-o", path, file]);
    assert_eq!((run.status, run.text()), (status, ""));
    assert_eq!(fs::read(path).expect("the file is there"), printed.stdout);
    assert_eq!(pickle(["dis", "-o", "-", file]), printed);
}

#[rstest]
fn a_preamble_that_is_no_format(#[values("{", "}", "{nam}", "{}", "{name!r}")] preamble: &str) {
    let run = pickle(["dis", "-p", preamble, "bob.0.pkl"]);
    assert_eq!((run.status, run.text()), (2, ""));
}

#[test]
fn a_pipe_is_as_good_as_a_file() {
    let piped = pickle_with(&read("mixed.5.pkl"), ["dis", "-"]);
    assert_eq!(piped, pickle(["dis", "mixed.5.pkl"]));
}

#[test]
fn the_input_is_not_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("d.pkl");
    fs::write(&path, read("bob.0.pkl")).expect("a copy");
    let path = path.to_str().expect("the path is text");
    let run = pickle(["dis", path, "-o", path]);
    assert_eq!(run, Run::of(1, "", format!("{path}: the output would overwrite it\n")));
    assert_eq!(fs::read(path).expect("the file"), read("bob.0.pkl"));
}
