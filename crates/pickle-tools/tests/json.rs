//! JSON against what CPython's `json` makes: `tests/data/generate_json.py` wrote the cases.
#![cfg(feature = "json")]

mod common;

use std::fs;
use std::path::Path;

use common::{bytes, lines, list, string};
use pickle_codec::LoadOptions as PickleOptions;
use pickle_tools::json::{self, Class, DumpErrorKind, DumpOptions, LoadErrorKind, LoadOptions, tagged};
use pickle_value::{Builder, Graph, Handle, ObjectKind, literal, py};
use rstest::rstest;
use serde_json::Value;

/// The cases that have this key.
fn cases(key: &'static str) -> impl Iterator<Item = Value> {
    lines(include_str!("data/json.jsonl")).filter(move |case| !case[key].is_null())
}

fn graph(pickle: &[u8]) -> Graph<'_> {
    PickleOptions::new().keep_unresolved(true).from_slice_at(pickle, 0).expect("CPython wrote it").0
}

#[test]
fn as_json_dumps_writes() {
    let mut compared = 0;
    for case in cases("dumps") {
        let pickle = bytes(string(&case["dumps"]));
        let ours = options(&case["options"]).to_vec(&graph(&pickle));
        match (ours, &case["text"]) {
            (Ok(text), Value::String(expected)) => {
                assert_eq!(text, bytes(expected), "{case}: {}", String::from_utf8_lossy(&text));
            }
            (Err(error), Value::Null) => {
                let (ours, expected) = (error.kind().to_string(), string(&case["error"]));
                assert!(is_said_by(&ours, expected), "{case}: {error}");
            }
            (ours, _) => panic!("{case}: {ours:?}"),
        }
        compared += 1;
    }
    assert!(compared > 1_000, "only {compared} cases");
}

/// Python's words are ours, but for what a pickle does not tell, and for advice.
fn is_said_by(ours: &str, expected: &str) -> bool {
    let knows_no_type =
        ours.starts_with("the global") || ours.starts_with("what ") || expected.starts_with("'<' not supported");
    expected.starts_with(ours) || knows_no_type || expected.ends_with("not builtin_function_or_method")
}

fn options(arguments: &Value) -> DumpOptions {
    let flag = |name: &str, default| arguments[name].as_bool().unwrap_or(default);
    let mut options = DumpOptions::new()
        .ensure_ascii(flag("ensure_ascii", true))
        .allow_nan(flag("allow_nan", true))
        .sort_keys(flag("sort_keys", false))
        .skip_keys(flag("skipkeys", false))
        .class("__main__.Size", Class::Int)
        .class("__main__.Word", Class::Str)
        .class("__main__.Colour", Class::Object)
        // Empty ones look like instances of any class.
        .class("__main__.Items", Class::List)
        .class("__main__.Table", Class::Dict);
    if let Some(spaces) = arguments["indent"].as_u64() {
        options = options.indent(spaces as usize);
    }
    if let Some(indent) = arguments["indent"].as_str() {
        options = options.indent_with(indent);
    }
    if let Some([item, key]) = arguments["separators"].as_array().map(Vec::as_slice) {
        options = options.separators(string(item), string(key));
    }
    options
}

#[test]
fn as_json_loads_reads() {
    let mut compared = 0;
    for case in cases("loads") {
        let text = bytes(string(&case["loads"]));
        match (json::from_slice(&text), &case["pickles"]) {
            (Ok(graph), pickles @ Value::Array(_)) => {
                for (protocol, pickle) in (0..).zip(list(pickles)) {
                    let ours =
                        pickle_codec::DumpOptions::new().protocol(protocol).to_vec(&graph).expect("plain values");
                    assert_eq!(ours, bytes(string(pickle)), "{case} at protocol {protocol}");
                }
            }
            (Err(error), Value::Null) => {
                // Of an int that is too long we tell the place, and Python what to do.
                let ours = error.to_string();
                let ours = if error.line().is_some() && ours.starts_with("Exceeds") { &ours[..60] } else { &ours[..] };
                assert!(string(&case["error"]).starts_with(ours), "{case}: {error}");
            }
            (ours, _) => panic!("{case}: {ours:?}"),
        }
        compared += 1;
    }
    assert!(compared > 200, "only {compared} cases");
}

