//! Walks over a dict that Python code may change meanwhile.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A place in a dict. Unlike PyO3's iterator it does not panic when the dict changes.
pub(crate) struct Entries<'py> {
    dict: Bound<'py, PyDict>,
    position: ffi::Py_ssize_t,
}

impl<'py> Entries<'py> {
    pub(crate) fn new(dict: Bound<'py, PyDict>) -> Entries<'py> {
        Entries { dict, position: 0 }
    }

    pub(crate) fn dict(&self) -> &Bound<'py, PyDict> {
        &self.dict
    }
}

impl<'py> Iterator for Entries<'py> {
    type Item = (Bound<'py, PyAny>, Bound<'py, PyAny>);

    fn next(&mut self) -> Option<Self::Item> {
        let (mut key, mut value) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: the dict is alive. PyDict_Next looks at the dict's present bounds, whatever the position says, and
        // gives borrowed references, which are taken over before anything else can run.
        unsafe {
            if ffi::PyDict_Next(self.dict.as_ptr(), &mut self.position, &mut key, &mut value) == 0 {
                return None;
            }
            let py = self.dict.py();
            Some((Bound::from_borrowed_ptr(py, key), Bound::from_borrowed_ptr(py, value)))
        }
    }
}
