//! [`Source`]: who owns the objects that are to be marshalled.

use alloc::string::String;

use crate::code::Layout;
use crate::table::TypeCode;

/// The objects' side of writing: the [`Writer`](crate::Writer) has the format, the references' numbers and the nesting,
/// and asks its source what each object is.
pub trait Source {
    /// A handle of an object.
    type Object: Clone;
    /// A place in the items of an object.
    type Cursor;
    /// What a source refuses with.
    type Error;

    /// What an object is.
    fn shape(&self, object: &Self::Object) -> Result<Shape<'_, Self::Cursor>, Self::Error>;

    /// The next item at a cursor; of a dict keys and values in turn, of a code object its fields in the layout's order.
    fn next(&mut self, cursor: &mut Self::Cursor) -> Result<Option<Self::Object>, Self::Error>;

    /// Whether an object was written before, or may be needed again: then `number` is its own from now on.
    ///
    /// Asked before each object is written, by versions from 3 on, and in Python 2, where only an interned `str` can be
    /// shared. `None`, bools, `Ellipsis` and `StopIteration` are always [`Share::Alone`].
    fn share(&mut self, object: &Self::Object, number: u32) -> Result<Share, Self::Error>;

    /// How an object is to be spelled, where the source knows: asked before anything else.
    fn spelling(&mut self, object: &Self::Object) -> Result<Option<Spelling>, Self::Error> {
        let _ = object;
        Ok(None)
    }

    /// The byte that ends a dict.
    fn end_dict(&mut self) -> Result<u8, Self::Error> {
        Ok(TypeCode::Null as u8)
    }

    /// The text of the next float as text, where it is not CPython's own.
    fn float_text(&mut self) -> Option<&[u8]> {
        None
    }
}

/// Whether an object is written once or more often.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Share {
    /// It was written, and had this number.
    Known(u32),
    /// It comes for the first time, and gets the number, and the flag.
    New,
    /// It has no number.
    Alone,
}

/// How an object is spelled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Spelling {
    /// By its content, with this first byte, flag included.
    Content(u8),
    /// As a reference with this first byte to a number.
    Reference(u8, u32),
}

/// What an object is, with its content or a cursor over its items.
#[derive(Debug)]
pub enum Shape<'s, C> {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// `Ellipsis`.
    Ellipsis,
    /// The class `StopIteration`.
    StopIteration,
    /// An int that 64 bits hold.
    Int(i64),
    /// An int: two's complement, little-endian.
    BigInt(&'s [u8]),
    /// Python 2's `long`: as [`Shape::BigInt`], of any size.
    Long(&'s [u8]),
    /// A float.
    Float(f64),
    /// A complex.
    Complex(f64, f64),
    /// A str: UTF-8 in which surrogates are written too; and whether it is interned.
    Text(&'s [u8], bool),
    /// Bytes, or what offers its bytes as they do.
    Bytes(&'s [u8]),
    /// Python 2's `str`.
    ByteString(&'s [u8]),
    /// A tuple of this many items.
    Tuple(usize, C),
    /// A list of this many items.
    List(usize, C),
    /// A dict.
    Dict(C),
    /// A set of this many items.
    Set(usize, C),
    /// A frozenset of this many items.
    FrozenSet(usize, C),
    /// A slice.
    Slice(C),
    /// A code object.
    Code(Layout, C),
    /// Something that cannot be marshalled; what it is.
    Unsupported(String),
}
