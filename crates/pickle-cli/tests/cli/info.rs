//! `pickle info`.

use std::fs;

use rstest::rstest;
use serde_json::Value;

use crate::{Run, data, pickle, pickle_with, read};

fn json(stdin: &[u8]) -> (Value, Run) {
    let run = pickle_with(stdin, ["info", "--json", "-"]);
    (serde_json::from_slice(&run.stdout).unwrap_or_default(), run)
}

const MIXED: &str = "\
pickles     1, 549 bytes
protocol    none declared, 0 needed by the opcodes
read by     every Python
written by  Python 3: __builtin__.bytes; _codecs.encode, which makes its bytes
opcodes     139
frames      0
memo        38 entries
globals     __builtin__.Ellipsis
            __builtin__.bytearray
            __builtin__.bytes
            __builtin__.complex
            __builtin__.frozenset
            __builtin__.set
            __builtin__.xrange
            _codecs.encode
";

const SEVERAL: &str = "\
pickles     3, 44 bytes
protocol    2, 4, none declared, 4 needed by the opcodes
read by     Python 3.4 and later
written by  Python 3: protocol 3 or higher
opcodes     19
frames      1
memo        3 entries
globals     none
";

#[rstest]
#[case("mixed.0.pkl", MIXED)]
#[case("several.pkl", SEVERAL)]
fn what_is_told(#[case] file: &str, #[case] stdout: &str) {
    assert_eq!(pickle(["info", file]), Run::of(0, stdout, ""));
}

/// The numbers are those of `pickletools.genops`, the memo's that of its PUTs.
#[rstest]
fn as_dis_lists_it(#[values("bob", "mixed")] name: &str, #[values(0, 1, 2, 3, 4, 5)] protocol: u64) {
    let file = format!("{name}.{protocol}.pkl");
    let (told, run) = json(&read(&file));
    assert_eq!(run.status, 0, "{run:?}");
    let listing = pickle(["dis", &file]);
    let lines = listing.text().lines().count() as u64 - 1;
    let puts = listing.text().lines().filter(|line| ["PUT", "MEMOIZE"].iter().any(|put| line.contains(put))).count();
    assert_eq!((told["opcodes"].as_u64(), told["memo_entries"].as_u64()), (Some(lines), Some(puts as u64)));
    let declared = if protocol < 2 { vec![] } else { vec![Value::from(protocol)] };
    assert_eq!(told["declared_protocols"].as_array(), Some(&declared));
    assert_eq!(told["bytes"].as_u64(), Some(read(&file).len() as u64));
}

#[rstest]
#[case(b"N.", Value::Null)]
#[case(b"\x80\x02N.", "2.3".into())]
#[case(b"B\0\0\0\0.", "3.0".into())]
#[case(b"\x80\x03N.", "3.0".into())]
#[case(b"\x80\x02\x8c\x01a.", "3.4".into())]
#[case(b"\x80\x05N.", "3.8".into())]
fn the_oldest_python(#[case] pickled: &[u8], #[case] version: Value) {
    assert_eq!(json(pickled).0["oldest_python"], version);
}

/// Pickles of CPython 2.7 to 3.13, which `generate_marks.py` wrote: marks are missing often, and never wrong.
#[test]
fn marks_are_right() {
    let table = fs::read_to_string(data("marks.jsonl")).expect("the table is there");
    let mut marked = 0;
    for line in table.lines() {
        let (version, what, pickled): (String, String, String) = serde_json::from_str(line).expect("a case is a line");
        let bytes = (0..pickled.len()).step_by(2).map(|at| u8::from_str_radix(&pickled[at..at + 2], 16));
        let bytes = bytes.collect::<Result<Vec<_>, _>>().expect("hexadecimal");
        let (told, run) = json(&bytes);
        assert_eq!(run.status, 0, "{line}: {run:?}");
        let marks = |python: &str| told[python].as_array().expect("a list").len();
        let (right, wrong) = match version.starts_with('2') {
            true => (marks("python2_marks"), marks("python3_marks")),
            false => (marks("python3_marks"), marks("python2_marks")),
        };
        assert_eq!(wrong, 0, "{line}: {told}");
        if version == "2.7" && ["str", "old", "small long"].contains(&what.as_str()) {
            assert!(right > 0 || what == "small long", "{line}: {told}");
        }
        marked += usize::from(right > 0);
    }
    assert!(marked > 250, "only {marked} have marks");
}

