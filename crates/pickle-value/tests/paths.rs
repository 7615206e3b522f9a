//! Paths: what follows a variable in Python. The keys' values are CPython's (`ast.literal_eval`), by the tests of literals.

use pickle_value::{Builder, Error, Graph, Handle, ObjectKind, Path, PathStep, py};
use rstest::rstest;

/// A path is written as Python would write it, and read back as the same.
#[rstest]
#[case("", "")]
#[case("name", "['name']")]
#[case("users[3].name", "['users'][3].name")]
#[case("['users'][3].name", "['users'][3].name")]
#[case("_x9.größe", "['_x9'].größe")]
#[case(".name.first", ".name.first")]
#[case("[ -1 ]", "[-1]")]
#[case("[0x10][1_0]", "[16][10]")]
#[case("[b'\\xff'][None][True][2.5][1+2j]", "[b'\\xff'][None][True][2.5][(1+2j)]")]
#[case("[1, 'a'][(1, 2)][()]", "[(1, 'a')][(1, 2)][()]")]
#[case("[']'][\"a['b']\"][(']', [])]", "[']'][\"a['b']\"][(']', [])]")]
#[case("['a' 'b'].c", "['ab'].c")]
fn a_path_is_written_as_python_would(#[case] text: &str, #[case] written: &str) -> Result<(), Error> {
    let path: Path = text.parse()?;
    assert_eq!(path.to_string(), written);
    assert_eq!(written.parse::<Path>()?, path);
    Ok(())
}

#[rstest]
#[case("users[3", "the bracket is not closed (column 6)")]
#[case("[]", "a value is missing (column 2)")]
#[case("[1:2]", "invalid syntax: a colon belongs between a dict's key and value (column 3)")]
#[case("a.", "a name is missing behind the dot (column 3)")]
#[case("é.1", "a name is missing behind the dot (column 3)")]
#[case("a b", "a step begins with [ or with a dot (column 2)")]
#[case("a[0]b", "a step begins with [ or with a dot (column 5)")]
#[case("3", "a position stands in brackets: [0] (column 1)")]
#[case("-1", "a position stands in brackets: [0] (column 1)")]
#[case("['é'][x]", "a name is no literal (column 7)")]
#[case("['a]", "the string is not closed (column 2)")]
#[case("[(1]", "the bracket is not closed (column 1)")]
#[case("[1}", "the bracket does not match the one that is open (column 3)")]
fn what_is_no_path_says_where(#[case] text: &str, #[case] message: &str) {
    let error = text.parse::<Path>().expect_err(text);
    assert_eq!(error.to_string(), message);
}

#[rstest]
#[case("", Some("{'users': [{'name': 'Ann'}, ('x', 'y')], 1: 'one', b'k': 'bytes', (1, 'a'): 'tuple', None: 'none'}"))]
#[case("users[0]['name']", Some("'Ann'"))]
#[case("users[-1][-2]", Some("'x'"))]
#[case("users[True][False]", Some("'x'"))]
#[case("[1.0]", Some("'one'"))]
#[case("[b'k']", Some("'bytes'"))]
#[case("[1, 'a']", Some("'tuple'"))]
#[case("[None]", Some("'none'"))]
#[case("users[2]", None)]
#[case("users[-3]", None)]
#[case("users['0']", None)]
#[case("users[0.0]", None)]
#[case("users.name", None)]
#[case("nobody", None)]
#[case("[[]]", None)]
fn following_a_path(#[case] path: &str, #[case] found: Option<&str>) -> Result<(), Error> {
    let graph = py!({
        "users": [{"name": "Ann"}, ("x", "y")], 1: "one", (&b"k"[..]): "bytes", (1, "a"): "tuple", (()): "none"
    });
    let view = graph.root().at(&path.parse()?);
    assert_eq!((!view.is_absent()).then(|| view.to_string()).as_deref(), found);
    Ok(())
}

#[rstest]
#[case("users[7].name", "['users']: no item 7 in a list of 2")]
#[case("users[0].name", "['users'][0]: no attributes in a dict: a key stands in brackets")]
#[case("users[1][0][0]", "['users'][1][0]: no step 0 into a str")]
#[case("nobody", "no key 'nobody' in a dict of 1")]
fn a_path_that_ends_early_says_where(#[case] path: &str, #[case] message: &str) -> Result<(), Error> {
    let graph = py!({"users": [{"name": "Ann"}, ("x",)]});
    let error = graph.root().try_at(&path.parse()?).expect_err(path);
    assert_eq!(error.to_string(), message);
    Ok(())
}

