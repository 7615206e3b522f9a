//! Python's pickles as Rust types: serde over protocols 0 to 5.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize, PartialEq, Debug)]
//! struct User { name: String, scores: Vec<f64> }
//!
//! let bob = User { name: "bob".into(), scores: vec![88.0, 9.5] };
//! let pickle = pickle_serde::to_vec(&bob)?;               // pickle.dumps({'name': 'bob', 'scores': [88.0, 9.5]})
//! assert_eq!(pickle_serde::from_slice::<User>(&pickle)?, bob);
//! # Ok::<(), pickle_serde::Error>(())
//! ```
//!
//! ```text
//!   pickle ──┬─────────────────────────────► your type, of plain data
//!            └─► Graph ──► Deserializer ──► your type, or Value
//!   pickle ◄─┬────────────────────────────── your type, of plain data
//!            └── Graph ◄── Serializer ◄──── your type, or Value
//! ```
//!
//! Call [`from_slice`] or [`from_reader`] to read, [`to_vec`] or [`to_writer`] to write; [`DeOptions`] and [`SerOptions`]
//! say how. What no type was written for is a [`Value`]. Nothing in a pickle is ever executed: an instance is read as its
//! state.
//!
//! # What is read as what
//!
//! | Python | is read as |
//! | --- | --- |
//! | `None` | `()`, `None`, a unit struct |
//! | `bool`, `int`, `float` | themselves; an int where a float is asked for, too |
//! | an int beyond 128 bits | text of its digits, or `BigInt` by way of [`native`] |
//! | `str` | `String`, `&str` that borrows from the input, `char`, a unit variant |
//! | `bytes`, `bytearray` | bytes (`serde_bytes`, `&[u8]` that borrows), `Vec<u8>`, `[u8; N]` |
//! | Python 2's `str` | `str` where it is UTF-8, otherwise bytes; or as [`DeOptions::encoding`] says |
//! | `list`, `tuple`, `set`, `frozenset`, `deque`, `array`, `range` | sequences, tuples, sets |
//! | `dict`, `OrderedDict`, `defaultdict`, `Counter` | maps, structs, `{'Variant': content}` |
//! | an instance | its attributes, as a map or struct; see [`Instance`], [`DeOptions::class_key`] |
//! | a namedtuple | a sequence, a tuple struct, a struct by position |
//! | an instance of a subclass of a builtin | its value or its items, where such a thing is asked for; else its attributes |
//! | a member of an enum | its value |
//! | a date, time, datetime, UUID, decimal, path, IP address | text: see [`native`] |
//! | `timedelta` | `std::time::Duration`, seconds as a float, text |
//! | a complex | two floats |
//!
//! What is shared is read wherever it stands, up to a [budget](DeOptions::budget); what is within itself is an error, as
//! long as the type looks there.
//!
//! An [`Error`] says where: `invalid type: string "x", expected u8 (users[3].age, SHORT_BINUNICODE at byte 71)`.
//!
//! # What is written as what
//!
//! See [`to_vec`], whose bytes are a promise.
//!
//! # Features
//!
//! All are off by default: `jiff`, `chrono`, `uuid` and `rust_decimal` let the types of these crates stand for Python's
//! `datetime`, `uuid.UUID` and `decimal.Decimal`, [as said there](native).
//!
//! The layer beneath, with identity, cycles and bytes that are CPython's own, is [`pickle_codec`], re-exported as [`codec`];
//! what is needed of it most stands here.

mod collection;
mod de;
mod direct;
mod error;
mod instance;
pub mod native;
mod options;
mod owned;
mod ser;
mod standard;
mod token;

pub use pickle_codec::value::{Builder, ObjectKind, View};
pub use pickle_codec::{self as codec, DumpOptions, Encoding, Errors, Graph, LoadOptions, Profile, value};

pub use self::collection::{frozen_set, set, tuple};
pub use self::de::{
    Deserializer, GraphRead, IoRead, Read, SliceRead, StreamDeserializer, from_graph, from_reader, from_slice,
};
pub use self::error::{Error, ErrorKind, Result};
pub use self::instance::Instance;
pub use self::options::{DEFAULT_BUDGET, DEFAULT_DEPTH, DeOptions, SerOptions};
pub use self::owned::{Dict, DictKey, Index, Object, Set, Step, Value, from_value, to_value};
pub use self::ser::{Serializer, to_graph, to_vec, to_writer};

// Promises of the crate.
const _: () = {
    const fn send_sync<T: Send + Sync>() {}
    send_sync::<Error>();
    send_sync::<Value>();
    send_sync::<DeOptions>();
    send_sync::<SerOptions>();
    assert!(size_of::<Error>() == size_of::<usize>());
    assert!(size_of::<Value>() <= 32);
};

/// The examples of the page for those who come from serde-pickle.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/coming-from-serde-pickle.md")]
struct ComingFromSerdePickle;

/// The examples of the crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
