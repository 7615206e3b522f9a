//! BININT, BININT1, BININT2 and LONG1, read without a branch on which of them it is.
//!
//! Among ints of mixed width, which opcode comes next is random, and to guess it wrong costs more than to read the int.
//!
//! ```
//! use pickle_opcodes::binary_int::INTS_AND_LONGS;
//!
//! // -2 as BININT, and what follows it.
//! let word = u64::from_le_bytes(*b"J\xfe\xff\xff\xffK\x07.");
//! let form = INTS_AND_LONGS[usize::from(word as u8)];
//! let size = form.size(word);
//! assert_eq!((form.head(), size), (1, 4));
//! assert_eq!(form.value(word >> (8 * form.head()), size), -2);
//! ```

use crate::Opcode;

/// How an opcode spells an int, if it does.
#[derive(Clone, Copy, Debug)]
pub struct IntForm {
    /// How many bytes stand before the int's own.
    head: u8,
    /// How many bytes the int has; 0 where a byte before it says so, or where there is no int.
    size: u8,
    /// Which bits of the byte behind the opcode say how many there are.
    counted: u8,
    /// How many bytes that makes without those: where the next instruction is, is to be known soon.
    whole: u8,
    /// Which bits are the int's, once it was read with a sign.
    bits: i32,
}

impl IntForm {
    const NONE: IntForm = IntForm::new(1, 0, 0, 0);

    const fn new(head: u8, size: u8, counted: u8, bits: i32) -> IntForm {
        IntForm { head, size, counted, whole: head + size, bits }
    }

    /// How many bytes the int has, in an instruction that `word` is the beginning of, the opcode lowest. 0 for LONG1's shortest
    /// spelling of 0, and for every opcode that is none of these; up to 255 for LONG1.
    ///
    /// ```
    /// use pickle_opcodes::{Opcode, binary_int::{INTS, INTS_AND_LONGS}};
    ///
    /// let (int, long) = (Opcode::BinInt2.byte(), Opcode::Long1.byte());
    /// let word = |opcode| u64::from_le_bytes([opcode, 9, 0, 0, 0, 0, 0, 0]);
    /// assert_eq!((INTS[usize::from(int)].size(word(int)), INTS_AND_LONGS[usize::from(int)].size(word(int))), (2, 2));
    /// assert_eq!((INTS[usize::from(long)].size(word(long)), INTS_AND_LONGS[usize::from(long)].size(word(long))), (0, 9));
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn size(self, word: u64) -> u64 {
        u64::from(self.size) | (word >> 8 & u64::from(self.counted))
    }

    /// How many bytes the instruction has that `word` is the beginning of.
    ///
    /// ```
    /// use pickle_opcodes::binary_int::INTS_AND_LONGS;
    ///
    /// let length = |start| INTS_AND_LONGS[usize::from(start as u8)].length(start);
    /// assert_eq!((length(0x4b), length(0x4d), length(0x4a), length(0x07_8a)), (2, 3, 5, 9));
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn length(self, word: u64) -> usize {
        usize::from(self.whole) + usize::from((word >> 8) as u8 & self.counted)
    }

    /// How many bytes stand before the int's own, the opcode's with them: 1 or 2.
    ///
    /// ```
    /// use pickle_opcodes::{Opcode, binary_int::INTS_AND_LONGS};
    ///
    /// assert_eq!(INTS_AND_LONGS[usize::from(Opcode::BinInt1.byte())].head(), 1);
    /// assert_eq!(INTS_AND_LONGS[usize::from(Opcode::Long1.byte())].head(), 2);
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn head(self) -> usize {
        usize::from(self.head)
    }

    /// The int whose bytes `word` has, the lowest first, and anything behind them. There are to be 1 to 8, or the value makes
    /// no sense.
    ///
    /// ```
    /// use pickle_opcodes::{Opcode, binary_int::INTS};
    ///
    /// assert_eq!(INTS[usize::from(Opcode::BinInt1.byte())].value(0x2eff, 1), 255);
    /// assert_eq!(INTS[usize::from(Opcode::BinInt.byte())].value(0x2e_ffff_ffff, 4), -1);
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn value(self, word: u64, size: u64) -> i64 {
        let behind = 64u64.wrapping_sub(8 * size) % 64;
        (word << behind) as i64 >> behind & i64::from(self.bits)
    }

