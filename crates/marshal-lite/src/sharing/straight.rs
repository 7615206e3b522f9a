//! [`Straight`]: a graph written at one go, as nearly all can be.
//!
//! Which objects are referred to more than once was noted by the reader, or is counted beforehand, in one run over all items
//! that the graph holds. So each object is written with its flag and each reference with its number, and nothing has to be
//! mended. That is right if all that the graph holds was written, which is known in the end; and so is that no two of the
//! strings that are interned are equal.
//!
//! What stands in a field of a code object is known before it is looked at, so that each field has code of its own
//! (`code.rs`), and so has what there is most of (`common.rs`), and all else is told apart (`text.rs`, `rare.rs`). What is rare
//! is written by a [`Writer`], and that is copied; all else to the room that there is, by way of [`Rest`].
//!
//! This gives up wherever something would have to be known that is not: a string that turns out to be interned, the order of
//! a set that holds containers, what no code object has. [`First`](super::First) writes all graphs.

mod code;
mod common;
mod hashes;
mod rare;
mod text;
mod word;

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;
use core::hint::select_unpredictable;

use pickle_value::{Contents, Graph, Handle, Held, Numbering, Value};

use self::hashes::Hashes;
use self::word::{SETTLED, Word};
use super::slots::{EMPTY_TUPLE, SPANS, single_int};
use super::{Context, Rules, Sharing};
use crate::code::Layout;
use crate::out::{Out, Rest};
use crate::table::{FLAG_REF, TypeCode};
use crate::write::{DEEPEST, Head, Writer, with_word};

/// Writes a graph, if it can be written so.
pub(crate) fn write(graph: &Graph<'_>, rules: Rules, depth_limit: usize, writer: Writer) -> Option<Vec<u8>> {
    if rules.version < 4 || rules.python2 || rules.sharing != Sharing::CPython {
        return None;
    }
    graph.prefetch();
    let (straight, out) = writer.at_one_go(|writer, out| {
        let mut straight = Straight::new(graph, rules, depth_limit, writer);
        match straight.write(out) {
            Some(()) => Ok(straight),
            None => Err(straight.is_full.then_some(straight.writer)),
        }
    })?;
    Some(straight.finish(out))
}

/// More numbers than these are left to others.
const MOST: u32 = 1 << 29;

struct Straight<'g> {
    graph: &'g Graph<'g>,
    contents: Contents<'g>,
    /// Writes what is rare: [`Straight::object`] takes that over.
    writer: Writer,
    /// By slot: what has no identity, of which nothing is known, ever; spans, nodes, what there is one of.
    words: Vec<Word>,
    /// By slot, but for what there is one of: whether it is referred to more than once.
    shared: Cow<'g, [bool]>,
    numbering: Numbering,
    /// The slot of the first node.
    nodes: usize,
    /// The slot of the first thing that there is one of.
    singles: usize,
    /// How many numbers were given.
    given: u32,
    /// How many of the graph's items were written.
    written: usize,
    deepest: usize,
    /// Of the strings that are interned.
    names: Hashes,
    rules: Rules,
    /// What all code objects begin with, and what it means.
    code: Option<(Handle, Handle, Layout)>,
    /// The same, if that is [`Layout::LocalsPlus`].
    locals_plus: Option<(Handle, Handle)>,
    /// The numbers of strings that are not interned as far as is known, and where they begin.
    texts: Vec<(u32, usize)>,
    /// Where those begin that are found to be interned.
    interned: Vec<usize>,
    /// The items of sets, in the order that they were written in.
    sets: Vec<Vec<Handle>>,
    /// How many bytes were written to find that order.
    apart: usize,
    /// How much room there is in all.
    room: usize,
    /// Whether that was not enough.
    is_full: bool,
}

/// What of an object is still to be written, once its beginning is.
enum Inner<'g> {
    Nothing,
    /// Items in this context.
    Items(&'g [Handle], Context),
    /// Items of a set in the order of their bytes.
    Ordered(Vec<Handle>, Context),
    /// A code object, of which nothing is written yet.
    Code,
}

