//! [`Shelf`]: values by key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pickle_codec::{DumpOptions, HIGHEST_PROTOCOL};
use pickle_value::Graph;

use crate::dbm::{self, Dbm, Flag};
use crate::error::{At, Error, ErrorKind};
use crate::keys::repr;
use crate::options::Options;
use crate::whichdb::Format;

/// A shelf: graphs by keys that are text, as Python's `shelve.Shelf` has objects by str.
///
/// It is synced when it is dropped; [`close`](Shelf::close) does so too, and tells of errors.
///
/// ```
/// use pickle_value::py;
/// use shelve_lite::{Flag, Shelf};
///
/// # let folder = tempfile::tempdir()?;
/// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
/// shelf.set("bob", &py!({"age": 20}))?;
/// assert_eq!(shelf.keys()?, ["bob"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Shelf {
    path: PathBuf,
    db: Box<dyn Dbm>,
    dump: DumpOptions,
    options: Options,
    writes: bool,
    /// What was handed out to be changed.
    cache: BTreeMap<String, Graph<'static>>,
}

impl core::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Shelf").field("path", &self.path).field("format", &self.format()).finish_non_exhaustive()
    }
}

impl Options {
    /// Opens a shelf by these options.
    ///
    /// ```
    /// use shelve_lite::{Flag, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let shelf = Options::new().protocol(5).open(folder.path().join("shelf"), Flag::Create)?;
    /// assert!(shelf.is_empty()?);
    /// assert!(Options::new().protocol(6).open("shelf", Flag::Create).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`dbm::open`], and [`ErrorKind::UnsupportedProtocol`].
    pub fn open(&self, path: impl AsRef<Path>, flag: Flag) -> Result<Shelf, Error> {
        let path = path.as_ref();
        let dump = match self.protocol {
            Some(protocol) if protocol > HIGHEST_PROTOCOL => {
                return Err(Error::new(path, ErrorKind::UnsupportedProtocol));
            }
            Some(protocol) => self.dump.clone().protocol(protocol),
            None => self.dump.clone(),
        };
        Ok(Shelf {
            path: path.to_owned(),
            db: dbm::open(path, flag, self)?,
            dump,
            options: self.clone(),
            writes: flag.writes(),
            cache: BTreeMap::new(),
        })
    }
}

impl Shelf {
    /// Opens a shelf as `shelve.open` does; Python's flag is `'c'` unless another is given.
    ///
    /// ```
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let error = Shelf::open(folder.path().join("none"), Flag::Read).unwrap_err();
    /// assert!(error.to_string().ends_with("none: db file doesn't exist; use 'c' or 'n' flag to create a new db"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`dbm::open`].
    pub fn open(path: impl AsRef<Path>, flag: Flag) -> Result<Shelf, Error> {
        Options::new().open(path, flag)
    }

