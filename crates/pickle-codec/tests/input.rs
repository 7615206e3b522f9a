//! Pickles from a file, an instruction at a time: what CPython's loader makes of frames and lines that end too early.
//!
//! What is expected is what `_pickle.load(io.BytesIO(pickle))` gives on CPython 3.13.0.

#[allow(dead_code, reason = "it serves more tests than these")]
mod plain;

use pickle_codec::{Input, Machine, Profile, Wanted};
use plain::{Interpreter, Object, Refused, Value};
use rstest::rstest;

/// A file, and what was read of it.
struct File<'a> {
    rest: &'a [u8],
    buffer: Vec<u8>,
}

impl Input for File<'_> {
    type Error = Refused;

    fn buffered(&self) -> &[u8] {
        &self.buffer
    }

    fn consume(&mut self, count: usize) {
        self.buffer.drain(..count);
    }

    fn read(&mut self, keep: usize, wanted: Wanted) -> Result<(), Refused> {
        self.buffer.truncate(keep);
        let count = match wanted {
            Wanted::Bytes(count) | Wanted::Content(count) => count.min(self.rest.len()),
            Wanted::Line => {
                self.rest.iter().position(|&byte| byte == b'\n').map_or(self.rest.len(), |newline| newline + 1)
            }
        };
        let (read, rest) = self.rest.split_at(count);
        self.buffer.extend_from_slice(read);
        self.rest = rest;
        Ok(())
    }
}

fn load(pickle: &[u8]) -> Result<Object, String> {
    let mut interpreter = Interpreter::new(Profile::default());
    let mut file = File { rest: pickle, buffer: Vec::new() };
    Machine::new().load_from(&mut interpreter, &mut file).map_err(|error| format!("{error:?}"))
}

fn content(object: &Object) -> Vec<u8> {
    match &**object {
        Value::Text(content) | Value::Bytes(content) => content.clone(),
        _ => panic!("neither text nor bytes"),
    }
}

#[rstest]
#[case::a_length_begins_anew(b"\x80\x04\x95\x02\0\0\0\0\0\0\0X\x01\x01\0\0\0a.", b"a")]
#[case::the_content_of_bytes_goes_on(b"\x95\x03\0\0\0\0\0\0\0C\x02abN0.", b"ab")]
#[case::other_content_begins_anew(b"\x95\x03\0\0\0\0\0\0\0U\x02aCDN0.", b"CD")]
fn an_argument_that_crosses_the_end_of_its_frame(#[case] pickle: &[u8], #[case] expected: &[u8]) {
    assert_eq!(content(&load(pickle).expect("it is loaded")), expected);
}

#[rstest]
#[case::inst_without_a_mark(b"ia\n", "NoMark")]
#[case::inst_is_ascii(b"(i\xc3\xa9\n", "NameNotText(\"INST\")")]
#[case::the_first_line_is_looked_at_first(b"c\xff\n", "NameNotText(\"GLOBAL\")")]
#[case::also_where_the_second_is_empty(b"c\xffa\n\n.", "NameNotText(\"GLOBAL\")")]
#[case::an_empty_line_is_truncated(b"c\n", "Truncated")]
fn names_are_refused_as_soon_as_they_are_read(#[case] pickle: &[u8], #[case] expected: &str) {
    let from_file = load(pickle).err().expect("it is refused");
    assert!(from_file.contains(expected), "{from_file}");
    let mut interpreter = Interpreter::new(Profile::default());
    let from_slice = Machine::new().load(&mut interpreter, pickle, 0).err().expect("it is refused");
    assert!(format!("{from_slice:?}").contains(expected), "{from_slice:?}");
}
