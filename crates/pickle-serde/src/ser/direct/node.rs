//! [`Node`]: an object that is about to be written, as serde's `Serializer`.

use std::marker::PhantomData;

use serde_core::ser::SerializeSeq;
use serde_core::{Serialize, Serializer};

use super::Direct;
use super::compound::{Entries, Fields, InVariant, Items, OpenVariant, TupleItems};
use crate::error::{Error, Result};
use crate::token;

/// An object that is about to be written.
pub(super) struct Node<'d, R> {
    direct: &'d mut Direct,
    role: PhantomData<R>,
}

/// What it is to be.
pub(super) trait Role {
    /// The key of a map.
    const IS_KEY: bool = false;
    /// A tuple, if it is a sequence.
    const IS_TUPLE: bool = false;
    /// The items of a sequence.
    type Seq<'d>: SerializeSeq<Ok = (), Error = Error>;

    fn begin_seq(direct: &mut Direct, length: Option<usize>) -> Result<Self::Seq<'_>>;
}

pub(super) struct Value;
pub(super) struct Key;
pub(super) struct Tuple;

impl Role for Value {
    type Seq<'d> = Items<'d>;

    #[inline(always)]
    fn begin_seq(direct: &mut Direct, length: Option<usize>) -> Result<Items<'_>> {
        let open = direct.encoder.begin_list(length);
        Ok(Items::new(direct, open))
    }
}

impl Role for Key {
    const IS_KEY: bool = true;
    type Seq<'d> = Items<'d>;

    fn begin_seq(direct: &mut Direct, _length: Option<usize>) -> Result<Items<'_>> {
        Err(direct.give_up())
    }
}

impl Role for Tuple {
    const IS_TUPLE: bool = true;
    type Seq<'d> = TupleItems<'d>;

    fn begin_seq(direct: &mut Direct, length: Option<usize>) -> Result<TupleItems<'_>> {
        match length {
            Some(length) => {
                let open = direct.encoder.begin_tuple(length);
                Ok(TupleItems::new(direct, open))
            }
            None => Err(direct.give_up()),
        }
    }
}

impl<'d> Node<'d, Value> {
    #[inline(always)]
    pub(super) fn value(direct: &'d mut Direct) -> Self {
        Node { direct, role: PhantomData }
    }
}

impl<'d> Node<'d, Key> {
    #[inline(always)]
    pub(super) fn key(direct: &'d mut Direct) -> Self {
        Node { direct, role: PhantomData }
    }
}

impl<'d, R: Role> Node<'d, R> {
    #[inline(always)]
    fn int(self, value: i64) -> Result<()> {
        if R::IS_KEY {
            self.direct.note_key(&i128::from(value));
        }
        self.direct.encoder.int(value);
        Ok(())
    }

    /// Containers and floats are no keys here.
    #[inline(always)]
    fn no_key(self) -> Result<&'d mut Direct> {
        if R::IS_KEY { Err(self.direct.give_up()) } else { Ok(self.direct) }
    }

    #[inline(always)]
    fn tuple(self, length: usize) -> Result<TupleItems<'d>> {
        let direct = self.no_key()?;
        let open = direct.encoder.begin_tuple(length);
        Ok(TupleItems::new(direct, open))
    }

    /// The beginning of `{'Variant': content}` or `('Variant', content)`.
    fn begin_variant(self, variant: &'static str) -> Result<(&'d mut Direct, OpenVariant)> {
        let direct = self.no_key()?;
        if direct.enum_tuples {
            let mut open = direct.encoder.begin_tuple(2);
            open.item();
            direct.write_name(variant);
            open.item();
            return Ok((direct, OpenVariant::Tuple(open)));
        }
        let mut open = direct.encoder.begin_dict(Some(1));
        direct.encoder.item(&mut open);
        direct.write_name(variant);
        Ok((direct, OpenVariant::Dict(open)))
    }
}

