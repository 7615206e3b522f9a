//! [`Again`]: the graph as the source of what is written once more, when all is known.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use hashbrown::HashMap;
use pickle_value::{Handle, Value};

use super::first::share_without_slot;
use super::{First, Place, Sharing};
use crate::error::{Error, ErrorKind, Fault};
use crate::graph_source::{Cursor, InContext, int_of, tell};
use crate::source::{Share, Source};
use crate::write::Sink;

/// A source that knows what comes again.
#[derive(Debug)]
pub(crate) struct Again<'g> {
    pub(super) first: First<'g>,
    /// Of each number that was given at first.
    known: Vec<Known>,
    /// The numbers that were given since the last [`Again::forget`].
    given: Vec<u32>,
    /// The items of sets in the order in which they are written.
    ordered: Vec<Handle>,
    /// By the number of a set, its part of these.
    orders: HashMap<u32, Range<u32>, foldhash::fast::FixedState>,
}

#[derive(Clone, Copy, Default, Debug)]
struct Known {
    is_flagged: bool,
    is_interned: bool,
    /// The number that it is written with, plus one.
    number: u32,
}

impl<'g> Again<'g> {
    /// From what was learnt at first, and from the flags that came of it.
    pub(crate) fn new(first: First<'g>, flags: impl ExactSizeIterator<Item = (bool, bool)>) -> Again<'g> {
        let shares = first.rules.sharing != Sharing::Never;
        let mut known = vec![Known::default(); flags.len()];
        let mut held = first.held.iter().copied().peekable();
        for (number, (known, (is_flagged, is_referred))) in known.iter_mut().zip(flags).enumerate() {
            let is_held = held.next_if(|&held| held as usize == number).is_some();
            known.is_flagged = (is_flagged && !is_held || is_referred) && shares;
        }
        for state in first.slots.all() {
            if let Some(known) = state.number().and_then(|number| known.get_mut(number as usize)) {
                known.is_interned |= state.is_interned();
            }
        }
        Again { first, known, given: Vec::new(), ordered: Vec::new(), orders: HashMap::default() }
    }

    /// Takes back the numbers that were given.
    pub(super) fn forget(&mut self) {
        for number in self.given.drain(..) {
            self.known[number as usize].number = 0;
        }
    }

    pub(super) fn set_order(&mut self, set: Handle, items: impl Iterator<Item = Handle>) {
        let start = self.ordered.len() as u32;
        self.ordered.extend(items);
        self.orders.insert(set.identity().number, start..self.ordered.len() as u32);
    }

    fn tell(&self, place: Place, share: Share, is_interned: bool, sink: Sink<'_, Cursor<'g>>) -> Result<(), ErrorKind> {
        let (graph, of_set_items) = (self.first.graph, self.first.rules.of_set_items());
        let context = |is_constant| place.context.of_items(is_constant).and(of_set_items);
        let order = self.orders.get(&place.object.identity().number);
        match (graph.value(place.object), order) {
            (Value::Set(items), Some(order)) => {
                sink.set(share, items.len(), Cursor::ordered(order.clone(), context(false)))
            }
            (Value::FrozenSet(items), Some(order)) => {
                sink.frozen_set(share, items.len(), Cursor::ordered(order.clone(), context(true)))
            }
            _ => {
                let cursors = InContext { context: place.context, of_set_items };
                tell(graph, place.object, share, is_interned, &cursors, sink)
            }
        }
    }
}

impl<'g> Source for Again<'g> {
    type Object = Place;
    type Cursor = Cursor<'g>;
    type Error = Error;

    fn write(&mut self, place: &Place, number: Option<u32>, sink: Sink<'_, Cursor<'g>>) -> Result<(), Fault<Error>> {
        let (slots, rules) = (&self.first.slots, self.first.rules);
        let Some(state) = slots.slot(place.object).and_then(|slot| slots.get(slot)) else {
            let is_numbered = number.is_some() && rules.sharing != Sharing::Never;
            return Ok(self.tell(*place, share_without_slot(*place, is_numbered), false, sink)?);
        };
        let first = state.number().filter(|&number| (number as usize) < self.known.len());
        let (Some(number), Some(first)) = (number, first) else {
            return Ok(self.tell(*place, Share::Alone, false, sink)?);
        };
        let known = &mut self.known[first as usize];
        if let Some(number) = known.number.checked_sub(1) {
            return Ok(sink.reference(number)?);
        }
        let mut share = Share::Alone;
        if known.is_flagged || place.context.is_held() && rules.sharing == Sharing::CPython {
            known.number = number + 1;
            share = Share::New;
            self.given.push(first);
        }
        // In Python 2 it is those that are numbered.
        let is_interned = known.is_interned && (!rules.python2 || share == Share::New);
        Ok(self.tell(*place, share, is_interned, sink)?)
    }

    fn int(&mut self, place: &Place) -> Result<Option<i64>, Error> {
        Ok(int_of(self.first.graph, place.object))
    }

    fn next(&mut self, cursor: &mut Cursor<'g>) -> Result<Option<Place>, Error> {
        Ok(cursor.next_in_order(&self.ordered))
    }
}
