//! [`Straight`]: a graph written by its record at one go, as nearly all can be.
//!
//! This gives up wherever the record and the graph do not fit, and where containers stand too deep within each other.
//! [`Recorded`](super::Recorded) writes all that can be written, and says why something cannot.

use alloc::vec;
use alloc::vec::Vec;

use pickle_value::{Contents, Graph, Handle, ObjectKind, Value};

use crate::code::{Field, Layout};
use crate::graph_source::{bare_int, code_fields, ints_of};
use crate::out::{Out, Rest, is_ascii};
use crate::record::Record;
use crate::short::{Short, WINDOW};
use crate::table::{FLAG_REF, TypeCode};
use crate::write::{DEEPEST, Head, Writer, with_short_size, with_word};

/// Writes a graph as its record says, if it can be written so.
pub(super) fn write(record: &Record, graph: &Graph<'_>, writer: Writer) -> Option<Vec<u8>> {
    graph.prefetch();
    // A few at a time, which are counted all at once.
    let flagged = |codes: &[u8]| usize::from(codes.iter().fold(0, |count, byte| count + (byte >> 7)));
    let flagged: usize = record.codes.chunks(128).map(flagged).sum();
    let (_, out) = writer.at_one_go(|writer, out| {
        let mut straight = Straight {
            graph,
            contents: graph.contents(),
            writer,
            codes: &record.codes,
            references: &record.references,
            numbered: vec![Handle::NONE; flagged + 1],
            given: 0,
            code: None,
            is_full: false,
        };
        straight.write(out).ok_or_else(|| straight.is_full.then_some(straight.writer))
    })?;
    Some(out.into_vec())
}

struct Straight<'g> {
    graph: &'g Graph<'g>,
    contents: Contents<'g>,
    /// Writes what is rare: [`Straight::object`] takes that over.
    writer: Writer,
    /// What is still to come.
    codes: &'g [u8],
    references: &'g [u32],
    /// The objects that references can name; behind those that were given, one place that may be written to.
    numbered: Vec<Handle>,
    given: usize,
    /// What all code objects begin with, and what it means.
    code: Option<(Handle, Handle, Layout)>,
    /// Whether there was too little room.
    is_full: bool,
}

