//! [`Detached`]: a graph for a while without its input.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::graph::Graph;
use crate::handle::Handle;
use crate::store::Store;

/// A finished graph without its input: see [`Builder::detach`](crate::Builder::detach).
#[derive(Debug)]
pub struct Detached {
    pub(crate) store: Store<'static>,
    pub(crate) root: Handle,
    pub(crate) globals: Vec<Handle>,
    pub(crate) input_length: usize,
}

impl Detached {
    /// Puts the graph together with its input again.
    ///
    /// # Panics
    ///
    /// If the input has not the length of the one that the builder had.
    #[must_use]
    pub fn attach(self, input: Cow<'_, [u8]>) -> Graph<'_> {
        assert_eq!(input.len(), self.input_length, "the input is the one that the graph was built over");
        Graph::from_parts(input, self.store, self.root, self.globals)
    }
}
