//! [`Names`]: the texts that are interned, each with the first object that has it.

use alloc::vec;
use alloc::vec::Vec;
use core::hash::BuildHasher;

use pickle_value::Handle;

/// For more texts than these no room is made before they come: most may be no names.
const MOST_ROOM: usize = 1 << 12;

/// A table of texts by their hashes. It holds handles; whoever has the graph knows the texts.
#[derive(Debug)]
pub(crate) struct Names {
    /// Each where its hash says, or in the next place that is free. At most half of them are taken.
    entries: Vec<Option<(Handle, u32)>>,
    taken: usize,
    /// Seeded, so that nobody can choose texts whose hashes are the same.
    hasher: foldhash::fast::RandomState,
}

impl Names {
    /// A table that need not grow for so many texts, unless these are very many.
    pub(crate) fn with_room_for(count: usize) -> Names {
        let places = (2 * count.min(MOST_ROOM) + 2).next_power_of_two();
        Names { entries: vec![None; places], taken: 0, hasher: foldhash::fast::RandomState::default() }
    }

    /// The first object of a text; this one, if there was none. `is_text` says whether an object has the text.
    #[inline(always)]
    pub(crate) fn first(&mut self, text: &[u8], object: Handle, is_text: impl Fn(Handle) -> bool) -> Handle {
        if 2 * self.taken >= self.entries.len() {
            self.grow();
        }
        let hash = self.hasher.hash_one(text) as u32;
        let mask = self.entries.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            match self.entries[at & mask] {
                None => break,
                Some((first, known)) if known == hash && is_text(first) => return first,
                Some(_) => at += 1,
            }
        }
        self.entries[at & mask] = Some((object, hash));
        self.taken += 1;
        object
    }

    #[cold]
    fn grow(&mut self) {
        let larger = vec![None; 4 * self.entries.len()];
        let mask = larger.len() - 1;
        for (object, hash) in core::mem::replace(&mut self.entries, larger).into_iter().flatten() {
            let mut at = hash as usize & mask;
            while self.entries[at & mask].is_some() {
                at += 1;
            }
            self.entries[at & mask] = Some((object, hash));
        }
    }
}
