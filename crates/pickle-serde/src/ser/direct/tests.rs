//! Both ways of writing give the same bytes: what is written directly is compared with what goes through a graph, which
//! `tests/writing.rs` and `cargo xtask serde` compare with CPython's.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::ser::{Error as _, SerializeMap, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_bytes::Bytes;

use crate::options::SerOptions;
use crate::owned::Value;

/// What the direct way makes of a value at a protocol, if anything; it is the graph's bytes.
#[track_caller]
fn direct<T: Serialize + ?Sized>(options: &SerOptions, value: &T) -> Option<usize> {
    let graph = options.to_graph(value).expect("a graph");
    let expected = options.dump.to_vec(&graph).expect("a pickle");
    let written = super::to_vec(options, value);
    if let Some(written) = &written {
        same(written, &expected);
    }
    same(&options.to_vec(value).expect("a pickle"), &expected);
    written.map(|written| written.len())
}

#[track_caller]
fn same(written: &[u8], expected: &[u8]) {
    if let Some(at) = (0..written.len().max(expected.len())).find(|&at| written.get(at) != expected.get(at)) {
        let around = |bytes: &[u8]| bytes[at.saturating_sub(20).min(bytes.len())..bytes.len().min(at + 20)].to_vec();
        panic!("byte {at}: {:?} is not {:?}", around(written).escape_ascii(), around(expected).escape_ascii());
    }
}

/// Writes a value directly at all protocols from 2 on.
#[track_caller]
fn is_direct<T: Serialize + ?Sized>(value: &T) {
    for protocol in 2..=5 {
        let options = SerOptions::new().protocol(protocol);
        assert!(direct(&options, value).is_some(), "protocol {protocol}");
        assert!(direct(&options.enum_tuples(true), value).is_some(), "protocol {protocol}");
    }
}

/// Writes by way of a graph what the direct way has no words for.
#[track_caller]
fn needs_a_graph<T: Serialize + ?Sized>(value: &T) {
    assert_eq!(direct(&SerOptions::new(), value), None);
}

/// Numbers that look random, and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[test]
fn numbers() {
    is_direct(&[
        i64::MIN,
        -1 << 31,
        (-1 << 31) - 1,
        -129,
        -1,
        0,
        255,
        256,
        65535,
        65536,
        (1 << 31) - 1,
        1 << 31,
        i64::MAX,
    ]);
    is_direct(&(u64::MAX, i128::MIN, i128::MAX, u128::MAX, 1u128 << 64, -1i128, 255u8, -1i8, 5u128));
    is_direct(&(0.1, -0.0, f64::INFINITY, f64::NAN, -f64::NAN, f64::from_bits(0x7ff0_0000_0000_0001), 1.5f32));
    is_direct(&(true, false, (), None::<u8>, Some(Some(3))));
    let mut dice = Dice(1);
    let ints: Vec<i64> =
        (0..60_000).map(|_| (dice.roll(1 << 31) as i64 - (1 << 30)) << dice.roll(33) >> dice.roll(40)).collect();
    is_direct(&ints);
}

#[test]
fn text_and_bytes_of_all_lengths() {
    is_direct(&["", "", "a", "a", "\u{e9}", "\u{e9}", "\u{100}", "\u{100}", "ab", "ab", "\u{1f40d}", "\0"]);
    is_direct(&['a', '\u{e9}', 'a', '\u{1f40d}']);
    for length in [254, 255, 256, 257, 4095, 4096, 65_535, 65_536, 65_537, 200_000] {
        let text = "x".repeat(length);
        is_direct(&(&text, 1, &text, "ab", [&text, &text]));
    }
    let bytes = |length| Bytes::new(&[7; 70_000][..length]);
    let all = [0, 0, 1, 1, 255, 256, 65_535, 65_536, 70_000].map(bytes);
    for protocol in [3, 4, 5] {
        assert!(direct(&SerOptions::new().protocol(protocol), &all).is_some());
    }
    assert_eq!(direct(&SerOptions::new().protocol(2), &all), None);
}

