//! [`OpenContainer`] and [`OpenTuple`]: where the items of a container have got to; [`Known`]: what the memo has.

use pickle_opcodes::Opcode;

use crate::encoder::binary_get;

/// A list or dict whose items are being written.
#[derive(Debug)]
#[must_use = "it has to be ended"]
pub struct OpenContainer {
    pub(super) form: Form,
    pub(super) mark: Mark,
    /// How many items the batch has so far, and may have.
    pub(super) given: u32,
    pub(super) most: u32,
}

/// Named by what takes all items above a mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Form {
    List = Opcode::Appends as u8,
    Dict = Opcode::SetItems as u8,
}

impl Form {
    /// What takes all items above a mark.
    #[inline(always)]
    pub(super) fn many(self) -> u8 {
        self as u8
    }

    /// What takes a single item.
    pub(super) fn one(self) -> u8 {
        match self {
            Form::List => Opcode::Append.byte(),
            Form::Dict => Opcode::SetItem.byte(),
        }
    }
}

/// What stands before the items of a batch: of the first, where the mark is. A word, since it is moved often.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mark(pub(super) usize);

impl Mark {
    /// Nothing: there is one item, or none.
    pub(super) const NONE: Mark = Mark(usize::MAX);
    /// The mark of a further batch.
    pub(super) const FURTHER: Mark = Mark(usize::MAX - 1);
}

/// A tuple whose items are being written.
///
/// Apart from lists and dicts, since of a tuple all is known where its type says so, and nothing is left to decide.
#[derive(Debug)]
#[must_use = "it has to be ended"]
pub struct OpenTuple {
    /// How many items it has so far, and will have.
    pub(super) given: usize,
    pub(super) length: usize,
}

impl OpenTuple {
    /// Says that an item is written next: see [`begin_tuple`](super::PushEncoder::begin_tuple).
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// let mut tuple = encoder.begin_tuple(1);
    /// tuple.item();
    /// encoder.none();
    /// encoder.end_tuple(tuple);
    /// assert_eq!(encoder.finish()?, b"\x80\x02N\x85q\0.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline(always)]
    pub fn item(&mut self) {
        self.given += 1;
    }
}

/// An object that the memo has: see [`known`](super::PushEncoder::known).
///
/// It is the instruction that gets it, in the low bytes, and its length in the highest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known(u64);

impl Known {
    #[inline(always)]
    pub(super) fn new(number: u32) -> Known {
        let (word, length) = binary_get(number);
        Known(word | (length as u64) << 56)
    }

    #[inline(always)]
    pub(super) fn get(self) -> ([u8; 8], usize) {
        (self.0.to_le_bytes(), (self.0 >> 56) as usize)
    }
}
