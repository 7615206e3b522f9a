//! Shelves of `tests/data`, which CPython wrote by `generate.py`, and shelves that are made here.

mod claims;
mod fixtures;
mod hostile;
mod writing;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pickle_value::{Graph, literal};
use tempfile::TempDir;

/// A file of `tests/data`.
fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// A folder with a copy of the files of a shelf.
fn copy(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for suffix in ["", ".dat", ".dir", ".db"] {
        let file = format!("{name}{suffix}");
        if data(&file).is_file() {
            fs::copy(data(&file), folder.path().join(&file)).expect("the file can be copied");
        }
    }
    folder
}

/// What the shelves of `tests/data` hold: `contents.txt`, in which CPython wrote keys and values.
fn contents() -> BTreeMap<String, Graph<'static>> {
    in_order().into_iter().collect()
}

/// The same in the order in which it was set.
fn in_order() -> Vec<(String, Graph<'static>)> {
    let text = fs::read_to_string(data("contents.txt")).expect("the contents are there");
    let entry = |line: &str| {
        let (key, value) = line.split_once('\t').expect("a tab stands between key and value");
        let key = literal::parse(key).expect("a key is a literal");
        let value = literal::parse(value).expect("a value is a literal").into_owned();
        (key.root().as_str().expect("a key is text").to_owned(), value)
    };
    text.lines().map(entry).collect()
}

/// The bytes of a file of a case: hexadecimal, or the start of a file of `tests/data`.
fn case_bytes(text: &str) -> Vec<u8> {
    match text.strip_prefix("file:").and_then(|text| text.split_once(':')) {
        Some((name, length)) => {
            let mut bytes = fs::read(data(name)).expect("the file is there");
            bytes.truncate(length.parse().expect("a length is a number"));
            bytes
        }
        None => (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hex")).collect(),
    }
}
