//! [`Value`]: any Python object as an owned Rust value.

mod convert;
mod de;
mod dict;
mod index;
mod ser;
mod table;
pub(crate) mod tag;

use std::fmt::{self, Display, Formatter};

use num_bigint::BigInt;
use pickle_codec::value::ObjectKind;
use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

pub use self::dict::{Dict, DictKey, Set};
pub use self::index::Index;
pub(crate) use self::ser::{Bytes, Seq};
use crate::error::Result;

/// Any Python object, owned: for what no type was written for.
///
/// It can be a field of a derived struct. Reading gives all that there is, but for identity: what is shared is copied. Dicts
/// keep their order. Printing gives Python's `repr`.
///
/// ```
/// use pickle_serde::{Value, from_slice, to_vec};
///
/// // pickle.dumps({'name': 'bob', 'at': (1, 2.5)}, 2)
/// let pickle = b"\x80\x02}q\x00(X\x04\x00\x00\x00nameq\x01X\x03\x00\x00\x00bobq\x02X\x02\x00\x00\x00atq\x03K\x01G@\x04\
///     \x00\x00\x00\x00\x00\x00\x86q\x04u.";
/// let value: Value = from_slice(pickle)?;
/// assert_eq!(value["name"].as_str(), Some("bob"));
/// assert_eq!(value["at"][1], 2.5.into());
/// assert_eq!(value["email"], Value::None);
/// assert_eq!(value.to_string(), "{'name': 'bob', 'at': (1, 2.5)}");
/// assert_eq!(from_slice::<Value>(&to_vec(&value)?)?, value);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// Two values are equal when they are of the same type and hold the same: `1`, `1.0` and `True` are three. A NaN equals
/// itself. Dicts and sets are equal in any order.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Value {
    /// `None`.
    #[default]
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An int that 64 bits hold.
    Int(i64),
    /// A larger int.
    BigInt(BigInt),
    /// A float.
    Float(f64),
    /// A complex: real and imaginary part.
    Complex(f64, f64),
    /// A str. So is Python 2's `str` where it is UTF-8.
    Str(String),
    /// A str with surrogates that stand alone: UTF-8 in which surrogates are written too (`surrogatepass`).
    Surrogates(Vec<u8>),
    /// Bytes. So is Python 2's `str` where it is not UTF-8.
    Bytes(Vec<u8>),
    /// A bytearray.
    ByteArray(Vec<u8>),
    /// A list.
    List(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A dict.
    Dict(Dict),
    /// A set.
    Set(Set),
    /// A frozenset.
    FrozenSet(Set),
    /// A range: start, stop and step.
    Range(Box<[Value; 3]>),
    /// A slice: start, stop and step.
    Slice(Box<[Value; 3]>),
    /// `Ellipsis`.
    Ellipsis,
    /// `NotImplemented`.
    NotImplemented,
    /// A class, a call, an instance.
    Object(Box<Object>),
}

/// Something with a class or a function behind it: what would be called, and what would then be done to it.
///
/// ```
/// use pickle_serde::{ObjectKind, Value};
///
/// // b'cdecimal\nDecimal\n(V1.5\ntR.'
/// let value: Value = pickle_serde::from_slice(b"cdecimal\nDecimal\n(V1.5\ntR.")?;
/// let call = value.as_object().expect("a call");
/// assert_eq!((call.kind, call.fields.len()), (ObjectKind::Call, 2));
/// assert_eq!(call.fields[1].to_string(), "('1.5',)");
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Object {
    /// What it is, which says what its fields are.
    pub kind: ObjectKind,
    /// Of a global its module and name; of a call or an instance the callable and a tuple of arguments; see [`ObjectKind`].
    pub fields: Vec<Value>,
    /// What is done to it once it is there, in order.
    pub steps: Vec<Step>,
}

