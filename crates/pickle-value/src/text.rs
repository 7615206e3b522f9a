//! [`Text`]: Python's str, which may hold lone surrogates.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};

/// The content of a Python str: UTF-8 in which surrogates are written too (Python's `surrogatepass`).
///
/// Two surrogates that would make a pair stay two code points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'g>(&'g [u8]);

impl<'g> Text<'g> {
    /// Takes bytes as text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidText`] where they are not UTF-8, surrogates allowed.
    #[inline(always)]
    pub fn from_utf8(bytes: &'g [u8]) -> Result<Text<'g>, Error> {
        if is_short_ascii(bytes, bytes.len()) { Ok(Text(bytes)) } else { Text::from_longer(bytes) }
    }

    #[inline(never)]
    pub(crate) fn from_longer(bytes: &'g [u8]) -> Result<Text<'g>, Error> {
        if is_utf8(bytes) { Ok(Text(bytes)) } else { Text::with_surrogates(bytes) }
    }

    /// The same of `length` bytes from `start` on.
    #[inline(never)]
    pub(crate) fn check_within(input: &'g [u8], start: usize, length: usize) -> Result<(), Error> {
        let window = start.checked_sub(BEFORE).and_then(|start| input[start..].first_chunk());
        match (window, INSIDE.get(length)) {
            (Some(window), Some(inside)) if is_short_utf8(window, inside) => Ok(()),
            _ => Text::from_longer(&input[start..start + length]).map(|_| ()),
        }
    }

    #[cold]
    fn with_surrogates(bytes: &'g [u8]) -> Result<Text<'g>, Error> {
        let mut position = 0;
        while let Err(error) = core::str::from_utf8(&bytes[position..]) {
            position += error.valid_up_to();
            match bytes[position..] {
                [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => position += 3,
                _ => return Err(Error::new(ErrorKind::InvalidText { position })),
            }
        }
        Ok(Text(bytes))
    }

    /// Takes bytes that were checked before.
    #[inline(always)]
    pub(crate) fn checked(bytes: &'g [u8]) -> Text<'g> {
        Text(bytes)
    }

    /// The bytes: UTF-8, surrogates included.
    #[must_use]
    pub fn as_bytes(self) -> &'g [u8] {
        self.0
    }

    /// The text, unless it holds a surrogate.
    #[must_use]
    pub fn to_str(self) -> Option<&'g str> {
        core::str::from_utf8(self.0).ok()
    }

    /// The text with each surrogate replaced by U+FFFD.
    #[must_use]
    pub fn to_string_lossy(self) -> Cow<'g, str> {
        match self.to_str() {
            Some(text) => Cow::Borrowed(text),
            None => {
                let chars =
                    self.code_points().map(|point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER));
                Cow::Owned(chars.collect::<String>())
            }
        }
    }

    /// The code points, surrogates included: what Python's `ord` gives for each character.
    #[must_use]
    pub fn code_points(self) -> CodePoints<'g> {
        CodePoints(self.0)
    }
}

/// What simdutf8 examines at once.
const BLOCK: usize = 64;

/// Whether bytes are UTF-8.
///
/// The standard library goes from character to character, and guesses each one's length: in text of mixed scripts it is
/// wrong as often as right. A whole block has no branches, so shorter text is made one, by zeros behind it.
fn is_utf8(bytes: &[u8]) -> bool {
    if bytes.len() < 4 {
        return core::str::from_utf8(bytes).is_ok();
    }
    if bytes.len() < BLOCK {
        let mut block = [0; BLOCK];
        block[..bytes.len()].copy_from_slice(bytes);
        return simdutf8::basic::from_utf8(&block).is_ok();
    }
    simdutf8::basic::from_utf8(bytes).is_ok()
}

/// How many bytes before a text say what one of its bytes must be: its longest characters here have three.
const BEFORE: usize = 2;

/// A text of less than 64 bytes, where it stands.
const WINDOW: usize = BEFORE + BLOCK;

/// Whether what is inside of a window is UTF-8 without characters of four bytes.
///
/// Each byte is held against the two before it, all alike, and so many at once. To copy it to a block with zeros behind it takes
/// twice as long: what was stored by the byte is not at hand yet when it is read by the block.
#[inline(always)]
fn is_short_utf8(window: &[u8; WINDOW], inside: &[u8; WINDOW]) -> bool {
    let mut wrong = 0;
    for at in 0..BLOCK {
        let byte = |before: usize| window[at + BEFORE - before] & inside[at + BEFORE - before];
        let (byte, last, last_but_one) = (byte(0), byte(1), byte(2));
        // The highest bit is set from 0xc0 and from 0xe0 on.
        let continues = last.saturating_sub(0xc0 - 0x80) | last_but_one.saturating_sub(0xe0 - 0x80);
        let is_continued = if byte & 0xc0 == 0x80 { 0x80 } else { 0 };
        wrong |= continues & 0x80 ^ is_continued;
        // What two bytes need not, and four.
        wrong |= if byte & 0xfe == 0xc0 { 0xff } else { 0 };
        wrong |= byte.saturating_sub(0xef);
        // What three bytes need not, and surrogates.
        wrong |= if last == 0xe0 { !byte & 0x20 } else { 0 };
        wrong |= if last == 0xed { byte & 0x20 } else { 0 };
    }
    wrong == 0
}

