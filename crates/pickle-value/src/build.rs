//! [`Builder`]: making a graph, object by object.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use hashbrown::HashMap;
use num_bigint::BigInt;

use crate::detached::Detached;
use crate::error::{Error, ErrorKind};
use crate::graph::Graph;
use crate::handle::{Handle, Tag, Unpacked};
use crate::int;
use crate::keyed;
use crate::object::ObjectKind;
use crate::outlook::{Lengths, Outlook};
use crate::shape::Shapes;
use crate::store::{Access, Room, Store};
use crate::text::{Text, is_short_ascii};
use crate::view::View;

mod filling;
mod rows;

pub use rows::Rows;

/// Makes a [`Graph`], object by object; what a reader of a format feeds.
///
/// Each method that makes an object gives its [`Handle`]. A list, dict or set can be filled after it was put somewhere,
/// so cycles need nothing special:
///
/// ```
/// use pickle_value::Builder;
///
/// let mut builder = Builder::new();
/// let list = builder.list(&[])?;
/// let one = builder.int(1)?;
/// builder.extend(list, &[one, list])?;
/// let graph = builder.finish(list);
/// assert_eq!(graph.to_string(), "[1, [...]]");
/// assert!(graph.root().get(1).is(graph.root()));
/// # Ok::<(), pickle_value::Error>(())
/// ```
///
/// All methods fail with [`ErrorKind::TooManyObjects`] beyond 2³² objects or items.
///
/// # Panics
///
/// A handle of another builder may name nothing here; using it panics, or gives another object.
#[derive(Debug, Default)]
pub struct Builder<'a> {
    input: &'a [u8],
    store: Store<'a>,
    /// Dicts and sets that have items, to be settled at the end.
    dicts: Vec<u32>,
    sets: Vec<u32>,
    frozen_sets: Vec<u32>,
    /// How many nodes there were when they were last settled.
    settled: u32,
    shapes: Shapes,
    foreseen: Lengths,
    globals: HashMap<Box<[u8]>, Handle, foldhash::fast::RandomState>,
    /// The names of attributes, each one text.
    names: HashMap<Box<str>, Handle, foldhash::fast::RandomState>,
}

