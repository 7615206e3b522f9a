//! Values of every shape that serde has, each beside the Python that it is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use num_bigint::BigInt;
use pickle_serde::native::AsNative;
use pickle_serde::{Instance, SerOptions, Set, Value};
use serde::{Deserialize, Serialize};

use super::case::Case;

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Unit;
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Newtype(i32);
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct NewtypeOf<T>(T);
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Pair(i32, String);
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct User {
    name: String,
    age: Option<u8>,
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Point {
    x: f64,
    y: f64,
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Empty {}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Tree {
    value: i32,
    children: Vec<Tree>,
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
enum Shape {
    Unit,
    Newtype(i32),
    Tuple(i32, String),
    Struct { a: i32, b: Vec<u8> },
    Inner(Box<Shape>),
    Option(Option<i32>),
    Nothing {},
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Internal {
    Unit,
    Struct { a: i32 },
    Newtype(User),
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
    User { name: String },
    Text(String),
    List(Vec<Untagged>),
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Flat {
    id: u32,
    #[serde(flatten)]
    user: User,
    #[serde(flatten)]
    rest: BTreeMap<String, i32>,
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Renamed {
    first_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    #[serde(skip)]
    cache: u8,
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Special {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    #[serde(with = "pickle_serde::tuple")]
    items: Vec<u8>,
    #[serde(with = "pickle_serde::native")]
    big: BigInt,
}
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Sets {
    #[serde(with = "pickle_serde::set")]
    tags: BTreeSet<u8>,
    #[serde(with = "pickle_serde::frozen_set")]
    frozen: BTreeSet<u8>,
}

fn text(text: &str) -> String {
    text.into()
}

fn user(name: &str, age: Option<u8>) -> User {
    User { name: name.into(), age }
}

/// The first is the one in which faults are planted.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![Case::new((1, text("a")), "(1, 'a')")];
    cases.extend(atoms());
    cases.extend(sequences());
    cases.extend(maps());
    cases.extend(structs());
    cases.extend(enums());
    cases.extend(instances());
    cases.extend(values());
    cases.extend(native());
    cases
}

fn atoms() -> Vec<Case> {
    vec![
        Case::new((), "None"),
        Case::new(Unit, "None"),
        Case::new(None::<i32>, "None"),
        Case::new(Some(5), "5"),
        Case::new(Some(text("x")), "'x'"),
        Case::new(true, "True"),
        Case::new(false, "False"),
        Case::new(1.5f32, "1.5"),
        Case::new(0.1f32, "0.10000000149011612"),
        Case::new('x', "'x'"),
        Case::new('漢', "'\\u6f22'"),
        Case::new('\u{1f600}', "'\\U0001f600'"),
        Case::new(serde_bytes::ByteBuf::new(), "b''"),
        Case::new(serde_bytes::ByteBuf::from(*b"ab"), "b'ab'"),
        Case::new(serde_bytes::ByteBuf::from(*b"\x00\x80\xff"), "b'\\x00\\x80\\xff'"),
        Case::new(serde_bytes::ByteBuf::from(vec![b'x'; 300]), "b'x' * 300"),
        Case::new(serde_bytes::ByteBuf::from(vec![0xfe; 70_000]), "b'\\xfe' * 70000"),
        Case::new(Newtype(5), "5"),
        Case::new(NewtypeOf(Newtype(-5)), "-5"),
        Case::new(NewtypeOf(vec![Some(1), None]), "[1, None]"),
        Case::new(Box::new(5), "5"),
        Case::new("127.0.0.1".parse::<IpAddr>().expect("an address"), "'127.0.0.1'"),
        Case::new(std::path::PathBuf::from("/a/b"), "'/a/b'"),
        Case::new(Duration::new(5, 7), "{'secs': 5, 'nanos': 7}"),
        Case::new(0..5, "{'start': 0, 'end': 5}"),
        Case::new(std::num::Wrapping(7), "7"),
        Case::new(std::num::NonZeroU8::new(7), "7"),
    ]
}

fn sequences() -> Vec<Case> {
    vec![
        Case::new(Vec::<i32>::new(), "[]"),
        Case::new(vec![1], "[1]"),
        Case::new(vec![1, 2, 3], "[1, 2, 3]"),
        Case::new(vec![vec![1], vec![], vec![2, 3]], "[[1], [], [2, 3]]"),
        Case::new((0..1000).collect::<Vec<i32>>(), "list(range(1000))"),
        Case::new((0..1001).collect::<Vec<i32>>(), "list(range(1001))"),
        Case::new((0..2500).map(f64::from).collect::<Vec<f64>>(), "[float(n) for n in range(2500)]"),
        Case::new(vec![(); 3], "[None, None, None]"),
        Case::new(vec![text("same"); 3], "['same', 'same', 'same']"),
        Case::new(vec![Some(1.5), None], "[1.5, None]"),
        Case::new(vec![true, false], "[True, False]"),
        Case::new(vec!['a', 'b'], "['a', 'b']"),
        Case::new((1,), "(1,)"),
        Case::new((1, 2.5), "(1, 2.5)"),
        Case::new((1, 2, 3), "(1, 2, 3)"),
        Case::new((1, 2, 3, 4), "(1, 2, 3, 4)"),
        Case::new(((), ((),), (((),),)), "(None, (None,), ((None,),))"),
        Case::new(([1, 2], [[0u8; 2]; 2]), "((1, 2), ((0, 0), (0, 0)))"),
        Case::new([0; 0], "()"),
        Case::new([text("a"), text("b")], "('a', 'b')"),
        Case::new(BTreeSet::from([3, 1, 2]), "[1, 2, 3]"),
        Case::new(VecDeque::from([1, 2]), "[1, 2]"),
        Case::new(Pair(1, text("x")), "(1, 'x')"),
        Case::new(vec![(text("servers.a.load"), (1_700_000_000, 1.5))], "[('servers.a.load', (1700000000, 1.5))]"),
    ]
}

fn maps() -> Vec<Case> {
    let thousands: BTreeMap<i32, i32> = (0..1001).map(|number| (number, -number)).collect();
    let reversed = BTreeMap::from([(std::cmp::Reverse(1), text("a")), (std::cmp::Reverse(2), text("b"))]);
    vec![
        Case::new(BTreeMap::<String, i32>::new(), "{}"),
        Case::new(BTreeMap::from([(text("b"), 1), (text("a"), 2)]), "{'a': 2, 'b': 1}"),
        Case::new(BTreeMap::from([(1, true), (2, false)]), "{1: True, 2: False}"),
        Case::new(BTreeMap::from([(true, 1), (false, 0)]), "{False: 0, True: 1}"),
        Case::new(BTreeMap::from([((1, text("x")), 1.5)]), "{(1, 'x'): 1.5}"),
        Case::new(BTreeMap::from([(None, 0), (Some(1), 1)]), "{None: 0, 1: 1}"),
        Case::new(BTreeMap::from([('x', ())]), "{'x': None}"),
        Case::new(BTreeMap::from([(i128::MAX, 1)]), "{2**127 - 1: 1}"),
        Case::new(BTreeMap::from([(serde_bytes::ByteBuf::from(*b"k\xff"), 1)]), "{b'k\\xff': 1}"),
        Case::new(reversed, "{2: 'b', 1: 'a'}"),
        Case::new(thousands, "{n: -n for n in range(1001)}"),
        Case::new(BTreeMap::from([(text("a"), BTreeMap::from([(text("b"), vec![1])]))]), "{'a': {'b': [1]}}"),
        Case::with_options(
            std::collections::HashMap::from([(text("b"), 1), (text("a"), 2), (text("c"), 3)]),
            "{'a': 2, 'b': 1, 'c': 3}",
            SerOptions::new().sort_keys(true),
        ),
    ]
}

fn structs() -> Vec<Case> {
    let tree =
        Tree { value: 1, children: vec![Tree { value: 2, children: vec![] }, Tree { value: 3, children: vec![] }] };
    let flat = Flat { id: 7, user: user("Ann", Some(41)), rest: BTreeMap::from([(text("x"), 1), (text("y"), 2)]) };
    vec![
        Case::new(user("Ann", Some(41)), "{'name': 'Ann', 'age': 41}"),
        Case::new(user("Ann", None), "{'name': 'Ann', 'age': None}"),
        Case::new(Empty {}, "{}"),
        Case::new(vec![user("Ann", Some(41)); 2], "[{'name': 'Ann', 'age': 41}] * 2"),
        Case::new(vec![user("name", None); 3], "[{'name': 'name', 'age': None}] * 3"),
        Case::new(tree, "{'value': 1, 'children': [{'value': 2, 'children': []}, {'value': 3, 'children': []}]}"),
        Case::new(flat, "{'id': 7, 'name': 'Ann', 'age': 41, 'x': 1, 'y': 2}"),
        Case::new(Renamed { first_name: text("Ann"), last_name: None, cache: 0 }, "{'firstName': 'Ann'}"),
        Case::new(
            Renamed { first_name: text("Ann"), last_name: Some(text("Lee")), cache: 0 },
            "{'firstName': 'Ann', 'lastName': 'Lee'}",
        ),
        Case::new(Point { x: 1.0, y: -0.5 }, "{'x': 1.0, 'y': -0.5}"),
        Case::new(
            Special { bytes: b"\xff".into(), items: vec![1, 2], big: BigInt::from(10).pow(30) },
            "{'bytes': b'\\xff', 'items': (1, 2), 'big': 10**30}",
        ),
        Case::new(Sets { tags: [1, 2].into(), frozen: [].into() }, "{'tags': set([1, 2]), 'frozen': frozenset()}"),
        Case::with_options(
            vec![user("Ann", None), user("Ann", None)],
            "[{'name': 'Ann', 'age': None}] * 2",
            SerOptions::new().share_strings(true),
        ),
    ]
}

fn enums() -> Vec<Case> {
    let tuples = || SerOptions::new().enum_tuples(true);
    vec![
        Case::new(Shape::Unit, "'Unit'"),
        Case::new(Shape::Newtype(1), "{'Newtype': 1}"),
        Case::new(Shape::Tuple(1, text("x")), "{'Tuple': (1, 'x')}"),
        Case::new(Shape::Struct { a: 1, b: vec![2] }, "{'Struct': {'a': 1, 'b': [2]}}"),
        Case::new(Shape::Inner(Box::new(Shape::Unit)), "{'Inner': 'Unit'}"),
        Case::new(Shape::Inner(Box::new(Shape::Newtype(1))), "{'Inner': {'Newtype': 1}}"),
        Case::new(Shape::Option(None), "{'Option': None}"),
        Case::new(Shape::Option(Some(1)), "{'Option': 1}"),
        Case::new(Shape::Nothing {}, "{'Nothing': {}}"),
        Case::new(vec![Shape::Unit, Shape::Unit], "['Unit', 'Unit']"),
        Case::new(BTreeMap::from([(text("k"), Shape::Unit)]), "{'k': 'Unit'}"),
        Case::with_options(Shape::Unit, "('Unit',)", tuples()),
        Case::with_options(Shape::Newtype(1), "('Newtype', 1)", tuples()),
        Case::with_options(Shape::Tuple(1, text("x")), "('Tuple', (1, 'x'))", tuples()),
        Case::with_options(Shape::Struct { a: 1, b: vec![] }, "('Struct', {'a': 1, 'b': []})", tuples()),
        Case::new(Internal::Unit, "{'type': 'unit'}"),
        Case::new(Internal::Struct { a: 1 }, "{'type': 'struct', 'a': 1}"),
        Case::new(Internal::Newtype(user("Ann", None)), "{'type': 'newtype', 'name': 'Ann', 'age': None}"),
        Case::new(Adjacent::Unit, "{'t': 'Unit'}"),
        Case::new(Adjacent::Newtype(1), "{'t': 'Newtype', 'c': 1}"),
        Case::new(Adjacent::Tuple(1, 2), "{'t': 'Tuple', 'c': (1, 2)}"),
        Case::new(Adjacent::Struct { a: 1 }, "{'t': 'Struct', 'c': {'a': 1}}"),
        Case::new(Untagged::Int(1), "1"),
        Case::new(Untagged::Pair(1, text("x")), "(1, 'x')"),
        Case::new(Untagged::User { name: text("Ann") }, "{'name': 'Ann'}"),
        Case::new(Untagged::Text(text("t")), "'t'"),
        Case::new(Untagged::List(vec![Untagged::Text(text("t")), Untagged::Int(1)]), "['t', 1]"),
        Case::new(Ok::<i32, String>(1), "{'Ok': 1}"),
        Case::new(Err::<i32, String>(text("no")), "{'Err': 'no'}"),
        Case::new(std::ops::Bound::Included(1), "{'Included': 1}"),
        Case::new(std::ops::Bound::<i32>::Unbounded, "'Unbounded'"),
    ]
}

fn instances() -> Vec<Case> {
    let named = || SerOptions::new().class("User", "models.User").class("Point", "models.Point");
    vec![
        Case::with_options(user("Ann", Some(41)), "make(User, name='Ann', age=41)", named()),
        Case::with_options(vec![user("Ann", None); 2], "[make(User, name='Ann', age=None)] * 2", named()),
        Case::with_options(
            Point { x: 1.0, y: 2.0 },
            "make(Point, x=1.0, y=2.0)",
            SerOptions::new().classes_of("models"),
        ),
        Case::with_options(Empty {}, "make(Empty)", SerOptions::new().classes_of("models")),
        Case::new(Instance::new("models.User", user("Ann", None)), "make(User, name='Ann', age=None)"),
        Case::new(
            Instance::new("models.Point", BTreeMap::from([(text("x"), 1), (text("y"), 2)])),
            "make(Point, x=1, y=2)",
        ),
        Case::with_options(
            Instance::new("models.Point", Point { x: 0.0, y: 0.0 }),
            "make(Point, x=0.0, y=0.0)",
            SerOptions::new(),
        ),
        Case::with_options(
            BTreeMap::from([(text("user"), user("Ann", None))]),
            "{'user': make(User, name='Ann', age=None)}",
            named(),
        ),
    ]
}

/// What serde has no word for.
fn values() -> Vec<Case> {
    let three = |a: Value, b: Value, c: Value| Box::new([a, b, c]);
    let set = |items: &[i32]| items.iter().copied().collect::<Set>();
    vec![
        Case::new(Value::None, "None"),
        Case::new(Value::from(5), "5"),
        Case::new(Value::from(vec![1, 2]), "[1, 2]"),
        Case::new(Value::from((1, "x")), "(1, 'x')"),
        Case::new(Value::Tuple(vec![]), "()"),
        Case::new(Value::Set(set(&[1])), "set([1])"),
        Case::new(Value::Set(set(&[])), "set()"),
        Case::new(Value::FrozenSet(set(&[1, 2, 3])), "frozenset([1, 2, 3])"),
        Case::new(Value::Bytes(b"\x00\xff".into()), "b'\\x00\\xff'"),
        Case::new(Value::Bytes(b"ascii".into()), "b'ascii'").python3(),
        Case::new(Value::ByteArray(b"\x00\xff".into()), "bytearray(b'\\x00\\xff')"),
        Case::new(Value::ByteArray(vec![]), "bytearray()"),
        Case::new(Value::Complex(1.0, -2.5), "complex(1, -2.5)"),
        Case::new(Value::Range(three(1.into(), 10.into(), 3.into())), "range(1, 10, 3)").python3(),
        Case::new(Value::Slice(three(Value::None, 5.into(), Value::None)), "slice(None, 5, None)").python3(),
        Case::new(Value::Ellipsis, "Ellipsis").python3(),
        Case::new(Value::NotImplemented, "NotImplemented").python3(),
        Case::new(Value::Surrogates(b"a\xed\xa0\x80".into()), "'a\\ud800'"),
        Case::new(Value::from(BigInt::from(7).pow(100)), "7**100"),
        Case::new(Value::from(-BigInt::from(2).pow(5000)), "-2**5000"),
        // Nearly as long as Python reads a line of digits, by default.
        Case::new(Value::from(BigInt::from(2).pow(14_000)), "2**14000"),
        Case::new(Value::from(BTreeMap::from([(1, "a")])), "{1: 'a'}"),
        Case::new(vec![Value::Bool(true), Value::Float(0.5), Value::from("x")], "[True, 0.5, 'x']"),
    ]
}

fn native() -> Vec<Case> {
    vec![
        Case::new(AsNative(BigInt::from(0)), "0"),
        Case::new(AsNative(BigInt::from(10).pow(50)), "10**50"),
        Case::new(AsNative(-BigInt::from(10).pow(50)), "-10**50"),
        Case::new(AsNative(Duration::new(86_402, 3000)), "datetime.timedelta(1, 2, 3)"),
        Case::new(AsNative(Duration::ZERO), "datetime.timedelta(0)"),
        Case::new(AsNative(jiff::civil::date(2024, 2, 29)), "datetime.date(2024, 2, 29)"),
        Case::new(AsNative(jiff::civil::date(1, 1, 1)), "datetime.date(1, 1, 1)"),
        Case::new(AsNative(jiff::civil::date(9999, 12, 31)), "datetime.date(9999, 12, 31)"),
        Case::new(AsNative(jiff::civil::time(23, 59, 59, 999_999_000)), "datetime.time(23, 59, 59, 999999)"),
        Case::new(
            AsNative(jiff::civil::date(2024, 2, 29).at(12, 30, 5, 7000)),
            "datetime.datetime(2024, 2, 29, 12, 30, 5, 7)",
        ),
        Case::new(
            AsNative("2024-02-29T12:30:00Z".parse::<jiff::Timestamp>().expect("a time")),
            "datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)",
        )
        .python3(),
        Case::new(AsNative(jiff::SignedDuration::new(-1, -500_000_000)), "datetime.timedelta(seconds=-1.5)"),
        Case::new(AsNative(uuid::Uuid::from_u128(1 << 100)), "uuid.UUID(int=1 << 100)"),
        Case::new(AsNative("1.50".parse::<rust_decimal::Decimal>().expect("a decimal")), "decimal.Decimal('1.50')"),
        Case::new(AsNative("-0.001".parse::<rust_decimal::Decimal>().expect("a decimal")), "decimal.Decimal('-0.001')"),
        Case::new(
            BTreeMap::from([(text("day"), AsNative(jiff::civil::date(2024, 2, 29)))]),
            "{'day': datetime.date(2024, 2, 29)}",
        ),
    ]
}
