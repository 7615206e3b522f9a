//! Enums: `'Variant'` and `{'Variant': content}`.

use serde_core::de::{Deserialize, DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};

use super::Direct;
use super::reader::EMPTY_DICT;
use super::walk::{Holder, Walk};
use crate::de::Lend;
use crate::error::{Error, Result};

/// Shows the next object as a variant.
pub(super) fn visit<'i, 'de, L, V>(direct: &mut Direct<'i, L>, visitor: V) -> Result<V::Value>
where
    L: Lend<'i, 'de>,
    V: Visitor<'de>,
{
    if direct.reader.is_at_known() {
        return direct.read_known(|direct, visitor| visit(direct, visitor), visitor);
    }
    if direct.reader.peek() != EMPTY_DICT {
        let value = visitor.visit_enum(Variant { direct: &mut *direct, has_content: false });
        return direct.noted(value);
    }
    let (start, holder) = (direct.reader.at, direct.holder);
    direct.reader.at += 1;
    direct.reader.memoize(start);
    direct.within(|direct| {
        let mut walk = Walk::dict(holder);
        if !direct.reader.has_more(&mut walk) {
            return Err(direct.fail());
        }
        let value = visitor.visit_enum(Variant { direct: &mut *direct, has_content: true })?;
        if direct.reader.has_more(&mut walk) { Err(direct.fail()) } else { Ok(value) }
    })
}

struct Variant<'d, 'i, L> {
    direct: &'d mut Direct<'i, L>,
    has_content: bool,
}

impl<'i, 'de, L: Lend<'i, 'de>> EnumAccess<'de> for Variant<'_, 'i, L> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self)> {
        if self.direct.reader.look_at_text().is_none() {
            return Err(self.direct.fail());
        }
        let name = seed.deserialize(&mut *self.direct);
        Ok((self.direct.noted(name)?, self))
    }
}

impl<'d, 'i, L> Variant<'d, 'i, L> {
    /// What the variant holds, as a dict's value.
    fn content(self) -> Result<&'d mut Direct<'i, L>> {
        if !self.has_content {
            return Err(self.direct.fail());
        }
        self.direct.holder = Holder::Dict;
        Ok(self.direct)
    }
}

impl<'i, 'de, L: Lend<'i, 'de>> VariantAccess<'de> for Variant<'_, 'i, L> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        if self.has_content { <()>::deserialize(self.content()?) } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value> {
        self.content()?.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.content()?.deserialize_struct("", fields, visitor)
    }
}
