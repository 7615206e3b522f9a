//! [`Arg`]: an argument as the Python object that pickletools makes of it.

use alloc::borrow::Cow;
use core::fmt;

use num_bigint::BigInt;
use pickle_opcodes::form::{self, Cursor};
use pickle_opcodes::number::{self, IntLine};
use pickle_opcodes::text::string_escapes;
use pickle_opcodes::{ArgKind, Pair};
use pickle_value::literal;

use crate::{ErrorKind, Str};

/// An instruction's argument as a Python object. Displays as Python's repr.
///
/// The repr of an int has all its digits, however many: for a pickle's LONG4 they may take long to compute.
#[derive(Clone, PartialEq, Debug)]
pub enum Arg<'a> {
    /// An int that fits.
    Int(i64),
    /// An int that doesn't fit.
    BigInt(Box<BigInt>),
    /// The argument `00` or `01` of INT, and of GET and PUT too.
    Bool(bool),
    /// A float.
    Float(f64),
    /// A str. GLOBAL and INST have one with a space between module and name.
    Str(Str<'a>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
    /// A bytearray.
    ByteArray(Cow<'a, [u8]>),
}

impl<'a> Arg<'a> {
    /// The same argument, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Arg<'static> {
        match self {
            Arg::Int(value) => Arg::Int(value),
            Arg::BigInt(value) => Arg::BigInt(value),
            Arg::Bool(value) => Arg::Bool(value),
            Arg::Float(value) => Arg::Float(value),
            Arg::Str(text) => Arg::Str(text.into_owned()),
            Arg::Bytes(bytes) => Arg::Bytes(Cow::Owned(bytes.into_owned())),
            Arg::ByteArray(bytes) => Arg::ByteArray(Cow::Owned(bytes.into_owned())),
        }
    }

    /// Reads an argument of this form as pickletools does, which knows fewer spellings of a number than a loader.
    #[inline(always)]
    pub(crate) fn read(kind: ArgKind, cursor: &mut Cursor<'a>) -> Result<Arg<'a>, ErrorKind> {
        Ok(match kind {
            ArgKind::Uint1 => Arg::Int(form::Uint1::read(cursor)?.into()),
            ArgKind::Uint2 => Arg::Int(form::Uint2::read(cursor)?.into()),
            ArgKind::Int4 => Arg::Int(form::Int4::read(cursor)?.into()),
            ArgKind::Uint4 => Arg::Int(form::Uint4::read(cursor)?.into()),
            ArgKind::Uint8 => {
                let value = form::Uint8::read(cursor)?;
                value.try_into().map_or_else(|_| Arg::BigInt(Box::new(value.into())), Arg::Int)
            }
            ArgKind::DecimalNlShort => match form::DecimalNlShort::read(cursor)? {
                b"00" => Arg::Bool(false),
                b"01" => Arg::Bool(true),
                line => integer(number::decimal(line)?),
            },
            ArgKind::DecimalNlLong => {
                let line = form::DecimalNlLong::read(cursor)?;
                integer(number::decimal(line.strip_suffix(b"L").unwrap_or(line))?)
            }
            ArgKind::Long1 => two_complement(form::Long1::read(cursor)?),
            ArgKind::Long4 => two_complement(form::Long4::read(cursor)?),
            ArgKind::FloatNl => Arg::Float(number::decimal_float(form::FloatNl::read(cursor)?)?),
            ArgKind::Float8 => Arg::Float(form::Float8::read(cursor)?),
            ArgKind::StringNl => Arg::Str(escaped(unquoted(form::StringNl::read(cursor)?)?)?),
            ArgKind::String1 => Arg::Str(Str::from_latin1(form::String1::read(cursor)?)),
            ArgKind::String4 => Arg::Str(Str::from_latin1(form::String4::read(cursor)?)),
            ArgKind::Bytes1 => Arg::Bytes(form::Bytes1::read(cursor)?.into()),
            ArgKind::Bytes4 => Arg::Bytes(form::Bytes4::read(cursor)?.into()),
            ArgKind::Bytes8 => Arg::Bytes(form::Bytes8::read(cursor)?.into()),
            ArgKind::ByteArray8 => Arg::ByteArray(form::ByteArray8::read(cursor)?.into()),
            ArgKind::UnicodeStringNl => Arg::Str(Str::from_raw_unicode_escape(form::UnicodeStringNl::read(cursor)?)?),
            ArgKind::UnicodeString1 => Arg::Str(Str::from_utf8(form::UnicodeString1::read(cursor)?)?),
            ArgKind::UnicodeString4 => Arg::Str(Str::from_utf8(form::UnicodeString4::read(cursor)?)?),
            ArgKind::UnicodeString8 => Arg::Str(Str::from_utf8(form::UnicodeString8::read(cursor)?)?),
            ArgKind::StringNlNoEscape => Arg::Str(escaped(form::StringNlNoEscape::read(cursor)?)?),
            ArgKind::StringNlNoEscapePair => Arg::Str(joined(form::StringNlNoEscapePair::read(cursor)?)?),
        })
    }
}

fn integer(value: IntLine) -> Arg<'static> {
    match value {
        IntLine::Small(value) => Arg::Int(value),
        IntLine::Big(value) => Arg::BigInt(value.into()),
        IntLine::Bool(value) => Arg::Bool(value),
    }
}

/// Reads two's complement, little-endian; no bytes are zero.
fn two_complement(bytes: &[u8]) -> Arg<'static> {
    if let Some(unused) = 8usize.checked_sub(bytes.len()) {
        let negative = bytes.last().is_some_and(|&byte| byte >= 0x80);
        let mut wide = [if negative { 0xff } else { 0 }; 8];
        wide[..8 - unused].copy_from_slice(bytes);
        return Arg::Int(i64::from_le_bytes(wide));
    }
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
