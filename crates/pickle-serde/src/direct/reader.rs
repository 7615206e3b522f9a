//! [`Reader`]: a place in a pickle, and what its memo holds.

mod text;

use pickle_codec::opcodes::binary_int::INTS_AND_LONGS;
use pickle_codec::opcodes::{Op, Opcode, decode};

pub(super) use self::text::BLOCK;
use super::scan;

/// Opcodes by their bytes, as they are compared with.
pub(super) const MARK: u8 = Opcode::Mark as u8;
pub(super) const STOP: u8 = Opcode::Stop as u8;
pub(super) const APPENDS: u8 = Opcode::Appends as u8;
pub(super) const SET_ITEMS: u8 = Opcode::SetItems as u8;
pub(super) const TUPLE: u8 = Opcode::Tuple as u8;
pub(super) const EMPTY_LIST: u8 = Opcode::EmptyList as u8;
pub(super) const EMPTY_DICT: u8 = Opcode::EmptyDict as u8;
pub(super) const EMPTY_TUPLE: u8 = Opcode::EmptyTuple as u8;
pub(super) const NONE: u8 = Opcode::None as u8;
pub(super) const NEW_TRUE: u8 = Opcode::NewTrue as u8;
pub(super) const NEW_FALSE: u8 = Opcode::NewFalse as u8;
const FRAME: u8 = Opcode::Frame as u8;
const MEMOIZE: u8 = Opcode::Memoize as u8;
const BIN_PUT: u8 = Opcode::BinPut as u8;
const LONG_BIN_PUT: u8 = Opcode::LongBinPut as u8;
pub(super) const BIN_GET: u8 = Opcode::BinGet as u8;
const LONG_BIN_GET: u8 = Opcode::LongBinGet as u8;
pub(super) const SHORT_BIN_UNICODE: u8 = Opcode::ShortBinUnicode as u8;
const BIN_FLOAT: u8 = Opcode::BinFloat as u8;
const BIN_INT: u8 = Opcode::BinInt as u8;
const BIN_INT_1: u8 = Opcode::BinInt1 as u8;
const BIN_INT_2: u8 = Opcode::BinInt2 as u8;

/// What a replay costs for each byte of the pickle that it goes over, which is more than a graph's objects would.
const REPLAY: u64 = 9;

/// What the next object is, or begins as. What holds nothing else has been passed over by then.
pub(super) enum Token<'i> {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'i str),
    Bytes(&'i [u8]),
    /// A list, a dict or a marked tuple: the cursor is behind its beginning.
    List,
    Dict,
    Tuple,
    EmptyTuple,
    /// A container that the memo holds.
    Known(Entry),
}

