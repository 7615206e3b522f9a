//! Writing: from a Rust type to a graph, and to a pickle.

/// The ints that an `i64` holds, for a serializer that writes one by `int`.
macro_rules! small_ints {
    ($ok:ty) => {
        small_ints! {
            $ok: serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_u8 u8, serialize_u16 u16,
            serialize_u32 u32
        }
    };
    ($ok:ty: $($method:ident $type:ty),*) => {
        $(
            #[inline]
            fn $method(self, value: $type) -> Result<$ok> {
                self.int(value.into())
            }
        )*
    };
}

mod compound;
mod direct;
mod names;
mod node;
mod sort;
mod writer;

use std::io::Write;

use pickle_codec::Graph;
use pickle_codec::value::Handle;
use serde_core::Serialize;

use self::compound::Compound;
use self::node::{Node, Target};
use self::writer::Writer;
use crate::error::{Error, Result};
use crate::options::SerOptions;

/// Writes a value as a pickle.
///
/// | Rust | Python |
/// | --- | --- |
/// | `()`, `None`, unit structs | `None` |
/// | `bool`, integers, floats | `bool`, `int`, `float` |
/// | `str`, `char` | `str` |
/// | bytes, as of `serde_bytes` | `bytes` |
/// | `Vec`, slices, sets | `list` |
/// | tuples, arrays, tuple structs | `tuple` |
/// | maps, structs | `dict` |
/// | newtype structs, `Some` | what is in them |
/// | enums | `'Variant'`, `{'Variant': content}` |
///
/// The bytes are a promise: protocol 4 as CPython 3.13's C pickler writes it. Field and variant names are one object each,
/// as literals in Python are, so a name's second use is a GET; every other string is an object of its own, unless
/// [`SerOptions::share_strings`] says else. (Python itself has one object only of the empty string and of each string of
/// one latin-1 character, and so has the pickle.) Maps are written in the order in which they iterate;
/// [`SerOptions::sort_keys`] gives another. Two runs give the same bytes, as far as the maps' order is the same.
///
/// ```
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct User { name: &'static str, age: u8 }
///
/// // pickle.dumps([{'name': 'Ann', 'age': 41}, {'name': 'Bob', 'age': 20}])
/// let users = [User { name: "Ann", age: 41 }, User { name: "Bob", age: 20 }];
/// assert_eq!(
///     pickle_serde::to_vec(&users[..])?,
///     b"\x80\x04\x95\x2e\0\0\0\0\0\0\0]\x94(}\x94(\x8c\x04name\x94\x8c\x03Ann\x94\x8c\x03age\x94K\x29u\
///       }\x94(h\x02\x8c\x03Bob\x94h\x04K\x14ue."
/// );
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// Plain data is written as serde tells of it. What only a graph can say, such as dates, sets, or keys that may be equal to
/// others, is asked for once more and written from a graph; so a `Serialize` may run twice.
///
/// # Errors
///
/// A map with keys that Python cannot hash, and what a `Serialize` of yours says.
#[doc(alias = "dumps")]
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    SerOptions::new().to_vec(value)
}

/// Writes a value as a pickle to `writer`, as [`to_vec`] does.
///
/// ```
/// let mut file = Vec::new();
/// pickle_serde::to_writer(&mut file, &(1, true))?;
/// assert_eq!(file, b"\x80\x04\x95\x06\0\0\0\0\0\0\0K\x01\x88\x86\x94.");
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// # Errors
///
/// As [`to_vec`], and what the writer says.
#[doc(alias = "dump")]
pub fn to_writer<T: Serialize + ?Sized>(writer: impl Write, value: &T) -> Result<()> {
    SerOptions::new().to_writer(writer, value)
}

/// Makes a graph of a value.
///
/// ```
/// let graph = pickle_serde::to_graph(&("a", [1.5, 2.0], None::<u8>))?;
/// assert_eq!(graph.to_string(), "('a', (1.5, 2.0), None)");
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// # Errors
///
/// As [`to_vec`].
pub fn to_graph<T: Serialize + ?Sized>(value: &T) -> Result<Graph<'static>> {
    SerOptions::new().to_graph(value)
}

impl SerOptions {
    /// Writes a value as a pickle: see [`to_vec`].
    ///
    /// ```
    /// let options = pickle_serde::SerOptions::new().protocol(2);
    /// assert_eq!(options.to_vec(&true)?, b"\x80\x02\x88.");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`to_vec`], and for a protocol that there is not.
    #[doc(alias = "dumps")]
    pub fn to_vec<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>> {
        match direct::to_vec(self, value) {
            Some(pickle) => Ok(pickle),
            None => Ok(self.dump.to_vec(&self.to_graph(value)?)?),
        }
    }

    /// Writes a value as a pickle to `writer`: see [`to_vec`].
    ///
    /// ```
    /// let mut file = Vec::new();
    /// pickle_serde::SerOptions::new().protocol(2).to_writer(&mut file, &true)?;
    /// assert_eq!(file, b"\x80\x02\x88.");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`SerOptions::to_vec`], and what the writer says.
    #[doc(alias = "dump")]
    pub fn to_writer<T: Serialize + ?Sized>(&self, mut writer: impl Write, value: &T) -> Result<()> {
        match direct::to_vec(self, value) {
            Some(pickle) => Ok(writer.write_all(&pickle).map_err(pickle_codec::Error::from)?),
            None => Ok(self.dump.to_writer(writer, &self.to_graph(value)?)?),
        }
    }

