//! One object's bytes out of a Python file, and not one more.

use marshal_lite::code::Layout;
use marshal_lite::{Container, ErrorKind, Fault, Host, Items, Reader, Release, TypeCode};
use pyo3::exceptions::{PyEOFError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView};

/// Reads until there is an object. Each time that something lacks, what is there is read once more without any objects: the
/// simplest way, which is good for what the tests have in files.
pub(super) fn one_object(file: &Bound<'_, PyAny>, release: Release) -> PyResult<Vec<u8>> {
    if !file.call_method1(intern!(file.py(), "read"), (0,))?.is_instance_of::<PyBytes>() {
        return Err(PyTypeError::new_err("file.read() returned not bytes"));
    }
    let mut bytes = Vec::new();
    let mut reader = Reader::new(release);
    loop {
        let error = match reader.read(&mut Nothing, &bytes, 0) {
            Ok(_) => return Ok(bytes),
            Err(Fault::Marshal(error)) => error,
            Err(Fault::Host(..)) => return Ok(bytes),
        };
        if !matches!(error.kind(), ErrorKind::EndOfInput | ErrorKind::Truncated) {
            // To be told by who makes objects.
            return Ok(bytes);
        }
        let offset = error.offset().unwrap_or(bytes.len());
        read(file, lacking(&bytes[offset..], release.layout()), &mut bytes)?;
    }
}

/// How many bytes are certain to be missing of the object that begins here.
fn lacking(bytes: &[u8], layout: Layout) -> usize {
    let size = || bytes.get(1..5).map(|size| u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize);
    let needed = match bytes.first().and_then(|&byte| TypeCode::from_byte(byte)) {
        None => 1,
        Some(TypeCode::Int | TypeCode::Ref) => 5,
        Some(TypeCode::Int64 | TypeCode::BinaryFloat) => 9,
        Some(TypeCode::BinaryComplex) => 17,
        Some(TypeCode::ShortAscii | TypeCode::ShortAsciiInterned | TypeCode::Float) => {
            2 + bytes.get(1).map_or(0, |&size| usize::from(size))
        }
        Some(TypeCode::Long) => 5 + 2 * size().map_or(0, |size| (size as i32).unsigned_abs() as usize),
        Some(TypeCode::String | TypeCode::Interned | TypeCode::Unicode | TypeCode::Ascii | TypeCode::AsciiInterned) => {
            5 + size().unwrap_or(0)
        }
        // An item takes a byte at least.
        Some(TypeCode::Tuple | TypeCode::List | TypeCode::Set | TypeCode::FrozenSet) => 5 + size().unwrap_or(0),
        Some(TypeCode::Code) => 1 + 4 * layout.fields().iter().take_while(|field| field.is_int()).count(),
        Some(_) => 2,
    };
    needed.saturating_sub(bytes.len()).max(1)
}

fn read(file: &Bound<'_, PyAny>, count: usize, bytes: &mut Vec<u8>) -> PyResult<()> {
    let py = file.py();
    let room = PyByteArray::new_with(py, count, |_| Ok(()))?;
    let read: usize = file.call_method1(intern!(py, "readinto"), (PyMemoryView::from(&room)?,))?.extract()?;
    if read > count {
        let message = format!("read() returned too much data: {count} bytes requested, {read} returned");
        return Err(PyValueError::new_err(message));
    }
    if read < count {
        return Err(PyEOFError::new_err("EOF read where not expected"));
    }
    bytes.extend_from_slice(&room.to_vec());
    Ok(())
}

/// A host without objects.
struct Nothing;

impl Host for Nothing {
    type Object = ();
    type Error = ();

    fn none(&mut self) -> Result<(), ()> {
        Ok(())
    }

    fn bool(&mut self, _value: bool) -> Result<(), ()> {
        Ok(())
    }

    fn ellipsis(&mut self) -> Result<(), ()> {
        Ok(())
    }

    fn stop_iteration(&mut self) -> Result<(), ()> {
        Ok(())
    }

    fn int32(&mut self, _value: i32) -> Result<(), ()> {
        Ok(())
    }

    fn int64(&mut self, _value: i64) -> Result<(), ()> {
        Ok(())
    }

    fn long(&mut self, _bytes: &[u8]) -> Result<(), ()> {
        Ok(())
    }

    fn float(&mut self, _value: f64) -> Result<(), ()> {
        Ok(())
    }

    fn complex(&mut self, _real: f64, _imaginary: f64) -> Result<(), ()> {
        Ok(())
    }

    fn ascii(&mut self, _text: &[u8], _interned: bool) -> Result<(), ()> {
        Ok(())
    }

    fn text(&mut self, _utf8: &[u8], _interned: bool) -> Result<(), ()> {
        Ok(())
    }

    fn bytes(&mut self, _bytes: &[u8]) -> Result<(), ()> {
        Ok(())
    }

    fn byte_string(&mut self, _bytes: &[u8], _interned: bool) -> Result<(), ()> {
        Ok(())
    }

    fn begin(&mut self, _container: Container, _length: usize) -> Result<(), ()> {
        Ok(())
    }

    fn finish(&mut self, _container: Container, _begun: Option<()>, _items: Items<'_, ()>) -> Result<(), ()> {
        Ok(())
    }
}
