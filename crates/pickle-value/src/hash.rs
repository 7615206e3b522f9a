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

/// A container of which an item is being hashed; its sum so far is the last of those beside, once it has one.
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
        let state = SeedableRandomState::with_seed(MIX, SharedSeed::global_random());
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

    /// The hash of a tuple, a frozenset, a range or a slice, however deep.
    fn container(&mut self, access: Access<'_>, key: Handle) -> u64 {
        let mut around = Around::default();
        let mut inner = match self.enter(access, key) {
            Ok(inner) => inner,
            Err(known) => return known,
        };
        loop {
            let value = match inner.next_item() {
                Some(item) => match self.atom(access, item) {
                    Some(_) if item.is_nan() => self.nan_within(inner.node),
                    Some(value) => value,
                    None => match self.enter(access, item) {
                        Ok(within) => {
                            around.push(&inner);
                            inner = within;
                            continue;
                        }
                        Err(known) => known,
                    },
                },
                None => {
                    let value = self.number(4, inner.sum);
                    // What holds nothing is hashed as soon as found.
                    if !inner.items.is_empty() {
                        self.known.set(inner.node, value, access);
                    }
                    match around.pop(access) {
                        Some(outer) => inner = outer,
                        None => return value,
                    }
                    value
                }
            };
            inner.take(value);
        }
    }

    /// Begins a container, or gives the hash that is known of it.
    fn enter<'g>(&self, access: Access<'g>, key: Handle) -> Result<Inner<'g>, u64> {
        let Some((tag, node)) = key.reference() else {
            return Err(0);
        };
        match self.known.get(node) {
            Some(known) => Err(known),
            None => Ok(Inner::new(access, node, tag == Tag::FrozenSet)),
        }
    }
}

/// 2⁶⁴ divided by the golden ratio: odd, and its bits have no pattern.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The container whose items are being hashed.
struct Inner<'g> {
    items: &'g [Handle],
    node: u32,
    /// Which item comes next.
    next: u32,
    is_unordered: bool,
    /// Of the items so far. What it begins with is no secret: the items' hashes are, and the end is hashed.
    sum: u64,
}

impl<'g> Inner<'g> {
    fn new(access: Access<'g>, node: u32, is_unordered: bool) -> Inner<'g> {
        let items = access.items(node);
        let sum = (items.len() as u64 * 2 + u64::from(is_unordered)).wrapping_mul(MIX);
        Inner { items, node, next: 0, is_unordered, sum }
    }

    fn next_item(&mut self) -> Option<Handle> {
        // Beyond so many items, which fill 16 GiB, those that there are decide no more.
        let item = *self.items.get(self.next as usize).filter(|_| self.next < UNORDERED - 1)?;
        self.next += 1;
        Some(item)
    }

    fn take(&mut self, value: u64) {
        self.sum = if self.is_unordered {
            self.sum.wrapping_add(value)
        } else {
            (self.sum.rotate_left(5) ^ value).wrapping_mul(MIX)
        };
    }
}

/// The containers around it.
#[derive(Default)]
struct Around {
    open: Nest<Open>,
    /// The sums of those of which an item is hashed: of very deep ones no item may be, and they take half the memory.
    sums: Nest<u64>,
}

impl Around {
    fn push(&mut self, inner: &Inner<'_>) {
        if inner.next > 1 {
            self.sums.push(inner.sum);
        }
        self.open.push(Open { node: inner.node, next: inner.next | if inner.is_unordered { UNORDERED } else { 0 } });
    }

    fn pop<'g>(&mut self, access: Access<'g>) -> Option<Inner<'g>> {
        let Open { node, next } = self.open.pop()?;
        let mut inner = Inner::new(access, node, next & UNORDERED != 0);
        inner.next = next & !UNORDERED;
        if inner.next > 1 {
            inner.sum = self.sums.pop()?;
        }
        Some(inner)
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

/// The nodes whose hashes are asked for more than once: what more than one object refers to, and frozensets of more than one
/// item. These are settled, for which their items are hashed, and again when they are asked for themselves.
fn shared_nodes(access: Access<'_>) -> Vec<u64> {
    let words = access.store.nodes.len() / 64 + 1;
    let (mut once, mut again) = (vec![0_u64; words], vec![0_u64; words]);
    for handle in &access.store.pool {
        let Some((tag @ (Tag::Tuple | Tag::FrozenSet | Tag::Range | Tag::Slice), node)) = handle.reference() else {
            continue;
        };
        let (word, bit) = (node as usize / 64, 1 << (node % 64));
        let is_settled = tag == Tag::FrozenSet && access.items(node).len() > 1;
        again[word] |= if is_settled { bit } else { once[word] & bit };
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
