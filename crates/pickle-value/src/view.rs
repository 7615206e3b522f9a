//! [`View`]: a look at one object of a graph.

use alloc::format;
use alloc::string::String;

use num_bigint::BigInt;

use crate::error::{Error, ErrorKind};
use crate::handle::{Handle, Tag, Unpacked};
use crate::object::{Object, ObjectKind};
use crate::store::Access;
use crate::text::Text;
use crate::value::{Identity, Sort};
use crate::{equal, int, keyed};

/// A look at one object: `Copy`, and cheap to pass on.
///
/// A step that leads nowhere gives an **absent** view, whose steps are absent too, so that a path can be followed in one
/// go and asked at its end:
///
/// ```
/// use pickle_value::py;
///
/// let graph = py!({"users": [{"name": "Ann"}]});
/// let users = graph.root().get("users");
/// assert_eq!(users.get(0).get("name").as_str(), Some("Ann"));
/// assert!(users.get(7).get("name").is_absent());
/// assert_eq!(users.try_get(7).unwrap_err().to_string(), "no item 7 in a list of 1");
/// ```
#[derive(Clone, Copy)]
pub struct View<'g> {
    access: Access<'g>,
    handle: Option<Handle>,
}

/// What an object is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// Nothing: a step led nowhere.
    Absent,
    /// `None`.
    None,
    /// `True` or `False`.
    Bool,
    /// An int of any size.
    Int,
    /// A float.
    Float,
    /// A complex.
    Complex,
    /// A str.
    Text,
    /// Bytes.
    Bytes,
    /// A bytearray.
    ByteArray,
    /// Python 2's `str`, kept as it is.
    ByteString,
    /// Python 2's `long`, kept as it is.
    Long,
    /// A tuple.
    Tuple,
    /// A list.
    List,
    /// A dict.
    Dict,
    /// A set.
    Set,
    /// A frozenset.
    FrozenSet,
    /// A range, of three ints.
    Range,
    /// A slice, of three objects.
    Slice,
    /// `Ellipsis`.
    Ellipsis,
    /// `NotImplemented`.
    NotImplemented,
    /// Something with a class or a function behind it: see [`View::as_object`].
    Object,
}

impl<'g> View<'g> {
    /// The view that a missing step gives.
    pub const ABSENT: View<'static> = View { access: Access { input: &[], store: &crate::store::EMPTY }, handle: None };

    pub(crate) fn new(access: Access<'g>, handle: Option<Handle>) -> View<'g> {
        View { access, handle }
    }

    pub(crate) fn access(self) -> Access<'g> {
        self.access
    }

    /// The object's handle in its graph, for building on; `None` if absent.
    #[must_use]
    pub fn handle(self) -> Option<Handle> {
        self.handle
    }

    /// What the object is.
    #[must_use]
    pub fn kind(self) -> Kind {
        let Some(handle) = self.handle else {
            return Kind::Absent;
        };
        match handle.unpack() {
            Unpacked::Int(_) => Kind::Int,
            Unpacked::Float(_) => Kind::Float,
            Unpacked::Ref(tag, _) => match tag {
                Tag::None | Tag::Foreign => Kind::None,
                Tag::False | Tag::True => Kind::Bool,
                Tag::Ellipsis => Kind::Ellipsis,
                Tag::NotImplemented => Kind::NotImplemented,
                Tag::BigInt => Kind::Int,
                Tag::OddNan => Kind::Float,
                Tag::Text => Kind::Text,
                Tag::Bytes => Kind::Bytes,
                Tag::ByteArray => Kind::ByteArray,
                Tag::ByteString => Kind::ByteString,
                Tag::Long => Kind::Long,
                Tag::Tuple | Tag::Assigned => Kind::Tuple,
                Tag::List | Tag::Appended => Kind::List,
                Tag::Dict => Kind::Dict,
                Tag::Set | Tag::Added => Kind::Set,
                Tag::FrozenSet => Kind::FrozenSet,
                Tag::Complex => Kind::Complex,
                Tag::Range => Kind::Range,
                Tag::Slice => Kind::Slice,
                Tag::Object => Kind::Object,
            },
        }
    }

