//! [`Rows`]: what plain objects go to, out of the builder for as long as they follow each other.

use alloc::vec::Vec;
use core::mem;

use super::Builder;
use crate::handle::{Handle, Tag};
use crate::store::{Node, Span};
use crate::text::{SHORT, Text, is_ascii_within};

/// The rows of a builder that plain objects go to, owned, so that a loop may keep them in registers.
///
/// Each method gives nothing, and does nothing, where there is no room for what it makes, or anything is out of the ordinary:
/// the builder's own methods are for that, and for what is wrong. They go back to the builder by [`put_back`](Rows::put_back).
#[derive(Debug)]
pub struct Rows<'b, 'a> {
    builder: &'b mut Builder<'a>,
    spans: Vec<Span>,
    nodes: Vec<Node>,
    pool: Vec<Handle>,
}

impl<'a> Builder<'a> {
    /// The rows, if so many objects more cannot be too many for them.
    #[doc(hidden)]
    #[inline]
    pub fn rows(&mut self, more: usize) -> Option<Rows<'_, 'a>> {
        let store = &mut self.store;
        let longest = (store.spans.len().max(store.nodes.len()) as u64).checked_add(more as u64)?;
        let widest = (store.pool.len() as u64).checked_add(more as u64)?;
        if longest >= store.most.into() || widest >= u32::MAX.into() || self.input.len() as u64 > u32::MAX.into() {
            return None;
        }
        let (spans, nodes, pool) =
            (mem::take(&mut store.spans), mem::take(&mut store.nodes), mem::take(&mut store.pool));
        Some(Rows { builder: self, spans, nodes, pool })
    }
}

impl Rows<'_, '_> {
    /// Gives the rows back to the builder.
    #[inline(always)]
    pub fn put_back(self) {
        let Rows { builder, spans, nodes, pool } = self;
        (builder.store.spans, builder.store.nodes, builder.store.pool) = (spans, nodes, pool);
    }

    /// A str that is ASCII: the first `length` bytes of a window on the input, which stands at `start` there.
    #[inline(always)]
    pub fn short_text(&mut self, window: &[u8; SHORT], start: u32, length: usize) -> Option<Handle> {
        if !is_ascii_within(window, length) && !self.is_text(start, length) {
            return None;
        }
        self.checked_text(start, length)
    }

    /// A str that stands at `start` in the input.
    #[inline(always)]
    pub fn text(&mut self, start: u32, length: usize) -> Option<Handle> {
        if !self.is_text(start, length) {
            return None;
        }
        self.checked_text(start, length)
    }

    #[inline(never)]
    fn is_text(&self, start: u32, length: usize) -> bool {
        Text::check_within(self.builder.input, start as usize, length).is_ok()
    }

    #[inline(always)]
    fn checked_text(&mut self, start: u32, length: usize) -> Option<Handle> {
        let index = self.spans.len();
        if index >= self.spans.capacity() {
            return None;
        }
        put(&mut self.spans, Span::short(start.into(), length as u64)?);
        Some(Handle::new(Tag::Text, index as u32))
    }

    /// An empty list.
    #[inline(always)]
    pub fn list(&mut self) -> Option<Handle> {
        self.empty(Tag::List)
    }

    /// An empty dict.
    #[inline(always)]
    pub fn dict(&mut self) -> Option<Handle> {
        self.empty(Tag::Dict)
    }

    #[inline(always)]
    fn empty(&mut self, tag: Tag) -> Option<Handle> {
        let index = self.nodes.len();
        if index >= self.nodes.capacity() {
            return None;
        }
        put(&mut self.nodes, Node { start: self.pool.len() as u32, length: 0, room: 0, meta: 0 });
        Some(Handle::new(tag, index as u32))
    }

