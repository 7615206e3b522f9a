//! A [`Value`] as serde's `Deserialize`: losslessly from this crate's deserializer, as well as can be from others.

use std::fmt;

use num_bigint::BigInt;
use pickle_codec::value::ObjectKind;
use serde_core::de::{
    Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};

use super::{Dict, Object, Set, Step, Value, tag};
use crate::token;

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_newtype_struct(token::VALUE, ValueVisitor { promise: usize::MAX })
    }
}

struct ValueVisitor {
    /// For how many items there may be room before they come: what another format promises is not trusted beyond
    /// [`MODEST`].
    promise: usize,
}

const MODEST: usize = 4096;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    /// Of another format's deserializer, or of one that had to keep its content.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor { promise: MODEST })
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Value, E> {
        Ok(Value::Bytes(value.into()))
    }

    fn visit_byte_buf<E>(self, value: Vec<u8>) -> Result<Value, E> {
        Ok(Value::Bytes(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Value, A::Error> {
        Ok(Value::List(Items { promise: self.promise }.visit_seq(items)?))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut dict = Dict::with_capacity(entries.size_hint().unwrap_or(0).min(self.promise));
        while let Some((key, value)) = entries.next_entry::<Value, Value>()? {
            dict.insert(key, value);
        }
        Ok(Value::Dict(dict))
    }

    /// What serde has no word for: see `de::lossless`.
    fn visit_enum<A: EnumAccess<'de>>(self, object: A) -> Result<Value, A::Error> {
        let (tag, content) = object.variant::<u8>()?;
        match tag {
            tag::LIST | tag::TUPLE | tag::SET | tag::FROZEN_SET => {
                let items = content.tuple_variant(0, Items { promise: self.promise })?;
                Ok(collection(tag, items))
            }
            tag::OBJECT => Ok(content.tuple_variant(0, ObjectVisitor { promise: self.promise })?.into()),
            _ => self.simple(tag, content),
        }
    }
}

impl ValueVisitor {
    /// What has no other values within, but those of a range or slice.
    fn simple<'de, A: VariantAccess<'de>>(self, tag: u8, content: A) -> Result<Value, A::Error> {
        let items = |content: A| content.tuple_variant(0, Items { promise: self.promise });
        Ok(match tag {
            tag::INT => BigInt::from_signed_bytes_le(&content.newtype_variant::<Content>()?.0).into(),
            tag::SURROGATES => Value::Surrogates(content.newtype_variant::<Content>()?.0),
            tag::BYTE_ARRAY => Value::ByteArray(content.newtype_variant::<Content>()?.0),
            tag::RANGE => Value::Range(three(items(content)?)?),
            tag::SLICE => Value::Slice(three(items(content)?)?),
            tag::COMPLEX => match items(content)?[..] {
                [Value::Float(real), Value::Float(imaginary)] => Value::Complex(real, imaginary),
                _ => return Err(Error::invalid_length(0, &"two floats")),
            },
            tag::ELLIPSIS => unit(content, Value::Ellipsis)?,
            tag::NOT_IMPLEMENTED => unit(content, Value::NotImplemented)?,
            other => return Err(Error::invalid_value(Unexpected::Unsigned(other.into()), &self)),
        })
    }
}

fn collection(tag: u8, items: Vec<Value>) -> Value {
    match tag {
        tag::LIST => Value::List(items),
        tag::TUPLE => Value::Tuple(items),
        tag::SET => Value::Set(items.into_iter().collect::<Set>()),
        _ => Value::FrozenSet(items.into_iter().collect::<Set>()),
    }
}

fn unit<'de, A: VariantAccess<'de>>(content: A, value: Value) -> Result<Value, A::Error> {
    content.unit_variant()?;
    Ok(value)
}

fn three<E: Error>(items: Vec<Value>) -> Result<Box<[Value; 3]>, E> {
    let items: Result<[Value; 3], Vec<Value>> = items.try_into();
    items.map(Box::new).map_err(|items| Error::invalid_length(items.len(), &"three items"))
}

/// Items without what holds them.
struct Items {
    promise: usize,
}

impl<'de> Visitor<'de> for Items {
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<Value>, A::Error> {
        let mut list = Vec::with_capacity(items.size_hint().unwrap_or(0).min(self.promise));
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }
}

/// Bytes without what they are of.
struct Content(Vec<u8>);

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Content, D::Error> {
        struct BytesVisitor;
        impl Visitor<'_> for BytesVisitor {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Content, E> {
                Ok(Content(bytes.into()))
            }
        }
        deserializer.deserialize_bytes(BytesVisitor)
    }
}

/// Its kind, its fields, and what was done to it.
struct ObjectVisitor {
    promise: usize,
}

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parts of an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Object, A::Error> {
        let kind: Option<ObjectKind> = parts.next_element::<u8>()?.and_then(tag::kind);
        let kind = kind.ok_or_else(|| Error::invalid_length(0, &self))?;
        let mut fields = Vec::with_capacity(kind.fields());
        for number in 0..kind.fields() {
            fields.push(parts.next_element()?.ok_or_else(|| Error::invalid_length(number, &self))?);
        }
        // Each has two parts, or three.
        let mut steps = Vec::with_capacity(parts.size_hint().unwrap_or(0).min(self.promise) / 2);
        while let Some(step) = parts.next_element::<u8>()? {
            let mut next = || parts.next_element::<Value>()?.ok_or_else(|| Error::invalid_length(0, &self));
            steps.push(match step {
                tag::STATE => Step::State(next()?),
                tag::STATE_BY => Step::StateBy(Box::new([next()?, next()?])),
                tag::APPEND => Step::Append(next()?),
                tag::ASSIGN => Step::Assign(next()?),
                tag::ADD => Step::Add(next()?),
                other => return Err(Error::invalid_value(Unexpected::Unsigned(other.into()), &self)),
            });
        }
        Ok(Object { kind, fields, steps })
    }
}
