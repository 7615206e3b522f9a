//! Writing JSON.

use std::borrow::Cow;
use std::io;

use pickle_value::{Graph, Handle, Nest, Value};

use super::error::{DumpError, DumpErrorKind};
use super::marks::Marks;
use super::options::DumpOptions;
use super::path::PathText;
use super::term::{Slots, Term, Terms};
use super::writer::Writer;
use super::{keys, tagged};

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
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// assert_eq!(DumpOptions::new().ensure_ascii(false).to_vec(&py!("é"))?, b"\"\xc3\xa9\"");
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What `json.dumps` refuses, in its words and with the path of the culprit.
    pub fn to_vec(&self, graph: &Graph<'_>) -> Result<Vec<u8>, DumpError> {
        let mut writer = Writer::new(self, graph, None);
        self.write(graph, &mut writer)?;
        Ok(writer.into_bytes())
    }

    /// The text of `json.dumps(obj, ...)`.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// assert_eq!(DumpOptions::new().sort_keys(true).to_string(&py!({"b": 1, "a": 2}))?, r#"{"a": 2, "b": 1}"#);
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
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
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// let mut file = Vec::new();
    /// DumpOptions::new().compact().to_writer(&mut file, &py!([1, 2]))?;
    /// assert_eq!(file, b"[1,2]");
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`to_vec`](DumpOptions::to_vec), and [`DumpErrorKind::Io`].
    pub fn to_writer(&self, mut writer: impl io::Write, graph: &Graph<'_>) -> Result<(), DumpError> {
        let mut writer = Writer::new(self, graph, Some(&mut writer));
        self.write(graph, &mut writer)?;
        writer.flush().map_err(|error| DumpError::new(String::new(), DumpErrorKind::Io(error)))
    }

    fn write<'o>(&'o self, graph: &Graph<'_>, writer: &mut Writer<'o>) -> Result<(), DumpError> {
        match self.tagged {
            true => tagged::write(graph, writer),
            false => Dump::new(self, graph, writer).run(),
        }
    }
}

struct Dump<'g, 'w, 'o> {
    terms: Terms<'g, 'o>,
    writer: &'w mut Writer<'o>,
    open: Nest<Open>,
    /// Of what is open, the slots that are not those of an object of the graph.
    own: Nest<Slots<'g>>,
    /// Whether it is open: something of it within it would be written without end.
    inside: Marks<bool>,
}

/// As many bytes as an item has in JSON that is looked at.
const ITEM: u64 = 16;

/// A list or dict that is being written. There may be millions, so it is small.
struct Open {
    handle: Handle,
    /// How many slots have been taken.
    taken: u32,
    is_dict: bool,
    /// Whether the slots are the last of [`Dump::own`].
    is_own: bool,
}

