//! Literals that are read, against `ast.literal_eval`: `tests/data/generate_parsed.py` wrote the cases.

use std::fmt::Write;

use pickle_value::{ErrorKind, literal};
use rstest::rstest;

#[test]
#[cfg_attr(not(feature = "unicode-names"), ignore = "some cases have the names of characters")]
fn as_literal_eval_does() {
    let mut wrong = String::new();
    let mut count = 0;
    for line in include_str!("data/parsed.jsonl").lines() {
        let (text, expected): (String, Option<String>) = serde_json::from_str(line).expect("a case is a line");
        let parsed = literal::parse(&text).map(|graph| graph.to_string());
        count += 1;
        match (&parsed, &expected) {
            (Ok(repr), Some(expected)) if repr == expected => {}
            (Err(error), None) if matches!(error.kind(), ErrorKind::Literal { .. }) => {}
            // An int of so many digits has no repr in Python.
            _ => writeln!(wrong, "{text:?}: {parsed:?}, in Python {expected:?}").expect("a String takes all"),
        }
    }
    assert!(count > 3000 && wrong.is_empty(), "of {count}:\n{wrong}");
}

#[rstest]
#[case("[1, x]", 4, 1, 5)]
#[case("(1,\n é)", 5, 2, 2)]
#[case("(1,\r\n\r2 3)", 8, 3, 3)]
#[case("  [1", 2, 1, 3)]
#[case("'abc", 0, 1, 1)]
#[case("0x_", 3, 1, 4)]
#[case("[{[]: 1}]", 1, 1, 2)]
fn an_error_says_where(#[case] text: &str, #[case] at: usize, #[case] in_line: usize, #[case] in_column: usize) {
    let error = literal::parse(text).expect_err("it is no literal");
    let &ErrorKind::Literal { offset, line, column, .. } = error.kind() else { panic!("{error:?}") };
    assert_eq!((offset, line, column), (at, in_line, in_column), "{error}");
}

#[rstest]
#[case("[", "]")]
#[case("(", ",)")]
#[case("(", ")")]
#[case("{1:", "}")]
fn any_depth(#[case] open: &str, #[case] close: &str) {
    let depth = 100_000;
    let text = [&open.repeat(depth), "1", &close.repeat(depth)].concat();
    let graph = literal::parse(&text).expect("a literal");
    assert!(graph.to_string().starts_with(open) || open == "(");
    literal::parse(&open.repeat(depth)).expect_err("not closed");
    literal::parse(&close.repeat(depth)).expect_err("not opened");
    literal::parse(&"-".repeat(depth)).expect_err("no number");
}

#[test]
fn identity_is_that_of_literal_eval() {
    let graph = literal::parse("['ab', 'ab', b'a', b'a', b'\\x61', b'ab', b'ab']").expect("a literal");
    let same = |one, other| graph.root().get(one).is(graph.root().get(other));
    assert!(!same(0, 1) && same(2, 3) && same(2, 4) && !same(5, 6));
}
