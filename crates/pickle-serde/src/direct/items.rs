//! Sequences and maps, item by item.

use serde_core::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_core::forward_to_deserialize_any;

use super::Direct;
use super::keys::Keys;
use super::walk::{Fixed, Holder, Walk};
use crate::de::Lend;
use crate::error::{Error, Result};

/// The items of a list or tuple.
pub(super) struct Items<'d, 'i, L> {
    direct: &'d mut Direct<'i, L>,
    walk: Walk,
}

impl<'d, 'i, L> Items<'d, 'i, L> {
    #[inline(always)]
    pub(super) fn new(direct: &'d mut Direct<'i, L>, walk: Walk) -> Self {
        Items { direct, walk }
    }

    /// The value, if all items went into it.
    #[inline(always)]
    pub(super) fn finish<T>(mut self, value: T) -> Result<T> {
        if self.direct.reader.has_more(&mut self.walk) { Err(self.direct.fail()) } else { Ok(value) }
    }
}

impl<'i, 'de, L: Lend<'i, 'de>> SeqAccess<'de> for &mut Items<'_, 'i, L> {
    type Error = Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let direct = &mut *self.direct;
        // Who swallowed an error and asks on, must find an end.
        if direct.reader.failed || !direct.reader.has_more(&mut self.walk) {
            return Ok(None);
        }
        direct.holder = Holder::Items;
        seed.deserialize(direct).map(Some)
    }
}

/// The items of a tuple of as many items as the type says.
pub(super) struct FixedItems<'d, 'i, L> {
    direct: &'d mut Direct<'i, L>,
    tuple: Fixed,
}

impl<'d, 'i, L> FixedItems<'d, 'i, L> {
    #[inline(always)]
    pub(super) fn new(direct: &'d mut Direct<'i, L>, tuple: Fixed) -> Self {
        FixedItems { direct, tuple }
    }

    /// The value, if all items went into it.
    #[inline(always)]
    pub(super) fn finish<T>(self, value: T) -> Result<T> {
        if self.direct.reader.end_fixed(&self.tuple) { Ok(value) } else { Err(self.direct.fail()) }
    }
}

impl<'i, 'de, L: Lend<'i, 'de>> SeqAccess<'de> for &mut FixedItems<'_, 'i, L> {
    type Error = Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let direct = &mut *self.direct;
        if !direct.reader.has_more_of_fixed(&mut self.tuple) {
            return Ok(None);
        }
        direct.holder = Holder::Items;
        let value = seed.deserialize(&mut *direct)?;
        direct.reader.end_item_of_fixed(&mut self.tuple);
        Ok(Some(value))
    }
}

/// The entries of a dict, of whatever keys.
struct Pairs<'d, 'i, L> {
    direct: &'d mut Direct<'i, L>,
    walk: Walk,
    /// Whether a key was read, and its value was not.
    owes_value: bool,
}

impl<'d, 'i, L> Pairs<'d, 'i, L> {
    #[inline(always)]
    fn new(direct: &'d mut Direct<'i, L>, walk: Walk) -> Self {
        Pairs { direct, walk, owes_value: false }
    }

    /// Whether another key stands here. Who swallowed an error and asks on, must find an end.
    #[inline(always)]
    fn has_more(&mut self) -> bool {
        !self.direct.reader.failed && self.direct.reader.has_more(&mut self.walk)
    }

    /// The next key, if there is one, which is to name a field. A graph would name those that are no text, too.
    #[inline(never)]
    fn next_name(&mut self) -> Result<Option<&'i str>> {
        if !self.has_more() {
            return Ok(None);
        }
        match self.direct.reader.text() {
            Some(name) => Ok(Some(name)),
            None => Err(self.direct.fail()),
        }
    }

    /// The value, if all entries went into it.
    #[inline(always)]
    fn finish<T>(mut self, value: T) -> Result<T> {
        if self.owes_value || self.direct.reader.has_more(&mut self.walk) {
            return Err(self.direct.fail());
        }
        Ok(value)
    }

    #[inline(always)]
    fn value<'de, T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value>
    where
        L: Lend<'i, 'de>,
    {
        if !std::mem::take(&mut self.owes_value) {
            return Err(self.direct.fail());
        }
        self.direct.holder = Holder::Dict;
        seed.deserialize(&mut *self.direct)
    }
}

/// The entries of a dict.
pub(super) struct Entries<'d, 'i, L> {
    pairs: Pairs<'d, 'i, L>,
    keys: Keys<'i>,
}

impl<'d, 'i, L> Entries<'d, 'i, L> {
    #[inline(always)]
    pub(super) fn new(direct: &'d mut Direct<'i, L>, walk: Walk) -> Self {
        Entries { pairs: Pairs::new(direct, walk), keys: Keys::new() }
    }

    /// The value, if all entries went into it.
    #[inline(always)]
    pub(super) fn finish<T>(self, value: T) -> Result<T> {
        self.pairs.finish(value)
    }
}

impl<'i, 'de, L: Lend<'i, 'de>> MapAccess<'de> for &mut Entries<'_, 'i, L> {
    type Error = Error;

    #[inline]
    fn next_key_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if !self.pairs.has_more() {
            return Ok(None);
        }
        let direct = &mut *self.pairs.direct;
        match direct.reader.look_at_key() {
            Some(key) if self.keys.insert(key) && !self.pairs.owes_value => {}
            _ => return Err(direct.fail()),
        }
        self.pairs.owes_value = true;
        direct.holder = Holder::Items;
        seed.deserialize(direct).map(Some)
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        self.pairs.value(seed)
    }
}

/// The entries of a dict as the fields of a struct, which has each once: a derived impl refuses a field that comes twice.
pub(super) struct Fields<'d, 'i, L>(Pairs<'d, 'i, L>);

impl<'d, 'i, L> Fields<'d, 'i, L> {
    #[inline(always)]
    pub(super) fn new(direct: &'d mut Direct<'i, L>, walk: Walk) -> Self {
        Fields(Pairs::new(direct, walk))
    }

    /// The value, if all entries went into it.
    #[inline(always)]
    pub(super) fn finish<T>(self, value: T) -> Result<T> {
        self.0.finish(value)
    }
}

impl<'i, 'de, L: Lend<'i, 'de>> MapAccess<'de> for &mut Fields<'_, 'i, L> {
    type Error = Error;

    #[inline]
    fn next_key_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Pairs { direct, walk, .. } = &mut self.0;
        let name = match direct.reader.next_known_name(walk) {
            Some(name) => name,
            None => match self.0.next_name()? {
                Some(name) => name,
                None => return Ok(None),
            },
        };
        if std::mem::replace(&mut self.0.owes_value, true) {
            return Err(self.0.direct.fail());
        }
        let field = seed.deserialize(FieldName(name));
        self.0.direct.noted(field).map(Some)
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        self.0.value(seed)
    }
}

/// A key that names a field.
struct FieldName<'i>(&'i str);

impl<'de> Deserializer<'de> for FieldName<'_> {
    type Error = Error;

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_str(self.0)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_identifier(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum ignored_any
    }
}
