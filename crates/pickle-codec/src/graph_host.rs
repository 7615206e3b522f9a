//! [`GraphHost`]: the host that a graph is while it is being loaded.

use alloc::vec::Vec;

use hashbrown::HashMap;
use pickle_opcodes::Opcode;
use pickle_value::{Builder, Handle, Kind, ObjectKind, Outlook, View};

use crate::builtins::Builtin;
use crate::encoding::Encoding;
use crate::error::{Error, ErrorKind};
use crate::graph_source::is_made_by_class;
use crate::host::{Host, Items, Registers};
use crate::limits::Limits;
use crate::load::LoadOptions;
use crate::profile::Implementation;
use crate::resolve::{Defaults, Resolver};

mod calls;
mod names;
mod nested;
mod outside;
mod plain;

use nested::Method;

/// The host that makes a graph: calls become data, and the builtins that low protocols spell as calls are understood.
///
/// What a pickle leaves open, its [`Resolver`] answers.
#[derive(Debug)]
pub struct GraphHost<'a, R = Defaults> {
    builder: Builder<'a>,
    resolver: R,
    options: LoadOptions,
    encoding: Encoding,
    /// Whether `long` is a kind of its own, and bytes are Python 2's `str`.
    python2: bool,
    /// The globals that are understood, by handle.
    known: Vec<(Handle, Builtin)>,
    /// How many buffers were asked for.
    buffers: i64,
    /// Where in memory the input stands, if it is not the builder's.
    input_at: Option<usize>,
    /// With `unify`, the first text of each attribute name.
    names: HashMap<Vec<u8>, Handle, foldhash::fast::RandomState>,
    /// Large states whose names are unified: with how many attributes, and as what.
    unified: HashMap<Handle, (usize, Handle), foldhash::fast::RandomState>,
    /// With `unify`, the bytes objects of a single byte that `_codecs.encode` gave, or Python 2's SHORT_BINSTRING: what a
    /// line of STRING gives is another one.
    singles: Vec<(u8, Handle)>,
    /// With `unify`, the empty frozenset.
    empty_frozen_set: Option<Handle>,
    /// What a `getattr` gave that may be a bound method.
    methods: HashMap<Handle, Method, foldhash::fast::RandomState>,
    /// Memory for the items that a call copies.
    items: Vec<Handle>,
    /// How many bytes calls may still copy.
    copies: u64,
}

impl<'a> GraphHost<'a> {
    /// A host that adds to `builder`.
    #[must_use]
    pub fn new(builder: Builder<'a>, options: LoadOptions) -> GraphHost<'a> {
        GraphHost::with_resolver(builder, options, Defaults)
    }
}

impl<'a, R: Resolver<'a>> GraphHost<'a, R> {
    /// A host that adds to `builder`, and asks a resolver.
    #[must_use]
    pub fn with_resolver(builder: Builder<'a>, options: LoadOptions, resolver: R) -> GraphHost<'a, R> {
        let mut builder = builder;
        builder.set_most_objects(u32::try_from(options.limits.objects).unwrap_or(u32::MAX));
        let bytes = builder.input_len();
        let mut host = GraphHost {
            copies: u64::MAX,
            builder,
            resolver,
            encoding: options.effective_encoding(),
            python2: options.profile.is_python2(),
            options,
            known: Vec::new(),
            buffers: 0,
            input_at: None,
            names: HashMap::default(),
            unified: HashMap::default(),
            singles: Vec::new(),
            empty_frozen_set: None,
            methods: HashMap::default(),
            items: Vec::new(),
        };
        if bytes > 0 {
            host.begin_pickle(bytes);
        }
        host
    }

    /// The builder, with all that was made.
    #[must_use]
    pub fn into_builder(self) -> Builder<'a> {
        self.builder
    }

