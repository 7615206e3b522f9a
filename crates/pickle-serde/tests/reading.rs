//! Pickles of CPython 2.7, 3.6 and 3.13, at all protocols, as Rust types.

mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use num_bigint::BigInt;
use pickle_serde::native::AsNative;
use pickle_serde::{DeOptions, Encoding, Instance, Value, from_reader, from_slice};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::support::pickles;

/// Each pickle of the object gives the value, from a slice, from a reader, and by way of a [`Value`].
#[track_caller]
fn reads<T: DeserializeOwned + PartialEq + Debug>(name: &str, expected: T) {
    for pickle in pickles(name) {
        let read: T = from_slice(&pickle.bytes).unwrap_or_else(|error| panic!("{name}, {pickle}: {error}"));
        assert_eq!(read, expected, "{name}, {pickle}");
        let read: T = from_reader(&pickle.bytes[..]).unwrap_or_else(|error| panic!("{name}, {pickle}: {error}"));
        assert_eq!(read, expected, "{name}, {pickle}");
        let value: Value = from_slice(&pickle.bytes).unwrap_or_else(|error| panic!("{name}, {pickle}: {error}"));
        let read: T = pickle_serde::from_value(value).unwrap_or_else(|error| panic!("{name}, {pickle}: {error}"));
        assert_eq!(read, expected, "{name}, {pickle}, by way of a Value");
    }
}

#[derive(Deserialize, PartialEq, Debug)]
struct User {
    name: String,
    age: u8,
}

fn map<V>(entries: impl IntoIterator<Item = (&'static str, V)>) -> HashMap<String, V> {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[test]
fn builtin_types_are_read_as_what_they_are() {
    reads("none", ());
    reads("none", None::<u8>);
    reads("bools", vec![true, false]);
    reads("text", ["", "a", "café", "漢"].map(str::to_owned));
    reads("text", ("".to_owned(), 'a', "café".to_owned(), Some('漢')));
    reads("floats", vec![0.0, -0.5, 1e300, f64::INFINITY]);
    reads("complex", (1.0, 2.0));
    reads("set", BTreeSet::from([1]));
    reads("frozenset", vec![1]);
    reads("bytes", serde_bytes::ByteBuf::from(*b"\x00\xff"));
    reads("bytes", vec![0, 255]);
    reads("bytes", [0, 255]);
}

#[test]
fn ints_of_any_size_are_read() {
    let ints = vec![0, -1, 255, 256, 65536, -(1 << 31), 1 << 31, i64::MAX, i64::MIN];
    let more = [1i128 << 63, (1 << 64) - 1];
    reads("ints", ints.iter().map(|&int| i128::from(int)).chain(more).collect::<Vec<i128>>());
    reads("ints", ints.iter().map(|&int| int as f64).chain(more.map(|int| int as f64)).collect::<Vec<f64>>());
    reads("wide", (1i128 << 64, i128::MIN, i128::MAX, u128::MAX));
    let huge = BigInt::from(10).pow(40);
    reads("huge", (huge.to_string(), (-&huge).to_string()));
    reads("huge", vec![AsNative(huge.clone()), AsNative(-huge)]);
}

#[test]
fn an_int_is_taken_where_a_float_is_asked_for() {
    reads(
        "graphite",
        vec![
            ("servers.a.load".to_owned(), (1_700_000_000.0, 1.5)),
            ("servers.b.load".to_owned(), (1_700_000_060.0, 2.0)),
        ],
    );
}

#[test]
fn instances_are_read_as_their_state() {
    let user = || User { name: "Ann".into(), age: 41 };
    reads("user", user());
    reads("user", Instance::new("models.User", user()));
    reads("both", Instance::new("models.Both", BTreeMap::from([("other".to_owned(), 2), ("slot".to_owned(), 1)])));
}

#[test]
fn other_objects_are_read_as_what_they_hold() {
    reads("old", map([("name", "Ann".to_owned())]));
    reads("class", "models.User".to_owned());
    reads("stateful", Instance::new("models.Stateful", vec![1, 2, 3]));
    reads("stack", vec![1, 2]);
    reads("table", map([("a", 1)]));
    reads("error", "no".to_owned());
    reads("namespace", map([("a", 1)]));
    reads("ordered", map([("b", 1), ("a", 2)]));
    reads("defaultdict", map([("a", vec![1])]));
    reads("counter", map([("a", 2)]));
    reads("deque", vec![1, 2]);
    reads("doubles", vec![1.5, 2.5]);
    reads("longs", vec![1, -2]);
}

#[test]
fn named_tuples_and_dataclasses_are_structs() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Point {
        x: i32,
        y: f64,
    }
    #[derive(Deserialize, PartialEq, Debug)]
    struct Pair(i32, f64);
    reads("point", Point { x: 1, y: 2.5 });
    reads("point", Pair(1, 2.5));
    reads("point", vec![1.0, 2.5]);

    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(deny_unknown_fields)]
    struct Item {
        r#type: String,
        quantity: u32,
    }
    reads("item", Item { r#type: "abcd".into(), quantity: 100 });
}

#[test]
fn slots_are_attributes() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Slotted {
        b: String,
        a: u8,
    }
    reads("slotted", Slotted { a: 1, b: "x".into() });
}

#[derive(Deserialize, PartialEq, Debug)]
enum Shape {
    Circle { r: f64 },
    Square { a: f64 },
}

#[test]
fn instances_are_variants_by_the_name_of_their_class() {
    reads("shapes", vec![Shape::Circle { r: 1.5 }, Shape::Square { a: 2.0 }]);

    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(tag = "class")]
    enum Tagged {
        #[serde(rename = "models.Circle")]
        Circle { r: f64 },
        #[serde(rename = "models.Square")]
        Square { a: u8 },
    }
    for pickle in pickles("shapes") {
        let shapes: Vec<Tagged> = DeOptions::new().class_key("class").from_slice(&pickle.bytes).expect("two shapes");
        assert_eq!(shapes, [Tagged::Circle { r: 1.5 }, Tagged::Square { a: 2 }], "{pickle}");
    }
}

