//! Python's `==`, without recursion.

use alloc::boxed::Box;
use alloc::vec::Vec;

use hashbrown::HashMap;

use crate::handle::{Handle, Tag, Unpacked};
use crate::hash::{KeyHasher, big_float};
use crate::int;
use crate::store::Access;

/// True where Python's `a == b` is, for two objects of one graph or of two.
///
/// Shared structure is compared once, and cycles end: two containers that are being compared already are taken for equal.
/// Objects (calls, instances, globals) are equal when all their parts are.
pub(crate) fn equal(a: Side<'_>, a_root: Handle, b: Side<'_>, b_root: Handle) -> bool {
    let mut comparison = Comparison {
        a,
        b,
        same: core::ptr::eq(a.store, b.store),
        work: Vec::new(),
        classes: HashMap::default(),
        hashers: None,
    };
    comparison.work.push((a_root, b_root));
    comparison.run()
}

pub(crate) type Side<'g> = Access<'g>;

struct Comparison<'g> {
    a: Side<'g>,
    b: Side<'g>,
    /// Both sides are one graph.
    same: bool,
    work: Vec<(Handle, Handle)>,
    /// Union-find: nodes that are equal if the rest is. It bounds the work by the number of nodes, however they share.
    classes: HashMap<u64, u64, foldhash::fast::FixedState>,
    /// One for each side. They remember: of nested frozensets each is hashed once, not once for each around it.
    hashers: Option<Box<[KeyHasher; 2]>>,
}

impl Comparison<'_> {
    fn run(&mut self) -> bool {
        while let Some((a, b)) = self.work.pop() {
            if !self.pair(a, b) {
                return false;
            }
        }
        true
    }

    /// False if the two differ; what has to be compared besides goes to `work`.
    fn pair(&mut self, a: Handle, b: Handle) -> bool {
        let (Some((a_tag, a_index)), Some((b_tag, b_index))) = (a.reference(), b.reference()) else {
            return numbers_equal(self.a, a, self.b, b);
        };
        if self.same && a == b {
            return true;
        }
        match (a_tag, b_tag) {
            (Tag::Tuple, Tag::Tuple)
            | (Tag::List, Tag::List)
            | (Tag::Slice, Tag::Slice)
            | (Tag::Appended, Tag::Appended)
            | (Tag::Assigned, Tag::Assigned)
            | (Tag::Added, Tag::Added) => self.sequences(a_index, b_index),
            (Tag::Range, Tag::Range) => self.sequences(a_index, b_index),
            (Tag::Object, Tag::Object) => {
                self.a.node(a_index).meta == self.b.node(b_index).meta && self.sequences(a_index, b_index)
            }
            (Tag::Dict, Tag::Dict) => self.keyed(a_index, b_index, 2),
            (Tag::Set | Tag::FrozenSet, Tag::Set | Tag::FrozenSet) => self.keyed(a_index, b_index, 1),
            _ => atoms_equal(self.a, a, self.b, b),
        }
    }

    fn sequences(&mut self, a: u32, b: u32) -> bool {
        let (a_items, b_items) = (self.a.items(a), self.b.items(b));
        if a_items.len() != b_items.len() {
            return false;
        }
        if self.unite(a, b) {
            let pairs = a_items.iter().copied().zip(b_items.iter().copied());
            self.work.extend(pairs.rev());
        }
        true
    }

    /// Two dicts (`width` 2) or sets (`width` 1): pairs the keys by their hashes.
    fn keyed(&mut self, a: u32, b: u32, width: usize) -> bool {
        let (a_items, b_items) = (self.a.items(a), self.b.items(b));
        if a_items.len() != b_items.len() {
            return false;
        }
        if !self.unite(a, b) {
            return true;
        }
        let [a_hasher, b_hasher] = &mut **self.hashers.get_or_insert_with(|| [(); 2].map(|()| KeyHasher::new()).into());
        let a_order = order_by_hash(a_hasher, self.a, a_items, width);
        let b_order = order_by_hash(b_hasher, self.b, b_items, width);
        for (&(a_hash, a_at), &(b_hash, b_at)) in a_order.iter().zip(&b_order) {
            if a_hash != b_hash {
                return false;
            }
            for offset in 0..width {
                self.work.push((a_items[a_at + offset], b_items[b_at + offset]));
            }
        }
        true
    }

    /// Notes that two nodes are taken for equal. False if that was known.
    fn unite(&mut self, a: u32, b: u32) -> bool {
        let b = if self.same { u64::from(b) } else { u64::from(b) | 1 << 32 };
        let (a, b) = (self.class(u64::from(a)), self.class(b));
        if a != b {
            self.classes.insert(a, b);
        }
        a != b
    }

    fn class(&mut self, mut node: u64) -> u64 {
        while let Some(&parent) = self.classes.get(&node) {
            if let Some(&grandparent) = self.classes.get(&parent) {
                self.classes.insert(node, grandparent);
            }
            node = parent;
        }
        node
    }
}

