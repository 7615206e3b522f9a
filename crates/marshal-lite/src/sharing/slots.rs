//! [`Slots`]: what is known of each object, in a table by number.

use alloc::vec;
use alloc::vec::Vec;

use pickle_value::{Graph, Handle, Identity, Inline, Sort};

use super::Rules;

/// A word for each object that CPython has one of, for each span and for each node of the graph.
#[derive(Debug)]
pub(crate) struct Slots {
    /// Where the slots of nodes begin, those of spans being before them.
    nodes: usize,
    /// Empty where nothing is shared.
    states: Vec<State>,
}

/// What is known of an object: 0 if it was not met yet. Else, times four, its number plus one, if it has one; and below,
/// what is settled of it: bits of [`Context::CONSTANT`](super::Context::CONSTANT) and
/// [`Context::NAME`](super::Context::NAME).
///
/// Of two objects that are one, such as two handles of `'a'`, both have the number.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct State(u32);

impl State {
    /// It was written, and has no number. In Python 2 only, where that is what strings have that are not interned.
    pub(crate) const WRITTEN: State = State(1);
    /// Whatever is asked about an object, it is settled.
    pub(crate) const SETTLED: u32 = 3;

    #[inline(always)]
    pub(crate) fn new(number: u32, settled: u32) -> State {
        State((number + 1) << 2 | settled)
    }

    #[inline(always)]
    pub(crate) fn number(self) -> Option<u32> {
        (self.0 >> 2).checked_sub(1)
    }

    #[inline(always)]
    pub(crate) fn is_met(self) -> bool {
        self.0 != 0
    }

    #[inline(always)]
    pub(crate) fn has_settled(self, needs: u32) -> bool {
        !self.0 & needs == 0
    }

    pub(crate) fn settle(&mut self, needs: u32) {
        self.0 |= needs;
    }

    /// Of a str: it is interned.
    pub(crate) fn is_interned(self) -> bool {
        self.0 & 2 != 0
    }
}

/// The ints that CPython has one object of.
const SMALL_INTS: core::ops::RangeInclusive<i64> = -5..=256;

// Slots of what there is one object of.
const INT: usize = 0;
const CHARACTER: usize = INT + 262;
const BYTE: usize = CHARACTER + 256;
const EMPTY_TEXT: usize = BYTE + 256;
const EMPTY_BYTES: usize = EMPTY_TEXT + 1;
pub(crate) const EMPTY_TUPLE: usize = EMPTY_BYTES + 1;
pub(crate) const EMPTY_FROZEN_SET: usize = EMPTY_TUPLE + 1;
/// The first slot of the graph's spans, which its nodes follow.
pub(crate) const SPANS: usize = EMPTY_FROZEN_SET + 1;

impl Slots {
    pub(crate) fn new(graph: &Graph<'_>, rules: &Rules) -> Slots {
        let counts = graph.counts();
        let nodes = SPANS + counts.spans;
        let total = if rules.are_numbered() { nodes + counts.nodes } else { 0 };
        Slots { nodes, states: vec![State::default(); total] }
    }

    /// The slot of an object by its number alone; none for `None`, floats, ints that are not small.
    #[inline(always)]
    pub(crate) fn slot(&self, object: Handle) -> Option<usize> {
        let Identity { sort, number } = object.identity();
        // Which of the two it is cannot be guessed, so nothing branches on it.
        if matches!(sort, Sort::Span | Sort::Node) {
            let start = if sort == Sort::Node { self.nodes } else { SPANS };
            return Some(start + number as usize);
        }
        match object.inline() {
            Inline::Int(value) => single_int(value),
            _ => None,
        }
    }

    /// Nothing where nothing is shared.
    #[inline(always)]
    pub(crate) fn get(&self, slot: usize) -> Option<State> {
        self.states.get(slot).copied()
    }

    #[inline(always)]
    pub(crate) fn state(&self, slot: usize) -> State {
        self.states[slot]
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, slot: usize, state: State) {
        self.states[slot] = state;
    }

    #[inline(always)]
    pub(crate) fn settle(&mut self, slot: usize, needs: u32) {
        self.states[slot].settle(needs);
    }

    pub(crate) fn all(&self) -> &[State] {
        &self.states
    }
}

/// The slot of an int of which there is one.
#[inline(always)]
pub(crate) fn single_int(value: i64) -> Option<usize> {
    SMALL_INTS.contains(&value).then(|| INT + (value - SMALL_INTS.start()) as usize)
}

/// The slot of a str of which there is one: that without characters, those of one latin-1 character.
#[inline(always)]
pub(crate) fn single_text(utf8: &[u8]) -> Option<usize> {
    match *utf8 {
        [] => Some(EMPTY_TEXT),
        [byte @ 0..0x80] => Some(CHARACTER + usize::from(byte)),
        [lead @ 0xc2..=0xc3, byte] => Some(CHARACTER + usize::from(lead << 6 | byte & 0x3f)),
        _ => None,
    }
}

/// The slot of bytes of which there is one: those of up to one byte.
#[inline(always)]
pub(crate) fn single_bytes(bytes: &[u8]) -> Option<usize> {
    match *bytes {
        [] => Some(EMPTY_BYTES),
        [byte] => Some(BYTE + usize::from(byte)),
        _ => None,
    }
}

/// Of what there is one of, these are interned from the start.
pub(crate) fn is_interned_single(slot: usize, rules: &Rules) -> bool {
    slot == EMPTY_TEXT || (CHARACTER..BYTE).contains(&slot) && rules.characters_are_interned
}

/// Whether there is one of an object wherever it comes from.
#[inline(always)]
pub(crate) fn is_single(slot: usize) -> bool {
    slot < SPANS
}
