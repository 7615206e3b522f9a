//! Dicts and sets: which keys may be, which are the same, and where one is.
//!
//! A reader enters items as they come. When the graph is finished, each dict and set is **settled** once: of equal keys
//! the first stays, with the last value, as Python does it. Larger ones keep the hash table that this took.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::RefCell;

use crate::equal::{Equals, keys_equal};
use crate::error::{Error, ErrorKind};
use crate::handle::{Handle, Tag, Unpacked};
use crate::hash::KeyHasher;
use crate::shape::{SMALL, Shapes, surely_differ};
use crate::store::{Access, Node, Store};

/// Refuses a key that Python cannot hash.
#[inline(always)]
pub(crate) fn check_hashable(store: &mut Store<'_>, key: Handle) -> Result<(), Error> {
    match key.unpack() {
        Unpacked::Ref(tag, index) if !matches!(tag, Tag::Text) => check_hashable_reference(store, tag, index),
        _ => Ok(()),
    }
}

fn check_hashable_reference(store: &mut Store<'_>, tag: Tag, index: u32) -> Result<(), Error> {
    match tag {
        Tag::List | Tag::Appended => Err(unhashable("list")),
        Tag::Dict | Tag::Assigned => Err(unhashable("dict")),
        Tag::Set | Tag::Added => Err(unhashable("set")),
        Tag::ByteArray => Err(unhashable("bytearray")),
        Tag::Tuple | Tag::Slice => check_hashable_items(store, index),
        _ => Ok(()),
    }
}

/// A tuple is hashable when all its items are. What was found hashable is marked, so that shared tuples cost once.
fn check_hashable_items(store: &mut Store<'_>, tuple: u32) -> Result<(), Error> {
    let mut found: Vec<u32> = vec![];
    let mut work = vec![tuple];
    while let Some(node) = work.pop() {
        if store.nodes[node as usize].meta & Node::HASHABLE != 0 {
            continue;
        }
        store.nodes[node as usize].meta |= Node::HASHABLE;
        found.push(node);
        for item in store.items(node) {
            let refused = match item.reference() {
                Some((Tag::Tuple | Tag::Slice, inner)) => {
                    work.push(inner);
                    continue;
                }
                Some((Tag::List, _)) => "list",
                Some((Tag::Dict, _)) => "dict",
                Some((Tag::Set, _)) => "set",
                Some((Tag::ByteArray, _)) => "bytearray",
                _ => continue,
            };
            for node in found {
                store.nodes[node as usize].meta &= !Node::HASHABLE;
            }
            return Err(unhashable(refused));
        }
    }
    Ok(())
}

#[cold]
fn unhashable(kind: &'static str) -> Error {
    Error::new(ErrorKind::Unhashable(kind))
}

/// Settles the dicts and sets of a graph.
pub(crate) struct Settler {
    hasher: KeyHasher,
    /// What was found equal: keys that stand in many dicts are compared once.
    equals: Equals,
    shapes: Shapes,
}

/// What an item list says about its keys.
enum Found {
    /// All differ; a larger one comes with its table.
    Distinct(Option<Box<[u32]>>),
    /// Some are equal: the entries in their new order and state.
    Repeated(Vec<Handle>),
}

impl Settler {
    pub(crate) fn new(shapes: Shapes) -> Settler {
        Settler { hasher: KeyHasher::new(), equals: Equals::default(), shapes }
    }

    pub(crate) fn into_shapes(self) -> Shapes {
        self.shapes
    }

    /// Settles one node, of keys and values (`width` 2) or of keys alone (`width` 1).
    #[inline]
    pub(crate) fn settle(&mut self, input: &[u8], store: &mut Store<'_>, node: u32, width: usize) {
        let Node { start, length, .. } = store.nodes[node as usize];
        let items = store.items(node);
        let differ = || match width {
            1 => surely_differ(Access { input, store }, items, 1),
            _ => self.shapes.have(&store.pool, items),
        };
        if length as usize <= width || differ() {
            return;
        }
        match self.examine(Access { input, store }, items, width) {
            Found::Distinct(None) => {
                if width == 2 {
                    self.shapes.note(start, items);
                }
            }
            Found::Distinct(Some(table)) => {
                store.indexes.insert(node, table);
            }
            Found::Repeated(items) => {
                store.items_mut(node)[..items.len()].copy_from_slice(&items);
                store.nodes[node as usize].length = items.len() as u32;
                // The table of what is left.
                self.settle(input, store, node, width);
            }
        }
    }

    fn examine(&mut self, access: Access<'_>, items: &[Handle], width: usize) -> Found {
        let entries = items.len() / width;
        if entries <= SMALL {
            return self.examine_small(access, items, width);
        }
        match self.examine_large(access, items, width) {
            Some(slots) => Found::Distinct(Some(slots)),
            None => self.repeated(access, items, width, &[]),
        }
    }

    fn examine_small(&mut self, access: Access<'_>, items: &[Handle], width: usize) -> Found {
        let mut hashes = [0; SMALL];
        for (entry, &key) in items.iter().step_by(width).enumerate() {
            let hash = self.hasher.hash(access, key);
            hashes[entry] = hash;
            for earlier in 0..entry {
                if hashes[earlier] == hash && keys_equal(&mut self.equals, access, items[earlier * width], key) {
                    return self.repeated(access, items, width, &hashes[..=entry]);
                }
            }
        }
        Found::Distinct(None)
    }

