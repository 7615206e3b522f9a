//! Reading JSON.

use std::borrow::Cow;
use std::collections::HashMap;

use num_bigint::BigInt;
use pickle_value::{Builder, Graph, Handle};

use super::encoding;
use super::error::{LoadError, LoadErrorKind};
use super::options::LoadOptions;
use super::scan::{Number, Scanner};

/// What `json.loads(bytes)` builds. See [`LoadOptions::from_slice`].
///
/// ```
/// use pickle_tools::json;
///
/// let graph = json::from_slice(br#"{"name": "Zo\u00eb", "big": 100000000000000000000, "no": [NaN, -Infinity]}"#)?;
/// assert_eq!(graph.to_string(), "{'name': 'Zoë', 'big': 100000000000000000000, 'no': [nan, -inf]}");
///
/// let error = json::from_slice(b"[1,\n 2,]").unwrap_err();
/// assert_eq!(error.to_string(), "Illegal trailing comma before end of array: line 2 column 3 (char 6)");
/// # Ok::<(), json::LoadError>(())
/// ```
///
/// # Errors
///
/// What `json.loads` refuses.
pub fn from_slice(input: &[u8]) -> Result<Graph<'_>, LoadError> {
    LoadOptions::new().from_slice(input)
}

/// What `json.loads(text)` builds. See [`LoadOptions::from_str`].
///
/// ```
/// use pickle_tools::json;
///
/// assert_eq!(json::from_str("[1, 2.0, null]")?.to_string(), "[1, 2.0, None]");
/// # Ok::<(), json::LoadError>(())
/// ```
///
/// # Errors
///
/// What `json.loads` refuses.
pub fn from_str(text: &str) -> Result<Graph<'_>, LoadError> {
    LoadOptions::new().from_str(text)
}

impl LoadOptions {
    /// What `json.loads(bytes)` builds: the text may be in UTF-8, UTF-16 or UTF-32, with a byte order mark or without.
    ///
    /// Keys that are equal are one object, as they are in CPython, so that the pickle of the graph has the bytes of
    /// `pickle.dumps(json.loads(bytes))`. Strings without escapes are borrowed from UTF-8.
    ///
    /// ```
    /// use pickle_tools::json::LoadOptions;
    ///
    /// // UTF-16.
    /// assert_eq!(LoadOptions::new().from_slice(b"\xff\xfe1\0")?.to_string(), "1");
    /// # Ok::<(), pickle_tools::json::LoadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What `json.loads` refuses, in its words and with its places.
    pub fn from_slice<'a>(&self, input: &'a [u8]) -> Result<Graph<'a>, LoadError> {
        match encoding::decoded(input)? {
            Cow::Borrowed(text) => self.load(text),
            Cow::Owned(text) => self.load(&text).map(Graph::into_owned),
        }
    }

    /// What `json.loads(text)` builds.
    ///
    /// ```
    /// use pickle_tools::json::LoadOptions;
    ///
    /// assert_eq!(LoadOptions::new().from_str("[true]")?.to_string(), "[True]");
    /// # Ok::<(), pickle_tools::json::LoadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What `json.loads` refuses, in its words and with its places.
    pub fn from_str<'a>(&self, text: &'a str) -> Result<Graph<'a>, LoadError> {
        if text.starts_with('\u{feff}') {
            return Err(Scanner::new(text.as_bytes()).error_at(0, LoadErrorKind::ByteOrderMark));
        }
        self.load(text.as_bytes())
    }

    fn load<'a>(&self, text: &'a [u8]) -> Result<Graph<'a>, LoadError> {
        let builder = Builder::with_input(text);
        let mut load =
            Load { scanner: Scanner::new(text), builder, options: self, keys: HashMap::new(), open: Vec::new() };
        let root = load.document()?;
        Ok(load.builder.finish(root))
    }
}

struct Load<'a, 'o> {
    scanner: Scanner<'a>,
    builder: Builder<'a>,
    options: &'o LoadOptions,
    /// Each key is one object, wherever it stands.
    keys: HashMap<Cow<'a, [u8]>, Handle>,
    open: Vec<Open>,
}

/// An array or object that is being read.
enum Open {
    Array(Vec<Handle>),
    /// Keys and values in turn.
    Object(Vec<Handle>),
}

/// What was read.
enum Read {
    Value(Handle),
    /// An array or object has begun, and is not empty.
    Begun,
}

