//! Objects that are more than data: globals, calls, instances, persistent ids.
//!
//! Nothing is ever called. An object keeps what would be called, with what, and what would then be done to the result, in
//! the order in which it was asked for.

use alloc::vec::Vec;

use crate::handle::{Handle, Tag};
use crate::store::Access;
use crate::view::View;

/// What an object is, which says what its fields are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A class or function by name. Fields: module, name.
    Global,
    /// The result of a call. Fields: callable, arguments.
    Call,
    /// An instance made by `cls.__new__(cls, *args)`. Fields: class, arguments.
    New,
    /// An instance made by `cls.__new__(cls, *args, **kwargs)`. Fields: class, arguments, keyword arguments.
    NewWithKeywords,
    /// An instance of a class that is derived from a builtin, made of a value of that builtin, as protocols 0 and 1 have
    /// it. Fields: class, arguments (a tuple of the value), builtin.
    Reconstructed,
    /// An instance made by calling a class in the way of Python 2's old-style classes. Fields: class, arguments.
    Instance,
    /// An object that the pickle only names. Fields: its id.
    Persistent,
    /// An object of the extension registry. Fields: its code.
    Extension,
    /// A buffer that is handed over beside the pickle. Fields: its bytes, or its number where they are not known, and
    /// whether it is read-only. See [`View::as_buffer`].
    Buffer,
    /// How the state of an object is set where a function does it: only an object's log has this. Fields: the function, the
    /// state.
    StateSetter,
    /// An object of one of the interpreter's own types that only some formats hold, such as a code object. Fields: the name
    /// of the type, then as many as the format that knows it wants.
    Native,
}

impl ObjectKind {
    /// How many fields stand before the log; of [`Native`](ObjectKind::Native), which has no log, the fewest.
    #[must_use]
    pub const fn fields(self) -> usize {
        match self {
            ObjectKind::Persistent | ObjectKind::Extension | ObjectKind::Native => 1,
            ObjectKind::NewWithKeywords | ObjectKind::Reconstructed => 3,
            _ => 2,
        }
    }

    /// Whether something is called with arguments to make it: these are fields 0 and 1.
    const fn is_made(self) -> bool {
        matches!(
            self,
            ObjectKind::Call
                | ObjectKind::New
                | ObjectKind::NewWithKeywords
                | ObjectKind::Reconstructed
                | ObjectKind::Instance
        )
    }

    pub(crate) const fn from_meta(meta: u32) -> ObjectKind {
        const KINDS: [ObjectKind; 11] = [
            ObjectKind::Global,
            ObjectKind::Call,
            ObjectKind::New,
            ObjectKind::NewWithKeywords,
            ObjectKind::Reconstructed,
            ObjectKind::Instance,
            ObjectKind::Persistent,
            ObjectKind::Extension,
            ObjectKind::Buffer,
            ObjectKind::StateSetter,
            ObjectKind::Native,
        ];
        KINDS[meta as usize % KINDS.len()]
    }
}

/// A look at an object.
#[derive(Clone, Copy)]
pub struct Object<'g> {
    access: Access<'g>,
    kind: ObjectKind,
    items: &'g [Handle],
}

