//! Read and write Python's pickles, protocols 0 to 5, byte for byte as CPython writes them.
//!
//! ```
//! use pickle_codec::{DumpOptions, from_slice};
//!
//! // pickle.dumps({'name': 'bob', 'age': 20}, 2)
//! let pickle = b"\x80\x02}q\x00(X\x04\x00\x00\x00nameq\x01X\x03\x00\x00\x00bobq\x02X\x03\x00\x00\x00ageq\x03K\x14u.";
//! let graph = from_slice(pickle)?;
//! assert_eq!(graph.root().get("name").as_str(), Some("bob"));
//! assert_eq!(DumpOptions::new().protocol(2).to_vec(&graph)?, pickle);
//! # Ok::<(), pickle_codec::Error>(())
//! ```
//!
//! ```text
//!   bytes ──► opcodes ──► Machine ──► Host      (load)
//!   bytes ◄── frames ◄─── Encoder ◄── Source    (dump)
//! ```
//!
//! Call [`from_slice`] or [`from_reader`] to read, [`to_vec`] or [`to_writer`] to write; [`LoadOptions`] and
//! [`DumpOptions`] say how. What is read is a [`Graph`] of `pickle-value`: objects as data, with identity, order and
//! cycles. **Nothing is executed**: a class, a call, an instance is kept as what it says.
//!
//! Beneath lie [`Machine`] and [`Encoder`], which have all of pickle's rules and no objects: they run over a [`Host`] and
//! a [`Source`] of yours as they do over the graph.
//!
//! # Untrusted pickles
//!
//! Any bytes give a value or an error, in memory and time in proportion to their number, in any thread's stack: a length is
//! held against what is left before anything is allocated, what is shared is never copied, and nothing recurses. [`Limits`]
//! bound what a pickle may ask for; by default no real pickle meets them. Writing has two bounds of its own, for what is
//! small in a graph and large in a pickle: [`DumpOptions::copies`], and the depth of graphs that nest very deep in very
//! few bytes.
//!
//! The crate is `no_std` with `alloc` when the default feature `std` is off.
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod builtins;
mod document;
mod dump;
mod edit;
mod encoder;
mod encoding;
mod error;
mod extension;
mod fast;
mod fault;
mod global_lines;
mod graph_host;
mod graph_source;
mod holders;
mod host;
mod input;
mod layout;
mod limits;
mod load;
mod loader;
mod machine;
mod memo;
mod module_strings;
pub mod names;
mod observe;
#[cfg(feature = "std")]
mod pickler;
mod profile;
mod push;
mod reduce;
mod rename;
mod replace;
mod resolve;
mod save;
mod source;
#[cfg(feature = "std")]
mod stream;
#[cfg(feature = "std")]
mod unpickler;

pub use builtins::Builtin;
pub use document::Document;
#[cfg(feature = "std")]
pub use dump::to_writer;
pub use dump::{DumpOptions, to_vec};
pub use encoder::{Buffered, Encoder, Output};
pub use encoding::{Encoding, Errors};
pub use error::{Error, ErrorKind};
pub use extension::Extensions;
pub use fault::{Fault, MachineError};
pub use graph_host::GraphHost;
pub use graph_source::{Cursor, GraphSource};
pub use host::{Host, Items, Registers};
pub use input::{Input, Wanted};
pub use limits::Limits;
pub use load::{LoadOptions, from_slice};
pub use loader::Loader;
pub use machine::Machine;
pub use memo::Memo;
pub use pickle_opcodes::{self as opcodes, HIGHEST_PROTOCOL};
pub use pickle_value::{self as value, Graph, View};
#[cfg(feature = "std")]
pub use pickler::Pickler;
pub use profile::{Implementation, Profile};
pub use push::{Known, OpenContainer, OpenTuple, PushEncoder};
pub use reduce::{Reducible, reduction};
pub use replace::{OutOfBand, PersistentId, Reduced, Replacer};
pub use resolve::{Buffers, Decoded, Defaults, Resolver};
pub use source::{
    Args, Atom, AtomWriter, Fill, Filling, Get, GlobalName, Made, Make, Nesting, Open, OpenPart, Part, PartialNew,
    Plain, RarePart, Reduction, Shape, Source, Stop,
};
#[cfg(feature = "std")]
pub use stream::{Pickles, Stream, from_reader, read_pickle};
#[cfg(feature = "std")]
pub use unpickler::Unpickler;

/// The protocol that is written unless another is asked for, as CPython 3.8 to 3.13 do.
pub const DEFAULT_PROTOCOL: u8 = 4;

// Promises of the crate.
const _: () = {
    const fn send_sync<T: Send + Sync>() {}
    send_sync::<Error>();
    send_sync::<Document>();
    send_sync::<LoadOptions>();
    send_sync::<Loader>();
    send_sync::<DumpOptions>();
    assert!(size_of::<Error>() == size_of::<usize>());
};

/// The story of a rescue.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/rescue.md")]
struct Rescue;

/// The examples of the repository's README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
