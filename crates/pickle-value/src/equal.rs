//! Python's `==`, without recursion.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use hashbrown::HashMap;

use crate::handle::{Handle, Tag, Unpacked};
use crate::hash::{KeyHasher, big_float};
use crate::int;
use crate::store::Access;
use crate::value::{Identity, Sort};

/// True where Python's `a == b` is, for two objects of one graph or of two.
///
/// Shared structure is compared once, and cycles end: two containers that are being compared already are taken for equal.
/// Objects (calls, instances, globals) are equal when all their parts are.
pub(crate) fn equal(a: Side<'_>, a_root: Handle, b: Side<'_>, b_root: Handle) -> bool {
    equal_as_known(&mut Equals::default(), a, a_root, b, b_root)
}

/// The same, with what is known from comparisons before, of the same two graphs.
fn equal_as_known(known: &mut Equals, a: Side<'_>, a_root: Handle, b: Side<'_>, b_root: Handle) -> bool {
    let mut comparison = Comparison { a, b, same: core::ptr::eq(a.store, b.store), work: Vec::new(), known };
    comparison.work.push((a_root, b_root));
    let equal = comparison.run();
    if !equal {
        // Some were taken for equal that are not.
        known.classes = Classes::default();
    }
    equal
}

/// What is known of the objects of two graphs, or of one: which are equal, and hashes of keys.
#[derive(Default)]
pub(crate) struct Equals {
    classes: Classes,
    /// One for each side. They remember: of nested frozensets each is hashed once, not once for each around it.
    hashers: Option<Box<[KeyHasher; 2]>>,
}

/// Union-find: objects that are equal if the rest is. It bounds the work by their number, however they share.
#[derive(Default)]
struct Classes {
    /// Parents: a map for a few, and for long text and bytes. It takes up to fifty bytes each while it grows.
    few: HashMap<u64, u64, foldhash::fast::FixedState>,
    /// By number, each plus one, where nodes are many: four bytes.
    many: Vec<u32>,
}

/// In the number of a class: text, bytes or an int.
const SPAN: u64 = 1 << 40;
/// In the number of a class: of the second graph.
const OF_B: u64 = 1 << 32;
/// Text, bytes and ints beyond this are compared once.
const LONG: usize = 64;

impl Classes {
    /// Notes that two are taken for equal. False if that was known. `counts` are the nodes of each side.
    fn unite(&mut self, a: u64, b: u64, counts: [usize; 2]) -> bool {
        let (a, b) = (self.class(a, counts), self.class(b, counts));
        if a != b {
            self.insert(a, b, counts);
        }
        a != b
    }

    fn class(&mut self, mut node: u64, counts: [usize; 2]) -> u64 {
        while let Some(parent) = self.parent(node, counts) {
            if let Some(grandparent) = self.parent(parent, counts) {
                self.insert(node, grandparent, counts);
            }
            node = parent;
        }
        node
    }

    #[inline]
    fn parent(&self, node: u64, counts: [usize; 2]) -> Option<u64> {
        if self.many.is_empty() || node & SPAN != 0 {
            return self.few.get(&node).copied();
        }
        let parent = self.many[place(node, counts)].checked_sub(1)? as usize;
        Some(if parent < counts[0] { parent as u64 } else { OF_B | (parent - counts[0]) as u64 })
    }

    fn insert(&mut self, node: u64, parent: u64, counts: [usize; 2]) {
        let all = counts[0] + counts[1];
        if !self.many.is_empty() && node & SPAN == 0 {
            self.many[place(node, counts)] = place(parent, counts) as u32 + 1;
            return;
        }
        self.few.insert(node, parent);
        if self.many.is_empty() && self.few.len() > all / 64 + 64 && all < u32::MAX as usize {
            self.many = vec![0; all];
            for (node, parent) in core::mem::take(&mut self.few) {
                self.insert(node, parent, counts);
            }
        }
    }
}

/// Where a node stands among those of both sides.
fn place(node: u64, counts: [usize; 2]) -> usize {
    let number = node as u32 as usize;
    if node & OF_B == 0 { number } else { counts[0] + number }
}

