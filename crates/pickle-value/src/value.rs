//! [`Value`]: an object taken apart, for those who write it in another form.

use crate::graph::Graph;
use crate::handle::{Handle, Tag, Unpacked};
use crate::object::Object;
use crate::store::{Access, Span};
use crate::text::Text;
use crate::view::View;

/// An object with its content, to match on.
///
/// Contents are borrowed from the graph; items are handles, in order, and a dict's are keys and values in turn.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Value<'g> {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An int of at most 48 bits.
    Int(i64),
    /// A larger int: two's complement, little-endian, maybe with more bytes than it needs.
    BigInt(&'g [u8]),
    /// A float.
    Float(f64),
    /// A complex: real and imaginary part.
    Complex(f64, f64),
    /// A str.
    Text(Text<'g>),
    /// Bytes.
    Bytes(&'g [u8]),
    /// A bytearray.
    ByteArray(&'g [u8]),
    /// Python 2's `str`.
    ByteString(&'g [u8]),
    /// Python 2's `long`: as [`Value::BigInt`], of any size.
    Long(&'g [u8]),
    /// A tuple.
    Tuple(&'g [Handle]),
    /// A list.
    List(&'g [Handle]),
    /// A dict.
    Dict(&'g [Handle]),
    /// A set.
    Set(&'g [Handle]),
    /// A frozenset.
    FrozenSet(&'g [Handle]),
    /// A range: start, stop, step.
    Range(&'g [Handle]),
    /// A slice: start, stop, step.
    Slice(&'g [Handle]),
    /// `Ellipsis`.
    Ellipsis,
    /// `NotImplemented`.
    NotImplemented,
    /// A global, a call, an instance.
    Object(Object<'g>),
}

/// Which sort of object a handle names, and its number among those: for tables by object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Identity {
    /// The sort.
    pub sort: Sort,
    /// The number, counted from 0; 0 for what is inline.
    pub number: u32,
}

/// The sorts of objects that are numbered apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sort {
    /// None, a bool, a float, a small int: no object of its own.
    Inline,
    /// Text, bytes, a bytearray or an int beyond 48 bits.
    Span,
    /// A container or an object.
    Node,
    /// [`Handle::foreign`].
    Foreign,
}

/// A number that a handle holds itself.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Inline {
    /// An int of at most 48 bits.
    Int(i64),
    /// A float, but for a few NaNs.
    Float(f64),
    /// Something else.
    Other,
}

/// What a handle tells by itself, without a look at the graph.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Held {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An int of at most 48 bits.
    Int(i64),
    /// A float, but for a few NaNs.
    Float(f64),
    /// A str, with its [number](Identity::number) among spans.
    Text(u32),
    /// A larger int.
    BigInt,
    /// Bytes.
    Bytes,
    /// A tuple, with its number among nodes.
    Tuple(u32),
    /// A list, likewise.
    List(u32),
    /// A dict, likewise.
    Dict(u32),
    /// An object, likewise.
    Object(u32),
    /// Another container, likewise.
    Node(u32),
    /// Anything else.
    Other,
}

impl Handle {
    /// What it tells by itself.
    #[inline(always)]
    #[must_use]
    pub fn held(self) -> Held {
        // The commonest first, without a look at what else there is.
        if self.has_tag(Tag::Text) {
            return Held::Text(self.number());
        }
        const NONE: u8 = Tag::None as u8;
        const FALSE: u8 = Tag::False as u8;
        const TRUE: u8 = Tag::True as u8;
        const BIG_INT: u8 = Tag::BigInt as u8;
        const BYTES: u8 = Tag::Bytes as u8;
        const TUPLE: u8 = Tag::Tuple as u8;
        const LIST: u8 = Tag::List as u8;
        const DICT: u8 = Tag::Dict as u8;
        const OBJECT: u8 = Tag::Object as u8;
        const SET: u8 = Tag::Set as u8;
        const FROZEN_SET: u8 = Tag::FrozenSet as u8;
        const COMPLEX: u8 = Tag::Complex as u8;
        const RANGE: u8 = Tag::Range as u8;
        const SLICE: u8 = Tag::Slice as u8;
        let (tag, number) = match self.unpack() {
            Unpacked::Int(value) => return Held::Int(value),
            Unpacked::Float(value) => return Held::Float(value),
            Unpacked::Ref(..) => (self.tag_number(), self.number()),
        };
        // By number, which saves looking the tag up.
        match tag {
            NONE => Held::None,
            // Without a branch on which.
            FALSE | TRUE => Held::Bool(tag == TRUE),
            BIG_INT => Held::BigInt,
            BYTES => Held::Bytes,
            TUPLE => Held::Tuple(number),
            LIST => Held::List(number),
            DICT => Held::Dict(number),
            OBJECT => Held::Object(number),
            SET | FROZEN_SET | COMPLEX | RANGE | SLICE => Held::Node(number),
            _ => Held::Other,
        }
    }

    /// Whether it is a str: one comparison, where [`held`](Handle::held) would ask what else it may be.
    ///
    /// ```
    /// use pickle_value::{Handle, py};
    ///
    /// let graph = py!("a");
    /// assert!(graph.root().handle().is_some_and(Handle::is_text));
    /// assert!(!Handle::NONE.is_text());
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn is_text(self) -> bool {
        self.has_tag(Tag::Text)
    }

    /// The [number](Identity::number) of a str among spans; of anything else a larger one than there are. So one comparison
    /// says whether it is a str and is in a table.
    ///
    /// ```
    /// use pickle_value::{Handle, py};
    ///
    /// let graph = py!("a");
    /// assert_eq!(graph.root().handle().map(Handle::text_number), Some(0));
    /// assert!(Handle::NONE.text_number() > u64::from(u32::MAX));
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn text_number(self) -> u64 {
        self.number_of(Tag::Text)
    }

    /// That of bytes, likewise.
    #[inline(always)]
    #[must_use]
    pub fn bytes_number(self) -> u64 {
        self.number_of(Tag::Bytes)
    }

    /// That of a tuple among nodes, likewise.
    #[inline(always)]
    #[must_use]
    pub fn tuple_number(self) -> u64 {
        self.number_of(Tag::Tuple)
    }

    /// That of a list among nodes, likewise.
    #[inline(always)]
    #[must_use]
    pub fn list_number(self) -> u64 {
        self.number_of(Tag::List)
    }

    /// That of a dict among nodes, likewise.
    #[inline(always)]
    #[must_use]
    pub fn dict_number(self) -> u64 {
        self.number_of(Tag::Dict)
    }

    /// That of an [object](Value::Object) among nodes, likewise.
    #[inline(always)]
    #[must_use]
    pub fn object_number(self) -> u64 {
        self.number_of(Tag::Object)
    }

    /// The int that it holds, if 32 bits hold that: one comparison as well.
    ///
    /// ```
    /// use pickle_value::Handle;
    ///
    /// let [least, too_large] = [i64::from(i32::MIN), 1 << 31].map(Handle::small_int);
    /// assert_eq!(least.and_then(Handle::as_i32), Some(i32::MIN));
    /// assert_eq!(too_large.and_then(Handle::as_i32), None);
    /// assert_eq!(Handle::NONE.as_i32(), None);
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn as_i32(self) -> Option<i32> {
        let value = self.number() as i32;
        (self == Handle::int32(value)).then_some(value)
    }

    /// The number that it holds itself, which asks no graph.
    #[inline(always)]
    #[must_use]
    pub fn inline(self) -> Inline {
        match self.unpack() {
            Unpacked::Int(value) => Inline::Int(value),
            Unpacked::Float(value) => Inline::Float(value),
            Unpacked::Ref(..) => Inline::Other,
        }
    }

    /// Which object it is.
    #[inline(always)]
    #[must_use]
    pub fn identity(self) -> Identity {
        match self.unpack() {
            Unpacked::Ref(tag, number) => Identity { sort: SORTS[tag as usize & 31], number },
            _ => Identity { sort: Sort::Inline, number: 0 },
        }
    }
}

/// The sort of each tag: looked up, since a branch on it is often guessed wrong.
static SORTS: [Sort; 32] = {
    let mut sorts = [Sort::Inline; 32];
    let mut tag = Tag::BigInt as usize;
    while tag <= Tag::Foreign as usize {
        sorts[tag] = if tag < Tag::Tuple as usize {
            Sort::Span
        } else if tag < Tag::Foreign as usize {
            Sort::Node
        } else {
            Sort::Foreign
        };
        tag += 1;
    }
    sorts
};

/// Numbers the objects of a graph with an identity from 1: for tables by object.
#[derive(Clone, Debug)]
pub struct Numbering {
    /// Of each tag, the number of the one with index 0; 0 for what has no identity.
    starts: [usize; 32],
    count: usize,
}

impl Numbering {
    /// The number of an object of the graph; 0 for what has no identity.
    ///
    /// ```
    /// use pickle_value::{Handle, py};
    ///
    /// let graph = py!(["a", "b"]);
    /// let numbering = graph.numbering();
    /// let list = graph.root().handle().unwrap_or(Handle::NONE);
    /// assert_eq!((numbering.of(list), numbering.of(Handle::NONE), numbering.count()), (3, 0, 4));
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn of(&self, handle: Handle) -> usize {
        let (tag, index) = handle.tag_and_index();
        self.starts[tag] + index as usize
    }

    /// The number of what is known to be [text, bytes or a larger int](Sort::Span): they come first.
    #[inline(always)]
    #[must_use]
    pub fn of_span(&self, handle: Handle) -> usize {
        1 + handle.identity().number as usize
    }

    /// The number of what is known to be a [container or an object](Sort::Node).
    #[inline(always)]
    #[must_use]
    pub fn of_node(&self, handle: Handle) -> usize {
        self.starts[Tag::Tuple as usize] + handle.identity().number as usize
    }

    /// How many numbers there are, 0 included.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

impl Graph<'_> {
    /// Numbers its objects.
    #[must_use]
    pub fn numbering(&self) -> Numbering {
        let counts = self.counts();
        let nodes = 1 + counts.spans;
        let starts = SORTS.map(|sort| match sort {
            Sort::Span => 1,
            Sort::Node => nodes,
            Sort::Inline | Sort::Foreign => 0,
        });
        Numbering { starts, count: nodes + counts.nodes }
    }
}

/// The contents of a graph's text, bytes and larger ints: see [`Graph::contents`].
#[derive(Clone, Copy)]
pub struct Contents<'g> {
    access: Access<'g>,
    spans: &'g [Span],
}

impl core::fmt::Debug for Contents<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Contents").field("count", &self.spans.len()).finish_non_exhaustive()
    }
}

impl<'g> Contents<'g> {
    /// The content of what has this [number](Identity::number) among spans **with what stands behind it in memory**: `N`
    /// bytes, and how many are its own. Nothing where there are more of these, or too few bytes in all, or no such number.
    #[inline(always)]
    #[must_use]
    pub fn window<const N: usize>(&self, number: u64) -> Option<(&'g [u8; N], usize)> {
        let span = *self.spans.get(usize::try_from(number).ok()?)?;
        self.access.window(span)
    }

    /// The same of any length.
    #[inline(always)]
    #[must_use]
    pub fn bytes_and_more(&self, number: u64) -> Option<(&'g [u8], usize)> {
        let span = *self.spans.get(usize::try_from(number).ok()?)?;
        Some(self.access.bytes_and_more_of(span))
    }
}

impl<'a> Graph<'a> {
    /// The object that a handle names, taken apart.
    #[inline(always)]
    #[must_use]
    pub fn value(&self, handle: Handle) -> Value<'_> {
        self.access().value(handle)
    }
}

impl Graph<'_> {
    /// The content of text, bytes or a larger int **with what stands behind it in memory**, and how many bytes are its own;
    /// nothing of anything else. For those who copy more than they need, since a fixed number of bytes is copied at once.
    #[inline(always)]
    #[must_use]
    pub fn bytes_and_more(&self, handle: Handle) -> (&[u8], usize) {
        match handle.identity() {
            Identity { sort: Sort::Span, number } => self.access().bytes_and_more(number),
            _ => (&[], 0),
        }
    }

    /// The contents of text, bytes and larger ints by number: for loops, which have them at hand.
    #[inline(always)]
    #[must_use]
    pub fn contents(&self) -> Contents<'_> {
        let access = self.access();
        Contents { access, spans: &access.store.spans }
    }

    /// What a tuple, list or dict with this [number](Identity::number) among nodes holds, as in its [`Value`], or the fields
    /// of an object and what is done to it: for those who have it from [`Handle::held`].
    ///
    /// # Panics
    ///
    /// If the graph has no such node.
    #[inline(always)]
    #[must_use]
    pub fn row(&self, number: u32) -> &[Handle] {
        self.access().items(number)
    }

    /// The object with this number among nodes, likewise.
    ///
    /// # Panics
    ///
    /// If the graph has no such node.
    #[inline(always)]
    #[must_use]
    pub fn object(&self, number: u32) -> Object<'_> {
        Object::new(self.access(), number)
    }
}

impl<'g> View<'g> {
    /// The object, taken apart; `None` if absent.
    #[must_use]
    pub fn value(self) -> Option<Value<'g>> {
        self.handle().map(|handle| self.access().value(handle))
    }
}

impl<'g> Access<'g> {
    #[inline(always)]
    fn value(self, handle: Handle) -> Value<'g> {
        let (tag, index) = match handle.unpack() {
            Unpacked::Int(value) => return Value::Int(value),
            Unpacked::Float(value) => return Value::Float(value),
            Unpacked::Ref(tag, index) => (tag, index),
        };
        match tag {
            Tag::None | Tag::Foreign => Value::None,
            Tag::False => Value::Bool(false),
            Tag::True => Value::Bool(true),
            Tag::Ellipsis => Value::Ellipsis,
            Tag::NotImplemented => Value::NotImplemented,
            Tag::BigInt => Value::BigInt(self.bytes(index)),
            Tag::OddNan => Value::Float(View::new(self, Some(handle)).as_f64().unwrap_or(f64::NAN)),
            Tag::Text => Value::Text(Text::checked(self.bytes(index))),
            Tag::Bytes => Value::Bytes(self.bytes(index)),
            Tag::ByteArray => Value::ByteArray(self.bytes(index)),
            Tag::ByteString => Value::ByteString(self.bytes(index)),
            Tag::Long => Value::Long(self.bytes(index)),
            Tag::Tuple => Value::Tuple(self.items(index)),
            Tag::List | Tag::Appended => Value::List(self.items(index)),
            Tag::Dict | Tag::Assigned => Value::Dict(self.items(index)),
            Tag::Set | Tag::Added => Value::Set(self.items(index)),
            Tag::FrozenSet => Value::FrozenSet(self.items(index)),
            Tag::Complex => {
                let (real, imaginary) = View::new(self, Some(handle)).as_complex().unwrap_or_default();
                Value::Complex(real, imaginary)
            }
            Tag::Range => Value::Range(self.items(index)),
            Tag::Slice => Value::Slice(self.items(index)),
            Tag::Object => Value::Object(Object::new(self, index)),
        }
    }
}