fn order_by_hash(hasher: &mut KeyHasher, access: Access<'_>, items: &[Handle], width: usize) -> Vec<(u64, usize)> {
    let mut order: Vec<_> = items
        .iter()
        .step_by(width)
        .enumerate()
        .map(|(entry, &key)| (hasher.hash(access, key), entry * width))
        .collect();
    order.sort_unstable();
    order
}

/// True for two equal keys of one graph: identity, or equality without containers that could be unhashable.
pub(crate) fn keys_equal(access: Access<'_>, a: Handle, b: Handle) -> bool {
    if a == b {
        // `{nan, nan}` has two items where these are two objects, and a pickle says so: floats are not memoized.
        return !a.is_nan();
    }
    match (a.tag(), b.tag()) {
        (Some(Tag::Object), _) | (_, Some(Tag::Object)) => false,
        (Some(Tag::Tuple | Tag::FrozenSet | Tag::Slice | Tag::Range), _) => equal(access, a, access, b),
        (Some(_), Some(_)) => atoms_equal(access, a, access, b),
        _ => numbers_equal(access, a, access, b),
    }
}

/// Two objects of which neither is inline: strings, constants, big numbers.
fn atoms_equal(a_side: Access<'_>, a: Handle, b_side: Access<'_>, b: Handle) -> bool {
    let (Some((a_tag, a_index)), Some((b_tag, b_index))) = (a.reference(), b.reference()) else {
        return false;
    };
    use Tag::{ByteArray, ByteString, Bytes, Ellipsis, None, NotImplemented, Text};
    match (a_tag, b_tag) {
        (Text, Text) | (Bytes | ByteArray, Bytes | ByteArray) | (ByteString, ByteString) => {
            a_side.bytes(a_index) == b_side.bytes(b_index)
        }
        // Python 2: 'a' == u'a', but only for ASCII.
        (Text, ByteString) | (ByteString, Text) => {
            let bytes = a_side.bytes(a_index);
            bytes == b_side.bytes(b_index) && bytes.is_ascii()
        }
        (None, None) | (Ellipsis, Ellipsis) | (NotImplemented, NotImplemented) => true,
        _ => numbers_equal(a_side, a, b_side, b),
    }
}

/// `1 == 1.0 == True == complex(1)`, of any size.
pub(crate) fn numbers_equal(a_side: Access<'_>, a: Handle, b_side: Access<'_>, b: Handle) -> bool {
    match (Number::of(a_side, a), Number::of(b_side, b)) {
        (Some(a), Some(b)) => a.equals(&b),
        _ => false,
    }
}

/// A number in the form in which equal numbers are alike.
enum Number {
    Int(i64),
    /// More than 64 bits.
    Big(Vec<u8>),
    /// Neither integral nor with an imaginary part of zero.
    Complex(f64, f64),
}

impl Number {
    fn of(access: Access<'_>, handle: Handle) -> Option<Number> {
        Some(match handle.unpack() {
            Unpacked::Int(value) => Number::Int(value),
            Unpacked::Float(value) => Number::of_float(value),
            Unpacked::Ref(Tag::False, _) => Number::Int(0),
            Unpacked::Ref(Tag::True, _) => Number::Int(1),
            Unpacked::Ref(Tag::OddNan, _) => Number::Complex(f64::NAN, 0.0),
            Unpacked::Ref(Tag::BigInt | Tag::Long, index) => {
                let bytes = access.bytes(index);
                int::to_i64(bytes).map_or_else(|| Number::Big(int::trim(bytes).into()), Number::Int)
            }
            Unpacked::Ref(Tag::Complex, node) => match access.items(node) {
                [real, imaginary] => match (Number::part(*real), Number::part(*imaginary)) {
                    (real, 0.0) => Number::of_float(real),
                    (real, imaginary) => Number::Complex(real, imaginary),
                },
                _ => return None,
            },
            Unpacked::Ref(..) => return None,
        })
    }

    fn of_float(value: f64) -> Number {
        if value as i64 as f64 == value && value.abs() < 9.2e18 {
            Number::Int(value as i64)
        } else if value.is_finite() && value.abs() > 1e18 {
            let bytes = big_float(value);
            int::to_i64(&bytes).map_or_else(|| Number::Big(int::trim(&bytes).into()), Number::Int)
        } else {
            Number::Complex(value, 0.0)
        }
    }

    fn part(part: Handle) -> f64 {
        match part.unpack() {
            Unpacked::Float(value) => value,
            _ => f64::NAN,
        }
    }

    fn equals(&self, other: &Number) -> bool {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a == b,
            (Number::Big(a), Number::Big(b)) => a == b,
            (Number::Complex(a, b), Number::Complex(c, d)) => a == c && b == d,
            _ => false,
        }
    }
}
