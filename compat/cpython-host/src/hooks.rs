//! `persistent_id` and `persistent_load` up to 3.12: attributes, which the plain classes have only once they are set.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::values;

/// A callable that a pickler or unpickler asks.
///
/// That of a subclass is a method of the object itself, which must not hold itself: so its function is kept, and bound
/// again when it is asked for.
pub(crate) struct Hook {
    callable: Py<PyAny>,
    is_own_method: bool,
}

impl Hook {
    /// What `__init__` finds under this name, if anything.
    pub(crate) fn find(object: &Bound<'_, PyAny>, name: &Bound<'_, PyString>) -> PyResult<Option<Hook>> {
        let py = object.py();
        let Some(found) = object.getattr_opt(name)? else { return Ok(None) };
        let own = found.getattr_opt(intern!(py, "__self__"))?.is_some_and(|owner| owner.is(object));
        let function = if own { found.getattr_opt(intern!(py, "__func__"))? } else { None };
        Ok(Some(match function {
            Some(function) => Hook { callable: function.unbind(), is_own_method: true },
            None => Hook { callable: found.unbind(), is_own_method: false },
        }))
    }

    /// What is set from Python.
    pub(crate) fn set(value: Bound<'_, PyAny>, name: &str) -> PyResult<Hook> {
        if value.is_callable() {
            Ok(Hook { callable: value.unbind(), is_own_method: false })
        } else {
            Err(PyTypeError::new_err(format!("{name} must be a callable taking one argument")))
        }
    }

    /// The callable, as a method of `object` where it is one.
    pub(crate) fn get<'py>(&self, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let callable = self.callable.bind(object.py());
        if self.is_own_method {
            values::method_type(object.py())?.call1((callable, object))
        } else {
            Ok(callable.clone())
        }
    }

    /// For the garbage collector.
    pub(crate) fn object(&self) -> &Py<PyAny> {
        &self.callable
    }
}

/// What deleting the attribute raises.
pub(crate) fn not_deletable() -> PyErr {
    PyTypeError::new_err("attribute deletion is not supported")
}
