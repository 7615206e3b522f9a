//! The claims of COMPARE.md, one a test. `tests/data/generate_compare.py` asked CPython.

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use pickle_codec::{DumpOptions, Profile, from_slice, to_vec};
use pickle_opcodes::Opcode;
use pickle_tools::json;
use pickle_value::{Builder, Graph, ObjectKind};
use serde_json::Value;

/// What CPython said.
fn answers() -> Value {
    serde_json::from_str(include_str!("data/compare.json")).expect("it is JSON")
}

fn document() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../COMPARE.md");
    let text = fs::read_to_string(path).ok();
    if text.is_none() {
        eprintln!("skipped: the document stands in the repository, not in the package");
    }
    text
}

/// The rows of a table of the document, cell by cell, without its head.
fn rows<'d>(document: &'d str, name: &str) -> Vec<Vec<&'d str>> {
    let table = document.split(&format!("<!-- table: {name} -->")).nth(1).expect("the table is there");
    let table = table.split("<!-- table ends -->").next().expect("it ends");
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect()).collect()
}

fn bytes(hexadecimal: &Value) -> Vec<u8> {
    let digits = hexadecimal.as_str().expect("hexadecimal digits");
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// The answers of each version, the oldest first.
fn versions(answers: &Value) -> Vec<(Profile, &Value)> {
    let all = answers["versions"].as_object().expect("an answer for each");
    let mut versions: Vec<(Profile, &Value)> = all
        .iter()
        .map(|(name, answer)| {
            let minor = name.rsplit_once('.').expect("a version has three numbers").0;
            (Profile::from_name(minor).expect("a version that we know"), answer)
        })
        .collect();
    versions.sort_by_key(|(profile, _)| profile.version());
    assert_eq!(versions.len(), 9);
    versions
}

#[test]
fn each_row_names_a_test() {
    let Some(document) = document() else { return };
    let of_shelves = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shelve-lite/tests/shelve/claims.rs");
    let tests = [include_str!("compare.rs"), &fs::read_to_string(of_shelves).expect("the tests of shelves")].concat();
    let claims = document.split("\n\n").find(|part| part.starts_with("| | pickle |")).expect("the table of claims");
    let named = claims.lines().skip(2).chain(document.lines().filter(|line| line.ends_with("`protocols` |")));
    let mut rows = 0;
    for row in named {
        let names = row.trim_end_matches(" |").rsplit(" | ").next().expect("tests at the end of the row");
        let names: Vec<&str> = names.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{row}");
        for name in names {
            let is_test = |head: &str| tests.contains(&format!("{head}\nfn {name}("));
            assert!(is_test("#[test]") || is_test(")]"), "there is no test {name}");
        }
        rows += 1;
    }
    assert_eq!(rows, 15);
}

#[test]
fn shared_objects_stay_shared() {
    let answers = answers();
    let shared = |way: &str| answers["ways"][way]["shared"].as_bool();
    let ways = ["pickle", "marshal 0", "marshal 2", "marshal 3", "marshal 4", "json", "shelve"].map(shared);
    assert_eq!(ways, [true, false, false, true, true, false, true].map(Some));
    assert_eq!(answers["ways"]["shelve"]["shared between keys"], false);

    let written = &answers["bytes"]["shared"];
    let by_pickle = bytes(&written[0]);
    let graph = from_slice(&by_pickle).expect("a pickle");
    assert!(graph.root().get(0).is(graph.root().get(1)));
    let by_marshal = bytes(&written[1]);
    let graph = marshal_lite::from_slice(&by_marshal).expect("marshal data");
    assert!(graph.root().get(0).is(graph.root().get(1)));
    for (version, is_shared) in [(0, false), (2, false), (3, true), (4, true)] {
        let data = marshal_lite::WriteOptions::new().version(version).to_vec(&graph).expect("a list");
        let back = marshal_lite::from_slice(&data).expect("what was written");
        assert_eq!(back.root().get(0).is(back.root().get(1)), is_shared, "version {version}");
    }
    let text = json::to_string(&graph).expect("lists");
    assert_eq!(Some(text.as_str()), written[2].as_str());
    let back = json::from_str(&text).expect("JSON");
    assert!(!back.root().get(0).is(back.root().get(1)));
}

#[test]
fn a_list_within_itself() {
    let answers = answers();
    let cyclic = |way: &str| answers["ways"][way]["cyclic"].clone();
    for way in ["pickle", "marshal 3", "marshal 4", "shelve"] {
        assert_eq!(cyclic(way), true, "{way}");
    }
    for way in ["marshal 0", "marshal 2"] {
        assert_eq!(cyclic(way), "object too deeply nested to marshal");
    }
    assert_eq!(cyclic("json"), "Circular reference detected");

    let by_pickle = bytes(&answers["bytes"]["cyclic"][0]);
    let graph = from_slice(&by_pickle).expect("a pickle");
    assert_eq!(graph.to_string(), "[[...]]");
    assert_eq!(to_vec(&graph).expect("a list"), by_pickle);
    let by_marshal = bytes(&answers["bytes"]["cyclic"][1]);
    assert_eq!(marshal_lite::from_slice(&by_marshal).expect("marshal data").to_string(), "[[...]]");
    for (version, is_kept) in [(0, false), (2, false), (3, true), (4, true)] {
        let written = marshal_lite::WriteOptions::new().version(version).to_vec(&graph);
        assert_eq!(written.is_ok(), is_kept, "version {version}");
    }
    assert_eq!(json::to_string(&graph).expect_err("a cycle").to_string(), "[0]: Circular reference detected");
}

#[test]
fn instances_of_classes() {
    let answers = answers();
    let row = row_of(&answers, "fractions.Fraction(1, 3)");
    let ways = ["pickle", "marshal 4", "json", "shelve"].map(|way| row[way].as_str().expect("an answer"));
    assert_eq!(ways, ["same", "refused", "refused", "same"]);

    // pickle.dumps(fractions.Fraction(1, 3), 2) of CPython 3.13
    let pickle = b"\x80\x02cfractions\nFraction\nq\x00K\x01K\x03\x86q\x01Rq\x02.";
    let graph = from_slice(pickle).expect("a pickle");
    assert_eq!(graph.root().as_object().expect("a call").callable().as_global(), Some(("fractions", "Fraction")));
    assert_eq!(DumpOptions::new().protocol(2).to_vec(&graph).expect("it was read"), pickle);
    assert!(marshal_lite::to_vec(&graph).is_err());
    assert!(json::to_string(&graph).is_err());
}

fn row_of<'a>(answers: &'a Value, value: &str) -> &'a Value {
    let rows = answers["types"].as_array().expect("a row for each type");
    rows.iter().find(|row| row["value"] == value).expect("the type was tried")
}

