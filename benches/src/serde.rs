//! Typed loads and dumps through serde, beside serde-pickle and rmp-serde, in one run.
//!
//! ```text
//! cargo run --release -- --serde [--python PYTHON] [--protocol N] [--rounds N] [WORKLOAD …]
//! ```
//!
//! The workloads are CPython's own pickles; rmp-serde reads what it wrote of the same values.

use std::hint::black_box;
use std::path::Path;

use pickle_serde::DeOptions;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Options, Result, cpu_time, median, micros};

#[derive(Serialize, Deserialize)]
struct Record {
    id: u64,
    name: String,
    email: String,
    score: f64,
    active: bool,
    age: u8,
    parent: Option<u64>,
    visits: u32,
}

#[derive(Serialize, Deserialize)]
struct Node {
    name: String,
    value: i64,
    children: Vec<Node>,
}

#[derive(Serialize, Deserialize)]
struct Session {
    user_id: u64,
    _auth: Auth,
    cart: Vec<(String, u32, f64)>,
    seen: std::collections::BTreeMap<String, bool>,
    lang: String,
}

#[derive(Serialize, Deserialize)]
struct Auth {
    backend: String,
    hash: String,
}

/// Prints the table's head.
pub(crate) fn head() {
    println!(
        "{:<10} {:>8} | {:>9} {:>9} {:>9} {:>9} {:>7} {:>7} | {:>9} {:>9} {:>9} {:>7} {:>7}",
        "", "KiB", "load µs", "graph", "serde-p", "rmp", "×serde", "×rmp", "dump µs", "serde-p", "rmp", "×serde", "×rmp"
    );
}

/// Measures a workload that a type is known for; says nothing of others.
pub(crate) fn measure(name: &str, file: &Path, options: &Options) -> Result<()> {
    let pickle = std::fs::read(file)?;
    match name {
        "records" => typed::<Vec<Record>>(name, &pickle, options),
        "tuples" => typed::<Vec<(u64, u32, f64, f64)>>(name, &pickle, options),
        "graphite" => typed::<Vec<(String, (u64, f64))>>(name, &pickle, options),
        "ints" => typed::<Vec<i64>>(name, &pickle, options),
        "floats" => typed::<Vec<f64>>(name, &pickle, options),
        "ascii" | "unicode" | "repeat" => typed::<Vec<String>>(name, &pickle, options),
        "tree" => typed::<Node>(name, &pickle, options),
        "session" => typed::<Vec<Session>>(name, &pickle, options),
        _ => Ok(()),
    }
}

fn typed<T: Serialize + DeserializeOwned>(name: &str, pickle: &[u8], options: &Options) -> Result<()> {
    // The tree is as deep as it is.
    let load = DeOptions::new().depth(10_000);
    let value: T = load.from_slice(pickle)?;
    let packed = rmp_serde::to_vec_named(&value)?;
    let theirs = serde_pickle::DeOptions::new;
    let mut times: [Vec<f64>; 7] = Default::default();
    for _ in 0..options.rounds {
        times[0].push(time(|| load.from_slice::<T>(pickle).map_err(Into::into))?);
        times[1].push(time(|| pickle_codec::from_slice(pickle).map_err(Into::into))?);
        times[2].push(time(|| serde_pickle::from_slice::<T>(pickle, theirs()).map_err(Into::into))?);
        times[3].push(time(|| rmp_serde::from_slice::<T>(&packed).map_err(Into::into))?);
        times[4].push(time(|| pickle_serde::to_vec(&value).map_err(Into::into))?);
        times[5].push(time(|| serde_pickle::to_vec(&value, serde_pickle::SerOptions::new()).map_err(Into::into))?);
        times[6].push(time(|| rmp_serde::to_vec_named(&value).map_err(Into::into))?);
    }
    let [load, graph, load_serde, load_rmp, dump, dump_serde, dump_rmp] = times.map(median);
    println!(
        "{name:<10} {:>8} | {load:>9.0} {graph:>9.0} {load_serde:>9.0} {load_rmp:>9.0} {:>7.1} {:>7.2} | {dump:>9.0} {dump_serde:>9.0} {dump_rmp:>9.0} {:>7.1} {:>7.2}",
        pickle.len() / 1024,
        load_serde / load,
        load_rmp / load,
        dump_serde / dump,
        dump_rmp / dump,
    );
    Ok(())
}

/// Microseconds for what is done; what comes of it is freed afterwards.
fn time<T>(mut run: impl FnMut() -> Result<T>) -> Result<f64> {
    let start = cpu_time();
    let made = run()?;
    let taken = micros(start);
    black_box(made);
    Ok(taken)
}