impl<'g, 'w, 'o> Dump<'g, 'w, 'o> {
    fn new(options: &'o DumpOptions, graph: &'g Graph<'g>, writer: &'w mut Writer<'o>) -> Dump<'g, 'w, 'o> {
        let terms = Terms { graph, options };
        Dump { terms, writer, open: Nest::new(), own: Nest::new(), inside: Marks::new(graph) }
    }

    fn run(&mut self) -> Result<(), DumpError> {
        let root = self.terms.graph.root().handle().unwrap_or(Handle::NONE);
        let done = self.value(root).and_then(|()| self.rest());
        done.map_err(|kind| match kind {
            DumpErrorKind::Io(_) | DumpErrorKind::TooLong { .. } => DumpError::new(String::new(), kind),
            kind => DumpError::new(self.path(), kind),
        })
    }

    /// What is left of all that is open.
    fn rest(&mut self) -> Result<(), DumpErrorKind> {
        while let Some(top) = self.open.last() {
            let next = self.slots(top).get(top.taken as usize).copied();
            match (next, top.is_dict) {
                (Some(item), false) => self.item(item)?,
                (Some(key), true) => self.entry(key)?,
                (None, _) => self.close()?,
            }
        }
        Ok(())
    }

    /// Those of what was opened last.
    fn slots(&self, top: &Open) -> &[Handle] {
        match (top.is_own, self.terms.graph.value(top.handle)) {
            (true, _) => self.own.last().map_or(&[], |slots| slots),
            (false, Value::List(slots) | Value::Tuple(slots) | Value::Dict(slots)) => slots,
            _ => &[],
        }
    }

    fn value(&mut self, handle: Handle) -> Result<(), DumpErrorKind> {
        if let Value::Object(object) = self.terms.graph.value(handle) {
            self.writer.count(ITEM * object.extent() as u64);
            self.writer.check_length()?;
        }
        match self.terms.of(handle) {
            Term::List(slots) => self.open(handle, slots, false),
            Term::Dict(slots) => self.open(handle, slots, true),
            Term::Text(text) => {
                self.writer.text(text);
                self.writer.check_length()
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
                self.writer.small(value);
                return Ok(());
            }
            Term::Large(bytes) => return self.writer.large(bytes),
            Term::Float(value) if value.is_finite() => {
                self.writer.float(value);
                return Ok(());
            }
            Term::Float(value) => {
                let (word, python) = match value {
                    f64::INFINITY => ("Infinity", "inf"),
                    f64::NEG_INFINITY => ("-Infinity", "-inf"),
                    _ => ("NaN", "nan"),
                };
                if !self.terms.options.allow_nan {
                    return Err(DumpErrorKind::OutOfRange(python));
                }
                word.as_bytes()
            }
            _ => b"null",
        };
        self.writer.plain(word);
        Ok(())
    }

    fn open(&mut self, handle: Handle, mut slots: Slots<'g>, is_dict: bool) -> Result<(), DumpErrorKind> {
        if slots.is_empty() {
            self.writer.plain(if is_dict { b"{}" } else { b"[]" });
            return Ok(());
        }
        if let Some(is_inside) = self.inside.get_mut(handle)
            && core::mem::replace(is_inside, true)
        {
            return Err(DumpErrorKind::Circular);
        }
        if is_dict && self.terms.options.sort_keys && slots.len() > 2 {
            slots = Cow::Owned(keys::sort(self.terms, slots.into_owned())?);
        }
        let is_object = matches!(self.terms.graph.value(handle), Value::Object(_));
        let is_own = is_object || matches!(slots, Cow::Owned(_));
        if is_own {
            self.own.push(slots);
        }
        self.open.push(Open { handle, taken: 0, is_dict, is_own });
        self.writer.begin(if is_dict { b'{' } else { b'[' });
        self.writer.check_length()
    }

    fn close(&mut self) -> Result<(), DumpErrorKind> {
        if let Some(top) = self.open.pop() {
            if top.is_own {
                self.own.pop();
            }
            if let Some(is_inside) = self.inside.get_mut(top.handle) {
                *is_inside = false;
            }
            self.writer.end(if top.is_dict { b'}' } else { b']' });
        }
        self.writer.check_length()
    }

    fn item(&mut self, item: Handle) -> Result<(), DumpErrorKind> {
        self.writer.separate();
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
            return match self.terms.options.skip_keys {
                true => Ok(()),
                false => Err(DumpErrorKind::Key(keys::type_name(self.terms, key))),
            };
        }
        let value = self.open.last().and_then(|top| self.slots(top).get(top.taken as usize + 1).copied());
        let Some(value) = value else {
            self.take(2);
            return Ok(());
        };
        self.writer.separate();
        self.take(2);
        match term {
            Term::Text(text) => self.writer.text(text),
            number => {
                self.writer.plain(b"\"");
                self.scalar(&number)?;
                self.writer.plain(b"\"");
            }
        }
        self.writer.colon();
        self.value(value)
    }

    fn take(&mut self, slots: u32) {
        if let Some(top) = self.open.last_mut() {
            top.taken += slots;
        }
    }

    /// Where what was taken last stands.
    fn path(&self) -> String {
        let mut path = PathText::new(self.terms.graph);
        let mut own = self.own.iter();
        for open in self.open.iter() {
            let taken = open.taken as usize;
            let slots = match open.is_own {
                true => own.next().map_or(&[][..], |slots| slots),
                false => self.slots(open),
            };
            match open.is_dict {
                true => slots.get(taken.wrapping_sub(2)).into_iter().for_each(|&key| path.key(key)),
                false => path.position(taken.wrapping_sub(1)),
            }
        }
        path.finish()
    }
}
