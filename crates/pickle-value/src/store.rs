//! The memory of a graph: spans, nodes and the pool.
//!
//! ```text
//!   handle ──► span  ──► bytes of the input, of the arena behind it, or of a region beside it
//!          └─► node  ──► a range of the pool: handles
//! ```
//!
//! Freeing a graph is freeing these few vectors, so nothing here recurses.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use hashbrown::HashMap;

use crate::error::{Error, ErrorKind};
use crate::handle::{Handle, Tag};

/// Of so many items, the room is made by their number.
const MANY: usize = 256;

/// So many are copied two by two.
const FEW: usize = 8;

/// Everything of a graph but the input that its spans may refer to.
#[derive(Clone, Debug)]
pub(crate) struct Store<'a> {
    /// How many spans there may be, and how many nodes.
    pub(crate) most: u32,
    /// One entry an object that is text, bytes or a long int.
    pub(crate) spans: Vec<Span>,
    /// Start and length of what does not fit a [`Span`]; [`REGION`] and a number for a whole region.
    pub(crate) long_spans: Vec<(u64, u64)>,
    /// Bytes that the input does not hold. Their addresses start behind the input's.
    pub(crate) arena: Vec<u8>,
    /// Bytes that were handed over beside the input, each of them one object's.
    pub(crate) regions: Vec<Cow<'a, [u8]>>,
    /// One entry an object that has items or fields.
    pub(crate) nodes: Vec<Node>,
    /// The items and fields of all nodes.
    pub(crate) pool: Vec<Handle>,
    /// Hash tables of the larger dicts and sets, by node.
    pub(crate) indexes: HashMap<u32, Box<[u32]>, foldhash::fast::FixedState>,
}

/// The memory of a graph that is no longer needed, for the next one to be built in: see
/// [`Graph::into_room`](crate::Graph::into_room) and [`Builder::with_room`](crate::Builder::with_room).
#[derive(Clone, Debug, Default)]
pub struct Room(Store<'static>);

impl Room {
    pub(crate) fn of(store: Store<'_>) -> Room {
        Room(store.emptied())
    }

    pub(crate) fn into_store<'a>(self) -> Store<'a> {
        self.0
    }
}

/// Where bytes stand: 40 bits of address and 24 bits of length, or a number of [`Store::long_spans`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span(u64);

impl Span {
    const LENGTH_BITS: u32 = 24;
    /// A length of all ones says that the address is a number of [`Store::long_spans`].
    const LONG: u64 = (1 << Self::LENGTH_BITS) - 1;
    const ADDRESS_LIMIT: u64 = 1 << 40;

    #[inline(always)]
    pub(crate) fn short(address: u64, length: u64) -> Option<Span> {
        (length < Self::LONG && address < Self::ADDRESS_LIMIT).then_some(Span(address << Self::LENGTH_BITS | length))
    }
}

/// A range of the pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) start: u32,
    /// How many handles are in use; a dict has two an entry.
    pub(crate) length: u32,
    /// How many the range has room for.
    pub(crate) room: u32,
    /// Of an object, its [`ObjectKind`](crate::ObjectKind); of a tuple, [`Node::HASHABLE`] once that is known; of a dict,
    /// [`Node::UNSETTLED`] as long as two of its keys may be equal.
    pub(crate) meta: u32,
}

impl Node {
    pub(crate) const HASHABLE: u32 = 1;
    pub(crate) const UNSETTLED: u32 = 2;
}

/// Says that an address is the number of a region.
const REGION: u64 = 1 << 63;

impl<'a> Store<'a> {
    /// The number of a new entry behind so many.
    #[inline(always)]
    fn number(&self, length: usize) -> Result<u32, Error> {
        if length as u64 >= u64::from(self.most) {
            return Err(Error::new(ErrorKind::TooManyObjects { most: self.most }));
        }
        Ok(length as u32)
    }

    /// Enters bytes at an address: below `input_length` in the input, from there on in the arena.
    #[inline(always)]
    pub(crate) fn push_span(&mut self, address: u64, length: u64) -> Result<u32, Error> {
        let span = match Span::short(address, length) {
            Some(span) => span,
            None => self.push_long_span(address, length),
        };
        let index = self.number(self.spans.len())?;
        self.spans.push(span);
        Ok(index)
    }

    #[cold]
    fn push_long_span(&mut self, address: u64, length: u64) -> Span {
        let number = self.long_spans.len() as u64;
        self.long_spans.push((address, length));
        Span(number << Span::LENGTH_BITS | Span::LONG)
    }

    /// Enters the bytes of a span once more, as another object.
    pub(crate) fn copy_span(&mut self, span: u32) -> Result<u32, Error> {
        let index = self.number(self.spans.len())?;
        self.spans.push(self.spans[span as usize]);
        Ok(index)
    }

    /// Enters bytes that the input does not hold.
    pub(crate) fn push_owned(&mut self, bytes: &[u8], input_length: usize) -> Result<u32, Error> {
        let address = input_length as u64 + self.arena.len() as u64;
        self.arena.extend_from_slice(bytes);
        self.push_span(address, bytes.len() as u64)
    }

