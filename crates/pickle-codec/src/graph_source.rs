//! [`GraphSource`]: the source that a graph is while it is being dumped.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use hashbrown::HashMap;
use pickle_opcodes::latin1;
use pickle_value::{Contents, Graph, Handle, Identity, Inline, Object, ObjectKind, Sort, Step, Value, View};

pub(crate) use self::standard::AddressText;
use self::standard::Standard;
use crate::builtins::Builtin;
use crate::error::{Error, ErrorKind};
use crate::extension::Extensions;
use crate::holders::Holders;
use crate::profile::{Implementation, Profile};
use crate::source::{
    Args, Atom, AtomWriter, Fill, Filling, GlobalName, Made, Make, Open, PartialNew, Reduction, Shape, Source, Stop,
};

/// The source that a graph is.
///
/// What CPython has one object of, wherever it comes from, is one object here: each str of one latin-1 character, the
/// empty str, the empty bytes, and, by the profiles up to 3.7, each bytes of one byte. These, and what the pickler brings
/// along, are [foreign](Handle::foreign) to the graph. What an instance of a class derived from str is made of is a text of
/// its own.
#[derive(Debug)]
pub struct GraphSource<'g> {
    graph: &'g Graph<'g>,
    /// What its text has, at hand.
    contents: Contents<'g>,
    profile: Profile,
    single_bytes_are_one: bool,
    protocol: u8,
    python2: bool,
    extensions: Arc<Extensions>,
    /// Whether the memo is left out, so that what is met again need not be within itself.
    fast: bool,
    /// Whether a buffer in the pickle is memoized as what it is; in Python its copy is, which nothing refers to.
    memoizes_buffers: bool,
    /// How many buffers stand beside the pickle so far.
    buffers: u64,
    /// Who is held once, where the profile wants to know.
    holders: Option<Holders>,
    /// The memo's numbers, each plus one: by the numbers of spans, then one that stays 0 for what is inline, then by those of
    /// nodes and of foreign objects.
    memo: Vec<u32>,
    /// Where in `memo` each sort starts.
    starts: [usize; 4],
    /// Keys and callables that the memo has.
    keys: run::Gets<32>,
    classes: run::Gets<8>,
    begun: Begun,
    /// The contents of foreign objects from [`EXTRAS`] on.
    extras: Vec<Content>,
    own_texts: OwnTexts,
    /// The builtins that were looked for: few are.
    builtins: Vec<(Builtin, Handle)>,
    names: HashMap<String, Handle, foldhash::fast::RandomState>,
    /// The names that the functions of modules in C have for them.
    functions_of: HashMap<String, Handle, foldhash::fast::RandomState>,
    /// The globals of the standard library whose objects are spelled by protocol and version.
    standard: HashMap<Handle, Standard, foldhash::fast::RandomState>,
    /// Items that the graph does not hold together; a [`Cursor`] says which.
    made: Vec<Handle>,
    /// Globals that earlier pickles with the same memo had.
    globals: Globals,
    /// What may be written of what the graph shares and a pickle cannot.
    copies: Copies,
    /// The globals of the graph and of `extras`, by module and name with a newline between; made when one is looked for.
    globals_by_name: HashMap<String, Handle, foldhash::fast::RandomState>,
}

/// Whether a name has so many parts, or such long ones, that the names of all that it stands in would take many times its
/// memory.
fn is_nested_too_deep(name: &str) -> bool {
    let dots = name.bytes().filter(|&byte| byte == b'.').count();
    dots > 500 || dots * name.len() > 1 << 18
}

/// True for an instance, which is surely no class itself.
pub(crate) fn is_made_by_class(object: View<'_>) -> bool {
    use ObjectKind::{Instance, New, NewWithKeywords, Reconstructed};
    let kind = object.as_object().map(|object| object.kind());
    matches!(kind, Some(New | NewWithKeywords | Reconstructed | Instance))
}

