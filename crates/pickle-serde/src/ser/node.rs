//! [`Node`]: an object in the making as serde's `Serializer`.

use std::marker::PhantomData;

use pickle_codec::value::{Builder, Handle};
use serde_core::{Serialize, Serializer};

use super::compound::{Compound, Shape};
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::{standard, token};

/// Where an object goes once it is made.
pub trait Target<'o>: Sized {
    /// What comes of it.
    type Ok;
    /// What it is made with.
    fn writer(&mut self) -> &mut Writer<'o>;
    /// Takes it.
    fn done(self, object: Handle) -> Result<Self::Ok>;
}

/// An object within another: whoever asked for it puts it there.
impl<'o> Target<'o> for &mut Writer<'o> {
    type Ok = Handle;

    #[inline(always)]
    fn writer(&mut self) -> &mut Writer<'o> {
        self
    }

    #[inline(always)]
    fn done(self, object: Handle) -> Result<Handle> {
        Ok(object)
    }
}

/// An object that is to be made.
pub(crate) struct Node<'o, T> {
    target: T,
    /// What the crate's own types say that it is.
    token: Option<&'static str>,
    writer: PhantomData<&'o ()>,
}

impl<'o, T: Target<'o>> Node<'o, T> {
    #[inline(always)]
    pub(crate) fn new(target: T) -> Node<'o, T> {
        Node { target, token: None, writer: PhantomData }
    }

    #[inline(always)]
    fn make(
        mut self,
        make: impl FnOnce(&mut Builder<'static>) -> std::result::Result<Handle, pickle_codec::value::Error>,
    ) -> Result<T::Ok> {
        let object = make(&mut self.target.writer().builder)?;
        self.target.done(object)
    }

    #[inline(always)]
    fn int(self, value: i64) -> Result<T::Ok> {
        self.make(|builder| builder.int(value))
    }

    #[inline(always)]
    fn open(mut self, shape: Shape) -> Compound<'o, T> {
        let start = self.target.writer().stack.len();
        Compound::new(self.target, start, shape)
    }

    /// A variant that holds one object.
    fn variant(
        mut self,
        variant: &'static str,
        content: impl FnOnce(&mut Writer<'o>) -> Result<Handle>,
    ) -> Result<T::Ok> {
        let writer = self.target.writer();
        let name = writer.name(variant)?;
        let content = content(writer)?;
        let object = writer.variant(name, content)?;
        self.target.done(object)
    }
}

impl Writer<'_> {
    /// `{'Variant': content}` or `('Variant', content)`.
    pub(crate) fn variant(&mut self, name: Handle, content: Handle) -> Result<Handle> {
        let pair = [name, content];
        Ok(if self.options.enum_tuples { self.builder.tuple(&pair)? } else { self.builder.dict(&pair)? })
    }
}

impl<'o, T: Target<'o>> Serializer for Node<'o, T> {
    type Ok = T::Ok;
    type Error = Error;
    type SerializeSeq = Compound<'o, T>;
    type SerializeTuple = Compound<'o, T>;
    type SerializeTupleStruct = Compound<'o, T>;
    type SerializeTupleVariant = Compound<'o, T>;
    type SerializeMap = Compound<'o, T>;
    type SerializeStruct = Compound<'o, T>;
    type SerializeStructVariant = Compound<'o, T>;

    small_ints!(T::Ok);

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<T::Ok> {
        self.make(|builder| Ok(builder.bool(value)))
    }

    fn serialize_u64(self, value: u64) -> Result<T::Ok> {
        match i64::try_from(value) {
            Ok(value) => self.serialize_i64(value),
            Err(_) => self.serialize_u128(value.into()),
        }
    }

    fn serialize_i128(self, value: i128) -> Result<T::Ok> {
        self.make(|builder| builder.int_from_le_bytes(&value.to_le_bytes()))
    }

    fn serialize_u128(self, value: u128) -> Result<T::Ok> {
        // A byte more, for the sign.
        let mut bytes = [0; 17];
        bytes[..16].copy_from_slice(&value.to_le_bytes());
        self.make(|builder| builder.int_from_le_bytes(&bytes))
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<T::Ok> {
        self.serialize_f64(value.into())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<T::Ok> {
        self.make(|builder| builder.float(value))
    }

    fn serialize_char(self, value: char) -> Result<T::Ok> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(mut self, value: &str) -> Result<T::Ok> {
        let writer = self.target.writer();
        let object = match self.token {
            None => writer.text(value)?,
            Some(token) => match standard::build(&mut writer.builder, token, value)? {
                Some(object) => object,
                None => writer.text(value)?,
            },
        };
        self.target.done(object)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<T::Ok> {
        let token = self.token;
        self.make(|builder| match token {
            Some(token::INT) => builder.int_from_le_bytes(value),
            Some(token::BYTE_ARRAY) => builder.byte_array(value),
            Some(token::SURROGATES) => builder.text_from_utf8(value),
            _ => builder.bytes(value),
        })
    }

    #[inline]
    fn serialize_none(self) -> Result<T::Ok> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<V: Serialize + ?Sized>(self, value: &V) -> Result<T::Ok> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<T::Ok> {
        let token = self.token;
        self.make(|builder| match token {
            Some(token::ELLIPSIS) => Ok(builder.ellipsis()),
            Some(token::NOT_IMPLEMENTED) => Ok(builder.not_implemented()),
            _ => Ok(builder.none()),
        })
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<T::Ok> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(mut self, _name: &'static str, _index: u32, variant: &'static str) -> Result<T::Ok> {
        let writer = self.target.writer();
        let name = writer.name(variant)?;
        let object = if writer.options.enum_tuples { writer.builder.tuple(&[name])? } else { name };
        self.target.done(object)
    }

    #[inline]
    fn serialize_newtype_struct<V: Serialize + ?Sized>(mut self, name: &'static str, value: &V) -> Result<T::Ok> {
        self.token = token::is_token(name).then_some(name);
        value.serialize(self)
    }

    fn serialize_newtype_variant<V: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &V,
    ) -> Result<T::Ok> {
        self.variant(variant, |writer| value.serialize(Node::new(writer)))
    }

    #[inline]
    fn serialize_seq(self, _len: Option<usize>) -> Result<Compound<'o, T>> {
        let shape = self.token.map_or(Shape::List, Shape::Token);
        Ok(self.open(shape))
    }

    #[inline]
    fn serialize_tuple(self, _len: usize) -> Result<Compound<'o, T>> {
        let shape = self.token.map_or(Shape::Tuple, Shape::Token);
        Ok(self.open(shape))
    }

    #[inline]
    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<Compound<'o, T>> {
        self.serialize_tuple(len)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Compound<'o, T>> {
        Ok(self.open(Shape::TupleVariant(variant)))
    }

    #[inline]
    fn serialize_map(self, _len: Option<usize>) -> Result<Compound<'o, T>> {
        Ok(self.open(Shape::Map))
    }

    #[inline]
    fn serialize_struct(self, name: &'static str, _len: usize) -> Result<Compound<'o, T>> {
        Ok(self.open(Shape::Struct(name)))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Compound<'o, T>> {
        Ok(self.open(Shape::StructVariant(variant)))
    }
}
