//! `dbm.dumb`: an index in text, and a file of values.
//!
//! `name.dat` has the values, each from a multiple of 512 bytes on; `name.dir` a line `'key', (position, size)` for each.
//! `name.bak` is the index before the last sync; Python never reads it.
//!
//! The invariant that makes a crash harmless: bytes of `.dat` that the index on the disk refers to are not overwritten, and
//! that index is only ever replaced as a whole, once the values are on the disk.

mod index;
mod space;

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind as IoErrorKind, Read, Result as IoResult, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::index::Index;
use self::space::Space;
use crate::dbm::{Dbm, Flag};
use crate::error::{At, Error, ErrorKind, damaged};
use crate::files::{remove_if_there, sync_folder};
use crate::lock::{Lock, lock};
use crate::whichdb::{Format, beside};

/// Values begin at multiples of this.
const BLOCK: u64 = 512;

/// Where a value stands in `.dat`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Extent {
    position: u64,
    size: u64,
}

impl Extent {
    /// The number of its first block, and of the first behind it.
    fn blocks(self) -> (u64, u64) {
        (self.position / BLOCK, self.position.saturating_add(self.size).div_ceil(BLOCK))
    }
}

/// A database of `dbm.dumb`.
pub(crate) struct Dumb {
    files: Files,
    data: File,
    index: Index,
    /// What a writer has: the free places, and the lock.
    writer: Option<Writer>,
}

struct Writer {
    space: Space,
    /// Whether the index on the disk is another.
    modified: bool,
    _lock: File,
}

struct Files {
    index: PathBuf,
    backup: PathBuf,
    data: PathBuf,
    /// The next index, while it is written.
    next: PathBuf,
    lock: PathBuf,
}

impl Dumb {
    /// Opens, or makes, the database of that name.
    pub(crate) fn open(path: &Path, flag: Flag, timeout: Duration) -> Result<Dumb, Error> {
        let files = Files::of(path);
        let held = if flag.writes() { Some(files.locked(flag, timeout)?) } else { None };
        if flag == Flag::New {
            files.remove()?;
        }
        let data = files.open_data(flag)?;
        let index = files.read_index(flag)?;
        let length = data.metadata().at(&files.data)?.len();
        let writer = held.map(|lock| {
            let space = Space::new(index.extents().map(Extent::blocks), length.div_ceil(BLOCK));
            Writer { space, modified: false, _lock: lock }
        });
        Ok(Dumb { files, data, index, writer })
    }

    fn value(&self, extent: Extent) -> Result<Vec<u8>, Error> {
        let length = self.data.metadata().at(&self.files.data)?.len();
        let end = extent.position.checked_add(extent.size).filter(|&end| end <= length);
        let Some(size) = end.and_then(|_| usize::try_from(extent.size).ok()) else {
            let problem =
                format!("the index has a value of {} bytes there; the file ends at byte {length}", extent.size);
            return Err(Error::new(&self.files.data, damaged(extent.position, problem)));
        };
        let mut value = vec![0; size];
        let mut data = &self.data;
        data.seek(SeekFrom::Start(extent.position)).and_then(|_| data.read_exact(&mut value)).at(&self.files.data)?;
        Ok(value)
    }

    /// Writes a value where nothing stands that the index on the disk refers to.
    fn put(&mut self, value: &[u8]) -> Result<Extent, Error> {
        let writer = self.writer.as_mut().ok_or(ErrorKind::ReadOnly).at(&self.files.index)?;
        let size = value.len() as u64;
        let free = writer.space.take(size.div_ceil(BLOCK));
        let written = match free {
            Some(block) => write_at(&mut self.data, block * BLOCK, value),
            None => append(&mut self.data, value),
        };
        Ok(Extent { position: written.at(&self.files.data)?, size })
    }
}