/// A sequence that says of its length what it likes.
struct Claims<'v, T>(Option<usize>, &'v [T]);

impl<T: Serialize> Serialize for Claims<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items = serializer.serialize_seq(self.0)?;
        self.1.iter().try_for_each(|item| items.serialize_element(item))?;
        items.end()
    }
}

/// The same for a map.
struct ClaimsMap<'v, K, V>(Option<usize>, &'v [(K, V)]);

impl<K: Serialize, V: Serialize> Serialize for ClaimsMap<'_, K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_map(self.0)?;
        self.1.iter().try_for_each(|(key, value)| entries.serialize_entry(key, value))?;
        entries.end()
    }
}

#[test]
fn lists_and_dicts_of_all_lengths() {
    for length in [0, 1, 2, 3, 4, 5, 999, 1000, 1001, 1999, 2000, 2001, 40_000] {
        let items: Vec<usize> = (0..length).collect();
        let pairs: Vec<(usize, bool)> = items.iter().map(|&item| (item, item % 3 == 0)).collect();
        let texts: BTreeMap<String, usize> = items.iter().map(|&item| (item.to_string(), item)).collect();
        is_direct(&(&items, &texts, ["x"; 2]));
        for claim in [Some(length), None, Some(2), Some(usize::MAX)] {
            is_direct(&(Claims(claim, &items), ClaimsMap(claim, &pairs), "behind"));
        }
    }
}

#[test]
fn lengths_that_are_not_so() {
    is_direct(&Claims::<u8>(Some(1), &[]));
    for claim in [0, 1] {
        needs_a_graph(&(1, Claims(Some(claim), &[1, 2, 3])));
        needs_a_graph(&(1, ClaimsMap(Some(claim), &[(1, 2), (3, 4)])));
    }
    needs_a_graph(&Claims(Some(0), &[1]));
    // Of a single item that fills frames, it must be known.
    let large: Vec<u32> = (0..30_000).collect();
    is_direct(&Claims(Some(1), &[&large]));
    needs_a_graph(&Claims(None, &[&large]));
    let nearly: Vec<u8> = vec![1; 32_000];
    is_direct(&vec![&nearly; 5]);
    is_direct(&(Claims(None, &[&nearly]), 1));
}

#[test]
fn frames_end_where_they_should() {
    // Objects of one to seven bytes, over the end of a frame at every place.
    for length in 65_520..65_560 {
        let padding = ["y".repeat(length / 2), "z".repeat(length - length / 2)];
        let behind = (1, (300, 70_000), "ab", [[(); 2]; 3], (Vec::<u8>::new(), 1.5));
        is_direct(&(&padding, behind, BTreeMap::from([("key", (1i64 << 40, true))])));
    }
}

#[test]
fn nested_tuples_and_lists() {
    is_direct(&((1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((((1,),),),), [0; 0], [[1, 2], [3, 4]]));
    is_direct(&vec![vec![vec![vec![0u8; 0]]], vec![], vec![vec![vec![1], vec![2, 3]]]]);
    let rows: Vec<(u32, f64, &str)> = (0..20_000).map(|row| (row, f64::from(row), "same")).collect();
    is_direct(&rows);
}

#[derive(Serialize)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Serialize)]
struct Turned {
    y: Option<Point>,
    name: &'static str,
    x: Vec<Turned>,
}

#[derive(Serialize)]
enum Variants {
    Unit,
    Newtype(Vec<u8>),
    Tuple(u8, Point),
    Struct { x: u8, name: (), unit: Box<Variants> },
    Empty {},
}

#[test]
fn structs_and_variants() {
    let turned = |x| Turned { y: Some(Point { x: 1, y: 2 }), name: "name", x };
    is_direct(&[turned(vec![]), turned(vec![turned(vec![]), turned(vec![turned(vec![])])])]);
    let points: Vec<Point> = (0..10_000).map(|x| Point { x, y: -x }).collect();
    is_direct(&points);
    let all = || {
        use Variants::{Empty, Newtype, Struct, Tuple, Unit};
        let inner = Box::new(Tuple(1, Point { x: 3, y: 4 }));
        vec![
            Unit,
            Newtype(vec![]),
            Newtype(vec![1, 2]),
            inner_of(inner),
            Unit,
            Empty {},
            Struct { x: 1, name: (), unit: Box::new(Unit) },
        ]
    };
    is_direct(&(all(), "Unit", all()));
}

fn inner_of(unit: Box<Variants>) -> Variants {
    Variants::Struct { x: 2, name: (), unit }
}

/// Fields of these names, in this order.
struct Named<'n>(&'n [&'static str]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Named", self.0.len())?;
        self.0.iter().try_for_each(|name| fields.serialize_field(name, &1))?;
        fields.end()
    }
}