#[rstest]
#[case::dict_of_attributes(".name", "'Ann'")]
#[case::later_states_win(".age", "42")]
#[case::slots(".slot", "'s'")]
#[case::slots_and_attributes(".both", "'in its slots'")]
#[case::appended("[-1]", "'two'")]
#[case::appended_later("[0]", "'one'")]
#[case::assigned("['key']", "'set last'")]
fn an_object_has_attributes_and_items(#[case] path: &str, #[case] found: &str) -> Result<(), Error> {
    let graph = instance()?;
    assert_eq!(graph.root().try_at(&path.parse()?)?.to_string(), found);
    let error = graph.root().try_at(&".other".parse()?).expect_err("there is none");
    assert_eq!(error.to_string(), "no attribute other in the state of the object");
    let error = graph.root().try_at(&"[2]".parse()?).expect_err("there is none");
    assert_eq!(error.to_string(), "no item [2] in the object");
    Ok(())
}

/// An instance with all that a pickle can do to one.
fn instance() -> Result<Graph<'static>, Error> {
    let mut b = Builder::new();
    let class = b.global("app", "User")?;
    let args = b.tuple(&[])?;
    let user = b.object(ObjectKind::New, &[class, args])?;
    let [one, two, key] = [b.text("one")?, b.text("two")?, b.text("key")?];
    b.extend(user, &[one])?;
    b.set_items(user, &[key, one])?;
    let [again, last] = [b.text("key")?, b.text("set last")?];
    b.set_items(user, &[again, last])?;
    b.extend(user, &[two])?;
    let (attributes, none) = (dict(&mut b, &[("name", "Ann"), ("age", "41"), ("both", "an attribute")])?, b.none());
    b.set_state(user, attributes)?;
    let age = b.text("age")?;
    let number = b.int(42)?;
    let newer = b.dict(&[age, number])?;
    let slots = dict(&mut b, &[("slot", "s"), ("both", "in its slots")])?;
    let state = b.tuple(&[newer, slots])?;
    b.set_state(user, state)?;
    let state = b.tuple(&[none, none])?;
    b.set_state(user, state)?;
    Ok(b.finish(user))
}

/// What protocol 2 makes of `Point(1, 'two')`, a named tuple, and of `Pair((1, 'two'))`, of a class derived from tuple.
#[test]
fn tuples_of_classes_have_items() -> Result<(), Error> {
    let mut b = Builder::new();
    let class = b.global("app", "Point")?;
    let [one, two] = [b.int(1)?, b.text("two")?];
    let args = b.tuple(&[one, two])?;
    let point = b.object(ObjectKind::New, &[class, args])?;
    let args = b.tuple(&[args])?;
    let pair = b.object(ObjectKind::New, &[class, args])?;
    let root = b.list(&[point, pair])?;
    let graph = b.finish(root);
    for path in ["[0][1]", "[1][-1]"] {
        assert_eq!(graph.root().try_at(&path.parse()?)?.as_str(), Some("two"));
    }
    assert!(graph.root().at(&"[1][2]".parse()?).is_absent());
    Ok(())
}

fn dict(b: &mut Builder<'static>, entries: &[(&str, &str)]) -> Result<Handle, Error> {
    let mut pairs = Vec::new();
    for (key, value) in entries {
        pairs.extend([b.text(key)?, b.text(value)?]);
    }
    b.dict(&pairs)
}

#[test]
fn a_path_is_taken_apart_and_put_together() -> Result<(), Error> {
    let mut path: Path = "users[3].name".parse()?;
    let (holder, last) = path.split_last().expect("it has steps");
    assert_eq!((holder.to_string().as_str(), last), ("['users'][3]", &PathStep::Attribute("name".into())));
    assert_eq!(path.pop(), Some(PathStep::Attribute("name".into())));
    assert_eq!(path, Path::new().key(py!("users")).key(py!(3)));
    assert!(Path::new().is_root() && Path::new().split_last().is_none());
    Ok(())
}
