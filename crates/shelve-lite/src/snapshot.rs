//! [`Snapshot`]: a database that is only read, as its file was at one moment.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dbm::Dbm;
use crate::error::{At, Error, ErrorKind, damaged};
use crate::whichdb::Format;

/// What a format knows of its file.
pub(crate) trait Layout: Send {
    /// Where a value stands.
    type Place: Send;

    /// The value that stands there.
    fn value(&self, place: &Self::Place) -> Result<Vec<u8>, ErrorKind>;
}

/// The keys of a file with the places of their values.
pub(crate) struct Keys<P> {
    places: Vec<(Arc<[u8]>, P)>,
    numbers: HashMap<Arc<[u8]>, usize>,
    /// How many bytes all keys together may still have.
    budget: usize,
}

impl<P> Keys<P> {
    /// For a file of so many bytes: more than these its keys do not have, unless several claim the same place.
    pub(crate) fn new(length: usize) -> Keys<P> {
        Keys { places: Vec::new(), numbers: HashMap::new(), budget: length }
    }

    /// Adds a key that stands at `offset`.
    pub(crate) fn push(&mut self, offset: u64, key: &[u8], place: P) -> Result<(), ErrorKind> {
        self.claim(offset, key.len())?;
        let key: Arc<[u8]> = key.into();
        if self.numbers.insert(key.clone(), self.places.len()).is_some() {
            return Err(damaged(offset, "a key that stands in the file twice"));
        }
        self.places.push((key, place));
        Ok(())
    }

    /// Takes the bytes of a key off the budget, before it is put together.
    pub(crate) fn check(&self, offset: u64, length: usize) -> Result<(), ErrorKind> {
        if length > self.budget {
            return Err(damaged(offset, "the keys claim more bytes than the file has"));
        }
        Ok(())
    }

    fn claim(&mut self, offset: u64, length: usize) -> Result<(), ErrorKind> {
        self.check(offset, length)?;
        self.budget -= length;
        Ok(())
    }
}

/// A database that is only read. Its file is in memory.
pub(crate) struct Snapshot<L: Layout> {
    path: PathBuf,
    format: Format,
    layout: L,
    keys: Keys<L::Place>,
}

impl<L: Layout> Snapshot<L> {
    pub(crate) fn new(path: &Path, format: Format, layout: L, keys: Keys<L::Place>) -> Snapshot<L> {
        Snapshot { path: path.to_owned(), format, layout, keys }
    }
}

impl<L: Layout> Dbm for Snapshot<L> {
    fn format(&self) -> Format {
        self.format
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let Some(&number) = self.keys.numbers.get(key) else { return Ok(None) };
        self.layout.value(&self.keys.places[number].1).map(Some).at(&self.path)
    }

    fn set(&mut self, _: &[u8], _: &[u8]) -> Result<(), Error> {
        Err(ErrorKind::ReadOnly).at(&self.path)
    }

    fn delete(&mut self, _: &[u8]) -> Result<bool, Error> {
        Err(ErrorKind::ReadOnly).at(&self.path)
    }

    fn contains(&self, key: &[u8]) -> Result<bool, Error> {
        Ok(self.keys.numbers.contains_key(key))
    }

    fn len(&self) -> Result<usize, Error> {
        Ok(self.keys.places.len())
    }

    fn keys(&self) -> Result<Vec<Vec<u8>>, Error> {
        Ok(self.keys.places.iter().map(|(key, _)| key.to_vec()).collect())
    }

    fn sync(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<(), Error> {
        Ok(())
    }
}
