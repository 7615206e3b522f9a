//! The memo of a loader: objects by index.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use pickle_value::Outlook;

/// Objects by the index under which PUT and MEMOIZE stored them.
///
/// Indexes that run up one by one, as every pickler writes them, are a vector. Any others are legal, and cost what they
/// hold: an index of 2³² − 1 is one entry of a map.
#[derive(Clone, Debug)]
pub struct Memo<O> {
    dense: Vec<Option<O>>,
    sparse: BTreeMap<u64, O>,
    count: usize,
}

impl<O> Default for Memo<O> {
    fn default() -> Self {
        Memo { dense: Vec::new(), sparse: BTreeMap::new(), count: 0 }
    }
}

impl<O: Clone> Memo<O> {
    /// How many entries there are: the index that MEMOIZE stores under.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True if nothing was stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The entry, if there is one.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, index: u64) -> Option<&O> {
        match usize::try_from(index).ok().and_then(|index| self.dense.get(index)) {
            Some(Some(object)) => Some(object),
            _ => self.get_sparse(index),
        }
    }

    #[cold]
    fn get_sparse(&self, index: u64) -> Option<&O> {
        self.sparse.get(&index)
    }

    /// Stores an entry, in place of one that was there.
    #[inline(always)]
    pub fn put(&mut self, index: u64, object: O) {
        if index == self.dense.len() as u64 && self.sparse.is_empty() {
            self.dense.push(Some(object));
            self.count += 1;
        } else {
            self.put_out_of_turn(index, object);
        }
    }

    /// Makes room for what is ahead if it is like the piece in which `grown` entries were stored.
    pub(crate) fn make_room(&mut self, outlook: Outlook, grown: usize) {
        outlook.make_room(&mut self.dense, grown);
    }

    #[cold]
    fn put_out_of_turn(&mut self, index: u64, object: O) {
        // A gap is filled up as long as at least an eighth of the vector is in use.
        let near = (self.count as u64 + 8) * 8;
        let old = match usize::try_from(index) {
            Ok(at) if at < self.dense.len() || (index < near && self.sparse.is_empty()) => {
                if at >= self.dense.len() {
                    self.dense.resize_with(at + 1, || None);
                }
                let old = self.sparse.remove(&index);
                self.dense[at].replace(object).or(old)
            }
            _ => self.sparse.insert(index, object),
        };
        self.count += usize::from(old.is_none());
    }

    /// The entries with their indexes, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &O)> {
        let dense = self.dense.iter().enumerate().filter_map(|(index, object)| Some((index as u64, object.as_ref()?)));
        dense.chain(self.sparse.iter().map(|(&index, object)| (index, object)))
    }

    /// Forgets all entries, and keeps their memory.
    pub fn clear(&mut self) {
        self.dense.clear();
        self.sparse.clear();
        self.count = 0;
    }
}
