//! Reading a pickle into a [`Graph`].

use alloc::vec::Vec;

use hashbrown::HashMap;
use pickle_value::{Builder, Graph, Handle, Kind, ObjectKind, View};

use crate::builtins::Builtin;
use crate::error::{Error, ErrorKind};
use crate::host::{Host, Items};
use crate::machine::{Machine, MachineError};
use crate::names;
use crate::profile::Profile;

/// Reads one pickle.
///
/// Text and bytes of the graph borrow from `input`. What follows the pickle is ignored, as `pickle.loads` does.
///
/// ```
/// let graph = pickle_codec::from_slice(b"\x80\x04]\x94(K\x01K\x02e.")?;
/// assert_eq!(graph.to_string(), "[1, 2]");
/// # Ok::<(), pickle_codec::Error>(())
/// ```
///
/// # Errors
///
/// With the offset and the opcode: what is wrong with the pickle. Nothing that a pickle names is ever run.
#[doc(alias = "loads")]
pub fn from_slice(input: &[u8]) -> Result<Graph<'_>, Error> {
    LoadOptions::new().from_slice(input)
}

/// How to read.
///
/// ```
/// use pickle_codec::{Encoding, LoadOptions};
///
/// // A Python 2 str that is not ASCII.
/// let pickle = b"U\x03\xe9t\xe9.";
/// assert!(LoadOptions::new().from_slice(pickle).is_err());
/// let graph = LoadOptions::new().encoding(Encoding::Latin1).from_slice(pickle)?;
/// assert_eq!(graph.root().as_str(), Some("été"));
/// # Ok::<(), pickle_codec::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    profile: Profile,
    unify: bool,
    encoding: Encoding,
    keep_names: bool,
}

/// What becomes of Python 2's `str` (STRING, BINSTRING, SHORT_BINSTRING): `pickle.loads`' parameter `encoding`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Encoding {
    /// Text, which must be ASCII: Python's default.
    #[default]
    Ascii,
    /// Text, a character a byte; never fails.
    Latin1,
    /// Text, which must be UTF-8.
    Utf8,
    /// Bytes.
    Bytes,
    /// What it is: a kind of its own, [`Kind::ByteString`].
    Keep,
}

impl LoadOptions {
    /// Python's defaults: `encoding="ASCII"`, `fix_imports=True`.
    #[must_use]
    pub fn new() -> LoadOptions {
        LoadOptions::default()
    }

    /// By whose rules.
    #[must_use]
    pub fn profile(self, profile: Profile) -> LoadOptions {
        LoadOptions { profile, ..self }
    }

    /// Makes one object of what CPython's own `loads` makes one object of, though the pickle has it twice: the names of
    /// attributes, which it interns, and equal bytes of length 1 at protocols 0 to 2. The default keeps what the pickle
    /// says.
    ///
    /// Names are unified as in a process that had interned nothing before.
    #[must_use]
    pub fn unify(self, unify: bool) -> LoadOptions {
        LoadOptions { unify, ..self }
    }

    /// What becomes of Python 2's `str`.
    #[must_use]
    pub fn encoding(self, encoding: Encoding) -> LoadOptions {
        LoadOptions { encoding, ..self }
    }

    /// Whether Python 2's names of modules and globals become Python 3's, under protocol 3; by default they do.
    #[must_use]
    pub fn fix_imports(self, fix: bool) -> LoadOptions {
        LoadOptions { keep_names: !fix, ..self }
    }

    /// Reads one pickle; what follows it is ignored.
    ///
    /// # Errors
    ///
    /// As [`from_slice`].
    #[doc(alias = "loads")]
    pub fn from_slice<'a>(&self, input: &'a [u8]) -> Result<Graph<'a>, Error> {
        self.from_slice_at(input, 0).map(|(graph, _)| graph)
    }

    /// Reads one pickle; gives how many bytes it has, too.
    ///
    /// # Errors
    ///
    /// As [`from_slice`].
    pub fn from_prefix<'a>(&self, input: &'a [u8]) -> Result<(Graph<'a>, usize), Error> {
        self.from_slice_at(input, 0)
    }

    /// Reads the pickle that starts at `offset` of `input`; gives the offset behind it, too.
    ///
    /// # Errors
    ///
    /// As [`from_slice`]; offsets count from the start of `input`.
    pub fn from_slice_at<'a>(&self, input: &'a [u8], offset: usize) -> Result<(Graph<'a>, usize), Error> {
        let mut host = GraphHost::new(Builder::with_input(input), self.clone());
        let mut machine = Machine::new();
        let (root, end) = machine.load(&mut host, input, offset).map_err(with_place)?;
        Ok((host.builder.finish(root), end))
    }

    /// Reads the one pickle that `input` holds, and keeps the input with it.
    #[cfg(feature = "std")]
    pub(crate) fn load_vec(&self, input: Vec<u8>) -> Result<Graph<'static>, Error> {
        let detached = {
            let mut host = GraphHost::new(Builder::with_input(&input), self.clone());
            let (root, _) = Machine::new().load(&mut host, &input, 0).map_err(with_place)?;
            host.builder.detach(root)
        };
        Ok(detached.attach(input.into()))
    }
}

