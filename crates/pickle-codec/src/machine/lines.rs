//! Runs of the instructions that protocol 0 is made of, whose arguments are lines.

use pickle_opcodes::number::{self, IntLine};
use pickle_opcodes::{Opcode, decimal, unicode_line, usual};

use super::Machine;
use super::runs::failed;
use crate::fault::{Fault, MachineError};
use crate::host::Host;
use crate::profile::Implementation;

pub(super) const UNICODE: u8 = Opcode::Unicode as u8;
pub(super) const PUT: u8 = Opcode::Put as u8;
pub(super) const GET: u8 = Opcode::Get as u8;
pub(super) const INT: u8 = Opcode::Int as u8;
pub(super) const LONG: u8 = Opcode::Long as u8;
pub(super) const FLOAT: u8 = Opcode::Float as u8;
const LIST: u8 = Opcode::List as u8;
const DICT: u8 = Opcode::Dict as u8;
const MARK: u8 = Opcode::Mark as u8;
const NONE: u8 = Opcode::None as u8;
pub(super) const TUPLE: u8 = Opcode::Tuple as u8;
pub(super) const APPEND: u8 = Opcode::Append as u8;
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
        return Ok(host.text_of_line(line));
    }
    Ok(host.text_of_line(room.utf8(text, length)?))
}

/// Where the line of UNICODE at the start of `text` ends, if that is soon, and it is ASCII without an escape.
#[inline(always)]
fn short_plain_line(text: &[u8]) -> Option<usize> {
    const LOWEST: u128 = u128::from_le_bytes([1; 16]);
    const HIGHEST: u128 = LOWEST << 7;
    let word = u128::from_le_bytes(*text.first_chunk()?);
    // The highest bit of each such byte; above the first of them, others may have it too.
    let are = |byte: u8| {
        let other = word ^ (LOWEST * u128::from(byte));
        other.wrapping_sub(LOWEST) & !other & HIGHEST
    };
    let ends = are(b'\n');
    let before = ends.wrapping_sub(1) & !ends;
    let special = (word & HIGHEST | are(b'\\')) & before;
    ((ends != 0) & (special == 0)).then_some(ends.trailing_zeros() as usize / 8)
}

impl<O: Clone> Machine<O> {
    /// Runs the instructions from `at` on that protocol 0 has for text, ints, containers and the memo, as far as their lines
    /// are spelled as Python spells them; gives where another one starts.
    #[inline(never)]
    pub(super) fn run_of_lines<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        at: usize,
    ) -> Result<usize, MachineError<H::Error>> {
        let mut characters = unicode_line::Room::default();
        let mut room = decimal::Room::default();
        // Whether a run of what is appended has taken something, or would have taken the number before.
        let mut in_rows = false;
        let mut rest = &input[at..];
        while let [byte, behind @ ..] = rest {
            // Each arm has its own code: what two have in common is slower when they share it.
            macro_rules! at {
                () => {
                    input.len() - rest.len()
                };
            }
            macro_rules! done {
                ($done:expr) => {
                    match $done {
                        Ok(done) => done,
                        Err(fault) => return Err(failed(Fault::from(fault), at!(), *byte)),
                    }
                };
            }
            macro_rules! push {
                ($made:expr) => {
                    match $made {
                        Ok(object) => self.stack.push(object),
                        Err(error) => return Err(failed(Fault::Host(error), at!(), *byte)),
                    }
                };
            }
            rest = match *byte {
                UNICODE => {
                    let plain = short_plain_line(behind);
                    if plain.is_none()
                        && !self.may_be_call()
                        && let Some((text, end)) = characters.mixed_line(behind)
                    {
                        push!(host.text_of_line(text));
                        rest = self.put_next(&behind[end + 1..]);
                        continue;
                    }
                    let Some(end) = plain.or_else(|| memchr::memchr(b'\n', behind)) else { break };
                    if let Some(next) = self.bytes_of_line(host, input, at!(), at!() + 1 + end)? {
                        rest = &input[next..];
                        continue;
                    }
                    push!(match plain {
                        Some(_) => host.text_of_line(&behind[..end]),
                        None => done!(unicode(host, behind, end, &mut characters)),
                    });
                    self.put_next(&behind[end + 1..])
                }
                INT => {
                    let Some((value, length)) = int(behind) else { break };
                    in_rows = true;
                    push!(match value {
                        Short::Bool(value) => host.bool(value),
                        Short::Int(value) => host.int(value),
                    });
                    &behind[length..]
                }
                LONG => {
                    let Some((value, length)) = number::usual_long_line(behind, self.max_digits, &mut room) else {
                        break;
                    };
                    in_rows = value.len() <= 6;
                    push!(host.long(value));
                    &behind[length..]
                }
                FLOAT => {
                    let (value, length) = match float(behind) {
                        Some(usual) => usual,
                        None => {
                            let Some(end) = memchr::memchr(b'\n', behind) else { break };
                            (done!(self.float_line(&behind[..end])), end + 1)
                        }
                    };
                    in_rows = true;
                    push!(host.float(value));
                    &behind[length..]
                }
                PUT => {
                    let Some((index, length)) = self.next_put.read(behind) else { break };
                    done!(self.put(index));
                    &behind[length..]
                }
                GET => {
                    let Some((index, length)) = index(behind) else { break };
                    done!(self.get(index));
                    &behind[length..]
                }
                NONE => {
                    push!(host.none());
                    behind
                }
                MARK => {
                    self.mark();
                    behind
                }
                TUPLE => {
                    let start = done!(self.pop_mark());
                    push!(host.tuple(self.stack.drain(start..)));
                    self.put_next(behind)
                }
                APPEND => {
                    let start = done!(self.above(1));
                    done!(self.extend(host, start));
                    if in_rows {
                        let end = self.row(host, input, at!() + 1)?;
                        in_rows = end > at!() + 1;
                        &input[end..]
                    } else {
                        behind
                    }
                }
                SET_ITEM => {
                    let start = done!(self.above(2));
                    done!(self.set_items(host, start));
                    behind
                }
                LIST if self.marks_nothing() => {
                    done!(self.pop_mark());
                    push!(host.list());
                    self.put_next(behind)
                }
                DICT if self.marks_nothing() => {
                    done!(self.pop_mark());
                    push!(host.dict());
                    self.put_next(behind)
                }
                _ => break,
            };
        }
        Ok(input.len() - rest.len())
    }

    /// Runs the PUT at the start of `rest` if that is the one that is next, as it nearly always is behind a new object; gives what
    /// stands behind it.
    #[inline(always)]
    fn put_next<'i>(&mut self, rest: &'i [u8]) -> &'i [u8] {
        if let [PUT, behind @ ..] = rest
            && let Some((index, length)) = self.next_put.usual(behind)
            && let Some(top) = self.stack.last()
        {
            self.memo.put(index, top.clone());
            return &behind[length..];
        }
        rest
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

