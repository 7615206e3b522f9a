//! What can go wrong with a shelf.

use std::io;
use std::path::{Path, PathBuf};

use crate::whichdb::Format;

/// An error of a shelf; one word wide. It says which file, and where it can, at which byte of it.
///
/// ```
/// use shelve_lite::{Flag, Shelf};
///
/// let error = Shelf::open("none/such", Flag::Read).unwrap_err();
/// assert_eq!(error.to_string(), "none/such: db file doesn't exist; use 'c' or 'n' flag to create a new db");
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{}{kind}", .path.as_ref().map(|path| format!("{}: ", path.display())).unwrap_or_default())]
struct Inner {
    path: Option<PathBuf>,
    #[source]
    kind: ErrorKind,
}

impl Error {
    /// An error of the shelf or file at `path`.
    ///
    /// ```
    /// use shelve_lite::{Error, ErrorKind};
    ///
    /// let error = Error::new("people".as_ref(), ErrorKind::ReadOnly);
    /// assert_eq!(error.to_string(), "people: The database is opened for reading only");
    /// ```
    #[cold]
    #[must_use]
    pub fn new(path: &Path, kind: ErrorKind) -> Error {
        Error(Box::new(Inner { path: Some(path.to_owned()), kind }))
    }

    /// The file, or the name that the shelf was opened by.
    ///
    /// ```
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// let error = Shelf::open("none/such", Flag::Read).unwrap_err();
    /// assert_eq!(error.path(), Some("none/such".as_ref()));
    /// ```
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// What went wrong.
    ///
    /// ```
    /// use shelve_lite::{ErrorKind, Flag, Shelf};
    ///
    /// let error = Shelf::open("none/such", Flag::Read).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::NotFound));
    /// ```
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The kind alone.
    ///
    /// ```
    /// use shelve_lite::{ErrorKind, Flag, Shelf};
    ///
    /// let error = Shelf::open("none/such", Flag::Read).unwrap_err();
    /// assert!(matches!(error.into_kind(), ErrorKind::NotFound));
    /// ```
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        self.0.kind
    }

    /// True where another process uses the shelf: a later try may do.
    ///
    /// ```
    /// use shelve_lite::{Error, ErrorKind};
    ///
    /// assert!(Error::new("people".as_ref(), ErrorKind::Busy).is_busy());
    /// ```
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.kind(), ErrorKind::Busy)
    }
}

impl From<ErrorKind> for Error {
    #[cold]
    fn from(kind: ErrorKind) -> Error {
        Error(Box::new(Inner { path: None, kind }))
    }
}

/// What went wrong. Where CPython has words for it, they are these.
///
/// ```
/// use shelve_lite::{ErrorKind, Flag, Shelf};
///
/// # let folder = tempfile::tempdir()?;
/// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
/// shelf.set_pickle("key", b"K")?;
/// let error = shelf.get("key").unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Pickle { key, .. } if key == "'key'"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no shelf to read.
    #[error("db file doesn't exist; use 'c' or 'n' flag to create a new db")]
    NotFound,
    /// There is a file, of no format that is known.
    #[error("db type could not be determined")]
    UnknownFormat,
    /// The format is known, and this cannot be done with it here.
    #[error("{format}: {problem}")]
    Unsupported {
        /// The format.
        format: Format,
        /// What cannot be done.
        problem: &'static str,
    },
    /// A write to a shelf that was opened for reading.
    #[error("The database is opened for reading only")]
    ReadOnly,
    /// Another process uses the shelf, and did so for as long as was to be waited.
    #[error("the shelf is in use by another process")]
    Busy,
    /// The file is not what it should be.
    #[error("{problem} (at byte {offset})")]
    Damaged {
        /// Where in the file.
        offset: u64,
        /// What is wrong there.
        problem: String,
    },
    /// A key that the key encoding has no bytes for, or bytes that are no key in it.
    #[error("key {key}: {problem}")]
    Key {
        /// The key as Python writes it: a str, or bytes.
        key: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A value that is no pickle, or that no pickle holds.
    #[error("[{key}]: {error}")]
    Pickle {
        /// The key, as Python writes it.
        key: String,
        /// What is wrong, with its place in the pickle.
        #[source]
        error: pickle_codec::Error,
    },
    /// Values to be changed in place, without [`Options::writeback`](crate::Options::writeback).
    #[error("the shelf was opened without writeback")]
    NoWriteback,
    /// A protocol that there is not.
    #[error("pickle protocol must be <= 5")]
    UnsupportedProtocol,
    /// What SQLite says.
    #[error("{0}")]
    Sqlite(String),
    /// What the system says of a file.
    #[error("{0}")]
    Io(#[source] io::Error),
}

/// Says which file it was.
pub(crate) trait At<T> {
    /// The error with the path of the file.
    fn at(self, path: &Path) -> Result<T, Error>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, Error> {
        self.map_err(|error| Error::new(path, ErrorKind::Io(error)))
    }
}

impl<T> At<T> for Result<T, ErrorKind> {
    fn at(self, path: &Path) -> Result<T, Error> {
        self.map_err(|kind| Error::new(path, kind))
    }
}

/// The file is not what it should be at this byte.
#[cold]
pub(crate) fn damaged(offset: u64, problem: impl Into<String>) -> ErrorKind {
    ErrorKind::Damaged { offset, problem: problem.into() }
}
