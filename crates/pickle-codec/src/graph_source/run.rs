//! Runs of atoms and of the common containers, told from the graph's rows to an [`AtomWriter`].

use alloc::vec::Vec;
use core::num::NonZeroUsize;
use core::slice::Iter;

use pickle_value::{Handle, Held, Object, ObjectKind, Sort, Value};

use super::foreign::single_text;
use super::{Cursor, GraphSource};
use crate::source::{AtomWriter, Get, Open, OpenPart, Plain, Stop};

mod rare;
mod straight;

use straight::LEVELS;

/// What is open, the innermost last.
type Noted<'g> = Vec<Open<Handle, Cursor<'g>>>;

/// Why a row is not gone on with.
enum Ended {
    /// The next item is a container.
    Begins(Plain),
    /// It is an object that the memo has not.
    Makes,
    /// It is something else that is no atom, or there is no room.
    Stops(Stop),
}

/// What is written wherever it is met is counted from here on; below, it is but a few times what refers to it.
const SMALL_COPY: usize = 16;

/// What is written often and the memo has, with what gets it: keys of dicts, of which most have those of others, and
/// callables, of which nothing is known, so that what is made of them is spelled as it is kept.
#[derive(Debug)]
pub(super) struct Gets<const COUNT: usize>([(Option<Handle>, Get); COUNT]);

impl<const COUNT: usize> Default for Gets<COUNT> {
    fn default() -> Self {
        Gets([Default::default(); COUNT])
    }
}

impl<const COUNT: usize> Gets<COUNT> {
    #[inline(always)]
    fn get(&self, object: Handle) -> Option<Get> {
        let (known, get) = self.0[object.bits() as usize % COUNT];
        (known == Some(object)).then_some(get)
    }

    #[inline(always)]
    fn put(&mut self, object: Handle, index: u32) {
        self.0[object.bits() as usize % COUNT] = (Some(object), Get::new(index));
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
        open: &mut Noted<'g>,
    ) -> (usize, Stop) {
        if writer.has_memoize() {
            self.write_rows::<true>(cursor, limit, writer, open)
        } else {
            self.write_rows::<false>(cursor, limit, writer, open)
        }
    }

    #[inline(never)]
    fn write_rows<const MEMOIZE: bool>(
        &mut self,
        cursor: &mut Cursor<'g>,
        limit: usize,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
    ) -> (usize, Stop) {
        let first = cursor.items.as_slice();
        let first = &first[..first.len().min(limit)];
        // What is left of the row at the cursor, and of the innermost one.
        let mut outermost = first.iter();
        let mut rest = open.last().map_or(first.iter(), |innermost| innermost.rest.items.clone());
        let stop = loop {
            let noted = open.len();
            let levels = LEVELS.min(AtomWriter::MOST_OPEN.saturating_sub(noted));
            let written = if is_open_dict(open) {
                self.write_any_items::<MEMOIZE, true>(&mut rest, writer, open, levels)
            } else {
                self.write_outer_items::<MEMOIZE>(&mut rest, writer, open, levels)
            };
            let (outer, inner) = open.split_at_mut(noted);
            match outer.last_mut() {
                Some(innermost) => innermost.rest.items = rest.clone(),
                None => outermost = rest.clone(),
            }
            // They were noted on the way out.
            inner.reverse();
            match written {
                Err(Stop::Open) if levels == 0 => break Stop::Shape,
                Err(Stop::Open) => {}
                Err(stop) => break stop,
                Ok(()) if !writer.has_room_for_end() => break Stop::Narrow,
                Ok(()) => match self.end_row(open, writer) {
                    Some([]) => {}
                    Some(state) => {
                        rest = state.iter();
                        continue;
                    }
                    // What was made anew is not here.
                    None if open.is_empty() && cursor.made == 0 => break Stop::End,
                    None => break Stop::Atom,
                },
            }
            rest = open.last().map_or(outermost.clone(), |innermost| innermost.rest.items.clone());
        };
        let written = first.len() - outermost.len();
        cursor.items = cursor.items.as_slice()[written..].iter();
        (written, stop)
    }