    /// True if a step led nowhere.
    #[must_use]
    pub fn is_absent(self) -> bool {
        self.handle.is_none()
    }

    /// Whether it is false where Python asks for a truth value: None, False, zero, and what is empty.
    ///
    /// Of an instance nothing is known but that it is there.
    #[must_use]
    pub fn is_false(self) -> bool {
        self.is_none()
            || self.as_bool() == Some(false)
            || self.as_f64() == Some(0.0)
            || self.len() == Some(0)
            || self.as_bytes().is_some_and(<[u8]>::is_empty)
            || self.as_text().is_some_and(|text| text.as_bytes().is_empty())
    }

    /// True for `None`, and only for it.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.handle == Some(Handle::NONE)
    }

    /// True if both are the very same object, as Python's `is` says of strings and containers.
    ///
    /// None, bools, floats and small ints are the same when their bits are.
    #[must_use]
    pub fn is(self, other: View<'_>) -> bool {
        self.handle.is_some() && self.handle == other.handle && core::ptr::eq(self.access.store, other.access.store)
    }

    /// True if both look at objects of the same graph, so that their handles can be compared.
    ///
    /// ```
    /// use pickle_value::py;
    ///
    /// let graph = py!([1, [2]]);
    /// assert!(graph.root().is_of_graph_of(graph.root().get(1)));
    /// assert!(!graph.root().is_of_graph_of(py!([1, [2]]).root()));
    /// ```
    #[must_use]
    pub fn is_of_graph_of(self, other: View<'_>) -> bool {
        core::ptr::eq(self.access.store, other.access.store)
    }

    /// A bool's value.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.handle?.tag()? {
            Tag::False => Some(false),
            Tag::True => Some(true),
            _ => None,
        }
    }

    /// An int's value, if 64 bits with sign hold it.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        match self.handle?.unpack() {
            Unpacked::Int(value) => Some(value),
            Unpacked::Ref(Tag::BigInt | Tag::Long, span) => int::to_i64(self.access.bytes(span)),
            _ => None,
        }
    }

    /// An int's value, if 64 bits without sign hold it.
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        self.as_i128().and_then(|value| value.try_into().ok())
    }

    /// An int's value, if 128 bits with sign hold it.
    #[must_use]
    pub fn as_i128(self) -> Option<i128> {
        self.int_bytes().map_or_else(|| self.as_i64().map(i128::from), int::to_i128)
    }

    /// An int's value, whatever its size.
    #[must_use]
    pub fn as_bigint(self) -> Option<BigInt> {
        self.int_bytes().map_or_else(|| self.as_i64().map(BigInt::from), |bytes| Some(int::to_bigint(bytes)))
    }

    /// An int beyond 48 bits as two's complement, little-endian, in the fewest bytes; `None` for smaller ints.
    #[must_use]
    pub fn int_bytes(self) -> Option<&'g [u8]> {
        match self.handle?.reference()? {
            (Tag::BigInt | Tag::Long, span) => Some(int::trim(self.access.bytes(span))),
            _ => None,
        }
    }

    /// A float's value, or that of an int, rounded.
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        match self.handle?.unpack() {
            Unpacked::Float(value) => Some(value),
            Unpacked::Int(value) => Some(value as f64),
            Unpacked::Ref(Tag::OddNan, span) => self.access.bytes(span).try_into().ok().map(f64::from_le_bytes),
            // Rounded by way of the decimal digits, which Rust's parser does correctly for any size.
            Unpacked::Ref(Tag::BigInt | Tag::Long, _) => format!("{}", self.as_bigint()?).parse().ok(),
            Unpacked::Ref(..) => None,
        }
    }

    /// A complex's real and imaginary part.
    #[must_use]
    pub fn as_complex(self) -> Option<(f64, f64)> {
        match self.access.items_of(self.handle?, Tag::Complex)? {
            &[real, imaginary] => Some((self.other(real).as_f64()?, self.other(imaginary).as_f64()?)),
            _ => None,
        }
    }

    /// A str's text, unless it holds a surrogate. Python 2's `str` is given where it is UTF-8.
    #[must_use]
    pub fn as_str(self) -> Option<&'g str> {
        match self.handle?.reference()? {
            (Tag::Text | Tag::ByteString, span) => core::str::from_utf8(self.access.bytes(span)).ok(),
            _ => None,
        }
    }

    /// A str's text, surrogates included.
    #[must_use]
    pub fn as_text(self) -> Option<Text<'g>> {
        self.handle?.index(Tag::Text).map(|span| Text::checked(self.access.bytes(span)))
    }

    /// The bytes of bytes, a bytearray or Python 2's `str`.
    #[must_use]
    pub fn as_bytes(self) -> Option<&'g [u8]> {
        match self.handle?.reference()? {
            (Tag::Bytes | Tag::ByteArray | Tag::ByteString, span) => Some(self.access.bytes(span)),
            _ => None,
        }
    }

    /// What stands behind a global, a call, an instance.
    #[must_use]
    pub fn as_object(self) -> Option<Object<'g>> {
        self.handle?.index(Tag::Object).map(|node| Object::new(self.access, node))
    }

    /// The module and the name of a global.
    #[must_use]
    pub fn as_global(self) -> Option<(&'g str, &'g str)> {
        let object = self.as_object().filter(|object| object.kind() == ObjectKind::Global)?;
        Some((object.field(0).as_str()?, object.field(1).as_str()?))
    }

    /// How many items, entries or bytes it has; a str counts code points as Python does.
    #[must_use]
    pub fn len(self) -> Option<usize> {
        if let Some(text) = self.as_text() {
            return Some(text.code_points().count());
        }
        match self.handle?.reference()? {
            (Tag::Bytes | Tag::ByteArray | Tag::ByteString, span) => Some(self.access.bytes(span).len()),
            (Tag::Dict, node) => Some(self.access.items(node).len() / 2),
            _ => self.slots().map(<[Handle]>::len),
        }
    }

    /// True if it has a length, which is zero.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == Some(0)
    }

    /// The items of a tuple, list, set or frozenset, the three parts of a range or slice; nothing for all else.
    pub fn items(self) -> impl DoubleEndedIterator<Item = View<'g>> + ExactSizeIterator + Clone + use<'g> {
        self.slots().unwrap_or_default().iter().map(move |&item| self.other(item))
    }

    /// The keys and values of a dict, in its order; nothing for all else.
    pub fn entries(
        self,
    ) -> impl DoubleEndedIterator<Item = (View<'g>, View<'g>)> + ExactSizeIterator + Clone + use<'g> {
        let pairs = self.handle.and_then(|handle| self.access.items_of(handle, Tag::Dict));
        pairs.unwrap_or_default().chunks_exact(2).map(move |pair| (self.other(pair[0]), self.other(pair[1])))
    }

    /// One step: an item of a list or tuple by its position (from the end if negative), a value of a dict by its key.
    ///
    /// Keys are compared as Python does, so `get(1)` finds the key `True`.
    #[must_use]
    pub fn get<K: Key>(self, key: K) -> View<'g> {
        View::new(self.access, self.find(&key))
    }

    /// As [`get`](View::get), but says what is missing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`] with the step and what it was tried on.
    pub fn try_get<K: Key>(self, key: K) -> Result<View<'g>, Error> {
        match self.find(&key) {
            Some(handle) => Ok(self.other(handle)),
            None => Err(Error::new(ErrorKind::Missing(self.missing(&key)))),
        }
    }

    /// True if a dict has the key or a set the item.
    #[must_use]
    pub fn contains<K: Key>(self, key: K) -> bool {
        match self.handle.and_then(Handle::reference) {
            Some((Tag::Dict, node)) => self.find_entry(node, 2, &key.as_key()).is_some(),
            Some((Tag::Set | Tag::FrozenSet, node)) => self.find_entry(node, 1, &key.as_key()).is_some(),
            _ => false,
        }
    }

    fn find<K: Key>(self, key: &K) -> Option<Handle> {
        let (tag, node) = self.handle?.reference()?;
        let items = match tag {
            Tag::Dict => {
                let entry = self.find_entry(node, 2, &key.as_key())?;
                return self.access.items(node).get(entry * 2 + 1).copied();
            }
            Tag::Tuple | Tag::List => self.access.items(node),
            _ => return None,
        };
        let KeyKind::Int(position) = key.as_key().0 else {
            return None;
        };
        let position = if position < 0 { position + items.len() as i64 } else { position };
        items.get(usize::try_from(position).ok()?).copied()
    }

    fn find_entry(self, node: u32, width: usize, key: &AsKey<'_>) -> Option<usize> {
        let access = self.access;
        match key.0 {
            KeyKind::Text(text) => keyed::find(
                access,
                node,
                width,
                |hasher| hasher.text(text.as_bytes()),
                |other| {
                    match other.reference() {
                        Some((Tag::Text, span)) => access.bytes(span) == text.as_bytes(),
                        // Python 2: 'a' == u'a', but only for ASCII.
                        Some((Tag::ByteString, span)) => access.bytes(span) == text.as_bytes() && text.is_ascii(),
                        _ => false,
                    }
                },
            ),
            KeyKind::Bytes(bytes) => {
                let hash = |hasher: &mut crate::hash::KeyHasher| hasher.text(bytes) ^ 1;
                keyed::find(access, node, width, hash, |other| {
                    other.index(Tag::Bytes).is_some_and(|span| access.bytes(span) == bytes)
                })
            }
            KeyKind::Int(value) => {
                let builder = crate::Builder::for_int(value);
                let (key_access, key) = (builder.0.access(), builder.1);
                keyed::find(
                    access,
                    node,
                    width,
                    |hasher| hasher.int(value),
                    |other| equal::numbers_equal(access, other, key_access, key),
                )
            }
            KeyKind::View(View { access: key_access, handle: Some(key) }) => {
                if core::ptr::eq(access.store, key_access.store) {
                    return keyed::find_handle(access, node, width, key);
                }
                let hash = |hasher: &mut crate::hash::KeyHasher| hasher.hash(key_access, key);
                keyed::find(access, node, width, hash, |other| equal::equal(access, other, key_access, key))
            }
            KeyKind::View(_) => None,
        }
    }

    #[cold]
    pub(crate) fn missing<K: Key>(self, key: &K) -> String {
        let kind = self.kind();
        match (key.as_key().0, kind, self.len()) {
            (_, Kind::Absent, _) => String::from("nothing here to look into"),
            (KeyKind::Int(position), Kind::List, Some(length)) => {
                format!("no item {position} in a list of {length}")
            }
            (KeyKind::Int(position), Kind::Tuple, Some(length)) => {
                format!("no item {position} in a tuple of {length}")
            }
            (key, Kind::Dict, Some(length)) => format!("no key {key} in a dict of {length}"),
            (key, kind, _) => format!("no step {key} into a {}", kind.type_name()),
        }
    }

    /// How many items it holds directly, or an eighth of its bytes; nothing of an object.
    pub(crate) fn extent(self) -> usize {
        let Some(handle) = self.handle else { return 0 };
        match (handle.identity(), handle.tag()) {
            (_, Some(Tag::Object)) => 0,
            (Identity { sort: Sort::Span, number }, _) => self.access.bytes(number).len() / 8,
            (Identity { sort: Sort::Node, number }, _) => self.access.items(number).len(),
            _ => 0,
        }
    }

    /// The items of anything that has items, in one slice.
    pub(crate) fn slots(self) -> Option<&'g [Handle]> {
        match self.handle?.reference()? {
            (
                Tag::Tuple
                | Tag::List
                | Tag::Set
                | Tag::FrozenSet
                | Tag::Range
                | Tag::Slice
                | Tag::Appended
                | Tag::Assigned
                | Tag::Added,
                node,
            ) => Some(self.access.items(node)),
            _ => None,
        }
    }

    /// The keys and values of a dict, or of what was set by key, in one slice.
    pub(crate) fn pairs(self) -> Option<&'g [Handle]> {
        match self.handle?.reference()? {
            (Tag::Dict | Tag::Assigned, node) => Some(self.access.items(node)),
            _ => None,
        }
    }

    fn other(self, handle: Handle) -> View<'g> {
        View::new(self.access, Some(handle))
    }
}

