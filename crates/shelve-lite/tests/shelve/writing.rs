//! Shelves are written: what is in them then, and which bytes.

use std::fs;

use pickle_codec::Profile;
use pickle_value::py;
use rstest::rstest;
use shelve_lite::{ErrorKind, Flag, Format, KeyEncoding, Options, Shelf};

use crate::{contents, copy, data, in_order};

#[rstest]
#[case(Format::Dumb)]
#[cfg_attr(feature = "sqlite", case(Format::Sqlite))]
fn what_is_set_is_there_when_it_is_opened_again(#[case] format: Format) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf");
    let options = Options::new().format(format);
    let mut shelf = options.open(&path, Flag::Create).unwrap();
    shelf.set("a", &py!([1, 2])).unwrap();
    shelf.set("b", &py!("gone")).unwrap();
    shelf.set("a", &py!({"x": 1})).unwrap();
    assert!(shelf.delete("b").unwrap() && !shelf.delete("b").unwrap());
    shelf.set("é", &py!(None)).unwrap();
    shelf.close().unwrap();

    let shelf = Shelf::open(&path, Flag::Read).unwrap();
    assert_eq!(shelf.format(), format);
    assert_eq!(shelf.keys().unwrap(), ["a", "é"]);
    assert_eq!(shelf.get("a").unwrap(), Some(py!({"x": 1})));
    assert_eq!(shelf.pickle("é").unwrap().unwrap(), b"\x80\x04N.");
    drop(shelf);

    let mut shelf = Shelf::open(&path, Flag::Read).unwrap();
    for error in [shelf.set("a", &py!(1)).unwrap_err(), shelf.delete("a").unwrap_err()] {
        assert!(matches!(error.kind(), ErrorKind::ReadOnly), "{error}");
    }
    drop(shelf);

    assert!(options.open(&path, Flag::New).unwrap().is_empty().unwrap());
    assert_eq!(Shelf::open(&path, Flag::Write).unwrap().len().unwrap(), 0);
}

#[rstest]
#[case(Format::Dumb)]
#[cfg_attr(feature = "sqlite", case(Format::Sqlite))]
fn what_is_not_there_is_not_found(#[case] format: Format) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none");
    for flag in [Flag::Read, Flag::Write] {
        let error = Shelf::open(&path, flag).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotFound));
        assert!(Options::new().format(format).open(&path, flag).is_err());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    fs::write(&path, "what is this").unwrap();
    let error = Shelf::open(&path, Flag::Create).unwrap_err();
    assert!(error.to_string().ends_with("none: db type could not be determined"), "{error}");
}

/// `fresh` was written by CPython 3.13: each key set once, in this order.
#[test]
fn a_dumb_shelf_has_cpythons_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut shelf = Options::new().format(Format::Dumb).open(folder.path().join("fresh"), Flag::New).unwrap();
    for (key, value) in in_order() {
        shelf.set(&key, &value).unwrap();
    }
    shelf.close().unwrap();
    for name in ["fresh.dir", "fresh.dat"] {
        assert!(fs::read(folder.path().join(name)).unwrap() == fs::read(data(name)).unwrap(), "{name}");
    }
}

#[rstest]
#[case("dumb3")]
#[case("dumb2")]
#[cfg_attr(feature = "sqlite", case("sqlite3"))]
fn a_shelf_of_cpython_is_changed(#[case] name: &str) {
    let folder = copy(name);
    let path = folder.path().join(name);
    let mut expected = contents();
    let mut shelf = Shelf::open(&path, Flag::Write).unwrap();
    for (number, key) in expected.clone().into_keys().enumerate() {
        match number % 3 {
            0 => {
                let value = py!([1, 2, 3]);
                shelf.set(&key, &value).unwrap();
                expected.insert(key, value);
            }
            1 => {
                assert!(shelf.delete(&key).unwrap());
                expected.remove(&key);
            }
            _ => {}
        }
        if number % 50 == 0 {
            shelf.sync().unwrap();
        }
    }
    drop(shelf);
    let shelf = Shelf::open(&path, Flag::Read).unwrap();
    assert_eq!(shelf.len().unwrap(), expected.len());
    for (key, value) in expected {
        assert_eq!(shelf.get(&key).unwrap().expect(&key).to_string(), value.to_string(), "{key}");
    }
}