/// One thing that is done to an object once it is there.
#[derive(Clone, Copy, Debug)]
pub enum Step<'g> {
    /// Its state is set (`__setstate__`, or `__dict__` and slots).
    State(View<'g>),
    /// Its state is set by a call, `setter(object, state)`: the setter, and the state.
    StateBy(View<'g>, View<'g>),
    /// Items are appended, as to a list.
    Append(View<'g>),
    /// Items are set by key, as in a dict: keys and values in turn.
    Assign(View<'g>),
    /// Items are added, as to a set.
    Add(View<'g>),
}

impl<'g> Object<'g> {
    #[inline(always)]
    pub(crate) fn new(access: Access<'g>, node: u32) -> Object<'g> {
        Object { access, kind: ObjectKind::from_meta(access.node(node).meta), items: access.items(node) }
    }

    /// What it is.
    #[inline]
    #[must_use]
    pub fn kind(&self) -> ObjectKind {
        self.kind
    }

    /// A field by its number; absent where the kind has none.
    #[must_use]
    pub fn field(&self, number: usize) -> View<'g> {
        let handle = self.fields().get(number).copied();
        View::new(self.access, handle)
    }

    /// All fields.
    #[inline]
    #[must_use]
    pub fn fields(&self) -> &'g [Handle] {
        match self.kind {
            ObjectKind::Native => self.items,
            kind => self.items.get(..kind.fields()).unwrap_or_default(),
        }
    }

    /// The name of the type and the fields behind it, of a [`Native`](ObjectKind::Native) object.
    #[must_use]
    pub fn as_native(&self) -> Option<(&'g str, &'g [Handle])> {
        let (_, fields) = self.items.split_first().filter(|_| self.kind == ObjectKind::Native)?;
        Some((self.field(0).as_str()?, fields))
    }

    /// The class or function: field 0 of calls and instances.
    #[must_use]
    pub fn callable(&self) -> View<'g> {
        if self.kind.is_made() { self.field(0) } else { View::ABSENT }
    }

    /// The positional arguments, a tuple: field 1 of calls and instances.
    #[must_use]
    pub fn args(&self) -> View<'g> {
        if self.kind.is_made() { self.field(1) } else { View::ABSENT }
    }

    /// What is done to it once it is there, in order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'g>> + Clone + use<'g> {
        let access = self.access;
        self.log().iter().map(move |&entry| step(View::new(access, Some(entry))))
    }

    /// About how much its arguments and what is done to it hold directly: items, and bytes by eight. Other objects may hold
    /// the same, so that whoever goes through these for each object has to count.
    #[must_use]
    pub fn extent(&self) -> usize {
        /// More arguments than these no class of the standard library takes apart.
        const ARGUMENTS: usize = 16;
        let args = self.args().slots().unwrap_or_default();
        let extent = |part: &Handle| View::new(self.access, Some(*part)).extent();
        self.items.iter().chain(args.iter().take(ARGUMENTS)).map(extent).sum()
    }

    /// The step of this number, counted from 0.
    #[must_use]
    pub fn step(&self, number: usize) -> Option<Step<'g>> {
        self.log().get(number).map(|&entry| step(View::new(self.access, Some(entry))))
    }

    /// What stands behind the fields.
    fn log(&self) -> &'g [Handle] {
        self.items.get(self.fields().len()..).unwrap_or_default()
    }

    /// The fields, and behind them the state, if one is set, of an object to which nothing else is done; none of any other.
    #[inline]
    #[must_use]
    pub fn fields_and_state(&self) -> Option<&'g [Handle]> {
        let is_plain = match self.items.get(self.fields().len()..).unwrap_or_default() {
            [] => true,
            [entry] => match entry.tag() {
                Some(Tag::Appended | Tag::Assigned | Tag::Added) => false,
                Some(Tag::Object) => matches!(self.steps().next(), Some(Step::State(_))),
                _ => true,
            },
            _ => false,
        };
        is_plain.then_some(self.items)
    }

    /// The items that were appended, set or added, of an object to which nothing else is done.
    #[inline]
    #[must_use]
    pub fn only_items(&self) -> Option<(Filled, &'g [Handle])> {
        let &[entry] = self.log() else { return None };
        let (tag, node) = entry.reference()?;
        let filled = match tag {
            Tag::Appended => Filled::Appended,
            Tag::Assigned => Filled::Assigned,
            Tag::Added => Filled::Added,
            _ => return None,
        };
        Some((filled, self.access.items(node)))
    }

    /// The last state that was set; absent where none was.
    #[must_use]
    pub fn state(&self) -> View<'g> {
        let mut states = self.log().iter().rev().filter_map(|&entry| match step(View::new(self.access, Some(entry))) {
            Step::State(view) | Step::StateBy(_, view) => Some(view),
            _ => None,
        });
        states.next().unwrap_or(View::ABSENT)
    }
}

/// How an object is filled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Filled {
    /// Items were appended to it.
    Appended,
    /// Items were set in it, keys and values in turn.
    Assigned,
    /// Items were added to it.
    Added,
}

/// What an entry of an object's log says.
fn step(entry: View<'_>) -> Step<'_> {
    match entry.handle().and_then(Handle::tag) {
        Some(Tag::Appended) => Step::Append(entry),
        Some(Tag::Assigned) => Step::Assign(entry),
        Some(Tag::Added) => Step::Add(entry),
        Some(Tag::Object) => match entry.as_object() {
            Some(setter) if setter.kind == ObjectKind::StateSetter => Step::StateBy(setter.field(0), setter.field(1)),
            _ => Step::State(entry),
        },
        _ => Step::State(entry),
    }
}

/// A buffer that is handed over beside a pickle (PEP 574): Python's `pickle.PickleBuffer`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Buffer<'g> {
    /// Its bytes, where they are known.
    pub bytes: Option<&'g [u8]>,
    /// Its number among the buffers of its pickle, where nothing else is known.
    pub number: Option<u64>,
    /// Whether it is read-only.
    pub readonly: bool,
}

impl<'g> View<'g> {
    /// A buffer that is handed over beside a pickle.
    #[must_use]
    pub fn as_buffer(self) -> Option<Buffer<'g>> {
        let object = self.as_object().filter(|object| object.kind == ObjectKind::Buffer)?;
        let content = object.field(0);
        let readonly = object.field(1).as_bool() == Some(true);
        Some(Buffer { bytes: content.as_bytes(), number: content.as_u64(), readonly })
    }

    /// All that it holds directly: items, keys and values, and of an object its fields and what is done to it.
    #[must_use]
    pub fn parts(self) -> Vec<View<'g>> {
        let mut parts: Vec<View<'g>> =
            self.items().chain(self.entries().flat_map(|(key, value)| [key, value])).collect();
        if let Some(object) = self.as_object() {
            parts.extend((0..object.kind().fields()).map(|number| object.field(number)));
            for step in object.steps() {
                match step {
                    Step::StateBy(setter, state) => parts.extend([setter, state]),
                    Step::State(part) | Step::Append(part) | Step::Assign(part) | Step::Add(part) => parts.push(part),
                }
            }
        }
        parts
    }
}