impl<'g> Straight<'g> {
    fn new(graph: &'g Graph<'g>, rules: Rules, depth_limit: usize, writer: Writer) -> Straight<'g> {
        let numbering = graph.numbering();
        Straight {
            graph,
            contents: graph.contents(),
            writer,
            words: vec![Word::default(); numbering.count() + SPANS],
            shared: Cow::Borrowed(&[]),
            nodes: 1 + graph.counts().spans,
            singles: numbering.count(),
            numbering,
            given: 0,
            written: 0,
            deepest: depth_limit.min(DEEPEST),
            names: Hashes::with_room_for(graph.counts().spans),
            rules,
            code: None,
            locals_plus: None,
            // As many as modules often have: growing took longer.
            texts: Vec::with_capacity(64),
            interned: Vec::new(),
            sets: Vec::new(),
            apart: 0,
            room: 0,
            is_full: false,
        }
    }

    fn write(&mut self, out: &mut Out) -> Option<()> {
        let root = self.graph.root().handle()?;
        self.count(root);
        let rest = out.rest();
        self.room = rest.len();
        let left = self.object(rest, root, self.rules.of_root(), 0)?.len();
        out.leave(left);
        self.is_right().then_some(())
    }

    fn finish(mut self, out: Out) -> Vec<u8> {
        self.writer.out = out;
        self.interned.into_iter().for_each(|at| self.writer.intern_at(at));
        self.writer.into_vec()
    }

    #[inline(always)]
    fn slot(&self, object: Handle) -> usize {
        self.numbering.of(object)
    }

    /// Finds out how often each object is referred to: as was noted when the graph was made, or by counting.
    fn count(&mut self, root: Handle) {
        let counted = || {
            let (mut once, mut again) = (vec![false; self.singles], vec![false; self.singles]);
            for &object in self.graph.all_items().iter().chain([&root]) {
                let slot = self.slot(object);
                again[slot] |= once[slot];
                once[slot] = true;
            }
            Cow::Owned(again)
        };
        self.shared = self.graph.shared().map_or_else(counted, Cow::Borrowed);
    }

    /// Whether what has this slot is referred to more than once.
    #[inline(always)]
    fn is_shared(&self, slot: usize) -> bool {
        self.shared.get(slot) == Some(&true)
    }

    /// Whether all that was counted was written; and the items of sets in their order.
    fn is_right(&mut self) -> bool {
        let name = self.code.map(|(name, ..)| self.words[self.slot(name)]);
        self.written == self.graph.all_items().len()
            && name.is_none_or(|word| !word.is_met())
            && self.given < MOST
            && self.names.are_different(self.contents)
            && core::mem::take(&mut self.sets)
                .into_iter()
                .all(|items| self.in_order(&items, Context::PLAIN) == Some(items))
    }

    /// Writes any object.
    #[inline(never)]
    fn object<'w>(&mut self, mut rest: Rest<'w>, object: Handle, context: Context, depth: usize) -> Option<Rest<'w>> {
        let number = object.text_number();
        if self.words.get(1 + number as usize).is_some_and(|word| object.is_text() && !word.is_met()) {
            self.new_text(&mut rest, number, context)?;
            return Some(rest);
        }
        if self.bytes::<64>(&mut rest, object, context).is_some() {
            return Some(rest);
        }
        match object.held() {
            Held::List(number) if self.is_new_node(number) => {
                return self.list_or_dict(rest, number, false, context, depth);
            }
            Held::Dict(number) if self.is_new_node(number) => {
                return self.list_or_dict(rest, number, true, context, depth);
            }
            _ => {}
        }
        let inner = self.begin(object, context)?;
        rest = self.take_over(rest)?;
        match inner {
            Inner::Nothing => Some(rest),
            Inner::Items(items, context) => self.items(rest, items, context, depth),
            Inner::Ordered(items, context) => {
                rest = self.items(rest, &items, context, depth)?;
                self.sets.push(items);
                Some(rest)
            }
            Inner::Code => self.code(rest, object.identity().number, context, depth),
        }
    }

    /// Takes over what the [writer](Straight::writer) has.
    fn take_over<'w>(&mut self, mut rest: Rest<'w>) -> Option<Rest<'w>> {
        let is_written = self.writer.out.move_to(&mut rest);
        self.is_full = is_written.is_none();
        is_written.map(|()| rest)
    }

    fn is_new_node(&self, number: u32) -> bool {
        self.words.get(self.nodes + number as usize).is_some_and(|word| !word.is_met())
    }

    /// A list or a dict that is new, with this number among nodes.
    fn list_or_dict<'w>(
        &mut self,
        rest: Rest<'w>,
        number: u32,
        is_dict: bool,
        context: Context,
        depth: usize,
    ) -> Option<Rest<'w>> {
        let (items, of_items) = (self.graph.row(number), context.of_items(false));
        let slot = self.nodes + number as usize;
        let is_shared = self.is_shared(slot) || context.is_held();
        let flag = u8::from(is_shared) * FLAG_REF;
        self.give_number(slot, is_shared, of_items.needs());
        if is_dict {
            let rest = self.put::<1>(rest, (TypeCode::Dict as u8 | flag).into())?;
            let rest = self.items(rest, items, of_items, depth)?;
            return self.put::<1>(rest, TypeCode::Null as u64);
        }
        let size = i32::try_from(items.len()).ok()?;
        let rest = self.put::<5>(rest, with_word(TypeCode::List, flag, size as u32))?;
        self.items(rest, items, of_items, depth)
    }

    /// Writes the low bytes of a word, if there is room.
    #[inline(always)]
    fn put<'w, const COUNT: usize>(&mut self, mut rest: Rest<'w>, word: u64) -> Option<Rest<'w>> {
        let is_written = rest.put::<COUNT>(word);
        self.is_full = is_written.is_none();
        is_written.map(|()| rest)
    }

    /// Writes what is no container, or the beginning of what is one.
    fn begin(&mut self, object: Handle, context: Context) -> Option<Inner<'g>> {
        let slot = self.slot(object);
        let word = *self.words.get(slot)?;
        if word.is_met() {
            return self.again(object, slot, word, context);
        }
        match self.graph.value(object) {
            Value::None => self.head(0).single(TypeCode::None).ok()?,
            Value::Int(value) => self.int(value, context)?,
            Value::Tuple([]) => self.single(slot, EMPTY_TUPLE, |mut head| head.tuple(0).ok())?,
            Value::Tuple(items) => {
                let of_items = context.of_items(true);
                self.share(slot, context, of_items.needs()).tuple(items.len()).ok()?;
                return Some(Inner::Items(items, of_items));
            }
            Value::Object(_) => return Some(Inner::Code),
            _ => return self.other(object, slot, context),
        }
        Some(Inner::Nothing)
    }

    #[inline(always)]
    fn head(&mut self, flag: u8) -> Head<'_> {
        Head { writer: &mut self.writer, flag, wanted: None }
    }

    fn reference(&mut self, word: Word) -> Option<()> {
        self.head(0).word(TypeCode::Ref, word.number());
        Some(())
    }

    /// Gives the next number to what has it.
    #[inline(always)]
    fn give_number(&mut self, slot: usize, has_number: bool, settled: u32) {
        // Which of both it is cannot be guessed, so nothing branches on it.
        let word = &mut self.words[slot];
        *word = select_unpredictable(has_number, Word::numbered(self.given, settled), *word);
        self.given += u32::from(has_number);
    }

    /// Gives the next number to what there is one of.
    fn give(&mut self, slot: usize, settled: u32) -> Head<'_> {
        self.give_number(slot, true, settled);
        self.head(FLAG_REF)
    }

    /// Gives a number to what is referred to more than once, or held.
    fn share(&mut self, slot: usize, context: Context, settled: u32) -> Head<'_> {
        let is_shared = self.is_shared(slot) || context.is_held();
        self.give_number(slot, is_shared, settled);
        self.head(u8::from(is_shared) * FLAG_REF)
    }

    /// What was written before.
    fn again(&mut self, object: Handle, slot: usize, word: Word, context: Context) -> Option<Inner<'g>> {
        if word.is_known(context) {
            self.reference(word)?;
        } else {
            self.settle(object, slot, context)?;
        }
        Some(Inner::Nothing)
    }

    fn items<'w>(&mut self, rest: Rest<'w>, items: &[Handle], context: Context, depth: usize) -> Option<Rest<'w>> {
        self.written += items.len();
        if context == Context::CONSTANT {
            self.row::<true>(rest, items, context, depth)
        } else {
            self.row::<false>(rest, items, context, depth)
        }
    }

    /// Items that are counted already; constants if `CONSTANT`.
    fn row<'w, const CONSTANT: bool>(
        &mut self,
        mut rest: Rest<'w>,
        items: &[Handle],
        context: Context,
        depth: usize,
    ) -> Option<Rest<'w>> {
        let context = if CONSTANT { Context::CONSTANT } else { context };
        let of_items = context.of_items(true);
        if depth + 1 >= self.deepest {
            return None;
        }
        for &item in items {
            if item.is_text() {
                if self.text(&mut rest, item, context).is_none() {
                    rest = self.object(rest, item, context, depth + 1)?;
                }
                continue;
            }
            if self.atom(&mut rest, item, context) {
                continue;
            }
            if let Some((number, word)) = self.node(item) {
                if Self::known(&mut rest, word, context) {
                    continue;
                }
                if !word.is_met() {
                    if item.tuple_number() != u64::from(number) {
                        rest = self.code(rest, number, context, depth + 1)?;
                        continue;
                    }
                    if let Some(inner) = self.tuple(&mut rest, number, context, of_items) {
                        rest = self.row::<CONSTANT>(rest, inner, of_items, depth + 1)?;
                        continue;
                    }
                }
            }
            rest = self.object(rest, item, context, depth + 1)?;
        }
        Some(rest)
    }

    fn int(&mut self, value: i64, context: Context) -> Option<()> {
        let mut head = match single_int(value) {
            Some(single) => {
                let single = self.singles + single;
                let word = self.words[single];
                if word.is_met() {
                    return self.reference(word);
                }
                self.give(single, SETTLED)
            }
            None => self.number(context),
        };
        head.int(value).ok()
    }

    /// A number that is held by nothing but what holds it has none; and what is held besides is another each time.
    fn number(&mut self, context: Context) -> Head<'_> {
        let is_held = context.is_held();
        self.given += u32::from(is_held);
        self.head(u8::from(is_held) * FLAG_REF)
    }
}
