//! What a run has that is not common: bytes, complexes, sets, objects that are filled, and those of classes that are known.

use alloc::vec::Vec;

use pickle_value::{Filled, Handle, Object, Value};

use super::is_new;
use crate::builtins::Builtin;
use crate::graph_source::{Cursor, GraphSource};
use crate::source::{AtomWriter, Filling, Open, OpenPart, RarePart};

impl<'g> GraphSource<'g> {
    /// Tells a writer of what stopped a run: see [`Source::write_rare`](crate::Source::write_rare).
    pub(in crate::graph_source) fn write_rare_next(
        &mut self,
        cursor: &mut Cursor<'g>,
        writer: &mut AtomWriter<'_>,
        open: &mut Vec<Open<Handle, Cursor<'g>>>,
    ) -> bool {
        let may_open = open.len() < AtomWriter::MOST_OPEN;
        let rest = open.last().map_or(&*cursor, |innermost| &innermost.rest).items.as_slice();
        if !writer.has_room() {
            return false;
        }
        let [item, behind @ ..] = rest else {
            let ended = open.last_mut().and_then(|ended| self.write_rare_end(ended, writer));
            if ended == Some(true) {
                open.pop();
            }
            return ended.is_some();
        };
        let begun = if self.write_rare_atom(*item, writer) {
            None
        } else {
            match may_open.then(|| self.write_rare_begin(*item, writer)).flatten() {
                Some((part, items)) => {
                    Some(Open { object: *item, part, length: items.len(), rest: Cursor::new(items) })
                }
                None => return false,
            }
        };
        match open.last_mut() {
            Some(innermost) => {
                innermost.rest.items = behind.iter();
            }
            None => cursor.items = behind.iter(),
        }
        open.extend(begun);
        true
    }

    /// Writes bytes, where they have an opcode, or a complex; false, and nothing is written, where it is none of these, or none
    /// that a run has.
    pub(super) fn write_rare_atom(&mut self, item: Handle, writer: &mut AtomWriter<'_>) -> bool {
        let value = self.graph.value(item);
        // One byte or none may be the same object as others.
        if !matches!(value, Value::Bytes([_, _, ..]) | Value::Complex(..)) {
            return false;
        }
        if let Some(known) = self.memo(item).checked_sub(1) {
            writer.known(known);
            return true;
        }
        let index = match value {
            Value::Bytes(bytes) if writer.has_bytes() => writer.bytes(bytes),
            Value::Complex(real, imaginary) if writer.has_room_for_complex() => {
                let class = self.builtin_handle(Builtin::Complex);
                self.memo(class).checked_sub(1).map(|class| writer.complex(class, real, imaginary))
            }
            _ => None,
        };
        if let Some(index) = index {
            self.number(item, index);
        }
        index.is_some()
    }

    /// Writes the beginning of a set, or of an object that is made: gives what it is, and its items.
    pub(super) fn write_rare_begin(
        &mut self,
        item: Handle,
        writer: &mut AtomWriter<'_>,
    ) -> Option<(OpenPart, &'g [Handle])> {
        if self.memo(item) > 0 {
            return None;
        }
        match self.graph.value(item) {
            Value::Set(items) if writer.has_sets() && items.len() <= AtomWriter::MOST_PLAIN => {
                let index = writer.begin_set(items.len());
                self.number(item, index);
                Some((OpenPart::Rare(RarePart::Set), items))
            }
            Value::FrozenSet(items) if writer.has_sets() => {
                writer.begin_frozen_set();
                Some((OpenPart::Rare(RarePart::FrozenSet), items))
            }
            Value::Object(object) => {
                let (part, parts) = self.begin_object(object)?;
                let parts = parts.get(..2)?;
                self.own_argument_of(part, parts);
                Some((part, parts))
            }
            _ => None,
        }
    }

    /// What an object is made of, if it is spelled by what is kept of it: its callable and its arguments, and its state if
    /// nothing else is done to it.
    pub(super) fn begin_object(&mut self, object: Object<'g>) -> Option<(OpenPart, &'g [Handle])> {
        let is_new = is_new(object)?;
        let (part, parts) = match object.fields_and_state() {
            Some(parts) => (OpenPart::Making { is_new }, parts),
            None => {
                self.filling_with(object)?;
                (OpenPart::Rare(RarePart::Making { is_new }), object.fields())
            }
        };
        let &[callable, _, ..] = parts else { return None };
        if self.classes.get(callable).is_some() {
            return Some((part, parts));
        }
        match self.standard.get(&callable) {
            Some(standard) => self.is_as_kept(*standard, object).then_some((part, parts)),
            None => {
                if let Some(known) = self.memo(callable).checked_sub(1) {
                    self.classes.put(callable, known);
                }
                Some((part, parts))
            }
        }
    }

    /// Takes note of what an instance is made of, before it is written.
    pub(super) fn own_argument_of(&mut self, part: OpenPart, parts: &[Handle]) {
        let is_new =
            matches!(part, OpenPart::Making { is_new: true } | OpenPart::Rare(RarePart::Making { is_new: true }));
        if let (true, &[_, args, ..]) = (is_new, parts) {
            self.own_argument(args);
        }
    }

    /// Writes the end of what is open and rare: true if it is done; false, with the beginning of what it is filled with, if that
    /// comes next; nothing where it was written within itself.
    pub(super) fn write_rare_end(
        &mut self,
        ended: &mut Open<Handle, Cursor<'g>>,
        writer: &mut AtomWriter<'_>,
    ) -> Option<bool> {
        let (handle, OpenPart::Rare(part)) = (ended.object, ended.part) else { return None };
        match (part, self.graph.value(handle)) {
            // It was written within itself.
            (RarePart::FrozenSet | RarePart::Making { .. }, _) if self.memo(handle) > 0 => return None,
            (RarePart::Making { is_new }, Value::Object(object)) => {
                let (filling, items) = self.filling_with(object)?;
                let index = writer.make(is_new);
                self.number(handle, index);
                writer.begin_filling(filling, items.len());
                (ended.part, ended.length) = (OpenPart::Rare(RarePart::Filling(filling)), items.len());
                ended.rest = Cursor::new(items);
                return Some(false);
            }
            (RarePart::FrozenSet, _) => {
                let index = writer.end_frozen_set();
                self.number(handle, index);
            }
            (RarePart::Set, Value::Set(items)) => writer.end_filling(Filling::Set, items.len()),
            (RarePart::Filling(filling), Value::Object(object)) => {
                let (_, items) = self.filling_with(object)?;
                writer.end_filling(filling, items.len());
            }
            _ => return None,
        }
        Some(true)
    }

    /// What an object is filled with, if nothing else is done to it.
    fn filling_with(&self, object: Object<'g>) -> Option<(Filling, &'g [Handle])> {
        let (filled, items) = object.only_items()?;
        let filling = match filled {
            Filled::Appended => Filling::List,
            Filled::Assigned => Filling::Dict,
            Filled::Added => Filling::Set,
        };
        (1..=AtomWriter::MOST_PLAIN).contains(&items.len()).then_some((filling, items))
    }

    /// What an object that a run has begun is filled with: see [`Source::filling`](crate::Source::filling).
    pub(in crate::graph_source) fn filling_of(&self, handle: Handle) -> Option<(Filling, Cursor<'g>)> {
        let Value::Object(object) = self.graph.value(handle) else { return None };
        self.filling_with(object).map(|(filling, items)| (filling, Cursor::new(items)))
    }
}
