//! What there is most of, written without further ado.
//!
//! Each of these functions writes an object, or nothing of it: so it is where an object is another than is usual, and where
//! there is too little room. Then [`Straight::object`] goes on. Where is written is handed on by value, so that it is in
//! registers.

use pickle_value::{Handle, Inline};

use super::super::Context;
use super::super::slots::{single_bytes, single_int};
use super::Straight;
use super::word::{SETTLED, Word};
use crate::graph_source::ints_of;
use crate::out::{Rest, is_ascii};
use crate::short::{Short, WINDOW};
use crate::table::{FLAG_REF, TypeCode};
use crate::write::{short_ascii, text_head, with_short_size, with_word};

/// The code of an object of one byte. One comparison says whether it is one, since which of them it is cannot be guessed:
/// handles of these three differ in the same bits, in the order of the codes here.
#[inline(always)]
fn constant(object: Handle) -> Option<TypeCode> {
    const CODES: [TypeCode; 3] = [TypeCode::None, TypeCode::False, TypeCode::True];
    let step = Handle::NONE.bits() - Handle::bool(false).bits();
    let number = Handle::NONE.bits().wrapping_sub(object.bits()) / step;
    CODES.get(usize::try_from(number).ok()?).copied()
}

impl<'g> Straight<'g> {
    /// What a container often has, but for text and containers.
    #[inline(always)]
    pub(super) fn atom(&mut self, rest: &mut Rest<'_>, object: Handle, context: Context) -> bool {
        if let Some(value) = object.as_i32() {
            return self.small_int(rest, value, context).is_some();
        }
        if let Some(code) = constant(object) {
            return rest.put::<1>(code as u64).is_some();
        }
        match object.inline() {
            Inline::Float(value) => self.float(rest, value, context).is_some(),
            _ => false,
        }
    }

    /// A float: likewise.
    #[inline(always)]
    fn float(&mut self, rest: &mut Rest<'_>, value: f64, context: Context) -> Option<()> {
        let is_held = u8::from(context.is_held());
        let flag = is_held * FLAG_REF;
        rest.put_window((TypeCode::BinaryFloat as u8 | flag).into(), 1, &value.to_le_bytes(), 8)?;
        self.given += u32::from(is_held);
        Some(())
    }

    /// A number that is held by nothing but what holds it has none, but for those that there is one of.
    #[inline(always)]
    fn small_int(&mut self, rest: &mut Rest<'_>, value: i32, context: Context) -> Option<()> {
        let Some(single) = single_int(value.into()) else {
            let is_held = u8::from(context.is_held());
            rest.put::<5>(with_word(TypeCode::Int, is_held * FLAG_REF, value as u32))?;
            self.given += u32::from(is_held);
            return Some(());
        };
        let slot = self.singles + single;
        let word = self.words[slot];
        if word.is_met() {
            return rest.put::<5>(word.reference());
        }
        rest.put::<5>(with_word(TypeCode::Int, FLAG_REF, value as u32))?;
        self.give_number(slot, true, SETTLED);
        Some(())
    }

    /// What is known of a span with this number, if there is such a one.
    #[inline(always)]
    fn span(&mut self, number: u64) -> Option<&mut Word> {
        self.words.get_mut(usize::try_from(number).ok()?.checked_add(1)?)
    }

    /// A name.
    #[inline(always)]
    pub(super) fn name_text(&mut self, rest: &mut Rest<'_>, object: Handle) -> Option<()> {
        let number = object.text_number();
        let word = *self.span(number)?;
        if word.is_known(Context::NAME) {
            return rest.put::<5>(word.reference());
        }
        if word.is_met() {
            return None;
        }
        if let Some((window, length)) = self.contents.window::<WINDOW>(number)
            && let Some(short) = Short::new(window, length)
            && length > 1
            && short.is_ascii()
        {
            return self.new_name(rest, number, short);
        }
        None
    }

    #[inline(always)]
    fn new_name(&mut self, rest: &mut Rest<'_>, number: u64, short: Short<'_>) -> Option<()> {
        rest.put_short(with_short_size(short_ascii(true), FLAG_REF, short.size()), short)?;
        self.give_number(1 + number as usize, true, SETTLED);
        self.names.push_short(number as u32, short);
        Some(())
    }

