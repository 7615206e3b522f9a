//! `Pickler`, `dump` and `dumps`.

use pickle_codec::{Buffered, Encoder, Profile, opcodes::Out};
use pyo3::exceptions::{PyAttributeError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::errors::{self, PicklingError};
use crate::files::Writer;
#[cfg(not(Py_3_13))]
use crate::hooks::{self, Hook};
use crate::memo::{Memo, SharedMemo};
use crate::source::{Hooks, Objects};
use crate::values::{tp_name, type_name};

/// The rules by which this interpreter writes.
fn profile(py: Python<'_>) -> Profile {
    Profile::cpython3(py.version_info().minor).unwrap_or_default()
}

/// Writes objects to a file, as pickles that share a memo.
#[cfg_attr(Py_3_10, pyclass(module = "_pickle", subclass, immutable_type))]
#[cfg_attr(not(Py_3_10), pyclass(module = "_pickle", subclass))]
#[derive(Default)]
pub(crate) struct Pickler {
    /// The file's `write`; none before `__init__`.
    write: Option<Py<PyAny>>,
    memo: SharedMemo,
    settings: Settings,
    dispatch_table: Option<Py<PyAny>>,
    buffer_callback: Option<Py<PyAny>>,
    #[cfg(not(Py_3_13))]
    persistent_id: Option<Hook>,
    #[pyo3(get, set)]
    bin: i32,
    #[pyo3(get, set)]
    fast: i32,
}

/// How to write.
#[derive(Clone, Copy, Default)]
struct Settings {
    protocol: u8,
    fix_imports: bool,
}

impl Settings {
    fn new(
        profile: Profile,
        protocol: Option<i64>,
        fix_imports: bool,
        buffer_callback: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Settings> {
        let highest = profile.highest_protocol();
        let protocol = match protocol {
            None => profile.default_protocol(),
            Some(..0) => highest,
            Some(protocol) => match u8::try_from(protocol) {
                Ok(protocol) if protocol <= highest => protocol,
                _ => return Err(PyValueError::new_err(format!("pickle protocol must be <= {highest}"))),
            },
        };
        if buffer_callback.is_some() && protocol < 5 {
            return Err(PyValueError::new_err("buffer_callback needs protocol >= 5"));
        }
        Ok(Settings { protocol, fix_imports })
    }
}

/// The file's `write`.
fn write_method<'py>(file: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match file.getattr_opt(intern!(file.py(), "write"))? {
        Some(write) => Ok(write),
        None => Err(PyTypeError::new_err("file must have a 'write' attribute")),
    }
}

#[pymethods]
impl Pickler {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Pickler {
        Pickler::default()
    }

