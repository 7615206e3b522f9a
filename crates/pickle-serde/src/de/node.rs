//! [`Node`]: an object of a graph as serde's `Deserializer`.

use pickle_codec::value::stdlib::ArrayValue;
use pickle_codec::value::{Handle, Inline, Kind, ObjectKind, Value, View};
use serde_core::de::{self, Deserializer, IntoDeserializer, Unexpected, Visitor};
use serde_core::forward_to_deserialize_any;

use super::context::{Context, Lend};
use super::entries::{self, Entries};
use super::enums;
use super::items::{self, Items};
use super::lossless;
use super::object::{self, Form};
use crate::error::{Error, Result};
use crate::token;

/// An object of a graph, to be read.
pub(crate) struct Node<'c, 'g, L> {
    pub(crate) context: &'c Context<'g, L>,
    pub(crate) handle: Handle,
    /// How many levels may still follow.
    pub(crate) depth: u32,
}

impl<L> Clone for Node<'_, '_, L> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Node<'_, '_, L> {}

/// The longest int beyond 128 bits that is given as decimal digits, in bytes: Python's own limit is 4,300 digits. The time
/// grows with the square.
const MAX_DECIMAL: usize = 1785;
/// More bytes than any int has that a float is near to.
const MAX_FLOAT: usize = 130;

impl<'c, 'g, L> Node<'c, 'g, L> {
    pub(crate) fn view(self) -> View<'g> {
        self.context.view(self.handle)
    }

    #[inline(always)]
    pub(crate) fn value(self) -> Value<'g> {
        self.context.value(self.handle)
    }

    /// Another object on the same level.
    #[inline(always)]
    pub(crate) fn beside(self, handle: Handle) -> Node<'c, 'g, L> {
        Node { handle, ..self }
    }

    /// The same object with a level less below it.
    #[inline(always)]
    pub(crate) fn entered(self) -> Result<Node<'c, 'g, L>> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Node { depth, ..self }),
            None => Err(self.context.too_deep(self.handle)),
        }
    }

    /// Another object, which stands for this one: a level deeper, since there may be a circle of such.
    #[inline(always)]
    pub(crate) fn instead(self, handle: Handle) -> Result<Node<'c, 'g, L>> {
        Ok(self.entered()?.beside(handle))
    }
}

