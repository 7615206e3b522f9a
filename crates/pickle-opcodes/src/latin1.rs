//! Latin-1, in which each byte is the character of its number: as such text bytes stand in pickles under protocol 3
//! (`_codecs.encode(text, 'latin1')`), and as such bytes text stands in the line of UNICODE.
//!
//! Which byte begins a character of two cannot be foreseen, so nothing branches on it: what each byte would become is found
//! out for a piece at once, and all are stored one after the other, each where the ones before it end.

use alloc::vec;
use alloc::vec::Vec;

use crate::squeeze::{low_bits, squeeze};

/// How many bytes are converted at once.
pub(crate) const PIECE: usize = 32;

/// Room for what a piece can become, and for the last store's second byte.
pub(crate) const ROOM: usize = 2 * PIECE + 8;

/// The greatest byte that UTF-8 has of characters up to U+00FF.
pub(crate) const GREATEST: u8 = 0xc3;

/// The text that bytes are, as UTF-8: `bytes.decode('latin1')`.
///
/// ```
/// assert_eq!(pickle_opcodes::latin1::to_utf8(b"caf\xe9"), "café".as_bytes());
/// ```
#[must_use]
pub fn to_utf8(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len() + count(bytes, |byte| !byte.is_ascii());
    let mut utf8 = vec![0; length + ROOM];
    let (pieces, rest) = bytes.as_chunks();
    let mut last = [0; PIECE];
    last[..rest.len()].copy_from_slice(rest);
    let mut at = 0;
    for piece in pieces.iter().chain([&last]) {
        let Some(room) = utf8[at..].first_chunk_mut() else { break };
        at += piece_to_utf8(piece, room);
    }
    utf8.truncate(length);
    utf8
}

/// Writes the UTF-8 of a piece; gives how many bytes it is.
#[inline(always)]
pub(crate) fn piece_to_utf8(piece: &[u8; PIECE], room: &mut [u8; ROOM]) -> usize {
    if piece.is_ascii() {
        room[..PIECE].copy_from_slice(piece);
        return PIECE;
    }
    let forms = piece.map(|byte| {
        let wide = u16::from(byte);
        if byte.is_ascii() { wide } else { 0x80c0 | wide >> 6 | (wide & 0x3f) << 8 }
    });
    let mut at = 0;
    for (form, byte) in forms.iter().zip(piece) {
        room[at & (2 * PIECE - 1)..][..2].copy_from_slice(&form.to_le_bytes());
        at += 1 + usize::from(byte >> 7);
    }
    at
}

/// The bytes that text is, given in UTF-8, if it has no character beyond U+00FF: `text.encode('latin1')`.
///
/// ```
/// use pickle_opcodes::latin1::from_utf8;
///
/// assert_eq!(from_utf8("café".as_bytes()).as_deref(), Some(&b"caf\xe9"[..]));
/// assert_eq!(from_utf8("Ā".as_bytes()), None);
/// ```
#[must_use]
pub fn from_utf8(utf8: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut room = [0; BLOCK + ROOM];
    let mut from = 0;
    // Block by block, so that what is looked at twice is at hand, and memory is written to only once.
    while from < utf8.len() {
        let length = block_from_utf8(&utf8[from..], &mut room)?;
        if from == 0 {
            bytes.reserve_exact(if utf8.len() <= BLOCK { length } else { utf8.len() });
        }
        bytes.extend_from_slice(&room[..length]);
        from += BLOCK;
    }
    bytes.shrink_to_fit();
    Some(bytes)
}

/// How many bytes of text are converted before they are copied to where they stay.
const BLOCK: usize = 2048;

/// Writes the bytes that the characters which begin in the first block are; gives how many, if none is beyond U+00FF.
fn block_from_utf8(utf8: &[u8], room: &mut [u8; BLOCK + ROOM]) -> Option<usize> {
    let block = &utf8[..utf8.len().min(BLOCK)];
    if block.iter().fold(0, |greatest, &byte| byte.max(greatest)) > GREATEST {
        return None;
    }
    let mut at = 0;
    for from in (0..block.len()).step_by(PIECE) {
        let Some(room) = room[at..].first_chunk_mut() else { break };
        at += match utf8[from..].first_chunk() {
            Some(piece) => piece_from_utf8(piece, room),
            None => {
                let left = utf8.len() - from;
                let mut last = [0; PIECE + 1];
                last[..left].copy_from_slice(&utf8[from..]);
                // The zeros behind are none of its characters.
                piece_from_utf8(&last, room) - (PIECE - left)
            }
        };
    }
    Some(at)
}

/// How many bytes are such: in sums of a byte each, which are quicker than one of a word.
fn count(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> usize {
    let in_piece = |piece: &[u8]| piece.iter().fold(0, |count, &byte| count + u8::from(is_such(byte)));
    let (pieces, rest) = bytes.as_chunks::<128>();
    pieces.iter().map(|piece| usize::from(in_piece(piece))).sum::<usize>() + usize::from(in_piece(rest))
}

/// Whether a byte of UTF-8 is the first of a character.
#[inline(always)]
pub(crate) fn begins(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// Writes the bytes that the characters which begin in a piece are; gives how many. Behind the piece stands one byte more, since
/// its last character may end there.
#[inline(always)]
pub(crate) fn piece_from_utf8(piece: &[u8; PIECE + 1], room: &mut [u8; ROOM]) -> usize {
    let [first @ .., _] = piece;
    if first.is_ascii() {
        room[..PIECE].copy_from_slice(first);
        return PIECE;
    }
    let (mut forms, mut ends) = ([0; PIECE], [0; PIECE]);
    for (((form, end), &first), &second) in forms.iter_mut().zip(&mut ends).zip(first).zip(&piece[1..]) {
        let has_two = (first.cast_signed() >> 7).cast_unsigned();
        *form = first & !has_two | (first << 6 | second & 0x3f) & has_two;
        *end = u8::from(!begins(first));
        *form &= end.wrapping_sub(1);
    }
    let mut at = 0;
    for (form, end) in forms.as_chunks().0.iter().zip(ends.as_chunks().0) {
        let (word, count) = squeeze(u64::from_le_bytes(*form), low_bits(u64::from_le_bytes(*end)));
        room[at & (2 * PIECE - 1)..][..8].copy_from_slice(&word.to_le_bytes());
        at += count;
    }
    at
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::{PIECE, from_utf8, to_utf8};

    #[test]
    fn text_and_bytes_are_each_other() {
        let bytes: Vec<u8> = (0..=u8::MAX).chain((0..=u8::MAX).rev().step_by(3)).collect();
        for start in 0..2 * PIECE {
            for end in start..bytes.len() {
                let bytes = &bytes[start..end];
                let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
                assert_eq!(to_utf8(bytes), text.as_bytes());
                assert_eq!(from_utf8(text.as_bytes()).as_deref(), Some(bytes));
            }
        }
    }

    #[test]
    fn what_is_beyond_is_none() {
        for length in 0..2 * PIECE {
            let text = "é".repeat(length) + "\u{100}";
            assert_eq!(from_utf8(text.as_bytes()), None);
        }
    }
}
