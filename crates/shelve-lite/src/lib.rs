//! Read and write Python's shelves: pickles by key, in the files of the `dbm` modules.
//!
//! ```
//! use pickle_value::py;
//! use shelve_lite::{Flag, Shelf};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("people");
//! let mut shelf = Shelf::open(&path, Flag::Create)?; // shelve.open(path)
//! shelf.set("bob", &py!({"age": 20}))?; //              shelf['bob'] = {'age': 20}
//! assert_eq!(shelf.get("bob")?.unwrap().root().get("age").as_i64(), Some(20));
//! shelf.close()?;
//!
//! let shelf = Shelf::open(&path, Flag::Read)?;
//! for entry in shelf.entries()? {
//!     let (name, person) = entry?;
//!     assert_eq!((name.as_str(), person.to_string().as_str()), ("bob", "{'age': 20}"));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//!   Shelf      keys are text, values are graphs       Options: protocol, encodings, writeback, waiting
//!     │
//!   dbm::Dbm   keys and values are bytes
//!     │
//!   sqlite   dumb   gnu   ndbm      a format of files each, found by whichdb
//! ```
//!
//! Call [`Shelf::open`], [`Shelf::get`] and [`Shelf::set`]; [`Options`] say how. Beneath lie the formats: [`dbm::open`]
//! gives bytes by bytes, [`whichdb`] says what a file is. What is read is a [`Graph`](pickle_value::Graph) of
//! `pickle-value`: nothing that a pickle names is ever run.
//!
//! # The formats
//!
//! | format | files | who writes it | here |
//! |---|---|---|---|
//! | [`Format::Sqlite`] | `name` | Python from 3.13 on, by default | read, written (feature `sqlite`) |
//! | [`Format::Dumb`] | `name.dat`, `name.dir`, `name.bak` | every Python that has no other | read, written |
//! | [`Format::Gnu`] | `name` | Python with GDBM, the default up to 3.12 | read |
//! | [`Format::Ndbm`] | `name.db` | Debian's Python and others, by Berkeley DB | read |
//! | [`Format::Dbhash`] | `name` | Python 2, by Berkeley DB | read |
//!
//! # What a crash loses
//!
//! At most what was not [synced](Shelf::sync). With SQLite each write is a transaction of its own: when
//! [`set`](Shelf::set) returns, others see it, and no end of the process undoes it. `sync` brings it to the disk, where it
//! outlives the machine's end too. (Python waits for the disk at each write.)
//!
//! A dumb shelf has an index, `.dir`, and the values, `.dat`. Python's own module writes both in place: a crash may leave an
//! index with half a line, none at all, or a value that is half the old one and half the new. Here no byte of `.dat` is
//! overwritten that the index on the disk refers to, and the index is written anew beside the old one and moved into its
//! place, at `sync`, `close` and when the shelf is dropped. So what is on the disk is at any time the shelf of the last sync.
//! The price: a value that is replaced needs a second place until then. That each sync writes the whole index is the
//! format's: it is for small shelves.
//!
//! # Several processes
//!
//! Whoever waits longer than [`Options::busy_timeout`] gets [`ErrorKind::Busy`].
//!
//! - **SQLite**: any number of readers and one writer at a time, ours and Python's alike; a transaction is short.
//! - **dumb**: Python has no lock. A writer of ours holds `name.lock` until it closes, which keeps another of ours out, and
//!   **does not hold Python back**: the last to write its index wins, and the other's changes are gone. Readers take no
//!   lock; they see the index as it was when they opened, and a value that was replaced twice since may read wrong.
//! - **gnu**: GDBM locks the file, shared by readers, for a writer alone. Ours reads the whole file with a shared lock and lets
//!   go: it is busy while Python writes, and sees a file of one moment.
//! - **ndbm, dbhash**: Python has no lock, and Berkeley DB keeps what it writes in memory until it is closed or synced.
//!   Ours reads the file as it finds it; one that is being written may be found damaged.

pub mod dbm;
mod dumb;
mod error;
mod files;
mod gnu;
mod keys;
mod lock;
mod ndbm;
mod options;
mod pages;
mod shelf;
mod snapshot;
#[cfg(feature = "sqlite")]
mod sqlite;
mod whichdb;

pub use error::{Error, ErrorKind};
pub use keys::KeyEncoding;
pub use options::{Options, shelve_protocol};
pub use pickle_codec as codec;
pub use shelf::{Entries, Shelf};
pub use whichdb::{Format, Which, whichdb};

pub use dbm::Flag;

// Promises of the crate.
const _: () = {
    const fn send<T: Send>() {}
    const fn send_sync<T: Send + Sync>() {}
    send::<Shelf>();
    send_sync::<Error>();
    send_sync::<Options>();
    assert!(size_of::<Error>() == size_of::<usize>());
};

/// The examples of the crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
