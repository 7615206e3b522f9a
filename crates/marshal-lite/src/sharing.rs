//! Which objects are shared: what CPython has one of, what a graph refers to twice.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use hashbrown::HashMap;
use pickle_value::{Graph, Handle, Identity, Inline, Sort, Text, Value};

use crate::code::{Field, Layout};
use crate::error::{Error, Fault};
use crate::graph_source::{GraphSource, WriteOptions, code_fields};
use crate::source::Share;
use crate::version::Release;

/// Which objects get the flag that references need, from version 3 on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Sharing {
    /// As CPython: what it has one object of wherever it comes from (small ints, the empty tuple, names and the like), and
    /// what is referred to more than once.
    #[default]
    CPython,
    /// Only what a reference names; and the items of sets in the order of their bytes by all releases.
    Referenced,
    /// Nothing: what is shared is written again wherever it stands. A cycle has no such form.
    Never,
}

/// The ints that CPython has one object of.
const SMALL_INTS: core::ops::RangeInclusive<i64> = -5..=256;

// Slots of what there is one object of.
const INT: usize = 0;
const CHARACTER: usize = INT + 262;
const BYTE: usize = CHARACTER + 256;
const EMPTY_TEXT: usize = BYTE + 256;
const EMPTY_BYTES: usize = EMPTY_TEXT + 1;
const EMPTY_TUPLE: usize = EMPTY_BYTES + 1;
const EMPTY_FROZEN_SET: usize = EMPTY_TUPLE + 1;
/// The first slot of the graph's spans, which its nodes follow.
const SPANS: usize = EMPTY_FROZEN_SET + 1;

/// What is known of each object: a slot for each that CPython has one of, for each span and for each node of the graph.
#[derive(Debug)]
pub(crate) struct Slots {
    sharing: Sharing,
    quirks: Quirks,
    /// Where the slots of nodes begin.
    nodes: usize,
    /// Empty for versions that share nothing.
    table: Vec<Slot>,
    /// Sets of several items that were met.
    sets: Vec<Handle>,
    /// The items of sets in the order in which they are written.
    orders: HashMap<u32, Box<[Handle]>, foldhash::fast::FixedState>,
    /// While something is written apart, the numbers that it replaces.
    replaced: Option<Vec<(usize, u32)>>,
    /// Whether the object that comes next is held by what writes it, too.
    pub(crate) held_besides: bool,
    /// Whether the object that was asked about last is interned.
    pub(crate) is_interned: bool,
}

#[derive(Clone, Copy, Default, Debug)]
struct Slot {
    /// The slot that stands for the object, plus one: this one, or that of what there is one of. 0 until it is met.
    plain: u32,
    /// Of what is interned: the slot of the first of the same text, plus one.
    first: u32,
    /// The number that it was written with, plus one.
    number: u32,
    /// How often it is referred to, up to 2.
    holders: u8,
    /// A constant that does not look like a name.
    is_no_name: bool,
}

/// In [`Slot::plain`]: a class, which has no number.
const NONE: u32 = u32::MAX;

/// How releases differ.
#[derive(Clone, Copy, Debug)]
struct Quirks {
    python2: bool,
    /// `marshal.dumps` holds its argument twice.
    root_is_held_twice: bool,
    /// The items of a set are held once more while it is written.
    set_items_are_held_twice: bool,
    /// The items of sets are written in the order of their bytes.
    sets_are_ordered: bool,
    /// An item is held once more while its bytes for that are made.
    ordering_holds_items: bool,
    /// There is one frozenset that is empty.
    empty_frozenset_is_one: bool,
    /// Each str of one latin-1 character is interned from the start. Before, it depends on what else is in the process.
    characters_are_interned: bool,
}

impl Quirks {
    fn of(release: Release) -> Quirks {
        let number = release.number();
        Quirks {
            python2: release.is_python2(),
            root_is_held_twice: number < (3, 7),
            set_items_are_held_twice: !matches!(number, (3, 9 | 10)),
            sets_are_ordered: number >= (3, 11),
            ordering_holds_items: number >= (3, 13),
            empty_frozenset_is_one: number < (3, 10),
            characters_are_interned: number >= (3, 13),
        }
    }
}

impl Slots {
    /// Counts who refers to what.
    pub(crate) fn count(graph: &Graph<'_>, version: u8, release: Release, sharing: Sharing) -> Slots {
        let counts = graph.counts();
        let nodes = SPANS + counts.spans;
        let wanted = version >= 3 || release.is_python2();
        let total = if wanted { nodes + counts.nodes } else { 0 };
        let mut slots = Slots {
            sharing,
            quirks: Quirks::of(release),
            nodes,
            table: vec![Slot::default(); total],
            sets: Vec::new(),
            orders: HashMap::default(),
            replaced: None,
            held_besides: false,
            is_interned: false,
        };
        slots.held_besides = slots.cpython3() && slots.quirks.root_is_held_twice;
        slots.count_all(graph);
        slots
    }

