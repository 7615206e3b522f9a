//! serde-pickle, whose users come here: its pickles and ours, and what its own tests read.

mod support;

use std::collections::BTreeMap;
use std::fmt::Debug;

use pickle_serde::{DeOptions, Dict, Encoding, SerOptions, Set, Value, from_slice, to_vec};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::support::pickles;

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Inner {
    a: (),
    b: usize,
    c: Vec<String>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
enum Animal {
    Dog,
    AntHive(Vec<String>),
    Frog(String, Vec<i64>),
    Cat { age: usize, name: String },
}

/// Each reads what the other writes.
#[track_caller]
fn both_ways<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    use serde_pickle::{DeOptions, SerOptions as Theirs};
    for options in [Theirs::new(), Theirs::new().proto_v2(), Theirs::new().compat_enum_repr()] {
        let pickle = serde_pickle::to_vec(&value, options).expect("a pickle");
        assert_eq!(from_slice::<T>(&pickle).expect("what they wrote"), value);
    }
    for protocol in 0..=5 {
        for tuples in [false, true] {
            let pickle = SerOptions::new().protocol(protocol).enum_tuples(tuples).to_vec(&value).expect("a pickle");
            let read: T = serde_pickle::from_slice(&pickle, DeOptions::new()).expect("what we wrote");
            assert_eq!(read, value, "protocol {protocol}");
        }
    }
}

#[test]
fn each_reads_what_the_other_writes() {
    both_ways(Inner { a: (), b: 32, c: vec!["doc".into()] });
    both_ways(vec![Animal::Dog, Animal::Frog("Henry".into(), vec![349, 102])]);
    both_ways(vec![Animal::AntHive(vec!["Bob".into(), "Stuart".into()])]);
    both_ways(vec![Animal::Cat { age: 5, name: "Kate".into() }]);
    both_ways((Some(1.5), None::<u8>, true, i64::MIN, "漢".to_owned()));
    both_ways(BTreeMap::from([("x".to_owned(), vec![1, 2]), ("y".to_owned(), vec![])]));
}

/// `data/generate.py` has the object that serde-pickle's own test data holds.
#[test]
fn what_its_own_tests_read_is_read() {
    let set = || [42, 0].into_iter().collect::<Set>();
    let user: Dict = [("name", Value::from("Ann")), ("age", 41.into())].into_iter().collect();
    let big = num_bigint::BigInt::from(10).pow(30);
    let lists = vec![
        Value::from(vec![1, 2, 3]),
        Value::Set(set()),
        Value::Dict(Dict::new()),
        Value::ByteArray(b"\x00\x55\xaa\xff".into()),
    ];
    let expected: Vec<(Value, Value)> = vec![
        (Value::None, Value::None),
        (false.into(), (false, true).into()),
        (1000.into(), 100_000.into()),
        (big.clone().into(), (-big).into()),
        (1.5.into(), 1.5.into()),
        (Value::Bytes(b"bytes".into()), Value::Bytes(b"bytes".into())),
        ("string".into(), "string".into()),
        ((1, 2).into(), (1, 2, 3).into()),
        (Value::FrozenSet(set()), Value::FrozenSet(set())),
        (Value::Tuple(vec![]), Value::List(lists)),
        (7.into(), Value::Dict(user)),
    ];
    for pickle in pickles("mixed") {
        // Python 2's str is text where it is UTF-8, unless it is said to be bytes.
        let options = DeOptions::new().encoding(Encoding::Bytes);
        let read: Value = options.from_slice(&pickle.bytes).unwrap_or_else(|error| panic!("{pickle}: {error}"));
        let read = read.as_dict().expect("a dict");
        assert_eq!(read.len(), expected.len(), "{pickle}");
        for (key, value) in &expected {
            let found = read.get(key).unwrap_or_else(|| panic!("{pickle}: no {key} in {read:?}"));
            match found.as_object() {
                // Its attribute names are Python 2's str, too.
                Some(user) => assert_eq!(user.class_name().as_deref(), Some("models.User"), "{pickle}"),
                None => assert_eq!(found, value, "{pickle}"),
            }
        }
        let again: Value = from_slice(&to_vec(&Value::Dict(read.clone())).expect("a pickle")).expect("the same");
        assert_eq!(again.as_dict(), Some(read), "{pickle}");
    }
}
