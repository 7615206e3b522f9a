//! serde's `Deserializer` over the instructions of a pickle.

use serde_core::de::{Deserializer, Visitor};

use super::items::{Entries, Fields, FixedItems, Items};
use super::reader::{
    BLOCK, EMPTY_DICT, EMPTY_LIST, EMPTY_TUPLE, MARK, NEW_FALSE, NEW_TRUE, NONE, SHORT_BIN_UNICODE, Token,
};
use super::walk::{Fixed, Holder, SHORT_LOOK, Walk};
use super::{Direct, enums};
use crate::de::Lend;
use crate::error::{Error, Result};
use crate::token;

/// How many instructions are looked at to tell a tuple that begins with a container from that container.
const TUPLE_LOOK: usize = 128;
/// How deep that may be nested which nobody reads.
const SKIP_DEPTH: u32 = 64;

impl<'i, L> Direct<'i, L> {
    /// Nothing more is read from the instructions. The error is seen by nobody but the type.
    #[cold]
    #[inline(never)]
    pub(super) fn fail(&mut self) -> Error {
        self.reader.fail();
        Error::data("only a graph tells what there is")
    }

    /// Notes an error of the type's: it may be swallowed there, but then all that follows is out of place.
    #[inline(always)]
    pub(super) fn noted<T>(&mut self, result: Result<T>) -> Result<T> {
        if result.is_err() {
            self.reader.failed = true;
        }
        result
    }

    /// What an object stands in that is about to be read.
    #[inline(always)]
    fn take_holder(&mut self) -> Holder {
        std::mem::replace(&mut self.holder, Holder::Items)
    }

    /// Goes a level down, reads, and comes back.
    #[inline(always)]
    pub(super) fn within<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        match self.depth.checked_sub(1) {
            Some(depth) if !self.reader.failed => self.depth = depth,
            _ => return Err(self.fail()),
        }
        let value = read(self);
        self.depth += 1;
        self.noted(value)
    }
}

