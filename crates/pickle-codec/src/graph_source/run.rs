//! Runs of atoms and of the common containers, told from the graph's rows to an [`AtomWriter`].

use alloc::vec::Vec;
use core::slice::Iter;

use pickle_value::{Handle, Held, Object, ObjectKind, Sort, Value};

use super::foreign::single_text;
use super::{Cursor, GraphSource};
use crate::source::{AtomWriter, Get, Open, OpenPart, Plain, Stop};

mod rare;

/// Why a row is not gone on with.
enum Ended {
    /// The next item is a container with this number among nodes.
    Begins(Plain, u32),
    /// It is an object with this number.
    Makes(u32),
    /// It is something else that is no atom, or there is no room.
    Stops(Stop),
}

/// The beginning of a container.
enum Begun<'g> {
    /// It is written, and these are the items.
    Items(&'g [Handle]),
    /// There is nothing else to be written of it: it is empty, or the memo has it.
    Whole,
    /// It has too many items, or too much is open, and nothing is written of it.
    Not,
}

/// A container within which nothing is open.
struct Leaf {
    object: Handle,
    /// Its number among nodes.
    number: u32,
    container: Plain,
    length: usize,
}

impl Leaf {
    fn open<'g>(self) -> Open<Handle, Cursor<'g>> {
        let Leaf { object, container, length, .. } = self;
        Open { object, part: OpenPart::Items(container), length, rest: Cursor::new(&[]) }
    }
}

/// What is written wherever it is met is counted from here on; below, it is but a few times what refers to it.
const SMALL_COPY: usize = 16;

/// Keys of dicts that the memo has, with what gets them: most dicts have the keys of others.
#[derive(Debug, Default)]
pub(super) struct Keys([(Option<Handle>, Get); 32]);

impl Keys {
    #[inline(always)]
    fn get(&self, key: Handle) -> Option<Get> {
        let (known, get) = self.0[key.bits() as usize % 32];
        (known == Some(key)).then_some(get)
    }

    #[inline(always)]
    fn put(&mut self, key: Handle, index: u32) {
        self.0[key.bits() as usize % 32] = (Some(key), Get::new(index));
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
        // What is left of the row at the cursor, and of the innermost one.
        let mut outermost = first.iter();
        let mut rest = open.last().map_or(first.iter(), |innermost| innermost.rest.items.clone());
        // The innermost container, as long as nothing is open within it: most hold nothing but atoms.
        let mut leaf: Option<Leaf> = None;
        // Whether the row is a dict's.
        let mut is_dict = is_open_dict(open);
        let stop = loop {
            let ended = if is_dict {
                self.write_row::<true>(&mut rest, writer)
            } else {
                self.write_row::<false>(&mut rest, writer)
            };
            match ended {
                None if !writer.has_room_for_end() => break Stop::Narrow,
                None => {
                    rest = match self.end_row(leaf.take(), open, writer) {
                        Some([]) => open.last().map_or(outermost.clone(), |outer| outer.rest.items.clone()),
                        Some(state) => state.iter(),
                        // What was made anew is not here.
                        None if open.is_empty() && cursor.made == 0 => break Stop::End,
                        None => break Stop::Atom,
                    };
                    is_dict = is_open_dict(open);
                }
                Some(Ended::Stops(stop)) => break stop,
                Some(Ended::Begins(container, number)) => {
                    let [object, behind @ ..] = rest.as_slice() else { break Stop::Shape };
                    match self.begin(container, number, open.len() < AtomWriter::MOST_OPEN, writer) {
                        Begun::Items(items) => {
                            put_aside(behind, &mut leaf, open, &mut outermost);
                            leaf = Some(Leaf { object: *object, number, container, length: items.len() });
                            rest = items.iter();
                            is_dict = container == Plain::Dict;
                        }
                        Begun::Whole => rest = behind.iter(),
                        Begun::Not => break Stop::Shape,
                    }
                }
                Some(Ended::Makes(_)) if open.len() >= AtomWriter::MOST_OPEN => break Stop::Shape,
                Some(Ended::Makes(number)) => {
                    let [object, behind @ ..] = rest.as_slice() else { break Stop::Shape };
                    let Some((part, items)) = self.begin_making(number) else { break Stop::Shape };
                    put_aside(behind, &mut leaf, open, &mut outermost);
                    rest = items.iter();
                    is_dict = false;
                    open.push(Open { object: *object, part, length: items.len(), rest: Cursor::new(&[]) });
                }
            }
        };
        put_aside(rest.as_slice(), &mut leaf, open, &mut outermost);
        let written = first.len() - outermost.len();
        cursor.items = cursor.items.as_slice()[written..].iter();
        (written, stop)
    }