/// A variant that holds its own enum is not chosen for one instance again and again.
#[test]
fn a_variant_by_its_class_is_chosen_once() {
    #[derive(Deserialize, PartialEq, Debug)]
    enum Expression {
        Not(Box<Expression>),
        Maybe(Option<Box<Expression>>),
        Leaf(Leaf),
    }
    #[derive(Deserialize, PartialEq, Debug)]
    struct Leaf {
        a: u8,
    }
    let instance = |class: &str| {
        // o = m.CLASS(); o.a = 1
        [b"\x80\x04\x8c\x01m\x8c", &[class.len() as u8][..], class.as_bytes(), b"\x93)\x81}\x8c\x01aK\x01sb."].concat()
    };
    for class in ["Not", "Maybe"] {
        let pickle = instance(class);
        let error = from_slice::<Expression>(&pickle).expect_err("no end");
        assert!(error.to_string().contains("invalid type"), "{error}");
        let value: pickle_serde::Value = from_slice(&pickle).expect("any value");
        assert!(pickle_serde::from_value::<Expression>(value).is_err());
    }
    assert_eq!(from_slice::<Expression>(&instance("Leaf")).expect("a leaf"), Expression::Leaf(Leaf { a: 1 }));
}

#[test]
fn members_of_enums_are_read_as_variants_or_values() {
    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "lowercase")]
    enum Color {
        Red,
        Blue,
    }
    reads("color", Color::Red);
    reads("color", "red".to_owned());
    reads("level", 2);
    let by_name = b"\x80\x04cbuiltins\ngetattr\ncmodels\nColor\n\x8c\x04BLUE\x86R.";
    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "UPPERCASE")]
    enum Upper {
        Blue,
    }
    assert_eq!(from_slice::<Upper>(by_name).expect("a member"), Upper::Blue);
}

