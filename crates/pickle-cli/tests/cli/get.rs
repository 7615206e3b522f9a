//! `pickle get`.

use rstest::rstest;

use crate::{Run, pickle, pickle_with};

#[rstest]
#[case(&["bob.4.pkl", "name"], "'bob'\n", "")]
#[case(&["bob.0.pkl", "['score']"], "88\n", "")]
#[case(&["bob.2.pkl", ""], "{'name': 'bob', 'age': 20, 'score': 88}\n", "")]
#[case(&["several.pkl", "--nth", "2", "[-1]"], "3.5\n", "")]
#[case(&["several.pkl", "[-1]"], "2\n", "several.pkl: 32 bytes follow the first pickle\n")]
fn a_value_by_its_path(#[case] args: &[&str], #[case] stdout: &str, #[case] stderr: &str) {
    assert_eq!(pickle([&["get"], args].concat()), Run::of(0, stdout, stderr));
}

/// CPython 3.13's dumps at protocol 2 of `User()` of a module `app`, with the attribute `name`.
#[test]
fn an_attribute_of_an_instance() {
    let user = b"\x80\x02capp\nUser\nq\x00)\x81q\x01}q\x02X\x04\x00\x00\x00nameq\x03X\x03\x00\x00\x00Annq\x04sb.";
    assert_eq!(pickle_with(user, ["get", "-", ".name"]), Run::of(0, "'Ann'\n", ""));
    let message = "<stdin>: no attribute age in the state of the object\n";
    assert_eq!(pickle_with(user, ["get", "-", ".age"]), Run::of(1, "", message));
}

#[test]
fn a_path_that_leads_nowhere() {
    let message = "bob.4.pkl: no key 'nome' in a dict of 3\n";
    assert_eq!(pickle(["get", "bob.4.pkl", "nome"]), Run::of(1, "", message));
    let run = pickle(["get", "several.pkl", "--all", "[1]"]);
    assert_eq!((run.status, run.text()), (1, "2\n"));
}

#[test]
fn no_path() {
    let run = pickle(["get", "bob.4.pkl", "name["]);
    assert_eq!((run.status, run.text()), (2, ""));
    assert!(run.stderr.contains("the bracket is not closed (column 5)"), "{run:?}");
}
