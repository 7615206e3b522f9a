//! All of serde's data model, there and back, at all protocols; and how each shape looks in Python.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;

use pickle_serde::{SerOptions, Value, from_graph, from_slice, from_value, to_graph, to_value};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// It looks so in Python, and comes back by all ways.
#[track_caller]
fn both<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T, repr: &str) {
    assert_eq!(to_graph(&value).expect("a graph").to_string(), repr);
    for protocol in 0..=5 {
        for options in [SerOptions::new(), SerOptions::new().enum_tuples(true).share_strings(true)] {
            let pickle = options.protocol(protocol).to_vec(&value).expect("a pickle");
            let read: T = from_slice(&pickle).unwrap_or_else(|error| panic!("{repr}, protocol {protocol}: {error}"));
            assert_eq!(read, value, "{repr}, protocol {protocol}");
        }
    }
    let read: T = from_value(to_value(&value).expect("a value")).expect("the same");
    assert_eq!(read, value, "{repr}, by way of a Value");
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Unit;
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Newtype(i32);
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Pair(i32, String);
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Named {
    a: i32,
    b: Option<String>,
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
enum External {
    Unit,
    Newtype(i32),
    Tuple(i32, String),
    Struct { a: i32 },
    Nothing(()),
    Inner(Box<External>),
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(tag = "type")]
enum Internal {
    Unit,
    Struct { a: i32 },
    Newtype(Named),
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Newtype(i32),
    Tuple(i32, i32),
    Struct { a: i32 },
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(untagged)]
enum Untagged {
    Int(i32),
    Pair(i32, String),
    Named { a: i32, b: Option<String> },
    Text(String),
}

#[test]
fn primitives() {
    both((), "None");
    both(true, "True");
    both((i8::MIN, i16::MIN, i32::MIN, i64::MIN), "(-128, -32768, -2147483648, -9223372036854775808)");
    both((u8::MAX, u16::MAX, u32::MAX, u64::MAX), "(255, 65535, 4294967295, 18446744073709551615)");
    both(i128::MIN, "-170141183460469231731687303715884105728");
    both(u128::MAX, "340282366920938463463374607431768211455");
    both((1.5f32, 1e300f64, -0.0f64), "(1.5, 1e+300, -0.0)");
    both(('a', '漢'), "('a', '漢')");
    both("it's".to_owned(), "\"it's\"");
    both(serde_bytes::ByteBuf::from(*b"\x00\xff"), r"b'\x00\xff'");
    both(vec![0u8, 255], "[0, 255]");
    both([1, 2, 3], "(1, 2, 3)");
}

#[test]
fn options_and_units() {
    both(None::<u8>, "None");
    both(Some(5), "5");
    both(Unit, "None");
    both(vec![Some("a".to_owned()), None], "['a', None]");
}

#[test]
fn structs() {
    both(Newtype(5), "5");
    both(Pair(1, "x".into()), "(1, 'x')");
    both(Named { a: 1, b: None }, "{'a': 1, 'b': None}");
    both(
        vec![Named { a: 1, b: Some("b".into()) }, Named { a: 2, b: None }],
        "[{'a': 1, 'b': 'b'}, {'a': 2, 'b': None}]",
    );
}

#[test]
fn maps_with_keys_of_any_type() {
    both(BTreeMap::from([("b".to_owned(), 1), ("a".to_owned(), 2)]), "{'a': 2, 'b': 1}");
    both(BTreeMap::from([(1u8, true), (2, false)]), "{1: True, 2: False}");
    both(BTreeMap::from([((1, 'x'), 1.5)]), "{(1, 'x'): 1.5}");
    both(BTreeMap::from([(None, 0), (Some(1), 1)]), "{None: 0, 1: 1}");
    both(HashMap::from([(true, BTreeSet::from([1]))]), "{True: [1]}");
    both(BTreeMap::from([(serde_bytes::ByteBuf::from(*b"k"), ())]), "{b'k': None}");
    both(BTreeMap::from([(i128::MAX, "big".to_owned())]), "{170141183460469231731687303715884105727: 'big'}");
}

#[test]
fn enums_in_all_their_forms() {
    both(External::Unit, "'Unit'");
    both(External::Newtype(1), "{'Newtype': 1}");
    both(External::Tuple(1, "x".into()), "{'Tuple': (1, 'x')}");
    both(External::Struct { a: 1 }, "{'Struct': {'a': 1}}");
    both(External::Nothing(()), "{'Nothing': None}");
    both(External::Inner(Box::new(External::Unit)), "{'Inner': 'Unit'}");
    both(vec![Internal::Unit, Internal::Struct { a: 1 }], "[{'type': 'Unit'}, {'type': 'Struct', 'a': 1}]");
    both(Internal::Newtype(Named { a: 1, b: None }), "{'type': 'Newtype', 'a': 1, 'b': None}");
    both(
        vec![Adjacent::Unit, Adjacent::Newtype(1), Adjacent::Tuple(1, 2), Adjacent::Struct { a: 1 }],
        "[{'t': 'Unit'}, {'t': 'Newtype', 'c': 1}, {'t': 'Tuple', 'c': (1, 2)}, {'t': 'Struct', 'c': {'a': 1}}]",
    );
    both(
        vec![
            Untagged::Int(1),
            Untagged::Pair(1, "x".into()),
            Untagged::Named { a: 1, b: None },
            Untagged::Text("t".into()),
        ],
        "[1, (1, 'x'), {'a': 1, 'b': None}, 't']",
    );
    both(vec![Ok(1), Err("no".to_owned())], "[{'Ok': 1}, {'Err': 'no'}]");
}

#[test]
fn variants_as_serde_pickle_writes_them() {
    let tuples = SerOptions::new().enum_tuples(true);
    let repr = |value: &External| tuples.to_graph(value).expect("a graph").to_string();
    assert_eq!(repr(&External::Unit), "('Unit',)");
    assert_eq!(repr(&External::Newtype(1)), "('Newtype', 1)");
    assert_eq!(repr(&External::Tuple(1, "x".into())), "('Tuple', (1, 'x'))");
    assert_eq!(repr(&External::Struct { a: 1 }), "('Struct', {'a': 1})");
}

#[test]
fn flattened_fields() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Outer {
        id: u32,
        #[serde(flatten)]
        named: Named,
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }
    let rest = BTreeMap::from([("x".to_owned(), Value::from(vec![1])), ("y".to_owned(), Value::Float(2.0))]);
    both(
        Outer { id: 7, named: Named { a: 1, b: Some("b".into()) }, rest },
        "{'id': 7, 'a': 1, 'b': 'b', 'x': [1], 'y': 2.0}",
    );
}

#[test]
fn attributes_of_serde() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "camelCase")]
    struct Renamed {
        first_name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_name: Option<String>,
        #[serde(skip)]
        cache: u8,
    }
    both(Renamed { first_name: "Ann".into(), last_name: None, cache: 0 }, "{'firstName': 'Ann'}");
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(transparent)]
    struct Transparent {
        inner: Vec<u8>,
    }
    both(Transparent { inner: vec![1] }, "[1]");
}