    /// Enters bytes that stand beside the input, which are not copied.
    pub(crate) fn push_region(&mut self, bytes: Cow<'a, [u8]>) -> Result<u32, Error> {
        let span = self.push_long_span(REGION | self.regions.len() as u64, bytes.len() as u64);
        let index = self.number(self.spans.len())?;
        self.spans.push(span);
        self.regions.push(bytes);
        Ok(index)
    }

    /// The same without anything in it, but with all its memory.
    fn emptied(mut self) -> Store<'static> {
        self.spans.clear();
        self.long_spans.clear();
        self.arena.clear();
        self.nodes.clear();
        self.pool.clear();
        self.indexes.clear();
        Store {
            regions: Vec::new(),
            spans: self.spans,
            long_spans: self.long_spans,
            arena: self.arena,
            nodes: self.nodes,
            pool: self.pool,
            indexes: self.indexes,
            most: self.most,
        }
    }

    /// Gives back memory that was taken for more than there is. What is small, or nearly full, is not worth a copy.
    pub(crate) fn shrink(&mut self) {
        fn shrink<T>(row: &mut Vec<T>) {
            let spare = (row.capacity() - row.len()) * size_of::<T>();
            if spare > 1 << 16 && row.capacity() - row.len() > row.len() / 4 {
                row.shrink_to_fit();
            }
        }
        shrink(&mut self.spans);
        shrink(&mut self.arena);
        shrink(&mut self.nodes);
        shrink(&mut self.pool);
    }

    /// The same without anything borrowed: what the regions borrow is copied.
    pub(crate) fn into_owned(self) -> Store<'static> {
        let regions = self.regions.into_iter().map(|region| Cow::Owned(region.into_owned())).collect();
        Store {
            regions,
            most: self.most,
            spans: self.spans,
            long_spans: self.long_spans,
            arena: self.arena,
            nodes: self.nodes,
            pool: self.pool,
            indexes: self.indexes,
        }
    }

    /// Enters a node with these items, and no room for more.
    #[inline(always)]
    pub(crate) fn push_node(&mut self, items: &[Handle], meta: u32) -> Result<u32, Error> {
        let index = self.number(self.nodes.len())?;
        let start = index_of(self.pool.len())?;
        index_of(self.pool.len() + items.len())?;
        self.push_items(items);
        let length = items.len() as u32;
        self.nodes.push(Node { start, length, room: length, meta });
        Ok(index)
    }

    /// Leaves room for one more item in the newest node.
    #[inline]
    pub(crate) fn leave_room(&mut self) -> Result<(), Error> {
        if let Some(node) = self.nodes.last_mut() {
            index_of(self.pool.len() + 1)?;
            self.pool.push(Handle::NONE);
            node.room += 1;
        }
        Ok(())
    }

    /// Enters the first items of a node: wherever the pool ends.
    #[inline(always)]
    pub(crate) fn fill(&mut self, node: u32, items: &[Handle]) -> Result<(), Error> {
        let start = index_of(self.pool.len())?;
        index_of(self.pool.len() + items.len())?;
        self.push_items(items);
        let length = items.len() as u32;
        let node = &mut self.nodes[node as usize];
        *node = Node { start, length, room: length, meta: node.meta };
        Ok(())
    }

    /// Enters items at the end of the pool. Of few, a copy of unknown length takes longer than all the rest.
    #[inline(always)]
    fn push_items(&mut self, items: &[Handle]) {
        if items.len() > FEW {
            return self.push_many(items);
        }
        let (pairs, last) = items.as_chunks::<2>();
        for pair in pairs {
            self.pool.extend_from_slice(pair);
        }
        if let [last] = last {
            self.pool.push(*last);
        }
    }

    #[inline(never)]
    fn push_many(&mut self, items: &[Handle]) {
        if items.len() > self.pool.capacity() - self.pool.len() && items.len() >= MANY {
            // Often the last row of all, behind what was foreseen: twice the room would be left half empty.
            self.pool.reserve_exact(items.len() + self.pool.len() / 8);
        }
        self.pool.extend_from_slice(items);
    }

    /// Appends items to a node: in place where its range is the pool's last or has room, else in a range twice as large.
    #[inline(always)]
    pub(crate) fn append(&mut self, node: u32, items: &[Handle]) -> Result<(), Error> {
        let Node { start, length, room, .. } = self.nodes[node as usize];
        let (start_at, end) = (start as usize, start as usize + length as usize);
        let wanted = length as usize + items.len();
        if length == 0 {
            return self.fill(node, items);
        } else if end == self.pool.len() {
            self.pool.extend_from_slice(items);
            self.nodes[node as usize].room = index_of(wanted)?;
        } else if wanted <= room as usize {
            self.pool[end..end + items.len()].copy_from_slice(items);
        } else {
            self.relocate(node, wanted)?;
            let end = self.nodes[node as usize].start as usize + (end - start_at);
            self.pool[end..end + items.len()].copy_from_slice(items);
        }
        index_of(self.pool.len())?;
        self.nodes[node as usize].length = index_of(wanted)?;
        Ok(())
    }

    #[cold]
    fn relocate(&mut self, node: u32, wanted: usize) -> Result<(), Error> {
        let Node { start, length, .. } = self.nodes[node as usize];
        let room = wanted.max(4).next_power_of_two();
        let new_start = self.pool.len();
        index_of(new_start + room)?;
        self.pool.extend_from_within(start as usize..start as usize + length as usize);
        self.pool.resize(new_start + room, Handle::NONE);
        let node = &mut self.nodes[node as usize];
        node.start = new_start as u32;
        node.room = room as u32;
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn items(&self, node: u32) -> &[Handle] {
        let Node { start, length, .. } = self.nodes[node as usize];
        &self.pool[start as usize..start as usize + length as usize]
    }

    pub(crate) fn items_mut(&mut self, node: u32) -> &mut [Handle] {
        let Node { start, length, .. } = self.nodes[node as usize];
        &mut self.pool[start as usize..start as usize + length as usize]
    }
}