/// A place in a pickle.
///
/// It goes over the pickle once. Whatever it has no words for makes it fail for good.
pub(super) struct Reader<'i> {
    pub(super) input: &'i [u8],
    pub(super) at: usize,
    pub(super) failed: bool,
    /// The objects of the memo.
    memo: Vec<Entry>,
    /// How many objects of the memo are being read again, within each other.
    replays: u32,
    /// What may still be spent on objects of the memo.
    left: u64,
    /// Text of the memo that was asked for, by its number plus one.
    texts: [(u32, &'i str); TEXTS],
    /// All of it by its number, once much of it was examined again.
    examined: Vec<Option<&'i str>>,
    /// How often that was.
    again: u32,
    /// The short tuples that start at one place and are being read.
    begun: Starts,
    /// How many there are at the start of the object that is read again.
    exact: Starts,
    /// How many there were at the start of the one that was read last.
    done: Starts,
}

const TEXTS: usize = 64;

/// Where an object of the memo starts: 48 bits. Behind them are eight for how many short tuples start there, the object
/// being the outermost, and one for whether it is text.
#[derive(Clone, Copy)]
pub(super) struct Entry(u64);

impl Entry {
    const BITS: u32 = 48;
    const TEXT: u64 = 1 << 63;

    #[inline(always)]
    fn new(start: usize, levels: u8) -> Entry {
        Entry(start as u64 | u64::from(levels) << Self::BITS)
    }

    #[inline(always)]
    fn text(start: usize) -> Entry {
        Entry(start as u64 | Self::TEXT)
    }

    #[inline(always)]
    fn is_text(self) -> bool {
        self.0 & Self::TEXT != 0
    }

    #[inline(always)]
    fn start(self) -> usize {
        (self.0 & ((1 << Self::BITS) - 1)) as usize
    }

    #[inline(always)]
    fn levels(self) -> u32 {
        (self.0 >> Self::BITS) as u32 & 0xff
    }
}

/// Where short tuples start: of `(a, b)` the pickle has `a b TUPLE2`, so that one starts where its first item does, and
/// several may.
#[derive(Clone, Copy)]
pub(super) struct Starts {
    at: usize,
    count: u32,
}

impl Starts {
    const NOWHERE: Starts = Starts { at: usize::MAX, count: 0 };

    fn count_at(self, at: usize) -> u32 {
        if self.at == at { self.count } else { 0 }
    }
}

/// What is to be put back behind an object that is read again.
pub(super) struct Return {
    at: usize,
    entry: Entry,
    begun: Starts,
    exact: Starts,
}

impl<'i> Reader<'i> {
    /// At the instruction behind the PROTO that `input` has at `at`; nothing where it has none.
    pub(super) fn new(input: &'i [u8], at: usize, budget: u64) -> Option<Reader<'i>> {
        match *input.get(at..)? {
            [first, 2..=5, ..] if first == Opcode::Proto.byte() => {}
            _ => return None,
        }
        if input.len() as u64 >= 1 << Entry::BITS {
            return None;
        }
        let length = (input.len() - at) as u64;
        Some(Reader {
            input,
            at: at + 2,
            failed: false,
            memo: Vec::with_capacity(input.len() / 64),
            replays: 0,
            left: budget.saturating_sub(length.saturating_mul(REPLAY)),
            texts: [(0, ""); TEXTS],
            examined: Vec::new(),
            again: 0,
            begun: Starts::NOWHERE,
            exact: Starts::NOWHERE,
            done: Starts::NOWHERE,
        })
    }

    #[cold]
    #[inline(never)]
    pub(super) fn fail(&mut self) {
        self.failed = true;
    }

    /// The byte of the next instruction that is no FRAME.
    #[inline(always)]
    pub(super) fn peek(&mut self) -> u8 {
        match self.input.get(self.at) {
            Some(&byte) if byte != FRAME => byte,
            _ => self.peek_behind_frames(),
        }
    }

    /// STOP at the end of the input, too, where nothing goes on.
    #[cold]
    #[inline(never)]
    fn peek_behind_frames(&mut self) -> u8 {
        while let Ok((op, end)) = decode(self.input, self.at) {
            match op {
                Op::Frame(length) if length <= (self.input.len() - end) as u64 => self.at = end,
                Op::Frame(_) => break,
                op => return op.opcode().byte(),
            }
        }
        if self.input.get(self.at).is_some_and(|&byte| byte != FRAME) {
            // An instruction that is cut off, or none.
            return self.input[self.at];
        }
        self.fail();
        STOP
    }

    /// Passes over the beginning of a list or dict at the cursor, and a mark behind it; false where there is none.
    #[inline(always)]
    pub(super) fn begin_container(&mut self) -> bool {
        let start = self.at;
        if self.replays == 0 && matches!(self.window::<3>(), Some(&[_, MEMOIZE, MARK])) {
            self.memo.push(Entry::new(start, 0));
            self.at = start + 3;
            return true;
        }
        self.at = start + 1;
        self.memoize(start);
        false
    }

    /// Passes over what puts the object that starts at `start` in the memo, if that follows.
    #[inline(always)]
    pub(super) fn memoize(&mut self, start: usize) {
        self.memoize_entry(Entry::new(start, 0));
    }

    #[inline(always)]
    fn memoize_entry(&mut self, entry: Entry) {
        let byte = self.peek();
        if byte == MEMOIZE {
            self.at += 1;
            if self.replays == 0 {
                self.memo.push(entry);
            }
        } else if byte == BIN_PUT || byte == LONG_BIN_PUT {
            self.put(entry);
        }
    }

    /// Only numbers in turn, as picklers give them, are taken.
    #[inline(never)]
    fn put(&mut self, entry: Entry) {
        let (index, end) = match decode(self.input, self.at) {
            Ok((Op::BinPut(index), end)) => (u32::from(index), end),
            Ok((Op::LongBinPut(index), end)) => (index, end),
            _ => return self.fail(),
        };
        self.at = end;
        if self.replays == 0 {
            if index as usize != self.memo.len() {
                return self.fail();
            }
            self.memo.push(entry);
        }
    }

    /// The bytes at the cursor, if there are so many.
    #[inline(always)]
    fn window<const N: usize>(&self) -> Option<&'i [u8; N]> {
        self.input.get(self.at..)?.first_chunk()
    }

    /// The int at the cursor, if there is one.
    #[inline(always)]
    pub(super) fn int(&mut self) -> Option<i64> {
        if let Some(window) = self.window::<11>() {
            // Which of the four it is, nobody can foresee: hence no branch on it, nor what would be made one.
            let word = |bytes: &[u8]| bytes.first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
            let beginning = word(window);
            let form = INTS_AND_LONGS[usize::from(beginning as u8)];
            let size = form.size(beginning);
            if (1..=8).contains(&size) {
                self.at += form.head() + size as usize;
                // The remainder changes nothing, but shows that the window has them.
                return Some(form.value(word(&window[form.head() % 4..]), size));
            }
        }
        self.other_int()
    }

    /// The same where one opcode is more likely than the others, since all that stand here are the values of one field: then
    /// a guess is mostly right, and what follows need not wait for it.
    #[inline(always)]
    pub(super) fn int_of_field(&mut self) -> Option<i64> {
        let (value, size) = match self.window::<5>() {
            Some(&[BIN_INT_1, a, ..]) => (i64::from(a), 2),
            Some(&[BIN_INT_2, a, b, ..]) => (i64::from(u16::from_le_bytes([a, b])), 3),
            Some(&[BIN_INT, a, b, c, d]) => (i64::from(i32::from_le_bytes([a, b, c, d])), 5),
            _ => return self.int(),
        };
        self.at += size;
        Some(value)
    }

    /// The same behind a frame's beginning, at the end of the input, or of another size.
    #[inline(never)]
    fn other_int(&mut self) -> Option<i64> {
        // With all bits set, whatever says how many bytes there are does.
        if INTS_AND_LONGS[usize::from(self.peek())].size(u64::MAX) == 0 { None } else { self.long() }
    }

    /// Any int of at most 64 bits.
    fn long(&mut self) -> Option<i64> {
        let (op, end) = decode(self.input, self.at).ok()?;
        let value = match op {
            Op::BinInt(value) => i64::from(value),
            Op::BinInt1(value) => i64::from(value),
            Op::BinInt2(value) => i64::from(value),
            Op::Long1(bytes) if bytes.len() <= 8 => {
                let sign = if bytes.last().is_some_and(|last| last & 0x80 != 0) { 0xff } else { 0 };
                let mut word = [sign; 8];
                word[..bytes.len()].copy_from_slice(bytes);
                i64::from_le_bytes(word)
            }
            _ => return None,
        };
        self.at = end;
        Some(value)
    }

    /// The float at the cursor, if there is one.
    #[inline(always)]
    pub(super) fn float(&mut self) -> Option<f64> {
        match self.window::<9>() {
            Some(&[BIN_FLOAT, ref bytes @ ..]) => {
                self.at += 9;
                Some(f64::from_be_bytes(*bytes))
            }
            _ => self.float_behind_frame(),
        }
    }

    #[inline(never)]
    fn float_behind_frame(&mut self) -> Option<f64> {
        self.peek();
        let Some(&[BIN_FLOAT, ref bytes @ ..]) = self.window::<9>() else { return None };
        self.at += 9;
        Some(f64::from_be_bytes(*bytes))
    }

    /// The next object. Nothing, and the cursor where it was, for what there are no words for.
    #[inline(never)]
    pub(super) fn token(&mut self) -> Option<Token<'i>> {
        if let Some(value) = self.int() {
            return Some(Token::Int(value));
        }
        let start = self.at;
        let (op, end) = decode(self.input, start).ok()?;
        let token = match op {
            Op::None => Token::None,
            Op::NewTrue => Token::Bool(true),
            Op::NewFalse => Token::Bool(false),
            Op::BinFloat(value) => Token::Float(value),
            Op::EmptyTuple => Token::EmptyTuple,
            Op::Mark => Token::Tuple,
            Op::EmptyList | Op::EmptyDict => {
                self.at = end;
                self.memoize(start);
                return Some(if matches!(op, Op::EmptyList) { Token::List } else { Token::Dict });
            }
            Op::ShortBinBytes(bytes) | Op::BinBytes(bytes) | Op::BinBytes8(bytes) => {
                self.at = end;
                self.memoize(start);
                return Some(Token::Bytes(bytes));
            }
            Op::BinGet(_) | Op::LongBinGet(_) => {
                let entry = self.entry(op)?;
                match self.bytes_of(entry) {
                    _ if entry.is_text() => return self.text().map(Token::Text),
                    Some(bytes) => {
                        self.left = self.left.checked_sub(bytes.len() as u64)?;
                        Token::Bytes(bytes)
                    }
                    None => Token::Known(entry),
                }
            }
            _ => return self.text().map(Token::Text),
        };
        self.at = end;
        Some(token)
    }

    /// What a GET gets.
    fn entry(&self, op: Op<'_>) -> Option<Entry> {
        let index = match op {
            Op::BinGet(index) => u32::from(index),
            Op::LongBinGet(index) => index,
            _ => return None,
        };
        self.memo.get(index as usize).copied()
    }

    fn bytes_of(&self, entry: Entry) -> Option<&'i [u8]> {
        match decode(self.input, entry.start()).ok()?.0 {
            Op::ShortBinBytes(bytes) | Op::BinBytes(bytes) | Op::BinBytes8(bytes) if entry.levels() == 0 => Some(bytes),
            _ => None,
        }
    }

    /// Whether the cursor is at what has to be read again, a container of the memo.
    #[inline(always)]
    pub(super) fn is_at_known(&mut self) -> bool {
        let byte = self.peek();
        (byte == BIN_GET || byte == LONG_BIN_GET) && self.gets_container()
    }

    #[inline(never)]
    fn gets_container(&self) -> bool {
        let entry = decode(self.input, self.at).ok().and_then(|(op, _)| self.entry(op));
        entry.is_some_and(|entry| !entry.is_text() && self.bytes_of(entry).is_none())
    }

    /// Goes back to an object of the memo.
    pub(super) fn replay(&mut self, entry: Entry) -> Return {
        let Reader { at, begun, exact, .. } = *self;
        self.at = entry.start();
        self.begun = Starts::NOWHERE;
        self.exact = Starts { at: entry.start(), count: entry.levels() };
        self.done = Starts::NOWHERE;
        self.replays += 1;
        Return { at, entry, begun, exact }
    }

    /// Goes on behind the GET of the object, if that was read and not a tuple around it, or what it begins with.
    pub(super) fn return_to(&mut self, back: Return) {
        let start = back.entry.start();
        let bytes = self.at.saturating_sub(start) as u64;
        match self.left.checked_sub((bytes + 1) * REPLAY) {
            Some(left) if self.done.count_at(start) == back.entry.levels() => self.left = left,
            _ => self.fail(),
        }
        self.replays -= 1;
        self.at = back.at;
        self.begun = back.begun;
        self.exact = back.exact;
    }

    /// Whether the object at the cursor is a short tuple, as far as that can be told from so many instructions.
    pub(super) fn is_short_tuple(&mut self, instructions: usize) -> bool {
        self.peek();
        let begun = self.begun.count_at(self.at);
        let count = match self.exact {
            exact if exact.at == self.at => exact.count,
            _ => scan::short_tuples(self.input, self.at, instructions),
        };
        count > begun
    }

    /// Says that a short tuple starts at the cursor; gives where.
    #[inline]
    pub(super) fn begin_short_tuple(&mut self) -> usize {
        self.peek();
        let at = self.at;
        self.begun = Starts { at, count: self.begun.count_at(at) + 1 };
        if self.done.at == at {
            self.done = Starts::NOWHERE;
        }
        at
    }

    /// How many short tuples start where this one does, with it, once its first item is read.
    #[inline(always)]
    pub(super) fn levels(&self, start: usize) -> u32 {
        self.done.count_at(start) + 1
    }

    /// Says that it ends.
    #[inline]
    pub(super) fn end_short_tuple(&mut self, start: usize, levels: u32) {
        self.done = Starts { at: start, count: levels };
        match u8::try_from(levels) {
            Ok(levels) => self.memoize_entry(Entry::new(start, levels)),
            Err(_) => self.fail(),
        }
    }
}
