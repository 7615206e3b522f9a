//! Finding one's way in a graph, and getting values out of it.

use num_bigint::BigInt;
use pickle_value::{Builder, Error, Handle, Kind, View, py};
use rstest::rstest;

#[test]
fn a_missing_step_is_absent_and_so_is_what_follows() {
    let graph = py!({"users": [{"name": "Ann"}], "none": None});
    let root = graph.root();
    assert_eq!(root.get("users").get(0).get("name").as_str(), Some("Ann"));
    let absent = root.get("nobody").get(0).get("name");
    assert!(absent.is_absent() && absent.kind() == Kind::Absent && absent.items().len() == 0);
    assert_eq!((absent.as_str(), absent.as_i64(), absent.len()), (None, None, None));
    assert!(absent != absent, "an absent view equals nothing");
    assert_eq!(absent.to_string(), "<absent>");
    assert!(root.get("none").is_none() && !root.get("none").is_absent());
    assert!(!absent.is_none(), "what is missing is not None");
}

#[rstest]
#[case::list(py!([1, 2]).root().try_get(2).map(drop), "no item 2 in a list of 2")]
#[case::list_from_the_end(py!([1, 2]).root().try_get(-3).map(drop), "no item -3 in a list of 2")]
#[case::tuple(py!((1, 2)).root().try_get(7).map(drop), "no item 7 in a tuple of 2")]
#[case::dict(py!({"a": 1}).root().try_get("b").map(drop), "no key 'b' in a dict of 1")]
#[case::dict_by_int(py!({"a": 1}).root().try_get(1).map(drop), "no key 1 in a dict of 1")]
#[case::dict_by_bytes(py!({"a": 1}).root().try_get(&b"a"[..]).map(drop), "no key b'a' in a dict of 1")]
#[case::list_by_text(py!([1]).root().try_get("a").map(drop), "no step 'a' into a list")]
#[case::atom(py!(7).root().try_get(0).map(drop), "no step 0 into a int")]
#[case::absent(View::ABSENT.try_get(0).map(drop), "nothing here to look into")]
fn a_missing_step_says_which(#[case] tried: Result<(), Error>, #[case] message: &str) {
    assert_eq!(tried.expect_err("there is nothing").to_string(), message);
}

#[test]
fn positions_count_from_the_end_too() {
    let graph = py!(("a", ["b", "c"]));
    assert_eq!(graph.root().get(-1).get(-2).as_str(), Some("b"));
    assert_eq!(graph.root().get(-2).as_str(), Some("a"));
    assert!(graph.root().get(-3).is_absent() && graph.root().get(i64::MIN).is_absent());
}

#[rstest]
#[case::few(0)]
#[case::with_a_table(100)]
fn keys_are_compared_as_python_does(#[case] others: i64) {
    let mut b = Builder::new();
    let mut pairs = Vec::new();
    for other in 1000..1000 + others {
        pairs.extend([b.int(other).expect("room"), b.none()]);
    }
    let huge = BigInt::from(1) << 70;
    let keys = [b.bool(true), b.float(-0.0).expect("room"), b.bigint(&huge).expect("room"), b.text("é").expect("room")];
    for (number, key) in (0..).zip(keys) {
        pairs.extend([key, b.int(number).expect("room")]);
    }
    let root = b.dict(&pairs).expect("hashable");
    let graph = b.finish(root);
    let root = graph.root();
    let value = |key: pickle_value::Graph<'_>| root.get(key.root()).as_i64();
    assert_eq!((root.get(1).as_i64(), value(py!(1.0)), value(py!(True))), (Some(0), Some(0), Some(0)));
    assert_eq!((root.get(0).as_i64(), value(py!(0.0)), value(py!(False))), (Some(1), Some(1), Some(1)));
    assert_eq!((value(py!(&huge)), value(py!((2f64.powi(70))))), (Some(2), Some(2)));
    assert_eq!(value(py!((&huge + 1))), None);
    assert_eq!((root.get("é").as_i64(), root.get("é".as_bytes()).as_i64()), (Some(3), None), "bytes are no text");
    assert!(root.contains(1) && !root.contains("e"));
}

#[rstest]
#[case::few(3)]
#[case::with_a_table(40)]
fn of_equal_keys_the_first_stays_with_the_last_value(#[case] others: i64) -> Result<(), Error> {
    let mut b = Builder::new();
    let mut pairs = vec![b.int(1)?, b.text("int")?];
    for other in 2..2 + others {
        pairs.extend([b.int(other)?, b.none()]);
    }
    pairs.extend([b.bool(true), b.text("bool")?, b.float(1.0)?, b.text("float")?]);
    let root = b.dict(&pairs)?;
    let keys: Vec<_> = pairs.iter().copied().step_by(2).collect();
    let set = b.set(&keys)?;
    let both = b.tuple(&[root, set])?;
    let graph = b.finish(both);
    let (dict, set) = (graph.root().get(0), graph.root().get(1));
    assert_eq!(dict.len(), Some(others as usize + 1));
    let (key, value) = dict.entries().next().expect("an entry");
    assert_eq!((key.kind(), value.as_str()), (Kind::Int, Some("float")));
    assert_eq!(dict.get(1).as_str(), Some("float"));
    assert_eq!(set.len(), dict.len());
    assert_eq!(set.items().next().map(View::kind), Some(Kind::Int));
    Ok(())
}

