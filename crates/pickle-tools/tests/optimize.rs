//! Optimized pickles against what CPython's pickletools makes: `tests/data/generate_optimize.py` wrote the cases.

mod common;

use std::collections::HashMap;

use common::{bytes, lines, list, string};
use pickle_opcodes::{ErrorKind as Malformed, Opcode};
use pickle_tools::{ErrorKind, optimize};
use rstest::rstest;
use serde_json::Value;
use sha2::{Digest, Sha256};

#[rstest]
fn as_pickletools_optimizes() {
    let listed: HashMap<String, Vec<u8>> = lines(include_str!("data/dis.jsonl"))
        .map(|case| (string(&case["name"]).to_owned(), bytes(string(&list(&case["pickles"])[0]))))
        .collect();
    let mut cases = 0;
    for case in lines(include_str!("data/optimize.jsonl")) {
        let name = string(&case["name"]);
        let pickle = match &case["pieces"] {
            Value::Null => listed[name].clone(),
            pieces => list(pieces).iter().flat_map(|piece| repeated(list(piece))).collect(),
        };
        check(name, &pickle, &case["optimized"]);
        cases += 1;
    }
    assert!(cases > 3500, "only {cases} cases");
}

fn repeated(piece: &[Value]) -> Vec<u8> {
    let [piece, count] = piece else { panic!("a piece and how often it stands") };
    bytes(string(piece)).repeat(count.as_u64().expect("a number") as usize)
}

fn check(name: &str, pickle: &[u8], expected: &Value) {
    let optimized = optimize(pickle);
    match expected {
        Value::String(exception) if exception.ends_with("Error") => {
            let error = optimized.expect_err(name);
            // Python looks at the first line of a pair before it misses the second.
            let half_a_pair = matches!(error.kind(), ErrorKind::Bytes(Malformed::Truncated { .. }))
                && matches!(error.opcode(), Some(Opcode::Global | Opcode::Inst));
            assert!(raised(error.kind()) == exception || half_a_pair, "{name}: {exception}, {error}");
        }
        Value::String(digits) => assert_eq!(optimized.expect(name), bytes(digits), "{name}"),
        Value::Array(length_and_hash) => {
            let optimized = optimized.expect(name);
            assert_eq!(Some(optimized.len() as u64), length_and_hash[0].as_u64(), "{name}");
            assert_eq!(Sha256::digest(&optimized).as_slice(), bytes(string(&length_and_hash[1])), "{name}");
        }
        _ => panic!("{name}: {expected}"),
    }
}

/// The exception that Python raises where we give an error of this kind.
fn raised(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotAscii { .. } | ErrorKind::NotUtf8 { .. } => "UnicodeDecodeError",
        ErrorKind::Bytes(Malformed::BadEscape { codec: "raw-unicode-escape", .. }) => "UnicodeDecodeError",
        ErrorKind::MemoMissing { .. } => "TypeError",
        _ => "ValueError",
    }
}

#[rstest]
#[case(b"\x80\x02N\x80\x07.", 3, "protocol 7 is not known, 5 is the highest (PROTO at byte 3)")]
#[case(b"h\x05Nq\x05.", 0, "the memo has no entry 5 (BINGET at byte 0)")]
#[case(b"Nq\x05", 3, "ran out of input where an opcode should be (at byte 3)")]
#[case(b"ca\n\xff\n.", 0, "byte 0xff at position 0 of the argument is not ASCII (GLOBAL at byte 0)")]
fn errors_say_where_and_what(#[case] pickle: &[u8], #[case] offset: u64, #[case] message: &str) {
    let error = optimize(pickle).expect_err("malformed");
    assert_eq!((error.offset(), error.to_string().as_str()), (offset, message));
}

/// Indexes are claims: none of these may take memory in proportion to them.
#[rstest]
fn claims_are_not_believed() {
    let pickle = b"\x80\x02Nr\xff\xff\xff\xffp9223372036854775807\ng9223372036854775807\n\x86.";
    assert_eq!(optimize(pickle).expect("well-formed"), b"\x80\x02Nq\x00h\x00\x86.");
}
