//! Writing a graph by the rules: [`to_vec`]; what the sources that a graph is have in common.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use pickle_value::{Graph, Handle, Inline, Kind, Object, ObjectKind, Value};

use crate::code::Layout;
use crate::error::{Error, ErrorKind, Fault};
use crate::graph_host::{CODE, STOP_ITERATION};
use crate::read::DEFAULT_DEPTH_LIMIT;
use crate::sharing::{Context, First, Place, Rules, Sharing, write_straight};
use crate::source::Share;
use crate::version::Release;
use crate::write::{Sink, Writer};

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
        let mut writer = self.writer_for(graph, version)?;
        let rules = Rules::new(version, self.release, self.sharing);
        if self.size_limit.is_none() {
            if let Some(written) = write_straight(graph, rules, self.depth_limit, writer) {
                return Ok(written);
            }
            writer = self.writer_for(graph, version)?;
        }
        let root = Place { object: graph.root().handle().unwrap_or(Handle::NONE), context: rules.of_root() };
        let mut first = First::new(graph, rules);
        writer.write_unsettled(&mut first, root).map_err(Fault::into_error)?;
        match first.again(self, writer.flags())? {
            None => writer.settle(),
            Some(mut again) => {
                writer.clear();
                writer.write(&mut again, root).map_err(Fault::into_error)?;
            }
        }
        Ok(writer.into_vec())
    }

    /// A writer with room for a graph.
    fn writer_for(&self, graph: &Graph<'_>, version: u8) -> Result<Writer, Error> {
        let mut writer = self.writer(version)?;
        writer.reserve(graph.size_hint());
        if self.size_limit.is_none() && version < 3 {
            writer.set_size_limit(graph.size_hint().saturating_mul(16).saturating_add(1 << 18));
        }
        Ok(writer)
    }

    pub(crate) fn writer(&self, version: u8) -> Result<Writer, Error> {
        let mut writer = Writer::new(version, self.release)?;
        writer.set_depth_limit(self.depth_limit);
        writer.set_size_limit(self.size_limit.unwrap_or(usize::MAX));
        writer.set_allow_code(self.allow_code);
        Ok(writer)
    }
}

/// A place in the items of a graph's object.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'g> {
    items: core::slice::Iter<'g, Handle>,
    /// The context of each item, or the one of all.
    contexts: Contexts,
}

#[derive(Clone, Debug)]
enum Contexts {
    All(Context),
    /// Of a code object's fields.
    Each(core::slice::Iter<'static, Context>),
    /// Of a set's items, which stand in another order elsewhere.
    Ordered(Context, Range<u32>),
}

impl<'g> Cursor<'g> {
    #[inline(always)]
    pub(crate) fn new(items: &'g [Handle], context: Context) -> Cursor<'g> {
        Cursor { items: items.iter(), contexts: Contexts::All(context) }
    }

    /// Over the fields of a code object.
    #[inline(always)]
    pub(crate) fn of_code(layout: Layout, fields: &'g [Handle]) -> Cursor<'g> {
        Cursor { items: fields.iter(), contexts: Contexts::Each(Context::of_fields(layout).iter()) }
    }

    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<Place> {
        let object = *self.items.next()?;
        let context = match &mut self.contexts {
            Contexts::All(context) | Contexts::Ordered(context, _) => *context,
            Contexts::Each(contexts) => contexts.next().copied().unwrap_or(Context::PLAIN),
        };
        Some(Place { object, context })
    }

    /// The same, for cursors that may be of [items in order](Cursor::ordered).
    pub(crate) fn next_in_order(&mut self, ordered: &[Handle]) -> Option<Place> {
        let Contexts::Ordered(context, rest) = &mut self.contexts else {
            return self.next();
        };
        let object = *ordered.get(rest.next()? as usize)?;
        Some(Place { object, context: *context })
    }

    /// Over a set's items as they stand elsewhere in order.
    pub(crate) fn ordered(range: Range<u32>, context: Context) -> Cursor<'g> {
        Cursor { items: [].iter(), contexts: Contexts::Ordered(context, range) }
    }
}

/// What a cursor is over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Tuple,
    FrozenSet,
    Set,
    /// A list, a dict, a slice.
    Other,
    Code(Layout),
}

/// Makes cursors over the items of objects.
pub(crate) trait Cursors<'g> {
    type Cursor;

    fn cursor(&self, items: &'g [Handle], over: Over) -> Self::Cursor;
}

/// The cursors of an object in a context, which gives its items theirs.
pub(crate) struct InContext {
    pub(crate) context: Context,
    /// What comes to the context of a set's items.
    pub(crate) of_set_items: Context,
}

impl<'g> Cursors<'g> for InContext {
    type Cursor = Cursor<'g>;