/// A place in the items of a graph's object.
#[derive(Clone, Debug)]
pub struct Cursor<'g> {
    items: core::slice::Iter<'g, Handle>,
    /// Of items that no object of the graph holds, where the next is in [`GraphSource::made`], plus one, and how many are left.
    made: u32,
    left: u32,
}

impl<'g> Cursor<'g> {
    fn new(items: &'g [Handle]) -> Cursor<'g> {
        Cursor { items: items.iter(), made: 0, left: 0 }
    }

    fn len(&self) -> usize {
        self.items.len()
    }
}

mod buffer;
mod copies;
mod derived;
mod foreign;
mod kept;
mod own;
mod replacing;
mod run;
mod standard;

use copies::Copies;
use derived::Begun;
use foreign::{CHARACTER, Content, ELLIPSIS, EMPTY_TEXT, EXTRAS, NOT_IMPLEMENTED, single_text};
pub(crate) use foreign::{EMPTY_BYTES, single_text_number};
use kept::Globals;
#[cfg(feature = "std")]
pub(crate) use kept::Kept;
use own::OwnTexts;
pub(crate) use replacing::Replacing;

impl<'g> GraphSource<'g> {
    /// A source with an empty memo, for an encoder of this protocol and profile.
    #[must_use]
    pub fn new(graph: &'g Graph<'g>, protocol: u8, profile: Profile) -> GraphSource<'g> {
        let mut source = GraphSource::bare(graph, protocol, profile);
        source.note_standard();
        source
    }

