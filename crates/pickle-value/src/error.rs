//! What can go wrong when a graph is built or read.

use alloc::boxed::Box;
use alloc::string::String;

/// An error of building or reading a graph; one word wide.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<ErrorKind>);

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind) -> Error {
        Error(Box::new(kind))
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// The kind alone.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        *self.0
    }
}

/// What went wrong.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A list, dict, set or bytearray, or a tuple that holds one, as a key (Python: `TypeError: unhashable type`).
    #[error("unhashable type: '{0}'")]
    Unhashable(&'static str),
    /// Keys and values that do not come in pairs.
    #[error("odd number of items for a dict")]
    OddItems,
    /// An operation on an object that does not take it.
    #[error("cannot {operation} {} {kind}", if kind.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" })]
    WrongKind {
        /// What was to be done, such as `append to`.
        operation: &'static str,
        /// The Python type of the object.
        kind: &'static str,
    },
    /// Text that is not UTF-8, even with surrogates allowed.
    #[error("invalid UTF-8 at byte {position} of the text")]
    InvalidText {
        /// Where the first bad byte stands, from the start of the text.
        position: usize,
    },
    /// More than 2³² objects or items, or more objects than [allowed](crate::Builder::set_most_objects).
    #[error("more than {most} objects or items")]
    TooManyObjects {
        /// The most that may be.
        most: u32,
    },
    /// Text that is no Python literal.
    #[error("{problem} (line {line}, column {column})")]
    Literal {
        /// What is wrong.
        problem: String,
        /// Where, in bytes from the start of the text.
        offset: usize,
        /// The line, from 1.
        line: usize,
        /// The column, in characters from 1.
        column: usize,
    },
    /// Text that is no path.
    #[error("{problem} (column {column})")]
    Path {
        /// What is wrong.
        problem: String,
        /// Where, in characters from 1.
        column: usize,
    },
    /// A step that leads nowhere.
    #[error("{0}")]
    Missing(String),
}
