//! Texts of a character: one object in CPython, wherever they come from, but for those that an instance of a class derived from
//! str is made of.

use std::io::Read;

use flate2::read::ZlibDecoder;
use pickle_codec::{DumpOptions, Replacer, from_slice};

/// By CPython 3.13: see `data/generate_own_texts.py`.
const TEXTS: &[u8] = include_bytes!("data/own_texts.jsonl.z");

/// Each object is asked for, one by one.
struct Nothing;

impl Replacer<'_> for Nothing {}

#[test]
fn what_an_instance_is_made_of_is_a_text_of_its_own() {
    let mut lines = String::new();
    ZlibDecoder::new(TEXTS).read_to_string(&mut lines).unwrap();
    for line in lines.lines() {
        let (name, protocol, hex): (String, u8, String) = serde_json::from_str(line).unwrap();
        let pickle: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        let graph = from_slice(&pickle).unwrap();
        let options = DumpOptions::new().protocol(protocol);
        let again = options.to_vec(&graph).unwrap();
        assert!(again == pickle, "{name} at protocol {protocol}");
        let one_by_one = options.to_vec_with(&graph, &mut Nothing).unwrap();
        assert!(one_by_one == pickle, "{name} at protocol {protocol}, one by one");
        let mut streamed = Vec::new();
        options.to_writer(&mut streamed, &graph).unwrap();
        assert!(streamed == pickle, "{name} at protocol {protocol}, streamed");
    }
    assert!(lines.lines().count() > 90);
}
