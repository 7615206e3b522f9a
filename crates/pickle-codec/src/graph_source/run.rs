//! Runs of atoms, and of containers that hold nothing else, told from the graph's rows to an [`AtomWriter`].

use alloc::vec::Vec;

use pickle_value::{Handle, Held, Value};

use super::foreign::single_text;
use super::{Cursor, GraphSource};
use crate::source::{AtomWriter, Plain, Stop};

impl<'g> GraphSource<'g> {
    /// Tells a writer of the next items at a cursor: see [`Source::write_atoms`](crate::Source::write_atoms).
    #[inline(always)]
    pub(super) fn write_run(
        &mut self,
        cursor: &mut Cursor<'g>,
        limit: usize,
        writer: &mut AtomWriter<'_>,
    ) -> (usize, Stop) {
        let items = cursor.items.as_slice();
        let items = &items[..items.len().min(limit)];
        let mut written = 0;
        let stop = loop {
            let Some(&item) = items.get(written) else {
                // What was made anew is not here.
                break if cursor.made == 0 { Stop::End } else { Stop::Atom };
            };
            if !writer.has_room() {
                break Stop::Room;
            }
            if let Some(stop) = self.write_item(item, writer) {
                break stop;
            }
            written += 1;
        };
        cursor.items = cursor.items.as_slice()[written..].iter();
        (written, stop)
    }

    /// Writes an item of a run: an atom, or a container of nothing else. Gives why the run ends, if it does.
    #[inline(always)]
    fn write_item(&mut self, item: Handle, writer: &mut AtomWriter<'_>) -> Option<Stop> {
        match self.write_atom(item, writer) {
            Some(Stop::Shape) => self.write_plain(item, writer),
            stop => stop,
        }
    }

    /// Writes a container of atoms. Of any other nothing is left.
    #[inline(always)]
    fn write_plain(&mut self, item: Handle, writer: &mut AtomWriter<'_>) -> Option<Stop> {
        let (container, items) = match self.graph.value(item) {
            Value::Tuple(items) => (Plain::Tuple, items),
            Value::List(items) => (Plain::List, items),
            Value::Dict(items) => (Plain::Dict, items),
            _ => return Some(Stop::Shape),
        };
        if items.len() > AtomWriter::MOST_PLAIN || !items.iter().all(|&item| self.may_be_atom(item)) {
            return Some(Stop::Shape);
        }
        let place = writer.place();
        let slot = self.slot(item);
        if let Some(index) = writer.begin(container, items.len()) {
            self.memo[slot] = index + 1;
        }
        for &item in items {
            if !writer.has_room() || self.write_atom(item, writer).is_some() {
                self.forget(slot, items, place.memo());
                writer.go_back(place);
                return Some(Stop::Shape);
            }
        }
        if let Some(index) = writer.end(container, items.len()) {
            self.memo[slot] = index + 1;
        }
        None
    }

    /// Whether [`write_atom`](Self::write_atom) nearly surely writes it.
    #[inline(always)]
    fn may_be_atom(&self, item: Handle) -> bool {
        match item.held() {
            Held::Int(_) | Held::Float(_) | Held::None | Held::Bool(_) | Held::Text => true,
            Held::Tuple | Held::List | Held::Dict | Held::Node => {
                let is_empty = |value| matches!(value, Value::Tuple([]) | Value::List([]) | Value::Dict([]));
                self.memo(item) > 0 || is_empty(self.graph.value(item))
            }
            _ => false,
        }
    }

    /// Takes the numbers from `first` on, which were not written after all, from a container and its items.
    #[cold]
    fn forget(&mut self, container: usize, items: &[Handle], first: u32) {
        let slots: Vec<usize> = items.iter().map(|&item| self.slot(self.single_or_itself(item))).collect();
        for slot in slots.into_iter().chain([container]) {
            if self.memo[slot] > first {
                self.memo[slot] = 0;
            }
        }
    }

    /// What CPython has in this object's place.
    fn single_or_itself(&self, item: Handle) -> Handle {
        match self.graph.value(item) {
            Value::Text(text) => single_text(text.as_bytes()).unwrap_or(item),
            _ => item,
        }
    }

    /// Writes an atom; gives why the run ends, if it is none.
    #[inline(always)]
    fn write_atom(&mut self, item: Handle, writer: &mut AtomWriter<'_>) -> Option<Stop> {
        let held = item.held();
        match held {
            Held::Int(value) => writer.int(value),
            Held::Float(value) => writer.float(value),
            Held::None => writer.none(),
            Held::Bool(value) => writer.bool(value),
            Held::Text => {
                let slot = self.slot(item);
                match self.memo[slot].checked_sub(1) {
                    Some(known) => writer.known(known),
                    None => return self.write_text(item, slot, writer),
                }
            }
            Held::BigInt => {
                let (bytes, length) = self.graph.bytes_and_more(item);
                if self.copies.count(length).is_err() || !writer.long(bytes, length) {
                    return Some(Stop::Atom);
                }
            }
            Held::Tuple | Held::List | Held::Dict | Held::Node => {
                let slot = self.slot(item);
                match self.memo[slot].checked_sub(1) {
                    Some(known) => writer.known(known),
                    None => return self.write_empty(item, slot, writer),
                }
            }
            _ => return Some(Stop::Atom),
        }
        None
    }

    /// Writes a container that holds nothing.
    #[inline(always)]
    fn write_empty(&mut self, item: Handle, slot: usize, writer: &mut AtomWriter<'_>) -> Option<Stop> {
        let container = match self.graph.value(item) {
            Value::Tuple([]) => {
                writer.empty_tuple();
                return None;
            }
            Value::List([]) => Plain::List,
            Value::Dict([]) => Plain::Dict,
            _ => return Some(Stop::Shape),
        };
        if let Some(index) = writer.begin(container, 0) {
            self.memo[slot] = index + 1;
        }
        None
    }

    /// Writes text that is new, at least as this object.
    #[inline(always)]
    fn write_text(&mut self, text: Handle, slot: usize, writer: &mut AtomWriter<'_>) -> Option<Stop> {
        let (bytes, length) = self.graph.bytes_and_more(text);
        let mut slot = slot;
        if length <= 2
            && let Some(single) = single_text(&bytes[..length])
        {
            slot = self.slot(single);
            if let Some(known) = self.memo[slot].checked_sub(1) {
                writer.known(known);
                return None;
            }
        }
        let Some(index) = writer.text(bytes, length) else { return Some(Stop::Atom) };
        self.memo[slot] = index + 1;
        None
    }
}
