//! [`Dict`] and [`Set`]: what is found by key, in the order in which it came; and how values are compared and hashed.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::mem::discriminant;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use super::Value;
use super::table::Table;

/// A dict's keys and values, in the order of the stream.
///
/// ```
/// use pickle_serde::{Dict, Value};
///
/// let mut dict = Dict::new();
/// dict.insert("b", 1);
/// dict.insert("a", 2);
/// dict.insert("b", 3);
/// assert_eq!(dict.get("b"), Some(&Value::Int(3)));
/// assert_eq!(dict.iter().map(|(key, _)| key.to_string()).collect::<Vec<_>>(), ["'b'", "'a'"]);
/// assert_eq!(format!("{dict:?}"), r#"{Str("b"): Int(3), Str("a"): Int(2)}"#);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Dict(Table<Value>);

impl Dict {
    /// An empty dict.
    ///
    /// ```
    /// assert!(pickle_serde::Dict::new().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Dict {
        Dict::default()
    }

    /// An empty dict with room for so many entries.
    pub(super) fn with_capacity(entries: usize) -> Dict {
        Dict(Table::with_capacity(entries))
    }

    /// How many entries it has.
    ///
    /// ```
    /// let dict: pickle_serde::Dict = [("a", 1), ("b", 2)].into_iter().collect();
    /// assert_eq!(dict.len(), 2);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if it has no entries.
    ///
    /// ```
    /// let dict: pickle_serde::Dict = [("a", 1)].into_iter().collect();
    /// assert!(!dict.is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a key: a `&str`, or a [`Value`] of any type.
    ///
    /// ```
    /// use pickle_serde::{Dict, Value};
    ///
    /// let dict: Dict = [(Value::from("a"), 1), (Value::from(5), 2)].into_iter().collect();
    /// assert_eq!(dict.get("a"), Some(&Value::Int(1)));
    /// assert_eq!(dict.get(&Value::Int(5)), Some(&Value::Int(2)));
    /// ```
    #[must_use]
    pub fn get<K: DictKey + ?Sized>(&self, key: &K) -> Option<&Value> {
        self.0.get(key)
    }

    /// The value of a key, to be changed.
    ///
    /// ```
    /// use pickle_serde::{Dict, Value};
    ///
    /// let mut dict: Dict = [("a", 1)].into_iter().collect();
    /// if let Some(value) = dict.get_mut("a") {
    ///     *value = Value::None;
    /// }
    /// assert_eq!(dict.get("a"), Some(&Value::None));
    /// ```
    pub fn get_mut<K: DictKey + ?Sized>(&mut self, key: &K) -> Option<&mut Value> {
        self.0.get_mut(key)
    }

    /// True if it has the key.
    ///
    /// ```
    /// let dict: pickle_serde::Dict = [("a", 1)].into_iter().collect();
    /// assert!(dict.contains_key("a") && !dict.contains_key("b"));
    /// ```
    #[must_use]
    pub fn contains_key<K: DictKey + ?Sized>(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Sets a key, which stays in its place where it is there already; gives the value that it had.
    ///
    /// ```
    /// use pickle_serde::{Dict, Value};
    ///
    /// let mut dict = Dict::new();
    /// assert_eq!(dict.insert("a", 1), None);
    /// assert_eq!(dict.insert("a", 2), Some(Value::Int(1)));
    /// ```
    pub fn insert(&mut self, key: impl Into<Value>, value: impl Into<Value>) -> Option<Value> {
        self.0.insert(key.into(), value.into())
    }

    /// Takes an entry out; those behind it move up.
    ///
    /// ```
    /// use pickle_serde::{Dict, Value};
    ///
    /// let mut dict: Dict = [("a", 1), ("b", 2)].into_iter().collect();
    /// assert_eq!(dict.remove("a"), Some(Value::Int(1)));
    /// assert_eq!(dict.len(), 1);
    /// ```
    pub fn remove<K: DictKey + ?Sized>(&mut self, key: &K) -> Option<Value> {
        self.0.remove(key)
    }

    /// The value of a key, which is set to `None` first where it is not there.
    ///
    /// ```
    /// use pickle_serde::{Dict, Value};
    ///
    /// let mut dict = Dict::new();
    /// *dict.or_none("a") = Value::Int(1);
    /// assert_eq!(dict.get("a"), Some(&Value::Int(1)));
    /// ```
    pub fn or_none(&mut self, key: impl Into<Value>) -> &mut Value {
        self.0.or_default(key.into())
    }

    /// Keys and values, in order.
    ///
    /// ```
    /// let dict: pickle_serde::Dict = [("b", 1), ("a", 2)].into_iter().collect();
    /// assert_eq!(dict.iter().filter_map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    /// ```
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> + ExactSizeIterator + Clone {
        self.0.iter()
    }

    /// Keys and values, in order; the values to be changed.
    ///
    /// ```
    /// use pickle_serde::{Dict, Value};
    ///
    /// let mut dict: Dict = [("a", 1)].into_iter().collect();
    /// dict.iter_mut().for_each(|(_, value)| *value = Value::None);
    /// assert_eq!(dict.get("a"), Some(&Value::None));
    /// ```
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&Value, &mut Value)> + ExactSizeIterator {
        self.0.iter_mut()
    }
}

