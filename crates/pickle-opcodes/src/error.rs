//! What can be wrong with a pickle's bytes.

use alloc::boxed::Box;

use crate::Opcode;

/// An error with its place: the offset in the input, and the opcode that was being read or written.
///
/// One word wide. The message reads like the format's own words:
/// `5 bytes are missing (BINUNICODE at byte 12)`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq, Debug)]
struct Inner {
    offset: usize,
    opcode: Option<Opcode>,
    kind: ErrorKind,
}

impl core::fmt::Display for Inner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Inner { offset, opcode, kind } = self;
        match opcode {
            Some(opcode) => write!(f, "{kind} ({opcode} at byte {offset})"),
            None => write!(f, "{kind} (at byte {offset})"),
        }
    }
}

impl core::error::Error for Inner {}

impl Error {
    /// An error of this `kind` at `offset`, in `opcode` where its byte could be read.
    #[cold]
    #[must_use]
    pub fn new(offset: usize, opcode: Option<Opcode>, kind: ErrorKind) -> Error {
        Error(Box::new(Inner { offset, opcode, kind }))
    }

    /// Where the instruction starts, in bytes from the start of the input.
    #[must_use]
    pub fn offset(&self) -> usize {
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

    /// The kind alone, for an error that says the place in its own way.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        self.0.kind
    }
}

/// What is wrong with a pickle's bytes.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends where an instruction should begin (CPython: `EOFError: Ran out of input`).
    #[error("ran out of input where an opcode should be")]
    EndOfInput,
    /// The input ends inside an argument (CPython: `pickle data was truncated`).
    #[error("pickle data was truncated: at least {missing} more byte{} needed", if *missing == 1 { "" } else { "s" })]
    Truncated {
        /// How many bytes are missing at least; a line that never ends misses one, its newline.
        missing: u64,
    },
    /// A byte that is no opcode.
    #[error("0x{0:02x} is no opcode")]
    UnknownOpcode(u8),
    /// A signed length below zero.
    #[error("length {length} is negative")]
    NegativeLength {
        /// The length that the argument gives.
        length: i32,
    },
    /// An argument longer than its length field can say.
    #[error("an argument of {length} bytes is too long: {limit} is the most")]
    ArgumentTooLong {
        /// The argument's length in bytes.
        length: u64,
        /// The most that the form holds.
        limit: u64,
    },
    /// A newline inside an argument that a newline ends.
    #[error("a newline inside a line argument")]
    NewlineInLine,
    /// The line of INT, LONG, GET or PUT is no integer.
    #[error("not an integer: {0}")]
    BadInteger(TextExcerpt),
    /// The line of LONG or INT has more digits than the limit allows.
    #[error("an integer of {digits} digits exceeds the limit of {limit}")]
    IntegerTooLong {
        /// How many digits the line has.
        digits: usize,
        /// The most that are taken.
        limit: usize,
    },
    /// The line of FLOAT is no float.
    #[error("not a float: {0}")]
    BadFloat(TextExcerpt),
    /// The line of STRING is not quoted.
    #[error("the argument of STRING must be quoted")]
    Unquoted,
    /// An escape that cannot be read.
    #[error("{reason} in {codec} at position {position}")]
    BadEscape {
        /// The codec, such as `raw-unicode-escape`.
        codec: &'static str,
        /// Where the escape starts, in bytes from the start of the literal.
        position: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A frame that starts inside another.
    #[error("a new frame begins {missing} bytes before the end of the frame before it")]
    FrameOverlap {
        /// How many bytes of the older frame are left.
        missing: u64,
    },
    /// An instruction that begins in a frame and ends behind it.
    #[error("the instruction ends {excess} bytes behind its frame")]
    FrameCrossed {
        /// How many bytes are behind the frame.
        excess: u64,
    },
}

/// The beginning of a line that could not be read, for a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextExcerpt(Box<[u8]>, bool);

impl TextExcerpt {
    const LENGTH: usize = 32;

    #[cold]
    pub(crate) fn new(line: &[u8]) -> TextExcerpt {
        let shown = &line[..line.len().min(Self::LENGTH)];
        TextExcerpt(shown.into(), shown.len() < line.len())
    }
}

impl core::fmt::Display for TextExcerpt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())?;
        if self.1 { f.write_str("…") } else { Ok(()) }
    }
}