type Side<'g> = Access<'g>;

struct Comparison<'g, 'k> {
    a: Side<'g>,
    b: Side<'g>,
    /// Both sides are one graph.
    same: bool,
    work: Vec<(Handle, Handle)>,
    known: &'k mut Equals,
}

impl Comparison<'_, '_> {
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
            _ => self.spans(a, b).unwrap_or_else(|| atoms_equal(self.a, a, self.b, b)),
        }
    }

    /// Two texts, bytes or ints of which one is long: they are compared once.
    fn spans(&mut self, a: Handle, b: Handle) -> Option<bool> {
        let (a_span, b_span) = (self.a.long_span(a, LONG)?, self.b.long_span(b, LONG)?);
        let (a_class, b_class) = (u64::from(a_span) | SPAN, u64::from(b_span) | SPAN | self.of_b());
        let is_known = !self.known.classes.unite(a_class, b_class, self.counts());
        Some(is_known || atoms_equal(self.a, a, self.b, b))
    }

    fn of_b(&self) -> u64 {
        if self.same { 0 } else { OF_B }
    }

    /// How many nodes there are on each side; of one graph, on the first.
    fn counts(&self) -> [usize; 2] {
        [self.a.store.nodes.len(), if self.same { 0 } else { self.b.store.nodes.len() }]
    }

    fn sequences(&mut self, a: u32, b: u32) -> bool {
        let (a_items, b_items) = (self.a.items(a), self.b.items(b));
        if a_items.len() != b_items.len() {
            return false;
        }
        if a_items.is_empty() || !self.unite(a, b) {
            return true;
        }
        for (&a, &b) in a_items.iter().zip(b_items).rev() {
            // What holds nothing is compared at once, and so does not wait while others are.
            if self.holds(a) {
                self.work.push((a, b));
            } else if !self.pair(a, b) {
                return false;
            }
        }
        true
    }

    /// True for an object of the first side that has others to be compared.
    fn holds(&self, a: Handle) -> bool {
        match a.identity() {
            Identity { sort: Sort::Node, number } => !self.a.items(number).is_empty(),
            _ => false,
        }
    }

    /// Two dicts (`width` 2) or sets (`width` 1): pairs the keys by their hashes.
    fn keyed(&mut self, a: u32, b: u32, width: usize) -> bool {
        let (a_items, b_items) = (self.a.items(a), self.b.items(b));
        if a_items.len() != b_items.len() {
            return false;
        }
        if a_items.is_empty() || !self.unite(a, b) {
            return true;
        }
        if a_items.len() == width {
            // One key is the other, or there is none that is.
            self.work.extend(core::iter::zip(a_items, b_items).map(|(&a, &b)| (a, b)));
            return true;
        }
        let [a_hasher, b_hasher] =
            &mut **self.known.hashers.get_or_insert_with(|| [(); 2].map(|()| KeyHasher::new()).into());
        let a_order = order_by_hash(a_hasher, self.a, a_items, width);
        let b_order = order_by_hash(b_hasher, self.b, b_items, width);
        self.work.reserve(a_items.len());
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
        let (b, counts) = (u64::from(b) | self.of_b(), self.counts());
        self.known.classes.unite(u64::from(a), b, counts)
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
pub(crate) fn keys_equal(known: &mut Equals, access: Access<'_>, a: Handle, b: Handle) -> bool {
    if a == b {
        // `{nan, nan}` has two items where these are two objects, and a pickle says so: floats are not memoized.
        return !a.is_nan();
    }
    match (a.tag(), b.tag()) {
        (Some(Tag::Object), _) | (_, Some(Tag::Object)) => false,
        (Some(Tag::Tuple | Tag::FrozenSet | Tag::Slice | Tag::Range), _) => equal_as_known(known, access, a, access, b),
        (Some(_), Some(_)) if access.long_span(a, LONG).is_some() => equal_as_known(known, access, a, access, b),
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
