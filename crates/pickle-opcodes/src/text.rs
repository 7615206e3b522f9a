//! The text forms of strings: the lines of STRING and UNICODE.
//!
//! Text is given and taken as UTF-8 in which surrogates may stand, with three bytes each: Python's str may hold them alone,
//! and Rust's may not.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::squeeze::low_bits;
use crate::unicode_line::Room;
use crate::{ErrorKind, Out, latin1};

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

/// Reads the line of UNICODE (`PyUnicode_DecodeRawUnicodeEscape`) as UTF-8, with surrogates of three bytes each.
///
/// Bytes are latin-1; `\uXXXX` and `\UXXXXXXXX` are code points, also surrogates, which are not joined; any other
/// backslash stands for itself together with the character behind it.
///
/// ```
/// use pickle_opcodes::text::unicode_line_to_utf8;
///
/// assert_eq!(unicode_line_to_utf8(br"\u20ac 5\n")?, r"€ 5\n".as_bytes());
/// # Ok::<(), pickle_opcodes::ErrorKind>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::BadEscape`] for an escape with too few digits or beyond U+10FFFF.
pub fn unicode_line_to_utf8(line: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    Ok(Room::default().utf8(line, line.len())?.to_vec())
}

/// Reads the line of UNICODE as bytes: what [`latin1::from_utf8`] makes of its text, without making that. Nothing where a
/// character is beyond U+00FF or an escape is wrong.
///
/// ```
/// use pickle_opcodes::text::unicode_line_to_latin1;
///
/// assert_eq!(unicode_line_to_latin1(b"\xe9\\u005c\\").as_deref(), Some(&b"\xe9\\\\"[..]));
/// assert_eq!(unicode_line_to_latin1(b"\\u20ac"), None);
/// ```
#[must_use]
pub fn unicode_line_to_latin1(line: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(line.len());
    let mut room = [0; CHUNK + WIDE];
    let mut places = [0; CHUNK];
    let mut at = 0;
    for (index, chunk) in line.chunks(CHUNK).enumerate() {
        let start = index * CHUNK;
        let count = backslashes(chunk, &mut places);
        let mut to = 0;
        for &place in &places[..count] {
            let backslash = start + usize::from(place);
            // Not one that an escape has already taken.
            if backslash >= at {
                to += copy_wide(&line[at..], backslash - at, &mut room[to..]);
                at = backslash;
                to += latin1_escape(line, &mut at, &mut room[to..])?;
            }
        }
        let end = start + chunk.len();
        if end > at {
            to += copy_wide(&line[at..], end - at, &mut room[to..]);
            at = end;
        }
        bytes.extend_from_slice(&room[..to]);
    }
    bytes.shrink_to_fit();
    Some(bytes)
}

/// How much of a line is looked through for backslashes before anything is copied. How many there are in a block is guessed wrong
/// more often than not; so that is asked for by itself, where nothing waits for it.
const CHUNK: usize = 16 * BLOCK;

/// Finds where the backslashes of a chunk are; gives how many these are.
#[inline(always)]
fn backslashes(chunk: &[u8], places: &mut [u16; CHUNK]) -> usize {
    /// So many are noted in any case: in random bytes there are seldom more.
    const NOTED: usize = 4;
    let mut count = 0;
    let (blocks, rest) = chunk.as_chunks();
    for (index, block) in blocks.iter().enumerate() {
        let mut bits = bits_of(block, |byte| byte == b'\\');
        let end = count + bits.count_ones() as usize;
        let mut note = |count: usize, bits: u64| {
            if let Some(place) = places.get_mut(count) {
                *place = (index * BLOCK) as u16 + bits.trailing_zeros() as u16;
            }
            bits & bits.wrapping_sub(1)
        };
        for more in 0..NOTED {
            bits = note(count + more, bits);
        }
        for more in NOTED..end - count {
            bits = note(count + more, bits);
        }
        count = end;
    }
    for (index, _) in rest.iter().enumerate().filter(|(_, byte)| **byte == b'\\') {
        places[count] = (blocks.len() * BLOCK + index) as u16;
        count += 1;
    }
    count
}

