//! The committed corpus: what CPython wrote.

#![allow(dead_code, reason = "each test reads the part that it needs")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::ZlibDecoder;
use pickle_codec::{Implementation, Profile};
use serde_json::Value;

/// A case as one pickler answered it.
pub(crate) struct Case {
    pub(crate) name: String,
    /// Whose answer it is.
    pub(crate) profile: Profile,
    /// `dumps(x, j)`, by j; empty where protocol j does not pickle it.
    pub(crate) a: Vec<Vec<u8>>,
    /// `dumps(loads(dumps(x, i)), j)`, by (i, j), where it is another.
    pub(crate) b: BTreeMap<(u8, u8), Vec<u8>>,
}

/// The cases of all picklers; `None`, with a message, where the corpus is not there: it is no part of the package.
pub(crate) fn corpus() -> Option<Vec<Case>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat/corpus");
    if !folder.is_dir() {
        eprintln!("skipped: there is no {}", folder.display());
        return None;
    }
    let lines = fs::read_to_string(folder.join("cases.jsonl")).expect("cases.jsonl is there");
    let pickles = fs::read(folder.join("pickles.z")).expect("pickles.z is there");
    Some(parse(&lines, &pickles))
}

fn parse(lines: &str, pickles: &[u8]) -> Vec<Case> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(pickles).read_to_end(&mut bytes).expect("pickles.z is a zlib stream");
    let mut pickles = counted(&bytes).into_iter();
    // The pickles stand in the order in which the lines first name them.
    let mut known: BTreeMap<String, &[u8]> = BTreeMap::new();
    let mut pickle = |id: &Value| {
        let id = id.as_str().expect("an id is text");
        let bytes = *known.entry(id.to_owned()).or_insert_with(|| pickles.next().expect("a pickle for each id"));
        bytes.to_vec()
    };
    let mut cases = Vec::new();
    for line in lines.lines().skip(1) {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let a = line["a"].as_array().expect("pickles by protocol").iter();
        let a: Vec<_> = a.map(|id| if id.is_null() { Vec::new() } else { pickle(id) }).collect();
        let b: BTreeMap<_, _> =
            line["b"].as_object().into_iter().flatten().map(|(pair, id)| (protocols(pair), pickle(id))).collect();
        // What is known to differ is for `cargo xtask compat` to watch.
        if line["pending"].is_string() {
            continue;
        }
        for (key, pickler) in [("c", Implementation::C), ("python", Implementation::Python)] {
            for version in line[key].as_array().into_iter().flatten() {
                let version = version.as_u64().expect("a version");
                let alike = |profile: &Profile| {
                    let (major, minor) = profile.version();
                    100 * u64::from(major) + u64::from(minor) == version && profile.pickler() == pickler
                };
                let profile = Profile::all().find(alike).expect("a version that we know");
                let name = line["case"].as_str().expect("a name").to_owned();
                cases.push(Case { name, profile, a: a.clone(), b: b.clone() });
            }
        }
    }
    assert_eq!(pickles.next(), None, "each pickle has an id");
    cases
}

/// What stands behind each length of four bytes.
fn counted(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let (pickle, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
        all.push(pickle);
        bytes = rest;
    }
    all
}

/// `"2,4"`.
fn protocols(pair: &str) -> (u8, u8) {
    let (from, to) = pair.split_once(',').expect("two protocols");
    (from.parse().expect("a protocol"), to.parse().expect("a protocol"))
}