    /// A str.
    #[inline(always)]
    pub(super) fn text(&mut self, rest: &mut Rest<'_>, object: Handle, context: Context) -> Option<()> {
        let number = object.text_number();
        let word = *self.span(number)?;
        if word.is_known(context) {
            return rest.put::<5>(word.reference());
        }
        if word.is_met() {
            return None;
        }
        match self.contents.window(number) {
            // Of one character, which is of more bytes if it is not ASCII, there may be one.
            Some((window, length)) if length + usize::from(window[0].is_ascii()) > 2 && !context.is_held() => {
                self.short_text(rest, number, window, length, context)
            }
            None if !context.is_held() && !context.is_name() => self.long_text(rest, number, context),
            _ => None,
        }
    }

    /// The same of one that is long, or that stands at the end of the input.
    #[inline(always)]
    fn long_text(&mut self, rest: &mut Rest<'_>, number: u64, context: Context) -> Option<()> {
        let (bytes, length) = self.contents.bytes_and_more(number)?;
        let utf8 = bytes.get(..length).filter(|utf8| utf8.len() > WINDOW)?;
        if context.is_constant() && Short::new(utf8, WINDOW).is_none_or(Short::looks_like_a_name) {
            return None;
        }
        let (is_shared, at) = (self.is_shared(1 + number as usize), self.room - rest.len());
        let (head, head_length) = text_head(utf8.len(), is_ascii(utf8), false, u8::from(is_shared) * FLAG_REF)?;
        rest.put_bytes(head, head_length, utf8)?;
        if is_shared {
            self.number_text(1 + number as usize, context, at);
        }
        Some(())
    }

    /// A str that is new, and of which there may be several.
    #[inline(always)]
    fn short_text(
        &mut self,
        rest: &mut Rest<'_>,
        number: u64,
        window: &[u8; 64],
        length: usize,
        context: Context,
    ) -> Option<()> {
        let first = Short::new(window.first_chunk::<WINDOW>()?, length.min(WINDOW))?;
        if context.is_name() || context.is_constant() && first.looks_like_a_name() {
            return if length <= WINDOW && first.is_ascii() { self.new_name(rest, number, first) } else { None };
        }
        let second = Short::new(window.last_chunk::<WINDOW>()?, length.saturating_sub(WINDOW))?;
        let (is_shared, at) = (self.is_shared(1 + number as usize), self.room - rest.len());
        let is_ascii = first.is_ascii() & second.is_ascii();
        let (head, head_length) = text_head(length, is_ascii, false, u8::from(is_shared) * FLAG_REF)?;
        rest.put_window(head, head_length, window, length)?;
        if is_shared {
            self.number_text(1 + number as usize, context, at);
        }
        Some(())
    }

    /// Gives the next number to a str that is not interned as far as is known, and begins there.
    #[inline(always)]
    pub(super) fn number_text(&mut self, slot: usize, context: Context, at: usize) {
        self.texts.push((self.given, at));
        // Of one that was found not to be interned.
        self.give_number(slot, true, if context.is_constant() { Context::CONSTANT.needs() } else { 0 });
    }

    /// Bytes of which there may be several, most of which have no more than `N`.
    #[inline(always)]
    pub(super) fn bytes<const N: usize>(
        &mut self,
        rest: &mut Rest<'_>,
        object: Handle,
        context: Context,
    ) -> Option<()> {
        let number = object.bytes_number();
        let word = *self.span(number)?;
        if word.is_met() {
            return rest.put::<5>(word.reference());
        }
        let is_shared = self.is_shared(1 + number as usize) || context.is_held();
        let head = |length: usize| with_word(TypeCode::String, u8::from(is_shared) * FLAG_REF, length as u32);
        match self.contents.window::<N>(number) {
            Some((window, length)) if length > 1 => rest.put_window(head(length), 5, window, length)?,
            Some((window, length)) => return self.single_bytes(rest, number, &window[..length]),
            None => {
                let (bytes, length) = self.contents.bytes_and_more(number)?;
                let bytes = bytes.get(..length).filter(|bytes| bytes.len() > 1 && bytes.len() <= i32::MAX as usize)?;
                rest.put_bytes(head(length), 5, bytes)?;
            }
        }
        self.give_number(1 + number as usize, is_shared, SETTLED);
        Some(())
    }