#[test]
fn stability_over_versions() {
    let answers = answers();
    let versions = versions(&answers);
    // What any of them wrote is one value, and all of a protocol's readers read it.
    for (profile, answer) in &versions {
        for pickle in answer["pickles"].as_array().expect("a pickle for each protocol") {
            let pickle = bytes(pickle);
            let graph = from_slice(&pickle).expect("a pickle");
            assert_eq!(graph.root().get("scores").to_string(), "[88, 9.5, None, True]", "{profile}");
        }
        let reads = answer["reads"].as_array().expect("an answer for each protocol");
        for (protocol, reads) in (0..).zip(reads) {
            assert_eq!(reads.as_bool(), Some(protocol <= profile.highest_protocol()), "{profile} and {protocol}");
        }
    }
    // Plain values are marshalled alike at versions 0 to 2, and JSON's text is one.
    let (_, newest) = versions.last().expect("nine versions");
    assert!(
        versions.iter().all(|(_, answer)| answer["marshal"] == newest["marshal"] && answer["json"] == newest["json"])
    );
    // Each release refuses the .pyc files of the others by this number.
    let magic: std::collections::BTreeSet<_> = versions.iter().map(|(_, answer)| answer["magic"].as_str()).collect();
    assert_eq!(magic.len(), versions.len());
    assert_eq!(answers["ways"]["shelve"]["default protocol"], pickle_codec::DEFAULT_PROTOCOL);
}

#[test]
fn text_or_binary() {
    let answers = answers();
    let versions = versions(&answers);
    let (_, newest) = versions.last().expect("nine versions");
    let pickles: Vec<Vec<u8>> = newest["pickles"].as_array().expect("six").iter().map(bytes).collect();
    assert!(pickles[0].is_ascii(), "protocol 0 of text and numbers is ASCII");
    assert!(pickles[1..].iter().all(|pickle| pickle.contains(&0)));
    assert!(bytes(&newest["marshal"][2]).contains(&0));
    assert!(newest["json"].as_str().is_some_and(|text| text.bytes().all(|byte| matches!(byte, b' '..=b'~'))));
}

