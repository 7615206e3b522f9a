//! [`py!`]: a graph written down as in Python.

use alloc::string::String;
use alloc::vec::Vec;

use num_bigint::BigInt;

use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;

/// A graph written down as in Python.
///
/// Lists, tuples, dicts and sets are written as there, and so are `None`, `True` and `False`. Anything else is a Rust
/// expression whose type is [`IntoPython`]: numbers, text, byte slices, vectors, options. A dict's key is one token or
/// stands in parentheses, as does a negative number.
///
/// ```
/// use pickle_value::py;
///
/// let name = String::from("bob");
/// let graph = py!({"name": name, "age": 20, "scores": [88, 9.5, None], "at": (1, -2), "tags": {"a", "b"}, (1, 2): b"x"});
/// assert_eq!(
///     graph.to_string(),
///     "{'name': 'bob', 'age': 20, 'scores': [88, 9.5, None], 'at': (1, -2), 'tags': {'a', 'b'}, (1, 2): b'x'}"
/// );
/// ```
///
/// Every text and container is an object of its own, as if made at run time in Python.
///
/// # Panics
///
/// If a key is unhashable.
#[macro_export]
macro_rules! py {
    ($($value:tt)+) => {{
        let mut builder = $crate::Builder::new();
        let root = $crate::__py_value!(builder, $($value)+);
        builder.finish(root)
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __py_value {
    ($b:ident, None) => { $b.none() };
    ($b:ident, True) => { $b.bool(true) };
    ($b:ident, False) => { $b.bool(false) };
    ($b:ident, [$($item:tt)*]) => {{
        let items = $crate::__py_items!($b, $($item)*);
        $crate::__py_made($b.list(&items))
    }};
    ($b:ident, ()) => { $crate::__py_made($b.tuple(&[])) };
    ($b:ident, ($inner:expr)) => { $crate::__py_value!($b, $inner) };
    ($b:ident, ($($item:tt)+)) => {{
        let items = $crate::__py_items!($b, $($item)+);
        $crate::__py_made($b.tuple(&items))
    }};
    ($b:ident, {}) => { $crate::__py_made($b.dict(&[])) };
    ($b:ident, {$key:tt : $($rest:tt)+}) => {{
        let mut pairs = $crate::__private::Vec::new();
        $crate::__py_pairs!($b, pairs, $key : $($rest)+);
        $crate::__py_made($b.dict(&pairs))
    }};
    ($b:ident, {$($item:tt)+}) => {{
        let items = $crate::__py_items!($b, $($item)+);
        $crate::__py_made($b.set(&items))
    }};
    ($b:ident, $value:expr) => { $crate::__py_made($crate::IntoPython::into_python($value, &mut $b)) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __py_items {
    ($b:ident, $($item:tt)*) => {{
        #[allow(unused_mut)]
        let mut items = $crate::__private::Vec::new();
        $crate::__py_each!($b, items, $($item)*);
        items
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __py_each {
    ($b:ident, $items:ident $(,)?) => {};
    ($b:ident, $items:ident, None $(, $($rest:tt)*)?) => {
        $items.push($b.none());
        $crate::__py_each!($b, $items, $($($rest)*)?);
    };
    ($b:ident, $items:ident, True $(, $($rest:tt)*)?) => {
        $items.push($b.bool(true));
        $crate::__py_each!($b, $items, $($($rest)*)?);
    };
    ($b:ident, $items:ident, False $(, $($rest:tt)*)?) => {
        $items.push($b.bool(false));
        $crate::__py_each!($b, $items, $($($rest)*)?);
    };
    ($b:ident, $items:ident, [$($item:tt)*] $(, $($rest:tt)*)?) => {
        let item = $crate::__py_value!($b, [$($item)*]);
        $items.push(item);
        $crate::__py_each!($b, $items, $($($rest)*)?);
    };
    ($b:ident, $items:ident, {$($item:tt)*} $(, $($rest:tt)*)?) => {
        let item = $crate::__py_value!($b, {$($item)*});
        $items.push(item);
        $crate::__py_each!($b, $items, $($($rest)*)?);
    };
    ($b:ident, $items:ident, ($($item:tt)*) $(, $($rest:tt)*)?) => {
        let item = $crate::__py_value!($b, ($($item)*));
        $items.push(item);
        $crate::__py_each!($b, $items, $($($rest)*)?);
    };
    ($b:ident, $items:ident, $item:expr $(, $($rest:tt)*)?) => {
        let item = $crate::__py_value!($b, $item);
        $items.push(item);
        $crate::__py_each!($b, $items, $($($rest)*)?);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __py_pairs {
    ($b:ident, $pairs:ident $(,)?) => {};
    ($b:ident, $pairs:ident, $key:tt : $($rest:tt)+) => {
        let key = $crate::__py_value!($b, $key);
        $pairs.push(key);
        $crate::__py_pair_value!($b, $pairs, $($rest)+);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __py_pair_value {
    ($b:ident, $pairs:ident, None $(, $($rest:tt)*)?) => {
        $pairs.push($b.none());
        $crate::__py_pairs!($b, $pairs $(, $($rest)*)?);
    };
    ($b:ident, $pairs:ident, True $(, $($rest:tt)*)?) => {
        $pairs.push($b.bool(true));
        $crate::__py_pairs!($b, $pairs $(, $($rest)*)?);
    };
    ($b:ident, $pairs:ident, False $(, $($rest:tt)*)?) => {
        $pairs.push($b.bool(false));
        $crate::__py_pairs!($b, $pairs $(, $($rest)*)?);
    };
    ($b:ident, $pairs:ident, [$($item:tt)*] $(, $($rest:tt)*)?) => {
        let value = $crate::__py_value!($b, [$($item)*]);
        $pairs.push(value);
        $crate::__py_pairs!($b, $pairs $(, $($rest)*)?);
    };
    ($b:ident, $pairs:ident, {$($item:tt)*} $(, $($rest:tt)*)?) => {
        let value = $crate::__py_value!($b, {$($item)*});
        $pairs.push(value);
        $crate::__py_pairs!($b, $pairs $(, $($rest)*)?);
    };
    ($b:ident, $pairs:ident, ($($item:tt)*) $(, $($rest:tt)*)?) => {
        let value = $crate::__py_value!($b, ($($item)*));
        $pairs.push(value);
        $crate::__py_pairs!($b, $pairs $(, $($rest)*)?);
    };
    ($b:ident, $pairs:ident, $value:expr $(, $($rest:tt)*)?) => {
        let value = $crate::__py_value!($b, $value);
        $pairs.push(value);
        $crate::__py_pairs!($b, $pairs $(, $($rest)*)?);
    };
}

#[doc(hidden)]
pub fn __py_made(made: Result<Handle, Error>) -> Handle {
    match made {
        Ok(handle) => handle,
        Err(error) => panic!("py!: {error}"),
    }
}

/// A Rust value that Python has too: what [`py!`](crate::py) takes for an expression.
pub trait IntoPython {
    /// Enters the value into a graph in the making.
    ///
    /// # Errors
    ///
    /// As the builder's.
    fn into_python(self, builder: &mut Builder<'_>) -> Result<Handle, Error>;
}

macro_rules! into_python {
    ($($type:ty: |$value:ident, $builder:ident| $made:expr;)*) => {
        $(
            impl IntoPython for $type {
                fn into_python(self, $builder: &mut Builder<'_>) -> Result<Handle, Error> {
                    let $value = self;
                    $made
                }
            }
        )*
    };
}
into_python! {
    bool: |value, builder| Ok(builder.bool(value));
    i8: |value, builder| builder.int(value.into());
    i16: |value, builder| builder.int(value.into());
    i32: |value, builder| builder.int(value.into());
    i64: |value, builder| builder.int(value);
    i128: |value, builder| builder.int_from_le_bytes(&value.to_le_bytes());
    isize: |value, builder| builder.int(value as i64);
    u8: |value, builder| builder.int(value.into());
    u16: |value, builder| builder.int(value.into());
    u32: |value, builder| builder.int(value.into());
    u64: |value, builder| builder.int_from_le_bytes(&u128::from(value).to_le_bytes());
    usize: |value, builder| builder.int_from_le_bytes(&(value as u128).to_le_bytes());
    f32: |value, builder| builder.float(value.into());
    f64: |value, builder| builder.float(value);
    &BigInt: |value, builder| builder.bigint(value);
    BigInt: |value, builder| builder.bigint(&value);
    &str: |value, builder| builder.text(value);
    String: |value, builder| builder.text(&value);
    &String: |value, builder| builder.text(value);
    char: |value, builder| builder.text(value.encode_utf8(&mut [0; 4]));
    &[u8]: |value, builder| builder.bytes(value);
    Handle: |value, _builder| Ok(value);
    (): |_value, builder| Ok(builder.none());
}

impl<const N: usize> IntoPython for &[u8; N] {
    fn into_python(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        builder.bytes(self)
    }
}

impl<T: IntoPython> IntoPython for Option<T> {
    fn into_python(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        match self {
            Some(value) => value.into_python(builder),
            None => Ok(builder.none()),
        }
    }
}

impl<T: IntoPython> IntoPython for Vec<T> {
    fn into_python(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let items = self.into_iter().map(|item| item.into_python(builder)).collect::<Result<Vec<_>, _>>()?;
        builder.list(&items)
    }
}