/// As many bytes as escapes of random bytes seldom are apart.
const WIDE: usize = 2 * BLOCK;

/// Copies bytes, of which so many are copied in any case where they are there.
#[inline(always)]
fn copy_wide(from: &[u8], length: usize, to: &mut [u8]) -> usize {
    match (from.first_chunk::<WIDE>(), to.first_chunk_mut::<WIDE>()) {
        (Some(from), Some(to)) if length <= WIDE => *to = *from,
        _ => copy_exactly(from, length, to),
    }
    length
}

/// How many bytes are searched at once for those that are escaped.
const BLOCK: usize = 64;

/// A bit for each byte of a block that is such.
#[inline(always)]
fn bits_of(block: &[u8; BLOCK], is_such: impl Fn(u8) -> bool) -> u64 {
    let found = block.map(|byte| u8::from(is_such(byte)));
    let bits = |(at, word): (usize, &[u8; 8])| u64::from(low_bits(u64::from_le_bytes(*word))) << (8 * at);
    found.as_chunks().0.iter().enumerate().map(bits).fold(0, |all, bits| all | bits)
}

/// Copies at most a block, of which a whole one is copied where that is there: a length is guessed wrong more often than not.
#[inline(always)]
fn copy_short(from: &[u8], length: usize, to: &mut [u8]) -> usize {
    match (from.first_chunk::<BLOCK>(), to.first_chunk_mut::<BLOCK>()) {
        (Some(from), Some(to)) => *to = *from,
        _ => copy_exactly(from, length, to),
    }
    length
}

/// Out of line, so that the copy of a whole block stays what it is.
#[cold]
#[inline(never)]
fn copy_exactly(from: &[u8], length: usize, to: &mut [u8]) {
    to[..length].copy_from_slice(&from[..length]);
}

/// Reads the backslash at `at` with the escape that it begins, or with the character behind it, which then is no beginning of
/// one; gives how many bytes these are.
#[inline(always)]
fn latin1_escape(line: &[u8], at: &mut usize, room: &mut [u8]) -> Option<usize> {
    let short = line[*at..].first_chunk().and_then(short_escape);
    let (point, length) = short.map_or_else(|| any_point(line, *at).ok(), |point| Some((point, 6)))?;
    room[0] = u8::try_from(point).ok()?;
    *at += length;
    if let (1, Some(&letter)) = (length, line.get(*at)) {
        room[1] = letter;
        *at += 1;
        return Some(2);
    }
    Some(1)
}

/// The code point of `\uXXXX`.
#[inline(always)]
fn short_escape(window: &[u8; 6]) -> Option<u32> {
    let digit = |index: usize| i32::from(HEXADECIMAL[usize::from(window[index])]);
    let point = digit(2) << 12 | digit(3) << 8 | digit(4) << 4 | digit(5) | -i32::from(window[1] != b'u');
    // Negative where a digit is none.
    u32::try_from(point).ok()
}