impl Dbm for Dumb {
    fn format(&self) -> Format {
        Format::Dumb
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        self.index.get(key).map(|extent| self.value(extent)).transpose()
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error> {
        let extent = self.put(value)?;
        let old = self.index.insert(key, extent);
        if let Some(writer) = &mut self.writer {
            writer.modified = true;
            writer.space.fill(extent.blocks());
            old.into_iter().for_each(|old| writer.space.give(old.blocks()));
        }
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<bool, Error> {
        let writer = self.writer.as_mut().ok_or(ErrorKind::ReadOnly).at(&self.files.index)?;
        let Some(old) = self.index.remove(key) else { return Ok(false) };
        writer.modified = true;
        writer.space.give(old.blocks());
        Ok(true)
    }

    fn contains(&self, key: &[u8]) -> Result<bool, Error> {
        Ok(self.index.get(key).is_some())
    }

    fn len(&self) -> Result<usize, Error> {
        Ok(self.index.len())
    }

    fn keys(&self) -> Result<Vec<Vec<u8>>, Error> {
        Ok(self.index.keys().map(<[u8]>::to_vec).collect())
    }

    fn sync(&mut self) -> Result<(), Error> {
        let Some(writer) = self.writer.as_mut().filter(|writer| writer.modified) else { return Ok(()) };
        self.data.sync_data().at(&self.files.data)?;
        self.files.replace_index(&self.index.to_bytes())?;
        writer.modified = false;
        writer.space.commit();
        Ok(())
    }

    fn close(mut self: Box<Self>) -> Result<(), Error> {
        self.sync()
    }
}

impl Drop for Dumb {
    fn drop(&mut self) {
        // Nobody is left to be told: `close` tells.
        let _ = self.sync();
    }
}

impl Files {
    fn of(path: &Path) -> Files {
        let [index, backup, data, next, lock] = ["dir", "bak", "dat", "dir.new", "lock"].map(|name| beside(path, name));
        Files { index, backup, data, next, lock }
    }

    /// The lock by which writers of ours keep each other out. Its file stays: who removed it could remove another's.
    fn locked(&self, flag: Flag, timeout: Duration) -> Result<File, Error> {
        // Nothing is to be made beside what is not there.
        if !flag.creates() {
            File::open(&self.data).at(&self.data)?;
        }
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&self.lock).at(&self.lock)?;
        lock(&file, Lock::Exclusive, timeout).at(&self.lock)?;
        Ok(file)
    }

    /// Removes a database. The index goes first: without it there is none.
    fn remove(&self) -> Result<(), Error> {
        for path in [&self.index, &self.backup, &self.data] {
            remove_if_there(path).at(path)?;
        }
        Ok(())
    }

    fn open_data(&self, flag: Flag) -> Result<File, Error> {
        let mut options = OpenOptions::new();
        options.read(true).write(flag.writes()).create(flag.creates());
        options.open(&self.data).at(&self.data)
    }

    fn read_index(&self, flag: Flag) -> Result<Index, Error> {
        match fs::read(&self.index) {
            Ok(bytes) => Index::parse(&bytes).at(&self.index),
            Err(error) if error.kind() == IoErrorKind::NotFound && flag.creates() => {
                File::create(&self.index).at(&self.index)?;
                Ok(Index::default())
            }
            Err(error) => Err(error).at(&self.index),
        }
    }

    /// Puts another index in the place of the one that is there, which becomes the backup. At no time is there none.
    fn replace_index(&self, bytes: &[u8]) -> Result<(), Error> {
        let mut next = File::create(&self.next).at(&self.next)?;
        if let Ok(metadata) = fs::metadata(&self.index) {
            // Where the system has no such permissions, nothing is lost.
            let _ = fs::set_permissions(&self.next, metadata.permissions());
        }
        next.write_all(bytes).and_then(|()| next.sync_all()).at(&self.next)?;
        drop(next);
        // The backup is a courtesy, as Python's is: that there is none is no error.
        let _ = fs::remove_file(&self.backup);
        if fs::hard_link(&self.index, &self.backup).is_err() {
            let _ = fs::copy(&self.index, &self.backup);
        }
        fs::rename(&self.next, &self.index).at(&self.index)?;
        sync_folder(&self.index).at(&self.index)
    }
}

fn write_at(data: &mut File, position: u64, value: &[u8]) -> IoResult<u64> {
    data.seek(SeekFrom::Start(position))?;
    data.write_all(value)?;
    Ok(position)
}

/// Writes a value behind all others; what is left of the last block is filled with zeros, as Python does it.
fn append(data: &mut File, value: &[u8]) -> IoResult<u64> {
    let end = data.seek(SeekFrom::End(0))?;
    let position = end.next_multiple_of(BLOCK);
    let padding = [0; BLOCK as usize];
    data.write_all(&padding[..usize::try_from(position - end).unwrap_or_default()])?;
    data.write_all(value)?;
    Ok(position)
}
