//! What can go wrong when a pickle is read or written.

use alloc::boxed::Box;
use alloc::string::String;

use pickle_opcodes::Opcode;

/// An error of reading or writing a pickle; one word wide.
///
/// When reading, it says where: the offset of the opcode in the input, and which it is. The message reads like the
/// format's own words: `memo has no entry 7 (BINGET at byte 12)`.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    place: Option<(usize, Option<Opcode>)>,
    kind: ErrorKind,
}

impl core::fmt::Display for Inner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let kind = &self.kind;
        match self.place {
            Some((offset, Some(opcode))) => write!(f, "{kind} ({opcode} at byte {offset})"),
            Some((offset, None)) => write!(f, "{kind} (at byte {offset})"),
            None => write!(f, "{kind}"),
        }
    }
}

impl core::error::Error for Inner {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Refused(error) => Some(&**error),
            _ => None,
        }
    }
}

impl Error {
    /// An error in the instruction at `offset`.
    #[cold]
    #[must_use]
    pub fn at(offset: usize, opcode: Option<Opcode>, kind: ErrorKind) -> Error {
        Error(Box::new(Inner { place: Some((offset, opcode)), kind }))
    }

    /// An error that belongs to no place in an input.
    #[cold]
    #[must_use]
    pub fn new(kind: ErrorKind) -> Error {
        Error(Box::new(Inner { place: None, kind }))
    }

    /// An error of a resolver's own, which gets the place where the load stands.
    ///
    /// It is the [source](core::error::Error::source) of the error that comes out.
    #[cold]
    #[must_use]
    pub fn refused(error: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Error {
        Error::new(ErrorKind::Refused(error.into()))
    }

    /// The same error in the instruction at `offset`.
    #[cold]
    #[must_use]
    pub fn with_place(self, offset: usize, opcode: Option<Opcode>) -> Error {
        Error(Box::new(Inner { place: Some((offset, opcode)), ..*self.0 }))
    }

    /// Where the instruction starts, in bytes from the start of the input.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.0.place.map(|(offset, _)| offset)
    }

    /// The instruction, where its byte could be read.
    #[must_use]
    pub fn opcode(&self) -> Option<Opcode> {
        self.0.place.and_then(|(_, opcode)| opcode)
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The kind alone.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        self.0.kind
    }

    /// True where the input ends before its first instruction, or where any other should begin: CPython's
    /// `EOFError: Ran out of input`.
    #[must_use]
    pub fn is_end_of_input(&self) -> bool {
        matches!(self.kind(), ErrorKind::Format(pickle_opcodes::ErrorKind::EndOfInput))
    }

    /// True where the input ends inside an instruction: CPython's `pickle data was truncated`.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        matches!(self.kind(), ErrorKind::Format(pickle_opcodes::ErrorKind::Truncated { .. }))
    }
}

impl From<pickle_opcodes::Error> for Error {
    fn from(error: pickle_opcodes::Error) -> Error {
        Error::at(error.offset(), error.opcode(), error.into_kind().into())
    }
}

impl From<ErrorKind> for Error {
    #[cold]
    fn from(kind: ErrorKind) -> Error {
        Error::new(kind)
    }
}

impl From<pickle_value::Error> for Error {
    #[cold]
    fn from(error: pickle_value::Error) -> Error {
        Error::new(error.into())
    }
}

