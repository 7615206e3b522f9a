//! [`GraphHost`]: the host that a graph is while it is being read; [`from_slice`].

use pickle_value::{Builder, Graph, Handle, ObjectKind};

use crate::code::Layout;
use crate::error::{Error, Fault};
use crate::host::{Container, Host, Items};
use crate::read::{DEFAULT_DEPTH_LIMIT, Reader};
use crate::record::Record;
use crate::version::Release;

/// The name of the type that a code object has in a graph.
pub(crate) const CODE: &str = "code";

/// The most fields that a code object has.
const MOST_FIELDS: usize = 16;

/// Reads one object, by the rules of CPython 3.13.
///
/// Text and bytes of the graph borrow from `input`. What follows the object is ignored, as `marshal.loads` does.
///
/// ```
/// let graph = marshal_lite::from_slice(b"[\x02\0\0\0\xe9\x01\0\0\0r\0\0\0\0")?;
/// assert_eq!(graph.to_string(), "[1, 1]");
/// # Ok::<(), marshal_lite::Error>(())
/// ```
///
/// # Errors
///
/// With the offset and the type code: what is wrong with the data.
#[doc(alias = "loads")]
pub fn from_slice(input: &[u8]) -> Result<Graph<'_>, Error> {
    ReadOptions::new().from_slice(input)
}

/// How to read.
///
/// ```
/// use marshal_lite::{ReadOptions, Release};
///
/// // Python 2's str is a kind of its own.
/// let options = ReadOptions::new().release(Release::PYTHON_2_7);
/// assert_eq!(options.from_slice(b"s\x01\0\0\0\xe9")?.root().as_bytes(), Some(&b"\xe9"[..]));
/// # Ok::<(), marshal_lite::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ReadOptions {
    release: Release,
    depth_limit: usize,
    allow_code: bool,
}

impl Default for ReadOptions {
    fn default() -> ReadOptions {
        ReadOptions { release: Release::PYTHON_3_13, depth_limit: DEFAULT_DEPTH_LIMIT, allow_code: true }
    }
}

impl ReadOptions {
    /// The rules of CPython 3.13.
    #[must_use]
    pub fn new() -> ReadOptions {
        ReadOptions::default()
    }

    /// By whose rules: what a code object is, and whether `str` is Python 2's.
    #[must_use]
    pub fn release(self, release: Release) -> ReadOptions {
        ReadOptions { release, ..self }
    }

    /// How many objects may stand within each other; [`DEFAULT_DEPTH_LIMIT`] by default. No depth overflows the stack.
    #[must_use]
    pub fn depth_limit(self, limit: usize) -> ReadOptions {
        ReadOptions { depth_limit: limit, ..self }
    }

    /// Whether code objects are read: `marshal.loads`' parameter `allow_code`. They are by default.
    #[must_use]
    pub fn allow_code(self, allow: bool) -> ReadOptions {
        ReadOptions { allow_code: allow, ..self }
    }

    /// Reads one object; what follows it is ignored.
    ///
    /// # Errors
    ///
    /// As [`from_slice`].
    #[doc(alias = "loads")]
    pub fn from_slice<'a>(&self, input: &'a [u8]) -> Result<Graph<'a>, Error> {
        self.from_slice_at(input, 0).map(|(graph, _)| graph)
    }

    /// Reads the object that starts at `offset` of `input`; gives the offset behind it, too.
    ///
    /// # Errors
    ///
    /// As [`from_slice`]; offsets count from the start of `input`.
    pub fn from_slice_at<'a>(&self, input: &'a [u8], offset: usize) -> Result<(Graph<'a>, usize), Error> {
        let (graph, end, _) = self.read(input, offset, false)?;
        Ok((graph, end))
    }

    /// Reads one object, and keeps what the data says beside it, so that it can be written with the same bytes.
    ///
    /// # Errors
    ///
    /// As [`from_slice`].
    pub fn from_slice_recorded<'a>(&self, input: &'a [u8]) -> Result<(Graph<'a>, Record), Error> {
        let (graph, _, record) = self.read(input, 0, true)?;
        Ok((graph, record))
    }

    /// Both: from an offset, and recorded.
    ///
    /// # Errors
    ///
    /// As [`from_slice`].
    pub fn from_slice_recorded_at<'a>(
        &self,
        input: &'a [u8],
        offset: usize,
    ) -> Result<(Graph<'a>, usize, Record), Error> {
        self.read(input, offset, true)
    }

    fn read<'a>(&self, input: &'a [u8], offset: usize, record: bool) -> Result<(Graph<'a>, usize, Record), Error> {
        let mut host = GraphHost::new(Builder::with_input(input), self.release);
        let mut reader = Reader::new(self.release);
        reader.set_depth_limit(self.depth_limit);
        reader.set_allow_code(self.allow_code);
        reader.set_recording(record);
        let (root, end) = reader.read(&mut host, input, offset).map_err(Fault::into_error)?;
        let given = host.given;
        let mut graph = host.into_builder().finish(root);
        // Where a dict or a set had something twice, what is left may be referred to by less.
        if graph.all_items().len() == given && !self.release.is_python2() {
            graph = graph.with_shared(reader.named());
        }
        Ok((graph, end, reader.take_record()))
    }
}

