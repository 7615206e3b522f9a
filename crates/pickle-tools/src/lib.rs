//! Python's pickletools in Rust: `genops`, `dis` and `optimize`, and `asm`, which reads what `dis` writes.
//!
//! ```
//! let pickle = b"\x80\x04\x8c\x03abc\x94K\x2a\x86\x94.";
//!
//! let text = pickle_tools::dis_to_string(pickle)?;
//! assert_eq!(text, r"    0: \x80 PROTO      4
//!     2: \x8c SHORT_BINUNICODE 'abc'
//!     7: \x94 MEMOIZE    (as 0)
//!     8: K    BININT1    42
//!    10: \x86 TUPLE2
//!    11: \x94 MEMOIZE    (as 1)
//!    12: .    STOP
//! highest protocol among opcodes = 4
//! ");
//!
//! // A listing is also a way to write a pickle.
//! assert_eq!(pickle_tools::asm(&text.replace("'abc'", "'other'"))?, b"\x80\x04\x8c\x05other\x94K\x2a\x86\x94.");
//!
//! // Nothing reads the two memo entries.
//! assert_eq!(pickle_tools::optimize(pickle)?, b"\x80\x04\x95\x09\0\0\0\0\0\0\0\x8c\x03abcK\x2a\x86.");
//!
//! let names: Vec<_> = pickle_tools::genops(pickle).map(|op| op.map(|op| op.opcode.name())).collect::<Result<_, _>>()?;
//! assert_eq!(names[..2], ["PROTO", "SHORT_BINUNICODE"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//!   bytes ──► pickle-opcodes ──► genops ──┬─► dis         + the stack and the memo by kinds of object
//!     ▲       instructions       + Arg    │    │          the text of CPython 3.13's pickletools.dis,
//!     │       as they stand      a Python │    ▼          byte for byte
//!     │                          object   │   listing ──► asm ──► the same bytes
//!     │                                   │
//!     └───────────────────────────────────┴─► optimize    without the memo entries that are never read,
//!                                                         the bytes of 3.13's pickletools.optimize
//! ```
//!
//! Start with [`dis`] for a listing, [`asm`] for the way back, [`optimize`] for a smaller pickle, [`genops`] for the
//! instructions with their arguments, and [`dis_reader`] and [`genops_reader`] where the pickle comes from a file or a pipe.
//! Those that read take one pickle; what is behind it is not looked at. Nothing is executed and nothing is imported.
//!
//! A listing does not tell all spellings of a pickle apart. [`asm`] says which it takes; [`DisOptions::exact`] makes a
//! listing of which it makes the same bytes, whoever wrote them.
//!
//! With the feature `container` the crate tells what a file is by its content, and finds the pickle in archives and
//! compressed files; each packed format has a feature of its own, and without them nothing of it is built.
//!
//! With the feature `scan` it says what loading a file would do, and judges it by a policy: the module `scan`.
//!
//! With the feature `json` there is the module `json`: a graph as the text that CPython's `json.dumps` writes, and what
//! `json.loads` builds.
//!
//! The layer beneath is [`pickle_opcodes`]: instructions without Python's reading of their arguments.
//!
//! Input is not trusted: a length is believed only as far as bytes arrive, and apart from a few bytes for each entry of the
//! stack and the memo nothing grows with the pickle but one argument at a time, and what is made of it.

extern crate alloc;

mod arg;
mod asm;
#[cfg(feature = "container")]
pub mod container;
mod dis;
mod emulate;
mod error;
mod genops;
#[cfg(feature = "json")]
pub mod json;
mod keys;
mod large_int;
mod listing;
mod memo;
mod optimize;
mod reader;
#[cfg(feature = "scan")]
pub mod scan;
mod spelling;
mod text;
mod utf8;
mod word;

pub use arg::Arg;
pub use asm::{AsmError, AsmErrorKind, Excerpt, asm};
pub use dis::{DisOptions, dis, dis_reader, dis_to_string};
pub use error::{Error, ErrorKind, LeftOver};
pub use genops::{GenOp, Genops, genops};
pub use large_int::LargeInt;
pub use memo::Memo;
pub use optimize::optimize;
pub use reader::{GenopsReader, genops_reader};
pub use text::Str;
