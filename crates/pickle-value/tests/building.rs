//! Making graphs: by `py!`, by the builder, at any depth.

use std::fmt::Write;

use pickle_value::{Builder, Error, Handle, ObjectKind, py};
use rstest::rstest;

type B = Builder<'static>;
type Wrap = fn(&mut B, Handle) -> Result<Handle, Error>;

/// Built, compared, cloned, printed and freed on a test's small stack.
#[rstest]
#[case::lists(|b: &mut B, inner| b.list(&[inner]))]
#[case::tuples(|b: &mut B, inner| b.tuple(&[inner]))]
#[case::dicts(|b: &mut B, inner| { let key = b.none(); b.dict(&[key, inner]) })]
#[case::frozensets(|b: &mut B, inner| b.frozen_set(&[inner]))]
#[case::slices(|b: &mut B, inner| { let none = b.none(); b.slice([inner, none, none]) })]
#[case::persistent_ids(|b: &mut B, inner| b.object(ObjectKind::Persistent, &[inner]))]
fn a_million_deep(#[case] wrap: Wrap) -> Result<(), Error> {
    let mut builder = Builder::new();
    let mut root = builder.none();
    for _ in 0..1_000_000 {
        root = wrap(&mut builder, root)?;
    }
    let graph = builder.finish(root);
    assert!(graph == graph.clone());
    let mut printed = Count(0);
    write!(printed, "{graph}").expect("counting never fails");
    assert!(printed.0 > 2_000_000, "{} bytes in print", printed.0);
    Ok(())
}

#[test]
fn py_takes_all_its_forms() {
    let name = String::from("bob");
    let missing: Option<i32> = None;
    let graph = py!({
        "name": name,
        "missing": missing,
        "nested": {"list": [None, True, False, [], {}, ()], "set": {1, 2},},
        (1, 2): b"x",
        (-1): (-2.5, 'c'),
        7: vec![1_u8, 2],
        None: (),
    });
    let expected = "{'name': 'bob', 'missing': None, \
        'nested': {'list': [None, True, False, [], {}, ()], 'set': {1, 2}}, \
        (1, 2): b'x', -1: (-2.5, 'c'), 7: [1, 2], None: ()}";
    assert_eq!(graph.to_string(), expected);
}

#[test]
#[should_panic(expected = "py!: unhashable type: 'list'")]
fn py_refuses_an_unhashable_key() {
    let _ = py!({[1]: 2});
}

#[rstest]
#[case::odd_pairs(|b: &mut B| { let none = b.none(); b.dict(&[none]) }, "odd number of items for a dict")]
#[case::list_as_key(|b: &mut B| { let list = b.list(&[])?; b.dict(&[list, list]) }, "unhashable type: 'list'")]
#[case::set_in_a_set(|b: &mut B| { let set = b.set(&[])?; b.set(&[set]) }, "unhashable type: 'set'")]
#[case::bytearray_in_a_frozenset(|b: &mut B| { let a = b.byte_array(b"")?; b.frozen_set(&[a]) }, "unhashable type: 'bytearray'")]
#[case::dict_deep_in_a_key(
    |b: &mut B| { let dict = b.dict(&[])?; let key = b.tuple(&[dict])?; let key = b.tuple(&[key])?; b.set(&[key]) },
    "unhashable type: 'dict'"
)]
#[case::append_to_a_tuple(|b: &mut B| { let t = b.tuple(&[])?; b.extend(t, &[t])?; Ok(t) }, "cannot append to a tuple")]
#[case::set_items_of_none(|b: &mut B| { let n = b.none(); b.set_items(n, &[n, n])?; Ok(n) }, "cannot set items of a NoneType")]
#[case::add_to_a_frozenset(|b: &mut B| { let f = b.frozen_set(&[])?; b.add_items(f, &[])?; Ok(f) }, "cannot add to a frozenset")]
#[case::state_of_a_list(|b: &mut B| { let l = b.list(&[])?; b.set_state(l, l)?; Ok(l) }, "cannot set the state of a list")]
#[case::state_of_a_class(
    |b: &mut B| { let class = b.global("m", "C")?; b.set_state(class, class)?; Ok(class) },
    "cannot set the state of an object"
)]
#[case::bytearray_like_a_list(|b: &mut B| { let l = b.list(&[])?; b.byte_array_like(l) }, "cannot make a bytearray of a list")]
#[case::too_few_fields(|b: &mut B| b.object(ObjectKind::Call, &[]), "cannot leave out a field of an object")]
fn misuse_is_an_error(#[case] make: fn(&mut B) -> Result<Handle, Error>, #[case] message: &str) {
    let mut builder = Builder::new();
    assert_eq!(make(&mut builder).expect_err("it is refused").to_string(), message);
    // What was made before is still good.
    let root = builder.int(7).expect("room");
    assert_eq!(builder.finish(root).to_string(), "7");
}

#[test]
fn text_and_bytes_borrow_from_the_input() -> Result<(), Error> {
    let input = b"some text".to_vec();
    let mut builder = Builder::with_input(&input);
    let root = builder.text_from_utf8(&input[5..])?;
    let graph = builder.finish(root);
    let text = graph.root().as_str().expect("it is text");
    assert_eq!(text.as_ptr(), input[5..].as_ptr(), "nothing was copied");
    let owned = graph.clone().into_owned();
    assert_eq!(owned.root().as_str(), Some("text"));
    Ok(())
}

/// Counts what is printed.
struct Count(usize);

impl Write for Count {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}
