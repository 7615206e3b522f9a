//! `dbm.ndbm` and `dbhash`: a hash of Berkeley DB, read only.
//!
//! ```text
//!   meta page    magic, version, size of a page, how many buckets there are and where they begin
//!   hash pages   a chain of pages for each bucket: items in pairs, key and value
//!   overflow     a chain of pages for an item that is too long for one page
//! ```
//!
//! Numbers are in the byte order of the machine that wrote the file, either of which is read. The item of a value may hold
//! several, duplicates: then the first is the key's value, as in Python.

mod duplicates;
mod hash;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use self::hash::Hash;
use crate::dbm::Dbm;
use crate::error::{At, Error};
use crate::snapshot::Snapshot;
use crate::whichdb::Format;

/// What stands at byte 12 of the meta page of a hash.
const MAGIC: u32 = 0x0006_1561;

/// Where the meta page ends, of what is needed of it.
const META: usize = 224;

/// Reads a database.
pub(crate) fn open(path: &Path, format: Format) -> Result<Box<dyn Dbm>, Error> {
    let hash = Hash::new(fs::read(path).at(path)?, format).at(path)?;
    let keys = hash.keys().at(path)?;
    Ok(Box::new(Snapshot::new(path, format, hash, keys)))
}

/// Whether Berkeley DB would open the file as a hash.
pub(crate) fn is_readable(path: &Path) -> bool {
    let mut start = Vec::new();
    let Ok(file) = File::open(path) else { return false };
    file.take(META as u64).read_to_end(&mut start).is_ok() && start.len() == META && is_magic(&start[12..16])
}

/// Whether these are the bytes of the magic number, in either order.
pub(crate) fn is_magic(bytes: &[u8]) -> bool {
    bytes == MAGIC.to_le_bytes() || bytes == MAGIC.to_be_bytes()
}
