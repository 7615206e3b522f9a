//! [`whichdb`]: what kind of database a file is.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{Read, Result as IoResult};
use std::path::{Path, PathBuf};

use crate::gnu;
use crate::ndbm;

/// A format of database files.
///
/// ```
/// assert_eq!(shelve_lite::Format::Gnu.to_string(), "dbm.gnu");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Format {
    /// `dbm.sqlite3`: a SQLite database with a table `Dict`.
    Sqlite,
    /// `dbm.gnu`, Python 2's `gdbm`: GDBM.
    Gnu,
    /// `dbm.ndbm`, Python 2's `dbm`: a hash of Berkeley DB, in a file with the ending `.db`. Where the module was built
    /// with another library there is a pair of files `.pag` and `.dir`, of which GDBM's are read.
    Ndbm,
    /// `dbm.dumb`, Python 2's `dumbdbm`: an index in text, `.dir`, and the values, `.dat`.
    Dumb,
    /// Python 2's `dbhash`: a hash of Berkeley DB, in a file of any name.
    Dbhash,
}

impl Format {
    /// The module of Python 3, or where there is none, of Python 2.
    ///
    /// ```
    /// assert_eq!(shelve_lite::Format::Sqlite.name(), "dbm.sqlite3");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Sqlite => "dbm.sqlite3",
            Format::Gnu => "dbm.gnu",
            Format::Ndbm => "dbm.ndbm",
            Format::Dumb => "dbm.dumb",
            Format::Dbhash => "dbhash",
        }
    }

    /// The format of a module's name, with or without `dbm.`.
    ///
    /// ```
    /// use shelve_lite::Format;
    ///
    /// assert_eq!(Format::from_name("dbm.dumb"), Some(Format::Dumb));
    /// assert_eq!(Format::from_name("sqlite3"), Some(Format::Sqlite));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Format> {
        let all = [Format::Sqlite, Format::Gnu, Format::Ndbm, Format::Dumb, Format::Dbhash];
        all.into_iter().find(|format| format.name().strip_prefix("dbm.").unwrap_or(format.name()) == plain(name))
    }
}

fn plain(name: &str) -> &str {
    name.strip_prefix("dbm.").unwrap_or(name)
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What [`whichdb`] finds.
///
/// ```
/// use shelve_lite::{Which, whichdb};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("notes");
/// std::fs::write(&path, "no database")?;
/// assert_eq!(whichdb(&path), Which::Unknown);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Which {
    /// No file that could be read: Python's `None`.
    NotFound,
    /// A file of no known format: Python's `''`.
    Unknown,
    /// This format.
    Known(Format),
}

/// What kind of database there is: `dbm.whichdb` of CPython 3.13 with all of its modules, in its order.
///
/// ```
/// use shelve_lite::{Format, Which, whichdb};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("spam");
/// assert_eq!(whichdb(&path), Which::NotFound);
/// std::fs::write(path.with_extension("dat"), b"")?;
/// std::fs::write(path.with_extension("dir"), b"")?;
/// assert_eq!(whichdb(&path), Which::Known(Format::Dumb));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Python asks its `dbm.ndbm` whether it can open a `.db` file. Here that is Berkeley DB's, as with Debian's Python, and
/// the file is to be a hash of Berkeley DB.
#[must_use]
pub fn whichdb(path: &Path) -> Which {
    let opens = |extension: &str| File::open(beside(path, extension)).is_ok_and(|file| is_no_folder(&file));
    if opens("pag") && opens("dir") {
        return Which::Known(Format::Ndbm);
    }
    if ndbm::is_readable(&beside(path, "db")) {
        return Which::Known(Format::Ndbm);
    }
    if is_dumb(path).unwrap_or(false) {
        return Which::Known(Format::Dumb);
    }
    let Ok(start) = start(path) else { return Which::NotFound };
    match &start[..] {
        start if start.len() < 4 => Which::Unknown,
        b"SQLite format 3\0" => Which::Known(Format::Sqlite),
        start if gnu::MAGIC.iter().any(|magic| start.starts_with(&magic.to_ne_bytes())) => Which::Known(Format::Gnu),
        _ => Which::Unknown,
    }
}

/// Whether it is what Python 2's `whichdb` calls `dbhash`.
pub(crate) fn dbhash(path: &Path) -> bool {
    start(path).is_ok_and(|start| start.len() == 16 && ndbm::is_magic(&start[12..]))
}

/// The path with an extension more: `.` is none of the name's.
pub(crate) fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

fn is_dumb(path: &Path) -> IoResult<bool> {
    fs::metadata(beside(path, "dat"))?;
    let index = beside(path, "dir");
    if fs::metadata(&index)?.len() == 0 {
        return Ok(true);
    }
    let mut first = [0];
    File::open(&index)?.read_exact(&mut first)?;
    Ok(matches!(&first, b"'" | b"\""))
}

/// The first 16 bytes of a file, or fewer.
fn start(path: &Path) -> IoResult<Vec<u8>> {
    let mut start = Vec::with_capacity(16);
    File::open(path)?.take(16).read_to_end(&mut start)?;
    Ok(start)
}

/// A folder can be opened on some systems, though not by Python.
fn is_no_folder(file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| !metadata.is_dir())
}
