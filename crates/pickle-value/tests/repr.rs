//! What is printed, against CPython's repr: `tests/data/generate_reprs.py` wrote the table.

use pickle_value::{Builder, Error, Graph, Handle, ObjectKind, py};
use rstest::rstest;

#[test]
fn every_kind_is_printed_as_python_prints_it() {
    let table = include_str!("data/reprs.txt");
    let mut count = 0;
    for line in table.lines() {
        let (expression, expected) = line.split_once('\t').expect("two fields a line");
        let graph = value_of(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
        assert_eq!(graph.to_string(), expected, "{expression}");
        assert_eq!(format!("{:?}", graph.root()), expected, "{expression}, debugged");
        count += 1;
    }
    assert!(count >= 45, "only {count} lines");
}

/// The value of one of the table's expressions.
fn value_of(expression: &str) -> Result<Graph<'static>, Error> {
    let mut b = Builder::new();
    let root = match expression {
        "None" => b.none(),
        "True" => b.bool(true),
        "Ellipsis" => b.ellipsis(),
        "NotImplemented" => b.not_implemented(),
        "0" => b.int(0)?,
        "-1" => b.int(-1)?,
        "2**47" => b.int(1 << 47)?,
        "2**200" => b.bigint(&(num_bigint::BigInt::from(1) << 200))?,
        "-(2**63)" => b.int(i64::MIN)?,
        "0.0" => b.float(0.0)?,
        "-0.0" => b.float(-0.0)?,
        "1e16" => b.float(1e16)?,
        "float('inf')" => b.float(f64::INFINITY)?,
        "float('nan')" => b.float(f64::NAN)?,
        "1j" => b.complex(0.0, 1.0)?,
        "-0.0+1j" => b.complex(0.0, 1.0)?,
        "complex(1, -2)" => b.complex(1.0, -2.0)?,
        "complex(-0.0, 1)" => b.complex(-0.0, 1.0)?,
        "complex(0, float('nan'))" => b.complex(0.0, f64::NAN)?,
        "complex(1.5, float('-inf'))" => b.complex(1.5, f64::NEG_INFINITY)?,
        "''" => b.text("")?,
        "\"it's\"" => b.text("it's")?,
        r"'caf\xe9\n'" => b.text("café\n")?,
        r"'\ud800'" => b.text_from_utf8(b"\xed\xa0\x80")?,
        "b''" => b.bytes(b"")?,
        r"b'a\x00'" => b.bytes(b"a\0")?,
        "bytearray(b'ab')" => b.byte_array(b"ab")?,
        "()" => return Ok(py!(())),
        "(1,)" => return Ok(py!((1,))),
        "(1, (2, 3))" => return Ok(py!((1, (2, 3)))),
        "[]" => return Ok(py!([])),
        "[1, [2]]" => return Ok(py!([1, [2]])),
        "{}" => return Ok(py!({})),
        "{'a': 1, 2: None}" => return Ok(py!({"a": 1, 2: None})),
        "set()" => b.set(&[])?,
        "{1}" => return Ok(py!({ 1 })),
        "frozenset()" => b.frozen_set(&[])?,
        "frozenset({1})" => {
            let one = b.int(1)?;
            b.frozen_set(&[one])?
        }
        "range(0, 3)" => {
            let parts = [b.int(0)?, b.int(3)?, b.int(1)?];
            b.range(parts)?
        }
        "range(1, 10, 2)" => {
            let parts = [b.int(1)?, b.int(10)?, b.int(2)?];
            b.range(parts)?
        }
        "slice(None, 2, None)" => {
            let parts = [b.none(), b.int(2)?, b.none()];
            b.slice(parts)?
        }
        "list_in_itself()" => {
            let one = b.int(1)?;
            let list = b.list(&[one])?;
            b.extend(list, &[list])?;
            list
        }
        "dict_in_itself()" => {
            let (dict, key) = (b.dict(&[])?, b.text("self")?);
            b.set_items(dict, &[key, dict])?;
            dict
        }
        "list_in_a_tuple_in_itself()" => {
            let list = b.list(&[])?;
            let tuple = b.tuple(&[list])?;
            b.extend(list, &[tuple])?;
            list
        }
        "two_lists()" => {
            let (first, second) = (b.list(&[])?, b.list(&[])?);
            b.extend(first, &[second])?;
            b.extend(second, &[first])?;
            b.list(&[first, second])?
        }
        unknown => panic!("the table has {unknown}, which this test cannot make"),
    };
    Ok(b.finish(root))
}

