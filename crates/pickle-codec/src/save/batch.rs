//! Batches: how the items of lists, dicts and sets are grouped between marks.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use pickle_opcodes::Opcode;

use super::{Next, Saved, Stop, Waiting};
use crate::encoder::{Encoder, Output};
use crate::fault::Fault;
use crate::source::{Filling, Source};

/// How many items or entries stand between a mark and its APPENDS, SETITEMS or ADDITEMS (`BATCHSIZE`).
pub(crate) const BATCH_SIZE: u32 = 1000;

/// The items of a container that are being written.
pub(crate) struct Batch<S: Source> {
    cursor: S::Cursor,
    ops: Ops,
    state: State,
    /// How many objects of the open batch, or of the item, have been given: with so few bits, a task has eight bytes less.
    given: u16,
    /// What comes behind a full batch.
    then: Then,
    /// Whether a run has ended at the next object, which is known to be no atom.
    at_shape: bool,
    /// Items that were taken from the cursor too early.
    #[expect(clippy::box_collection, reason = "tasks are moved often, and hardly any has this")]
    ahead: Option<Box<VecDeque<S::Object>>>,
}

/// What comes behind a full batch: here CPython has three ways.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    /// Of a list: another batch if there is another item by now.
    MoreOrEnd,
    /// Of a dict or set: another batch, be it empty.
    More,
    /// Of an iterator: what two more items say.
    Look,
}

/// Which opcodes take the items.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ops {
    /// For one item, where there is such an opcode.
    one: Option<Opcode>,
    /// For all above a mark.
    many: Opcode,
    /// How many objects an item has: two in a dict.
    width: u8,
}

impl Ops {
    pub(super) const LIST: Ops = Ops { one: Some(Opcode::Append), many: Opcode::Appends, width: 1 };
    pub(super) const DICT: Ops = Ops { one: Some(Opcode::SetItem), many: Opcode::SetItems, width: 2 };
    pub(super) const SET: Ops = Ops { one: None, many: Opcode::AddItems, width: 1 };

