//! The instructions of `tests/data/X.Y.pyc`, as each CPython's `dis` lists them.
//!
//! `X.Y-listing.txt` is what `compat/marshal/listing.py PACK --index 0` prints under CPython X.Y, of a pack with that file
//! alone: a line for each instruction, with offset, name, argument and what that means. Constants are spelled in a way of
//! that script, which `cargo xtask marshal` compares, and so is not compared here.

use std::fs;
use std::path::Path;

use marshal_lite::Release;
use marshal_lite::code::{Argument, Code};
use marshal_lite::pyc::Pyc;
use pickle_value::View;
use rstest::rstest;

fn read(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).expect("the file is there")
}

#[rstest]
fn instructions_are_those_of_dis(
    #[values("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")] release: &str,
) {
    let data = read(&format!("{release}.pyc"));
    let expected = String::from_utf8(read(&format!("{release}-listing.txt"))).expect("it is text");
    let mut expected = expected.lines();
    let pyc = Pyc::from_slice(&data).expect("it can be read");
    let mut work: Vec<View<'_>> = vec![pyc.graph.root()];
    while let Some(view) = work.pop() {
        let code = Code::new(view, pyc.release()).expect("it is a code object");
        for instruction in code.instructions().expect("the opcodes are known") {
            let arg = instruction.arg.map_or_else(|| "None".to_owned(), |arg| arg.to_string());
            let name = instruction.name.expect("it has a name");
            let line = format!("{} {name} {arg} ", instruction.offset);
            let wanted = expected.next().expect("there is an instruction");
            match instruction.argument {
                Argument::Const(constant) => assert!(wanted.starts_with(&line) && !constant.is_absent(), "{wanted}"),
                meaning => assert_eq!(format!("{line}{meaning}"), wanted),
            }
        }
        let inner: Vec<View<'_>> = code.inner().collect();
        work.extend(inner.into_iter().rev());
    }
    assert_eq!(expected.next(), None);
}

#[test]
fn a_release_whose_opcodes_are_not_known_has_no_listing() {
    let data = read("3.13.pyc");
    let pyc = Pyc::from_slice(&data).expect("it can be read");
    let code = Code::new(pyc.graph.root(), Release::PYTHON_3_14).expect("3.14's layout is the same");
    assert_eq!(code.instructions().expect_err("they are not").to_string(), "the opcodes of 3.14 are not known");
}
