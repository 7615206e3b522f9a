//! Writing a [`Graph`] as a pickle.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use hashbrown::HashMap;
use pickle_value::{Graph, Handle, Identity, Object, ObjectKind, Step, Value, View};

use crate::builtins::{Builtin, is_builtin_function};
use crate::encoder::{Buffered, Encoder};
use crate::error::{Error, ErrorKind};
use crate::machine::Fault;
use crate::profile::Profile;
use crate::source::{Fill, GlobalName, Make, Reduction, Shape, Source};

/// Writes a graph as CPython 3.13's `pickle.dumps` does at protocol 4.
///
/// ```
/// use pickle_value::py;
///
/// let bob = py!({"name": "bob", "age": 20, "score": 88});
/// assert_eq!(
///     pickle_codec::to_vec(&bob)?,
///     b"\x80\x04\x95\x24\0\0\0\0\0\0\0}\x94(\x8c\x04name\x94\x8c\x03bob\x94\x8c\x03age\x94K\x14\x8c\x05score\x94KXu."
/// );
/// # Ok::<(), pickle_codec::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] for what no pickle holds.
#[doc(alias = "dumps")]
pub fn to_vec(graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
    DumpOptions::new().to_vec(graph)
}

/// Writes a graph to `writer` as [`to_vec`] does, a frame at a time, and large payloads without copying them.
///
/// # Errors
///
/// As [`to_vec`], and [`ErrorKind::Io`].
#[cfg(feature = "std")]
#[doc(alias = "dump")]
pub fn to_writer(writer: impl std::io::Write, graph: &Graph<'_>) -> Result<(), Error> {
    DumpOptions::new().to_writer(writer, graph)
}

/// How to write. The defaults are promises: protocol 4, by the profile of CPython 3.13.
#[derive(Clone, Debug, Default)]
pub struct DumpOptions {
    protocol: Option<u8>,
    profile: Profile,
    keep_names: bool,
}

impl DumpOptions {
    /// Protocol 4 as CPython 3.13 writes it.
    #[must_use]
    pub fn new() -> DumpOptions {
        DumpOptions::default()
    }

    /// The protocol, 0 to 5 (to 4 by the profiles of 3.6 and 3.7).
    #[must_use]
    pub fn protocol(self, protocol: u8) -> DumpOptions {
        DumpOptions { protocol: Some(protocol), ..self }
    }

    /// Whose bytes. Without [`protocol`](DumpOptions::protocol) it also gives that: the default there.
    #[must_use]
    pub fn profile(self, profile: Profile) -> DumpOptions {
        DumpOptions { profile, ..self }
    }

    /// Whether Python 3's names of modules and globals become Python 2's under protocol 3; by default they do.
    #[must_use]
    pub fn fix_imports(self, fix: bool) -> DumpOptions {
        DumpOptions { keep_names: !fix, ..self }
    }

    /// Writes a graph to a vector.
    ///
    /// # Errors
    ///
    /// As [`to_vec`]; [`ErrorKind::UnsupportedProtocol`] for a protocol that the profile has not.
    #[doc(alias = "dumps")]
    pub fn to_vec(&self, graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
        self.append_to(Vec::new(), graph)
    }

    /// Writes a graph behind what a vector holds, whose room is used.
    ///
    /// # Errors
    ///
    /// As [`DumpOptions::to_vec`].
    pub fn append_to(&self, buffer: Vec<u8>, graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
        let mut encoder = Encoder::new(
            GraphSource::new(graph, self.profile),
            Buffered,
            buffer,
            self.checked_protocol()?,
            self.profile,
        );
        encoder.set_fix_imports(!self.keep_names);
        encoder.dump(root(graph)).map_err(without_place)?;
        Ok(encoder.into_buffer())
    }

    /// Writes a graph to `writer`, a frame at a time, and large payloads without copying them.
    ///
    /// # Errors
    ///
    /// As [`DumpOptions::to_vec`], and [`ErrorKind::Io`].
    #[cfg(feature = "std")]
    #[doc(alias = "dump")]
    pub fn to_writer(&self, writer: impl std::io::Write, graph: &Graph<'_>) -> Result<(), Error> {
        let output = Writer(writer);
        let mut encoder = Encoder::new(
            GraphSource::new(graph, self.profile),
            output,
            Vec::new(),
            self.checked_protocol()?,
            self.profile,
        );
        encoder.set_fix_imports(!self.keep_names);
        encoder.dump(root(graph)).map_err(without_place)
    }