/// What Python has no literal for reads like a call.
#[rstest]
#[case::class(|b: &mut Builder<'static>| b.global("models", "User"), "models.User")]
#[case::call(|b: &mut Builder<'static>| made(b, ObjectKind::Call), "models.User('Ann')")]
#[case::instance(|b: &mut Builder<'static>| made(b, ObjectKind::New), "models.User('Ann')")]
#[case::state(|b: &mut Builder<'static>| {
    let user = made(b, ObjectKind::New)?;
    let pair = [b.text("age")?, b.int(41)?];
    let state = b.dict(&pair)?;
    b.set_state(user, state)?;
    Ok(user)
}, "models.User('Ann', age=41)")]
#[case::items(|b: &mut Builder<'static>| {
    let user = made(b, ObjectKind::Call)?;
    let items = [b.int(1)?, b.int(2)?];
    b.extend(user, &items[..1])?;
    b.extend(user, &items[1..])?;
    Ok(user)
}, "models.User('Ann', [1, 2])")]
#[case::slots(|b: &mut Builder<'static>| {
    let user = made(b, ObjectKind::New)?;
    let pairs = [b.text("left")?, b.int(1)?, b.text("right")?, b.int(2)?];
    let (dict, slots) = (b.dict(&pairs[..2])?, b.dict(&pairs[2..])?);
    let both = b.tuple(&[dict, slots])?;
    b.set_state(user, both)?;
    Ok(user)
}, "models.User('Ann', left=1, right=2)")]
#[case::slots_alone(|b: &mut Builder<'static>| {
    let user = made(b, ObjectKind::New)?;
    let pair = [b.text("left")?, b.int(1)?];
    let slots = b.dict(&pair)?;
    let both = b.tuple(&[Handle::NONE, slots])?;
    b.set_state(user, both)?;
    Ok(user)
}, "models.User('Ann', left=1)")]
#[case::state_of_another_kind(|b: &mut Builder<'static>| {
    let user = made(b, ObjectKind::New)?;
    let state = b.int(5)?;
    b.set_state(user, state)?;
    Ok(user)
}, "models.User('Ann', <state 5>)")]
#[case::state_with_other_keys(|b: &mut Builder<'static>| {
    let user = made(b, ObjectKind::New)?;
    let pair = [b.int(1)?, b.int(2)?];
    let state = b.dict(&pair)?;
    b.set_state(user, state)?;
    Ok(user)
}, "models.User('Ann', <state {1: 2}>)")]
#[case::empty_states(|b: &mut Builder<'static>| {
    let user = made(b, ObjectKind::New)?;
    let state = b.dict(&[])?;
    b.set_state(user, Handle::NONE)?;
    b.set_state(user, state)?;
    Ok(user)
}, "models.User('Ann')")]
#[case::keywords(|b: &mut Builder<'static>| {
    let (class, nothing) = (b.global("models", "User")?, b.tuple(&[])?);
    let pair = [b.text("age")?, b.int(41)?];
    let kwargs = b.dict(&pair)?;
    b.object(ObjectKind::NewWithKeywords, &[class, nothing, kwargs])
}, "models.User(age=41)")]
#[case::items_by_key(|b: &mut Builder<'static>| {
    let user = made(b, ObjectKind::New)?;
    let pair = [b.int(1)?, b.int(2)?];
    b.set_items(user, &pair)?;
    Ok(user)
}, "models.User('Ann', {1: 2})")]
#[case::cycle(|b: &mut Builder<'static>| {
    let (user, other) = (made(b, ObjectKind::New)?, made(b, ObjectKind::New)?);
    let friends = b.list(&[user, other])?;
    let pair = [b.text("friends")?, friends];
    let state = b.dict(&pair)?;
    b.set_state(user, state)?;
    b.set_state(other, state)?;
    Ok(user)
}, "models.User('Ann', friends=[<cycle #1>, models.User('Ann', friends=[...])])")]
#[case::cycle_of_the_second(|b: &mut Builder<'static>| {
    let (user, other) = (made(b, ObjectKind::New)?, made(b, ObjectKind::New)?);
    let (name, both) = (b.text("friend")?, b.tuple(&[user, other])?);
    let (state, inner) = (b.dict(&[name, other])?, b.dict(&[name, both])?);
    b.set_state(user, state)?;
    b.set_state(other, inner)?;
    Ok(user)
}, "models.User('Ann', friend=models.User('Ann', friend=(<cycle #1>, <cycle #2>)))")]
#[case::builtin(|b: &mut Builder<'static>| {
    let (class, five) = (b.global("builtins", "ValueError")?, b.int(5)?);
    let args = b.tuple(&[five])?;
    b.object(ObjectKind::Call, &[class, args])
}, "ValueError(5)")]
#[case::method(|b: &mut Builder<'static>| {
    let parts = [b.global("models", "User")?, b.text("load")?];
    let parts = b.tuple(&parts)?;
    let getattr = b.global("builtins", "getattr")?;
    let method = b.object(ObjectKind::Call, &[getattr, parts])?;
    let nothing = b.tuple(&[])?;
    b.object(ObjectKind::Call, &[method, nothing])
}, "getattr(models.User, 'load')()")]
#[case::persistent(|b: &mut Builder<'static>| {
    let id = b.text("an id")?;
    b.object(ObjectKind::Persistent, &[id])
}, "<persistent 'an id'>")]
#[case::time_with_a_zone_of_its_own(|b: &mut Builder<'static>| {
    use pickle_value::stdlib::Time;
    let zone = made(b, ObjectKind::New)?;
    Time { hour: 1, minute: 2, second: 0, microsecond: 0, fold: true, tzinfo: Some(zone) }.build(b)
}, "datetime.time(1, 2, fold=1, tzinfo=models.User('Ann'))")]
fn objects_are_printed_like_calls(
    #[case] make: fn(&mut Builder<'static>) -> Result<Handle, Error>,
    #[case] expected: &str,
) {
    let mut builder = Builder::new();
    let root = make(&mut builder).expect("it can be built");
    assert_eq!(builder.finish(root).to_string(), expected);
}

fn made(b: &mut Builder<'static>, kind: ObjectKind) -> Result<Handle, Error> {
    let (class, name) = (b.global("models", "User")?, b.text("Ann")?);
    let args = b.tuple(&[name])?;
    b.object(kind, &[class, args])
}
