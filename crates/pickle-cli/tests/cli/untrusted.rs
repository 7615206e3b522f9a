//! Input that means harm, or is broken: an answer or a clean error, never a crash.

use std::io::Read;
use std::process::{Command, Stdio};

use rstest::rstest;

use crate::{Run, data, pickle, pickle_with, read};

const COMMANDS: [&[&str]; 7] = [
    &["show", "-"],
    &["check", "--all", "-"],
    &["transcode", "-p", "0", "-"],
    &["dis", "-a", "-"],
    &["dis", "--exact", "-"],
    &["info", "-"],
    &["optimize", "-"],
];

/// Runs every subcommand: the status is 0, or 1 with one line that says why.
fn run_all(input: &[u8]) {
    for args in COMMANDS {
        let run = pickle_with(input, args);
        let said = match run.status {
            0 => true,
            1 if args[0] == "check" => run.text().starts_with("error: "),
            1 => run.stderr.starts_with("<stdin>: ") && run.stderr.lines().count() == 1,
            _ => false,
        };
        assert!(said, "{args:?} over {:?}: {run:?}", input.escape_ascii().to_string());
    }
}

#[rstest]
fn every_truncation(#[values("bob.0.pkl", "bob.4.pkl")] file: &str) {
    let pickled = read(file);
    for length in 1..pickled.len() {
        let verdict = pickle_with(&pickled[..length], ["check", "-"]);
        assert_eq!(verdict.status, 1, "{length}: {verdict:?}");
        assert!(verdict.text().starts_with("error: <stdin>: "), "{verdict:?}");
    }
}

#[rstest]
fn bytes_that_were_changed(#[values("mixed.0.pkl", "mixed.5.pkl")] file: &str) {
    // A linear congruential generator: the same changes in every run.
    let mut state: u64 = 0x5eed;
    let mut random = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let pickled = read(file);
    for _ in 0..40 {
        let mut changed = pickled.clone();
        for _ in 0..=random(3) {
            changed[random(pickled.len())] = random(256) as u8;
        }
        run_all(&changed);
    }
}

#[test]
fn a_length_is_only_a_claim() {
    run_all(b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7fabc.");
    run_all(b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xffN.");
    run_all(b"\x8b\xff\xff\xff\x7fabc.");
}

#[test]
fn a_deep_list() {
    let depth = 100_000;
    let pickled = [&b"]".repeat(depth)[..], &b"a".repeat(depth - 1), b"."].concat();
    run_all(&pickled);
    let shown = format!("{}{}\n", "[".repeat(depth), "]".repeat(depth));
    assert!(pickle_with(&pickled, ["show", "-"]) == Run::of(0, shown, ""));
}

#[test]
fn a_memo_bomb() {
    // t = (t, t), forty times.
    let pickled = [&b")"[..], &b"2\x86".repeat(40), b"."].concat();
    run_all(&pickled);
}

#[test]
fn a_reader_that_has_enough() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pickle"))
        .args(["show", "--all"])
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    drop(child.stdout.take());
    // More than a pipe holds: the command meets its closed end.
    let input = b"K\x01.".repeat(200_000);
    std::io::Write::write_all(&mut stdin, &input).expect("the command reads all");
    drop(stdin);
    let mut stderr = String::new();
    let mut messages = child.stderr.take().expect("a pipe");
    messages.read_to_string(&mut stderr).expect("messages are UTF-8");
    let status = child.wait().expect("the command ends");
    assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[rstest]
#[case(&["show", "bob.0.pkl"])]
#[case(&["check", "bob.0.pkl"])]
#[case(&["transcode", "bob.0.pkl"])]
#[case(&["dis", "bob.0.pkl"])]
#[case(&["info", "bob.0.pkl"])]
#[case(&["info", "--json", "bob.0.pkl"])]
#[case(&["optimize", "bob.0.pkl"])]
#[case(&["make", "1"])]
#[case(&["opcodes"])]
fn a_disk_that_is_full(#[case] args: &[&str]) {
    let full = std::fs::File::options().write(true).open("/dev/full").expect("the device is there");
    let output = Command::new(env!("CARGO_BIN_EXE_pickle"))
        .args(args)
        .current_dir(data(""))
        .stdout(full)
        .output()
        .expect("the command runs");
    let message = "standard output: No space left on device (os error 28)\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), message);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_folder_is_no_pickle() {
    for command in ["show", "transcode", "dis", "info", "optimize", "asm"] {
        let run = pickle([command, "dis"]);
        assert_eq!(run.status, 1);
        assert!(run.stderr.starts_with("dis: "), "{run:?}");
    }
}

/// Limits by name; the number itself is allowed.
#[test]
fn limits_are_given_by_name() {
    let pickle = b"(]]]t.";
    let run = pickle_with(pickle, ["show", "-", "--limit", "objects=3"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, "<stdin>: more than 3 objects or items (TUPLE at byte 4)\n"));
    assert_eq!(pickle_with(pickle, ["show", "-", "--limit", "objects=4", "--limit", "stack=3"]).status, 0);
    let run = pickle_with(pickle, ["check", "-", "--limit", "depth=1"]);
    assert_eq!(run.status, 1);
    let run = pickle_with(pickle, ["show", "-", "--limit", "sack=1"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("there is no limit sack: known are opcodes, stack, marks, memo, objects"), "{run:?}");
}

/// Marks within marks: their listing would be nearly all blanks, 128 MB for these.
#[test]
fn a_listing_that_is_all_indentation_ends() {
    let run = pickle_with(&b"(".repeat(8_000), ["dis", "-"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.len() < 20_000_000, "{} bytes", run.stdout.len());
    assert!(run.stderr.contains("nearly all indentation"), "{}", run.stderr);
    let run = pickle_with(&b"(".repeat(8_000), ["dis", "-l", "0", "-"]);
    assert!(!run.stderr.contains("indentation"), "{}", run.stderr);
}
