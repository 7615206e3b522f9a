//! The lines of UNICODE, many of them: their text as UTF-8, in memory that is used again.
//!
//! Which script comes next often cannot be foreseen, and guessing it wrong costs more than reading a character. So there are
//! two ways to read a piece of a line. One branches at each character, and is as quick as text is even; the other branches on
//! nothing, and is as quick with any mixture. What the pieces before were like says which is taken.

use alloc::vec;
use alloc::vec::Vec;
use core::hint::select_unpredictable;

use crate::text::{HEXADECIMAL, any_point, put_utf8};
use crate::{ErrorKind, latin1};

/// Memory in which one line after the other is read.
#[derive(Clone, Debug, Default)]
pub struct Room {
    utf8: Vec<u8>,
    /// By how much branching at each character would have cost more, of late, than not to branch. See [`Seen::cost`].
    mixed: isize,
}

impl Room {
    /// The text of the line that `text` begins with, and how long that is, where lines of late were mixed: then its end is found
    /// as it is read. Nothing where the line is wrong, or ends near the end of `text`.
    ///
    /// ```
    /// use pickle_opcodes::unicode_line::Room;
    ///
    /// let mut room = Room::default();
    /// let text = [&b"\\u20ac\xe9".repeat(100)[..], b"\n", &[b'.'; 200]].concat();
    /// assert_eq!(room.mixed_line(&text), None);
    /// room.utf8(&text, 700)?;
    /// assert_eq!(room.mixed_line(&text), Some(("€é".repeat(100).as_bytes(), 700)));
    /// # Ok::<(), pickle_opcodes::ErrorKind>(())
    /// ```
    #[inline(always)]
    pub fn mixed_line(&mut self, text: &[u8]) -> Option<(&[u8], usize)> {
        if self.mixed > 0 { self.line_to_newline(text) } else { None }
    }

    /// Out of line: where nothing is mixed, it only takes room.
    #[inline(never)]
    fn line_to_newline(&mut self, text: &[u8]) -> Option<(&[u8], usize)> {
        let (mut at, mut to) = (0, 0);
        loop {
            let window = text[at..].first_chunk()?;
            if self.utf8.len() < to + PIECE_ROOM {
                self.utf8.resize(2 * (to + PIECE_ROOM), 0);
            }
            let piece = Piece { line: text, start: at, window };
            let seen = piece.read_mixed::<true>(self.utf8[to..].first_chunk_mut()?).ok()?;
            self.mixed = self.mixed / 2 + seen.cost();
            at += seen.read;
            to += seen.written;
            if text[at] == b'\n' {
                return Some((&self.utf8[..to], at));
            }
        }
    }

    /// The text of a line as [`unicode_line_to_utf8`](crate::text::unicode_line_to_utf8) gives it. The line is the first
    /// `length` bytes: those behind it count for nothing, but without them its end takes longer.
    ///
    /// ```
    /// use pickle_opcodes::unicode_line::Room;
    ///
    /// assert_eq!(Room::default().utf8(b"\\u20ac 5\np0\n.", 8)?, "€ 5".as_bytes());
    /// # Ok::<(), pickle_opcodes::ErrorKind>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As that.
    ///
    /// # Panics
    ///
    /// Where `text` is shorter than `length`.
    pub fn utf8(&mut self, text: &[u8], length: usize) -> Result<&[u8], ErrorKind> {
        let line = &text[..length];
        // No byte becomes more than two, and whole pieces are written.
        let room = 2 * length + PIECE_ROOM;
        if self.utf8.len() < room {
            self.utf8 = vec![0; room];
        }
        let mut last;
        let (mut at, mut to) = (0, 0);
        while at < length {
            let left = &text[at..];
            let window = match left.first_chunk() {
                Some(window) => window,
                None => {
                    last = [0; WINDOW];
                    last[..left.len()].copy_from_slice(left);
                    &last
                }
            };
            let Some(room) = self.utf8[to..].first_chunk_mut() else { break };
            let piece = Piece { line, start: at, window };
            let seen = if self.mixed > 0 { piece.read_mixed::<false>(room)? } else { piece.read_even(room)? };
            self.mixed = self.mixed / 2 + seen.cost();
            at += seen.read;
            to += seen.written;
        }
        if at > length {
            // The last escape took digits from behind the line.
            any_point(line, at - 6)?;
        }
        Ok(&self.utf8[..to])
    }
}

/// How many bytes are read before it is decided how to go on.
const PIECE: usize = 128;

/// What is looked at: an escape that begins in the piece, and the byte behind it.
const WINDOW: usize = PIECE + 8;

