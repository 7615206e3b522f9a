//! Hashes of keys: equal keys hash alike as in Python, by a secret that each process draws anew.

use alloc::vec;
use alloc::vec::Vec;
use core::hash::{BuildHasher, Hasher};

use foldhash::SharedSeed;
use foldhash::fast::SeedableRandomState;
use hashbrown::HashMap;

use crate::handle::{Handle, Tag, Unpacked};
use crate::int;
use crate::nest::Nest;
use crate::object::{Object, ObjectKind};
use crate::store::Access;

/// Hashes the keys of graphs; remembers what it found for shared tuples, so that each is hashed once.
///
/// The secret is the process's, so hashes of two graphs can be compared.
pub(crate) struct KeyHasher {
    state: SeedableRandomState,
    /// The hashes of nodes.
    known: Known,
    /// The hashes of long text and bytes, by span: many dicts may have one key.
    long: HashMap<u32, u64, foldhash::fast::FixedState>,
}

/// A tuple or frozenset whose items are being hashed; its sum so far is the last of those beside, once it has one.
struct Open {
    node: u32,
    /// Which item comes next, and [`UNORDERED`].
    next: u32,
}

/// In [`Open::next`]: the items have no order.
const UNORDERED: u32 = 1 << 31;

/// In the tag of what is hashed by what it is, and not by its value: no number hashes as it does.
const IDENTITY: u8 = 0x80;

/// Text and bytes beyond this are hashed once.
const LONG: usize = 256;

impl KeyHasher {
    pub(crate) fn new() -> KeyHasher {
        let state = SeedableRandomState::with_seed(0x9e37_79b9_7f4a_7c15, SharedSeed::global_random());
        KeyHasher { state, known: Known::default(), long: HashMap::default() }
    }

    pub(crate) fn hash(&mut self, access: Access<'_>, key: Handle) -> u64 {
        self.atom(access, key).unwrap_or_else(|| self.container(access, key))
    }

    #[inline]
    pub(crate) fn text(&self, bytes: &[u8]) -> u64 {
        let mut hasher = self.state.build_hasher();
        hasher.write(bytes);
        hasher.finish()
    }

    /// The hash of a span's bytes.
    #[inline]
    fn span(&mut self, access: Access<'_>, span: u32) -> u64 {
        let bytes = access.bytes(span);
        if bytes.len() <= LONG { self.text(bytes) } else { self.long_span(bytes, span) }
    }

    #[cold]
    fn long_span(&mut self, bytes: &[u8], span: u32) -> u64 {
        if let Some(&known) = self.long.get(&span) {
            return known;
        }
        let hash = self.text(bytes);
        self.long.insert(span, hash);
        hash
    }

    /// An int beyond 48 bits, maybe with more bytes than it needs.
    fn long_int(&mut self, access: Access<'_>, span: u32) -> u64 {
        let bytes = access.bytes(span);
        if bytes.len() <= LONG {
            return self.bytes_of_int(bytes);
        }
        if let Some(&known) = self.long.get(&span) {
            return known;
        }
        let hash = self.bytes_of_int(bytes);
        self.long.insert(span, hash);
        hash
    }

    /// Python 2's `str`, which equals text where it is ASCII.
    fn byte_string(&mut self, access: Access<'_>, span: u32) -> u64 {
        let mark = if access.bytes(span).is_ascii() { 0 } else { 3 };
        self.span(access, span) ^ mark
    }

    #[inline]
    fn number(&self, tag: u8, value: u64) -> u64 {
        let mut hasher = self.state.build_hasher();
        hasher.write_u64(value);
        hasher.write_u8(tag);
        hasher.finish()
    }

    /// An int: all numbers that are equal to one hash as it does.
    pub(crate) fn int(&self, value: i64) -> u64 {
        self.number(0, value as u64)
    }

