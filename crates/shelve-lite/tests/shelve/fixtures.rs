//! The shelves of `tests/data`, which CPython wrote by `generate.py`, are read.

use std::fs;

use pickle_codec::{Encoding, LoadOptions};
use rstest::rstest;
use shelve_lite::dbm;
use shelve_lite::{ErrorKind, Flag, Format, Options, Which, whichdb};

use crate::{contents, copy, data};

#[rstest]
#[cfg_attr(feature = "sqlite", case("sqlite3", Format::Sqlite))]
#[case("dumb3", Format::Dumb)]
#[case("dumb2", Format::Dumb)]
#[case("fresh", Format::Dumb)]
#[case("gnu", Format::Gnu)]
#[case("ndbm", Format::Ndbm)]
#[case("dbhash", Format::Dbhash)]
#[case("dbhash-512", Format::Dbhash)]
#[case("dbhash-swapped", Format::Dbhash)]
#[case("dbhash-checksums", Format::Dbhash)]
fn a_shelf_of_cpython_is_read(#[case] name: &str, #[case] format: Format) {
    // SQLite makes files beside the one that it reads.
    let folder = copy(name);
    let options = Options::new().load_options(LoadOptions::new().encoding(Encoding::Utf8));
    let shelf = options.open(folder.path().join(name), Flag::Read).expect(name);
    assert_eq!(shelf.format(), format);
    let expected = contents();
    assert_eq!(shelf.len().expect(name), expected.len());
    for (key, value) in &expected {
        assert!(shelf.contains(key).expect(key), "{key}");
        let found = shelf.get(key).expect(key).expect(key);
        assert_eq!(found.to_string(), value.to_string(), "{key}");
    }
    let mut keys = shelf.keys().expect(name);
    keys.sort();
    assert!(keys.iter().eq(expected.keys()), "{keys:?}");
    assert_eq!(shelf.entries().expect(name).count(), expected.len());
    assert!(!shelf.contains("k002").expect(name) && shelf.get("k002").expect(name).is_none());
}

#[rstest]
#[case("dbhash-duplicates")]
#[case("dbhash-sorted-duplicates")]
fn of_duplicates_the_first_is_the_value(#[case] name: &str) {
    let db = dbm::open(&data(name), Flag::Read, &Options::new()).expect(name);
    assert_eq!(db.format(), Format::Dbhash);
    for (key, size) in [("one", 10), ("few", 10), ("many", 10), ("long", 900)] {
        let value = db.get(key.as_bytes()).expect(key).expect(key);
        assert_eq!(String::from_utf8_lossy(&value), format!("00000{}", "x".repeat(size)), "{key}");
    }
    assert_eq!(db.len().expect(name), 4);
}

/// `whichdb.json` has what CPython 3.13's own says, with Debian's `dbm.ndbm`.
#[test]
fn whichdb_answers_as_cpython_does() {
    let text = fs::read_to_string(data("whichdb.json")).expect("the cases are there");
    let mut cases = 0;
    for line in text.lines().filter(|line| line.starts_with('{')) {
        // Python's repr of null is another; the rest is a literal.
        let text = line.trim_end_matches(',').replace("null", "None");
        let case = pickle_value::literal::parse(&text).expect(line);
        let folder = tempfile::tempdir().expect("a folder can be made");
        for pair in case.root().get("files").entries() {
            let (name, content) = (pair.0.as_str().expect(line), pair.1.as_str().expect(line));
            fs::write(folder.path().join(name), crate::case_bytes(content)).expect("a file can be written");
        }
        let expected = match case.root().get("answer").as_str() {
            None => Which::NotFound,
            Some("") => Which::Unknown,
            Some(name) => Which::Known(Format::from_name(name).expect(name)),
        };
        assert_eq!(whichdb(&folder.path().join("f")), expected, "{line}");
        cases += 1;
    }
    assert!(cases > 40, "{cases} cases");
}

#[rstest]
#[case("gnu", "dbm.gnu: can be read, but not written: open it with the flag 'r'")]
#[case("ndbm", "dbm.ndbm: can be read, but not written: open it with the flag 'r'")]
#[case("dbhash", "dbhash: can be read, but not written: open it with the flag 'r'")]
fn what_is_only_read_is_not_opened_to_be_written(#[case] name: &str, #[case] message: &str) {
    for flag in [Flag::Write, Flag::Create] {
        let error = Options::new().open(data(name), flag).expect_err(name);
        assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }));
        assert!(error.to_string().ends_with(message), "{error}");
    }
    let mut db = dbm::open(&data(name), Flag::Read, &Options::new()).expect(name);
    let refused = [db.set(b"a", b"b").unwrap_err(), db.delete(b"int").unwrap_err()];
    assert!(refused.iter().all(|error| matches!(error.kind(), ErrorKind::ReadOnly)));
}

#[test]
fn a_btree_is_no_shelf() {
    let error = dbm::open(&data("btree"), Flag::Read, &Options::new()).err().expect("it is none");
    assert!(matches!(error.kind(), ErrorKind::UnknownFormat), "{error}");
    let options = Options::new().format(Format::Dbhash);
    let error = dbm::open(&data("btree"), Flag::Read, &options).err().expect("it is none");
    assert!(error.to_string().ends_with("no hash of Berkeley DB (at byte 12)"), "{error}");
}
