//! Errors: what they say, where they say it is, and what hostile pickles come to.

mod support;

use std::collections::HashMap;

use pickle_serde::{DeOptions, ErrorKind, Value, from_graph, from_slice};
use rstest::rstest;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::support::pickles;

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "it is never read whole")]
struct Record {
    name: String,
    at: (u8, u8),
}

/// The byte at the offset of an error begins the instruction that made the culprit.
#[test]
fn an_error_has_its_path_and_the_offset_of_its_culprit() {
    for pickle in pickles("records") {
        let error = from_slice::<Vec<Record>>(&pickle.bytes).unwrap_err();
        assert_eq!(error.path().as_deref(), Some("[0].at[1]"), "{pickle}");
        assert!(error.is_data(), "{pickle}");
        let offset = error.offset().expect("the input is there");
        let first = pickle.bytes[offset];
        assert!(matches!(first, b'F' | b'G'), "{pickle}: {error}");
        assert!(error.to_string().contains("invalid type: floating point `2.0`, expected u8 ([0].at[1], "), "{error}");
    }
}

#[test]
fn keys_that_are_no_text_stand_in_brackets() {
    // {1: {'a b': 'x'}}
    let pickle = b"}K\x01}X\x03\0\0\0a bX\x01\0\0\0xss.";
    let error = from_slice::<HashMap<u8, HashMap<String, u8>>>(pickle).unwrap_err();
    assert_eq!(error.path().as_deref(), Some("[1][\"a b\"]"));
    assert_eq!(error.offset(), Some(12));
}

#[test]
fn attributes_and_items_of_instances_have_places() {
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "it is never read whole")]
    struct User {
        name: String,
        age: Option<bool>,
    }
    for pickle in pickles("user") {
        let error = from_slice::<User>(&pickle.bytes).unwrap_err();
        assert_eq!(error.path().as_deref(), Some("age"), "{pickle}");
        assert!(matches!(pickle.bytes[error.offset().expect("an offset")], b'K' | b'I' | b'L'), "{pickle}: {error}");
    }
    for pickle in pickles("point") {
        let error = from_slice::<(u8, u8)>(&pickle.bytes).unwrap_err();
        assert_eq!(error.path().as_deref(), Some("[1]"), "{pickle}");
        assert!(matches!(pickle.bytes[error.offset().expect("an offset")], b'F' | b'G'), "{pickle}: {error}");
    }
}

#[test]
fn the_root_has_no_path_but_a_place() {
    let error = from_slice::<String>(b"\x80\x02K\x05.").unwrap_err();
    assert_eq!(error.to_string(), "invalid type: integer `5`, expected a string (BININT1 at byte 2)");
    assert_eq!(error.path(), None);
}

#[test]
fn a_broken_pickle_has_the_message_of_the_layer_below() {
    let error = from_slice::<String>(b"\x80\x02h\x07.").unwrap_err();
    assert_eq!(error.to_string(), "memo has no entry 7 (BINGET at byte 2)");
    assert_eq!(error.offset(), Some(2));
    assert!(from_slice::<String>(b"").unwrap_err().is_end_of_input());
}

#[rstest]
#[case("(u8, u8)", from_slice::<(u8, u8)>(b"K\x01K\x02K\x03\x87.").map(drop), "invalid length 3, expected 2 items")]
#[case("a missing field", from_slice::<Record>(b"}.").map(drop), "missing field `name` (EMPTY_DICT at byte 0)")]
#[case("a struct of ints", from_slice::<Record>(b"}K\0K\x01s.").map(drop), "missing field `name` (EMPTY_DICT at byte 0)")]
#[case("too large", from_slice::<u8>(b"M\0\x01.").map(drop), "invalid value: integer `256`, expected u8")]
#[case("Ellipsis", from_slice::<u8>(b"c__builtin__\nEllipsis\n.").map(drop), "invalid type: ")]
fn what_does_not_fit_is_said(#[case] name: &str, #[case] read: pickle_serde::Result<()>, #[case] message: &str) {
    let error = read.unwrap_err();
    assert!(error.to_string().starts_with(message), "{name}: {error}");
}

#[test]
fn fields_that_are_not_known_are_refused_where_that_is_asked_for() {
    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is never read whole")]
    struct Strict {
        name: String,
    }
    let error = from_slice::<Strict>(b"}(X\x04\0\0\0nameX\x01\0\0\0xX\x03\0\0\0ageK\x01u.").unwrap_err();
    assert!(error.to_string().starts_with("unknown field `age`, expected `name`"), "{error}");
    let error = from_slice::<Strict>(b"}(K\x07K\x01u.").unwrap_err();
    assert!(error.to_string().starts_with("unknown field `7`, expected `name`"), "{error}");
}

