//! [`AtomWriter`]: spells what a run tells it.

use pickle_opcodes::Opcode;
use pickle_opcodes::frame::Framer;
use pickle_value::{Handle, Inline};

use super::{Filling, Plain};
use crate::save::atoms::{binary_int, shortest};

/// Takes the items of a run from a [`Source`](crate::Source), and spells them.
///
/// Only what needs no look at the profile is spelled here: binary protocols from 2 on, by Python 3's rules, with a memo. It
/// writes to a window of the output, with its place in a register; that there is room for an item, the source asks before
/// each.
#[derive(Debug)]
pub struct AtomWriter<'w> {
    /// What is left of the window. The last item may begin before the end of the frame, and [`ITEM`] before its end.
    window: &'w mut [u8],
    /// How long it was.
    whole: usize,
    /// The memo's next number.
    memo: u32,
    protocol: u8,
    /// Up to which length content is copied as what is short: nothing is, behind what was not.
    most_short: u8,
}

/// The instruction that gets an object of the memo.
///
/// Its bytes, and in the last of the eight how many they are.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Get(u64);

impl Get {
    /// That of the object with this number.
    #[inline(always)]
    #[must_use]
    pub fn new(index: u32) -> Get {
        let (instruction, length) = indexed(Opcode::BinGet, Opcode::LongBinGet, index);
        Get(instruction | (length as u64) << 56)
    }
}

/// What an item takes at most: text of 255 bytes with its length and its number in the memo, and what a copy of 96 bytes
/// takes beyond it.
const ROOM: usize = 360;
/// What the window has behind the place where the last item may begin, the byte there included.
const ITEM: usize = ROOM + 1;
/// Where in a complex its last part may begin.
const COMPLEX: usize = 16;
/// What the end of a container takes at most.
const END: usize = 16;

/// So many bytes a run writes at most: fewer than there are numbers behind [`MOST_MEMO`](super::MOST_MEMO).
const MOST_BYTES: usize = 1 << 19;

impl<'w> AtomWriter<'w> {
    /// One whose items may begin where the framer has room, and whose window is larger by [`ROOM`].
    #[inline(always)]
    pub(super) fn new(framer: &'w mut Framer, memo: u32, protocol: u8) -> AtomWriter<'w> {
        let room = framer.room();
        let window = framer.out.window(2 * ROOM);
        let end = room.min(window.len() - ROOM).min(MOST_BYTES);
        AtomWriter { window: &mut window[..end + ROOM], whole: end + ROOM, memo, protocol, most_short: SHORT as u8 }
    }

    /// Whether what is new to the memo gets its number by an instruction of one byte.
    #[inline(always)]
    #[must_use]
    pub(crate) fn has_memoize(&self) -> bool {
        self.protocol >= 4
    }

    /// Moves its place elsewhere, from registers to memory or back, until it is [put back](AtomWriter::attach); what stays
    /// behind has no room. If it is known to [have that](AtomWriter::has_memoize), the compiler knows it then, too.
    #[inline(always)]
    pub(crate) fn detach<const MEMOIZE: bool>(&mut self) -> AtomWriter<'w> {
        let protocol = if MEMOIZE { 4 } else { self.protocol };
        AtomWriter { window: core::mem::take(&mut self.window), protocol, whole: 0, ..*self }
    }

    /// Goes on where another has come to.
    #[inline(always)]
    pub(crate) fn attach(&mut self, other: AtomWriter<'w>) {
        (self.window, self.memo, self.most_short) = (other.window, other.memo, other.most_short);
    }

