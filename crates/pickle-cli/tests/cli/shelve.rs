//! `pickle shelve`.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::{Run, pickle};

/// What CPython wrote stands in the repository, beside the crate that reads it.
fn shelf(name: &str) -> Option<(TempDir, String)> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for suffix in ["", ".dat", ".dir", ".db"] {
        let from =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../shelve-lite/tests/data").join(format!("{name}{suffix}"));
        if from.is_file() {
            fs::copy(from, folder.path().join(format!("{name}{suffix}"))).expect("a file can be copied");
        }
    }
    let path = folder.path().join(name).to_str().expect("the folder's name is text").to_owned();
    let is_there = fs::read_dir(folder.path()).is_ok_and(|mut files| files.next().is_some());
    if !is_there {
        eprintln!("skipped: the shelves stand in the repository, not in the package");
    }
    is_there.then_some((folder, path))
}

#[test]
fn every_format_is_read() {
    let formats = [("sqlite3", "utf-8"), ("dumb3", "utf-8"), ("gnu", "utf-8"), ("ndbm", "utf-8"), ("dbhash", "ASCII")];
    for (name, encoding) in formats {
        let Some((_folder, path)) = shelf(name) else { return };
        assert_eq!(pickle(["shelve", "get", &path, "dict", "['a'][1]"]), Run::of(0, "2\n", ""), "{name}");
        let keys = pickle(["shelve", "keys", &path]);
        assert_eq!(keys.text().lines().count(), 189, "{name}");
        assert!(keys.text().lines().any(|key| key == "ключ"), "{name}");
        let dump = pickle(["shelve", "dump", "--encoding", encoding, &path]);
        assert!(dump.text().lines().any(|line| line == "'list': [1, 2.5, None, True, ['a', 'a']]"), "{name}");
        assert_eq!(dump.text().lines().count(), 189, "{name}");
    }
}

#[test]
fn a_shelf_is_made_changed_and_deleted_from() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for format in ["sqlite3", "dumb"] {
        let path = folder.path().join(format).to_str().expect("the folder's name is text").to_owned();
        let set = |key: &str, value: &str| pickle(["shelve", "set", "--format", format, &path, key, value]);
        assert_eq!(set("bob", "{'age': 20}"), Run::of(0, "", ""));
        assert_eq!(set("n", "-1"), Run::of(0, "", ""));
        assert_eq!(set("bob", "{'age': 21}"), Run::of(0, "", ""));
        assert_eq!(pickle(["shelve", "dump", &path]), Run::of(0, "'bob': {'age': 21}\n'n': -1\n", ""));
        assert_eq!(pickle(["shelve", "delete", &path, "n", "m"]), Run::of(1, "", format!("{path}: no key 'm'\n")));
        assert_eq!(pickle(["shelve", "delete", &path, "n"]), Run::of(0, "", ""));
        assert_eq!(pickle(["shelve", "keys", &path]), Run::of(0, "bob\n", ""));
        assert_eq!(pickle(["shelve", "get", &path, "n"]), Run::of(1, "", format!("{path}: no key 'n'\n")));
        let nowhere = pickle(["shelve", "get", &path, "bob", "name"]);
        assert_eq!(
            (nowhere.status, nowhere.stderr.as_str()),
            (1, &*format!("{path}: ['bob']: no key 'name' in a dict of 1\n"))
        );
        assert_eq!(pickle(["shelve", "set", "-p", "6", &path, "a", "1"]).status, 2);
    }
}

/// As in `repr(key)` of CPython 3.13.
#[test]
fn what_is_not_printable_in_a_key_is_escaped_as_in_python() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("shelf").to_str().expect("the folder's name is text").to_owned();
    let key = "caf\u{e9}\u{85}\u{1}\u{7f}\t\n\u{200b}\u{e0001}";
    let escaped = r"café\x85\x01\x7f\t\n\u200b\U000e0001";
    assert_eq!(pickle(["shelve", "set", &path, key, "1"]), Run::of(0, "", ""));
    assert_eq!(pickle(["shelve", "keys", &path]), Run::of(0, format!("{escaped}\n"), ""));
    assert_eq!(pickle(["shelve", "dump", &path]), Run::of(0, format!("'{escaped}': 1\n"), ""));
}

#[test]
fn what_is_no_shelf_is_told() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("none").to_str().expect("the folder's name is text").to_owned();
    let missing = format!("{path}: db file doesn't exist; use 'c' or 'n' flag to create a new db\n");
    assert_eq!(pickle(["shelve", "keys", &path]), Run::of(1, "", missing));
    fs::write(&path, "a text").expect("a file can be written");
    let unknown = format!("{path}: db type could not be determined\n");
    assert_eq!(pickle(["shelve", "set", &path, "a", "1"]), Run::of(1, "", unknown));
    assert_eq!(pickle(["shelve", "keys", "--format", "x", &path]).status, 2);
    let Some((_folder, path)) = shelf("gnu") else { return };
    let refused = format!("{path}: dbm.gnu: can be read, but not written: open it with the flag 'r'\n");
    assert_eq!(pickle(["shelve", "delete", &path, "int"]), Run::of(1, "", refused));
}
