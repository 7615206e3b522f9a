//! Writing by a [`Record`]: each object as the stream had it.

use alloc::format;
use alloc::vec::Vec;

use pickle_value::{Graph, Handle};

use crate::error::{Error, ErrorKind, Fault};
use crate::graph_source::{Cursor, shape_of};
use crate::record::Record;
use crate::source::{Shape, Share, Source, Spelling};
use crate::table::{FLAG_REF, TypeCode};
use crate::version::Release;
use crate::write::Writer;

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
        let mut writer = Writer::new(0, Release::PYTHON_3_13)?;
        writer.set_depth_limit(usize::MAX);
        writer.reserve(graph.size_hint());
        let mut source = Recorded {
            graph,
            codes: &self.codes,
            references: &self.references,
            record: self,
            numbered: Vec::new(),
            strings: Vec::new(),
            floats: 0,
        };
        writer.write(&mut source, graph.root().handle().unwrap_or(Handle::NONE)).map_err(Fault::into_error)?;
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

impl Recorded<'_> {
    fn referred(&mut self, byte: u8, object: Handle) -> Result<Spelling, Error> {
        let (number, rest) = self.references.split_first().ok_or_else(|| mismatch("no reference is left".into()))?;
        self.references = rest;
        let known = if byte & !FLAG_REF == TypeCode::Ref as u8 { &self.numbered } else { &self.strings };
        if known.get(*number as usize) != Some(&object) {
            return Err(mismatch(format!("reference {number} is to another object")));
        }
        Ok(Spelling::Reference(byte, *number))
    }
}

impl<'g> Source for Recorded<'g> {
    type Object = Handle;
    type Cursor = Cursor<'g>;
    type Error = Error;

    #[inline(always)]
    fn shape(&self, object: &Handle) -> Result<Shape<'_, Cursor<'g>>, Error> {
        Ok(shape_of(self.graph, *object, false))
    }

    #[inline(always)]
    fn next(&mut self, cursor: &mut Cursor<'g>) -> Result<Option<Handle>, Error> {
        Ok(cursor.next())
    }

    fn share(&mut self, _object: &Handle, _number: u32) -> Result<Share, Error> {
        Ok(Share::Alone)
    }

    #[inline]
    fn spelling(&mut self, object: &Handle) -> Result<Option<Spelling>, Error> {
        let (&byte, rest) = self.codes.split_first().ok_or_else(|| mismatch("no object is left".into()))?;
        self.codes = rest;
        match TypeCode::from_byte(byte) {
            Some(TypeCode::Ref | TypeCode::StringRef) => return self.referred(byte, *object).map(Some),
            Some(TypeCode::Interned) if byte & FLAG_REF == 0 => self.strings.push(*object),
            Some(TypeCode::None | TypeCode::True | TypeCode::False | TypeCode::Ellipsis | TypeCode::StopIteration) => {
                return Ok(Some(Spelling::Content(byte)));
            }
            _ => {}
        }
        if byte & FLAG_REF != 0 {
            self.numbered.push(*object);
        }
        Ok(Some(Spelling::Content(byte)))
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

    fn float_text(&mut self) -> Option<&[u8]> {
        let number = self.floats;
        self.floats += 1;
        let at = self.record.floats.binary_search_by_key(&number, |odd| odd.number).ok()?;
        Some(&self.record.floats[at].text)
    }
}

#[cold]
fn mismatch(what: alloc::string::String) -> Error {
    ErrorKind::RecordMismatch(what).into()
}
