//! The codec's errors as the exceptions that CPython raises.

use pickle_codec::{ErrorKind, Fault, MachineError};
use pickle_opcodes::{ErrorKind as FormatError, Opcode};
use pyo3::create_exception;
use pyo3::exceptions::{PyEOFError, PyException, PyKeyError, PyOverflowError, PyRecursionError, PyValueError};
use pyo3::prelude::*;

use crate::host::Loader;
use crate::words;

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
            // As it was worded up to 3.12.
            ErrorKind::BufferBeforeProtocol5 if cfg!(not(Py_3_13)) => {
                PicklingError::new_err("PickleBuffer can only pickled with protocol >= 5")
            }
            kind => PicklingError::new_err(kind.to_string()),
        },
    }
}

/// What stopped the machine, and the instruction at which it did.
#[cold]
pub(crate) fn from_machine(loader: &Loader<'_>, error: MachineError<PyErr>, instruction: &[u8]) -> PyErr {
    let py = loader.py;
    let error = match error {
        MachineError::Host { error, .. } => return error,
        MachineError::Pickle(error) => error,
    };
    let opcode = error.opcode();
    let persistent = matches!(opcode, Some(Opcode::PersId | Opcode::BinPersId));
    if persistent && loader.persistent_load.is_none() && py.version_info() < (3, 13) {
        // Up to 3.12 CPython looks for it first.
        return no_persistent_load(py);
    }
    match error.into_kind() {
        ErrorKind::Format(kind) => from_format(py, opcode, kind, instruction),
        ErrorKind::UnexpectedMark => UnpicklingError::new_err("unexpected MARK found"),
        ErrorKind::NoMark => UnpicklingError::new_err("could not find MARK"),
        ErrorKind::MemoMissing(index) => memo_missing(index as i64),
        kind @ ErrorKind::UnsupportedProtocol(_) => PyValueError::new_err(kind.to_string()),
        ErrorKind::BadExtensionCode(_) => UnpicklingError::new_err("EXT specifies code <= 0"),
        ErrorKind::Value(_) => {
            let name = opcode.map_or("DICT", |opcode| if opcode == Opcode::Dict { "DICT" } else { "SETITEMS" });
            UnpicklingError::new_err(format!("odd number of items for {name}"))
        }
        kind @ ErrorKind::NameNotText(_) => {
            words::of_names(py, opcode, instruction).unwrap_or_else(|| UnpicklingError::new_err(kind.to_string()))
        }
        kind => UnpicklingError::new_err(kind.to_string()),
    }
}

/// A persistent id that nobody knows.
pub(crate) fn no_persistent_load(py: Python<'_>) -> PyErr {
    let space = if py.version_info() >= (3, 12) { " " } else { "\n" };
    UnpicklingError::new_err(format!(
        "A load persistent id instruction was encountered,{space}but no persistent_load function was specified."
    ))
}

pub(crate) fn memo_missing(index: i64) -> PyErr {
    if cfg!(not(Py_3_9)) {
        return PyKeyError::new_err(index);
    }
    UnpicklingError::new_err(format!("Memo value not found at index {index}"))
}

fn from_format(py: Python<'_>, opcode: Option<Opcode>, kind: FormatError, instruction: &[u8]) -> PyErr {
    match kind {
        FormatError::EndOfInput => PyEOFError::new_err("Ran out of input"),
        FormatError::Truncated { missing } if claims_too_much(opcode, missing, instruction) => {
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
        FormatError::NegativeLength { .. } if opcode == Some(Opcode::Long4) => {
            UnpicklingError::new_err("LONG pickle has negative byte count")
        }
        // A BINSTRING's length has no sign in CPython, where a word has 64 bits: its bytes are not there.
        FormatError::Truncated { .. } | FormatError::NegativeLength { .. } => {
            UnpicklingError::new_err("pickle data was truncated")
        }
        FormatError::UnknownOpcode(byte @ b' '..=b'~') if !matches!(byte, b'\'' | b'\\') => {
            UnpicklingError::new_err(format!("invalid load key, '{}'.", char::from(byte)))
        }
        FormatError::UnknownOpcode(byte) => UnpicklingError::new_err(format!("invalid load key, '\\x{byte:02x}'.")),
        FormatError::Unquoted => UnpicklingError::new_err("the STRING opcode argument must be quoted"),
        kind => words::of_line(py, instruction).unwrap_or_else(|| PyValueError::new_err(kind.to_string())),
    }
}

/// True for a length of eight bytes that no object can have.
fn claims_too_much(opcode: Option<Opcode>, missing: u64, instruction: &[u8]) -> bool {
    if !matches!(opcode, Some(Opcode::Frame | Opcode::BinBytes8 | Opcode::BinUnicode8 | Opcode::ByteArray8)) {
        return false;
    }
    let claimed = match instruction {
        [byte, length @ ..] if opcode.is_some_and(|opcode| opcode.byte() == *byte) => {
            length.first_chunk::<8>().map_or(0, |length| u64::from_le_bytes(*length))
        }
        // A FRAME of a file has been taken, and nothing of what it announces was read.
        _ => missing,
    };
    isize::try_from(claimed).is_err()
}