#[test]
fn names_of_any_number_and_order() {
    let names: Vec<&'static str> = (0..300).map(|number| &*format!("name{number}").leak()).collect();
    let again: Vec<&'static str> = names.iter().map(|name| &*name.to_string().leak()).collect();
    let backwards: Vec<&'static str> = names.iter().rev().copied().collect();
    is_direct(&[Named(&names), Named(&names[100..]), Named(&again), Named(&backwards), Named(&["x", "y", "z"])]);
    is_direct(&["name1", "x"].map(|text| (text, Named(&["name1", "x", ""]), text)));
    needs_a_graph(&Named(&["x", "y", "x"]));
    needs_a_graph(&Named(&[names[1], again[1]]));
    needs_a_graph(&[Named(&names), Named(&[names[200], again[201], names[201]])]);
}

#[test]
fn keys() {
    is_direct(&BTreeMap::from([(Some(1u64 << 63), 1), (None, 2), (Some(0), 3)]));
    is_direct(&BTreeMap::from([(false, 1), (true, 2)]));
    is_direct(&BTreeMap::from([('a', 1), ('b', 2)]));
    is_direct(&BTreeMap::from([(i128::MIN, 1), (1, 2)]));
    let nested: BTreeMap<u8, BTreeMap<&str, u8>> = (0..50).map(|key| (key, [("a", 1), ("b", 2)].into())).collect();
    is_direct(&nested);
    needs_a_graph(&BTreeMap::from([((1, 2), 1)]));
    needs_a_graph(&BTreeMap::from([(Bytes::new(b"a"), 1)]));
}

/// A key of one type or the other.
#[derive(Serialize, Clone, Debug)]
#[serde(untagged)]
enum Key {
    Int(i64),
    Bool(bool),
    Float(f64),
    Text(String),
    Name(Name),
}

#[derive(Serialize, Clone, Debug)]
enum Name {
    A,
    Long,
}

#[test]
fn keys_that_are_equal_to_others() {
    use Key::{Bool, Float, Int, Text};
    let of = |keys: &[Key]| keys.iter().cloned().enumerate().map(|(number, key)| (key, number)).collect::<Vec<_>>();
    let name = |name| Key::Name(name);
    let different = of(&[Int(1), Int(2), Bool(false), Text("A".into()), name(Name::Long)]);
    assert!(direct(&SerOptions::new(), &ClaimsMap(None, &different)).is_some());
    needs_a_graph(&ClaimsMap(None, &of(&[Int(1), Int(2), Bool(true)])));
    needs_a_graph(&ClaimsMap(None, &of(&[Float(1.0), Int(1)])));
    needs_a_graph(&ClaimsMap(None, &of(&[Text("A".into()), name(Name::A)])));
    needs_a_graph(&ClaimsMap(None, &of(&[name(Name::Long), Text("Long".into())])));
    needs_a_graph(&ClaimsMap(None, &of(&[name(Name::Long), name(Name::Long)])));
    let many: Vec<Key> = (0..100).map(Int).chain([Text("x".into()), Int(50)]).collect();
    needs_a_graph(&[ClaimsMap(None, &of(&many))]);
    needs_a_graph(&[BTreeMap::from([(1, ClaimsMap(None, &of(&[Int(7), Int(7)])))])]);
}

