//! Reading: from a pickle, or a graph, to a Rust type.

mod context;
mod entries;
mod enums;
mod items;
mod locate;
mod lossless;
mod node;
mod object;

use std::io::BufRead;
use std::marker::PhantomData;

use pickle_codec::Graph;
use pickle_codec::value::{Handle, View};
use serde_core::de::{Deserialize, DeserializeOwned, Visitor};

pub(crate) use self::context::Lend;
use self::context::{Context, FromGraph, FromInput};
use self::locate::located;
use self::node::Node;
pub(crate) use self::object::slots;
use self::sealed::Task;
use crate::direct;
use crate::error::{Error, Result};
use crate::options::DeOptions;

/// Reads one pickle into a type. Text and bytes may be borrowed from `input`. What follows the pickle is ignored, as
/// `pickle.loads` does.
///
/// ```
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct User<'a> { name: &'a str, age: u8 }
///
/// // pickle.dumps({'name': 'bob', 'age': 20}, 2)
/// let pickle = b"\x80\x02}q\x00(X\x04\x00\x00\x00nameq\x01X\x03\x00\x00\x00bobq\x02X\x03\x00\x00\x00ageq\x03K\x14u.";
/// let bob: User<'_> = pickle_serde::from_slice(pickle)?;
/// assert_eq!((bob.name, bob.age), ("bob", 20));
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// # Errors
///
/// What is wrong with the pickle, or what of it does not fit the type, with path and offset.
///
/// Plain data is read straight from the instructions of the pickle, anything else, and anything that fails, from a graph: the
/// type's `Deserialize` may be run twice. It is run once by [`Deserializer`].
#[doc(alias = "loads")]
pub fn from_slice<'de, T: Deserialize<'de>>(input: &'de [u8]) -> Result<T> {
    DeOptions::new().from_slice(input)
}

/// Reads one pickle from `reader` into a type, and leaves the reader on the byte behind the pickle's STOP.
///
/// ```
/// let mut file: &[u8] = b"K\x01.K\x02.";
/// assert_eq!(pickle_serde::from_reader::<u8>(&mut file)?, 1);
/// assert_eq!(pickle_serde::from_reader::<u8>(&mut file)?, 2);
/// assert!(pickle_serde::from_reader::<u8>(&mut file).unwrap_err().is_end_of_input());
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// # Errors
///
/// As [`from_slice`], and what the reader says.
#[doc(alias = "load")]
pub fn from_reader<T: DeserializeOwned>(reader: impl BufRead) -> Result<T> {
    DeOptions::new().from_reader(reader)
}

/// Reads a graph into a type, which may borrow from it.
///
/// ```
/// use pickle_serde::value::py;
///
/// let graph = py!([("a", 1), ("b", 2)]);
/// let pairs: Vec<(&str, i32)> = pickle_serde::from_graph(&graph)?;
/// assert_eq!(pairs, [("a", 1), ("b", 2)]);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// # Errors
///
/// What of it does not fit the type, with its path.
pub fn from_graph<'de, T: Deserialize<'de>>(graph: &'de Graph<'de>) -> Result<T> {
    DeOptions::new().from_graph(graph)
}