#[cfg(feature = "std")]
impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        Error::new(ErrorKind::Io(error))
    }
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are no instruction, or no argument of theirs.
    #[error(transparent)]
    Format(#[from] pickle_opcodes::ErrorKind),
    /// What the instructions ask for cannot be built.
    #[error(transparent)]
    Value(pickle_value::ErrorKind),
    /// An instruction needs more on the stack than is there (CPython: `unpickling stack underflow`).
    #[error("unpickling stack underflow")]
    StackUnderflow,
    /// An instruction reaches below a mark (CPython: `unexpected MARK found`).
    #[error("unexpected mark on the stack")]
    UnexpectedMark,
    /// An instruction needs a mark and there is none (CPython: `could not find MARK`).
    #[error("no mark on the stack")]
    NoMark,
    /// GET of what was never PUT.
    #[error("memo has no entry {0}")]
    MemoMissing(u64),
    /// PROTO of a protocol that there is not.
    #[error("unsupported pickle protocol: {0}")]
    UnsupportedProtocol(u8),
    /// An extension code that cannot be.
    #[error("extension code {0} is out of range")]
    BadExtensionCode(i64),
    /// An extension code that nothing was registered for.
    #[error("unregistered extension code {0}")]
    UnregisteredExtension(u32),
    /// A global that has an extension code already, or a code that has a global.
    #[error("extension code {code} or the global {module}.{name} is registered already")]
    ExtensionInUse {
        /// The global's module.
        module: String,
        /// The global's name.
        name: String,
        /// The code.
        code: u32,
    },
    /// A buffer that is not among those given (CPython: `not enough out-of-band buffers`).
    #[error("not enough out-of-band buffers: there is no buffer {0}, counted from 0")]
    MissingBuffer(u64),
    /// A resolver's own error: see [`Error::refused`].
    #[error("{0}")]
    Refused(Box<dyn core::error::Error + Send + Sync>),
    /// Something behind a pickle that was to be alone.
    #[error("{bytes} {} the pickle", if *.bytes == 1 { "byte follows" } else { "bytes follow" })]
    TrailingData {
        /// How many bytes.
        bytes: u64,
    },
    /// A persistent id of protocol 0 that is not ASCII.
    #[error("persistent IDs in protocol 0 must be ASCII strings")]
    PersistentIdNotAscii,
    /// A persistent id that protocol 0 has no line for.
    #[error("persistent IDs in protocol 0 must not contain newlines")]
    NewlineInPersistentId,
    /// What `__reduce_ex__` gave says of no object how it is made and filled.
    #[error("{0}")]
    Reduce(String),
    /// A module's or a global's name that is not UTF-8, or not text.
    #[error("{0} requires str")]
    NameNotText(&'static str),
    /// A Python 2 `str` that is to be text and is not ASCII: [`Encoding`](crate::Encoding) gives other readings.
    #[error(
        "'ascii' codec can't decode byte 0x{byte:02x} in position {position}: choose an encoding for Python 2's str"
    )]
    NotAscii {
        /// The first byte that is not.
        byte: u8,
        /// Where it stands in the string.
        position: usize,
    },
    /// A Python 2 `str` that is to be text and is not of that encoding.
    #[error(
        "'{codec}' codec can't decode byte 0x{byte:02x} in position {position}: {reason}; choose another encoding for \
         Python 2's str"
    )]
    Undecodable {
        /// The encoding.
        codec: &'static str,
        /// The first byte that cannot be decoded.
        byte: u8,
        /// Where it stands in the string.
        position: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A module's or a global's name that GLOBAL cannot hold at this protocol.
    #[error("can't pickle {what} identifier '{name}' using pickle protocol {protocol}")]
    BadIdentifier {
        /// Of what it is the name: `module` or `global`.
        what: &'static str,
        /// The name.
        name: String,
        /// The protocol.
        protocol: u8,
    },
    /// A `PickleBuffer` under protocol 5.
    #[error("PickleBuffer can only be pickled with protocol >= 5")]
    BufferBeforeProtocol5,
    /// An object within itself, which only a memo can write (CPython: `fast mode: can't pickle cyclic objects`).
    #[error("fast mode: can't pickle cyclic objects")]
    CyclicInFastMode,
    /// Shared objects that would be written more than 2³² times in fast mode, which writes each anew wherever it is met.
    #[error("fast mode: the objects are shared too often to be written anew each time")]
    TooSharedForFastMode,
    /// More than [`Limits`](crate::Limits) allow.
    #[error("more than {limit} {what}: the limit `{name}`")]
    LimitExceeded {
        /// The limit's name.
        name: &'static str,
        /// The limit.
        limit: u64,
        /// What is limited.
        what: &'static str,
    },
    /// More objects within each other than [`DumpOptions::nesting_room`](crate::DumpOptions::nesting_room) has room for.
    #[error("the objects are nested too deep for the memory that may be taken")]
    TooDeep,
    /// What a graph shares and a pickle cannot, too often: see [`DumpOptions::copies`](crate::DumpOptions::copies).
    #[error(
        "what is shared in the graph, but cannot be in a pickle, takes more than {limit} bytes: the limit `copies`"
    )]
    Copies {
        /// How many bytes may be written.
        limit: u64,
    },
    /// An int with so many digits that Python writes none such as text, which protocols 0 and 1 ask for.
    #[error("an int of more than {0} digits cannot be written as text: protocol 2 or higher can")]
    TooManyDigits(usize),
    /// Names and builtins that a pickler brings along, each of which stands in for yet another.
    #[error("the names of globals are nested too deep")]
    NamesTooDeep,
    /// An object that the protocol or profile has no form for.
    #[error("cannot pickle {0}")]
    Unsupported(String),
    /// A memo of more entries than its opcodes can say.
    #[error("memo id too large for LONG_BINPUT")]
    MemoTooLarge,
    /// Another number of items than a [`PushEncoder`](crate::PushEncoder) was told.
    #[error("another number of items than was said beforehand")]
    ItemCount,
    /// A place that Python does not assign to, or of which the pickle does not say enough.
    #[error("{0}")]
    NotAssignable(String),
    /// Reading or writing a file failed.
    #[cfg(feature = "std")]
    #[error(transparent)]
    Io(std::io::Error),
}

impl From<pickle_value::Error> for ErrorKind {
    fn from(error: pickle_value::Error) -> ErrorKind {
        ErrorKind::Value(error.into_kind())
    }
}
