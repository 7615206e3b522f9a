//! Text: at the cursor, or as the memo has it.

use pickle_codec::opcodes::{Op, decode};
use simdutf8::basic::from_utf8;

use super::{BIN_GET, Entry, LONG_BIN_GET, MEMOIZE, Reader, SHORT_BIN_UNICODE, TEXTS};

/// What simdutf8 examines at once.
pub(in super::super) const BLOCK: usize = 64;

/// ASCII of fewer bytes is not worth looking at by words.
const FEW: usize = 32;
/// How much text of the memo is examined again before a row is kept of what was.
const AGAIN: u32 = 256;

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

    /// The text at the cursor, if there is some. What follows it is looked at before the text is, since behind that nothing is
    /// foreseen.
    #[inline(never)]
    pub(in super::super) fn text(&mut self) -> Option<&'i str> {
        let start = self.at;
        let Some([SHORT_BIN_UNICODE, length, rest @ ..]) = self.input.get(start..) else {
            return self.other_text();
        };
        let length = usize::from(*length);
        let utf8 = rest.get(..length)?;
        self.at = start + 2 + length;
        if self.replays == 0 && rest.get(length) == Some(&MEMOIZE) {
            self.memo.push(Entry::text(start));
            self.at += 1;
        } else {
            self.memoize_entry(Entry::text(start));
        }
        let text = lent(utf8);
        if text.is_none() {
            // The memo has it by now, so nothing more is read.
            self.at = start;
            self.fail();
        }
        text
    }

    /// The same of a GET, of longer text, or behind a frame's beginning.
    #[inline(never)]
    fn other_text(&mut self) -> Option<&'i str> {
        let byte = self.peek();
        let start = self.at;
        let rest = self.input.get(start..)?;
        if byte == SHORT_BIN_UNICODE {
            // Without its length it would be sent back here.
            rest.get(1)?;
            return self.text();
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

    /// The same of text that was not asked for last of those with its place in the table.
    #[inline(never)]
    fn find_text(&mut self, index: u32) -> Option<&'i str> {
        let text = match self.examined.get(index as usize) {
            Some(Some(text)) => *text,
            _ => self.examine_text(index)?,
        };
        self.texts[index as usize % TEXTS] = (index.wrapping_add(1), text);
        Some(text)
    }

    fn examine_text(&mut self, index: u32) -> Option<&'i str> {
        let entry = self.memo.get(index as usize).filter(|entry| entry.is_text())?;
        let utf8 = match self.input.get(entry.start()..)? {
            [SHORT_BIN_UNICODE, length, rest @ ..] => rest.get(..usize::from(*length))?,
            _ => match decode(self.input, entry.start()).ok()?.0 {
                Op::BinUnicode(utf8) | Op::BinUnicode8(utf8) => utf8,
                _ => return None,
            },
        };
        let text = from_utf8(utf8).ok()?;
        self.again = self.again.saturating_add(1);
        if self.again > AGAIN {
            if self.examined.len() <= index as usize {
                self.examined.resize(self.memo.len(), None);
            }
            self.examined[index as usize] = Some(text);
        }
        Some(text)
    }
}

/// The text that the bytes are, which stays where it is.
///
/// Where nothing is copied, a block of zeros cannot stand behind it, and of short text simdutf8 leaves to the standard library
/// what is nearly all of the time. That has two ways: `str::from_utf8` takes words of ASCII, once it has come to where they are
/// aligned, and `utf8_chunks` each byte as it comes. How long a text is, is foreseen by neither, but by the second only once.
/// (Per text: of 1 to 16 letters 16 → 12 ns, of words in Cyrillic 26 → 16, of 16 characters of mixed scripts 43 → 38; but
/// for 32 to 63 letters 29 instead of 20.)
#[inline(always)]
fn lent(bytes: &[u8]) -> Option<&str> {
    let sample = |byte: Option<&u8>| byte.map_or(0, |byte| byte & 0x80);
    let is_not_ascii = sample(bytes.first()) | sample(bytes.get(bytes.len() / 2)) | sample(bytes.last()) != 0;
    // Not `||`, as either by itself is not foreseen.
    if bytes.len() >= BLOCK || !((bytes.len() < FEW) | is_not_ascii) {
        return from_utf8(bytes).ok();
    }
    match bytes.utf8_chunks().next() {
        Some(chunk) => chunk.invalid().is_empty().then(|| chunk.valid()),
        // Of nothing there are no chunks.
        None => from_utf8(bytes).ok(),
    }
}
