//! A [`Value`] as serde's `Serialize`: what serde has no word for goes by the name of a newtype struct.

use serde_core::ser::{Serialize, SerializeTuple, Serializer};

use super::{Object, Step, Value, tag};
use crate::token;

/// The longest int that is written as digits for the sake of other formats, in bits: more digits take too long to make.
const MAX_DIGITS_OF: u64 = 14_284;

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::None => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::BigInt(value) => crate::native::serialize_int(value, MAX_DIGITS_OF, serializer),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::Complex(real, imaginary) => {
                serializer.serialize_newtype_struct(token::COMPLEX, &(*real, *imaginary))
            }
            Value::Str(text) => serializer.serialize_str(text),
            Value::Surrogates(bytes) => serializer.serialize_newtype_struct(token::SURROGATES, &Bytes(bytes)),
            Value::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Value::ByteArray(bytes) => serializer.serialize_newtype_struct(token::BYTE_ARRAY, &Bytes(bytes)),
            Value::List(items) => serializer.collect_seq(items),
            Value::Tuple(items) => serializer.serialize_newtype_struct(token::TUPLE, items),
            Value::Dict(dict) => serializer.collect_map(dict.iter()),
            Value::Set(set) => serializer.serialize_newtype_struct(token::SET, &Seq(|| set.iter())),
            Value::FrozenSet(set) => serializer.serialize_newtype_struct(token::FROZEN_SET, &Seq(|| set.iter())),
            Value::Range(parts) => serializer.serialize_newtype_struct(token::RANGE, &**parts),
            Value::Slice(parts) => serializer.serialize_newtype_struct(token::SLICE, &**parts),
            Value::Ellipsis => serializer.serialize_newtype_struct(token::ELLIPSIS, &()),
            Value::NotImplemented => serializer.serialize_newtype_struct(token::NOT_IMPLEMENTED, &()),
            Value::Object(object) => serializer.serialize_newtype_struct(token::OBJECT, &**object),
        }
    }
}

pub(crate) struct Bytes<'b>(pub(crate) &'b [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// What an iterator gives, which is made anew for each use.
pub(crate) struct Seq<F>(pub(crate) F);

impl<I, F> Serialize for Seq<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Its kind, its fields, and what is done to it: each step a number with what belongs to it.
impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let count = 1 + self.fields.len() + 3 * self.steps.len();
        let mut parts = serializer.serialize_tuple(count)?;
        parts.serialize_element(&tag::kind_number(self.kind))?;
        for field in &self.fields {
            parts.serialize_element(field)?;
        }
        for step in &self.steps {
            let (number, content) = match step {
                Step::State(state) => (tag::STATE, state),
                Step::StateBy(call) => (tag::STATE_BY, &call[0]),
                Step::Append(items) => (tag::APPEND, items),
                Step::Assign(pairs) => (tag::ASSIGN, pairs),
                Step::Add(items) => (tag::ADD, items),
            };
            parts.serialize_element(&number)?;
            parts.serialize_element(content)?;
            if let Step::StateBy(call) = step {
                parts.serialize_element(&call[1])?;
            }
        }
        parts.end()
    }
}
