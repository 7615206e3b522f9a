//! [`Source`]: who owns the objects that are to be pickled.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::builtins::Builtin;
pub use crate::save::{AtomWriter, Filling, Get, Open, OpenPart, Plain, RarePart, Stop};

/// The objects' side of dumping: the [`Encoder`](crate::Encoder) has the memo's numbers, frames, batches and spelling, and
/// asks its source what each object is.
///
/// As in CPython, each object is asked for once, and then again wherever it is met, when it is [`Atom::Known`].
pub trait Source {
    /// A handle of an object.
    type Object: Clone;
    /// A place in the items of an object.
    type Cursor;
    /// What a source refuses with.
    type Error;

    /// Whether [`persistent_id`](Source::persistent_id) is to be asked. A source whose objects say themselves that they are
    /// pickled by an id, by [`Shape::Persistent`], has no need of it.
    const HAS_PERSISTENT_IDS: bool = false;

    /// The id that is to stand in an object's place, if there is one: the question of `Pickler.persistent_id`.
    ///
    /// Asked of each object before anything else is, but of no id: an id has none itself.
    fn persistent_id(&mut self, object: &Self::Object) -> Result<Option<Self::Object>, Self::Error> {
        let _ = object;
        Ok(None)
    }

    /// What `str` makes of a persistent id, with surrogates encoded as others are: protocol 0 writes that. None where a
    /// source cannot tell.
    fn persistent_text(&mut self, id: &Self::Object) -> Result<Option<Cow<'_, [u8]>>, Self::Error>;

    /// What an object is, if it is among the commonest. May put another handle of the same object in its place.
    ///
    /// [`Atom::Other`] if it is not: then [`shape`](Source::shape) is asked.
    fn atom(&mut self, object: &mut Self::Object) -> Result<Atom<'_>, Self::Error>;

    /// What an object is that [`atom`](Source::atom) did not say. May put another handle of it in its place.
    fn shape(&mut self, object: &mut Self::Object) -> Result<Shape<'_, Self::Object, Self::Cursor>, Self::Error>;

    /// The next item at a cursor; of a dict keys and values in turn.
    fn next(&mut self, cursor: &mut Self::Cursor) -> Result<Option<Self::Object>, Self::Error>;

    /// Whether there is [`write_atoms`](Source::write_atoms): then what holds nothing else than such may be written without
    /// [`enter`](Source::enter).
    const WRITES_ATOMS: bool = false;

    /// Tells a writer of the next items at a cursor, at most `limit`, as long as it takes them; gives how many it took, and
    /// why they ended. The cursor then stands behind them.
    ///
    /// A shortcut of [`next`](Source::next), [`atom`](Source::atom) and [`memo_put`](Source::memo_put), for sources that have
    /// their items at hand. What it does not take is asked for by those.
    ///
    /// Containers may be written as well, and what is open where the run stops is left in `open`, the outermost first. With
    /// what is there before, it goes on.
    fn write_atoms(
        &mut self,
        cursor: &mut Self::Cursor,
        limit: usize,
        writer: &mut AtomWriter<'_>,
        open: &mut Vec<Open<Self::Object, Self::Cursor>>,
    ) -> (usize, Stop) {
        let _ = (cursor, limit, writer, open);
        (0, Stop::Atom)
    }

    /// Goes on where a run has stopped at something that is rare: tells a writer of it, with its beginning or its end alone
    /// where it has items; false, and nothing is told, where it is none that a run has. The next run then begins with what
    /// is in `open`.
    fn write_rare(
        &mut self,
        cursor: &mut Self::Cursor,
        writer: &mut AtomWriter<'_>,
        open: &mut Vec<Open<Self::Object, Self::Cursor>>,
    ) -> bool {
        let _ = (cursor, writer, open);
        false
    }

    /// How many objects are left at a cursor that [`write_atoms`](Source::write_atoms) has left in `open`.
    fn left(&self, cursor: &Self::Cursor) -> usize {
        let _ = cursor;
        0
    }

    /// The callable, the arguments and the state of an object that [`write_atoms`](Source::write_atoms) has left open in its
    /// making, but the first so many of these parts; none where it has none.
    fn parts_behind(&self, object: &Self::Object, written: usize) -> Option<Self::Cursor> {
        let _ = (object, written);
        None
    }

