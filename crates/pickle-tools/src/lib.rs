//! Python's pickletools in Rust: `genops` and `dis`, for looking into a pickle without loading it.
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
//! let names: Vec<_> = pickle_tools::genops(pickle).map(|op| op.map(|op| op.opcode.name())).collect::<Result<_, _>>()?;
//! assert_eq!(names[..2], ["PROTO", "SHORT_BINUNICODE"]);
//! # Ok::<(), pickle_tools::Error>(())
//! ```
//!
//! ```text
//!   bytes ──► pickle-opcodes ──► genops ──► dis
//!             instructions       + Arg      + the stack and the memo by kinds of object, indentation, checks
//!             as they stand      a Python   the text of CPython 3.13's pickletools.dis,
//!                                object     byte for byte
//! ```
//!
//! Start with [`dis`] for a listing, [`genops`] for the instructions with their arguments, and [`dis_reader`] and
//! [`genops_reader`] where the pickle comes from a file or a pipe. All of them take one pickle and tell where it ends;
//! what is behind it is not looked at. Nothing is executed and nothing is imported.
//!
//! The layer beneath is [`pickle_opcodes`]: instructions without Python's reading of their arguments.
//!
//! Input is not trusted: a length is believed only as far as bytes arrive, and apart from a byte for each entry of the
//! stack and the memo nothing grows with the pickle but one argument at a time.

extern crate alloc;

mod arg;
mod dis;
mod emulate;
mod error;
mod genops;
mod keys;
mod listing;
mod memo;
mod optimize;
mod reader;
mod text;

pub use arg::Arg;
pub use dis::{DisOptions, dis, dis_reader, dis_to_string};
pub use error::{Error, ErrorKind, LeftOver};
pub use genops::{GenOp, Genops, genops};
pub use memo::Memo;
pub use optimize::optimize;
pub use reader::{GenopsReader, genops_reader};
pub use text::Str;
