//! Runs of the instructions that protocol 0 is made of, whose arguments are lines.

use pickle_opcodes::number::{self, IntLine};
use pickle_opcodes::{Opcode, decimal, unicode_line};

use super::Machine;
use super::runs::failed;
use crate::fault::{Fault, MachineError};
use crate::host::Host;
use crate::profile::Implementation;

pub(super) const UNICODE: u8 = Opcode::Unicode as u8;
pub(super) const PUT: u8 = Opcode::Put as u8;
pub(super) const GET: u8 = Opcode::Get as u8;
const INT: u8 = Opcode::Int as u8;
const LONG: u8 = Opcode::Long as u8;
const FLOAT: u8 = Opcode::Float as u8;
const LIST: u8 = Opcode::List as u8;
const DICT: u8 = Opcode::Dict as u8;
const MARK: u8 = Opcode::Mark as u8;
const NONE: u8 = Opcode::None as u8;
pub(super) const TUPLE: u8 = Opcode::Tuple as u8;
const APPEND: u8 = Opcode::Append as u8;
const SET_ITEM: u8 = Opcode::SetItem as u8;

/// True for an opcode at which [`Machine::run_of_lines`] is worth to begin.
#[inline(always)]
pub(super) fn is_line(byte: u8) -> bool {
    matches!(byte, UNICODE | PUT | GET | INT | LONG | FLOAT | LIST | DICT)
}

/// Makes text of the line of UNICODE that the first `length` bytes are; `room` is for its characters.
pub(super) fn unicode<H: Host>(
    host: &mut H,
    text: &[u8],
    length: usize,
    room: &mut unicode_line::Room,
) -> Result<Result<H::Object, H::Error>, pickle_opcodes::ErrorKind> {
    let line = &text[..length];
    // ASCII without an escape is what it says.
    let is_plain = |bytes: &[u8]| bytes.iter().fold(true, |plain, &byte| plain & byte.is_ascii() & (byte != b'\\'));
    let is_plain = match (line.as_chunks::<16>(), line.last_chunk::<16>()) {
        ((chunks, _), Some(last)) => chunks.iter().chain([last]).all(|chunk| is_plain(chunk)),
        _ => is_plain(line),
    };
    if is_plain {
        return Ok(host.text(line));
    }
    Ok(host.text(room.utf8(text, length)?))
}

