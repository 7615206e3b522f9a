//! Values of a kind in numbers: integers at their limits, floats, texts.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::case::Case;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = ints();
    cases.extend(floats());
    cases.extend(texts());
    cases.extend(nested());
    cases
}

macro_rules! limits {
    ($($type:ty)*) => {
        vec![$(limits::<$type>(&[<$type>::MIN, <$type>::MIN + 1, <$type>::MAX / 2, <$type>::MAX / 2 + 1, <$type>::MAX, 0, 1, 100])),*]
    };
}

fn limits<T>(values: &[T]) -> Vec<Case>
where
    T: Serialize + DeserializeOwned + PartialEq + Debug + Clone + ToString + 'static,
{
    values.iter().map(|value| Case::new(value.clone(), value.to_string())).collect()
}

fn ints() -> Vec<Case> {
    let mut cases: Vec<Case> = limits!(i8 i16 i32 i64 i128 u8 u16 u32 u64 u128).into_iter().flatten().collect();
    // Where the opcodes change.
    for power in [8, 16, 31, 32, 47, 48, 63] {
        for value in [(1i128 << power) - 1, 1 << power, -(1 << power), -(1 << power) - 1] {
            cases.push(Case::new(value, value.to_string()));
        }
    }
    cases
}

fn floats() -> Vec<Case> {
    let values = [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (1e16, "1e16"),
        (1e22, "1e22"),
        (1.0 / 3.0, "1 / 3.0"),
        (f64::MAX, "1.7976931348623157e308"),
        (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
        (5e-324, "5e-324"),
        (f64::EPSILON, "2.0**-52"),
        (f64::INFINITY, "float('inf')"),
        (f64::NEG_INFINITY, "float('-inf')"),
        (123_456_789.125, "123456789.125"),
    ];
    values.into_iter().map(|(value, expression)| Case::new(value, expression)).collect()
}

/// The expressions escape whatever is not plain, by the rules of Python's literals.
fn texts() -> Vec<Case> {
    let long = ["a".repeat(255), "a".repeat(256), "é".repeat(200), "x".repeat(70_000)];
    let texts = [
        "",
        "a",
        "é",
        "漢",
        "ab",
        "name",
        "it's",
        "say \"x\"",
        "both ' and \"",
        "back\\slash",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u{1a}",
        "\u{7f}",
        "\u{80}",
        "\u{a0}",
        "café",
        "漢字",
        "😀",
        "a😀b",
        "\\u0041",
        "\u{feff}x",
        "\u{2028}",
        "ß",
        "\u{ffff}",
        "\u{10ffff}",
        "line\nline",
        "%s {}",
        "None",
        "b'x'",
    ];
    let all = texts.iter().map(ToString::to_string).chain(long);
    all.map(|text| Case::new(text.clone(), literal(&text))).collect()
}

fn literal(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => character.to_string(),
            _ => format!("\\U{:08x}", u32::from(character)),
        })
        .collect();
    format!("'{escaped}'")
}

/// Lists and tuples within each other, to some depth.
fn nested() -> Vec<Case> {
    let mut cases = Vec::new();
    for length in [1usize, 2, 5, 10, 50] {
        let rows: Vec<(usize, Vec<usize>)> = (0..length).map(|row| (row, (0..row).collect())).collect();
        cases.push(Case::new(rows, format!("[(row, list(range(row))) for row in range({length})]")));
    }
    cases
}
