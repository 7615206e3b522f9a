//! `value["key"]` and `value[0]`.

use std::ops;

use super::Value;

/// What a [`Value`] is indexed by: text or a [`Value`] for a dict's key, a `usize` for the place in a list or tuple, and for
/// a dict's key that is such an int, as in Python.
///
/// ```
/// use pickle_serde::Value;
///
/// let mut value = Value::from(vec![1, 2]);
/// assert_eq!(value[1], Value::Int(2));
/// assert_eq!(value[7], Value::None);
/// value[1] = "two".into();
/// assert_eq!(value.to_string(), "[1, 'two']");
///
/// let mut value = Value::None;
/// value["key"] = 5.into();
/// assert_eq!(value.to_string(), "{'key': 5}");
///
/// let mut value = Value::Dict([(12, "twelve")].into_iter().collect());
/// assert_eq!(value[12].as_str(), Some("twelve"));
/// value[13] = "thirteen".into();
/// assert_eq!(value.to_string(), "{12: 'twelve', 13: 'thirteen'}");
/// ```
///
/// # Panics
///
/// Looking never does; what is not there is `None`. Setting a key of what is no dict (a `None` becomes one), or an item
/// that is not there, panics.
pub trait Index: sealed::Sealed {}

mod sealed {
    use super::Value;

    pub trait Sealed {
        fn find<'v>(&self, value: &'v Value) -> Option<&'v Value>;
        fn find_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value>;
        fn or_insert<'v>(&self, value: &'v mut Value) -> &'v mut Value;
    }
}

static NONE: Value = Value::None;

impl Value {
    /// The item or value of an index, if it is there.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// let value = Value::from(vec![1]);
    /// assert_eq!((value.get(0), value.get("a")), (Some(&Value::Int(1)), None));
    /// ```
    #[must_use]
    pub fn get<I: Index>(&self, index: I) -> Option<&Value> {
        index.find(self)
    }

    /// The item or value of an index, to be changed.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// let mut value = Value::from(vec![1, 2]);
    /// if let Some(item) = value.get_mut(0) {
    ///     *item = Value::None;
    /// }
    /// assert_eq!(value.to_string(), "[None, 2]");
    /// ```
    pub fn get_mut<I: Index>(&mut self, index: I) -> Option<&mut Value> {
        index.find_mut(self)
    }
}

impl<I: Index> ops::Index<I> for Value {
    type Output = Value;

    fn index(&self, index: I) -> &Value {
        index.find(self).unwrap_or(&NONE)
    }
}

impl<I: Index> ops::IndexMut<I> for Value {
    fn index_mut(&mut self, index: I) -> &mut Value {
        index.or_insert(self)
    }
}

impl Index for usize {}

impl sealed::Sealed for usize {
    fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        match value {
            Value::List(items) | Value::Tuple(items) => items.get(*self),
            Value::Dict(dict) => dict.get(&Value::from(*self)),
            _ => None,
        }
    }

    fn find_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
        match value {
            Value::List(items) | Value::Tuple(items) => items.get_mut(*self),
            Value::Dict(dict) => dict.get_mut(&Value::from(*self)),
            _ => None,
        }
    }

    fn or_insert<'v>(&self, value: &'v mut Value) -> &'v mut Value {
        match value {
            Value::List(items) | Value::Tuple(items) => {
                let length = items.len();
                items.get_mut(*self).unwrap_or_else(|| panic!("no item {self} among {length}"))
            }
            Value::Dict(dict) => dict.or_none(*self),
            other => panic!("no item {self} in {other}"),
        }
    }
}

impl sealed::Sealed for &Value {
    fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        value.as_dict()?.get(*self)
    }

    fn find_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
        value.as_dict_mut()?.get_mut(*self)
    }

    fn or_insert<'v>(&self, value: &'v mut Value) -> &'v mut Value {
        if value.is_none() {
            *value = Value::Dict(super::Dict::new());
        }
        match value {
            Value::Dict(dict) => dict.or_none((*self).clone()),
            other => panic!("no key {self} in {other}"),
        }
    }
}

impl Index for &Value {}

impl sealed::Sealed for &str {
    fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        value.as_dict()?.get(*self)
    }

    fn find_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
        value.as_dict_mut()?.get_mut(*self)
    }

    fn or_insert<'v>(&self, value: &'v mut Value) -> &'v mut Value {
        (&Value::from(*self)).or_insert(value)
    }
}

impl Index for &str {}

impl sealed::Sealed for &String {
    fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        sealed::Sealed::find(&self.as_str(), value)
    }

    fn find_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
        sealed::Sealed::find_mut(&self.as_str(), value)
    }

    fn or_insert<'v>(&self, value: &'v mut Value) -> &'v mut Value {
        sealed::Sealed::or_insert(&self.as_str(), value)
    }
}

impl Index for &String {}
