//! [`Memo`]: what `dis` remembers of the memo, the kind of object in each entry.

use pickle_opcodes::StackObject;

use crate::keys::{Key, KeyMap};

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
pub struct Memo(KeyMap<StackObject>);

impl Memo {
    /// An empty memo.
    #[must_use]
    pub fn new() -> Memo {
        Memo::default()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True where there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry of a key.
    #[inline]
    pub(crate) fn find(&self, key: &Key) -> Option<StackObject> {
        self.0.get(key).copied()
    }

    /// Makes an entry that is not there yet.
    #[inline]
    pub(crate) fn insert(&mut self, key: Key, object: StackObject) {
        self.0.insert(key, object);
    }
}
