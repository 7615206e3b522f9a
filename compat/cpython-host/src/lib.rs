//! CPython's `_pickle`, with `pickle-codec`'s machine and encoder inside; and its `marshal`, with `marshal-lite`'s reader
//! and writer.
//!
//! ```text
//!   bytes ──► Machine ──► Loader (Host)    ──► Python objects     loads, load, Unpickler
//!   bytes ◄── Encoder ◄── Objects (Source) ◄── Python objects     dumps, dump, Pickler
//! ```
//!
//! A drop-in for the accelerator of the standard library, built so that CPython's own test suite can judge the machine
//! and the encoder. Stack, memo numbers, marks, frames, batches and spelling are theirs; here is only what must be asked
//! of the interpreter: attributes, calls, imports, files.
//!
//! Start with [`pickler`] and [`unpickler`], the two classes; [`source`] and [`host`] are the objects' sides of them. [`marshal`] is
//! the other module.

mod errors;
mod files;
mod globals;
#[cfg(not(Py_3_13))]
mod hooks;
mod host;
mod marshal;
mod memo;
mod pickler;
mod recursion;
mod reduce;
mod source;
mod unpickler;
mod values;
mod walks;
mod words;

use pyo3::prelude::*;
use pyo3::types::PyModule;

#[pymodule]
#[pyo3(name = "_pickle")]
fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    #[cfg(Py_3_8)]
    module.add("PickleBuffer", values::pickle_buffer_type(py))?;
    module.add("PickleError", py.get_type::<errors::PickleError>())?;
    module.add("PicklingError", py.get_type::<errors::PicklingError>())?;
    module.add("UnpicklingError", py.get_type::<errors::UnpicklingError>())?;
    module.add_class::<pickler::Pickler>()?;
    module.add_class::<unpickler::Unpickler>()?;
    module.add_function(wrap_pyfunction!(pickler::dump, module)?)?;
    module.add_function(wrap_pyfunction!(pickler::dumps, module)?)?;
    module.add_function(wrap_pyfunction!(unpickler::load, module)?)?;
    module.add_function(wrap_pyfunction!(unpickler::loads, module)?)?;
    Ok(())
}
