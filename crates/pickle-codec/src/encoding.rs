//! [`Encoding`] and [`Errors`]: what becomes of Python 2's `str`.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt::Write;

use pickle_opcodes::latin1;
use pickle_value::push_code_point;

use crate::error::{Error, ErrorKind};

/// What becomes of Python 2's `str` (STRING, BINSTRING, SHORT_BINSTRING): `pickle.loads`' parameter `encoding`.
///
/// [`LoadOptions::decoder`](crate::LoadOptions::decoder) takes any other encoding, and a choice for each string.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Encoding {
    /// Text, which must be ASCII: Python's default.
    #[default]
    Ascii,
    /// Text, a character a byte; never fails.
    Latin1,
    /// Text, which must be UTF-8.
    Utf8,
    /// Bytes.
    Bytes,
    /// What it is: a kind of its own, [`Kind::ByteString`](pickle_value::Kind::ByteString).
    Keep,
}

/// What is done about bytes that are none of the encoding: `pickle.loads`' parameter `errors`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Errors {
    /// They are an error: Python's default.
    #[default]
    Strict,
    /// They are left out.
    Ignore,
    /// U+FFFD stands for them.
    Replace,
    /// They are written `\xe9`.
    BackslashReplace,
    /// Each becomes a surrogate, U+DC80 to U+DCFF, from which it can be had back.
    SurrogateEscape,
    /// Surrogates that are encoded in UTF-8 are taken; all else is an error.
    SurrogatePass,
}

impl Encoding {
    /// The text that bytes are, as UTF-8 in which surrogates are written too: `bytes.decode(encoding, errors)`.
    ///
    /// [`Encoding::Bytes`] and [`Encoding::Keep`] make no text; by them nothing is decoded.
    ///
    /// ```
    /// use pickle_codec::{Encoding, Errors};
    ///
    /// assert_eq!(Encoding::Latin1.decode(b"caf\xe9", Errors::Strict)?, "café".as_bytes());
    /// assert_eq!(Encoding::Utf8.decode(b"caf\xe9", Errors::BackslashReplace)?, &br"caf\xe9"[..]);
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAscii`] and [`ErrorKind::Undecodable`], where `errors` does not say otherwise.
    pub fn decode(self, bytes: &[u8], errors: Errors) -> Result<Cow<'_, [u8]>, Error> {
        match self {
            Encoding::Ascii => ascii(bytes, errors),
            Encoding::Utf8 => utf8(bytes, errors),
            Encoding::Latin1 if !bytes.is_ascii() => Ok(Cow::Owned(latin1::to_utf8(bytes))),
            Encoding::Latin1 | Encoding::Bytes | Encoding::Keep => Ok(Cow::Borrowed(bytes)),
        }
    }
}

fn ascii(bytes: &[u8], errors: Errors) -> Result<Cow<'_, [u8]>, Error> {
    let Some(first) = bytes.iter().position(|byte| !byte.is_ascii()) else {
        return Ok(Cow::Borrowed(bytes));
    };
    let mut text = Vec::from(&bytes[..first]);
    for (at, &byte) in bytes.iter().enumerate().skip(first) {
        if byte.is_ascii() {
            text.push(byte);
        } else if !errors.stand_in(&[byte], &mut text) {
            return Err(ErrorKind::NotAscii { byte, position: at }.into());
        }
    }
    Ok(Cow::Owned(text))
}

fn utf8(bytes: &[u8], errors: Errors) -> Result<Cow<'_, [u8]>, Error> {
    let Err(first) = core::str::from_utf8(bytes) else {
        return Ok(Cow::Borrowed(bytes));
    };
    let mut text = Vec::from(&bytes[..first.valid_up_to()]);
    let mut at = first.valid_up_to();
    while let Err(error) = core::str::from_utf8(&bytes[at..]) {
        text.extend_from_slice(&bytes[at..at + error.valid_up_to()]);
        at += error.valid_up_to();
        let wrong = &bytes[at..at + error.error_len().unwrap_or(bytes.len() - at)];
        if errors == Errors::SurrogatePass
            && let [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] = bytes[at..]
        {
            text.extend_from_slice(&bytes[at..at + 3]);
            at += 3;
        } else if errors.stand_in(wrong, &mut text) {
            at += wrong.len();
        } else {
            return Err(undecodable("utf-8", bytes[at], at, reason(bytes[at], error.error_len())));
        }
    }
    text.extend_from_slice(&bytes[at..]);
    Ok(Cow::Owned(text))
}

/// CPython's words for what is wrong with UTF-8.
fn reason(first: u8, length: Option<usize>) -> &'static str {
    match (first, length) {
        (_, None) => "unexpected end of data",
        (0xc2..=0xf4, _) => "invalid continuation byte",
        _ => "invalid start byte",
    }
}

#[cold]
fn undecodable(codec: &'static str, byte: u8, position: usize, reason: &'static str) -> Error {
    ErrorKind::Undecodable { codec, byte, position, reason }.into()
}

impl Errors {
    /// The handler of this name in Python.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Errors> {
        Some(match name {
            "strict" => Errors::Strict,
            "ignore" => Errors::Ignore,
            "replace" => Errors::Replace,
            "backslashreplace" => Errors::BackslashReplace,
            "surrogateescape" => Errors::SurrogateEscape,
            "surrogatepass" => Errors::SurrogatePass,
            _ => return None,
        })
    }

    /// Appends what stands for bytes that cannot be decoded; false where nothing does. For decoders of other encodings.
    ///
    /// `text` is UTF-8 in which surrogates are written too.
    #[must_use]
    pub fn stand_in(self, bytes: &[u8], text: &mut Vec<u8>) -> bool {
        match self {
            Errors::Strict | Errors::SurrogatePass => return false,
            Errors::Ignore => {}
            Errors::Replace => push_code_point(0xfffd, text),
            Errors::BackslashReplace => {
                let mut escaped = alloc::string::String::new();
                for byte in bytes {
                    // Writing to a string cannot fail.
                    let _ = write!(escaped, "\\x{byte:02x}");
                }
                text.extend_from_slice(escaped.as_bytes());
            }
            // ASCII has no such surrogates: of a wrong sequence that begins with it nothing can be escaped.
            Errors::SurrogateEscape if bytes.iter().any(u8::is_ascii) => return false,
            Errors::SurrogateEscape => {
                for &byte in bytes {
                    push_code_point(0xdc00 + u32::from(byte), text);
                }
            }
        }
        true
    }
}
