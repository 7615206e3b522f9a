//! Writing by a [`Record`]: each object as the stream had it.

mod straight;

use alloc::format;
use alloc::vec::Vec;

use pickle_value::{Graph, Handle, Value};

use crate::error::{Error, ErrorKind, Fault};
use crate::graph_source::{Cursors, Over, int_of, tell};
use crate::record::Record;
use crate::source::{Share, Source};
use crate::table::{FLAG_REF, TypeCode};
use crate::version::Release;
use crate::write::{Sink, Writer};

impl Record {
    /// Writes a graph as the stream was written that this was recorded from: byte for byte, if it is that stream's graph or
    /// another one of equal values, in which what was one object is one object.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RecordMismatch`] where the graph has something else than the stream had. So it is for a stream that
    /// had a dict or a set with the same key twice, one of which is no longer there.
    pub fn to_vec(&self, graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
        // The forms are recorded, so that neither version nor release decide anything.
        let writer = || -> Result<Writer, Error> {
            let mut writer = Writer::new(0, Release::PYTHON_3_13)?;
            writer.set_depth_limit(usize::MAX);
            writer.reserve(graph.size_hint());
            Ok(writer)
        };
        if let Some(written) = straight::write(self, graph, writer()?) {
            return Ok(written);
        }
        let mut writer = writer()?;
        let mut source = Recorded {
            graph,
            codes: &self.codes,
            references: &self.references,
            record: self,
            numbered: Vec::with_capacity(self.codes.len().min(graph.counts().spans + graph.counts().nodes)),
            strings: Vec::new(),
            floats: 0,
        };
        let root = graph.root().handle().unwrap_or(Handle::NONE);
        writer.write(&mut source, root).map_err(Fault::into_error)?;
        if !source.codes.is_empty() {
            return Err(mismatch(format!("{} objects are left", source.codes.len())));
        }
        Ok(writer.into_vec())
    }
}

/// A graph that is written by a record.
struct Recorded<'g> {
    graph: &'g Graph<'g>,
    /// What is still to come.
    codes: &'g [u8],
    references: &'g [u32],
    record: &'g Record,
    /// The objects that references can name.
    numbered: Vec<Handle>,
    /// Python 2's interned strings.
    strings: Vec<Handle>,
    floats: u32,
}

impl<'g> Recorded<'g> {
    fn referred(&mut self, byte: u8, object: Handle) -> Result<u32, Error> {
        let (number, rest) = self.references.split_first().ok_or_else(|| mismatch("no reference is left".into()))?;
        self.references = rest;
        let known = if byte & !FLAG_REF == TypeCode::Ref as u8 { &self.numbered } else { &self.strings };
        if known.get(*number as usize) != Some(&object) {
            return Err(mismatch(format!("reference {number} is to another object")));
        }
        Ok(*number)
    }

    /// The text of the next float as text, where it is not CPython's own.
    fn float_text(&mut self) -> Option<&'g [u8]> {
        let number = self.floats;
        self.floats += 1;
        let record: &'g Record = self.record;
        let at = record.floats.binary_search_by_key(&number, |odd| odd.number).ok()?;
        Some(&record.floats[at].text)
    }

    /// A float, or a complex, as text.
    #[cold]
    fn text_float(&mut self, object: Handle, share: Share, sink: Sink<'_, Items<'g>>) -> Result<(), ErrorKind> {
        match self.graph.value(object) {
            Value::Float(value) => sink.float(share, value, self.float_text()),
            Value::Complex(real, imaginary) => {
                let texts = [self.float_text(), self.float_text()];
                sink.complex(share, [real, imaginary], texts)
            }
            _ => tell(self.graph, object, share, false, &Plain, sink),
        }
    }
}

type Items<'g> = core::iter::Copied<core::slice::Iter<'g, Handle>>;

/// Cursors that say nothing of where items stand: the record has all that is to be known.
struct Plain;

impl<'g> Cursors<'g> for Plain {
    type Cursor = Items<'g>;

    #[inline(always)]
    fn cursor(&self, items: &'g [Handle], _over: Over) -> Items<'g> {
        items.iter().copied()
    }
}

impl<'g> Source for Recorded<'g> {
    type Object = Handle;
    type Cursor = Items<'g>;
    type Error = Error;

    #[inline(always)]
    fn write(&mut self, object: &Handle, _number: Option<u32>, sink: Sink<'_, Items<'g>>) -> Result<(), Fault<Error>> {
        let object = *object;
        let Some((&byte, rest)) = self.codes.split_first() else {
            return Err(refusal(mismatch("no object is left".into())));
        };
        self.codes = rest;
        let share = Share::Spelled(byte);
        match TypeCode::from_byte(byte) {
            Some(TypeCode::Ref | TypeCode::StringRef) => {
                let number = self.referred(byte, object).map_err(refusal)?;
                return Ok(sink.spelled_reference(byte, number)?);
            }
            Some(TypeCode::Interned) if byte & FLAG_REF == 0 => self.strings.push(object),
            Some(TypeCode::None | TypeCode::True | TypeCode::False | TypeCode::Ellipsis | TypeCode::StopIteration) => {}
            code => {
                if byte & FLAG_REF != 0 {
                    self.numbered.push(object);
                }
                if let Some(TypeCode::Float | TypeCode::Complex) = code {
                    return Ok(self.text_float(object, share, sink)?);
                }
            }
        }
        Ok(tell(self.graph, object, share, false, &Plain, sink)?)
    }

    #[inline(always)]
    fn int(&mut self, object: &Handle) -> Result<Option<i64>, Error> {
        Ok(int_of(self.graph, *object))
    }

    #[inline(always)]
    fn next(&mut self, cursor: &mut Items<'g>) -> Result<Option<Handle>, Error> {
        Ok(cursor.next())
    }

    fn end_dict(&mut self) -> Result<u8, Error> {
        match self.codes.split_first() {
            Some((&byte, rest)) if TypeCode::from_byte(byte) == Some(TypeCode::Null) => {
                self.codes = rest;
                Ok(byte)
            }
            _ => Err(mismatch("a dict ends where another key should be".into())),
        }
    }
}

#[cold]
fn mismatch(what: alloc::string::String) -> Error {
    ErrorKind::RecordMismatch(what).into()
}

#[cold]
fn refusal(error: Error) -> Fault<Error> {
    Fault::Host(None, error)
}
