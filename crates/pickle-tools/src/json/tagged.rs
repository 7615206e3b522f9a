//! All that a graph has, as JSON: what JSON cannot hold becomes an object with a key that begins with `$`.
//!
//! ```
//! use pickle_tools::json::{self, tagged};
//! use pickle_value::{Builder, py};
//!
//! let graph = py!({"raw": (b"\x00\xff", {1}), 2: "two"});
//! let text = tagged::to_string(&graph)?;
//! assert_eq!(
//!     text,
//!     r#"{"$dict": [["raw", {"$tuple": [{"$bytes": "AP8="}, {"$set": [1]}]}], [2, "two"]]}"#
//! );
//! assert_eq!(tagged::decode(&json::from_str(&text)?)?, graph);
//!
//! // An object that is referred to twice has a number.
//! let mut builder = Builder::new();
//! let list = builder.list(&[])?;
//! builder.extend(list, &[list])?;
//! let text = tagged::to_string(&builder.finish(list))?;
//! assert_eq!(text, r#"{"$id": 1, "$value": [{"$ref": 1}]}"#);
//! assert_eq!(tagged::decode(&json::from_str(&text)?)?.to_string(), "[[...]]");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | Python | JSON |
//! | --- | --- |
//! | None, True, False, int, finite float, str, list | as `json` has them |
//! | a dict whose keys are str, and the same objects as equal keys of other dicts | an object |
//! | any other dict, or one with a key that begins with `$` | `{"$dict": [[key, value], …]}` |
//! | tuple, set, frozenset | `{"$tuple": […]}`, `{"$set": […]}`, `{"$frozenset": […]}` |
//! | bytes, bytearray, Python 2's str | `{"$bytes": "base64"}`, `{"$bytearray": …}`, `{"$bytestring": …}` |
//! | an infinite float or NaN | `{"$float": "inf"}`, `"-inf"`, `"nan"`, or the NaN's bits in 16 hexadecimal digits |
//! | an int of over 1,024 bytes | `{"$int": "hexadecimal digits"}` |
//! | Python 2's long | `{"$long": int}` |
//! | complex, range, slice | `{"$complex": [real, imaginary]}`, `{"$range": [start, stop, step]}`, `{"$slice": …}` |
//! | Ellipsis, NotImplemented | `{"$ellipsis": null}`, `{"$notimplemented": null}` |
//! | a str with a high surrogate before a low one | `{"$text": [pieces between which they part]}` |
//! | an object that is referred to twice | `{"$id": n, "$value": …}`, where it stands first; then `{"$ref": n}` |
//! | a str that is also the key of an object | `{"$key": "text"}` |
//! | a class or function | `{"$global": ["module", "name"]}` |
//! | a call, an instance | `{"$call": [callable, args]}`, `{"$new": [class, args]}`, `{"$newex": [class, args, kwargs]}`, `{"$reconstructed": [class, args, base]}`, `{"$instance": [class, args]}` |
//! | what is then done to it | beside that `"$do": [["state", state], ["state_by", setter, state], ["append", [items]], ["set", [[key, value], …]], ["add", [items]]]` |
//! | a persistent id, an extension code, a buffer | `{"$persistent": [id]}`, `{"$extension": [code]}`, `{"$buffer": [content, is_readonly]}` |
//! | an object of the interpreter's own | `{"$native": [type, fields, …]}` |
//!
//! The text is JSON in the strict sense, whatever the graph has in it.
//!
//! Kept is every identity that shows in a pickle. Ints, floats, the empty tuple, and strings of no or one character up to
//! U+00FF, have none there.

mod census;
mod decode;
mod encode;

use pickle_value::{Graph, Handle, ObjectKind, Text, Value};

pub use decode::decode;
pub(crate) use encode::write;

use super::error::DumpError;
use super::options::DumpOptions;

/// The tagged form of a graph, as text. [`DumpOptions::tagged`] has it in other layouts, and piece by piece.
///
/// ```
/// use pickle_tools::json::tagged;
/// use pickle_value::py;
///
/// assert_eq!(tagged::to_string(&py!([(1, 2), None]))?, r#"[{"$tuple": [1, 2]}, null]"#);
/// # Ok::<(), pickle_tools::json::DumpError>(())
/// ```
///
/// # Errors
///
/// [`DumpErrorKind::TooLong`](super::DumpErrorKind::TooLong): names and keys are written wherever they stand.
pub fn to_string(graph: &Graph<'_>) -> Result<String, DumpError> {
    DumpOptions::new().tagged(true).to_string(graph)
}

/// The kinds of objects that are made of fields, and their tags.
const OBJECTS: [(ObjectKind, &str); 9] = [
    (ObjectKind::Call, "$call"),
    (ObjectKind::New, "$new"),
    (ObjectKind::NewWithKeywords, "$newex"),
    (ObjectKind::Reconstructed, "$reconstructed"),
    (ObjectKind::Instance, "$instance"),
    (ObjectKind::Persistent, "$persistent"),
    (ObjectKind::Extension, "$extension"),
    (ObjectKind::Buffer, "$buffer"),
    (ObjectKind::Native, "$native"),
];

/// Ints of more bytes are written in hexadecimal digits, which takes no time to speak of.
const LONG_INT: usize = 1024;

/// Whether CPython has one object for all strings with this text.
fn is_one_for_all(text: Text<'_>) -> bool {
    let mut points = text.code_points();
    match points.next() {
        None => true,
        Some(first) => first < 0x100 && points.next().is_none(),
    }
}

/// The text in pieces: JSON's escapes would make one character of a high surrogate with a low one behind it.
fn pieces(text: Text<'_>) -> impl Iterator<Item = Text<'_>> {
    let mut rest = Some(text.as_bytes());
    core::iter::from_fn(move || {
        let bytes = rest.take()?;
        // Surrogates have three bytes each, and nothing else has this one.
        let pair = match bytes.contains(&0xed) {
            true => bytes.windows(5).position(|window| matches!(window, [0xed, 0xa0..=0xaf, _, 0xed, 0xb0..=0xbf])),
            false => None,
        };
        let (piece, behind) = bytes.split_at(pair.map_or(bytes.len(), |at| at + 3));
        rest = pair.map(|_| behind);
        Text::from_utf8(piece).ok()
    })
}

/// The slots of a container, or of what was appended, set or added.
fn slots<'g>(graph: &'g Graph<'g>, handle: Handle) -> &'g [Handle] {
    match graph.value(handle) {
        Value::List(slots)
        | Value::Tuple(slots)
        | Value::Dict(slots)
        | Value::Set(slots)
        | Value::FrozenSet(slots)
        | Value::Range(slots)
        | Value::Slice(slots) => slots,
        _ => &[],
    }
}
