//! What a pickle leaves open, answered on the command line.

use std::fs;

use rstest::rstest;
use serde_json::Value;

use crate::{Run, pickle_with, read};

/// Python 2's `str` of all 256 bytes.
fn all_bytes() -> Vec<u8> {
    let bytes: Vec<u8> = (0..=255).collect();
    [&b"T\x00\x01\x00\x00"[..], &bytes, b"."].concat()
}

/// `data/codecs.jsonl` has what CPython 3.13 decodes.
#[test]
fn encodings_are_those_of_python() {
    let lines = String::from_utf8(read("codecs.jsonl")).expect("it is text");
    for line in lines.lines() {
        let case: Value = serde_json::from_str(line).expect("a line is JSON");
        let encoding = case["encoding"].as_str().expect("a name").replace('_', "-").to_uppercase();
        for handler in ["replace", "surrogateescape", "backslashreplace", "ignore"] {
            let args = ["transcode", "-", "-p4", "--encoding", &encoding, "--errors", handler];
            let run = pickle_with(&all_bytes(), args);
            assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{encoding} {handler}");
            let graph = pickle_codec::from_slice(&run.stdout).expect("a pickle");
            let text = graph.root().as_text().expect("it is text").as_bytes();
            let digits: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(case[handler], digits, "{encoding} {handler}");
        }
        let strict = pickle_with(&all_bytes(), ["show", "-", "--encoding", &encoding]);
        match case["error"].as_str() {
            None => assert_eq!(strict.status, 0, "{strict:?}"),
            Some(error) => {
                assert_eq!(strict.stderr, format!("<stdin>: {error} (BINSTRING at byte 0)\n"));
            }
        }
    }
    assert!(lines.lines().count() >= 50);
}

/// Python 2: `pickle.dumps({'name': u'é'.encode('utf-8'), 'raw': ['\xff', ('\xfe',)], 'city': u'é'.encode('latin-1')}, 1)`
const MIXED: &[u8] = b"}(U\x04nameU\x02\xc3\xa9U\x03raw](U\x01\xffU\x01\xfe\x85eU\x04cityU\x01\xe9u.";

#[rstest]
#[case::each(
    &["--encoding-at", "name=utf-8", "--encoding-at", "['raw']=bytes", "--encoding-at", "city=latin1"],
    "{'name': 'é', 'raw': [b'\\xff', (b'\\xfe',)], 'city': 'é'}"
)]
#[case::with_a_default(
    &["--encoding", "cp1251", "--encoding-at", "name=utf-8", "--encoding-at", "raw[1]=koi8-r"],
    "{'name': 'é', 'raw': ['я', ('Ч',)], 'city': 'й'}"
)]
#[case::with_a_handler(
    &["--errors", "backslashreplace", "--encoding-at", "['name']=utf_8"],
    "{'name': 'é', 'raw': ['\\\\xff', ('\\\\xfe',)], 'city': '\\\\xe9'}"
)]
fn an_encoding_for_each_path(#[case] args: &[&str], #[case] shown: &str) {
    let run = pickle_with(MIXED, [&["show", "-"], args].concat());
    assert_eq!(run, Run::of(0, format!("{shown}\n"), ""));
}

#[test]
fn a_path_that_leads_nowhere() {
    let run = pickle_with(MIXED, ["show", "-", "--encoding-at", "nam=utf-8"]);
    assert_eq!((run.status, run.text()), (1, ""));
    assert!(run.stderr.contains("nam"), "{run:?}");
}

