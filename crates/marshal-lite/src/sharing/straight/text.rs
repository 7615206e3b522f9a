//! Strings: which are interned, which are one with another.

use pickle_value::Handle;

use super::super::Context;
use super::super::context::looks_like_a_name;
use super::super::slots::{is_interned_single, single_text};
use super::{MET, SETTLED, Straight, Word};
use crate::short::{Short, WINDOW};

impl<'g> Straight<'g> {
    #[inline(always)]
    pub(super) fn text(&mut self, object: Handle, slot: usize, context: Context) -> Option<()> {
        let (bytes, length) = self.graph.bytes_and_more(object);
        match Short::new(bytes, length) {
            Some(short) if length > 1 && short.is_ascii() => {
                if context.is_name() || context.is_constant() && short.looks_like_a_name() {
                    self.names.push_short(short);
                    self.give(slot, SETTLED).short_ascii(short, true);
                    return Some(());
                }
                let at = self.begin_text(slot, context);
                self.share(slot, context, settled_in(context)).short_ascii(short, false);
                self.end_text(at)
            }
            _ => self.other_text(slot, bytes, length, context),
        }
    }

    #[inline(never)]
    fn other_text(&mut self, slot: usize, bytes: &'g [u8], length: usize, context: Context) -> Option<()> {
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
        let at = self.begin_text(slot, context);
        self.share(slot, context, settled_in(context)).text(utf8, false).ok()?;
        self.end_text(at)
    }

    /// Before a str that is not interned is written: where it begins, if it will have a number.
    #[inline(always)]
    fn begin_text(&self, slot: usize, context: Context) -> Option<usize> {
        let is_shared = self.words[slot] >> 1 != 0 || context.is_held();
        is_shared.then(|| self.writer.out.len())
    }

    #[inline(always)]
    fn end_text(&mut self, begin: Option<usize>) -> Option<()> {
        if let Some(at) = begin {
            self.texts.push((self.given, at));
        }
        Some(())
    }

    /// A str of which there is one.
    fn single_text(&mut self, slot: usize, single: usize, utf8: &[u8], context: Context) -> Option<()> {
        let is_constant = context.is_constant();
        let is_interned =
            is_interned_single(single, &self.rules) || context.is_name() || is_constant && looks_like_a_name(utf8);
        let word = self.words[single];
        if word >= MET {
            // That it is interned would have to be known before.
            if is_interned && word & SETTLED != SETTLED {
                return None;
            }
            self.words[slot] = word;
            return self.reference(word);
        }
        let settled = if is_interned { SETTLED } else { Word::from(is_constant) };
        self.give(single, settled).text(utf8, is_interned).ok()?;
        self.words[slot] = self.words[single];
        Some(())
    }

    /// Makes a str that was written one that is interned.
    pub(super) fn intern(&mut self, slot: usize, utf8: &[u8]) -> Option<()> {
        let number = self.words[slot] >> 2;
        let text = self.texts.binary_search_by_key(&number, |&(number, _)| number).ok()?;
        self.names.push(utf8);
        self.writer.intern_at(self.texts[text].1);
        Some(())
    }
}

/// What is settled of a str that was found not to be interned.
#[inline(always)]
fn settled_in(context: Context) -> Word {
    if context.is_constant() { Context::CONSTANT.needs() } else { 0 }
}
