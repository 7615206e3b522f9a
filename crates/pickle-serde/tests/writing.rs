//! The bytes of `to_vec`: CPython 3.13's own, for the same objects with the same identity (`data/generate_writing.py`).

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use pickle_serde::native::{AsNative, Class, Native};
use pickle_serde::{Instance, SerOptions, Serializer, to_graph, to_vec, to_writer};
use serde::Serialize;
use serde_bytes::Bytes;

#[derive(Serialize)]
struct User {
    name: String,
    age: u8,
}

#[derive(Serialize)]
enum Variants {
    Unit,
    Newtype(u8),
    Tuple(u8, String),
    Struct { a: u8 },
}

/// The options with which each protocol has CPython's bytes.
#[track_caller]
fn writes<T: Serialize + ?Sized>(name: &str, value: &T, options: &SerOptions) {
    let mut compared = 0;
    for line in include_str!("data/writing.txt").lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        if fields[0] != name {
            continue;
        }
        let protocol = fields[1].parse().expect("a number");
        let options = options.clone().protocol(protocol);
        let written = options.to_vec(value).expect("a pickle");
        let hex: String = written.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, fields[2], "{name}, protocol {protocol}: {}", options.to_graph(value).expect("a graph"));
        let mut streamed = Vec::new();
        options.to_writer(&mut streamed, value).expect("a pickle");
        assert_eq!(streamed, written, "{name}, protocol {protocol}, streamed");
        compared += 1;
    }
    assert_eq!(compared, 6, "{name}");
}

fn users() -> Vec<User> {
    vec![User { name: "Ann".into(), age: 41 }, User { name: "Bob".into(), age: 20 }]
}

#[test]
fn field_names_are_one_object_each_and_other_strings_their_own() {
    writes("users", &users(), &SerOptions::new());
    #[derive(Serialize)]
    struct Named {
        name: &'static str,
    }
    writes("equal_strings", &("abc", "abc", "name", Named { name: "name" }), &SerOptions::new());
}

#[test]
fn share_strings_makes_one_object_of_equal_ones() {
    let map = BTreeMap::from([("abc", "abc")]);
    writes("shared_strings", &("abc", "abc", map), &SerOptions::new().share_strings(true));
}

#[test]
fn the_empty_string_and_those_of_one_latin_1_character_are_one_object_each() {
    writes("characters", &vec!["", "", "a", "a", "é", "é", "漢", "漢字"], &SerOptions::new());
}

#[test]
fn variants_have_the_names_of_literals() {
    use Variants::{Newtype, Struct, Tuple, Unit};
    let variants = vec![Unit, Unit, Newtype(1), Newtype(2), Tuple(1, "xxx".into()), Struct { a: 1 }];
    writes("variants", &variants, &SerOptions::new());
}

#[test]
fn numbers_bytes_and_containers() {
    let ints = (0, -1, 255, 65536, 1i64 << 31, i32::MIN, i64::MAX, u64::MAX, 1u128 << 127, 1.5, true, false, ());
    writes("numbers", &ints, &SerOptions::new());
    writes("bytes", &vec![Bytes::new(b"\x00\xffab"); 2], &SerOptions::new());
    let empty: [Vec<u8>; 0] = [];
    let tuples = ((1,), (1, 2), (1, 2, 3), (1, 2, 3, 4));
    let inner: Vec<Vec<Vec<u8>>> = vec![vec![vec![]]];
    let nested = (Vec::<u8>::new(), empty, HashMap::<u8, u8>::new(), tuples, inner);
    writes("nested", &nested, &SerOptions::new());
    #[derive(Serialize)]
    struct Row {
        id: u32,
    }
    writes("many", &(0..1001).map(|id| Row { id }).collect::<Vec<_>>(), &SerOptions::new());
}