#[test]
fn dates_and_the_like_are_read_as_texts() {
    for (name, text) in [
        ("date", "2024-02-29"),
        ("time", "12:30:00.500000"),
        ("datetime", "2024-02-29T12:30:05.000007"),
        ("utc", "2024-02-29T12:30:00Z"),
        ("offset", "2024-02-29T12:30:00-03:30"),
        ("rome", "2024-02-29T12:30:00[Europe/Rome]"),
        ("timedelta", "PT86402.000003S"),
        ("before", "-PT1.500000S"),
        ("decimal", "1.50"),
        ("fraction", "1/3"),
        ("uuid", "12345678-1234-5678-1234-567812345678"),
        ("path", "/a/b"),
        ("ip", "127.0.0.1"),
    ] {
        reads(name, text.to_owned());
    }
    reads("path", PathBuf::from("/a/b"));
    reads("ip", "127.0.0.1".parse::<IpAddr>().expect("an address"));
    reads("timedelta", Duration::new(86_402, 3000));
    reads("timedelta", 86_402.000_003);
    reads("timedelta", AsNative(Duration::new(86_402, 3000)));
    reads("before", -1.5);
}

#[test]
fn ranges_are_read_as_their_ints() {
    // Python 2 pickles an xrange as a call, of which the arguments are kept.
    for pickle in pickles("range") {
        let ints: Vec<i32> = from_slice(&pickle.bytes).unwrap_or_else(|error| panic!("{pickle}: {error}"));
        assert_eq!(ints, [1, 4, 7], "{pickle}");
    }
    let range = pickle_serde::value::py!((0, 5));
    let mut builder = pickle_serde::Builder::new();
    let parts = range.root().items().map(|part| builder.int(part.as_i64().expect("an int")).expect("room"));
    let [start, stop] = parts.collect::<Vec<_>>()[..] else { panic!("two") };
    let step = builder.int(1).expect("room");
    let range = builder.range([start, stop, step]).expect("room");
    let graph = builder.finish(range);
    assert_eq!(pickle_serde::from_graph::<std::ops::Range<u8>>(&graph).expect("a range"), 0..5);
}

#[test]
fn python_2_strings_are_text_where_they_are_utf_8() {
    for pickle in pickles("str") {
        let (ascii, utf8, bytes): (String, String, serde_bytes::ByteBuf) = from_slice(&pickle.bytes).expect("three");
        assert_eq!((&ascii[..], &utf8[..], &bytes[..]), ("abc", "café", &b"\xff\xfe"[..]), "{pickle}");
        let values: Vec<Value> = from_slice(&pickle.bytes).expect("three");
        assert_eq!(values, ["abc".into(), "café".into(), Value::Bytes(b"\xff\xfe".into())], "{pickle}");
        let latin1: Vec<String> = DeOptions::new().encoding(Encoding::Latin1).from_slice(&pickle.bytes).expect("texts");
        assert_eq!(latin1, ["abc", "caf\u{c3}\u{a9}", "\u{ff}\u{fe}"], "{pickle}");
        let bytes: Vec<serde_bytes::ByteBuf> =
            DeOptions::new().encoding(Encoding::Bytes).from_slice(&pickle.bytes).expect("bytes");
        assert_eq!(bytes[1], b"caf\xc3\xa9", "{pickle}");
        let error = DeOptions::new().encoding(Encoding::Ascii).from_slice::<Vec<String>>(&pickle.bytes).unwrap_err();
        assert!(error.to_string().starts_with("'ascii' codec can't decode"), "{error}");
    }
}