#[test]
fn values_of_any_type() {
    let plain: Value = [Value::Tuple([1.into(), "a".into()].into()), Value::None, 1.5.into(), Value::Tuple([].into())]
        .into_iter()
        .collect();
    is_direct(&plain);
    needs_a_graph(&crate::native::AsNative(num_bigint::BigInt::from(5)));
    needs_a_graph(&[Value::Ellipsis]);
}

/// Swallows the errors of its items.
struct Careless;

impl Serialize for Careless {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items = serializer.serialize_seq(Some(2))?;
        let _ = items.serialize_element(&Broken);
        items.serialize_element(&1)?;
        items.end()
    }
}

struct Broken;

impl Serialize for Broken {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("broken"))
    }
}

#[test]
fn errors_are_those_of_the_graph() {
    needs_a_graph(&Careless);
    assert_eq!(super::to_vec(&SerOptions::new(), &[1, 2].map(|_| Broken)), None);
    assert_eq!(crate::to_vec(&[Broken]).unwrap_err().to_string(), "broken");
    let error = crate::to_vec(&BTreeMap::from([(vec![1], 1)])).unwrap_err();
    assert_eq!(error.to_string(), "unhashable type: 'list'");
}

#[test]
fn options_that_look_at_several_objects_need_a_graph() {
    for options in [
        SerOptions::new().share_strings(true),
        SerOptions::new().sort_keys(true),
        SerOptions::new().class("Point", "shapes.Point"),
        SerOptions::new().classes_of("shapes"),
        SerOptions::new().protocol(1),
        SerOptions::new().with_dump(|dump| dump.fast(true)),
        SerOptions::new().with_dump(|dump| dump.profile(crate::Profile::CPYTHON_2_7)),
        SerOptions::new().with_dump(|dump| dump.copies(5)),
    ] {
        assert_eq!(direct(&options, &(Point { x: 1, y: 2 }, ["ab", "ab"])), None);
    }
}

/// Anything, made of a few bits.
#[derive(Serialize, Debug)]
#[serde(untagged)]
enum Any {
    Unit,
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Any>),
    Pair(Box<(Any, Any)>),
    Map(BTreeMap<String, Any>),
    Known { x: Box<Any>, name: bool },
    Tagged(Tagged),
}

#[derive(Serialize, Debug)]
enum Tagged {
    Unit,
    Newtype(Box<Any>),
    Struct { name: Box<Any> },
}

fn any(dice: &mut Dice, depth: u32) -> Any {
    let kinds = if depth == 0 { 4 } else { 10 };
    let inner = |dice: &mut Dice| any(dice, depth - 1);
    match dice.roll(kinds) {
        0 => Any::Unit,
        1 => Any::Int((dice.roll(1 << 31) as i64) << dice.roll(30)),
        2 => Any::Float(dice.roll(1000) as f64 / 7.0),
        3 => Any::Text("text ".repeat(dice.roll(if dice.0 % 50 == 7 { 20_000 } else { 12 }) as usize)),
        4 => Any::List((0..dice.roll(6)).map(|_| inner(dice)).collect()),
        5 => Any::Pair(Box::new((inner(dice), inner(dice)))),
        6 => Any::Map((0..dice.roll(5)).map(|_| (dice.roll(100).to_string(), inner(dice))).collect()),
        7 => Any::Known { x: Box::new(inner(dice)), name: true },
        8 => Any::Tagged(Tagged::Newtype(Box::new(inner(dice)))),
        _ if dice.roll(2) == 0 => Any::Tagged(Tagged::Unit),
        _ => Any::Tagged(Tagged::Struct { name: Box::new(inner(dice)) }),
    }
}

#[test]
fn random_values() {
    let mut dice = Dice(7);
    for _ in 0..400 {
        is_direct(&any(&mut dice, 7));
    }
    is_direct(&(0..3000).map(|_| any(&mut dice, 4)).collect::<Vec<_>>());
}