#[test]
fn what_follows_is_counted() {
    let run = pickle_with(b"N.K\x01. and more", ["info", "-"]);
    assert_eq!(run.status, 0);
    assert!(run.text().starts_with("pickles     2, 5 bytes\nthen        9 bytes that are no pickle\n"), "{run:?}");
}

#[rstest]
#[case::later(b"N.\x80\x04K\x01", 1, "<stdin>: the pickle ends before its STOP (at byte 6)\n")]
#[case::in_an_argument(
    b"\x80\x04\x8c\x09abc",
    0,
    "<stdin>: pickle data was truncated: at least 6 more bytes needed (SHORT_BINUNICODE at byte 2)\n"
)]
#[case::on_the_stack(b"N.]a.", 1, "<stdin>: unpickling stack underflow (APPEND at byte 3)\n")]
fn what_was_read_before_an_error(#[case] pickled: &[u8], #[case] pickles: u64, #[case] message: &str) {
    let (told, run) = json(pickled);
    assert_eq!((run.status, run.stderr.as_str()), (1, message));
    assert_eq!(told["pickles"].as_u64(), Some(pickles));
    assert!(message.contains(told["error"].as_str().expect("an error")), "{told}");
    assert!(pickle_with(pickled, ["info", "-"]).text().contains(", and one that is broken\n"));
}

#[test]
fn an_empty_file() {
    let message = "empty.pkl: empty file, no pickle in it (Python: EOFError: Ran out of input)\n";
    assert_eq!(pickle(["info", "empty.pkl"]), Run::of(1, "", message));
}

/// A pickle is not kept in memory, nor a text of it; here it is 64 MB of nothing, and of one line.
#[test]
fn arguments_of_any_size() {
    let zeros = vec![0; 64_000_000];
    let pickled = [b"\x80\x04(B\x00\x90\xd0\x03", &zeros[..], b"V", &vec![b'v'; 8_000_000], b"\nt."].concat();
    let (told, run) = json(&pickled);
    assert_eq!((run.status, told["opcodes"].as_u64()), (0, Some(6)), "{}", run.stderr);
    assert_eq!(told["bytes"].as_u64(), Some(pickled.len() as u64));
    let cut = json(&pickled[..1_000_000]).1;
    assert!(cut.stderr.ends_with("(BINBYTES at byte 3)\n"), "{}", cut.stderr);
}

/// More texts than are kept: a global's names are known all the same, right before it and from the memo.
#[test]
fn globals_behind_many_texts() {
    let mut listing: String = (0..100_000).map(|number| format!("BINUNICODE 'text {number}'\nPOP\n")).collect();
    listing += "PROTO 4\nMARK\nSHORT_BINUNICODE 'datetime'\nMEMOIZE\nSHORT_BINUNICODE 'date'\nSTACK_GLOBAL\n";
    listing += &"SHORT_BINUNICODE 'x'\nSHORT_BINUNICODE 'y'\n".repeat(9);
    listing += "BINGET 0\nSHORT_BINUNICODE 'time'\nSTACK_GLOBAL\nTUPLE\nSTOP\n";
    let pickled = pickle_with(listing.as_bytes(), ["asm", "-"]);
    let (told, run) = json(&pickled.stdout);
    assert_eq!(run.status, 0, "{run:?}");
    assert_eq!(told["globals"].to_string(), r#"[["datetime","date"],["datetime","time"]]"#);
}
