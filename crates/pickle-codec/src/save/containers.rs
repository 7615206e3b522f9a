//! Tuples, lists, dicts and sets.

use pickle_opcodes::Opcode;

use super::batch::Ops;
use super::{Batch, Next, Saved, Stop, Task, Waiting};
use crate::builtins::Builtin;
use crate::encoder::{Encoder, Memoizing, Output};
use crate::fault::Fault;
use crate::source::Source;

/// A tuple whose items are being written.
pub(crate) struct Tuple<S: Source> {
    pub(super) object: S::Object,
    pub(super) cursor: S::Cursor,
    pub(super) length: usize,
    /// Whether a run has ended at the next item, which is known to be no atom.
    pub(super) at_shape: bool,
}

impl<S: Source, W: Output<S::Error>> Encoder<S, W> {
    pub(super) fn write_empty_tuple(&mut self) {
        if self.protocol >= 1 {
            self.op(Opcode::EmptyTuple);
        } else {
            self.op(Opcode::Mark);
            self.op(Opcode::Tuple);
        }
    }

    /// True if a tuple of this length has an opcode of its own, and needs no mark.
    fn is_short(&self, length: usize) -> bool {
        self.protocol >= 2 && length <= 3
    }

    pub(super) fn mark_for_tuple(&mut self, length: usize) {
        if !self.is_short(length) {
            self.op(Opcode::Mark);
        }
    }

    pub(super) fn end_tuple(&mut self, length: usize) {
        self.op(match length {
            1 if self.protocol >= 2 => Opcode::Tuple1,
            2 if self.protocol >= 2 => Opcode::Tuple2,
            3 if self.protocol >= 2 => Opcode::Tuple3,
            _ => Opcode::Tuple,
        });
    }

    /// A tuple that the pickler made itself, and that nothing else can refer to.
    pub(super) fn end_unnamed_tuple(&mut self, length: usize) -> Result<(), Fault<S::Error>> {
        self.end_tuple(length);
        self.memoize_unnamed()
    }

    /// Writes a tuple of plain items; the beginning of any other, which is to be gone on with.
    #[inline(always)]
    pub(super) fn begin_tuple(
        &mut self,
        object: S::Object,
        length: usize,
        mut cursor: S::Cursor,
    ) -> Result<Option<Task<S>>, Fault<S::Error>> {
        self.mark_for_tuple(length);
        let mut at_shape = false;
        if S::WRITES_ATOMS {
            let (_, stop) = self.save_atoms(&mut cursor, usize::MAX)?;
            if stop == Stop::End {
                self.finish_tuple(&object, length)?;
                return Ok(None);
            }
            at_shape = stop == Stop::Shape;
        }
        Ok(Some(Task::Tuple(Tuple { object, cursor, length, at_shape })))
    }

    /// Goes on with a tuple until it is written, or meets an object that is no atom: that is given back.
    #[inline(always)]
    pub(super) fn run_tuple(&mut self, tuple: &mut Tuple<S>) -> Result<Option<Waiting<S::Object>>, Fault<S::Error>> {
        loop {
            let stop = match core::mem::take(&mut tuple.at_shape) {
                true => Stop::Shape,
                false => self.save_atoms(&mut tuple.cursor, usize::MAX)?.1,
            };
            if stop == Stop::Open {
                return Ok(Some(Waiting::Open));
            }
            let Some(item) = self.source.next(&mut tuple.cursor).map_err(Fault::Host)? else {
                self.finish_tuple(&tuple.object, tuple.length)?;
                return Ok(None);
            };
            if let Saved::Not(item) = self.save_behind_run(item, stop)? {
                return Ok(Some(Waiting::Object(item)));
            }
        }
    }

    /// What stands behind a tuple's items.
    #[inline(always)]
    pub(super) fn finish_tuple(&mut self, object: &S::Object, length: usize) -> Result<(), Fault<S::Error>> {
        if let Some(index) = self.known(object) {
            self.drop_for_known(length, index);
            return Ok(());
        }
        self.end_tuple(length);
        self.memoize(object)
    }

    /// An object that was written while its own items were: it is within itself.
    #[inline(always)]
    fn known(&self, object: &S::Object) -> Option<u32> {
        if self.style.memoizing == Memoizing::Nothing { None } else { self.source.memo_get(object) }
    }

    /// A tuple within itself: its items are dropped from the stack, and the one that is there already is taken.
    fn drop_for_known(&mut self, length: usize, index: u32) {
        match (self.is_short(length), self.protocol) {
            (true, _) => (0..length).for_each(|_| self.op(Opcode::Pop)),
            (false, 0) => (0..=length).for_each(|_| self.op(Opcode::Pop)),
            (false, _) => self.op(Opcode::PopMark),
        }
        self.write_get(index);
    }

    #[inline(always)]
    pub(super) fn begin_list(
        &mut self,
        object: &S::Object,
        length: usize,
        cursor: S::Cursor,
    ) -> Result<Option<Task<S>>, Fault<S::Error>> {
        self.begin_empty_list();
        self.memoize(object)?;
        self.begin_items(Ops::LIST, length, cursor, self.style.iterates_lists_and_sets)
    }

    /// Writes items, if they are plain; else the beginning of them, which is to be gone on with.
    #[inline(always)]
    fn begin_items(
        &mut self,
        ops: Ops,
        length: usize,
        cursor: S::Cursor,
        iterated: bool,
    ) -> Result<Option<Task<S>>, Fault<S::Error>> {
        let mut batch = self.batch(ops, length, cursor, iterated).begun(self);
        if S::WRITES_ATOMS && self.save_plain(&mut batch)? {
            return Ok(None);
        }
        Ok(Some(Task::Batch(batch)))
    }