#[test]
fn sorted_keys_do_not_depend_on_the_map() {
    let map: HashMap<&str, u8> = [("c1", 3), ("a1", 1), ("b1", 2)].into();
    writes("sorted", &map, &SerOptions::new().sort_keys(true));
    let keys = |repr: &str, pickle: pickle_serde::Result<pickle_serde::Graph<'_>>| {
        assert_eq!(pickle.expect("a graph").to_string(), repr);
    };
    let options = SerOptions::new().sort_keys(true);
    let mixed: HashMap<Option<i64>, u8> = [(Some(10), 1), (None, 0), (Some(-5), 2), (Some(9), 3)].into();
    keys("{None: 0, -5: 2, 9: 3, 10: 1}", options.to_graph(&mixed));
    let tuples: HashMap<(u8, &str), ()> = [((2, "a"), ()), ((1, "b"), ()), ((1, "a"), ())].into();
    keys("{(1, 'a'): None, (1, 'b'): None, (2, 'a'): None}", options.to_graph(&tuples));
}

#[test]
fn two_runs_give_the_same_bytes() {
    assert_eq!(to_vec(&users()).expect("a pickle"), to_vec(&users()).expect("a pickle"));
}

#[test]
fn structs_are_instances_of_named_classes() {
    writes("instance", &users(), &SerOptions::new().class("User", "models.User"));
    writes("instance", &users(), &SerOptions::new().classes_of("models"));
    let wrapped: Vec<Instance<User>> = users().into_iter().map(|user| Instance::new("models.User", user)).collect();
    writes("instance", &wrapped, &SerOptions::new());
    let nested = SerOptions::new().class("User", "models:Outer.User").to_graph(&users()[0]).expect("a graph");
    assert_eq!(nested.to_string(), "models.Outer.User(name='Ann', age=41)");
}

#[test]
fn native_values_are_what_python_has() {
    struct Text<const N: usize>(&'static str);
    macro_rules! native {
        ($($number:literal $class:ident;)*) => {
            $(impl Native for Text<$number> {
                const CLASS: Class = Class::$class;
                fn to_text(&self) -> String { self.0.into() }
                fn from_text(_: &str) -> Result<Self, String> { Ok(Text("")) }
            })*
        };
    }
    native! { 0 Date; 1 DateTime; 2 Decimal; 3 Uuid; }
    let values = (
        AsNative(Text::<0>("2024-02-29")),
        AsNative(Text::<1>("2024-02-29T12:30:05.000007")),
        AsNative(Duration::new(86_402, 3000)),
        AsNative(Text::<2>("1.50")),
        AsNative(Text::<3>("12345678-1234-5678-1234-567812345678")),
    );
    writes("dates", &values, &SerOptions::new());
    let error = to_graph(&AsNative(Text::<0>("10000-01-01"))).unwrap_err();
    assert_eq!(error.to_string(), "\"10000-01-01\" is no datetime.date");
}

#[test]
fn unhashable_keys_and_unknown_protocols_are_errors() {
    let error = to_vec(&BTreeMap::from([(vec![1], 1)])).unwrap_err();
    assert_eq!(error.to_string(), "unhashable type: 'list'");
    let error = SerOptions::new().protocol(6).to_vec(&1).unwrap_err();
    assert_eq!(error.to_string(), "unsupported pickle protocol: 6");
}

#[test]
fn a_serializer_writes_one_pickle_after_the_other() {
    let mut serializer = Serializer::with_options(Vec::new(), SerOptions::new().protocol(2));
    for user in users() {
        user.serialize(&mut serializer).expect("a pickle");
    }
    Variants::Unit.serialize(&mut serializer).expect("a pickle");
    Some((1, "x")).serialize(&mut serializer).expect("a pickle");
    let mut expected = Vec::new();
    let options = SerOptions::new().protocol(2);
    users().iter().for_each(|user| options.to_writer(&mut expected, user).expect("a pickle"));
    options.to_writer(&mut expected, "Unit").expect("a pickle");
    options.to_writer(&mut expected, &(1, "x")).expect("a pickle");
    assert_eq!(serializer.into_inner(), expected);
    to_writer(std::io::sink(), &1).expect("a pickle");
}
