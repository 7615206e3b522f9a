//! Python 2's `str` by encoding and error handler.

use pickle_codec::{Encoding, ErrorKind, Errors, LoadOptions};

use super::data::{bytes, part, text};

#[test]
fn strings_of_python_2_become_what_cpython_makes_of_them() {
    let cases = part("encodings");
    for case in &cases {
        let encoding = match text(&case["encoding"]) {
            "ASCII" => Encoding::Ascii,
            "latin1" => Encoding::Latin1,
            "utf-8" => Encoding::Utf8,
            _ => Encoding::Bytes,
        };
        let errors = Errors::from_name(text(&case["errors"])).expect("a handler");
        let pickle = bytes(&case["pickle"]);
        let loaded = LoadOptions::new().encoding(encoding).errors(errors).from_slice(&pickle);
        let told = match &loaded {
            Ok(graph) => match (graph.root().as_text(), graph.root().as_bytes()) {
                (Some(text), _) => serde_json::json!({ "str": hexadecimal(text.as_bytes()) }),
                (_, bytes) => serde_json::json!({ "bytes": hexadecimal(bytes.expect("text or bytes")) }),
            },
            Err(error) => match error.kind() {
                ErrorKind::NotAscii { byte, position } => {
                    serde_json::json!({ "byte": byte, "position": position, "reason": "ordinal not in range(128)" })
                }
                ErrorKind::Undecodable { byte, position, reason, .. } => {
                    serde_json::json!({ "byte": byte, "position": position, "reason": reason })
                }
                other => panic!("{case}: {other}"),
            },
        };
        for (key, value) in told.as_object().expect("an object") {
            assert_eq!(&case[key], value, "{case}");
        }
        assert_eq!(
            case.as_object().expect("an object").len(),
            3 + told.as_object().expect("an object").len(),
            "{case}"
        );
    }
    assert!(cases.len() > 1000);
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