#[inline(always)]
fn index_of(length: usize) -> Result<u32, Error> {
    match u32::try_from(length) {
        Ok(index) => Ok(index),
        Err(_) => Err(Error::new(ErrorKind::TooManyObjects { most: u32::MAX })),
    }
}

/// A store together with the input that its spans refer to: what reading needs.
#[derive(Clone, Copy)]
pub(crate) struct Access<'g> {
    pub(crate) input: &'g [u8],
    pub(crate) store: &'g Store<'g>,
}

impl<'g> Access<'g> {
    /// The bytes of a span.
    #[inline(always)]
    pub(crate) fn bytes(self, span: u32) -> &'g [u8] {
        let (bytes, length) = self.bytes_and_more(span);
        &bytes[..length]
    }

    /// The bytes of a span and all that stand behind them; how many are its own.
    #[inline(always)]
    pub(crate) fn bytes_and_more(self, span: u32) -> (&'g [u8], usize) {
        self.bytes_and_more_of(self.store.spans[span as usize])
    }

    /// The same, where the span is at hand.
    #[inline(always)]
    pub(crate) fn bytes_and_more_of(self, Span(packed): Span) -> (&'g [u8], usize) {
        let (mut address, mut length) = (packed >> Span::LENGTH_BITS, packed & Span::LONG);
        if length == Span::LONG {
            (address, length) = self.store.long_spans[address as usize];
            if address & REGION != 0 {
                return (&self.store.regions[(address & !REGION) as usize], length as usize);
            }
        }
        let address = address as usize;
        let bytes = match address.checked_sub(self.input.len()) {
            None => &self.input[address..],
            Some(address) => &self.store.arena[address..],
        };
        (bytes, length as usize)
    }

    /// The first `N` bytes of the same, of which at most that many are its own: two comparisons where it is the input's.
    #[inline(always)]
    pub(crate) fn window<const N: usize>(self, span: Span) -> Option<(&'g [u8; N], usize)> {
        const { assert!((N as u64) < Span::LONG) };
        let (address, length) = ((span.0 >> Span::LENGTH_BITS) as usize, (span.0 & Span::LONG) as usize);
        if length > N {
            return None;
        }
        match self.input.get(address..address + N) {
            Some(window) => Some((window.first_chunk()?, length)),
            None => self.window_behind(address, length),
        }
    }

    #[cold]
    fn window_behind<const N: usize>(self, address: usize, length: usize) -> Option<(&'g [u8; N], usize)> {
        let address = address.checked_sub(self.input.len())?;
        Some((self.store.arena.get(address..)?.first_chunk()?, length))
    }

    /// The span of text, bytes or an int of more than so many bytes.
    #[inline]
    pub(crate) fn long_span(self, handle: Handle, length: usize) -> Option<u32> {
        match handle.reference() {
            Some((Tag::Text | Tag::Bytes | Tag::ByteArray | Tag::ByteString | Tag::BigInt | Tag::Long, span))
                if self.bytes(span).len() > length =>
            {
                Some(span)
            }
            _ => None,
        }
    }

    #[inline(always)]
    pub(crate) fn items(self, node: u32) -> &'g [Handle] {
        self.store.items(node)
    }

    #[inline(always)]
    pub(crate) fn node(self, node: u32) -> Node {
        self.store.nodes[node as usize]
    }

    /// The items of a handle that has this tag.
    pub(crate) fn items_of(self, handle: Handle, tag: Tag) -> Option<&'g [Handle]> {
        handle.index(tag).map(|node| self.items(node))
    }
}

impl<'a> Store<'a> {
    const EMPTY: Store<'a> = Store {
        most: u32::MAX,
        spans: Vec::new(),
        long_spans: Vec::new(),
        arena: Vec::new(),
        regions: Vec::new(),
        nodes: Vec::new(),
        pool: Vec::new(),
        indexes: HashMap::with_hasher(foldhash::fast::FixedState::with_seed(0)),
    };
}

impl Default for Store<'_> {
    fn default() -> Self {
        Store::EMPTY
    }
}

/// What an absent view refers to.
pub(crate) static EMPTY: Store<'static> = Store::EMPTY;
