//! Strings: which are interned, which are one with another.

use pickle_value::Handle;

use super::super::Context;
use super::super::context::looks_like_a_name;
use super::super::slots::{is_interned_single, single_text};
use super::Straight;
use super::word::{SETTLED, Word};
use crate::out::{Rest, is_ascii};
use crate::short::{Short, WINDOW};
use crate::table::FLAG_REF;
use crate::write::text_head;

impl<'g> Straight<'g> {
    /// Any str that is new, with this number among spans.
    #[inline(never)]
    pub(super) fn new_text(&mut self, rest: &mut Rest<'_>, number: u64, context: Context) -> Option<()> {
        let (bytes, length) = self.contents.bytes_and_more(number)?;
        let (utf8, slot, at) = (bytes.get(..length)?, 1 + number as usize, self.room - rest.len());
        if utf8.len() <= 2
            && let Some(single) = single_text(utf8)
        {
            return self.single_text(rest, slot, single, utf8, context);
        }
        // What is long is seldom a name, and the first of it says so.
        let begins_as_a_name = || Short::new(bytes, length.min(WINDOW)).is_none_or(Short::looks_like_a_name);
        if context.is_name() || context.is_constant() && begins_as_a_name() && looks_like_a_name(utf8) {
            self.put_text(rest, utf8, true, FLAG_REF)?;
            self.names.push(number as u32, utf8);
            self.give_number(slot, true, SETTLED);
            return Some(());
        }
        let is_shared = self.is_shared(slot) || context.is_held();
        self.put_text(rest, utf8, false, u8::from(is_shared) * FLAG_REF)?;
        if is_shared {
            self.number_text(slot, context, at);
        }
        Some(())
    }

    fn put_text(&mut self, rest: &mut Rest<'_>, utf8: &[u8], interned: bool, flag: u8) -> Option<()> {
        let (head, head_length) = text_head(utf8.len(), is_ascii(utf8), interned, flag)?;
        let is_written = rest.put_bytes(head, head_length, utf8);
        self.is_full = is_written.is_none();
        is_written
    }

    /// A str of which there is one: of two bytes at most, so that it is one word with its head.
    fn single_text(
        &mut self,
        rest: &mut Rest<'_>,
        slot: usize,
        single: usize,
        utf8: &[u8],
        context: Context,
    ) -> Option<()> {
        let is_constant = context.is_constant();
        let is_interned =
            is_interned_single(single, &self.rules) || context.is_name() || is_constant && looks_like_a_name(utf8);
        let single = self.singles + single;
        let word = self.words[single];
        if word.is_met() {
            // That it is interned would have to be known before.
            if is_interned && !word.has_settled(SETTLED) {
                return None;
            }
            self.put_reference(rest, word)?;
        } else {
            let (head, length) = text_head(utf8.len(), utf8.len() < 2, is_interned, FLAG_REF)?;
            let content = u64::from_le_bytes(core::array::from_fn(|at| utf8.get(at).copied().unwrap_or_default()));
            let is_written = rest.put_some(head | content << (8 * length), length + utf8.len());
            self.is_full = is_written.is_none();
            is_written?;
            self.give_number(single, true, if is_interned { SETTLED } else { u32::from(is_constant) });
        }
        self.words[slot] = self.words[single];
        Some(())
    }

    fn put_reference(&mut self, rest: &mut Rest<'_>, word: Word) -> Option<()> {
        let is_written = rest.put::<5>(word.reference());
        self.is_full = is_written.is_none();
        is_written
    }

    /// Makes a str that was written one that is interned.
    pub(super) fn intern(&mut self, slot: usize, object: Handle, utf8: &[u8]) -> Option<()> {
        let number = self.words[slot].number();
        let text = self.texts.binary_search_by_key(&number, |&(number, _)| number).ok()?;
        self.names.push(object.identity().number, utf8);
        self.interned.push(self.texts[text].1);
        Some(())
    }
}
