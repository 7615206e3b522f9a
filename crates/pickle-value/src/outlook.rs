//! [`Outlook`]: how much is still to come, by what came so far.

use alloc::vec::Vec;

use crate::store::Store;

/// A look from within the input of a reader: at the piece that was read last, and at what is left.
#[derive(Clone, Copy, Debug)]
pub struct Outlook {
    /// How many bytes the last piece has.
    pub passed: usize,
    /// How many bytes are left, or how far of them one wants to look ahead.
    pub left: usize,
}

impl Outlook {
    /// Makes room in a row that has grown by `grown` entries in the last piece. What the memory does not give now, is asked
    /// for again when it is needed.
    pub fn make_room<T>(self, row: &mut Vec<T>, grown: usize) {
        let Some(expected) = (grown as u64).saturating_mul(self.left as u64).checked_div(self.passed as u64) else {
            return;
        };
        let expected = usize::try_from(expected).unwrap_or(usize::MAX);
        if row.capacity() - row.len() < expected {
            let mut wider = Vec::new();
            // A little more, as no two pieces are quite alike. What is in use is copied; a reallocation might copy the rest,
            // and so take memory from the system that nothing was ever written to.
            if wider.try_reserve_exact(row.len().saturating_add(expected).saturating_add(expected / 16)).is_ok() {
                wider.append(row);
                *row = wider;
            }
        }
    }
}

/// The lengths of a builder's rows at the last look.
#[derive(Debug, Default)]
pub(crate) struct Lengths([usize; 7]);

impl Lengths {
    pub(crate) fn foresee(&mut self, outlook: Outlook, store: &mut Store<'_>, lists: [&mut Vec<u32>; 3]) {
        let Lengths([spans, arena, nodes, pool, numbers @ ..]) = self;
        look(outlook, &mut store.spans, spans);
        look(outlook, &mut store.arena, arena);
        look(outlook, &mut store.nodes, nodes);
        look(outlook, &mut store.pool, pool);
        for (row, last) in lists.into_iter().zip(numbers) {
            look(outlook, row, last);
        }
    }
}

fn look<T>(outlook: Outlook, row: &mut Vec<T>, last: &mut usize) {
    outlook.make_room(row, row.len().saturating_sub(*last));
    *last = row.len();
}