impl<'c, 'g, 'de, L: Lend<'g, 'de>> Node<'c, 'g, L> {
    /// Text, borrowed where that is possible; what it is not is said by `otherwise`.
    #[inline(always)]
    fn visit_utf8<V: Visitor<'de>>(
        self,
        bytes: &'g [u8],
        visitor: V,
        otherwise: impl FnOnce(Self, &'g [u8], V) -> Result<V::Value>,
    ) -> Result<V::Value> {
        if let Some(lent) = self.context.lend.lend(bytes)
            && let Ok(text) = std::str::from_utf8(lent)
        {
            self.context.charge_bytes(bytes.len() as u64)?;
            return visitor.visit_borrowed_str(text);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                self.context.charge_bytes(bytes.len() as u64)?;
                visitor.visit_str(text)
            }
            Err(_) => otherwise(self, bytes, visitor),
        }
    }

    #[inline(always)]
    fn visit_text<V: Visitor<'de>>(self, bytes: &'g [u8], visitor: V) -> Result<V::Value> {
        self.visit_utf8(bytes, visitor, |_, _, visitor| {
            Err(de::Error::invalid_value(Unexpected::Other("a str with lone surrogates"), &visitor))
        })
    }

    fn visit_bytes<V: Visitor<'de>>(self, bytes: &'g [u8], visitor: V) -> Result<V::Value> {
        self.context.charge_bytes(bytes.len() as u64)?;
        match self.context.lend.lend(bytes) {
            Some(lent) => visitor.visit_borrowed_bytes(lent),
            None => visitor.visit_bytes(bytes),
        }
    }

    #[inline(always)]
    fn visit_items<V: Visitor<'de>>(self, slots: &[Handle], visitor: V) -> Result<V::Value> {
        let node = self.entered()?;
        self.context.charge_objects(slots.len())?;
        let mut items = Items::new(node, slots);
        let value = visitor.visit_seq(&mut items)?;
        items.finish(value)
    }

    #[inline(always)]
    fn visit_entries<V: Visitor<'de>>(self, slots: &[Handle], fields: bool, visitor: V) -> Result<V::Value> {
        let node = self.entered()?;
        self.context.charge_objects(slots.len())?;
        let mut entries = Entries::new(node, slots, fields);
        let value = visitor.visit_map(&mut entries)?;
        entries.finish(value)
    }

    /// An int beyond 48 bits, or of Python 2's `long`.
    #[cold]
    fn visit_large_int<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let view = self.view();
        if let Some(value) = view.as_i64() {
            return visitor.visit_i64(value);
        }
        if let Some(value) = view.as_u64() {
            return visitor.visit_u64(value);
        }
        if let Some(value) = view.as_i128() {
            return visitor.visit_i128(value);
        }
        let bytes = view.int_bytes().unwrap_or_default();
        if bytes.len() > MAX_DECIMAL {
            let bits = format!("int of {} bits", bytes.len() * 8);
            return Err(de::Error::invalid_type(Unexpected::Other(&bits), &visitor));
        }
        let value = view.as_bigint().unwrap_or_default();
        match u128::try_from(&value) {
            Ok(value) => visitor.visit_u128(value),
            Err(_) => visitor.visit_string(value.to_string()),
        }
    }

    /// A float, of a large int too.
    fn visit_float<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value() {
            Value::Int(value) => visitor.visit_f64(value as f64),
            Value::BigInt(bytes) | Value::Long(bytes) if bytes.len() <= MAX_FLOAT => {
                match self.view().as_f64().filter(|value| value.is_finite()) {
                    Some(value) => visitor.visit_f64(value),
                    None => Err(Error::data("int too large to convert to float")),
                }
            }
            Value::Object(_) => match self.view().as_timedelta() {
                Some(delta) => visitor.visit_f64(crate::standard::total_seconds(delta)),
                None => match self.derived_from(object::NUMBER)? {
                    Some(value) => value.visit_float(visitor),
                    None => self.deserialize_any(visitor),
                },
            },
            _ => self.deserialize_any(visitor),
        }
    }

    /// The value of one of these kinds that an instance of a class derived from a builtin is; its attributes are beside it.
    #[cold]
    fn derived_from(self, kinds: &[Kind]) -> Result<Option<Self>> {
        let Value::Object(object) = self.value() else { return Ok(None) };
        match object::value_of(self.view(), &object, kinds) {
            Some(value) => self.instead(value).map(Some),
            None => Ok(None),
        }
    }

    /// What is no builtin, where one of these kinds is asked for.
    #[cold]
    fn visit_derived<V: Visitor<'de>>(self, kinds: &[Kind], visitor: V) -> Result<V::Value> {
        self.derived_from(kinds)?.unwrap_or(self).deserialize_any(visitor)
    }

    /// An object in whatever form it has.
    pub(crate) fn visit_form<V: Visitor<'de>>(self, form: Form<'g>, visitor: V) -> Result<V::Value> {
        match form {
            Form::Same(handle) => self.instead(handle)?.deserialize_any(visitor),
            Form::Text(text) => visitor.visit_string(text),
            Form::Items(slots) => self.visit_items(&slots, visitor),
            Form::Arguments(holder, slots) => self.beside(holder).visit_items(slots, visitor),
            Form::Entries(slots) => self.visit_entries(&slots, false, visitor),
            Form::Attributes { class, holder, slots } => {
                self.beside(holder).visit_attributes(class, &slots, false, visitor)
            }
            Form::Array(array) => {
                self.context.charge_objects(array.len())?;
                items::visit(array.values().map(items::ArrayItem), visitor)
            }
            Form::Bytes(bytes) => self.visit_bytes(bytes, visitor),
        }
    }

    fn visit_attributes<V: Visitor<'de>>(
        self,
        class: Option<String>,
        slots: &[Handle],
        fields: bool,
        visitor: V,
    ) -> Result<V::Value> {
        let node = self.entered()?;
        self.context.charge_objects(slots.len())?;
        let mut entries = Entries::new(node, slots, fields);
        if let (Some(key), Some(class)) = (&self.context.class_key, class) {
            entries = entries.with_class(key, class);
        }
        let value = visitor.visit_map(&mut entries)?;
        entries.finish(value)
    }

    fn visit_range<V: Visitor<'de>>(self, parts: &[Handle], visitor: V) -> Result<V::Value> {
        let parts: Vec<Option<i128>> = parts.iter().map(|&part| self.context.view(part).as_i128()).collect();
        let [Some(start), Some(stop), Some(step)] = parts[..] else {
            return Err(Error::data("a range of ints beyond 128 bits"));
        };
        let ints = items::RangeItems::new(start, stop, step);
        self.context.charge_objects(ints.len())?;
        items::visit(ints.map(|value| items::ArrayItem(ArrayValue::Int(value))), visitor)
    }
}

/// Ints that a handle holds itself, which asks no graph.
macro_rules! inline_ints {
    ($($method:ident)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                match self.handle.inline() {
                    Inline::Int(value) => visitor.visit_i64(value),
                    _ => self.visit_derived(object::INT, visitor),
                }
            }
        )*
    };
}