    /// Writes items as long as they are atoms; gives why the next is not written, if there is one.
    #[inline(always)]
    fn write_row<const MEMOIZE: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
    ) -> Option<Ended> {
        loop {
            let item = *rest.as_slice().first()?;
            if !writer.has_room() {
                return Some(Ended::Stops(Stop::Room));
            }
            if let Some(ended) = self.write_atom::<MEMOIZE>(item, writer) {
                return Some(ended);
            }
            rest.next();
        }
    }

    /// The same with keys and values in turn.
    #[inline(always)]
    fn write_entries<const MEMOIZE: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
    ) -> Option<Ended> {
        let mut row = rest.as_slice();
        let mut has_key = row.len().is_multiple_of(2);
        let ended = loop {
            let [first, behind @ ..] = row else { break None };
            if has_key
                && writer.has_room_for_entry()
                && let Some(get) = self.keys.get(*first)
            {
                writer.get(get);
                row = behind;
            } else {
                if has_key {
                    if let Some(ended) = self.write_key::<MEMOIZE>(*first, writer) {
                        break Some(ended);
                    }
                    row = behind;
                }
                if !writer.has_room() {
                    break Some(Ended::Stops(Stop::Room));
                }
            }
            has_key = true;
            let [value, behind @ ..] = row else { break None };
            if let Some(ended) = self.write_atom::<MEMOIZE>(*value, writer) {
                break Some(ended);
            }
            row = behind;
        };
        *rest = row.iter();
        ended
    }

    /// Writes a key that is not among those at hand: most are new text.
    #[inline(always)]
    fn write_key<const MEMOIZE: bool>(&mut self, key: Handle, writer: &mut AtomWriter<'_>) -> Option<Ended> {
        if !writer.has_room() {
            return Some(Ended::Stops(Stop::Room));
        }
        if self.write_new_text(&[key], writer).is_some() {
            return None;
        }
        // Only what is called gets the writer's place in memory.
        let mut aside = writer.detach::<false>();
        let ended = self.write_new_key::<MEMOIZE>(key, &mut aside);
        writer.attach(aside);
        ended
    }

    #[inline(never)]
    fn write_new_key<const MEMOIZE: bool>(&mut self, key: Handle, writer: &mut AtomWriter<'_>) -> Option<Ended> {
        if let Some(known) = self.number_of_text(key) {
            writer.known(known);
            self.keys.put(key, known);
            return None;
        }
        let mut here = writer.detach::<MEMOIZE>();
        let ended = self.write_atom::<MEMOIZE>(key, &mut here);
        writer.attach(here);
        ended
    }

    /// Writes the end of the innermost row: gives the row behind it, if the same object has another. Nothing where there is no
    /// row, or where its object was written within itself.
    #[inline(always)]
    fn end_row(&mut self, open: &mut Noted<'g>, writer: &mut AtomWriter<'_>) -> Option<&'g [Handle]> {
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
    fn write_atom<const MEMOIZE: bool>(&mut self, item: Handle, writer: &mut AtomWriter<'_>) -> Option<Ended> {
        self.write_atoms_alike::<MEMOIZE, false>(&[item], writer).err()
    }

    /// Writes the first atom of a row, which is not empty, and those behind it that are of its kind if many are looked for;
    /// gives how many these are, or what else it is.
    #[inline(always)]
    fn write_atoms_alike<const MEMOIZE: bool, const MANY: bool>(
        &mut self,
        row: &[Handle],
        writer: &mut AtomWriter<'_>,
    ) -> Result<usize, Ended> {
        let item = row[0];
        match item.held() {
            Held::Int(_) if MANY => return Ok(writer.ints(row)),
            Held::Int(value) => writer.int(value),
            Held::Float(_) if MANY => return Ok(writer.floats(row)),
            Held::Float(value) => writer.float(value),
            Held::None => writer.none(),
            Held::Bool(value) => writer.bool(value),
            Held::Text(number) => {
                // Spans come first.
                if let Some(known) = self.memo[number as usize].checked_sub(1) {
                    if MANY {
                        return Ok(writer.known_text(row, &self.memo[..self.starts[Sort::Inline as usize]]));
                    }
                    writer.known(known);
                } else if MANY && let Some(count) = self.write_new_text(row, writer) {
                    return Ok(count.into());
                } else if !MANY
                    && let Some((bytes, length)) = self.contents.window(number.into())
                    && let Some(index) = writer.window_of_text(bytes, length)
                {
                    self.memo[number as usize] = index + 1;
                } else {
                    let mut aside = writer.detach::<false>();
                    let ended = self.write_text::<MEMOIZE>(item, number as usize, &mut aside);
                    writer.attach(aside);
                    return ended.map_or(Ok(1), Err);
                }
            }
            Held::BigInt => {
                let (bytes, length) = self.graph.bytes_and_more(item);
                if length > SMALL_COPY && !self.may_copy(length) || !writer.long(bytes, length) {
                    return Err(Ended::Stops(Stop::Atom));
                }
            }
            Held::Tuple(_) => return Err(Ended::Begins(Plain::Tuple)),
            Held::List(_) => return Err(Ended::Begins(Plain::List)),
            Held::Dict(_) => return Err(Ended::Begins(Plain::Dict)),
            Held::Object(number) => match self.memo[self.slot_of_node(number)].checked_sub(1) {
                Some(known) => writer.known(known),
                None => return Err(Ended::Makes),
            },
            Held::Node(number) => match self.memo[self.slot_of_node(number)].checked_sub(1) {
                Some(known) => writer.known(known),
                None => return Err(Ended::Stops(Stop::Shape)),
            },
            _ => return Err(Ended::Stops(Stop::Atom)),
        }
        Ok(1)
    }

    /// Writes the text that a row begins with and the memo has not; gives how much of it, if there is any that a window has.
    #[inline(always)]
    fn write_new_text(&mut self, row: &[Handle], writer: &mut AtomWriter<'_>) -> Option<NonZeroUsize> {
        let mut count = 0;
        while let Some(item) = row.get(count)
            && let number = item.text_number()
            && let Some(slot @ 0) = usize::try_from(number).ok().and_then(|number| self.memo.get_mut(number))
            && let Some((bytes, length)) = self.contents.window(number)
            && writer.has_room()
            && let Some(index) = writer.window_of_text(bytes, length)
        {
            *slot = index + 1;
            count += 1;
        }
        NonZeroUsize::new(count)
    }

    /// Whether so much may be written of what is written wherever it is met.
    #[cold]
    fn may_copy(&mut self, length: usize) -> bool {
        self.copies.count(length).is_ok()
    }

    /// Writes text that is new, at least as this object.
    #[inline(never)]
    fn write_text<const MEMOIZE: bool>(
        &mut self,
        text: Handle,
        slot: usize,
        writer: &mut AtomWriter<'_>,
    ) -> Option<Ended> {
        let (bytes, length) = self.graph.bytes_and_more(text);
        let mut single_slot = slot;
        if length <= 2
            && let Some(single) = single_text(&bytes[..length])
            && !self.own_texts.has(text)
        {
            single_slot = self.slot(single);
            if let Some(known) = self.memo[single_slot].checked_sub(1) {
                writer.known(known);
                return None;
            }
        }
        let Some(index) = writer.text(bytes, length) else { return Some(Ended::Stops(Stop::Atom)) };
        self.memo[single_slot] = index + 1;
        self.memo[slot] = index + 1;
        None
    }

    /// The number that a text has in the memo, or the one object that CPython has for it.
    #[inline(always)]
    fn number_of_text(&self, text: Handle) -> Option<u32> {
        let Held::Text(number) = text.held() else { return None };
        if let Some(known) = self.memo[number as usize].checked_sub(1) {
            return Some(known);
        }
        let (bytes, length) = self.graph.bytes_and_more(text);
        let single = if length <= 2 { single_text(&bytes[..length]) } else { None };
        self.memo(single?).checked_sub(1)
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