impl DeOptions {
    /// Reads one pickle into a type: see [`from_slice`].
    ///
    /// ```
    /// let options = pickle_serde::DeOptions::new();
    /// assert_eq!(options.from_slice::<u8>(b"K\x01.")?, 1);
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_slice`].
    #[doc(alias = "loads")]
    pub fn from_slice<'de, T: Deserialize<'de>>(&self, input: &'de [u8]) -> Result<T> {
        if let Some((value, _)) = direct::read(self, input, 0, FromGraph) {
            return Ok(value);
        }
        self.through_graph(input).map_err(|error| located(error, &self.load, input, 0))
    }

    /// The graph is gone when the place of an error is looked for, which makes another.
    fn through_graph<'de, T: Deserialize<'de>>(&self, input: &'de [u8]) -> Result<T> {
        let graph = self.load.from_slice(input)?;
        let context = Context::new(&graph, FromInput(input), self);
        root(&context, root_of(&graph), T::deserialize)
    }

    /// Reads one pickle from a reader into a type: see [`from_reader`].
    ///
    /// ```
    /// let options = pickle_serde::DeOptions::new();
    /// assert_eq!(options.from_reader::<u8>(&b"K\x01."[..])?, 1);
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_reader`].
    #[doc(alias = "load")]
    pub fn from_reader<T: DeserializeOwned>(&self, mut reader: impl BufRead) -> Result<T> {
        self.from_slice(&pickle_codec::read_pickle(&mut reader)?)
    }

    /// Reads a graph into a type, which may borrow from it: see [`from_graph`]. What the options say of loading does not
    /// matter.
    ///
    /// ```
    /// use pickle_serde::value::py;
    ///
    /// let graph = py!([1, 2]);
    /// assert_eq!(pickle_serde::DeOptions::new().from_graph::<(u8, u8)>(&graph)?, (1, 2));
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_graph`].
    pub fn from_graph<'de, T: Deserialize<'de>>(&self, graph: &'de Graph<'de>) -> Result<T> {
        self.from_view(graph, graph.root())
    }

    /// Reads a part of a graph into a type, which may borrow from it.
    ///
    /// ```
    /// use pickle_serde::DeOptions;
    /// use pickle_serde::value::py;
    ///
    /// let graph = py!({"users": [{"name": "Ann"}], "version": 3});
    /// let name: &str = DeOptions::new().from_view(&graph, graph.root().get("users").get(0).get("name"))?;
    /// assert_eq!(name, "Ann");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_graph`]; an absent view is an error.
    pub fn from_view<'de, T: Deserialize<'de>>(&self, graph: &'de Graph<'de>, part: View<'de>) -> Result<T> {
        let part = part.handle().ok_or_else(|| Error::data("there is no such object"))?;
        let context = Context::new(graph, FromGraph, self);
        root(&context, part, T::deserialize)
    }
}

/// Reads the object at the root, which has no holder.
fn root<'c, 'g, 'de, L: Lend<'g, 'de>, T>(
    context: &'c Context<'g, L>,
    object: Handle,
    read: impl FnOnce(Node<'c, 'g, L>) -> Result<T>,
) -> Result<T> {
    let node = Node { context, handle: object, depth: context.depth() };
    read(node).map_err(|error| error.spotted(None, 0, object))
}

fn root_of(graph: &Graph<'_>) -> Handle {
    graph.root().handle().unwrap_or(Handle::NONE)
}

/// Reads pickles one by one: serde's `Deserializer`, for those who need one.
///
/// ```
/// use pickle_serde::Deserializer;
/// use serde::Deserialize;
///
/// let mut deserializer = Deserializer::from_slice(b"K\x01.X\x02\x00\x00\x00ab.");
/// assert_eq!(u8::deserialize(&mut deserializer)?, 1);
/// assert_eq!(<&str>::deserialize(&mut deserializer)?, "ab");
/// assert_eq!(deserializer.offset(), 11);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Debug)]
pub struct Deserializer<R> {
    read: R,
    options: DeOptions,
    offset: u64,
}

/// Where a [`Deserializer`] has its pickles from; sealed.
///
/// ```
/// use pickle_serde::{Deserializer, Read};
///
/// fn sum<'de>(numbers: Deserializer<impl Read<'de>>) -> pickle_serde::Result<u32> {
///     numbers.into_iter::<u32>().sum()
/// }
///
/// assert_eq!(sum(Deserializer::from_slice(b"K\x01.K\x02."))?, 3);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
pub trait Read<'de>: sealed::Read<'de> {}

/// Pickles in a slice, one behind the other.
///
/// ```
/// use pickle_serde::{Deserializer, SliceRead};
///
/// let mut pickles: Deserializer<SliceRead<'_>> = Deserializer::from_slice(b"K\x01.");
/// assert_eq!(pickles.read::<u8>()?, 1);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SliceRead<'de> {
    input: &'de [u8],
    offset: usize,
}

/// Pickles that come out of a reader, one behind the other.
///
/// ```
/// use pickle_serde::{Deserializer, IoRead};
///
/// let mut pickles: Deserializer<IoRead<&[u8]>> = Deserializer::from_reader(&b"K\x01."[..]);
/// assert_eq!(pickles.read::<u8>()?, 1);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct IoRead<R>(R);

