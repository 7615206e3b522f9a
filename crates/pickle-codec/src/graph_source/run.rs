//! Runs of atoms and of the common containers, told from the graph's rows to an [`AtomWriter`].

use alloc::vec::Vec;

use pickle_value::{Handle, Held, Object, ObjectKind, Value};

use super::foreign::single_text;
use super::{Cursor, GraphSource};
use crate::source::{AtomWriter, Open, OpenPart, Plain, RarePart, Stop};

mod rare;

use rare::Rare;

/// The rows that a run goes through.
struct Rows<'g> {
    /// What is left of the row at the cursor, where something is open in it.
    outermost: &'g [Handle],
    /// What is left of the innermost row.
    rest: &'g [Handle],
}

impl<'g> Rows<'g> {
    /// Goes into what has begun with the next item.
    #[inline(always)]
    fn begin(&mut self, part: OpenPart, items: &'g [Handle], open: &mut Vec<Open<Handle, Cursor<'g>>>) {
        let [item, behind @ ..] = self.rest else { return };
        match open.last_mut() {
            Some(outer) => outer.rest.items = behind.iter(),
            None => self.outermost = behind,
        }
        self.rest = items;
        open.push(Open { object: *item, part, length: items.len(), written: 0, rest: Cursor::new(&[]) });
    }

    /// Goes on with another part of the innermost object.
    #[inline(always)]
    fn go_on(&mut self, part: OpenPart, items: &'g [Handle], open: &mut [Open<Handle, Cursor<'g>>]) {
        if let Some(innermost) = open.last_mut() {
            (innermost.part, innermost.length) = (part, items.len());
        }
        self.rest = items;
    }

    /// Goes on behind the innermost object.
    #[inline(always)]
    fn end(&mut self, open: &mut Vec<Open<Handle, Cursor<'g>>>) {
        open.pop();
        self.rest = open.last().map_or(self.outermost, |outer| outer.rest.items.as_slice());
    }
}

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
        let mut rows = Rows { outermost: first, rest: first };
        let stop = loop {
            let stop = self.write_common(&mut rows, cursor, writer, open);
            if !matches!(stop, Stop::Atom | Stop::Shape) {
                break stop;
            }
            let innermost = open.last().map(|open| (open.object, open.part));
            let may_open = open.len() < AtomWriter::MOST_OPEN;
            match writer.apart(|writer| self.write_rare(rows.rest, innermost, may_open, writer)) {
                Rare::Written => rows.rest = &rows.rest[1..],
                Rare::Begun(part, items) => rows.begin(part, items, open),
                Rare::Made(filling, items) => rows.go_on(OpenPart::Rare(RarePart::Filling(filling)), items, open),
                Rare::Ended => rows.end(open),
                Rare::No => break stop,
            }
        };
        let Rows { mut outermost, rest } = rows;
        match open.last_mut() {
            Some(innermost) => innermost.rest.items = rest.iter(),
            None => outermost = rest,
        }
        for open in open {
            open.written = open.length - open.rest.len();
            if let OpenPart::Making { .. } | OpenPart::Rare(RarePart::Making { .. }) = open.part {
                // The state belongs to it, though it is gone through apart.
                open.rest = Cursor::new(&self.parts(open.object)[open.written..]);
            }
        }
        let written = first.len() - outermost.len();
        cursor.items = cursor.items.as_slice()[written..].iter();
        (written, stop)
    }

    /// The loop that nearly all items are written in. What is rare it has not, so that the common keeps its registers.
    #[inline(always)]
    fn write_common(
        &mut self,
        rows: &mut Rows<'g>,
        cursor: &Cursor<'g>,
        writer: &mut AtomWriter<'_>,
        open: &mut Vec<Open<Handle, Cursor<'g>>>,
    ) -> Stop {
        loop {
            let [item, behind @ ..] = rows.rest else {
                let Some(ended) = open.last() else {
                    // What was made anew is not here.
                    return if cursor.made == 0 { Stop::End } else { Stop::Atom };
                };
                if !self.write_end(ended, writer) {
                    return Stop::Atom;
                }
                match self.state_behind(ended) {
                    [] => rows.end(open),
                    state => rows.go_on(OpenPart::State, state, open),
                }
                continue;
            };
            if !writer.has_room() {
                return Stop::Room;
            }
            match self.write_atom(*item, writer) {
                None => rows.rest = behind,
                Some(Stop::Shape) if open.len() < AtomWriter::MOST_OPEN => {
                    let Some((part, items)) = self.write_begin(*item, writer) else { return Stop::Shape };
                    rows.begin(part, items, open);
                }
                Some(stop) => return stop,
            }
        }
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
            let slot = self.slot(item);
            self.memo[slot] = index + 1;
        }
        Some((OpenPart::Items(container), items))
    }

    /// The callable and the arguments of an object, if it is made of them and nothing is known of its class.
    #[inline(always)]
    fn begin_making(&self, object: Object<'g>) -> Option<(OpenPart, &'g [Handle])> {
        let is_new = match object.kind() {
            ObjectKind::New => true,
            ObjectKind::Call => false,
            _ => return None,
        };
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
            let slot = self.slot(open.object);
            self.memo[slot] = index + 1;
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
    fn parts(&self, object: Handle) -> &'g [Handle] {
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
}