    /// What an object is filled with, and as what, that [`write_atoms`](Source::write_atoms) has left open in its making.
    fn filling(&self, object: &Self::Object) -> Option<(Filling, Self::Cursor)> {
        let _ = object;
        None
    }

    /// The memo's number of an object, if it has one by now.
    fn memo_get(&self, object: &Self::Object) -> Option<u32>;

    /// Notes the memo's number of an object.
    fn memo_put(&mut self, object: &Self::Object, index: u32) -> Result<(), Self::Error>;

    /// Whether nobody refers to an object but what holds it, so that `cPickle` gives it no place in the memo.
    ///
    /// Only asked by a profile that wants to know; a source that does not is right for all others.
    fn held_once(&self, object: &Self::Object) -> bool {
        let _ = object;
        false
    }

    /// A builtin by name, the same object wherever it comes up.
    fn builtin(&mut self, builtin: Builtin) -> Result<Self::Object, Self::Error>;

    /// A str that the pickler brings along, the same object each time.
    fn constant(&mut self, text: &'static str) -> Result<Self::Object, Self::Error>;

    /// A new str of the characters that these bytes are in latin-1. CPython has one object for each str of one such
    /// character, and one that is empty.
    fn latin1(&mut self, bytes: &[u8]) -> Result<Self::Object, Self::Error>;

    /// The same of so many characters, where nothing but the memo will ask for the str, since its content is written by itself.
    /// Nothing where the str may be one that is there already, or somebody is to see it.
    fn unseen_text(&mut self, length: usize) -> Result<Option<Self::Object>, Self::Error> {
        let _ = length;
        Ok(None)
    }

    /// A new bytes object. CPython has one object for each of a single byte, and one that is empty.
    fn bytes(&mut self, bytes: &[u8]) -> Result<Self::Object, Self::Error>;

    /// The content of a bytes or bytearray object.
    fn content(&mut self, object: &Self::Object) -> Result<alloc::vec::Vec<u8>, Self::Error>;

    /// `functools.partial(cls.__new__, cls, *args, **kwargs)`: what makes an object of keyword arguments where there is no
    /// NEWOBJ_EX.
    fn partial_new(
        &mut self,
        class: Self::Object,
        args: Self::Object,
        kwargs: Self::Object,
    ) -> Result<PartialNew<Self::Object, Self::Cursor>, Self::Error>;

    /// Where a global is found: its module and its (dotted) name.
    fn global(&mut self, object: &Self::Object) -> Result<GlobalName<Self::Object>, Self::Error>;

    /// Called when an object is begun that others may stand within; a source with a limit refuses here.
    fn enter(&mut self) -> Result<(), Self::Error>;

    /// Called when such an object is done.
    fn leave(&mut self);
}

/// The name of a global, as text and as the objects that STACK_GLOBAL takes.
#[derive(Clone, Debug)]
pub struct GlobalName<O> {
    /// The module's name.
    pub module: alloc::string::String,
    /// The name in the module, with dots where it is nested.
    pub name: alloc::string::String,
    /// The module's name as an object.
    pub module_object: O,
    /// The global's name as an object.
    pub name_object: O,
    /// Its code in the extension registry, if it has one.
    pub extension: Option<u32>,
    /// How it is reached under protocol 4, where it does not stand in the module itself.
    pub nesting: Option<Nesting<O>>,
}

/// How a global is reached that stands in another, such as a method in its class.
#[derive(Clone, Debug)]
pub struct Nesting<O> {
    /// What it stands in.
    pub parent: O,
    /// The first part of its dotted name, which stands in the module.
    pub first: alloc::string::String,
    /// The parts behind the first; there is at least one.
    pub rest: alloc::vec::Vec<O>,
}

/// What an object is, if it is among the commonest, which are written without further ado.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Atom<'s> {
    /// An object that has this number in the memo.
    Known(u32),
    /// `None`.
    None,
    /// `True`.
    True,
    /// `False`.
    False,
    /// An int that 64 bits hold.
    Int(i64),
    /// An int beyond 64 bits, as [`Shape::BigInt`].
    BigInt(&'s [u8]),
    /// A float.
    Float(f64),
    /// A str: UTF-8 in which surrogates are written too.
    Text(&'s [u8]),
    /// Something else.
    Other,
}

/// What an object is, with its content or a cursor over its items.
#[derive(Debug)]
pub enum Shape<'s, O, C> {
    /// An object that has a number in the memo.
    Known(u32),
    /// An int beyond 64 bits, or one of fewer in more bytes than it needs: two's complement, little-endian.
    BigInt(&'s [u8]),
    /// A complex.
    Complex(f64, f64),
    /// A str: UTF-8 in which surrogates are written too.
    Text(&'s [u8]),
    /// Bytes.
    Bytes(&'s [u8]),
    /// A bytearray.
    ByteArray(&'s [u8]),
    /// Python 2's `str`.
    ByteString(&'s [u8]),
    /// Python 2's `long`: as [`Shape::BigInt`], of any size.
    Long(&'s [u8]),
    /// A tuple of this many items.
    Tuple(usize, C),
    /// A list of this many items.
    List(usize, C),
    /// A dict of this many entries.
    Dict(usize, C),
    /// A set of this many items.
    Set(usize, C),
    /// A frozenset of this many items.
    FrozenSet(usize, C),
    /// A builtin and the arguments that it is called with: a range, a slice.
    Call(Builtin, usize, C),
    /// A class or function.
    Global,
    /// An object that the pickle only names, by this id.
    Persistent(O),
    /// An object of the extension registry.
    Extension(u32),
    /// An out-of-band buffer, read-only or not.
    Buffer(bool),
    /// An object that is called into being with a tuple that is there, and has its state set at most.
    Made(Made<C>),
    /// An object that is called into being and then filled.
    Reduce(alloc::boxed::Box<Reduction<O, C>>),
    /// Something that no pickle holds; its Python type.
    Unsupported(alloc::string::String),
}

/// How most objects are made: by a call of a callable, or by `cls.__new__` from protocol 2 on. What a
/// [`Reduction`] can say as well, without memory of its own.
#[derive(Clone, Debug)]
pub struct Made<C> {
    /// `cls.__new__(cls, *args)`, not `callable(*args)`.
    pub is_new: bool,
    /// A cursor over the callable or class, the arguments, a tuple, and the state, if one is set.
    pub parts: C,
}

/// How an object is made and filled: what `__reduce_ex__` gives.
#[derive(Debug)]
pub struct Reduction<O, C> {
    /// How it comes into being.
    pub make: Make,
    /// The callable, or the class.
    pub callable: O,
    /// The arguments.
    pub args: Args<O, C>,
    /// The keyword arguments, a dict, where `make` takes them.
    pub kwargs: Option<O>,
    /// What is done to it, in order.
    pub steps: alloc::vec::Vec<Fill<O, C>>,
}

/// What an object is made of.
#[derive(Debug)]
pub enum Args<O, C> {
    /// A tuple that is there.
    Tuple(O),
    /// The parts of a tuple that the pickler makes.
    Parts(alloc::vec::Vec<Part<O, C>>),
}

/// A call of `cls.__new__` with keyword arguments, kept for later.
#[derive(Debug)]
pub enum PartialNew<O, C> {
    /// As an object, and the empty tuple that it is called with.
    Object(O, O),
    /// By what it is made of.
    Parts {
        /// `functools.partial`.
        partial: O,
        /// `cls.__new__`.
        new: O,
        /// The class, and the arguments behind it.
        args: alloc::vec::Vec<O>,
        /// How many keyword arguments there are, and a cursor over them.
        kwargs: (usize, C),
    },
}

/// A part of a tuple that the pickler makes.
#[derive(Debug)]
pub enum Part<O, C> {
    /// An object.
    Object(O),
    /// A float, which has no identity.
    Float(f64),
    /// A new list of this many items.
    List(usize, C),
    /// A new dict of this many entries.
    Dict(usize, C),
}

/// How an object comes into being.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Make {
    /// `callable(*args)`
    Call,
    /// `cls.__new__(cls, *args)`
    New,
    /// `cls.__new__(cls, *args, **kwargs)`
    NewWithKeywords,
    /// An old-style class's instance.
    Instance,
}

/// One step of filling an object.
#[derive(Clone, Debug)]
pub enum Fill<O, C> {
    /// Its state is set.
    State(O),
    /// Its state is set by a call, `setter(object, state)`.
    StateBy {
        /// What is called.
        setter: O,
        /// The state.
        state: O,
    },
    /// Items are appended.
    Append(C),
    /// Items are set by key.
    Assign(C),
    /// Items are added.
    Add(C),
}