/// One graph.
///
/// ```
/// use pickle_serde::value::py;
/// use pickle_serde::{Deserializer, GraphRead};
///
/// let graph = py!(1);
/// let mut values: Deserializer<GraphRead<'_>> = Deserializer::from_graph(&graph);
/// assert_eq!(values.read::<u8>()?, 1);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GraphRead<'de>(&'de Graph<'de>);

mod sealed {
    use super::{DeOptions, Deserialize, Error, Result};

    /// What is done with a pickle once it is read.
    pub trait Task<'de> {
        type Value;
        fn run<D: serde_core::Deserializer<'de, Error = Error>>(self, deserializer: D) -> Result<Self::Value>;
    }

    pub trait Read<'de> {
        /// Reads the next pickle and gives it to the task; says how many bytes it has.
        fn next<T: Task<'de>>(&mut self, options: &DeOptions, task: T) -> Result<(T::Value, u64)>;
        /// Reads the next pickle straight into a type, if that can be: else nothing has changed.
        fn directly<T: Deserialize<'de>>(&mut self, options: &DeOptions) -> Option<(T, u64)> {
            let _ = options;
            None
        }
        /// True where no byte follows.
        fn is_at_end(&mut self) -> Result<bool>;
    }
}

impl<'de> Read<'de> for SliceRead<'de> {}

impl<'de> sealed::Read<'de> for SliceRead<'de> {
    fn next<T: Task<'de>>(&mut self, options: &DeOptions, task: T) -> Result<(T::Value, u64)> {
        let start = self.offset;
        let (graph, end) = options.load.from_slice_at(self.input, start)?;
        self.offset = end;
        let context = Context::new(&graph, FromInput(self.input), options);
        let value = root(&context, root_of(&graph), |node| task.run(node));
        drop(graph);
        let value = value.map_err(|error| located(error, &options.load, self.input, start))?;
        Ok((value, (end - start) as u64))
    }

    fn directly<T: Deserialize<'de>>(&mut self, options: &DeOptions) -> Option<(T, u64)> {
        let start = self.offset;
        let (value, end) = direct::read(options, self.input, start, FromGraph)?;
        self.offset = end;
        Some((value, (end - start) as u64))
    }

    fn is_at_end(&mut self) -> Result<bool> {
        Ok(self.offset == self.input.len())
    }
}

impl<'de, R: BufRead> Read<'de> for IoRead<R> {}

impl<'de, R: BufRead> sealed::Read<'de> for IoRead<R> {
    fn next<T: Task<'de>>(&mut self, options: &DeOptions, task: T) -> Result<(T::Value, u64)> {
        let pickle = pickle_codec::read_pickle(&mut self.0)?;
        let graph = options.load.from_slice(&pickle)?;
        let context = Context::new(&graph, FromInput(&[]), options);
        let value = root(&context, root_of(&graph), |node| task.run(node));
        drop(graph);
        let value = value.map_err(|error| located(error, &options.load, &pickle, 0))?;
        Ok((value, pickle.len() as u64))
    }

    fn is_at_end(&mut self) -> Result<bool> {
        Ok(self.0.fill_buf().map_err(pickle_codec::Error::from)?.is_empty())
    }
}

impl<'de> Read<'de> for GraphRead<'de> {}

impl<'de> sealed::Read<'de> for GraphRead<'de> {
    fn next<T: Task<'de>>(&mut self, options: &DeOptions, task: T) -> Result<(T::Value, u64)> {
        let context = Context::new(self.0, FromGraph, options);
        Ok((root(&context, root_of(self.0), |node| task.run(node))?, 0))
    }

    fn is_at_end(&mut self) -> Result<bool> {
        Ok(false)
    }
}

impl<'de> Deserializer<SliceRead<'de>> {
    /// Reads the pickles that stand in a slice one behind the other.
    ///
    /// ```
    /// let mut pickles = pickle_serde::Deserializer::from_slice(b"K\x01.K\x02.");
    /// assert_eq!((pickles.read::<u8>()?, pickles.read::<u8>()?), (1, 2));
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn from_slice(input: &'de [u8]) -> Deserializer<SliceRead<'de>> {
        Deserializer::from_slice_with(input, DeOptions::new())
    }

    /// The same, with options.
    ///
    /// ```
    /// use pickle_serde::{DeOptions, Deserializer, Encoding};
    ///
    /// let options = DeOptions::new().encoding(Encoding::Latin1);
    /// assert_eq!(Deserializer::from_slice_with(b"U\x01\xe9.", options).read::<String>()?, "é");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn from_slice_with(input: &'de [u8], options: DeOptions) -> Deserializer<SliceRead<'de>> {
        Deserializer { read: SliceRead { input, offset: 0 }, options, offset: 0 }
    }
}