/// By length, all bits of the bytes of a text that begins behind [`BEFORE`] others. The byte behind it is looked at, too.
static INSIDE: [[u8; WINDOW]; BLOCK] = {
    let mut masks = [[0; WINDOW]; BLOCK];
    let mut length = 0;
    while length < BLOCK {
        let mut at = 0;
        while at < length {
            masks[length][BEFORE + at] = 0xff;
            at += 1;
        }
        length += 1;
    }
    masks
};

/// True where the first `length` bytes are ASCII, and no more than 32, as most strings are. Where fewer than 32 bytes are
/// there, some that are ASCII are not seen to be.
///
/// All 32 are looked at, and those beyond left out by a mask: nothing branches on the length, which is often guessed wrong.
#[inline(always)]
pub(crate) fn is_short_ascii(bytes: &[u8], length: usize) -> bool {
    match bytes.first_chunk() {
        Some(window) if length <= SHORT => is_ascii_within(window, length),
        _ => bytes.len() == length && length < 32 && bytes.is_ascii(),
    }
}

/// The longest text whose bytes are looked at all at once.
pub(crate) const SHORT: usize = 32;

/// True where the first `length` bytes are ASCII, and all are of the window.
#[inline(always)]
pub(crate) fn is_ascii_within(window: &[u8; SHORT], length: usize) -> bool {
    let Some(mask) = HIGH_BITS.get(length) else { return false };
    window.iter().zip(mask).fold(0, |high, (byte, mask)| high | (byte & mask)) == 0
}

/// By length, the bit of each byte within it that ASCII does not have.
static HIGH_BITS: [[u8; 32]; 33] = {
    let mut masks = [[0; 32]; 33];
    let mut length = 0;
    while length <= 32 {
        let mut at = 0;
        while at < length {
            masks[length][at] = 0x80;
            at += 1;
        }
        length += 1;
    }
    masks
};

impl core::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        crate::literal::write_str(self.code_points(), f)
    }
}

/// The code points of a [`Text`].
#[derive(Clone, Debug)]
pub struct CodePoints<'g>(&'g [u8]);

impl Iterator for CodePoints<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let join =
            |high: u8, rest: &[u8]| rest.iter().fold(high.into(), |point, byte| point << 6 | u32::from(byte & 0x3f));
        let (point, rest) = match self.0 {
            [first @ ..0x80, rest @ ..] => (u32::from(*first), rest),
            [first @ ..0xe0, second, rest @ ..] => (join(first & 0x1f, &[*second]), rest),
            [first @ ..0xf0, second, third, rest @ ..] => (join(first & 0x0f, &[*second, *third]), rest),
            [first, second, third, fourth, rest @ ..] => (join(first & 0x07, &[*second, *third, *fourth]), rest),
            _ => return None,
        };
        self.0 = rest;
        Some(point)
    }
}

/// Appends a code point, surrogates included, in the form that [`Text`] holds.
///
/// Values above U+10FFFF are taken for U+FFFD.
pub fn push_code_point(point: u32, out: &mut Vec<u8>) {
    if let 0xd800..=0xdfff = point {
        out.extend_from_slice(&[0xed, (0x80 | point >> 6 & 0x3f) as u8, (0x80 | point & 0x3f) as u8]);
        return;
    }
    let character = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{BEFORE, BLOCK, INSIDE, Text, WINDOW, is_short_utf8};

    /// Bytes around which UTF-8 has a rule.
    const BYTES: [u8; 22] = [
        0, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
        0xf0, 0xf4, 0xff,
    ];

    /// A text where it stands, between bytes that would have a part in it.
    fn check(text: &[u8], around: [u8; 3]) {
        let input = [&around[..BEFORE], text, &around[BEFORE..], &[0x80; WINDOW]].concat();
        let (Some(window), Some(inside)) = (input.first_chunk(), INSIDE.get(text.len())) else { panic!("too long") };
        let expected = core::str::from_utf8(text).is_ok() && text.iter().all(|&byte| byte < 0xf0);
        assert_eq!(is_short_utf8(window, inside), expected, "{}", text.escape_ascii());
        assert_eq!(Text::check_within(&input, BEFORE, text.len()).is_ok(), Text::from_longer(text).is_ok());
    }

    #[test]
    fn short_text_is_utf8_where_it_stands() {
        let all: Vec<[u8; 3]> =
            BYTES.iter().flat_map(|&a| BYTES.iter().flat_map(move |&b| BYTES.map(|c| [a, b, c]))).collect();
        for (number, bytes) in all.iter().enumerate() {
            let around = all[number * 7919 % all.len()];
            for length in 0..=3 {
                check(&bytes[..length], around);
            }
            for start in [1, 13, 14, 15, 29, 30, 31, 44, 45, 59, 60] {
                let mut text = b"x".repeat(start);
                text.extend_from_slice(bytes);
                check(&text, around);
                text.resize(BLOCK - 1, b'y');
                check(&text, around);
            }
        }
    }
}