    /// Bytes of which there is one, if that was met.
    #[inline(always)]
    fn single_bytes(&mut self, rest: &mut Rest<'_>, number: u64, bytes: &[u8]) -> Option<()> {
        let word = *self.words.get(self.singles + single_bytes(bytes)?).filter(|word| word.is_met())?;
        rest.put::<5>(word.reference())?;
        *self.span(number)? = word;
        Some(())
    }

    /// The number of a tuple or an object among nodes, and what is known of it.
    #[inline(always)]
    pub(super) fn node(&self, object: Handle) -> Option<(u32, Word)> {
        let number = u32::try_from(object.tuple_number().min(object.object_number())).ok()?;
        // That this is beyond all numbers, which no graph has, was asked in 1 % of the time.
        Some((number, *self.words.get(self.nodes.wrapping_add(number as usize))?))
    }

    /// Whether what has this number among nodes is a tuple of which nothing is known.
    #[inline(always)]
    pub(super) fn is_new_tuple(object: Handle, number: u32, word: Word) -> bool {
        !word.is_met() && object.tuple_number() == u64::from(number)
    }

    /// A reference to what is known.
    #[inline(always)]
    pub(super) fn known(rest: &mut Rest<'_>, word: Word, context: Context) -> bool {
        word.is_known(context) && rest.put::<5>(word.reference()).is_some()
    }

    /// The beginning of a tuple that is new and not empty, with this number among nodes. Gives the items, which are counted
    /// as written.
    #[inline(always)]
    pub(super) fn tuple(
        &mut self,
        rest: &mut Rest<'_>,
        number: u32,
        context: Context,
        of_items: Context,
    ) -> Option<&'g [Handle]> {
        let items = self.graph.row(number);
        let size = u8::try_from(items.len()).ok().filter(|&size| size > 0)?;
        let is_shared = self.is_shared(self.nodes + number as usize) || context.is_held();
        rest.put::<2>(with_short_size(TypeCode::SmallTuple, u8::from(is_shared) * FLAG_REF, size).into())?;
        self.give_number(self.nodes + number as usize, is_shared, of_items.needs());
        self.written += items.len();
        Some(items)
    }

    /// How a code object begins that is new: with these numbers.
    #[inline(always)]
    pub(super) fn begin_code<const N: usize>(
        &mut self,
        rest: &mut Rest<'_>,
        number: u32,
        context: Context,
        ints: &[Handle; N],
    ) -> Option<()> {
        let is_shared = self.is_shared(self.nodes + number as usize) || context.is_held();
        let flag = u8::from(is_shared) * FLAG_REF;
        rest.put_words(Some(TypeCode::Code as u8 | flag), ints_of(ints)?)?;
        self.give_number(self.nodes + number as usize, is_shared, SETTLED);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use pickle_value::{Builder, Error, Handle};

    use super::constant;
    use crate::table::TypeCode;

    #[test]
    fn three_objects_are_of_one_byte() -> Result<(), Error> {
        assert_eq!(constant(Handle::NONE), Some(TypeCode::None));
        assert_eq!(constant(Handle::bool(false)), Some(TypeCode::False));
        assert_eq!(constant(Handle::bool(true)), Some(TypeCode::True));
        let mut builder = Builder::new();
        let mut others = vec![builder.ellipsis(), builder.text("")?, builder.tuple(&[])?, Handle::foreign(0)];
        for int in [0, 1, 2, -1, (1 << 47) - 1, -1 << 47] {
            others.extend(Handle::small_int(int));
        }
        for float in [0.0, -0.0, 1.5, f64::INFINITY, -f64::INFINITY, f64::NAN, -f64::NAN] {
            others.extend(Handle::float(float));
        }
        assert_eq!(others.into_iter().find_map(constant), None);
        Ok(())
    }
}