    /// What the shelf is kept in.
    ///
    /// ```
    /// use shelve_lite::{Flag, Format, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let shelf = Options::new().format(Format::Dumb).open(folder.path().join("shelf"), Flag::Create)?;
    /// assert_eq!(shelf.format().name(), "dbm.dumb");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn format(&self) -> Format {
        self.db.format()
    }

    /// The value of a key, if it is there: a copy, as in Python.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set("a", &py!([1, 2]))?;
    /// assert_eq!(shelf.get("a")?, Some(py!([1, 2])));
    /// assert_eq!(shelf.get("b")?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pickle`] where it is no pickle, besides those of [`Dbm::get`].
    pub fn get(&self, key: &str) -> Result<Option<Graph<'static>>, Error> {
        if let Some(value) = self.cache.get(key) {
            return Ok(Some(value.clone()));
        }
        self.pickle(key)?.map(|pickle| self.load(key, &pickle)).transpose()
    }

    /// The value of a key, to be changed: it is written back at the next [`sync`](Shelf::sync) and when the shelf is closed,
    /// whether it was changed or not.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("counts");
    /// let mut shelf = Options::new().writeback(true).open(&path, Flag::Create)?;
    /// shelf.set("bob", &py!(1))?;
    /// if let Some(count) = shelf.get_mut("bob")? {
    ///     *count = py!(2);
    /// }
    /// assert_eq!(shelf.get("bob")?, Some(py!(2)));
    /// shelf.close()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`get`](Shelf::get); [`ErrorKind::NoWriteback`] and [`ErrorKind::ReadOnly`] where nothing can be written back.
    pub fn get_mut(&mut self, key: &str) -> Result<Option<&mut Graph<'static>>, Error> {
        if !self.options.writeback {
            return Err(ErrorKind::NoWriteback).at(&self.path);
        }
        self.check_writes()?;
        if !self.cache.contains_key(key) {
            let Some(value) = self.get(key)? else { return Ok(None) };
            self.cache.insert(key.to_owned(), value);
        }
        Ok(self.cache.get_mut(key))
    }

    /// Sets the value of a key.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set("a", &py!(1))?;
    /// shelf.set("a", &py!(2))?;
    /// assert_eq!(shelf.get("a")?, Some(py!(2)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pickle`] for what no pickle holds, [`ErrorKind::Key`], and those of [`Dbm::set`].
    pub fn set(&mut self, key: &str, value: &Graph<'_>) -> Result<(), Error> {
        let pickle = self.dumped(key, value)?;
        self.set_pickle(key, &pickle)
    }

    /// Deletes a key; false where it is not there.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set("a", &py!(1))?;
    /// assert_eq!((shelf.delete("a")?, shelf.delete("a")?), (true, false));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Dbm::delete`], and [`ErrorKind::Key`].
    pub fn delete(&mut self, key: &str) -> Result<bool, Error> {
        let bytes = self.key(key)?;
        let was_there = self.db.delete(&bytes)?;
        self.cache.remove(key);
        Ok(was_there)
    }

    /// Whether a key is there.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set("a", &py!(1))?;
    /// assert!(shelf.contains("a")? && !shelf.contains("b")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Dbm::contains`], and [`ErrorKind::Key`].
    pub fn contains(&self, key: &str) -> Result<bool, Error> {
        self.db.contains(&self.key(key)?)
    }

    /// How many keys there are.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set("a", &py!(1))?;
    /// assert_eq!(shelf.len()?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Dbm::len`].
    pub fn len(&self) -> Result<usize, Error> {
        self.db.len()
    }

    /// Whether there is none.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// assert!(shelf.is_empty()?);
    /// shelf.set("a", &py!(1))?;
    /// assert!(!shelf.is_empty()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Dbm::len`].
    pub fn is_empty(&self) -> Result<bool, Error> {
        self.db.is_empty()
    }

    /// All keys, in the order in which Python lists them.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set("a", &py!(1))?;
    /// shelf.set("b", &py!(2))?;
    /// assert_eq!(shelf.keys()?, ["a", "b"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] for one that is no text in the key encoding, and those of [`Dbm::keys`].
    pub fn keys(&self) -> Result<Vec<String>, Error> {
        let keys = self.db.keys()?;
        keys.iter().map(|key| self.options.key_encoding.decode(key).at(&self.path)).collect()
    }

    /// All keys with their values, which are loaded one by one.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set("a", &py!(1))?;
    /// shelf.set("b", &py!(2))?;
    /// assert_eq!(shelf.entries()?.collect::<Result<Vec<_>, _>>()?, [("a".into(), py!(1)), ("b".into(), py!(2))]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`keys`](Shelf::keys); each item as [`get`](Shelf::get).
    pub fn entries(&self) -> Result<Entries<'_>, Error> {
        Ok(Entries { shelf: self, keys: self.keys()?.into_iter() })
    }

    /// The pickle of a key, as it is kept.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set("a", &py!(1))?;
    /// assert_eq!(shelf.pickle("a")?.as_deref(), Some(&b"\x80\x04K\x01."[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Dbm::get`], and [`ErrorKind::Key`].
    pub fn pickle(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.db.get(&self.key(key)?)
    }

    /// Sets a pickle as the value of a key. It is not looked into.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set_pickle("a", b"I1\n.")?;
    /// assert_eq!(shelf.get("a")?, Some(py!(1)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Dbm::set`], and [`ErrorKind::Key`].
    pub fn set_pickle(&mut self, key: &str, pickle: &[u8]) -> Result<(), Error> {
        let bytes = self.key(key)?;
        self.db.set(&bytes, pickle)?;
        self.cache.remove(key);
        Ok(())
    }

    /// Writes back what [`get_mut`](Shelf::get_mut) handed out, and brings all to the disk. A crash afterwards loses none of
    /// it.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set("a", &py!(1))?;
    /// shelf.sync()?; // whatever happens now, it is there
    /// assert!(shelf.contains("a")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set`](Shelf::set) and [`Dbm::sync`].
    pub fn sync(&mut self) -> Result<(), Error> {
        if !self.cache.is_empty() {
            let entry = |(key, value): (&String, &Graph<'_>)| Ok((self.key(key)?, self.dumped(key, value)?));
            let entries = self.cache.iter().map(entry).collect::<Result<Vec<_>, Error>>()?;
            self.db.set_all(&entries)?;
            self.cache.clear();
        }
        self.db.sync()
    }

    /// Syncs and closes the shelf.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Shelf};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
    /// shelf.set("a", &py!(1))?;
    /// shelf.close()?;
    /// assert_eq!(Shelf::open(folder.path().join("shelf"), Flag::Read)?.len()?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`sync`](Shelf::sync).
    pub fn close(mut self) -> Result<(), Error> {
        self.sync()
    }

    fn key(&self, key: &str) -> Result<Vec<u8>, Error> {
        self.options.key_encoding.encode(key).at(&self.path)
    }

    fn check_writes(&self) -> Result<(), Error> {
        if self.writes { Ok(()) } else { Err(ErrorKind::ReadOnly).at(&self.path) }
    }

    fn load(&self, key: &str, pickle: &[u8]) -> Result<Graph<'static>, Error> {
        let graph = self.options.load.from_slice(pickle);
        graph.map(Graph::into_owned).map_err(|error| ErrorKind::Pickle { key: repr(key), error }).at(&self.path)
    }

    fn dumped(&self, key: &str, value: &Graph<'_>) -> Result<Vec<u8>, Error> {
        self.dump.to_vec(value).map_err(|error| ErrorKind::Pickle { key: repr(key), error }).at(&self.path)
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        // Nobody is left to be told: `close` tells.
        let _ = self.sync();
    }
}

/// The keys and values of a shelf: see [`Shelf::entries`].
///
/// ```
/// use pickle_value::py;
/// use shelve_lite::{Flag, Shelf};
///
/// # let folder = tempfile::tempdir()?;
/// let mut shelf = Shelf::open(folder.path().join("shelf"), Flag::Create)?;
/// shelf.set("a", &py!(1))?;
/// for entry in shelf.entries()? {
///     assert_eq!(entry?, ("a".into(), py!(1)));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Entries<'s> {
    shelf: &'s Shelf,
    keys: std::vec::IntoIter<String>,
}

impl Iterator for Entries<'_> {
    type Item = Result<(String, Graph<'static>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        // What another process has deleted since is passed over.
        self.keys.by_ref().find_map(|key| self.shelf.get(&key).map(|value| Some((key, value?))).transpose())
    }
}
