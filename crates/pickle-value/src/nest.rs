//! [`Nest`]: what is open, however much stands within each other.

use alloc::vec::Vec;

/// A stack that takes no more memory than what is on it: it grows by pieces, so that a million things are never copied as a
/// whole.
#[doc(hidden)]
#[derive(Debug)]
pub struct Nest<T> {
    /// The last piece; empty only if there is nothing at all.
    top: Vec<T>,
    full: Vec<Vec<T>>,
}

/// So many are in a piece.
const PIECE: usize = 1024;

impl<T> Default for Nest<T> {
    fn default() -> Nest<T> {
        Nest::new()
    }
}

impl<T> Nest<T> {
    #[must_use]
    pub fn new() -> Nest<T> {
        Nest { top: Vec::new(), full: Vec::new() }
    }

    pub fn push(&mut self, value: T) {
        if self.top.len() == PIECE {
            self.full.push(core::mem::replace(&mut self.top, Vec::with_capacity(PIECE)));
        }
        self.top.push(value);
    }

    pub fn pop(&mut self) -> Option<T> {
        let popped = self.top.pop();
        if self.top.is_empty()
            && let Some(piece) = self.full.pop()
        {
            self.top = piece;
        }
        popped
    }

    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.top.last()
    }

    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.top.last_mut()
    }

    /// From the first that was pushed on.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.full.iter().flatten().chain(&self.top)
    }
}

#[cfg(test)]
mod tests {
    use super::{Nest, PIECE};

    #[test]
    fn a_nest_is_a_stack() {
        let mut nest = Nest::new();
        let count = 2 * PIECE + 1;
        (0..count).for_each(|value| nest.push(value));
        assert!(nest.iter().copied().eq(0..count));
        for value in (0..count).rev() {
            assert_eq!((nest.last().copied(), nest.last_mut().copied()), (Some(value), Some(value)));
            assert_eq!(nest.pop(), Some(value));
        }
        assert!(nest.last().is_none());
        assert_eq!(nest.pop(), None);
    }
}
