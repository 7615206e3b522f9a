//! Python's `==`, on graphs of every form.

use pickle_value::{Builder, Error, Graph, py};
use rstest::rstest;

#[rstest]
#[case::numbers(py!([1, 1.0, True]), py!([True, 1, 1.0]), true)]
#[case::zeroes(py!([0.0, False]), py!([(-0.0), 0]), true)]
#[case::big_numbers(py!((1_i128 << 70)), py!((2f64.powi(70))), true)]
#[case::big_numbers_apart(py!(((1_i128 << 70) + 1)), py!((2f64.powi(70))), false)]
#[case::beyond_the_float(py!(((1_i64 << 53) + 1)), py!((2f64.powi(53))), false)]
#[case::infinity(py!((f64::INFINITY)), py!((1_i128 << 100)), false)]
#[case::nan(py!([f64::NAN]), py!([f64::NAN]), false)]
#[case::text_and_bytes(py!("a"), py!(b"a"), false)]
#[case::none_and_false(py!([None]), py!([False]), false)]
#[case::list_and_tuple(py!([1]), py!((1,)), false)]
#[case::order_of_a_dict(py!({"a": 1, "b": 2}), py!({"b": 2, "a": 1}), true)]
#[case::value_of_a_dict(py!({"a": 1}), py!({"a": 2}), false)]
#[case::key_of_a_dict(py!({"a": 1}), py!({"b": 1}), false)]
#[case::keys_by_value(py!({1: "a"}), py!({True: "a"}), true)]
#[case::order_of_a_set(py!({1, 2, (3, "x")}), py!({(3, "x"), 2, 1}), true)]
#[case::item_of_a_set(py!({1, 2}), py!({1, 3}), false)]
#[case::lengths(py!([1, 2]), py!([1, 2, 3]), false)]
#[case::bytes_and_bytearray(py!(b"ab"), build(|b| b.byte_array(b"ab")), true)]
#[case::set_and_frozenset(py!({1}), build(|b| { let one = b.int(1)?; b.frozen_set(&[one]) }), true)]
#[case::complex_and_int(py!(1), build(|b| b.complex(1.0, 0.0)), true)]
#[case::complex_and_complex(build(|b| b.complex(1.0, 2.0)), build(|b| b.complex(1.0, -2.0)), false)]
fn equality_is_pythons(#[case] a: Graph<'static>, #[case] b: Graph<'static>, #[case] expected: bool) {
    assert_eq!(a == b, expected);
    assert_eq!(b == a, expected, "the other way round");
}

/// A class is the same object wherever it is named: `{int: 1} == {int: 1}`.
#[rstest]
#[case::at_the_same_place(0, 0)]
#[case::elsewhere(0, 3)]
fn classes_as_keys_are_equal_by_name(#[case] before: usize, #[case] other_before: usize) {
    let dict_behind = |lists: usize| {
        build(|b| {
            for _ in 0..lists {
                b.list(&[])?;
            }
            let pair = [b.global("builtins", "int")?, b.int(1)?];
            b.dict(&pair)
        })
    };
    assert_eq!(dict_behind(before), dict_behind(other_before));
}

/// Two NaNs are two keys, as in Python where they are two objects.
#[rstest]
#[case::few(2)]
#[case::with_a_table(20)]
fn nans_are_keys_of_their_own(#[case] count: usize) {
    let graph = build(|b| {
        let nan = b.float(f64::NAN)?;
        b.set(&vec![nan; count])
    });
    assert_eq!(graph.root().len(), Some(count));
}

/// `{key(1, 2, 'x'): 1, key('x', 2, 1): 2}` with `key = lambda *items: frozenset({(1, frozenset(items), 2)})` has one entry,
/// of the first key and the last value.
#[rstest]
#[case::few(0)]
#[case::with_a_table(20)]
fn frozensets_within_keys_have_no_order(#[case] others: i64) {
    let graph = build(|b| {
        let mut pairs = Vec::new();
        for other in 0..others {
            pairs.extend([b.int(other)?; 2]);
        }
        for backwards in [false, true] {
            let mut items = [b.int(1)?, b.int(2)?, b.text("x")?];
            if backwards {
                items.reverse();
            }
            let tuple = [b.int(1)?, b.frozen_set(&items)?, b.int(2)?];
            let tuple = b.tuple(&tuple)?;
            pairs.extend([b.frozen_set(&[tuple])?, b.int(1 + i64::from(backwards))?]);
        }
        b.dict(&pairs)
    });
    let last = graph.root().entries().last().map(|(key, value)| (key.to_string(), value.to_string()));
    assert_eq!(graph.root().len(), Some(others as usize + 1));
    assert_eq!(last, Some(("frozenset({(1, frozenset({1, 2, 'x'}), 2)})".into(), "2".into())));
}

#[test]
fn cyclic_graphs_are_compared() {
    let ring = |length: usize, last: i64| {
        build(|b| {
            let lists = (0..length).map(|_| b.list(&[])).collect::<Result<Vec<_>, _>>()?;
            for (at, &list) in lists.iter().enumerate() {
                let value = b.int(if at + 1 == length { last } else { 0 })?;
                b.extend(list, &[lists[(at + 1) % length], value])?;
            }
            Ok(lists[0])
        })
    };
    assert_eq!(ring(1, 0), ring(1, 0), "a list in itself");
    assert_eq!(ring(1, 0), ring(3, 0), "it looks the same from within");
    assert_ne!(ring(1, 0), ring(1, 1));
    assert_ne!(ring(3, 0), ring(3, 1));
}

#[test]
fn sharing_does_not_matter() {
    let apart = py!([[1], [1]]);
    let shared = build(|b| {
        let one = b.int(1)?;
        let list = b.list(&[one])?;
        b.list(&[list, list])
    });
    assert_eq!(apart, shared);
    assert!(shared.root().get(0).is(shared.root().get(1)) && !apart.root().get(0).is(apart.root().get(1)));
}

fn build(make: impl FnOnce(&mut Builder<'static>) -> Result<pickle_value::Handle, Error>) -> Graph<'static> {
    let mut builder = Builder::new();
    let root = make(&mut builder).expect("it can be built");
    builder.finish(root)
}

/// Constants and numbers hash apart, so that sets of them are equal in any order.
#[test]
fn sets_of_constants_and_numbers_have_no_order() {
    for number in 0..12 {
        let mut builder = Builder::new();
        let number = builder.int(number).unwrap();
        let constants = [builder.none(), builder.ellipsis(), builder.not_implemented()];
        for constant in constants {
            let one = builder.set(&[constant, number]).unwrap();
            let other = builder.set(&[number, constant]).unwrap();
            let pair = builder.tuple(&[one, other]).unwrap();
            builder.settle();
            assert!(builder.view(pair).get(0) == builder.view(pair).get(1), "{}", builder.view(pair));
        }
    }
}
