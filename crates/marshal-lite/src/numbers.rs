//! [`Numbers`]: what references name, with those that are decided in the end.

use alloc::vec::Vec;

use crate::error::ErrorKind;
use crate::out::Out;
use crate::table::FLAG_REF;

/// The numbers of the objects that references can name.
///
/// Whether an object is referred to is known when all is written. Until then each that may be has a number, and where
/// references and first bytes stand is written down; then those that nothing refers to lose theirs, and the others move up.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// Of each number: where its object begins, times four; two if it is referred to, one if it has the flag in any case.
    marks: Vec<u64>,
    /// Where references begin whose numbers may change.
    references: Vec<usize>,
    /// Whether any number may change.
    are_open: bool,
}

/// More numbers than these are not given, as in CPython.
const MOST: usize = (1 << 30) - 2;

impl Numbers {
    pub(crate) fn clear(&mut self) {
        *self = Numbers { marks: Vec::new(), references: Vec::new(), are_open: false };
    }

    /// The number that is given next.
    #[inline(always)]
    pub(crate) fn next(&self) -> u32 {
        self.marks.len() as u32
    }

    /// Gives the next number to an object that begins here, and has the flag or may get it.
    #[inline(always)]
    pub(crate) fn give(&mut self, at: usize, is_flagged: bool) -> Result<(), ErrorKind> {
        if self.marks.len() >= MOST {
            return Err(ErrorKind::TooLarge(self.marks.len()));
        }
        self.marks.push((at as u64) << 2 | u64::from(is_flagged));
        self.are_open |= !is_flagged;
        Ok(())
    }

    /// Notes a reference that begins here.
    #[inline(always)]
    pub(crate) fn refer(&mut self, at: usize, number: u32) {
        if let Some(mark) = self.marks.get_mut(number as usize) {
            *mark |= 2;
        }
        self.references.push(at);
    }

    /// Where the object with a number begins.
    pub(crate) fn place(&self, number: u32) -> Option<usize> {
        self.marks.get(number as usize).map(|mark| (mark >> 2) as usize)
    }

    /// Of each number in turn, whether it has the flag in any case, and whether it is referred to.
    pub(crate) fn flags(&self) -> impl ExactSizeIterator<Item = (bool, bool)> + '_ {
        self.marks.iter().map(|mark| (mark & 1 != 0, mark & 2 != 0))
    }

    /// Flags what is referred to, and makes the numbers what they are without those that nothing refers to.
    pub(crate) fn settle(&mut self, out: &mut Out) {
        if !self.are_open {
            return;
        }
        let written = out.written_mut();
        let mut number = 0;
        for mark in &mut self.marks {
            let (at, is_flagged) = ((*mark >> 2) as usize, (*mark & 1 | *mark >> 1 & 1) as u8);
            written[at] |= is_flagged * FLAG_REF;
            *mark = number;
            number += u64::from(is_flagged);
        }
        for &at in &self.references {
            if let Some(word) = written.get_mut(at + 1..).and_then(<[u8]>::first_chunk_mut::<4>)
                && let Some(&number) = self.marks.get(u32::from_le_bytes(*word) as usize)
            {
                *word = (number as u32).to_le_bytes();
            }
        }
        self.clear();
    }
}