    /// The int of the instruction that `word` is the beginning of, the opcode lowest, if that has this many bytes: 2 to 8, or
    /// the value makes no sense.
    ///
    /// ```
    /// use pickle_opcodes::{Opcode, binary_int::INTS_AND_LONGS};
    ///
    /// let value = |opcode: Opcode, word, length| INTS_AND_LONGS[usize::from(opcode.byte())].value_of_length(word, length);
    /// assert_eq!(value(Opcode::BinInt2, 0x2e_ffff_4d, 3), 0xffff);
    /// assert_eq!(value(Opcode::Long1, 0x2e_ffff_02_8a, 4), -1);
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn value_of_length(self, word: u64, length: u8) -> i64 {
        let behind = 64u64.wrapping_sub(8 * u64::from(length));
        (word << (behind % 64)) as i64 >> (behind.wrapping_add(8 * u64::from(self.head)) % 64) & i64::from(self.bits)
    }
}

/// BININT, BININT1 and BININT2, by opcode.
pub static INTS: [IntForm; 256] = {
    let mut forms = [IntForm::NONE; 256];
    forms[Opcode::BinInt1 as usize] = IntForm::new(1, 1, 0, 0xff);
    forms[Opcode::BinInt2 as usize] = IntForm::new(1, 2, 0, 0xffff);
    forms[Opcode::BinInt as usize] = IntForm::new(1, 4, 0, -1);
    forms
};

/// The same, and LONG1.
pub static INTS_AND_LONGS: [IntForm; 256] = {
    let mut forms = INTS;
    forms[Opcode::Long1 as usize] = IntForm::new(2, 0, 0xff, -1);
    forms
};

/// How many bytes [`lengths`] looks at.
pub const AT_ONCE: usize = 512;

/// How long the instruction is that starts at each of the bytes but the last, were it BININT, BININT1, BININT2, or a LONG1 of 1
/// to 6 bytes where `with_longs` is set; 0 where none of these would.
///
/// Where many ints follow each other, to look this up is all that is left to do before the next one is known: to ask the
/// opcode for its form takes twice as long. Most of it is for nothing, and quick nevertheless, as no byte waits for another.
///
/// ```
/// use pickle_opcodes::binary_int::{AT_ONCE, lengths};
///
/// let mut bytes = [b'.'; AT_ONCE + 1];
/// bytes[..10].copy_from_slice(b"K\x07M\x07\x01\x8a\x02\xff\x7fJ");
/// assert_eq!(lengths(&bytes, true)[..10], [2, 0, 3, 0, 0, 4, 0, 0, 0, 5]);
/// assert_eq!(lengths(&bytes, false)[5], 0);
/// ```
#[inline]
#[must_use]
pub fn lengths(bytes: &[u8; AT_ONCE + 1], with_longs: bool) -> [u8; AT_ONCE] {
    const INT_1: u8 = Opcode::BinInt1 as u8;
    const INT_2: u8 = Opcode::BinInt2 as u8;
    const INT_4: u8 = Opcode::BinInt as u8;
    const LONG: u8 = Opcode::Long1 as u8;
    let longs = if with_longs { u8::MAX } else { 0 };
    let mut lengths = [0; AT_ONCE];
    for ((length, &byte), &behind) in lengths.iter_mut().zip(&bytes[..AT_ONCE]).zip(&bytes[1..]) {
        let only = |is: bool, length: u8| if is { length } else { 0 };
        let long = only(behind.wrapping_sub(1) < 6, behind.wrapping_add(2)) & longs;
        *length = only(byte == INT_1, 2) | only(byte == INT_2, 3) | only(byte == INT_4, 5) | only(byte == LONG, long);
    }
    lengths
}