    fn count_all(&mut self, graph: &Graph<'_>) {
        let root = graph.root().handle().unwrap_or(Handle::NONE);
        let mut names = Names::default();
        let mut work: Vec<Handle> = Vec::new();
        self.hold(graph, root, &mut work);
        while let Some(object) = work.pop() {
            let items = match graph.value(object) {
                Value::Object(native) => match code_fields(native) {
                    Some((layout, fields)) => {
                        if names.is_empty() {
                            // Many of the spans are names.
                            names.reserve((self.nodes - SPANS) / 2);
                        }
                        self.intern_names(graph, layout, fields, &mut names);
                        fields
                    }
                    None => &[],
                },
                Value::Set(items) | Value::FrozenSet(items) if items.len() > 1 => {
                    self.sets.push(object);
                    items
                }
                _ => items(graph, object),
            };
            for &item in items {
                self.hold(graph, item, &mut work);
            }
        }
    }

    /// Notes a reference; what is met for the first time is to be looked into.
    #[inline(always)]
    fn hold(&mut self, graph: &Graph<'_>, object: Handle, work: &mut Vec<Handle>) {
        let Some(own) = self.own(object) else {
            return;
        };
        let Some(slot) = self.table.get(own) else {
            return;
        };
        let plain = match slot.plain {
            0 => {
                if own >= self.nodes {
                    work.push(object);
                }
                self.meet(graph, object, own)
            }
            plain => plain,
        };
        if let Some(slot) = self.table.get_mut((plain as usize).wrapping_sub(1)) {
            slot.holders = (slot.holders + 1).min(2);
        }
    }

    /// The slot of an object by its number alone; none for `None`, floats, ints that are not small.
    #[inline(always)]
    fn own(&self, object: Handle) -> Option<usize> {
        let Identity { sort, number } = object.identity();
        match sort {
            Sort::Span => Some(SPANS + number as usize),
            Sort::Node => Some(self.nodes + number as usize),
            Sort::Inline => match object.inline() {
                Inline::Int(value) if SMALL_INTS.contains(&value) => Some(INT + (value - SMALL_INTS.start()) as usize),
                _ => None,
            },
            Sort::Foreign => None,
        }
    }

    /// Finds out which slot stands for an object; gives that number plus one.
    fn meet(&mut self, graph: &Graph<'_>, object: Handle, own: usize) -> u32 {
        let plain = match graph.value(object) {
            _ if own < SPANS => own,
            Value::ByteString([]) => EMPTY_BYTES,
            Value::ByteString(&[byte]) => BYTE + usize::from(byte),
            _ if self.quirks.python2 => own,
            Value::Text(text) => match single_character(text) {
                Some(Some(character)) => CHARACTER + usize::from(character),
                Some(None) => EMPTY_TEXT,
                None => own,
            },
            Value::Bytes([]) => EMPTY_BYTES,
            Value::Bytes(&[byte]) => BYTE + usize::from(byte),
            Value::Tuple([]) => EMPTY_TUPLE,
            Value::FrozenSet([]) if self.quirks.empty_frozenset_is_one => EMPTY_FROZEN_SET,
            Value::Object(native) if code_fields(native).is_none() => {
                self.table[own].plain = NONE;
                return NONE;
            }
            _ => own,
        };
        self.table[own].plain = plain as u32 + 1;
        plain as u32 + 1
    }