/// Room for what a piece becomes, and for a store that is longer than that.
const PIECE_ROOM: usize = 2 * PIECE + latin1::ROOM;

/// A piece of a line, from `start` on; behind the line, the window has anything.
struct Piece<'l> {
    line: &'l [u8],
    start: usize,
    window: &'l [u8; WINDOW],
}

/// What was read of a line, and what was written.
#[derive(Default)]
struct Seen {
    read: usize,
    written: usize,
    /// How many bytes stood for themselves, and in how many runs.
    plain: usize,
    runs: usize,
}

impl Seen {
    /// What branching costs more than not to branch: where a run ends, about eight times what it saves at an escape, and four
    /// times what it saves at another byte.
    fn cost(&self) -> isize {
        let escapes = self.read.saturating_sub(self.plain) / 6;
        (8 * self.runs).cast_signed() - (2 * self.plain + escapes).cast_signed()
    }
}

impl Piece<'_> {
    /// How many bytes are its line's.
    #[inline(always)]
    fn length(&self) -> usize {
        PIECE.min(self.line.len() - self.start)
    }

    /// Reads without a branch: both what an escape and what a byte would become is found out at each place. Where the line goes
    /// `TO_NEWLINE`, it is not known yet where that is.
    #[inline(always)]
    fn read_mixed<const TO_NEWLINE: bool>(&self, room: &mut [u8; PIECE_ROOM]) -> Result<Seen, ErrorKind> {
        /// Runs are counted in the upper half: one sum is quicker than two.
        const RUN: u64 = 1 << 32;
        let length = self.length();
        let (mut at, mut to, mut seen) = (0, 0, 0);
        let mut is_escape = self.window[0] == b'\\';
        while at < length {
            let here = &self.window[at % PIECE..];
            let form = select_unpredictable(is_escape, escape_form(here), BYTES[usize::from(here[0])]);
            if is_rare(form) {
                if TO_NEWLINE && here[0] == b'\n' {
                    break;
                }
                let (read, written) = self.read_rare(at, &mut room[to..])?;
                (at, to) = (at + read, to + written);
                is_escape = self.window.get(at) == Some(&b'\\');
                continue;
            }
            put(form, &mut room[to % (2 * PIECE)..]);
            to += length_of(form);
            // Both next places are looked at before it is known which it is.
            let (behind_byte, behind_escape) = (here[1] == b'\\', here[6] == b'\\');
            let next = select_unpredictable(is_escape, behind_escape, behind_byte);
            at += select_unpredictable(is_escape, 6, 1);
            seen += select_unpredictable(is_escape, select_unpredictable(next, 0, RUN), 1);
            is_escape = next;
        }
        Ok(Seen { read: at, written: to, plain: seen as u32 as usize, runs: (seen / RUN) as usize })
    }

    /// Reads with a branch at each character, and bytes that stand for themselves by the word and by the piece.
    #[inline(always)]
    fn read_even(&self, room: &mut [u8; PIECE_ROOM]) -> Result<Seen, ErrorKind> {
        let length = self.length();
        let (mut at, mut to, mut plain, mut runs) = (0, 0, 0, 0);
        while at < length {
            let here = &self.window[at % PIECE..];
            let (read, written) = if here[0] == b'\\' {
                let form = escape_form(here);
                if is_rare(form) {
                    self.read_rare(at, &mut room[to..])?
                } else {
                    put(form, &mut room[to % (2 * PIECE)..]);
                    (6, length_of(form))
                }
            } else {
                let (read, written) = read_plain(here, length - at, &mut room[to % (2 * PIECE)..]);
                plain += read;
                runs += 1;
                (read, written)
            };
            (at, to) = (at + read, to + written);
        }
        Ok(Seen { read: at, written: to, plain, runs })
    }

    /// Reads an escape that is rare or wrong, a backslash that stands for itself with what is behind it, which is no beginning of
    /// an escape, or a newline. Gives how many bytes are read, and how many written.
    #[inline(never)]
    fn read_rare(&self, at: usize, room: &mut [u8]) -> Result<(usize, usize), ErrorKind> {
        let at = self.start + at;
        let (point, length) = any_point(self.line, at)?;
        let written = put_utf8(point, room);
        match self.line.get(at + 1) {
            Some(&letter) if length == 1 && self.line[at] == b'\\' && letter != b'\n' => {
                Ok((2, written + put_utf8(letter.into(), &mut room[written..])))
            }
            _ => Ok((length, written)),
        }
    }
}

