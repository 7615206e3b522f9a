//! The formats beneath a shelf: bytes by bytes.
//!
//! ```
//! use shelve_lite::dbm::{self, Flag};
//! use shelve_lite::{Format, Options};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("cache");
//! let mut db = dbm::open(&path, Flag::Create, &Options::new().format(Format::Dumb))?;
//! db.set(b"key", b"value")?;
//! assert_eq!(db.get(b"key")?.as_deref(), Some(&b"value"[..]));
//! assert_eq!((db.len()?, db.delete(b"key")?, db.delete(b"key")?), (1, true, false));
//! db.close()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::path::Path;

use crate::dumb::Dumb;
use crate::error::{At, Error, ErrorKind};
use crate::options::Options;
#[cfg(feature = "sqlite")]
use crate::sqlite::Sqlite;
use crate::whichdb::{Format, Which, beside, dbhash, whichdb};
use crate::{gnu, ndbm};

/// How a database is opened: the parameter `flag` of `dbm.open`.
///
/// ```
/// use shelve_lite::{Flag, Shelf};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("shelf");
/// assert!(Shelf::open(&path, Flag::Read).is_err()); // there is none
/// Shelf::open(&path, Flag::Create)?.close()?;
/// assert!(Shelf::open(&path, Flag::Read)?.is_empty()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Flag {
    /// `'r'`: what is there, for reading.
    Read,
    /// `'w'`: what is there, for reading and writing.
    Write,
    /// `'c'`: the same, or a new one where there is none.
    Create,
    /// `'n'`: a new one in any case; what is there is gone.
    New,
}

impl Flag {
    /// The flag of a letter.
    ///
    /// ```
    /// use shelve_lite::Flag;
    ///
    /// assert_eq!(Flag::from_letter('c'), Some(Flag::Create));
    /// assert_eq!(Flag::from_letter('x'), None);
    /// ```
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Flag> {
        Some(match letter {
            'r' => Flag::Read,
            'w' => Flag::Write,
            'c' => Flag::Create,
            'n' => Flag::New,
            _ => return None,
        })
    }

    pub(crate) fn writes(self) -> bool {
        self != Flag::Read
    }

    pub(crate) fn creates(self) -> bool {
        matches!(self, Flag::Create | Flag::New)
    }
}

/// A database of keys and values, both bytes.
///
/// ```
/// use shelve_lite::dbm::{self, Dbm, Flag};
/// use shelve_lite::{Error, Options};
///
/// fn total(db: &dyn Dbm) -> Result<usize, Error> {
///     let values = db.keys()?.into_iter().map(|key| db.get(&key));
///     values.map(|value| Ok(value?.unwrap_or_default().len())).sum()
/// }
///
/// # let folder = tempfile::tempdir()?;
/// let mut db = dbm::open(&folder.path().join("cache"), Flag::Create, &Options::new())?;
/// db.set(b"key", b"value")?;
/// assert_eq!(total(&*db)?, 5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Dbm: Send {
    /// Its format.
    fn format(&self) -> Format;

    /// The value of a key, if it is there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Damaged`], [`ErrorKind::Io`], and those of SQLite, [`ErrorKind::Busy`] among them; so with all that
    /// follow.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error>;

    /// Sets the value of a key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ReadOnly`], besides those of [`get`](Dbm::get).
    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error>;

    /// Sets the values of several keys: where the format has transactions, all or none.
    ///
    /// # Errors
    ///
    /// As [`set`](Dbm::set).
    fn set_all(&mut self, entries: &[(Vec<u8>, Vec<u8>)]) -> Result<(), Error> {
        entries.iter().try_for_each(|(key, value)| self.set(key, value))
    }

    /// Deletes a key; false where it is not there.
    ///
    /// # Errors
    ///
    /// As [`set`](Dbm::set).
    fn delete(&mut self, key: &[u8]) -> Result<bool, Error>;

    /// Whether a key is there.
    ///
    /// # Errors
    ///
    /// As [`get`](Dbm::get).
    fn contains(&self, key: &[u8]) -> Result<bool, Error>;

    /// How many keys there are.
    ///
    /// # Errors
    ///
    /// As [`get`](Dbm::get).
    fn len(&self) -> Result<usize, Error>;

    /// Whether there is none.
    ///
    /// # Errors
    ///
    /// As [`get`](Dbm::get).
    fn is_empty(&self) -> Result<bool, Error> {
        Ok(self.len()? == 0)
    }

    /// All keys, in the order in which Python lists them.
    ///
    /// # Errors
    ///
    /// As [`get`](Dbm::get).
    fn keys(&self) -> Result<Vec<Vec<u8>>, Error>;

    /// Brings to the disk what is not there yet.
    ///
    /// # Errors
    ///
    /// As [`set`](Dbm::set).
    fn sync(&mut self) -> Result<(), Error>;

    /// Syncs, and closes. What is dropped without it is synced as well, but nobody hears of an error.
    ///
    /// # Errors
    ///
    /// As [`set`](Dbm::set).
    fn close(self: Box<Self>) -> Result<(), Error>;
}