#[cold]
fn with_place(error: MachineError<Error>) -> Error {
    match error {
        MachineError::Pickle(error) => error,
        MachineError::Host { offset, opcode, error } => error.with_place(offset, Some(opcode)),
    }
}

/// The host that makes a graph: calls become data, and the builtins that low protocols spell as calls are understood.
#[derive(Debug)]
pub struct GraphHost<'a> {
    builder: Builder<'a>,
    options: LoadOptions,
    /// The globals that are understood, by handle.
    known: Vec<(Handle, Builtin)>,
    buffers: i64,
    /// With `unify`, the first text of each attribute name.
    names: HashMap<Vec<u8>, Handle, foldhash::fast::RandomState>,
    /// With `unify`, the bytes objects of a single byte that `_codecs.encode` gave.
    bytes: Vec<(u8, Handle)>,
    /// With `unify`, the empty frozenset.
    empty_frozen_set: Option<Handle>,
}

impl<'a> GraphHost<'a> {
    /// A host that adds to `builder`.
    #[must_use]
    pub fn new(builder: Builder<'a>, options: LoadOptions) -> GraphHost<'a> {
        GraphHost {
            builder,
            options,
            known: Vec::new(),
            buffers: 0,
            names: HashMap::default(),
            bytes: Vec::new(),
            empty_frozen_set: None,
        }
    }

    /// The builder, with all that was made.
    #[must_use]
    pub fn into_builder(self) -> Builder<'a> {
        self.builder
    }

    fn global_by_name(&mut self, module: &str, name: &str, protocol: u8) -> Result<Handle, Error> {
        let (module, name) =
            if protocol < 3 && !self.options.keep_names { names::to_python3(module, name) } else { (module, name) };
        let builtin = Builtin::from_name(module, name);
        match builtin {
            Some(Builtin::Ellipsis) => return Ok(self.builder.ellipsis()),
            Some(Builtin::NotImplemented) => return Ok(self.builder.not_implemented()),
            _ => {}
        }
        let global = self.builder.global(module, name)?;
        if let Some(builtin) = builtin
            && !self.known.iter().any(|(known, _)| *known == global)
        {
            self.known.push((global, builtin));
        }
        Ok(global)
    }

    /// What a builtin gives for these arguments; nothing where it is not known to give plain data.
    fn call_builtin(&mut self, builtin: Builtin, args: Handle) -> Result<Option<Handle>, Error> {
        let builder = &mut self.builder;
        let args: Vec<Handle> = builder.view(args).items().filter_map(View::handle).collect();
        let made = match (builtin, &args[..]) {
            (Builtin::Set, []) => builder.set(&[])?,
            (Builtin::FrozenSet, []) => builder.frozen_set(&[])?,
            (Builtin::Set | Builtin::FrozenSet, &[items]) => {
                let Some(items) = listed(builder.view(items)) else {
                    return Ok(None);
                };
                if builtin == Builtin::Set { builder.set(&items)? } else { self.called_frozen_set(&items)? }
            }
            (Builtin::Bytes, []) => builder.bytes(&[])?,
            (Builtin::ByteArray, []) => builder.byte_array(&[])?,
            (Builtin::ByteArray, &[bytes]) if builder.view(bytes).kind() == Kind::Bytes => {
                builder.byte_array_like(bytes)?
            }
            (Builtin::Encode | Builtin::ByteArray, &[text, codec]) if is_latin1(builder.view(codec)) => {
                let Some(text) = builder.view(text).as_text() else {
                    return Ok(None);
                };
                let Some(bytes) = latin1(text) else {
                    return Ok(None);
                };
                if builtin == Builtin::Encode { self.encoded(&bytes)? } else { builder.byte_array(&bytes)? }
            }
            (Builtin::Complex, &[real, imaginary]) => {
                let (real, imaginary) = (builder.view(real), builder.view(imaginary));
                match (real.kind(), real.as_f64(), imaginary.kind(), imaginary.as_f64()) {
                    (Kind::Float, Some(real), Kind::Float, Some(imaginary)) => builder.complex(real, imaginary)?,
                    _ => return Ok(None),
                }
            }
            (Builtin::Range, &[start, stop, step]) => {
                let parts = [start, stop, step];
                if parts.iter().any(|&part| builder.view(part).kind() != Kind::Int) {
                    return Ok(None);
                }
                builder.range(parts)?
            }
            (Builtin::Slice, &[start, stop, step]) => builder.slice([start, stop, step])?,
            _ => return Ok(None),
        };
        Ok(Some(made))
    }

