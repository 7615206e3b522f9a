//! The forms of an opcode's argument: how each is read and written.

use alloc::vec::Vec;

use crate::ErrorKind;
use crate::decode::Cursor;

/// What follows an opcode's byte (`pickletools.ArgumentDescriptor`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ArgKind {
    /// One unsigned byte.
    Uint1,
    /// Two bytes, unsigned, little-endian.
    Uint2,
    /// Four bytes, signed, little-endian.
    Int4,
    /// Four bytes, unsigned, little-endian.
    Uint4,
    /// Eight bytes, unsigned, little-endian.
    Uint8,
    /// A line that holds a quoted string literal.
    StringNl,
    /// A line of text.
    StringNlNoEscape,
    /// Two lines of text, module and name.
    StringNlNoEscapePair,
    /// A one-byte length, then that many bytes.
    String1,
    /// A signed four-byte length, then that many bytes.
    String4,
    /// A one-byte length, then that many bytes.
    Bytes1,
    /// An unsigned four-byte length, then that many bytes.
    Bytes4,
    /// An eight-byte length, then that many bytes.
    Bytes8,
    /// An eight-byte length, then that many bytes of a bytearray.
    ByteArray8,
    /// A line in raw-unicode-escape.
    UnicodeStringNl,
    /// A one-byte length, then that many bytes of UTF-8.
    UnicodeString1,
    /// An unsigned four-byte length, then that many bytes of UTF-8.
    UnicodeString4,
    /// An eight-byte length, then that many bytes of UTF-8.
    UnicodeString8,
    /// A line that holds a decimal integer.
    DecimalNlShort,
    /// A line that holds a decimal integer, maybe with an `L`.
    DecimalNlLong,
    /// A line that holds a decimal float.
    FloatNl,
    /// Eight bytes, big-endian IEEE 754.
    Float8,
    /// A one-byte length, then that many bytes of two's complement, little-endian.
    Long1,
    /// A signed four-byte length, then that many bytes of two's complement, little-endian.
    Long4,
}

impl ArgKind {
    /// The name that pickletools gives it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ArgKind::Uint1 => "uint1",
            ArgKind::Uint2 => "uint2",
            ArgKind::Int4 => "int4",
            ArgKind::Uint4 => "uint4",
            ArgKind::Uint8 => "uint8",
            ArgKind::StringNl => "stringnl",
            ArgKind::StringNlNoEscape => "stringnl_noescape",
            ArgKind::StringNlNoEscapePair => "stringnl_noescape_pair",
            ArgKind::String1 => "string1",
            ArgKind::String4 => "string4",
            ArgKind::Bytes1 => "bytes1",
            ArgKind::Bytes4 => "bytes4",
            ArgKind::Bytes8 => "bytes8",
            ArgKind::ByteArray8 => "bytearray8",
            ArgKind::UnicodeStringNl => "unicodestringnl",
            ArgKind::UnicodeString1 => "unicodestring1",
            ArgKind::UnicodeString4 => "unicodestring4",
            ArgKind::UnicodeString8 => "unicodestring8",
            ArgKind::DecimalNlShort => "decimalnl_short",
            ArgKind::DecimalNlLong => "decimalnl_long",
            ArgKind::FloatNl => "floatnl",
            ArgKind::Float8 => "float8",
            ArgKind::Long1 => "long1",
            ArgKind::Long4 => "long4",
        }
    }

    /// The size of the length that stands before a counted argument; 0 for any other.
    #[must_use]
    pub const fn count_size(self) -> usize {
        match self {
            ArgKind::String1 | ArgKind::Bytes1 | ArgKind::UnicodeString1 | ArgKind::Long1 => 1,
            ArgKind::String4 | ArgKind::Bytes4 | ArgKind::UnicodeString4 | ArgKind::Long4 => 4,
            ArgKind::Bytes8 | ArgKind::ByteArray8 | ArgKind::UnicodeString8 => 8,
            _ => 0,
        }
    }

    /// Whether a newline ends it, and not a length.
    #[must_use]
    pub const fn is_line(self) -> bool {
        matches!(
            self,
            ArgKind::StringNl
                | ArgKind::StringNlNoEscape
                | ArgKind::StringNlNoEscapePair
                | ArgKind::UnicodeStringNl
                | ArgKind::DecimalNlShort
                | ArgKind::DecimalNlLong
                | ArgKind::FloatNl
        )
    }
}

/// The Rust type of an argument: numbers as numbers, everything else as the bytes of the input.
macro_rules! arg_type {
    ($lt:lifetime Uint1) => { u8 };
    ($lt:lifetime Uint2) => { u16 };
    ($lt:lifetime Int4) => { i32 };
    ($lt:lifetime Uint4) => { u32 };
    ($lt:lifetime Uint8) => { u64 };
    ($lt:lifetime Float8) => { f64 };
    ($lt:lifetime StringNlNoEscapePair) => { $crate::Pair<$lt> };
    ($lt:lifetime $bytes:ident) => { &$lt [u8] };
}
pub(crate) use arg_type;

/// The argument of GLOBAL and INST: two lines, without their newlines.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pair<'a> {
    /// The first line.
    pub module: &'a [u8],
    /// The second line.
    pub name: &'a [u8],
}