    /// Writes items, or keys and values, as long as they are atoms; gives why the next is not written, if there is one.
    #[inline(always)]
    fn write_row<const IS_DICT: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
    ) -> Option<Ended> {
        let mut is_key = IS_DICT && rest.len().is_multiple_of(2);
        loop {
            let item = *rest.as_slice().first()?;
            if !writer.has_room() {
                return Some(Ended::Stops(Stop::Room));
            }
            if is_key && let Some(get) = self.keys.get(item) {
                writer.get(get);
            } else if let Some(ended) = self.write_atom(item, is_key, writer) {
                return Some(ended);
            }
            rest.next();
            is_key = IS_DICT && !is_key;
        }
    }

    /// Writes the beginning of a container with this number among nodes.
    #[inline(always)]
    fn begin(&mut self, container: Plain, number: u32, may_open: bool, writer: &mut AtomWriter<'_>) -> Begun<'g> {
        let slot = self.slot_of_node(number);
        if let Some(known) = self.memo[slot].checked_sub(1) {
            writer.known(known);
            return Begun::Whole;
        }
        let items = self.graph.row(number);
        if items.len() > AtomWriter::MOST_PLAIN || !may_open {
            return Begun::Not;
        }
        if items.is_empty() && container == Plain::Tuple {
            writer.empty_tuple();
            return Begun::Whole;
        }
        if let Some(index) = writer.begin(container, items.len()) {
            self.memo[slot] = index + 1;
        }
        if items.is_empty() { Begun::Whole } else { Begun::Items(items) }
    }

    /// Writes the end of the innermost row: gives the row behind it, if the same object has another. Nothing where there is no
    /// row, or where its object was written within itself.
    #[inline(always)]
    fn end_row(
        &mut self,
        leaf: Option<Leaf>,
        open: &mut Vec<Open<Handle, Cursor<'g>>>,
        writer: &mut AtomWriter<'_>,
    ) -> Option<&'g [Handle]> {
        if let Some(Leaf { number, container, length, .. }) = leaf {
            if let Some(index) = writer.end(container, length) {
                let slot = self.slot_of_node(number);
                self.memo[slot] = index + 1;
            }
            return Some(&[]);
        }
        let ended = open.last_mut()?;
        if !self.write_end(ended, writer) {
            return None;
        }
        let state = self.state_behind(ended);
        if state.is_empty() {
            open.pop();
        } else {
            (ended.part, ended.length) = (OpenPart::State, 1);
        }
        Some(state)
    }

    /// The callable and the arguments of an object, if it is made of them and nothing is known of its class.
    #[inline(always)]
    fn begin_making(&self, number: u32) -> Option<(OpenPart, &'g [Handle])> {
        let object = self.graph.object(number);
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
            OpenPart::Making { .. } => self.graph.row(open.object.identity().number).get(2..).unwrap_or_default(),
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

    /// Writes an atom; gives what else it is, if it is none.
    #[inline(always)]
    fn write_atom(&mut self, item: Handle, is_key: bool, writer: &mut AtomWriter<'_>) -> Option<Ended> {
        match item.held() {
            Held::Int(value) => writer.int(value),
            Held::Float(value) => writer.float(value),
            Held::None => writer.none(),
            Held::Bool(value) => writer.bool(value),
            Held::Text(number) => {
                // Spans come first.
                let slot = number as usize;
                match self.memo[slot].checked_sub(1) {
                    Some(known) => {
                        writer.known(known);
                        if is_key {
                            self.keys.put(item, known);
                        }
                    }
                    None => return self.write_text(item, slot, writer),
                }
            }
            Held::BigInt => {
                let (bytes, length) = self.graph.bytes_and_more(item);
                if length > SMALL_COPY && !self.may_copy(length) || !writer.long(bytes, length) {
                    return Some(Ended::Stops(Stop::Atom));
                }
            }
            Held::Tuple(number) => return Some(Ended::Begins(Plain::Tuple, number)),
            Held::List(number) => return Some(Ended::Begins(Plain::List, number)),
            Held::Dict(number) => return Some(Ended::Begins(Plain::Dict, number)),
            Held::Object(number) => match self.memo[self.slot_of_node(number)].checked_sub(1) {
                Some(known) => writer.known(known),
                None => return Some(Ended::Makes(number)),
            },
            Held::Node(number) => match self.memo[self.slot_of_node(number)].checked_sub(1) {
                Some(known) => writer.known(known),
                None => return Some(Ended::Stops(Stop::Shape)),
            },
            _ => return Some(Ended::Stops(Stop::Atom)),
        }
        None
    }

    /// Whether so much may be written of what is written wherever it is met.
    #[cold]
    fn may_copy(&mut self, length: usize) -> bool {
        self.copies.count(length).is_ok()
    }

    /// Writes text that is new, at least as this object.
    #[inline(always)]
    fn write_text(&mut self, text: Handle, slot: usize, writer: &mut AtomWriter<'_>) -> Option<Ended> {
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
        let Some(index) = writer.text(bytes, length) else { return Some(Ended::Stops(Stop::Atom)) };
        self.memo[slot] = index + 1;
        None
    }

    #[inline(always)]
    fn slot_of_node(&self, number: u32) -> usize {
        self.starts[Sort::Node as usize] + number as usize
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

/// Whether the innermost of what is open is a dict.
#[inline(always)]
fn is_open_dict(open: &[Open<Handle, Cursor<'_>>]) -> bool {
    open.last().is_some_and(|open| open.part == OpenPart::Items(Plain::Dict))
}

/// Puts aside what is left of the innermost row.
#[inline(always)]
fn put_aside<'g>(
    left: &'g [Handle],
    leaf: &mut Option<Leaf>,
    open: &mut Vec<Open<Handle, Cursor<'g>>>,
    outermost: &mut Iter<'g, Handle>,
) {
    if let Some(leaf) = leaf.take() {
        open.push(leaf.open());
    }
    match open.last_mut() {
        Some(innermost) => innermost.rest.items = left.iter(),
        None => *outermost = left.iter(),
    }
}