    fn checked_protocol(&self) -> Result<u8, Error> {
        let protocol = self.protocol.unwrap_or(self.profile.default_protocol());
        if protocol > self.profile.highest_protocol() {
            return Err(ErrorKind::UnsupportedProtocol(protocol).into());
        }
        Ok(protocol)
    }
}

#[cold]
fn without_place(fault: Fault<Error>) -> Error {
    match fault {
        Fault::Pickle(kind) => (*kind).into(),
        Fault::Host(error) => error,
    }
}

fn root(graph: &Graph<'_>) -> Item {
    Item::Graph(graph.root().handle().unwrap_or_else(|| unreachable!("a graph has a root")))
}

#[cfg(feature = "std")]
struct Writer<W>(W);

#[cfg(feature = "std")]
impl<W: std::io::Write> crate::encoder::Output<Error> for Writer<W> {
    const STREAMS: bool = true;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.0.write_all(bytes)?)
    }
}

/// The source that a graph is.
///
/// What CPython has one object of, wherever it comes from, is one object here: each str of one latin-1 character, the
/// empty str, the empty bytes, and, by the profiles up to 3.7, each bytes of one byte.
#[derive(Debug)]
pub struct GraphSource<'g> {
    graph: &'g Graph<'g>,
    single_bytes_are_one: bool,
    /// The memo's numbers, each plus one, by the objects' numbers.
    spans: Vec<u32>,
    nodes: Vec<u32>,
    characters: [u32; 256],
    bytes: [u32; 256],
    singles: [u32; 4],
    /// What the pickler brings along.
    extras: Vec<Extra>,
    names: HashMap<String, u32, foldhash::fast::RandomState>,
    builtins_of_functions: Option<Item>,
}

/// An object of a [`GraphSource`].
#[derive(Clone, Copy, Debug)]
pub enum Item {
    /// One of the graph's own.
    Graph(Handle),
    /// The str of one latin-1 character.
    Character(u8),
    /// The bytes of a single byte.
    Byte(u8),
    /// One of a kind.
    Single(Single),
    /// One that the pickler brought along.
    Extra(u32),
}

/// An object that there is one of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Single {
    /// `''`
    EmptyText,
    /// `b''`
    EmptyBytes,
    /// `Ellipsis`
    Ellipsis,
    /// `NotImplemented`
    NotImplemented,
}

#[derive(Clone, Debug)]
struct Extra {
    content: Content,
    /// The memo's number, plus one.
    memo: u32,
}

#[derive(Clone, Debug)]
enum Content {
    Text(Vec<u8>),
    Bytes(Vec<u8>),
    Builtin(Builtin),
}

/// A place in the items of a graph's object.
#[derive(Clone, Debug)]
pub struct Cursor<'g>(core::slice::Iter<'g, Handle>);

