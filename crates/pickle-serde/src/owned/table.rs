//! [`Table`]: what is found by key, in the order in which it came.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::Value;
use super::dict::DictKey;

/// Entries in order, and an index over them if they are many.
///
/// Most dicts are small, and an index takes more memory than they do: one entry with one takes six times as much.
#[derive(Clone, Debug, Default)]
pub(super) struct Table<V>(Box<Inner<V>>);

#[derive(Clone, Debug)]
struct Inner<V> {
    entries: Vec<(Value, V)>,
    index: Option<Box<Index>>,
}

impl<V> Default for Inner<V> {
    fn default() -> Inner<V> {
        Inner { entries: Vec::new(), index: None }
    }
}

/// The numbers of entries by the hashes of their keys, by a secret of this index.
#[derive(Clone, Debug, Default)]
struct Index {
    state: RandomState,
    numbers: HashTable<usize>,
}

/// Up to so many entries are gone through one by one.
const FEW: usize = 8;

impl Index {
    fn hash<K: DictKey + ?Sized>(&self, key: &K) -> u64 {
        let mut hasher = self.state.build_hasher();
        key.hash(&mut hasher);
        hasher.finish()
    }
}

impl<V> Table<V> {
    pub(super) fn with_capacity(entries: usize) -> Table<V> {
        Table(Box::new(Inner { entries: Vec::with_capacity(entries), index: None }))
    }

    pub(super) fn len(&self) -> usize {
        self.0.entries.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.entries.is_empty()
    }

    pub(super) fn get<K: DictKey + ?Sized>(&self, key: &K) -> Option<&V> {
        self.number(key).map(|number| &self.0.entries[number].1)
    }

    pub(super) fn get_mut<K: DictKey + ?Sized>(&mut self, key: &K) -> Option<&mut V> {
        self.number(key).map(|number| &mut self.0.entries[number].1)
    }

    /// The entry of a key.
    fn number<K: DictKey + ?Sized>(&self, key: &K) -> Option<usize> {
        let entries = &self.0.entries;
        match &self.0.index {
            None => entries.iter().position(|(known, _)| key.is(known)),
            Some(index) => index.numbers.find(index.hash(key), |&number| key.is(&entries[number].0)).copied(),
        }
    }

    /// Sets the value of a key, which stays in its place where it is there already; gives the value that it had.
    pub(super) fn insert(&mut self, key: Value, value: V) -> Option<V> {
        match self.get_mut(&key) {
            Some(old) => Some(std::mem::replace(old, value)),
            None => {
                self.push(key, value);
                None
            }
        }
    }

    /// The value of a key, set to the default if it is not there.
    pub(super) fn or_default(&mut self, key: Value) -> &mut V
    where
        V: Default,
    {
        let number = match self.number(&key) {
            Some(number) => number,
            None => {
                self.push(key, V::default());
                self.len() - 1
            }
        };
        &mut self.0.entries[number].1
    }

    /// Appends what is not there.
    fn push(&mut self, key: Value, value: V) {
        let Inner { entries, index } = &mut *self.0;
        entries.push((key, value));
        match index {
            Some(index) => Table::note(index, entries, entries.len() - 1),
            None if entries.len() > FEW => self.make_index(),
            None => {}
        }
    }

    fn note(index: &mut Index, entries: &[(Value, V)], number: usize) {
        let Index { state, numbers } = index;
        let hash = |number: &usize| state.hash_one(&entries[*number].0);
        numbers.insert_unique(hash(&number), number, hash);
    }

    fn make_index(&mut self) {
        let Inner { entries, index } = &mut *self.0;
        let made = index.insert(Box::default());
        (0..entries.len()).for_each(|number| Table::note(made, entries, number));
    }

    /// Takes an entry out; those behind it move up.
    pub(super) fn remove<K: DictKey + ?Sized>(&mut self, key: &K) -> Option<V> {
        let number = self.number(key)?;
        let (_, value) = self.0.entries.remove(number);
        if let Some(index) = &mut self.0.index {
            index.numbers.retain(|known| *known != number);
            index.numbers.iter_mut().filter(|known| **known > number).for_each(|known| *known -= 1);
        }
        Some(value)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &V)> + ExactSizeIterator + Clone {
        self.0.entries.iter().map(|(key, value)| (key, value))
    }

    pub(super) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&Value, &mut V)> + ExactSizeIterator {
        self.0.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    pub(super) fn into_entries(self) -> Vec<(Value, V)> {
        self.0.entries
    }
}

impl<V> Extend<(Value, V)> for Table<V> {
    fn extend<I: IntoIterator<Item = (Value, V)>>(&mut self, entries: I) {
        entries.into_iter().for_each(|(key, value)| drop(self.insert(key, value)));
    }
}

impl<V> FromIterator<(Value, V)> for Table<V> {
    fn from_iter<I: IntoIterator<Item = (Value, V)>>(entries: I) -> Table<V> {
        let entries = entries.into_iter();
        let mut table = Table::with_capacity(entries.size_hint().0);
        table.extend(entries);
        table
    }
}

/// Equal in any order.
impl<V: PartialEq> PartialEq for Table<V> {
    fn eq(&self, other: &Table<V>) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl<V: Eq> Eq for Table<V> {}

#[cfg(test)]
mod tests {
    use super::{FEW, Table};
    use crate::Value;

    #[test]
    fn few_and_many_are_found_alike() {
        let mut table = Table::default();
        for number in 0..3 * FEW as i64 {
            assert_eq!(table.insert(Value::Int(number), number), None);
            assert_eq!(table.insert(Value::Int(number), -number), Some(number));
            assert!((0..=number).all(|known| table.get(&Value::Int(known)) == Some(&-known)));
            assert_eq!(table.get(&Value::Int(number + 1)), None);
        }
        assert!(table.0.index.is_some());
        assert_eq!(table.remove(&Value::Int(1)), Some(-1));
        assert_eq!(table.remove(&Value::Int(1)), None);
        assert_eq!(table.get(&Value::Int(0)), Some(&0));
        assert!((2..3 * FEW as i64).all(|known| table.get(&Value::Int(known)) == Some(&-known)));
        assert_eq!(table.iter().nth(1), Some((&Value::Int(2), &-2)));
    }
}
