//! Bad uses: what CPython refuses, we refuse with the offset and the opcode.

use pickle_codec::LoadOptions;

use super::data::{bytes, part, text};

/// What our errors say, by case; each case is one that CPython refuses.
const MESSAGES: &[(&str, &str)] = &[
    ("unregistered code", "unregistered extension code 240 (EXT1 at byte 2)"),
    ("unregistered code of two bytes", "unregistered extension code 256 (EXT2 at byte 2)"),
    ("unregistered code of four bytes", "unregistered extension code 65536 (EXT4 at byte 2)"),
    ("code 0", "extension code 0 is out of range (EXT1 at byte 2)"),
    ("negative code", "extension code -1 is out of range (EXT4 at byte 2)"),
    ("no buffers", "not enough out-of-band buffers: there is no buffer 0, counted from 0 (NEXT_BUFFER at byte 2)"),
    ("readonly text", "cannot take as a buffer a str (READONLY_BUFFER at byte 5)"),
    ("list as a key", "unhashable type: 'list' (SETITEM at byte 4)"),
    ("dict as a key", "unhashable type: 'dict' (SETITEM at byte 4)"),
    ("set as a key", "unhashable type: 'set' (SETITEM at byte 6)"),
    ("bytearray as a key", "unhashable type: 'bytearray' (SETITEM at byte 14)"),
    ("list in a tuple as a key", "unhashable type: 'list' (SETITEM at byte 6)"),
    ("list in a set", "unhashable type: 'list' (ADDITEMS at byte 5)"),
    ("list in a frozenset", "unhashable type: 'list' (FROZENSET at byte 4)"),
    ("list as a key of many", "unhashable type: 'list' (SETITEMS at byte 9)"),
    ("odd items", "odd number of items for a dict (SETITEMS at byte 8)"),
    ("BUILD on None", "cannot set the state of a NoneType (BUILD at byte 2)"),
    ("BUILD on None with a state", "cannot set the state of a NoneType (BUILD at byte 11)"),
    ("BUILD on an int", "cannot set the state of an int (BUILD at byte 12)"),
    ("BUILD on a str", "cannot set the state of a str (BUILD at byte 16)"),
    ("BUILD on a list", "cannot set the state of a list (BUILD at byte 11)"),
    ("BUILD on a dict", "cannot set the state of a dict (BUILD at byte 11)"),
    ("BUILD on a tuple", "cannot set the state of a tuple (BUILD at byte 11)"),
    ("BUILD on a set", "cannot set the state of a set (BUILD at byte 13)"),
    ("BUILD on bytes", "cannot set the state of a bytes (BUILD at byte 12)"),
    ("APPEND to an int", "cannot append to an int (APPEND at byte 4)"),
    ("APPEND to a tuple", "cannot append to a tuple (APPEND at byte 3)"),
    ("SETITEM of a tuple", "cannot set items of a tuple (SETITEM at byte 5)"),
    ("ADDITEMS to a str", "cannot add to a str (ADDITEMS at byte 11)"),
    ("REDUCE with a list of arguments", "cannot call with a list (REDUCE at byte 16)"),
    ("GET of nothing", "memo has no entry 7 (BINGET at byte 0)"),
    (
        "a str that is not ASCII",
        "'ascii' codec can't decode byte 0xe9 in position 0: choose an encoding for Python 2's str \
         (SHORT_BINSTRING at byte 0)",
    ),
    ("STACK_GLOBAL of ints", "STACK_GLOBAL requires str (STACK_GLOBAL at byte 6)"),
    ("a protocol of the future", "unsupported pickle protocol: 6 (PROTO at byte 0)"),
    ("POP of nothing", "unpickling stack underflow (POP at byte 0)"),
    ("a mark in the way", "unexpected mark on the stack (TUPLE2 at byte 3)"),
    ("no mark", "no mark on the stack (TUPLE at byte 2)"),
];

#[test]
fn what_cpython_refuses_is_refused_with_its_place() {
    let cases = part("refusals");
    for case in &cases {
        let (name, pickle) = (text(&case["case"]), bytes(&case["pickle"]));
        let Err(error) = LoadOptions::new().from_slice(&pickle) else {
            panic!("{case} is not refused");
        };
        assert!(error.offset().is_some() && error.opcode().is_some(), "{case}: {error}");
        let said = MESSAGES.iter().find(|(case, _)| *case == name).map(|(_, message)| *message);
        assert_eq!(Some(error.to_string().as_str()), said, "{name}");
    }
    assert_eq!(cases.len(), MESSAGES.len());
}
