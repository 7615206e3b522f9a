//! Fast mode.

use pickle_codec::value::{Builder, Graph};
use pickle_codec::{DumpOptions, Implementation, LoadOptions, Profile};

use super::data::{bytes, part};

#[test]
fn fast_pickles_are_those_of_cpython() {
    for case in part("fast") {
        let pickler = if case["pickler"] == "C" { Implementation::C } else { Implementation::Python };
        let plain = bytes(&case["plain"]);
        let graph = LoadOptions::new().from_slice(&plain).expect("a pickle");
        for (protocol, theirs) in (0..).zip(case["pickles"].as_array().expect("pickles").iter().map(bytes)) {
            let dump = DumpOptions::new().protocol(protocol).profile(Profile::default().with_pickler(pickler));
            let ours = dump.fast(true).to_vec(&graph).expect("it can be pickled");
            assert_eq!(ours.escape_ascii().to_string(), theirs.escape_ascii().to_string(), "{case} at {protocol}");
        }
    }
}

/// CPython: `ValueError: fast mode: can't pickle cyclic objects including object type list`.
#[test]
fn a_cycle_has_no_end_without_a_memo() {
    let cyclic = LoadOptions::new().from_slice(b"]q\x00}q\x01K\x01h\x00sa.").expect("a pickle");
    assert!(DumpOptions::new().to_vec(&cyclic).is_ok());
    let error = DumpOptions::new().fast(true).to_vec(&cyclic).expect_err("it has no end");
    assert_eq!(error.to_string(), "fast mode: can't pickle cyclic objects");
}

#[test]
fn what_is_shared_without_measure_is_refused() {
    let error = DumpOptions::new().fast(true).to_vec(&doubled(40)).expect_err("it has hardly an end");
    assert!(error.to_string().contains("shared too often"), "{error}");
    assert!(DumpOptions::new().fast(true).to_vec(&doubled(10)).is_ok());
}

/// Tuples, each of which holds the one before twice.
fn doubled(times: usize) -> Graph<'static> {
    let mut builder = Builder::new();
    let mut inner = builder.none();
    for _ in 0..times {
        inner = builder.tuple(&[inner, inner]).expect("a tuple");
    }
    builder.finish(inner)
}
