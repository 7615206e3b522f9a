//! [`Arg`]: an argument as the Python object that pickletools makes of it.

use alloc::borrow::Cow;
use core::fmt;

use num_bigint::BigInt;
use pickle_opcodes::form::{self, Cursor};
use pickle_opcodes::number::{self, IntLine};
use pickle_opcodes::text::string_escapes;
use pickle_opcodes::{ArgKind, Opcode, Pair};
use pickle_value::literal;

use crate::word::{self, all};
use crate::{Error, ErrorKind, LargeInt, Str};

/// An instruction's argument as a Python object. Displays as Python's repr.
///
/// The repr of an int has all its digits, however many: for a pickle's LONG4 they may take long to compute.
// With the tag in a word of its own an argument is moved in whole words. Those that may own memory stand first: a
// comparison tells them apart when an argument is dropped, and not a jump that cannot be foreseen.
#[derive(Clone, PartialEq, Debug)]
#[repr(u64)]
pub enum Arg<'a> {
    /// A str. GLOBAL and INST have one with a space between module and name.
    Str(Str<'a>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
    /// A bytearray.
    ByteArray(Cow<'a, [u8]>),
    /// An int that doesn't fit.
    BigInt(LargeInt<'a>),
    /// An int that fits.
    Int(i64),
    /// The argument `00` or `01` of INT, and of GET and PUT too.
    Bool(bool),
    /// A float.
    Float(f64),
}

impl<'a> Arg<'a> {
    /// The same argument, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Arg<'static> {
        match self {
            Arg::Int(value) => Arg::Int(value),
            Arg::BigInt(value) => Arg::BigInt(value.into_owned()),
            Arg::Bool(value) => Arg::Bool(value),
            Arg::Float(value) => Arg::Float(value),
            Arg::Str(text) => Arg::Str(text.into_owned()),
            Arg::Bytes(bytes) => Arg::Bytes(Cow::Owned(bytes.into_owned())),
            Arg::ByteArray(bytes) => Arg::ByteArray(Cow::Owned(bytes.into_owned())),
        }
    }

    /// Reads an argument of this form as pickletools does, which knows fewer spellings of a number than a loader.
    ///
    /// `instruction` is the input from the opcode on. What is to be made of the argument is made where it is read: moving
    /// it costs more than reading it.
    #[inline(always)]
    pub(crate) fn read<T>(
        kind: ArgKind,
        instruction: &[u8],
        cursor: &mut Cursor<'a>,
        make: impl Fn(Arg<'a>) -> T,
    ) -> Result<T, Failure> {
        let int = |value| make(Arg::Int(value));
        let text = |text| make(Arg::Str(text));
        let bytes = |bytes: &'a [u8]| make(Arg::Bytes(bytes.into()));
        Ok(match kind {
            ArgKind::Uint1 => int(form::Uint1::read(cursor)?.into()),
            ArgKind::Uint2 => int(form::Uint2::read(cursor)?.into()),
            ArgKind::Int4 => int(form::Int4::read(cursor)?.into()),
            ArgKind::Uint4 => int(form::Uint4::read(cursor)?.into()),
            ArgKind::Uint8 => match form::Uint8::read(cursor)? {
                small @ ..=0x7fff_ffff_ffff_ffff => int(small as i64),
                big => make(Arg::BigInt(BigInt::from(big).into())),
            },
            ArgKind::Long1 => make(two_complement(form::Long1::read(cursor)?)),
            ArgKind::Long4 => make(two_complement(form::Long4::read(cursor)?)),
            ArgKind::Float8 => make(Arg::Float(form::Float8::read(cursor)?)),
            ArgKind::UnicodeString1 => text(Str::from_utf8(form::UnicodeString1::read(cursor)?, instruction, 2)?),
            ArgKind::UnicodeString4 => text(Str::from_utf8(form::UnicodeString4::read(cursor)?, instruction, 5)?),
            ArgKind::UnicodeString8 => text(Str::from_utf8(form::UnicodeString8::read(cursor)?, instruction, 9)?),
            ArgKind::String1 => text(Str::from_latin1(form::String1::read(cursor)?)),
            ArgKind::String4 => text(Str::from_latin1(form::String4::read(cursor)?)),
            ArgKind::Bytes1 => bytes(form::Bytes1::read(cursor)?),
            ArgKind::Bytes4 => bytes(form::Bytes4::read(cursor)?),
            ArgKind::Bytes8 => bytes(form::Bytes8::read(cursor)?),
            ArgKind::ByteArray8 => make(Arg::ByteArray(form::ByteArray8::read(cursor)?.into())),
            ArgKind::DecimalNlShort => {
                // Indexes of the memo are sorted by size, so that a loop over their digits is faster.
                if instruction[0] == Opcode::Int.byte()
                    && let Some((value, length)) = word::short_decimal(cursor.rest(), b'\n')
                {
                    cursor.advance(length);
                    return Ok(int(value));
                }
                match plain_line(cursor).map_or_else(|| form::DecimalNlShort::read(cursor), Ok)? {
                    b"00" => make(Arg::Bool(false)),
                    b"01" => make(Arg::Bool(true)),
                    line => make(integer(number::decimal(line)?)),
                }
            }
            ArgKind::DecimalNlLong => {
                if let Some((value, length)) = word::short_decimal(cursor.rest(), b'L') {
                    cursor.advance(length);
                    return Ok(int(value));
                }
                let line = form::DecimalNlLong::read(cursor)?;
                let line = line.strip_suffix(b"L").unwrap_or(line);
                match LargeInt::from_decimal(line) {
                    Some(value) => make(Arg::BigInt(value)),
                    None => make(integer(number::decimal(line)?)),
                }
            }
            ArgKind::FloatNl => {
                let line = plain_line(cursor).map_or_else(|| form::FloatNl::read(cursor), Ok)?;
                make(Arg::Float(number::decimal_float(line)?))
            }
            ArgKind::UnicodeStringNl => match plain_line(cursor) {
                Some(line) => text(Str::known_utf8(line)),
                None => text(Str::from_raw_unicode_escape(form::UnicodeStringNl::read(cursor)?)?),
            },
            ArgKind::StringNl => match plain_line(cursor) {
                Some(line) => text(Str::known_utf8(unquoted(line)?)),
                None => text(escaped(unquoted(form::StringNl::read(cursor)?)?)?),
            },
            ArgKind::StringNlNoEscape => match plain_line(cursor) {
                Some(line) => text(Str::known_utf8(line)),
                None => text(escaped(form::StringNlNoEscape::read(cursor)?)?),
            },
            ArgKind::StringNlNoEscapePair => text(joined(form::StringNlNoEscapePair::read(cursor)?)?),
        })
    }
}

/// Why an argument cannot be read: a word wide, because it shares its place with the argument.
pub(crate) struct Failure(Box<ErrorKind>);

impl Failure {
    #[cold]
    pub(crate) fn at(self, offset: u64, opcode: Opcode) -> Error {
        Error::new(offset, Some(opcode), *self.0)
    }
}

impl<K: Into<ErrorKind>> From<K> for Failure {
    #[cold]
    fn from(kind: K) -> Failure {
        Failure(Box::new(kind.into()))
    }
}

/// Reads a line that is ASCII without a backslash; nothing where it is not, or ends near the end of the input.
///
/// Most lines are short. Eight bytes at a time are looked at for all three ends of such a text at once, which is faster
/// than two searches for a byte and one for ASCII.
#[inline(always)]
fn plain_line<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    // The highest bit of the lowest byte that is zero; higher ones mean nothing then.
    let zero_bytes = |word: u64| word.wrapping_sub(all(1)) & !word & all(0x80);
    let rest = cursor.rest();
    for (index, word) in rest.as_chunks::<8>().0.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let ends = zero_bytes(word ^ all(b'\n')) | zero_bytes(word ^ all(b'\\')) | word & all(0x80);
        if ends != 0 {
            let length = 8 * index + ends.trailing_zeros() as usize / 8;
            if rest[length] != b'\n' {
                return None;
            }
            return cursor.advance(length + 1).get(..length);
        }
    }
    None
}

