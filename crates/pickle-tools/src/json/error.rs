//! What `json` refuses.

use core::fmt::{self, Display};

/// An object that cannot be written as JSON, with the path to it; one word wide.
///
/// The path is what would follow the variable in Python: `['users'][3]`. Of a key that is refused it is the key's, of keys
/// that cannot be sorted that of their dict.
///
/// ```
/// use pickle_tools::json;
/// use pickle_value::py;
///
/// let error = json::to_string(&py!({"a": [b"raw"]})).unwrap_err();
/// assert_eq!(error.to_string(), "['a'][0]: Object of type bytes is not JSON serializable");
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct DumpError(Box<Culprit>);

#[derive(Debug)]
struct Culprit {
    path: String,
    kind: DumpErrorKind,
}

impl Display for Culprit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path[..] {
            "" => write!(f, "{}", self.kind),
            path => write!(f, "{path}: {}", self.kind),
        }
    }
}

impl core::error::Error for Culprit {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.kind.source()
    }
}

impl DumpError {
    #[cold]
    pub(crate) fn new(path: String, kind: DumpErrorKind) -> DumpError {
        DumpError(Box::new(Culprit { path, kind }))
    }

    /// The way from the root to the culprit; empty for the root itself.
    ///
    /// ```
    /// use pickle_tools::json;
    /// use pickle_value::py;
    ///
    /// let error = json::to_string(&py!({"a": [b"raw"]})).unwrap_err();
    /// assert_eq!(error.path(), "['a'][0]");
    /// ```
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What is wrong with it.
    ///
    /// ```
    /// use pickle_tools::json::{self, DumpErrorKind};
    /// use pickle_value::py;
    ///
    /// let error = json::to_string(&py!({"a": [b"raw"]})).unwrap_err();
    /// assert!(matches!(error.kind(), DumpErrorKind::Type(name) if name == "bytes"));
    /// ```
    #[must_use]
    pub fn kind(&self) -> &DumpErrorKind {
        &self.0.kind
    }
}

/// Why an object cannot be written as JSON. Where `json` has words for it, these are they.
///
/// ```
/// use pickle_tools::json::{self, DumpErrorKind};
/// use pickle_value::py;
///
/// let error = json::to_string(&py!({(1, 2): 3})).unwrap_err();
/// assert!(matches!(error.kind(), DumpErrorKind::Key(name) if name == "tuple"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DumpErrorKind {
    /// An object of a type that JSON has not.
    #[error("Object of type {0} is not JSON serializable")]
    Type(String),
    /// A class or function, a persistent id, an extension code, a buffer: what it is nobody here knows.
    #[error("{0} is not JSON serializable")]
    Outside(String),
    /// A call of a class of which the pickle does not tell what it derives from. See
    /// [`DumpOptions::class`](super::DumpOptions::class).
    #[error("what {class} makes is not JSON serializable, unless it is derived from a type that is")]
    UnknownClass {
        /// The class, or the function, with its module.
        class: String,
    },
    /// An instance of a class of which [`DumpOptions::class`](super::DumpOptions::class) says what its pickle does not bear
    /// out.
    #[error("this instance of {class} is no {wanted}")]
    NotOfClass {
        /// The class, with its module.
        class: String,
        /// What was said of it.
        wanted: super::Class,
    },
    /// A key of a type that keys have not in JSON.
    #[error("keys must be str, int, float, bool or None, not {0}")]
    Key(String),
    /// Keys that cannot be sorted.
    #[error("'<' not supported between instances of '{0}' and '{1}'")]
    Unordered(String, String),
    /// A container within itself.
    #[error("Circular reference detected")]
    Circular,
    /// A float that JSON has not, where it is not allowed.
    #[error("Out of range float values are not JSON compliant: {0}")]
    OutOfRange(&'static str),
    /// An int with too many digits.
    #[error("Exceeds the limit ({limit} digits) for integer string conversion")]
    TooManyDigits {
        /// How many there may be.
        limit: usize,
    },
    /// Python 2's `str` that is not UTF-8.
    #[error("'utf8' codec can't decode byte 0x{byte:02x} in position {position}")]
    NotUtf8 {
        /// What stands there.
        byte: u8,
        /// Where, in bytes.
        position: usize,
    },
    /// A lone surrogate, which no encoding of Unicode has, where a Rust string is wanted.
    #[error("the text has a lone surrogate, which UTF-8 has not")]
    Surrogate,
    /// More JSON than is allowed.
    #[error("this is more than {limit} bytes of JSON, which is the limit")]
    TooLong {
        /// How many bytes there may be.
        limit: u64,
    },
    /// The writer failed.
    #[error(transparent)]
    Io(std::io::Error),
}

/// Text that is no JSON, with the place as `json.JSONDecodeError` has it; one word wide.
///
/// ```
/// use pickle_tools::json;
///
/// let error = json::from_str("[1,\n2").unwrap_err();
/// assert_eq!(error.to_string(), "Expecting ',' delimiter: line 2 column 2 (char 5)");
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct LoadError(Box<Fault>);

