//! What can be wrong with a pickle, as pickletools sees it.

use core::fmt;

use pickle_opcodes::{Opcode, StackObject};

use crate::Arg;

/// An error with its place: the offset of the instruction, and its opcode where that could be read.
///
/// One word wide. The message names the place as [`pickle_opcodes::Error`] does:
/// `the memo has no entry 7 (BINGET at byte 12)`.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    offset: u64,
    opcode: Option<Opcode>,
    kind: ErrorKind,
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { offset, opcode, kind } = self;
        match opcode {
            Some(opcode) => write!(f, "{kind} ({opcode} at byte {offset})"),
            None => write!(f, "{kind} (at byte {offset})"),
        }
    }
}

impl core::error::Error for Inner {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.kind.source()
    }
}

impl Error {
    #[cold]
    pub(crate) fn new(offset: u64, opcode: Option<Opcode>, kind: ErrorKind) -> Error {
        Error(Box::new(Inner { offset, opcode, kind }))
    }

    /// What the decoder says, in our words.
    #[cold]
    pub(crate) fn from_decoding(error: pickle_opcodes::Error) -> Error {
        let (offset, opcode) = (error.offset() as u64, error.opcode());
        Error::new(offset, opcode, error.into_kind().into())
    }

    /// The same error with its offset counted from a place `base` bytes before.
    #[cold]
    pub(crate) fn moved(mut self, base: u64) -> Error {
        self.0.offset += base;
        self
    }

    /// Where the instruction starts, counted as [`GenOp::offset`](crate::GenOp::offset) is.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.offset
    }

    /// The instruction, where its byte could be read.
    #[must_use]
    pub fn opcode(&self) -> Option<Opcode> {
        self.0.opcode
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }
}

/// What is wrong with a pickle, or with the reader or writer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are no instruction, or its argument cannot be read. `EndOfInput` is what pickletools calls "pickle
    /// exhausted before seeing STOP".
    #[error(transparent)]
    Bytes(pickle_opcodes::ErrorKind),
    /// The argument of STRING, GLOBAL, INST or PERSID is not ASCII once its escapes are resolved.
    #[error("byte 0x{byte:02x} at position {position} of the argument is not ASCII")]
    NotAscii {
        /// Where, in bytes from the start of the resolved text.
        position: usize,
        /// What stands there.
        byte: u8,
    },
    /// A text with a length is not UTF-8, surrogates allowed.
    #[error("the argument is not UTF-8 at position {position}")]
    NotUtf8 {
        /// Where, in bytes from the start of the text.
        position: usize,
    },
    /// An int with more digits than Python writes ([`pickle_opcodes::number::DEFAULT_MAX_DIGITS`]).
    #[error("an int of {bits} bits has too many digits to be written")]
    IntTooLong {
        /// How many bits it has.
        bits: u64,
    },
    /// A PUT to an entry that the memo has.
    #[error("the memo has an entry {key} already")]
    MemoDefined {
        /// The entry's key: an int or a bool.
        key: Arg<'static>,
    },
    /// A GET of an entry that the memo has not.
    #[error("the memo has no entry {key}")]
    MemoMissing {
        /// The entry's key: an int or a bool.
        key: Arg<'static>,
    },
    /// A PROTO above the protocols that there are.
    #[error("protocol {protocol} is not known, {} is the highest", pickle_opcodes::HIGHEST_PROTOCOL)]
    UnknownProtocol {
        /// What PROTO says.
        protocol: u8,
    },
    /// A PUT while nothing is on the stack.
    #[error("the stack is empty, nothing can be stored in the memo")]
    NothingToStore,
    /// A PUT while a mark is on top.
    #[error("a mark cannot be stored in the memo")]
    MarkStored,
    /// An instruction that needs a mark, and no MARK came before it.
    #[error("there is no mark on the stack")]
    NoMark,
    /// An instruction that needs a mark, which another instruction has taken for an object (Python: `IndexError`).
    #[error("the mark has been popped as if it were an object")]
    MarkPopped,
    /// An instruction that takes more than there is.
    #[error("{wanted} objects are to be popped, the stack has {present}")]
    StackUnderflow {
        /// How many objects the instruction takes.
        wanted: usize,
        /// How many there are.
        present: usize,
    },
    /// STOP took its value, and more is left.
    #[error("the stack is not empty after STOP: {0}")]
    StackNotEmpty(LeftOver),
    /// A listing that would be nearly all indentation: see [`DisOptions::most_blanks`](crate::DisOptions::most_blanks).
    #[error("marks stand so deep within each other that the listing would be nearly all indentation")]
    TooIndented,
    /// The reader or the writer failed.
    #[error(transparent)]
    Io(std::io::Error),
}

impl From<pickle_opcodes::ErrorKind> for ErrorKind {
    fn from(kind: pickle_opcodes::ErrorKind) -> ErrorKind {
        ErrorKind::Bytes(kind)
    }
}

/// What STOP left on the stack, the top last. Written as a list, which is cut short after some.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOver(Box<[StackObject]>);

impl LeftOver {
    const SHOWN: usize = 20;

    pub(crate) fn new(stack: Vec<StackObject>) -> LeftOver {
        LeftOver(stack.into())
    }

    /// All objects, the top last.
    #[must_use]
    pub fn objects(&self) -> &[StackObject] {
        &self.0
    }
}

impl fmt::Display for LeftOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (position, object) in self.0.iter().take(Self::SHOWN).enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}{object}")?;
        }
        match self.0.len().checked_sub(Self::SHOWN) {
            None | Some(0) => f.write_str("]"),
            Some(more) => write!(f, ", and {more} more]"),
        }
    }
}
