//! Numbers by which objects that serde has no word for are told apart on their way into a [`Value`](super::Value).

use pickle_codec::value::ObjectKind;

pub(crate) const INT: u8 = 0;
pub(crate) const SURROGATES: u8 = 1;
pub(crate) const BYTE_ARRAY: u8 = 2;
pub(crate) const TUPLE: u8 = 3;
pub(crate) const SET: u8 = 4;
pub(crate) const FROZEN_SET: u8 = 5;
pub(crate) const COMPLEX: u8 = 6;
pub(crate) const RANGE: u8 = 7;
pub(crate) const SLICE: u8 = 8;
pub(crate) const ELLIPSIS: u8 = 9;
pub(crate) const NOT_IMPLEMENTED: u8 = 10;
pub(crate) const OBJECT: u8 = 11;
pub(crate) const LIST: u8 = 12;

// The steps of an object.
pub(crate) const STATE: u8 = 0;
pub(crate) const STATE_BY: u8 = 1;
pub(crate) const APPEND: u8 = 2;
pub(crate) const ASSIGN: u8 = 3;
pub(crate) const ADD: u8 = 4;

const KINDS: [ObjectKind; 9] = [
    ObjectKind::Global,
    ObjectKind::Call,
    ObjectKind::New,
    ObjectKind::NewWithKeywords,
    ObjectKind::Reconstructed,
    ObjectKind::Instance,
    ObjectKind::Persistent,
    ObjectKind::Extension,
    ObjectKind::Buffer,
];

/// The number of a kind; of those that no pickle has, one that is none.
pub(crate) fn kind_number(kind: ObjectKind) -> u8 {
    KINDS.iter().position(|&known| known == kind).map_or(u8::MAX, |number| number as u8)
}

pub(crate) fn kind(number: u8) -> Option<ObjectKind> {
    KINDS.get(usize::from(number)).copied()
}