/// Opens a database as Python's `dbm.open` does: what is there by what [`whichdb`] says it is, a new one in the format that
/// the options name, or else SQLite.
///
/// A format that the options name is not looked for: a file of any name can be opened by it. [`Format::Dbhash`], which
/// Python 3 does not know any more, is recognised too.
///
/// ```
/// use shelve_lite::Options;
/// use shelve_lite::dbm::{self, Flag};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("cache");
/// dbm::open(&path, Flag::New, &Options::new())?.set(b"key", b"value")?;
/// assert!(dbm::open(&path, Flag::Read, &Options::new())?.contains(b"key")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::NotFound`], [`ErrorKind::UnknownFormat`], [`ErrorKind::Unsupported`] where a format that is only read is
/// to be written, [`ErrorKind::Busy`], [`ErrorKind::Damaged`], [`ErrorKind::Io`].
pub fn open(path: &Path, flag: Flag, options: &Options) -> Result<Box<dyn Dbm>, Error> {
    let format = match options.format {
        Some(format) => format,
        None => recognised(path, flag).at(path)?,
    };
    match format {
        #[cfg(feature = "sqlite")]
        Format::Sqlite => Ok(Box::new(Sqlite::open(path, flag, options.busy_timeout)?)),
        #[cfg(not(feature = "sqlite"))]
        Format::Sqlite => Err(Error::new(path, unsupported(format, "this build has no feature `sqlite`"))),
        Format::Dumb => Ok(Box::new(Dumb::open(path, flag, options.busy_timeout)?)),
        _ if flag.writes() => {
            Err(Error::new(path, unsupported(format, "can be read, but not written: open it with the flag 'r'")))
        }
        Format::Gnu => gnu::open(path, format, options.busy_timeout),
        Format::Ndbm if beside(path, "pag").exists() && beside(path, "dir").exists() => {
            gnu::open(&beside(path, "pag"), format, options.busy_timeout)
        }
        Format::Ndbm => ndbm::open(&beside(path, "db"), format),
        Format::Dbhash => ndbm::open(path, format),
    }
}

/// The format of what is there, or of what is to be made.
fn recognised(path: &Path, flag: Flag) -> Result<Format, ErrorKind> {
    let found = if flag == Flag::New { Which::NotFound } else { whichdb(path) };
    match found {
        Which::Known(format) => Ok(format),
        Which::NotFound if !flag.creates() => Err(ErrorKind::NotFound),
        Which::NotFound if cfg!(feature = "sqlite") => Ok(Format::Sqlite),
        Which::NotFound => Ok(Format::Dumb),
        Which::Unknown if dbhash(path) => Ok(Format::Dbhash),
        Which::Unknown => Err(ErrorKind::UnknownFormat),
    }
}

pub(crate) fn unsupported(format: Format, problem: &'static str) -> ErrorKind {
    ErrorKind::Unsupported { format, problem }
}
