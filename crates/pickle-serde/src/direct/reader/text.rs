//! Text: at the cursor, or as the memo has it.

use pickle_codec::opcodes::{Op, decode};
use simdutf8::basic::from_utf8;

use super::{BIN_GET, Entry, LONG_BIN_GET, Reader, SHORT_BIN_UNICODE, TEXTS};

/// What simdutf8 examines at once.
pub(in super::super) const BLOCK: usize = 64;

/// Keeps so many bytes of a block as stand before its middle from some place on.
static EDGE: [u8; 2 * BLOCK] = {
    let mut edge = [0; 2 * BLOCK];
    let mut at = 0;
    while at < BLOCK {
        edge[at] = 0xff;
        at += 1;
    }
    edge
};

impl<'i> Reader<'i> {
    /// The text at the cursor, if it stands here and is short, for those who copy it. It is made a block of, with zeros
    /// behind it, and examined as that.
    ///
    /// The standard library goes from character to character, and guesses where short text ends: wrongly, since names and the
    /// like are of any length. A block has no branches (18 → 8 ns for a
    /// name, 45 → 14 ns for 16 characters of mixed scripts).
    #[inline(always)]
    pub(in super::super) fn copied_text<'b>(&mut self, block: &'b mut [u8; BLOCK]) -> Option<&'b str> {
        let start = self.at;
        let [SHORT_BIN_UNICODE, length, bytes @ ..] = self.window::<{ 2 + BLOCK }>()? else { return None };
        let length = usize::from(*length);
        let edge = EDGE.get(BLOCK.checked_sub(length)?..)?;
        for (copy, (byte, within)) in block.iter_mut().zip(bytes.iter().zip(edge)) {
            *copy = byte & within;
        }
        let text = from_utf8(block).ok()?.get(..length)?;
        self.at = start + 2 + length;
        self.memoize_entry(Entry::text(start));
        Some(text)
    }

    /// The text that the BINGET at the cursor gets, if it was asked for before.
    #[inline(always)]
    pub(in super::super) fn known_name(&mut self) -> Option<&'i str> {
        let [BIN_GET, index] = *self.window::<2>()? else { return None };
        let (number, text) = self.texts[usize::from(index) % TEXTS];
        if number != u32::from(index) + 1 {
            return None;
        }
        self.left = self.left.checked_sub(text.len() as u64)?;
        self.at += 2;
        Some(text)
    }

    /// The text at the cursor, if there is some.
    #[inline(always)]
    pub(in super::super) fn text(&mut self) -> Option<&'i str> {
        let byte = self.peek();
        let start = self.at;
        let rest = self.input.get(start..)?;
        if byte == SHORT_BIN_UNICODE {
            let length = usize::from(*rest.get(1)?);
            let text = from_utf8(rest.get(2..2 + length)?).ok()?;
            self.at = start + 2 + length;
            self.memoize_entry(Entry::text(start));
            return Some(text);
        }
        if byte == BIN_GET {
            let text = self.known_text(u32::from(*rest.get(1)?))?;
            self.at = start + 2;
            return Some(text);
        }
        if byte == LONG_BIN_GET {
            let text = self.known_text(u32::from_le_bytes(*rest.get(1..)?.first_chunk()?))?;
            self.at = start + 5;
            return Some(text);
        }
        self.longer_text()
    }

    #[inline(never)]
    fn longer_text(&mut self) -> Option<&'i str> {
        let start = self.at;
        match decode(self.input, start).ok()? {
            (Op::BinUnicode(utf8) | Op::BinUnicode8(utf8), end) => {
                let text = from_utf8(utf8).ok()?;
                self.at = end;
                self.memoize_entry(Entry::text(start));
                Some(text)
            }
            _ => None,
        }
    }

    /// The text that the memo has under a number.
    #[inline(always)]
    fn known_text(&mut self, index: u32) -> Option<&'i str> {
        let (number, text) = self.texts[index as usize % TEXTS];
        let text = if number == index + 1 { text } else { self.find_text(index)? };
        match self.left.checked_sub(text.len() as u64) {
            Some(left) => self.left = left,
            None => self.fail(),
        }
        Some(text)
    }

    /// The text that the GET at the cursor gets.
    pub(in super::super) fn text_of_get(&mut self) -> Option<&'i str> {
        match decode(self.input, self.at).ok()?.0 {
            Op::BinGet(index) => self.known_text(u32::from(index)),
            Op::LongBinGet(index) => self.known_text(index),
            _ => None,
        }
    }

    #[inline(never)]
    fn find_text(&mut self, index: u32) -> Option<&'i str> {
        let entry = self.memo.get(index as usize).filter(|entry| entry.is_text())?;
        let utf8 = match self.input.get(entry.start()..)? {
            [SHORT_BIN_UNICODE, length, rest @ ..] => rest.get(..usize::from(*length))?,
            _ => match decode(self.input, entry.start()).ok()?.0 {
                Op::BinUnicode(utf8) | Op::BinUnicode8(utf8) => utf8,
                _ => return None,
            },
        };
        let text = from_utf8(utf8).ok()?;
        self.texts[index as usize % TEXTS] = (index.wrapping_add(1), text);
        Some(text)
    }
}
