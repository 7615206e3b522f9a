//! [`Shapes`]: dicts whose keys surely differ are told while they are filled, so that they need no second look.

use alloc::vec::Vec;

use crate::handle::{Handle, Tag, Unpacked};
use crate::store::Access;

/// Up to this many entries the keys are compared one by one: quicker than a table, and nothing to keep.
pub(crate) const SMALL: usize = 12;

/// Where keys that differ stand in the pool: records of one shape have the very same keys.
///
/// There are none before the first, so that a builder that makes no dict takes no memory for them.
#[derive(Debug, Default)]
pub(crate) struct Shapes(Vec<Shape>);

#[derive(Clone, Copy, Default, Debug)]
struct Shape {
    start: u32,
    length: u32,
}

/// How many shapes are remembered.
const MOST: usize = 64;

impl Shapes {
    /// True if a dict that was noted has the same keys, object by object.
    #[inline(always)]
    pub(crate) fn have(&self, pool: &[Handle], pairs: &[Handle]) -> bool {
        let [first, ..] = pairs else { return false };
        let Some(&Shape { start, length }) = self.0.get(slot(*first, pairs.len())) else { return false };
        if length as usize != pairs.len() {
            return false;
        }
        let Some(mut noted) = pool.get(start as usize..start as usize + pairs.len()) else { return false };
        let mut pairs = pairs;
        while let ([noted_key, _, more_noted @ ..], [key, _, more @ ..]) = (noted, pairs) {
            if noted_key != key {
                return false;
            }
            (noted, pairs) = (more_noted, more);
        }
        noted.is_empty()
    }

    /// Notes that the keys differ of the pairs that stand there in the pool.
    pub(crate) fn note(&mut self, start: u32, pairs: &[Handle]) {
        let [first, ..] = pairs else { return };
        if self.0.is_empty() {
            self.0.resize(MOST, Shape::default());
        }
        self.0[slot(*first, pairs.len())] = Shape { start, length: pairs.len() as u32 };
    }
}

#[inline(always)]
fn slot(first: Handle, length: usize) -> usize {
    (first.number() as usize ^ length >> 1) % MOST
}

/// Whether the keys, of which each is the first of so many items, are so few, and so plain, that a look at each shows that they
/// differ. They can be hashed then, too.
///
/// Of text only its ends are looked at; where they are the same in two keys, nothing is known.
#[inline(always)]
pub(crate) fn surely_differ(access: Access<'_>, items: &[Handle], width: usize) -> bool {
    let mut marks = [0; SMALL];
    if items.len() > width * SMALL {
        return false;
    }
    for (entry, item) in items.chunks_exact(width).enumerate() {
        let Some(mark) = mark(access, item[0]) else { return false };
        if marks[..entry].contains(&mark) {
            return false;
        }
        marks[entry] = mark;
    }
    true
}

/// A number that equal keys have in common, of those that equal none of another kind.
#[inline(always)]
fn mark(access: Access<'_>, key: Handle) -> Option<u64> {
    match key.unpack() {
        Unpacked::Ref(Tag::Text, span) => {
            let (bytes, length) = access.bytes_and_more(span);
            ends(bytes, length)
        }
        // Floats and bools may equal ints.
        Unpacked::Int(value) => Some(value as u64),
        _ => None,
    }
}

/// The length and the first and last eight of so many bytes. Nothing branches on the length; so there must be eight bytes, be
/// they some that stand behind.
#[inline(always)]
fn ends(bytes: &[u8], length: usize) -> Option<u64> {
    let mask = MASKS[length.min(8)];
    let first = u64::from_le_bytes(*bytes.first_chunk()?) & mask;
    let last = u64::from_le_bytes(*bytes.get(length.saturating_sub(8)..)?.first_chunk()?) & mask;
    Some((first ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ last)
}

/// By how many bytes count, those of eight.
static MASKS: [u64; 9] = {
    let mut masks = [0; 9];
    let mut length = 1;
    while length <= 8 {
        masks[length] = u64::MAX >> (64 - 8 * length);
        length += 1;
    }
    masks
};