    pub(super) fn of(filling: Filling) -> Ops {
        match filling {
            Filling::List => Ops::LIST,
            Filling::Dict => Ops::DICT,
            Filling::Set => Ops::SET,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Nothing to write.
    Empty,
    /// Each item by itself.
    OneByOne,
    /// Before the mark of a batch.
    BeforeMark,
    /// Behind the mark of a batch.
    Open,
    /// Before a batch of an iterator, which must be looked ahead into: a single item gets no mark.
    Look,
}

impl<S: Source> Batch<S> {
    /// The items of a list, dict or set that knows how many it has.
    pub(super) fn exact(ops: Ops, length: usize, cursor: S::Cursor, protocol: u8) -> Batch<S> {
        let state = match (length, ops.one) {
            (0, _) => State::Empty,
            (1, Some(_)) => State::OneByOne,
            (_, Some(_)) if protocol == 0 => State::OneByOne,
            _ => State::BeforeMark,
        };
        let then = if ops.width == 1 && ops.one.is_some() { Then::MoreOrEnd } else { Then::More };
        Batch { cursor, ops, state, given: 0, then, at_shape: false, ahead: None }
    }

    /// The items of a list, dict or set, less than a batch of them, of which some are written.
    pub(super) fn open(ops: Ops, length: usize, given: usize, cursor: S::Cursor, at_shape: bool) -> Batch<S> {
        let is_single = ops.one.is_some() && length == usize::from(ops.width);
        let state = if is_single { State::OneByOne } else { State::Open };
        let at_shape = at_shape && !is_single;
        Batch { cursor, ops, state, given: given as u16, then: Then::More, at_shape, ahead: None }
    }

    /// Writes the mark of the first batch, if that is what comes next: spares most containers a step.
    pub(super) fn begun<W: Output<S::Error>>(mut self, encoder: &mut Encoder<S, W>) -> Batch<S> {
        if self.state == State::BeforeMark {
            encoder.op(Opcode::Mark);
            self.state = State::Open;
        }
        self
    }

    /// True behind the mark of a batch.
    pub(super) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// False once all is written.
    pub(super) fn has_more(&self) -> bool {
        self.state != State::Empty
    }

    /// The items that an iterator gives.
    pub(super) fn iterated(ops: Ops, cursor: S::Cursor, protocol: u8) -> Batch<S> {
        let state = if protocol == 0 && ops.one.is_some() { State::OneByOne } else { State::Look };
        Batch { cursor, ops, state, given: 0, then: Then::Look, at_shape: false, ahead: None }
    }

    /// How many objects a full batch has.
    #[inline(always)]
    fn full(&self) -> u16 {
        BATCH_SIZE as u16 * u16::from(self.ops.width)
    }
}

impl<S: Source, W: Output<S::Error>> Encoder<S, W> {
    pub(super) fn advance_batch(&mut self, batch: &mut Batch<S>) -> Result<Next<S::Object>, Fault<S::Error>> {
        loop {
            match batch.state {
                State::Open => {
                    if let Some(object) = self.next_of_open(batch)? {
                        return Ok(Next::Save(object));
                    }
                }
                State::BeforeMark => {
                    self.op(Opcode::Mark);
                    batch.given = 0;
                    batch.state = State::Open;
                }
                State::OneByOne => return self.advance_one_by_one(batch),
                State::Look => {
                    if !self.look(batch)? {
                        batch.state = State::Empty;
                    }
                }
                State::Empty => return Ok(Next::Done),
            }
        }
    }

    /// Goes on with an open batch until it is closed, or meets an object that is no atom: that is given back.
    #[inline(always)]
    pub(super) fn run_batch(&mut self, batch: &mut Batch<S>) -> Result<Option<Waiting<S::Object>>, Fault<S::Error>> {
        loop {
            let stop = if core::mem::take(&mut batch.at_shape) {
                Stop::Shape
            } else if batch.ahead.is_none() {
                let limit = usize::from(batch.full() - batch.given);
                let (count, stop) = self.save_atoms(&mut batch.cursor, limit)?;
                batch.given += count as u16;
                if stop == Stop::Open {
                    return Ok(Some(Waiting::Open));
                }
                stop
            } else {
                Stop::Atom
            };
            let Some(object) = self.next_of_open(batch)? else { return Ok(None) };
            if let Saved::Not(object) = self.save_behind_run(object, stop)? {
                return Ok(Some(Waiting::Object(object)));
            }
        }
    }

    /// Writes all items, if they are such as a run has; as many as are, if not, and then the batch is to be gone on with.
    ///
    /// Most containers hold nothing else, and need not be kept as tasks then.
    #[inline(always)]
    pub(super) fn save_plain(&mut self, batch: &mut Batch<S>) -> Result<bool, Fault<S::Error>> {
        let (limit, op) = match batch.state {
            State::Empty => return Ok(true),
            State::Open => (usize::from(batch.full()), batch.ops.many),
            State::OneByOne => (usize::from(batch.ops.width), batch.ops.one.unwrap_or(batch.ops.many)),
            State::BeforeMark | State::Look => return Ok(false),
        };
        let (count, stop) = self.save_atoms(&mut batch.cursor, limit)?;
        batch.given = count as u16;
        batch.at_shape = stop == Stop::Shape && batch.state == State::Open;
        // A full batch may be followed by another one; an item by itself has no mark.
        let is_done = stop == Stop::End && (count < limit) == (batch.state == State::Open);
        if is_done {
            self.op(op);
        }
        Ok(is_done)
    }

    /// The next object of an open batch; none where the batch is full, or was the last, and then it is closed.
    #[inline(always)]
    fn next_of_open(&mut self, batch: &mut Batch<S>) -> Result<Option<S::Object>, Fault<S::Error>> {
        if batch.given < batch.full() {
            if let Some(object) = self.next_of(batch)? {
                batch.given += 1;
                return Ok(Some(object));
            }
            batch.state = State::Empty;
        } else {
            batch.state = match batch.then {
                Then::More => State::BeforeMark,
                Then::Look => State::Look,
                Then::MoreOrEnd => match self.look_for(batch, 1)? {
                    0 => State::Empty,
                    _ => State::BeforeMark,
                },
            };
        }
        self.op(batch.ops.many);
        Ok(None)
    }

    fn advance_one_by_one(&mut self, batch: &mut Batch<S>) -> Result<Next<S::Object>, Fault<S::Error>> {
        if batch.given == u16::from(batch.ops.width) {
            self.op(batch.ops.one.unwrap_or(batch.ops.many));
            batch.given = 0;
        }
        Ok(match self.next_of(batch)? {
            Some(object) => {
                batch.given += 1;
                Next::Save(object)
            }
            None => {
                batch.state = State::Empty;
                Next::Done
            }
        })
    }

    /// Takes up to two items from an iterator: false if there is none, a batch if there are two.
    fn look(&mut self, batch: &mut Batch<S>) -> Result<bool, Fault<S::Error>> {
        batch.given = 0;
        let width = usize::from(batch.ops.width);
        let found = self.look_for(batch, 2 * width)?;
        let single = found <= width && batch.ops.one.is_some();
        batch.state = if single { State::OneByOne } else { State::BeforeMark };
        Ok(found > 0)
    }

    /// Takes up to `count` objects too early; gives how many there are.
    #[cold]
    fn look_for(&mut self, batch: &mut Batch<S>, count: usize) -> Result<usize, Fault<S::Error>> {
        let mut ahead = batch.ahead.take().unwrap_or_default();
        while ahead.len() < count {
            match self.source.next(&mut batch.cursor).map_err(Fault::Host)? {
                Some(object) => ahead.push_back(object),
                None => break,
            }
        }
        let found = ahead.len();
        batch.ahead = (found > 0).then_some(ahead);
        Ok(found)
    }

    #[inline(always)]
    fn next_of(&mut self, batch: &mut Batch<S>) -> Result<Option<S::Object>, Fault<S::Error>> {
        if let Some(ahead) = &mut batch.ahead {
            let object = ahead.pop_front();
            if ahead.is_empty() {
                batch.ahead = None;
            }
            return Ok(object);
        }
        self.source.next(&mut batch.cursor).map_err(Fault::Host)
    }
}