/// What a decimal says.
pub(crate) fn integer(value: IntLine) -> Arg<'static> {
    match value {
        IntLine::Small(value) => Arg::Int(value),
        IntLine::Big(bytes) => Arg::BigInt(BigInt::from_signed_bytes_le(&bytes).into()),
        IntLine::Bool(value) => Arg::Bool(value),
    }
}

/// Reads two's complement, little-endian; no bytes are zero.
#[inline]
fn two_complement(bytes: &[u8]) -> Arg<'_> {
    if let Some(value) = LargeInt::from_two_complement(bytes) {
        return Arg::BigInt(value);
    }
    let unused = match bytes.len() {
        0 => return Arg::Int(0),
        length @ 1..=8 => 8 * (8 - length as u32),
        _ => return padded_two_complement(bytes),
    };
    // The sign comes to the top and is drawn down.
    Arg::Int((word::short(bytes) << unused) as i64 >> unused)
}

/// Reads more bytes than are needed.
#[cold]
fn padded_two_complement(bytes: &[u8]) -> Arg<'static> {
    let value = BigInt::from_signed_bytes_le(bytes);
    i64::try_from(&value).map_or_else(|_| Arg::BigInt(value.into()), Arg::Int)
}

/// Strips the quotes. Unlike the loader, pickletools takes a single quote for an empty string.
fn unquoted(line: &[u8]) -> Result<&[u8], ErrorKind> {
    match line {
        [b'"'] | [b'\''] => Ok(b""),
        [b'"', body @ .., b'"'] | [b'\'', body @ .., b'\''] => Ok(body),
        _ => Err(pickle_opcodes::ErrorKind::Unquoted.into()),
    }
}

/// Resolves escapes to ASCII: pickletools does so also for the lines that it calls "noescape".
fn escaped(line: &[u8]) -> Result<Str<'_>, ErrorKind> {
    if memchr::memchr(b'\\', line).is_some() {
        return Str::from_ascii(string_escapes(line)?.into());
    }
    Str::from_ascii(line.into())
}

fn joined(pair: Pair<'_>) -> Result<Str<'static>, ErrorKind> {
    let (module, name) = (escaped(pair.module)?, escaped(pair.name)?);
    Str::from_ascii([module.as_bytes(), b" ", name.as_bytes()].concat().into())
}

impl fmt::Display for Arg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_repr(f)
    }
}

impl Arg<'_> {
    pub(crate) fn write_repr(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        match self {
            Arg::Int(value) => write!(out, "{value}"),
            Arg::BigInt(value) => write!(out, "{value}"),
            Arg::Bool(true) => out.write_str("True"),
            Arg::Bool(false) => out.write_str("False"),
            Arg::Float(value) => literal::write_float(*value, out),
            Arg::Str(text) => text.write_repr(out),
            Arg::Bytes(bytes) => literal::write_bytes(bytes, out),
            Arg::ByteArray(bytes) => literal::write_bytearray(bytes, out),
        }
    }
}
