//! The Rust types of the workloads, for those who read into types of their own.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A row of `records`.
#[derive(Serialize, Deserialize)]
pub struct Record {
    id: i64,
    name: String,
    email: String,
    score: f64,
    active: bool,
    age: u8,
    parent: Option<i64>,
    visits: u32,
}

/// A node of `tree`.
#[derive(Serialize, Deserialize)]
pub struct Node {
    name: String,
    value: i64,
    children: Vec<Node>,
}

/// A row of `session`.
#[derive(Serialize, Deserialize)]
pub struct Session {
    user_id: i64,
    _auth: Auth,
    cart: Vec<(String, i64, f64)>,
    seen: HashMap<String, bool>,
    lang: String,
}

#[derive(Serialize, Deserialize)]
struct Auth {
    backend: String,
    hash: String,
}

/// Something that is done with a type.
pub trait WithType {
    /// What comes of it.
    type Output;
    /// Does it.
    fn with<T: Serialize + DeserializeOwned + 'static>(self) -> Self::Output;
}

/// Does it with the type of a workload, if that has one.
pub fn of_workload<W: WithType>(name: &str, work: W) -> Option<W::Output> {
    Some(match name {
        "ints" => work.with::<Vec<i64>>(),
        "floats" => work.with::<Vec<f64>>(),
        name if is_text(name) => work.with::<Vec<String>>(),
        "records" => work.with::<Vec<Record>>(),
        "tree" => work.with::<Node>(),
        "tuples" => work.with::<Vec<(i64, i64, f64, f64)>>(),
        "graphite" => work.with::<Vec<(String, (i64, f64))>>(),
        "session" => work.with::<Vec<Session>>(),
        _ => return None,
    })
}

/// Whether a workload is a list of text, which may be read as `&str`, too.
pub fn is_text(name: &str) -> bool {
    matches!(name, "ascii" | "repeat" | "unicode")
}

/// Reads JSON of any depth: `tree` is deeper than serde_json would go by itself.
pub fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.disable_recursion_limit();
    T::deserialize(&mut deserializer)
}

/// JSON as the values that serde_json has for it.
pub fn json_value(json: &[u8]) -> Result<serde_json::Value, serde_json::Error> {
    from_json(json)
}
