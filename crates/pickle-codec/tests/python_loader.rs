//! Where CPython's two loaders disagree, each profile goes with its own.

use pickle_codec::{Implementation, LoadOptions, Profile};

/// A pickle, and what `pickle.loads` and `pickle._loads` of CPython 3.13.0 made of it: a repr, or the name of an exception.
const PICKLES: &[(&[u8], &str, &str)] = &[
    (b"I+1\n.", "True", "1"),
    (b"I 0\n.", "False", "0"),
    (b"I-0\n.", "False", "0"),
    (b"I\t1\n.", "True", "1"),
    (b"I00\n.", "False", "False"),
    (b"I01\n.", "True", "True"),
    (b"I1_0\n.", "10", "10"),
    (b"I0x10\n.", "16", "16"),
    (b"I010\n.", "8", "ValueError"),
    (b"I1\0\n.", "True", "ValueError"),
    (b"I\n.", "UnpicklingError", "ValueError"),
    (b"L 5 L\n.", "5", "5"),
    (b"L1\0L\n.", "1", "ValueError"),
    (b"L\n.", "UnpicklingError", "ValueError"),
    (b"F1_0\n.", "ValueError", "10.0"),
    (b"F 1.5\n.", "ValueError", "1.5"),
    (b"F1e400\n.", "OverflowError", "inf"),
    (b"F1.5\0\n.", "1.5", "ValueError"),
    (b"F\n.", "UnpicklingError", "ValueError"),
    (b"N(e.", "None", "AttributeError"),
    (b"N(\x90.", "None", "AttributeError"),
    (b"N(u.", "None", "None"),
    (b"](e.", "[]", "[]"),
    (b"}(u.", "{}", "{}"),
    (b"\x8f(\x90.", "set()", "set()"),
    (b"N}b.", "AttributeError", "None"),
    (b"NNb.", "None", "None"),
    (b"NK\0b.", "UnpicklingError", "None"),
    (b"K\x01]b.", "UnpicklingError", "1"),
    (b"N(K\x01tb.", "UnpicklingError", "AttributeError"),
];

#[test]
fn each_loader_has_its_own_rules() {
    for (pickle, by_c, by_python) in PICKLES {
        for (pickler, theirs) in [(Implementation::C, by_c), (Implementation::Python, by_python)] {
            let options = LoadOptions::new().profile(Profile::CPYTHON_3_13.with_pickler(pickler));
            let ours = options.from_slice(pickle).map(|graph| graph.to_string());
            let expected = (!theirs.ends_with("Error")).then(|| (*theirs).to_owned());
            assert_eq!(ours.as_ref().ok(), expected.as_ref(), "{pickler:?}, {}: {ours:?}", pickle.escape_ascii());
        }
    }
}

/// 2.7 stops at protocol 2, 3.6 and 3.7 at 4.
#[test]
fn a_version_reads_no_protocol_that_it_does_not_know() {
    for profile in Profile::all() {
        for protocol in 0..=6 {
            let read = LoadOptions::new().profile(profile).from_slice(&[0x80, protocol, b'N', b'.']).is_ok();
            assert_eq!(read, protocol <= profile.highest_protocol(), "{profile}, protocol {protocol}");
        }
    }
}
