//! The lines of `dis`: a buffer that knows its column.

use core::fmt;
use std::io;

use pickle_opcodes::Opcode;

use crate::word::{self, all};

/// Collects text for a writer, and counts the characters of the line.
///
/// Most pieces of a line are short. They are copied as arrays of a fixed size of which a part counts: 1.5 times as fast as
/// appending slices (2.5 million lines in 155 ms, not 235 ms).
pub(crate) struct Listing<'w> {
    out: &'w mut dyn io::Write,
    /// The first `filled` bytes wait for the writer.
    buffer: Box<[u8]>,
    filled: usize,
    /// Whether `column` must be right, also for text that is not ASCII.
    counting: bool,
    column: usize,
    /// What the writer answered, since `fmt::Error` cannot say it.
    failure: Option<io::Error>,
}

impl<'w> Listing<'w> {
    const CAPACITY: usize = 32 * 1024;

    pub(crate) fn new(out: &'w mut dyn io::Write, counting: bool) -> Listing<'w> {
        let buffer = vec![0; Self::CAPACITY].into();
        Listing { out, buffer, filled: 0, counting, column: 0, failure: None }
    }

    /// How many characters were written since the line's offset.
    pub(crate) fn column(&self) -> usize {
        self.column
    }

    /// The beginning of a line: the offset in five columns, which are not counted.
    #[inline]
    pub(crate) fn offset(&mut self, offset: u64) -> fmt::Result {
        let place = self.place::<32>()?;
        let length = match Digits::of(offset) {
            Some(digits) => {
                let spare = digits.zeros.min(3);
                store(place, 0, digits.with_spaces() >> (8 * spare));
                8 - spare as usize
            }
            None => long_decimal(offset, place),
        };
        store(place, length, u16::from_le_bytes(*b": ").into());
        self.advance(length + 2);
        self.column = 0;
        Ok(())
    }

    /// The opcode's byte as its Python literal in four columns, a space, the indentation, and the opcode's name, in ten
    /// columns and with a space behind where something follows.
    #[inline]
    pub(crate) fn opcode(&mut self, opcode: Opcode, indentation: usize, something_follows: bool) -> fmt::Result {
        const CODE: usize = 5;
        const INDENTATION: usize = 32;
        let piece = &PIECES[usize::from(opcode.byte())];
        let name_length = if something_follows { piece.length.max(10) + 1 } else { piece.length };
        if indentation > INDENTATION {
            self.short(&piece.code, CODE)?;
            self.spaces(indentation)?;
            return self.short(&piece.name, name_length);
        }
        let place = self.place::<{ CODE + INDENTATION + 24 }>()?;
        place[..8].copy_from_slice(&piece.code);
        place[CODE..CODE + INDENTATION].fill(b' ');
        place[CODE + indentation..][..24].copy_from_slice(&piece.name);
        self.advance(CODE + indentation + name_length);
        Ok(())
    }

    pub(crate) fn spaces(&mut self, mut count: usize) -> fmt::Result {
        while count > 0 {
            if self.filled == self.buffer.len() {
                self.write_out()?;
            }
            let room = &mut self.buffer[self.filled..];
            let length = count.min(room.len());
            room[..length].fill(b' ');
            self.advance(length);
            count -= length;
        }
        Ok(())
    }

    /// An int in decimal.
    #[inline]
    pub(crate) fn int(&mut self, value: i64) -> fmt::Result {
        if value < 0 {
            self.ascii(b"-")?;
        }
        self.number(value.unsigned_abs())
    }

    /// A number in decimal.
    #[inline]
    pub(crate) fn number(&mut self, number: u64) -> fmt::Result {
        let length = decimal(number, self.place()?);
        self.advance(length);
        Ok(())
    }

    /// A number between some ASCII characters and a closing parenthesis.
    #[inline]
    pub(crate) fn note<const N: usize>(&mut self, before: &[u8; N], number: u64) -> fmt::Result {
        self.ascii(before)?;
        self.number(number)?;
        self.ascii(b")")
    }

    /// The repr of a str, at once where it is short, plain and ASCII; false where it is not, and nothing is written.
    #[inline]
    pub(crate) fn plain_str(&mut self, text: &[u8]) -> Result<bool, fmt::Error> {
        const LONGEST: usize = 64;
        let length = text.len();
        if length > LONGEST {
            return Ok(false);
        }
        let place = self.place::<{ LONGEST + 8 }>()?;
        place[0] = b'\'';
        if !copy_plain(text, &mut place[1..]) {
            return Ok(false);
        }
        place[length + 1] = b'\'';
        self.advance(length + 2);
        Ok(true)
    }

    /// Any text between single quotes, given in UTF-8.
    pub(crate) fn quoted(&mut self, text: &[u8]) -> fmt::Result {
        self.ascii(b"'")?;
        self.bytes(text)?;
        self.ascii(b"'")
    }

    /// Any text.
    pub(crate) fn text(&mut self, text: &str) -> fmt::Result {
        self.bytes(text.as_bytes())
    }

    /// Any text in UTF-8.
    fn bytes(&mut self, text: &[u8]) -> fmt::Result {
        if self.counting {
            self.column += text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        }
        if text.len() > self.buffer.len() - self.filled {
            self.write_out()?;
            if text.len() > self.buffer.len() {
                return self.pass_on(|out| out.write_all(text));
            }
        }
        self.buffer[self.filled..][..text.len()].copy_from_slice(text);
        self.filled += text.len();
        Ok(())
    }

    /// Some ASCII characters.
    #[inline]
    pub(crate) fn ascii<const N: usize>(&mut self, characters: &[u8; N]) -> fmt::Result {
        self.short(characters, N)
    }

    /// The first `length` of some ASCII characters.
    #[inline]
    fn short<const N: usize>(&mut self, characters: &[u8; N], length: usize) -> fmt::Result {
        *self.place()? = *characters;
        self.advance(length);
        Ok(())
    }

    /// Room for `N` bytes, of which [`Listing::advance`] says how many are used.
    #[inline]
    fn place<const N: usize>(&mut self) -> Result<&mut [u8; N], fmt::Error> {
        if self.buffer.len() - self.filled < N {
            self.write_out()?;
        }
        self.buffer[self.filled..].first_chunk_mut().ok_or(fmt::Error)
    }

    /// Counts ASCII characters that were put in place.
    #[inline]
    fn advance(&mut self, length: usize) {
        self.filled += length;
        self.column += length;
    }

    /// Hands everything to the writer and flushes it.
    pub(crate) fn flush(&mut self) -> fmt::Result {
        self.write_out()?;
        self.pass_on(|out| out.flush())
    }

    /// Why writing failed.
    pub(crate) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    #[cold]
    fn write_out(&mut self) -> fmt::Result {
        let written = self.out.write_all(&self.buffer[..self.filled]);
        self.filled = 0;
        self.pass_on(|_| written)
    }

    fn pass_on(&mut self, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> fmt::Result {
        write(self.out).map_err(|error| {
            self.failure = Some(error);
            fmt::Error
        })
    }
}

impl fmt::Write for Listing<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text)
    }
}

