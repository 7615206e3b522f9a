//! Reading a pickle into a [`Graph`].

use alloc::string::String;
use alloc::sync::Arc;
#[cfg(feature = "std")]
use alloc::vec::Vec;
use core::fmt;

use pickle_value::{Builder, Graph, Handle};

use crate::encoding::{Encoding, Errors};
use crate::error::{Error, ErrorKind};
use crate::extension::Extensions;
use crate::fault::MachineError;
use crate::graph_host::GraphHost;
use crate::limits::Limits;
use crate::machine::Machine;
use crate::profile::Profile;
use crate::rename::Renames;
use crate::resolve::{Decoded, Resolver};

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
    pub(crate) profile: Profile,
    pub(crate) unify: bool,
    pub(crate) errors: Errors,
    pub(crate) keeps_unresolved: bool,
    pub(crate) renames: Renames,
    pub(crate) extensions: Arc<Extensions>,
    pub(crate) find_class: Callback<FindClass>,
    pub(crate) decoder: Callback<Decoder>,
    pub(crate) limits: Limits,
    encoding: Option<Encoding>,
    fix_imports: Option<bool>,
}

type FindClass = dyn Fn(&str, &str) -> Result<Option<(String, String)>, Error> + Send + Sync;
type Decoder = dyn Fn(&[u8], usize) -> Result<Option<Decoded>, Error> + Send + Sync;

/// A function of the options, if there is one.
pub(crate) struct Callback<F: ?Sized>(pub(crate) Option<Arc<F>>);

impl<F: ?Sized> Clone for Callback<F> {
    fn clone(&self) -> Self {
        Callback(self.0.clone())
    }
}

impl<F: ?Sized> Default for Callback<F> {
    fn default() -> Self {
        Callback(None)
    }
}

impl<F: ?Sized> fmt::Debug for Callback<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "a function" } else { "none" })
    }
}

impl LoadOptions {
    /// CPython 3.13's defaults: `encoding="ASCII"`, `fix_imports=True`.
    #[must_use]
    pub fn new() -> LoadOptions {
        LoadOptions::default()
    }

