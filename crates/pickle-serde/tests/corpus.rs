//! What CPython wrote, all of the committed corpus, read both ways: straight from the instructions, and by way of a graph.

mod both_ways;

use std::fs;
use std::io::Read;
use std::path::Path;

use both_ways::{Any, same, same_as_all};
use flate2::read::ZlibDecoder;
use pickle_serde::Value;
use rstest::rstest;
use serde::de::IgnoredAny;

/// Of so many pickles one is read as all kinds of types, which takes its time; versions and protocols differ in little.
const AS_ALL: usize = 32;
/// Longer ones repeat themselves, and are most of all bytes.
const LONG: usize = 20_000;

/// In parts, which are read side by side.
#[rstest]
fn both_ways_read_the_corpus_alike(#[values(0, 1, 2, 3)] part: usize) {
    let Some(pickles) = corpus() else { return };
    assert!(pickles.len() > 10_000, "{} pickles", pickles.len());
    for (number, pickle) in pickles.iter().enumerate().skip(part).step_by(4) {
        same::<Value>(pickle);
        if pickle.len() > LONG {
            continue;
        }
        same::<Any>(pickle);
        same::<IgnoredAny>(pickle);
        same::<Vec<Vec<Any>>>(pickle);
        if number / 4 % AS_ALL == 0 {
            same_as_all(pickle);
        }
    }
}

/// Each pickle once; `None`, with a message, where the corpus is not there: it is no part of the package.
fn corpus() -> Option<Vec<Vec<u8>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat/corpus/pickles.z");
    let Ok(packed) = fs::read(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    let mut bytes = Vec::new();
    ZlibDecoder::new(&packed[..]).read_to_end(&mut bytes).expect("a zlib stream");
    let (mut rest, mut pickles) = (&bytes[..], Vec::new());
    // Each stands behind its length, of four bytes.
    while let Some((length, behind)) = rest.split_first_chunk() {
        let (pickle, behind) = behind.split_at(u32::from_le_bytes(*length) as usize);
        pickles.push(pickle.to_vec());
        rest = behind;
    }
    Some(pickles)
}
