//! The data, and how it is read.

use serde_json::Value;

/// A part of the data: a list of objects.
pub(crate) fn part(name: &str) -> Vec<Value> {
    let mut all: Value = serde_json::from_str(include_str!("../data/overrides.json")).expect("the data is JSON");
    match all[name].take() {
        Value::Array(lines) => lines,
        other => panic!("{name} is {other}"),
    }
}

/// Bytes in hexadecimal.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let digits = value.as_str().expect("hexadecimal digits");
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}
