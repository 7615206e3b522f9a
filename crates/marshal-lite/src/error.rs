//! What can go wrong when marshal data is read or written.

use alloc::boxed::Box;
use alloc::string::String;

use crate::table::TypeCode;
use crate::version::Release;

/// An error of reading or writing marshal data; one word wide.
///
/// When reading, it says where: the offset of the object in the input, and its type code:
/// `marshal data too short (TUPLE at byte 12)`.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    place: Option<(usize, Option<TypeCode>)>,
    kind: ErrorKind,
}

impl core::fmt::Display for Inner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let kind = &self.kind;
        match self.place {
            Some((offset, Some(code))) => write!(f, "{kind} ({code} at byte {offset})"),
            Some((offset, None)) => write!(f, "{kind} (at byte {offset})"),
            None => write!(f, "{kind}"),
        }
    }
}

impl core::error::Error for Inner {}

impl Error {
    /// An error in the object at `offset`.
    #[cold]
    #[must_use]
    pub fn at(offset: usize, code: Option<TypeCode>, kind: ErrorKind) -> Error {
        Error(Box::new(Inner { place: Some((offset, code)), kind }))
    }

    /// An error that belongs to no place in an input.
    #[cold]
    #[must_use]
    pub fn new(kind: ErrorKind) -> Error {
        Error(Box::new(Inner { place: None, kind }))
    }

    /// Where the object starts, in bytes from the start of the input.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.0.place.map(|(offset, _)| offset)
    }

    /// The object's type code, where its byte could be read.
    #[must_use]
    pub fn type_code(&self) -> Option<TypeCode> {
        self.0.place.and_then(|(_, code)| code)
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

/// What went wrong. Where CPython has words for it, they are these.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing where an object should be (CPython: `EOFError`).
    #[error("EOF read where object expected")]
    EndOfInput,
    /// The input ends within an object (CPython: `EOFError`).
    #[error("marshal data too short")]
    Truncated,
    /// A byte that begins no object by these rules.
    #[error("bad marshal data (unknown type code 0x{0:02x})")]
    UnknownType(u8),
    /// A negative number of items or bytes.
    #[error("bad marshal data (size {0} is out of range)")]
    BadSize(i32),
    /// A reference to nothing.
    #[error("bad marshal data (invalid reference {0})")]
    InvalidReference(i32),
    /// A reference to an object of which it is a part, and which cannot be a part of itself.
    #[error("bad marshal data (reference {0} to an object that is not complete)")]
    IncompleteReference(i32),
    /// NULL where an object should be.
    #[error("NULL object in marshal data")]
    NullObject,
    /// A digit of an int that has more than 15 bits.
    #[error("bad marshal data (digit out of range in long)")]
    DigitOutOfRange,
    /// An int whose highest digit is zero.
    #[error("bad marshal data (unnormalized long data)")]
    UnnormalizedLong,
    /// Text that is no float.
    #[error("could not convert string to float: '{0}'")]
    BadFloat(String),
    /// More objects within each other than the limit.
    #[error("recursion limit of {0} exceeded")]
    TooDeep(usize),
    /// More bytes than the limit of a writer.
    #[error("more than {0} bytes: objects that are shared are written again each time before version 3")]
    TooManyBytes(usize),
    /// A code object where none is allowed.
    #[error("marshalling of code objects is disallowed")]
    CodeDisallowed,
    /// What is in the data cannot be built, such as a dict with a list for a key.
    #[error(transparent)]
    Value(pickle_value::ErrorKind),
    /// An object that the version has no form for.
    #[error("unmarshallable object: {0}")]
    Unsupported(String),
    /// A version that there is not.
    #[error("unsupported marshal version {0}")]
    UnsupportedVersion(u8),
    /// A release whose instructions cannot be listed.
    #[error("the opcodes of {0} are not known")]
    UnknownOpcodes(Release),
    /// Data of 2 GiB or more for one object.
    #[error("too large to marshal: {0} items or bytes in one object")]
    TooLarge(usize),
    /// A record that does not belong to the graph that is to be written.
    #[error("the record does not fit the graph: {0}")]
    RecordMismatch(String),
    /// A code object with a field that cannot be what it is.
    #[error("code object: {0}")]
    BadCode(String),
    /// A `.pyc` file that is none, or is of no known release.
    #[error("{0}")]
    BadPyc(String),
}

impl From<pickle_value::Error> for ErrorKind {
    fn from(error: pickle_value::Error) -> ErrorKind {
        ErrorKind::Value(error.into_kind())
    }
}

/// What stops a reader or a writer: the data's own fault, or the refusal of a host or a source, passed through as it is.
#[derive(Debug)]
pub enum Fault<E> {
    /// The data is wrong.
    Marshal(Error),
    /// The host or source refused, in the object at this offset if one is being read.
    Host(Option<(usize, Option<TypeCode>)>, E),
}

impl<E> From<ErrorKind> for Fault<E> {
    #[cold]
    fn from(kind: ErrorKind) -> Self {
        Fault::Marshal(kind.into())
    }
}

impl<E> Fault<E> {
    /// The fault with its place, unless it has one.
    #[cold]
    pub(crate) fn at(self, offset: usize, code: Option<TypeCode>) -> Self {
        match self {
            Fault::Marshal(error) if error.offset().is_none() => {
                Fault::Marshal(Error::at(offset, code, error.into_kind()))
            }
            Fault::Host(None, error) => Fault::Host(Some((offset, code)), error),
            placed => placed,
        }
    }
}

impl Fault<Error> {
    /// As an error, with the place beside it.
    #[cold]
    pub(crate) fn into_error(self) -> Error {
        match self {
            Fault::Marshal(error) => error,
            Fault::Host(Some((offset, code)), error) => Error::at(offset, code, error.into_kind()),
            Fault::Host(None, error) => error,
        }
    }
}