    /// The names in a code object are interned, and so are constants that look like names.
    fn intern_names<'g>(&mut self, graph: &'g Graph<'_>, layout: Layout, fields: &[Handle], names: &mut Names<'g>) {
        for (&field, &object) in layout.fields().iter().zip(fields) {
            match field {
                Field::Names | Field::VarNames | Field::FreeVars | Field::CellVars | Field::LocalsPlusNames => {
                    items(graph, object).iter().for_each(|&name| self.intern(graph, name, names));
                }
                Field::Name | Field::QualName | Field::FileName => self.intern(graph, object, names),
                Field::Consts => self.intern_constants(graph, items(graph, object), names),
                _ => {}
            }
        }
    }

    fn intern_constants<'g>(&mut self, graph: &'g Graph<'_>, constants: &'g [Handle], names: &mut Names<'g>) {
        for &object in constants {
            match graph.value(object) {
                Value::Text(_) | Value::ByteString(_) => self.intern_if_name(graph, object, names),
                Value::Tuple(items) | Value::FrozenSet(items) => self.intern_within(graph, items, names),
                _ => {}
            }
        }
    }

    fn intern_within<'g>(&mut self, graph: &'g Graph<'_>, items: &'g [Handle], names: &mut Names<'g>) {
        let mut work: Vec<&[Handle]> = vec![items];
        let mut seen = 0;
        while let Some(items) = work.pop() {
            for &object in items {
                match graph.value(object) {
                    Value::Text(_) | Value::ByteString(_) => self.intern_if_name(graph, object, names),
                    // Tuples of tuples that are shared may be met again and again: no more than they are long.
                    Value::Tuple(items) | Value::FrozenSet(items) if seen <= self.table.len() => {
                        seen += items.len();
                        work.push(items);
                    }
                    _ => {}
                }
            }
        }
    }

    fn intern_if_name<'g>(&mut self, graph: &'g Graph<'_>, object: Handle, names: &mut Names<'g>) {
        let Some(slot) = self.own(object).and_then(|own| self.table.get(own)) else {
            return;
        };
        let plain = self.table.get((slot.plain as usize).wrapping_sub(1));
        if slot.is_no_name || plain.is_some_and(|plain| plain.first != 0) {
            return;
        }
        let bytes = match graph.value(object) {
            Value::Text(text) => text.as_bytes(),
            Value::ByteString(bytes) => bytes,
            _ => return,
        };
        if is_name(bytes) {
            self.intern(graph, object, names);
        } else if let Some(slot) = self.own(object).and_then(|own| self.table.get_mut(own)) {
            slot.is_no_name = true;
        }
    }

    #[inline]
    fn intern<'g>(&mut self, graph: &'g Graph<'_>, name: Handle, names: &mut Names<'g>) {
        // Only what has bytes: to meet a container is to be left to those who look into it.
        let Some(own) = self.own(name).filter(|&own| own < self.nodes.min(self.table.len())) else {
            return;
        };
        let plain = match self.table[own].plain {
            0 => self.meet(graph, name, own),
            plain => plain,
        };
        if let Some(slot) = self.table.get((plain as usize).wrapping_sub(1))
            && slot.first == 0
        {
            self.intern_first(graph, name, plain, names);
        }
    }

    fn intern_first<'g>(&mut self, graph: &'g Graph<'_>, name: Handle, plain: u32, names: &mut Names<'g>) {
        let bytes = match graph.value(name) {
            Value::Text(text) if !self.quirks.python2 => text.as_bytes(),
            Value::ByteString(bytes) => bytes,
            _ => return,
        };
        self.table[plain as usize - 1].first = *names.entry(bytes).or_insert(plain);
    }

    /// By the rules of CPython 3.
    fn cpython3(&self) -> bool {
        self.sharing == Sharing::CPython && !self.quirks.python2
    }

    /// Whether what writes a set holds its items.
    pub(crate) fn holds_set_items(&self) -> bool {
        self.cpython3() && self.quirks.set_items_are_held_twice
    }

    #[inline(always)]
    pub(crate) fn share(&mut self, graph: &Graph<'_>, object: Handle, number: u32) -> Share {
        let held_besides = core::mem::take(&mut self.held_besides);
        let Some((own, slot)) = self.own(object).and_then(|own| Some((own, *self.table.get(own)?))) else {
            return without_identity(graph, object, held_besides);
        };
        // Nearly half of all objects are references.
        if let Some(known) = slot.number.checked_sub(1) {
            return Share::Known(known);
        }
        let plain = match slot.plain {
            0 => self.meet(graph, object, own),
            NONE => return Share::Alone,
            plain => plain,
        };
        let at = plain as usize - 1;
        let plain = self.table[at];
        let slot = plain.first.checked_sub(1).map_or(at, |first| first as usize);
        self.is_interned = plain.first != 0 || slot < SPANS && self.is_interned_single(slot);
        if let Some(known) = self.table[slot].number.checked_sub(1) {
            return Share::Known(known);
        }
        let shared = match self.sharing {
            Sharing::CPython | Sharing::Referenced if self.quirks.python2 => plain.first != 0 || slot == EMPTY_BYTES,
            Sharing::CPython => plain.first != 0 || slot < SPANS || held_besides || self.table[slot].holders > 1,
            Sharing::Referenced => self.table[slot].holders > 1,
            Sharing::Never => false,
        };
        if !shared {
            return Share::Alone;
        }
        self.set_number(own, number);
        if slot != own {
            self.set_number(slot, number);
        }
        Share::New
    }

    #[inline(always)]
    fn set_number(&mut self, slot: usize, number: u32) {
        if let Some(replaced) = &mut self.replaced {
            replaced.push((slot, self.table[slot].number));
        }
        self.table[slot].number = number + 1;
    }

    /// Of what there is one of, these are interned from the start.
    fn is_interned_single(&self, slot: usize) -> bool {
        slot == EMPTY_TEXT || (CHARACTER..BYTE).contains(&slot) && self.quirks.characters_are_interned
    }

    pub(crate) fn order_of(&self, set: Handle) -> Option<&[Handle]> {
        self.orders.get(&set.identity().number).map(|order| &order[..])
    }
}

