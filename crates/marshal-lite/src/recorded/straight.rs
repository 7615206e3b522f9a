//! [`Straight`]: a graph written by its record at one go, as nearly all can be.
//!
//! This gives up wherever the record and the graph do not fit, and where containers stand too deep within each other.
//! [`Recorded`](super::Recorded) writes all that can be written, and says why something cannot.

use alloc::vec;
use alloc::vec::Vec;

use pickle_value::{Graph, Handle, Held, Object, Value};

use crate::code::Layout;
use crate::graph_source::{code_fields, int_of};
use crate::record::Record;
use crate::short::Short;
use crate::table::{FLAG_REF, TypeCode};
use crate::write::{DEEPEST, Head, Writer};

/// Writes a graph as its record says, if it can be written so.
pub(super) fn write(record: &Record, graph: &Graph<'_>, writer: Writer) -> Option<Vec<u8>> {
    // A few at a time, which are counted all at once.
    let flagged = |codes: &[u8]| usize::from(codes.iter().fold(0, |count, byte| count + (byte >> 7)));
    let flagged: usize = record.codes.chunks(128).map(flagged).sum();
    let mut straight = Straight {
        graph,
        writer,
        codes: &record.codes,
        references: &record.references,
        numbered: vec![Handle::NONE; flagged + 1],
        given: 0,
        code: None,
    };
    straight.object(graph.root().handle()?, 0)?;
    straight.codes.is_empty().then(|| straight.writer.into_vec())
}

struct Straight<'g> {
    graph: &'g Graph<'g>,
    writer: Writer,
    /// What is still to come.
    codes: &'g [u8],
    references: &'g [u32],
    /// The objects that references can name; behind those that were given, one place that may be written to.
    numbered: Vec<Handle>,
    given: usize,
    /// What all code objects begin with, and what it means.
    code: Option<(Handle, Handle, Layout)>,
}

impl<'g> Straight<'g> {
    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        let (&byte, rest) = self.codes.split_first()?;
        self.codes = rest;
        Some(byte)
    }

    #[inline(always)]
    fn object(&mut self, object: Handle, depth: usize) -> Option<()> {
        let byte = self.next()?;
        let code = TypeCode::from_byte(byte)?;
        if code == TypeCode::Ref {
            return self.reference(byte, object);
        }
        // Whether it is flagged cannot be guessed, so nothing branches on it.
        *self.numbered.get_mut(self.given)? = object;
        self.given += usize::from(byte >> 7);
        let mut head = Head { writer: &mut self.writer, flag: byte & FLAG_REF, wanted: Some(code) };
        if matches!(object.held(), Held::Text(_)) {
            let (bytes, length) = self.graph.bytes_and_more(object);
            return match (code, Short::new(bytes, length)) {
                (TypeCode::ShortAscii | TypeCode::ShortAsciiInterned, Some(short)) if short.is_ascii() => {
                    head.short_ascii(short, code == TypeCode::ShortAsciiInterned);
                    Some(())
                }
                _ => head.text(bytes.get(..length)?, false).ok(),
            };
        }
        match self.graph.value(object) {
            Value::Bytes(bytes) => head.counted(TypeCode::String, bytes).ok(),
            Value::Tuple(items) => {
                head.tuple(items.len()).ok()?;
                self.items(items, depth)
            }
            Value::None => self.single(byte, TypeCode::None),
            Value::Int(value) => head.int(value).ok(),
            Value::Object(native) => {
                head.code().ok()?;
                self.fields(native, depth)
            }
            _ => self.other(object, byte, depth),
        }
    }

    #[inline(always)]
    fn reference(&mut self, byte: u8, object: Handle) -> Option<()> {
        let (&number, rest) = self.references.split_first()?;
        self.references = rest;
        if number as usize >= self.given || self.numbered[number as usize] != object {
            return None;
        }
        Head { writer: &mut self.writer, flag: byte & FLAG_REF, wanted: None }.word(TypeCode::Ref, number);
        Some(())
    }

    fn items(&mut self, items: &'g [Handle], depth: usize) -> Option<()> {
        if depth + 1 >= DEEPEST {
            return None;
        }
        for &item in items {
            self.object(item, depth + 1)?;
        }
        Some(())
    }

    #[inline(never)]
    fn fields(&mut self, native: Object<'g>, depth: usize) -> Option<()> {
        let [name, number, fields @ ..] = native.fields() else {
            return None;
        };
        let layout = match self.code {
            Some((known, of, layout)) if (known, of) == (*name, *number) => layout,
            _ => code_fields(native)?.0,
        };
        self.code = Some((*name, *number, layout));
        if fields.len() != layout.fields().len() || depth + 1 >= DEEPEST {
            return None;
        }
        for (&value, field) in fields.iter().zip(layout.fields()) {
            if field.is_int() {
                let value = i32::try_from(int_of(self.graph, value)?).ok()?;
                Head { writer: &mut self.writer, flag: 0, wanted: None }.bare(value);
            } else {
                self.object(value, depth + 1)?;
            }
        }
        Some(())
    }

    /// What there is one of has no number, whatever its flag.
    #[inline(always)]
    fn single(&mut self, byte: u8, code: TypeCode) -> Option<()> {
        self.given -= usize::from(byte >> 7);
        Head { writer: &mut self.writer, flag: byte & FLAG_REF, wanted: TypeCode::from_byte(byte) }.single(code).ok()
    }

    /// What there is less of. Python 2's strings, and floats as text, are left to others.
    #[inline(never)]
    fn other(&mut self, object: Handle, byte: u8, depth: usize) -> Option<()> {
        let wanted = TypeCode::from_byte(byte)?;
        let mut head = Head { writer: &mut self.writer, flag: byte & FLAG_REF, wanted: Some(wanted) };
        match self.graph.value(object) {
            Value::Bool(value) => self.single(byte, if value { TypeCode::True } else { TypeCode::False }),
            Value::Ellipsis => self.single(byte, TypeCode::Ellipsis),
            Value::Float(value) if wanted == TypeCode::BinaryFloat => head.floats(&[value], &[]).ok(),
            Value::Complex(real, imaginary) if wanted == TypeCode::BinaryComplex => {
                head.floats(&[real, imaginary], &[]).ok()
            }
            Value::BigInt(bytes) => head.big_int(bytes).ok(),
            Value::List(items) => {
                head.sized(TypeCode::List, items.len()).ok()?;
                self.items(items, depth)
            }
            Value::Set(items) => {
                head.sized(TypeCode::Set, items.len()).ok()?;
                self.items(items, depth)
            }
            Value::FrozenSet(items) => {
                head.sized(TypeCode::FrozenSet, items.len()).ok()?;
                self.items(items, depth)
            }
            Value::Dict(items) => {
                head.single(TypeCode::Dict).ok()?;
                self.items(items, depth)?;
                let byte = self.next().filter(|&byte| TypeCode::from_byte(byte) == Some(TypeCode::Null))?;
                Head { writer: &mut self.writer, flag: byte & FLAG_REF, wanted: None }.byte(TypeCode::Null);
                Some(())
            }
            _ => None,
        }
    }
}