/// One thing that is done to an object once it is there.
///
/// ```
/// use pickle_serde::{Instance, Step, Value, to_value};
///
/// let user = to_value(&Instance::new("app.User", std::collections::BTreeMap::from([("age", 41)])))?;
/// let steps = &user.as_object().expect("an instance").steps;
/// assert!(matches!(&steps[..], [Step::State(Value::Dict(state))] if state.len() == 1));
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// Its state is set.
    State(Value),
    /// Its state is set by a call: the function, and the state.
    StateBy(Box<[Value; 2]>),
    /// Items are appended, as to a list.
    Append(Value),
    /// Items are set by key, as in a dict.
    Assign(Value),
    /// Items are added, as to a set.
    Add(Value),
}

/// Makes a [`Value`] of any value.
///
/// ```
/// use pickle_serde::{Value, to_value};
///
/// assert_eq!(to_value(&(1, "a"))?, Value::Tuple(vec![1.into(), "a".into()]));
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// # Errors
///
/// As [`to_vec`](crate::to_vec).
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value> {
    // A value in memory has any depth, and is no bomb.
    crate::DeOptions::new().depth(u32::MAX).budget(u64::MAX).from_graph(&crate::to_graph(value)?)
}

/// Reads a [`Value`] into a type.
///
/// ```
/// use pickle_serde::{Value, from_value};
///
/// let value = Value::List(vec![1.into(), 2.into()]);
/// assert_eq!(from_value::<Vec<u8>>(value)?, [1, 2]);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// # Errors
///
/// What of it does not fit the type, with its path.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    crate::DeOptions::new().depth(u32::MAX).budget(u64::MAX).from_graph(&crate::to_graph(&value)?)
}

