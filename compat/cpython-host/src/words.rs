//! The interpreter's own words for what is wrong with an argument: it is asked to read what the machine refused.

use pickle_codec::opcodes::{Op, Opcode, decode};
use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::errors;
use crate::values;

/// What is wrong with the line of a number or a text; nothing if the interpreter finds no fault.
#[cold]
pub(crate) fn of_line(py: Python<'_>, instruction: &[u8]) -> Option<PyErr> {
    let (op, _) = decode(instruction, 0).ok()?;
    match op {
        Op::Int(_) => Some(PyValueError::new_err("could not convert string to int")),
        Op::Long(line) => match line.strip_suffix(b"L") {
            Some(digits) => integer(py, digits, b"", 0).err(),
            None => integer(py, line, b"\n", 0).err(),
        },
        Op::Get(line) => match index(py, line) {
            Ok(index) => Some(errors::memo_missing(index)),
            Err(error) => Some(error),
        },
        Op::Put(line) => match index(py, line) {
            Ok(_) => Some(PyValueError::new_err("negative PUT argument")),
            Err(error) => Some(error),
        },
        Op::Float(line) => Some(float(py, line)),
        Op::Unicode(line) => raw_unicode(py, line).err(),
        Op::String(line) => escapes(py, line.get(1..line.len() - 1)?).err(),
        _ => None,
    }
}

/// Which of a global's two names is no text.
#[cold]
pub(crate) fn of_names(py: Python<'_>, opcode: Option<Opcode>, instruction: &[u8]) -> Option<PyErr> {
    let encoding = match opcode? {
        Opcode::Inst => c"ascii",
        Opcode::Global => c"utf-8",
        _ => return None,
    };
    let names = instruction.get(1..)?.split(|&byte| byte == b'\n').take(2);
    names.into_iter().find_map(|name| values::decoded(py, name, encoding, c"strict").err())
}

/// `PyLong_FromString`, which takes white space around a number, so also the end of its line.
fn integer<'py>(py: Python<'py>, line: &[u8], end: &[u8], base: i32) -> PyResult<Bound<'py, PyAny>> {
    let text = c_string(line, end);
    // SAFETY: the text ends with a NUL; the result is a new reference.
    unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyLong_FromString(text.as_ptr().cast(), std::ptr::null_mut(), base))
    }
}

fn index(py: Python<'_>, line: &[u8]) -> PyResult<i64> {
    let value = integer(py, line, b"\n", 10)?;
    // SAFETY: an int that is alive.
    let index = unsafe { ffi::PyLong_AsSsize_t(value.as_ptr()) };
    match PyErr::take(py) {
        Some(error) => Err(error),
        None => Ok(index as i64),
    }
}

/// What stops `PyOS_string_to_double`, or that it stops too early.
fn float(py: Python<'_>, line: &[u8]) -> PyErr {
    let text = c_string(line, b"\n");
    let mut end = std::ptr::null_mut();
    // SAFETY: the text ends with a NUL; with an end to be told and an exception for overflows, nothing else is asked for.
    unsafe { ffi::PyOS_string_to_double(text.as_ptr().cast(), &mut end, ffi::PyExc_OverflowError) };
    PyErr::take(py).unwrap_or_else(|| PyValueError::new_err("could not convert string to float"))
}

fn raw_unicode<'py>(py: Python<'py>, line: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let length = line.len() as ffi::Py_ssize_t;
    // SAFETY: the slice is valid for its length; the result is a new reference.
    unsafe {
        let text = ffi::PyUnicode_DecodeRawUnicodeEscape(line.as_ptr().cast(), length, std::ptr::null());
        Bound::from_owned_ptr_or_err(py, text)
    }
}

fn escapes<'py>(py: Python<'py>, body: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let length = body.len() as ffi::Py_ssize_t;
    // SAFETY: the slice is valid for its length; the result is a new reference.
    unsafe {
        let none = std::ptr::null();
        let bytes = ffi::PyBytes_DecodeEscape(body.as_ptr().cast(), length, none, 0, none);
        Bound::from_owned_ptr_or_err(py, bytes)
    }
}

/// A line as C sees it: up to a NUL.
fn c_string(line: &[u8], end: &[u8]) -> Vec<u8> {
    [line, end, b"\0"].concat()
}