impl<'g> GraphSource<'g> {
    /// A source with an empty memo.
    #[must_use]
    pub fn new(graph: &'g Graph<'g>, profile: Profile) -> GraphSource<'g> {
        let counts = graph.counts();
        GraphSource {
            graph,
            single_bytes_are_one: profile.single_bytes_are_one(),
            spans: vec![0; counts.spans],
            nodes: vec![0; counts.nodes],
            characters: [0; 256],
            bytes: [0; 256],
            singles: [0; 4],
            extras: Vec::new(),
            names: HashMap::default(),
            builtins_of_functions: None,
        }
    }

    #[inline(always)]
    fn memo_slot(&mut self, item: &Item) -> Option<&mut u32> {
        match *item {
            Item::Graph(handle) => match handle.identity() {
                Identity::Span(number) => self.spans.get_mut(number as usize),
                Identity::Node(number) => self.nodes.get_mut(number as usize),
                Identity::Inline => None,
            },
            Item::Character(character) => Some(&mut self.characters[usize::from(character)]),
            Item::Byte(byte) => Some(&mut self.bytes[usize::from(byte)]),
            Item::Single(single) => Some(&mut self.singles[single as usize]),
            Item::Extra(number) => self.extras.get_mut(number as usize).map(|extra| &mut extra.memo),
        }
    }

    /// The one object that CPython has for these bytes, if it has one.
    #[inline(always)]
    fn single_bytes(&self, bytes: &[u8]) -> Option<Item> {
        match *bytes {
            [] => Some(Item::Single(Single::EmptyBytes)),
            [byte] if self.single_bytes_are_one => Some(Item::Byte(byte)),
            _ => None,
        }
    }

    fn extra(&mut self, content: Content) -> Item {
        self.extras.push(Extra { content, memo: 0 });
        Item::Extra(self.extras.len() as u32 - 1)
    }

    /// A name as an object: one for each spelling.
    fn name(&mut self, name: &str) -> Item {
        if let Some(single) = single_text(name.as_bytes()) {
            return single;
        }
        if let Some(&number) = self.names.get(name) {
            return Item::Extra(number);
        }
        let item = self.extra(Content::Text(name.as_bytes().to_vec()));
        self.names.insert(String::from(name), self.extras.len() as u32 - 1);
        item
    }

    /// The module's name that builtin functions have: another object than that of the types, though it reads the same.
    fn builtins_of_functions(&mut self) -> Item {
        if self.builtins_of_functions.is_none() {
            self.builtins_of_functions = Some(self.extra(Content::Text(b"builtins".to_vec())));
        }
        self.builtins_of_functions.unwrap_or(Item::Single(Single::EmptyText))
    }

    fn shape_of_single(single: Single) -> Shape<'g, Item, Cursor<'g>> {
        match single {
            Single::EmptyText => Shape::Text(&[]),
            Single::EmptyBytes => Shape::Bytes(&[]),
            Single::Ellipsis | Single::NotImplemented => Shape::Global,
        }
    }

    fn shape_of_extra(&self, number: u32) -> Shape<'_, Item, Cursor<'g>> {
        match &self.extras[number as usize].content {
            Content::Text(text) => Shape::Text(text),
            Content::Bytes(bytes) => Shape::Bytes(bytes),
            Content::Builtin(_) => Shape::Global,
        }
    }

    #[inline(always)]
    fn known(slot: u32) -> Option<Shape<'g, Item, Cursor<'g>>> {
        slot.checked_sub(1).map(Shape::Known)
    }

    fn object(&self, object: Object<'g>) -> Shape<'g, Item, Cursor<'g>> {
        let item = |view: View<'g>| view.handle().map(Item::Graph);
        let make = match object.kind() {
            ObjectKind::Global => return Shape::Global,
            ObjectKind::Call => Make::Call,
            ObjectKind::New => Make::New,
            ObjectKind::NewWithKeywords => Make::NewWithKeywords,
            ObjectKind::Instance => Make::Instance,
            ObjectKind::Persistent => match item(object.field(0)) {
                Some(id) => return Shape::Persistent(id),
                None => return unsupported("a persistent id"),
            },
            ObjectKind::Extension => match object.field(0).as_u64().and_then(|code| u32::try_from(code).ok()) {
                Some(code) => return Shape::Extension(code),
                None => return unsupported("an extension code"),
            },
            ObjectKind::Buffer => return Shape::Buffer(object.field(1).as_bool() == Some(true)),
            _ => return unsupported("an object of another format"),
        };
        let (Some(callable), Some(args)) = (item(object.callable()), item(object.args())) else {
            return unsupported("an incomplete object");
        };
        let steps = object.steps().filter_map(|step| {
            Some(match step {
                Step::State(view) => Fill::State(item(view)?),
                Step::Append(view) => Fill::Append(self.cursor(view)?),
                Step::Assign(view) => Fill::Assign(self.cursor(view)?),
                Step::Add(view) => Fill::Add(self.cursor(view)?),
            })
        });
        let kwargs = (make == Make::NewWithKeywords).then(|| item(object.field(2))).flatten();
        Shape::Reduce(alloc::boxed::Box::new(Reduction { make, callable, args, kwargs, steps: steps.collect() }))
    }

    fn cursor(&self, view: View<'g>) -> Option<Cursor<'g>> {
        match self.graph.value(view.handle()?) {
            Value::List(items) | Value::Dict(items) | Value::Set(items) => Some(Cursor(items.iter())),
            _ => None,
        }
    }
}

#[cold]
fn unsupported<'g>(kind: &str) -> Shape<'g, Item, Cursor<'g>> {
    Shape::Unsupported(String::from(kind))
}

