//! [`GraphSource`]: the source that a graph is while it is being written by the rules; [`to_vec`].

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use pickle_value::{Graph, Handle, Kind, Object, ObjectKind, Value};

use crate::code::Layout;
use crate::error::{Error, Fault};
use crate::graph_host::{CODE, STOP_ITERATION};
use crate::read::DEFAULT_DEPTH_LIMIT;
use crate::sharing::{Sharing, Slots, items};
use crate::source::{Shape, Share, Source};
use crate::version::Release;
use crate::write::Writer;

/// Writes a graph as CPython 3.13's `marshal.dumps` writes it, version 4.
///
/// What is one object in the graph is one object, and so is what CPython has one of in any case; all else is taken for
/// held once. [`WriteOptions`] has the other versions and rules.
///
/// ```
/// use pickle_value::py;
///
/// // marshal.dumps([1, 1000])
/// assert_eq!(marshal_lite::to_vec(&py!([1, 1000]))?, b"[\x02\0\0\0\xe9\x01\0\0\0i\xe8\x03\0\0");
/// # Ok::<(), marshal_lite::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for what cannot be marshalled, such as an instance;
/// [`ErrorKind::TooDeep`](crate::ErrorKind::TooDeep).
#[doc(alias = "dumps")]
pub fn to_vec(graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
    WriteOptions::new().to_vec(graph)
}

/// How to write.
///
/// ```
/// use marshal_lite::{Release, WriteOptions};
/// use pickle_value::py;
///
/// // marshal.dumps((0.5,), 1)
/// assert_eq!(WriteOptions::new().version(1).to_vec(&py!((0.5,)))?, b"(\x01\0\0\0f\x030.5");
/// # Ok::<(), marshal_lite::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct WriteOptions {
    version: Option<u8>,
    release: Release,
    sharing: Sharing,
    depth_limit: usize,
    size_limit: Option<usize>,
    allow_code: bool,
}

impl Default for WriteOptions {
    fn default() -> WriteOptions {
        WriteOptions {
            version: None,
            release: Release::PYTHON_3_13,
            sharing: Sharing::default(),
            depth_limit: DEFAULT_DEPTH_LIMIT,
            size_limit: None,
            allow_code: true,
        }
    }
}

impl WriteOptions {
    /// As CPython 3.13 writes.
    #[must_use]
    pub fn new() -> WriteOptions {
        WriteOptions::default()
    }

    /// The version of marshal; by default the release's own.
    #[must_use]
    pub fn version(self, version: u8) -> WriteOptions {
        WriteOptions { version: Some(version), ..self }
    }

    /// By whose rules.
    #[must_use]
    pub fn release(self, release: Release) -> WriteOptions {
        WriteOptions { release, ..self }
    }

    /// Which objects have the flag that references need.
    #[must_use]
    pub fn sharing(self, sharing: Sharing) -> WriteOptions {
        WriteOptions { sharing, ..self }
    }

    /// How many objects may stand within each other; [`DEFAULT_DEPTH_LIMIT`] by default. No depth overflows the stack.
    #[must_use]
    pub fn depth_limit(self, limit: usize) -> WriteOptions {
        WriteOptions { depth_limit: limit, ..self }
    }

    /// How many bytes may be written. By default any number where there are references; before version 3, where what is
    /// shared is written again each time, 16 times the size of the graph and a quarter of a mebibyte.
    #[must_use]
    pub fn size_limit(self, limit: usize) -> WriteOptions {
        WriteOptions { size_limit: Some(limit), ..self }
    }

    /// Whether code objects are written: `marshal.dumps`' parameter `allow_code`. They are by default.
    #[must_use]
    pub fn allow_code(self, allow: bool) -> WriteOptions {
        WriteOptions { allow_code: allow, ..self }
    }

    /// Writes a graph.
    ///
    /// # Errors
    ///
    /// As [`to_vec`]; [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion).
    #[doc(alias = "dumps")]
    pub fn to_vec(&self, graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
        let version = self.version.unwrap_or(self.release.marshal_version());
        let mut writer = self.writer(version)?;
        writer.reserve(graph.size_hint());
        if self.size_limit.is_none() && version < 3 {
            writer.set_size_limit(graph.size_hint().saturating_mul(16).saturating_add(1 << 18));
        }
        let root = graph.root().handle().unwrap_or(Handle::NONE);
        let mut source = GraphSource::new(graph, version, self.release, self.sharing);
        source.order_sets(self)?;
        writer.write(&mut source, root).map_err(Fault::into_error)?;
        Ok(writer.into_vec())
    }

    pub(crate) fn writer(&self, version: u8) -> Result<Writer, Error> {
        let mut writer = Writer::new(version, self.release)?;
        writer.set_depth_limit(self.depth_limit);
        writer.set_size_limit(self.size_limit.unwrap_or(usize::MAX));
        writer.set_allow_code(self.allow_code);
        Ok(writer)
    }
}

/// The source that a graph is.
#[derive(Debug)]
pub struct GraphSource<'g> {
    pub(crate) graph: &'g Graph<'g>,
    pub(crate) version: u8,
    pub(crate) slots: Slots,
    /// How many bytes may still be written to find the order of sets.
    pub(crate) ordering: usize,
}

