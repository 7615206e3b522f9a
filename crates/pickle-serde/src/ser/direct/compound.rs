//! Containers, item by item.

use pickle_codec::OpenContainer;
use serde_core::{Serialize, ser};

use super::Direct;
use super::keys::Seen;
use super::node::Node;
use crate::error::{Error, Result};

/// The items of a list or tuple.
pub(super) struct Items<'d> {
    direct: &'d mut Direct,
    open: OpenContainer,
}

impl<'d> Items<'d> {
    #[inline(always)]
    pub(super) fn new(direct: &'d mut Direct, open: OpenContainer) -> Items<'d> {
        Items { direct, open }
    }

    #[inline(always)]
    fn push<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        self.direct.encoder.item(&mut self.open);
        self.direct.write(value)
    }

    #[inline(always)]
    fn close(self) -> &'d mut Direct {
        self.direct.encoder.end(self.open);
        self.direct
    }
}

/// The entries of a map.
pub(super) struct Entries<'d> {
    direct: &'d mut Direct,
    open: OpenContainer,
    /// Where its keys start.
    keys: usize,
}

impl<'d> Entries<'d> {
    #[inline(always)]
    pub(super) fn new(direct: &'d mut Direct, open: OpenContainer) -> Entries<'d> {
        let keys = direct.keys.len();
        Entries { direct, open, keys }
    }
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<()> {
        self.direct.encoder.item(&mut self.open);
        let written = key.serialize(Node::key(self.direct));
        self.direct.noted(written)
    }

    #[inline]
    fn serialize_value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        self.direct.write(value)
    }

    #[inline]
    fn end(self) -> Result<()> {
        self.direct.encoder.end(self.open);
        self.direct.drop_keys(self.keys)
    }
}

/// The fields of a struct.
pub(super) struct Fields<'d> {
    direct: &'d mut Direct,
    open: OpenContainer,
    seen: Seen,
    /// What number the next name has, by a guess: names are noted in the order in which they come first.
    next: usize,
}

impl<'d> Fields<'d> {
    #[inline(always)]
    pub(super) fn new(direct: &'d mut Direct, open: OpenContainer) -> Fields<'d> {
        Fields { direct, open, seen: Seen::default(), next: 0 }
    }

    #[inline(always)]
    fn push<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) -> Result<()> {
        self.direct.encoder.item(&mut self.open);
        let text = self.direct.write_name(name, &mut self.next);
        if !self.seen.insert(text) {
            return Err(self.direct.give_up());
        }
        self.direct.write(value)
    }

    #[inline(always)]
    fn close(self) -> &'d mut Direct {
        self.direct.encoder.end(self.open);
        self.direct
    }
}

/// The content of a variant.
pub(super) struct InVariant<C> {
    content: C,
    /// What holds it.
    variant: OpenContainer,
}

impl<C> InVariant<C> {
    pub(super) fn new(content: C, variant: OpenContainer) -> InVariant<C> {
        InVariant { content, variant }
    }
}

/// The methods of serde's traits of compounds, which differ in their names.
macro_rules! compounds {
    ($($compound:ident: $trait:ident, $method:ident($($name:ident: $type:ty)?);)*) => {
        $(impl ser::$trait for $compound<'_> {
            type Ok = ();
            type Error = Error;

            #[inline]
            fn $method<V: Serialize + ?Sized>(&mut self, $($name: $type,)? value: &V) -> Result<()> {
                self.push($($name,)? value)
            }

            #[inline]
            fn end(self) -> Result<()> {
                self.close();
                Ok(())
            }
        })*
    };
}

compounds! {
    Items: SerializeSeq, serialize_element();
    Items: SerializeTuple, serialize_element();
    Items: SerializeTupleStruct, serialize_field();
    Fields: SerializeStruct, serialize_field(name: &'static str);
}

impl ser::SerializeTupleVariant for InVariant<Items<'_>> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        self.content.push(value)
    }

    fn end(self) -> Result<()> {
        self.content.close().encoder.end(self.variant);
        Ok(())
    }
}

impl ser::SerializeStructVariant for InVariant<Fields<'_>> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) -> Result<()> {
        self.content.push(name, value)
    }

    fn end(self) -> Result<()> {
        self.content.close().encoder.end(self.variant);
        Ok(())
    }
}
