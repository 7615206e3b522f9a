//! [`Holders`]: who is held once, which `cPickle` goes by.
//!
//! Python 2.7's `cPickle` looks at the reference counts of what it writes (`cPickle.c`: `put`): an object that has only
//! one gets no number in the memo, because nothing can refer to it later. Counted are also the references that `cPickle`
//! itself takes on its way, so that it depends on the holder: an item of a list is held by the iterator too, an item of a
//! tuple is not.

use alloc::vec;
use alloc::vec::Vec;

use pickle_value::{Graph, Handle, Identity, Object, Sort, Step, Value, View};

/// How often each object of a graph is held while `cPickle` writes it.
#[derive(Clone, Debug)]
pub(crate) struct Holders {
    spans: Vec<u8>,
    nodes: Vec<u8>,
}

/// By its holder alone.
const ONCE: u8 = 1;
/// By its holder and by what takes it from there, or by the caller.
const TWICE: u8 = 2;

impl Holders {
    /// Counts for the whole graph.
    pub(crate) fn count(graph: &Graph<'_>, protocol: u8) -> Holders {
        let counts = graph.counts();
        let mut holders = Holders { spans: vec![0; counts.spans], nodes: vec![0; counts.nodes] };
        let mut waiting = Vec::new();
        // The caller of `dumps` holds the root.
        holders.hold(graph.root(), TWICE, &mut waiting);
        while let Some(holder) = waiting.pop() {
            holders.hold_parts(graph.view(holder), protocol, &mut waiting);
        }
        holders
    }

    /// Whether `cPickle` leaves an object out of its memo.
    pub(crate) fn held_once(&self, value: Value<'_>, identity: Identity) -> bool {
        let once = self.of(identity) < TWICE;
        match value {
            // Those of one character are never memoized: CPython has one object for each.
            Value::Text(text) => once || text.code_points().nth(1).is_none(),
            Value::ByteString(bytes) | Value::Bytes(bytes) => once || bytes.len() < 2,
            Value::Tuple(_) => once,
            // With items they get a number, whoever holds them.
            Value::List(items) | Value::Dict(items) => once && items.is_empty(),
            _ => false,
        }
    }

    fn of(&self, identity: Identity) -> u8 {
        let counts = match identity.sort {
            Sort::Span => &self.spans,
            Sort::Node => &self.nodes,
            _ => return TWICE,
        };
        counts.get(identity.number as usize).copied().unwrap_or(TWICE)
    }

    fn hold_parts(&mut self, holder: View<'_>, protocol: u8, waiting: &mut Vec<Handle>) {
        if let Some(object) = holder.as_object() {
            return self.hold_object(object, waiting);
        }
        let times = match holder.kind() {
            pickle_value::Kind::Tuple => ONCE,
            _ => TWICE,
        };
        for item in holder.items() {
            self.hold(item, times, waiting);
        }
        // From protocol 1 on a dict is walked without an iterator.
        let times = if protocol == 0 { TWICE } else { ONCE };
        for (key, value) in holder.entries() {
            self.hold(key, times, waiting);
            self.hold(value, times, waiting);
        }
    }

    /// What an object is made of is held by the object, and by what `__reduce_ex__` gives; but the tuple of arguments is
    /// made there.
    fn hold_object(&mut self, object: Object<'_>, waiting: &mut Vec<Handle>) {
        self.hold(object.callable(), TWICE, waiting);
        self.hold(object.args(), ONCE, waiting);
        for step in object.steps() {
            let (Step::State(part)
            | Step::StateBy(_, part)
            | Step::Append(part)
            | Step::Assign(part)
            | Step::Add(part)) = step;
            self.hold(part, TWICE, waiting);
            if let Step::StateBy(setter, _) = step {
                self.hold(setter, TWICE, waiting);
            }
        }
    }

    /// Notes that a part is held; parts that are new come to those that wait.
    fn hold(&mut self, part: View<'_>, times: u8, waiting: &mut Vec<Handle>) {
        let Some(handle) = part.handle() else { return };
        let identity = handle.identity();
        let counts = match identity.sort {
            Sort::Span => &mut self.spans,
            Sort::Node => &mut self.nodes,
            _ => return,
        };
        if let Some(count) = counts.get_mut(identity.number as usize) {
            if *count == 0 && matches!(identity.sort, Sort::Node) && part.len() != Some(0) {
                waiting.push(handle);
            }
            *count = count.saturating_add(times);
        }
    }
}
