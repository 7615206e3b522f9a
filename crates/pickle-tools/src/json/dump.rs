//! Writing JSON.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

use pickle_value::literal::write_float;
use pickle_value::{Graph, Handle, Value};

use super::error::{DumpError, DumpErrorKind};
use super::escape::write_text;
use super::int::{write_large, write_small};
use super::keys;
use super::options::DumpOptions;
use super::path::PathText;
use super::term::{Slots, Term, Terms};

/// How many bytes of JSON are always allowed, and how many times the size of the graph.
const ALWAYS_ALLOWED: u64 = 256 << 20;
const TIMES_ALLOWED: u64 = 100;

/// The bytes of `json.dumps(obj)`. See [`DumpOptions::to_vec`].
///
/// ```
/// use pickle_tools::json;
/// use pickle_value::py;
///
/// assert_eq!(json::to_vec(&py!([1, None, "a\n"]))?, b"[1, null, \"a\\n\"]");
/// # Ok::<(), json::DumpError>(())
/// ```
///
/// # Errors
///
/// What `json.dumps` refuses.
pub fn to_vec(graph: &Graph<'_>) -> Result<Vec<u8>, DumpError> {
    DumpOptions::new().to_vec(graph)
}

/// The text of `json.dumps(obj)`. See [`DumpOptions::to_string`].
///
/// ```
/// use pickle_tools::json;
/// use pickle_value::py;
///
/// assert_eq!(json::to_string(&py!({1: 0.5, None: true}))?, r#"{"1": 0.5, "null": true}"#);
/// # Ok::<(), json::DumpError>(())
/// ```
///
/// # Errors
///
/// What `json.dumps` refuses.
pub fn to_string(graph: &Graph<'_>) -> Result<String, DumpError> {
    DumpOptions::new().to_string(graph)
}

/// Writes the bytes of `json.dumps(obj)`, piece by piece. See [`DumpOptions::to_writer`].
///
/// ```
/// use pickle_tools::json;
/// use pickle_value::py;
///
/// let mut file = Vec::new();
/// json::to_writer(&mut file, &py!([1, 2]))?;
/// assert_eq!(file, b"[1, 2]");
/// # Ok::<(), json::DumpError>(())
/// ```
///
/// # Errors
///
/// What `json.dumps` refuses, and those of the writer.
pub fn to_writer(writer: impl io::Write, graph: &Graph<'_>) -> Result<(), DumpError> {
    DumpOptions::new().to_writer(writer, graph)
}

impl DumpOptions {
    /// The bytes of `json.dumps(obj, ...)`: ASCII, unless [`ensure_ascii`](DumpOptions::ensure_ascii) is off. Then it is
    /// UTF-8, with lone surrogates as Python's `surrogatepass` writes them.
    ///
    /// # Errors
    ///
    /// What `json.dumps` refuses, in its words and with the path of the culprit.
    pub fn to_vec(&self, graph: &Graph<'_>) -> Result<Vec<u8>, DumpError> {
        let mut dump = Dump::new(self, graph, None);
        dump.run(graph)?;
        Ok(dump.out)
    }

    /// The text of `json.dumps(obj, ...)`.
    ///
    /// # Errors
    ///
    /// Those of [`to_vec`](DumpOptions::to_vec), and [`DumpErrorKind::Surrogate`].
    pub fn to_string(&self, graph: &Graph<'_>) -> Result<String, DumpError> {
        let bytes = self.to_vec(graph)?;
        String::from_utf8(bytes).map_err(|_| DumpError::new(String::new(), DumpErrorKind::Surrogate))
    }

    /// Writes the bytes of `json.dumps(obj, ...)` piece by piece. What was written stays where there is an error.
    ///
    /// # Errors
    ///
    /// Those of [`to_vec`](DumpOptions::to_vec), and [`DumpErrorKind::Io`].
    pub fn to_writer(&self, mut writer: impl io::Write, graph: &Graph<'_>) -> Result<(), DumpError> {
        let mut dump = Dump::new(self, graph, Some(&mut writer));
        dump.run(graph)?;
        let written = dump.flush();
        written.map_err(|error| DumpError::new(String::new(), DumpErrorKind::Io(error)))
    }
}

