//! Strings: which are interned, which are one with another.

use pickle_value::Handle;

use super::super::Context;
use super::super::context::looks_like_a_name;
use super::super::slots::{is_interned_single, single_text};
use super::Straight;
use super::word::SETTLED;
use crate::short::{Short, WINDOW};

impl<'g> Straight<'g> {
    /// Any str that is new.
    pub(super) fn any_text(&mut self, object: Handle, slot: usize, context: Context) -> Option<()> {
        let (bytes, length) = self.graph.bytes_and_more(object);
        let utf8 = bytes.get(..length)?;
        if utf8.len() <= 2
            && let Some(single) = single_text(utf8)
        {
            return self.single_text(slot, single, utf8, context);
        }
        // What is long is seldom a name, and the first of it says so.
        let begins_as_a_name = || Short::new(bytes, length.min(WINDOW)).is_none_or(Short::looks_like_a_name);
        if context.is_name() || context.is_constant() && begins_as_a_name() && looks_like_a_name(utf8) {
            self.names.push(utf8);
            return self.give(slot, SETTLED).text(utf8, true).ok();
        }
        let is_shared = self.is_shared(slot) || context.is_held();
        // Of one that was found not to be interned.
        let settled = if context.is_constant() { Context::CONSTANT.needs() } else { 0 };
        self.share(slot, context, settled).text(utf8, false).ok()?;
        if is_shared {
            self.texts.push((self.given - 1, self.at));
        }
        Some(())
    }

    /// A str of which there is one.
    fn single_text(&mut self, slot: usize, single: usize, utf8: &[u8], context: Context) -> Option<()> {
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
            self.words[slot] = word;
            return self.reference(word);
        }
        let settled = if is_interned { SETTLED } else { u32::from(is_constant) };
        self.give(single, settled).text(utf8, is_interned).ok()?;
        self.words[slot] = self.words[single];
        Some(())
    }

    /// Makes a str that was written one that is interned.
    pub(super) fn intern(&mut self, slot: usize, utf8: &[u8]) -> Option<()> {
        let number = self.words[slot].number();
        let text = self.texts.binary_search_by_key(&number, |&(number, _)| number).ok()?;
        self.names.push(utf8);
        self.interned.push(self.texts[text].1);
        Some(())
    }
}
