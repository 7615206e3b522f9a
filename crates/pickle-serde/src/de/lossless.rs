//! What the crate's own types read: all that there is of an object, or its class and its state.

use pickle_codec::value::{Handle, Object, Step, Value};
use serde_core::de::value::BytesDeserializer;
use serde_core::de::{
    self, DeserializeSeed, EnumAccess, IntoDeserializer, SeqAccess, Unexpected, VariantAccess, Visitor,
};

use super::context::Lend;
use super::enums::class_of;
use super::items::Items;
use super::node::Node;
use crate::error::{Error, Result};
use crate::owned::tag;
use crate::token;

/// What an instance, call or global takes in a [`Value`](crate::Value) beside its parts, in objects: boxes and vectors.
const OBJECT: usize = 16;

/// What a [`Value`](crate::Value) takes beyond the eight bytes that are paid for each item of any container. It is paid for
/// before there is room for the items.
const BEYOND: u64 = size_of::<crate::Value>() as u64 - 8;

/// What a dict or set takes in it beside its entries.
const TABLE: u64 = 32;

/// Shows an object to one of the crate's own types.
pub(crate) fn visit<'de, 'g, V, L>(node: Node<'_, 'g, L>, name: &'static str, visitor: V) -> Result<V::Value>
where
    V: Visitor<'de>,
    L: Lend<'g, 'de>,
{
    match name {
        token::VALUE => value(node, visitor),
        token::INSTANCE => instance(node, visitor),
        token::INT => int(node, visitor),
        _ => visitor.visit_newtype_struct(node),
    }
}

fn int<'de, 'g, V, L>(node: Node<'_, 'g, L>, visitor: V) -> Result<V::Value>
where
    V: Visitor<'de>,
    L: Lend<'g, 'de>,
{
    match node.value() {
        Value::BigInt(bytes) | Value::Long(bytes) => visitor.visit_bytes(bytes),
        _ => visitor.visit_newtype_struct(node),
    }
}

// What is within each other is read by calls of these, and unoptimised code has room for every arm of a match in its frame:
// so whatever looks at an object is a function of its own, which has come back by then.
fn value<'de, 'g, V, L>(node: Node<'_, 'g, L>, visitor: V) -> Result<V::Value>
where
    V: Visitor<'de>,
    L: Lend<'g, 'de>,
{
    use serde_core::Deserializer;
    charge(node)?;
    match tag_of(node) {
        Some(tag) => visitor.visit_enum(Tagged { node, tag }),
        None => node.deserialize_any(visitor),
    }
}

/// Pays for what a container takes.
fn charge<L>(node: Node<'_, '_, L>) -> Result<()> {
    let content = match node.value() {
        Value::List(slots) | Value::Tuple(slots) => BEYOND * slots.len() as u64,
        Value::Dict(slots) | Value::Set(slots) | Value::FrozenSet(slots) => TABLE + BEYOND * slots.len() as u64,
        _ => 0,
    };
    node.context.charge_bytes(content)
}

/// The number of the variant that an object is, if serde has no word for it.
fn tag_of<L>(node: Node<'_, '_, L>) -> Option<u8> {
    Some(match node.value() {
        Value::Text(text) if text.to_str().is_none() => tag::SURROGATES,
        Value::BigInt(bytes) | Value::Long(bytes) if bytes.len() > 8 => tag::INT,
        Value::ByteArray(_) => tag::BYTE_ARRAY,
        Value::List(_) => tag::LIST,
        Value::Tuple(_) => tag::TUPLE,
        Value::Set(_) => tag::SET,
        Value::FrozenSet(_) => tag::FROZEN_SET,
        Value::Complex(..) => tag::COMPLEX,
        Value::Range(_) => tag::RANGE,
        Value::Slice(_) => tag::SLICE,
        Value::Ellipsis => tag::ELLIPSIS,
        Value::NotImplemented => tag::NOT_IMPLEMENTED,
        Value::Object(_) => tag::OBJECT,
        _ => return None,
    })
}

/// An object that serde has no word for, as a variant with a number.
struct Tagged<'c, 'g, L> {
    node: Node<'c, 'g, L>,
    tag: u8,
}

impl<'c, 'g, 'de, L: Lend<'g, 'de>> EnumAccess<'de> for Tagged<'c, 'g, L> {
    type Error = Error;
    type Variant = Node<'c, 'g, L>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self::Variant)> {
        let tag: de::value::U8Deserializer<Error> = self.tag.into_deserializer();
        Ok((seed.deserialize(tag)?, self.node))
    }
}