    #[inline(always)]
    fn cursor(&self, items: &'g [Handle], over: Over) -> Cursor<'g> {
        let context = |is_constant| self.context.of_items(is_constant);
        match over {
            Over::Tuple => Cursor::new(items, context(true)),
            Over::FrozenSet => Cursor::new(items, context(true).and(self.of_set_items)),
            Over::Set => Cursor::new(items, context(false).and(self.of_set_items)),
            Over::Other => Cursor::new(items, context(false)),
            Over::Code(layout) => Cursor::of_code(layout, items),
        }
    }
}

/// Tells of an object of a graph.
#[inline(always)]
pub(crate) fn tell<'g, M: Cursors<'g>>(
    graph: &'g Graph<'g>,
    object: Handle,
    share: Share,
    is_interned: bool,
    cursors: &M,
    sink: Sink<'_, M::Cursor>,
) -> Result<(), ErrorKind> {
    let cursor = |items: &'g [Handle], over| cursors.cursor(items, over);
    match graph.value(object) {
        Value::None => sink.none(share),
        Value::Bool(value) => sink.bool(share, value),
        Value::Int(value) => sink.int(share, value),
        Value::BigInt(bytes) => sink.big_int(share, bytes),
        Value::Float(value) => sink.float(share, value, None),
        Value::Complex(real, imaginary) => sink.complex(share, [real, imaginary], [None; 2]),
        Value::Text(text) => sink.text(share, text.as_bytes(), is_interned),
        Value::Bytes(bytes) | Value::ByteArray(bytes) => sink.bytes(share, bytes),
        Value::ByteString(bytes) => sink.byte_string(share, bytes, is_interned),
        Value::Long(bytes) => sink.long(share, bytes),
        Value::Tuple(items) => sink.tuple(share, items.len(), cursor(items, Over::Tuple)),
        Value::List(items) => sink.list(share, items.len(), cursor(items, Over::Other)),
        Value::Dict(items) => sink.dict(share, cursor(items, Over::Other)),
        Value::Set(items) => sink.set(share, items.len(), cursor(items, Over::Set)),
        Value::FrozenSet(items) => sink.frozen_set(share, items.len(), cursor(items, Over::FrozenSet)),
        Value::Slice(items) => sink.slice(share, cursor(items, Over::Other)),
        Value::Ellipsis => sink.ellipsis(share),
        Value::Object(native) => match code_fields(native) {
            Some((layout, fields)) => sink.code(share, layout, cursor(fields, Over::Code(layout))),
            None if is_stop_iteration(native) => sink.stop_iteration(share),
            None => sink.unsupported(unsupported(graph, object)),
        },
        _ => sink.unsupported(unsupported(graph, object)),
    }
}

/// The value of an int that 64 bits hold.
#[inline(always)]
pub(crate) fn int_of(graph: &Graph<'_>, object: Handle) -> Option<i64> {
    match object.inline() {
        Inline::Int(value) => Some(value),
        _ => graph.view(object).as_i64(),
    }
}

/// A number of a code object, which is no object: nothing if it does not fit.
#[inline(always)]
pub(crate) fn bare_int(graph: &Graph<'_>, value: Handle) -> Option<i32> {
    value.as_i32().or_else(|| any_bare_int(graph, value))
}

#[cold]
#[inline(never)]
fn any_bare_int(graph: &Graph<'_>, value: Handle) -> Option<i32> {
    i32::try_from(int_of(graph, value)?).ok()
}

/// Several of them that are at hand.
#[inline(always)]
pub(crate) fn ints_of<const N: usize>(values: &[Handle; N]) -> Option<[i32; N]> {
    let (mut ints, mut are_ints) = ([0; N], true);
    for (int, value) in ints.iter_mut().zip(values) {
        let value = value.as_i32();
        are_ints &= value.is_some();
        *int = value.unwrap_or_default();
    }
    are_ints.then_some(ints)
}

/// What a container holds.
pub(crate) fn items<'g>(graph: &'g Graph<'_>, object: Handle) -> &'g [Handle] {
    match graph.value(object) {
        Value::Tuple(items)
        | Value::List(items)
        | Value::Dict(items)
        | Value::Set(items)
        | Value::FrozenSet(items)
        | Value::Slice(items) => items,
        Value::Object(native) => code_fields(native).map_or(&[], |(_, fields)| fields),
        _ => &[],
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

pub(crate) fn is_stop_iteration(object: Object<'_>) -> bool {
    object.kind() == ObjectKind::Global
        && object.field(1).as_str() == Some(STOP_ITERATION)
        && matches!(object.field(0).as_str(), Some("builtins" | "exceptions"))
}

#[cold]
fn unsupported(graph: &Graph<'_>, object: Handle) -> String {
    let view = graph.view(object);
    match (view.kind(), view.as_global()) {
        (Kind::Object, Some((module, name))) => format!("{module}.{name}"),
        (kind, _) => String::from(kind.type_name()),
    }
}
