//! [`Straight`]: a graph written at one go, as nearly all can be.
//!
//! How often an object is referred to is counted beforehand, in one run over all items that the graph holds. So each object
//! is written with its flag and each reference with its number, and nothing has to be mended. The count is right if all that
//! the graph holds was written, which is known in the end.
//!
//! This gives up wherever something would have to be known that is not: a string that turns out to be interned, a set in
//! another order, what no code object has. [`First`](super::First) writes all graphs.

use alloc::vec;
use alloc::vec::Vec;

use pickle_value::{Graph, Handle, Held, Inline, Numbering, Object, Value};

use super::context::looks_like_a_name;
use super::names::Names;
use super::slots::{EMPTY_FROZEN_SET, EMPTY_TUPLE, SPANS, is_interned_single, single_bytes, single_int, single_text};
use super::{Context, Rules, Sharing};
use crate::code::Layout;
use crate::graph_source::{code_fields, int_of};
use crate::short::Short;
use crate::table::{FLAG_REF, TypeCode};
use crate::write::{DEEPEST, Head, Writer};

/// Writes a graph, if it can be written so.
pub(crate) fn write(graph: &Graph<'_>, rules: Rules, depth_limit: usize, writer: &mut Writer) -> Option<()> {
    if rules.version < 3 || rules.python2 || rules.sharing != Sharing::CPython {
        return None;
    }
    let root = graph.root().handle()?;
    let mut straight = Straight::new(graph, rules, depth_limit, writer);
    straight.count(root);
    straight.object(root, rules.of_root(), 0)?;
    straight.is_right().then_some(())
}

/// What is known of an object: 1 if it is referred to, 3 if it is so more than once; once it has a number, four times that
/// plus one, and below what is settled of it, as in [`State`](super::slots::State).
type Word = u32;

const MANY: Word = 2;
const SETTLED: Word = 3;
/// The least word of an object that was written with a number.
const MET: Word = 4;
/// More numbers than these are left to others.
const MOST: u32 = 1 << 29;

/// The slot of what has no identity: nothing is known of it, ever.
const NONE: usize = SPANS;

struct Straight<'g, 'w> {
    graph: &'g Graph<'g>,
    rules: Rules,
    deepest: usize,
    writer: &'w mut Writer,
    /// By slot: what there is one of, [`NONE`], spans, nodes.
    words: Vec<Word>,
    numbering: Numbering,
    names: Names,
    /// How many numbers were given.
    given: u32,
    /// How many of the graph's items were written.
    written: usize,
    /// What all code objects begin with, and what it means.
    code: Option<(Handle, Handle, Layout)>,
    /// The numbers of strings that are not interned as far as is known, and where they begin.
    texts: Vec<(u32, usize)>,
    /// Sets whose items have to be in order.
    sets: Vec<&'g [Handle]>,
}

impl<'g, 'w> Straight<'g, 'w> {
    fn new(graph: &'g Graph<'g>, rules: Rules, depth_limit: usize, writer: &'w mut Writer) -> Straight<'g, 'w> {
        let numbering = graph.numbering();
        Straight {
            graph,
            rules,
            deepest: depth_limit.min(DEEPEST),
            writer,
            words: vec![0; NONE + numbering.count()],
            numbering,
            names: Names::with_room_for(graph.counts().spans),
            given: 0,
            written: 0,
            code: None,
            texts: Vec::new(),
            sets: Vec::new(),
        }
    }

    #[inline(always)]
    fn slot(&self, object: Handle) -> usize {
        NONE + self.numbering.of(object)
    }

    /// Counts how often each object is referred to.
    fn count(&mut self, root: Handle) {
        let words = &mut self.words[NONE..];
        for &object in self.graph.all_items() {
            let word = &mut words[self.numbering.of(object)];
            *word = *word << 1 & MANY | 1;
        }
        let word = &mut words[self.numbering.of(root)];
        *word = *word << 1 & MANY | 1;
        words[0] = 0;
    }

