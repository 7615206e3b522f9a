//! The text forms of strings: the lines of STRING and UNICODE.
//!
//! Text is given and taken as code points, since Python's str may hold lone surrogates, which Rust's `char` may not.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::{ErrorKind, Out};

/// Reads the line of STRING: strips the quotes and resolves the escapes (`PyBytes_DecodeEscape`).
///
/// Escapes that Python does not know are kept as they are.
///
/// ```
/// use pickle_opcodes::text::string_line;
///
/// assert_eq!(*string_line(br"'a\x41\101\q'")?, *br"aAA\q");
/// # Ok::<(), pickle_opcodes::ErrorKind>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Unquoted`], or [`ErrorKind::BadEscape`] for a `\x` without two hexadecimal digits and a `\` at the end.
pub fn string_line(line: &[u8]) -> Result<Cow<'_, [u8]>, ErrorKind> {
    let body = match line {
        [b'\'', body @ .., b'\''] | [b'"', body @ .., b'"'] => body,
        _ => return Err(ErrorKind::Unquoted),
    };
    if memchr::memchr(b'\\', body).is_none() {
        return Ok(Cow::Borrowed(body));
    }
    string_escapes(body).map(Cow::Owned)
}

/// Resolves the escapes of a Python 2 string literal's body.
///
/// # Errors
///
/// [`ErrorKind::BadEscape`].
pub fn string_escapes(body: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    let bad = |position, reason| ErrorKind::BadEscape { codec: "string-escape", position, reason };
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        if byte != b'\\' {
            out.push(byte);
            at += 1;
            continue;
        }
        let Some(&letter) = body.get(at + 1) else {
            return Err(bad(at, "trailing backslash"));
        };
        let mut length = 2;
        match letter {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(letter),
            b'b' => out.push(0x08),
            b'f' => out.push(0x0c),
            b't' => out.push(b'\t'),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b'v' => out.push(0x0b),
            b'a' => out.push(0x07),
            b'0'..=b'7' => {
                let digits = body[at + 1..].iter().take(3).take_while(|digit| matches!(digit, b'0'..=b'7'));
                let (count, value) =
                    digits.fold((0, 0u32), |(count, value), digit| (count + 1, value * 8 + u32::from(digit - b'0')));
                // Python keeps the low byte of \400 and above.
                out.push((value & 0xff) as u8);
                length = 1 + count;
            }
            b'x' => {
                let value = body.get(at + 2..at + 4).and_then(hexadecimal);
                out.push(value.ok_or_else(|| bad(at, "invalid \\x escape"))? as u8);
                length = 4;
            }
            _ => out.extend_from_slice(&[b'\\', letter]),
        }
        at += length;
    }
    Ok(out)
}

/// Reads the line of UNICODE (`PyUnicode_DecodeRawUnicodeEscape`): hands each code point to `push`.
///
/// Bytes are latin-1; `\uXXXX` and `\UXXXXXXXX` are code points, also surrogates, which are not joined; any other
/// backslash stands for itself together with the character behind it.
///
/// # Errors
///
/// [`ErrorKind::BadEscape`] for an escape with too few digits or beyond U+10FFFF.
pub fn unicode_line(line: &[u8], mut push: impl FnMut(u32)) -> Result<(), ErrorKind> {
    let bad = |position, reason| ErrorKind::BadEscape { codec: "raw-unicode-escape", position, reason };
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        let digits = match (byte, line.get(at + 1)) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            (b'\\', Some(&letter)) => {
                push(u32::from(byte));
                push(u32::from(letter));
                at += 2;
                continue;
            }
            _ => {
                push(u32::from(byte));
                at += 1;
                continue;
            }
        };
        let start = at + 2;
        let Some(point) = line.get(start..start + digits).and_then(hexadecimal) else {
            return Err(bad(at, if digits == 4 { "truncated \\uXXXX" } else { "truncated \\UXXXXXXXX" }));
        };
        if point > 0x10_ffff {
            return Err(bad(at, "\\Uxxxxxxxx out of range"));
        }
        push(point);
        at = start + digits;
    }
    Ok(())
}

/// Which characters the writer of UNICODE escapes besides the backslash, the newline and all above U+00FF.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum UnicodeLineStyle {
    /// 3.7 and newer escape NUL, carriage return and U+001A too, which text mode would have spoilt.
    #[default]
    ControlsEscaped,
    /// 3.6 and 2.7 write them raw.
    ControlsRaw,
}

/// Writes the line of UNICODE, without its newline (`_pickle.c`: `raw_unicode_escape`).
pub fn write_unicode_line(points: impl IntoIterator<Item = u32>, style: UnicodeLineStyle, out: &mut Out) {
    for point in points {
        match point {
            0x1_0000.. => {
                out.extend_from_slice(b"\\U");
                push_hexadecimal(point, 8, out);
            }
            0x100.. | 0x5c | 0x0a => {
                out.extend_from_slice(b"\\u");
                push_hexadecimal(point, 4, out);
            }
            0 | 0x0d | 0x1a if style == UnicodeLineStyle::ControlsEscaped => {
                out.extend_from_slice(b"\\u");
                push_hexadecimal(point, 4, out);
            }
            _ => out.push(point as u8),
        }
    }
}

fn push_hexadecimal(value: u32, digits: u32, out: &mut Out) {
    for position in (0..digits).rev() {
        let digit = (value >> (4 * position)) & 0xf;
        out.push(b"0123456789abcdef"[digit as usize]);
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
}