impl<'g> GraphSource<'g> {
    /// A source for a writer of this version, by the rules of this release.
    #[must_use]
    pub fn new(graph: &'g Graph<'g>, version: u8, release: Release, sharing: Sharing) -> GraphSource<'g> {
        let ordering = graph.size_hint().saturating_mul(64).saturating_add(1 << 20);
        GraphSource { graph, version, slots: Slots::count(graph, version, release, sharing), ordering }
    }
}

impl<'g> Source for GraphSource<'g> {
    type Object = Handle;
    type Cursor = Cursor<'g>;
    type Error = Error;

    #[inline(always)]
    fn shape(&self, object: &Handle) -> Result<Shape<'_, Cursor<'g>>, Error> {
        let mut shape = shape_of(self.graph, *object, self.slots.is_interned);
        if let Shape::Set(_, cursor) | Shape::FrozenSet(_, cursor) = &mut shape {
            let items = items(self.graph, *object);
            let order = self.slots.order_of(*object).unwrap_or(items);
            *cursor = Cursor::Set(Vec::from(order).into_iter());
        }
        Ok(shape)
    }

    #[inline(always)]
    fn next(&mut self, cursor: &mut Cursor<'g>) -> Result<Option<Handle>, Error> {
        let item = cursor.next();
        self.slots.held_besides = item.is_some() && matches!(cursor, Cursor::Set(_)) && self.slots.holds_set_items();
        Ok(item)
    }

    #[inline(always)]
    fn share(&mut self, object: &Handle, number: u32) -> Result<Share, Error> {
        Ok(self.slots.share(self.graph, *object, number))
    }
}

/// A place in the items of a graph's object.
#[derive(Clone, Debug)]
pub enum Cursor<'g> {
    /// In the graph's own order.
    Items(core::slice::Iter<'g, Handle>),
    /// A set's items, maybe in another order.
    Set(alloc::vec::IntoIter<Handle>),
}

impl Cursor<'_> {
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<Handle> {
        match self {
            Cursor::Items(items) => items.next().copied(),
            Cursor::Set(items) => items.next(),
        }
    }
}

/// What an object of a graph is.
#[inline(always)]
pub(crate) fn shape_of<'g>(graph: &'g Graph<'g>, object: Handle, interned: bool) -> Shape<'g, Cursor<'g>> {
    let cursor = |items: &'g [Handle]| Cursor::Items(items.iter());
    match graph.value(object) {
        Value::None => Shape::None,
        Value::Bool(value) => Shape::Bool(value),
        Value::Int(value) => Shape::Int(value),
        Value::BigInt(bytes) => Shape::BigInt(bytes),
        Value::Float(value) => Shape::Float(value),
        Value::Complex(real, imaginary) => Shape::Complex(real, imaginary),
        Value::Text(text) => Shape::Text(text.as_bytes(), interned),
        Value::Bytes(bytes) | Value::ByteArray(bytes) => Shape::Bytes(bytes),
        Value::ByteString(bytes) => Shape::ByteString(bytes),
        Value::Long(bytes) => Shape::Long(bytes),
        Value::Tuple(items) => Shape::Tuple(items.len(), cursor(items)),
        Value::List(items) => Shape::List(items.len(), cursor(items)),
        Value::Dict(items) => Shape::Dict(cursor(items)),
        Value::Set(items) => Shape::Set(items.len(), cursor(items)),
        Value::FrozenSet(items) => Shape::FrozenSet(items.len(), cursor(items)),
        Value::Slice(items) => Shape::Slice(cursor(items)),
        Value::Ellipsis => Shape::Ellipsis,
        Value::Object(native) => match code_fields(native) {
            Some((layout, fields)) => Shape::Code(layout, cursor(fields)),
            None if is_stop_iteration(native) => Shape::StopIteration,
            None => unsupported(graph, object),
        },
        _ => unsupported(graph, object),
    }
}

/// The layout and the fields of a code object.
pub(crate) fn code_fields(object: Object<'_>) -> Option<(Layout, &[Handle])> {
    let [_, _, fields @ ..] = object.fields() else {
        return None;
    };
    if object.kind() != ObjectKind::Native || object.field(0).as_text()?.as_bytes() != CODE.as_bytes() {
        return None;
    }
    let layout = Layout::from_number(object.field(1).as_i64()?)?;
    (fields.len() == layout.fields().len()).then_some((layout, fields))
}

fn is_stop_iteration(object: Object<'_>) -> bool {
    object.kind() == ObjectKind::Global
        && object.field(1).as_str() == Some(STOP_ITERATION)
        && matches!(object.field(0).as_str(), Some("builtins" | "exceptions"))
}

#[cold]
fn unsupported<'g>(graph: &Graph<'_>, object: Handle) -> Shape<'g, Cursor<'g>> {
    let view = graph.view(object);
    Shape::Unsupported(match (view.kind(), view.as_global()) {
        (Kind::Object, Some((module, name))) => format!("{module}.{name}"),
        (kind, _) => String::from(kind.type_name()),
    })
}
