//! Memo keys: any int, as pickletools allows, and a map by them.

use alloc::collections::BTreeMap;

use num_bigint::BigInt;

use crate::Arg;

/// The key of a memo entry. A bool is the int that it equals.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Key {
    Small(i64),
    Big(BigInt),
}

impl Key {
    /// The argument of GET or PUT as a key; `None` for what is no int.
    #[inline]
    pub(crate) fn of(arg: &Arg<'_>) -> Option<Key> {
        Some(match arg {
            Arg::Int(index) => Key::Small(*index),
            Arg::Bool(value) => Key::Small((*value).into()),
            Arg::BigInt(value) => Key::Big(value.to_bigint()),
            _ => return None,
        })
    }

    /// The key of the entry that comes after so many.
    #[inline]
    pub(crate) fn after(count: usize) -> Key {
        Key::Small(count as i64)
    }
}

impl From<Key> for Arg<'static> {
    fn from(key: Key) -> Self {
        match key {
            Key::Small(index) => Arg::Int(index),
            Key::Big(value) => Arg::BigInt(value.into()),
        }
    }
}

/// A map by memo keys. Keys near the count of entries are indexes of a vector, all others go to a tree.
#[derive(Clone, Debug)]
pub(crate) struct KeyMap<V> {
    /// The entries from zero on, without those that went to `sparse`.
    dense: Vec<Option<V>>,
    sparse: BTreeMap<Key, V>,
    len: usize,
}

impl<V> Default for KeyMap<V> {
    fn default() -> Self {
        KeyMap { dense: Vec::new(), sparse: BTreeMap::new(), len: 0 }
    }
}

impl<V: Clone> KeyMap<V> {
    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn get(&self, key: &Key) -> Option<&V> {
        match self.dense_index(key) {
            Some(index) => self.dense[index].as_ref(),
            None if self.sparse.is_empty() => None,
            None => self.sparse.get(key),
        }
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, key: &Key) -> Option<&mut V> {
        match self.dense_index(key) {
            Some(index) => self.dense[index].as_mut(),
            None if self.sparse.is_empty() => None,
            None => self.sparse.get_mut(key),
        }
    }

    /// The key as an index of `dense`, where it has an entry there.
    #[inline]
    fn dense_index(&self, key: &Key) -> Option<usize> {
        let Key::Small(index) = key else { return None };
        let index = usize::try_from(*index).ok()?;
        matches!(self.dense.get(index), Some(Some(_))).then_some(index)
    }

    /// Makes an entry that is not there yet.
    #[inline]
    pub(crate) fn insert(&mut self, key: Key, value: V) {
        self.len += 1;
        if let Key::Small(index) = key
            && let Ok(index) = usize::try_from(index)
            // So the gaps are never more than the entries and some, whatever indexes a pickle claims.
            && index <= 2 * self.len + 64
        {
            if index >= self.dense.len() {
                self.dense.resize(index + 1, None);
            }
            self.dense[index] = Some(value);
        } else {
            self.sparse.insert(key, value);
        }
    }
}
