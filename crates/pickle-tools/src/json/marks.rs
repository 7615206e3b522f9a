//! [`Marks`]: which object is what.

use pickle_value::{Graph, Handle, Identity, Sort};

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