    /// The items of a container, of which the pickler in C takes an exact look, and the one in Python does not.
    fn batch(&self, ops: Ops, length: usize, cursor: S::Cursor, iterated: bool) -> Batch<S> {
        if iterated {
            Batch::iterated(ops, cursor, self.protocol)
        } else {
            Batch::exact(ops, length, cursor, self.protocol)
        }
    }

    fn begin_empty_list(&mut self) {
        if self.protocol >= 1 {
            self.op(Opcode::EmptyList);
        } else {
            self.op(Opcode::Mark);
            self.op(Opcode::List);
        }
    }

    fn begin_empty_dict(&mut self) {
        if self.protocol >= 1 {
            self.op(Opcode::EmptyDict);
        } else {
            self.op(Opcode::Mark);
            self.op(Opcode::Dict);
        }
    }

    #[inline(always)]
    pub(super) fn begin_dict(
        &mut self,
        object: &S::Object,
        length: usize,
        cursor: S::Cursor,
    ) -> Result<Option<Task<S>>, Fault<S::Error>> {
        self.begin_empty_dict();
        self.memoize(object)?;
        self.begin_items(Ops::DICT, length, cursor, self.style.iterates_dicts)
    }

    #[inline(always)]
    pub(super) fn begin_set(
        &mut self,
        object: S::Object,
        length: usize,
        cursor: S::Cursor,
    ) -> Result<Option<Task<S>>, Fault<S::Error>> {
        if self.protocol < 4 {
            return self.begin_set_call(object, Builtin::Set, length, cursor).map(Some);
        }
        self.op(Opcode::EmptySet);
        self.memoize(&object)?;
        self.begin_items(Ops::SET, length, cursor, self.style.iterates_lists_and_sets)
    }

    pub(super) fn begin_frozen_set(
        &mut self,
        object: S::Object,
        length: usize,
        cursor: S::Cursor,
    ) -> Result<Task<S>, Fault<S::Error>> {
        if self.protocol < 4 {
            return self.begin_set_call(object, Builtin::FrozenSet, length, cursor);
        }
        self.op(Opcode::Mark);
        Ok(Task::FrozenSet { object, cursor })
    }

    pub(super) fn advance_frozen_set(
        &mut self,
        object: &S::Object,
        cursor: &mut S::Cursor,
    ) -> Result<Next<S::Object>, Fault<S::Error>> {
        if let Some(item) = self.source.next(cursor).map_err(Fault::Host)? {
            return Ok(Next::Save(item));
        }
        if let Some(index) = self.known(object) {
            self.op(Opcode::PopMark);
            self.write_get(index);
        } else {
            self.op(Opcode::FrozenSet);
            self.memoize(object)?;
        }
        Ok(Next::Done)
    }

    /// Below protocol 4: `set([…])`.
    fn begin_set_call(
        &mut self,
        object: S::Object,
        builtin: Builtin,
        length: usize,
        cursor: S::Cursor,
    ) -> Result<Task<S>, Fault<S::Error>> {
        self.save_builtin(builtin)?;
        self.boundary()?;
        self.mark_for_tuple(1);
        let batch = self.begin_new_list(length, cursor)?;
        Ok(Task::SetCall { object, batch })
    }

    /// A list that the pickler makes itself.
    pub(super) fn begin_new_list(&mut self, length: usize, cursor: S::Cursor) -> Result<Batch<S>, Fault<S::Error>> {
        self.boundary()?;
        self.begin_empty_list();
        self.memoize_new_container(length)?;
        Ok(self.batch(Ops::LIST, length, cursor, self.style.iterates_lists_and_sets))
    }

    /// A dict that the pickler makes itself.
    pub(super) fn begin_new_dict(&mut self, length: usize, cursor: S::Cursor) -> Result<Batch<S>, Fault<S::Error>> {
        self.boundary()?;
        self.begin_empty_dict();
        self.memoize_new_container(length)?;
        Ok(self.batch(Ops::DICT, length, cursor, self.style.iterates_dicts))
    }

    /// cPickle gives any list or dict with items a number.
    fn memoize_new_container(&mut self, length: usize) -> Result<(), Fault<S::Error>> {
        if length > 0 && self.style.memoizing_counts() { self.write_memoize() } else { self.memoize_unnamed() }
    }

    pub(super) fn advance_set_call(
        &mut self,
        object: &S::Object,
        batch: &mut Batch<S>,
    ) -> Result<Next<S::Object>, Fault<S::Error>> {
        match self.advance_batch(batch)? {
            Next::Save(item) => Ok(Next::Save(item)),
            Next::Done => {
                self.end_unnamed_tuple(1)?;
                self.end_call(object)?;
                Ok(Next::Done)
            }
        }
    }

    /// REDUCE, and the memo; or, of an object within its own arguments, the one that is there already.
    pub(super) fn end_call(&mut self, object: &S::Object) -> Result<(), Fault<S::Error>> {
        self.op(Opcode::Reduce);
        self.memoize_made(object)?;
        Ok(())
    }

    /// Memoizes an object that was made; false if it is there already, and taken from there.
    pub(super) fn memoize_made(&mut self, object: &S::Object) -> Result<bool, Fault<S::Error>> {
        match self.known(object) {
            Some(index) => {
                self.op(Opcode::Pop);
                self.write_get(index);
                Ok(false)
            }
            None => self.memoize(object).map(|()| true),
        }
    }
}
