//! Our table of opcodes against `pickletools.opcodes`: of every CPython as committed, and of those that are here.
//!
//! `tests/data/dump_opcodes.py` wrote the committed ones and asks the live ones.

use std::path::Path;
use std::process::Command;

use pickle_opcodes::{Opcode, StackObject};
use rstest::rstest;
use serde_json::Value;

#[rstest]
#[case::python_2_7(include_str!("data/opcodes-2.7.json"), 53)]
#[case::python_3_6_and_3_7(include_str!("data/opcodes-3.6.json"), 65)]
#[case::python_3_8_and_newer(include_str!("data/opcodes-3.8.json"), 68)]
fn committed(#[case] answer: &str, #[case] count: usize) {
    assert_eq!(check(answer), count);
}

/// The interpreters of `PICKLE_RS_PYTHONS`, a list with colons, or else `python3`.
#[rstest]
fn live() {
    let interpreters = std::env::var("PICKLE_RS_PYTHONS").unwrap_or_else(|_| "python3".to_owned());
    for interpreter in interpreters.split(':').filter(|path| !path.is_empty()) {
        match ask(interpreter) {
            Some(answer) => println!("{interpreter}: {} opcodes agree", check(&answer)),
            None => println!("{interpreter}: skipped, it does not run here"),
        }
    }
}

fn ask(interpreter: &str) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/dump_opcodes.py");
    let output = Command::new(interpreter).arg(script).output().ok()?;
    if !output.status.success() {
        println!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    String::from_utf8(output.stdout).ok()
}

/// Holds an interpreter's table against ours; gives how many opcodes it has.
fn check(answer: &str) -> usize {
    let answer: Value = serde_json::from_str(answer).expect("the script writes JSON");
    let version = newest_version(&answer);
    let rows = answer["opcodes"].as_array().expect("a list of opcodes");
    for row in rows {
        let name = row["name"].as_str().expect("a name");
        let opcode = Opcode::from_name(name).unwrap_or_else(|| panic!("we have no {name} (Python {version:?})"));
        assert_eq!(row["byte"], opcode.byte(), "byte of {name} (Python {version:?})");
        let argument = match opcode {
            // pickletools of Python 2 calls these indexes signed.
            Opcode::LongBinGet | Opcode::LongBinPut if version < (3, 0) => Some("int4"),
            _ => opcode.arg().map(|arg| arg.name()),
        };
        assert_eq!(row["arg"].as_str(), argument, "argument of {name} (Python {version:?})");
        assert_eq!(row["proto"], opcode.protocol(), "protocol of {name} (Python {version:?})");
        // Python 2 names ten of its stack objects otherwise.
        if version >= (3, 0) {
            assert_eq!(row["before"], stack(opcode.stack_before()), "stack before {name} (Python {version:?})");
            assert_eq!(row["after"], stack(opcode.stack_after()), "stack after {name} (Python {version:?})");
        }
    }
    let missing: Vec<_> =
        Opcode::ALL.into_iter().filter(|opcode| rows.iter().all(|row| row["name"] != opcode.name())).collect();
    // The order is pickletools' too, and what an older Python lacks came with a later protocol.
    let order: Vec<_> = Opcode::ALL.into_iter().filter(|opcode| !missing.contains(opcode)).map(Opcode::name).collect();
    assert_eq!(rows.iter().map(|row| &row["name"]).collect::<Vec<_>>(), order, "order (Python {version:?})");
    let protocol_before = match version {
        (2, _) => 3,
        (3, ..8) => 5,
        _ => 6,
    };
    assert!(missing.iter().all(|opcode| opcode.protocol() >= protocol_before), "{missing:?} (Python {version:?})");
    rows.len()
}

fn newest_version(answer: &Value) -> (u32, u32) {
    let versions = answer["versions"].as_array().expect("a list of versions");
    let version = versions.last().and_then(Value::as_str).and_then(|version| version.split_once('.'));
    let (major, minor) = version.expect("a version such as 3.13");
    (major.parse().expect("a number"), minor.parse().expect("a number"))
}

fn stack(objects: &[StackObject]) -> Value {
    objects.iter().map(|object| object.name()).collect()
}

#[rstest]
fn bytes_and_names_lead_back() {
    for opcode in Opcode::ALL {
        assert_eq!(Opcode::from_byte(opcode.byte()), Some(opcode));
        assert_eq!(Opcode::from_name(opcode.name()), Some(opcode));
        assert!(opcode.doc().ends_with('.'), "{opcode}: {}", opcode.doc());
    }
    let known = (0..=u8::MAX).filter(|&byte| Opcode::from_byte(byte).is_some()).count();
    assert_eq!(known, Opcode::ALL.len());
    assert_eq!(Opcode::from_name("NO_SUCH_OPCODE"), None);
}
