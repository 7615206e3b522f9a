//! Changing one value of a pickle, and no byte that need not change.
//!
//! ```text
//!   path ──► slot: what holds the value ──┐
//!                                         ├──► splices ──► the edited pickle
//!   pickle ──► Trace: who made what where ┘
//! ```
//!
//! The pickle is run once more, by the same machine, beside a stack that knows which instructions each object came from.
//! So it is found which instructions made the value in a place, and who else needs them.

mod put;
mod slot;
mod splice;
mod trace;
mod value;

use alloc::vec::Vec;

use pickle_value::{Builder, Graph, Path};

use crate::error::Error;
use crate::graph_host::GraphHost;
use crate::load::{LoadOptions, with_place};

use slot::Slot;
use trace::Trace;

/// The pickle in which `obj<path> = value` has been done; `graph` is what was made of it.
pub(crate) fn set(
    graph: &Graph<'_>,
    pickle: &[u8],
    options: &LoadOptions,
    path: &Path,
    value: &Graph<'_>,
) -> Result<Vec<u8>, Error> {
    let slot = Slot::find(graph, path)?;
    let mut trace = Trace::new(&slot.objects());
    let mut host = GraphHost::new(Builder::new(), options.clone());
    host.begin_pickle(pickle.len());
    let loaded = options.machine().load_observed(&mut host, pickle, 0, |observed| {
        trace.step(&observed.op, observed.range, observed.top);
        Ok(())
    });
    loaded.map_err(with_place)?;
    let splices = slot.assign(&trace, value)?;
    Ok(splice::apply(pickle, splices, trace.frames()))
}