    /// Whether there is room for another item. Where there is none, the run ends with
    /// [`Stop::Room`](crate::Stop::Room).
    #[inline(always)]
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.window.len() >= ITEM
    }

    /// Whether there is room for a [`Get`] and an item behind it.
    #[inline(always)]
    #[must_use]
    pub(crate) fn has_room_for_entry(&self) -> bool {
        self.window.len() >= ITEM + size_of::<Get>()
    }

    /// Whether there is room for the [beginning of an instance](AtomWriter::begin_instance) and an item behind it.
    #[inline(always)]
    #[must_use]
    pub(crate) fn has_room_for_instance(&self) -> bool {
        self.window.len() >= ITEM + 16
    }

    /// Whether there is room for the end of a container. Where there is none, the run ends with
    /// [`Stop::Narrow`](crate::Stop::Narrow).
    #[inline(always)]
    #[must_use]
    pub fn has_room_for_end(&self) -> bool {
        self.window.len() >= END
    }

    /// An int.
    #[inline(always)]
    pub fn int(&mut self, value: i64) {
        let (opcode, head, length) = binary_int(value);
        let bytes = self.bytes_of_item();
        bytes[..8].copy_from_slice(&opcode.to_le_bytes());
        bytes[head & 7..][..8].copy_from_slice(&value.to_le_bytes());
        self.advance(length & 15);
    }

    /// A float.
    #[inline(always)]
    pub fn float(&mut self, value: f64) {
        let bytes = self.bytes_of_item();
        bytes[0] = Opcode::BinFloat.byte();
        bytes[1..9].copy_from_slice(&value.to_be_bytes());
        self.advance(9);
    }

    /// The floats that these items begin with, as many as there is room for; gives how many. There is room for one.
    #[inline(always)]
    pub(crate) fn floats(&mut self, items: &[Handle]) -> usize {
        const LENGTH: usize = 9;
        let most = (self.window.len() - ITEM) / LENGTH + 1;
        let mut count = 0;
        for (item, bytes) in items.iter().take(most).zip(self.window.as_chunks_mut::<LENGTH>().0) {
            let Inline::Float(value) = item.inline() else { break };
            bytes[0] = Opcode::BinFloat.byte();
            bytes[1..].copy_from_slice(&value.to_be_bytes());
            count += 1;
        }
        self.advance(LENGTH * count);
        count
    }

    /// The ints that these items begin with, likewise.
    #[inline(always)]
    pub(crate) fn ints(&mut self, items: &[Handle]) -> usize {
        let mut count = 0;
        while let Some(item) = items.get(count)
            && let Inline::Int(value) = item.inline()
            && self.has_room()
        {
            self.int(value);
            count += 1;
        }
        count
    }

    /// The text that these items begin with and the memo has, likewise. The memo's numbers, each plus one, are given by those
    /// of text.
    #[inline(always)]
    pub(crate) fn known_text(&mut self, items: &[Handle], memo: &[u32]) -> usize {
        let end = self.window.len() - ROOM;
        let (mut at, mut count) = (0, 0);
        for item in items {
            let number = usize::try_from(item.text_number()).unwrap_or(usize::MAX);
            let Some(known) = memo.get(number).and_then(|memo| memo.checked_sub(1)) else { break };
            if at >= end {
                break;
            }
            let Some(bytes) = self.window.get_mut(at..).and_then(<[u8]>::first_chunk_mut) else { break };
            let (instruction, length) = indexed(Opcode::BinGet, Opcode::LongBinGet, known);
            *bytes = instruction.to_le_bytes();
            at += length;
            count += 1;
        }
        self.advance(at);
        count
    }

    /// `None`.
    #[inline(always)]
    pub fn none(&mut self) {
        self.put([Opcode::None.byte()], 1);
    }

    /// `True` or `False`.
    #[inline(always)]
    pub fn bool(&mut self, value: bool) {
        const { assert!(Opcode::NewTrue as u8 + 1 == Opcode::NewFalse as u8) };
        self.put([Opcode::NewFalse.byte() - u8::from(value)], 1);
    }

    /// The empty tuple.
    #[inline(always)]
    pub fn empty_tuple(&mut self) {
        self.put([Opcode::EmptyTuple.byte()], 1);
    }

    /// An object that has this number in the memo.
    #[inline(always)]
    pub fn known(&mut self, index: u32) {
        let (instruction, length) = indexed(Opcode::BinGet, Opcode::LongBinGet, index);
        self.put(instruction.to_le_bytes(), length);
    }

    /// The same, where the instruction is at hand.
    #[inline(always)]
    pub fn get(&mut self, Get(instruction): Get) {
        self.put(instruction.to_le_bytes(), (instruction >> 56) as usize);
    }

    /// A str: the first `length` of these bytes, whatever stands behind them. Gives its number in the memo; nothing where it
    /// is too long for a run, and then nothing is written.
    #[inline(always)]
    pub fn text(&mut self, bytes: &[u8], length: usize) -> Option<u32> {
        let length = u8::try_from(length).ok()?;
        Some(if self.protocol >= 4 {
            self.content([Opcode::ShortBinUnicode.byte(), length], bytes, length)
        } else {
            self.content([Opcode::BinUnicode.byte(), length, 0, 0, 0], bytes, length)
        })
    }

    /// The same of text in a window; nothing where it may be a single character, and then nothing is written.
    #[inline(always)]
    pub(crate) fn window_of_text(&mut self, bytes: &[u8; LONGER], length: usize) -> Option<u32> {
        if length <= 2 {
            return None;
        }
        let is_short = length <= self.most_short.into();
        let (index, protocol) = (self.memo, self.protocol);
        let item = self.bytes_of_item();
        let head = if protocol >= 4 {
            item[..2].copy_from_slice(&[Opcode::ShortBinUnicode.byte(), length as u8]);
            2
        } else {
            item[..5].copy_from_slice(&[Opcode::BinUnicode.byte(), length as u8, 0, 0, 0]);
            5
        };
        if is_short {
            item[head..head + SHORT].copy_from_slice(&bytes[..SHORT]);
        } else {
            item[head..head + LONGER].copy_from_slice(bytes);
        }
        let end = head + length.min(LONGER);
        let (put, put_length) = memoizing(protocol, index);
        item[end..end + 8].copy_from_slice(&put.to_le_bytes());
        self.advance(end + put_length);
        if !is_short {
            self.most_short = 0;
        }
        self.memo += 1;
        Some(index)
    }

    /// Whether bytes have an opcode.
    #[inline(always)]
    #[must_use]
    pub fn has_bytes(&self) -> bool {
        self.protocol >= 3
    }

    /// Bytes, where they [have an opcode](AtomWriter::has_bytes): gives their number in the memo; nothing where they are too
    /// long for a run, and then nothing is written.
    pub fn bytes(&mut self, bytes: &[u8]) -> Option<u32> {
        let length = u8::try_from(bytes.len()).ok()?;
        Some(self.content([Opcode::ShortBinBytes.byte(), length], bytes, length))
    }

    /// Whether there is room for a complex. Four objects begin in it: none of them may be behind the end of a frame.
    #[must_use]
    pub fn has_room_for_complex(&self) -> bool {
        self.window.len() >= ITEM + COMPLEX
    }

    /// A complex, whose class has this number in the memo. Gives its own.
    pub fn complex(&mut self, class: u32, real: f64, imaginary: f64) -> u32 {
        self.known(class);
        self.float(real);
        self.float(imaginary);
        self.memoized(Opcode::Tuple2);
        self.memoized(Opcode::Reduce)
    }

    /// An int beyond 64 bits, as [`Shape::BigInt`](crate::Shape::BigInt): the first `length` of these bytes, whatever stands
    /// behind them. False where it is too long for a run, and then nothing is written.
    #[inline(always)]
    pub fn long(&mut self, bytes: &[u8], length: usize) -> bool {
        if length > 0xff {
            return false;
        }
        let length = shortest(&bytes[..length]).len() as u8;
        let item = self.bytes_of_item();
        item[..2].copy_from_slice(&[Opcode::Long1.byte(), length]);
        copy::<SHORT>(bytes, length, &mut item[2..]);
        self.advance(2 + usize::from(length));
        true
    }

    /// A container has at most so many items: with more of them, it is written in batches.
    pub const MOST_PLAIN: usize = 999;

    /// So much may be open at most, and one container more within which nothing is.
    pub const MOST_OPEN: usize = 1000;

    /// Whether sets have opcodes.
    #[inline(always)]
    #[must_use]
    pub fn has_sets(&self) -> bool {
        self.protocol >= 4
    }

    /// What stands before the items of a container, of which there are so many. Gives the number in the memo of what has one
    /// before its items.
    #[inline(always)]
    pub fn begin(&mut self, container: Plain, items: usize) -> Option<u32> {
        let (opcode, without_mark) = match container {
            Plain::Tuple if items > 3 => {
                self.put([Opcode::Mark.byte()], 1);
                return None;
            }
            Plain::Tuple => return None,
            Plain::List => (Opcode::EmptyList, 1),
            Plain::Dict => (Opcode::EmptyDict, 2),
        };
        Some(self.begin_memoized(opcode, items > without_mark))
    }

    /// What stands before the items of a set, of which there are so many. Gives its number in the memo.
    pub fn begin_set(&mut self, items: usize) -> u32 {
        self.begin_memoized(Opcode::EmptySet, items > 0)
    }

    /// What makes a container that is empty, its number in the memo, and a mark.
    #[inline(always)]
    fn begin_memoized(&mut self, opcode: Opcode, mark: bool) -> u32 {
        let (index, opcode) = (self.memo, u64::from(opcode.byte()));
        let (put, length) = memoizing(self.protocol, index);
        let instructions = opcode | put << 8 | u64::from(Opcode::Mark.byte()) << (8 + 8 * length);
        self.put(instructions.to_le_bytes(), 1 + length + usize::from(mark));
        self.memo += 1;
        index
    }

    /// What stands before the items of a frozenset.
    pub fn begin_frozen_set(&mut self) {
        self.put([Opcode::Mark.byte()], 1);
    }

    /// What stands behind them. Gives its number.
    pub fn end_frozen_set(&mut self) -> u32 {
        self.memoized(Opcode::FrozenSet)
    }

    /// What stands before the items that what was just made is filled with; there are some.
    pub fn begin_filling(&mut self, filling: Filling, items: usize) {
        let without_mark = match filling {
            Filling::List => 1,
            Filling::Dict => 2,
            Filling::Set => 0,
        };
        self.put([Opcode::Mark.byte()], usize::from(items > without_mark));
    }

    /// What stands behind the items of a set, or behind what an object is filled with.
    pub fn end_filling(&mut self, filling: Filling, items: usize) {
        let opcode = match filling {
            _ if items == 0 => return,
            Filling::List if items == 1 => Opcode::Append,
            Filling::List => Opcode::Appends,
            Filling::Dict if items == 2 => Opcode::SetItem,
            Filling::Dict => Opcode::SetItems,
            Filling::Set => Opcode::AddItems,
        };
        self.put([opcode.byte()], 1);
    }

    /// What stands behind them. Gives the number of what has one now.
    #[inline(always)]
    pub fn end(&mut self, container: Plain, items: usize) -> Option<u32> {
        let (one, many, is_one) = match container {
            Plain::Tuple => {
                const TUPLES: [Opcode; 4] = [Opcode::Tuple, Opcode::Tuple1, Opcode::Tuple2, Opcode::Tuple3];
                return Some(self.memoized(TUPLES[if items > 3 { 0 } else { items }]));
            }
            _ if items == 0 => return None,
            Plain::List => (Opcode::Append, Opcode::Appends, items == 1),
            Plain::Dict => (Opcode::SetItem, Opcode::SetItems, items == 2),
        };
        // Without a branch on which: that cannot be guessed.
        self.put([many.byte() - u8::from(is_one) * (many.byte() - one.byte())], 1);
        None
    }

    /// Makes an object of its callable and its arguments. Gives its number in the memo.
    #[inline(always)]
    pub fn make(&mut self, is_new: bool) -> u32 {
        self.memoized(if is_new { Opcode::NewObj } else { Opcode::Reduce })
    }

    /// The beginning of an instance that nothing is given to but a dict of so many keys and values, and of that dict: its class
    /// by what gets it, the empty tuple, NEWOBJ, what makes the dict, a mark. Gives the instance's number in the memo; the
    /// dict has the one behind.
    #[inline(always)]
    pub(crate) fn begin_instance(&mut self, Get(class): Get, items: usize) -> u32 {
        const BEHIND: [Opcode; 6] =
            [Opcode::EmptyTuple, Opcode::NewObj, Opcode::Memoize, Opcode::EmptyDict, Opcode::Memoize, Opcode::Mark];
        let length = (class >> 56) as usize;
        let item = self.bytes_of_item();
        item[..8].copy_from_slice(&class.to_le_bytes());
        item[length & 7..][..6].copy_from_slice(&BEHIND.map(Opcode::byte));
        self.advance((length & 7) + 5 + usize::from(items > 2));
        self.memo += 2;
        self.memo - 2
    }

    /// What stands behind the items of such a dict: there is at least one.
    #[inline(always)]
    pub(crate) fn end_instance(&mut self, items: usize) {
        let opcode = if items > 2 { Opcode::SetItems } else { Opcode::SetItem };
        self.put([opcode.byte(), Opcode::Build.byte()], 2);
    }

    /// Gives an object its state.
    #[inline(always)]
    pub fn build(&mut self) {
        self.put([Opcode::Build.byte()], 1);
    }

    /// What makes an object, and its number in the memo. There are enough of them: see [`MOST_MEMO`](super::MOST_MEMO).
    #[inline(always)]
    fn memoized(&mut self, opcode: Opcode) -> u32 {
        let (index, opcode) = (self.memo, u64::from(opcode.byte()));
        let (put, length) = memoizing(self.protocol, index);
        self.put((opcode | put << 8).to_le_bytes(), 1 + length);
        self.memo += 1;
        index
    }

    /// An instruction with this head, of which so many bytes are the argument, and the number in the memo of what it gives.
    #[inline(always)]
    fn content<const HEAD: usize>(&mut self, head: [u8; HEAD], bytes: &[u8], length: u8) -> u32 {
        let index = self.memo;
        let (put, put_length) = memoizing(self.protocol, index);
        let is_short = length <= self.most_short;
        if !is_short {
            self.most_short = 0;
        }
        let item = self.bytes_of_item();
        item[..HEAD].copy_from_slice(&head);
        if is_short {
            copy::<SHORT>(bytes, length, &mut item[HEAD..]);
        } else {
            copy::<LONGER>(bytes, length, &mut item[HEAD..]);
        }
        let end = HEAD + usize::from(length);
        item[end..end + 8].copy_from_slice(&put.to_le_bytes());
        self.advance(end + put_length);
        self.memo += 1;
        index
    }

    /// Bytes of which the first so many count.
    #[inline(always)]
    fn put<const N: usize>(&mut self, bytes: [u8; N], length: usize) {
        self.window[..N].copy_from_slice(&bytes);
        self.advance(length);
    }

    /// The bytes of an item, for which [there is room](AtomWriter::has_room).
    #[inline(always)]
    fn bytes_of_item(&mut self) -> &mut [u8; ITEM] {
        self.window.first_chunk_mut().expect("there is room")
    }

    #[inline(always)]
    fn advance(&mut self, length: usize) {
        self.window = &mut core::mem::take(&mut self.window)[length..];
    }

    /// How many bytes are written, and the memo's next number.
    #[inline(always)]
    pub(super) fn place(&self) -> (usize, u32) {
        (self.whole - self.window.len(), self.memo)
    }
}

