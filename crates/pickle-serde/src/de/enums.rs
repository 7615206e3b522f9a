//! Enums: `'Variant'`, `{'Variant': content}`, `('Variant', content)`, and instances by the name of their class.

use pickle_codec::value::{Handle, ObjectKind, Value, View};
use serde_core::de::value::StrDeserializer;
use serde_core::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, Unexpected, VariantAccess, Visitor,
};

use super::context::Lend;
use super::node::Node;
use super::object;
use crate::error::{Error, Result, Step};
use crate::token;

/// Shows an object as a variant.
pub(crate) fn visit<'de, 'g, V, L>(
    node: Node<'_, 'g, L>,
    variants: &'static [&'static str],
    visitor: V,
) -> Result<V::Value>
where
    V: Visitor<'de>,
    L: Lend<'g, 'de>,
{
    let (name, content) = match node.value() {
        Value::Text(_) | Value::ByteString(_) | Value::Bytes(_) => (Name::Object(node), None),
        Value::Dict(&[name, content]) | Value::Tuple(&[name, content]) | Value::List(&[name, content]) => {
            let inner = node.entered()?;
            (Name::Object(inner.beside(name)), Some(inner.beside(content)))
        }
        Value::Tuple(&[name]) | Value::List(&[name]) => (Name::Object(node.instead(name)?), None),
        Value::Object(object) => {
            // By its name, as `enum.pickle_by_enum_name` has it, and some releases of Python 3.11.
            if let Some(name) = member_variant(node.view(), variants) {
                return visitor.visit_enum(Variant { node, name: Name::Class(name), content: None });
            }
            if let Some(name) = class_variant(object.callable(), variants) {
                return visitor.visit_enum(Variant { node, name: Name::Class(name), content: Some(node) });
            }
            if let Some(name) = object::value_of(node.view(), &object, object::TEXT) {
                return visit(node.instead(name)?, variants, visitor);
            }
            // A member of an enum is pickled as a call with its value.
            match (object.kind(), object.args().value()) {
                (ObjectKind::Call, Some(Value::Tuple(&[value]))) => {
                    return visit(node.instead(value)?, variants, visitor);
                }
                _ => return Err(unexpected(node.view(), &visitor)),
            }
        }
        _ => return Err(unexpected(node.view(), &visitor)),
    };
    visitor.visit_enum(Variant { node, name, content })
}

#[cold]
fn unexpected(view: View<'_>, visitor: &dyn de::Expected) -> Error {
    let found = match view.kind() {
        pickle_codec::value::Kind::Dict => format!("dict of {} entries", view.len().unwrap_or(0)),
        kind => kind.type_name().into(),
    };
    de::Error::invalid_type(Unexpected::Other(&found), visitor)
}