/// The first slot of each text that is interned, plus one.
type Names<'g> = HashMap<&'g [u8], u32, foldhash::fast::RandomState>;

/// What a graph knows no identity of.
#[inline(always)]
fn without_identity(graph: &Graph<'_>, object: Handle, held_besides: bool) -> Share {
    let is_number =
        || matches!(graph.value(object), Value::Int(_) | Value::Float(_) | Value::BigInt(_) | Value::Complex(..));
    if held_besides && is_number() { Share::New } else { Share::Alone }
}

/// A str of one latin-1 character, or none.
fn single_character(text: Text<'_>) -> Option<Option<u8>> {
    match *text.as_bytes() {
        [] => Some(None),
        [byte @ 0..0x80] => Some(Some(byte)),
        [lead @ 0xc2..=0xc3, byte] => Some(Some(lead << 6 | byte & 0x3f)),
        _ => None,
    }
}

/// Whether a constant is interned: it could be a name (`all_name_chars` in CPython's `codeobject.c`).
fn is_name(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// What a container holds.
pub(crate) fn items<'g>(graph: &'g Graph<'_>, object: Handle) -> &'g [Handle] {
    match graph.value(object) {
        Value::Tuple(items)
        | Value::List(items)
        | Value::Dict(items)
        | Value::Set(items)
        | Value::FrozenSet(items)
        | Value::Slice(items) => items,
        Value::Object(native) => code_fields(native).map_or(&[], |(_, fields)| fields),
        _ => &[],
    }
}

impl GraphSource<'_> {
    /// Puts the items of sets in the order in which CPython 3.11 and later write them: that of their own bytes.
    ///
    /// A set within another comes first, since its bytes are among those that are compared.
    pub(crate) fn order_sets(&mut self, options: &WriteOptions) -> Result<(), Error> {
        if !self.slots.quirks.sets_are_ordered && self.slots.sharing != Sharing::Referenced {
            return Ok(());
        }
        let sets = match self.slots.table.is_empty() {
            true => self.sets_within(self.graph.root().handle().unwrap_or(Handle::NONE)),
            false => core::mem::take(&mut self.slots.sets),
        };
        for set in sets {
            let mut work = vec![(set, false)];
            while let Some((set, ready)) = work.pop() {
                if self.slots.orders.contains_key(&set.identity().number) {
                    continue;
                }
                if ready {
                    let order = self.order(options, set)?;
                    self.slots.orders.insert(set.identity().number, order);
                    continue;
                }
                work.push((set, true));
                let inner = items(self.graph, set).iter().flat_map(|&item| self.sets_within(item));
                let inner: Vec<Handle> = inner.collect();
                work.extend(inner.into_iter().map(|set| (set, false)));
            }
        }
        Ok(())
    }

    /// The sets in an object, but for those within other sets.
    fn sets_within(&self, object: Handle) -> Vec<Handle> {
        let mut seen: HashMap<u32, (), foldhash::fast::FixedState> = HashMap::default();
        let mut work = vec![object];
        let mut sets = Vec::new();
        while let Some(object) = work.pop() {
            let Identity { sort: Sort::Node, number } = object.identity() else {
                continue;
            };
            if seen.insert(number, ()).is_some() {
                continue;
            }
            match self.graph.value(object) {
                Value::Set(items) | Value::FrozenSet(items) if items.len() > 1 => sets.push(object),
                _ => work.extend(items(self.graph, object)),
            }
        }
        sets
    }

    fn order(&mut self, options: &WriteOptions, set: Handle) -> Result<Box<[Handle]>, Error> {
        let mut keyed = Vec::new();
        for &item in items(self.graph, set) {
            keyed.push((self.written_apart(options, item)?, item));
        }
        keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(keyed.into_iter().map(|(_, item)| item).collect())
    }

    /// An item's bytes by themselves.
    fn written_apart(&mut self, options: &WriteOptions, item: Handle) -> Result<Vec<u8>, Error> {
        let mut writer = options.writer(self.version)?;
        // Items within items are written once for each set around them.
        writer.set_size_limit(self.ordering);
        self.slots.held_besides = self.slots.cpython3() && self.slots.quirks.ordering_holds_items;
        self.slots.replaced = Some(Vec::new());
        let written = writer.write(self, item).map_err(Fault::into_error);
        for (slot, number) in self.slots.replaced.take().unwrap_or_default().into_iter().rev() {
            self.slots.table[slot].number = number;
        }
        written?;
        let written = writer.into_vec();
        self.ordering = self.ordering.saturating_sub(written.len());
        Ok(written)
    }
}