#[test]
fn readable_without_python() {
    let answers = answers();
    // Here is no Python, and all three are read.
    let written = &answers["bytes"]["shared"];
    let [pickle, data] = [bytes(&written[0]), bytes(&written[1])];
    let text = written[2].as_str().expect("JSON");
    let read = [
        from_slice(&pickle).expect("a pickle").to_string(),
        marshal_lite::from_slice(&data).expect("marshal data").to_string(),
        json::from_str(text).expect("JSON").to_string(),
    ];
    assert_eq!(read, ["[[], []]"; 3]);
    // A reader of JSON that knows nothing of Python reads it, too.
    assert_eq!(serde_json::from_str::<Value>(text).expect("JSON"), serde_json::json!([[], []]));
}

#[test]
fn loading_runs_no_code_here() {
    // Python would call os.getcwd() to load this.
    let graph = from_slice(b"cos\ngetcwd\n)R.").expect("a pickle");
    let object = graph.root().as_object().expect("a call that was not made");
    assert_eq!(object.kind(), ObjectKind::Call);
    assert_eq!(object.callable().as_global(), Some(("os", "getcwd")));
}

#[test]
fn types_held() {
    let answers = answers();
    let types = answers["types"].as_array().expect("a row for each type");
    if let Some(document) = document() {
        let rows = rows(&document, "types");
        let judged: Vec<Vec<&str>> = types
            .iter()
            .map(|row| {
                let cells = ["value", "pickle", "marshal 4", "json", "shelve"];
                cells.map(|cell| row[cell].as_str().expect("an answer")).to_vec()
            })
            .collect();
        assert_eq!(rows, judged);
    }
    for row in types {
        let text = row["value"].as_str().expect("a value");
        let Ok(graph) = pickle_value::literal::parse(text) else { continue };
        let ours = |back: Result<Graph<'_>, String>| match back {
            Err(_) => String::from("refused"),
            Ok(back) if back.to_string() == graph.to_string() => String::from("same"),
            Ok(back) => back.to_string(),
        };
        let pickle = to_vec(&graph).expect("a builtin type");
        assert_eq!(ours(Ok(from_slice(&pickle).expect("it was written"))), row["pickle"], "{text}");
        let data = marshal_lite::to_vec(&graph).expect("a builtin type");
        assert_eq!(ours(Ok(marshal_lite::from_slice(&data).expect("it was written"))), row["marshal 4"], "{text}");
        let text_of = json::to_string(&graph);
        let back = text_of.as_deref().map_err(ToString::to_string).map(|text| json::from_str(text).expect("JSON"));
        assert_eq!(ours(back), row["json"], "{text}");
    }
}

#[test]
fn sizes() {
    let answers = answers();
    let sizes = &answers["sizes"];
    if let Some(document) = document() {
        let rows = rows(&document, "sizes");
        assert_eq!(rows.len(), sizes.as_object().expect("sizes by format").len());
        for row in rows {
            let judged = [&sizes[row[0]][0], &sizes[row[0]][1]].map(ToString::to_string);
            assert_eq!([row[1], row[2]], [judged[0].as_str(), judged[1].as_str()], "{}", row[0]);
        }
    }
    let graph = records();
    for protocol in 0..=5 {
        let pickle = DumpOptions::new().protocol(protocol).to_vec(&graph).expect("records");
        assert_eq!(sizes[format!("pickle {protocol}")][0], pickle.len());
    }
    assert_eq!(sizes["json"][0], json::to_vec(&graph).expect("records").len());
    let compact = json::DumpOptions::new().compact().to_vec(&graph).expect("records");
    assert_eq!(sizes["json, compact"][0], compact.len());
    // The claim: the newest protocols are the smallest, raw and compressed.
    let smallest =
        |place: usize| sizes.as_object().expect("sizes").values().filter_map(|size| size[place].as_u64()).min();
    assert_eq!([smallest(0), smallest(1)], [0, 1].map(|place| sizes["pickle 5"][place].as_u64()));
    assert!(sizes["marshal 4"][0].as_u64() < sizes["json"][0].as_u64());
}

