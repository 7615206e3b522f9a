//! Walks over dicts and sets that Python code may change meanwhile.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet};

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

/// A place in a set, with which CPython's pickler goes over it: unlike an iterator it does not mind changes.
pub(crate) struct Items<'py> {
    set: Bound<'py, PySet>,
    position: ffi::Py_ssize_t,
}

impl<'py> Items<'py> {
    pub(crate) fn new(set: Bound<'py, PySet>) -> Items<'py> {
        Items { set, position: 0 }
    }

    pub(crate) fn set(&self) -> &Bound<'py, PySet> {
        &self.set
    }
}

// What `_pickle` itself uses. PyO3 has no binding for it, but the interpreter exports it.
unsafe extern "C" {
    /// Gives a new reference.
    #[cfg(Py_3_13)]
    fn _PySet_NextEntryRef(
        set: *mut ffi::PyObject,
        position: *mut ffi::Py_ssize_t,
        item: *mut *mut ffi::PyObject,
        hash: *mut ffi::Py_hash_t,
    ) -> std::ffi::c_int;

    /// Gives a borrowed reference.
    #[cfg(not(Py_3_13))]
    fn _PySet_NextEntry(
        set: *mut ffi::PyObject,
        position: *mut ffi::Py_ssize_t,
        item: *mut *mut ffi::PyObject,
        hash: *mut ffi::Py_hash_t,
    ) -> std::ffi::c_int;
}

impl<'py> Iterator for Items<'py> {
    type Item = Bound<'py, PyAny>;

    fn next(&mut self) -> Option<Self::Item> {
        let py = self.set.py();
        let (mut item, mut hash) = (std::ptr::null_mut(), 0);
        let set = self.set.as_ptr();
        // SAFETY: the set is alive; as for dicts, the position is held against its present bounds.
        #[cfg(Py_3_13)]
        unsafe {
            let found = _PySet_NextEntryRef(set, &mut self.position, &mut item, &mut hash) != 0;
            found.then(|| Bound::from_owned_ptr(py, item))
        }
        // SAFETY: as above; the reference is taken over before anything else can run.
        #[cfg(not(Py_3_13))]
        unsafe {
            let found = _PySet_NextEntry(set, &mut self.position, &mut item, &mut hash) != 0;
            found.then(|| Bound::from_borrowed_ptr(py, item))
        }
    }
}
