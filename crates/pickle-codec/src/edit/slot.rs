//! [`Slot`]: the place that a path names, and how a value gets into it.

use alloc::format;
use alloc::vec::Vec;

use pickle_opcodes::Opcode;
use pickle_value::{Builder, Graph, Handle, Kind, Object, ObjectKind, Path, PathStep, Step, View};

use super::put::{dict_of_one, get, replace};
use super::splice::Splice;
use super::trace::{Entry, Trace, Watched};
use super::value;
use crate::error::{Error, ErrorKind};

/// The place that the last step of a path names, in the object that the others lead to.
pub(super) struct Slot<'g, 'p> {
    graph: &'g Graph<'g>,
    path: &'p Path,
    /// What holds the value, and the step into it; nothing for the value of the pickle itself.
    place: Option<(View<'g>, &'p PathStep)>,
}

impl<'g, 'p> Slot<'g, 'p> {
    /// Finds it.
    ///
    /// # Errors
    ///
    /// A path that leads nowhere, or into what Python does not assign to.
    pub(super) fn find(graph: &'g Graph<'g>, path: &'p Path) -> Result<Slot<'g, 'p>, Error> {
        let Some((holder, step)) = path.split_last() else {
            return Ok(Slot { graph, path, place: None });
        };
        let holder = graph.root().try_at(&holder)?;
        let slot = Slot { graph, path, place: Some((holder, step)) };
        match (holder.kind(), step) {
            (Kind::List | Kind::Dict | Kind::Object, PathStep::Key(_)) | (Kind::Object, PathStep::Attribute(_)) => {
                Ok(slot)
            }
            (kind, PathStep::Key(_)) => {
                slot.refuse(format_args!("'{}' object does not support item assignment", kind.type_name()))
            }
            (kind, PathStep::Attribute(name)) => {
                slot.refuse(format_args!("'{}' object has no attribute '{name}'", kind.type_name()))
            }
        }
    }

    /// The objects that the trace is to look out for: what holds the value, and what that was made of.
    pub(super) fn objects(&self) -> Vec<Handle> {
        let Some((holder, _)) = self.place else { return Vec::new() };
        let mut views = Vec::from([holder]);
        if let Some(object) = holder.as_object() {
            views.push(object.args().get(0));
            for state in states(object) {
                views.push(state);
                views.extend(halves(state));
            }
        }
        views.into_iter().filter_map(View::handle).collect()
    }

    /// The splices that put the value there.
    pub(super) fn assign(&self, trace: &Trace, value: &Graph<'_>) -> Result<Vec<Splice>, Error> {
        let spelled = value::spell(value, trace.protocol())?;
        let assignment = Assignment { slot: self, trace, value: spelled };
        match self.place {
            None => match trace.value() {
                Some(entry) => replace(trace, entry, assignment.value),
                None => self.refuse("there is no value"),
            },
            Some((holder, PathStep::Key(key))) => match holder.as_object() {
                Some(object) => assignment.item_of_object(holder, object, key),
                None => assignment.item(holder, key),
            },
            Some((holder, PathStep::Attribute(name))) => match holder.as_object() {
                Some(object) => assignment.attribute(holder, object, name),
                None => self.refuse("there are no attributes"),
            },
        }
    }

    #[cold]
    fn refuse<T>(&self, problem: impl core::fmt::Display) -> Result<T, Error> {
        Err(ErrorKind::NotAssignable(format!("{}: {problem}", self.path)).into())
    }
}

/// The states of an object that attributes may be in, the last first.
fn states<'g>(object: Object<'g>) -> Vec<View<'g>> {
    let mut states: Vec<View<'g>> = object
        .steps()
        .filter_map(|step| match step {
            Step::State(state) if !state.is_none() => Some(state),
            _ => None,
        })
        .collect();
    states.reverse();
    states
}

