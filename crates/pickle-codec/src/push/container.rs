//! [`OpenContainer`]: where the items of a container have got to.

use pickle_opcodes::Opcode;

/// A list, dict or tuple whose items are being written.
#[derive(Debug)]
#[must_use = "it has to be ended"]
pub struct OpenContainer {
    pub(super) form: Form,
    pub(super) mark: Mark,
    /// How many items the batch has so far, and may have; or the tuple.
    pub(super) given: u32,
    pub(super) most: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    List,
    Dict,
    Tuple,
}

impl Form {
    /// What takes all items above a mark.
    #[inline(always)]
    pub(super) fn many(self) -> Opcode {
        match self {
            Form::List => Opcode::Appends,
            Form::Dict => Opcode::SetItems,
            Form::Tuple => Opcode::Tuple,
        }
    }

    /// What takes a single item.
    pub(super) fn one(self) -> Opcode {
        match self {
            Form::List => Opcode::Append,
            Form::Dict => Opcode::SetItem,
            Form::Tuple => Opcode::Tuple1,
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
