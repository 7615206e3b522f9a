//! Runs of items, and the containers and instances that are open where one stops.

use std::io::Read;

use flate2::read::ZlibDecoder;
use pickle_codec::{DumpOptions, from_slice};

/// By CPython 3.13: see `data/generate_runs.py`.
const RUNS: &[u8] = include_bytes!("data/runs.jsonl.z");

#[test]
fn wherever_a_run_stops_the_bytes_are_cpythons() {
    let mut lines = String::new();
    ZlibDecoder::new(RUNS).read_to_string(&mut lines).unwrap();
    for line in lines.lines() {
        let (name, protocol, hex): (String, u8, String) = serde_json::from_str(line).unwrap();
        let pickle: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        let graph = from_slice(&pickle).unwrap();
        let again = DumpOptions::new().protocol(protocol).to_vec(&graph).unwrap();
        assert!(again == pickle, "{name} at protocol {protocol}");
        let mut streamed = Vec::new();
        DumpOptions::new().protocol(protocol).to_writer(&mut streamed, &graph).unwrap();
        assert!(streamed == pickle, "{name} at protocol {protocol}, streamed");
    }
    assert!(lines.lines().count() > 400);
}