/// Python's `==`: `1 == 1.0 == True`, tuples and lists by items, dicts and sets without order; cycles end.
///
/// Objects are equal here when all their parts are, since the class's own `__eq__` is not there to be asked. An absent
/// view equals nothing.
impl PartialEq<View<'_>> for View<'_> {
    fn eq(&self, other: &View<'_>) -> bool {
        match (self.handle, other.handle) {
            (Some(a), Some(b)) => equal::equal(self.access, a, other.access, b),
            _ => false,
        }
    }
}

impl Kind {
    /// The name of the Python type.
    #[must_use]
    pub const fn type_name(self) -> &'static str {
        match self {
            Kind::Absent => "missing object",
            Kind::None => "NoneType",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Float => "float",
            Kind::Complex => "complex",
            Kind::Text | Kind::ByteString => "str",
            Kind::Bytes => "bytes",
            Kind::ByteArray => "bytearray",
            Kind::Long => "long",
            Kind::Tuple => "tuple",
            Kind::List => "list",
            Kind::Dict => "dict",
            Kind::Set => "set",
            Kind::FrozenSet => "frozenset",
            Kind::Range => "range",
            Kind::Slice => "slice",
            Kind::Ellipsis => "ellipsis",
            Kind::NotImplemented => "NotImplementedType",
            Kind::Object => "object",
        }
    }
}