impl<'c, 'g, 'de, L: Lend<'g, 'de>> VariantAccess<'de> for Node<'c, 'g, L> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        Ok(())
    }

    /// Its bytes.
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        let bytes = match self.value() {
            Value::Text(text) => text.as_bytes(),
            Value::BigInt(bytes) | Value::Long(bytes) | Value::ByteArray(bytes) => bytes,
            _ => &[],
        };
        self.context.charge_bytes(bytes.len() as u64)?;
        seed.deserialize(BytesDeserializer::<Error>::new(bytes))
    }

    /// Its items, or its parts.
    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value> {
        let node = self.entered()?;
        match content(node)? {
            Content::Parts(parts) => visitor.visit_seq(Parts { node, parts: parts.into_iter() }),
            Content::Floats(floats) => super::items::visit(floats.into_iter(), visitor),
            Content::Items(slots) => {
                let mut items = Items::new(node, slots);
                let value = visitor.visit_seq(&mut items)?;
                items.finish(value)
            }
        }
    }

    fn struct_variant<V: Visitor<'de>>(self, _fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.tuple_variant(0, visitor)
    }
}

#[derive(Clone, Copy)]
enum Part {
    Number(u8),
    Object(Handle),
}

/// What a variant has within.
enum Content<'g> {
    Parts(Vec<Part>),
    Floats([f64; 2]),
    Items(&'g [Handle]),
}

/// What a variant has within, paid for.
fn content<'g, L>(node: Node<'_, 'g, L>) -> Result<Content<'g>> {
    Ok(match node.value() {
        Value::Object(object) => {
            let parts = parts(&object);
            node.context.charge_objects(OBJECT + parts.len())?;
            node.context.charge_bytes(BEYOND * parts.len() as u64)?;
            Content::Parts(parts)
        }
        Value::Complex(real, imaginary) => Content::Floats([real, imaginary]),
        value => {
            let slots = super::object::slots_of(value);
            node.context.charge_objects(slots.len())?;
            Content::Items(slots)
        }
    })
}

/// Its kind, its fields, and what was done to it: each step a number with what belongs to it.
fn parts(object: &Object<'_>) -> Vec<Part> {
    let part = |view: pickle_codec::value::View<'_>| Part::Object(view.handle().unwrap_or(Handle::NONE));
    let mut parts = Vec::with_capacity(1 + object.fields().len() + 2 * object.steps().size_hint().0);
    parts.push(Part::Number(tag::kind_number(object.kind())));
    parts.extend(object.fields().iter().map(|&field| Part::Object(field)));
    for step in object.steps() {
        match step {
            Step::State(state) => parts.extend([Part::Number(tag::STATE), part(state)]),
            Step::StateBy(setter, state) => parts.extend([Part::Number(tag::STATE_BY), part(setter), part(state)]),
            Step::Append(items) => parts.extend([Part::Number(tag::APPEND), part(items)]),
            Step::Assign(pairs) => parts.extend([Part::Number(tag::ASSIGN), part(pairs)]),
            Step::Add(items) => parts.extend([Part::Number(tag::ADD), part(items)]),
        }
    }
    parts
}

struct Parts<'c, 'g, L> {
    node: Node<'c, 'g, L>,
    parts: std::vec::IntoIter<Part>,
}

impl<'de, 'g, L: Lend<'g, 'de>> SeqAccess<'de> for Parts<'_, 'g, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        match self.parts.next() {
            None => Ok(None),
            Some(Part::Number(number)) => {
                let number: de::value::U8Deserializer<Error> = number.into_deserializer();
                seed.deserialize(number).map(Some)
            }
            Some(Part::Object(object)) => seed.deserialize(self.node.beside(object)).map(Some),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.parts.len())
    }
}

/// The class and the state of an instance.
fn instance<'de, 'g, V, L>(node: Node<'_, 'g, L>, visitor: V) -> Result<V::Value>
where
    V: Visitor<'de>,
    L: Lend<'g, 'de>,
{
    match class_of(node.view()) {
        Some(class) => visitor.visit_seq(ClassAndState { class: Some(class), node: Some(node) }),
        None => Err(de::Error::invalid_type(Unexpected::Other(node.view().kind().type_name()), &"an instance")),
    }
}

struct ClassAndState<'c, 'g, L> {
    class: Option<String>,
    node: Option<Node<'c, 'g, L>>,
}

impl<'de, 'g, L: Lend<'g, 'de>> SeqAccess<'de> for ClassAndState<'_, 'g, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if let Some(class) = self.class.take() {
            return seed.deserialize(IntoDeserializer::<Error>::into_deserializer(class)).map(Some);
        }
        self.node.take().map(|node| seed.deserialize(node)).transpose()
    }
}