/// Reads bytes before a backslash, as many as can be read at once, of which `left` are the line's; gives how many are read, and
/// how many written.
#[inline(always)]
fn read_plain(here: &[u8], left: usize, room: &mut [u8]) -> (usize, usize) {
    if let (Some(piece), Some(room)) = (here.first_chunk(), room.first_chunk_mut())
        && left >= latin1::PIECE
        && !has_backslash(piece)
    {
        return (latin1::PIECE, latin1::piece_to_utf8(piece, room));
    }
    let (Some(window), Some(room)) = (here.first_chunk::<8>(), room.first_chunk_mut::<16>()) else { return (0, 0) };
    let word = u64::from_le_bytes(*window);
    let other = word ^ u64::from_le_bytes([b'\\'; 8]);
    // The lowest of these bits is that of the first backslash.
    let backslashes = other.wrapping_sub(LOWEST) & !other & HIGHEST;
    let read = left.min(backslashes.trailing_zeros() as usize / 8);
    let wide = word & HIGHEST;
    if wide == 0 {
        room[..8].copy_from_slice(window);
        return (read, read);
    }
    let mut to = 0;
    for &byte in window {
        room[to..][..2].copy_from_slice(&(BYTES[usize::from(byte)] as u16).to_le_bytes());
        to += 1 + usize::from(byte >> 7);
    }
    // Those that are read are the lower ones.
    (read, read + (wide << (8 * (8 - read) % 64)).count_ones() as usize)
}

fn has_backslash(piece: &[u8; latin1::PIECE]) -> bool {
    piece.iter().fold(false, |found, &byte| found | (byte == b'\\'))
}

/// The lowest and the highest bit of each byte.
const LOWEST: u64 = u64::from_le_bytes([1; 8]);
const HIGHEST: u64 = LOWEST << 7;

/// Writes what a form is.
#[inline(always)]
fn put(form: u32, room: &mut [u8]) {
    room[..4].copy_from_slice(&form.to_le_bytes());
}

/// How many bytes a form is.
#[inline(always)]
fn length_of(form: u32) -> usize {
    (form >> 24) as usize
}

/// The form of what stands here: the two or three bytes of its UTF-8, the first of them lowest, and how many they are in the
/// highest byte.
///
/// The digits of `\uXXXX` are bits of these bytes, so that they are looked up one by one, and put together. What is no digit
/// makes the form [rare](is_rare).
#[inline(always)]
fn escape_form(here: &[u8]) -> u32 {
    let [first, second, third, fourth] = &DIGITS;
    let digit = |table: &[u32; 256], index: usize| table[usize::from(here[index])];
    let digits = digit(first, 2) | digit(second, 3) | digit(third, 4) | digit(fourth, 5);
    let three = digits | LETTERS[usize::from(here[1])];
    // Up to U+07FF the last two bytes are right, but for a bit of the first. One byte behind them is written over.
    let two = three >> 8 | 2 << 24 | 0x40;
    select_unpredictable(three & 0x200f == 0, two, three)
}

/// True of a form that is none: what is no digit, and characters up to U+007F, which are seldom escaped.
#[inline(always)]
fn is_rare(form: u32) -> bool {
    (form & WRONG == WRONG) | (form & 0xfe == 0xc0)
}

/// In the form of three bytes, what is no digit; the lower bit is kept from looking like two bytes.
const WRONG: u32 = 1 << 31;
const NO_DIGIT: u32 = WRONG | 0x2000;

/// What each digit adds to the form.
static DIGITS: [[u32; 256]; 4] = {
    let mut tables = [[NO_DIGIT; 256]; 4];
    let mut byte = 0;
    while byte < 256 {
        if HEXADECIMAL[byte] >= 0 {
            let value = HEXADECIMAL[byte].cast_unsigned() as u32;
            tables[0][byte] = 3 << 24 | 0x80_80e0 | value;
            tables[1][byte] = value << 10;
            tables[2][byte] = value >> 2 << 8 | (value & 3) << 20;
            tables[3][byte] = value << 16;
        }
        byte += 1;
    }
    tables
};

/// What the letter behind the backslash adds: nothing if it is `u`.
static LETTERS: [u32; 256] = {
    let mut letters = [NO_DIGIT; 256];
    letters[b'u' as usize] = 0;
    letters
};

