//! What COMPARE.md says of shelves: each row names a test of this file. CPython's own answers stand in
//! `pickle-cli/tests/data/compare.json`.

use pickle_codec::{DumpOptions, Encoding, LoadOptions, from_slice};
use pickle_value::{Builder, Graph, ObjectKind, py};
use rstest::rstest;
use shelve_lite::{Flag, Format, Options, Shelf};
use tempfile::TempDir;

use crate::{contents, copy};

/// A shelf with these values, opened again.
fn shelf_of(values: &[(&str, &Graph<'_>)]) -> (TempDir, Shelf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("shelf");
    let mut shelf = Options::new().format(Format::Dumb).open(&path, Flag::Create).expect("a new shelf");
    for (key, value) in values {
        shelf.set(key, value).expect(key);
    }
    shelf.close().expect("it is written");
    let shelf = Shelf::open(&path, Flag::Read).expect("it is there");
    (folder, shelf)
}

fn value_of(shelf: &Shelf, key: &str) -> Graph<'static> {
    shelf.get(key).expect(key).expect(key)
}

#[test]
fn shelves_share_within_a_value() {
    let mut builder = Builder::new();
    let inner = builder.list(&[]).unwrap();
    let outer = builder.list(&[inner, inner]).unwrap();
    let shared = builder.finish(outer);
    let (_folder, shelf) = shelf_of(&[("a", &shared), ("b", &shared)]);
    let value = value_of(&shelf, "a");
    assert!(value.root().get(0).is(value.root().get(1)));
    // Each key has a pickle of its own, with all that is in it.
    assert_eq!(shelf.pickle("a").unwrap(), shelf.pickle("b").unwrap());
    assert_eq!(from_slice(&shelf.pickle("b").unwrap().unwrap()).unwrap(), py!([[], []]));
}

#[test]
fn shelves_keep_a_list_within_itself() {
    let mut builder = Builder::new();
    let list = builder.list(&[]).unwrap();
    builder.extend(list, &[list]).unwrap();
    let (_folder, shelf) = shelf_of(&[("list", &builder.finish(list))]);
    let value = value_of(&shelf, "list");
    assert!(value.root().get(0).is(value.root()));
}

#[test]
fn shelves_keep_instances_by_their_class() {
    let mut builder = Builder::new();
    let class = builder.global("app.models", "User").unwrap();
    let args = builder.tuple(&[]).unwrap();
    let user = builder.object(ObjectKind::New, &[class, args]).unwrap();
    let (_folder, shelf) = shelf_of(&[("user", &builder.finish(user))]);
    let value = value_of(&shelf, "user");
    let object = value.root().as_object().expect("an instance");
    assert_eq!(object.callable().as_global(), Some(("app.models", "User")));
}

/// So whatever holds of pickles holds of them: who reads them, types, size, what runs.
#[rstest]
#[case("dumb3")]
#[case("dumb2")]
fn shelves_hold_pickles(#[case] name: &str) {
    let folder = copy(name);
    let load = LoadOptions::new().encoding(Encoding::Utf8);
    let shelf = Options::new().open(folder.path().join(name), Flag::Read).expect(name);
    let contents = contents();
    assert!(!contents.is_empty());
    for (key, value) in &contents {
        let pickle = shelf.pickle(key).expect(key).expect(key);
        assert_eq!(load.from_exact(&pickle).expect(key).to_string(), value.to_string(), "{key}");
    }
    for (key, value) in &contents {
        let (_folder, shelf) = shelf_of(&[(key, value)]);
        let protocol = pickle_codec::DEFAULT_PROTOCOL;
        let alone = DumpOptions::new().protocol(protocol).to_vec(value).expect(key);
        assert_eq!(shelf.pickle(key).expect(key).expect(key), alone, "{key}");
    }
}