struct Dump<'g, 'o> {
    terms: Terms<'g, 'o>,
    options: &'o DumpOptions,
    item_separator: &'o str,
    key_separator: &'o str,
    out: Vec<u8>,
    writer: Option<&'o mut dyn io::Write>,
    /// How many bytes the writer has got.
    written: u64,
    /// What was looked at to tell what instances are, in bytes: very many may have one argument.
    looked_at: u64,
    limit: u64,
    open: Vec<Open<'g>>,
    /// What is open: something of it within it would be written without end.
    inside: HashSet<Handle>,
}

/// As many bytes as an item has in JSON that is looked at.
const ITEM: u64 = 16;

/// A list or dict that is being written.
struct Open<'g> {
    handle: Handle,
    slots: Slots<'g>,
    /// How many slots have been taken.
    taken: usize,
    is_dict: bool,
    /// Whether nothing has been written of it yet.
    is_first: bool,
}

impl<'g, 'o> Dump<'g, 'o> {
    fn new(options: &'o DumpOptions, graph: &'g Graph<'g>, writer: Option<&'o mut dyn io::Write>) -> Dump<'g, 'o> {
        let default = if options.indent.is_some() { (",", ": ") } else { (", ", ": ") };
        let (item_separator, key_separator) = options.separators.as_ref().map_or(default, |(item, key)| (item, key));
        let relative = (graph.size_hint() as u64).saturating_mul(TIMES_ALLOWED);
        Dump {
            terms: Terms { graph, options },
            options,
            item_separator,
            key_separator,
            out: Vec::new(),
            writer,
            written: 0,
            looked_at: 0,
            limit: options.max_bytes.unwrap_or(relative.max(ALWAYS_ALLOWED)),
            open: Vec::new(),
            inside: HashSet::new(),
        }
    }

    fn run(&mut self, graph: &Graph<'_>) -> Result<(), DumpError> {
        let root = graph.root().handle().unwrap_or(Handle::NONE);
        let done = self.value(root).and_then(|()| self.rest());
        done.map_err(|kind| match kind {
            DumpErrorKind::Io(_) | DumpErrorKind::TooLong { .. } => DumpError::new(String::new(), kind),
            kind => DumpError::new(self.path(), kind),
        })
    }

    /// What is left of all that is open.
    fn rest(&mut self) -> Result<(), DumpErrorKind> {
        while let Some(top) = self.open.last() {
            let next = top.slots.get(top.taken).copied();
            match (next, top.is_dict) {
                (Some(item), false) => self.item(item)?,
                (Some(key), true) => self.entry(key)?,
                (None, _) => self.close()?,
            }
        }
        Ok(())
    }

    fn value(&mut self, handle: Handle) -> Result<(), DumpErrorKind> {
        if let Value::Object(object) = self.terms.graph.value(handle) {
            self.looked_at += ITEM * object.extent() as u64;
            self.check_length()?;
        }
        match self.terms.of(handle) {
            Term::List(slots) => self.open(handle, slots, false),
            Term::Dict(slots) => self.open(handle, slots, true),
            Term::Text(text) => {
                write_text(text, self.options.ensure_ascii, &mut self.out);
                self.check_length()
            }
            Term::Refused(kind) => Err(kind),
            scalar => self.scalar(&scalar),
        }
    }

    fn scalar(&mut self, term: &Term<'_>) -> Result<(), DumpErrorKind> {
        let word: &[u8] = match *term {
            Term::Bool(true) => b"true",
            Term::Bool(false) => b"false",
            Term::Small(value) => {
                write_small(value, &mut self.out);
                return Ok(());
            }
            Term::Large(bytes) => {
                let limit = self.options.max_digits;
                let fits = write_large(bytes, limit, &mut self.out);
                return if fits { Ok(()) } else { Err(DumpErrorKind::TooManyDigits { limit }) };
            }
            Term::Float(value) if value.is_finite() => {
                let mut text = String::new();
                // A string takes all that is written.
                let _ = write_float(value, &mut text);
                self.out.extend_from_slice(text.as_bytes());
                return Ok(());
            }
            Term::Float(value) => {
                let (word, python) = match value {
                    f64::INFINITY => ("Infinity", "inf"),
                    f64::NEG_INFINITY => ("-Infinity", "-inf"),
                    _ => ("NaN", "nan"),
                };
                if !self.options.allow_nan {
                    return Err(DumpErrorKind::OutOfRange(python));
                }
                word.as_bytes()
            }
            _ => b"null",
        };
        self.out.extend_from_slice(word);
        Ok(())
    }