    /// A source that has yet to note what is standard.
    fn bare(graph: &'g Graph<'g>, protocol: u8, profile: Profile) -> GraphSource<'g> {
        let counts = graph.counts();
        let inline = counts.spans;
        let nodes = inline + 1;
        let foreign = nodes + counts.nodes;
        GraphSource {
            graph,
            contents: graph.contents(),
            profile,
            single_bytes_are_one: profile.single_bytes_are_one() && profile.single_byte_strings_are_one(),
            protocol,
            python2: profile.is_python2(),
            extensions: Arc::default(),
            fast: false,
            memoizes_buffers: profile.pickler() == Implementation::C,
            buffers: 0,
            holders: profile.counts_references().then(|| Holders::count(graph, protocol)),
            memo: vec![0; foreign + EXTRAS as usize],
            starts: [inline, 0, nodes, foreign],
            keys: run::Gets::default(),
            classes: run::Gets::default(),
            begun: Begun::default(),
            extras: Vec::new(),
            own_texts: OwnTexts::default(),
            builtins: Vec::new(),
            names: HashMap::default(),
            functions_of: HashMap::default(),
            standard: HashMap::default(),
            made: Vec::new(),
            globals: Globals::default(),
            globals_by_name: HashMap::default(),
            copies: Copies::new((graph.size_hint() as u64).saturating_mul(16).saturating_add(1 << 16)),
        }
    }

    /// Says how many bytes may be written of what the graph shares and a pickle cannot: see
    /// [`DumpOptions::copies`](crate::DumpOptions::copies).
    pub fn set_copies(&mut self, bytes: u64) {
        self.copies = Copies::new(bytes);
    }

    /// Takes over a registry of extension codes.
    pub fn set_extensions(&mut self, extensions: Arc<Extensions>) {
        self.extensions = extensions;
    }

    /// Says that the encoder leaves the memo out.
    pub fn set_fast(&mut self, fast: bool) {
        self.fast = fast;
    }

    #[inline(always)]
    fn slot(&self, handle: Handle) -> usize {
        let Identity { sort, number } = handle.identity();
        self.starts[sort as usize] + number as usize
    }

    /// The memo's number of an object, plus one; 0 without.
    #[inline(always)]
    fn memo(&self, handle: Handle) -> u32 {
        self.memo[self.slot(handle)]
    }

    fn object(&mut self, handle: Handle, object: Object<'g>) -> Shape<'g, Handle, Cursor<'g>> {
        // What is made anew of an argument is made for each object that has it.
        if !self.standard.is_empty()
            && let Some(standard) = self.standard_of(handle, object)
            && !self.is_as_kept(standard, object)
            && self.copies.count(8 * object.extent()).is_ok()
            && let Some(shape) = self.spelled(standard, handle, object)
        {
            return shape;
        }
        let node = handle.identity().number;
        let mut kind = object.kind();
        if kind == ObjectKind::Instance && !self.python2 && object.args().is_empty() {
            // Python 3 has no old-style classes: it makes the instance of one by `cls.__new__`, and then writes that. What is
            // no class it calls.
            kind = if is_made_by_class(object.callable()) { ObjectKind::Call } else { ObjectKind::New };
        }
        let make = match kind {
            ObjectKind::Global => return Shape::Global,
            ObjectKind::Call => Make::Call,
            ObjectKind::New if self.protocol < 2 => return self.new_in_old_protocols(handle, object),
            ObjectKind::New => Make::New,
            ObjectKind::Reconstructed if self.protocol < 2 => return self.reconstruction(object),
            ObjectKind::Reconstructed => return self.derived(object),
            ObjectKind::NewWithKeywords
                if self.protocol < 4 && !self.fast && self.begun.times.insert(node, 1).is_some() =>
            {
                return unsupported("an object within its own keyword arguments under protocol 4");
            }
            ObjectKind::NewWithKeywords => Make::NewWithKeywords,
            ObjectKind::Instance => Make::Instance,
            ObjectKind::Persistent | ObjectKind::Extension if object.steps().next().is_some() => {
                return unsupported("what is done to an object that is only named");
            }
            ObjectKind::Persistent => match object.field(0).handle() {
                Some(id) => return Shape::Persistent(id),
                None => return unsupported("a persistent id"),
            },
            ObjectKind::Extension if self.protocol < 2 => {
                return Shape::Unsupported(alloc::format!("extension code {} under protocol 2", object.field(0)));
            }
            ObjectKind::Extension => match object.field(0).as_u64().and_then(|code| u32::try_from(code).ok()) {
                Some(code) => return Shape::Extension(code),
                None => return unsupported("an extension code"),
            },
            ObjectKind::Native => match object.field(0).as_str() {
                Some(name) => return Shape::Unsupported(alloc::format!("'{name}' object")),
                None => return unsupported("an object of another format"),
            },
            _ => return unsupported("an object of another format"),
        };
        let (Some(callable), Some(args)) = (object.callable().handle(), object.args().handle()) else {
            return unsupported("an incomplete object");
        };
        if make == Make::New {
            self.own_argument(args);
        }
        if let (Make::Call | Make::New, Some(parts)) = (make, object.fields_and_state()) {
            return Shape::Made(Made { is_new: make == Make::New, parts: Cursor::new(parts) });
        }
        let mut steps = Vec::with_capacity(object.steps().size_hint().0);
        steps.extend(object.steps().filter_map(|step| self.fill(step)));
        let kwargs = if make == Make::NewWithKeywords { object.field(2).handle() } else { None };
        Shape::Reduce(Box::new(Reduction { make, callable, args: Args::Tuple(args), kwargs, steps }))
    }

    /// True for a set that is being written without end: under protocol 4 its items are those of a list that is made for each
    /// call, and it is in the memo only behind them.
    #[inline(never)]
    fn is_endless_set(&mut self, set: Handle, items: &[Handle]) -> Result<bool, Error> {
        let may_hold_itself = items.iter().any(|item| item.identity().sort == Sort::Node);
        let is_endless = may_hold_itself && !self.fast && self.is_within_itself(set);
        self.copies.check()?;
        Ok(is_endless)
    }

    fn fill(&self, step: Step<'g>) -> Option<Fill<Handle, Cursor<'g>>> {
        Some(match step {
            Step::State(view) => Fill::State(view.handle()?),
            Step::StateBy(setter, state) => Fill::StateBy { setter: setter.handle()?, state: state.handle()? },
            Step::Append(view) => Fill::Append(self.cursor(view)?),
            Step::Assign(view) => Fill::Assign(self.cursor(view)?),
            Step::Add(view) => Fill::Add(self.cursor(view)?),
        })
    }

    fn cursor(&self, view: View<'g>) -> Option<Cursor<'g>> {
        match self.graph.value(view.handle()?) {
            Value::List(items) | Value::Dict(items) | Value::Set(items) => Some(Cursor::new(items)),
            _ => None,
        }
    }
}

#[cold]
fn unsupported<'g>(kind: &str) -> Shape<'g, Handle, Cursor<'g>> {
    Shape::Unsupported(String::from(kind))
}

