//! Runs of atoms and of the common containers, told from the graph's rows to an [`AtomWriter`].

use alloc::vec::Vec;

use pickle_value::{Handle, Held, Object, ObjectKind, Value};

use super::foreign::single_text;
use super::{Cursor, GraphSource};
use crate::source::{AtomWriter, Open, OpenPart, Plain, Stop};

mod rare;

impl<'g> GraphSource<'g> {
    /// Tells a writer of the next items at a cursor: see [`Source::write_atoms`](crate::Source::write_atoms).
    #[inline(always)]
    pub(super) fn write_run(
        &mut self,
        cursor: &mut Cursor<'g>,
        limit: usize,
        writer: &mut AtomWriter<'_>,
        open: &mut Vec<Open<Handle, Cursor<'g>>>,
    ) -> (usize, Stop) {
        let first = cursor.items.as_slice();
        let first = &first[..first.len().min(limit)];
        // What is left of the row at the cursor, and of the innermost one that is open.
        let (mut outermost, mut rest) = (first, open.last().map_or(first, |innermost| innermost.rest.items.as_slice()));
        let stop = loop {
            let [item, behind @ ..] = rest else {
                let Some(ended) = open.last_mut() else {
                    // What was made anew is not here.
                    break if cursor.made == 0 { Stop::End } else { Stop::Atom };
                };
                if !self.write_end(ended, writer) {
                    break Stop::Atom;
                }
                rest = self.state_behind(ended);
                if rest.is_empty() {
                    open.pop();
                    rest = open.last().map_or(outermost, |outer| outer.rest.items.as_slice());
                } else {
                    (ended.part, ended.length) = (OpenPart::State, 1);
                }
                continue;
            };
            if !writer.has_room() {
                break Stop::Room;
            }
            match self.write_atom(*item, writer) {
                None => rest = behind,
                Some(Stop::Shape) if open.len() < AtomWriter::MOST_OPEN => {
                    let Some((part, items)) = self.write_begin(*item, writer) else { break Stop::Shape };
                    match open.last_mut() {
                        Some(outer) => outer.rest.items = behind.iter(),
                        None => outermost = behind,
                    }
                    rest = items;
                    open.push(Open { object: *item, part, length: items.len(), written: 0, rest: Cursor::new(&[]) });
                }
                Some(stop) => break stop,
            }
        };
        match open.last_mut() {
            Some(innermost) => innermost.rest.items = rest.iter(),
            None => outermost = rest,
        }
        for open in open {
            open.written = open.length - open.rest.len();
        }
        let written = first.len() - outermost.len();
        cursor.items = cursor.items.as_slice()[written..].iter();
        (written, stop)
    }

    /// Writes the beginning of a container, or of an object that is made: gives what it is, and its items.
    #[inline(always)]
    fn write_begin(&mut self, item: Handle, writer: &mut AtomWriter<'_>) -> Option<(OpenPart, &'g [Handle])> {
        let (container, items) = match self.graph.value(item) {
            Value::Tuple(items) => (Plain::Tuple, items),
            Value::List(items) => (Plain::List, items),
            Value::Dict(items) => (Plain::Dict, items),
            Value::Object(object) => return self.begin_making(object),
            _ => return None,
        };
        if items.len() > AtomWriter::MOST_PLAIN {
            return None;
        }
        if let Some(index) = writer.begin(container, items.len()) {
            self.number(item, index);
        }
        Some((OpenPart::Items(container), items))
    }

    /// The callable and the arguments of an object, if it is made of them and nothing is known of its class.
    #[inline(always)]
    fn begin_making(&self, object: Object<'g>) -> Option<(OpenPart, &'g [Handle])> {
        let is_new = is_new(object)?;
        let parts = object.fields_and_state()?;
        let (callable_and_args, _) = parts.split_at_checked(2)?;
        let is_standard = !self.standard.is_empty() && self.standard.contains_key(&callable_and_args[0]);
        (!is_standard).then_some((OpenPart::Making { is_new }, callable_and_args))
    }

    /// Writes the end of what is open; false, and nothing is written, where it was written within itself.
    #[inline(always)]
    fn write_end(&mut self, open: &Open<Handle, Cursor<'g>>, writer: &mut AtomWriter<'_>) -> bool {
        let made = match open.part {
            OpenPart::Items(Plain::Tuple) | OpenPart::Making { .. } if self.memo(open.object) > 0 => return false,
            OpenPart::Items(container) => writer.end(container, open.length),
            OpenPart::Making { is_new } => Some(writer.make(is_new)),
            OpenPart::Rare(_) => return false,
            OpenPart::State => {
                writer.build();
                None
            }
        };
        if let Some(index) = made {
            self.number(open.object, index);
        }
        true
    }

    /// The state of what has just been made, in a row of its own.
    #[inline(always)]
    fn state_behind(&self, open: &Open<Handle, Cursor<'g>>) -> &'g [Handle] {
        match open.part {
            OpenPart::Making { .. } => self.parts(open.object).get(2..).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The callable, the arguments and the state of an object that is made; what it is filled with is none of these.
    pub(super) fn parts(&self, object: Handle) -> &'g [Handle] {
        match self.graph.value(object) {
            Value::Object(object) => object.fields_and_state().unwrap_or(object.fields()),
            _ => &[],
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

    /// Notes the number that a value has in the memo.
    #[inline(always)]
    fn number(&mut self, value: Handle, index: u32) {
        let slot = self.slot(value);
        self.memo[slot] = index + 1;
    }
}

/// Whether an object is made as by `NEWOBJ`, or called as by `REDUCE`; nothing if it is neither.
#[inline(always)]
fn is_new(object: Object<'_>) -> Option<bool> {
    match object.kind() {
        ObjectKind::New => Some(true),
        ObjectKind::Call => Some(false),
        _ => None,
    }
}