    fn open(&mut self, handle: Handle, mut slots: Slots<'g>, is_dict: bool) -> Result<(), DumpErrorKind> {
        if slots.is_empty() {
            self.out.extend_from_slice(if is_dict { b"{}" } else { b"[]" });
            return Ok(());
        }
        if !self.inside.insert(handle) {
            return Err(DumpErrorKind::Circular);
        }
        if is_dict && self.options.sort_keys && slots.len() > 2 {
            slots = Cow::Owned(keys::sort(self.terms, slots.into_owned())?);
        }
        self.out.push(if is_dict { b'{' } else { b'[' });
        self.open.push(Open { handle, slots, taken: 0, is_dict, is_first: true });
        self.new_line();
        Ok(())
    }

    fn close(&mut self) -> Result<(), DumpErrorKind> {
        if let Some(top) = self.open.pop() {
            self.inside.remove(&top.handle);
            self.new_line();
            self.out.push(if top.is_dict { b'}' } else { b']' });
        }
        self.check_length()
    }

    fn item(&mut self, item: Handle) -> Result<(), DumpErrorKind> {
        self.separate();
        self.take(1);
        self.value(item)
    }

    fn entry(&mut self, key: Handle) -> Result<(), DumpErrorKind> {
        let term = self.terms.of_key(key);
        if let Term::Refused(kind @ (DumpErrorKind::UnknownClass { .. } | DumpErrorKind::NotOfClass { .. })) = term {
            self.take(2);
            return Err(kind);
        }
        if matches!(term, Term::List(_) | Term::Dict(_) | Term::Refused(_)) {
            self.take(2);
            return match self.options.skip_keys {
                true => Ok(()),
                false => Err(DumpErrorKind::Key(keys::type_name(self.terms, key))),
            };
        }
        let Some(value) = self.open.last().and_then(|top| top.slots.get(top.taken + 1).copied()) else {
            self.take(2);
            return Ok(());
        };
        self.separate();
        self.take(2);
        match term {
            Term::Text(text) => write_text(text, self.options.ensure_ascii, &mut self.out),
            number => {
                self.out.push(b'"');
                self.scalar(&number)?;
                self.out.push(b'"');
            }
        }
        self.out.extend_from_slice(self.key_separator.as_bytes());
        self.value(value)
    }

    fn take(&mut self, slots: usize) {
        if let Some(top) = self.open.last_mut() {
            top.taken += slots;
        }
    }

    /// What stands before an item, unless it is the first.
    fn separate(&mut self) {
        let is_first = self.open.last_mut().is_none_or(|top| core::mem::replace(&mut top.is_first, false));
        if !is_first {
            self.separator();
        }
    }

    fn separator(&mut self) {
        self.out.extend_from_slice(self.item_separator.as_bytes());
        self.new_line();
    }

    /// A new line, indented as deep as it is within what is open.
    fn new_line(&mut self) {
        let Some(indent) = &self.options.indent else { return };
        self.out.push(b'\n');
        for _ in 0..self.open.len() {
            self.out.extend_from_slice(indent.as_bytes());
        }
    }

    /// Called often enough for both: what is written is not to be held, and not to be too much.
    fn check_length(&mut self) -> Result<(), DumpErrorKind> {
        if self.written + self.looked_at + self.out.len() as u64 > self.limit {
            return Err(DumpErrorKind::TooLong { limit: self.limit });
        }
        if self.out.len() > 1 << 16 && self.writer.is_some() {
            return self.flush().map_err(DumpErrorKind::Io);
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(writer) = &mut self.writer {
            writer.write_all(&self.out)?;
            self.written += self.out.len() as u64;
            self.out.clear();
        }
        Ok(())
    }

    /// Where what was taken last stands.
    fn path(&self) -> String {
        let mut path = PathText::new(self.terms.graph);
        for open in &self.open {
            match open.is_dict {
                true => open.slots.get(open.taken.wrapping_sub(2)).into_iter().for_each(|&key| path.key(key)),
                false => path.position(open.taken.wrapping_sub(1)),
            }
        }
        path.finish()
    }
}
