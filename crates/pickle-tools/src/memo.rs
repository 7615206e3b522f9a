//! [`Memo`]: what `dis` remembers of the memo, the kind of object in each entry.

use alloc::collections::BTreeMap;

use num_bigint::BigInt;
use pickle_opcodes::StackObject;

use crate::Arg;

/// The memo entries that pickles have made so far.
///
/// Give the same one to several calls of [`dis`](crate::dis()) where one pickler wrote several pickles with one memo.
/// Keys may be any ints, as pickletools allows; those near the count of entries take a byte each.
///
/// ```
/// use pickle_tools::{DisOptions, Memo, dis};
///
/// let mut memo = Memo::new();
/// let mut text = Vec::new();
/// dis(b"]q\x00.", &mut text, DisOptions::new().memo(&mut memo))?;
/// dis(b"h\x00.", &mut text, DisOptions::new().memo(&mut memo))?;
/// assert_eq!(memo.len(), 1);
/// # Ok::<(), pickle_tools::Error>(())
/// ```
#[derive(Clone, Default, Debug)]
pub struct Memo {
    /// The entries from zero on, without those that went to `sparse`.
    dense: Vec<Option<StackObject>>,
    sparse: BTreeMap<Key, StackObject>,
    len: usize,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    Small(i64),
    Big(BigInt),
}

impl Memo {
    /// An empty memo.
    #[must_use]
    pub fn new() -> Memo {
        Memo::default()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// True where there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entry under an int or a bool, which is 0 or 1.
    pub(crate) fn find(&self, key: &Arg<'_>) -> Option<StackObject> {
        match key {
            Arg::Int(index) => self.find_small(*index),
            Arg::Bool(value) => self.find_small((*value).into()),
            Arg::BigInt(value) => self.sparse.get(&Key::Big(value.clone())).copied(),
            _ => None,
        }
    }

    fn find_small(&self, index: i64) -> Option<StackObject> {
        let dense = usize::try_from(index).ok().and_then(|index| self.dense.get(index)).copied().flatten();
        dense.or_else(|| if self.sparse.is_empty() { None } else { self.sparse.get(&Key::Small(index)).copied() })
    }

    /// Makes an entry that is not there yet.
    pub(crate) fn insert(&mut self, key: &Arg<'_>, object: StackObject) {
        match key {
            Arg::Int(index) => self.insert_small(*index, object),
            Arg::Bool(value) => self.insert_small((*value).into(), object),
            Arg::BigInt(value) => {
                self.sparse.insert(Key::Big(value.clone()), object);
            }
            _ => return,
        }
        self.len += 1;
    }

    fn insert_small(&mut self, index: i64, object: StackObject) {
        // So the gaps are never more than the entries and some, whatever indexes a pickle claims.
        match usize::try_from(index) {
            Ok(index) if index <= 2 * self.len + 64 => {
                if index >= self.dense.len() {
                    self.dense.resize(index + 1, None);
                }
                self.dense[index] = Some(object);
            }
            _ => {
                self.sparse.insert(Key::Small(index), object);
            }
        }
    }
}
