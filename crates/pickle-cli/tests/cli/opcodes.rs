//! `pickle opcodes`.

use rstest::rstest;

use crate::{Run, pickle};

#[test]
fn all_in_a_table() {
    let run = pickle(["opcodes"]);
    let lines: Vec<&str> = run.text().lines().collect();
    assert_eq!((run.status, lines.len()), (0, 1 + 68));
    assert_eq!(
        lines[0].split_whitespace().collect::<Vec<_>>().join(" "),
        "byte name argument protocol stack what it does"
    );
    let append = lines.iter().find(|line| line.contains(" APPEND "));
    let columns: Vec<&str> =
        append.expect("APPEND is there").split("  ").map(str::trim).filter(|column| !column.is_empty()).collect();
    assert_eq!(columns, ["0x61 a", "APPEND", "-", "0", "list any → list", "Append the top to the list below it."]);
}

const MEMOIZE: &str = "\
MEMOIZE: Store the top in the memo entry after those that are there.
  byte      0x94
  argument  -
  protocol  4
  stack     any → any
";

const BININT1: &str = "\
BININT1: Push an int from 0 to 255.
  byte      0x4b K
  argument  uint1
  protocol  1
  stack     - → int
";

#[rstest]
#[case("MEMOIZE", MEMOIZE)]
#[case("memoize", MEMOIZE)]
#[case("BinInt1", BININT1)]
fn one_by_its_name(#[case] name: &str, #[case] stdout: &str) {
    assert_eq!(pickle(["opcodes", name]), Run::of(0, stdout, ""));
}

#[test]
fn no_such_name() {
    let run = pickle(["opcodes", "FOO"]);
    assert_eq!((run.status, run.text()), (2, ""));
    assert!(run.stderr.contains("pickle opcodes lists all"), "{run:?}");
}