#[rstest]
#[case::renamed(b"cold\nUser\n.", &["--rename", "old.User=app.models.User"], "app.models.User")]
#[case::module(b"cold.models\nUser\n.", &["--rename", "old=app"], "app.models.User")]
#[case::nested(b"cold\nUser\n.", &["--rename", "old.User=app:Outer.User"], "app.Outer.User")]
#[case::another_name(b"cold\nUsers\n.", &["--rename", "old.User=app.User"], "old.Users")]
#[case::fixed(b"ccopy_reg\nconstructor\n.", &[], "copyreg.constructor")]
#[case::not_fixed(b"ccopy_reg\nconstructor\n.", &["--no-fix-imports"], "copy_reg.constructor")]
#[case::extension(b"\x80\x02\x82\xf0.", &["--ext", "240=decimal.Decimal"], "decimal.Decimal")]
#[case::nested_extension(b"\x80\x02\x82\xf0.", &["--ext", "240=app:Outer.Inner"], "app.Outer.Inner")]
#[case::unknown_extension(b"\x80\x02\x82\xf0.", &[], "<extension 240>")]
#[case::unknown_buffer(b"\x80\x05\x97.", &[], "<buffer 0>")]
fn names_and_codes(#[case] pickled: &[u8], #[case] args: &[&str], #[case] shown: &str) {
    let run = pickle_with(pickled, [&["show", "-"], args].concat());
    assert_eq!(run, Run::of(0, format!("{shown}\n"), ""));
}

/// `pickle.dumps([PickleBuffer(b'abc'), PickleBuffer(bytearray(b'de'))], 5)`, with and without `buffer_callback`.
#[test]
fn buffers_are_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = [("one", "abc"), ("two", "de")].map(|(name, content)| {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("a file");
        path.to_str().expect("the path is text").to_owned()
    });
    let outside = b"\x80\x05\x95\x08\0\0\0\0\0\0\0]\x94(\x97\x98\x97e.";
    let inside = b"\x80\x05\x95\x17\0\0\0\0\0\0\0]\x94(C\x03abc\x94\x96\x02\0\0\0\0\0\0\0de\x94e.";
    let run = pickle_with(outside, ["transcode", "-", "--buffer", &paths[0], "--buffer", &paths[1]]);
    assert_eq!(run, Run::of(0, *inside, ""));
    assert_eq!(pickle_with(outside, ["transcode", "-"]), Run::of(0, *outside, ""));

    let checked = pickle_with(outside, ["check", "-", "--buffer", &paths[0]]);
    let missing = "not enough out-of-band buffers: there is no buffer 1, counted from 0 (NEXT_BUFFER at byte 16)";
    assert_eq!(checked, Run::of(1, format!("error: <stdin>: {missing}\n"), ""));
    assert_eq!(pickle_with(outside, ["check", "-", "--buffer", &paths[0], "--buffer", &paths[1]]).status, 0);
    let absent = pickle_with(outside, ["show", "-", "--buffer", "absent.bin"]);
    assert_eq!((absent.status, absent.text()), (1, ""));
    assert!(absent.stderr.starts_with("absent.bin: "), "{absent:?}");
}

#[rstest]
#[case::encoding(&["--encoding", "utf-9"])]
#[case::handler(&["--errors", "strictly"])]
#[case::rename(&["--rename", "old.User"])]
#[case::code(&["--ext", "x=decimal.Decimal"])]
#[case::name(&["--ext", "1=Decimal"])]
#[case::path(&["--encoding-at", "latin1"])]
#[case::path_and_encoding(&["--encoding-at", "name=latin"])]
fn wrong_arguments(#[case] args: &[&str]) {
    // The last one is right, and its path leads nowhere.
    let status = if args[1] == "name=latin" { 1 } else { 2 };
    let run = pickle_with(b"N.", [&["show", "-"], args].concat());
    assert_eq!((run.status, run.text()), (status, ""), "{run:?}");
}

/// CPython: `ValueError: code out of range`, and `key … is already registered with code …`.
#[rstest]
#[case(&["--ext", "0=decimal.Decimal"])]
#[case(&["--ext", "2147483648=decimal.Decimal"])]
#[case(&["--ext", "1=decimal.Decimal", "--ext", "2=decimal.Decimal"])]
fn codes_that_cannot_be_registered(#[case] args: &[&str]) {
    let run = pickle_with(b"N.", [&["show", "-"], args].concat());
    assert_eq!((run.status, run.text()), (1, ""));
    assert!(run.stderr.starts_with("--ext: "), "{run:?}");
}
