//! The objects that are foreign to a graph: what CPython has one object of, and what the pickler brings along.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use pickle_value::{Handle, View};

use super::{Cursor, GraphSource, unsupported};
use crate::builtins::Builtin;
use crate::module_strings::{ModuleString, module_string};
use crate::names;
use crate::source::{Args, Atom, Fill, Make, Nesting, Part, Reduction, Shape};

/// The foreign numbers of the str of each latin-1 character, of the bytes of each byte, and of what there is one of.
pub(super) const CHARACTER: u32 = 0;
pub(super) const BYTE: u32 = 256;
pub(super) const EMPTY_TEXT: u32 = 512;
pub(crate) const EMPTY_BYTES: u32 = 513;
pub(super) const ELLIPSIS: u32 = 514;
pub(super) const NOT_IMPLEMENTED: u32 = 515;
pub(super) const EMPTY_TUPLE: u32 = 516;
/// The first number of what the pickler brought along.
pub(super) const EXTRAS: u32 = 517;

/// A foreign object.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Text(Box<[u8]>),
    Bytes(Box<[u8]>),
    /// As two's complement, little-endian.
    Int(Box<[u8]>),
    /// A NaN that a handle cannot hold.
    Float(f64),
    Builtin(Builtin),
    /// A global that the graph does not have: its module and name.
    Global(Box<(String, String)>),
    /// A container of what was made from here on, of so many handles.
    Container(Container, u32, u32),
    /// `iter(over)`, at the first item.
    Iterator {
        iter: Handle,
        over: Handle,
    },
}

/// What holds items that the graph does not hold together.
#[derive(Clone, Copy, Debug)]
pub(super) enum Container {
    Tuple,
    /// Keys and values in turn.
    Dict,
    /// Start, stop and step.
    Range,
}

impl<'g> GraphSource<'g> {
    pub(super) fn extra(&mut self, content: Content) -> Handle {
        let bytes = match &content {
            Content::Text(bytes) | Content::Bytes(bytes) | Content::Int(bytes) => bytes.len(),
            _ => 0,
        };
        // Whoever asks for the shape of an object sees whether that was too much.
        let _ = self.copies.count(size_of::<Content>() + bytes);
        self.extras.push(content);
        self.memo.push(0);
        Handle::foreign(EXTRAS + self.extras.len() as u32 - 1)
    }

    /// A container that was made anew.
    pub(super) fn container(&mut self, container: Container, items: Vec<Handle>) -> Handle {
        let Cursor { made, left, .. } = self.made(&items);
        self.extra(Content::Container(container, made, left))
    }

    /// A str that was made anew.
    pub(super) fn text(&mut self, utf8: Vec<u8>) -> Handle {
        single_text(&utf8).unwrap_or_else(|| self.extra(Content::Text(utf8.into())))
    }

    /// A name as an object: one for each spelling.
    pub(super) fn name(&mut self, name: &str) -> Handle {
        if let Some(single) = single_text(name.as_bytes()) {
            return single;
        }
        if let Some(&known) = self.names.get(name) {
            return known;
        }
        let handle = self.extra(Content::Text(name.as_bytes().into()));
        self.names.insert(String::from(name), handle);
        handle
    }

    pub(super) fn name_of(&self, builtin: Builtin) -> (&'static str, &'static str) {
        let (module, name) = builtin.name();
        if self.python2 { names::to_python2(module, name) } else { (module, name) }
    }

    /// How a global of a dotted name is reached.
    pub(super) fn nesting(&mut self, module: &str, name: &str) -> Option<Nesting<Handle>> {
        let (outer, _) = name.rsplit_once('.')?;
        let mut names = name.split('.').map(String::from);
        let first = names.next()?;
        let rest = names.map(|name| {
            single_text(name.as_bytes()).unwrap_or_else(|| self.extra(Content::Text(name.into_bytes().into())))
        });
        let rest = rest.collect();
        Some(Nesting { parent: self.global_named(module, outer), first, rest })
    }

    /// The object that a builtin is: the graph's, or one that the pickler brings along.
    pub(super) fn builtin_handle(&mut self, builtin: Builtin) -> Handle {
        if let Some((_, known)) = self.builtins.iter().find(|(known, _)| *known == builtin) {
            return *known;
        }
        let name = self.name_of(builtin);
        let of_graph = self.graph.globals().find(|global| global.as_global() == Some(name));
        let known = |content: &Content| matches!(content, Content::Builtin(known) if *known == builtin);
        let handle = match (of_graph.and_then(View::handle), self.extras.iter().position(known)) {
            (Some(handle), _) => handle,
            (None, Some(number)) => Handle::foreign(EXTRAS + number as u32),
            (None, None) => self.extra_global(Content::Builtin(builtin), name.0, name.1),
        };
        self.builtins.push((builtin, handle));
        handle
    }

