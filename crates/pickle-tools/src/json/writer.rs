//! [`Writer`]: JSON text, piece by piece, with its separators, its indentation and its limit.

use std::io;

use pickle_value::literal::write_float;
use pickle_value::{Graph, Text};

use super::error::DumpErrorKind;
use super::escape::write_text;
use super::int::{write_large, write_small};
use super::options::DumpOptions;

/// How many bytes of JSON are always allowed, and how many times the size of the graph.
const ALWAYS_ALLOWED: u64 = 16 << 20;
const TIMES_ALLOWED: u64 = 100;

pub(crate) struct Writer<'o> {
    pub(crate) options: &'o DumpOptions,
    item_separator: &'o str,
    key_separator: &'o str,
    /// What the sink has not got yet; all, if there is none.
    out: Vec<u8>,
    sink: Option<&'o mut dyn io::Write>,
    /// How many bytes count against the limit besides those in `out`: what the sink has got, and what was looked at.
    counted: u64,
    limit: u64,
    depth: usize,
    /// Whether nothing has been written yet of what was begun last.
    is_first: bool,
}

impl<'o> Writer<'o> {
    pub(crate) fn new(options: &'o DumpOptions, graph: &Graph<'_>, sink: Option<&'o mut dyn io::Write>) -> Writer<'o> {
        let default = if options.indent.is_some() { (",", ": ") } else { (", ", ": ") };
        let (item_separator, key_separator) = options.separators.as_ref().map_or(default, |(item, key)| (item, key));
        let relative = (graph.size_hint() as u64).saturating_mul(TIMES_ALLOWED);
        Writer {
            options,
            item_separator,
            key_separator,
            out: Vec::new(),
            sink,
            counted: 0,
            limit: options.max_bytes.unwrap_or(relative.max(ALWAYS_ALLOWED)),
            depth: 0,
            is_first: true,
        }
    }

    /// What was written, where there is no sink.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Begins a list or an object that is not empty.
    pub(crate) fn begin(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.depth += 1;
        self.is_first = true;
        self.new_line();
    }

    /// What stands before an item or a key, unless it is the first.
    pub(crate) fn separate(&mut self) {
        if !core::mem::replace(&mut self.is_first, false) {
            self.out.extend_from_slice(self.item_separator.as_bytes());
            self.new_line();
        }
    }

    /// What stands between a key and its value.
    pub(crate) fn colon(&mut self) {
        self.out.extend_from_slice(self.key_separator.as_bytes());
    }

    pub(crate) fn end(&mut self, bracket: u8) {
        self.depth -= 1;
        self.is_first = false;
        self.new_line();
        self.out.push(bracket);
    }

    /// A new line, indented as deep as it is within what is open.
    fn new_line(&mut self) {
        let Some(indent) = &self.options.indent else { return };
        self.out.push(b'\n');
        for _ in 0..self.depth {
            self.out.extend_from_slice(indent.as_bytes());
        }
    }

    /// What needs no escapes.
    pub(crate) fn plain(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    pub(crate) fn text(&mut self, text: Text<'_>) {
        write_text(text, self.options.ensure_ascii, &mut self.out);
    }

    pub(crate) fn small(&mut self, value: i64) {
        write_small(value, &mut self.out);
    }

    /// An int in two's complement, little-endian.
    pub(crate) fn large(&mut self, bytes: &[u8]) -> Result<(), DumpErrorKind> {
        let limit = self.options.max_digits;
        let fits = write_large(bytes, limit, &mut self.out);
        if fits { Ok(()) } else { Err(DumpErrorKind::TooManyDigits { limit }) }
    }

    /// A float that is finite.
    pub(crate) fn float(&mut self, value: f64) {
        let mut text = String::new();
        // A string takes all that is written.
        let _ = write_float(value, &mut text);
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Counts work that writes nothing as if it had written so many bytes.
    pub(crate) fn count(&mut self, bytes: u64) {
        self.counted += bytes;
    }

    /// Called often enough for both: what is written is not to be held, and not to be too much.
    pub(crate) fn check_length(&mut self) -> Result<(), DumpErrorKind> {
        if self.counted + self.out.len() as u64 > self.limit {
            return Err(self.too_long());
        }
        if self.out.len() > 1 << 16 { self.flush().map_err(DumpErrorKind::Io) } else { Ok(()) }
    }

    pub(crate) fn too_long(&self) -> DumpErrorKind {
        DumpErrorKind::TooLong { limit: self.limit }
    }

    /// Hands on what is left.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if let Some(sink) = &mut self.sink {
            sink.write_all(&self.out)?;
            self.counted += self.out.len() as u64;
            self.out.clear();
        }
        Ok(())
    }
}