/// The variant that has the name of a class, with its module or without.
fn class_variant(class: View<'_>, variants: &'static [&'static str]) -> Option<&'static str> {
    let (module, name) = class.as_global()?;
    let is_it = |variant: &&&str| match variant.rsplit_once('.') {
        _ if **variant == name => true,
        Some((before, last)) => before == module && last == name,
        None => false,
    };
    variants.iter().find(is_it).copied()
}

/// The variant that has the name of a member: `getattr(Enum, 'MEMBER')`, which a pickle may have as a global.
fn member_variant(member: View<'_>, variants: &'static [&'static str]) -> Option<&'static str> {
    let member = match member.as_global() {
        Some((_, name)) => name.rsplit_once('.')?.1,
        None => {
            let call =
                member.as_object().filter(|call| call.callable().as_global() == Some(("builtins", "getattr")))?;
            call.args().get(0).as_global()?;
            call.args().get(1).as_str()?
        }
    };
    variants.iter().find(|&&variant| variant == member).copied()
}

struct Variant<'c, 'g, L> {
    node: Node<'c, 'g, L>,
    name: Name<'c, 'g, L>,
    content: Option<Node<'c, 'g, L>>,
}

enum Name<'c, 'g, L> {
    Object(Node<'c, 'g, L>),
    Class(&'static str),
}

impl<'c, 'g, 'de, L: Lend<'g, 'de>> EnumAccess<'de> for Variant<'c, 'g, L> {
    type Error = Error;
    type Variant = Content<'c, 'g, L>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self::Variant)> {
        match self.name {
            Name::Class(name) => {
                let name: StrDeserializer<'_, Error> = name.into_deserializer();
                Ok((seed.deserialize(name)?, Content { holder: None, node: self.content }))
            }
            Name::Object(name) => {
                let content = Content { holder: Some((self.node, name.handle)), node: self.content };
                match name.value() {
                    Value::Text(_) | Value::ByteString(_) | Value::Bytes(_) => Ok((seed.deserialize(name)?, content)),
                    _ => Err(de::Error::invalid_type(
                        Unexpected::Other(name.view().kind().type_name()),
                        &"the name of a variant",
                    )),
                }
            }
        }
    }
}

/// What a variant holds.
struct Content<'c, 'g, L> {
    /// The dict or tuple that it is the second item of, and the variant's name.
    holder: Option<(Node<'c, 'g, L>, Handle)>,
    node: Option<Node<'c, 'g, L>>,
}

impl<'c, 'g, L> Content<'c, 'g, L> {
    #[inline(always)]
    fn read<T>(self, expected: &str, read: impl FnOnce(Node<'c, 'g, L>) -> Result<T>) -> Result<T> {
        let Some(node) = self.node else {
            return Err(de::Error::invalid_type(Unexpected::UnitVariant, &expected));
        };
        match (read(node), self.holder) {
            (Err(error), Some((holder, name))) => Err(inside(holder, name, node.handle, error)),
            (read, _) => read,
        }
    }
}

#[cold]
fn inside<L>(holder: Node<'_, '_, L>, name: Handle, content: Handle, error: Error) -> Error {
    let step = match (holder.value(), holder.context.view(name).as_str()) {
        (Value::Dict(_), Some(name)) => Step::Name(name.into()),
        _ => Step::Index(1),
    };
    error.spotted(Some(holder.handle), 1, content).within(step)
}

impl<'c, 'g, 'de, L: Lend<'g, 'de>> VariantAccess<'de> for Content<'c, 'g, L> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        match self.node {
            None => Ok(()),
            // An instance without attributes has no more to say than its class.
            Some(node) if matches!(node.value(), Value::Object(_)) => Ok(()),
            Some(_) => self.read("unit", serde_core::de::Deserialize::deserialize),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        let is_by_class = self.holder.is_none();
        self.read("newtype variant", |node| {
            if is_by_class { seed.deserialize(Instance(node)) } else { seed.deserialize(node) }
        })
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value> {
        self.read("tuple variant", |node| node.deserialize_seq(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.read("struct variant", |node| node.deserialize_struct("", fields, visitor))
    }
}

/// An instance as what the variant holds that has the name of its class. It is no enum again, boxed perhaps: that would be the
/// same variant, which holds the same instance, without end.
struct Instance<'c, 'g, L>(Node<'c, 'g, L>);

macro_rules! as_the_object {
    ($($method:ident($($name:ident: $type:ty),*))*) => {
        $(
            fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value> {
                self.0.$method($($name,)* visitor)
            }
        )*
    };
}

impl<'c, 'g, 'de, L: Lend<'g, 'de>> Deserializer<'de> for Instance<'c, 'g, L> {
    type Error = Error;

    as_the_object! {
        deserialize_any() deserialize_bool() deserialize_char() deserialize_str() deserialize_string()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_bytes() deserialize_byte_buf()
        deserialize_unit() deserialize_unit_struct(name: &'static str)
        deserialize_seq() deserialize_tuple(len: usize) deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_map() deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_identifier() deserialize_ignored_any()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if token::is_token(name) {
            return self.0.deserialize_newtype_struct(name, visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        Err(unexpected(self.0.view(), &visitor))
    }
}

/// An object's class, where it has one: for those who read it by that.
pub(crate) fn class_of(view: View<'_>) -> Option<String> {
    object::class_name(view.as_object()?.callable())
}