/// The instruction that gives what is on top of the stack a number in the memo, and its length.
#[inline(always)]
fn memoizing(protocol: u8, index: u32) -> (u64, usize) {
    if protocol >= 4 {
        return (u64::from(Opcode::Memoize.byte()), 1);
    }
    indexed(Opcode::BinPut, Opcode::LongBinPut, index)
}

/// An instruction with a number, in one byte or in four, and its length; without a branch on which.
#[inline(always)]
fn indexed(short: Opcode, long: Opcode, index: u32) -> (u64, usize) {
    let (opcode, length) = if index <= 0xff { (short, 2) } else { (long, 5) };
    (u64::from(opcode.byte()) | u64::from(index) << 8, length)
}

/// Most content is no longer than this, and is copied sooner so than by memcpy.
const SHORT: usize = 32;
/// Where some is longer, which is which cannot be guessed: all of it is copied so.
const LONGER: usize = 96;

/// Copies the first so many bytes.
#[inline(always)]
fn copy<const AT_ONCE: usize>(bytes: &[u8], length: u8, to: &mut [u8]) {
    match bytes.first_chunk::<AT_ONCE>() {
        Some(chunk) if usize::from(length) <= AT_ONCE => to[..AT_ONCE].copy_from_slice(chunk),
        _ => copy_longer(bytes, length, to),
    }
}

#[inline(never)]
fn copy_longer(bytes: &[u8], length: u8, to: &mut [u8]) {
    to[..usize::from(length)].copy_from_slice(&bytes[..usize::from(length)]);
}