impl<'i, 'de, L: Lend<'i, 'de>> Direct<'i, L> {
    #[inline(always)]
    fn visit_text<V: Visitor<'de>>(&mut self, text: &'i str, visitor: V) -> Result<V::Value> {
        let value = match self.lend.lend_text(text) {
            Some(lent) => visitor.visit_borrowed_str(lent),
            None => visitor.visit_str(text),
        };
        self.noted(value)
    }

    /// The items of a container whose beginning was read.
    #[inline(always)]
    fn visit_items<V: Visitor<'de>>(&mut self, walk: Walk, visitor: V) -> Result<V::Value> {
        self.within(|direct| {
            let mut items = Items::new(direct, walk);
            let value = visitor.visit_seq(&mut items)?;
            items.finish(value)
        })
    }

    /// The entries of a dict whose beginning was read.
    #[inline(always)]
    fn visit_entries<V: Visitor<'de>>(&mut self, walk: Walk, visitor: V) -> Result<V::Value> {
        self.within(|direct| {
            let mut entries = Entries::new(direct, walk);
            let value = visitor.visit_map(&mut entries)?;
            entries.finish(value)
        })
    }

    /// The same of a dict that is to be a struct.
    #[inline(always)]
    fn visit_fields<V: Visitor<'de>>(&mut self, walk: Walk, visitor: V) -> Result<V::Value> {
        self.within(|direct| {
            let mut fields = Fields::new(direct, walk);
            let value = visitor.visit_map(&mut fields)?;
            fields.finish(value)
        })
    }

    /// The items of a tuple that is to have as many as the type says.
    #[inline(always)]
    fn visit_fixed<V: Visitor<'de>>(&mut self, tuple: Fixed, visitor: V) -> Result<V::Value> {
        self.within(|direct| {
            let mut items = FixedItems::new(direct, tuple);
            let value = visitor.visit_seq(&mut items)?;
            items.finish(value)
        })
    }

    fn visit_short_tuple<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        let walk = Walk::short_tuple(&mut self.reader);
        self.visit_items(walk, visitor)
    }

    /// A container of the memo, which is read again where it stands.
    #[inline(never)]
    pub(super) fn read_known<V: Visitor<'de>>(
        &mut self,
        read: impl FnOnce(&mut Self, V) -> Result<V::Value>,
        visitor: V,
    ) -> Result<V::Value> {
        let Some(Token::Known(entry)) = self.reader.token() else {
            return Err(self.fail());
        };
        // A circle of such takes as many levels as it likes, without there being a container on the way.
        self.within(|direct| {
            direct.depth += 1;
            let back = direct.reader.replay(entry);
            let value = read(direct, visitor);
            direct.reader.return_to(back);
            direct.depth -= 1;
            value
        })
    }

    fn visit_token<V: Visitor<'de>>(&mut self, holder: Holder, visitor: V) -> Result<V::Value> {
        let start = self.reader.at;
        let value = match self.reader.token() {
            None | Some(Token::Known(_)) => return Err(self.fail()),
            Some(Token::None) => visitor.visit_unit(),
            Some(Token::Bool(value)) => visitor.visit_bool(value),
            Some(Token::Int(value)) => visitor.visit_i64(value),
            Some(Token::Float(value)) => visitor.visit_f64(value),
            Some(Token::Text(text)) => return self.visit_text(text, visitor),
            Some(Token::Bytes(bytes)) => match self.lend.lend(bytes) {
                Some(lent) => visitor.visit_borrowed_bytes(lent),
                None => visitor.visit_bytes(bytes),
            },
            Some(Token::List) => return self.visit_items(Walk::list(holder), visitor),
            Some(Token::Dict) => return self.visit_entries(Walk::dict(holder), visitor),
            Some(Token::Tuple) => return self.visit_items(Walk::tuple(start), visitor),
            Some(Token::EmptyTuple) => return self.visit_items(Walk::empty(), visitor),
        };
        self.noted(value)
    }

    #[inline(never)]
    fn visit_int_as_float<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.reader.int() {
            Some(value) => {
                let value = visitor.visit_f64(value as f64);
                self.noted(value)
            }
            None => self.visit_scalar(visitor),
        }
    }

    /// What is to be no container, so that no tuple starts here, or else it is an error.
    #[inline(never)]
    fn visit_scalar<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        let holder = self.take_holder();
        self.visit_token(holder, visitor)
    }

    /// A SHORT_BINUNICODE for one who copies it. Out of line, so that what the memo has is not held up by the block.
    #[inline(never)]
    fn visit_copied<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        let mut block = [0; BLOCK];
        match self.reader.copied_text(&mut block) {
            Some(text) => {
                let value = visitor.visit_str(text);
                self.noted(value)
            }
            None => self.deserialize_str(visitor),
        }
    }

    /// A tuple of so many items, if it is spelled as one; else any sequence.
    #[inline]
    fn visit_tuple<V: Visitor<'de>>(&mut self, length: usize, visitor: V) -> Result<V::Value> {
        let byte = self.reader.peek();
        let begins_container = matches!(byte, EMPTY_LIST | MARK | EMPTY_TUPLE | EMPTY_DICT);
        let tuple = match length {
            1..=3 if !begins_container && !self.reader.is_at_known() => Fixed::short(&mut self.reader, length),
            4.. if byte == MARK => Fixed::marked(&mut self.reader, length),
            _ => return self.visit_sequence(Some(length), visitor),
        };
        self.visit_fixed(tuple, visitor)
    }

    /// A sequence: a list, a tuple with a mark, or else a short tuple, unless what there is begins no sequence.
    #[inline]
    fn visit_sequence<V: Visitor<'de>>(&mut self, length: Option<usize>, visitor: V) -> Result<V::Value> {
        let holder = self.take_holder();
        let byte = self.reader.peek();
        let start = self.reader.at;
        match byte {
            EMPTY_LIST | MARK | EMPTY_TUPLE | EMPTY_DICT if self.begins_short_tuple(length, byte) => {
                self.visit_short_tuple(visitor)
            }
            EMPTY_LIST => {
                let walk = Walk::begin_list(&mut self.reader, holder);
                self.visit_items(walk, visitor)
            }
            MARK => {
                self.reader.at += 1;
                self.visit_items(Walk::tuple(start), visitor)
            }
            EMPTY_TUPLE => {
                self.reader.at += 1;
                self.visit_items(Walk::empty(), visitor)
            }
            _ if self.reader.is_at_known() && !self.begins_short_tuple(length, byte) => {
                self.read_known(|direct, visitor| direct.visit_sequence(length, visitor), visitor)
            }
            _ => self.visit_short_tuple(visitor),
        }
    }

    /// Whether the container at the cursor is but the first item of a short tuple, which is wanted.
    fn begins_short_tuple(&mut self, length: Option<usize>, byte: u8) -> bool {
        match length {
            Some(1..=3) if byte == EMPTY_TUPLE || byte == EMPTY_DICT => true,
            Some(1..=3) => self.reader.is_short_tuple(TUPLE_LOOK),
            _ => false,
        }
    }
}

