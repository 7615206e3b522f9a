//! What a [`Pickler`](crate::Pickler) remembers from one pickle to the next.

use alloc::string::String;
#[cfg(feature = "std")]
use alloc::vec::Vec;

use hashbrown::HashMap;
use pickle_value::Handle;
#[cfg(feature = "std")]
use pickle_value::{Graph, Identity, Sort, View};

use super::GraphSource;
use super::foreign::Content;
#[cfg(feature = "std")]
use super::foreign::EXTRAS;
#[cfg(feature = "std")]
use crate::profile::Profile;

/// The memo of objects of several graphs, and what the pickler has brought along.
///
/// Classes and functions are one object in Python, whatever graph names them, and so are one-character strings and the
/// like; all else is what it is in its own graph.
#[cfg(feature = "std")]
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// By graph: the numbers of its spans and of its nodes, each plus one.
    graphs: HashMap<usize, (Vec<u32>, Vec<u32>), foldhash::fast::RandomState>,
    /// The numbers of what is foreign to all graphs.
    foreign: Vec<u32>,
    extras: Vec<Content>,
    names: HashMap<String, Handle, foldhash::fast::RandomState>,
    functions_of: HashMap<String, Handle, foldhash::fast::RandomState>,
    globals: Globals,
}

/// The memo's numbers of globals by name, each plus one.
pub(super) type Globals = HashMap<(String, String), u32, foldhash::fast::RandomState>;

#[cfg(feature = "std")]
impl Kept {
    /// The memo's number of an object.
    pub(crate) fn number(&self, graph: &Graph<'_>, object: View<'_>) -> Option<u32> {
        if let Some((module, name)) = object.as_global() {
            return self.globals.get(&(String::from(module), String::from(name)))?.checked_sub(1);
        }
        let (spans, nodes) = self.graphs.get(&graph.id())?;
        let Identity { sort, number } = object.handle()?.identity();
        let numbers = match sort {
            Sort::Span => spans,
            Sort::Node => nodes,
            _ => return None,
        };
        numbers.get(number as usize)?.checked_sub(1)
    }
}

#[cfg(feature = "std")]
impl<'g> GraphSource<'g> {
    /// A source that goes on with what was kept.
    pub(crate) fn resumed(graph: &'g Graph<'g>, protocol: u8, profile: Profile, kept: &mut Kept) -> GraphSource<'g> {
        let mut source = GraphSource::bare(graph, protocol, profile);
        let [_, spans, nodes, foreign] = source.starts;
        if let Some((of_spans, of_nodes)) = kept.graphs.get(&graph.id()) {
            source.memo[spans..spans + of_spans.len()].copy_from_slice(of_spans);
            source.memo[nodes..nodes + of_nodes.len()].copy_from_slice(of_nodes);
        }
        if !kept.foreign.is_empty() {
            source.memo.truncate(foreign);
            source.memo.append(&mut kept.foreign);
        }
        source.extras = core::mem::take(&mut kept.extras);
        source.names = core::mem::take(&mut kept.names);
        source.functions_of = core::mem::take(&mut kept.functions_of);
        source.globals = core::mem::take(&mut kept.globals);
        source.know_globals();
        source.note_standard();
        source
    }

    /// Keeps what later pickles may refer to.
    pub(crate) fn keep(mut self, kept: &mut Kept) {
        self.note_globals();
        for (single, text) in self.own_texts.firsts() {
            let [single, text] = [single, text].map(|handle| self.slot(handle));
            self.memo[text] = self.memo[single];
        }
        let [_, spans, nodes, foreign] = self.starts;
        let of_graph = (self.memo[spans..nodes].to_vec(), self.memo[nodes..foreign].to_vec());
        kept.graphs.insert(self.graph.id(), of_graph);
        kept.foreign = self.memo.split_off(foreign);
        kept.extras = self.extras;
        kept.names = self.names;
        kept.functions_of = self.functions_of;
        kept.globals = self.globals;
    }

    /// The globals of this graph that another one named before.
    fn know_globals(&mut self) {
        if self.globals.is_empty() {
            return;
        }
        for global in self.graph.globals() {
            let (Some((module, name)), Some(handle)) = (global.as_global(), global.handle()) else { continue };
            if let Some(&number) = self.globals.get(&(String::from(module), String::from(name))) {
                let slot = self.slot(handle);
                self.memo[slot] = number;
            }
        }
    }

    /// The globals that are in the memo, by name.
    fn note_globals(&mut self) {
        for global in self.graph.globals() {
            let (Some((module, name)), Some(handle)) = (global.as_global(), global.handle()) else { continue };
            let number = self.memo(handle);
            if number > 0 {
                self.globals.insert((String::from(module), String::from(name)), number);
            }
        }
        for (at, content) in self.extras.iter().enumerate() {
            let (module, name) = match content {
                Content::Builtin(builtin) => self.name_of(*builtin),
                Content::Global(names) => (names.0.as_str(), names.1.as_str()),
                _ => continue,
            };
            let number = self.memo(Handle::foreign(EXTRAS + at as u32));
            if number > 0 {
                self.globals.insert((String::from(module), String::from(name)), number);
            }
        }
    }
}

impl GraphSource<'_> {
    /// A global that the graph does not have, with its number in the memo if another graph had it.
    pub(super) fn extra_global(&mut self, content: Content, module: &str, name: &str) -> Handle {
        let handle = self.extra(content);
        if !self.globals.is_empty()
            && let Some(&number) = self.globals.get(&(String::from(module), String::from(name)))
        {
            let slot = self.slot(handle);
            self.memo[slot] = number;
        }
        handle
    }
}