impl IntoIterator for Dict {
    type Item = (Value, Value);
    type IntoIter = std::vec::IntoIter<(Value, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_entries().into_iter()
    }
}

impl<K: Into<Value>, V: Into<Value>> FromIterator<(K, V)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Dict {
        Dict(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl<K: Into<Value>, V: Into<Value>> Extend<(K, V)> for Dict {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        self.0.extend(entries.into_iter().map(|(key, value)| (key.into(), value.into())));
    }
}

/// The items of a set or frozenset, in the order of the stream.
///
/// ```
/// use pickle_serde::Set;
///
/// let set: Set = [1, 2, 1].into_iter().collect();
/// assert_eq!(set.len(), 2);
/// assert!(set.contains(&1.into()));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Set(Table<()>);

impl Set {
    /// An empty set.
    ///
    /// ```
    /// assert!(pickle_serde::Set::new().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Set {
        Set::default()
    }

    /// How many items it has.
    ///
    /// ```
    /// let set: pickle_serde::Set = [1, 2, 1].into_iter().collect();
    /// assert_eq!(set.len(), 2);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if it has no items.
    ///
    /// ```
    /// let set: pickle_serde::Set = [1].into_iter().collect();
    /// assert!(!set.is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if it has the item.
    ///
    /// ```
    /// let set: pickle_serde::Set = ["a"].into_iter().collect();
    /// assert!(set.contains(&"a".into()) && !set.contains(&"b".into()));
    /// ```
    #[must_use]
    pub fn contains(&self, item: &Value) -> bool {
        self.0.get(item).is_some()
    }

    /// Adds an item; false if it was there already.
    ///
    /// ```
    /// let mut set = pickle_serde::Set::new();
    /// assert!(set.insert(1));
    /// assert!(!set.insert(1));
    /// ```
    pub fn insert(&mut self, item: impl Into<Value>) -> bool {
        self.0.insert(item.into(), ()).is_none()
    }

    /// Takes an item out; those behind it move up. False if it was not there.
    ///
    /// ```
    /// let mut set: pickle_serde::Set = [1].into_iter().collect();
    /// assert!(set.remove(&1.into()) && set.is_empty());
    /// ```
    pub fn remove(&mut self, item: &Value) -> bool {
        self.0.remove(item).is_some()
    }

    /// The items, in order.
    ///
    /// ```
    /// let set: pickle_serde::Set = [3, 1, 2].into_iter().collect();
    /// assert_eq!(set.iter().filter_map(|item| item.as_i64()).collect::<Vec<_>>(), [3, 1, 2]);
    /// ```
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator + Clone {
        self.0.iter().map(|(item, ())| item)
    }
}

impl IntoIterator for Set {
    type Item = Value;
    type IntoIter = std::iter::Map<std::vec::IntoIter<(Value, ())>, fn((Value, ())) -> Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_entries().into_iter().map(|(item, ())| item)
    }
}

impl<T: Into<Value>> FromIterator<T> for Set {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Set {
        Set(items.into_iter().map(|item| (item.into(), ())).collect())
    }
}