/// The records that CPython was asked about: keys are one object each, as literals are.
fn records() -> Graph<'static> {
    let mut builder = Builder::new();
    let mut make = || -> Result<_, pickle_value::Error> {
        let keys = ["id", "name", "score", "tags", "active"].map(|key| builder.text(key));
        let [a, b] = ["a", "b"].map(|text| builder.text(text));
        let (a, b) = (a?, b?);
        let [id, name, score, tags, active] = keys;
        let [id, name, score, tags, active] = [id?, name?, score?, tags?, active?];
        let mut records = Vec::new();
        for number in 0..1000 {
            let values = [
                builder.int(number)?,
                builder.text(&format!("user {number}"))?,
                builder.float(number as f64 / 8.0)?,
                builder.list(&[a, b])?,
                builder.bool(number % 2 == 0),
            ];
            let [first, second, third, fourth, fifth] = values;
            let pairs = [id, first, name, second, score, third, tags, fourth, active, fifth];
            records.push(builder.dict(&pairs)?);
        }
        builder.list(&records)
    };
    let root = make().expect("a thousand records fit");
    let graph = builder.finish(root);
    let answers = answers();
    let mut pickle = Vec::new();
    unpacked(bytes(&answers["bytes"]["records"])).read_to_end(&mut pickle).expect("CPython compressed it");
    assert_eq!(to_vec(&graph).expect("records"), pickle, "these are CPython's records");
    graph
}

/// What zlib packed, as the command unpacks it.
fn unpacked(packed: Vec<u8>) -> impl Read {
    pickle_tools::container::Options::new().open_stream(Cursor::new(packed)).expect("zlib's format")
}

#[test]
fn protocols() {
    let answers = answers();
    let versions = versions(&answers);
    for (profile, answer) in &versions {
        assert_eq!(answer["default"], profile.default_protocol(), "{profile}");
        assert_eq!(answer["pickles"].as_array().map(Vec::len), Some(usize::from(profile.highest_protocol()) + 1));
    }
    let Some(document) = document() else { return };
    let rows = rows(&document, "protocols");
    assert_eq!(rows.len(), 6);
    for (protocol, row) in (0_u8..).zip(&rows) {
        assert_eq!(row[0], protocol.to_string());
        let [_, introduced, default, read_from, added, pep, _] = row[..] else { panic!("seven columns: {row:?}") };
        let is_default: Vec<String> = versions
            .iter()
            .filter(|(_, answer)| answer["default"] == protocol)
            .map(|(profile, _)| profile.to_string())
            .collect();
        assert_eq!(default, listed(&is_default), "the default of");
        let readers = versions.iter().filter(|(_, answer)| answer["reads"][usize::from(protocol)] == true);
        let oldest = readers.map(|(profile, _)| profile.to_string()).next().expect("somebody reads it");
        assert_eq!(read_from, oldest);
        // Who introduced it is no later than the oldest reader among those asked.
        let number = |version: &str| -> (u32, u32) {
            let (major, minor) = version.split_once('.').unwrap_or(("0", "0"));
            (major.parse().unwrap_or(0), minor.parse().unwrap_or(0))
        };
        assert!(number(introduced) <= number(&oldest), "{introduced}");
        assert_eq!(pep.is_empty(), ![2, 4, 5].contains(&protocol));
        assert!(!added.is_empty());
    }
    // What they added, by the opcodes that ask for them.
    let asks_for = |name: &str| Opcode::from_name(name).expect("an opcode").protocol();
    let added = [
        ("UNICODE", 0),
        ("BININT", 1),
        ("APPENDS", 1),
        ("NEWOBJ", 2),
        ("TUPLE1", 2),
        ("NEWTRUE", 2),
        ("LONG1", 2),
        ("EXT1", 2),
        ("BINBYTES", 3),
        ("FRAME", 4),
        ("MEMOIZE", 4),
        ("SHORT_BINUNICODE", 4),
        ("EMPTY_SET", 4),
        ("BINUNICODE8", 4),
        ("STACK_GLOBAL", 4),
        ("BYTEARRAY8", 5),
        ("NEXT_BUFFER", 5),
    ];
    for (name, protocol) in added {
        assert_eq!(asks_for(name), protocol, "{name}");
    }
}

/// `3.6, 3.7`, and from three on `3.8 to 3.13`.
fn listed(versions: &[String]) -> String {
    match versions {
        [first, _, .., last] => format!("{first} to {last}"),
        few => few.join(", "),
    }
}