    /// Makes a graph of a value: see [`to_graph`].
    ///
    /// ```
    /// let graph = pickle_serde::SerOptions::new().enum_tuples(true).to_graph(&Ok::<u8, ()>(1))?;
    /// assert_eq!(graph.to_string(), "('Ok', 1)");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`to_vec`].
    pub fn to_graph<T: Serialize + ?Sized>(&self, value: &T) -> Result<Graph<'static>> {
        let mut writer = Writer::new(self);
        let root = value.serialize(Node::new(&mut writer))?;
        Ok(writer.builder.finish(root))
    }
}

/// Writes values one behind the other, each a pickle of its own: serde's `Serializer`, for those who need one.
///
/// ```
/// use pickle_serde::Serializer;
/// use serde::Serialize;
///
/// let mut serializer = Serializer::new(Vec::new());
/// 1.serialize(&mut serializer)?;
/// None::<u8>.serialize(&mut serializer)?;
/// assert_eq!(serializer.into_inner(), b"\x80\x04K\x01.\x80\x04N.");
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Debug)]
pub struct Serializer<W> {
    writer: W,
    options: SerOptions,
}

impl<W: Write> Serializer<W> {
    /// Writes to `writer`.
    ///
    /// ```
    /// use serde::Serialize;
    ///
    /// let mut serializer = pickle_serde::Serializer::new(Vec::new());
    /// 1.serialize(&mut serializer)?;
    /// assert_eq!(serializer.into_inner(), b"\x80\x04K\x01.");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn new(writer: W) -> Serializer<W> {
        Serializer::with_options(writer, SerOptions::new())
    }

    /// Writes to `writer`, with options.
    ///
    /// ```
    /// use pickle_serde::{SerOptions, Serializer};
    /// use serde::Serialize;
    ///
    /// let mut serializer = Serializer::with_options(Vec::new(), SerOptions::new().protocol(2));
    /// 1.serialize(&mut serializer)?;
    /// assert_eq!(serializer.into_inner(), b"\x80\x02K\x01.");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn with_options(writer: W, options: SerOptions) -> Serializer<W> {
        Serializer { writer, options }
    }

    /// The writer.
    ///
    /// ```
    /// assert_eq!(pickle_serde::Serializer::new(vec![1]).into_inner(), [1]);
    /// ```
    #[must_use]
    pub fn into_inner(self) -> W {
        self.writer
    }
}

/// The object at the root of a pickle, which is written when it is whole.
#[doc(hidden)]
pub struct Root<'s, W> {
    writer: Writer<'s>,
    options: &'s SerOptions,
    sink: &'s mut W,
}

impl<W> std::fmt::Debug for Root<'_, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Root")
    }
}

impl<'s, W: Write> Target<'s> for Root<'s, W> {
    type Ok = ();

    fn writer(&mut self) -> &mut Writer<'s> {
        &mut self.writer
    }

    fn done(self, object: Handle) -> Result<()> {
        let graph = self.writer.builder.finish(object);
        Ok(self.options.dump.to_writer(self.sink, &graph)?)
    }
}

impl<'s, W: Write> Serializer<W> {
    fn root(&'s mut self) -> Node<'s, Root<'s, W>> {
        let Serializer { writer: sink, options } = self;
        Node::new(Root { writer: Writer::new(options), options, sink })
    }
}

/// Hands each method on to the root of a new pickle.
macro_rules! to_next_pickle {
    ($($method:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        $(fn $method(self $(, $argument: $type)*) -> Result<$result> {
            self.root().$method($($argument),*)
        })*
    };
}

impl<'s, W: Write> serde_core::Serializer for &'s mut Serializer<W> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'s, Root<'s, W>>;
    type SerializeTuple = Compound<'s, Root<'s, W>>;
    type SerializeTupleStruct = Compound<'s, Root<'s, W>>;
    type SerializeTupleVariant = Compound<'s, Root<'s, W>>;
    type SerializeMap = Compound<'s, Root<'s, W>>;
    type SerializeStruct = Compound<'s, Root<'s, W>>;
    type SerializeStructVariant = Compound<'s, Root<'s, W>>;

    to_next_pickle! {
        serialize_bool(value: bool) -> ();
        serialize_i8(value: i8) -> ();
        serialize_i16(value: i16) -> ();
        serialize_i32(value: i32) -> ();
        serialize_i64(value: i64) -> ();
        serialize_i128(value: i128) -> ();
        serialize_u8(value: u8) -> ();
        serialize_u16(value: u16) -> ();
        serialize_u32(value: u32) -> ();
        serialize_u64(value: u64) -> ();
        serialize_u128(value: u128) -> ();
        serialize_f32(value: f32) -> ();
        serialize_f64(value: f64) -> ();
        serialize_char(value: char) -> ();
        serialize_str(value: &str) -> ();
        serialize_bytes(value: &[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(name: &'static str) -> ();
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str) -> ();
        serialize_seq(len: Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(len: usize) -> Self::SerializeTuple;
        serialize_tuple_struct(name: &'static str, len: usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, len: usize)
            -> Self::SerializeTupleVariant;
        serialize_map(len: Option<usize>) -> Self::SerializeMap;
        serialize_struct(name: &'static str, len: usize) -> Self::SerializeStruct;
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, len: usize)
            -> Self::SerializeStructVariant;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        self.root().serialize_some(value)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<()> {
        self.root().serialize_newtype_struct(name, value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        self.root().serialize_newtype_variant(name, index, variant, value)
    }
}