    /// The one object that a global of this name is.
    pub(super) fn global_named(&mut self, module: &str, name: &str) -> Handle {
        if self.globals_by_name.is_empty() {
            for global in self.graph.globals() {
                if let (Some((module, name)), Some(handle)) = (global.as_global(), global.handle()) {
                    self.globals_by_name.insert(alloc::format!("{module}\n{name}"), handle);
                }
            }
            for (number, content) in self.extras.iter().enumerate() {
                if let Content::Global(names) = content {
                    let (module, name) = &**names;
                    let handle = Handle::foreign(EXTRAS + number as u32);
                    self.globals_by_name.entry(alloc::format!("{module}\n{name}")).or_insert(handle);
                }
            }
        }
        let key = alloc::format!("{module}\n{name}");
        if let Some(&known) = self.globals_by_name.get(&key) {
            return known;
        }
        let content = Content::Global(Box::new((String::from(module), String::from(name))));
        let made = self.extra_global(content, module, name);
        self.globals_by_name.insert(key, made);
        made
    }

    /// The object that a global has for its module's name.
    pub(super) fn module_object(&mut self, module: &str, name: &str) -> Handle {
        match module_string(module, name, self.profile) {
            ModuleString::Name => self.name(module),
            ModuleString::Own => self.extra(Content::Text(module.as_bytes().into())),
            ModuleString::Functions => match self.functions_of.get(module) {
                Some(&known) => known,
                None => {
                    let handle = self.extra(Content::Text(module.as_bytes().into()));
                    self.functions_of.insert(String::from(module), handle);
                    handle
                }
            },
        }
    }

    /// What a foreign object is.
    pub(super) fn foreign(&self, number: u32) -> Shape<'_, Handle, Cursor<'g>> {
        match number {
            CHARACTER..BYTE => {
                let utf8 = &CHARACTERS[number as usize];
                Shape::Text(&utf8[..if number < 0x80 { 1 } else { 2 }])
            }
            BYTE..EMPTY_TEXT => {
                let byte = (number - BYTE) as usize;
                self.bytes_shape(&BYTES[byte..=byte])
            }
            EMPTY_TEXT => Shape::Text(&[]),
            EMPTY_BYTES => self.bytes_shape(&[]),
            ELLIPSIS | NOT_IMPLEMENTED => Shape::Global,
            EMPTY_TUPLE => Shape::Tuple(0, Cursor::new(&[])),
            _ => match &self.extras[(number - EXTRAS) as usize] {
                Content::Text(text) => Shape::Text(text),
                Content::Int(bytes) => Shape::BigInt(bytes),
                Content::Float(_) => unsupported("a float without a handle"),
                Content::Bytes(bytes) => self.bytes_shape(bytes),
                Content::Builtin(_) | Content::Global(_) => Shape::Global,
                &Content::Iterator { iter, over } => {
                    let args = Args::Parts([Part::Object(over)].into());
                    let steps = Handle::small_int(0).map(Fill::State).into_iter().collect();
                    let make = Make::Call;
                    Shape::Reduce(Box::new(Reduction { make, callable: iter, args, kwargs: None, steps }))
                }
                &Content::Container(container, made, left) => {
                    let (cursor, length) = (Cursor { items: [].iter(), made, left }, left as usize);
                    match container {
                        Container::Tuple => Shape::Tuple(length, cursor),
                        Container::Dict => Shape::Dict(length / 2, cursor),
                        Container::Range => Shape::Call(Builtin::Range, length, cursor),
                    }
                }
            },
        }
    }

    #[cold]
    pub(super) fn foreign_atom(&self, handle: Handle) -> Atom<'_> {
        let number = handle.identity().number.checked_sub(EXTRAS);
        match number.map(|number| &self.extras[number as usize]) {
            Some(Content::Float(value)) => Atom::Float(*value),
            _ => Atom::Other,
        }
    }

    /// Python 2's `str` is its bytes.
    pub(super) fn bytes_shape<'s>(&self, bytes: &'s [u8]) -> Shape<'s, Handle, Cursor<'g>> {
        if self.python2 { Shape::ByteString(bytes) } else { Shape::Bytes(bytes) }
    }

    /// The one object that CPython has for these bytes, if it has one.
    pub(super) fn single_bytes(&self, bytes: &[u8]) -> Option<Handle> {
        match *bytes {
            [] => Some(Handle::foreign(EMPTY_BYTES)),
            [byte] if self.single_bytes_are_one => Some(Handle::foreign(BYTE + u32::from(byte))),
            _ => None,
        }
    }
}

/// The one object that CPython has for this text, if it has one.
#[inline(always)]
pub(super) fn single_text(utf8: &[u8]) -> Option<Handle> {
    single_text_number(utf8).map(Handle::foreign)
}

/// The foreign number of the one object that CPython has for this text, if it has one.
#[inline(always)]
pub(crate) fn single_text_number(utf8: &[u8]) -> Option<u32> {
    match *utf8 {
        [] => Some(EMPTY_TEXT),
        [byte @ 0..0x80] => Some(CHARACTER + u32::from(byte)),
        [lead @ 0xc2..=0xc3, byte] => Some(CHARACTER + u32::from(lead << 6 | byte & 0x3f)),
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
