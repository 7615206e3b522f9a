//! The bytes of a JSON text as UTF-8: what `json.loads` does with bytes.

use core::ops::Range;
use std::borrow::Cow;

use pickle_value::{Text, push_code_point};

use super::error::{LoadError, LoadErrorKind};

/// The text in UTF-8, lone surrogates included, without a byte order mark: `decode(detect_encoding(b), 'surrogatepass')`.
pub(crate) fn decoded(bytes: &[u8]) -> Result<Cow<'_, [u8]>, LoadError> {
    let (encoding, mark) = detect(bytes);
    match encoding {
        Encoding::Utf8 => utf8(&bytes[mark..]).map(Cow::Borrowed),
        Encoding::Utf16 { big_endian } => utf16(bytes, mark, big_endian).map(Cow::Owned),
        Encoding::Utf32 { big_endian } => utf32(bytes, mark, big_endian).map(Cow::Owned),
    }
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16 { big_endian: bool },
    Utf32 { big_endian: bool },
}

/// Python's `json.detect_encoding`, and the length of a byte order mark.
fn detect(bytes: &[u8]) -> (Encoding, usize) {
    let utf16 = |big_endian| Encoding::Utf16 { big_endian };
    let utf32 = |big_endian| Encoding::Utf32 { big_endian };
    match bytes {
        [0, 0, 0xfe, 0xff, ..] => (utf32(true), 4),
        [0xff, 0xfe, 0, 0, ..] => (utf32(false), 4),
        [0xfe, 0xff, ..] => (utf16(true), 2),
        [0xff, 0xfe, ..] => (utf16(false), 2),
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        [0, 0, _, _, ..] => (utf32(true), 0),
        [0, _, _, _, ..] | [0, _] => (utf16(true), 0),
        [_, 0, 0, 0, ..] => (utf32(false), 0),
        [_, 0, _, _, ..] | [_, 0] => (utf16(false), 0),
        _ => (Encoding::Utf8, 0),
    }
}

fn utf8(bytes: &[u8]) -> Result<&[u8], LoadError> {
    let start = match Text::from_utf8(bytes) {
        Ok(text) => return Ok(text.as_bytes()),
        Err(error) => position_in(&error),
    };
    let length = core::str::from_utf8(&bytes[start..]).err().and_then(|error| error.error_len());
    let reason = match (length, bytes[start]) {
        (None, _) => "unexpected end of data",
        (Some(_), 0xc2..=0xf4) => "invalid continuation byte",
        (Some(_), _) => "invalid start byte",
    };
    let end = length.map_or(bytes.len(), |length| start + length);
    Err(undecodable(Encoding::Utf8, bytes, start..end, reason))
}

fn utf16(bytes: &[u8], mark: usize, big_endian: bool) -> Result<Vec<u8>, LoadError> {
    let mut text = Vec::with_capacity(bytes.len());
    let chunks = bytes[mark..].chunks_exact(2);
    let rest = bytes.len() - chunks.remainder().len()..bytes.len();
    let units = chunks.map(|unit| match big_endian {
        true => u16::from_be_bytes([unit[0], unit[1]]),
        false => u16::from_le_bytes([unit[0], unit[1]]),
    });
    for point in char::decode_utf16(units) {
        push_code_point(point.map_or_else(|lone| lone.unpaired_surrogate().into(), u32::from), &mut text);
    }
    match rest.is_empty() {
        true => Ok(text),
        false => Err(undecodable(Encoding::Utf16 { big_endian }, bytes, rest, TRUNCATED)),
    }
}

const TRUNCATED: &str = "truncated data";

fn utf32(bytes: &[u8], mark: usize, big_endian: bool) -> Result<Vec<u8>, LoadError> {
    let encoding = Encoding::Utf32 { big_endian };
    let mut text = Vec::with_capacity(bytes.len());
    for start in (mark..bytes.len()).step_by(4) {
        let point = bytes[start..].first_chunk::<4>().map(|unit| match big_endian {
            true => u32::from_be_bytes(*unit),
            false => u32::from_le_bytes(*unit),
        });
        match point {
            Some(point) if point <= char::MAX.into() => push_code_point(point, &mut text),
            Some(_) => {
                return Err(undecodable(encoding, bytes, start..start + 4, "code point not in range(0x110000)"));
            }
            None => return Err(undecodable(encoding, bytes, start..bytes.len(), TRUNCATED)),
        }
    }
    Ok(text)
}

#[cold]
fn undecodable(encoding: Encoding, bytes: &[u8], range: Range<usize>, reason: &'static str) -> LoadError {
    let encoding = match encoding {
        Encoding::Utf8 => "utf-8",
        Encoding::Utf16 { big_endian: true } => "utf-16-be",
        Encoding::Utf16 { big_endian: false } => "utf-16-le",
        Encoding::Utf32 { big_endian: true } => "utf-32-be",
        Encoding::Utf32 { big_endian: false } => "utf-32-le",
    };
    let (position, bytes) = (range.start, bytes[range].into());
    LoadError::new(LoadErrorKind::Encoding { encoding, position, bytes, reason })
}

fn position_in(error: &pickle_value::Error) -> usize {
    match error.kind() {
        pickle_value::ErrorKind::InvalidText { position } => *position,
        _ => 0,
    }
}
