//! Which objects of a graph are referred to twice, and which of its strings are keys of JSON objects.

use std::collections::{HashMap, HashSet};

use pickle_value::{Graph, Handle, Nest, ObjectKind, Step, Value};

use super::{is_one_for_all, pieces, slots};
use crate::json::marks::Marks;

/// What there is to know of each object before it is written.
pub(super) struct Census<'g> {
    graph: &'g Graph<'g>,
    marks: Marks<u32>,
    tagged_dicts: HashSet<Handle>,
    /// Of each str that is a key of a dict, whether it may be one of a JSON object.
    fitness: HashMap<Handle, bool>,
    /// The texts of those.
    texts: HashSet<&'g [u8]>,
    open: Nest<Open>,
}

/// What an object is marked as; above these are the numbers of shared objects that have got one.
const SEEN: u32 = 1;
const SHARED: u32 = 2;
const KEY: u32 = 3;

/// How an object is referred to.
pub(super) enum Reference {
    /// Once, or it does not show which object it is.
    Plain,
    /// It is the key of JSON objects with this text.
    Key,
    /// More than once.
    Shared,
    /// The same, and it has this number.
    Numbered(u32),
}

/// What is being counted. There may be millions, so it is small.
struct Open {
    handle: Handle,
    next: u32,
    form: Form,
    /// Whether the first part of a step has been counted.
    is_within_step: bool,
}

enum Form {
    Slots,
    /// The values of a JSON object.
    Values,
    Fields,
    Steps,
}

impl<'g> Census<'g> {
    pub(super) fn of(graph: &'g Graph<'g>) -> Census<'g> {
        let mut census = Census {
            graph,
            marks: Marks::new(graph),
            tagged_dicts: HashSet::new(),
            fitness: HashMap::new(),
            texts: HashSet::new(),
            open: Nest::new(),
        };
        census.visit(graph.root().handle());
        while let Some(top) = census.open.last_mut() {
            let (handle, at) = (top.handle, top.next as usize);
            top.next += 1;
            match top.form {
                Form::Slots => census.visit_or_close(slots(graph, handle).get(at)),
                Form::Values => census.visit_or_close(slots(graph, handle).get(2 * at + 1)),
                Form::Fields => match graph.view(handle).as_object().and_then(|object| object.fields().get(at)) {
                    Some(&field) => census.visit(Some(field)),
                    None => (top.form, top.next) = (Form::Steps, 0),
                },
                Form::Steps => census.step(handle, at),
            }
        }
        census
    }

    /// How an object is referred to.
    pub(super) fn reference(&self, handle: Handle) -> Reference {
        match self.marks.get(handle) {
            0 | SEEN => Reference::Plain,
            SHARED => Reference::Shared,
            KEY => Reference::Key,
            number => Reference::Numbered(number - KEY),
        }
    }

    /// Gives a shared object its number, counted from 1; false if there are too many.
    pub(super) fn set_number(&mut self, handle: Handle, number: u32) -> bool {
        match (self.marks.get_mut(handle), number.checked_add(KEY)) {
            (Some(mark), Some(number)) => {
                *mark = number;
                true
            }
            _ => false,
        }
    }

    /// Whether a dict is no JSON object.
    pub(super) fn is_tagged(&self, dict: Handle) -> bool {
        self.tagged_dicts.contains(&dict)
    }

    fn visit_or_close(&mut self, part: Option<&Handle>) {
        match part {
            Some(&part) => self.visit(Some(part)),
            None => drop(self.open.pop()),
        }
    }

    fn visit(&mut self, handle: Option<Handle>) {
        let Some(handle) = handle.filter(|&handle| has_identity(self.graph, handle)) else { return };
        match self.marks.get_mut(handle) {
            Some(mark @ 0) => *mark = SEEN,
            Some(mark @ &mut SEEN) => return *mark = SHARED,
            _ => return,
        }
        let form = match self.graph.value(handle) {
            Value::Dict(pairs) if self.is_json_object(pairs) => Form::Values,
            Value::Dict(_) => {
                self.tagged_dicts.insert(handle);
                Form::Slots
            }
            Value::Object(_) => Form::Fields,
            _ => Form::Slots,
        };
        if !matches!(form, Form::Slots) || !slots(self.graph, handle).is_empty() {
            self.open(handle, form);
        }
    }

    fn open(&mut self, handle: Handle, form: Form) {
        self.open.push(Open { handle, next: 0, form, is_within_step: false });
    }

    /// What was appended, set or added is no list, dict or set of its own.
    fn step(&mut self, handle: Handle, at: usize) {
        let step = self.graph.view(handle).as_object().and_then(|object| object.step(at));
        let Some(top) = self.open.last_mut() else { return };
        let is_second = core::mem::replace(&mut top.is_within_step, false);
        match step {
            Some(Step::State(state)) => self.visit(state.handle()),
            Some(Step::StateBy(_, state)) if is_second => self.visit(state.handle()),
            Some(Step::StateBy(setter, _)) => {
                (top.next, top.is_within_step) = (at as u32, true);
                self.visit(setter.handle());
            }
            Some(Step::Append(part) | Step::Assign(part) | Step::Add(part)) => {
                part.handle().into_iter().for_each(|part| self.open(part, Form::Slots));
            }
            None => drop(self.open.pop()),
        }
    }

    /// Whether a dict is a JSON object; then its keys are those of all.
    fn is_json_object(&mut self, pairs: &'g [Handle]) -> bool {
        let fits = pairs.iter().step_by(2).all(|&key| self.fits(key));
        if fits {
            for &key in pairs.iter().step_by(2) {
                if let Some(mark) = self.marks.get_mut(key).filter(|_| has_identity(self.graph, key)) {
                    *mark = KEY;
                }
            }
        }
        fits
    }

    /// Whether a key may be one of a JSON object: a str that begins with no `$`, and of all with this text the one that came
    /// first. It is looked at once, since a long one may be the key of many dicts.
    fn fits(&mut self, key: Handle) -> bool {
        let Value::Text(text) = self.graph.value(key) else { return false };
        if is_one_for_all(text) {
            return text.as_bytes() != b"$";
        }
        if let Some(&known) = self.fitness.get(&key) {
            return known;
        }
        let is_plain = !text.as_bytes().starts_with(b"$") && pieces(text).nth(1).is_none();
        let fits = is_plain && self.texts.insert(text.as_bytes());
        self.fitness.insert(key, fits);
        fits
    }
}

/// Whether it shows in a pickle which object it is. What has no identity has no parts with one.
fn has_identity(graph: &Graph<'_>, handle: Handle) -> bool {
    match graph.value(handle) {
        Value::Text(text) => !is_one_for_all(text),
        Value::Tuple(items) => !items.is_empty(),
        Value::Object(object) => object.kind() != ObjectKind::Global,
        Value::Bytes(_)
        | Value::ByteArray(_)
        | Value::ByteString(_)
        | Value::List(_)
        | Value::Dict(_)
        | Value::Set(_)
        | Value::FrozenSet(_)
        | Value::Range(_)
        | Value::Slice(_)
        | Value::Complex(..) => true,
        _ => false,
    }
}
