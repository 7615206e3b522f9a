//! How many, and which are not the same.

use std::collections::BTreeMap;
use std::fmt;

use pickle_codec::{Error, Graph, LoadOptions, to_vec};
use pickle_opcodes::{Op, Ops};
use pickle_value::{Kind, ObjectKind, Step, View};

use super::answers::Answer;
use crate::compat::pythons::Interpreter;

/// So many are listed of each kind of difference.
const LISTED: usize = 20;

/// Of a whole run.
pub(super) struct Report {
    judge: String,
    verbose: bool,
    loaded: usize,
    without_classes: usize,
    refused: usize,
    pairs: usize,
    equal: usize,
    differences: BTreeMap<What, Vec<String>>,
}

/// What is not the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum What {
    /// The order of a set's items, which is a hash table's.
    SetOrder,
    /// The same value, but other objects are one: names that the process had interned.
    Sharing,
    /// Another value, or another spelling.
    Bytes,
    /// We do not read it.
    Unread,
    /// We do not write it.
    Unwritten,
}

impl Report {
    pub(super) fn new(judge: &Interpreter, verbose: bool) -> Report {
        Report {
            judge: format!("CPython {}", judge.version),
            verbose,
            loaded: 0,
            without_classes: 0,
            refused: 0,
            pairs: 0,
            equal: 0,
            differences: BTreeMap::new(),
        }
    }

    /// We read it.
    pub(super) fn read(&mut self, answer: &Answer) {
        match answer.error() {
            None => self.loaded += 1,
            Some(_) if answer.lacks_classes() => self.without_classes += 1,
            Some(_) => self.refused += 1,
        }
    }

    /// We do not read it.
    pub(super) fn unread(&mut self, answer: &Answer, error: &Error) {
        self.read(answer);
        if answer.error().is_none() || answer.lacks_classes() {
            self.add(What::Unread, format!("{}: {error}", answer.name));
        }
    }

    /// What we wrote beside what the judge wrote.
    pub(super) fn check(&mut self, answer: &Answer, protocol: u8, expected: &[u8], ours: Result<Vec<u8>, Error>) {
        self.pairs += 1;
        match ours {
            Ok(ours) if ours == expected => self.equal += 1,
            Ok(ours) => {
                let place = ours.iter().zip(expected).take_while(|(a, b)| a == b).count();
                let line = format!("{} at protocol {protocol}: the first difference is at byte {place}", answer.name);
                self.add(what_differs(&ours, expected), line);
            }
            Err(error) => self.add(What::Unwritten, format!("{} at protocol {protocol}: {error}", answer.name)),
        }
    }

    fn add(&mut self, what: What, line: String) {
        self.differences.entry(what).or_default().push(line);
    }

    fn count(&self, what: What) -> usize {
        self.differences.get(&what).map_or(0, Vec::len)
    }

    /// Nothing differs but by what CPython decides by chance, and that in at most 3 of 100 pairs.
    pub(super) fn is_clean(&self) -> bool {
        let by_chance = self.count(What::SetOrder) + self.count(What::Sharing);
        let all: usize = self.differences.values().map(Vec::len).sum();
        self.pairs > 0 && all == by_chance && by_chance * 100 <= self.pairs * 3
    }
}

fn what_differs(ours: &[u8], expected: &[u8]) -> What {
    let options = LoadOptions::new();
    let (Ok(ours), Ok(expected)) = (options.from_slice(ours), options.from_slice(expected)) else { return What::Bytes };
    if ours != expected {
        if is_reordered(&ours, &expected) { What::SetOrder } else { What::Bytes }
    } else if has_set(&ours) {
        What::SetOrder
    } else {
        What::Sharing
    }
}

/// Whether only the order differs of lists that something is made of: a set of a class of its own is `cls([1, 2])`.
/// Nothing but a set gives another order than it was given.
fn is_reordered(ours: &Graph<'_>, expected: &Graph<'_>) -> bool {
    let sorted = |graph: &Graph<'_>| with_sorted_arguments(graph.root(), 20);
    sorted(ours).is_some_and(|ours| Some(ours) == sorted(expected))
}

/// A text of a value in which the list that is a call's only argument is sorted; none of one that is nested deeper.
fn with_sorted_arguments(view: View<'_>, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let all = |views: &mut dyn Iterator<Item = View<'_>>| {
        views.map(|view| with_sorted_arguments(view, depth)).collect::<Option<Vec<_>>>()
    };
    let Some(object) = view.as_object() else {
        return Some(match view.kind() {
            Kind::List | Kind::Tuple => format!("{:?}{:?}", view.kind(), all(&mut view.items())?),
            Kind::Dict => format!("{:?}", all(&mut view.entries().flat_map(|(key, value)| [key, value]))?),
            _ => view.to_string(),
        });
    };
    let mut parts = Vec::new();
    for arg in object.args().items() {
        let mut items = all(&mut arg.items()).filter(|_| arg.kind() == Kind::List && object.args().len() == Some(1));
        if let Some(items) = &mut items {
            items.sort();
        }
        parts.push(items.map_or_else(|| with_sorted_arguments(arg, depth), |items| Some(format!("{items:?}")))?);
    }
    for step in object.steps() {
        let (kind, view) = match step {
            Step::State(view) => ("state", view),
            Step::StateBy(_, view) => ("set by", view),
            Step::Append(view) => ("append", view),
            Step::Assign(view) => ("assign", view),
            Step::Add(view) => ("add", view),
        };
        parts.push(format!("{kind} {}", with_sorted_arguments(view, depth)?));
    }
    let name = if object.kind() == ObjectKind::Global { view.to_string() } else { object.callable().to_string() };
    Some(format!("{:?} {name} {parts:?}", object.kind()))
}

/// Protocol 4 has opcodes for sets.
fn has_set(graph: &Graph<'_>) -> bool {
    let Ok(pickle) = to_vec(graph) else { return false };
    Ops::new(&pickle).flatten().any(|(_, op)| matches!(op, Op::AddItems | Op::FrozenSet))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} loads {} pickles, refuses {}, and lacks the classes of {}",
            self.judge, self.loaded, self.refused, self.without_classes
        )?;
        writeln!(f, "{} of {} dumps of the loaded are the same", self.equal, self.pairs)?;
        for (what, lines) in &self.differences {
            writeln!(f, "{what}: {}", lines.len())?;
            let listed = if self.verbose { lines.len() } else { LISTED };
            for line in lines.iter().take(listed) {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            What::SetOrder => "the order of a set",
            What::Sharing => "the same value, with other objects shared",
            What::Bytes => "other bytes",
            What::Unread => "not read",
            What::Unwritten => "not written",
        })
    }
}
