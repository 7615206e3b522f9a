//! The 68 opcodes of Python's pickle format: decode, assemble, frames and text forms, without objects.
//!
//! ```
//! use pickle_opcodes::{Op, Opcode, Ops};
//!
//! let pickle = b"\x80\x04\x8c\x03abc\x94.";
//! let mut copy = Vec::new();
//! for op in Ops::new(pickle) {
//!     let (offset, op) = op?;
//!     if op == Op::ShortBinUnicode(b"abc") {
//!         assert_eq!((offset, op.opcode().name()), (2, "SHORT_BINUNICODE"));
//!     }
//!     op.assemble(&mut copy)?;
//! }
//! assert_eq!(copy, pickle);
//! assert_eq!(Opcode::ShortBinUnicode.protocol(), 4);
//! # Ok::<(), pickle_opcodes::Error>(())
//! ```
//!
//! ```text
//!   bytes ──► Ops / decode ──► Op ──► Op::assemble ──► the same bytes
//!                              │
//!                 text, unicode_line, number, decimal: what a protocol 0 line means
//!                 latin1: bytes as text
//!                 frame: where CPython cuts
//! ```
//!
//! Start with [`Ops`] to read, [`Op::assemble`] to write, and [`Opcode`] for what is known of each instruction: its name,
//! protocol, argument and stack effect. Everything comes from one table, which is tested against `pickletools.opcodes`
//! of CPython.
//!
//! To read values, not instructions, use `pickle-codec`, which runs them.
//!
//! The crate is `no_std` with `alloc` when the default feature `std` is off.
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod arg;
pub mod binary_int;
pub mod decimal;
mod decode;
mod effect;
mod error;
pub mod form;
pub mod frame;
pub mod latin1;
pub mod number;
mod op;
mod opcode;
mod out;
mod squeeze;
mod table;
pub mod text;
pub mod unicode_line;
pub mod usual;

pub use arg::{ArgKind, Pair};
pub use decode::{Ops, decode};
pub use effect::StackObject;
pub use error::{Error, ErrorKind, TextExcerpt};
pub use op::{Argument, Op};
pub use opcode::Opcode;
pub use out::Out;

/// The highest protocol there is.
pub const HIGHEST_PROTOCOL: u8 = 5;