#[test]
fn the_tables_of_the_document_are_what_json_answers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/json.md");
    let Ok(document) = fs::read_to_string(path) else {
        eprintln!("skipped: the document stands in the repository, not in the package");
        return;
    };
    let mut answers = cases("row").map(|case| (string(&case["row"]).to_owned(), string(&case["answer"]).to_owned()));
    for (kind, answer) in [("python to json", of_python as fn(&str) -> String), ("json to python", of_json)] {
        let table = document.split(&format!("<!-- table: {kind} -->")).nth(1).expect("the table");
        let table = table.split("<!-- table ends -->").next().expect("its end");
        for row in table.lines().filter_map(|line| line.strip_prefix("| `")) {
            let (code, written) = row.split_once("` | ").expect("two columns");
            let written = written.trim_end_matches(" |").trim_matches('`');
            let judged = answers.next().expect("CPython was asked: run generate_json.py");
            assert_eq!((code, written), (judged.0.as_str(), judged.1.as_str()), "the document and CPython");
            assert_eq!(answer(code), judged.1, "{code}");
        }
    }
    assert_eq!(answers.next(), None, "a row that the document has no more");
}

fn of_python(code: &str) -> String {
    let graph = literal::parse(code).expect(code);
    json::to_string(&graph).unwrap_or_else(|error| error.kind().to_string())
}

fn of_json(text: &str) -> String {
    json::from_str(text).map_or_else(|error| error.to_string(), |graph| graph.to_string())
}

#[test]
fn the_tagged_form_loses_nothing() {
    for case in cases("dumps") {
        let pickle = bytes(string(&case["dumps"]));
        let graph = graph(&pickle);
        let text = tagged::to_string(&graph).expect("it is JSON");
        let back = tagged::decode(&json::from_str(&text).expect("it is JSON")).expect("it was encoded");
        for protocol in 0..=5 {
            let options = pickle_codec::DumpOptions::new().protocol(protocol);
            let [before, after] = [&graph, &back].map(|graph| options.to_vec(graph).map_err(|error| error.to_string()));
            assert_eq!(before, after, "{text}");
        }
    }
}

#[rstest]
#[case::no_number(r#"{"$ref": "a"}"#, "$ref: a number is needed")]
#[case::unknown_number(r#"[{"$ref": 1}]"#, "$ref: nothing has the number 1")]
#[case::twice(r#"[{"$id": 1, "$value": []}, {"$id": 1, "$value": []}]"#, "$id: there are two with the number 1")]
#[case::within_itself(r#"{"$id": 1, "$value": {"$tuple": [{"$ref": 1}]}}"#, "$ref: number 1 is needed to make itself")]
#[case::unknown(r#"{"$no": 1}"#, "$no: there is no such tag; a dict with such a key is a $dict")]
#[case::beside(r#"{"$tuple": [], "x": 1}"#, "$tuple: another key stands beside it, or it is not the first")]
#[case::base64(r#"{"$bytes": "?"}"#, "$bytes: base64 is needed")]
#[case::no_list(r#"{"$set": 1}"#, "$set: a list is needed")]
#[case::unhashable(r#"{"$set": [[]]}"#, "unhashable type: 'list'")]
#[case::slice(r#"{"$slice": [1]}"#, "$slice: three parts are needed")]
#[case::range(r#"{"$range": [1, 2, "a"]}"#, "$range: ints are needed")]
#[case::fields(r#"{"$call": []}"#, "cannot leave out a field of an object")]
#[case::step(
    r#"{"$call": [{"$global": ["a", "b"]}, {"$tuple": []}], "$do": [["x"]]}"#,
    "$do: a step is state, state_by, append, set or add, with what it takes"
)]
fn what_is_no_tagged_form(#[case] text: &str, #[case] message: &str) {
    let error = tagged::decode(&json::from_str(text).expect("it is JSON")).expect_err(text);
    assert_eq!(error.to_string(), message);
}

#[test]
fn a_list_in_two_places_is_no_tagged_form() {
    let mut builder = Builder::new();
    let list = builder.list(&[]).expect("a list");
    builder.extend(list, &[list]).expect("a list");
    let error = tagged::decode(&builder.finish(list)).expect_err("a cycle is no JSON");
    assert_eq!(error.to_string(), "a list or dict stands in two places: JSON has no such");
}

#[test]
fn any_depth_is_written_and_read() {
    const DEPTH: usize = 300_000;
    let mut builder = Builder::new();
    let mut value = Handle::NONE;
    for _ in 0..DEPTH {
        value = builder.list(&[value]).expect("a list");
    }
    let graph = builder.finish(value);
    let text = json::to_string(&graph).expect("any depth");
    assert_eq!(text, "[".repeat(DEPTH) + "null" + &"]".repeat(DEPTH));
    let back = json::from_str(&text).expect("any depth");
    assert!(back == graph);
    let text = tagged::to_string(&graph).expect("any depth");
    let back = tagged::decode(&json::from_str(&text).expect("any depth")).expect("any depth");
    assert!(back == graph);
}

