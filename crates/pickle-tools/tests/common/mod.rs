//! What the tests over lines of JSON share.

use serde_json::Value;

/// The cases of a file, one a line.
pub(crate) fn lines(file: &str) -> impl Iterator<Item = Value> {
    file.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line"))
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

pub(crate) fn string(value: &Value) -> &str {
    value.as_str().expect("a string")
}

pub(crate) fn bytes(hexadecimal: &str) -> Vec<u8> {
    let byte = |digits| u8::from_str_radix(core::str::from_utf8(digits).expect("ASCII"), 16).expect("hexadecimal");
    hexadecimal.as_bytes().chunks(2).map(byte).collect()
}