    /// The table, if all keys differ.
    fn examine_large(&mut self, access: Access<'_>, items: &[Handle], width: usize) -> Option<Box<[u32]>> {
        let mut table = Table::new(items.len() / width);
        for (entry, &key) in items.iter().step_by(width).enumerate() {
            // No key equals a NaN, so none needs to find it: in the table many would stand in each other's way.
            if key.is_nan() {
                continue;
            }
            let hash = self.hasher.hash(access, key);
            let is_equal = |other| keys_equal(&mut self.equals, access, items[other * width], key);
            if table.find_or_insert(hash, entry, is_equal).is_some() {
                return None;
            }
        }
        Some(table.slots)
    }

    /// Of equal keys, keeps the first with the last value. `hashes` are those of the first keys: of a deep one it is much work.
    #[cold]
    fn repeated(&mut self, access: Access<'_>, items: &[Handle], width: usize, hashes: &[u64]) -> Found {
        let mut table = Table::new(items.len() / width);
        let mut kept: Vec<Handle> = Vec::with_capacity(items.len());
        for (at, entry) in items.chunks_exact(width).enumerate() {
            if entry[0].is_nan() {
                kept.extend_from_slice(entry);
                continue;
            }
            let hash = hashes.get(at).copied().unwrap_or_else(|| self.hasher.hash(access, entry[0]));
            let number = kept.len() / width;
            let is_equal = |other| keys_equal(&mut self.equals, access, kept[other * width], entry[0]);
            match table.find_or_insert(hash, number, is_equal) {
                Some(earlier) => kept[earlier * width + 1..][..width - 1].copy_from_slice(&entry[1..]),
                None => kept.extend_from_slice(entry),
            }
        }
        Found::Repeated(kept)
    }
}

/// An open-addressing table of entry numbers, each plus one; zero is free.
struct Table {
    slots: Box<[u32]>,
    /// By entry, the half of its hash that does not say where it stands. Comparing them first keeps keys that are alike for
    /// long, such as deep tuples, from being compared.
    hashes: Vec<u32>,
}

impl Table {
    fn new(entries: usize) -> Table {
        Table { slots: vec![0; (entries * 2).next_power_of_two()].into_boxed_slice(), hashes: vec![0; entries] }
    }

    /// The entry that is equal, or none, after entering this one.
    #[inline]
    fn find_or_insert(&mut self, hash: u64, entry: usize, mut is_equal: impl FnMut(usize) -> bool) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        let hash = (hash >> 32) as u32;
        loop {
            match self.slots[at] {
                0 => {
                    self.slots[at] = entry as u32 + 1;
                    self.hashes[entry] = hash;
                    return None;
                }
                other if self.hashes[other as usize - 1] == hash && is_equal(other as usize - 1) => {
                    return Some(other as usize - 1);
                }
                _ => at = (at + 1) & mask,
            }
        }
    }
}

/// Finds the entry of a dict or set whose key satisfies `is_key`, which all keys with other hashes need not.
///
/// `hash` is asked only where there is a table.
pub(crate) fn find(
    access: Access<'_>,
    node: u32,
    width: usize,
    hash: impl FnOnce(&mut KeyHasher) -> u64,
    is_key: impl Fn(Handle) -> bool,
) -> Option<usize> {
    let items = access.items(node);
    let Some(slots) = access.store.indexes.get(&node) else {
        return items.iter().step_by(width).position(|&key| is_key(key));
    };
    let mask = slots.len() - 1;
    let mut at = hash(&mut KeyHasher::new()) as usize & mask;
    loop {
        let entry = slots[at].checked_sub(1)? as usize;
        if is_key(items[entry * width]) {
            return Some(entry);
        }
        at = (at + 1) & mask;
    }
}

/// The first pairs of a dict are about to be entered: true if their keys surely differ, so that they need not be settled.
///
/// # Errors
///
/// Keys and values that do not come in pairs, and keys that cannot be.
#[inline(never)]
pub(crate) fn check_first_pairs(
    shapes: &mut Shapes,
    input: &[u8],
    store: &mut Store<'_>,
    pairs: &[Handle],
) -> Result<bool, Error> {
    let differ = pairs.len().is_multiple_of(2) && surely_differ(Access { input, store }, pairs, 2);
    match u32::try_from(store.pool.len()) {
        Ok(start) if differ => shapes.note(start, pairs),
        _ => check_pairs(store, pairs)?,
    }
    Ok(differ)
}

/// Refuses keys and values that do not come in pairs, and keys that cannot be.
#[inline(always)]
pub(crate) fn check_pairs(store: &mut Store<'_>, pairs: &[Handle]) -> Result<(), Error> {
    if !pairs.len().is_multiple_of(2) {
        return Err(Error::new(ErrorKind::OddItems));
    }
    pairs.iter().step_by(2).try_for_each(|&key| check_hashable(store, key))
}

/// Refuses items that cannot be in a set.
#[inline(always)]
pub(crate) fn check_items(store: &mut Store<'_>, items: &[Handle]) -> Result<(), Error> {
    items.iter().try_for_each(|&key| check_hashable(store, key))
}

/// The entry whose key is equal to one of the same graph.
pub(crate) fn find_handle(access: Access<'_>, node: u32, width: usize, key: Handle) -> Option<usize> {
    let equals = RefCell::new(Equals::default());
    let is_key = |other| keys_equal(&mut equals.borrow_mut(), access, other, key);
    find(access, node, width, |hasher| hasher.hash(access, key), is_key)
}