/// The dicts of a state: that of the slots, which come last and so win, before that of the attributes.
fn halves(state: View<'_>) -> Vec<View<'_>> {
    let halves = match (state.kind(), state.len()) {
        (Kind::Tuple, Some(2)) => Vec::from([state.get(1), state.get(0)]),
        _ => Vec::from([state]),
    };
    halves.into_iter().filter(|half| half.kind() == Kind::Dict).collect()
}

/// True where the pickle says that an object takes keys: it has some, or is of a class known for it.
fn is_dict_like(object: Object<'_>) -> bool {
    object.steps().any(|step| matches!(step, Step::Assign(_)))
        || matches!(object.callable().as_global(), Some(("collections", "Counter" | "OrderedDict" | "defaultdict")))
        || (object.kind() == ObjectKind::Reconstructed && object.args().get(0).kind() == Kind::Dict)
}

/// True where an object without a state is likely to take attributes: an instance of a class in Python, as far as the
/// pickle tells, and an exception.
fn is_open(object: Object<'_>) -> bool {
    let takes_any = match (object.kind(), object.callable().as_global()) {
        (ObjectKind::New | ObjectKind::NewWithKeywords | ObjectKind::Reconstructed | ObjectKind::Instance, _) => true,
        (_, Some(("collections", "Counter" | "OrderedDict"))) => true,
        (_, Some(("builtins", name))) => name.ends_with("Error") || name.ends_with("Exception"),
        _ => false,
    };
    takes_any && !object.steps().any(|step| matches!(step, Step::StateBy(..)))
}

/// What keeps a key from being one: itself, or what is in its tuples.
fn unhashable(key: View<'_>) -> Option<Kind> {
    let mut waiting = Vec::from([key]);
    while let Some(view) = waiting.pop() {
        match view.kind() {
            kind @ (Kind::List | Kind::Dict | Kind::Set | Kind::ByteArray) => return Some(kind),
            Kind::Tuple => waiting.extend(view.items()),
            _ => {}
        }
    }
    None
}

/// A name as a graph of its own.
fn text(name: &str) -> Result<Graph<'static>, Error> {
    let mut builder = Builder::new();
    let text = builder.text(name)?;
    Ok(builder.finish(text))
}

/// A value on its way into a slot.
struct Assignment<'s, 'g, 'p> {
    slot: &'s Slot<'g, 'p>,
    trace: &'s Trace,
    /// The instructions that push the value.
    value: Vec<u8>,
}

impl<'s> Assignment<'s, '_, '_> {
    /// An item of a list or a dict.
    fn item(self, holder: View<'_>, key: &Graph<'_>) -> Result<Vec<Splice>, Error> {
        let watched = self.watched(holder)?;
        if self.is_copied(watched) {
            return self.at_the_end(holder, key);
        }
        match holder.kind() {
            Kind::Dict => match holder.get(key.root()).is_absent() {
                false => self.value_of(watched, key.root()),
                true => self.new_key(watched.ready, key),
            },
            _ => self.list_item(watched, key),
        }
    }

    /// True where something else may be made of the dict or list while the pickle is loaded, by copying it as it then is:
    /// what is put into it must not get there.
    fn is_copied(&self, watched: &Watched) -> bool {
        let keeps = |made: &Handle| {
            let object = self.slot.graph.view(*made).as_object();
            // Named tuples and exceptions hold what they are given.
            object.is_some_and(|object| match (object.kind(), object.callable().as_global()) {
                (ObjectKind::New, _) => !self.is_state_of(watched, object),
                (_, Some(("builtins", name))) => name.ends_with("Error") || name.ends_with("Exception"),
                _ => false,
            })
        };
        self.trace.is_shared(watched) && !watched.calls.iter().all(keeps)
    }

    /// True where it is the state of the object, or one of its halves: BUILD copies these.
    fn is_state_of(&self, watched: &Watched, object: Object<'_>) -> bool {
        let mut halves = states(object).into_iter().flat_map(halves);
        halves.any(|half| half.handle().is_some_and(|half| watched.is(half)))
    }

    /// The assignment as the last thing that the pickle does, to a dict that is in the memo.
    fn at_the_end(self, holder: View<'_>, key: &Graph<'_>) -> Result<Vec<Splice>, Error> {
        let index = holder.handle().filter(|_| holder.kind() == Kind::Dict).and_then(|dict| self.trace.index_of(dict));
        let Some(index) = index else {
            return self.slot.refuse("another object is made by copying this one");
        };
        let mut bytes = get(index, self.trace.protocol())?;
        bytes.extend(self.key_and_value(key)?);
        bytes.push(Opcode::Pop.byte());
        Ok(Vec::from([Splice::insertion(self.trace.stop, bytes)]))
    }

    /// The item of a list, or of what has items as a list has.
    fn list_item(self, watched: &Watched, key: &Graph<'_>) -> Result<Vec<Splice>, Error> {
        let root = key.root();
        let Some(position) = root.as_i64().or_else(|| root.as_bool().map(i64::from)) else {
            return self.slot.refuse("list indices must be integers");
        };
        let length = watched.items.len();
        let from_start = if position < 0 { position + length as i64 } else { position };
        match usize::try_from(from_start).ok().and_then(|position| watched.items.get(position)) {
            Some(&entry) => replace(self.trace, entry, self.value),
            None => self.slot.refuse(format_args!("no item {position} in a list of {length}")),
        }
    }

