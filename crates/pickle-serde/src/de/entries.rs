//! Maps: the entries of dicts, and the attributes of instances.

use std::fmt;
use std::slice::ChunksExact;

use pickle_codec::value::{Handle, View};
use serde_core::de::value::{MapDeserializer, StrDeserializer};
use serde_core::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde_core::forward_to_deserialize_any;

use super::context::Lend;
use super::node::Node;
use crate::error::{Error, Result, Step};

/// The entries of a dict, or of what is read as one.
pub(crate) struct Entries<'c, 'g, 's, L> {
    holder: Node<'c, 'g, L>,
    pairs: ChunksExact<'s, Handle>,
    length: usize,
    /// Whether they are the fields of a struct, whose names are text: then so is every key.
    fields: bool,
    class: Class<'c>,
    /// The value that belongs to the last key.
    value: Option<&'s [Handle]>,
}

/// So many bytes of a key a path has.
const MOST_OF_KEY: usize = 200;

/// The name of the class, which stands in front of the attributes where that is asked for.
enum Class<'c> {
    None,
    Key(&'c str, String),
    Value(String),
}

impl<'c, 'g, 's, L> Entries<'c, 'g, 's, L> {
    #[inline(always)]
    pub(crate) fn new(holder: Node<'c, 'g, L>, slots: &'s [Handle], fields: bool) -> Self {
        Entries {
            holder,
            pairs: slots.chunks_exact(2),
            length: slots.len() / 2,
            fields,
            class: Class::None,
            value: None,
        }
    }

    pub(crate) fn with_class(self, key: &'c str, class: String) -> Self {
        Entries { class: Class::Key(key, class), ..self }
    }

    /// The value, if all entries went into it.
    #[inline(always)]
    pub(crate) fn finish<T>(self, value: T) -> Result<T> {
        match self.pairs.len() {
            0 => Ok(value),
            _ => Err(serde_core::de::Error::invalid_length(self.length, &"fewer entries")),
        }
    }

    /// An error in the key, or in the value, of the last entry.
    #[cold]
    fn inside(&self, pair: &[Handle], number: usize, error: Error) -> Error {
        let slot = 2 * (self.length - self.pairs.len() - 1) + number;
        let object = pair.get(number).copied().unwrap_or(Handle::NONE);
        let key = self.holder.context.view(pair.first().copied().unwrap_or(Handle::NONE));
        let step = match key.as_str() {
            Some(name) => Step::Name(name.into()),
            None => Step::Key(beginning(key)),
        };
        error.spotted(Some(self.holder.handle), slot, object).within(step)
    }

    #[cold]
    fn next_class_key<'de, T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Class::Key(key, name) = std::mem::replace(&mut self.class, Class::None) else {
            return Ok(None);
        };
        self.class = Class::Value(name);
        let key: StrDeserializer<'_, Error> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    #[cold]
    fn class_value<'de, T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        match std::mem::replace(&mut self.class, Class::None) {
            Class::Value(name) => seed.deserialize(IntoDeserializer::<Error>::into_deserializer(name)),
            _ => Err(Error::data("a value was asked for before its key")),
        }
    }
}

impl<'de, 'g, L: Lend<'g, 'de>> MapAccess<'de> for &mut Entries<'_, 'g, '_, L> {
    type Error = Error;

    #[inline]
    fn next_key_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if let Class::Key(..) = self.class {
            return self.next_class_key(seed);
        }
        let Some(pair) = self.pairs.next() else {
            return Ok(None);
        };
        self.value = Some(pair);
        let key = self.holder.beside(pair[0]);
        let read = if self.fields { seed.deserialize(FieldName(key)) } else { seed.deserialize(key) };
        match read {
            Ok(key) => Ok(Some(key)),
            Err(error) => Err(self.inside(pair, 0, error)),
        }
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        let Some(pair) = self.value.take() else {
            return self.class_value(seed);
        };
        match seed.deserialize(self.holder.beside(pair[1])) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.inside(pair, 1, error)),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.pairs.len())
    }
}

/// A key that is to name a field: where it is no text it names none, and derived impls would take an int for a field's
/// number.
struct FieldName<'c, 'g, L>(Node<'c, 'g, L>);

impl<'c, 'g, 'de, L: Lend<'g, 'de>> Deserializer<'de> for FieldName<'c, 'g, L> {
    type Error = Error;

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0.context.field_name(self.0.handle) {
            Some(name) => visitor.visit_str(name),
            None => visitor.visit_string(self.0.view().to_string()),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_identifier(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum ignored_any
    }
}

/// A key for a message: the beginning, if it is very long.
fn beginning(key: View<'_>) -> String {
    struct Beginning(String);

    impl fmt::Write for Beginning {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.push_str(text);
            if self.0.len() > MOST_OF_KEY { Err(fmt::Error) } else { Ok(()) }
        }
    }

    let mut text = Beginning(String::new());
    if fmt::write(&mut text, format_args!("{key}")).is_err() {
        let end = (0..=MOST_OF_KEY).rev().find(|&end| text.0.is_char_boundary(end)).unwrap_or(0);
        text.0.truncate(end);
        text.0.push_str("...");
    }
    text.0
}

/// Shows entries that stand in no dict.
pub(crate) fn visit<'de, V, K, T>(entries: impl Iterator<Item = (K, T)>, visitor: V) -> Result<V::Value>
where
    V: Visitor<'de>,
    K: IntoDeserializer<'de, Error>,
    T: IntoDeserializer<'de, Error>,
{
    visitor.visit_map(MapDeserializer::new(entries))
}

/// Shows a range or slice as the fields of one of Rust's ranges: those that there are.
pub(crate) fn visit_range<'de, 'g, V, L>(node: Node<'_, 'g, L>, parts: &[Handle], visitor: V) -> Result<V::Value>
where
    V: Visitor<'de>,
    L: Lend<'g, 'de>,
{
    let node = node.entered()?;
    if parts.get(2).is_some_and(|&step| step != Handle::NONE && Handle::small_int(1) != Some(step)) {
        return Err(Error::data("a range with a step, where one without is wanted"));
    }
    let names = ["start", "end"].into_iter().zip(parts);
    visit(names.filter(|(_, part)| **part != Handle::NONE).map(|(name, &part)| (name, node.beside(part))), visitor)
}