impl Value {
    /// True for `None`.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert!(Value::None.is_none());
    /// ```
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// A bool.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert_eq!(Value::from(true).as_bool(), Some(true));
    /// ```
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// An int, if 64 bits with sign hold it.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert_eq!(Value::from(-5).as_i64(), Some(-5));
    /// ```
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// An int, if 64 bits without sign hold it.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert_eq!(Value::from(u64::MAX).as_u64(), Some(u64::MAX));
    /// ```
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Int(value) => u64::try_from(*value).ok(),
            Value::BigInt(value) => u64::try_from(value).ok(),
            _ => None,
        }
    }

    /// An int, if 128 bits with sign hold it.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert_eq!(Value::from(i128::MIN).as_i128(), Some(i128::MIN));
    /// ```
    #[must_use]
    pub fn as_i128(&self) -> Option<i128> {
        match self {
            Value::Int(value) => Some(i128::from(*value)),
            Value::BigInt(value) => i128::try_from(value).ok(),
            _ => None,
        }
    }

    /// An int of any size.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert_eq!(Value::from(5).as_bigint(), Some(5.into()));
    /// ```
    #[must_use]
    pub fn as_bigint(&self) -> Option<BigInt> {
        match self {
            Value::Int(value) => Some(BigInt::from(*value)),
            Value::BigInt(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// A float, or an int of 64 bits as one.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert_eq!((Value::from(1.5).as_f64(), Value::from(2).as_f64()), (Some(1.5), Some(2.0)));
    /// ```
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Float(value) => Some(*value),
            Value::Int(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// A str.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert_eq!(Value::from("a").as_str(), Some("a"));
    /// ```
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Bytes or a bytearray.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert_eq!(Value::Bytes(vec![0xff]).as_bytes(), Some(&[0xff][..]));
    /// ```
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Bytes(bytes) | Value::ByteArray(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// A list.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert_eq!(Value::from(vec![1, 2]).as_list().map(Vec::len), Some(2));
    /// ```
    #[must_use]
    pub fn as_list(&self) -> Option<&Vec<Value>> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// A list, to be changed.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// let mut value = Value::from(vec![1]);
    /// value.as_list_mut().expect("a list").push("x".into());
    /// assert_eq!(value.to_string(), "[1, 'x']");
    /// ```
    pub fn as_list_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// A tuple.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// assert_eq!(Value::from((1, "x")).as_tuple().map(<[Value]>::len), Some(2));
    /// ```
    #[must_use]
    pub fn as_tuple(&self) -> Option<&[Value]> {
        match self {
            Value::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// A dict.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// let value = Value::from(std::collections::BTreeMap::from([("a", 1)]));
    /// assert!(value.as_dict().is_some_and(|dict| dict.contains_key("a")));
    /// ```
    #[must_use]
    pub fn as_dict(&self) -> Option<&Dict> {
        match self {
            Value::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// A dict, to be changed.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// let mut value = Value::Dict(pickle_serde::Dict::new());
    /// value.as_dict_mut().expect("a dict").insert("a", 1);
    /// assert_eq!(value.to_string(), "{'a': 1}");
    /// ```
    pub fn as_dict_mut(&mut self) -> Option<&mut Dict> {
        match self {
            Value::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// A set or a frozenset.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// let value = Value::FrozenSet([1, 2].into_iter().collect());
    /// assert!(value.as_set().is_some_and(|set| set.contains(&2.into())));
    /// ```
    #[must_use]
    pub fn as_set(&self) -> Option<&Set> {
        match self {
            Value::Set(set) | Value::FrozenSet(set) => Some(set),
            _ => None,
        }
    }

    /// A class, a call, an instance.
    ///
    /// ```
    /// use pickle_serde::Value;
    ///
    /// let graph = pickle_serde::codec::from_slice(b"cdecimal\nDecimal\n.")?;
    /// let class: Value = pickle_serde::from_graph(&graph)?;
    /// assert_eq!(class.as_object().and_then(|class| class.class_name()).as_deref(), Some("decimal.Decimal"));
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }
}

impl Object {
    /// The dotted name of the class of an instance, of what is called, or of a global itself.
    ///
    /// ```
    /// use pickle_serde::{Instance, Value, to_value};
    ///
    /// let user = to_value(&Instance::new("app.User", std::collections::BTreeMap::from([("age", 41)])))?;
    /// let user = user.as_object().expect("an instance");
    /// assert_eq!(user.class_name().as_deref(), Some("app.User"));
    /// assert_eq!(user.state().map(|state| &state["age"]), Some(&Value::Int(41)));
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn class_name(&self) -> Option<String> {
        let class = match self.kind {
            ObjectKind::Global => self,
            _ => self.fields.first()?.as_object().filter(|class| class.kind == ObjectKind::Global)?,
        };
        match (class.fields.first()?.as_str()?, class.fields.get(1)?.as_str()?) {
            ("builtins", name) => Some(name.into()),
            (module, name) => Some(format!("{module}.{name}")),
        }
    }

    /// The arguments of a call or of an instance's `__new__`.
    ///
    /// ```
    /// use pickle_serde::{Instance, to_value};
    ///
    /// let user = to_value(&Instance::new("app.User", std::collections::BTreeMap::from([("age", 41)])))?;
    /// let user = user.as_object().expect("an instance");
    /// assert!(user.args().is_empty());
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn args(&self) -> &[Value] {
        match self.kind {
            ObjectKind::Global => &[],
            _ => self.fields.get(1).and_then(Value::as_tuple).unwrap_or_default(),
        }
    }

    /// The last state that was set.
    ///
    /// ```
    /// use pickle_serde::{Instance, to_value};
    ///
    /// let user = to_value(&Instance::new("app.User", std::collections::BTreeMap::from([("age", 41)])))?;
    /// let user = user.as_object().expect("an instance");
    /// assert_eq!(user.state().map(ToString::to_string).as_deref(), Some("{'age': 41}"));
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn state(&self) -> Option<&Value> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::State(state) => Some(state),
            Step::StateBy(call) => Some(&call[1]),
            _ => None,
        })
    }
}

/// Python's `repr`.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let graph = crate::to_graph(self).map_err(|_| fmt::Error)?;
        Display::fmt(&graph, f)
    }
}