/// The index on the disk, and the bytes of `.dat` that it refers to, are those of the last sync, whatever is set then.
#[test]
fn a_dumb_shelf_on_the_disk_is_that_of_the_last_sync() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf");
    let copied = folder.path().join("copy");
    let mut shelf = Options::new().format(Format::Dumb).open(&path, Flag::Create).unwrap();
    for number in 0..40 {
        shelf.set(&format!("k{number}"), &py!("x")).unwrap();
    }
    for round in 0..6_i64 {
        shelf.sync().unwrap();
        let synced: Vec<_> =
            shelf.entries().unwrap().map(Result::unwrap).map(|(key, value)| (key, value.to_string())).collect();
        for number in 0..40 {
            let length = (number + round) * 97 % 1500;
            let literal = format!("'{}'", "y".repeat(usize::try_from(length).unwrap()));
            let value = pickle_value::literal::parse(&literal).unwrap();
            match (number + round) % 5 {
                0 => drop(shelf.delete(&format!("k{number}")).unwrap()),
                _ => shelf.set(&format!("k{number}"), &value).unwrap(),
            }
        }
        for extension in ["dat", "dir"] {
            fs::copy(path.with_extension(extension), copied.with_extension(extension)).unwrap();
        }
        let on_disk = Shelf::open(&copied, Flag::Read).unwrap();
        let found: Vec<_> =
            on_disk.entries().unwrap().map(Result::unwrap).map(|(key, value)| (key, value.to_string())).collect();
        assert_eq!(found, synced, "round {round}");
    }
    // Places that became free are used again.
    shelf.close().unwrap();
    let blocks = fs::metadata(path.with_extension("dat")).unwrap().len() / 512;
    assert!(blocks < 240, "{blocks} blocks for 32 values of up to 3");
}

#[test]
fn what_was_handed_out_is_written_back() {
    let folder = tempfile::tempdir().unwrap();
    for format in [Format::Dumb, Format::Sqlite] {
        if format == Format::Sqlite && !cfg!(feature = "sqlite") {
            continue;
        }
        let path = folder.path().join(format.name());
        let options = Options::new().format(format).writeback(true);
        let mut shelf = options.open(&path, Flag::Create).unwrap();
        shelf.set("a", &py!(1)).unwrap();
        *shelf.get_mut("a").unwrap().unwrap() = py!([2]);
        assert!(shelf.get_mut("b").unwrap().is_none());
        // Not before it is synced.
        assert_eq!(shelf.pickle("a").unwrap().unwrap(), b"\x80\x04K\x01.");
        shelf.sync().unwrap();
        assert_eq!(shelf.pickle("a").unwrap().unwrap(), b"\x80\x04\x95\x06\0\0\0\0\0\0\0]\x94K\x02a.");
        *shelf.get_mut("a").unwrap().unwrap() = py!([3]);
        shelf.set("a", &py!(4)).unwrap();
        *shelf.get_mut("a").unwrap().unwrap() = py!(5);
        drop(shelf);
        let mut shelf = Shelf::open(&path, Flag::Write).unwrap();
        assert_eq!(shelf.get("a").unwrap(), Some(py!(5)));
        assert!(matches!(shelf.get_mut("a").unwrap_err().kind(), ErrorKind::NoWriteback));
    }
}

#[test]
fn options_decide_on_keys_and_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf");
    let options = Options::new().format(Format::Dumb);
    let latin1 = options.clone().key_encoding(KeyEncoding::Latin1).protocol(2);
    let mut shelf = latin1.open(&path, Flag::New).unwrap();
    shelf.set("é", &py!((1, 2))).unwrap();
    assert_eq!(shelf.pickle("é").unwrap().unwrap(), b"\x80\x02K\x01K\x02\x86q\x00.");
    let error = shelf.set("€", &py!(1)).unwrap_err();
    assert!(error.to_string().ends_with("key '€': the key encoding has no bytes for it"), "{error}");
    shelf.close().unwrap();
    let error = options.open(&path, Flag::Read).unwrap().keys().unwrap_err();
    assert!(error.to_string().ends_with("key b'\\xe9': these bytes are none of the key encoding"), "{error}");

    let error = options.clone().protocol(6).open(&path, Flag::New).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnsupportedProtocol));
    assert_eq!(fs::read(path.with_extension("dir")).unwrap(), b"'\xe9', (0, 10)\n");
    let old = options.for_python(Profile::cpython3(9).unwrap());
    let mut shelf = old.open(&path, Flag::New).unwrap();
    shelf.set("a", &py!("b")).unwrap();
    assert_eq!(shelf.pickle("a").unwrap().unwrap(), b"\x80\x03X\x01\0\0\0bq\x00.");
    shelf.set_pickle("a", b"\x80\x04K").unwrap();
    let error = shelf.get("a").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Pickle { .. }), "{error}");
    assert!(error.to_string().contains("['a']: "), "{error}");
}