/// The eight decimal digits of a number, of which the first may be zeros.
struct Digits {
    /// The values of the digits, the first in the lowest byte.
    values: u64,
    /// How many zeros stand before the first digit that counts; at most seven.
    zeros: u32,
}

impl Digits {
    const LIMIT: u64 = 100_000_000;

    /// Nothing for a number that has more.
    ///
    /// All eight are made at once, by splitting in halves three times: a loop over those that count ends where nobody can
    /// foresee.
    #[inline]
    fn of(number: u64) -> Option<Digits> {
        if number >= Self::LIMIT {
            return None;
        }
        let fours = (number / 10_000) | ((number % 10_000) << 32);
        let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
        let pairs = hundreds | (fours - 100 * hundreds) << 16;
        let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
        let values = tens | (pairs - 10 * tens) << 8;
        Some(Digits { values, zeros: (values | 1 << 56).trailing_zeros() / 8 })
    }

    /// As ASCII.
    #[inline]
    fn text(&self) -> u64 {
        self.values | all(b'0')
    }

    /// As ASCII, with spaces for the zeros that do not count.
    #[inline]
    fn with_spaces(&self) -> u64 {
        self.text() ^ (all(b'0' ^ b' ') & !(u64::MAX << (8 * self.zeros)))
    }
}

/// Writes a number in decimal; gives the length.
#[inline]
fn decimal(number: u64, place: &mut [u8; 32]) -> usize {
    match Digits::of(number) {
        Some(digits) => {
            store(place, 0, digits.text() >> (8 * digits.zeros));
            8 - digits.zeros as usize
        }
        None => long_decimal(number, place),
    }
}

fn long_decimal(number: u64, place: &mut [u8; 32]) -> usize {
    let length = decimal(number / Digits::LIMIT, place);
    if let Some(digits) = Digits::of(number % Digits::LIMIT) {
        store(place, length, digits.text());
    }
    length + 8
}

#[inline]
fn store(place: &mut [u8; 32], at: usize, bytes: u64) {
    place[at..][..8].copy_from_slice(&bytes.to_le_bytes());
}

/// Copies text that is printable ASCII without a single quote and a backslash; false for any other, with some of it copied.
///
/// `place` has room for all of it, and for eight bytes.
#[inline]
fn copy_plain(text: &[u8], place: &mut [u8]) -> bool {
    let (mut plain, last, last_at) = match text.last_chunk() {
        Some(last) => (u64::MAX, u64::from_le_bytes(*last), text.len() - 8),
        None => (u64::MAX, word::short(text) | all(b' ').unbounded_shl(8 * text.len() as u32), 0),
    };
    for (place, bytes) in place.chunks_exact_mut(8).zip(text.as_chunks::<8>().0) {
        plain &= word::plain(u64::from_le_bytes(*bytes));
        place.copy_from_slice(bytes);
    }
    plain &= word::plain(last);
    place[last_at..][..8].copy_from_slice(&last.to_le_bytes());
    plain & all(0x80) == all(0x80)
}

/// What stands in each line of an opcode, ready to be copied.
#[derive(Clone, Copy)]
struct Piece {
    code: [u8; 8],
    name: [u8; 24],
    /// How many characters the name has.
    length: usize,
}

/// By the opcode's byte.
static PIECES: [Piece; 256] = {
    let mut pieces = [Piece { code: [b' '; 8], name: [b' '; 24], length: 0 }; 256];
    let mut index = 0;
    while index < Opcode::ALL.len() {
        let opcode = Opcode::ALL[index];
        let byte = opcode.byte();
        let piece = &mut pieces[byte as usize];
        if byte.is_ascii_graphic() {
            piece.code[0] = byte;
        } else {
            let digits = b"0123456789abcdef";
            piece.code = [b'\\', b'x', digits[byte as usize >> 4], digits[byte as usize & 15], b' ', b' ', b' ', b' '];
        }
        let name = opcode.name().as_bytes();
        while piece.length < name.len() {
            piece.name[piece.length] = name[piece.length];
            piece.length += 1;
        }
        index += 1;
    }
    pieces
};
