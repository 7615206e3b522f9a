//! Runs of what is written without further ado: numbers, short text, constants, what the memo has, and the common
//! containers of such.
//!
//! Nearly all that a pickle holds is such. Asked for one by one, each would cost a question, an answer to be taken apart,
//! and a look at the profile; so a source that has them at hand goes through them itself, and tells an [`AtomWriter`].
//! What is still open where a run stops, the encoder goes on with.

use alloc::vec::Vec;

use pickle_opcodes::Opcode;
use pickle_opcodes::frame::Framer;

use super::atoms::{binary_int, shortest};
use super::batch::Ops;
use super::objects::Reducing;
use super::{Batch, Making, Task, Tuple};
use crate::encoder::{Encoder, Memoizing, Output};
use crate::fault::Fault;
use crate::source::Source;

/// Takes the items of a run from a [`Source`], and spells them.
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

/// Why a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// All items are written, or as many as there may be.
    End,
    /// There is [no room](AtomWriter::has_room) for the next item, which there is.
    Room,
    /// There is [no room](AtomWriter::has_room_for_end) for the end of a container.
    Narrow,
    /// The next item is none of those that a run has, or [`Source::next`] is to be asked for it.
    Atom,
    /// The same; and it is not in the memo, nor is it an [`Atom`](crate::Atom).
    Shape,
    /// The last item is begun, and not ended.
    Open,
}

/// A container that a run may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plain {
    /// A tuple that is not empty.
    Tuple,
    /// A list.
    List,
    /// A dict, of which keys and values are counted.
    Dict,
}

/// What a run has begun and not ended.
#[derive(Clone, Debug)]
pub struct Open<O, C> {
    /// The object.
    pub object: O,
    /// What of it.
    pub part: OpenPart,
    /// How many items there are, of which keys and values are counted.
    pub length: usize,
    /// Those that are neither written nor begun.
    pub rest: C,
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

/// What of an object is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenPart {
    /// The items of a container.
    Items(Plain),
    /// The callable and the arguments of what is made of them; behind them stands the state, if there is one.
    Making {
        /// As in [`Made`](crate::Made).
        is_new: bool,
    },
    /// The state of what is made.
    State,
    /// What is rarer.
    Rare(RarePart),
}

/// What of an object is open that is rarer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RarePart {
    /// The items of a set: [from protocol 4 on](AtomWriter::has_sets).
    Set,
    /// Those of a frozenset: likewise.
    FrozenSet,
    /// The callable and the arguments of what is made of them and then [filled](crate::Source::filling).
    Making {
        /// As in [`Made`](crate::Made).
        is_new: bool,
    },
    /// What it is filled with.
    Filling(Filling),
}

/// As what an object is filled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Filling {
    /// As a list: items are appended.
    List,
    /// As a dict: keys and values are set.
    Dict,
    /// As a set: items are added.
    Set,
}

/// What an item takes at most: text of 255 bytes with its length and its number in the memo, and what a copy of 64 bytes
/// takes beyond it.
const ROOM: usize = 320;
/// What the window has behind the place where the last item may begin, the byte there included.
const ITEM: usize = ROOM + 1;
/// Where in a complex its last part may begin.
const COMPLEX: usize = 16;
/// What the end of a container takes at most.
const END: usize = 16;

/// Behind this many numbers no run begins. So it need not look whether there are more: each takes a byte at least, of which
/// it writes fewer.
const MOST_MEMO: u32 = u32::MAX - (1 << 20);
const MOST_BYTES: usize = 1 << 19;

impl<'w> AtomWriter<'w> {
    /// One whose items may begin where the framer has room, and whose window is larger by [`ROOM`].
    #[inline(always)]
    fn new(framer: &'w mut Framer, memo: u32, protocol: u8) -> AtomWriter<'w> {
        let room = framer.room();
        let window = framer.out.window(2 * ROOM);
        let end = room.min(window.len() - ROOM).min(MOST_BYTES);
        AtomWriter { window: &mut window[..end + ROOM], whole: end + ROOM, memo, protocol, most_short: SHORT as u8 }
    }

    /// Whether there is room for another item. Where there is none, the run ends with [`Stop::Room`].
    #[inline(always)]
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.window.len() >= ITEM
    }

    /// Whether there is room for the end of a container. Where there is none, the run ends with [`Stop::Narrow`].
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

    /// `None`.
    #[inline(always)]
    pub fn none(&mut self) {
        self.put([Opcode::None.byte()], 1);
    }

    /// `True` or `False`.
    #[inline(always)]
    pub fn bool(&mut self, value: bool) {
        self.put([if value { Opcode::NewTrue.byte() } else { Opcode::NewFalse.byte() }], 1);
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
        let opcode = match (container, items) {
            (Plain::Tuple, _) => {
                const TUPLES: [Opcode; 4] = [Opcode::Tuple, Opcode::Tuple1, Opcode::Tuple2, Opcode::Tuple3];
                return Some(self.memoized(TUPLES[if items > 3 { 0 } else { items }]));
            }
            (_, 0) => return None,
            (Plain::List, 1) => Opcode::Append,
            (Plain::List, _) => Opcode::Appends,
            (Plain::Dict, 2) => Opcode::SetItem,
            (Plain::Dict, _) => Opcode::SetItems,
        };
        self.put([opcode.byte()], 1);
        None
    }

