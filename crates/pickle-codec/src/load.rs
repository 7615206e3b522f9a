//! Reading a pickle into a [`Graph`].

#[cfg(feature = "std")]
use alloc::vec::Vec;

use pickle_value::{Builder, Graph, Handle};

use crate::error::Error;
use crate::fault::MachineError;
use crate::graph_host::GraphHost;
use crate::machine::Machine;
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
    pub(crate) profile: Profile,
    pub(crate) unify: bool,
    encoding: Option<Encoding>,
    fix_imports: Option<bool>,
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
    /// What it is: a kind of its own, [`Kind::ByteString`](pickle_value::Kind::ByteString).
    Keep,
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

    /// Whether Python 2's names of modules and globals become Python 3's, under protocol 3; by default they do.
    #[must_use]
    pub fn fix_imports(self, fix: bool) -> LoadOptions {
        LoadOptions { fix_imports: Some(fix), ..self }
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
        let mut machine = self.machine();
        let (root, end) = machine.load(&mut host, input, offset).map_err(with_place)?;
        Ok((host.into_builder().finish(root), end))
    }

    /// Reads the one pickle that `input` holds, and keeps the input with it.
    #[cfg(feature = "std")]
    pub(crate) fn load_vec(&self, input: Vec<u8>) -> Result<Graph<'static>, Error> {
        let detached = {
            let mut host = GraphHost::new(Builder::with_input(&input), self.clone());
            let (root, _) = self.machine().load(&mut host, &input, 0).map_err(with_place)?;
            host.into_builder().detach(root)
        };
        Ok(detached.attach(input.into()))
    }
}

#[cold]
pub(crate) fn with_place(error: MachineError<Error>) -> Error {
    match error {
        MachineError::Pickle(error) => error,
        MachineError::Host { offset, opcode, error } => error.with_place(offset, Some(opcode)),
    }
}