    /// By whose rules. By those of Python 2 its `str` and `long` stay what they are, and names are its own, unless
    /// [`encoding`](LoadOptions::encoding) and [`fix_imports`](LoadOptions::fix_imports) say otherwise.
    ///
    /// ```
    /// use pickle_codec::value::Kind;
    /// use pickle_codec::{LoadOptions, Profile};
    ///
    /// let graph = LoadOptions::new().profile(Profile::CPYTHON_2_7).from_slice(b"\x80\x02U\x01\xe9\x8a\x01\x05\x86.")?;
    /// let kinds: Vec<Kind> = graph.root().items().map(|item| item.kind()).collect();
    /// assert_eq!(kinds, [Kind::ByteString, Kind::Long]);
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
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
        LoadOptions { encoding: Some(encoding), ..self }
    }

    /// What is done about the bytes of a Python 2 `str` that are none of its encoding; an error, unless said otherwise.
    ///
    /// ```
    /// use pickle_codec::{Errors, LoadOptions};
    ///
    /// let graph = LoadOptions::new().errors(Errors::Replace).from_slice(b"U\x03\xe9t\xe9.")?;
    /// assert_eq!(graph.root().as_str(), Some("\u{fffd}t\u{fffd}"));
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[must_use]
    pub fn errors(self, errors: Errors) -> LoadOptions {
        LoadOptions { errors, ..self }
    }

    /// Chooses for each Python 2 `str`: given its bytes and the offset of its instruction, what becomes of it, or nothing
    /// where the other options hold. So a pickle is read whose strings are of several encodings, or of one that
    /// [`Encoding`] does not have.
    ///
    /// ```
    /// use pickle_codec::{Decoded, Encoding, LoadOptions};
    ///
    /// // UTF-8 where it is that, else latin-1.
    /// let options = LoadOptions::new().decoder(|bytes, _offset| {
    ///     let is_utf8 = core::str::from_utf8(bytes).is_ok();
    ///     Ok(Some(Decoded::from(if is_utf8 { Encoding::Utf8 } else { Encoding::Latin1 })))
    /// });
    /// let graph = options.from_slice(b"U\x02\xc3\xa9U\x01\xe9\x86.")?;
    /// assert_eq!(graph.to_string(), "('é', 'é')");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[must_use]
    pub fn decoder(
        self,
        decoder: impl Fn(&[u8], usize) -> Result<Option<Decoded>, Error> + Send + Sync + 'static,
    ) -> LoadOptions {
        LoadOptions { decoder: Callback(Some(Arc::new(decoder))), ..self }
    }

    /// Calls a global otherwise than the pickle does. Names are dotted, `"app.models.User"`; the old one may be that of a
    /// module, too, which is then renamed with all that stands in it. Where the new name is of something within a class,
    /// a colon ends the module: `"app.models:Outer.Inner"`.
    ///
    /// Of several that fit, the first is taken. It is Python 3's names that are renamed, where
    /// [`fix_imports`](LoadOptions::fix_imports) translates.
    ///
    /// ```
    /// use pickle_codec::LoadOptions;
    ///
    /// let graph = LoadOptions::new().rename("old.User", "app.models.User").from_slice(b"cold\nUser\n.")?;
    /// assert_eq!(graph.root().as_global(), Some(("app.models", "User")));
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[must_use]
    pub fn rename(mut self, old: &str, new: &str) -> LoadOptions {
        self.renames.push(old, new);
        self
    }

    /// Decides on each global by its module and name: nothing takes it as it is, another pair in its place, and an error
    /// refuses it. It is asked after names are translated and [renamed](LoadOptions::rename), as
    /// [`Resolver::find_class`] is.
    ///
    /// ```
    /// use pickle_codec::{Error, LoadOptions};
    ///
    /// let options = LoadOptions::new().find_class(|module, name| match (module, name) {
    ///     ("collections", _) => Ok(None),
    ///     _ => Err(Error::refused(format!("{module}.{name} is forbidden"))),
    /// });
    /// assert!(options.from_slice(b"ccollections\nOrderedDict\n.").is_ok());
    /// let error = options.from_slice(b"cos\nsystem\n.").unwrap_err();
    /// assert_eq!(error.to_string(), "os.system is forbidden (GLOBAL at byte 0)");
    /// ```
    #[must_use]
    pub fn find_class(
        self,
        find: impl Fn(&str, &str) -> Result<Option<(String, String)>, Error> + Send + Sync + 'static,
    ) -> LoadOptions {
        LoadOptions { find_class: Callback(Some(Arc::new(find))), ..self }
    }

    /// The registry that gives a meaning to extension codes.
    #[must_use]
    pub fn extensions(self, extensions: impl Into<Arc<Extensions>>) -> LoadOptions {
        LoadOptions { extensions: extensions.into(), ..self }
    }

    /// Keeps as data what only something outside of the pickle could tell: extension codes that are not registered, and
    /// buffers that were not given. So every pickle can be read, and be written back. Without, both are errors, as in
    /// Python.
    ///
    /// Persistent ids are data in any case, since they say themselves what they are.
    ///
    /// ```
    /// use pickle_codec::LoadOptions;
    ///
    /// let pickle = b"\x80\x02\x82\xf0.";
    /// let error = LoadOptions::new().from_slice(pickle).unwrap_err();
    /// assert_eq!(error.to_string(), "unregistered extension code 240 (EXT1 at byte 2)");
    /// let graph = LoadOptions::new().keep_unresolved(true).from_slice(pickle)?;
    /// assert_eq!(graph.to_string(), "<extension 240>");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[must_use]
    pub fn keep_unresolved(self, keep: bool) -> LoadOptions {
        LoadOptions { keeps_unresolved: keep, ..self }
    }

    /// How much a pickle may ask for: see [`Limits`].
    #[must_use]
    pub fn limits(self, limits: Limits) -> LoadOptions {
        LoadOptions { limits, ..self }
    }

    /// Whether Python 2's names of modules and globals become Python 3's, under protocol 3; by default they do.
    #[must_use]
    pub fn fix_imports(self, fix: bool) -> LoadOptions {
        LoadOptions { fix_imports: Some(fix), ..self }
    }

    /// True if the options change nothing about pickles that hold plain data alone, spelled as from protocol 2 on: numbers,
    /// `str`, bytes, lists, tuples, dicts. Who reads such without a graph need not ask them further.
    ///
    /// ```
    /// use pickle_codec::{Encoding, Limits, LoadOptions};
    ///
    /// assert!(LoadOptions::new().encoding(Encoding::Latin1).are_for_plain_data());
    /// assert!(!LoadOptions::new().limits(Limits::new().depth(10)).are_for_plain_data());
    /// ```
    #[must_use]
    pub fn are_for_plain_data(&self) -> bool {
        self.profile == Profile::default() && self.limits == Limits::default()
    }

    pub(crate) fn effective_encoding(&self) -> Encoding {
        self.encoding.unwrap_or(if self.profile.is_python2() { Encoding::Keep } else { Encoding::Ascii })
    }

    pub(crate) fn fixes_imports(&self) -> bool {
        self.fix_imports.unwrap_or(!self.profile.is_python2())
    }

    pub(crate) fn machine(&self) -> Machine<Handle> {
        let mut machine = Machine::new();
        machine.set_profile(self.profile);
        machine.set_limits(&self.limits);
        machine
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

    /// Reads one pickle, with a resolver to answer what it leaves open. The graph borrows the resolver's buffers as it does
    /// the input.
    ///
    /// # Errors
    ///
    /// As [`from_slice`], and what the resolver refuses.
    #[doc(alias = "loads")]
    pub fn from_slice_with<'a>(&self, input: &'a [u8], resolver: &mut dyn Resolver<'a>) -> Result<Graph<'a>, Error> {
        self.from_slice_at_with(input, 0, resolver).map(|(graph, _)| graph)
    }

    /// Reads the one pickle that a slice holds, and nothing else.
    ///
    /// ```
    /// use pickle_codec::LoadOptions;
    ///
    /// assert!(LoadOptions::new().from_exact(b"K\x01.").is_ok());
    /// let error = LoadOptions::new().from_exact(b"K\x01.rest").unwrap_err();
    /// assert_eq!(error.to_string(), "4 bytes follow the pickle (at byte 3)");
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_slice`], and [`ErrorKind::TrailingData`] where something follows the pickle.
    pub fn from_exact<'a>(&self, input: &'a [u8]) -> Result<Graph<'a>, Error> {
        let (graph, end) = self.from_slice_at(input, 0)?;
        match (input.len() - end) as u64 {
            0 => Ok(graph),
            bytes => Err(Error::at(end, None, ErrorKind::TrailingData { bytes })),
        }
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
        let (root, end) = self.run(&mut host, input, offset)?;
        Ok((self.finished(host.into_builder().finish(root))?, end))
    }

    /// As [`from_slice_at`](LoadOptions::from_slice_at), with a resolver.
    ///
    /// # Errors
    ///
    /// As [`from_slice_with`](LoadOptions::from_slice_with); offsets count from the start of `input`.
    pub fn from_slice_at_with<'a>(
        &self,
        input: &'a [u8],
        offset: usize,
        resolver: &mut dyn Resolver<'a>,
    ) -> Result<(Graph<'a>, usize), Error> {
        let mut host = GraphHost::with_resolver(Builder::with_input(input), self.clone(), resolver);
        let (root, end) = self.run(&mut host, input, offset)?;
        Ok((self.finished(host.into_builder().finish(root))?, end))
    }

    /// Loads into a host; what of the limits can be told from the instructions, is told first.
    #[inline]
    fn run<'a, R: Resolver<'a>>(
        &self,
        host: &mut GraphHost<'a, R>,
        input: &[u8],
        offset: usize,
    ) -> Result<(Handle, usize), Error> {
        self.run_in(&mut self.machine(), host, input, offset)
    }

    /// The same on a machine of these options.
    #[inline]
    pub(crate) fn run_in<'a, R: Resolver<'a>>(
        &self,
        machine: &mut Machine<Handle>,
        host: &mut GraphHost<'a, R>,
        input: &[u8],
        offset: usize,
    ) -> Result<(Handle, usize), Error> {
        self.limits.check_instructions(input, offset)?;
        // Limits of one's own count objects, and what is left out is none.
        machine.set_leaves_out(self.limits == Limits::default());
        machine.load(host, input, offset).map_err(with_place)
    }

    /// A graph, if it is not too deep.
    pub(crate) fn finished<'a>(&self, graph: Graph<'a>) -> Result<Graph<'a>, Error> {
        self.limits.check_depth(&graph)?;
        Ok(graph)
    }

    /// Reads the one pickle that `input` holds, and keeps the input with it.
    #[cfg(feature = "std")]
    pub(crate) fn load_vec(&self, input: Vec<u8>) -> Result<Graph<'static>, Error> {
        let detached = {
            let mut host = GraphHost::new(Builder::with_input(&input), self.clone());
            let (root, _) = self.run(&mut host, &input, 0)?;
            host.into_builder().detach(root)
        };
        self.finished(detached.attach(input.into()))
    }

    /// As [`load_vec`](Self::load_vec), with a resolver.
    #[cfg(feature = "std")]
    pub(crate) fn load_vec_with(
        &self,
        input: Vec<u8>,
        resolver: &mut dyn Resolver<'_>,
    ) -> Result<Graph<'static>, Error> {
        let detached = {
            let resolver = crate::resolve::Owning(resolver);
            let mut host = GraphHost::with_resolver(Builder::with_input(&input), self.clone(), resolver);
            let (root, _) = self.run(&mut host, &input, 0)?;
            host.into_builder().detach(root)
        };
        self.finished(detached.attach(input.into()))
    }
}

#[cold]
pub(crate) fn with_place(error: MachineError<Error>) -> Error {
    match error {
        MachineError::Pickle(error) => error,
        MachineError::Host { offset, opcode, error } => error.with_place(offset, Some(opcode)),
    }
}