/// What a look at each key shows: of text its ends.
#[rstest]
#[case::ints(|b: &mut Builder<'static>| b.int(7))]
#[case::short_text(|b: &mut Builder<'static>| b.text("seven"))]
#[case::long_text(|b: &mut Builder<'static>| b.text("seven times seven times seven"))]
fn few_and_plain_keys_are_equal_by_their_values(
    #[case] key: fn(&mut Builder<'static>) -> Result<Handle, Error>,
) -> Result<(), Error> {
    let mut b = Builder::new();
    let keys = [key(&mut b)?, b.int(1)?, key(&mut b)?, b.text("with bytes behind them")?];
    let pairs: Vec<_> = (1..).zip(keys).flat_map(|(value, key)| [key, b.int(value).unwrap_or(key)]).collect();
    let all = [b.set(&keys)?, b.frozen_set(&keys)?, b.dict(&pairs)?];
    let all = b.tuple(&all)?;
    let graph = b.finish(all);
    for keys in graph.root().items() {
        assert_eq!(keys.len(), Some(3), "{keys}");
    }
    assert_eq!(graph.root().get(2).entries().next().and_then(|(_, value)| value.as_i64()), Some(3));
    Ok(())
}

#[test]
fn a_dict_of_100_000_keys_is_looked_up_by_each() -> Result<(), Error> {
    let mut b = Builder::new();
    let mut pairs = Vec::new();
    for number in 0..100_000_i64 {
        pairs.extend([b.text(&number.to_string())?, b.int(number)?]);
    }
    let root = b.dict(&pairs)?;
    let graph = b.finish(root);
    for number in 0..100_000_i64 {
        assert_eq!(graph.root().get(&number.to_string()).as_i64(), Some(number));
    }
    assert!(graph.root().get("100000").is_absent());
    Ok(())
}

#[rstest]
#[case(0)]
#[case((1 << 47) - 1)]
#[case(1 << 47)]
#[case(1 << 48)]
#[case(-(1 << 47))]
#[case(-(1 << 47) - 1)]
#[case(i128::from(i64::MAX))]
#[case(i128::from(i64::MAX) + 1)]
#[case(i128::from(i64::MIN))]
#[case(i128::from(i64::MIN) - 1)]
#[case(i128::from(u64::MAX))]
#[case(i128::from(u64::MAX) + 1)]
#[case(i128::MAX)]
#[case(i128::MIN)]
fn ints_keep_their_value(#[case] value: i128) {
    let graph = py!(value);
    let root = graph.root();
    assert_eq!(root.as_i64(), i64::try_from(value).ok());
    assert_eq!(root.as_u64(), u64::try_from(value).ok());
    assert_eq!(root.as_i128(), Some(value));
    assert_eq!(root.as_bigint(), Some(BigInt::from(value)));
    assert_eq!(root.as_f64(), Some(value as f64), "rounded to the nearest, as Rust and Python do");
    assert_eq!(root.to_string(), value.to_string());
    assert_eq!(root, py!((BigInt::from(value))).root());
}

#[rstest]
#[case::quiet(0x7ff8_0000_0000_0000)]
#[case::negative(0xfff8_0000_0000_0000)]
#[case::with_a_payload(0xfff9_1234_5678_9abc)]
#[case::all_ones(0xffff_ffff_ffff_ffff)]
#[case::negative_zero(0x8000_0000_0000_0000)]
#[case::subnormal(1)]
fn floats_keep_their_bits(#[case] bits: u64) {
    let graph = py!([(f64::from_bits(bits))]);
    assert_eq!(graph.root().get(0).kind(), Kind::Float);
    assert_eq!(graph.root().get(0).as_f64().map(f64::to_bits), Some(bits));
}

#[test]
fn text_may_hold_surrogates() -> Result<(), Error> {
    let mut b = Builder::new();
    let root = b.text_from_utf8(b"a\xed\xa0\xbd\xed\xb8\x80")?;
    let graph = b.finish(root);
    let root = graph.root();
    assert_eq!((root.as_str(), root.len()), (None, Some(3)), "two surrogates stay two code points");
    let text = root.as_text().expect("it is text");
    assert_eq!(text.code_points().collect::<Vec<_>>(), [0x61, 0xd83d, 0xde00]);
    assert_eq!(text.to_string_lossy(), "a\u{fffd}\u{fffd}");
    assert_eq!(
        Builder::new().text_from_utf8(b"ab\xff").expect_err("not text").to_string(),
        "invalid UTF-8 at byte 2 of the text"
    );
    Ok(())
}