/// What [`View::get`] takes: a str, bytes, an integer, or another view.
pub trait Key: sealed::Sealed {
    #[doc(hidden)]
    fn as_key(&self) -> AsKey<'_>;
}

/// A key in one of the forms that can be looked up.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct AsKey<'k>(KeyKind<'k>);

#[derive(Clone, Copy)]
enum KeyKind<'k> {
    Text(&'k str),
    Bytes(&'k [u8]),
    Int(i64),
    View(View<'k>),
}

impl core::fmt::Display for KeyKind<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            KeyKind::Text(text) => crate::literal::write_str(text.chars().map(u32::from), f),
            KeyKind::Bytes(bytes) => crate::literal::write_bytes(bytes, f),
            KeyKind::Int(value) => write!(f, "{value}"),
            KeyKind::View(view) => write!(f, "{view}"),
        }
    }
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! keys {
    ($($type:ty: |$key:ident| $kind:expr;)*) => {
        $(
            impl sealed::Sealed for $type {}
            impl Key for $type {
                fn as_key(&self) -> AsKey<'_> {
                    let $key = self;
                    AsKey($kind)
                }
            }
        )*
    };
}
keys! {
    &str: |key| KeyKind::Text(key);
    &String: |key| KeyKind::Text(key);
    &[u8]: |key| KeyKind::Bytes(key);
    i32: |key| KeyKind::Int(i64::from(*key));
    i64: |key| KeyKind::Int(*key);
    u32: |key| KeyKind::Int(i64::from(*key));
    usize: |key| KeyKind::Int(i64::try_from(*key).unwrap_or(i64::MAX));
    View<'_>: |key| KeyKind::View(*key);
}
