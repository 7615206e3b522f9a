//! [`Host`]: who owns the objects that marshal data makes.

use alloc::vec::Drain;

use crate::code::Layout;

/// The items of a container, taken from the reader's stack: owned, or read as a slice by [`Drain::as_slice`].
pub type Items<'s, O> = Drain<'s, O>;

/// What has items, read after it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Container {
    /// A tuple.
    Tuple,
    /// A list.
    List,
    /// A dict: its items are keys and values in turn.
    Dict,
    /// A set.
    Set,
    /// A frozenset.
    FrozenSet,
    /// A slice: start, stop, step.
    Slice,
    /// A code object: its items are its fields, in the order of the layout.
    Code(Layout),
}

/// The objects' side of reading: the [`Reader`](crate::Reader) has the format, the references and the nesting, and asks
/// its host to make objects.
///
/// Each method may refuse with the host's own error, which comes out of the reader unchanged, with the place beside it.
pub trait Host {
    /// A handle of an object. Cloning it gives the same object.
    type Object: Clone;
    /// What a host refuses with.
    type Error;

    /// `None`.
    fn none(&mut self) -> Result<Self::Object, Self::Error>;
    /// `True` or `False`.
    fn bool(&mut self, value: bool) -> Result<Self::Object, Self::Error>;
    /// `Ellipsis`.
    fn ellipsis(&mut self) -> Result<Self::Object, Self::Error>;
    /// The class `StopIteration`.
    fn stop_iteration(&mut self) -> Result<Self::Object, Self::Error>;
    /// An int of 32 bits.
    fn int32(&mut self, value: i32) -> Result<Self::Object, Self::Error>;
    /// An int of 64 bits.
    fn int64(&mut self, value: i64) -> Result<Self::Object, Self::Error>;
    /// An int of any size, two's complement, little-endian; Python 2's `long`.
    fn long(&mut self, bytes: &[u8]) -> Result<Self::Object, Self::Error>;
    /// A float.
    fn float(&mut self, value: f64) -> Result<Self::Object, Self::Error>;
    /// A complex.
    fn complex(&mut self, real: f64, imaginary: f64) -> Result<Self::Object, Self::Error>;
    /// A str of ASCII.
    fn ascii(&mut self, text: &[u8], interned: bool) -> Result<Self::Object, Self::Error>;
    /// A str, as UTF-8 in which surrogates may be encoded (`surrogatepass`). The host refuses anything else.
    fn text(&mut self, utf8: &[u8], interned: bool) -> Result<Self::Object, Self::Error>;
    /// Bytes.
    fn bytes(&mut self, bytes: &[u8]) -> Result<Self::Object, Self::Error>;
    /// Python 2's `str`.
    fn byte_string(&mut self, bytes: &[u8], interned: bool) -> Result<Self::Object, Self::Error>;

    /// An empty tuple, list, dict or set that references may name before its items are there. A tuple will have `length`
    /// items.
    fn begin(&mut self, container: Container, length: usize) -> Result<Self::Object, Self::Error>;
    /// A container of these items: one that was begun, or a new one.
    fn finish(
        &mut self,
        container: Container,
        begun: Option<Self::Object>,
        items: Items<'_, Self::Object>,
    ) -> Result<Self::Object, Self::Error>;
}
