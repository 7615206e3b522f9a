//! The way from the root to the culprit.

use core::fmt::{self, Write};

use pickle_value::{Graph, Handle};

/// A path longer than this is cut: keys that are long and nested could make it longer than memory holds.
const LONGEST: usize = 4000;

/// `['users'][3]`, step by step.
pub(crate) struct PathText<'g> {
    graph: &'g Graph<'g>,
    text: Cut,
}

/// Text that takes no more once it is long enough.
struct Cut(String);

impl<'g> PathText<'g> {
    pub(crate) fn new(graph: &'g Graph<'g>) -> PathText<'g> {
        PathText { graph, text: Cut(String::new()) }
    }

    pub(crate) fn position(&mut self, position: usize) {
        // What does not fit is left out.
        let _ = write!(self.text, "[{position}]");
    }

    pub(crate) fn key(&mut self, key: Handle) {
        let _ = write!(self.text, "[{}]", self.graph.view(key));
    }

    pub(crate) fn finish(self) -> String {
        self.text.0
    }
}

impl Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() >= LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}
