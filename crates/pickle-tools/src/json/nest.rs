//! [`Nest`]: what is open, however much stands within each other; and [`Marks`], which object is what.

use pickle_value::{Graph, Handle, Identity, Sort};

/// A stack that takes no more memory than what is on it: it grows by pieces, so that a million things are never copied as a
/// whole.
pub(crate) struct Nest<T> {
    /// The last piece; empty only if there is nothing at all.
    top: Vec<T>,
    full: Vec<Vec<T>>,
}

/// So many are in a piece.
const PIECE: usize = 1024;

impl<T> Nest<T> {
    pub(crate) fn new() -> Nest<T> {
        Nest { top: Vec::new(), full: Vec::new() }
    }

    pub(crate) fn push(&mut self, value: T) {
        if self.top.len() == PIECE {
            self.full.push(core::mem::replace(&mut self.top, Vec::with_capacity(PIECE)));
        }
        self.top.push(value);
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let popped = self.top.pop();
        if self.top.is_empty()
            && let Some(piece) = self.full.pop()
        {
            self.top = piece;
        }
        popped
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.top.last()
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut T> {
        self.top.last_mut()
    }

    /// From the first that was pushed on.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.full.iter().flatten().chain(&self.top)
    }
}

/// Something of each object of a graph that has an identity, by its number: the default, until it is set.
pub(crate) struct Marks<T> {
    spans: Vec<T>,
    nodes: Vec<T>,
}

impl<T: Copy + Default> Marks<T> {
    pub(crate) fn new(graph: &Graph<'_>) -> Marks<T> {
        let counts = graph.counts();
        Marks { spans: vec![T::default(); counts.spans], nodes: vec![T::default(); counts.nodes] }
    }

    pub(crate) fn get(&self, handle: Handle) -> T {
        let Identity { sort, number } = handle.identity();
        let row = match sort {
            Sort::Span => &self.spans,
            Sort::Node => &self.nodes,
            _ => return T::default(),
        };
        row.get(number as usize).copied().unwrap_or_default()
    }

    /// The mark of an object; nothing for what is no object of its own.
    pub(crate) fn get_mut(&mut self, handle: Handle) -> Option<&mut T> {
        let Identity { sort, number } = handle.identity();
        match sort {
            Sort::Span => self.spans.get_mut(number as usize),
            Sort::Node => self.nodes.get_mut(number as usize),
            _ => None,
        }
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
