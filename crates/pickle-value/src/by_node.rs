//! [`ByNode`]: something of each node, in memory for those that have it.

use alloc::vec;
use alloc::vec::Vec;

use hashbrown::HashMap;

/// Numbers by node: a map for a few, a row for many, which takes a fifth of the memory. Zero is none.
#[derive(Default)]
pub(crate) struct ByNode<T> {
    few: HashMap<u32, T, foldhash::fast::FixedState>,
    many: Vec<T>,
}

impl<T: Copy + Default + PartialEq> ByNode<T> {
    /// The number of a node; zero without.
    #[inline]
    pub(crate) fn get(&self, node: u32) -> T {
        let found = if self.many.is_empty() { self.few.get(&node) } else { self.many.get(node as usize) };
        found.copied().unwrap_or_default()
    }

    /// Notes a number; `nodes` is how many nodes there are.
    #[inline]
    pub(crate) fn set(&mut self, node: u32, number: T, nodes: usize) {
        if let Some(slot) = self.many.get_mut(node as usize) {
            *slot = number;
            return;
        }
        self.few.insert(node, number);
        if self.few.len() > nodes / 16 + 64 && self.many.is_empty() {
            self.many = vec![T::default(); nodes];
            for (node, number) in core::mem::take(&mut self.few) {
                self.set(node, number, nodes);
            }
        }
    }
}