    #[pyo3(signature = (file, protocol=None, fix_imports=true, buffer_callback=None))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        file: &Bound<'py, PyAny>,
        protocol: Option<i64>,
        fix_imports: bool,
        buffer_callback: Option<Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        let settings = Settings::new(profile(slf.py()), protocol, fix_imports, buffer_callback.as_ref())?;
        let write = write_method(file)?.unbind();
        #[cfg(not(Py_3_13))]
        let persistent_id = Hook::find(slf.as_any(), intern!(slf.py(), "persistent_id"))?;
        let before = {
            let mut this = slf.borrow_mut();
            let again = this.write.is_some();
            let fresh = Pickler {
                write: Some(write),
                settings,
                buffer_callback: buffer_callback.map(Bound::unbind),
                #[cfg(not(Py_3_13))]
                persistent_id,
                bin: i32::from(settings.protocol > 0),
                // A subclass may have set it before it called this.
                dispatch_table: if again { None } else { this.dispatch_table.take() },
                ..Pickler::default()
            };
            std::mem::replace(&mut *this, fresh)
        };
        drop(before);
        if slf.borrow().dispatch_table.is_none() {
            let table = slf.getattr_opt(intern!(slf.py(), "dispatch_table"))?;
            slf.borrow_mut().dispatch_table = table.map(Bound::unbind);
        }
        Ok(())
    }

    /// Writes an object to the file.
    fn dump<'py>(slf: &Bound<'py, Self>, obj: Bound<'py, PyAny>) -> PyResult<()> {
        let py = slf.py();
        let (write, memo, settings, fast, dispatch_table, buffer_callback) = {
            let this = slf.borrow();
            let Some(write) = &this.write else {
                let class = tp_name(&slf.get_type());
                let message = format!("Pickler.__init__() was not called by {class}.__init__()");
                return Err(PicklingError::new_err(message));
            };
            let bind = |object: &Option<Py<PyAny>>| object.as_ref().map(|object| object.bind(py).clone());
            (
                write.bind(py).clone(),
                this.memo.clone(),
                this.settings,
                this.fast != 0,
                bind(&this.dispatch_table),
                bind(&this.buffer_callback),
            )
        };
        // The plain class has a `persistent_id` that always says None, and no `reducer_override`.
        let plain = slf.is_exact_instance_of::<Pickler>();
        let hook = |name| if plain { Ok(None) } else { slf.getattr_opt(name) };
        #[cfg(Py_3_13)]
        let persistent_id = hook(intern!(py, "persistent_id"))?.filter(|hook| !is_own(hook));
        #[cfg(not(Py_3_13))]
        let persistent_id = slf.borrow().persistent_id.as_ref().map(|hook| hook.get(slf.as_any())).transpose()?;
        let hooks = Hooks {
            persistent_id,
            // Came with 3.8.
            reducer_override: if cfg!(Py_3_8) { hook(intern!(py, "reducer_override"))? } else { None },
            dispatch_table,
            buffer_callback,
        };
        let mut source = Objects::new(py, settings.protocol, memo.clone(), hooks);
        if fast {
            source.guard_against_cycles();
        }
        let mut encoder = Encoder::new(source, Writer(write), Out::default(), settings.protocol, profile(py));
        encoder.set_fix_imports(settings.fix_imports);
        encoder.set_fast(fast);
        // The source asks the interpreter for the digits.
        encoder.set_max_digits(usize::MAX);
        encoder.set_memo_len(memo.given());
        let done = encoder.dump(obj).map_err(errors::from_fault);
        memo.set_given(encoder.memo_len());
        done
    }

    /// Forgets what was written: what comes next repeats it.
    fn clear_memo(&self) {
        self.memo.clear();
    }

    /// The id that stands for an object in the pickle; None for the object itself.
    #[cfg(Py_3_13)]
    fn persistent_id(&self, obj: &Bound<'_, PyAny>) {
        let _ = obj;
    }

    #[cfg(not(Py_3_13))]
    #[getter]
    fn get_persistent_id<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        match &slf.borrow().persistent_id {
            Some(hook) => hook.get(slf.as_any()),
            None => Err(PyAttributeError::new_err("persistent_id")),
        }
    }

    #[cfg(not(Py_3_13))]
    #[setter]
    fn set_persistent_id(slf: &Bound<'_, Self>, value: Bound<'_, PyAny>) -> PyResult<()> {
        let hook = Hook::set(value, "persistent_id")?;
        let old = slf.borrow_mut().persistent_id.replace(hook);
        drop(old);
        Ok(())
    }

    #[cfg(not(Py_3_13))]
    #[deleter]
    fn delete_persistent_id(&self) -> PyResult<()> {
        Err(hooks::not_deletable())
    }

    #[getter]
    fn memo(slf: &Bound<'_, Self>) -> PicklerMemoProxy {
        PicklerMemoProxy { pickler: Some(slf.clone().unbind()) }
    }

    #[setter]
    fn set_memo(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let memo = if let Ok(proxy) = value.cast::<PicklerMemoProxy>() {
            proxy.borrow().memo(value.py()).copy(value.py())
        } else if let Ok(dict) = value.cast::<PyDict>() {
            SharedMemo::from_dict(dict)?
        } else {
            let kind = type_name(value);
            let message = format!("'memo' attribute must be a PicklerMemoProxy object or dict, not {kind}");
            return Err(PyTypeError::new_err(message));
        };
        self.memo.replace(memo);
        Ok(())
    }

    #[getter]
    fn dispatch_table(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        let Some(table) = &slf.borrow().dispatch_table else {
            let class = tp_name(&slf.get_type());
            return Err(PyAttributeError::new_err(format!("'{class}' object has no attribute 'dispatch_table'")));
        };
        Ok(table.clone_ref(slf.py()))
    }

    #[setter]
    fn set_dispatch_table(slf: &Bound<'_, Self>, table: Py<PyAny>) {
        let old = slf.borrow_mut().dispatch_table.replace(table);
        drop(old);
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.write)?;
        visit.call(&self.dispatch_table)?;
        #[cfg(not(Py_3_13))]
        visit.call(self.persistent_id.as_ref().map(Hook::object))?;
        visit.call(&self.buffer_callback)
    }

    fn __clear__(&mut self) {
        self.write = None;
        self.dispatch_table = None;
        #[cfg(not(Py_3_13))]
        {
            self.persistent_id = None;
        }
        self.buffer_callback = None;
        self.memo = SharedMemo::default();
    }
}

