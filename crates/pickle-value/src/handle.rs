//! [`Handle`]: one object of a graph in eight bytes.

use core::num::NonZeroU64;

/// An object of a [`Builder`](crate::Builder) or a [`Graph`](crate::Graph), eight bytes and `Copy`.
///
/// None, bools, floats and ints of up to 48 bits are held in the handle itself; two such handles are equal when they hold
/// the same bits. Every other handle names an entry of its graph, and two are equal when they name the **same** object:
/// two strings `'a'` that Python holds apart are two handles. A handle means nothing in another graph. Handles have an order,
/// for sorting them; it says nothing of the objects.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(NonZeroU64);

/// What a handle that is neither int nor float names: a constant, a span (bytes of the input) or a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Tag {
    // Constants; the index is 0.
    None,
    False,
    True,
    Ellipsis,
    NotImplemented,
    // Spans.
    BigInt,
    /// A NaN whose bits the float range below cannot hold.
    OddNan,
    Text,
    Bytes,
    ByteArray,
    ByteString,
    Long,
    // Nodes.
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
    Complex,
    Range,
    Slice,
    Object,
    /// What was appended to an object, a list that only its log refers to.
    Appended,
    /// What was set in an object by key, a dict that only its log refers to.
    Assigned,
    /// What was added to an object, a set that only its log refers to.
    Added,
    /// An object of no graph, whose number its owner understands.
    Foreign,
}

/// A handle taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unpacked {
    Int(i64),
    Float(f64),
    Ref(Tag, u32),
}

// A handle holds the complement of 64 bits that are either a float or one of the patterns below, which are negative quiet
// NaNs that no arithmetic makes. The complement of none of them is zero, so `Option<Handle>` takes eight bytes as well.
const INT: u64 = 0xfff8 << 48;
const REF: u64 = 0xfff9 << 48;
const PAYLOAD: u64 = (1 << 48) - 1;

impl Handle {
    /// `None`, in any graph.
    pub const NONE: Handle = Handle::new(Tag::None, 0);

    /// A handle that no graph gives out, for those who mix objects of their own with a graph's.
    ///
    /// It is no object of any graph: a [`View`](crate::View) of it is that of `None`.
    #[inline(always)]
    #[must_use]
    pub const fn foreign(number: u32) -> Handle {
        Handle::new(Tag::Foreign, number)
    }