/// An argument form as code: `read` after the opcode's byte, `write` behind it.
macro_rules! forms {
    ($($form:ident: $value:ty = $read:expr, $write:expr;)*) => {
        $(
            #[doc = concat!("[`ArgKind::", stringify!($form), "`] as code.")]
            #[derive(Clone, Copy, Debug)]
            pub struct $form;

            impl $form {
                /// Reads an argument of this form, as the bytes say it.
                ///
                /// # Errors
                ///
                /// [`ErrorKind::Truncated`] and [`ErrorKind::NegativeLength`].
                #[inline(always)]
                pub fn read<'a>(cursor: &mut Cursor<'a>) -> Result<$value, ErrorKind> {
                    let read: fn(&mut Cursor<'a>) -> Result<$value, ErrorKind> = $read;
                    read(cursor)
                }

                #[inline(always)]
                #[allow(clippy::extra_unused_lifetimes, reason = "numbers borrow nothing")]
                pub(crate) fn write<'a>(value: $value, out: &mut Vec<u8>) -> Result<(), ErrorKind> {
                    let write: fn($value, &mut Vec<u8>) -> Result<(), ErrorKind> = $write;
                    write(value, out)
                }
            }
        )*
    };
}

forms! {
    Uint1: u8 = |cursor| cursor.array().map(u8::from_le_bytes), |value, out| fixed(&value.to_le_bytes(), out);
    Uint2: u16 = |cursor| cursor.array().map(u16::from_le_bytes), |value, out| fixed(&value.to_le_bytes(), out);
    Int4: i32 = |cursor| cursor.array().map(i32::from_le_bytes), |value, out| fixed(&value.to_le_bytes(), out);
    Uint4: u32 = |cursor| cursor.array().map(u32::from_le_bytes), |value, out| fixed(&value.to_le_bytes(), out);
    Uint8: u64 = |cursor| cursor.array().map(u64::from_le_bytes), |value, out| fixed(&value.to_le_bytes(), out);
    Float8: f64 = |cursor| cursor.array().map(f64::from_be_bytes), |value, out| fixed(&value.to_be_bytes(), out);
    StringNl: &'a [u8] = Cursor::line, line;
    StringNlNoEscape: &'a [u8] = Cursor::line, line;
    StringNlNoEscapePair: Pair<'a> = |cursor| {
        let module = cursor.line()?;
        let name = cursor.line()?;
        Ok(Pair { module, name })
    }, |pair, out| {
        line(pair.module, out)?;
        line(pair.name, out)
    };
    String1: &'a [u8] = counted1, write_counted1;
    String4: &'a [u8] = signed_counted4, write_signed_counted4;
    Bytes1: &'a [u8] = counted1, write_counted1;
    Bytes4: &'a [u8] = counted4, write_counted4;
    Bytes8: &'a [u8] = counted8, write_counted8;
    ByteArray8: &'a [u8] = counted8, write_counted8;
    UnicodeStringNl: &'a [u8] = Cursor::line, line;
    UnicodeString1: &'a [u8] = counted1, write_counted1;
    UnicodeString4: &'a [u8] = counted4, write_counted4;
    UnicodeString8: &'a [u8] = counted8, write_counted8;
    DecimalNlShort: &'a [u8] = Cursor::line, line;
    DecimalNlLong: &'a [u8] = Cursor::line, line;
    FloatNl: &'a [u8] = Cursor::line, line;
    Long1: &'a [u8] = counted1, write_counted1;
    Long4: &'a [u8] = signed_counted4, write_signed_counted4;
}

#[inline(always)]
fn counted1<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], ErrorKind> {
    let length = u8::from_le_bytes(cursor.array()?);
    cursor.take(u64::from(length))
}

#[inline(always)]
fn counted4<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], ErrorKind> {
    let length = u32::from_le_bytes(cursor.array()?);
    cursor.take(u64::from(length))
}

#[inline(always)]
fn signed_counted4<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], ErrorKind> {
    let length = i32::from_le_bytes(cursor.array()?);
    let Ok(length) = u64::try_from(length) else {
        return Err(ErrorKind::NegativeLength { length });
    };
    cursor.take(length)
}

#[inline(always)]
fn counted8<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], ErrorKind> {
    let length = u64::from_le_bytes(cursor.array()?);
    cursor.take(length)
}

fn fixed(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    out.extend_from_slice(bytes);
    Ok(())
}

fn line(text: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    if memchr::memchr(b'\n', text).is_some() {
        return Err(ErrorKind::NewlineInLine);
    }
    out.extend_from_slice(text);
    out.push(b'\n');
    Ok(())
}

fn write_counted1(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    let length = u8::try_from(bytes.len()).map_err(|_| too_long(bytes, u64::from(u8::MAX)))?;
    out.push(length);
    fixed(bytes, out)
}

fn write_counted4(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    let length = u32::try_from(bytes.len()).map_err(|_| too_long(bytes, u64::from(u32::MAX)))?;
    out.extend_from_slice(&length.to_le_bytes());
    fixed(bytes, out)
}

fn write_signed_counted4(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    let length = i32::try_from(bytes.len()).map_err(|_| too_long(bytes, i32::MAX as u64))?;
    out.extend_from_slice(&length.to_le_bytes());
    fixed(bytes, out)
}

fn write_counted8(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    fixed(bytes, out)
}

#[cold]
fn too_long(bytes: &[u8], limit: u64) -> ErrorKind {
    ErrorKind::ArgumentTooLong { length: bytes.len() as u64, limit }
}
