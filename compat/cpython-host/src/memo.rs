//! The memo of a pickler: objects by address.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// The numbers that a pickler has given; each object is kept alive, so that its address stays its own.
#[derive(Default)]
pub(crate) struct Memo {
    entries: HashMap<usize, (Py<PyAny>, u32)>,
    /// How many numbers have been given. Some belong to objects that only the pickle has, and have no entry.
    given: u32,
}

/// A memo that a pickler and what it is asked for meanwhile look into.
#[derive(Clone, Default)]
pub(crate) struct SharedMemo(Arc<Mutex<Memo>>);

impl SharedMemo {
    fn lock(&self) -> MutexGuard<'_, Memo> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    pub(crate) fn get(&self, object: &Bound<'_, PyAny>) -> Option<u32> {
        self.lock().entries.get(&address(object)).map(|(_, index)| *index)
    }

    #[inline]
    pub(crate) fn put(&self, object: &Bound<'_, PyAny>, index: u32) {
        let mut memo = self.lock();
        // What it replaces is the same object: nothing is freed while the memo is locked.
        memo.entries.insert(address(object), (object.clone().unbind(), index));
        memo.given = memo.given.max(index.saturating_add(1));
    }

    pub(crate) fn given(&self) -> u32 {
        self.lock().given
    }

    pub(crate) fn set_given(&self, given: u32) {
        self.lock().given = given;
    }

    pub(crate) fn clear(&self) {
        self.replace(Memo::default());
    }

    /// Puts another memo in its place; the old one is freed, and runs what Python code it will, when it is not locked.
    pub(crate) fn replace(&self, memo: Memo) {
        let old = std::mem::replace(&mut *self.lock(), memo);
        drop(old);
    }

    /// The memo as a dict: `{id: (number, object)}`.
    pub(crate) fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (entries, given) = {
            let memo = self.lock();
            let entries: Vec<(usize, Py<PyAny>, u32)> =
                memo.entries.iter().map(|(&id, (object, index))| (id, object.clone_ref(py), *index)).collect();
            (entries, memo.given)
        };
        let dict = PyDict::new(py);
        let mut named = vec![false; given as usize];
        for (id, object, index) in entries {
            dict.set_item(id, (index, object))?;
            if let Some(named) = named.get_mut(index as usize) {
                *named = true;
            }
        }
        // CPython has temporary objects under the other numbers; the size of the dict must count them too.
        for index in (0..given).filter(|&index| !named[index as usize]) {
            let object = PyDict::new(py).into_any();
            dict.set_item(address(&object), (index, object))?;
        }
        Ok(dict)
    }

    /// A memo of what `to_dict` gives.
    pub(crate) fn from_dict(dict: &Bound<'_, PyDict>) -> PyResult<Memo> {
        let mut memo = Memo::default();
        for (_, value) in crate::walks::Entries::new(dict.clone()) {
            let Some(pair) = value.cast::<PyTuple>().ok().filter(|pair| pair.len() == 2) else {
                return Err(PyTypeError::new_err("'memo' values must be 2-item tuples"));
            };
            let index: u32 = pair.get_item(0)?.extract()?;
            let object = pair.get_item(1)?;
            memo.entries.insert(address(&object), (object.unbind(), index));
        }
        memo.given = memo.entries.len() as u32;
        Ok(memo)
    }

    /// A memo of the same content.
    pub(crate) fn copy(&self, py: Python<'_>) -> Memo {
        let memo = self.lock();
        let entries = memo.entries.iter().map(|(&id, (object, index))| (id, (object.clone_ref(py), *index)));
        Memo { entries: entries.collect(), given: memo.given }
    }
}

fn address(object: &Bound<'_, PyAny>) -> usize {
    object.as_ptr() as usize
}
