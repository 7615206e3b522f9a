//! What there is less of: sets, large ints, what there is one of; and what was written before and is another thing now.

use alloc::vec::Vec;

use pickle_value::{Handle, Inline, Value};

use super::super::Context;
use super::super::context::looks_like_a_name;
use super::super::slots::{EMPTY_FROZEN_SET, single_bytes};
use super::word::SETTLED;
use super::{Inner, Straight};
use crate::table::{FLAG_REF, TypeCode};
use crate::write::Head;

/// How many names there are at most in a tuple that a set holds.
const FEW: usize = 8;

impl<'g> Straight<'g> {
    /// What was written before, where nobody asked yet whether its strings are interned.
    #[cold]
    #[inline(never)]
    pub(super) fn settle(&mut self, object: Handle, slot: usize, context: Context) -> Option<()> {
        let value = self.graph.value(object);
        let needs = match value {
            Value::Text(text) => {
                let utf8 = text.as_bytes();
                if context.is_name() || context.is_constant() && looks_like_a_name(utf8) {
                    self.intern(slot, object, utf8)?;
                    SETTLED
                } else {
                    context.needs() & Context::CONSTANT.needs()
                }
            }
            Value::Tuple(items) | Value::FrozenSet(items) => {
                let needs = context.of_items(true).needs();
                let is_settled = items.iter().all(|&item| match self.words[self.slot(item)] {
                    word if word.is_met() => word.has_settled(needs),
                    _ => matches!(self.graph.value(item), Value::None | Value::Int(_)),
                });
                if !is_settled {
                    return None;
                }
                context.needs()
            }
            _ if context.of_items(false) == Context::PLAIN => context.needs(),
            _ => return None,
        };
        self.words[slot].settle(needs);
        self.reference(self.words[slot])
    }

    /// What there is less of.
    pub(super) fn other(&mut self, object: Handle, slot: usize, context: Context) -> Option<Inner<'g>> {
        match self.graph.value(object) {
            Value::Bool(value) => self.head(0).single(if value { TypeCode::True } else { TypeCode::False }).ok()?,
            Value::Ellipsis => self.head(0).single(TypeCode::Ellipsis).ok()?,
            Value::Bytes(bytes) => match single_bytes(bytes) {
                Some(single) => self.single(slot, single, |mut head| head.counted(TypeCode::String, bytes).ok())?,
                None => self.share(slot, context, SETTLED).counted(TypeCode::String, bytes).ok()?,
            },
            Value::FrozenSet([]) if self.rules.empty_frozenset_is_one => {
                self.single(slot, EMPTY_FROZEN_SET, |mut head| head.sized(TypeCode::FrozenSet, 0).ok())?;
            }
            Value::Float(value) if matches!(object.inline(), Inline::Float(_)) => {
                self.number(context).floats(&[value], &[]).ok()?;
            }
            Value::BigInt(bytes) => self.share(slot, context, SETTLED).big_int(bytes).ok()?,
            Value::Complex(real, imaginary) => {
                self.written += 2;
                self.share(slot, context, SETTLED).floats(&[real, imaginary], &[]).ok()?;
            }
            Value::FrozenSet(items) => {
                let of_items = context.of_items(true);
                self.share(slot, context, of_items.needs()).sized(TypeCode::FrozenSet, items.len()).ok()?;
                let inner = of_items.and(self.rules.of_set_items());
                if !self.rules.sets_are_ordered || items.len() <= 1 {
                    return Some(Inner::Items(items, inner));
                }
                return Some(Inner::Ordered(self.in_order(items, of_items)?, inner));
            }
            _ => return None,
        }
        Some(Inner::Nothing)
    }

    /// What there is one of, whichever object says so.
    pub(super) fn single(
        &mut self,
        slot: usize,
        single: usize,
        write: impl FnOnce(Head<'_>) -> Option<()>,
    ) -> Option<()> {
        let single = self.singles + single;
        let word = self.words[single];
        if word.is_met() {
            self.words[slot] = word;
            return self.reference(word);
        }
        write(self.give(single, SETTLED))?;
        self.words[slot] = self.words[single];
        Some(())
    }

    /// A set's items in the order of their bytes, as far as these are known; nothing where there are containers.
    ///
    /// While their bytes are made to be compared, items are held besides: all have the flag.
    pub(super) fn in_order(&mut self, items: &[Handle], context: Context) -> Option<Vec<Handle>> {
        if !self.rules.ordering_holds_items {
            return None;
        }
        let end = self.writer.out.len();
        let mut ends = Vec::with_capacity(items.len());
        for &item in items {
            self.write_apart(item, context)?;
            ends.push(self.writer.out.len());
            // Many items, or many sets, may hold the same long text.
            if self.apart + self.writer.out.len() - end > 2 * self.room {
                return None;
            }
        }
        let starts = core::iter::once(end).chain(ends.iter().copied());
        let written = self.writer.out.written_mut();
        let mut ordered: Vec<_> =
            starts.zip(&ends).zip(items).map(|((start, &end), &item)| (&written[start..end], item)).collect();
        ordered.sort_by_key(|&(bytes, _)| bytes);
        let ordered = ordered.into_iter().map(|(_, item)| item).collect();
        self.writer.out.truncate(end);
        self.apart += ends.last().map_or(0, |last| last - end);
        Some(ordered)
    }

    /// Writes an item of a set by itself: of tuples, those that hold names alone, each once.
    fn write_apart(&mut self, item: Handle, context: Context) -> Option<()> {
        let is_interned = self.is_interned(item, context);
        let value = self.graph.value(item);
        let mut head = self.head(FLAG_REF);
        match value {
            Value::Text(text) => head.text(text.as_bytes(), is_interned).ok(),
            Value::Bytes(bytes) => head.counted(TypeCode::String, bytes).ok(),
            Value::Int(value) => head.int(value).ok(),
            Value::None => self.head(0).single(TypeCode::None).ok(),
            Value::Tuple(names) if (1..=FEW).contains(&names.len()) => {
                head.tuple(names.len()).ok()?;
                names.iter().enumerate().try_for_each(|(at, &name)| {
                    let is_alone = self.is_interned(name, context) && !names[..at].contains(&name);
                    is_alone.then(|| self.write_apart(name, context))?
                })
            }
            _ => None,
        }
    }

    /// Whether this is a str that is interned, or will be, being a constant.
    fn is_interned(&self, object: Handle, context: Context) -> bool {
        let is_settled = self.words[self.slot(object)].has_settled(SETTLED);
        match self.graph.value(object) {
            Value::Text(text) => is_settled || context.is_constant() && looks_like_a_name(text.as_bytes()),
            _ => false,
        }
    }
}
