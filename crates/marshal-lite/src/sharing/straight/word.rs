//! [`Word`]: what is known of an object.

use super::super::Context;
use crate::table::TypeCode;
use crate::write::with_word;

/// What is known of an object.
///
/// Nothing, as long as it has no number. Then it is that, and in the highest bits that it was met and what is settled of it, as
/// in [`State`](super::super::slots::State).
#[derive(Clone, Copy, Default)]
pub(super) struct Word(u32);

const MET: u32 = 1 << SETTLED_AT >> 1;
const SETTLED_AT: u32 = 30;

/// Whatever is asked about an object, it is settled.
pub(super) const SETTLED: u32 = 3;

impl Word {
    /// Of what has this number, with what is settled of it.
    #[inline(always)]
    pub(super) const fn numbered(number: u32, settled: u32) -> Word {
        Word(number | MET | settled << SETTLED_AT)
    }

    /// Whether it has a number.
    #[inline(always)]
    pub(super) const fn is_met(self) -> bool {
        self.0 >= MET
    }

    /// Whether it has a number, and all is settled that has to be for what is in such a place.
    #[inline(always)]
    pub(super) const fn is_known(self, context: Context) -> bool {
        if context.needs() == 0 { self.is_met() } else { self.has_settled(context.needs()) }
    }

    #[inline(always)]
    pub(super) const fn has_settled(self, needs: u32) -> bool {
        !(self.0 >> SETTLED_AT) & needs == 0
    }

    pub(super) fn settle(&mut self, needs: u32) {
        self.0 |= needs << SETTLED_AT;
    }

    /// The reference to what has a number: the low five bytes, whatever is above.
    #[inline(always)]
    pub(super) const fn reference(self) -> u64 {
        with_word(TypeCode::Ref, 0, self.number())
    }

    /// The number of what has one.
    pub(super) const fn number(self) -> u32 {
        self.0 & (MET - 1)
    }
}