#[test]
fn borrowed_from_a_graph() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Borrowed<'a> {
        a: &'a str,
        b: &'a [u8],
    }
    let graph = to_graph(&("x", serde_bytes::Bytes::new(b"y"))).expect("a graph");
    assert_eq!(from_graph::<Borrowed<'_>>(&graph).expect("by position"), Borrowed { a: "x", b: b"y" });
}

#[test]
fn a_value_in_a_struct_keeps_what_serde_has_no_word_for() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Holder {
        any: Value,
    }
    for (value, repr) in [
        (Value::Tuple(vec![1.into(), Value::None]), "(1, None)"),
        (Value::Set([1, 2].into_iter().collect()), "{1, 2}"),
        (Value::FrozenSet([1].into_iter().collect()), "frozenset({1})"),
        (Value::ByteArray(b"x".into()), "bytearray(b'x')"),
        (Value::Bytes(b"x".into()), "b'x'"),
        (Value::Complex(1.0, 2.0), "(1+2j)"),
        (Value::Range(Box::new([0.into(), 5.into(), 1.into()])), "range(0, 5)"),
        (Value::Slice(Box::new([Value::None, 5.into(), Value::None])), "slice(None, 5, None)"),
        (Value::Ellipsis, "Ellipsis"),
        (Value::NotImplemented, "NotImplemented"),
        (Value::Surrogates(b"\xed\xa0\x80".into()), r"'\ud800'"),
        (num_bigint::BigInt::from(10).pow(40).into(), "10000000000000000000000000000000000000000"),
        (num_bigint::BigInt::from(1).pow(1).into(), "1"),
        (Value::Float(f64::NAN), "nan"),
    ] {
        assert_eq!(value.to_string(), repr);
        both(Holder { any: value }, &format!("{{'any': {repr}}}"));
    }
}