/// The code point at `at`, which may be a backslash that stands for itself; and how many bytes it takes.
pub(crate) fn any_point(line: &[u8], at: usize) -> Result<(u32, usize), ErrorKind> {
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

/// Writes a code point in UTF-8, a surrogate too; gives how many bytes it takes.
///
/// How many bytes the next character takes cannot be foreseen; nothing branches on it but for the rare four.
#[inline(always)]
pub(crate) fn put_utf8(point: u32, room: &mut [u8]) -> usize {
    let continued = |shift: u32| 0x80 | point >> shift & 0x3f;
    let two = 0xc0 | point >> 6 | continued(0) << 8;
    let three = 0xe0 | point >> 12 | continued(6) << 8 | continued(0) << 16;
    let (word, length) = match point {
        0..0x80 => (point, 1),
        0x80..0x800 => (two, 2),
        0x800..0x1_0000 => (three, 3),
        _ => (0xf0 | point >> 18 | continued(12) << 8 | continued(6) << 16 | continued(0) << 24, 4),
    };
    room[..4].copy_from_slice(&word.to_le_bytes());
    length
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

/// Writes the line of UNICODE, without its newline (`_pickle.c`: `raw_unicode_escape`), of text in UTF-8, in which surrogates
/// may stand.
///
/// ```
/// use pickle_opcodes::{Out, text};
///
/// let mut line = Out::default();
/// text::write_unicode_line("é €\n".as_bytes(), text::UnicodeLineStyle::default(), &mut line);
/// assert_eq!(&*line, b"\xe9 \\u20ac\\u000a");
/// ```
pub fn write_unicode_line(utf8: &[u8], style: UnicodeLineStyle, out: &mut Out) {
    // A byte becomes six at most; the last character of a piece may have three bytes behind it, and ten are written at once.
    const MOST: usize = 6 * latin1::PIECE + 16;
    let mut at = 0;
    while at < utf8.len() {
        let room = out.window(if utf8.len() - at < latin1::PIECE { 6 * (utf8.len() - at) + 16 } else { MOST });
        let written = match utf8[at..].first_chunk::<{ latin1::PIECE + 1 }>() {
            Some(piece) if !has_escapes(piece, style) => {
                at += latin1::PIECE;
                room.first_chunk_mut().map_or(0, |room| latin1::piece_from_utf8(piece, room))
            }
            _ => escape_piece(utf8, &mut at, style, room),
        };
        out.advance(written);
    }
}

/// Writes the line of UNICODE, without its newline, of the text that bytes are in latin-1, without making that.
///
/// ```
/// use pickle_opcodes::{Out, text};
///
/// let mut line = Out::default();
/// text::write_latin1_line(b"\xe9\n", text::UnicodeLineStyle::default(), &mut line);
/// assert_eq!(&*line, b"\xe9\\u000a");
/// ```
pub fn write_latin1_line(bytes: &[u8], style: UnicodeLineStyle, out: &mut Out) {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut at = 0;
    for (index, block) in blocks.iter().enumerate() {
        // A byte becomes six at most, and a block is copied at once.
        let room = out.window(8 * BLOCK);
        let mut to = 0;
        let mut escaped = bits_of(block, |byte| is_escaped(byte, style));
        while escaped != 0 {
            let next = index * BLOCK + escaped.trailing_zeros() as usize;
            escaped &= escaped - 1;
            to += copy_short(&bytes[at..], next - at, &mut room[to..]);
            to += put_raw_escape(bytes[next].into(), style, &mut room[to..]);
            at = next + 1;
        }
        let end = (index + 1) * BLOCK;
        to += copy_short(&bytes[at..], end - at, &mut room[to..]);
        at = end;
        out.advance(to);
    }
    let room = out.window(8 * BLOCK);
    let to = rest.iter().fold(0, |to, &byte| to + put_raw_escape(byte.into(), style, &mut room[to..]));
    out.advance(to);
}

/// Whether a character up to U+007F is escaped.
#[inline(always)]
fn is_escaped(byte: u8, style: UnicodeLineStyle) -> bool {
    let controls = style == UnicodeLineStyle::ControlsEscaped;
    let is_control = (byte == 0) | (byte == b'\r') | (byte == 0x1a);
    (byte == b'\n') | (byte == b'\\') | controls & is_control
}

/// Whether a character that begins in a piece is escaped. Bytes of one that began before it are none here.
#[inline(always)]
fn has_escapes(piece: &[u8; latin1::PIECE + 1], style: UnicodeLineStyle) -> bool {
    let is_escaped = |byte: u8| (byte > latin1::GREATEST) | is_escaped(byte, style);
    piece[..latin1::PIECE].iter().fold(false, |found, &byte| found | is_escaped(byte))
}

/// Writes the characters that begin in the next few bytes one by one; gives how many bytes they are.
fn escape_piece(utf8: &[u8], at: &mut usize, style: UnicodeLineStyle, room: &mut [u8]) -> usize {
    let end = utf8.len().min(*at + latin1::PIECE);
    // The end of a character that is written.
    *at += utf8[*at..end].iter().take_while(|&&byte| !latin1::begins(byte)).count();
    let mut to = 0;
    while *at < end {
        let continued = |index: usize| utf8.get(*at + index).map_or(0, |byte| u32::from(byte & 0x3f));
        let first = u32::from(utf8[*at]);
        let (point, length) = match first {
            // Which of both it is cannot be foreseen, so nothing branches on it.
            0..0xe0 => {
                let has_two = (first >> 7).wrapping_neg();
                let two = (first & 0x1f) << 6 | continued(1);
                (first & !has_two | two & has_two, 1 + (has_two & 1) as usize)
            }
            0xe0..0xf0 => ((first & 0xf) << 12 | continued(1) << 6 | continued(2), 3),
            _ => ((first & 7) << 18 | continued(1) << 12 | continued(2) << 6 | continued(3), 4),
        };
        *at += length;
        to += put_raw_escape(point, style, &mut room[to..]);
    }
    to
}

/// Writes a character of the line of UNICODE; gives how many bytes it takes.
#[inline(always)]
fn put_raw_escape(point: u32, style: UnicodeLineStyle, room: &mut [u8]) -> usize {
    let digits = |byte: u32| u128::from(PAIRS[(byte & 0xff) as usize]);
    let low = digits(point >> 8) | digits(point) << 16;
    let (word, length) = match u8::try_from(point) {
        Ok(byte) if ESCAPED[usize::from(byte)] < 2 - u8::from(style == UnicodeLineStyle::ControlsEscaped) => {
            (point.into(), 1)
        }
        _ if point < 0x1_0000 => (u128::from(u16::from_le_bytes(*b"\\u")) | low << 16, 6),
        _ => {
            let high = digits(point >> 24) | digits(point >> 16) << 16;
            (u128::from(u16::from_le_bytes(*b"\\U")) | high << 16 | low << 48, 10)
        }
    };
    room[..16].copy_from_slice(&word.to_le_bytes());
    length
}

/// For each byte 2 where the character is escaped, 1 where that is so by one [style](UnicodeLineStyle) alone.
static ESCAPED: [u8; 256] = {
    let mut escaped = [0; 256];
    [escaped[0], escaped[b'\r' as usize], escaped[0x1a]] = [1; 3];
    [escaped[b'\n' as usize], escaped[b'\\' as usize]] = [2; 2];
    escaped
};

/// The two hexadecimal digits of each byte, the first of them in the low byte.
static PAIRS: [u16; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = u16::from_le_bytes([digits[byte >> 4], digits[byte & 0xf]]);
        byte += 1;
    }
    pairs
};

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
}