impl<R: BufRead> Deserializer<IoRead<R>> {
    /// Reads the pickles that come out of a reader one behind the other; between two of them it stands on the first byte
    /// of the second.
    ///
    /// ```
    /// let mut pickles = pickle_serde::Deserializer::from_reader(&b"K\x01.K\x02."[..]);
    /// assert_eq!((pickles.read::<u8>()?, pickles.read::<u8>()?), (1, 2));
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn from_reader(reader: R) -> Deserializer<IoRead<R>> {
        Deserializer::from_reader_with(reader, DeOptions::new())
    }

    /// The same, with options.
    ///
    /// ```
    /// use pickle_serde::{DeOptions, Deserializer, Encoding};
    ///
    /// let options = DeOptions::new().encoding(Encoding::Latin1);
    /// assert_eq!(Deserializer::from_reader_with(&b"U\x01\xe9."[..], options).read::<String>()?, "é");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn from_reader_with(reader: R, options: DeOptions) -> Deserializer<IoRead<R>> {
        Deserializer { read: IoRead(reader), options, offset: 0 }
    }

    /// The reader.
    ///
    /// ```
    /// let mut pickles = pickle_serde::Deserializer::from_reader(&b"K\x01.rest"[..]);
    /// assert_eq!(pickles.read::<u8>()?, 1);
    /// assert_eq!(pickles.into_inner(), b"rest");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn into_inner(self) -> R {
        self.read.0
    }
}

impl<'de> Deserializer<GraphRead<'de>> {
    /// Reads a graph, as often as it is asked to.
    ///
    /// ```
    /// use pickle_serde::Deserializer;
    /// use pickle_serde::value::py;
    ///
    /// let graph = py!([1, 2]);
    /// assert_eq!(Deserializer::from_graph(&graph).read::<[u8; 2]>()?, [1, 2]);
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn from_graph(graph: &'de Graph<'de>) -> Deserializer<GraphRead<'de>> {
        Deserializer::from_graph_with(graph, DeOptions::new())
    }

    /// The same, with options.
    ///
    /// ```
    /// use pickle_serde::value::py;
    /// use pickle_serde::{DeOptions, Deserializer};
    ///
    /// let graph = py!([[1]]);
    /// assert!(Deserializer::from_graph_with(&graph, DeOptions::new().depth(1)).read::<Vec<Vec<u8>>>().is_err());
    /// ```
    #[must_use]
    pub fn from_graph_with(graph: &'de Graph<'de>, options: DeOptions) -> Deserializer<GraphRead<'de>> {
        Deserializer { read: GraphRead(graph), options, offset: 0 }
    }
}