    /// A tuple of so many items.
    #[inline(always)]
    pub fn short_tuple<const N: usize>(&mut self, items: [Handle; N]) -> Option<Handle> {
        let (index, start) = (self.nodes.len(), self.pool.len() as u32);
        if index >= self.nodes.capacity() || !self.has_room(N) {
            return None;
        }
        for item in items {
            put(&mut self.pool, item);
        }
        put(&mut self.nodes, Node { start, length: N as u32, room: N as u32, meta: 0 });
        Some(Handle::new(Tag::Tuple, index as u32))
    }

    /// A tuple.
    #[inline(always)]
    pub fn tuple(&mut self, items: &[Handle]) -> Option<Handle> {
        let (index, start) = (self.nodes.len(), self.pool.len() as u32);
        if index >= self.nodes.capacity() || !self.has_room(items.len()) {
            return None;
        }
        put_all(&mut self.pool, items);
        let length = items.len() as u32;
        put(&mut self.nodes, Node { start, length, room: length, meta: 0 });
        Some(Handle::new(Tag::Tuple, index as u32))
    }

    /// Gives a list its first items; false if it has some.
    #[inline(always)]
    pub fn extend(&mut self, list: Handle, items: &[Handle]) -> bool {
        self.has_room(items.len()) && self.is_empty(list.number_of(Tag::List)) && {
            self.fill(list.number(), items);
            true
        }
    }

    /// Gives a dict its first keys and values, in turn; false if it has some, or keys are unlike any others before and cannot be
    /// hashed.
    #[inline(always)]
    pub fn set_items(&mut self, dict: Handle, pairs: &[Handle]) -> bool {
        let may_be = self.has_room(pairs.len())
            && self.is_empty(dict.number_of(Tag::Dict))
            && (self.builder.shapes.have(&self.pool, pairs) || self.may_be_keys(dict.number(), pairs));
        if may_be {
            self.fill(dict.number(), pairs);
        }
        may_be
    }

    /// Looks at the first keys of a dict as the builder does, which has all its rows while it looks.
    #[inline(never)]
    fn check_keys(builder: &mut Builder<'_>, node: u32, pairs: &[Handle]) -> bool {
        builder.check_first_pairs(node, pairs).is_ok()
    }

    #[inline(always)]
    fn may_be_keys(&mut self, node: u32, pairs: &[Handle]) -> bool {
        let store = &mut self.builder.store;
        (store.spans, store.nodes, store.pool) =
            (mem::take(&mut self.spans), mem::take(&mut self.nodes), mem::take(&mut self.pool));
        let may_be = Self::check_keys(self.builder, node, pairs);
        let store = &mut self.builder.store;
        (self.spans, self.nodes, self.pool) =
            (mem::take(&mut store.spans), mem::take(&mut store.nodes), mem::take(&mut store.pool));
        may_be
    }

    /// Whether there is a node of this number, without items.
    #[inline(always)]
    fn is_empty(&self, node: u64) -> bool {
        usize::try_from(node).is_ok_and(|node| self.nodes.get(node).is_some_and(|node| node.length == 0))
    }

    #[inline(always)]
    fn has_room(&self, items: usize) -> bool {
        self.pool.capacity() - self.pool.len() >= items
    }

    /// Gives a node its first items, for which there is room.
    #[inline(always)]
    fn fill(&mut self, node: u32, items: &[Handle]) {
        let (start, length) = (self.pool.len() as u32, items.len() as u32);
        put_all(&mut self.pool, items);
        if let Some(node) = self.nodes.get_mut(node as usize) {
            (node.start, node.length, node.room) = (start, length, length);
        }
    }
}

/// Enters what there is room for. As the compiler sees that the row never grows, it need not stand in memory.
#[inline(always)]
fn put<T>(row: &mut Vec<T>, entry: T) {
    if row.len() < row.capacity() {
        row.push(entry);
    }
}

/// The same of several.
#[inline(always)]
fn put_all(row: &mut Vec<Handle>, entries: &[Handle]) {
    if row.capacity() - row.len() >= entries.len() {
        row.extend_from_slice(entries);
    }
}