impl fmt::Debug for Dict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What a [`Dict`] is asked for: text or a [`Value`].
///
/// ```
/// use pickle_serde::{Dict, DictKey};
///
/// fn has(dict: &Dict, key: &(impl DictKey + ?Sized)) -> bool {
///     dict.get(key).is_some()
/// }
///
/// let dict: Dict = [("a", 1)].into_iter().collect();
/// assert!(has(&dict, "a") && !has(&dict, &pickle_serde::Value::Int(1)));
/// ```
pub trait DictKey: sealed::Sealed {}

mod sealed {
    use std::hash::Hasher;

    use super::Value;

    pub trait Sealed {
        fn is(&self, key: &Value) -> bool;
        fn hash<H: Hasher>(&self, state: &mut H);
    }
}

impl DictKey for str {}

impl sealed::Sealed for str {
    fn is(&self, key: &Value) -> bool {
        matches!(key, Value::Str(text) if text == self)
    }

    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_text(self, state);
    }
}

impl DictKey for String {}

impl sealed::Sealed for String {
    fn is(&self, key: &Value) -> bool {
        sealed::Sealed::is(&**self, key)
    }

    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_text(self, state);
    }
}

impl DictKey for Value {}

impl sealed::Sealed for Value {
    fn is(&self, key: &Value) -> bool {
        self == key
    }

    fn hash<H: Hasher>(&self, state: &mut H) {
        Hash::hash(self, state);
    }
}

/// For the items of sets, whose hashes are added up.
static ITEMS: LazyLock<RandomState> = LazyLock::new(RandomState::default);

fn hash_text<H: Hasher>(text: &str, state: &mut H) {
    state.write_u8(b's');
    text.hash(state);
}

/// A NaN equals itself, so that it can be a key.
fn same_float(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan()
}

fn hash_float<H: Hasher>(value: f64, state: &mut H) {
    // Zeros are equal, and so are NaNs.
    let bits = if value == 0.0 {
        0
    } else if value.is_nan() {
        u64::MAX
    } else {
        value.to_bits()
    };
    state.write_u64(bits);
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::BigInt(a), Value::BigInt(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => same_float(*a, *b),
            (Value::Complex(a, b), Value::Complex(c, d)) => same_float(*a, *c) && same_float(*b, *d),
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Surrogates(a), Value::Surrogates(b))
            | (Value::Bytes(a), Value::Bytes(b))
            | (Value::ByteArray(a), Value::ByteArray(b)) => a == b,
            (Value::List(a), Value::List(b)) | (Value::Tuple(a), Value::Tuple(b)) => a == b,
            (Value::Dict(a), Value::Dict(b)) => a == b,
            (Value::Set(a), Value::Set(b)) | (Value::FrozenSet(a), Value::FrozenSet(b)) => a == b,
            (Value::Range(a), Value::Range(b)) | (Value::Slice(a), Value::Slice(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => a == b,
            (a, b) => {
                let has_content = !matches!(a, Value::None | Value::Ellipsis | Value::NotImplemented);
                !has_content && discriminant(a) == discriminant(b)
            }
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Value::Str(text) = self {
            return hash_text(text, state);
        }
        discriminant(self).hash(state);
        match self {
            Value::None | Value::Ellipsis | Value::NotImplemented | Value::Str(_) => {}
            Value::Bool(value) => value.hash(state),
            Value::Int(value) => value.hash(state),
            Value::BigInt(value) => value.hash(state),
            Value::Float(value) => hash_float(*value, state),
            Value::Complex(real, imaginary) => {
                hash_float(*real, state);
                hash_float(*imaginary, state);
            }
            Value::Surrogates(bytes) | Value::Bytes(bytes) | Value::ByteArray(bytes) => bytes.hash(state),
            Value::List(items) | Value::Tuple(items) => items.hash(state),
            // Equal in any order. A dict is no key in Python, so that it may do with less.
            Value::Dict(dict) => dict.len().hash(state),
            Value::Set(set) | Value::FrozenSet(set) => {
                let sum = set.iter().fold(0, |sum: u64, item| sum.wrapping_add(ITEMS.hash_one(item)));
                state.write_u64(sum);
            }
            Value::Range(parts) | Value::Slice(parts) => parts.hash(state),
            Value::Object(object) => object.hash(state),
        }
    }
}
