//! Values set in place, against assignments that CPython made: `data/generate_edits.py` wrote them down.
//!
//! `cargo xtask edits` has CPython judge others, any number of them.

use std::fs;

use pickle_codec::value::{Path, literal};
use pickle_codec::{Document, DumpOptions, Error, Graph, LoadOptions};
use serde_json::Value;

const EDITS: &str = include_str!("data/edits.jsonl");

/// What CPython 3.13 dumps once it has loaded the pickle and assigned the value, is what we dump of the edited pickle.
#[test]
fn an_edited_pickle_is_what_python_assigns() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in EDITS.lines() {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let text = |key: &str| line[key].as_str().expect("text");
        let pickle = bytes(text("pickle"));
        let protocol = u8::try_from(line["protocol"].as_u64().expect("a number")).expect("a protocol");
        let edited = edited(&pickle, text("path"), text("literal"));
        let dumped = edited.and_then(|edited| {
            let graph = LoadOptions::new().unify(true).from_slice(&edited)?;
            DumpOptions::new().protocol(protocol).to_vec(&graph)
        });
        match dumped {
            Ok(dumped) if dumped == bytes(text("dumps")) => {}
            Ok(dumped) => wrong.push(format!("{line}\n    {}", dumped.escape_ascii())),
            Err(error) => wrong.push(format!("{line}\n    {error}")),
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 300, "only {count} edits");
}

/// Instructions that no pickler writes today, or that are known to be hard: the very bytes, which `cargo xtask edits` has
/// CPython judge. `BLESS=1` writes them anew.
#[test]
fn an_odd_pickle_is_edited_like_this() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/odd_edits.jsonl");
    let text = fs::read_to_string(path).expect("the data file is there");
    let (mut wrong, mut blessed) = (Vec::new(), String::new());
    for line in text.lines() {
        let mut line: Value = serde_json::from_str(line).expect("a line is JSON");
        let text = |key: &str| line[key].as_str().expect("text");
        let edited = edited(&bytes(text("pickle")), text("path"), text("literal")).expect("Python assigns it");
        if edited != bytes(text("edited")) {
            wrong.push(format!("{line}\n    {}", edited.escape_ascii()));
        }
        line["edited"] = edited.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        blessed += &format!("{line}\n");
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, blessed).expect("the data file can be written");
        return;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn edited(pickle: &[u8], path: &str, text: &str) -> Result<Vec<u8>, Error> {
    let mut document = Document::from_slice(pickle)?;
    assert_eq!(document.to_vec(), pickle);
    document.set(&parsed(path), &value(text))?;
    Ok(document.to_vec())
}

fn parsed(path: &str) -> Path {
    path.parse().expect(path)
}

fn value(text: &str) -> Graph<'_> {
    literal::parse(text).expect(text)
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits");
    (0..hex.len()).step_by(2).map(digits).collect()
}
