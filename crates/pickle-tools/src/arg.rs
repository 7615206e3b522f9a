//! [`Arg`]: an argument as the Python object that pickletools makes of it.

use alloc::borrow::Cow;
use core::fmt;

use num_bigint::BigInt;
use pickle_opcodes::number::{self, IntLine};
use pickle_opcodes::text::string_escapes;
use pickle_opcodes::{Op, Pair};
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
    BigInt(BigInt),
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

    /// Reads an instruction's argument as pickletools does, which knows less spellings of a number than a loader.
    #[inline(always)]
    pub(crate) fn of(op: &Op<'a>) -> Result<Option<Arg<'a>>, ErrorKind> {
        Ok(Some(match *op {
            Op::BinInt1(value) | Op::BinGet(value) | Op::BinPut(value) | Op::Ext1(value) | Op::Proto(value) => {
                Arg::Int(value.into())
            }
            Op::BinInt2(value) | Op::Ext2(value) => Arg::Int(value.into()),
            Op::BinInt(value) | Op::Ext4(value) => Arg::Int(value.into()),
            Op::LongBinGet(value) | Op::LongBinPut(value) => Arg::Int(value.into()),
            Op::Frame(length) => length.try_into().map_or_else(|_| Arg::BigInt(length.into()), Arg::Int),
            Op::Int(line) | Op::Get(line) | Op::Put(line) => match line {
                b"00" => Arg::Bool(false),
                b"01" => Arg::Bool(true),
                _ => integer(number::decimal(line)?),
            },
            Op::Long(line) => integer(number::decimal(line.strip_suffix(b"L").unwrap_or(line))?),
            Op::Long1(bytes) | Op::Long4(bytes) => two_complement(bytes),
            Op::Float(line) => Arg::Float(number::decimal_float(line)?),
            Op::BinFloat(value) => Arg::Float(value),
            Op::String(line) => Arg::Str(escaped(unquoted(line)?)?),
            Op::BinString(bytes) | Op::ShortBinString(bytes) => Arg::Str(Str::from_latin1(bytes)),
            Op::BinBytes(bytes) | Op::ShortBinBytes(bytes) | Op::BinBytes8(bytes) => Arg::Bytes(bytes.into()),
            Op::ByteArray8(bytes) => Arg::ByteArray(bytes.into()),
            Op::Unicode(line) => Arg::Str(Str::from_raw_unicode_escape(line)?),
            Op::ShortBinUnicode(bytes) | Op::BinUnicode(bytes) | Op::BinUnicode8(bytes) => {
                Arg::Str(Str::from_utf8(bytes)?)
            }
            Op::PersId(line) => Arg::Str(escaped(line)?),
            Op::Global(pair) | Op::Inst(pair) => Arg::Str(joined(pair)?),
            _ => return Ok(None),
        }))
    }
}

fn integer(value: IntLine) -> Arg<'static> {
    match value {
        IntLine::Small(value) => Arg::Int(value),
        IntLine::Big(value) => Arg::BigInt(value),
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
    i64::try_from(&value).map_or_else(|_| Arg::BigInt(value), Arg::Int)
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
    if line.contains(&b'\\') {
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
