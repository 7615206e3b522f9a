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
    /// The first object of each text.
    firsts: Vec<Handle>,
    /// Of each text the hash, and below it the number of its object plus one: where the hash says, or in the next place that
    /// is free and 0. At most half of the places are taken.
    entries: Vec<u64>,
    /// Seeded, so that nobody can choose texts whose hashes are the same.
    hasher: foldhash::fast::RandomState,
}

impl Names {
    /// A table that need not grow for so many texts, unless these are very many.
    pub(crate) fn with_room_for(count: usize) -> Names {
        let places = (2 * count.min(MOST_ROOM) + 2).next_power_of_two();
        Names { firsts: Vec::new(), entries: vec![0; places], hasher: foldhash::fast::RandomState::default() }
    }

    /// The first object of a text; this one, if there was none. `is_text` says whether an object has the text.
    #[inline(always)]
    pub(crate) fn first(&mut self, text: &[u8], object: Handle, is_text: impl Fn(Handle) -> bool) -> Handle {
        if 2 * self.firsts.len() >= self.entries.len() {
            self.grow();
        }
        let hash = self.hasher.hash_one(text);
        let mask = self.entries.len() - 1;
        let mut at = (hash >> 32) as usize & mask;
        loop {
            let entry = self.entries[at];
            if entry == 0 {
                break;
            }
            let known = self.firsts[(entry as u32 - 1) as usize];
            if (entry ^ hash) >> 32 == 0 && is_text(known) {
                return known;
            }
            at = (at + 1) & mask;
        }
        self.firsts.push(object);
        self.entries[at] = hash >> 32 << 32 | self.firsts.len() as u64;
        object
    }

    #[cold]
    fn grow(&mut self) {
        let larger = vec![0; 4 * self.entries.len()];
        let mask = larger.len() - 1;
        for entry in core::mem::replace(&mut self.entries, larger).into_iter().filter(|&entry| entry != 0) {
            let mut at = (entry >> 32) as usize & mask;
            while self.entries[at] != 0 {
                at = (at + 1) & mask;
            }
            self.entries[at] = entry;
        }
    }
}
