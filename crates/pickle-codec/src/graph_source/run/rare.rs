//! What a run has that is not common: bytes, sets, objects that are filled, and those of classes that are known.

use pickle_value::{Handle, Object, ObjectKind, Value};

use crate::graph_source::{Cursor, GraphSource};
use crate::source::{AtomWriter, Fill, Filling, OpenPart, RarePart};

/// What became of the next item, or of the end of the innermost object.
pub(super) enum Rare<'g> {
    /// Nothing: a run does not have it.
    No,
    /// The item is written.
    Written,
    /// It is begun, and has these items.
    Begun(OpenPart, &'g [Handle]),
    /// The innermost object is made, and is filled with these.
    Made(Filling, &'g [Handle]),
    /// It is ended.
    Ended,
}

impl<'g> GraphSource<'g> {
    /// Writes the next item of the innermost row, or its beginning where something more may be open; the end of what the row
    /// belongs to, where there is none.
    #[inline(never)]
    pub(super) fn write_rare(
        &mut self,
        rest: &'g [Handle],
        innermost: Option<(Handle, OpenPart)>,
        may_open: bool,
        writer: &mut AtomWriter<'_>,
    ) -> Rare<'g> {
        match (rest, innermost) {
            ([item, ..], _) => self.write_rare_item(*item, may_open, writer),
            ([], Some((object, part))) => self.write_rare_end(object, part, writer).unwrap_or(Rare::No),
            ([], None) => Rare::No,
        }
    }

    fn write_rare_item(&mut self, item: Handle, may_open: bool, writer: &mut AtomWriter<'_>) -> Rare<'g> {
        if let Some(known) = self.memo(item).checked_sub(1) {
            writer.known(known);
            return Rare::Written;
        }
        match self.graph.value(item) {
            // One byte or none may be the same object as others.
            Value::Bytes(bytes) if bytes.len() > 1 && writer.has_bytes() => {
                let Some(index) = writer.bytes(bytes) else { return Rare::No };
                self.number(item, index);
                Rare::Written
            }
            _ if !may_open => Rare::No,
            Value::Set(items) if writer.has_sets() && items.len() <= AtomWriter::MOST_PLAIN => {
                let index = writer.begin_set(items.len());
                self.number(item, index);
                Rare::Begun(OpenPart::Rare(RarePart::Set), items)
            }
            Value::FrozenSet(items) if writer.has_sets() => {
                writer.begin_frozen_set();
                Rare::Begun(OpenPart::Rare(RarePart::FrozenSet), items)
            }
            Value::Object(object) => self.begin_rare_object(object).unwrap_or(Rare::No),
            _ => Rare::No,
        }
    }

    /// An object that is filled, or of whose class something is known, if it is spelled by what is kept of it.
    fn begin_rare_object(&self, object: Object<'g>) -> Option<Rare<'g>> {
        let is_new = match object.kind() {
            ObjectKind::New => true,
            ObjectKind::Call => false,
            _ => return None,
        };
        let part = match object.fields_and_state() {
            Some(_) => OpenPart::Making { is_new },
            None => {
                self.filling_with(object)?;
                OpenPart::Rare(RarePart::Making { is_new })
            }
        };
        let callable_and_args = object.fields();
        let standard = self.standard.get(callable_and_args.first()?);
        let is_as_kept = standard.is_none_or(|standard| self.is_as_kept(*standard, object));
        is_as_kept.then_some(Rare::Begun(part, callable_and_args))
    }

    fn write_rare_end(&mut self, handle: Handle, part: OpenPart, writer: &mut AtomWriter<'_>) -> Option<Rare<'g>> {
        let OpenPart::Rare(part) = part else { return None };
        match (part, self.graph.value(handle)) {
            // It was written within itself.
            (RarePart::FrozenSet | RarePart::Making { .. }, _) if self.memo(handle) > 0 => return None,
            (RarePart::Making { is_new }, Value::Object(object)) => {
                let (filling, items) = self.filling_with(object)?;
                let index = writer.make(is_new);
                self.number(handle, index);
                writer.begin_filling(filling, items.len());
                return Some(Rare::Made(filling, items));
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
        Some(Rare::Ended)
    }

    fn number(&mut self, handle: Handle, index: u32) {
        let slot = self.slot(handle);
        self.memo[slot] = index + 1;
    }

    /// What an object is filled with, if nothing else is done to it.
    fn filling_with(&self, object: Object<'g>) -> Option<(Filling, &'g [Handle])> {
        let mut steps = object.steps();
        let (step, None) = (steps.next()?, steps.next()) else { return None };
        let (filling, cursor) = match self.fill(step)? {
            Fill::Append(cursor) => (Filling::List, cursor),
            Fill::Assign(cursor) => (Filling::Dict, cursor),
            Fill::Add(cursor) => (Filling::Set, cursor),
            Fill::State(_) | Fill::StateBy { .. } => return None,
        };
        let items = cursor.items.as_slice();
        (1..=AtomWriter::MOST_PLAIN).contains(&items.len()).then_some((filling, items))
    }

    /// What an object that a run has begun is filled with: see [`Source::filling`](crate::Source::filling).
    pub(in crate::graph_source) fn filling_of(&self, handle: Handle) -> Option<(Filling, Cursor<'g>)> {
        let Value::Object(object) = self.graph.value(handle) else { return None };
        self.filling_with(object).map(|(filling, items)| (filling, Cursor::new(items)))
    }
}