#[test]
fn a_cycle_is_an_error_where_the_type_looks_there() {
    for pickle in pickles("cycle") {
        let error = from_slice::<Value>(&pickle.bytes).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Cycle("list")), "{pickle}: {error}");
        // As deep as there is room for; the message says less.
        assert_eq!(error.path(), Some("[0]".repeat(128)), "{pickle}");
        assert!(
            error.to_string().contains("([0][0][0][0][0][0][0][0]…[0][0][0][0][0][0][0][0], "),
            "{pickle}: {error}"
        );
        assert!(from_slice::<IgnoredAny>(&pickle.bytes).is_ok(), "{pickle}");
        assert_eq!(from_slice::<Vec<IgnoredAny>>(&pickle.bytes).map_or(0, |items| items.len()), 1, "{pickle}");
    }
    for pickle in pickles("inner_cycle") {
        let error = from_slice::<Value>(&pickle.bytes).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Cycle(_)), "{pickle}: {error}");
    }
}

#[test]
fn calls_that_stand_for_themselves_are_a_cycle() {
    // x = C.__new__(C); x.__setstate__(x)
    let error = from_slice::<u8>(b"cm\nC\n)\x81q\0h\0b.").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cycle(_)), "{error}");
}

#[test]
fn deep_nesting_is_refused_before_the_stack_is() {
    let deep = [b"]".repeat(100_000), b"a".repeat(99_999), b".".to_vec()].concat();
    let error = from_slice::<Value>(&deep).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooDeep(128)), "{error}");
    assert!(from_slice::<IgnoredAny>(&deep).is_ok());
    let deep = [b"]".repeat(200), b"a".repeat(199), b".".to_vec()].concat();
    assert!(from_slice::<Value>(&deep).is_err());
    assert!(DeOptions::new().depth(200).from_slice::<Value>(&deep).is_ok());
}

/// Forty tuples, each with the one before it twice: 2⁴⁰ in all.
#[test]
fn a_bomb_of_shared_objects_is_over_budget() {
    let bomb = [
        b"(".as_slice(),
        b"lq\0",
        &(0..40u8).flat_map(|n| [b'h', n, b'h', n, 0x86, b'q', n + 1]).collect::<Vec<_>>(),
        b".",
    ]
    .concat();
    let error = from_slice::<Value>(&bomb).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OverBudget(_)), "{error}");
    // The same by strings: one of a megabyte, twenty thousand times.
    let text = vec![b'a'; 1 << 20];
    let many = [b"X\0\0\x10\0".as_slice(), &text, b"q\0](", &b"h\0".repeat(20_000), b"e."].concat();
    assert!(matches!(from_slice::<Vec<String>>(&many).unwrap_err().kind(), ErrorKind::OverBudget(_)));
    assert!(DeOptions::new().budget(u64::MAX).from_slice::<Vec<&str>>(&many).is_ok());
}

#[test]
fn an_int_of_a_million_digits_is_not_made_text() {
    let huge = [&b"\x8b\x00\x00\x08\x00"[..], &vec![0x7f; 1 << 19], b"."].concat();
    assert!(from_slice::<f64>(&huge).is_err());
    assert!(from_slice::<String>(&huge).is_err());
    assert!(matches!(from_slice::<Value>(&huge), Ok(Value::BigInt(_))));
}

/// Every prefix, and every byte changed, ends in a value or an error.
#[test]
fn damaged_pickles_never_panic() {
    for name in ["user", "shapes", "records", "datetime", "defaultdict", "rome", "huge"] {
        for pickle in pickles(name).iter().filter(|pickle| matches!(pickle.protocol, 0 | 2 | 5)) {
            for length in 0..pickle.bytes.len() {
                let _ = from_slice::<Value>(&pickle.bytes[..length]);
            }
            for at in 0..pickle.bytes.len() {
                for change in [1, 0x20, 0x80, 0xff] {
                    let mut damaged = pickle.bytes.clone();
                    damaged[at] ^= change;
                    let _ = from_slice::<Value>(&damaged);
                    let _ = from_slice::<Vec<Record>>(&damaged);
                    let _ = from_slice::<HashMap<String, Value>>(&damaged);
                    let _ = from_slice::<Vec<String>>(&damaged);
                }
            }
        }
    }
}

#[test]
fn errors_of_graphs_have_a_path_and_no_offset() {
    let graph = pickle_serde::value::py!({"users": [{"name": 5}]});
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "it is never read whole")]
    struct Site {
        users: Vec<HashMap<String, String>>,
    }
    let error = from_graph::<Site>(&graph).unwrap_err();
    assert_eq!(error.to_string(), "invalid type: integer `5`, expected a string (users[0].name)");
    assert_eq!(error.offset(), None);
}

/// A key of a million persistent ids within each other made a path of sixty times the pickle's size.
#[test]
fn a_path_has_the_beginning_of_a_long_key() {
    let pickle = [b"}(", &b"K\xff".repeat(1_000)[..], b"tX\x01\0\0\0xs."].concat();
    let error = from_slice::<HashMap<Vec<u8>, u8>>(&pickle).unwrap_err();
    let path = error.path().unwrap();
    assert!(path.starts_with("[(255, 255, ") && path.ends_with("...]") && path.len() < 250, "{path}");
}
