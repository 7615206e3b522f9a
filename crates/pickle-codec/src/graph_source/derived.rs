//! Instances, as `object.__reduce_ex__` spells them by protocol.
//!
//! From protocol 2 on an instance is `cls.__new__(cls, *args)`, and what a class derived from list or dict holds is
//! appended or set. Protocols 0 and 1 have `copyreg._reconstructor(cls, base, value)`: the first builtin among the base
//! classes, and the value of it that the instance is. Which one that is protocol 2 does not say; it is read off the
//! arguments, which are the value for all builtins but tuple, where a named tuple's are its items.

use alloc::boxed::Box;
use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};
use pickle_value::{Handle, Kind, Object, Sort, Step, Value, View};

use super::{Cursor, GraphSource, unsupported};
use crate::builtins::Builtin;
use crate::source::{Args, Fill, Make, Part, Reduction, Shape};

type GraphPart<'g> = Part<Handle, Cursor<'g>>;
type GraphFill<'g> = Fill<Handle, Cursor<'g>>;

/// So often an instance is begun within itself before that is taken for endless; CPython's own limit is 1,000 calls.
const DEEPEST: u32 = 1000;
/// So many bytes may be written again whatever the budget says: of a set whose two hundred instances refer to it, which is
/// more than CPython up to 3.11 has calls for.
const FREE_AGAIN: usize = 1 << 18;

/// What is written although it may be within itself: instances and sets whose items became arguments.
#[derive(Debug, Default)]
pub(super) struct Begun {
    /// How often each was begun, by node: begun again before it is in the memo, such a one is within itself.
    pub(super) times: HashMap<u32, u32, foldhash::fast::RandomState>,
    /// About how many bytes were written again, up to [`FREE_AGAIN`].
    again: usize,
}

impl<'g> GraphSource<'g> {
    /// What protocol 2 makes by `__new__`, at protocols 0 and 1.
    pub(super) fn new_in_old_protocols(&mut self, handle: Handle, object: Object<'g>) -> Shape<'g, Handle, Cursor<'g>> {
        let (Some(class), Some(args)) = (object.callable().handle(), object.args().handle()) else {
            return unsupported("an incomplete object");
        };
        let mut steps: Vec<Step<'g>> = object.steps().collect();
        let parts: Vec<View<'g>> = object.args().items().collect();
        let has_items = matches!(steps.first(), Some(Step::Append(_) | Step::Assign(_)));
        if parts.is_empty() && has_items && !self.fast && self.is_within_itself(handle) {
            return unsupported("a list or dict subclass within itself under protocol 2");
        }
        let (base, value) = match (&parts[..], steps.first()) {
            ([], Some(&Step::Append(items))) => {
                steps.remove(0);
                (Builtin::List, self.cursor(items).map(|cursor| Part::List(cursor.len(), cursor)))
            }
            ([], Some(&Step::Assign(items))) => {
                steps.remove(0);
                (Builtin::Dict, self.cursor(items).map(|cursor| Part::Dict(cursor.len() / 2, cursor)))
            }
            ([], _) => (Builtin::Object, Some(Part::Object(Handle::NONE))),
            (&[only], _) => match self.builtin_of(only) {
                Some(base) => (base, only.handle().map(Part::Object)),
                None => (Builtin::Object, Some(Part::Object(Handle::NONE))),
            },
            _ => (Builtin::Tuple, Some(Part::Object(args))),
        };
        let (base, steps) = (self.base(base), self.said(steps.into_iter()));
        match value {
            Some(value) => self.reconstruct(class, base, value, steps),
            None => unsupported("an incomplete object"),
        }
    }

    /// Counts how often an instance or a set is begun within itself: its items are written before it can be in the memo, each time
    /// anew, which ends only if another object that is in the memo stands between. Else CPython raises RecursionError.
    ///
    /// What is written again is counted as copied: `copies` says whether that is too much.
    pub(super) fn is_within_itself(&mut self, object: Handle) -> bool {
        let begun = self.begun.times.entry(object.identity().number).or_insert(0);
        *begun += 1;
        let begun = *begun;
        if begun > 1 {
            self.count_again(object);
        }
        begun > DEEPEST
    }

    /// Counts what is written of an object once more: all in it that is in the memo only behind its own parts. Lists, dicts and
    /// states are not: what they are of is in the memo by then.
    #[cold]
    fn count_again(&mut self, object: Handle) {
        let each = if self.protocol == 0 { 8 } else { 5 };
        let mut met = HashSet::<Handle, foldhash::fast::RandomState>::default();
        let mut open = Vec::from([object]);
        while let Some(handle) = open.pop() {
            if self.memo(handle) > 0 || !met.insert(handle) {
                continue;
            }
            let parts = self.parts_before_memo(handle);
            self.begun.again += each * parts.len();
            let beyond = self.begun.again.saturating_sub(FREE_AGAIN);
            self.begun.again -= beyond;
            if self.copies.count(beyond).is_err() {
                return;
            }
            open.extend(parts.into_iter().filter(|part| part.identity().sort == Sort::Node));
        }
    }

