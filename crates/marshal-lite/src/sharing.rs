//! Which objects are shared: what CPython has one of, what a graph refers to twice.
//!
//! ```text
//!   graph ──► First ──► Writer ──► nearly always, all that is to be written
//!               └─► what was learnt ──► Again ──► Writer ──► where it was learnt too late
//! ```
//!
//! How often an object is referred to, and which strings are interned, is known when all was written once. So all is
//! written, with flags and numbers left open. Only where a string that was written turns out to be one with another, or the
//! items of a set have to stand in another order, all is written again.

mod again;
mod context;
mod first;
mod names;
mod order;
mod slots;
mod straight;

use crate::version::Release;

pub(crate) use again::Again;
pub(crate) use context::{Context, Place};
pub(crate) use first::First;
pub(crate) use straight::write as write_straight;

/// Which objects get the flag that references need, from version 3 on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Sharing {
    /// As CPython: what it has one object of wherever it comes from (small ints, the empty tuple, names and the like), and
    /// what is referred to more than once.
    #[default]
    CPython,
    /// Only what a reference names; and the items of sets in the order of their bytes by all releases.
    Referenced,
    /// Nothing: what is shared is written again wherever it stands. A cycle has no such form.
    Never,
}

/// What decides which objects are shared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) version: u8,
    pub(crate) sharing: Sharing,
    pub(crate) python2: bool,
    /// `marshal.dumps` holds its argument twice.
    root_is_held_twice: bool,
    /// The items of a set are held once more while it is written.
    set_items_are_held_twice: bool,
    /// The items of sets are written in the order of their bytes.
    sets_are_ordered: bool,
    /// An item is held once more while its bytes for that are made.
    ordering_holds_items: bool,
    /// There is one frozenset that is empty.
    empty_frozenset_is_one: bool,
    /// Each str of one latin-1 character is interned from the start. Before, it depends on what else is in the process.
    characters_are_interned: bool,
}

impl Rules {
    pub(crate) fn new(version: u8, release: Release, sharing: Sharing) -> Rules {
        let number = release.number();
        let holds = sharing == Sharing::CPython && !release.is_python2();
        Rules {
            version,
            sharing,
            python2: release.is_python2(),
            root_is_held_twice: holds && number < (3, 7),
            set_items_are_held_twice: holds && !matches!(number, (3, 9 | 10)),
            sets_are_ordered: number >= (3, 11) || sharing == Sharing::Referenced,
            ordering_holds_items: holds && number >= (3, 13),
            empty_frozenset_is_one: number < (3, 10),
            characters_are_interned: number >= (3, 13),
        }
    }

    /// Whether there is anything to share: references, and in Python 2 interned strings.
    fn are_numbered(&self) -> bool {
        self.version >= 3 || self.python2 && self.version > 0
    }

    /// The context of the object that all others are in.
    pub(crate) fn of_root(&self) -> Context {
        if self.root_is_held_twice { Context::HELD } else { Context::PLAIN }
    }

    /// The context of what is written to find the order of a set's items.
    fn of_ordered(&self) -> Context {
        if self.ordering_holds_items { Context::HELD } else { Context::PLAIN }
    }

    /// What comes to the context of a set's items.
    fn of_set_items(&self) -> Context {
        if self.set_items_are_held_twice { Context::HELD } else { Context::PLAIN }
    }
}
