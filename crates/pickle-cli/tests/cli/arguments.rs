//! Help, version, and arguments that make no sense.

use rstest::rstest;

use crate::{Run, pickle};

#[rstest]
#[case(&["--help"], "pickle transcode -p 5 d.pkl -o e.pkl")]
#[case(&["show", "--help"], "pickle show --nth 2 log.pkl")]
#[case(&["dis", "--help"], "pickle dis -a d.pkl")]
#[case(&["transcode", "--help"], "pickle transcode d.pkl -o canonical.pkl")]
#[case(&["info", "--help"], "pickle info --json d.pkl.gz | jq .globals")]
#[case(&["optimize", "--help"], "pickle optimize d.pkl -o smaller.pkl")]
#[case(&["asm", "--help"], "pickle asm listing.txt -o d.pkl")]
#[case(&["make", "--help"], "pickle make -p 2")]
#[case(&["check", "--help"], "pickle check - < d.pkl")]
#[case(&["opcodes", "--help"], "pickle opcodes memoize")]
fn help_shows_examples(#[case] args: &[&str], #[case] example: &str) {
    let run = pickle(args);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.text().contains("Examples:\n  "), "{run:?}");
    assert!(run.text().contains(example), "{run:?}");
}

#[test]
fn help_says_that_the_first_pickle_is_0() {
    for command in ["show", "dis", "transcode", "optimize", "check"] {
        let run = pickle([command, "--help"]);
        assert!(run.text().contains("0 is the first"), "{run:?}");
    }
}

#[test]
fn version() {
    let version = format!("pickle {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(pickle(["--version"]), Run::of(0, version, ""));
}

#[rstest]
#[case::nothing(&[])]
#[case::no_command(&["bob.0.pkl"])]
#[case::no_file(&["show"])]
#[case::no_files(&["dis"])]
#[case::two_files(&["check", "bob.0.pkl", "bob.1.pkl"])]
#[case::all_and_one(&["show", "--all", "--nth", "1", "several.pkl"])]
#[case::negative_number(&["show", "--nth=-1", "several.pkl"])]
#[case::encoding(&["show", "--encoding", "klingon", "bob.0.pkl"])]
#[case::memo_of_one(&["dis", "-m", "--nth", "1", "several.pkl"])]
#[case::no_level(&["dis", "-l", "x", "bob.0.pkl"])]
fn wrong_arguments(#[case] args: &[&str]) {
    let run = pickle(args);
    assert_eq!((run.status, run.text()), (2, ""));
    assert!(run.stderr.contains("--help"), "{run:?}");
}
