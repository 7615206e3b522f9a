//! The instructions of `tests/data/X.Y.pyc`, as each CPython's `dis` lists them.
//!
//! `X.Y-listing.txt` is what `compat/marshal/listing.py PACK --index 0` prints under CPython X.Y, of a pack with that file
//! alone: a line for each instruction, with offset, name, argument and what that means. Constants are spelled in a way of
//! that script, which `cargo xtask marshal` compares, and so is not compared here.

use std::fs;
use std::path::Path;

use marshal_lite::Release;
use marshal_lite::code::{Argument, Code, Field};
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
    let data = read("3.7.pyc");
    let pyc = Pyc::from_slice(&data).expect("it can be read");
    let release = Release::new(3, 5).expect("there was one");
    let code = Code::new(pyc.graph.root(), release).expect("3.5's layout is the same");
    assert_eq!(code.instructions().expect_err("they are not").to_string(), "the opcodes of 3.5 are not known");
}

/// The listing of 3.14 has seen no interpreter. This is what its documentation says of these bytes, put into a code object
/// of 3.13, whose layout is the same.
#[test]
fn instructions_of_3_14() {
    let bytecode = [
        [128, 0].as_slice(), // RESUME
        &[94, 1],            // LOAD_SMALL_INT
        &[94, 2],
        &[44, 26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], // BINARY_OP with a cache of five units
        &[81, 3],                                // LOAD_COMMON_CONSTANT
        &[95, 1],                                // LOAD_SPECIAL
        &[57, 1, 0, 0],                          // CONTAINS_OP
        &[74, 0],                                // IS_OP
        &[100, 1, 0, 0],                         // POP_JUMP_IF_FALSE
        &[28, 0],                                // NOT_TAKEN
        &[68, 3],                                // END_ASYNC_FOR
        &[108, 16],                              // SET_FUNCTION_ATTRIBUTE
        &[35, 0],                                // RETURN_VALUE
    ]
    .concat();
    let data = read("3.13.pyc");
    let pyc = Pyc::from_slice(&data).expect("it can be read");
    let code = Code::new(pyc.graph.root(), Release::PYTHON_3_14).expect("the layout is the same");
    let mut replace = code.replace();
    let bytes = replace.builder().bytes(&bytecode).expect("there is room");
    replace.object(Field::Code, bytes).expect("it is bytes");
    let changed = replace.finish().expect("it is a code object");
    let code = Code::new(changed.root(), Release::PYTHON_3_14).expect("it is a code object");
    let lines: Vec<String> = code.instructions().expect("they are known").map(|line| line.to_string()).collect();
    let expected = [
        "0 RESUME 0",
        "2 LOAD_SMALL_INT 1",
        "4 LOAD_SMALL_INT 2",
        "6 BINARY_OP 26 ([])",
        "18 LOAD_COMMON_CONSTANT 3 (<built-in function all>)",
        "20 LOAD_SPECIAL 1 (__exit__)",
        "22 CONTAINS_OP 1 (not in)",
        "26 IS_OP 0 (is)",
        "28 POP_JUMP_IF_FALSE 1 (to 34)",
        "32 NOT_TAKEN",
        "34 END_ASYNC_FOR 3 (to 30)",
        "36 SET_FUNCTION_ATTRIBUTE 16 (annotate)",
        "38 RETURN_VALUE",
    ];
    assert_eq!(lines, expected);
}
