//! `pickle set`, and `pickle transcode --exact`.

use std::fs;

use rstest::rstest;

use crate::{Run, data, pickle, pickle_with, read};

/// The folder of a test, and the path of a file there, which is one of the data's.
fn copied(name: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::copy(data(name), &path).expect("a file can be copied");
    let path = path.to_str().expect("the path is text").to_owned();
    (folder, path)
}

/// `loads`, `d['name'] = 'Bill'` and so on, `dumps` by CPython 3.13, which differ by these bytes alone.
#[rstest]
#[case::text("bob.4.pkl", "name", "'Bill'", b"\x8c\x03bob", b"\x8c\x04Bill")]
#[case::text_at_protocol_0("bob.0.pkl", "name", "'Bill'", b"Vbob\n", b"VBill\n")]
#[case::number("bob.2.pkl", "['score']", "256", b"KX", b"M\x00\x01")]
#[case::negative_number("bob.5.pkl", "score", "-1", b"KX", b"J\xff\xff\xff\xff")]
fn one_value_changes(
    #[case] name: &str,
    #[case] path: &str,
    #[case] literal: &str,
    #[case] old: &[u8],
    #[case] new: &[u8],
) {
    let pickled = read(name);
    let at = pickled.windows(old.len()).position(|bytes| bytes == old).expect("the old value is there");
    let mut expected = [&pickled[..at], new, &pickled[at + old.len()..]].concat();
    if pickled[0] == 0x80 && pickled[1] >= 4 {
        expected[3] = (usize::from(expected[3]) + new.len() - old.len()) as u8;
    }
    assert_eq!(pickle(["set", name, path, literal, "-o", "-"]), Run::of(0, expected.clone(), ""));
    let (_folder, file) = copied(name);
    assert_eq!(pickle(["set", &file, path, literal]), Run::of(0, "", ""));
    assert_eq!(fs::read(&file).expect("the file is there"), expected);
}

#[rstest]
#[case::first(&[], "[1, 'x']\n'two'\n(3, 3.5)\n", "[1]")]
#[case::nth(&["--nth", "0"], "[1, 'x']\n'two'\n(3, 3.5)\n", "[-1]")]
#[case::last(&["--nth", "2"], "[1, 2]\n'two'\n'x'\n", "")]
#[case::all(&["--all"], "'x'\n'x'\n'x'\n", "")]
fn the_other_pickles_of_a_file_stay(#[case] args: &[&str], #[case] shown: &str, #[case] path: &str) {
    let (_folder, file) = copied("several.pkl");
    assert_eq!(pickle([&["set", &file, path, "'x'"], args].concat()), Run::of(0, "", ""));
    assert_eq!(pickle(["show", "--all", &file]), Run::of(0, shown, ""));
    let behind = pickle_with(b"K\x01. rest", ["set", "-", "", "2"]);
    assert_eq!(behind, Run::of(0, *b"K\x02. rest", ""));
}

#[rstest]
#[case::tuple("(1, [2])", "[0]", "[0]: 'tuple' object does not support item assignment")]
#[case::set("{1}", "[0]", "[0]: 'set' object does not support item assignment")]
#[case::text("['ab']", "[0][1]", "[0][1]: 'str' object does not support item assignment")]
#[case::attribute("{'a': 1}", ".a", ".a: 'dict' object has no attribute 'a'")]
#[case::beyond_the_end("[1]", "[1]", "[1]: no item 1 in a list of 1")]
#[case::no_position("[1]", "x", "['x']: list indices must be integers")]
#[case::nowhere("{}", "a.b", "no key 'a' in a dict of 0")]
#[case::unhashable("{}", "[(1, [])]", "[(1, [])]: unhashable type: 'list'")]
fn what_python_does_not_assign_to(#[case] literal: &str, #[case] path: &str, #[case] message: &str) {
    let made = pickle(["make", "-p", "4", literal]).stdout;
    let run = pickle_with(&made, ["set", "-", path, "5"]);
    assert_eq!((run.status, run.text()), (1, ""));
    assert_eq!(run.stderr, format!("<stdin>: {message}\n"));
}

#[test]
fn a_file_stays_as_it_was_where_something_is_wrong() {
    let (folder, file) = copied("bob.4.pkl");
    for (path, literal, status) in [("name.first", "1", 1), ("name", "x", 1), ("name[", "1", 2)] {
        assert_eq!(pickle(["set", &file, path, literal]).status, status, "{path} {literal}");
        assert_eq!(fs::read(&file).expect("the file is there"), read("bob.4.pkl"));
    }
    assert_eq!(fs::read_dir(folder.path()).expect("the folder is there").count(), 1);
}

#[test]
fn a_minus_begins_a_number() {
    let set = |args: &[&str]| pickle_with(b"]K\x01a.", [&["set", "-", "[0]"], args].concat());
    assert_eq!(set(&["-1"]), Run::of(0, *b"]J\xff\xff\xff\xffa.", ""));
    assert_eq!(set(&["--", "-1j"]).status, 0);
}

#[cfg(unix)]
#[test]
fn the_mode_stays_and_a_link_is_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (folder, file) = copied("bob.4.pkl");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("the mode can be set");
    let link = folder.path().join("link.pkl");
    symlink(&file, &link).expect("a link can be made");
    assert_eq!(pickle(["set", link.to_str().expect("text"), "name", "None"]), Run::of(0, "", ""));
    assert!(fs::symlink_metadata(&link).expect("the link is there").is_symlink());
    assert_eq!(fs::metadata(&file).expect("the file is there").permissions().mode() & 0o777, 0o640);
    assert_eq!(pickle(["get", &file, "name"]), Run::of(0, "None\n", ""));
}

#[test]
fn a_packed_file_is_packed_again_where_its_name_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let gz = path("bob.pkl.gz");
    assert_eq!(pickle(["transcode", "bob.4.pkl", "-o", &gz]).status, 0);
    assert_eq!(pickle(["set", &gz, "name", "'Bill'"]), Run::of(0, "", ""));
    assert_eq!(fs::read(&gz).expect("the file is there")[..2], *b"\x1f\x8b");
    assert_eq!(pickle(["get", &gz, "name"]), Run::of(0, "'Bill'\n", ""));
    let renamed = path("bob.pkl");
    fs::rename(&gz, &renamed).expect("a file can be renamed");
    let message = "the file is packed in a way that is not written here: name another with -o";
    assert_eq!(pickle(["set", &renamed, "name", "1"]), Run::of(1, "", format!("{renamed}: {message}\n")));
    let run = pickle(["set", "two.zip!a.pkl", "", "1"]);
    assert_eq!(run.status, 1, "{run:?}");
}

/// Spellings that no pickler chooses, and what `transcode` makes of them.
#[test]
fn the_very_bytes() {
    let odd = b"(lp7\nI01\naL5\naF1.50\naS\"a\"\np3\nag3\na0]I+5\na.";
    assert_eq!(pickle_with(odd, ["transcode", "--exact", "-"]), Run::of(0, *odd, ""));
    assert_ne!(pickle_with(odd, ["transcode", "-"]).stdout, odd);
    let latin1 = b"U\x01\xe9.";
    let exact = ["transcode", "--exact", "--encoding", "latin1", "-"];
    assert_eq!(pickle_with(latin1, exact), Run::of(0, *latin1, ""));
    let all = read("several.pkl");
    assert_eq!(pickle(["transcode", "--exact", "--all", "several.pkl"]), Run::of(0, all, ""));
    assert_eq!(pickle(["transcode", "--exact", "-p", "2", "bob.4.pkl"]).status, 2);
}
