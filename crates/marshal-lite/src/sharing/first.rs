//! [`First`]: the graph as the source of what is written first, which learns what is shared.

use alloc::vec::Vec;

use pickle_value::{Graph, Handle, Inline, Value};

use super::context::looks_like_a_name;
use super::names::Names;
use super::slots::{
    EMPTY_FROZEN_SET, EMPTY_TUPLE, Slots, State, is_interned_single, is_single, single_bytes, single_text,
};
use super::{Context, Place, Rules, Sharing};
use crate::error::{Error, ErrorKind, Fault};
use crate::graph_source::{Cursor, InContext, code_fields, int_of, items, tell};
use crate::source::{Share, Source};
use crate::write::Sink;

type Written = Result<(), ErrorKind>;

/// A source that does not know yet what comes again.
#[derive(Debug)]
pub(crate) struct First<'g> {
    pub(super) graph: &'g Graph<'g>,
    pub(super) rules: Rules,
    pub(super) slots: Slots,
    names: Names,
    /// The numbers of what has the flag only because it is held besides.
    pub(super) held: Vec<u32>,
    /// Sets of several items that were met, where these are to be put in order.
    pub(super) sets: Vec<Handle>,
    /// Containers that came again, as what they had not been before: their strings may be interned, too.
    later: Vec<Place>,
    /// Whether something was learnt too late.
    pub(super) is_late: bool,
}