    /// A frozenset that a call gives: up to 3.9 CPython had one that is empty.
    fn called_frozen_set(&mut self, items: &[Handle]) -> Result<Handle, Error> {
        let one = items.is_empty() && self.options.unify && self.options.profile.empty_frozensets_are_one();
        if let (true, Some(known)) = (one, self.empty_frozen_set) {
            return Ok(known);
        }
        let made = self.builder.frozen_set(items)?;
        if one {
            self.empty_frozen_set = Some(made);
        }
        Ok(made)
    }

    /// Bytes that `_codecs.encode` gives: CPython has one object for each single byte.
    fn encoded(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        let &[byte] = bytes else {
            return Ok(self.builder.bytes(bytes)?);
        };
        let known = self.bytes.iter().find(|(known, _)| self.options.unify && *known == byte);
        if let Some((_, handle)) = known {
            return Ok(*handle);
        }
        let handle = self.builder.bytes(bytes)?;
        self.bytes.push((byte, handle));
        Ok(handle)
    }

    /// CPython interns the names of attributes: the first of each is the one that stays.
    fn unify_names(&mut self, state: Handle) -> Result<Handle, Error> {
        let view = self.builder.view(state);
        if view.kind() == Kind::Tuple && view.len() == Some(2) {
            let parts: Vec<Handle> = view.items().filter_map(View::handle).collect();
            let unified = [self.unify_names(parts[0])?, self.unify_names(parts[1])?];
            return Ok(if unified[..] == parts[..] { state } else { self.builder.tuple(&unified)? });
        }
        if view.kind() != Kind::Dict {
            return Ok(state);
        }
        let mut pairs: Vec<Handle> =
            view.entries().flat_map(|(key, value)| [key.handle(), value.handle()]).flatten().collect();
        let mut changed = false;
        for at in (0..pairs.len()).step_by(2) {
            let key = pairs[at];
            let Some(text) = self.builder.view(key).as_text() else {
                continue;
            };
            let first = *self.names.entry_ref(text.as_bytes()).or_insert(key);
            changed |= first != key;
            pairs[at] = first;
        }
        Ok(if changed { self.builder.dict(&pairs)? } else { state })
    }
}

/// The items of a list or tuple.
fn listed(view: View<'_>) -> Option<Vec<Handle>> {
    matches!(view.kind(), Kind::List | Kind::Tuple).then(|| view.items().filter_map(View::handle).collect())
}

fn is_latin1(codec: View<'_>) -> bool {
    matches!(codec.as_str(), Some("latin1" | "latin-1"))
}

/// The bytes of text that has none but the first 256 code points.
fn latin1(text: pickle_value::Text<'_>) -> Option<Vec<u8>> {
    text.code_points().map(|point| u8::try_from(point).ok()).collect()
}

/// A name of a GLOBAL or INST.
fn utf8<'n>(name: &'n [u8], what: &'static str) -> Result<&'n str, Error> {
    core::str::from_utf8(name).map_err(|_| ErrorKind::NameNotText(what).into())
}

