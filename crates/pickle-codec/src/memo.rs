//! The memo of a loader: objects by index.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

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
    /// What counts as an entry and was left out, in the order of its indexes.
    unmade: Vec<Unmade<O>>,
}

/// A text and a tuple of it and its codec that were not made: what of them has an index, and where the text's line stands.
#[derive(Clone, Debug)]
pub(crate) struct Unmade<O> {
    pub(crate) text: Option<u64>,
    pub(crate) tuple: Option<u64>,
    pub(crate) line: Range<usize>,
    pub(crate) codec: O,
}

impl<O> Unmade<O> {
    fn has(&self, index: u64) -> bool {
        self.text == Some(index) || self.tuple == Some(index)
    }
}

impl<O> Default for Memo<O> {
    fn default() -> Self {
        Memo { dense: Vec::new(), sparse: BTreeMap::new(), count: 0, unmade: Vec::new() }
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

    /// The entries by index, to be worked on and [given back](Memo::give_row); nothing if there are others.
    pub(crate) fn take_row(&mut self) -> Option<Vec<Option<O>>> {
        (self.sparse.is_empty() && self.count == self.dense.len()).then(|| mem::take(&mut self.dense))
    }

    /// Takes back the entries, which have become no fewer, and those that are new none of them empty.
    pub(crate) fn give_row(&mut self, row: Vec<Option<O>>) {
        self.count = row.len();
        self.dense = row;
    }

    /// What was put last, of indexes that run up one by one.
    pub(crate) fn latest(&self) -> Option<&O> {
        self.dense.last()?.as_ref()
    }

    /// Makes room for what is ahead if it is like the piece in which `grown` entries were stored.
    pub(crate) fn make_room(&mut self, outlook: Outlook, grown: usize) {
        outlook.make_room(&mut self.dense, grown);
    }

    #[cold]
    fn put_out_of_turn(&mut self, index: u64, object: O) {
        // A gap is filled up as long as at least an eighth of the vector is in use.
        let near = (self.count as u64 + 8) * 8;
        let was_left_out = self.left_out(index).is_some();
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
        self.count += usize::from(old.is_none() && !was_left_out);
    }

    /// Whether what is put under these indexes comes next.
    pub(crate) fn are_next(&self, indexes: [Option<u64>; 3]) -> bool {
        let next = self.dense.len() as u64..;
        self.sparse.is_empty() && indexes.iter().flatten().zip(next).all(|(&index, next)| index == next)
    }

    /// Leaves out entries that come next, with the codec between them, if that has one.
    pub(crate) fn leave_out(&mut self, codec: Option<u64>, unmade: Unmade<O>) {
        let codec = codec.map(|_| Some(unmade.codec.clone()));
        let slots = [unmade.text.map(|_| None), codec, unmade.tuple.map(|_| None)];
        for slot in slots.into_iter().flatten() {
            self.dense.push(slot);
            self.count += 1;
        }
        if unmade.text.or(unmade.tuple).is_some() {
            self.unmade.push(unmade);
        }
    }

    /// What was left out under an index and not been put since.
    pub(crate) fn left_out(&self, index: u64) -> Option<&Unmade<O>> {
        let behind = self.unmade.partition_point(|unmade| unmade.text.or(unmade.tuple) <= Some(index));
        let unmade = self.unmade[..behind].last()?;
        (unmade.has(index) && self.get(index).is_none()).then_some(unmade)
    }

    /// Enters what was left out, unless something else was put there since.
    pub(crate) fn make_up(&mut self, index: Option<u64>, object: O) {
        if let Some(index) = index
            && self.left_out(index).is_some()
        {
            self.put(index, object);
        }
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
        self.unmade.clear();
    }
}
