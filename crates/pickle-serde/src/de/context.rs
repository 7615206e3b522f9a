//! [`Context`]: what is the same for all objects of one pickle while they are read.

use std::cell::Cell;

use pickle_codec::Graph;
use pickle_codec::value::{Handle, Value, View};

use super::object;
use crate::error::{Error, ErrorKind, Result};
use crate::options::{BUDGET_PER_BYTE, DEFAULT_BUDGET, DeOptions};

/// Gives content of the graph for longer than the graph lives, where it can.
pub(crate) trait Lend<'g, 'de>: Copy {
    fn lend(self, bytes: &'g [u8]) -> Option<&'de [u8]>;
    fn lend_text(self, text: &'g str) -> Option<&'de str>;
}

/// The graph itself lives long enough.
#[derive(Clone, Copy)]
pub(crate) struct FromGraph;

impl<'g> Lend<'g, 'g> for FromGraph {
    #[inline(always)]
    fn lend(self, bytes: &'g [u8]) -> Option<&'g [u8]> {
        Some(bytes)
    }

    #[inline(always)]
    fn lend_text(self, text: &'g str) -> Option<&'g str> {
        Some(text)
    }
}

/// What the graph borrowed from this input is borrowed from there again.
#[derive(Clone, Copy)]
pub(crate) struct FromInput<'de>(pub(crate) &'de [u8]);

impl<'g, 'de> Lend<'g, 'de> for FromInput<'de> {
    #[inline(always)]
    fn lend(self, bytes: &'g [u8]) -> Option<&'de [u8]> {
        // The comparison of addresses is all that is done with them.
        let offset = (bytes.as_ptr() as usize).wrapping_sub(self.0.as_ptr() as usize);
        self.0.get(offset..)?.get(..bytes.len())
    }

    #[inline(always)]
    fn lend_text(self, text: &'g str) -> Option<&'de str> {
        std::str::from_utf8(self.lend(text.as_bytes())?).ok()
    }
}

pub(crate) struct Context<'g, L> {
    pub(crate) graph: &'g Graph<'g>,
    pub(crate) lend: L,
    pub(crate) class_key: Option<String>,
    depth: u32,
    budget: u64,
    left: Cell<u64>,
    /// The last names of fields, by the numbers of their objects: records have the same ones again and again.
    names: [Cell<Option<(Handle, &'g str)>>; NAMES],
}

const NAMES: usize = 32;

/// What an object costs beside its text or bytes, at least.
const OBJECT: u64 = 8;

impl<'g, L> Context<'g, L> {
    pub(crate) fn new(graph: &'g Graph<'g>, lend: L, options: &DeOptions) -> Context<'g, L> {
        let by_size = DEFAULT_BUDGET.saturating_add(BUDGET_PER_BYTE.saturating_mul(graph.size_hint() as u64));
        let budget = options.budget.unwrap_or(by_size);
        Context {
            graph,
            lend,
            class_key: options.class_key.clone(),
            depth: options.depth,
            budget,
            left: Cell::new(budget),
            names: [const { Cell::new(None) }; NAMES],
        }
    }

    /// The text of a key; nothing for a key that is none.
    #[inline]
    pub(crate) fn field_name(&self, key: Handle) -> Option<&'g str> {
        let place = &self.names[key.identity().number as usize % NAMES];
        match place.get() {
            Some((known, name)) if known == key => Some(name),
            _ => {
                let name = object::text_of(self.view(key))?;
                place.set(Some((key, name)));
                Some(name)
            }
        }
    }

    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    #[inline(always)]
    pub(crate) fn value(&self, handle: Handle) -> Value<'g> {
        self.graph.value(handle)
    }

    pub(crate) fn view(&self, handle: Handle) -> View<'g> {
        self.graph.view(handle)
    }

    /// Pays for the visit of so many objects.
    #[inline(always)]
    pub(crate) fn charge_objects(&self, count: usize) -> Result<()> {
        self.charge_bytes((count as u64).saturating_mul(OBJECT))
    }

    /// Pays for a copy of so many bytes.
    #[inline(always)]
    pub(crate) fn charge_bytes(&self, bytes: u64) -> Result<()> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(Error::new(ErrorKind::OverBudget(self.budget))),
        }
    }

    /// Nesting has gone on for as long as it may: why?
    #[cold]
    pub(crate) fn too_deep(&self, object: Handle) -> Error {
        /// A cycle of more objects is not looked for: that takes as much memory as the graph.
        const MOST: usize = 1 << 12;
        let view = self.view(object);
        let mut seen = hashbrown::HashSet::<Handle, foldhash::fast::RandomState>::default();
        let mut waiting: Vec<View<'_>> = view.parts();
        while let Some(part) = waiting.pop() {
            if part.handle() == Some(object) {
                return Error::new(ErrorKind::Cycle(view.kind().type_name()));
            }
            if seen.len() == MOST {
                break;
            }
            if part.handle().is_some_and(|handle| seen.insert(handle)) {
                waiting.extend(part.parts());
            }
        }
        Error::new(ErrorKind::TooDeep(self.depth))
    }
}