impl<'d, R: Role> Serializer for Node<'d, R> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = R::Seq<'d>;
    type SerializeTuple = TupleItems<'d>;
    type SerializeTupleStruct = TupleItems<'d>;
    type SerializeTupleVariant = InVariant<TupleItems<'d>>;
    type SerializeMap = Entries<'d>;
    type SerializeStruct = Fields<'d>;
    type SerializeStructVariant = InVariant<Fields<'d>>;

    small_ints!(());

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<()> {
        if R::IS_KEY {
            self.direct.note_key(&i128::from(value));
        }
        self.direct.encoder.bool(value);
        Ok(())
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<()> {
        match i64::try_from(value) {
            Ok(value) => self.int(value),
            Err(_) => self.serialize_i128(value.into()),
        }
    }

    fn serialize_i128(self, value: i128) -> Result<()> {
        if R::IS_KEY {
            self.direct.note_key(&value);
        }
        self.direct.encoder.int_from_le_bytes(&value.to_le_bytes());
        Ok(())
    }

    fn serialize_u128(self, value: u128) -> Result<()> {
        if let Ok(value) = i128::try_from(value) {
            return self.serialize_i128(value);
        }
        // A byte more, for the sign.
        let mut bytes = [0; 17];
        bytes[..16].copy_from_slice(&value.to_le_bytes());
        self.no_key()?.encoder.int_from_le_bytes(&bytes);
        Ok(())
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<()> {
        self.serialize_f64(value.into())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<()> {
        self.no_key()?.encoder.float(value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<()> {
        if R::IS_KEY {
            self.direct.note_key(value);
        }
        self.direct.encoder.text(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<()> {
        self.no_key()?.encoder.bytes(value);
        Ok(())
    }

    #[inline]
    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<V: Serialize + ?Sized>(self, value: &V) -> Result<()> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<()> {
        if R::IS_KEY {
            self.direct.note_key(&());
        }
        self.direct.encoder.none();
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Result<()> {
        if R::IS_KEY {
            self.direct.note_key(variant);
        }
        if !self.direct.enum_tuples {
            self.direct.write_name(variant);
            return Ok(());
        }
        let direct = self.no_key()?;
        let mut open = direct.encoder.begin_tuple(1);
        open.item();
        direct.write_name(variant);
        direct.encoder.end_tuple(open);
        Ok(())
    }

    #[inline]
    fn serialize_newtype_struct<V: Serialize + ?Sized>(self, name: &'static str, value: &V) -> Result<()> {
        match name {
            token::TUPLE if !R::IS_KEY => value.serialize(Node { direct: self.direct, role: PhantomData::<Tuple> }),
            // One of the crate's own types.
            _ if token::is_token(name) => Err(self.direct.give_up()),
            _ if R::IS_TUPLE => value.serialize(Node::value(self.direct)),
            _ => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<V: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &V,
    ) -> Result<()> {
        let (direct, open) = self.begin_variant(variant)?;
        direct.write(value)?;
        open.end(direct);
        Ok(())
    }

    #[inline(always)]
    fn serialize_seq(self, length: Option<usize>) -> Result<R::Seq<'d>> {
        R::begin_seq(self.direct, length)
    }

    #[inline(always)]
    fn serialize_tuple(self, length: usize) -> Result<TupleItems<'d>> {
        self.tuple(length)
    }

    #[inline(always)]
    fn serialize_tuple_struct(self, _name: &'static str, length: usize) -> Result<TupleItems<'d>> {
        self.tuple(length)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<InVariant<TupleItems<'d>>> {
        let (direct, open) = self.begin_variant(variant)?;
        Ok(InVariant::new(Node::value(direct).tuple(length)?, open))
    }

    #[inline(always)]
    fn serialize_map(self, length: Option<usize>) -> Result<Entries<'d>> {
        let direct = self.no_key()?;
        let open = direct.encoder.begin_dict(length);
        Ok(Entries::new(direct, open))
    }

    #[inline(always)]
    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Fields<'d>> {
        Ok(Fields::new(self.no_key()?, name, length))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<InVariant<Fields<'d>>> {
        let (direct, open) = self.begin_variant(variant)?;
        // By the variant: the enum's name is the same for all of them.
        Ok(InVariant::new(Fields::new(direct, variant, length), open))
    }
}