    /// A look at what has been made so far.
    pub(crate) fn view(&self, handle: Handle) -> View<'_> {
        self.builder.view(handle)
    }

    /// The builder, with what was made so far.
    #[cfg(feature = "std")]
    pub(crate) fn builder(&self) -> &Builder<'a> {
        &self.builder
    }

    #[cfg(feature = "std")]
    pub(crate) fn builder_mut(&mut self) -> &mut Builder<'a> {
        &mut self.builder
    }

    /// What follows is read from `input`, and copied from there.
    #[cfg(feature = "std")]
    pub(crate) fn begin_input(&mut self, input: &[u8]) {
        self.input_at = Some(input.as_ptr() as usize);
        self.begin_pickle(input.len());
    }

    /// What follows is read from so many bytes, which bounds what calls may copy of it. As long as nothing is known of the
    /// pickle, because the builder has no input, nothing is bounded.
    pub(crate) fn begin_pickle(&mut self, bytes: usize) {
        let before = if self.copies == u64::MAX { FREE_COPIES } else { self.copies };
        self.copies = before.saturating_add(self.options.limits.copies.saturating_mul(bytes as u64));
    }

    /// Holds a pickle's instructions against the limits.
    #[cfg(feature = "std")]
    pub(crate) fn check_instructions(&self, pickle: &[u8]) -> Result<(), Error> {
        self.options.limits.check_instructions(pickle, 0)
    }

    /// Notes that a call copies so many bytes, each time it is made.
    fn note_copy(&mut self, bytes: usize) -> Result<(), Error> {
        match self.copies.checked_sub(bytes as u64) {
            Some(left) => self.copies = left,
            None => return Err(Limits::exceeded("copies", self.options.limits.copies).into()),
        }
        Ok(())
    }

    /// Refuses what is of another kind, as Python would.
    #[inline]
    fn check_kind(&self, operation: &'static str, object: Handle, wanted: Kind) -> Result<(), Error> {
        let kind = self.builder.view(object).kind();
        if kind == wanted {
            return Ok(());
        }
        let kind = kind.type_name();
        Err(ErrorKind::Value(pickle_value::ErrorKind::WrongKind { operation, kind }).into())
    }

    /// Refuses what is surely no class. A call may give one, and what only has a name may be one.
    #[inline]
    fn check_class(&self, class: Handle) -> Result<(), Error> {
        self.check_kind("make an instance of", class, Kind::Object)?;
        if is_made_by_class(self.builder.view(class)) {
            let (operation, kind) = ("make an instance of", "class's instance");
            return Err(ErrorKind::Value(pickle_value::ErrorKind::WrongKind { operation, kind }).into());
        }
        Ok(())
    }
}

/// How many bytes calls may copy of the smallest pickle.
const FREE_COPIES: u64 = 1 << 16;

/// Whether pickles of this protocol have the global for what is spelled otherwise later. Beyond, a call of it is a call.
fn is_spelling(builtin: Builtin, protocol: u8) -> bool {
    match builtin {
        Builtin::Reconstructor => protocol < 2,
        Builtin::GetAttr | Builtin::Partial => protocol < 4,
        _ => true,
    }
}

/// A name of a GLOBAL or INST.
fn utf8<'n>(name: &'n [u8], what: &'static str) -> Result<&'n str, Error> {
    core::str::from_utf8(name).map_err(|_| ErrorKind::NameNotText(what).into())
}