/// The one object that CPython has for this text, if it has one.
#[inline(always)]
fn single_text(utf8: &[u8]) -> Option<Item> {
    match *utf8 {
        [] => Some(Item::Single(Single::EmptyText)),
        [byte @ 0..0x80] => Some(Item::Character(byte)),
        [lead @ 0xc2..=0xc3, byte] => Some(Item::Character(lead << 6 | byte & 0x3f)),
        _ => None,
    }
}

/// The UTF-8 of each latin-1 character.
const CHARACTERS: [[u8; 2]; 256] = {
    let mut characters = [[0; 2]; 256];
    let mut point = 0;
    while point < 256 {
        characters[point] =
            if point < 0x80 { [point as u8, 0] } else { [0xc0 | (point >> 6) as u8, 0x80 | (point & 0x3f) as u8] };
        point += 1;
    }
    characters
};

const BYTES: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        bytes[byte] = byte as u8;
        byte += 1;
    }
    bytes
};

impl<'g> Source for GraphSource<'g> {
    type Object = Item;
    type Cursor = Cursor<'g>;
    type Error = Error;

    #[inline(always)]
    fn shape(&mut self, item: &mut Item) -> Result<Shape<'_, Item, Cursor<'g>>, Error> {
        let handle = match *item {
            Item::Graph(handle) => handle,
            Item::Character(character) => {
                let utf8 = &CHARACTERS[usize::from(character)][..if character < 0x80 { 1 } else { 2 }];
                return Ok(Self::known(self.characters[usize::from(character)]).unwrap_or(Shape::Text(utf8)));
            }
            Item::Byte(byte) => {
                let bytes = &BYTES[usize::from(byte)..=usize::from(byte)];
                return Ok(Self::known(self.bytes[usize::from(byte)]).unwrap_or(Shape::Bytes(bytes)));
            }
            Item::Single(single) => {
                let known = Self::known(self.singles[single as usize]);
                return Ok(known.unwrap_or_else(|| Self::shape_of_single(single)));
            }
            Item::Extra(number) => {
                let known = Self::known(self.extras[number as usize].memo);
                return Ok(known.unwrap_or_else(|| self.shape_of_extra(number)));
            }
        };
        match handle.identity() {
            Identity::Span(number) => {
                if let Some(known) = Self::known(self.spans[number as usize]) {
                    return Ok(known);
                }
            }
            Identity::Node(number) => {
                if let Some(known) = Self::known(self.nodes[number as usize]) {
                    return Ok(known);
                }
            }
            Identity::Inline => {}
        }
        let cursor = |items: &'g [Handle]| Cursor(items.iter());
        Ok(match self.graph.value(handle) {
            Value::Int(value) => Shape::Int(value),
            Value::Text(text) => {
                let utf8 = text.as_bytes();
                match single_text(utf8) {
                    Some(single) => {
                        *item = single;
                        return self.shape(item);
                    }
                    None => Shape::Text(utf8),
                }
            }
            Value::Float(value) => Shape::Float(value),
            Value::None => Shape::None,
            Value::Bool(value) => Shape::Bool(value),
            Value::Tuple(items) => Shape::Tuple(items.len(), cursor(items)),
            Value::List(items) => Shape::List(items.len(), cursor(items)),
            Value::Dict(items) => Shape::Dict(items.len() / 2, cursor(items)),
            Value::Set(items) => Shape::Set(items.len(), cursor(items)),
            Value::FrozenSet(items) => Shape::FrozenSet(items.len(), cursor(items)),
            Value::BigInt(bytes) => match <[u8; 8]>::try_from(bytes) {
                Ok(bytes) => Shape::Int(i64::from_le_bytes(bytes)),
                Err(_) => Shape::BigInt(bytes),
            },
            Value::Long(bytes) => Shape::Long(bytes),
            Value::Bytes(bytes) => match self.single_bytes(bytes) {
                Some(single) => {
                    *item = single;
                    return self.shape(item);
                }
                None => Shape::Bytes(bytes),
            },
            Value::ByteArray(bytes) => Shape::ByteArray(bytes),
            Value::ByteString(bytes) => Shape::ByteString(bytes),
            Value::Complex(real, imaginary) => Shape::Complex(real, imaginary),
            Value::Range(parts) => Shape::Call(Builtin::Range, parts.len(), cursor(parts)),
            Value::Slice(parts) => Shape::Call(Builtin::Slice, parts.len(), cursor(parts)),
            Value::Ellipsis => {
                *item = Item::Single(Single::Ellipsis);
                return self.shape(item);
            }
            Value::NotImplemented => {
                *item = Item::Single(Single::NotImplemented);
                return self.shape(item);
            }
            Value::Object(object) => self.object(object),
            _ => unsupported("an object of another format"),
        })
    }

