//! [`Straight`]: a graph written at one go, as nearly all can be.
//!
//! Which objects are referred to more than once was noted by the reader, or is counted beforehand, in one run over all items
//! that the graph holds. So each object is written with its flag and each reference with its number, and nothing has to be
//! mended. That is right if all that the graph holds was written, which is known in the end; and so is that no two of the
//! strings that are interned are equal.
//!
//! What stands in a field of a code object is known before it is looked at, so that each field has code of its own
//! (`code.rs`), strings have (`text.rs`), and all else is told apart (`rare.rs` has what there is less of).
//!
//! This gives up wherever something would have to be known that is not: a string that turns out to be interned, a set in
//! another order, what no code object has. [`First`](super::First) writes all graphs.

mod code;
mod hashes;
mod rare;
mod text;

use alloc::vec::Vec;

use pickle_value::{Graph, Handle, Numbering, Value};

use self::hashes::Hashes;
use super::slots::{EMPTY_TUPLE, SPANS, single_int};
use super::{Context, Rules, Sharing};
use crate::code::Layout;
use crate::table::{FLAG_REF, TypeCode};
use crate::write::{DEEPEST, Head, Writer};

/// Writes a graph, if it can be written so.
pub(crate) fn write(graph: &Graph<'_>, rules: Rules, depth_limit: usize, writer: Writer) -> Option<Vec<u8>> {
    if rules.version < 4 || rules.python2 || rules.sharing != Sharing::CPython {
        return None;
    }
    let root = graph.root().handle()?;
    let mut straight = Straight::new(graph, rules, depth_limit, writer);
    straight.count(root);
    straight.object(root, rules.of_root(), 0)?;
    straight.is_right().then(|| straight.writer.into_vec())
}

/// What is known of an object: how often it is referred to, up to twice; once it has a number, four times that, and below
/// what is settled of it, as in [`State`](super::slots::State).
type Word = u32;

const SETTLED: Word = 3;
/// The least word of an object that was written with a number.
const MET: Word = 4;
/// More numbers than these are left to others.
const MOST: u32 = 1 << 29;

/// The slot of what has no identity: nothing is known of it, ever.
const NONE: usize = SPANS;

struct Straight<'g> {
    graph: &'g Graph<'g>,
    /// Its [output](Writer::out) is written to directly.
    writer: Writer,
    /// By slot: what there is one of, [`NONE`], spans, nodes.
    words: Vec<Word>,
    numbering: Numbering,
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
    /// The numbers of strings that are not interned as far as is known, and where they begin.
    texts: Vec<(u32, usize)>,
    /// Sets whose items have to be in order.
    sets: Vec<&'g [Handle]>,
}

impl<'g> Straight<'g> {
    fn new(graph: &'g Graph<'g>, rules: Rules, depth_limit: usize, writer: Writer) -> Straight<'g> {
        let numbering = graph.numbering();
        Straight {
            graph,
            writer,
            words: Vec::new(),
            numbering,
            given: 0,
            written: 0,
            deepest: depth_limit.min(DEEPEST),
            names: Hashes::with_room_for(graph.counts().spans),
            rules,
            code: None,
            texts: Vec::new(),
            sets: Vec::new(),
        }
    }

    #[inline(always)]
    fn slot(&self, object: Handle) -> usize {
        NONE + self.numbering.of(object)
    }

    /// Finds out how often each object is referred to: as was noted when the graph was made, or by counting.
    fn count(&mut self, root: Handle) {
        let count = NONE + self.numbering.count();
        if let Some(shared) = self.graph.shared() {
            self.words.reserve_exact(count);
            self.words.resize(NONE, 0);
            self.words.extend(shared.iter().map(|&is_shared| 1 + Word::from(is_shared)));
            self.words[NONE] = 0;
            return;
        }
        self.words.resize(count, 0);
        let words = &mut self.words[NONE..];
        let mut count = |object| {
            let word = &mut words[self.numbering.of(object)];
            *word += Word::from(*word < 2);
        };
        self.graph.all_items().iter().copied().for_each(&mut count);
        count(root);
        words[0] = 0;
    }

    /// Whether all that was counted was written; and the items of sets in their order.
    fn is_right(&mut self) -> bool {
        let name = self.code.map(|(name, ..)| self.words[self.slot(name)]);
        self.written == self.graph.all_items().len()
            && name.is_none_or(|word| word < MET)
            && self.given < MOST
            && self.names.are_different()
            && (self.sets.is_empty() || self.rules.ordering_holds_items)
            && core::mem::take(&mut self.sets).into_iter().all(|items| self.is_in_order(items))
    }

    #[inline(always)]
    fn head(&mut self, flag: u8) -> Head<'_> {
        Head { writer: &mut self.writer, flag, wanted: None }
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
        if object.is_text() {
            return self.name(object, context, depth);
        }
        match self.graph.value(object) {
            Value::None => self.head(0).single(TypeCode::None).ok(),
            Value::Int(value) => self.int(value, context),
            Value::Bytes(_) => self.bytes(object, context, depth),
            Value::Tuple(items) => match self.met(object)? {
                (slot, word) if word >= MET => self.again(object, slot, word, context),
                (slot, _) => self.tuple(slot, items, context, depth),
            },
            Value::Object(native) => match self.met(object)? {
                (slot, word) if word >= MET => self.again(object, slot, word, context),
                (slot, _) => self.code(slot, native, context, depth),
            },
            _ => match self.met(object)? {
                (slot, word) if word >= MET => self.again(object, slot, word, context),
                (slot, _) => self.other(object, slot, context, depth),
            },
        }
    }

    /// What is known of an object, and where.
    #[inline(always)]
    fn met(&self, object: Handle) -> Option<(usize, Word)> {
        let slot = self.slot(object);
        Some((slot, *self.words.get(slot)?))
    }

    /// The same, where it is something else than is usual.
    #[cold]
    #[inline(never)]
    fn unusual(&mut self, object: Handle, context: Context, depth: usize) -> Option<()> {
        self.object(object, context, depth)
    }

    /// What was written before.
    #[inline(always)]
    fn again(&mut self, object: Handle, slot: usize, word: Word, context: Context) -> Option<()> {
        if !word & context.needs() == 0 { self.reference(word) } else { self.settle(object, slot, context) }
    }

    fn tuple(&mut self, slot: usize, items: &'g [Handle], context: Context, depth: usize) -> Option<()> {
        if items.is_empty() {
            return self.single(slot, EMPTY_TUPLE, |mut head| head.tuple(0).ok());
        }
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

    #[inline(always)]
    fn int(&mut self, value: i64, context: Context) -> Option<()> {
        let mut head = match single_int(value) {
            Some(single) => {
                let word = self.words[single];
                if word >= MET {
                    return self.reference(word);
                }
                self.give(single, SETTLED)
            }
            None => self.number(context),
        };
        head.int(value).ok()
    }

    /// A number that is held by nothing but what holds it has none; and what is held besides is another each time.
    #[inline(always)]
    fn number(&mut self, context: Context) -> Head<'_> {
        let is_held = context.is_held();
        self.given += u32::from(is_held);
        self.head(u8::from(is_held) * FLAG_REF)
    }
}
