//! [`Source`]: who owns the objects that are to be marshalled.

use crate::error::Fault;
use crate::table::TypeCode;
use crate::write::Sink;

/// The objects' side of writing: the [`Writer`](crate::Writer) has the format, the references' numbers and the nesting,
/// and asks its source what each object is.
pub trait Source {
    /// A handle of an object.
    type Object: Clone;
    /// A place in the items of an object.
    type Cursor;
    /// What a source refuses with.
    type Error;

    /// Says what an object is, or that it was written before, by calling one method of `sink`.
    ///
    /// `number` is the object's own from now on if it is said to be [`Share::New`] or [`Share::Maybe`]. There is none where
    /// nothing can be referred to, before version 3 but for the strings of Python 2: there every object is
    /// [`Share::Alone`], as `None`, bools, `Ellipsis` and `StopIteration` are always.
    ///
    /// # Errors
    ///
    /// What the sink's method gives, or [`Fault::Host`] for what the source refuses.
    fn write(
        &mut self,
        object: &Self::Object,
        number: Option<u32>,
        sink: Sink<'_, Self::Cursor>,
    ) -> Result<(), Fault<Self::Error>>;

    /// The value of a code object's field that is a number; nothing for what is no int of 64 bits.
    fn int(&mut self, object: &Self::Object) -> Result<Option<i64>, Self::Error>;

    /// The next item at a cursor; of a dict keys and values in turn, of a code object its fields in the layout's order.
    fn next(&mut self, cursor: &mut Self::Cursor) -> Result<Option<Self::Object>, Self::Error>;

    /// The byte that ends a dict.
    fn end_dict(&mut self) -> Result<u8, Self::Error> {
        Ok(TypeCode::Null as u8)
    }
}

/// Whether an object is written once or more often.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Share {
    /// It has no number.
    Alone,
    /// It has the number, and the flag.
    New,
    /// It has the number and the flag if it comes again, which the source does not know yet: else neither.
    Maybe,
    /// It begins with this byte, flag included, and the source knows its number.
    Spelled(u8),
}