impl<'a> Builder<'a> {
    /// An empty graph in the making.
    #[must_use]
    pub fn new() -> Builder<'a> {
        Builder::default()
    }

    /// A graph in the making whose text and bytes may borrow from `input`.
    #[must_use]
    pub fn with_input(input: &'a [u8]) -> Builder<'a> {
        Builder { input, ..Builder::default() }
    }

    /// The same in the memory of a graph that is no longer needed.
    ///
    /// ```
    /// use pickle_value::Builder;
    ///
    /// let mut builder = Builder::new();
    /// let list = builder.list(&[])?;
    /// let room = builder.finish(list).into_room();
    /// let mut builder = Builder::with_room(b"text", room);
    /// let text = builder.text_from_utf8(b"text")?;
    /// assert_eq!(builder.finish(text).to_string(), "'text'");
    /// # Ok::<(), pickle_value::Error>(())
    /// ```
    #[must_use]
    pub fn with_room(input: &'a [u8], room: Room) -> Builder<'a> {
        Builder { input, store: room.into_store(), ..Builder::default() }
    }

    /// Bounds how many objects there may be: containers and instances, and, counted apart, strings, bytes and long ints.
    pub fn set_most_objects(&mut self, most: u32) {
        self.store.most = most;
    }

    /// Makes room at once for what the rest of the input will need if it is like the piece of it that was read since the
    /// last call; the first call says where the first piece starts. Without it memory grows by doubling.
    pub fn foresee(&mut self, outlook: Outlook) {
        let [dicts, sets, frozen_sets] = [&mut self.dicts, &mut self.sets, &mut self.frozen_sets];
        self.foreseen.foresee(outlook, &mut self.store, [dicts, sets, frozen_sets]);
    }

    /// How many bytes the input has that text and bytes may borrow from.
    #[must_use]
    pub fn input_len(&self) -> usize {
        self.input.len()
    }

    /// `None`.
    #[must_use]
    pub fn none(&self) -> Handle {
        Handle::NONE
    }

    /// `True` or `False`.
    #[inline(always)]
    #[must_use]
    pub fn bool(&self, value: bool) -> Handle {
        Handle::bool(value)
    }

    /// `Ellipsis`.
    #[must_use]
    pub fn ellipsis(&self) -> Handle {
        Handle::new(Tag::Ellipsis, 0)
    }

    /// `NotImplemented`.
    #[must_use]
    pub fn not_implemented(&self) -> Handle {
        Handle::new(Tag::NotImplemented, 0)
    }

    /// An int.
    #[inline(always)]
    pub fn int(&mut self, value: i64) -> Result<Handle, Error> {
        match Handle::small_int(value) {
            Some(handle) => Ok(handle),
            None => self.int_from_le_bytes(&value.to_le_bytes()),
        }
    }

    /// An int that 32 bits hold.
    #[inline(always)]
    #[must_use]
    pub fn int32(&self, value: i32) -> Handle {
        Handle::int32(value)
    }

    /// An int of any size.
    pub fn bigint(&mut self, value: &BigInt) -> Result<Handle, Error> {
        self.int_from_le_bytes(&value.to_signed_bytes_le())
    }

    /// An int as two's complement, little-endian. Bytes of the input are borrowed.
    #[inline]
    pub fn int_from_le_bytes(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        if int::is_wide(bytes) {
            return self.span(Tag::BigInt, bytes);
        }
        if let Some(handle) = int::to_i64(bytes).and_then(Handle::small_int) {
            return Ok(handle);
        }
        self.span(Tag::BigInt, int::trim(bytes))
    }

    /// Python 2's `long`, as two's complement, little-endian: another type than int there, also when small.
    pub fn long_from_le_bytes(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        self.span(Tag::Long, int::trim(bytes))
    }

    /// A float; the bits of a NaN are kept.
    #[inline(always)]
    pub fn float(&mut self, value: f64) -> Result<Handle, Error> {
        match Handle::float(value) {
            Some(handle) => Ok(handle),
            None => self.span(Tag::OddNan, &value.to_le_bytes()),
        }
    }

    /// A complex.
    pub fn complex(&mut self, real: f64, imaginary: f64) -> Result<Handle, Error> {
        let parts = [self.float(real)?, self.float(imaginary)?];
        self.node(Tag::Complex, &parts, 0)
    }

    /// A str.
    pub fn text(&mut self, text: &str) -> Result<Handle, Error> {
        self.span(Tag::Text, text.as_bytes())
    }

    /// A str from UTF-8 in which surrogates are written too. Bytes of the input are borrowed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidText`].
    #[inline(always)]
    pub fn text_from_utf8(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        if let Some(offset) = self.offset_in_input(bytes) {
            if !is_short_ascii(&self.input[offset..], bytes.len()) {
                Text::check_within(self.input, offset, bytes.len())?;
            }
            return Ok(Handle::new(Tag::Text, self.store.push_span(offset as u64, bytes.len() as u64)?));
        }
        Text::from_utf8(bytes)?;
        self.span(Tag::Text, bytes)
    }

    /// The same of bytes that the caller has made, or found, to be such UTF-8, and that are not looked at again. Where they are
    /// not, nobody can say what that text is.
    ///
    /// ```
    /// use pickle_value::Builder;
    ///
    /// let mut builder = Builder::new();
    /// let surrogate = 0xd800_u16;
    /// let utf8 = [0xe0 | (surrogate >> 12) as u8, 0x80 | (surrogate >> 6 & 0x3f) as u8, 0x80 | (surrogate & 0x3f) as u8];
    /// let text = builder.text_from_known_utf8(&utf8)?;
    /// assert_eq!(builder.finish(text).to_string(), r"'\ud800'");
    /// # Ok::<(), pickle_value::Error>(())
    /// ```
    #[inline(always)]
    pub fn text_from_known_utf8(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        debug_assert!(Text::from_utf8(bytes).is_ok(), "not UTF-8: {}", bytes.escape_ascii());
        self.span(Tag::Text, bytes)
    }

    /// Bytes. Bytes of the input are borrowed.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        self.span(Tag::Bytes, bytes)
    }

    /// A bytearray. Bytes of the input are borrowed.
    pub fn byte_array(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        self.span(Tag::ByteArray, bytes)
    }

    /// A bytearray with the content that bytes or text of this builder have, which is not copied.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKind`] for anything else.
    pub fn byte_array_like(&mut self, source: Handle) -> Result<Handle, Error> {
        match source.reference() {
            Some((Tag::Bytes | Tag::ByteArray | Tag::ByteString | Tag::Text, span)) => {
                Ok(Handle::new(Tag::ByteArray, self.store.copy_span(span)?))
            }
            _ => {
                let kind = self.view(source).kind().type_name();
                Err(Error::new(ErrorKind::WrongKind { operation: "make a bytearray of", kind }))
            }
        }
    }

    /// Bytes with a memory of their own, which is not copied: the graph borrows or owns it.
    ///
    /// ```
    /// use pickle_value::Builder;
    ///
    /// let image = vec![7; 1 << 20];
    /// let mut builder = Builder::new();
    /// let bytes = builder.bytes_beside(&image[..])?;
    /// let graph = builder.finish(bytes);
    /// assert_eq!(graph.root().as_bytes().map(<[u8]>::as_ptr), Some(image.as_ptr()));
    /// # Ok::<(), pickle_value::Error>(())
    /// ```
    pub fn bytes_beside(&mut self, bytes: impl Into<Cow<'a, [u8]>>) -> Result<Handle, Error> {
        Ok(Handle::new(Tag::Bytes, self.store.push_region(bytes.into())?))
    }

    /// A buffer that is handed over beside a pickle, Python's `pickle.PickleBuffer`: its bytes, which are not copied, and
    /// whether it is read-only. [`View::as_buffer`] gives them back.
    pub fn buffer(&mut self, bytes: impl Into<Cow<'a, [u8]>>, readonly: bool) -> Result<Handle, Error> {
        let fields = [self.bytes_beside(bytes)?, self.bool(readonly)];
        self.object(ObjectKind::Buffer, &fields)
    }

    /// Python 2's `str`. Bytes of the input are borrowed.
    #[inline]
    pub fn byte_string(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        self.span(Tag::ByteString, bytes)
    }

    /// A tuple.
    #[inline(always)]
    pub fn tuple(&mut self, items: &[Handle]) -> Result<Handle, Error> {
        self.node(Tag::Tuple, items, 0)
    }

    /// Gives the empty tuple that [`tuple`](Builder::tuple) made its items: for a tuple that is within itself.
    ///
    /// ```
    /// use pickle_value::Builder;
    ///
    /// let mut builder = Builder::new();
    /// let tuple = builder.tuple(&[])?;
    /// let list = builder.list(&[tuple])?;
    /// builder.fill_tuple(tuple, &[list])?;
    /// assert_eq!(builder.finish(tuple).to_string(), "([(...)],)");
    /// # Ok::<(), pickle_value::Error>(())
    /// ```
    ///
    /// A way from the tuple to itself has to lead through a list, a dict or an object, as in Python, or a comparison of it
    /// would not end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKind`] for anything but an empty tuple.
    #[inline]
    pub fn fill_tuple(&mut self, tuple: Handle, items: &[Handle]) -> Result<(), Error> {
        match tuple.index(Tag::Tuple) {
            Some(node) if self.store.nodes[node as usize].length == 0 => {
                // What was found of it while it was empty may not hold of its items.
                self.store.nodes[node as usize].meta = 0;
                self.store.append(node, items)
            }
            _ => {
                let kind = self.view(tuple).kind().type_name();
                Err(Error::new(ErrorKind::WrongKind { operation: "fill", kind }))
            }
        }
    }

    /// A list.
    #[inline(always)]
    pub fn list(&mut self, items: &[Handle]) -> Result<Handle, Error> {
        self.node(Tag::List, items, 0)
    }

    /// A dict of keys and values in turn.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OddItems`], [`ErrorKind::Unhashable`].
    #[inline(always)]
    pub fn dict(&mut self, pairs: &[Handle]) -> Result<Handle, Error> {
        let dict = self.node(Tag::Dict, &[], 0)?;
        if !pairs.is_empty() {
            self.set_items(dict, pairs)?;
        }
        Ok(dict)
    }

    /// A set.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unhashable`].
    pub fn set(&mut self, items: &[Handle]) -> Result<Handle, Error> {
        let set = self.node(Tag::Set, &[], 0)?;
        if !items.is_empty() {
            self.add_items(set, items)?;
        }
        Ok(set)
    }

    /// A frozenset.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unhashable`].
    pub fn frozen_set(&mut self, items: &[Handle]) -> Result<Handle, Error> {
        keyed::check_items(&mut self.store, items)?;
        let set = self.node(Tag::FrozenSet, items, 0)?;
        if items.len() > 1 {
            self.frozen_sets.push(set.index(Tag::FrozenSet).unwrap_or(0));
        }
        Ok(set)
    }

    /// A range: start, stop and step, which are ints.
    pub fn range(&mut self, parts: [Handle; 3]) -> Result<Handle, Error> {
        self.node(Tag::Range, &parts, 0)
    }

    /// A slice: start, stop and step.
    pub fn slice(&mut self, parts: [Handle; 3]) -> Result<Handle, Error> {
        self.node(Tag::Slice, &parts, 0)
    }

    /// A str that is the name of an attribute: one object for each, since Python interns them.
    pub fn name(&mut self, name: &str) -> Result<Handle, Error> {
        if let Some(&known) = self.names.get(name) {
            return Ok(known);
        }
        let handle = self.text(name)?;
        self.names.insert(name.into(), handle);
        Ok(handle)
    }

    /// A class or function by name: one object for each name.
    pub fn global(&mut self, module: &str, name: &str) -> Result<Handle, Error> {
        let mut key = Vec::with_capacity(module.len() + name.len() + 1);
        key.extend_from_slice(module.as_bytes());
        key.push(b'\n');
        key.extend_from_slice(name.as_bytes());
        if let Some(&known) = self.globals.get(&key[..]) {
            return Ok(known);
        }
        let fields = [self.text(module)?, self.text(name)?];
        let handle = self.object(ObjectKind::Global, &fields)?;
        self.globals.insert(key.into_boxed_slice(), handle);
        Ok(handle)
    }

    /// An object of this kind with its fields.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKind`] if there are more or fewer fields than the kind has, or a native object's type has no name.
    #[inline]
    pub fn object(&mut self, kind: ObjectKind, fields: &[Handle]) -> Result<Handle, Error> {
        let fits = match kind {
            ObjectKind::Native => fields.first().is_some_and(|&name| self.view(name).as_str().is_some()),
            kind => fields.len() == kind.fields(),
        };
        if !fits {
            return Err(Error::new(ErrorKind::WrongKind { operation: "leave out a field of", kind: "object" }));
        }
        let node = self.node(Tag::Object, fields, kind as u32)?;
        if matches!(kind, ObjectKind::New | ObjectKind::NewWithKeywords | ObjectKind::Reconstructed) {
            // An instance nearly always gets a state, and its fields would be moved to make room.
            self.store.leave_room()?;
        }
        Ok(node)
    }

    /// Appends to a list, or to an object as to a list.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKind`] for anything else.
    #[inline(always)]
    pub fn extend(&mut self, target: Handle, items: &[Handle]) -> Result<(), Error> {
        match target.reference() {
            Some((Tag::List, node)) => self.store.append(node, items),
            _ => self.log_items(target, Tag::Appended, items, "append to"),
        }
    }

    /// Gives an object a state.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKind`] for what has no state: builtin values and globals.
    pub fn set_state(&mut self, target: Handle, state: Handle) -> Result<(), Error> {
        let node = self.stateful(target, "set the state of")?;
        self.store.append(node, &[state])
    }

    /// Gives an object a state by a call, `setter(target, state)`.
    ///
    /// # Errors
    ///
    /// As [`set_state`](Builder::set_state).
    pub fn set_state_by(&mut self, target: Handle, setter: Handle, state: Handle) -> Result<(), Error> {
        let node = self.stateful(target, "set the state of")?;
        let entry = self.object(ObjectKind::StateSetter, &[setter, state])?;
        self.store.append(node, &[entry])
    }

    /// Notes items in an object's log: with those of the last entry where that is of the same kind.
    fn log_items(&mut self, target: Handle, tag: Tag, items: &[Handle], operation: &'static str) -> Result<(), Error> {
        let node = self.stateful(target, operation)?;
        let kind = ObjectKind::from_meta(self.store.nodes[node as usize].meta);
        let log = &self.store.items(node)[kind.fields()..];
        match log.last().and_then(|entry| entry.index(tag)) {
            Some(list) => self.store.append(list, items),
            None => {
                let entry = self.node(tag, items, 0)?;
                self.store.append(node, &[entry])
            }
        }
    }

    fn stateful(&self, target: Handle, operation: &'static str) -> Result<u32, Error> {
        match target.index(Tag::Object) {
            Some(node)
                if !matches!(
                    ObjectKind::from_meta(self.store.nodes[node as usize].meta),
                    ObjectKind::Global | ObjectKind::Native
                ) =>
            {
                Ok(node)
            }
            _ => {
                let kind = self.view(target).kind().type_name();
                Err(Error::new(ErrorKind::WrongKind { operation, kind }))
            }
        }
    }

    /// A look at what is there so far. A dict or set may still hold a key twice.
    #[must_use]
    pub fn view(&self, handle: Handle) -> View<'_> {
        View::new(self.access(), Some(handle))
    }

    pub(crate) fn access(&self) -> Access<'_> {
        Access { input: self.input, store: &self.store }
    }

    /// The graph with `root` as its value. Of equal keys in a dict the first stays, with the last value.
    #[must_use]
    pub fn finish(self, root: Handle) -> Graph<'a> {
        let (input, store, globals) = self.settled();
        Graph::from_parts(Cow::Borrowed(input), store, root, globals)
    }

    /// The graph without the input that it may refer to, to be attached to an owned copy of it. What else it borrows is
    /// copied.
    #[must_use]
    pub fn detach(self, root: Handle) -> Detached {
        let (input, store, globals) = self.settled();
        Detached { store: store.into_owned(), root, globals, input_length: input.len() }
    }

    /// The input, and all that was made, with each key once.
    fn settled(mut self) -> (&'a [u8], Store<'a>, Vec<Handle>) {
        self.store.shrink();
        self.settle();
        let mut globals: Vec<Handle> = self.globals.into_values().collect();
        globals.sort_unstable_by_key(|global| global.index(Tag::Object));
        (self.input, self.store, globals)
    }

    /// Where in the input these bytes stand, if they do: the very bytes, not equal ones.
    #[must_use]
    #[inline(always)]
    pub fn offset_in_input(&self, bytes: &[u8]) -> Option<usize> {
        // The comparison of addresses is all that is done with them.
        let offset = (bytes.as_ptr() as usize).wrapping_sub(self.input.as_ptr() as usize);
        (offset <= self.input.len() && bytes.len() <= self.input.len() - offset).then_some(offset)
    }

    #[inline(always)]
    fn span(&mut self, tag: Tag, bytes: &[u8]) -> Result<Handle, Error> {
        let index = if let Some(offset) = self.offset_in_input(bytes) {
            self.store.push_span(offset as u64, bytes.len() as u64)?
        } else {
            self.store.push_owned(bytes, self.input.len())?
        };
        Ok(Handle::new(tag, index))
    }

    #[inline(always)]
    fn node(&mut self, tag: Tag, items: &[Handle], meta: u32) -> Result<Handle, Error> {
        Ok(Handle::new(tag, self.store.push_node(items, meta)?))
    }

    /// An int to look up by, with the graph that holds it where the handle does not.
    pub(crate) fn for_int(value: i64) -> (Builder<'static>, Handle) {
        let mut builder = Builder::new();
        let handle = builder.int(value).unwrap_or(Handle::NONE);
        (builder, handle)
    }

    /// A handle's int, if it is one that 64 bits hold.
    #[must_use]
    pub fn as_i64(&self, handle: Handle) -> Option<i64> {
        match handle.unpack() {
            Unpacked::Int(value) => Some(value),
            _ => self.view(handle).as_i64(),
        }
    }
}