    /// A number that no other object of its graph has, nor any other number, bool or `None`: to look something up by. For
    /// text and containers, its low bits are those of [`Identity::number`](crate::Identity::number) or their complement.
    #[inline(always)]
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0.get()
    }

    #[inline(always)]
    const fn from_raw(raw: u64) -> Handle {
        match NonZeroU64::new(!raw) {
            Some(bits) => Handle(bits),
            None => panic!("no handle has all bits set"),
        }
    }

    #[inline(always)]
    pub(crate) const fn new(tag: Tag, index: u32) -> Handle {
        Handle::from_raw(REF | (tag as u64) << 32 | index as u64)
    }

    /// A handle that holds an int, in any graph; `None` beyond 48 bits.
    #[inline(always)]
    #[must_use]
    pub const fn small_int(value: i64) -> Option<Handle> {
        if value << 16 >> 16 == value { Some(Handle::from_raw(INT | (value as u64 & PAYLOAD))) } else { None }
    }

    /// A handle that holds an int of 32 bits, in any graph.
    #[inline(always)]
    #[must_use]
    pub const fn int32(value: i32) -> Handle {
        Handle::from_raw(INT | (value as i64 as u64 & PAYLOAD))
    }

    /// A handle that holds a float, in any graph; `None` for a few NaNs, whose bits are taken.
    #[inline(always)]
    #[must_use]
    pub fn float(value: f64) -> Option<Handle> {
        let bits = value.to_bits();
        (bits < INT).then(|| Handle::from_raw(bits))
    }

    /// A handle that holds a bool, in any graph.
    #[inline(always)]
    #[must_use]
    pub const fn bool(value: bool) -> Handle {
        Handle::new(if value { Tag::True } else { Tag::False }, 0)
    }

    #[inline(always)]
    pub(crate) fn unpack(self) -> Unpacked {
        let raw = !self.0.get();
        if raw < INT {
            Unpacked::Float(f64::from_bits(raw))
        } else if raw < REF {
            Unpacked::Int(((raw << 16) as i64) >> 16)
        } else {
            Unpacked::Ref(TAGS[(raw >> 32) as u8 as usize & 31], raw as u32)
        }
    }

    /// The number of its tag, below 32, and its index; twice 0 for an int or a float, and for what is of no graph. Nothing
    /// branches, since which it is cannot be guessed.
    #[inline(always)]
    pub(crate) fn tag_and_index(self) -> (usize, u32) {
        let raw = !self.0.get();
        let is_of_graph = raw.wrapping_sub(REF) < (Tag::Foreign as u64) << 32;
        let kept = raw & 0_u64.wrapping_sub(u64::from(is_of_graph));
        ((kept >> 32) as usize & 31, kept as u32)
    }

    /// Whether it names something of this tag.
    #[inline(always)]
    pub(crate) fn has_tag(self, tag: Tag) -> bool {
        !self.0.get() >> 32 == REF >> 32 | tag as u64
    }

    /// True for a NaN that the handle holds itself: no object, so that two of them are two.
    #[inline(always)]
    pub(crate) fn is_nan(self) -> bool {
        matches!(self.unpack(), Unpacked::Float(value) if value.is_nan())
    }

    /// The tag and index, unless it is an int or a float.
    #[inline(always)]
    pub(crate) fn reference(self) -> Option<(Tag, u32)> {
        match self.unpack() {
            Unpacked::Ref(tag, index) => Some((tag, index)),
            _ => None,
        }
    }

    #[inline(always)]
    pub(crate) fn tag(self) -> Option<Tag> {
        self.reference().map(|(tag, _)| tag)
    }

    /// The number of its tag, if it is neither an int nor a float.
    #[inline(always)]
    pub(crate) fn tag_number(self) -> u8 {
        (!self.0.get() >> 32) as u8
    }

    /// The index that it has if it names something.
    #[inline(always)]
    pub(crate) fn number(self) -> u32 {
        !self.0.get() as u32
    }

    /// The index, if it has this tag; else a number beyond all of 32 bits.
    #[inline(always)]
    pub(crate) const fn number_of(self, tag: Tag) -> u64 {
        // What is held is the complement.
        Handle::new(tag, 0).0.get().wrapping_sub(self.0.get())
    }

    /// The index, if it has this tag.
    #[inline(always)]
    pub(crate) fn index(self, wanted: Tag) -> Option<u32> {
        match self.reference() {
            Some((tag, index)) if tag == wanted => Some(index),
            _ => None,
        }
    }
}

impl core::fmt::Debug for Handle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.unpack() {
            Unpacked::Int(value) => write!(f, "Int({value})"),
            Unpacked::Float(value) => write!(f, "Float({value})"),
            Unpacked::Ref(tag, index) => write!(f, "{tag:?}({index})"),
        }
    }
}

/// The tags by number, padded to a power of two so that looking one up needs no check.
const TAGS: [Tag; 32] = {
    let mut tags = [Tag::None; 32];
    let all = [
        Tag::None,
        Tag::False,
        Tag::True,
        Tag::Ellipsis,
        Tag::NotImplemented,
        Tag::BigInt,
        Tag::OddNan,
        Tag::Text,
        Tag::Bytes,
        Tag::ByteArray,
        Tag::ByteString,
        Tag::Long,
        Tag::Tuple,
        Tag::List,
        Tag::Dict,
        Tag::Set,
        Tag::FrozenSet,
        Tag::Complex,
        Tag::Range,
        Tag::Slice,
        Tag::Object,
        Tag::Appended,
        Tag::Assigned,
        Tag::Added,
        Tag::Foreign,
    ];
    let mut index = 0;
    while index < all.len() {
        assert!(all[index] as usize == index, "TAGS is in the order of Tag");
        tags[index] = all[index];
        index += 1;
    }
    tags
};
