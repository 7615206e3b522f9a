//! `pickle make`. What is written is compared in `tests/make_table.rs`; here is how the command goes about it.

use std::fs;

use rstest::rstest;

use crate::{Run, pickle, pickle_with, read};

const BOB: &str = "{'name': 'bob', 'age': 20, 'score': 88}";

#[rstest]
fn each_protocol(#[values(0, 1, 2, 3, 4, 5)] protocol: u8) {
    let expected = read(&format!("bob.{protocol}.pkl"));
    let number = protocol.to_string();
    assert_eq!(pickle(["make", "-p", &number, BOB]), Run::of(0, expected.clone(), ""));
    assert_eq!(pickle_with(BOB.as_bytes(), ["make", "-", "-p", &number, "-o", "-"]), Run::of(0, expected, ""));
}

#[test]
fn what_is_shown_can_be_made() {
    let shown = read("bob.repr");
    let made = pickle_with(&shown, ["make", "-"]);
    assert_eq!(made, Run::of(0, read("bob.4.pkl"), ""));
    assert_eq!(pickle_with(&made.stdout, ["show", "-"]), Run::of(0, shown, ""));
}

#[rstest]
#[case::negative(&["make", "-1"], b"\x80\x04\x95\x06\0\0\0\0\0\0\0J\xff\xff\xff\xff.")]
#[case::behind_dashes(&["make", "--", "-1"], b"\x80\x04\x95\x06\0\0\0\0\0\0\0J\xff\xff\xff\xff.")]
#[case::of_a_profile(&["make", "--profile", "3.7", "()"], b"\x80\x03).")]
#[case::tuple_without_brackets(&["make", "-p2", "1,"], b"\x80\x02K\x01\x85q\0.")]
fn arguments(#[case] args: &[&str], #[case] pickled: &[u8]) {
    assert_eq!(pickle(args), Run::of(0, pickled, ""));
}

#[rstest]
#[case("[1,\n x]", "literal: a name is no literal (line 2, column 2)\n")]
#[case("{[]: 1}", "literal: unhashable type: 'list' (line 1, column 1)\n")]
#[case("", "literal: a value is missing (line 1, column 1)\n")]
#[case("f'x'", "literal: an f-string is no literal (line 1, column 1)\n")]
fn no_literal(#[case] text: &str, #[case] message: &str) {
    assert_eq!(pickle(["make", text]), Run::of(1, "", message));
}

#[test]
fn no_text() {
    let run = pickle_with(b"'\xff'", ["make", "-"]);
    assert_eq!(run, Run::of(1, "", "<stdin>: this is no text: byte 1 is not UTF-8\n"));
}

#[test]
fn a_file_stays_as_it_was_where_something_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("d.pkl");
    fs::write(&path, "before").expect("a file");
    let run = pickle(["make", "[1, x]", "-o", path.to_str().expect("text")]);
    assert_eq!(run.status, 1);
    assert_eq!(fs::read(&path).expect("the file"), b"before");
}

#[rstest]
#[case::too_high(&["-p", "6", "1"])]
#[case::of_a_profile(&["-p", "5", "--profile", "3.7", "1"])]
#[case::two(&["1", "2"])]
#[case::none(&[])]
fn wrong_arguments(#[case] args: &[&str]) {
    assert_eq!(pickle([&["make"], args].concat()).status, 2);
}