    /// Whether all that was counted was written; and the items of sets in their order.
    fn is_right(&mut self) -> bool {
        let name = self.code.map(|(name, ..)| self.words[self.slot(name)]);
        self.written == self.graph.all_items().len()
            && name.is_none_or(|word| word < MET)
            && self.given < MOST
            && (self.sets.is_empty() || self.rules.ordering_holds_items)
            && core::mem::take(&mut self.sets).into_iter().all(|items| self.is_in_order(items))
    }

    #[inline(always)]
    fn head(&mut self, flag: u8) -> Head<'_> {
        Head { writer: self.writer, flag, wanted: None }
    }

    #[inline(always)]
    fn reference(&mut self, word: Word) -> Option<()> {
        self.head(0).word(TypeCode::Ref, (word >> 2) - 1);
        Some(())
    }

    /// Gives the next number to what there is one of.
    #[inline(always)]
    fn give(&mut self, slot: usize, settled: Word) -> Head<'_> {
        self.given += 1;
        self.words[slot] = self.given << 2 | settled;
        self.head(FLAG_REF)
    }

    /// Gives a number to what is referred to more than once, or held.
    #[inline(always)]
    fn share(&mut self, slot: usize, context: Context, settled: Word) -> Head<'_> {
        let word = self.words[slot];
        // Which of both it is cannot be guessed, so nothing branches on it.
        let is_shared = word >> 1 & 1 | Word::from(context.is_held());
        self.given += is_shared;
        self.words[slot] = if is_shared != 0 { self.given << 2 | settled } else { word };
        self.head((is_shared as u8) * FLAG_REF)
    }

    #[inline(always)]
    fn object(&mut self, object: Handle, context: Context, depth: usize) -> Option<()> {
        let slot = self.slot(object);
        let word = *self.words.get(slot)?;
        if word >= MET {
            return if !word & context.needs() == 0 {
                self.reference(word)
            } else {
                self.settle(object, slot, context)
            };
        }
        if matches!(object.held(), Held::Text(_)) {
            return self.text(object, slot, context);
        }
        match self.graph.value(object) {
            Value::Bytes(bytes) if bytes.len() > 1 => {
                self.share(slot, context, SETTLED).counted(TypeCode::String, bytes).ok()
            }
            Value::Tuple(items) if !items.is_empty() => self.tuple(slot, items, context, depth),
            Value::None => self.head(0).single(TypeCode::None).ok(),
            Value::Int(value) => self.int(value, context),
            Value::Object(native) => self.code(slot, native, context, depth),
            _ => self.other(object, slot, context, depth),
        }
    }

    fn tuple(&mut self, slot: usize, items: &'g [Handle], context: Context, depth: usize) -> Option<()> {
        let of_items = context.of_items(true);
        self.share(slot, context, of_items.needs()).tuple(items.len()).ok()?;
        self.items(items, of_items, depth)
    }

    fn items(&mut self, items: &'g [Handle], context: Context, depth: usize) -> Option<()> {
        if depth + 1 >= self.deepest {
            return None;
        }
        self.written += items.len();
        for &item in items {
            self.object(item, context, depth + 1)?;
        }
        Some(())
    }

    #[inline(never)]
    fn code(&mut self, slot: usize, native: Object<'g>, context: Context, depth: usize) -> Option<()> {
        let [name, layout, fields @ ..] = native.fields() else {
            return None;
        };
        let (known, number, layout) = match self.code {
            Some(code) => code,
            None => *self.code.insert((*name, *layout, code_fields(native)?.0)),
        };
        let is_alike = known == *name && Some(number) == native.fields().get(1).copied();
        if !is_alike || fields.len() != layout.fields().len() || depth + 1 >= self.deepest {
            return None;
        }
        self.share(slot, context, SETTLED).code().ok()?;
        self.written += native.fields().len();
        let contexts = Context::of_fields(layout);
        for ((&value, field), &context) in fields.iter().zip(layout.fields()).zip(contexts) {
            if field.is_int() {
                let value = i32::try_from(int_of(self.graph, value)?).ok()?;
                self.head(0).bare(value);
            } else {
                self.object(value, context, depth + 1)?;
            }
        }
        Some(())
    }

    #[inline(always)]
    fn int(&mut self, value: i64, context: Context) -> Option<()> {
        let head = match single_int(value) {
            Some(single) => {
                let word = self.words[single];
                if word >= MET {
                    return self.reference(word);
                }
                self.give(single, SETTLED)
            }
            None => self.number(context),
        };
        let mut head = head;
        head.int(value).ok()
    }

    /// A number that is held by nothing but what holds it has none; and what is held besides is another each time.
    #[inline(always)]
    fn number(&mut self, context: Context) -> Head<'_> {
        let is_held = context.is_held();
        self.given += u32::from(is_held);
        self.head(u8::from(is_held) * FLAG_REF)
    }

    #[inline(always)]
    fn text(&mut self, object: Handle, slot: usize, context: Context) -> Option<()> {
        let (bytes, length) = self.graph.bytes_and_more(object);
        match Short::new(bytes, length) {
            Some(short) if length > 2 && self.writer.has_short_ascii && short.is_ascii() => {
                let utf8 = short.bytes();
                if context.is_name() || context.is_constant() && short.looks_like_a_name() {
                    let first = self.first_of(object, utf8);
                    if first != object {
                        let word = self.words[self.slot(first)];
                        self.words[slot] = word;
                        return self.reference(word);
                    }
                    self.give(slot, SETTLED).short_ascii(short, true);
                    return Some(());
                }
                let settled = if context.is_constant() { Context::CONSTANT.needs() } else { 0 };
                let (at, given) = (self.writer.out.len(), self.given);
                self.share(slot, context, settled).short_ascii(short, false);
                if self.given != given {
                    self.texts.push((self.given, at));
                }
                Some(())
            }
            _ => self.other_text(object, slot, bytes.get(..length)?, context),
        }
    }

    fn other_text(&mut self, object: Handle, slot: usize, utf8: &'g [u8], context: Context) -> Option<()> {
        if utf8.len() <= 2
            && let Some(single) = single_text(utf8)
        {
            return self.single_text(slot, single, utf8, context);
        }
        if context.is_name() || context.is_constant() && looks_like_a_name(utf8) {
            let first = self.first_of(object, utf8);
            if first != object {
                let word = self.words[self.slot(first)];
                self.words[slot] = word;
                return self.reference(word);
            }
            return self.give(slot, SETTLED).text(utf8, true).ok();
        }
        let settled = if context.is_constant() { Context::CONSTANT.needs() } else { 0 };
        let (at, given) = (self.writer.out.len(), self.given);
        self.share(slot, context, settled).text(utf8, false).ok()?;
        if self.given != given {
            self.texts.push((self.given, at));
        }
        Some(())
    }

    /// A str of which there is one.
    #[cold]
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

    /// What was written before, where nobody asked yet whether its strings are interned.
    #[cold]
    #[inline(never)]
    fn settle(&mut self, object: Handle, slot: usize, context: Context) -> Option<()> {
        let value = self.graph.value(object);
        let needs = match value {
            Value::Text(text) => {
                let utf8 = text.as_bytes();
                if context.is_name() || context.is_constant() && looks_like_a_name(utf8) {
                    self.intern(object, slot, utf8)?;
                    SETTLED
                } else {
                    context.needs() & Context::CONSTANT.needs()
                }
            }
            Value::Tuple(items) | Value::FrozenSet(items) => {
                let needs = context.of_items(true).needs();
                let is_settled = items.iter().all(|&item| match self.words[self.slot(item)] {
                    word @ MET.. => !word & needs == 0,
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
        self.words[slot] |= needs;
        self.reference(self.words[slot])
    }

    /// Makes a str that was written one that is interned, if none was met that it would be one with.
    fn intern(&mut self, object: Handle, slot: usize, utf8: &[u8]) -> Option<()> {
        let number = self.words[slot] >> 2;
        let text = self.texts.binary_search_by_key(&number, |&(number, _)| number).ok()?;
        if self.first_of(object, utf8) != object {
            return None;
        }
        self.writer.intern_at(self.texts[text].1);
        Some(())
    }

    #[inline(always)]
    fn first_of(&mut self, object: Handle, utf8: &[u8]) -> Handle {
        let graph = self.graph;
        let is_text = |known| matches!(graph.value(known), Value::Text(text) if text.as_bytes() == utf8);
        self.names.first(utf8, object, is_text)
    }

    /// What there is less of.
    #[inline(never)]
    fn other(&mut self, object: Handle, slot: usize, context: Context, depth: usize) -> Option<()> {
        let of_items = context.of_items(false);
        match self.graph.value(object) {
            Value::Bool(value) => self.head(0).single(if value { TypeCode::True } else { TypeCode::False }).ok(),
            Value::Ellipsis => self.head(0).single(TypeCode::Ellipsis).ok(),
            Value::Tuple([]) => self.single(slot, EMPTY_TUPLE, |mut head| head.tuple(0).ok()),
            Value::Bytes(bytes) => {
                let single = single_bytes(bytes)?;
                self.single(slot, single, |mut head| head.counted(TypeCode::String, bytes).ok())
            }
            Value::FrozenSet([]) if self.rules.empty_frozenset_is_one => {
                self.single(slot, EMPTY_FROZEN_SET, |mut head| head.sized(TypeCode::FrozenSet, 0).ok())
            }
            Value::Float(value) if matches!(object.inline(), Inline::Float(_)) => {
                self.number(context).floats(&[value], &[]).ok()
            }
            Value::BigInt(bytes) => self.share(slot, context, SETTLED).big_int(bytes).ok(),
            Value::Complex(real, imaginary) => {
                self.written += 2;
                self.share(slot, context, SETTLED).floats(&[real, imaginary], &[]).ok()
            }
            Value::List(items) => {
                self.share(slot, context, of_items.needs()).sized(TypeCode::List, items.len()).ok()?;
                self.items(items, of_items, depth)
            }
            Value::Dict(items) => {
                self.share(slot, context, of_items.needs()).single(TypeCode::Dict).ok()?;
                self.items(items, of_items, depth)?;
                self.head(0).single(TypeCode::Null).ok()
            }
            Value::FrozenSet(items) => {
                if self.rules.sets_are_ordered && items.len() > 1 {
                    self.sets.push(items);
                }
                let of_items = context.of_items(true);
                self.share(slot, context, of_items.needs()).sized(TypeCode::FrozenSet, items.len()).ok()?;
                self.items(items, of_items.and(self.rules.of_set_items()), depth)
            }
            _ => None,
        }
    }

    /// What there is one of, whichever object says so.
    fn single(&mut self, slot: usize, single: usize, write: impl FnOnce(Head<'_>) -> Option<()>) -> Option<()> {
        let word = self.words[single];
        if word >= MET {
            self.words[slot] = word;
            return self.reference(word);
        }
        write(self.give(single, SETTLED))?;
        self.words[slot] = self.words[single];
        Some(())
    }

    /// Whether a set's items stand in the order of their bytes. Of containers that is not said here.
    ///
    /// While their bytes are made to be compared, items are held besides: all have the flag.
    fn is_in_order(&mut self, items: &[Handle]) -> bool {
        let end = self.writer.out.len();
        let mut starts = Vec::with_capacity(items.len() + 1);
        for &item in items {
            starts.push(self.writer.out.len());
            if self.write_apart(item).is_none() {
                return false;
            }
        }
        starts.push(self.writer.out.len());
        let written = self.writer.out.written_mut();
        let is_sorted = starts.windows(2).map(|ends| &written[ends[0]..ends[1]]).is_sorted();
        self.writer.out.truncate(end);
        is_sorted
    }

    /// Writes an item of a set by itself.
    fn write_apart(&mut self, item: Handle) -> Option<()> {
        let word = self.words[self.slot(item)];
        let value = self.graph.value(item);
        let mut head = self.head(FLAG_REF);
        match value {
            Value::Text(text) => head.text(text.as_bytes(), word & SETTLED == SETTLED).ok(),
            Value::Bytes(bytes) => head.counted(TypeCode::String, bytes).ok(),
            Value::Int(value) => head.int(value).ok(),
            Value::None => self.head(0).single(TypeCode::None).ok(),
            _ => None,
        }
    }
}