    /// What is written of an object before it is in the memo.
    fn parts_before_memo(&self, handle: Handle) -> Vec<Handle> {
        let object = match self.graph.value(handle) {
            Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => return items.to_vec(),
            Value::Object(object) => object,
            _ => return Vec::new(),
        };
        let mut parts = Vec::from_iter(object.args().handle().filter(|_| object.args().len() != Some(0)));
        if self.begun.times.contains_key(&handle.identity().number) {
            let items = object.steps().filter_map(|step| match step {
                Step::Append(items) | Step::Assign(items) => self.cursor(items),
                _ => None,
            });
            parts.extend(items.flat_map(|cursor| cursor.items).copied());
        }
        parts
    }

    /// The builtin that a class is derived from whose instance is made of this value.
    fn builtin_of(&self, value: View<'g>) -> Option<Builtin> {
        Some(match value.kind() {
            Kind::Int | Kind::Long => Builtin::Int,
            Kind::Float => Builtin::Float,
            Kind::Text => Builtin::Str,
            Kind::Bytes => Builtin::Bytes,
            Kind::Tuple => Builtin::Tuple,
            _ => return None,
        })
    }

    /// What protocols 0 and 1 had, at these.
    pub(super) fn reconstruction(&mut self, object: Object<'g>) -> Shape<'g, Handle, Cursor<'g>> {
        let (class, value) = (object.callable().handle(), object.args().get(0).handle());
        let (Some(class), Some(value), Some(base)) = (class, value, object.field(2).handle()) else {
            return unsupported("an incomplete object");
        };
        let steps = self.said(object.steps());
        self.reconstruct(class, Some(base), Part::Object(value), steps)
    }

    /// What is done to an instance; its state is not said where it is false.
    pub(super) fn said(&self, steps: impl Iterator<Item = Step<'g>>) -> Vec<GraphFill<'g>> {
        let is_said = |step: &Step<'g>| !matches!(step, Step::State(state) if state.is_false());
        steps.filter(is_said).filter_map(|step| self.fill(step)).collect()
    }

    /// `copyreg._reconstructor(class, base, value)`, and what is done then.
    fn reconstruct(
        &mut self,
        class: Handle,
        base: Option<Handle>,
        value: GraphPart<'g>,
        steps: Vec<GraphFill<'g>>,
    ) -> Shape<'g, Handle, Cursor<'g>> {
        let (Some(callable), Some(base)) = (self.base(Builtin::Reconstructor), base) else {
            return unsupported("an incomplete object");
        };
        if let Part::Object(value) = value {
            self.own_text(value);
        }
        Shape::Reduce(Box::new(Reduction {
            make: Make::Call,
            callable,
            args: Args::Parts(Vec::from([Part::Object(class), Part::Object(base), value])),
            kwargs: None,
            steps,
        }))
    }

    /// `copyreg._reconstructor(class, object, None)`, and what is done then.
    pub(super) fn reconstruct_plain(
        &mut self,
        class: Handle,
        steps: Vec<GraphFill<'g>>,
    ) -> Shape<'g, Handle, Cursor<'g>> {
        let base = self.base(Builtin::Object);
        self.reconstruct(class, base, Part::Object(Handle::NONE), steps)
    }

    /// What protocols 0 and 1 make of a builtin's value, from protocol 2 on.
    pub(super) fn derived(&mut self, object: Object<'g>) -> Shape<'g, Handle, Cursor<'g>> {
        let value = object.args().get(0);
        let (Some(callable), Some(handle)) = (object.callable().handle(), value.handle()) else {
            return unsupported("an incomplete object");
        };
        let items = self.cursor(value);
        let (args, filled) = match value.kind() {
            Kind::List => (Args::Parts(Vec::new()), items.map(Fill::Append)),
            Kind::Dict => (Args::Parts(Vec::new()), items.map(Fill::Assign)),
            Kind::Tuple => (Args::Tuple(handle), None),
            Kind::Complex => {
                let (real, imaginary) = value.as_complex().unwrap_or_default();
                (Args::Parts(Vec::from([Part::Float(real), Part::Float(imaginary)])), None)
            }
            _ => {
                self.own_text(handle);
                (Args::Parts(Vec::from([Part::Object(handle)])), None)
            }
        };
        // What is empty is not filled.
        let filled = filled.filter(|_| value.len() != Some(0));
        let steps = filled.into_iter().chain(object.steps().filter_map(|step| self.fill(step))).collect();
        Shape::Reduce(Box::new(Reduction { make: Make::New, callable, args, kwargs: None, steps }))
    }

    fn base(&mut self, builtin: Builtin) -> Option<Handle> {
        crate::source::Source::builtin(self, builtin).ok()
    }
}
