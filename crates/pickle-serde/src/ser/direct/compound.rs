//! Containers, item by item.

use pickle_codec::{OpenContainer, OpenTuple};
use serde_core::{Serialize, ser};

use super::keys::Seen;
use super::node::Node;
use super::{Direct, Name};
use crate::error::{Error, Result};

/// The items of a list.
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

/// The items of a tuple.
pub(super) struct TupleItems<'d> {
    direct: &'d mut Direct,
    open: OpenTuple,
}

impl<'d> TupleItems<'d> {
    #[inline(always)]
    pub(super) fn new(direct: &'d mut Direct, open: OpenTuple) -> TupleItems<'d> {
        TupleItems { direct, open }
    }

    #[inline(always)]
    fn push<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        self.open.item();
        self.direct.write(value)
    }

    #[inline(always)]
    fn close(self) -> &'d mut Direct {
        self.direct.encoder.end_tuple(self.open);
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
    /// Where the next one is expected.
    next: usize,
}

impl<'d> Fields<'d> {
    #[inline(always)]
    pub(super) fn new(direct: &'d mut Direct, structure: &'static str, length: usize) -> Fields<'d> {
        let next = direct.layouts.start(structure, length);
        let open = direct.encoder.begin_dict(Some(length));
        Fields { direct, open, seen: Seen::default(), next }
    }

    #[inline(always)]
    fn push<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) -> Result<()> {
        self.direct.encoder.item(&mut self.open);
        match self.direct.layouts.guess(name, &mut self.next) {
            Some(known) if self.seen.insert(known) => self.direct.encoder.known(known.known),
            known => self.push_other(name, known.copied())?,
        }
        self.direct.write(value)
    }

    /// A name that was not expected, or is not known; or is there for the second time, as far as bits tell.
    #[inline(never)]
    fn push_other(&mut self, name: &'static str, guessed: Option<Name>) -> Result<()> {
        let known = self.direct.write_name(name);
        if guessed.is_none() {
            self.direct.layouts.note(name, known, &mut self.next);
        }
        let is_new = match guessed {
            Some(_) => self.seen.insert_further(&known),
            None => self.seen.insert(&known) || self.seen.insert_further(&known),
        };
        if is_new { Ok(()) } else { Err(self.direct.give_up()) }
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
    variant: OpenVariant,
}

impl<C> InVariant<C> {
    pub(super) fn new(content: C, variant: OpenVariant) -> InVariant<C> {
        InVariant { content, variant }
    }
}

/// What holds the content of a variant.
pub(super) enum OpenVariant {
    Dict(OpenContainer),
    Tuple(OpenTuple),
}

impl OpenVariant {
    pub(super) fn end(self, direct: &mut Direct) {
        match self {
            OpenVariant::Dict(open) => direct.encoder.end(open),
            OpenVariant::Tuple(open) => direct.encoder.end_tuple(open),
        }
    }
}

/// The methods of serde's traits of compounds, which differ in their names.
macro_rules! compounds {
    ($($compound:ident: $trait:ident, $method:ident($($name:ident: $type:ty)?);)*) => {
        $(impl ser::$trait for $compound<'_> {
            type Ok = ();
            type Error = Error;

            #[inline(always)]
            fn $method<V: Serialize + ?Sized>(&mut self, $($name: $type,)? value: &V) -> Result<()> {
                self.push($($name,)? value)
            }

            #[inline(always)]
            fn end(self) -> Result<()> {
                self.close();
                Ok(())
            }
        })*
    };
}

compounds! {
    Items: SerializeSeq, serialize_element();
    TupleItems: SerializeSeq, serialize_element();
    TupleItems: SerializeTuple, serialize_element();
    TupleItems: SerializeTupleStruct, serialize_field();
    Fields: SerializeStruct, serialize_field(name: &'static str);
}

impl ser::SerializeTupleVariant for InVariant<TupleItems<'_>> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        self.content.push(value)
    }

    fn end(self) -> Result<()> {
        self.variant.end(self.content.close());
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
        self.variant.end(self.content.close());
        Ok(())
    }
}
