//! What `pickle make` writes, against CPython: `tests/data/generate_make.py` wrote the table.

use std::fs;
use std::path::Path;

use pickle_codec::{DumpOptions, from_slice};
use pickle_value::literal;

#[test]
fn literals_at_all_protocols() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/make.jsonl");
    let table = fs::read_to_string(table).expect("the table is there");
    let mut count = 0;
    for line in table.lines() {
        let (text, pickles): (String, [String; 6]) = serde_json::from_str(line).expect("a case is a line");
        let graph = literal::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        for (protocol, expected) in (0..).zip(&pickles) {
            let pickle = DumpOptions::new().protocol(protocol).to_vec(&graph).expect("a literal can be pickled");
            let hexadecimal: String = pickle.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(&hexadecimal, expected, "protocol {protocol} of {text}");
            shown_and_read_again(&pickle, &text);
        }
        count += 1;
    }
    assert!(count > 300, "the table has {count} literals");
}

/// `show` and `make` are each other's inverse, where Python's repr and literal_eval are.
fn shown_and_read_again(pickle: &[u8], text: &str) {
    let shown = from_slice(pickle).expect("it is read").to_string();
    // These have a repr that is no literal, or one of another value: -2j is shown as (-0-2j), which is 0-2j.
    if ["Ellipsis", "inf", "-0"].iter().any(|no_literal| shown.contains(no_literal)) {
        return;
    }
    let read = literal::parse(&shown).unwrap_or_else(|error| panic!("{text}, {shown}: {error}"));
    assert_eq!(read.to_string(), shown);
    assert_eq!(read.root(), from_slice(pickle).expect("it is read").root(), "{text}");
}