/// True for a method that this module defines, and that does nothing.
#[cfg(Py_3_13)]
fn is_own(hook: &Bound<'_, PyAny>) -> bool {
    hook.is_instance_of::<pyo3::types::PyCFunction>()
        && hook.getattr(intern!(hook.py(), "__self__")).is_ok_and(|object| object.is_instance_of::<Pickler>())
}

/// What `Pickler.memo` gives.
#[cfg_attr(Py_3_10, pyclass(module = "_pickle", immutable_type))]
#[cfg_attr(not(Py_3_10), pyclass(module = "_pickle"))]
pub(crate) struct PicklerMemoProxy {
    /// None once the garbage collector has cleared it.
    pickler: Option<Py<Pickler>>,
}

impl PicklerMemoProxy {
    fn memo(&self, py: Python<'_>) -> SharedMemo {
        self.pickler.as_ref().map(|pickler| pickler.borrow(py).memo.clone()).unwrap_or_default()
    }
}

#[pymethods]
impl PicklerMemoProxy {
    /// Forgets all entries.
    fn clear(&self, py: Python<'_>) {
        self.memo(py).replace(Memo::default());
    }

    /// The memo as a dict.
    fn copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.memo(py).to_dict(py)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let args = PyTuple::new(py, [self.memo(py).to_dict(py)?])?;
        PyTuple::new(py, [py.get_type::<PyDict>().into_any(), args.into_any()])
    }

    fn __hash__(&self) -> PyResult<isize> {
        Err(PyTypeError::new_err("unhashable type: '_pickle.PicklerMemoProxy'"))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.pickler)
    }

    fn __clear__(&mut self) {
        self.pickler = None;
    }
}

fn hooks(buffer_callback: Option<Bound<'_, PyAny>>) -> Hooks<'_> {
    Hooks { buffer_callback, ..Hooks::default() }
}

/// Writes an object to a file.
#[pyfunction]
#[pyo3(signature = (obj, file, protocol=None, *, fix_imports=true, buffer_callback=None))]
pub(crate) fn dump<'py>(
    obj: Bound<'py, PyAny>,
    file: &Bound<'py, PyAny>,
    protocol: Option<i64>,
    fix_imports: bool,
    buffer_callback: Option<Bound<'py, PyAny>>,
) -> PyResult<()> {
    let py = obj.py();
    let settings = Settings::new(profile(py), protocol, fix_imports, buffer_callback.as_ref())?;
    let writer = Writer(write_method(file)?);
    let source = Objects::new(py, settings.protocol, SharedMemo::default(), hooks(buffer_callback));
    let mut encoder = Encoder::new(source, writer, Out::default(), settings.protocol, profile(py));
    encoder.set_fix_imports(settings.fix_imports);
    encoder.set_max_digits(usize::MAX);
    encoder.dump(obj).map_err(errors::from_fault)
}

/// Gives an object as a pickle.
#[pyfunction]
#[pyo3(signature = (obj, protocol=None, *, fix_imports=true, buffer_callback=None))]
pub(crate) fn dumps<'py>(
    obj: Bound<'py, PyAny>,
    protocol: Option<i64>,
    fix_imports: bool,
    buffer_callback: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = obj.py();
    let settings = Settings::new(profile(py), protocol, fix_imports, buffer_callback.as_ref())?;
    let source = Objects::new(py, settings.protocol, SharedMemo::default(), hooks(buffer_callback));
    let mut encoder = Encoder::new(source, Buffered, Out::default(), settings.protocol, profile(py));
    encoder.set_fix_imports(settings.fix_imports);
    encoder.set_max_digits(usize::MAX);
    encoder.dump(obj).map_err(errors::from_fault)?;
    Ok(PyBytes::new(py, &encoder.into_buffer()))
}
