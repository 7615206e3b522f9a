//! Which objects are shared: what CPython has one of, what a graph refers to twice.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use hashbrown::HashMap;
use pickle_value::{Graph, Handle, Identity, Sort, Text, Value};

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

/// What is known of each object: a slot for each of the graph, and for each that CPython has one of.
#[derive(Debug)]
pub(crate) struct Slots {
    sharing: Sharing,
    quirks: Quirks,
    /// Where the slots of nodes begin.
    nodes: usize,
    /// How often each is referred to, up to 2.
    holders: Vec<u8>,
    /// The number of each that was written, plus one.
    numbers: Vec<u32>,
    /// Names of code objects, which are interned: the slot of the first of each text, by its slot.
    interned: HashMap<usize, usize, foldhash::fast::FixedState>,
    /// The items of sets in the order in which they are written.
    orders: HashMap<u32, Box<[Handle]>, foldhash::fast::FixedState>,
    /// While something is written apart, the numbers that it replaces.
    replaced: Option<Vec<(usize, u32)>>,
    /// Whether the object that comes next is held by what writes it, too.
    pub(crate) held_besides: bool,
}

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
        let total = nodes + counts.nodes;
        let wanted = version >= 3 || release.is_python2();
        let total = if wanted { total } else { 0 };
        let mut slots = Slots {
            sharing,
            quirks: Quirks::of(release),
            nodes,
            holders: vec![0; total],
            numbers: vec![0; total],
            interned: HashMap::default(),
            orders: HashMap::default(),
            replaced: None,
            held_besides: false,
        };
        slots.held_besides = slots.cpython3() && slots.quirks.root_is_held_twice;
        if wanted {
            slots.count_all(graph);
        }
        slots
    }

    fn count_all(&mut self, graph: &Graph<'_>) {
        let root = graph.root().handle().unwrap_or(Handle::NONE);
        let mut names: HashMap<&[u8], usize, foldhash::fast::RandomState> = HashMap::default();
        let mut work: Vec<Handle> = Vec::new();
        self.hold(graph, root, &mut work);
        while let Some(object) = work.pop() {
            if let Value::Object(native) = graph.value(object)
                && let Some((layout, fields)) = code_fields(native)
            {
                self.intern_names(graph, layout, fields, &mut names);
            }
            for &item in items(graph, object) {
                self.hold(graph, item, &mut work);
            }
        }
    }

    /// Notes a reference; what is met for the first time is to be looked into.
    fn hold(&mut self, graph: &Graph<'_>, object: Handle, work: &mut Vec<Handle>) {
        let Some(slot) = self.plain_slot(graph, object) else {
            return;
        };
        let holders = &mut self.holders[slot];
        if *holders == 0 && slot >= self.nodes {
            work.push(object);
        }
        *holders = (*holders + 1).min(2);
    }

    /// The names in a code object are interned, and so are constants that look like names.
    fn intern_names<'g>(
        &mut self,
        graph: &'g Graph<'_>,
        layout: Layout,
        fields: &[Handle],
        names: &mut HashMap<&'g [u8], usize, foldhash::fast::RandomState>,
    ) {
        for (&field, &object) in layout.fields().iter().zip(fields) {
            match field {
                Field::Names | Field::VarNames | Field::FreeVars | Field::CellVars | Field::LocalsPlusNames => {
                    graph.view(object).items().filter_map(pickle_value::View::handle).for_each(|name| {
                        self.intern(graph, name, names);
                    });
                }
                Field::Name | Field::QualName | Field::FileName => self.intern(graph, object, names),
                Field::Consts => self.intern_constants(graph, object, names),
                _ => {}
            }
        }
    }

    fn intern_constants<'g>(
        &mut self,
        graph: &'g Graph<'_>,
        constants: Handle,
        names: &mut HashMap<&'g [u8], usize, foldhash::fast::RandomState>,
    ) {
        let mut work = vec![constants];
        let mut seen = 0;
        while let Some(object) = work.pop() {
            match graph.value(object) {
                Value::Text(text) if is_name(text.as_bytes()) => self.intern(graph, object, names),
                Value::ByteString(text) if is_name(text) => self.intern(graph, object, names),
                // Tuples of tuples that are shared may be met again and again: no more than they are long.
                Value::Tuple(items) | Value::FrozenSet(items) if seen <= self.holders.len() => {
                    seen += items.len();
                    work.extend(items);
                }
                _ => {}
            }
        }
    }

    fn intern<'g>(
        &mut self,
        graph: &'g Graph<'_>,
        name: Handle,
        names: &mut HashMap<&'g [u8], usize, foldhash::fast::RandomState>,
    ) {
        let bytes = match graph.value(name) {
            Value::Text(text) if !self.quirks.python2 => text.as_bytes(),
            Value::ByteString(bytes) => bytes,
            _ => return,
        };
        if let Some(slot) = self.plain_slot(graph, name) {
            let first = *names.entry(bytes).or_insert(slot);
            self.interned.insert(slot, first);
        }
    }

    /// The slot of an object; none for what has no identity: `None`, floats, ints that are not small.
    fn plain_slot(&self, graph: &Graph<'_>, object: Handle) -> Option<usize> {
        let Identity { sort, number } = object.identity();
        let own = match sort {
            Sort::Inline => {
                return match graph.value(object) {
                    Value::Int(value) if SMALL_INTS.contains(&value) && !self.holders.is_empty() => {
                        Some(INT + (value - SMALL_INTS.start()) as usize)
                    }
                    _ => None,
                };
            }
            Sort::Span => SPANS + number as usize,
            Sort::Node => self.nodes + number as usize,
            Sort::Foreign => return None,
        };
        if own >= self.holders.len() {
            return None;
        }
        Some(match graph.value(object) {
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
            // A class has no number.
            Value::Object(native) if code_fields(native).is_none() => return None,
            _ => own,
        })
    }

    /// The slot, of equal interned names that of the first.
    fn slot(&self, graph: &Graph<'_>, object: Handle) -> Option<usize> {
        let slot = self.plain_slot(graph, object)?;
        Some(self.interned.get(&slot).copied().unwrap_or(slot))
    }

    pub(crate) fn is_interned(&self, graph: &Graph<'_>, object: Handle) -> bool {
        match self.plain_slot(graph, object) {
            Some(EMPTY_TEXT) => true,
            Some(EMPTY_BYTES) => self.quirks.python2,
            Some(slot) if (CHARACTER..BYTE).contains(&slot) && self.quirks.characters_are_interned => true,
            Some(slot) => self.interned.contains_key(&slot),
            None => false,
        }
    }

    /// By the rules of CPython 3.
    fn cpython3(&self) -> bool {
        self.sharing == Sharing::CPython && !self.quirks.python2
    }

    /// Whether what writes a set holds its items.
    pub(crate) fn holds_set_items(&self) -> bool {
        self.cpython3() && self.quirks.set_items_are_held_twice
    }

    pub(crate) fn share(&mut self, graph: &Graph<'_>, object: Handle, number: u32) -> Share {
        let held_besides = core::mem::take(&mut self.held_besides);
        let Some(slot) = self.slot(graph, object) else {
            let has_number =
                matches!(graph.value(object), Value::Int(_) | Value::Float(_) | Value::BigInt(_) | Value::Complex(..));
            return if held_besides && has_number { Share::New } else { Share::Alone };
        };
        if let Some(known) = self.numbers[slot].checked_sub(1) {
            return Share::Known(known);
        }
        let is_one = slot < SPANS || self.interned.contains_key(&slot);
        let shared = match self.sharing {
            Sharing::CPython if self.quirks.python2 => self.interned.contains_key(&slot) || slot == EMPTY_BYTES,
            Sharing::CPython => is_one || held_besides || self.holders[slot] > 1,
            Sharing::Referenced if self.quirks.python2 => self.interned.contains_key(&slot) || slot == EMPTY_BYTES,
            Sharing::Referenced => self.holders[slot] > 1,
            Sharing::Never => false,
        };
        if !shared {
            return Share::Alone;
        }
        if let Some(replaced) = &mut self.replaced {
            replaced.push((slot, self.numbers[slot]));
        }
        self.numbers[slot] = number + 1;
        Share::New
    }

    pub(crate) fn order_of(&self, set: Handle) -> Option<&[Handle]> {
        self.orders.get(&set.identity().number).map(|order| &order[..])
    }
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
        for set in self.sets_within(self.graph.root().handle().unwrap_or(Handle::NONE)) {
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
        self.slots.held_besides = self.slots.cpython3() && self.slots.quirks.ordering_holds_items;
        self.slots.replaced = Some(Vec::new());
        let written = writer.write(self, item).map_err(Fault::into_error);
        for (slot, number) in self.slots.replaced.take().unwrap_or_default().into_iter().rev() {
            self.slots.numbers[slot] = number;
        }
        written?;
        Ok(writer.into_vec())
    }
}