impl<O: Clone> Machine<O> {
    /// Runs the instructions from `at` on that protocol 0 has for text, ints, containers and the memo, as far as their lines
    /// are spelled as Python spells them; gives where another one starts.
    #[inline(never)]
    pub(super) fn run_of_lines<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        mut at: usize,
    ) -> Result<usize, MachineError<H::Error>> {
        let mut characters = unicode_line::Room::default();
        let mut room = decimal::Room::default();
        while let [byte, behind @ ..] = &input[at..] {
            let (done, length) = match *byte {
                UNICODE => {
                    let Some(end) = memchr::memchr(b'\n', behind) else { break };
                    if let Some(next) = self.bytes_of_line(host, input, at, at + 1 + end)? {
                        at = next;
                        continue;
                    }
                    let made = unicode(host, behind, end, &mut characters).map_err(Fault::from);
                    (made.and_then(|made| self.pushed(made)), end + 1)
                }
                INT => {
                    let Some((value, length)) = int(behind) else { break };
                    let made = match value {
                        Short::Bool(value) => host.bool(value),
                        Short::Int(value) => host.int(value),
                    };
                    (self.pushed(made), length)
                }
                LONG => {
                    let Some((value, length)) = number::usual_long_line(behind, self.max_digits, &mut room) else {
                        break;
                    };
                    let made = host.long(value);
                    (self.pushed(made), length)
                }
                FLOAT => {
                    let Some(end) = memchr::memchr(b'\n', behind) else { break };
                    let value = self.float_line(&behind[..end]).map_err(Fault::from);
                    (value.and_then(|value| self.pushed(host.float(value))), end + 1)
                }
                PUT => {
                    let Some((index, length)) = index(behind) else { break };
                    (self.put(index).map(|_| ()), length)
                }
                GET => {
                    let Some((index, length)) = index(behind) else { break };
                    (self.get(index).map(|_| ()), length)
                }
                NONE => {
                    let made = host.none();
                    (self.pushed(made), 0)
                }
                MARK => {
                    self.mark();
                    (Ok(()), 0)
                }
                TUPLE => (
                    self.pop_mark().and_then(|start| {
                        let made = host.tuple(self.stack.drain(start..));
                        self.pushed(made)
                    }),
                    0,
                ),
                APPEND => (self.above(1).and_then(|start| self.extend(host, start)).map(|_| ()), 0),
                SET_ITEM => (self.above(2).and_then(|start| self.set_items(host, start)).map(|_| ()), 0),
                LIST if self.marks_nothing() => {
                    let made = self.pop_mark().map(|_| host.list());
                    (made.and_then(|made| self.pushed(made)), 0)
                }
                DICT if self.marks_nothing() => {
                    let made = self.pop_mark().map(|_| host.dict());
                    (made.and_then(|made| self.pushed(made)), 0)
                }
                _ => break,
            };
            if let Err(fault) = done {
                return Err(failed(fault, at, *byte));
            }
            at += 1 + length;
        }
        Ok(at)
    }

    pub(super) fn int_line(&self, line: &[u8]) -> Result<IntLine, pickle_opcodes::ErrorKind> {
        match self.pickler {
            Implementation::C => number::int_line(line, self.max_digits),
            Implementation::Python => number::python_int_line(line, self.max_digits),
        }
    }

    pub(super) fn long_line(&self, line: &[u8]) -> Result<IntLine, pickle_opcodes::ErrorKind> {
        match self.pickler {
            Implementation::C => number::long_line(line, self.max_digits),
            Implementation::Python => number::python_long_line(line, self.max_digits),
        }
    }

    pub(super) fn float_line(&self, line: &[u8]) -> Result<f64, pickle_opcodes::ErrorKind> {
        let value = match self.pickler {
            Implementation::C => number::float_line(line)?,
            Implementation::Python => number::decimal_float(line)?,
        };
        // A `-nan` has the other sign.
        let nan = if value.is_sign_negative() { -self.nan } else { self.nan };
        Ok(if value.is_nan() { nan } else { value })
    }

    /// Whether nothing stands above the topmost mark.
    #[inline(always)]
    pub(super) fn marks_nothing(&self) -> bool {
        self.fence == self.stack.len() && !self.marks.is_empty()
    }

    #[inline(always)]
    fn pushed<E>(&mut self, made: Result<O, E>) -> Result<(), Fault<E>> {
        self.stack.push(made.map_err(Fault::Host)?);
        Ok(())
    }
}

/// What a short line of INT says.
enum Short {
    Bool(bool),
    Int(i64),
}

/// The line of INT and its length with the newline, if it is a short one without a zero or a sign before it.
#[inline(always)]
fn int(text: &[u8]) -> Option<(Short, usize)> {
    match text {
        [b'0', b'0', b'\n', ..] => Some((Short::Bool(false), 3)),
        [b'0', b'1', b'\n', ..] => Some((Short::Bool(true), 3)),
        [b'0', ..] => None,
        [b'-', b'1'..=b'9', ..] => index(&text[1..]).map(|(value, length)| (Short::Int(-(value as i64)), 1 + length)),
        _ => index(text).map(|(value, length)| (Short::Int(value as i64), length)),
    }
}

/// The number of digits, and its length with the newline, if they are but a few.
#[inline(always)]
pub(super) fn index(text: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (length, &byte) in text.iter().take(MOST_DIGITS + 1).enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return (byte == b'\n' && length > 0).then_some((value, length + 1));
        }
        value = 10 * value + u64::from(digit);
    }
    None
}

/// So many digits surely fit 63 bits.
const MOST_DIGITS: usize = 18;