    /// A value that was set under a key.
    fn value_of(self, watched: &Watched, key: View<'_>) -> Result<Vec<Splice>, Error> {
        match self.pair(watched, key) {
            Some(entry) => replace(self.trace, entry, self.value),
            None => self.slot.refuse("the pickle does not say where the value comes from"),
        }
    }

    /// The value that was set last under a key.
    fn pair(&self, watched: &Watched, key: View<'_>) -> Option<Entry> {
        let found = watched.pairs.iter().rev().find(|(known, _)| self.slot.graph.view(*known) == key);
        found.map(|(_, entry)| *entry)
    }

    /// A key that was not there, behind the instructions that end at `ready`, with the dict on top of the stack.
    fn new_key(self, ready: usize, key: &Graph<'_>) -> Result<Vec<Splice>, Error> {
        Ok(Vec::from([Splice::insertion(ready, self.key_and_value(key)?)]))
    }

    /// The instructions that set a key of the dict on top of the stack.
    fn key_and_value(&self, key: &Graph<'_>) -> Result<Vec<u8>, Error> {
        if let Some(kind) = unhashable(key.root()) {
            return self.slot.refuse(format_args!("unhashable type: '{kind}'"));
        }
        let mut bytes = value::spell(key, self.trace.protocol())?;
        bytes.extend_from_slice(&self.value);
        bytes.push(Opcode::SetItem.byte());
        Ok(bytes)
    }

    /// An item of an instance whose class is derived from list or dict.
    fn item_of_object(self, holder: View<'_>, object: Object<'_>, key: &Graph<'_>) -> Result<Vec<Splice>, Error> {
        let watched = self.watched(holder)?;
        if let Some(entry) = self.pair(watched, key.root()) {
            return replace(self.trace, entry, self.value);
        }
        if !watched.items.is_empty() {
            return self.list_item(watched, key);
        }
        let made_of = object.args().get(0);
        let is_made_of = match (object.kind(), object.callable().as_global()) {
            (ObjectKind::Reconstructed, _) => matches!(made_of.kind(), Kind::List | Kind::Dict),
            (_, Some(("collections", "Counter"))) => made_of.kind() == Kind::Dict,
            _ => false,
        };
        // The class's own copy is made of what is only there for it.
        if is_made_of && self.is_own(made_of)? {
            return self.item(made_of, key);
        }
        if is_dict_like(object) {
            return self.new_key(watched.ready, key);
        }
        self.slot.refuse("the pickle does not say that the object has items")
    }

    /// An attribute of an instance.
    fn attribute(self, holder: View<'_>, object: Object<'_>, name: &str) -> Result<Vec<Splice>, Error> {
        let watched = self.watched(holder)?;
        let states = states(object);
        for &state in &states {
            for half in halves(state) {
                if half.get(name).is_absent() {
                    continue;
                }
                return match self.is_own(half)? {
                    true => {
                        let key =
                            half.entries().map(|(key, _)| key).find(|key| key.as_str() == Some(name)).unwrap_or(half);
                        let watched = self.watched(half)?;
                        self.value_of(watched, key)
                    }
                    false => self.build(watched.ready, name, state.kind() == Kind::Tuple),
                };
            }
        }
        let Some(&state) = states.first() else {
            return match is_open(object) {
                true => self.build(watched.ready, name, false),
                false => self.slot.refuse("the pickle does not say that the object has attributes"),
            };
        };
        let Some(&half) = halves(state).first() else {
            return self.slot.refuse(format_args!("the state of the object is a {}, without attributes", state.kind()));
        };
        match self.is_own(half)? {
            true => {
                let ready = self.watched(half)?.ready;
                self.new_key(ready, &text(name)?)
            }
            false => self.build(watched.ready, name, state.kind() == Kind::Tuple),
        }
    }

    /// True where what the object copies from another is its own: nobody else has it.
    fn is_own(&self, copied: View<'_>) -> Result<bool, Error> {
        Ok(self.trace.is_only_there(self.watched(copied)?))
    }

    /// One more BUILD, with a state of this attribute alone, behind the instructions that end at `ready`.
    fn build(self, ready: usize, name: &str, slots: bool) -> Result<Vec<Splice>, Error> {
        let protocol = self.trace.protocol();
        let key = value::spell(&text(name)?, protocol)?;
        let mut bytes = dict_of_one(&key, &self.value, protocol, slots);
        bytes.push(Opcode::Build.byte());
        Ok(Vec::from([Splice::insertion(ready, bytes)]))
    }

    fn watched(&self, object: View<'_>) -> Result<&'s Watched, Error> {
        match object.handle().and_then(|object| self.trace.watched(object)) {
            Some(watched) => Ok(watched),
            None => self.slot.refuse("the pickle does not say where the object comes from"),
        }
    }
}
