//! CPython's `marshal`, with `marshal-lite`'s reader and writer inside.
//!
//! ```text
//!   bytes ──► Reader ──► Loader (Host)     ──► Python objects     loads, load
//!   bytes ◄── Writer ◄── Objects (Source)  ◄── Python objects     dumps, dump
//! ```
//!
//! The format, the references' numbers and the nesting are theirs. Here is what must be asked of the interpreter: what an
//! object is, who else refers to it, and how a code object is made.

mod code;
mod file;
mod loader;
mod objects;

use marshal_lite::{ErrorKind, Fault, Reader, Release, Writer};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyEOFError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyModule};

use self::loader::Loader;
use self::objects::Objects;

#[pymodule]
#[pyo3(name = "marshal")]
fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("version", VERSION)?;
    module.add_function(wrap_pyfunction!(dump, module)?)?;
    module.add_function(wrap_pyfunction!(dumps, module)?)?;
    module.add_function(wrap_pyfunction!(load, module)?)?;
    module.add_function(wrap_pyfunction!(loads, module)?)?;
    Ok(())
}

/// What the interpreters that there is a host for write.
const VERSION: u8 = 4;

#[pyfunction]
#[pyo3(signature = (value, version = VERSION.into(), /, *, allow_code = true))]
fn dumps<'py>(value: &Bound<'py, PyAny>, version: i32, allow_code: bool) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(value.py(), &write(value, version, allow_code)?))
}

#[pyfunction]
#[pyo3(signature = (value, file, version = VERSION.into(), /, *, allow_code = true))]
fn dump<'py>(
    value: &Bound<'py, PyAny>,
    file: &Bound<'py, PyAny>,
    version: i32,
    allow_code: bool,
) -> PyResult<Bound<'py, PyAny>> {
    file.call_method1(intern!(file.py(), "write"), (dumps(value, version, allow_code)?,))
}

#[pyfunction]
#[pyo3(signature = (bytes, /, *, allow_code = true))]
fn loads(bytes: &Bound<'_, PyAny>, allow_code: bool) -> PyResult<Py<PyAny>> {
    let buffer = PyBuffer::<u8>::get(bytes)?;
    read(bytes.py(), &buffer.to_vec(bytes.py())?, allow_code)
}

#[pyfunction]
#[pyo3(signature = (file, /, *, allow_code = true))]
fn load(file: &Bound<'_, PyAny>, allow_code: bool) -> PyResult<Py<PyAny>> {
    let bytes = file::one_object(file, release(file.py())?)?;
    read(file.py(), &bytes, allow_code)
}

fn read(py: Python<'_>, bytes: &[u8], allow_code: bool) -> PyResult<Py<PyAny>> {
    let release = release(py)?;
    let mut reader = Reader::new(release);
    reader.set_allow_code(allow_code);
    let read = reader.read(&mut Loader { py, release }, bytes, 0);
    read.map(|(object, _)| object).map_err(exception)
}

/// The bytes of an object. Versions beyond the newest are written as that, as CPython does.
fn write(value: &Bound<'_, PyAny>, version: i32, allow_code: bool) -> PyResult<Vec<u8>> {
    let release = release(value.py())?;
    let version = u8::try_from(version.clamp(0, VERSION.into())).unwrap_or(VERSION);
    let mut writer = Writer::new(version, release).map_err(|kind| exception(kind.into()))?;
    writer.set_allow_code(allow_code);
    writer.write(&mut Objects::new(value.py(), version, release), value.clone()).map_err(exception)?;
    Ok(writer.into_vec())
}

/// The interpreter itself.
fn release(py: Python<'_>) -> PyResult<Release> {
    let version = py.version_info();
    Release::new(version.major, version.minor).ok_or_else(|| PyValueError::new_err("this release is not known"))
}

/// The exception that CPython raises.
fn exception(fault: Fault<PyErr>) -> PyErr {
    match fault {
        Fault::Host(_, error) => error,
        Fault::Marshal(error) => {
            let text = error.to_string();
            match error.kind() {
                ErrorKind::EndOfInput | ErrorKind::Truncated => PyEOFError::new_err(text),
                ErrorKind::NullObject => PyTypeError::new_err(text),
                _ => PyValueError::new_err(text),
            }
        }
    }
}
