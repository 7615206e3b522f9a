//! The codec's errors as the exceptions that CPython raises.

use pickle_codec::{ErrorKind, Fault, MachineError};
use pickle_opcodes::{ErrorKind as FormatError, Opcode};
use pyo3::create_exception;
use pyo3::exceptions::{
    PyEOFError, PyException, PyOverflowError, PyRecursionError, PyUnicodeDecodeError, PyValueError,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

create_exception!(_pickle, PickleError, PyException);
create_exception!(_pickle, PicklingError, PickleError);
create_exception!(_pickle, UnpicklingError, PickleError);

/// What stopped the encoder.
#[cold]
pub(crate) fn from_fault(fault: Fault<PyErr>) -> PyErr {
    match fault {
        Fault::Host(error) => error,
        Fault::Pickle(kind) => match *kind {
            ErrorKind::NamesTooDeep => {
                PyRecursionError::new_err("maximum recursion depth exceeded while pickling an object")
            }
            ErrorKind::Format(FormatError::ArgumentTooLong { limit, .. }) if limit <= u64::from(u32::MAX) => {
                PyOverflowError::new_err("serializing an object larger than 4 GiB requires pickle protocol 4 or higher")
            }
            kind => PicklingError::new_err(kind.to_string()),
        },
    }
}

/// What stopped the machine.
#[cold]
pub(crate) fn from_machine(py: Python<'_>, error: MachineError<PyErr>) -> PyErr {
    let error = match error {
        MachineError::Host { error, .. } => return error,
        MachineError::Pickle(error) => error,
    };
    let opcode = error.opcode();
    match error.into_kind() {
        ErrorKind::Format(kind) => from_format(py, opcode, kind),
        ErrorKind::UnexpectedMark => UnpicklingError::new_err("unexpected MARK found"),
        ErrorKind::NoMark => UnpicklingError::new_err("could not find MARK"),
        ErrorKind::MemoMissing(index) => UnpicklingError::new_err(format!("Memo value not found at index {index}")),
        kind @ ErrorKind::UnsupportedProtocol(_) => PyValueError::new_err(kind.to_string()),
        ErrorKind::BadExtensionCode(_) => UnpicklingError::new_err("EXT specifies code <= 0"),
        ErrorKind::Value(_) => {
            let name = opcode.map_or("DICT", |opcode| if opcode == Opcode::Dict { "DICT" } else { "SETITEMS" });
            UnpicklingError::new_err(format!("odd number of items for {name}"))
        }
        kind => UnpicklingError::new_err(kind.to_string()),
    }
}

fn from_format(py: Python<'_>, opcode: Option<Opcode>, kind: FormatError) -> PyErr {
    match kind {
        FormatError::EndOfInput => PyEOFError::new_err("Ran out of input"),
        FormatError::Truncated { missing } if i64::try_from(missing).is_err() => {
            let (name, size) = match opcode {
                Some(Opcode::Frame) => ("FRAME length", ""),
                // CPython says so of all forms.
                Some(Opcode::BinBytes8) => ("BINBYTES", " size"),
                Some(Opcode::BinUnicode8) => ("BINUNICODE", " size"),
                _ => ("BYTEARRAY8", " size"),
            };
            let limit = isize::MAX;
            PyOverflowError::new_err(format!("{name} exceeds system's maximum{size} of {limit} bytes"))
        }
        FormatError::Truncated { .. } => UnpicklingError::new_err("pickle data was truncated"),
        FormatError::UnknownOpcode(byte @ b' '..=b'~') if !matches!(byte, b'\'' | b'\\') => {
            UnpicklingError::new_err(format!("invalid load key, '{}'.", char::from(byte)))
        }
        FormatError::UnknownOpcode(byte) => UnpicklingError::new_err(format!("invalid load key, '\\x{byte:02x}'.")),
        FormatError::NegativeLength { .. } => {
            let name = if opcode == Some(Opcode::BinString) { "BINSTRING" } else { "LONG" };
            UnpicklingError::new_err(format!("{name} pickle has negative byte count"))
        }
        FormatError::Unquoted => UnpicklingError::new_err("the STRING opcode argument must be quoted"),
        FormatError::BadInteger(_) => match opcode {
            Some(Opcode::Int) => PyValueError::new_err("could not convert string to int"),
            _ => PyValueError::new_err(kind.to_string()),
        },
        FormatError::BadFloat(_) => PyValueError::new_err("could not convert string to float"),
        FormatError::BadEscape { position, reason, .. } if opcode == Some(Opcode::Unicode) => {
            let object = PyBytes::new(py, b"").unbind();
            PyUnicodeDecodeError::new_err(("rawunicodeescape", object, position, position + 1, reason))
        }
        kind => PyValueError::new_err(kind.to_string()),
    }
}
