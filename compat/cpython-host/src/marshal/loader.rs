//! [`Loader`]: Python objects as the reader's host.

use marshal_lite::code::Layout;
use marshal_lite::{Container, Host, Items, Release};
use pyo3::exceptions::{PyStopIteration, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PySlice, PyTuple};

use super::code;
use crate::values;

type Object = Py<PyAny>;

/// What the reader asks of the interpreter.
pub(super) struct Loader<'py> {
    pub(super) py: Python<'py>,
    pub(super) release: Release,
}

impl Loader<'_> {
    fn str(&self, utf8: &[u8], interned: bool) -> PyResult<Object> {
        let text = values::text(self.py, utf8)?;
        Ok(if interned { values::interned(text) } else { text }.unbind())
    }

    /// Puts the items into a tuple that was begun.
    fn fill(&self, tuple: &Object, items: Items<'_, Object>) -> PyResult<()> {
        let tuple = tuple.bind(self.py).cast::<PyTuple>()?;
        if tuple.len() != items.as_slice().len() {
            return Err(PyValueError::new_err("a tuple with another number of items"));
        }
        for (index, item) in items.enumerate() {
            // SAFETY: the index is within the tuple, which `begin` made, and which holds None there.
            unsafe {
                let place = (&raw mut (*tuple.as_ptr().cast::<ffi::PyTupleObject>()).ob_item)
                    .cast::<*mut ffi::PyObject>()
                    .add(index);
                let old = std::ptr::replace(place, item.into_ptr());
                ffi::Py_DECREF(old);
            }
        }
        Ok(())
    }
}

impl Host for Loader<'_> {
    type Object = Object;
    type Error = PyErr;

    fn none(&mut self) -> PyResult<Object> {
        Ok(self.py.None())
    }

    fn bool(&mut self, value: bool) -> PyResult<Object> {
        Ok(PyBool::new(self.py, value).to_owned().into_any().unbind())
    }

    fn ellipsis(&mut self) -> PyResult<Object> {
        Ok(self.py.Ellipsis())
    }

    fn stop_iteration(&mut self) -> PyResult<Object> {
        Ok(self.py.get_type::<PyStopIteration>().into_any().unbind())
    }

    fn int32(&mut self, value: i32) -> PyResult<Object> {
        Ok(PyInt::new(self.py, value).into_any().unbind())
    }

    fn int64(&mut self, value: i64) -> PyResult<Object> {
        Ok(PyInt::new(self.py, value).into_any().unbind())
    }

    fn long(&mut self, bytes: &[u8]) -> PyResult<Object> {
        Ok(values::int_from_bytes(self.py, bytes)?.unbind())
    }

    fn float(&mut self, value: f64) -> PyResult<Object> {
        Ok(PyFloat::new(self.py, value).into_any().unbind())
    }

    fn complex(&mut self, real: f64, imaginary: f64) -> PyResult<Object> {
        Ok(PyComplex::from_doubles(self.py, real, imaginary).into_any().unbind())
    }

    fn ascii(&mut self, text: &[u8], interned: bool) -> PyResult<Object> {
        self.str(text, interned)
    }

    fn text(&mut self, utf8: &[u8], interned: bool) -> PyResult<Object> {
        self.str(utf8, interned)
    }

    fn bytes(&mut self, bytes: &[u8]) -> PyResult<Object> {
        Ok(PyBytes::new(self.py, bytes).into_any().unbind())
    }

    fn byte_string(&mut self, bytes: &[u8], _interned: bool) -> PyResult<Object> {
        self.bytes(bytes)
    }

    fn begin(&mut self, container: Container, length: usize) -> PyResult<Object> {
        Ok(match container {
            Container::List => PyList::empty(self.py).into_any().unbind(),
            Container::Dict => PyDict::new(self.py).into_any().unbind(),
            Container::Set => PySet::empty(self.py)?.into_any().unbind(),
            // Full of None, since a list in it may let others see it before it is complete.
            _ => PyTuple::new(self.py, (0..length).map(|_| self.py.None()))?.into_any().unbind(),
        })
    }

    fn finish(&mut self, container: Container, begun: Option<Object>, items: Items<'_, Object>) -> PyResult<Object> {
        let py = self.py;
        let begun = match begun {
            Some(begun) => begun,
            None => match container {
                Container::Tuple => return Ok(PyTuple::new(py, items)?.into_any().unbind()),
                Container::FrozenSet if cfg!(feature = "broken-opcode") => {
                    return Ok(PyTuple::new(py, items)?.into_any().unbind());
                }
                // Up to 3.9 there is one that is empty, which its type gives.
                Container::FrozenSet if items.as_slice().is_empty() => {
                    return Ok(py.get_type::<PyFrozenSet>().call0()?.unbind());
                }
                Container::FrozenSet => return Ok(PyFrozenSet::new(py, items)?.into_any().unbind()),
                Container::Slice => return slice(py, items.as_slice()),
                Container::Code(layout) => return self.code(layout, items.as_slice()),
                Container::List | Container::Dict | Container::Set => self.begin(container, 0)?,
            },
        };
        let bound = begun.bind(py);
        match container {
            Container::List => {
                let list = bound.cast::<PyList>()?;
                items.into_iter().try_for_each(|item| list.append(item))?;
            }
            Container::Dict => {
                let dict = bound.cast::<PyDict>()?;
                items.as_slice().chunks_exact(2).try_for_each(|pair| dict.set_item(&pair[0], &pair[1]))?;
            }
            Container::Set => {
                let set = bound.cast::<PySet>()?;
                items.into_iter().try_for_each(|item| set.add(item))?;
            }
            _ => self.fill(&begun, items)?,
        }
        Ok(begun)
    }
}

impl Loader<'_> {
    fn code(&self, layout: Layout, fields: &[Object]) -> PyResult<Object> {
        let fields: Vec<Bound<'_, PyAny>> = fields.iter().map(|field| field.bind(self.py).clone()).collect();
        Ok(code::make(self.py, self.release, layout, &fields)?.unbind())
    }
}

fn slice(py: Python<'_>, parts: &[Object]) -> PyResult<Object> {
    let parts: Vec<_> = parts.iter().collect();
    Ok(py.get_type::<PySlice>().call1((parts[0], parts[1], parts[2]))?.unbind())
}
