//! The free blocks of `.dat`.

use std::collections::{BTreeMap, BTreeSet};

/// A range of blocks: the first, and the first behind it.
type Blocks = (u64, u64);

/// Which blocks hold nothing that the index on the disk refers to, nor the one in memory.
pub(super) struct Space {
    /// By their first block.
    free: BTreeMap<u64, u64>,
    /// The same by length, to find the smallest that does.
    by_length: BTreeSet<(u64, u64)>,
    /// What only the index on the disk refers to.
    freed: Vec<Blocks>,
    /// What only the index in memory refers to, by the first block.
    fresh: BTreeMap<u64, u64>,
    /// Whether the index that was read can be trusted with what a key leaves: no two share a block, and all are there.
    is_sound: bool,
}

impl Space {
    /// What is free in a file of so many blocks.
    pub(super) fn new(used: impl Iterator<Item = Blocks>, blocks: u64) -> Space {
        let mut used: Vec<Blocks> = used.collect();
        used.sort_unstable();
        let mut space = Space {
            free: BTreeMap::new(),
            by_length: BTreeSet::new(),
            freed: Vec::new(),
            fresh: BTreeMap::new(),
            is_sound: true,
        };
        let mut end = 0;
        for (start, behind) in used {
            space.is_sound &= start >= end && behind <= blocks;
            space.add((end, start.min(blocks)));
            end = end.max(behind);
        }
        space.add((end, blocks));
        space
    }

    /// Takes the smallest free range that has so many blocks, if there is one.
    pub(super) fn take(&mut self, blocks: u64) -> Option<u64> {
        let &(length, start) = self.by_length.range((blocks.max(1), 0)..).next()?;
        self.remove(start, length);
        self.add((start + blocks.max(1), start + length));
        Some(start)
    }

    /// A value has been written there.
    pub(super) fn fill(&mut self, (start, end): Blocks) {
        self.fresh.insert(start, end.max(start + 1));
    }

    /// The index in memory no longer refers to a range. If that on the disk never did, it is free.
    pub(super) fn give(&mut self, (start, end): Blocks) {
        match self.fresh.remove(&start) {
            Some(end) => self.add((start, end)),
            None if self.is_sound => self.freed.push((start, end)),
            None => {}
        }
    }

    /// The index on the disk is the one in memory.
    pub(super) fn commit(&mut self) {
        self.fresh.clear();
        for blocks in core::mem::take(&mut self.freed) {
            self.add(blocks);
        }
    }

    /// Adds a range, joined with those that it touches.
    fn add(&mut self, (mut start, mut end): Blocks) {
        if start >= end {
            return;
        }
        while let Some((&other, &behind)) = self.free.range(..=end).next_back().filter(|&(_, &behind)| behind >= start)
        {
            self.remove(other, behind - other);
            (start, end) = (start.min(other), end.max(behind));
        }
        self.free.insert(start, end);
        self.by_length.insert((end - start, start));
    }

    fn remove(&mut self, start: u64, length: u64) {
        self.free.remove(&start);
        self.by_length.remove(&(length, start));
    }
}

#[cfg(test)]
mod tests {
    use super::Space;

    #[test]
    fn gaps_and_the_end_are_free() {
        let mut space = Space::new([(4, 6), (1, 2), (5, 6), (1, 3)].into_iter(), 8);
        assert_eq!([2, 1, 1, 1].map(|blocks| space.take(blocks)), [Some(6), Some(0), Some(3), None]);
        // Two keys may have the blocks: that one goes does not make them free.
        space.give((4, 6));
        space.commit();
        assert_eq!(space.take(1), None);
    }

    #[test]
    fn what_the_disk_refers_to_is_free_only_after_the_next_index() {
        let mut space = Space::new([(0, 1), (1, 2)].into_iter(), 2);
        space.give((0, 1));
        space.give((1, 2));
        assert_eq!(space.take(1), None);
        space.commit();
        assert_eq!(space.take(2), Some(0));
    }

    #[test]
    fn what_was_never_on_the_disk_is_free_at_once() {
        let mut space = Space::new([(0, 1)].into_iter(), 1);
        space.fill((1, 2));
        space.give((1, 2));
        assert_eq!(space.take(1), Some(1));
        space.fill((1, 2));
        space.commit();
        space.give((1, 2));
        assert_eq!(space.take(1), None);
    }

    #[test]
    fn an_index_that_lies_frees_nothing_beyond_the_file() {
        let mut space = Space::new([(u64::MAX / 512, u64::MAX / 512 + 1)].into_iter(), 4);
        assert_eq!((space.take(4), space.take(1)), (Some(0), None));
    }
}
