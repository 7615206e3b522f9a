//! `dbm.gnu`: GDBM, read only.
//!
//! ```text
//!   header      magic, size of a block, where the directory is
//!   directory   places of buckets, 2ⁿ of them: by the first n bits of a key's hash; neighbours may be one bucket
//!   bucket      a table of entries: hash, place of the key with the value behind it, both sizes
//! ```
//!
//! The numbers are those of the machine that wrote the file, and so are their sizes: files with offsets of 64 bits are read,
//! in the byte order of this machine, as GDBM itself does.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use crate::dbm::{Dbm, unsupported};
use crate::error::{At, Error, ErrorKind, damaged};
use crate::lock::{Lock, lock};
use crate::pages::Bytes;
use crate::snapshot::{Keys, Layout, Snapshot};
use crate::whichdb::Format;

/// What a file begins with, by offsets of unsaid size, of 32 bits, of 64.
pub(crate) const MAGIC: [u32; 3] = [0x1357_9ace, MAGIC_32, 0x1357_9acf];

const MAGIC_32: u32 = 0x1357_9acd;

/// In a bucket: what stands before its entries, and the size of one.
const BUCKET_HEADER: u64 = 112;
const ENTRY: u64 = 24;

/// The hash of an entry that is none.
const EMPTY: u32 = u32::MAX;

/// Reads a database.
pub(crate) fn open(path: &Path, format: Format, timeout: Duration) -> Result<Box<dyn Dbm>, Error> {
    let mut file = File::open(path).at(path)?;
    // GDBM's own lock, until the file is closed.
    lock(&file, Lock::Shared, timeout).at(path)?;
    let mut data = Vec::new();
    file.read_to_end(&mut data).at(path)?;
    drop(file);
    let gdbm = Gdbm(Bytes::new(data, cfg!(target_endian = "big")));
    let keys = gdbm.keys(format).at(path)?;
    Ok(Box::new(Snapshot::new(path, format, gdbm, keys)))
}

/// A file of GDBM.
struct Gdbm(Bytes);

/// Where a value stands.
struct Place {
    offset: u64,
    size: u64,
}

impl Layout for Gdbm {
    type Place = Place;

    fn value(&self, place: &Place) -> Result<Vec<u8>, ErrorKind> {
        self.0.slice(place.offset, place.size, "a value").map(<[u8]>::to_vec)
    }
}

impl Gdbm {
    /// All keys, in GDBM's order: bucket by bucket.
    fn keys(&self, format: Format) -> Result<Keys<Place>, ErrorKind> {
        let file = &self.0;
        let magic = file.u32(0)?;
        if !MAGIC.contains(&magic) {
            return Err(unsupported(format, "no file of GDBM"));
        }
        let (bucket_size, bucket_entries) = (u64::from(file.u32(24)?), u64::from(file.u32(28)?));
        if magic == MAGIC_32 || bucket_entries != bucket_size.saturating_sub(BUCKET_HEADER) / ENTRY {
            return Err(unsupported(format, "GDBM files with offsets of 32 bits are not read"));
        }
        let (directory, directory_size) = (file.u64(8)?, u64::from(file.u32(16)?));
        file.slice(directory, directory_size, "the directory")?;
        let mut keys = Keys::new(file.len());
        let mut seen = HashSet::new();
        let mut last = None;
        for at in (directory..directory + directory_size / 8 * 8).step_by(8) {
            let bucket = file.u64(at)?;
            if last.replace(bucket) == Some(bucket) {
                continue;
            }
            if !seen.insert(bucket) {
                return Err(damaged(at, "the directory has a bucket at two places"));
            }
            self.add_bucket(bucket, bucket_size, bucket_entries, &mut keys)?;
        }
        Ok(keys)
    }

    fn add_bucket(&self, bucket: u64, size: u64, entries: u64, keys: &mut Keys<Place>) -> Result<(), ErrorKind> {
        let file = &self.0;
        file.slice(bucket, size, "a bucket")?;
        for at in (0..entries).map(|number| bucket + BUCKET_HEADER + number * ENTRY) {
            if file.u32(at)? == EMPTY {
                continue;
            }
            let (offset, key_size) = (file.u64(at + 8)?, u64::from(file.u32(at + 16)?));
            let key = file.slice(offset, key_size, "a key")?;
            let place = Place { offset: offset + key_size, size: u64::from(file.u32(at + 20)?) };
            file.slice(place.offset, place.size, "a value")?;
            keys.push(at, key, place)?;
        }
        Ok(())
    }
}
