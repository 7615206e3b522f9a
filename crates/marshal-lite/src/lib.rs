//! Read and write Python's marshal format, versions 0 to 5, and with it the code objects of CPython 2.7 to 3.14.
//!
//! ```
//! use marshal_lite::{ReadOptions, WriteOptions};
//!
//! // marshal.dumps({'name': 'bob', 'ages': (20, 20)}) of CPython 3.13
//! let data = b"{\xda\x04name\xda\x03bob\xda\x04ages\xa9\x02\xe9\x14\0\0\0r\x04\0\0\x000";
//! let (graph, record) = ReadOptions::new().from_slice_recorded(data)?;
//! assert_eq!(graph.root().get("ages").get(1).as_i64(), Some(20));
//! assert_eq!(record.to_vec(&graph)?, data);
//! // The same object, spelled as version 2.
//! let older = WriteOptions::new().version(2).to_vec(&graph)?;
//! assert_eq!(older, b"{u\x04\0\0\0nameu\x03\0\0\0bobu\x04\0\0\0ages(\x02\0\0\0i\x14\0\0\0i\x14\0\0\x000");
//! # Ok::<(), marshal_lite::Error>(())
//! ```
//!
//! ```text
//!   bytes ──► Reader ──► Host            (loads)    a Graph and, where asked for, a Record
//!   bytes ◄── Writer ◄── Source          (dumps)    from a Graph, by the rules or by a Record
//! ```
//!
//! Call [`from_slice`] to read, [`to_vec`] to write; [`ReadOptions`] and [`WriteOptions`] say how. What is read is a
//! [`Graph`](pickle_value::Graph) of `pickle-value`. What the data says beside its objects (flags, kinds of strings, the
//! order of references) is kept in a [`Record`], with which the same bytes are written again.
//!
//! Beneath lie [`Reader`] and [`Writer`], which have all of the format's rules and no objects: they run over a [`Host`]
//! and a [`Source`] of yours as they do over the graph.
//!
//! Nothing is executed, and nothing recurses deeper than forty levels. The crate is `no_std` with `alloc` when the default feature `std` is off.
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod code;
mod copy;
mod error;
mod float;
mod graph_host;
mod graph_source;
mod host;
mod int;
mod listing;
mod numbers;
mod out;
pub mod pyc;
mod read;
mod rebuild;
mod record;
mod recorded;
mod sharing;
mod short;
mod source;
mod table;
mod version;
mod write;

pub use error::{Error, ErrorKind, Fault};
pub use graph_host::{GraphHost, ReadOptions, from_slice};
pub use graph_source::{WriteOptions, to_vec};
pub use host::{Container, Host, Items};
pub use pickle_value as value;
pub use read::{DEFAULT_DEPTH_LIMIT, Reader};
pub use record::Record;
pub use sharing::Sharing;
pub use source::{Share, Source};
pub use table::{FLAG_REF, TypeCode};
pub use version::{HIGHEST_VERSION, Release};
pub use write::{Sink, Writer};

// Promises of the crate.
const _: () = {
    const fn send_sync<T: Send + Sync>() {}
    send_sync::<Error>();
    send_sync::<Record>();
    send_sync::<ReadOptions>();
    send_sync::<WriteOptions>();
    assert!(size_of::<Error>() == size_of::<usize>());
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