/// Ints, which are looked for first.
macro_rules! ints {
    ($($method:ident)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                let is_field = self.holder == Holder::Dict;
                match if is_field { self.reader.int_of_field() } else { self.reader.int() } {
                    Some(value) => {
                        let value = visitor.visit_i64(value);
                        self.noted(value)
                    }
                    None => self.visit_scalar(visitor),
                }
            }
        )*
    };
}

/// What is read as whatever it is, and is no container.
macro_rules! scalars {
    ($($method:ident)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                self.visit_scalar(visitor)
            }
        )*
    };
}

impl<'i, 'de, L: Lend<'i, 'de>> Deserializer<'de> for &mut Direct<'i, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.reader.is_short_tuple(SHORT_LOOK) {
            return self.visit_short_tuple(visitor);
        }
        if self.reader.is_at_known() {
            return self.read_known(|direct, visitor| direct.deserialize_any(visitor), visitor);
        }
        let holder = self.take_holder();
        self.visit_token(holder, visitor)
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let value = match self.reader.peek() {
            NEW_TRUE => visitor.visit_bool(true),
            NEW_FALSE => visitor.visit_bool(false),
            _ => return self.visit_scalar(visitor),
        };
        self.reader.at += 1;
        self.noted(value)
    }

    #[inline]
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.reader.float() {
            Some(value) => {
                let value = visitor.visit_f64(value);
                self.noted(value)
            }
            None => self.visit_int_as_float(visitor),
        }
    }

    #[inline]
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.reader.known_name().or_else(|| self.reader.text()) {
            Some(text) => self.visit_text(text, visitor),
            None => self.visit_scalar(visitor),
        }
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        // Who asks for this copies it.
        if self.reader.peek() == SHORT_BIN_UNICODE { self.visit_copied(visitor) } else { self.deserialize_str(visitor) }
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.reader.peek() == NONE {
            self.reader.at += 1;
            let value = visitor.visit_none();
            return self.noted(value);
        }
        let value = visitor.visit_some(&mut *self);
        self.noted(value)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.reader.peek() {
            EMPTY_TUPLE => {
                self.reader.at += 1;
                let value = visitor.visit_unit();
                self.noted(value)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if token::is_token(name) {
            // One of the crate's own types, which look at more than there is here.
            return Err(self.fail());
        }
        let value = visitor.visit_newtype_struct(&mut *self);
        self.noted(value)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.visit_sequence(None, visitor)
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value> {
        self.visit_tuple(length, visitor)
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.visit_tuple(length, visitor)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.reader.peek() != EMPTY_DICT {
            return self.deserialize_any(visitor);
        }
        let holder = self.take_holder();
        let walk = Walk::begin_dict(&mut self.reader, holder);
        self.visit_entries(walk, visitor)
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        if self.reader.peek() == EMPTY_DICT {
            let holder = self.take_holder();
            let walk = Walk::begin_dict(&mut self.reader, holder);
            return self.visit_fields(walk, visitor);
        }
        if self.reader.is_at_known() {
            let again = |direct: &mut Direct<'i, L>, visitor| direct.deserialize_struct(name, fields, visitor);
            return self.read_known(again, visitor);
        }
        // By position, from a list or tuple, as all else.
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        enums::visit(self, visitor)
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let holder = self.take_holder();
        match self.reader.skip(holder, SKIP_DEPTH) {
            Some(()) => {
                let value = visitor.visit_unit();
                self.noted(value)
            }
            None => Err(self.fail()),
        }
    }

    ints! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    scalars! {
        deserialize_i128 deserialize_u128 deserialize_char deserialize_bytes deserialize_byte_buf
    }
}
