//! What can be wrong with a listing.

use core::fmt;

use pickle_opcodes::{ArgKind, Opcode};

use crate::Arg;

/// An error with the line that it is in.
///
/// One word wide. The message names the line: `line 3: BININT1 needs an int from 0 to 255`.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct AsmError(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("line {line}: {kind}")]
struct Inner {
    line: usize,
    kind: AsmErrorKind,
}

impl AsmError {
    #[cold]
    pub(super) fn new(line: usize, kind: AsmErrorKind) -> AsmError {
        AsmError(Box::new(Inner { line, kind }))
    }

    /// The number of the line, from 1 on.
    #[must_use]
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &AsmErrorKind {
        &self.0.kind
    }
}

/// What is wrong with a line of a listing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AsmErrorKind {
    /// Where an opcode's name should be there is something else, or nothing.
    #[error("{0} is no opcode")]
    UnknownOpcode(Excerpt),
    /// The opcode before the name is another's.
    #[error("the code {code} is not {opcode}'s")]
    CodeOfAnother {
        /// What stands before the name.
        code: Excerpt,
        /// The name.
        opcode: Opcode,
    },
    /// The argument is missing, or is not what the opcode takes.
    #[error("{opcode} needs {}", Needs(*opcode))]
    WrongArgument {
        /// The opcode.
        opcode: Opcode,
    },
    /// A Python literal that cannot be read.
    #[error("{reason} in a literal")]
    BadLiteral {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// What follows `raw` cannot be the argument of this opcode.
    #[error("the raw argument cannot be {opcode}'s")]
    BadRaw {
        /// The opcode.
        opcode: Opcode,
    },
    /// What follows `raw` means something else than the argument before it.
    #[error("the raw argument means {argument}")]
    RawMeans {
        /// What it means.
        argument: Arg<'static>,
    },
    /// More than an instruction.
    #[error("{0} behind the instruction is no remark: remarks begin with a capital letter or #")]
    Trailing(Excerpt),
    /// The argument cannot be written, such as one that is too long.
    #[error(transparent)]
    Bytes(pickle_opcodes::ErrorKind),
}

/// What an opcode takes.
struct Needs(Opcode);

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.arg() {
            None => "no argument",
            Some(ArgKind::Uint1) => "an int from 0 to 255",
            Some(ArgKind::Uint2) => "an int from 0 to 65535",
            Some(ArgKind::Int4) => "an int of four bytes, signed",
            Some(ArgKind::Uint4) => "an int of four bytes, unsigned",
            Some(ArgKind::Uint8) => "an int of eight bytes, unsigned",
            Some(ArgKind::DecimalNlShort) => "an int or a bool",
            Some(ArgKind::DecimalNlLong | ArgKind::Long1 | ArgKind::Long4) => "an int",
            Some(ArgKind::FloatNl | ArgKind::Float8) => "a float",
            Some(ArgKind::StringNl | ArgKind::StringNlNoEscape | ArgKind::String1 | ArgKind::String4) => {
                "a str of characters up to U+00FF"
            }
            Some(ArgKind::StringNlNoEscapePair) => "a str of a module and a name with a space between them",
            Some(ArgKind::Bytes1 | ArgKind::Bytes4 | ArgKind::Bytes8) => "bytes",
            Some(ArgKind::ByteArray8) => "a bytearray",
            Some(
                ArgKind::UnicodeStringNl | ArgKind::UnicodeString1 | ArgKind::UnicodeString4 | ArgKind::UnicodeString8,
            ) => "a str",
        })
    }
}

/// The beginning of what stands in a line, in quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excerpt(Box<str>);

impl Excerpt {
    /// In characters.
    const LENGTH: usize = 32;

    #[cold]
    pub(super) fn new(text: &str) -> Excerpt {
        let shown: String = text.chars().take(Self::LENGTH).collect();
        let more = if shown.len() < text.len() { "…" } else { "" };
        Excerpt(format!("{shown:?}{more}").into())
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
