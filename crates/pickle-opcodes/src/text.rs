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
#[inline]
pub fn unicode_line(line: &[u8], mut push: impl FnMut(u32)) -> Result<(), ErrorKind> {
    let mut at = 0;
    while at < line.len() {
        if let Some((point, length)) = line[at..].first_chunk().and_then(common_point) {
            push(point);
            at += length;
            continue;
        }
        let (point, length) = any_point(line, at)?;
        push(point);
        at += length;
        // The character behind a backslash is no beginning of an escape.
        if let (1, b'\\', Some(&letter)) = (length, line[at - 1], line.get(at)) {
            push(letter.into());
            at += 1;
        }
    }
    Ok(())
}

/// Reads the line of UNICODE as UTF-8, with surrogates of three bytes each.
///
/// # Errors
///
/// As [`unicode_line`].
pub fn unicode_line_to_utf8(line: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    // No byte becomes more than two.
    let mut out = Out::with_capacity(2 * line.len());
    unicode_line(line, |point| push_utf8(point, &mut out))?;
    Ok(out.into_vec())
}

/// A byte that is no backslash, or `\uXXXX`: the code point, and how many bytes it takes here.
#[inline(always)]
fn common_point(window: &[u8; 6]) -> Option<(u32, usize)> {
    let digit = |index: usize| i32::from(HEXADECIMAL[usize::from(window[index])]);
    let escaped = digit(2) << 12 | digit(3) << 8 | digit(4) << 4 | digit(5) | -i32::from(window[1] != b'u');
    let (point, length) = if window[0] == b'\\' { (escaped, 6) } else { (window[0].into(), 1) };
    // Negative where a digit is none.
    Some((u32::try_from(point).ok()?, length))
}

/// The code point at `at`, which may be a backslash that stands for itself; and how many bytes it takes.
fn any_point(line: &[u8], at: usize) -> Result<(u32, usize), ErrorKind> {
    let bad = |reason| ErrorKind::BadEscape { codec: "raw-unicode-escape", position: at, reason };
    let (digits, truncated) = match line[at..] {
        [b'\\', b'u', ..] => (4, "truncated \\uXXXX"),
        [b'\\', b'U', ..] => (8, "truncated \\UXXXXXXXX"),
        _ => return Ok((line[at].into(), 1)),
    };
    let length = 2 + digits;
    match line.get(at + 2..at + length).and_then(hexadecimal) {
        Some(point @ ..=0x10_ffff) => Ok((point, length)),
        Some(_) => Err(bad("\\Uxxxxxxxx out of range")),
        None => Err(bad(truncated)),
    }
}

/// Appends a code point in UTF-8, a surrogate too.
///
/// How many bytes the next character takes cannot be foreseen; nothing branches on it but for the rare four.
#[inline(always)]
fn push_utf8(point: u32, out: &mut Out) {
    let continued = |shift: u32| 0x80 | point >> shift & 0x3f;
    if point >= 0x1_0000 {
        let word = 0xf0 | point >> 18 | continued(12) << 8 | continued(6) << 16 | continued(0) << 24;
        return out.put(word.into(), 4);
    }
    let forms =
        [point, 0xc0 | point >> 6 | continued(0) << 8, 0xe0 | point >> 12 | continued(6) << 8 | continued(0) << 16, 0];
    let more = usize::from(point >= 0x80) + usize::from(point >= 0x800);
    out.put(forms[more & 3].into(), 1 + more);
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

/// The value of each hexadecimal digit, and -1 for other bytes.
static HEXADECIMAL: [i8; 256] = {
    let mut values = [-1; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as i8;
        values[b"0123456789ABCDEF"[value] as usize] = value as i8;
        value += 1;
    }
    values
};