/// What of an object is still to be written, once its beginning is.
enum Inner<'g> {
    Nothing,
    Items(&'g [Handle]),
    Dict(&'g [Handle]),
    /// The fields of a code object.
    Code(Layout, &'g [Handle]),
}

impl<'g> Straight<'g> {
    fn write(&mut self, out: &mut Out) -> Option<()> {
        let root = self.graph.root().handle()?;
        let left = self.object(out.rest(), root, 0)?.len();
        out.leave(left);
        self.codes.is_empty().then_some(())
    }

    /// Goes on behind the next code, and notes an object that has it.
    #[inline(always)]
    fn take(&mut self, byte: u8, object: Handle) {
        self.codes = self.codes.split_first().map_or(&[], |(_, rest)| rest);
        // Whether it is flagged cannot be guessed, so nothing branches on it. That there is a place, is counted beforehand.
        if let Some(place) = self.numbered.get_mut(self.given) {
            *place = object;
        }
        self.given += usize::from(byte >> 7);
    }

    /// A reference, if that is next.
    #[inline(always)]
    fn known(&mut self, rest: &mut Rest<'_>, object: Handle) -> bool {
        self.reference(rest, object).is_some()
    }

    #[inline(always)]
    fn reference(&mut self, rest: &mut Rest<'_>, object: Handle) -> Option<()> {
        let (&byte, codes) = self.codes.split_first()?;
        if byte != TypeCode::Ref as u8 {
            return None;
        }
        let (&number, references) = self.references.split_first()?;
        if number as usize >= self.given || self.numbered[number as usize] != object {
            return None;
        }
        rest.put::<5>(with_word(TypeCode::Ref, 0, number))?;
        (self.codes, self.references) = (codes, references);
        Some(())
    }

    /// A str that is short and ASCII, as most are.
    #[inline(always)]
    fn text(&mut self, rest: &mut Rest<'_>, object: Handle) -> Option<()> {
        let byte = *self.codes.first()?;
        let code = match TypeCode::from_byte(byte)? {
            code @ (TypeCode::ShortAscii | TypeCode::ShortAsciiInterned) => code,
            _ => return None,
        };
        let (window, length) = self.contents.window::<WINDOW>(object.text_number())?;
        let short = Short::new(window, length)?;
        if !short.is_ascii() {
            return None;
        }
        rest.put_short(with_short_size(code, byte & FLAG_REF, short.size()), short)?;
        self.take(byte, object);
        Some(())
    }

    /// Any str that is written as it is.
    #[inline(never)]
    fn any_text(&mut self, rest: &mut Rest<'_>, object: Handle) -> Option<()> {
        let byte = *self.codes.first()?;
        let (bytes, length) = self.contents.bytes_and_more(object.text_number())?;
        let utf8 = bytes.get(..length).filter(|utf8| utf8.len() <= i32::MAX as usize)?;
        let (code, flag) = (TypeCode::from_byte(byte)?, byte & FLAG_REF);
        let (head, head_length) = match (code, u8::try_from(length)) {
            (TypeCode::ShortAscii | TypeCode::ShortAsciiInterned, Ok(size)) if is_ascii(utf8) => {
                (with_short_size(code, flag, size).into(), 2)
            }
            (TypeCode::Ascii | TypeCode::AsciiInterned, _) if is_ascii(utf8) => {
                (with_word(code, flag, length as u32), 5)
            }
            (TypeCode::Unicode | TypeCode::Interned, _) => (with_word(code, flag, length as u32), 5),
            _ => return None,
        };
        rest.put_bytes(head, head_length, utf8)?;
        self.take(byte, object);
        Some(())
    }

    /// Bytes, of which most have no more than `N`.
    #[inline(always)]
    fn bytes<const N: usize>(&mut self, rest: &mut Rest<'_>, object: Handle) -> Option<()> {
        let byte = self.next_is(TypeCode::String)?;
        let number = object.bytes_number();
        let head = |length: usize| with_word(TypeCode::String, byte & FLAG_REF, length as u32);
        match self.contents.window::<N>(number) {
            Some((window, length)) => rest.put_window(head(length), 5, window, length)?,
            None => {
                let (bytes, length) = self.contents.bytes_and_more(number)?;
                let bytes = bytes.get(..length).filter(|bytes| bytes.len() <= i32::MAX as usize)?;
                rest.put_bytes(head(length), 5, bytes)?;
            }
        }
        self.take(byte, object);
        Some(())
    }

    /// The next byte, if this is its code.
    #[inline(always)]
    fn next_is(&self, code: TypeCode) -> Option<u8> {
        self.codes.first().copied().filter(|byte| byte & !FLAG_REF == code as u8)
    }

    /// An int, a bool or `None`.
    #[inline(always)]
    fn constant(&mut self, rest: &mut Rest<'_>, object: Handle) -> Option<()> {
        let byte = *self.codes.first()?;
        if byte == TypeCode::None as u8 && object == Handle::NONE {
            rest.put::<1>(byte.into())?;
        } else if byte & !FLAG_REF == TypeCode::Int as u8 {
            rest.put::<5>(with_word(TypeCode::Int, byte & FLAG_REF, object.as_i32()? as u32))?;
        } else if byte == TypeCode::True as u8 && object == Handle::bool(true)
            || byte == TypeCode::False as u8 && object == Handle::bool(false)
        {
            rest.put::<1>(byte.into())?;
        } else {
            return None;
        }
        self.take(byte, object);
        Some(())
    }

    /// The beginning of a tuple of fewer than 256 items; gives these.
    #[inline(always)]
    fn tuple(&mut self, rest: &mut Rest<'_>, object: Handle) -> Option<&'g [Handle]> {
        let byte = self.next_is(TypeCode::SmallTuple)?;
        let items = self.graph.row(u32::try_from(object.tuple_number()).ok()?);
        let size = u8::try_from(items.len()).ok()?;
        rest.put::<2>(with_short_size(TypeCode::SmallTuple, byte & FLAG_REF, size).into())?;
        self.take(byte, object);
        Some(items)
    }

    fn row<'w>(&mut self, mut rest: Rest<'w>, items: &'g [Handle], depth: usize) -> Option<Rest<'w>> {
        if depth + 1 >= DEEPEST {
            return None;
        }
        for &item in items {
            let is_written = if item.is_text() {
                self.known(&mut rest, item)
                    || self.text(&mut rest, item).is_some()
                    || self.any_text(&mut rest, item).is_some()
            } else {
                self.constant(&mut rest, item).is_some() || self.known(&mut rest, item)
            };
            if is_written {
                continue;
            }
            rest = match self.tuple(&mut rest, item) {
                Some(inner) => self.row(rest, inner, depth + 1)?,
                None => match u32::try_from(item.object_number()) {
                    Ok(number) => self.code(rest, item, number, depth + 1)?,
                    Err(_) => self.object(rest, item, depth + 1)?,
                },
            };
        }
        Some(rest)
    }

    /// A code object, with this number among nodes.
    #[inline(never)]
    fn code<'w>(&mut self, mut rest: Rest<'w>, object: Handle, number: u32, depth: usize) -> Option<Rest<'w>> {
        if let Ok([name, layout, fields @ ..]) = <&[Handle; 18]>::try_from(self.graph.row(number))
            && self.code == Some((*name, *layout, Layout::LocalsPlus))
            && depth + 3 < DEEPEST
            && self.graph.object(number).kind() == ObjectKind::Native
            && let Some(byte) = self.next_is(TypeCode::Code)
            && let Some(ints) = fields.first_chunk::<{ Layout::LocalsPlus.leading_ints() }>()
            && let Some(ints) = ints_of(ints)
            && rest.put_words(Some(byte), ints).is_some()
        {
            self.take(byte, object);
            return self.locals_plus(rest, fields, depth + 1);
        }
        self.object(rest, object, depth)
    }

    /// The fields of [`Layout::LocalsPlus`] behind the first ints.
    #[inline(always)]
    fn locals_plus<'w>(&mut self, mut rest: Rest<'w>, fields: &'g [Handle; 16], depth: usize) -> Option<Rest<'w>> {
        use Field::*;
        const fn at(field: Field) -> usize {
            Layout::LocalsPlus.at(field)
        }
        rest = self.bytes_field::<128>(rest, fields[at(Code)], depth)?;
        if !self.known(&mut rest, fields[at(Consts)]) {
            rest = match self.tuple(&mut rest, fields[at(Consts)]) {
                Some(items) => self.row(rest, items, depth)?,
                None => self.object(rest, fields[at(Consts)], depth)?,
            };
        }
        rest = self.names(rest, fields[at(Names)], depth)?;
        rest = self.names(rest, fields[at(LocalsPlusNames)], depth)?;
        rest = self.bytes_field::<64>(rest, fields[at(LocalsPlusKinds)], depth)?;
        rest = self.name(rest, fields[at(FileName)], depth)?;
        rest = self.name(rest, fields[at(Name)], depth)?;
        rest = self.name(rest, fields[at(QualName)], depth)?;
        rest = self.int_field(rest, fields[at(FirstLineNo)])?;
        rest = self.bytes_field::<128>(rest, fields[at(LineTable)], depth)?;
        self.bytes_field::<64>(rest, fields[at(ExceptionTable)], depth)
    }

    #[inline(always)]
    fn bytes_field<'w, const N: usize>(
        &mut self,
        mut rest: Rest<'w>,
        object: Handle,
        depth: usize,
    ) -> Option<Rest<'w>> {
        let is_written = self.known(&mut rest, object) || self.bytes::<N>(&mut rest, object).is_some();
        if is_written { Some(rest) } else { self.object(rest, object, depth) }
    }

    /// A tuple of names.
    #[inline(always)]
    fn names<'w>(&mut self, mut rest: Rest<'w>, object: Handle, depth: usize) -> Option<Rest<'w>> {
        if self.known(&mut rest, object) {
            return Some(rest);
        }
        let Some(names) = self.tuple(&mut rest, object) else {
            return self.object(rest, object, depth);
        };
        for &name in names {
            rest = self.name(rest, name, depth + 1)?;
        }
        Some(rest)
    }

    #[inline(always)]
    fn name<'w>(&mut self, mut rest: Rest<'w>, object: Handle, depth: usize) -> Option<Rest<'w>> {
        let is_written = self.known(&mut rest, object)
            || self.text(&mut rest, object).is_some()
            || self.any_text(&mut rest, object).is_some();
        if is_written { Some(rest) } else { self.object(rest, object, depth) }
    }

    /// A number that is no object.
    #[inline(always)]
    fn int_field<'w>(&mut self, mut rest: Rest<'w>, value: Handle) -> Option<Rest<'w>> {
        let is_written = rest.put_words(None, [bare_int(self.graph, value)?]);
        self.is_full = is_written.is_none();
        is_written.map(|()| rest)
    }

    /// Writes any object.
    #[inline(never)]
    fn object<'w>(&mut self, mut rest: Rest<'w>, object: Handle, depth: usize) -> Option<Rest<'w>> {
        let inner = self.begin(object)?;
        rest = self.take_over(rest)?;
        match inner {
            Inner::Nothing => Some(rest),
            Inner::Items(items) => self.row(rest, items, depth),
            Inner::Dict(items) => {
                rest = self.row(rest, items, depth)?;
                let byte = self.next_is(TypeCode::Null)?;
                self.codes = self.codes.split_first()?.1;
                self.head(byte, None).byte(TypeCode::Null);
                self.take_over(rest)
            }
            Inner::Code(layout, fields) => self.fields(rest, layout, fields, depth),
        }
    }

    /// Takes over what the [writer](Straight::writer) has.
    fn take_over<'w>(&mut self, mut rest: Rest<'w>) -> Option<Rest<'w>> {
        let is_written = self.writer.out.move_to(&mut rest);
        self.is_full = is_written.is_none();
        is_written.map(|()| rest)
    }

    /// The fields of a code object of any layout.
    fn fields<'w>(
        &mut self,
        mut rest: Rest<'w>,
        layout: Layout,
        fields: &'g [Handle],
        depth: usize,
    ) -> Option<Rest<'w>> {
        if depth + 1 >= DEEPEST {
            return None;
        }
        for (&value, field) in fields.iter().zip(layout.fields()) {
            rest = if field.is_int() { self.int_field(rest, value)? } else { self.object(rest, value, depth + 1)? };
        }
        Some(rest)
    }

    fn head(&mut self, byte: u8, wanted: Option<TypeCode>) -> Head<'_> {
        Head { writer: &mut self.writer, flag: byte & FLAG_REF, wanted }
    }

    /// Writes what is no container, or the beginning of what is one. Python 2's strings, and floats as text, are left to
    /// others.
    fn begin(&mut self, object: Handle) -> Option<Inner<'g>> {
        let byte = *self.codes.first()?;
        let wanted = TypeCode::from_byte(byte)?;
        if wanted == TypeCode::Ref {
            let (&number, references) = self.references.split_first()?;
            if number as usize >= self.given || self.numbered[number as usize] != object {
                return None;
            }
            self.codes = self.codes.split_first()?.1;
            self.references = references;
            self.head(byte, None).word(TypeCode::Ref, number);
            return Some(Inner::Nothing);
        }
        self.take(byte, object);
        let graph = self.graph;
        let mut head = self.head(byte, Some(wanted));
        match graph.value(object) {
            Value::Text(text) => head.text(text.as_bytes(), false).ok()?,
            Value::Bytes(bytes) => head.counted(TypeCode::String, bytes).ok()?,
            Value::None => self.single(byte, TypeCode::None)?,
            Value::Bool(value) => self.single(byte, if value { TypeCode::True } else { TypeCode::False })?,
            Value::Ellipsis => self.single(byte, TypeCode::Ellipsis)?,
            Value::Int(value) => head.int(value).ok()?,
            Value::BigInt(bytes) => head.big_int(bytes).ok()?,
            Value::Float(value) if wanted == TypeCode::BinaryFloat => head.floats(&[value], &[]).ok()?,
            Value::Complex(real, imaginary) if wanted == TypeCode::BinaryComplex => {
                head.floats(&[real, imaginary], &[]).ok()?;
            }
            Value::Tuple(items) => {
                head.tuple(items.len()).ok()?;
                return Some(Inner::Items(items));
            }
            Value::List(items) => {
                head.sized(TypeCode::List, items.len()).ok()?;
                return Some(Inner::Items(items));
            }
            Value::Set(items) => {
                head.sized(TypeCode::Set, items.len()).ok()?;
                return Some(Inner::Items(items));
            }
            Value::FrozenSet(items) => {
                head.sized(TypeCode::FrozenSet, items.len()).ok()?;
                return Some(Inner::Items(items));
            }
            Value::Dict(items) => {
                head.single(TypeCode::Dict).ok()?;
                return Some(Inner::Dict(items));
            }
            Value::Object(native) => {
                head.code().ok()?;
                let [name, number, fields @ ..] = native.fields() else {
                    return None;
                };
                let layout = match self.code {
                    Some((known, of, layout)) if (known, of) == (*name, *number) => layout,
                    _ => code_fields(native)?.0,
                };
                self.code = Some((*name, *number, layout));
                return (fields.len() == layout.fields().len()).then_some(Inner::Code(layout, fields));
            }
            _ => return None,
        }
        Some(Inner::Nothing)
    }

    /// What there is one of has no number, whatever its flag.
    fn single(&mut self, byte: u8, code: TypeCode) -> Option<()> {
        self.given -= usize::from(byte >> 7);
        self.head(byte, TypeCode::from_byte(byte)).single(code).ok()
    }
}
