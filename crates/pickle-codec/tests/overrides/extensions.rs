//! Extension codes.

use pickle_codec::{DumpOptions, Extensions, LoadOptions};

use super::data::{bytes, part, text};

fn registry() -> Extensions {
    let codes = [
        ("decimal", "Decimal", 1),
        ("collections", "OrderedDict", 255),
        ("fractions", "Fraction", 256),
        ("builtins", "range", 65535),
        ("collections", "deque", 65536),
        ("builtins", "list", i32::MAX as u32),
        ("collections", "UserDict", 7),
    ];
    let mut registry = Extensions::new();
    for (module, name, code) in codes {
        registry.add(module, name, code).expect("a new code");
    }
    registry
}

/// Each pickle, with codes and without, from each protocol to each.
#[test]
fn codes_are_read_and_written_as_cpython_does_it() {
    let mut compared = 0;
    for case in part("extensions") {
        let [coded, plain] = ["coded", "plain"].map(|key| case[key].as_array().expect("pickles").clone());
        for pickle in coded.iter().chain(&plain).map(bytes) {
            let graph = LoadOptions::new().unify(true).extensions(registry()).from_slice(&pickle).expect("a pickle");
            for protocol in 0..6 {
                let dump = DumpOptions::new().protocol(protocol);
                let at = usize::from(protocol);
                let name = text(&case["case"]);
                let ours = [dump.clone().to_vec(&graph), dump.extensions(registry()).to_vec(&graph)];
                for (ours, theirs) in ours.into_iter().zip([&plain[at], &coded[at]]) {
                    let ours = ours.expect("it can be pickled").escape_ascii().to_string();
                    assert_eq!(ours, bytes(theirs).escape_ascii().to_string(), "{name} at protocol {protocol}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared >= 1000, "{compared}");
}

/// What is not registered is kept, if that is wanted, and written back from protocol 2 on, which has codes.
#[test]
fn codes_that_mean_nothing_are_written_back() {
    for case in part("extensions") {
        let coded = case["coded"].as_array().expect("pickles").iter().map(bytes).enumerate().skip(2);
        for (protocol, pickle) in coded {
            let graph = LoadOptions::new().unify(true).keep_unresolved(true).from_slice(&pickle).expect("a pickle");
            let ours = DumpOptions::new().protocol(protocol as u8).to_vec(&graph).expect("it can be pickled");
            assert_eq!(ours.escape_ascii().to_string(), pickle.escape_ascii().to_string(), "{case}");
        }
    }
    let graph = LoadOptions::new().keep_unresolved(true).from_slice(b"\x80\x02\x82\x07.").expect("a pickle");
    let error = DumpOptions::new().protocol(1).to_vec(&graph).expect_err("there is no such opcode");
    assert_eq!(error.to_string(), "cannot pickle extension code 7 under protocol 2");
}

/// As `copyreg.add_extension` refuses them: code out of range; key is already registered; code is already in use.
#[test]
fn what_copyreg_does_not_register_is_refused() {
    let mut registry = registry();
    assert!(registry.add("decimal", "Decimal", 1).is_ok());
    for (module, name, code) in [("m", "n", 0), ("m", "n", 1 << 31), ("decimal", "Decimal", 2), ("m", "n", 1)] {
        assert!(registry.add(module, name, code).is_err(), "{module}.{name} {code}");
    }
}
