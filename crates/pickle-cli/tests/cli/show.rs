//! `pickle show`.

use rstest::rstest;

use crate::{Run, pickle, pickle_with, read};

const EMPTY: &str = "empty file, no pickle in it (Python: EOFError: Ran out of input)";

#[rstest]
fn a_value_as_python_prints_it(#[values("bob", "mixed")] name: &str, #[values(0, 1, 2, 3, 4, 5)] protocol: u8) {
    let repr = read(&format!("{name}.repr"));
    assert_eq!(pickle(["show", &format!("{name}.{protocol}.pkl")]), Run::of(0, repr, ""));
}

#[rstest]
#[case::first(&["several.pkl"], "[1, 2]\n", "several.pkl: 32 bytes follow the first pickle\n")]
#[case::all(&["--all", "several.pkl"], "[1, 2]\n'two'\n(3, 3.5)\n", "")]
#[case::nth_from_zero(&["--nth", "0", "several.pkl"], "[1, 2]\n", "")]
#[case::nth(&["several.pkl", "--nth", "1"], "'two'\n", "")]
#[case::nth_is_the_last(&["several.pkl", "--nth=2"], "(3, 3.5)\n", "")]
fn several_pickles_in_a_file(#[case] args: &[&str], #[case] stdout: &str, #[case] stderr: &str) {
    assert_eq!(pickle([&["show"], args].concat()), Run::of(0, stdout, stderr));
}

#[rstest]
#[case::space_behind(b"K\x01. ", &[], "1\n", "<stdin>: 1 byte follows the first pickle\n")]
#[case::several(b"K\x01.K\x02.", &["--all"], "1\n2\n", "")]
#[case::nothing_is_run(b"cos\nsystem\n(S'true'\ntR.", &[], "os.system('true')\n", "")]
#[case::names_stay_on_their_line(b"cos\x1b[2J\r\nsys\xe2\x80\xaetem\n.", &[], "os\\u{1b}[2J\\r.sys\\u{202e}tem\n", "")]
fn standard_input(#[case] stdin: &[u8], #[case] args: &[&str], #[case] stdout: &str, #[case] stderr: &str) {
    let run = pickle_with(stdin, [&["show", "-"], args].concat());
    assert_eq!(run, Run::of(0, stdout, stderr));
}

/// `tests/data/generate_arrays.py` made the files.
#[rstest]
#[case::npz("arrays.npz", "weights.npy: array float64 [2, 3]\nlabels.npy: array object [2]\n")]
#[case::member("arrays.npz!weights.npy", "array float64 [2, 3]\n")]
#[case::objects("arrays.npz!labels.npy", "array object [2]\n")]
#[case::pt("tensors.pt", "OrderedDict({'weight': tensor float32 [2, 3]})\n")]
fn arrays_and_tensors_by_type_and_shape(#[case] file: &str, #[case] stdout: &str) {
    assert_eq!(pickle(["show", file]), Run::of(0, stdout, ""));
}

/// `class User: pass`, whose `friends` is a list with itself and another, by CPython 3.13 at protocol 2.
#[test]
fn an_instance_reads_like_python() {
    let stdin = b"\x80\x02capp.models\nUser\nq\x00)\x81q\x01}q\x02(X\x04\x00\x00\x00nameq\x03X\x03\x00\x00\x00Annq\x04\
        X\x07\x00\x00\x00friendsq\x05]q\x06(h\x01h\x00)\x81q\x07}q\x08h\x03X\x03\x00\x00\x00Bobq\tsbeub.";
    let shown = "app.models.User(name='Ann', friends=[<cycle #1>, app.models.User(name='Bob')])\n";
    assert_eq!(pickle_with(stdin, ["show", "-"]), Run::of(0, shown, ""));
}

/// The message is CPython's, or says more; what was shown before it stays.
#[rstest]
#[case::empty(&["empty.pkl"], "", &format!("empty.pkl: {EMPTY}"))]
#[case::absent(&["absent.pkl"], "", "absent.pkl: No such file or directory (os error 2)")]
#[case::no_entry(&["no-entry.pkl"], "", "no-entry.pkl: memo has no entry 7 (BINGET at byte 11)")]
#[case::no_opcode(&["no-opcode.pkl"], "", "no-opcode.pkl: 0xff is no opcode (at byte 3)")]
#[case::too_few(&["--nth", "3", "several.pkl"], "", "several.pkl: no pickle 3 in it, counted from 0: it has 3 pickles")]
#[case::one(&["--nth", "1", "bob.0.pkl"], "", "bob.0.pkl: no pickle 1 in it, counted from 0: it has 1 pickle")]
#[cfg_attr(not(unix), ignore = "spells errors of files as Unix does")]
fn an_error_is_one_line(#[case] args: &[&str], #[case] stdout: &str, #[case] message: &str) {
    let run = pickle([&["show"], args].concat());
    assert_eq!(run, Run::of(1, stdout, format!("{message}\n")));
}

#[test]
fn an_error_behind_pickles_that_are_well() {
    let run = pickle_with(b"K\x01.K\x02. ", ["show", "-", "--all"]);
    assert_eq!(run, Run::of(1, "1\n2\n", "<stdin>: 0x20 is no opcode (at byte 6)\n"));
}

#[test]
fn an_end_within_a_frame_says_where() {
    let run = pickle(["show", "truncated.pkl"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.starts_with("truncated.pkl: pickle data was truncated"), "{run:?}");
    assert!(run.stderr.ends_with("(FRAME at byte 2)\n"), "{run:?}");
}

#[test]
fn an_empty_standard_input() {
    let run = pickle(["show", "-"]);
    assert_eq!(run, Run::of(1, "", format!("<stdin>: {EMPTY}\n")));
}

/// Python 2's `pickle.dumps('\xe9t\xe9', 2)`.
#[rstest]
#[case("latin1", "'été'\n")]
#[case("latin-1", "'été'\n")]
#[case("bytes", "b'\\xe9t\\xe9'\n")]
fn the_encoding_of_python_2(#[case] encoding: &str, #[case] stdout: &str) {
    let pickle = b"\x80\x02U\x03\xe9t\xe9q\x00.";
    let run = pickle_with(pickle, ["show", "--encoding", encoding, "-"]);
    assert_eq!(run, Run::of(0, stdout, ""));
}

#[rstest]
fn an_encoding_that_does_not_fit(#[values("ASCII", "ascii", "utf-8", "UTF8")] encoding: &str) {
    let pickle = b"\x80\x02U\x03\xe9t\xe9q\x00.";
    let run = pickle_with(pickle, ["show", "--encoding", encoding, "-"]);
    assert_eq!((run.status, run.text()), (1, ""));
    assert!(run.stderr.ends_with("(SHORT_BINSTRING at byte 2)\n"), "{run:?}");
}
