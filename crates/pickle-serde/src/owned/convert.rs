//! Rust values that become a [`Value`] without ado.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use num_bigint::BigInt;

use super::{Dict, Object, Set, Value};

macro_rules! from {
    ($($type:ty: |$value:ident| $made:expr;)*) => {
        $(
            impl From<$type> for Value {
                fn from($value: $type) -> Value {
                    $made
                }
            }
        )*
    };
}

from! {
    (): |_value| Value::None;
    bool: |value| Value::Bool(value);
    i8: |value| Value::Int(value.into());
    i16: |value| Value::Int(value.into());
    i32: |value| Value::Int(value.into());
    i64: |value| Value::Int(value);
    u8: |value| Value::Int(value.into());
    u16: |value| Value::Int(value.into());
    u32: |value| Value::Int(value.into());
    u64: |value| BigInt::from(value).into();
    isize: |value| BigInt::from(value).into();
    usize: |value| BigInt::from(value).into();
    i128: |value| BigInt::from(value).into();
    u128: |value| BigInt::from(value).into();
    f32: |value| Value::Float(value.into());
    f64: |value| Value::Float(value);
    char: |value| Value::Str(value.into());
    &str: |value| Value::Str(value.into());
    String: |value| Value::Str(value);
    &String: |value| Value::Str(value.clone());
    Box<str>: |value| Value::Str(value.into());
    Cow<'_, str>: |value| Value::Str(value.into_owned());
    Dict: |value| Value::Dict(value);
    Set: |value| Value::Set(value);
    Object: |value| Value::Object(value.into());
}

/// An int that 64 bits hold becomes [`Value::Int`].
impl From<BigInt> for Value {
    fn from(value: BigInt) -> Value {
        match i64::try_from(&value) {
            Ok(value) => Value::Int(value),
            Err(_) => Value::BigInt(value),
        }
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::None, Into::into)
    }
}

/// A list.
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Value {
        items.into_iter().collect()
    }
}

/// A list.
impl<T: Clone + Into<Value>> From<&[T]> for Value {
    fn from(items: &[T]) -> Value {
        items.iter().cloned().collect()
    }
}

/// A tuple.
impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(items: [T; N]) -> Value {
        Value::Tuple(items.into_iter().map(Into::into).collect())
    }
}

/// A list.
impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Value {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}

macro_rules! from_tuple {
    ($($name:ident)+) => {
        /// A tuple.
        impl<$($name: Into<Value>),+> From<($($name,)+)> for Value {
            #[allow(non_snake_case)]
            fn from(($($name,)+): ($($name,)+)) -> Value {
                Value::Tuple(vec![$($name.into()),+])
            }
        }
    };
}

from_tuple! { A }
from_tuple! { A B }
from_tuple! { A B C }
from_tuple! { A B C D }

/// A dict.
impl<K: Into<Value>, V: Into<Value>> From<BTreeMap<K, V>> for Value {
    fn from(map: BTreeMap<K, V>) -> Value {
        Value::Dict(map.into_iter().collect())
    }
}

/// A dict, in the order in which the map iterates.
impl<K: Into<Value>, V: Into<Value>, S> From<HashMap<K, V, S>> for Value {
    fn from(map: HashMap<K, V, S>) -> Value {
        Value::Dict(map.into_iter().collect())
    }
}

/// A set.
impl<T: Into<Value>> From<BTreeSet<T>> for Value {
    fn from(set: BTreeSet<T>) -> Value {
        Value::Set(set.into_iter().collect())
    }
}

/// A set, in the order in which it iterates.
impl<T: Into<Value>, S> From<HashSet<T, S>> for Value {
    fn from(set: HashSet<T, S>) -> Value {
        Value::Set(set.into_iter().collect())
    }
}
