//! The way from the root to the culprit.

use core::fmt::Write;

use pickle_value::{Graph, Handle};

/// A path longer than this is cut: keys that are long and nested could make it longer than memory holds.
const LONGEST: usize = 4000;

/// `['users'][3]`, step by step.
pub(crate) struct PathText<'g> {
    graph: &'g Graph<'g>,
    text: String,
}

impl<'g> PathText<'g> {
    pub(crate) fn new(graph: &'g Graph<'g>) -> PathText<'g> {
        PathText { graph, text: String::new() }
    }

    pub(crate) fn position(&mut self, position: usize) {
        if self.text.len() < LONGEST {
            // A string takes all that is written.
            let _ = write!(self.text, "[{position}]");
        }
    }

    pub(crate) fn key(&mut self, key: Handle) {
        if self.text.len() < LONGEST {
            let _ = write!(self.text, "[{}]", self.graph.view(key));
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}