    /// The hash of what has no items to be hashed first.
    #[inline]
    fn atom(&mut self, access: Access<'_>, key: Handle) -> Option<u64> {
        Some(match key.unpack() {
            Unpacked::Int(value) => self.int(value),
            Unpacked::Float(value) => self.float(value),
            Unpacked::Ref(tag, index) => match tag {
                Tag::False => self.int(0),
                Tag::True => self.int(1),
                Tag::Text => self.span(access, index),
                Tag::ByteString => self.byte_string(access, index),
                Tag::Bytes => self.span(access, index) ^ 1,
                Tag::BigInt | Tag::Long => self.long_int(access, index),
                Tag::Complex => self.complex(access.items(index), index),
                Tag::Object => self.object(access, index),
                Tag::Tuple | Tag::FrozenSet | Tag::Range | Tag::Slice => return None,
                // Constants and what Python compares by identity.
                _ => self.number(IDENTITY | tag as u8, u64::from(index)),
            },
        })
    }

    fn float(&self, value: f64) -> u64 {
        if value as i64 as f64 == value && value.abs() < 9.2e18 {
            self.int(value as i64)
        } else if value.is_finite() && value.abs() > 1e18 {
            self.bytes_of_int(&big_float(value))
        } else {
            self.number(2, value.to_bits())
        }
    }

    fn bytes_of_int(&self, bytes: &[u8]) -> u64 {
        match int::to_i64(bytes) {
            Some(value) => self.int(value),
            None => self.text(int::trim(bytes)) ^ 2,
        }
    }

    fn complex(&self, parts: &[Handle], node: u32) -> u64 {
        if parts.iter().any(|part| part.is_nan()) {
            return self.nan_within(node);
        }
        match parts.iter().map(|part| part.unpack()).collect::<Vec<_>>()[..] {
            [Unpacked::Float(real), Unpacked::Float(0.0)] => self.float(real),
            [Unpacked::Float(real), Unpacked::Float(imaginary)] => {
                self.number(3, self.float(real).rotate_left(1) ^ self.float(imaginary))
            }
            _ => self.nan_within(node),
        }
    }

    /// By identity: a NaN equals nothing, so that many that hashed alike would be compared each with each.
    fn nan_within(&self, node: u32) -> u64 {
        self.number(5, u64::from(node))
    }

    /// A class or function is the one of its name; all other objects are compared by identity.
    fn object(&self, access: Access<'_>, node: u32) -> u64 {
        let object = Object::new(access, node);
        match (object.kind(), object.field(0).as_text(), object.field(1).as_text()) {
            (ObjectKind::Global, Some(module), Some(name)) => {
                self.text(module.as_bytes()).rotate_left(1) ^ self.text(name.as_bytes())
            }
            _ => self.number(IDENTITY | Tag::Object as u8, u64::from(node)),
        }
    }

    fn container(&mut self, access: Access<'_>, key: Handle) -> u64 {
        let mut walk = Walk::default();
        let mut current = key;
        loop {
            let mut value = match self.atom(access, current) {
                Some(value) => match walk.open.last() {
                    Some(Open { node, .. }) if current.is_nan() => self.nan_within(*node),
                    _ => value,
                },
                None => match self.enter(current, &mut walk) {
                    Some(value) => value,
                    None => match self.next_item(access, &mut walk) {
                        Ok(item) => {
                            current = item;
                            continue;
                        }
                        Err(value) => value,
                    },
                },
            };
            while let Some(&Open { node, next }) = walk.open.last() {
                let sum = if next & !UNORDERED == 1 { self.beginning(access, node, next) } else { walk.sum() };
                walk.sums.push(take(sum, value, next));
                match self.next_item(access, &mut walk) {
                    Ok(item) => {
                        current = item;
                        break;
                    }
                    Err(done) => value = done,
                }
            }
            if walk.open.last().is_none() {
                return value;
            }
        }
    }

    /// What the sum of a container's items begins with.
    fn beginning(&self, access: Access<'_>, node: u32, next: u32) -> u64 {
        self.number((next >> 31) as u8 | 6, access.items(node).len() as u64)
    }

    /// Opens a container, or gives what is known of it.
    fn enter(&self, key: Handle, walk: &mut Walk) -> Option<u64> {
        let (tag, node) = key.reference()?;
        if let Some(known) = self.known.get(node) {
            return Some(known);
        }
        walk.open.push(Open { node, next: if tag == Tag::FrozenSet { UNORDERED } else { 0 } });
        None
    }

