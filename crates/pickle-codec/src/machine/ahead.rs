//! Room for what is still to come: a row that grows by doubling is copied again and again, and ends half empty.

use core::cmp;

use pickle_value::Outlook;

use super::Machine;
use crate::host::Host;

/// Where the first piece ends: shorter pickles are not worth the looking.
const FIRST: usize = 32 << 10;

/// The next piece is as long as all before it; what is ahead is foreseen for so many times that.
const FAR: usize = 64;

/// Where in the input a driver looks at what is still to come.
pub(super) struct Ahead {
    start: usize,
    end: usize,
    last_look: usize,
    next_look: usize,
    /// How long the memo was at the last look.
    memo: usize,
}

impl Ahead {
    pub(super) fn new(start: usize, end: usize) -> Ahead {
        let next_look = if end.saturating_sub(start) >= 3 * FIRST { start } else { usize::MAX };
        Ahead { start, end, last_look: start, next_look, memo: 0 }
    }

    #[inline(always)]
    pub(super) fn next_look(&self) -> usize {
        self.next_look
    }

    /// The input up to where the next look is due.
    #[inline(always)]
    pub(super) fn piece<'i>(&self, input: &'i [u8]) -> &'i [u8] {
        &input[..cmp::min(self.next_look, input.len())]
    }
}

impl<O: Clone> Machine<O> {
    /// Has a look from `at`: makes room for as much as there will be if the rest is like the last piece.
    #[cold]
    pub(super) fn make_room<H: Host<Object = O>>(&mut self, host: &mut H, ahead: &mut Ahead, at: usize) {
        let done = at - ahead.start;
        let left = cmp::min(ahead.end - at, FAR * done);
        let outlook = Outlook { passed: if ahead.next_look == ahead.start { 0 } else { at - ahead.last_look }, left };
        self.memo.make_room(outlook, self.memo.len() - ahead.memo);
        host.foresee(outlook);
        (ahead.memo, ahead.last_look, ahead.next_look) = (self.memo.len(), at, at + cmp::max(done, FIRST));
    }
}
