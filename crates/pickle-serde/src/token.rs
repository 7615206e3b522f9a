//! Names of newtype structs by which the crate's own types tell its serializer and deserializer what they are.
//!
//! serde has no word for a set, a Python tuple of unknown length or a date. A newtype struct is handed on by every other
//! format as what is in it, so its name can carry the word.

/// All of them begin so, which is what is looked at first.
pub(crate) const PREFIX: &str = "$pickle_serde::";

/// A [`Value`](crate::Value): read losslessly.
pub(crate) const VALUE: &str = "$pickle_serde::Value";
/// An [`Instance`](crate::Instance): its class, then its state.
pub(crate) const INSTANCE: &str = "$pickle_serde::Instance";
/// An int: its decimal digits as text, or its bytes (two's complement, little-endian).
pub(crate) const INT: &str = "$pickle_serde::Int";
/// A sequence that is a tuple, a set or a frozenset.
pub(crate) const TUPLE: &str = "$pickle_serde::Tuple";
pub(crate) const SET: &str = "$pickle_serde::Set";
pub(crate) const FROZEN_SET: &str = "$pickle_serde::FrozenSet";
/// Bytes that are a bytearray, or UTF-8 with surrogates that is a str.
pub(crate) const BYTE_ARRAY: &str = "$pickle_serde::ByteArray";
pub(crate) const SURROGATES: &str = "$pickle_serde::Surrogates";
/// A sequence of two floats, or of three objects.
pub(crate) const COMPLEX: &str = "$pickle_serde::Complex";
pub(crate) const RANGE: &str = "$pickle_serde::Range";
pub(crate) const SLICE: &str = "$pickle_serde::Slice";
/// A unit that is `Ellipsis` or `NotImplemented`.
pub(crate) const ELLIPSIS: &str = "$pickle_serde::Ellipsis";
pub(crate) const NOT_IMPLEMENTED: &str = "$pickle_serde::NotImplemented";
/// An object: a sequence of its kind, its fields, and for each step a number and its content.
pub(crate) const OBJECT: &str = "$pickle_serde::Object";
/// The text of a value of Python's standard library: see [`Class`](crate::native::Class).
pub(crate) const DATE: &str = "$pickle_serde::datetime.date";
pub(crate) const TIME: &str = "$pickle_serde::datetime.time";
pub(crate) const DATE_TIME: &str = "$pickle_serde::datetime.datetime";
pub(crate) const TIME_DELTA: &str = "$pickle_serde::datetime.timedelta";
pub(crate) const DECIMAL: &str = "$pickle_serde::decimal.Decimal";
pub(crate) const UUID: &str = "$pickle_serde::uuid.UUID";

/// True for one of ours.
#[inline(always)]
pub(crate) fn is_token(name: &str) -> bool {
    name.starts_with(PREFIX)
}
