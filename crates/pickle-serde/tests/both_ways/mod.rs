//! One pickle read both ways, straight from its instructions and by way of a graph, as types of all kinds.

#![allow(dead_code, reason = "each test reads the part that it needs")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Debug};

use pickle_serde::{DEFAULT_BUDGET, DeOptions, Error, ErrorKind, from_slice};
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Anything, as serde shows it.
#[derive(PartialEq, Debug)]
pub(crate) enum Any {
    Unit,
    Bool(bool),
    Int(i64),
    Wide(i128),
    /// Its bits.
    Float(u64),
    Text(String),
    Borrowed(String),
    Bytes(Vec<u8>),
    Seq(Vec<Any>),
    Map(Vec<(Any, Any)>),
}

struct AnyVisitor;

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Any, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Any;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<Any, E> {
        Ok(Any::Unit)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Any, E> {
        Ok(Any::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Any, E> {
        Ok(Any::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Any, E> {
        Ok(Any::Wide(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Any, E> {
        Ok(Any::Wide(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Any, E> {
        Ok(Any::Float(value.to_bits()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Any, E> {
        Ok(Any::Text(text.into()))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Any, E> {
        Ok(Any::Borrowed(text.into()))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Any, E> {
        Ok(Any::Bytes(bytes.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Any, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Any::Seq(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Any, A::Error> {
        let mut all = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            all.push(entry);
        }
        Ok(Any::Map(all))
    }
}

/// Takes any value for another where it cannot be read, as some helpers do.
#[derive(PartialEq, Debug)]
pub(crate) struct Lenient<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Lenient(T::deserialize(deserializer).ok()))
    }
}

#[derive(Deserialize, PartialEq, Debug)]
pub(crate) struct Record {
    id: i64,
    #[serde(default)]
    name: String,
    #[serde(default)]
    score: Option<f64>,
    #[serde(default)]
    inner: Vec<Record>,
    #[serde(default)]
    pair: Option<(i64, Lenient<String>)>,
}

#[derive(Deserialize, PartialEq, Debug)]
pub(crate) struct Flat {
    id: i64,
    #[serde(flatten)]
    rest: BTreeMap<String, Any>,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Strict {
    a: i64,
    b: Option<Box<Strict>>,
}

#[derive(Deserialize, PartialEq, Debug)]
pub(crate) enum Choice {
    A,
    B(i64),
    C(i64, String),
    D { a: Any },
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(untagged)]
pub(crate) enum Untagged {
    Int(i64),
    Pair(i64, String),
    Record { a: Any },
    List(Vec<Untagged>),
    Text(String),
}

/// The budget that there is anyway; but who sets one wants it counted exactly, which is done with a graph.
pub(crate) fn by_graph(pickle: &[u8]) -> DeOptions {
    DeOptions::new().budget(DEFAULT_BUDGET + 64 * pickle.len() as u64)
}

/// Reads a pickle both ways.
#[track_caller]
pub(crate) fn same<'de, T: Deserialize<'de> + PartialEq + Debug>(pickle: &'de [u8]) {
    let direct = from_slice::<T>(pickle).map_err(told);
    let by_graph = by_graph(pickle).from_slice::<T>(pickle).map_err(told);
    // A NaN is not equal to itself.
    let is_same = direct == by_graph || format!("{direct:?}") == format!("{by_graph:?}");
    assert!(is_same, "{}: {direct:?} and {by_graph:?}, of {pickle:x?}", std::any::type_name::<T>());
}

/// The whole of an error, but for how much there may be: `by_graph` has not to a byte what there is by default.
fn told(error: Error) -> String {
    match error.kind() {
        ErrorKind::OverBudget(_) => "over budget".into(),
        _ => error.to_string(),
    }
}

/// The same as all kinds of types.
#[track_caller]
pub(crate) fn same_as_all(pickle: &[u8]) {
    same::<Any>(pickle);
    same::<IgnoredAny>(pickle);
    same::<pickle_serde::Value>(pickle);
    same::<serde_json::Value>(pickle);
    same::<Record>(pickle);
    same::<Vec<Record>>(pickle);
    same::<Flat>(pickle);
    same::<Strict>(pickle);
    same::<Choice>(pickle);
    same::<Vec<Choice>>(pickle);
    same::<Untagged>(pickle);
    same::<Vec<Vec<Any>>>(pickle);
    same::<Vec<(Any, Any)>>(pickle);
    same::<(Vec<Any>, Option<Any>)>(pickle);
    same::<(IgnoredAny, Any)>(pickle);
    same::<((i64, Any), Any, Any)>(pickle);
    same::<[Any; 2]>(pickle);
    same::<BTreeMap<String, Any>>(pickle);
    same::<HashMap<i64, Any>>(pickle);
    same::<BTreeMap<&str, IgnoredAny>>(pickle);
    same::<Vec<Lenient<i64>>>(pickle);
    same::<Lenient<Vec<(i64, f64)>>>(pickle);
    same::<BTreeMap<String, Lenient<Vec<String>>>>(pickle);
    same::<Option<Vec<Option<f32>>>>(pickle);
    same::<Vec<&str>>(pickle);
    same::<Vec<serde_bytes::ByteBuf>>(pickle);
    same::<Vec<bool>>(pickle);
    same::<Vec<u8>>(pickle);
    same::<Vec<()>>(pickle);
}