/// The host that makes a graph.
///
/// A code object is an [`ObjectKind::Native`] of the type `code`: the number of its layout, and its fields.
#[derive(Debug)]
pub struct GraphHost<'a> {
    builder: Builder<'a>,
    python2: bool,
    /// The word `code`, once there is a code object.
    code: Option<Handle>,
    /// How many items and fields were given to containers and objects.
    given: usize,
}

impl<'a> GraphHost<'a> {
    /// A host that adds to `builder`, by the rules of a release.
    #[must_use]
    pub fn new(builder: Builder<'a>, release: Release) -> GraphHost<'a> {
        GraphHost { builder, python2: release.is_python2(), code: None, given: 0 }
    }

    /// The builder, with all that was made.
    #[must_use]
    pub fn into_builder(self) -> Builder<'a> {
        self.builder
    }

    fn code(&mut self, layout: Layout, fields: &[Handle]) -> Result<Handle, Error> {
        let name = match self.code {
            Some(name) => name,
            None => *self.code.insert(self.builder.text(CODE)?),
        };
        let mut all = [Handle::NONE; MOST_FIELDS + 2];
        all[0] = name;
        all[1] = self.builder.int32(layout.number());
        let end = 2 + fields.len();
        self.given += 2;
        all[2..end].copy_from_slice(fields);
        Ok(self.builder.object(ObjectKind::Native, &all[..end])?)
    }
}

impl Host for GraphHost<'_> {
    type Object = Handle;
    type Error = Error;

    #[inline(always)]
    fn none(&mut self) -> Result<Handle, Error> {
        Ok(self.builder.none())
    }

    #[inline(always)]
    fn bool(&mut self, value: bool) -> Result<Handle, Error> {
        Ok(self.builder.bool(value))
    }

    fn ellipsis(&mut self) -> Result<Handle, Error> {
        Ok(self.builder.ellipsis())
    }

    fn stop_iteration(&mut self) -> Result<Handle, Error> {
        let module = if self.python2 { "exceptions" } else { "builtins" };
        Ok(self.builder.global(module, STOP_ITERATION)?)
    }

    #[inline(always)]
    fn int32(&mut self, value: i32) -> Result<Handle, Error> {
        Ok(self.builder.int32(value))
    }

    fn int64(&mut self, value: i64) -> Result<Handle, Error> {
        Ok(self.builder.int(value)?)
    }

    fn long(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        if self.python2 {
            return Ok(self.builder.long_from_le_bytes(bytes)?);
        }
        Ok(self.builder.int_from_le_bytes(bytes)?)
    }

    fn float(&mut self, value: f64) -> Result<Handle, Error> {
        Ok(self.builder.float(value)?)
    }

    fn complex(&mut self, real: f64, imaginary: f64) -> Result<Handle, Error> {
        self.given += 2;
        Ok(self.builder.complex(real, imaginary)?)
    }

    #[inline(always)]
    fn ascii(&mut self, text: &[u8], _interned: bool) -> Result<Handle, Error> {
        Ok(self.builder.text_from_utf8(text)?)
    }

    #[inline(always)]
    fn text(&mut self, utf8: &[u8], _interned: bool) -> Result<Handle, Error> {
        Ok(self.builder.text_from_utf8(utf8)?)
    }

    #[inline(always)]
    fn bytes(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        Ok(self.builder.bytes(bytes)?)
    }

    #[inline(always)]
    fn byte_string(&mut self, bytes: &[u8], _interned: bool) -> Result<Handle, Error> {
        Ok(self.builder.byte_string(bytes)?)
    }

    fn begin(&mut self, container: Container, _length: usize) -> Result<Handle, Error> {
        Ok(match container {
            Container::List => self.builder.list(&[])?,
            Container::Dict => self.builder.dict(&[])?,
            Container::Set => self.builder.set(&[])?,
            _ => self.builder.tuple(&[])?,
        })
    }

    #[inline]
    fn finish(
        &mut self,
        container: Container,
        begun: Option<Handle>,
        items: Items<'_, Handle>,
    ) -> Result<Handle, Error> {
        let items = items.as_slice();
        self.given += items.len();
        let builder = &mut self.builder;
        let Some(begun) = begun else {
            return Ok(match container {
                Container::Tuple => builder.tuple(items)?,
                Container::List => builder.list(items)?,
                Container::Dict => builder.dict(items)?,
                Container::Set => builder.set(items)?,
                Container::FrozenSet => builder.frozen_set(items)?,
                Container::Slice => {
                    let part = |at: usize| items.get(at).copied().unwrap_or(Handle::NONE);
                    builder.slice([part(0), part(1), part(2)])?
                }
                Container::Code(layout) => self.code(layout, items)?,
            });
        };
        match container {
            Container::List => builder.extend(begun, items)?,
            Container::Dict => builder.set_items(begun, items)?,
            Container::Set => builder.add_items(begun, items)?,
            _ => builder.fill_tuple(begun, items)?,
        }
        Ok(begun)
    }
}

/// The class that marshal data has a code for.
pub(crate) const STOP_ITERATION: &str = "StopIteration";

#[cfg(test)]
mod tests {
    use super::MOST_FIELDS;
    use crate::version::Release;

    #[test]
    fn no_layout_has_more_fields() {
        assert_eq!(Release::all().map(|release| release.layout().fields().len()).max(), Some(MOST_FIELDS));
    }
}