impl<'de, R: Read<'de>> Deserializer<R> {
    /// Where the next pickle starts, in bytes from where the first did.
    ///
    /// ```
    /// let mut pickles = pickle_serde::Deserializer::from_slice(b"K\x01.K\x02.");
    /// pickles.read::<u8>()?;
    /// assert_eq!(pickles.offset(), 3);
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The pickles that are left, each of them read into `T`: an iterator that ends with the input, or behind the first
    /// error.
    ///
    /// ```
    /// let pickles = pickle_serde::Deserializer::from_slice(b"K\x01.K\x02.");
    /// assert_eq!(pickles.into_iter::<u8>().collect::<pickle_serde::Result<Vec<_>>>()?, [1, 2]);
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "the type of the values is the caller's; serde_json's name")]
    pub fn into_iter<T: Deserialize<'de>>(self) -> StreamDeserializer<'de, R, T> {
        StreamDeserializer { deserializer: self, failed: false, values: PhantomData }
    }

    /// Reads the next pickle.
    ///
    /// ```
    /// let mut pickles = pickle_serde::Deserializer::from_slice(b"K\x01.");
    /// assert_eq!(pickles.read::<u8>()?, 1);
    /// assert!(pickles.read::<u8>().unwrap_err().is_end_of_input());
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_slice`]; where no byte is left, an error that [is the end of input](Error::is_end_of_input).
    pub fn read<T: Deserialize<'de>>(&mut self) -> Result<T> {
        if let Some((value, length)) = self.read.directly(&self.options) {
            self.offset += length;
            return Ok(value);
        }
        T::deserialize(self)
    }

    fn run<T: Task<'de>>(&mut self, task: T) -> Result<T::Value> {
        let (value, length) = self.read.next(&self.options, task)?;
        self.offset += length;
        Ok(value)
    }
}

/// The values of a stream of pickles, one by one: made by [`Deserializer::into_iter`].
///
/// ```
/// use pickle_serde::Deserializer;
///
/// let numbers = Deserializer::from_slice(b"K\x01.K\x02.K\x03.").into_iter::<u32>();
/// assert_eq!(numbers.sum::<pickle_serde::Result<u32>>()?, 6);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Debug)]
pub struct StreamDeserializer<'de, R, T> {
    deserializer: Deserializer<R>,
    failed: bool,
    values: PhantomData<(T, &'de ())>,
}

impl<'de, R: Read<'de>, T> StreamDeserializer<'de, R, T> {
    /// Where the next pickle starts, in bytes from where the first did.
    ///
    /// ```
    /// let mut numbers = pickle_serde::Deserializer::from_slice(b"K\x01.K\x02.").into_iter::<u8>();
    /// numbers.next();
    /// assert_eq!(numbers.offset(), 3);
    /// ```
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.deserializer.offset()
    }
}

impl<'de, R: Read<'de>, T: Deserialize<'de>> Iterator for StreamDeserializer<'de, R, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.failed {
            return None;
        }
        let value = match self.deserializer.read.is_at_end() {
            Ok(true) => return None,
            Ok(false) => self.deserializer.read(),
            Err(error) => Err(error),
        };
        self.failed = value.is_err();
        Some(value)
    }
}

/// Hands each method on to the object at the root of the next pickle.
macro_rules! of_next_pickle {
    ($($method:ident($($argument:ident: $type:ty),*) $task:ident;)*) => {
        $(
            fn $method<V: Visitor<'de>>(self $(, $argument: $type)*, visitor: V) -> Result<V::Value> {
                struct $task<V> { $($argument: $type,)* visitor: V }
                impl<'de, V: Visitor<'de>> Task<'de> for $task<V> {
                    type Value = V::Value;
                    fn run<D: serde_core::Deserializer<'de, Error = Error>>(self, deserializer: D) -> Result<V::Value> {
                        deserializer.$method($(self.$argument,)* self.visitor)
                    }
                }
                self.run($task { $($argument,)* visitor })
            }
        )*
    };
}

impl<'de, R: Read<'de>> serde_core::Deserializer<'de> for &mut Deserializer<R> {
    type Error = Error;

    of_next_pickle! {
        deserialize_any() Any;
        deserialize_bool() Bool;
        deserialize_i8() I8;
        deserialize_i16() I16;
        deserialize_i32() I32;
        deserialize_i64() I64;
        deserialize_i128() I128;
        deserialize_u8() U8;
        deserialize_u16() U16;
        deserialize_u32() U32;
        deserialize_u64() U64;
        deserialize_u128() U128;
        deserialize_f32() F32;
        deserialize_f64() F64;
        deserialize_char() Char;
        deserialize_str() Str;
        deserialize_string() OwnedString;
        deserialize_bytes() Bytes;
        deserialize_byte_buf() ByteBuf;
        deserialize_option() Optional;
        deserialize_unit() Unit;
        deserialize_unit_struct(name: &'static str) UnitStruct;
        deserialize_newtype_struct(name: &'static str) NewtypeStruct;
        deserialize_seq() Seq;
        deserialize_tuple(len: usize) Tuple;
        deserialize_tuple_struct(name: &'static str, len: usize) TupleStruct;
        deserialize_map() Map;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) Struct;
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) Enum;
        deserialize_identifier() Identifier;
        deserialize_ignored_any() Ignored;
    }
}