/// The line of FLOAT and its length with the newline, if it is spelled as Python spells most.
#[inline(always)]
fn float(text: &[u8]) -> Option<(f64, usize)> {
    let window = text.first_chunk()?;
    let (value, length) = usual::float(window)?;
    (window[length] == b'\n').then_some((value, length + 1))
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

/// The line of the PUT that is next, where indexes run up one by one: to compare it takes less than to read it.
#[derive(Clone, Debug, Default)]
pub(super) struct NextPut {
    index: u64,
    /// Its digits and the newline, the first of them in the lowest byte.
    line: u64,
    /// All bits of its bytes.
    mask: u64,
    /// One in the place of the last digit.
    one: u64,
    length: usize,
}

impl NextPut {
    /// The index, and the line's length with the newline.
    #[inline(always)]
    fn read(&mut self, text: &[u8]) -> Option<(u64, usize)> {
        if let Some(usual) = self.usual(text) {
            return Some(usual);
        }
        let (index, length) = index(text)?;
        self.renew(index + 1);
        Some((index, length))
    }

    /// The same if it is the one that is next.
    #[inline(always)]
    fn usual(&mut self, text: &[u8]) -> Option<(u64, usize)> {
        let word = u64::from_le_bytes(*text.first_chunk()?);
        if (word & self.mask != self.line) | (self.length == 0) {
            return None;
        }
        let usual = (self.index, self.length);
        self.line += self.one;
        self.index += 1;
        if self.line & (self.one * 0xff) > self.one * u64::from(b'9') {
            // Nine times in ten the next digit takes it.
            let ten = self.one >> 8;
            self.line = (self.line - 10 * self.one).wrapping_add(ten);
            if self.line & (ten * 0xff) > ten * u64::from(b'9') || ten == 0 {
                self.renew(self.index);
            }
        }
        Some(usual)
    }

    #[inline(never)]
    fn renew(&mut self, index: u64) {
        let (mut line, mut length, mut rest) = (u64::from(b'\n'), 1, index);
        while length < 8 && (rest > 0 || length == 1) {
            line = (line << 8) | (u64::from(b'0') + rest % 10);
            rest /= 10;
            length += 1;
        }
        *self = match rest {
            0 => NextPut { index, line, mask: u64::MAX >> (64 - 8 * length), one: 1 << (8 * (length - 2)), length },
            _ => NextPut::default(),
        };
    }
}

/// So many digits surely fit 63 bits.
const MOST_DIGITS: usize = 18;