impl<'g> Source for GraphSource<'g> {
    type Object = Handle;
    type Cursor = Cursor<'g>;
    type Error = Error;

    fn persistent_text(&mut self, id: &Handle) -> Result<Option<Cow<'_, [u8]>>, Error> {
        if let Inline::Int(value) = id.inline() {
            return Ok(Some(Cow::Owned(value.to_string().into_bytes())));
        }
        if let Identity { sort: Sort::Foreign, number } = id.identity() {
            return Ok(match self.foreign(number) {
                Shape::Text(text) => Some(Cow::Borrowed(text)),
                _ => None,
            });
        }
        Ok(match self.graph.value(*id) {
            Value::Text(text) => Some(Cow::Borrowed(text.as_bytes())),
            _ => None,
        })
    }

    #[inline(always)]
    fn atom(&mut self, handle: &mut Handle) -> Result<Atom<'_>, Error> {
        match handle.inline() {
            Inline::Int(value) => return Ok(Atom::Int(value)),
            Inline::Float(value) => return Ok(Atom::Float(value)),
            Inline::Other => {}
        }
        if let Some(known) = self.memo(*handle).checked_sub(1) {
            return Ok(Atom::Known(known));
        }
        Ok(match self.graph.value(*handle) {
            Value::Text(text) => {
                let utf8 = text.as_bytes();
                match single_text(utf8) {
                    Some(single) if !self.own_texts.has(*handle) => {
                        let known = self.memo(single).checked_sub(1);
                        if known.is_none() {
                            self.own_texts.note_first(single, *handle);
                        }
                        *handle = single;
                        known.map_or(Atom::Text(utf8), Atom::Known)
                    }
                    _ => Atom::Text(utf8),
                }
            }
            Value::BigInt(bytes) => {
                self.copies.count(bytes.len())?;
                Atom::BigInt(bytes)
            }
            Value::Float(value) => Atom::Float(value),
            Value::None if *handle == Handle::NONE => Atom::None,
            Value::None => self.foreign_atom(*handle),
            Value::Bool(true) => Atom::True,
            Value::Bool(false) => Atom::False,
            _ => Atom::Other,
        })
    }

    #[inline(always)]
    fn shape(&mut self, handle: &mut Handle) -> Result<Shape<'_, Handle, Cursor<'g>>, Error> {
        if let Identity { sort: Sort::Foreign, number } = handle.identity() {
            return Ok(self.foreign(number));
        }
        let cursor = |items: &'g [Handle]| Cursor::new(items);
        Ok(match self.graph.value(*handle) {
            Value::Tuple(items) => Shape::Tuple(items.len(), cursor(items)),
            Value::List(items) => Shape::List(items.len(), cursor(items)),
            Value::Dict(items) => Shape::Dict(items.len() / 2, cursor(items)),
            Value::Set(items) if self.protocol < 4 && self.is_endless_set(*handle, items)? => {
                unsupported("a set within itself under protocol 4")
            }
            Value::Set(items) => Shape::Set(items.len(), cursor(items)),
            Value::FrozenSet(items) => Shape::FrozenSet(items.len(), cursor(items)),
            Value::BigInt(bytes) => {
                self.copies.count(bytes.len())?;
                Shape::BigInt(bytes)
            }
            Value::Long(bytes) => {
                self.copies.count(bytes.len())?;
                Shape::Long(bytes)
            }
            Value::Text(text) => Shape::Text(text.as_bytes()),
            Value::Bytes(bytes) => match self.single_bytes(bytes) {
                Some(single) => {
                    *handle = single;
                    self.memo(single).checked_sub(1).map_or(self.bytes_shape(bytes), Shape::Known)
                }
                None => self.bytes_shape(bytes),
            },
            Value::ByteArray(bytes) => Shape::ByteArray(bytes),
            Value::ByteString(bytes) => match self.single_bytes(bytes).filter(|_| self.python2) {
                Some(single) => {
                    *handle = single;
                    self.memo(single).checked_sub(1).map_or(Shape::ByteString(bytes), Shape::Known)
                }
                None => Shape::ByteString(bytes),
            },
            Value::Complex(real, imaginary) => Shape::Complex(real, imaginary),
            Value::Range(parts) => Shape::Call(Builtin::Range, parts.len(), cursor(parts)),
            Value::Slice(parts) => Shape::Call(Builtin::Slice, parts.len(), cursor(parts)),
            Value::Ellipsis | Value::NotImplemented => {
                let ellipsis = matches!(self.graph.value(*handle), Value::Ellipsis);
                *handle = Handle::foreign(if ellipsis { ELLIPSIS } else { NOT_IMPLEMENTED });
                self.memo(*handle).checked_sub(1).map_or(Shape::Global, Shape::Known)
            }
            Value::Object(object) if object.kind() == ObjectKind::Buffer => self.buffer(handle),
            Value::Object(object) => match self.named(*handle) {
                Some(other) => {
                    *handle = other;
                    self.memo(other).checked_sub(1).map_or(Shape::Global, Shape::Known)
                }
                None => {
                    let shape = self.object(*handle, object);
                    self.copies.check()?;
                    shape
                }
            },
            _ => unsupported("an object of another format"),
        })
    }

    #[inline(always)]
    fn next(&mut self, cursor: &mut Cursor<'g>) -> Result<Option<Handle>, Error> {
        Ok(match cursor.items.next() {
            Some(item) => Some(*item),
            None if cursor.left == 0 => None,
            None => {
                cursor.left -= 1;
                cursor.made += 1;
                Some(self.made[cursor.made as usize - 2])
            }
        })
    }

    const WRITES_ATOMS: bool = true;

    #[inline(always)]
    fn write_atoms(
        &mut self,
        cursor: &mut Cursor<'g>,
        limit: usize,
        writer: &mut AtomWriter<'_>,
        open: &mut Vec<Open<Handle, Cursor<'g>>>,
    ) -> (usize, Stop) {
        self.write_run(cursor, limit, writer, open)
    }

    fn write_rare(
        &mut self,
        cursor: &mut Cursor<'g>,
        writer: &mut AtomWriter<'_>,
        open: &mut Vec<Open<Handle, Cursor<'g>>>,
    ) -> bool {
        self.write_rare_next(cursor, writer, open)
    }

    fn left(&self, cursor: &Cursor<'g>) -> usize {
        cursor.len()
    }

    fn parts_behind(&self, object: &Handle, written: usize) -> Option<Cursor<'g>> {
        Some(Cursor::new(self.parts(*object).get(written..)?))
    }

    fn filling(&self, object: &Handle) -> Option<(Filling, Cursor<'g>)> {
        self.filling_of(*object)
    }

    #[inline(always)]
    fn memo_get(&self, handle: &Handle) -> Option<u32> {
        self.memo(*handle).checked_sub(1)
    }

    #[inline(always)]
    fn memo_put(&mut self, handle: &Handle, index: u32) -> Result<(), Error> {
        let number = index.checked_add(1).ok_or_else(|| Error::new(ErrorKind::MemoTooLarge))?;
        let slot = self.slot(*handle);
        if slot != self.starts[Sort::Inline as usize] {
            self.memo[slot] = number;
        }
        Ok(())
    }

    fn held_once(&self, handle: &Handle) -> bool {
        match (&self.holders, handle.identity()) {
            (None, _) => false,
            (_, Identity { sort: Sort::Foreign, number }) => !matches!(self.foreign(number), Shape::Global),
            (Some(holders), identity) => holders.held_once(self.graph.value(*handle), identity),
        }
    }

    fn builtin(&mut self, builtin: Builtin) -> Result<Handle, Error> {
        Ok(self.builtin_handle(builtin))
    }

    fn constant(&mut self, text: &'static str) -> Result<Handle, Error> {
        Ok(self.name(text))
    }

    fn latin1(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        Ok(match *bytes {
            [] => Handle::foreign(EMPTY_TEXT),
            [byte] => Handle::foreign(CHARACTER + u32::from(byte)),
            _ => self.extra(Content::Text(latin1::to_utf8(bytes).into())),
        })
    }

    fn unseen_text(&mut self, length: usize) -> Result<Option<Handle>, Error> {
        Ok((length > 1).then(|| self.extra(Content::Text([].into()))))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        Ok(self.single_bytes(bytes).unwrap_or_else(|| self.extra(Content::Bytes(bytes.into()))))
    }

    fn content(&mut self, handle: &Handle) -> Result<Vec<u8>, Error> {
        Ok(match handle.identity() {
            Identity { sort: Sort::Foreign, number } => match self.foreign(number) {
                Shape::Bytes(bytes) => bytes.to_vec(),
                _ => Vec::new(),
            },
            _ => self.graph.view(*handle).as_bytes().unwrap_or_default().to_vec(),
        })
    }

    fn partial_new(
        &mut self,
        class: Handle,
        args: Handle,
        kwargs: Handle,
    ) -> Result<PartialNew<Handle, Cursor<'g>>, Error> {
        let (Some((module, name)), Some(entries)) =
            (self.graph.view(class).as_global(), self.cursor(self.graph.view(kwargs)))
        else {
            let what = String::from("keyword arguments for what is no class under protocol 4");
            return Err(Error::new(ErrorKind::Unsupported(what)));
        };
        let items = self.graph.view(args).items().filter_map(View::handle);
        Ok(PartialNew::Parts {
            partial: self.global_named("functools", "partial"),
            new: self.global_named(module, &alloc::format!("{name}.__new__")),
            args: [class].into_iter().chain(items).collect(),
            kwargs: (entries.len() / 2, entries),
        })
    }

    fn global(&mut self, handle: &Handle) -> Result<GlobalName<Handle>, Error> {
        let identity = handle.identity();
        let owned;
        let (module, name) = match (identity.sort, identity.number) {
            (Sort::Foreign, ELLIPSIS) => self.name_of(Builtin::Ellipsis),
            (Sort::Foreign, NOT_IMPLEMENTED) => self.name_of(Builtin::NotImplemented),
            (Sort::Foreign, number @ EXTRAS..) => match &self.extras[(number - EXTRAS) as usize] {
                Content::Builtin(builtin) => self.name_of(*builtin),
                Content::Global(names) => {
                    owned = names.as_ref().clone();
                    (owned.0.as_str(), owned.1.as_str())
                }
                _ => ("", ""),
            },
            _ => self.graph.view(*handle).as_global().unwrap_or_default(),
        };
        let module_object = if self.protocol < 4 { self.name(module) } else { self.module_object(module, name) };
        let name_object = match single_text(name.as_bytes()) {
            Some(single) => single,
            // A name is a string of its own for each object that has one.
            None => self.extra(Content::Text(name.as_bytes().into())),
        };
        if self.protocol < 4 && is_nested_too_deep(name) {
            return Err(ErrorKind::NamesTooDeep.into());
        }
        let nesting = if self.protocol < 4 { self.nesting(module, name) } else { None };
        Ok(GlobalName {
            module: String::from(module),
            name: String::from(name),
            module_object,
            name_object,
            extension: self.extensions.code(module, name),
            nesting,
        })
    }

    fn enter(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn leave(&mut self) {}
}
