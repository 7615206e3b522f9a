//! Sequences: the items of lists, tuples and sets, and those that are made on the way.

use std::slice::Iter;

use pickle_codec::value::Handle;
use pickle_codec::value::stdlib::ArrayValue;
use serde_core::de::value::SeqDeserializer;
use serde_core::de::{DeserializeSeed, Deserializer, Error as _, Expected, IntoDeserializer, SeqAccess, Visitor};
use serde_core::forward_to_deserialize_any;

use super::context::Lend;
use super::node::Node;
use crate::error::{Error, Result, Step};

/// The items of a container.
pub(crate) struct Items<'c, 'g, 's, L> {
    holder: Node<'c, 'g, L>,
    slots: Iter<'s, Handle>,
    length: usize,
}

impl<'c, 'g, 's, L> Items<'c, 'g, 's, L> {
    #[inline(always)]
    pub(crate) fn new(holder: Node<'c, 'g, L>, slots: &'s [Handle]) -> Self {
        Items { holder, slots: slots.iter(), length: slots.len() }
    }

    /// The value, if all items went into it.
    #[inline(always)]
    pub(crate) fn finish<T>(self, value: T) -> Result<T> {
        match self.slots.len() {
            0 => Ok(value),
            left => Err(too_long(self.length, self.length - left)),
        }
    }

    #[cold]
    fn inside(&self, object: Handle, error: Error) -> Error {
        let slot = self.length - self.slots.len() - 1;
        error.spotted(Some(self.holder.handle), slot, object).within(Step::Index(slot))
    }
}

#[cold]
fn too_long(length: usize, taken: usize) -> Error {
    struct Fewer(usize);
    impl Expected for Fewer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{} item{}", self.0, if self.0 == 1 { "" } else { "s" })
        }
    }
    Error::invalid_length(length, &Fewer(taken))
}

impl<'de, 'g, L: Lend<'g, 'de>> SeqAccess<'de> for &mut Items<'_, 'g, '_, L> {
    type Error = Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(&item) = self.slots.next() else {
            return Ok(None);
        };
        match seed.deserialize(self.holder.beside(item)) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(self.inside(item, error)),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.slots.len())
    }
}

/// Shows items that stand in no container.
pub(crate) fn visit<'de, V, I>(items: I, visitor: V) -> Result<V::Value>
where
    V: Visitor<'de>,
    I: Iterator,
    I::Item: IntoDeserializer<'de, Error>,
{
    let mut items = SeqDeserializer::<I, Error>::new(items);
    let value = visitor.visit_seq(&mut items)?;
    items.end()?;
    Ok(value)
}

/// An item of an `array.array`.
pub(crate) struct ArrayItem(pub(crate) ArrayValue);

impl<'de> IntoDeserializer<'de, Error> for ArrayItem {
    type Deserializer = ArrayItem;

    fn into_deserializer(self) -> ArrayItem {
        self
    }
}

impl<'de> Deserializer<'de> for ArrayItem {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            ArrayValue::Int(value) => match (i64::try_from(value), u64::try_from(value)) {
                (Ok(value), _) => visitor.visit_i64(value),
                (_, Ok(value)) => visitor.visit_u64(value),
                _ => visitor.visit_i128(value),
            },
            ArrayValue::Float(value) => visitor.visit_f64(value),
            ArrayValue::Char(point) => match char::from_u32(point) {
                Some(character) => visitor.visit_char(character),
                None => Err(Error::data("a lone surrogate in an array")),
            },
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The ints of a range.
pub(crate) struct RangeItems {
    next: i128,
    step: i128,
    left: usize,
}

impl RangeItems {
    pub(crate) fn new(start: i128, stop: i128, step: i128) -> RangeItems {
        let distance = if step > 0 { stop.saturating_sub(start) } else { start.saturating_sub(stop) };
        let length = match step.checked_abs() {
            Some(step) if step > 0 && distance > 0 => (distance - 1) / step + 1,
            _ => 0,
        };
        RangeItems { next: start, step, left: usize::try_from(length).unwrap_or(usize::MAX) }
    }

    pub(crate) fn len(&self) -> usize {
        self.left
    }
}

impl Iterator for RangeItems {
    type Item = i128;

    fn next(&mut self) -> Option<i128> {
        self.left = self.left.checked_sub(1)?;
        let item = self.next;
        self.next = item.saturating_add(self.step);
        Some(item)
    }
}
