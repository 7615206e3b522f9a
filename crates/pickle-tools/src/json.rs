//! JSON as CPython's `json` spells it: what `json.dumps` writes, and what `json.loads` builds, byte for byte.
//!
//! ```
//! use pickle_tools::json;
//! use pickle_value::py;
//!
//! let graph = py!({"name": "Zoë", "scores": [1.0, 1e16, None], "at": (1, 2)});
//! let text = json::to_string(&graph)?;
//! assert_eq!(text, r#"{"name": "Zo\u00eb", "scores": [1.0, 1e+16, null], "at": [1, 2]}"#);
//! assert_eq!(json::from_slice(text.as_bytes())?.to_string(), "{'name': 'Zoë', 'scores': [1.0, 1e+16, None], 'at': [1, 2]}");
//!
//! // What json refuses is an error that names the culprit.
//! let graph = py!({"users": [{"name": "Ann"}, {1, 2}]});
//! let error = json::to_string(&graph).unwrap_err();
//! assert_eq!(error.to_string(), "['users'][1]: Object of type set is not JSON serializable");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//!   Graph ──► term: what json takes an object for ──► text         (to_vec, DumpOptions)
//!     │                                                ▲
//!     └──► tagged: what JSON cannot hold ──────────────┘           (DumpOptions::tagged)
//!
//!   Graph ◄───────────────────────── scanner ◄─────── text         (from_slice, LoadOptions)
//!     └──► decode: what the tags stand for ──► Graph               (tagged::decode)
//! ```
//!
//! Call [`to_vec`], [`to_string`] or [`to_writer`] to write, [`from_slice`] to read; [`DumpOptions`] and [`LoadOptions`]
//! have what `json.dumps` and `json.loads` take. [`tagged`] keeps all that a graph has: bytes, sets, tuples, instances,
//! cycles, and which objects are one.
//!
//! # Instances
//!
//! `json.dumps` takes an instance of a class derived from str, int, float, list, tuple or dict for such a value. A pickle
//! says what a class derives from only by the way, so here an instance is taken for
//!
//! - the value of the builtin, where protocol 0 or 1 names it;
//! - a str, int or float, where its class is made of one and nothing else; a list, where it is made of one tuple, of
//!   several arguments (a named tuple), or filled item by item; a dict, where it is filled by key;
//! - what [`DumpOptions::class`] says of its class, before all that.
//!
//! The standard library's `OrderedDict`, `defaultdict` and `Counter` are dicts. A call of another class, which is also how
//! a member of an enum is pickled, is refused unless [`DumpOptions::class`] says what it makes.
//!
//! Nothing recurses: any depth is written and read, also where CPython raises `RecursionError`.

mod classes;
mod dump;
mod encoding;
mod error;
mod escape;
mod int;
mod keys;
mod load;
mod marks;
mod options;
mod path;
mod scan;
pub mod tagged;
mod term;
mod writer;

pub use dump::{to_string, to_vec, to_writer};
pub use error::{DumpError, DumpErrorKind, LoadError, LoadErrorKind};
pub use load::{from_slice, from_str};
pub use options::{Class, DEFAULT_MAX_DIGITS, DumpOptions, LoadOptions};
