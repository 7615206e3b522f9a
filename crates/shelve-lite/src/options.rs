//! [`Options`]: how a shelf is opened.

use std::time::Duration;

use pickle_codec::{DumpOptions, LoadOptions, Profile};

use crate::keys::KeyEncoding;
use crate::whichdb::Format;

/// How long CPython's `sqlite3` waits.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How a shelf is opened. The defaults are those of Python's `shelve.open`.
///
/// ```
/// use pickle_codec::Profile;
/// use pickle_value::py;
/// use shelve_lite::{Flag, Format, KeyEncoding, Options};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("for-python2");
/// let options = Options::new().format(Format::Dumb).for_python(Profile::CPYTHON_2_7).key_encoding(KeyEncoding::Latin1);
/// let mut shelf = options.open(&path, Flag::New)?;
/// shelf.set("café", &py!([1, 2]))?;
/// assert_eq!(shelf.pickle("café")?.as_deref(), Some(&b"(lp1\nI1\naI2\na."[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) format: Option<Format>,
    pub(crate) protocol: Option<u8>,
    pub(crate) dump: DumpOptions,
    pub(crate) load: LoadOptions,
    pub(crate) key_encoding: KeyEncoding,
    pub(crate) writeback: bool,
    pub(crate) busy_timeout: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            format: None,
            protocol: None,
            dump: DumpOptions::new(),
            load: LoadOptions::new(),
            key_encoding: KeyEncoding::default(),
            writeback: false,
            busy_timeout: BUSY_TIMEOUT,
        }
    }
}

impl Options {
    /// What `shelve.open` does without arguments.
    ///
    /// ```
    /// use shelve_lite::{Flag, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let options = Options::new();
    /// let shelf = options.open(folder.path().join("shelf"), Flag::New)?;
    /// assert!(shelf.is_empty()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new() -> Options {
        Options::default()
    }

    /// The format, both of a shelf that is made and of one that is there. Without it the format of what is there is found by
    /// [`whichdb`](crate::whichdb()), and a new shelf is one of SQLite, or, without the feature `sqlite`, a dumb one.
    ///
    /// Pythons up to 3.12 do not read SQLite's; every one reads a dumb shelf.
    ///
    /// ```
    /// use shelve_lite::{Flag, Format, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let shelf = Options::new().format(Format::Dumb).open(folder.path().join("shelf"), Flag::New)?;
    /// assert_eq!(shelf.format(), Format::Dumb);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn format(self, format: Format) -> Options {
        Options { format: Some(format), ..self }
    }

    /// The protocol of the values that are written: 0 to 5; without it that of the dump options, 4.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let options = Options::new().protocol(2);
    /// let mut shelf = options.open(folder.path().join("shelf"), Flag::New)?;
    /// shelf.set("key", &py!(1))?;
    /// assert_eq!(shelf.pickle("key")?.as_deref(), Some(&b"\x80\x02K\x01."[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn protocol(self, protocol: u8) -> Options {
        Options { protocol: Some(protocol), ..self }
    }

    /// Values as this Python's own `shelve` writes them: its bytes, by [its protocol](shelve_protocol), and read by its
    /// rules.
    ///
    /// ```
    /// use pickle_codec::Profile;
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let options = Options::new().for_python(Profile::CPYTHON_2_7);
    /// let mut shelf = options.open(folder.path().join("shelf"), Flag::New)?;
    /// shelf.set("key", &py!(1))?;
    /// assert_eq!(shelf.pickle("key")?.as_deref(), Some(&b"I1\n."[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn for_python(self, profile: Profile) -> Options {
        let (dump, load) = (self.dump.profile(profile), self.load.profile(profile));
        Options { protocol: Some(shelve_protocol(profile)), dump, load, ..self }
    }

    /// How values are written.
    ///
    /// ```
    /// use pickle_codec::DumpOptions;
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let options = Options::new().dump_options(DumpOptions::new().fast(true));
    /// let mut shelf = options.open(folder.path().join("shelf"), Flag::New)?;
    /// shelf.set("key", &py!(["a"]))?; // without a memo
    /// assert_eq!(shelf.pickle("key")?.unwrap(), b"\x80\x04\x95\x06\0\0\0\0\0\0\0]\x8c\x01aa.");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn dump_options(self, dump: DumpOptions) -> Options {
        Options { dump, ..self }
    }

    /// How values are read: what becomes of Python 2's `str`, of names and extension codes.
    ///
    /// ```
    /// use pickle_codec::{Encoding, LoadOptions};
    /// use shelve_lite::{Flag, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("old");
    /// let options = Options::new().load_options(LoadOptions::new().encoding(Encoding::Latin1));
    /// let mut shelf = options.open(&path, Flag::Create)?;
    /// shelf.set_pickle("drink", b"S'caf\\xe9'\n.")?; // as Python 2 writes it
    /// assert_eq!(shelf.get("drink")?.unwrap().root().as_str(), Some("café"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn load_options(self, load: LoadOptions) -> Options {
        Options { load, ..self }
    }

    /// How the text of a key becomes bytes: UTF-8, unless it is said otherwise.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, KeyEncoding, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let options = Options::new().key_encoding(KeyEncoding::Ascii);
    /// let mut shelf = options.open(folder.path().join("shelf"), Flag::New)?;
    /// shelf.set("cafe", &py!(1))?;
    /// assert!(shelf.set("café", &py!(1)).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn key_encoding(self, encoding: KeyEncoding) -> Options {
        Options { key_encoding: encoding, ..self }
    }

    /// Whether values can be changed in place, by [`Shelf::get_mut`](crate::Shelf::get_mut), and are written back at
    /// [`sync`](crate::Shelf::sync) and when the shelf is closed.
    ///
    /// ```
    /// use pickle_value::py;
    /// use shelve_lite::{Flag, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let options = Options::new().writeback(true);
    /// let mut shelf = options.open(folder.path().join("shelf"), Flag::New)?;
    /// shelf.set("key", &py!(1))?;
    /// *shelf.get_mut("key")?.unwrap() = py!(2);
    /// assert_eq!(shelf.get("key")?, Some(py!(2)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn writeback(self, writeback: bool) -> Options {
        Options { writeback, ..self }
    }

    /// How long to wait for a shelf that another process uses before it is said to be
    /// [busy](crate::ErrorKind::Busy): five seconds, unless it is said otherwise, as Python's `sqlite3` does.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use shelve_lite::{Flag, Format, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("shelf");
    /// let options = Options::new().format(Format::Dumb).busy_timeout(Duration::ZERO);
    /// let writer = options.open(&path, Flag::Create)?;
    /// assert!(options.open(&path, Flag::Write).unwrap_err().is_busy());
    /// # drop(writer);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn busy_timeout(self, timeout: Duration) -> Options {
        Options { busy_timeout: timeout, ..self }
    }
}

/// The protocol by which a Python's `shelve` writes, unless it is told otherwise: 0 in 2.7, 3 up to 3.9, then pickle's
/// default.
///
/// ```
/// use pickle_codec::Profile;
/// use shelve_lite::shelve_protocol;
///
/// let protocols = ["2.7", "3.9", "3.10", "3.13"].map(|name| Profile::from_name(name).map(shelve_protocol));
/// assert_eq!(protocols, [Some(0), Some(3), Some(4), Some(4)]);
/// ```
#[must_use]
pub fn shelve_protocol(python: Profile) -> u8 {
    match python.version() {
        (2, _) => 0,
        (3, ..10) => 3,
        _ => python.default_protocol(),
    }
}