impl<'g> First<'g> {
    pub(crate) fn new(graph: &'g Graph<'g>, rules: Rules) -> First<'g> {
        First {
            graph,
            rules,
            slots: Slots::new(graph, &rules),
            names: Names::with_room_for(if rules.are_numbered() { graph.counts().spans } else { 0 }),
            held: Vec::new(),
            sets: Vec::new(),
            later: Vec::new(),
            // What is written again each time can't be known to be interned later.
            is_late: rules.sharing == Sharing::Never && rules.are_numbered(),
        }
    }

    /// What is new, and has a slot.
    #[inline(always)]
    fn new_object(&mut self, place: Place, slot: usize, number: u32, sink: Sink<'_, Cursor<'g>>) -> Written {
        let (graph, context) = (self.graph, place.context);
        match graph.value(place.object) {
            Value::Text(text) => self.text(place, slot, text.as_bytes(), number, sink),
            Value::Bytes(bytes) if bytes.len() > 1 => {
                let share = self.number(place, slot, number, State::SETTLED);
                sink.bytes(share, bytes)
            }
            Value::Tuple(items) if !items.is_empty() => {
                let context = context.of_items(true);
                let share = self.number(place, slot, number, context.needs());
                sink.tuple(share, items.len(), Cursor::new(items, context))
            }
            Value::Object(native) => match code_fields(native) {
                Some((layout, fields)) => {
                    let share = self.number(place, slot, number, State::SETTLED);
                    sink.code(share, layout, Cursor::of_code(layout, fields))
                }
                // A class, which is written each time.
                None => self.tell(place, Share::Alone, sink),
            },
            _ => self.other(place, slot, number, sink),
        }
    }

    /// The rest of what is new.
    #[inline(never)]
    fn other(&mut self, place: Place, slot: usize, number: u32, sink: Sink<'_, Cursor<'g>>) -> Written {
        let single = match self.graph.value(place.object) {
            Value::Bytes(bytes) => single_bytes(bytes),
            Value::Tuple([]) => Some(EMPTY_TUPLE),
            Value::FrozenSet([]) if self.rules.empty_frozenset_is_one => Some(EMPTY_FROZEN_SET),
            _ => None,
        };
        let state = single.map(|single| self.slots.state(single)).filter(|state| state.is_met());
        if let Some(state) = state {
            self.slots.set(slot, state);
            return self.met(place, slot, state, sink);
        }
        let settled = match self.graph.value(place.object) {
            Value::FrozenSet(_) => place.context.of_items(true).needs(),
            Value::List(_) | Value::Dict(_) | Value::Set(_) => place.context.of_items(false).needs(),
            _ => State::SETTLED,
        };
        let share = match single {
            Some(single) => {
                self.slots.set(slot, State::new(number, settled));
                self.slots.set(single, State::new(number, settled));
                self.flagged()
            }
            None => self.number(place, slot, number, settled),
        };
        self.tell(place, share, sink)
    }

    /// Gives a new object its number.
    #[inline(always)]
    fn number(&mut self, place: Place, slot: usize, number: u32, settled: u32) -> Share {
        self.slots.set(slot, State::new(number, settled));
        if is_single(slot) {
            self.flagged()
        } else if place.context.is_held() && self.rules.sharing == Sharing::CPython {
            self.held.push(number);
            Share::New
        } else {
            Share::Maybe
        }
    }

    /// What there is one of has the flag, by CPython's rules.
    #[inline(always)]
    fn flagged(&self) -> Share {
        if self.rules.sharing == Sharing::CPython { Share::New } else { Share::Maybe }
    }

    fn tell(&mut self, place: Place, share: Share, sink: Sink<'_, Cursor<'g>>) -> Written {
        if self.rules.sets_are_ordered
            && let Value::Set([_, _, ..]) | Value::FrozenSet([_, _, ..]) = self.graph.value(place.object)
        {
            self.sets.push(place.object);
        }
        let cursors = InContext { context: place.context, of_set_items: self.rules.of_set_items() };
        tell(self.graph, place.object, share, false, &cursors, sink)
    }

    /// A str that is new.
    #[inline(always)]
    fn text(&mut self, place: Place, slot: usize, utf8: &'g [u8], number: u32, sink: Sink<'_, Cursor<'g>>) -> Written {
        if utf8.len() <= 2
            && let Some(single) = single_text(utf8)
        {
            return self.short_text(place, slot, single, utf8, number, sink);
        }
        if place.context.is_name() || place.context.is_constant() && looks_like_a_name(utf8) {
            let first = self.first_of(place.object, utf8);
            if first != slot {
                let state = self.slots.state(first);
                self.slots.set(slot, state);
                return sink.reference(state.number().unwrap_or_default());
            }
            self.slots.set(slot, State::new(number, State::SETTLED));
            return sink.text(self.flagged(), utf8, true);
        }
        let settled = if place.context.is_constant() { Context::CONSTANT.needs() } else { 0 };
        let share = self.number(place, slot, number, settled);
        sink.text(share, utf8, false)
    }

    /// The slot of the first object of a text that is interned.
    #[inline(always)]
    fn first_of(&mut self, object: Handle, text: &[u8]) -> usize {
        let graph = self.graph;
        let first = self.names.first(text, object, |known| bytes_of(graph, known) == Some(text));
        self.slots.slot(first).unwrap_or_default()
    }

    /// A str of which there is one. It may have been met as another object.
    #[cold]
    fn short_text(
        &mut self,
        place: Place,
        slot: usize,
        single: usize,
        utf8: &'g [u8],
        number: u32,
        sink: Sink<'_, Cursor<'g>>,
    ) -> Written {
        let state = self.slots.state(single);
        self.slots.set(slot, state);
        if state.is_met() {
            return self.met(place, slot, state, sink);
        }
        let is_constant = place.context.is_constant();
        let interned = is_interned_single(single, &self.rules)
            || place.context.is_name()
            || is_constant && looks_like_a_name(utf8);
        let settled = if interned { State::SETTLED } else { u32::from(is_constant) };
        self.slots.set(slot, State::new(number, settled));
        self.slots.set(single, State::new(number, settled));
        sink.text(self.flagged(), utf8, interned)
    }

    /// What was written before.
    #[inline(always)]
    fn met(&mut self, place: Place, slot: usize, state: State, sink: Sink<'_, Cursor<'g>>) -> Written {
        if state.has_settled(place.context.needs()) {
            return sink.reference(state.number().unwrap_or_default());
        }
        match self.settle(place, slot, state) {
            (number, false) => sink.reference(number),
            (number, true) => sink.interned_reference(number),
        }
    }

    /// What was written before, where nobody asked yet whether its strings are interned.
    ///
    /// Gives its number, and whether it is a str that turns out to be interned.
    #[cold]
    #[inline(never)]
    fn settle(&mut self, place: Place, slot: usize, state: State) -> (u32, bool) {
        let number = state.number().unwrap_or_default();
        let Some(text) = bytes_of(self.graph, place.object) else {
            let is_constant = matches!(self.graph.value(place.object), Value::Tuple(_) | Value::FrozenSet(_));
            if place.context.of_items(is_constant) != Context::PLAIN {
                self.later.push(place);
                self.slots.settle(slot, place.context.needs());
            }
            return (number, false);
        };
        let is_name = place.context.is_name();
        let is_interned = is_name || place.context.is_constant() && looks_like_a_name(text);
        if !is_interned {
            if place.context.is_constant() {
                self.slots.settle(slot, Context::CONSTANT.needs());
            }
            return (number, false);
        }
        let single = if self.rules.python2 { None } else { single_text(text) };
        let first = single.unwrap_or_else(|| self.first_of(place.object, text));
        let known = self.slots.state(first);
        if known.number() != Some(number) {
            // It was written, and is one with another that was written, too.
            self.is_late = true;
            self.slots.set(slot, known);
            return (known.number().unwrap_or_default(), false);
        }
        self.slots.settle(slot, State::SETTLED);
        self.slots.settle(first, State::SETTLED);
        (number, !known.is_interned() || first == slot)
    }

    /// Looks into containers that came again in another place, once all is written.
    pub(super) fn settle_rest(&mut self) {
        while let Some(place) = self.later.pop() {
            let is_constant = matches!(self.graph.value(place.object), Value::Tuple(_) | Value::FrozenSet(_));
            let context = place.context.of_items(is_constant);
            for &object in items(self.graph, place.object) {
                let place = Place { object, context };
                let Some((slot, state)) = self.slots.slot(object).and_then(|slot| Some((slot, self.slots.get(slot)?)))
                else {
                    continue;
                };
                if state.number().is_some() && !state.has_settled(context.needs()) {
                    let (_, is_interned) = self.settle(place, slot, state);
                    self.is_late |= is_interned;
                }
            }
        }
    }

    /// What has no slot, or is written where nothing is shared.
    #[inline(never)]
    fn without_slot(&mut self, place: Place, is_numbered: bool, sink: Sink<'_, Cursor<'g>>) -> Written {
        self.tell(place, share_without_slot(place, is_numbered), sink)
    }

    /// By Python 2, whose references are for interned strings alone.
    #[inline(never)]
    fn python2(&mut self, place: Place, slot: usize, number: u32, sink: Sink<'_, Cursor<'g>>) -> Written {
        let Value::ByteString(bytes) = self.graph.value(place.object) else {
            return self.tell(place, Share::Alone, sink);
        };
        let is_interned =
            bytes.is_empty() || place.context.is_name() || place.context.is_constant() && looks_like_a_name(bytes);
        if !is_interned {
            self.slots.set(slot, State::WRITTEN);
            return sink.byte_string(Share::Alone, bytes, false);
        }
        self.is_late |= self.slots.state(slot).is_met();
        let first = self.first_of(place.object, bytes);
        if let Some(number) = self.slots.state(first).number() {
            self.slots.set(slot, self.slots.state(first));
            return sink.reference(number);
        }
        self.slots.set(slot, State::new(number, State::SETTLED));
        sink.byte_string(Share::New, bytes, true)
    }
}