    #[inline(always)]
    fn next(&mut self, cursor: &mut Cursor<'g>) -> Result<Option<Item>, Error> {
        Ok(cursor.0.next().copied().map(Item::Graph))
    }

    #[inline(always)]
    fn memo_get(&self, item: &Item) -> Option<u32> {
        let slot = match *item {
            Item::Graph(handle) => match handle.identity() {
                Identity::Span(number) => self.spans[number as usize],
                Identity::Node(number) => self.nodes[number as usize],
                Identity::Inline => 0,
            },
            Item::Character(character) => self.characters[usize::from(character)],
            Item::Byte(byte) => self.bytes[usize::from(byte)],
            Item::Single(single) => self.singles[single as usize],
            Item::Extra(number) => self.extras[number as usize].memo,
        };
        slot.checked_sub(1)
    }

    #[inline(always)]
    fn memo_put(&mut self, item: &Item, index: u32) -> Result<(), Error> {
        let number = index.checked_add(1).ok_or(ErrorKind::MemoTooLarge)?;
        if let Some(slot) = self.memo_slot(item) {
            *slot = number;
        }
        Ok(())
    }

    fn builtin(&mut self, builtin: Builtin) -> Result<Item, Error> {
        let of_graph = self.graph.globals().find(|global| global.as_global() == Some(builtin.name()));
        if let Some(handle) = of_graph.and_then(View::handle) {
            return Ok(Item::Graph(handle));
        }
        let of_extras = |extra: &Extra| matches!(extra.content, Content::Builtin(known) if known == builtin);
        Ok(match self.extras.iter().position(of_extras) {
            Some(number) => Item::Extra(number as u32),
            None => self.extra(Content::Builtin(builtin)),
        })
    }

    fn constant(&mut self, text: &'static str) -> Result<Item, Error> {
        Ok(self.name(text))
    }

    fn latin1(&mut self, bytes: &[u8]) -> Result<Item, Error> {
        Ok(match *bytes {
            [] => Item::Single(Single::EmptyText),
            [byte] => Item::Character(byte),
            _ => {
                let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
                self.extra(Content::Text(text.into_bytes()))
            }
        })
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<Item, Error> {
        Ok(self.single_bytes(bytes).unwrap_or_else(|| self.extra(Content::Bytes(bytes.to_vec()))))
    }

    fn content(&mut self, item: &Item) -> Result<Vec<u8>, Error> {
        Ok(match *item {
            Item::Graph(handle) => self.graph.view(handle).as_bytes().unwrap_or_default().to_vec(),
            Item::Byte(byte) => vec![byte],
            Item::Extra(number) => match &self.extras[number as usize].content {
                Content::Bytes(bytes) => bytes.clone(),
                _ => Vec::new(),
            },
            Item::Character(_) | Item::Single(_) => Vec::new(),
        })
    }

    fn global(&mut self, item: &Item) -> Result<GlobalName<Item>, Error> {
        let (module, name) = match *item {
            Item::Graph(handle) => self.graph.view(handle).as_global().unwrap_or_default(),
            Item::Single(Single::Ellipsis) => Builtin::Ellipsis.name(),
            Item::Single(_) => Builtin::NotImplemented.name(),
            Item::Extra(number) => match self.extras[number as usize].content {
                Content::Builtin(builtin) => builtin.name(),
                _ => ("", ""),
            },
            Item::Character(_) | Item::Byte(_) => ("", ""),
        };
        let module_object = if module == "builtins" && is_builtin_function(name) {
            self.builtins_of_functions()
        } else {
            self.name(module)
        };
        let name_object = match single_text(name.as_bytes()) {
            Some(single) => single,
            // A name is a string of its own for each object that has one.
            None => self.extra(Content::Text(name.as_bytes().to_vec())),
        };
        Ok(GlobalName {
            module: String::from(module),
            name: String::from(name),
            module_object,
            name_object,
            extension: None,
        })
    }

    fn enter(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn leave(&mut self) {}
}
