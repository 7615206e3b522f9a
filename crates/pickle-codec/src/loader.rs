//! [`Loader`]: pickle after pickle in the same memory.

use core::fmt;

use pickle_value::{Builder, Graph, Handle, Room};

use crate::error::Error;
use crate::graph_host::GraphHost;
use crate::load::LoadOptions;
use crate::machine::Machine;

/// Reads pickle after pickle, and keeps its memory from one to the next.
///
/// Memory that comes from the system is most of what loading a large pickle costs. A loader keeps its stack and memo, and
/// of the graphs that it is given back their vectors. The pickles have nothing in common otherwise: each has a memo of its
/// own. For several pickles with one memo see `Unpickler`.
///
/// ```
/// use pickle_codec::{LoadOptions, Loader};
///
/// let mut loader = Loader::new(LoadOptions::new());
/// for pickle in [b"\x80\x04]\x94(K\x01K\x02e.", b"\x80\x04]\x94(K\x03K\x04e."] {
///     let graph = loader.from_slice(pickle)?;
///     assert_eq!(graph.root().len(), Some(2));
///     loader.recycle(graph);
/// }
/// # Ok::<(), pickle_codec::Error>(())
/// ```
pub struct Loader {
    options: LoadOptions,
    machine: Machine<Handle>,
    room: Room,
}

impl Loader {
    /// A loader without any memory yet.
    #[must_use]
    pub fn new(options: LoadOptions) -> Loader {
        let machine = options.machine();
        Loader { options, machine, room: Room::default() }
    }

    /// Reads one pickle; what follows it is ignored.
    ///
    /// # Errors
    ///
    /// As [`from_slice`](crate::from_slice). The loader can be used further.
    #[doc(alias = "loads")]
    pub fn from_slice<'a>(&mut self, input: &'a [u8]) -> Result<Graph<'a>, Error> {
        self.machine.memo_mut().clear();
        let builder = Builder::with_room(input, core::mem::take(&mut self.room));
        let mut host = GraphHost::new(builder, self.options.clone());
        let (root, _) = self.options.run_in(&mut self.machine, &mut host, input, 0)?;
        self.options.finished(host.into_builder().finish(root))
    }

    /// Takes back the memory of a graph that is no longer needed. It need not be one that this loader made.
    pub fn recycle(&mut self, graph: Graph<'_>) {
        self.room = graph.into_room();
    }
}

impl fmt::Debug for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader").field("options", &self.options).finish_non_exhaustive()
    }
}
