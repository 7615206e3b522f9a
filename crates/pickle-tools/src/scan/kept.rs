//! What is kept of tuples and dicts: the last ones, as far as they matter for what is called with them.

use super::value::Value;

/// Tuples are kept until so many others were made: arguments and states are used right where they are made.
const KEPT: usize = 1 << 13;

/// A tuple with more items is not kept.
const MAX_ITEMS: usize = 64;

/// The last tuples, by number.
#[derive(Debug, Default)]
pub(super) struct Tuples {
    /// The number of the first that is kept.
    first: u64,
    /// Where the items of each end; none are kept of one that has too many.
    ends: Vec<(usize, bool)>,
    items: Vec<Value>,
}

impl Tuples {
    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.first = 0;
        self.ends.clear();
        self.items.clear();
    }

    /// Takes the items of a tuple in; gives its number.
    #[inline]
    pub(super) fn push(&mut self, items: &[Value]) -> u64 {
        if self.ends.len() == 2 * KEPT {
            self.forget();
        }
        let is_kept = items.len() <= MAX_ITEMS;
        if is_kept {
            self.items.extend_from_slice(items);
        }
        self.ends.push((self.items.len(), is_kept));
        self.first + (self.ends.len() - 1) as u64
    }

    /// Forgets the older half.
    #[cold]
    fn forget(&mut self) {
        let (start, _) = self.ends[KEPT - 1];
        self.items.drain(..start);
        self.ends.drain(..KEPT);
        for (end, _) in &mut self.ends {
            *end -= start;
        }
        self.first += KEPT as u64;
    }

    /// The items of a tuple; none where they are too many, or too long ago.
    pub(super) fn get(&self, number: u64) -> Option<&[Value]> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        let &(end, is_kept) = self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before].0);
        is_kept.then(|| &self.items[start..end])
    }
}

/// What is known of a dict: the values that joblib's wrapper has, and whether it would change how an object behaves.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DictNote {
    number: u64,
    pub(super) dtype: Option<Value>,
    pub(super) shape: Option<Value>,
    pub(super) alignment: Option<Value>,
    pub(super) has_hook: bool,
}

/// The last dicts of which something is known, by number.
#[derive(Debug, Default)]
pub(super) struct Dicts {
    made: u64,
    notes: Vec<DictNote>,
    noted: usize,
    /// The highest number that a note has had.
    newest: u64,
}

impl Dicts {
    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.made = 0;
        self.notes.clear();
        self.noted = 0;
        self.newest = 0;
    }

    /// The number of a new dict.
    #[inline]
    pub(super) fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// What is known of a dict, to be changed.
    pub(super) fn note(&mut self, number: u64) -> &mut DictNote {
        let is_new = number > self.newest;
        let known = if is_new { None } else { self.notes.iter().rposition(|note| note.number == number) };
        let index = known.unwrap_or_else(|| {
            self.newest = self.newest.max(number);
            let fresh = DictNote { number, ..DictNote::default() };
            let slot = self.noted % MAX_NOTES;
            self.noted += 1;
            match self.notes.get_mut(slot) {
                // What has a hook and is forgotten could be used yet: this one is taken for it.
                Some(old) => *old = DictNote { has_hook: old.has_hook, ..fresh },
                None => self.notes.push(fresh),
            }
            slot
        });
        &mut self.notes[index]
    }

    /// What is known of a dict.
    pub(super) fn get(&self, number: u64) -> Option<&DictNote> {
        if number > self.newest {
            return None;
        }
        self.notes.iter().rev().find(|note| note.number == number)
    }

    /// True once hooks may have been forgotten.
    pub(super) fn has_forgotten_hook(&self) -> bool {
        self.noted > MAX_NOTES && self.notes.iter().any(|note| note.has_hook)
    }
}

/// Notes are looked through one by one.
const MAX_NOTES: usize = 64;