impl Host for GraphHost<'_> {
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
    fn long(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
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

    fn byte_string(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        Ok(match self.options.encoding {
            Encoding::Bytes => self.builder.bytes(bytes)?,
            Encoding::Keep => self.builder.byte_string(bytes)?,
            Encoding::Ascii => match bytes.iter().position(|byte| !byte.is_ascii()) {
                None => self.builder.text_from_utf8(bytes)?,
                Some(position) => {
                    return Err(ErrorKind::NotAscii { byte: bytes[position], position }.into());
                }
            },
            Encoding::Utf8 => match core::str::from_utf8(bytes) {
                Ok(_) => self.builder.text_from_utf8(bytes)?,
                Err(error) => {
                    let position = error.valid_up_to();
                    return Err(ErrorKind::Value(pickle_value::ErrorKind::InvalidText { position }).into());
                }
            },
            Encoding::Latin1 if bytes.is_ascii() => self.builder.text_from_utf8(bytes)?,
            Encoding::Latin1 => {
                let text: alloc::string::String = bytes.iter().map(|&byte| char::from(byte)).collect();
                self.builder.text(&text)?
            }
        })
    }

    #[inline(always)]
    fn bytes(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        Ok(self.builder.bytes(bytes)?)
    }

    fn byte_array(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        Ok(self.builder.byte_array(bytes)?)
    }

    fn next_buffer(&mut self) -> Result<Handle, Error> {
        let fields = [self.builder.int(self.buffers)?, self.builder.bool(false)];
        self.buffers += 1;
        Ok(self.builder.object(ObjectKind::Buffer, &fields)?)
    }

    fn readonly_buffer(&mut self, buffer: Handle) -> Result<Handle, Error> {
        let view = self.builder.view(buffer);
        let number =
            view.as_object().filter(|object| object.kind() == ObjectKind::Buffer).map(|object| object.field(0));
        match (number.and_then(View::handle), view.kind()) {
            (Some(number), _) => {
                let fields = [number, self.builder.bool(true)];
                Ok(self.builder.object(ObjectKind::Buffer, &fields)?)
            }
            (None, Kind::Bytes) => Ok(buffer),
            (None, kind) => Err(ErrorKind::Value(pickle_value::ErrorKind::WrongKind {
                operation: "take as a buffer",
                kind: kind.type_name(),
            })
            .into()),
        }
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

    fn extension(&mut self, code: u32, _protocol: u8) -> Result<Handle, Error> {
        let code = self.builder.int(i64::from(code))?;
        Ok(self.builder.object(ObjectKind::Extension, &[code])?)
    }

    fn persistent(&mut self, id: Handle) -> Result<Handle, Error> {
        Ok(self.builder.object(ObjectKind::Persistent, &[id])?)
    }

    fn reduce(&mut self, callable: Handle, args: Handle) -> Result<Handle, Error> {
        let view = self.builder.view(args);
        if view.kind() != Kind::Tuple {
            return Err(ErrorKind::Value(pickle_value::ErrorKind::WrongKind {
                operation: "call with",
                kind: view.kind().type_name(),
            })
            .into());
        }
        let builtin = self.known.iter().find(|(known, _)| *known == callable).map(|(_, builtin)| *builtin);
        if let Some(builtin) = builtin
            && let Some(made) = self.call_builtin(builtin, args)?
        {
            return Ok(made);
        }
        Ok(self.builder.object(ObjectKind::Call, &[callable, args])?)
    }

    fn new_object(&mut self, class: Handle, args: Handle) -> Result<Handle, Error> {
        Ok(self.builder.object(ObjectKind::New, &[class, args])?)
    }

    fn new_object_ex(&mut self, class: Handle, args: Handle, kwargs: Handle) -> Result<Handle, Error> {
        Ok(self.builder.object(ObjectKind::NewWithKeywords, &[class, args, kwargs])?)
    }

    fn instance(&mut self, class: Handle, args: Items<'_, Handle>) -> Result<Handle, Error> {
        let args = self.builder.tuple(args.as_slice())?;
        Ok(self.builder.object(ObjectKind::Instance, &[class, args])?)
    }

    fn build(&mut self, object: &Handle, state: Handle) -> Result<(), Error> {
        // A builtin has no `__setstate__`, and then CPython does nothing with a state that is None.
        if self.builder.view(state).is_none() && self.builder.view(*object).kind() != Kind::Object {
            return Ok(());
        }
        let state = if self.options.unify { self.unify_names(state)? } else { state };
        Ok(self.builder.set_state(*object, state)?)
    }
}