#[test]
fn a_graphite_batch_of_either_python_reads_into_one_type() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Metric<'a>(&'a str, (f64, f64));
    // Protocol 0 spells text with escapes, which is not borrowed.
    for pickle in pickles("graphite").iter().filter(|pickle| pickle.protocol > 0) {
        let batch: Vec<Metric<'_>> = from_slice(&pickle.bytes).unwrap_or_else(|error| panic!("{pickle}: {error}"));
        assert_eq!(batch[0], Metric("servers.a.load", (1_700_000_000.0, 1.5)), "{pickle}");
    }
}

#[test]
fn text_and_bytes_are_borrowed_from_the_input() {
    #[derive(Deserialize)]
    struct Borrowed<'a> {
        text: &'a str,
        bytes: &'a [u8],
    }
    // pickle.dumps({'text': 'some text', 'bytes': b'some bytes'}, 4)
    let pickle = b"\x80\x04\x95,\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x04text\x94\x8c\tsome text\x94\x8c\x05bytes\x94\
        C\nsome bytes\x94u.";
    let read: Borrowed<'_> = from_slice(pickle).expect("a dict");
    let inside = |part: &[u8]| pickle.as_ptr_range().contains(&part.as_ptr());
    assert!(inside(read.text.as_bytes()) && inside(read.bytes));
    assert_eq!((read.text, read.bytes), ("some text", &b"some bytes"[..]));
}

#[test]
fn what_is_shared_is_read_wherever_it_stands() {
    reads("shared", vec![vec![1], vec![1]]);
}

#[test]
fn lone_surrogates_are_kept_by_a_value_and_refused_by_a_string() {
    for pickle in pickles("surrogate") {
        let value: Value = from_slice(&pickle.bytes).expect("any value");
        assert_eq!(value, Value::Surrogates(b"\xed\xa0\x80".into()), "{pickle}");
        assert_eq!(value.to_string(), r"'\ud800'", "{pickle}");
        let error = from_slice::<String>(&pickle.bytes).unwrap_err();
        assert!(
            error.to_string().starts_with("invalid value: a str with lone surrogates, expected a string"),
            "{error}"
        );
    }
}

/// Whatever attributes it has beside.
#[test]
fn an_instance_of_a_class_derived_from_a_builtin_is_its_value() {
    for attributes in ["", "_noted"] {
        let name = |kind: &str| format!("derived_{kind}{attributes}");
        reads(&name("text"), "Ann".to_owned());
        reads(&name("text"), Some("Ann".to_owned()));
        reads(&name("int"), 41_u8);
        reads(&name("int"), 41_i128);
        reads(&name("int"), 41.0);
        reads(&name("float"), 1.5);
        reads(&name("float"), 1.5_f32);
        reads(&name("bytes"), serde_bytes::ByteBuf::from(*b"\x00\xff"));
        reads(&name("bytes"), vec![0, 255]);
        reads(&name("tuple"), vec![1, 2]);
        reads(&name("tuple"), (1, 2));
        reads(&name("list"), vec![1, 2]);
        reads(&name("set"), BTreeSet::from([1]));
        reads(&name("frozenset"), vec![1]);
        reads(&name("dict"), map([("a", 1)]));
    }
    reads("derived_keys", User { name: "Ann".to_owned(), age: 41 });
    reads("derived_keys", BTreeMap::from([("name".to_owned(), Any), ("age".to_owned(), Any)]));
    reads("derived_unit", Mark::Dot);
}

/// Its attributes are read where they are what is asked for.
#[test]
fn an_instance_of_a_class_derived_from_a_builtin_has_attributes() {
    for kind in ["text", "int", "float", "bytes", "tuple", "set", "frozenset"] {
        reads(&format!("derived_{kind}_noted"), map([("note", "n".to_owned())]));
    }
}

#[derive(Deserialize, PartialEq, Debug)]
enum Mark {
    Dot,
}

/// Anything at all.
#[derive(PartialEq, Debug)]
struct Any;

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Any, D::Error> {
        deserializer.deserialize_ignored_any(serde::de::IgnoredAny).map(|_| Any)
    }
}
