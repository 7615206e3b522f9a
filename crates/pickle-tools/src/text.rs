//! [`Str`]: a Python str, which unlike Rust's may hold lone surrogates.

use alloc::borrow::Cow;
use core::fmt;

use pickle_value::{Text, literal};

use crate::ErrorKind;
use crate::utf8::{is_short_ascii, is_short_utf8};
use crate::word::{self, all};

/// A Python str. Displays as Python's repr.
///
/// ```
/// let pickle = b"X\x04\0\0\0\xed\xa0\x80!.";
/// let op = pickle_tools::genops(pickle).next().expect("an instruction")?;
/// let Some(pickle_tools::Arg::Str(text)) = op.arg else { panic!("BINUNICODE has a str") };
/// assert_eq!(text.as_text().code_points().collect::<Vec<_>>(), [0xd800, 0x21]);
/// assert_eq!(text.as_str(), None);
/// assert_eq!(text.to_string(), r"'\ud800!'");
/// # Ok::<(), pickle_tools::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Str<'a> {
    /// UTF-8, in which surrogates stand as three bytes each; checked when it was made.
    bytes: Cow<'a, [u8]>,
}

impl<'a> Str<'a> {
    /// The text, unless it holds a surrogate. Takes time in proportion to its length.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(&self.bytes).ok()
    }

    /// The text, whatever it holds.
    #[must_use]
    pub fn as_text(&self) -> Text<'_> {
        Text::from_utf8(&self.bytes).expect("it was checked when it was made")
    }

    /// The text in UTF-8, each surrogate in three bytes (Python: `encode('utf-8', 'surrogatepass')`).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same text, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Str<'static> {
        Str { bytes: Cow::Owned(self.bytes.into_owned()) }
    }

    /// Reads UTF-8 as BINUNICODE has it (Python: `decode('utf-8', 'surrogatepass')`).
    ///
    /// `instruction` is the input from the opcode on.
    #[inline(always)]
    pub(crate) fn from_utf8(bytes: &'a [u8], instruction: &[u8], start: usize) -> Result<Str<'a>, ErrorKind> {
        if !is_short_ascii(bytes.len(), &instruction[start..]).unwrap_or_else(|| is_ascii(bytes)) {
            check_utf8(bytes, instruction, start)?;
        }
        Ok(Str::known_utf8(bytes))
    }

    /// Takes bytes that were checked.
    #[inline(always)]
    pub(crate) fn known_utf8(bytes: &'a [u8]) -> Str<'a> {
        Str { bytes: Cow::Borrowed(bytes) }
    }

    /// Reads latin-1, in which every byte is a code point.
    #[inline(always)]
    pub(crate) fn from_latin1(bytes: &'a [u8]) -> Str<'a> {
        if is_ascii(bytes) { Str::known_utf8(bytes) } else { Str::from_code_points(latin1_to_utf8(bytes)) }
    }

    /// Takes ASCII.
    #[inline]
    pub(crate) fn from_ascii(bytes: Cow<'a, [u8]>) -> Result<Str<'a>, ErrorKind> {
        if is_ascii(&bytes) { Ok(Str { bytes }) } else { Err(not_ascii(&bytes)) }
    }

    /// Reads the line of UNICODE (Python: `decode('raw-unicode-escape')`).
    pub(crate) fn from_raw_unicode_escape(line: &'a [u8]) -> Result<Str<'a>, ErrorKind> {
        if memchr::memchr(b'\\', line).is_none() {
            return Ok(Str::from_latin1(line));
        }
        Ok(Str::from_code_points(pickle_opcodes::text::unicode_line_to_utf8(line)?))
    }

    /// Takes code points in UTF-8, surrogates in three bytes each.
    pub(crate) fn from_code_points(bytes: Vec<u8>) -> Str<'a> {
        Str { bytes: Cow::Owned(bytes) }
    }
}

fn latin1_to_utf8(bytes: &[u8]) -> Vec<u8> {
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    text.into_bytes()
}

/// True where all bytes are ASCII. Most texts are a few words long, which are taken whole here.
#[inline(always)]
fn is_ascii(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk() else {
        return word::short(bytes) & all(0x80) == 0;
    };
    if bytes.len() > 64 {
        return bytes.is_ascii();
    }
    let (words, _) = bytes.as_chunks();
    let any = words.iter().fold(u64::from_le_bytes(*last), |any, word| any | u64::from_le_bytes(*word));
    any & all(0x80) == 0
}

/// Surrogates are allowed. The text begins at `start` of its instruction.
#[inline(never)]
fn check_utf8(bytes: &[u8], instruction: &[u8], start: usize) -> Result<(), ErrorKind> {
    // A short text's length and the opcode before it are no first bytes of characters.
    if is_short_utf8(bytes.len(), &instruction[start - 2..]) || core::str::from_utf8(bytes).is_ok() {
        return Ok(());
    }
    match Text::from_utf8(bytes).map_err(|error| error.into_kind()) {
        Ok(_) => Ok(()),
        Err(pickle_value::ErrorKind::InvalidText { position }) => Err(ErrorKind::NotUtf8 { position }),
        Err(_) => Err(ErrorKind::NotUtf8 { position: 0 }),
    }
}

#[cold]
fn not_ascii(bytes: &[u8]) -> ErrorKind {
    let position = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    ErrorKind::NotAscii { position, byte: bytes[position] }
}

impl fmt::Display for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_repr(f)
    }
}

impl Str<'_> {
    pub(crate) fn write_repr(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        match self.as_str() {
            Some(text) => literal::write_text(text, out),
            None => literal::write_str(self.as_text().code_points(), out),
        }
    }
}