/// Instances of a class derived from dict, each the one key of the next.
#[test]
fn keys_within_keys_are_not_gone_into() {
    let mut builder = Builder::new();
    let mut made = || -> Result<[Handle; 2], pickle_value::Error> {
        let (class, args) = (builder.global("app", "Table")?, builder.tuple(&[])?);
        let mut value = Handle::NONE;
        for _ in 0..100_000 {
            let outer = builder.object(ObjectKind::New, &[class, args])?;
            builder.set_items(outer, &[value, Handle::NONE])?;
            value = outer;
        }
        let itself = builder.object(ObjectKind::New, &[class, args])?;
        builder.set_items(itself, &[itself, Handle::NONE])?;
        Ok([value, itself])
    };
    let made = made().expect("objects can be keys");
    let root = builder.list(&made).expect("a list");
    let graph = builder.finish(root);
    let error = json::to_vec(&graph).expect_err("a dict is no key");
    assert_eq!(error.kind().to_string(), "keys must be str, int, float, bool or None, not Table");
    let tagged = tagged::to_string(&graph).expect("any depth");
    assert!(tagged::decode(&json::from_str(&tagged).expect("it is JSON")).is_ok());
}

#[test]
fn what_is_shared_too_often_is_refused_and_not_written() {
    let mut builder = Builder::new();
    let mut value = builder.list(&[]).expect("a list");
    for _ in 0..60 {
        value = builder.list(&[value, value]).expect("a list");
    }
    let graph = builder.finish(value);
    let error = DumpOptions::new().max_bytes(1 << 20).to_vec(&graph).expect_err("it is long");
    assert!(matches!(error.kind(), DumpErrorKind::TooLong { limit } if *limit == 1 << 20), "{error}");
    let error = DumpOptions::new().max_bytes(1 << 20).to_writer(std::io::sink(), &graph).expect_err("it is long");
    assert_eq!(error.to_string(), "this is more than 1048576 bytes of JSON, which is the limit");
    // The tagged form has each object once.
    let tagged = tagged::to_string(&graph).expect("it is short");
    assert!(tagged.len() < 10_000);
}

#[test]
fn ints_have_a_limit_that_can_be_set() {
    let mut builder = Builder::new();
    let int = builder.int_from_le_bytes(&[0x7f; 1_000_000]).expect("an int");
    let graph = builder.finish(int);
    let error = json::to_vec(&graph).expect_err("2,408,240 digits");
    assert_eq!(error.to_string(), "Exceeds the limit (4300 digits) for integer string conversion");
    let text = "7".repeat(5_000);
    let error = json::from_str(&text).expect_err("5,000 digits");
    assert!(matches!(error.kind(), LoadErrorKind::TooManyDigits { limit: 4300, digits: 5000 }));
    let graph = LoadOptions::new().max_digits(0).from_str(&text).expect("without a limit");
    assert_eq!(DumpOptions::new().max_digits(0).to_string(&graph).expect("without a limit"), text);
}

#[test]
fn errors_name_the_culprit() {
    let long = "k".repeat(3_000);
    let mut builder = Builder::new();
    let bytes = builder.bytes(b"x").expect("bytes");
    let mut value = bytes;
    let key = builder.text(&long).expect("a text");
    for _ in 0..1_000 {
        value = builder.dict(&[key, value]).expect("a dict");
    }
    let error = json::to_string(&builder.finish(value)).expect_err("bytes are no JSON");
    assert!((4_000..10_000).contains(&error.path().len()), "a path of a thousand long keys is cut");
    let error = json::to_string(&py!({"a": [{1: {1}}]})).expect_err("a set is no JSON");
    assert_eq!(
        (error.path(), error.kind().to_string().as_str()),
        ("['a'][0][1]", "Object of type set is not JSON serializable")
    );
}

#[test]
fn a_lone_surrogate_is_no_rust_string() {
    let graph = json::from_str(r#""\ud800""#).expect("JSON");
    let options = DumpOptions::new().ensure_ascii(false);
    assert_eq!(options.to_vec(&graph).expect("bytes"), b"\"\xed\xa0\x80\"");
    assert!(matches!(options.to_string(&graph).expect_err("a string").kind(), DumpErrorKind::Surrogate));
}

#[test]
fn a_writer_that_fails_is_said() {
    let mut small = [0; 4];
    let error = json::to_writer(&mut small[..], &py!([1, 2, 3])).expect_err("there is no room");
    assert!(matches!(error.kind(), DumpErrorKind::Io(_)) && error.path().is_empty());
}
