//! Runs of what is written without further ado: numbers, short text, constants, what the memo has, and the common
//! containers of such.
//!
//! Nearly all that a pickle holds is such. Asked for one by one, each would cost a question, an answer to be taken apart,
//! and a look at the profile; so a source that has them at hand goes through them itself, and tells an [`AtomWriter`].
//! What is still open where a run stops, the encoder goes on with.

use alloc::vec::Vec;

use super::batch::Ops;
use super::objects::Reducing;
use super::{Batch, Making, Task, Tuple};
use crate::encoder::{Encoder, Memoizing, Output};
use crate::fault::Fault;
use crate::source::Source;

mod writer;

pub use writer::{AtomWriter, Get};

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

/// Behind this many numbers no run begins. So it need not look whether there are more: each takes a byte at least, of which
/// it writes fewer.
const MOST_MEMO: u32 = u32::MAX - (1 << 20);

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
            let written_to = writer.place();
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
        let written_to = writer.place();
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