    /// Makes an object of its callable and its arguments. Gives its number in the memo.
    #[inline(always)]
    pub fn make(&mut self, is_new: bool) -> u32 {
        self.memoized(if is_new { Opcode::NewObj } else { Opcode::Reduce })
    }

    /// Gives an object its state.
    #[inline(always)]
    pub fn build(&mut self) {
        self.put([Opcode::Build.byte()], 1);
    }

    /// What makes an object, and its number in the memo. There are enough of them: see [`MOST_MEMO`].
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

    /// How many bytes are written.
    #[inline(always)]
    fn written(&self) -> usize {
        self.whole - self.window.len()
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
const LONGER: usize = 64;

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

impl<S: Source, W: Output<S::Error>> Encoder<S, W> {
    /// Writes the next items at a cursor, at most `limit`, as long as they are of those that a run has; gives how many. The
    /// last of them may be open still: see [`take_open`](Self::take_open).
    #[inline(never)]
    pub(super) fn save_atoms(
        &mut self,
        cursor: &mut S::Cursor,
        limit: usize,
    ) -> Result<(usize, Stop), Fault<S::Error>> {
        if !S::WRITES_ATOMS || !self.style.binary_ints || self.style.memoizing != Memoizing::All {
            return Ok((0, Stop::Atom));
        }
        let mut count = 0;
        loop {
            if self.memo > MOST_MEMO {
                return Ok((count, self.stopped(Stop::Atom)));
            }
            let mut writer = AtomWriter::new(&mut self.framer, self.memo, self.protocol);
            let (written, stop) = self.source.write_atoms(cursor, limit - count, &mut writer, &mut self.open);
            let written_to = (writer.written(), writer.memo);
            self.take_over(written_to);
            count += written;
            match stop {
                // An object begins here.
                Stop::Room => self.boundary()?,
                Stop::Narrow => {}
                Stop::Atom | Stop::Shape if self.save_rare(cursor, &mut count) => {}
                stop => return Ok((count, self.stopped(stop))),
            }
        }
    }

    /// Why a run ended, if something may be open.
    #[inline(always)]
    fn stopped(&mut self, stop: Stop) -> Stop {
        self.open_at_shape = stop == Stop::Shape;
        if self.open.is_empty() { stop } else { Stop::Open }
    }

    /// Writes what is rare and stopped a run, if it is such.
    #[inline(never)]
    fn save_rare(&mut self, cursor: &mut S::Cursor, count: &mut usize) -> bool {
        let is_outermost = self.open.is_empty();
        let mut writer = AtomWriter::new(&mut self.framer, self.memo, self.protocol);
        let is_written = self.source.write_rare(cursor, &mut writer, &mut self.open);
        let written_to = (writer.written(), writer.memo);
        self.take_over(written_to);
        *count += usize::from(is_outermost && is_written);
        is_written
    }

    /// Takes over how far a writer has come, in its window and in the memo.
    #[inline(always)]
    fn take_over(&mut self, (at, memo): (usize, u32)) {
        self.framer.out.advance(at);
        self.memo = memo;
    }

    /// Goes on with what a run left open in a task: gives the innermost of it, and puts all that it is within aside.
    #[inline(never)]
    pub(super) fn take_open(&mut self, within: Task<S>) -> Result<Task<S>, Fault<S::Error>> {
        let mut open = core::mem::take(&mut self.open);
        let mut task = within;
        let last = open.len();
        for (number, inner) in (1..).zip(open.drain(..)) {
            self.source.enter().map_err(Fault::Host)?;
            let inner = self.task_of(inner, number == last && self.open_at_shape)?;
            let height = self.tasks.len();
            self.tasks.insert(height, core::mem::replace(&mut task, inner))?;
        }
        self.open = open;
        Ok(task)
    }

    /// What goes on with what a run left open.
    fn task_of(&mut self, open: Open<S::Object, S::Cursor>, at_shape: bool) -> Result<Task<S>, Fault<S::Error>> {
        let Open { object, part, length, mut rest } = open;
        let written = length - self.source.left(&rest);
        let batch = |ops, rest| Batch::open(ops, length, written, rest, at_shape);
        Ok(match part {
            OpenPart::Items(Plain::Tuple) => Task::Tuple(Tuple { object, cursor: rest, length, at_shape }),
            OpenPart::Items(Plain::List) => Task::Batch(batch(Ops::LIST, rest)),
            OpenPart::Items(Plain::Dict) => Task::Batch(batch(Ops::DICT, rest)),
            OpenPart::Rare(RarePart::Set) => Task::Batch(batch(Ops::SET, rest)),
            OpenPart::Rare(RarePart::FrozenSet) => Task::FrozenSet { object, cursor: rest },
            OpenPart::State => Task::Made(Making::made(object, written, rest)),
            OpenPart::Making { is_new } => {
                let parts = self.source.parts_behind(&object, written).unwrap_or(rest);
                Task::Made(Making::begun(object, is_new, written, parts))
            }
            OpenPart::Rare(RarePart::Making { is_new }) => {
                let mut parts = Vec::new();
                while let Some(part) = self.source.next(&mut rest).map_err(Fault::Host)? {
                    parts.push(part);
                }
                let filling = self.source.filling(&object);
                Task::Reduce(Reducing::begun(object, is_new, parts, filling))
            }
            OpenPart::Rare(RarePart::Filling(filling)) => {
                Task::Reduce(Reducing::filled(object, batch(Ops::of(filling), rest)))
            }
        })
    }
}