#[derive(Debug)]
struct Fault {
    kind: LoadErrorKind,
    place: Option<Place>,
}

/// Where in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// From 1.
    pub(crate) line: usize,
    /// In characters, from 1.
    pub(crate) column: usize,
    /// In characters, from 0.
    pub(crate) position: usize,
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.kind, self.place) {
            (kind, Some(Place { line, column, position })) => {
                write!(f, "{kind}: line {line} column {column} (char {position})")
            }
            (kind, None) => write!(f, "{kind}"),
        }
    }
}

impl core::error::Error for Fault {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.kind.source()
    }
}

impl LoadError {
    #[cold]
    pub(crate) fn new(kind: LoadErrorKind) -> LoadError {
        LoadError(Box::new(Fault { kind, place: None }))
    }

    #[cold]
    pub(crate) fn at(kind: LoadErrorKind, place: Place) -> LoadError {
        LoadError(Box::new(Fault { kind, place: Some(place) }))
    }

    /// What is wrong.
    ///
    /// ```
    /// use pickle_tools::json::{self, LoadErrorKind};
    ///
    /// let error = json::from_str("[1,\n2").unwrap_err();
    /// assert!(matches!(error.kind(), LoadErrorKind::Comma));
    /// ```
    #[must_use]
    pub fn kind(&self) -> &LoadErrorKind {
        &self.0.kind
    }

    /// The line, from 1, where the error is one of the text.
    ///
    /// ```
    /// use pickle_tools::json;
    ///
    /// let error = json::from_str("[1,\n2").unwrap_err();
    /// assert_eq!(error.line(), Some(2));
    /// ```
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.0.place.map(|place| place.line)
    }

    /// The column, in characters from 1.
    ///
    /// ```
    /// use pickle_tools::json;
    ///
    /// let error = json::from_str("[1,\n2").unwrap_err();
    /// assert_eq!(error.column(), Some(2));
    /// ```
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.0.place.map(|place| place.column)
    }

    /// The place, in characters from 0: the `pos` of Python's `JSONDecodeError`.
    ///
    /// ```
    /// use pickle_tools::json;
    ///
    /// let error = json::from_str("[1,\n2").unwrap_err();
    /// assert_eq!(error.position(), Some(5));
    /// ```
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.0.place.map(|place| place.position)
    }
}

/// As Python's `UnicodeDecodeError` names them.
fn undecodable(position: usize, bytes: &[u8]) -> String {
    match bytes {
        [byte] => format!("byte 0x{byte:02x} in position {position}"),
        bytes => format!("bytes in position {position}-{}", position + bytes.len().saturating_sub(1)),
    }
}

/// Why a text is no JSON, in the words of CPython's `json`.
///
/// ```
/// use pickle_tools::json::{self, LoadErrorKind};
///
/// assert!(matches!(json::from_str("1 2").unwrap_err().kind(), LoadErrorKind::ExtraData));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// No value begins here.
    #[error("Expecting value")]
    Value,
    /// A key is missing.
    #[error("Expecting property name enclosed in double quotes")]
    Key,
    /// No colon behind a key.
    #[error("Expecting ':' delimiter")]
    Colon,
    /// Neither a comma nor the end behind a value.
    #[error("Expecting ',' delimiter")]
    Comma,
    /// A comma before the end of an object.
    #[error("Illegal trailing comma before end of object")]
    CommaInObject,
    /// A comma before the end of an array.
    #[error("Illegal trailing comma before end of array")]
    CommaInArray,
    /// Something behind the value.
    #[error("Extra data")]
    ExtraData,
    /// A string without its end; the place is its start.
    #[error("Unterminated string starting at")]
    Unterminated,
    /// A newline or another control character in a string.
    #[error("Invalid control character at")]
    ControlCharacter,
    /// A backslash before a character that has no escape.
    #[error("Invalid \\escape")]
    Escape,
    /// `\u` without four hexadecimal digits.
    #[error("Invalid \\uXXXX escape")]
    UnicodeEscape,
    /// A byte order mark at the start of what is text already.
    #[error("Unexpected UTF-8 BOM (decode using utf-8-sig)")]
    ByteOrderMark,
    /// An int with too many digits.
    #[error("Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits")]
    TooManyDigits {
        /// How many there may be.
        limit: usize,
        /// How many there are.
        digits: usize,
    },
    /// Bytes that are no text in the encoding that they seem to have.
    #[error("'{encoding}' codec can't decode {}: {reason}", undecodable(*.position, .bytes))]
    Encoding {
        /// Python's name of the encoding.
        encoding: &'static str,
        /// Where, in bytes; the byte order mark of UTF-8 is not counted.
        position: usize,
        /// What stands there.
        bytes: Box<[u8]>,
        /// What is wrong with it, in Python's words.
        reason: &'static str,
    },
    /// JSON that is no tagged form: a tag that is not known, or with something else in it than it asks for.
    #[error("{0}")]
    Tag(String),
    /// The graph could not be built.
    #[error(transparent)]
    Graph(pickle_value::Error),
}