impl<'g> Source for First<'g> {
    type Object = Place;
    type Cursor = Cursor<'g>;
    type Error = Error;

    #[inline(always)]
    fn write(&mut self, place: &Place, number: Option<u32>, sink: Sink<'_, Cursor<'g>>) -> Result<(), Fault<Error>> {
        let slot = self.slots.slot(place.object);
        let Some((slot, state)) = slot.and_then(|slot| Some((slot, self.slots.get(slot)?))) else {
            return Ok(self.without_slot(*place, number.is_some(), sink)?);
        };
        if state.number().is_some() {
            return Ok(self.met(*place, slot, state, sink)?);
        }
        let number = number.unwrap_or_default();
        if self.rules.python2 {
            return Ok(self.python2(*place, slot, number, sink)?);
        }
        Ok(self.new_object(*place, slot, number, sink)?)
    }

    #[inline(always)]
    fn int(&mut self, place: &Place) -> Result<Option<i64>, Error> {
        Ok(int_of(self.graph, place.object))
    }

    #[inline(always)]
    fn next(&mut self, cursor: &mut Cursor<'g>) -> Result<Option<Place>, Error> {
        Ok(cursor.next())
    }
}

/// Whether what has no identity has a number: a number that is held besides, of which each is another.
pub(super) fn share_without_slot(place: Place, is_numbered: bool) -> Share {
    let is_number = matches!(place.object.inline(), Inline::Int(_) | Inline::Float(_));
    if is_numbered && is_number && place.context.is_held() { Share::New } else { Share::Alone }
}

/// The bytes of a str of either Python.
fn bytes_of<'g>(graph: &'g Graph<'g>, object: Handle) -> Option<&'g [u8]> {
    match graph.value(object) {
        Value::Text(text) => Some(text.as_bytes()),
        Value::ByteString(bytes) => Some(bytes),
        _ => None,
    }
}