/// The value of each hexadecimal digit, and -1 for other bytes.
pub(crate) static HEXADECIMAL: [i8; 256] = {
    let mut values = [-1; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as i8;
        values[b"0123456789ABCDEF"[value] as usize] = value as i8;
        value += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{CHUNK, unicode_line_to_latin1, unicode_line_to_utf8};
    use crate::latin1;

    #[test]
    fn bytes_of_a_line_are_those_of_its_text() {
        let mut state = 1_u64;
        let mut random = move |below: usize| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            (state >> 33) as usize % below
        };
        for round in 0..2000 {
            let mut line = Vec::new();
            for _ in 0..random(40) {
                match random(6) {
                    0 => line.extend_from_slice(b"\\u005c"),
                    1 => line.extend_from_slice(b"\\\\"),
                    2 => line.extend_from_slice(b"\\u00e9".repeat(random(30)).as_slice()),
                    3 => line.push(b'\\'),
                    _ => line.extend((0..random(if round % 2 == 0 { 20 } else { CHUNK })).map(|at| b'a' | at as u8)),
                }
            }
            let expected = unicode_line_to_utf8(&line).ok().and_then(|utf8| latin1::from_utf8(&utf8));
            assert!(unicode_line_to_latin1(&line) == expected, "{}", line.escape_ascii());
        }
    }
}