impl<'c, 'g, 'de, L: Lend<'g, 'de>> Deserializer<'de> for Node<'c, 'g, L> {
    type Error = Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value() {
            Value::None => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Int(value) => visitor.visit_i64(value),
            Value::Float(value) => visitor.visit_f64(value),
            Value::Text(text) => self.visit_text(text.as_bytes(), visitor),
            Value::ByteString(bytes) => self.visit_utf8(bytes, visitor, Self::visit_bytes),
            Value::Bytes(bytes) | Value::ByteArray(bytes) => self.visit_bytes(bytes, visitor),
            Value::List(slots) | Value::Tuple(slots) | Value::Set(slots) | Value::FrozenSet(slots) => {
                self.visit_items(slots, visitor)
            }
            Value::Dict(slots) => self.visit_entries(slots, false, visitor),
            Value::BigInt(_) | Value::Long(_) => self.visit_large_int(visitor),
            Value::Complex(real, imaginary) => items::visit([real, imaginary].into_iter(), visitor),
            Value::Slice(slots) => self.visit_items(slots, visitor),
            Value::Range(parts) => self.visit_range(parts, visitor),
            Value::Object(object) => {
                let form = object::form(self.view(), &object)?;
                self.visit_form(form, visitor)
            }
            _ => {
                let name = self.view().to_string();
                Err(de::Error::invalid_type(Unexpected::Other(&name), &visitor))
            }
        }
    }

    #[inline]
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.handle.inline() {
            Inline::Float(value) => visitor.visit_f64(value),
            _ => self.visit_float(visitor),
        }
    }

    #[inline]
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value() {
            Value::Text(text) => self.visit_text(text.as_bytes(), visitor),
            _ => self.visit_derived(object::TEXT, visitor),
        }
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value() {
            Value::ByteString(bytes) => self.visit_bytes(bytes, visitor),
            Value::Object(_) => match self.derived_from(object::BYTES)? {
                Some(value) => value.deserialize_bytes(visitor),
                None => self.deserialize_any(visitor),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.handle == Handle::NONE { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value() {
            Value::Tuple([]) => visitor.visit_unit(),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if token::is_token(name) {
            return lossless::visit(self, name, visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value() {
            Value::List(slots) | Value::Tuple(slots) => self.visit_items(slots, visitor),
            // So that a `Vec<u8>` or an array can be read.
            Value::Bytes(bytes) | Value::ByteArray(bytes) | Value::ByteString(bytes) => {
                self.context.charge_objects(bytes.len())?;
                items::visit(bytes.iter().copied(), visitor)
            }
            Value::Object(_) => match self.derived_from(object::ITEMS)? {
                Some(value) => value.deserialize_seq(visitor),
                None => self.deserialize_any(visitor),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        match self.value() {
            // A named tuple of one field, more likely.
            Value::Object(_) if len == 1 => self.deserialize_any(visitor),
            _ => self.deserialize_seq(visitor),
        }
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value() {
            Value::Dict(slots) => self.visit_entries(slots, false, visitor),
            Value::Object(object) => {
                if object.kind() == ObjectKind::Reconstructed
                    && let Some(value) = self.derived_from(object::DICT)?
                {
                    return value.deserialize_map(visitor);
                }
                let form = object::form(self.view(), &object)?;
                match form {
                    Form::Same(handle) => self.instead(handle)?.deserialize_map(visitor),
                    form => self.visit_form(form, visitor),
                }
            }
            _ => self.deserialize_any(visitor),
        }
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.value() {
            Value::Dict(slots) => self.visit_entries(slots, true, visitor),
            Value::Object(object) => {
                if let Some(pairs) = crate::standard::duration_fields(name, self.view()) {
                    return entries::visit(pairs.into_iter(), visitor);
                }
                let form = object::form(self.view(), &object)?;
                match form {
                    Form::Same(handle) => self.instead(handle)?.deserialize_struct(name, fields, visitor),
                    Form::Attributes { class, holder, slots } => {
                        self.beside(holder).visit_attributes(class, &slots, true, visitor)
                    }
                    Form::Entries(slots) => self.visit_entries(&slots, true, visitor),
                    form => self.visit_form(form, visitor),
                }
            }
            Value::Range(parts) | Value::Slice(parts) if name.starts_with("Range") => {
                entries::visit_range(self, parts, visitor)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        enums::visit(self, variants, visitor)
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    inline_ints! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.visit_derived(object::INT, visitor)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.visit_derived(object::INT, visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.visit_derived(object::TEXT, visitor)
    }

    forward_to_deserialize_any! { bool }
}

impl<'c, 'g, 'de, L: Lend<'g, 'de>> IntoDeserializer<'de, Error> for Node<'c, 'g, L> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