impl<'a, R: Resolver<'a>> Host for GraphHost<'a, R> {
    type Object = Handle;
    type Error = Error;

    #[inline(always)]
    fn none(&mut self) -> Result<Handle, Error> {
        Ok(self.builder.none())
    }

    #[inline(always)]
    fn bool(&mut self, value: bool) -> Result<Handle, Error> {
        Ok(self.builder.bool(value))
    }

    #[inline(always)]
    fn int32(&mut self, value: i32) -> Result<Handle, Error> {
        Ok(self.builder.int32(value))
    }

    #[inline(always)]
    fn int(&mut self, value: i64) -> Result<Handle, Error> {
        Ok(self.builder.int(value)?)
    }

    #[inline(always)]
    fn takes_longs_as_ints(&self) -> bool {
        !self.python2
    }

    #[inline(always)]
    fn long(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        if self.python2 {
            return Ok(self.builder.long_from_le_bytes(bytes)?);
        }
        Ok(self.builder.int_from_le_bytes(bytes)?)
    }

    #[inline(always)]
    fn float(&mut self, value: f64) -> Result<Handle, Error> {
        Ok(self.builder.float(value)?)
    }

    #[inline(always)]
    fn text(&mut self, utf8: &[u8]) -> Result<Handle, Error> {
        Ok(self.builder.text_from_utf8(utf8)?)
    }

    #[inline(always)]
    fn text_of_line(&mut self, utf8: &[u8]) -> Result<Handle, Error> {
        Ok(self.builder.text_from_known_utf8(utf8)?)
    }

    #[inline(never)]
    fn byte_string(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        self.decoded(bytes, None)
    }

    #[inline(never)]
    fn byte_string_of(&mut self, opcode: Opcode, argument: &[u8], bytes: &[u8]) -> Result<Handle, Error> {
        self.decoded(bytes, Some((opcode, argument)))
    }

    #[inline(always)]
    fn bytes(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        Ok(self.builder.bytes(bytes)?)
    }

    #[inline(always)]
    fn run_plain(&mut self, registers: &mut Registers<Handle>, input: &[u8], at: usize) -> usize {
        plain::run_plain(&mut self.builder, registers, input, at)
    }

    fn byte_array(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        Ok(self.builder.byte_array(bytes)?)
    }

    #[inline(never)]
    fn next_buffer(&mut self) -> Result<Handle, Error> {
        self.take_buffer()
    }

    #[inline(never)]
    fn readonly_buffer(&mut self, buffer: Handle) -> Result<Handle, Error> {
        self.make_readonly(buffer)
    }

    #[inline(always)]
    fn tuple(&mut self, items: Items<'_, Handle>) -> Result<Handle, Error> {
        Ok(self.builder.tuple(items.as_slice())?)
    }

    #[inline(always)]
    fn list(&mut self) -> Result<Handle, Error> {
        Ok(self.builder.list(&[])?)
    }

    #[inline(always)]
    fn dict(&mut self) -> Result<Handle, Error> {
        Ok(self.builder.dict(&[])?)
    }

    #[inline(always)]
    fn set(&mut self) -> Result<Handle, Error> {
        Ok(self.builder.set(&[])?)
    }

    fn frozen_set(&mut self, items: Items<'_, Handle>) -> Result<Handle, Error> {
        Ok(self.builder.frozen_set(items.as_slice())?)
    }

    #[inline(always)]
    fn extend(&mut self, list: &Handle, items: Items<'_, Handle>) -> Result<(), Error> {
        Ok(self.builder.extend(*list, items.as_slice())?)
    }

    fn appends_many_as_one(&self, list: &Handle) -> bool {
        self.builder.view(*list).kind() == Kind::List
    }

    #[inline(always)]
    fn set_items(&mut self, dict: &Handle, pairs: Items<'_, Handle>) -> Result<(), Error> {
        Ok(self.builder.set_items(*dict, pairs.as_slice())?)
    }

    fn add_items(&mut self, set: &Handle, items: Items<'_, Handle>) -> Result<(), Error> {
        Ok(self.builder.add_items(*set, items.as_slice())?)
    }

    fn global(&mut self, module: &[u8], name: &[u8], protocol: u8) -> Result<Handle, Error> {
        self.global_by_name(utf8(module, "GLOBAL")?, utf8(name, "GLOBAL")?, protocol)
    }

    fn stack_global(&mut self, module: Handle, name: Handle, protocol: u8) -> Result<Handle, Error> {
        let text = |handle| self.builder.view(handle).as_text().and_then(pickle_value::Text::to_str).map(Vec::from);
        let (Some(module), Some(name)) = (text(module), text(name)) else {
            return Err(ErrorKind::NameNotText("STACK_GLOBAL").into());
        };
        self.global(&module, &name, protocol)
    }

    #[inline(never)]
    fn extension(&mut self, code: u32, protocol: u8) -> Result<Handle, Error> {
        self.extension_by_code(code, protocol)
    }

    #[inline(never)]
    fn persistent(&mut self, id: Handle) -> Result<Handle, Error> {
        self.load_persistent(id)
    }

    fn reduce(&mut self, callable: Handle, args: Handle) -> Result<Handle, Error> {
        self.reduce_beside(callable, args, None)
    }

    fn reduce_beside(&mut self, callable: Handle, args: Handle, latest: Option<&Handle>) -> Result<Handle, Error> {
        self.check_kind("call with", args, Kind::Tuple)?;
        self.check_kind("call", callable, Kind::Object)?;
        let builtin = self.known.iter().find(|(known, _)| *known == callable).map(|(_, builtin)| *builtin);
        if let Some(builtin) = builtin
            && let Some(made) = self.call_builtin(builtin, args)?
        {
            if builtin == Builtin::GetAttr {
                return self.attribute(made, [callable, args], latest == Some(&args));
            }
            return Ok(made);
        }
        let callable = if self.methods.is_empty() { callable } else { self.bound_method(callable)? };
        if let Some((class, args, kwargs)) = self.partial_new(callable, args)? {
            return Ok(self.builder.object(ObjectKind::NewWithKeywords, &[class, args, kwargs])?);
        }
        if let Some(made) = self.resolver.reduce(callable, args, &mut self.builder)? {
            return Ok(made);
        }
        Ok(self.builder.object(ObjectKind::Call, &[callable, args])?)
    }

    fn encoded_line(&mut self, callable: &Handle, codec: Option<&Handle>, line: &[u8]) -> Option<Handle> {
        self.encoded_latin1_line(*callable, codec.copied(), line)
    }

    fn new_object(&mut self, class: Handle, args: Handle) -> Result<Handle, Error> {
        let class = self.nested_class(class);
        self.check_class(class)?;
        self.check_kind("make an instance with", args, Kind::Tuple)?;
        let builtin = self.known.iter().find(|(known, _)| *known == class).map(|(_, builtin)| *builtin);
        if let Some(builtin @ (Builtin::Int | Builtin::Float | Builtin::Str | Builtin::Tuple)) = builtin
            && let Some(made) = self.call_builtin(builtin, args)?
        {
            return Ok(made);
        }
        Ok(self.builder.object(ObjectKind::New, &[class, args])?)
    }

    fn new_object_ex(&mut self, class: Handle, args: Handle, kwargs: Handle) -> Result<Handle, Error> {
        let class = self.nested_class(class);
        self.check_class(class)?;
        self.check_kind("make an instance with", args, Kind::Tuple)?;
        self.check_kind("make an instance with keywords that are", kwargs, Kind::Dict)?;
        Ok(self.builder.object(ObjectKind::NewWithKeywords, &[class, args, kwargs])?)
    }

    fn instance(&mut self, class: Handle, args: Items<'_, Handle>) -> Result<Handle, Error> {
        self.check_kind("call", class, Kind::Object)?;
        let args = self.builder.tuple(args.as_slice())?;
        Ok(self.builder.object(ObjectKind::Instance, &[class, args])?)
    }

    /// `setter(object, state)`, of which only the effect stays; a class keeps none.
    fn dropped(&mut self, call: Handle, below: Option<&Handle>) -> Result<(), Error> {
        let Some(object) = self.builder.view(call).as_object().filter(|call| call.kind() == ObjectKind::Call) else {
            return Ok(());
        };
        let args: Vec<Handle> = object.args().items().filter_map(View::handle).collect();
        if let (&[target, state], Some(setter)) = (&args[..], object.callable().handle())
            && below == Some(&target)
            && let Some(object) = self.builder.view(target).as_object()
            && !matches!(object.kind(), ObjectKind::Global | ObjectKind::Native)
        {
            self.builder.set_state_by(target, setter, state)?;
        }
        Ok(())
    }

    fn build(&mut self, object: &Handle, state: Handle) -> Result<(), Error> {
        // A builtin has no `__setstate__`, and then CPython does nothing with a state that is None; nor does its loader in
        // Python with one that is false.
        let view = self.builder.view(state);
        let ignored = match self.options.profile.pickler() {
            Implementation::C => view.is_none(),
            Implementation::Python => view.is_false(),
        };
        if ignored && self.builder.view(*object).kind() != Kind::Object {
            return Ok(());
        }
        let state = if self.options.unify { self.unify_names(state)? } else { state };
        Ok(self.builder.set_state(*object, state)?)
    }

    fn foresee(&mut self, outlook: Outlook) {
        self.builder.foresee(outlook);
    }
}
