//! Reading without a graph: a type is read off the instructions of a pickle, as they come.
//!
//! What CPython writes of plain data stands nearly in the order in which serde asks for it: a container's beginning, its
//! items, what takes them. So most pickles need no graph, and then reading takes a third to a half of the time. The memo is a
//! row of offsets, and what is got from there is read again.
//!
//! This way is never the last word. Whatever it has no words for, makes it fail: instances, sets, persistent ids, odd uses of
//! the memo, keys that may be equal to others; and so does every error, be it the pickle's or the type's. Then all is read
//! again from a graph, which has the rules, the errors and their places. What it reads, it reads as the graph does: each
//! instruction was found where it belongs, and `tests/direct.rs` holds both ways against each other.
//!
//! Of `(a, b)` a pickle has `a b TUPLE2`, and of an empty list no end. What begins where, the type says mostly, and a look at
//! the next instructions where it does not. A wrong guess ends as everything else does that is not understood, though a
//! type's `Deserialize` may by then have seen what is not there; its value is dropped.

mod de;
mod enums;
mod items;
mod keys;
mod reader;
mod scan;
mod walk;

use serde_core::Deserialize;

use self::reader::{Reader, STOP};
use self::walk::Holder;
use crate::de::Lend;
use crate::options::{BUDGET_PER_BYTE, DEFAULT_BUDGET, DeOptions};

/// How many levels are read without a graph. Unoptimised frames are large, at 128 levels more than 2 MiB: what is deeper is
/// left to the graph in such builds.
const LEVELS: u32 = if cfg!(debug_assertions) { 16 } else { u32::MAX };

/// A pickle that is being read.
pub(crate) struct Direct<'i, L> {
    reader: Reader<'i>,
    lend: L,
    /// How many levels may still follow.
    depth: u32,
    /// What the next object stands in.
    holder: Holder,
}

/// Reads the pickle at `offset` of `input`; gives the offset behind it, too. Nothing where only a graph can tell what there
/// is.
pub(crate) fn read<'i, 'de, L: Lend<'i, 'de>, T: Deserialize<'de>>(
    options: &DeOptions,
    input: &'i [u8],
    offset: usize,
    lend: L,
) -> Option<(T, usize)> {
    if options.budget.is_some() || !options.load.are_for_plain_data() {
        return None;
    }
    let budget = DEFAULT_BUDGET.saturating_add(BUDGET_PER_BYTE.saturating_mul(input.len() as u64));
    let reader = Reader::new(input, offset, budget)?;
    let mut direct = Direct { reader, lend, depth: options.depth.min(LEVELS), holder: Holder::None };
    let value = T::deserialize(&mut direct).ok()?;
    let reader = &mut direct.reader;
    (reader.peek() == STOP && !reader.failed).then_some((value, reader.at + 1))
}