/// The form of each byte but the backslash. The newline's is [rare](is_rare), since the line ends there.
static BYTES: [u32; 256] = {
    let mut forms = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let wide = byte as u32;
        forms[byte] = if byte < 0x80 { 1 << 24 | wide } else { 2 << 24 | 0x80c0 | wide >> 6 | (wide & 0x3f) << 8 };
        byte += 1;
    }
    forms[b'\\' as usize] = 0;
    forms[b'\n' as usize] |= WRONG;
    forms
};

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{PIECE, Room, WINDOW};
    use crate::ErrorKind;

    /// What lines are made of, and its UTF-8.
    const PARTS: [(&[u8], &[u8]); 12] = [
        (b"\\u0436", "ж".as_bytes()),
        (b"\xe9", "é".as_bytes()),
        (b"a", b"a"),
        (b"\\u6F22", "漢".as_bytes()),
        (b"\xff", "ÿ".as_bytes()),
        (b"\\u07ff", "\u{7ff}".as_bytes()),
        (b"\\u0800", "\u{800}".as_bytes()),
        (b"\\ud800", b"\xed\xa0\x80"),
        (b"\\u005c", b"\\"),
        (b"\\u007f", b"\x7f"),
        (b"\\U0001f40d", "🐍".as_bytes()),
        (b"\\\\", b"\\\\"),
    ];

    /// Lines of runs of parts, and what they are; the first parts only, or all.
    fn lines() -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
        let mut state = 1u64;
        let mut random = move |below: usize| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            (state >> 33) as usize % below
        };
        (0..3000).map(move |number| {
            let (mut line, mut utf8) = (Vec::new(), Vec::new());
            let (parts, longest) = ([3, 7, PARTS.len()][number % 3], [1, 4, 50][number / 3 % 3]);
            for _ in 0..random(60) {
                let (part, text) = PARTS[random(parts)];
                for _ in 0..=random(longest) {
                    line.extend_from_slice(part);
                    utf8.extend_from_slice(text);
                }
            }
            (line, utf8)
        })
    }

    #[test]
    fn every_mixture_is_read_in_either_way() {
        // The way it has taken, and the one and the other first.
        let mut room = Room::default();
        for (mut line, utf8) in lines() {
            let length = line.len();
            assert_eq!(room.utf8(&line, length), Ok(&utf8[..]), "{}", line.escape_ascii());
            for mixed in [isize::MAX / 2, isize::MIN / 2] {
                let mut room = Room { mixed, ..Room::default() };
                assert_eq!(room.utf8(&line, length), Ok(&utf8[..]), "{}", line.escape_ascii());
            }
            line.extend_from_slice(b"\np1\n\xe9\\u0436");
            assert_eq!(room.utf8(&line, length), Ok(&utf8[..]), "{}", line.escape_ascii());
            line.resize(length + 2 * WINDOW, b'\\');
            let mut room = Room { mixed: isize::MAX / 2, ..Room::default() };
            assert_eq!(room.mixed_line(&line), Some((&utf8[..], length)), "{}", line.escape_ascii());
            // A backslash before the newline stands for itself; where digits are missing, that is for others to say.
            for (end, expected) in [(&b"\\\n"[..], true), (b"\\u04\n36", false), (b"\\U0001f40\n", false)] {
                line.truncate(length);
                line.extend_from_slice(end);
                line.resize(length + 2 * WINDOW, b'a');
                let mut room = Room { mixed: isize::MAX / 2, ..Room::default() };
                let text = [&utf8[..], b"\\"].concat();
                assert_eq!(room.mixed_line(&line), expected.then_some((&text[..], length + 1)));
            }
        }
    }

    #[test]
    fn the_way_is_that_of_the_lines_before() {
        let mut room = Room::default();
        for (line, is_mixed) in [("\\u0436\u{e9}", true), ("\\u0436", false), ("\\u0436a", true), ("abcdefghi", false)]
        {
            let line: Vec<u8> = line.repeat(PIECE).chars().map(|character| character as u8).collect();
            assert!(room.utf8(&line, line.len()).is_ok());
            assert_eq!(room.mixed > 0, is_mixed, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn what_is_wrong_is_found_in_either_way() {
        for (before, wrong) in
            (0..2 * PIECE).flat_map(|before| [(before, "u043g"), (before, "u04"), (before, "U00110000")])
        {
            let mut line = b"\xe9".repeat(before);
            line.extend_from_slice(&[b"\\", wrong.as_bytes()].concat());
            // Digits that are not the line's.
            let length = line.len();
            line.extend_from_slice(b"36");
            for mixed in [isize::MAX / 2, isize::MIN / 2] {
                let mut room = Room { mixed, ..Room::default() };
                let error = room.utf8(&line, length).expect_err("it is wrong");
                let ErrorKind::BadEscape { position, .. } = error else { panic!("{error}") };
                assert_eq!(position, before);
            }
        }
    }
}