impl Load<'_, '_> {
    fn document(&mut self) -> Result<Handle, LoadError> {
        self.scanner.skip_space();
        let mut read = self.value()?;
        loop {
            let value = match read {
                Read::Value(value) => value,
                Read::Begun => {
                    read = self.next_value()?;
                    continue;
                }
            };
            self.scanner.skip_space();
            let Some(top) = self.open.last_mut() else {
                return match self.scanner.peek() {
                    None => Ok(value),
                    Some(_) => Err(self.scanner.error(LoadErrorKind::ExtraData)),
                };
            };
            let (items, end, trailing) = match top {
                Open::Array(items) => (items, b']', LoadErrorKind::CommaInArray),
                Open::Object(slots) => (slots, b'}', LoadErrorKind::CommaInObject),
            };
            items.push(value);
            if self.scanner.take(end) {
                read = Read::Value(self.close()?);
                continue;
            }
            let comma = self.scanner.position();
            if !self.scanner.take(b',') {
                return Err(self.scanner.error(LoadErrorKind::Comma));
            }
            self.scanner.skip_space();
            if self.scanner.peek() == Some(end) {
                return Err(self.scanner.error_at(comma, trailing));
            }
            read = self.next_value()?;
        }
    }

    /// The next value of what is open, behind its key if it has one.
    fn next_value(&mut self) -> Result<Read, LoadError> {
        if let Some(Open::Object(_)) = self.open.last() {
            let key = self.key()?;
            if let Some(Open::Object(slots)) = self.open.last_mut() {
                slots.push(key);
            }
        }
        self.value()
    }

    fn key(&mut self) -> Result<Handle, LoadError> {
        if !self.scanner.take(b'"') {
            return Err(self.scanner.error(LoadErrorKind::Key));
        }
        let text = self.scanner.string()?;
        self.scanner.skip_space();
        if !self.scanner.take(b':') {
            return Err(self.scanner.error(LoadErrorKind::Colon));
        }
        self.scanner.skip_space();
        if let Some(&known) = self.keys.get(&text) {
            return Ok(known);
        }
        let key = self.builder.text_from_utf8(&text).map_err(of_graph)?;
        self.keys.insert(text, key);
        Ok(key)
    }

    fn value(&mut self) -> Result<Read, LoadError> {
        let value = match self.scanner.peek() {
            Some(b'"') => {
                self.scanner.take(b'"');
                let text = self.scanner.string()?;
                self.builder.text_from_utf8(&text).map_err(of_graph)?
            }
            Some(b'[') => return self.begin(b'[', b']', Open::Array(Vec::new())),
            Some(b'{') => return self.begin(b'{', b'}', Open::Object(Vec::new())),
            _ => match self.word() {
                Some(value) => value.map_err(of_graph)?,
                None => self.number()?,
            },
        };
        Ok(Read::Value(value))
    }

    fn begin(&mut self, start: u8, end: u8, open: Open) -> Result<Read, LoadError> {
        self.scanner.take(start);
        self.scanner.skip_space();
        self.open.push(open);
        match self.scanner.take(end) {
            true => self.close().map(Read::Value),
            false => Ok(Read::Begun),
        }
    }

    fn close(&mut self) -> Result<Handle, LoadError> {
        let made = match self.open.pop() {
            Some(Open::Object(slots)) => self.builder.dict(&slots),
            Some(Open::Array(items)) => self.builder.list(&items),
            None => Ok(Handle::NONE),
        };
        made.map_err(of_graph)
    }

    /// What has a name; nothing where none of the names stands.
    fn word(&mut self) -> Option<Result<Handle, pickle_value::Error>> {
        let builder = &mut self.builder;
        let scanner = &mut self.scanner;
        match scanner.peek()? {
            b'n' => scanner.take_word("null").then(|| Ok(builder.none())),
            b't' => scanner.take_word("true").then(|| Ok(builder.bool(true))),
            b'f' => scanner.take_word("false").then(|| Ok(builder.bool(false))),
            b'N' => scanner.take_word("NaN").then(|| builder.float(f64::NAN)),
            b'I' => scanner.take_word("Infinity").then(|| builder.float(f64::INFINITY)),
            b'-' => scanner.take_word("-Infinity").then(|| builder.float(f64::NEG_INFINITY)),
            _ => None,
        }
    }

    fn number(&mut self) -> Result<Handle, LoadError> {
        let start = self.scanner.position();
        let Some(number) = self.scanner.number() else {
            return Err(self.scanner.error(LoadErrorKind::Value));
        };
        let made = match number {
            Number::Int(text) => match text.parse::<i64>() {
                Ok(value) => self.builder.int(value),
                Err(_) => {
                    let (digits, limit) = (text.trim_start_matches('-').len(), self.options.max_digits);
                    if limit > 0 && digits > limit {
                        return Err(self.scanner.error_at(start, LoadErrorKind::TooManyDigits { limit, digits }));
                    }
                    self.builder.bigint(&text.parse::<BigInt>().unwrap_or_default())
                }
            },
            // What is too large is infinite, as in Python.
            Number::Float(text) => self.builder.float(text.parse().unwrap_or(f64::NAN)),
        };
        made.map_err(of_graph)
    }
}

#[cold]
fn of_graph(error: pickle_value::Error) -> LoadError {
    LoadError::new(LoadErrorKind::Graph(error))
}