    /// The next item of the innermost container, or its hash where all are done.
    fn next_item(&mut self, access: Access<'_>, walk: &mut Walk) -> Result<Handle, u64> {
        let Some(top) = walk.open.last_mut() else {
            return Err(0);
        };
        // Beyond so many items, which fill 16 GiB, those that there are decide no more.
        let next = top.next & !UNORDERED;
        let items = access.items(top.node);
        if let Some(&item) = items.get(next as usize).filter(|_| next < UNORDERED - 1) {
            top.next += 1;
            return Ok(item);
        }
        let Open { node, next } = *top;
        walk.open.pop();
        let sum = if items.is_empty() { self.beginning(access, node, next) } else { walk.sum() };
        let value = self.number(4, sum);
        // What holds nothing is hashed as soon as found.
        if !items.is_empty() {
            self.known.set(node, value, access);
        }
        Err(value)
    }
}

/// The containers that are open.
#[derive(Default)]
struct Walk {
    open: Nest<Open>,
    /// The sums of those of which an item is hashed: of very deep ones no item may be, and they take half the memory.
    sums: Nest<u64>,
}

impl Walk {
    /// The sum of the innermost container that has one.
    fn sum(&mut self) -> u64 {
        self.sums.pop().unwrap_or(0)
    }
}

/// A sum with another item's hash.
fn take(sum: u64, value: u64, next: u32) -> u64 {
    if next & UNORDERED == 0 {
        (sum.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    } else {
        sum.wrapping_add(value)
    }
}

/// Hashes by node: a map for a few. Where there are many, those are looked for that are asked for twice; a row takes them, if
/// they are many as well.
#[derive(Default)]
struct Known {
    few: HashMap<u32, u64, foldhash::fast::FixedState>,
    /// A bit for each node, if that is known.
    shared: Vec<u64>,
    /// By node; zero is none.
    many: Vec<u64>,
}

impl Known {
    #[inline]
    fn get(&self, node: u32) -> Option<u64> {
        if self.many.is_empty() {
            return self.few.get(&node).copied();
        }
        self.many.get(node as usize).copied().filter(|&hash| hash != 0)
    }

    fn set(&mut self, node: u32, hash: u64, access: Access<'_>) {
        if let Some(slot) = self.many.get_mut(node as usize) {
            *slot = hash;
            return;
        }
        if !self.shared.is_empty() && !is_set(&self.shared, node) {
            return;
        }
        self.few.insert(node, hash);
        if self.few.len() > access.store.nodes.len() / 16 + 64 {
            self.make_room(access);
        }
    }

    #[cold]
    fn make_room(&mut self, access: Access<'_>) {
        let nodes = access.store.nodes.len();
        if self.shared.is_empty() {
            self.shared = shared_nodes(access);
            let shared = &self.shared;
            self.few.retain(|&node, _| is_set(shared, node));
            self.few.shrink_to_fit();
            if self.few.len() < nodes / 32 {
                return;
            }
        }
        self.many = vec![0; nodes];
        for (node, hash) in core::mem::take(&mut self.few) {
            self.many[node as usize] = hash;
        }
    }
}

fn is_set(bits: &[u64], number: u32) -> bool {
    bits.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 != 0)
}

/// The nodes whose hashes are asked for more than once: what more than one object refers to, and frozensets, which are asked
/// for when they are settled, and again when what they stand in is.
fn shared_nodes(access: Access<'_>) -> Vec<u64> {
    let words = access.store.nodes.len() / 64 + 1;
    let (mut once, mut again) = (vec![0_u64; words], vec![0_u64; words]);
    for handle in &access.store.pool {
        let Some((tag @ (Tag::Tuple | Tag::FrozenSet | Tag::Range | Tag::Slice), node)) = handle.reference() else {
            continue;
        };
        let (word, bit) = (node as usize / 64, 1 << (node % 64));
        again[word] |= if tag == Tag::FrozenSet { bit } else { once[word] & bit };
        once[word] |= bit;
    }
    again
}

/// A finite float of at least 2⁵³ as an int's bytes: its mantissa, shifted.
pub(crate) fn big_float(value: f64) -> Vec<u8> {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as u32;
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let magnitude = num_bigint::BigInt::from(mantissa) << exponent.saturating_sub(1075);
    let signed = if value < 0.0 { -magnitude } else { magnitude };
    signed.to_signed_bytes_le()
}
