//! Keys, of which no two may be equal: of equal keys a dict has the last one's value.

use std::hash::{BuildHasher, Hash};

use super::{Direct, Name};
use crate::error::Result;

impl Direct {
    /// Notes a key that is about to be written.
    ///
    /// Python takes `True` for 1, and text for nothing but text.
    #[inline(always)]
    pub(super) fn note_key(&mut self, key: &(impl Hash + ?Sized)) {
        self.keys.push(self.hashes.hash_one(key));
    }

    /// Drops the keys from `start` on; gives up where two of them may be equal.
    pub(super) fn drop_keys(&mut self, start: usize) -> Result<()> {
        let is_unique = are_unique(&mut self.keys[start..]);
        self.keys.truncate(start);
        if is_unique { Ok(()) } else { Err(self.give_up()) }
    }
}

/// How many are compared one by one.
const FEW: usize = 8;

fn are_unique(hashes: &mut [u64]) -> bool {
    if hashes.len() <= FEW {
        return (1..hashes.len()).all(|at| !hashes[..at].contains(&hashes[at]));
    }
    hashes.sort_unstable();
    hashes.windows(2).all(|pair| pair[0] != pair[1])
}

/// The names of the fields of a struct.
#[derive(Default)]
pub(super) struct Seen {
    /// The bits of those that have one.
    few: u64,
    #[expect(clippy::box_collection, reason = "it is moved often, and hardly any has this")]
    /// The numbers of the others' texts.
    many: Option<Box<Vec<u32>>>,
}

impl Seen {
    /// False for one that was there before, or has no bit.
    #[inline(always)]
    pub(super) fn insert(&mut self, name: &Name) -> bool {
        let is_new = name.bit & !self.few != 0;
        self.few |= name.bit;
        is_new
    }

    /// The same of one that is [not new](Self::insert) by its bit.
    #[cold]
    #[inline(never)]
    pub(super) fn insert_further(&mut self, name: &Name) -> bool {
        if name.bit != 0 {
            return false;
        }
        let many = self.many.get_or_insert_default();
        let is_new = !many.contains(&name.text);
        many.push(name.text);
        is_new
    }
}
