//! `Unpickler`, `load` and `loads`.

use std::ffi::CString;

use pickle_codec::opcodes::{Op, Opcode};
use pickle_codec::{Fault, Input, Machine, MachineError, Profile};
#[cfg(not(Py_3_13))]
use pyo3::exceptions::PyAttributeError;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::types::{PyBytes, PyDict, PyInt, PyTuple};

use crate::errors::{self, UnpicklingError};
use crate::files::{self, Buffer, Methods, Reader};
use crate::globals;
#[cfg(not(Py_3_13))]
use crate::hooks::{self, Hook};
use crate::host::{Loader, Settings};
use crate::values::{self, tp_name, type_name};

type Memo = pickle_codec::Memo<Py<PyAny>>;

/// Reads pickles that share a memo from a file.
#[cfg_attr(Py_3_10, pyclass(module = "_pickle", subclass, immutable_type))]
#[cfg_attr(not(Py_3_10), pyclass(module = "_pickle", subclass))]
pub(crate) struct Unpickler {
    /// None before `__init__`.
    file: Option<Methods>,
    /// Away while a pickle is being loaded, like the machine.
    buffer: Buffer,
    /// Its memo stays from pickle to pickle. Away while a pickle is being loaded; the memo is here while Python code runs.
    machine: Machine<Py<PyAny>>,
    settings: Settings,
    buffers: Option<Py<PyAny>>,
    #[cfg(not(Py_3_13))]
    persistent_load: Option<Hook>,
    /// The protocol of the pickle that is being loaded or was loaded last, by which `find_class` goes.
    pub(crate) protocol: u8,
}

/// Runs an instruction. Where it may run Python code, the unpickler has its memo meanwhile, which can be looked at then,
/// and changed.
fn step(
    machine: &mut Machine<Py<PyAny>>,
    loader: &mut Loader<'_>,
    op: Op<'_>,
) -> Result<Option<Py<PyAny>>, Fault<PyErr>> {
    let lent = runs_code(op.opcode());
    if lent {
        loader.swap_memo(machine);
    }
    let done = machine.step(loader, op);
    if lent {
        loader.swap_memo(machine);
    }
    done
}

/// True for the instructions that import, call, hash or change what may be the user's own. None of them asks the memo.
fn runs_code(opcode: Opcode) -> bool {
    use Opcode::{
        AddItems, Append, Appends, BinPersId, Build, Dict, Ext1, Ext2, Ext4, FrozenSet, Global, Inst, NewObj, NewObjEx,
        NextBuffer, Obj, PersId, Reduce, SetItem, SetItems, StackGlobal,
    };
    matches!(
        opcode,
        AddItems
            | Append
            | Appends
            | BinPersId
            | Build
            | Dict
            | Ext1
            | Ext2
            | Ext4
            | FrozenSet
            | Global
            | Inst
            | NewObj
            | NewObjEx
            | NextBuffer
            | Obj
            | PersId
            | Reduce
            | SetItem
            | SetItems
            | StackGlobal
    )
}

impl Default for Unpickler {
    fn default() -> Unpickler {
        Unpickler {
            file: None,
            buffer: Buffer::default(),
            machine: empty_machine(),
            settings: Settings::default(),
            buffers: None,
            #[cfg(not(Py_3_13))]
            persistent_load: None,
            protocol: 0,
        }
    }
}

/// A machine that takes what this interpreter's own loader takes.
fn empty_machine() -> Machine<Py<PyAny>> {
    let mut machine = Machine::new();
    if cfg!(not(Py_3_8)) {
        machine.set_profile(Profile::cpython3(7).unwrap_or_default());
    }
    machine
}

fn settings(fix_imports: bool, encoding: &str, errors: &str) -> PyResult<Settings> {
    let c_string = |text: &str| CString::new(text).map_err(|_| PyValueError::new_err("embedded null character"));
    Ok(Settings { fix_imports, encoding: c_string(encoding)?, errors: c_string(errors)? })
}

/// An iterator over the out-of-band buffers.
fn buffers_iterator<'py>(buffers: Option<Bound<'py, PyAny>>) -> PyResult<Option<Bound<'py, PyAny>>> {
    buffers.map(|buffers| Ok(buffers.try_iter()?.into_any())).transpose()
}

#[pymethods]
impl Unpickler {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Unpickler {
        Unpickler::default()
    }

    #[pyo3(signature = (file, *, fix_imports=true, encoding="ASCII", errors="strict", buffers=None))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        file: &Bound<'py, PyAny>,
        fix_imports: bool,
        encoding: &str,
        errors: &str,
        buffers: Option<Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        let fresh = Unpickler {
            file: Some(Methods::of(file)?),
            settings: settings(fix_imports, encoding, errors)?,
            buffers: buffers_iterator(buffers)?.map(Bound::unbind),
            #[cfg(not(Py_3_13))]
            persistent_load: Hook::find(slf.as_any(), intern!(slf.py(), "persistent_load"))?,
            ..Unpickler::default()
        };
        let old = std::mem::replace(&mut *slf.borrow_mut(), fresh);
        drop(old);
        Ok(())
    }

    /// Reads the next pickle.
    fn load<'py>(slf: &Bound<'py, Self>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let (methods, settings, buffers) = {
            let this = slf.borrow();
            let Some(file) = &this.file else {
                let class = tp_name(&slf.get_type());
                let message = format!("Unpickler.__init__() was not called by {class}.__init__()");
                return Err(UnpicklingError::new_err(message));
            };
            let buffers = this.buffers.as_ref().map(|buffers| buffers.bind(py).clone());
            (file.clone_ref(py), this.settings.clone(), buffers)
        };
        let plain = slf.is_exact_instance_of::<Unpickler>();
        let persistent_load = Self::persistent_load_hook(slf)?;
        let mut loader = Loader { py, unpickler: Some(slf.clone()), plain, persistent_load, settings, buffers };
        let (mut machine, buffer) = {
            let mut this = slf.borrow_mut();
            (std::mem::take(&mut this.machine), std::mem::take(&mut this.buffer))
        };
        machine.set_max_digits(values::max_digits(py)?);
        let mut reader = Reader::new(py, methods, buffer);
        let loaded = load_from(&mut machine, &mut loader, &mut reader);
        let protocol = machine.protocol();
        machine.reset();
        let old = {
            let mut this = slf.borrow_mut();
            // `find_class` goes by the last pickle's protocol when it is called by itself.
            this.protocol = protocol;
            this.buffer = reader.into_buffer();
            std::mem::replace(&mut this.machine, machine)
        };
        drop(old);
        loaded
    }

    /// The class or function of this name; its module is imported.
    fn find_class<'py>(
        slf: &Bound<'py, Self>,
        module_name: &Bound<'py, PyAny>,
        global_name: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (protocol, fix_imports) = {
            let this = slf.borrow();
            (this.protocol, this.settings.fix_imports)
        };
        globals::load(module_name, global_name, protocol, fix_imports)
    }

    /// The object that a persistent id names.
    #[cfg(Py_3_13)]
    fn persistent_load(&self, pid: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Err(errors::no_persistent_load(pid.py()))
    }

    #[cfg(not(Py_3_13))]
    #[getter]
    fn get_persistent_load<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        match &slf.borrow().persistent_load {
            Some(hook) => hook.get(slf.as_any()),
            None => Err(PyAttributeError::new_err("persistent_load")),
        }
    }

    #[cfg(not(Py_3_13))]
    #[setter]
    fn set_persistent_load(slf: &Bound<'_, Self>, value: Bound<'_, PyAny>) -> PyResult<()> {
        let hook = Hook::set(value, "persistent_load")?;
        let old = slf.borrow_mut().persistent_load.replace(hook);
        drop(old);
        Ok(())
    }

    #[cfg(not(Py_3_13))]
    #[deleter]
    fn delete_persistent_load(&self) -> PyResult<()> {
        Err(hooks::not_deletable())
    }

    #[getter]
    fn memo(slf: &Bound<'_, Self>) -> UnpicklerMemoProxy {
        UnpicklerMemoProxy { unpickler: Some(slf.clone().unbind()) }
    }

    #[setter]
    fn set_memo(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = slf.py();
        let memo = if let Ok(proxy) = value.cast::<UnpicklerMemoProxy>() {
            proxy.borrow().memo(py)
        } else if let Ok(dict) = value.cast::<PyDict>() {
            memo_from_dict(dict)?
        } else {
            let kind = type_name(value);
            let message = format!("'memo' attribute must be an UnpicklerMemoProxy object or dict, not {kind}");
            return Err(PyTypeError::new_err(message));
        };
        replace_memo(slf, memo);
        Ok(())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Some(file) = &self.file {
            visit.call(&file.read)?;
            visit.call(&file.readline)?;
            visit.call(&file.peek)?;
            visit.call(&file.readinto)?;
        }
        #[cfg(not(Py_3_13))]
        visit.call(self.persistent_load.as_ref().map(Hook::object))?;
        self.machine.memo().iter().try_for_each(|(_, object)| visit.call(object))?;
        visit.call(&self.buffers)
    }

    fn __clear__(&mut self) {
        *self = Unpickler::default();
    }
}

impl Unpickler {
    /// What answers persistent ids.
    #[cfg(Py_3_13)]
    fn persistent_load_hook<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        slf.getattr_opt(intern!(slf.py(), "persistent_load"))
    }

    /// What answers persistent ids.
    #[cfg(not(Py_3_13))]
    fn persistent_load_hook<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        slf.borrow().persistent_load.as_ref().map(|hook| hook.get(slf.as_any())).transpose()
    }
}

impl Loader<'_> {
    /// Gives the memo to the unpickler that Python code sees, or takes it back.
    fn swap_memo(&self, machine: &mut Machine<Py<PyAny>>) {
        if let Some(unpickler) = &self.unpickler {
            std::mem::swap(unpickler.borrow_mut().machine.memo_mut(), machine.memo_mut());
        }
    }
}

/// Puts another memo in the place of an unpickler's; the old one is freed when nothing is borrowed.
fn replace_memo(unpickler: &Bound<'_, Unpickler>, memo: Memo) {
    let old = std::mem::replace(unpickler.borrow_mut().machine.memo_mut(), memo);
    drop(old);
}

fn memo_from_dict(dict: &Bound<'_, PyDict>) -> PyResult<Memo> {
    let mut memo = Memo::default();
    for (key, value) in crate::walks::Entries::new(dict.clone()) {
        if !key.is_instance_of::<PyInt>() {
            return Err(PyTypeError::new_err("memo key must be integers"));
        }
        let Ok(index) = u64::try_from(key.extract::<isize>()?) else {
            return Err(PyValueError::new_err("memo key must be positive integers."));
        };
        memo.put(index, value.unbind());
    }
    Ok(memo)
}

/// What `Unpickler.memo` gives.
#[cfg_attr(Py_3_10, pyclass(module = "_pickle", immutable_type))]
#[cfg_attr(not(Py_3_10), pyclass(module = "_pickle"))]
pub(crate) struct UnpicklerMemoProxy {
    /// None once the garbage collector has cleared it.
    unpickler: Option<Py<Unpickler>>,
}

impl UnpicklerMemoProxy {
    fn memo(&self, py: Python<'_>) -> Memo {
        self.unpickler.as_ref().map(|unpickler| unpickler.borrow(py).machine.memo().clone()).unwrap_or_default()
    }
}

#[pymethods]
impl UnpicklerMemoProxy {
    /// Forgets all entries.
    fn clear(&self, py: Python<'_>) {
        if let Some(unpickler) = &self.unpickler {
            replace_memo(unpickler.bind(py), Memo::default());
        }
    }

    /// The memo as a dict: objects by index.
    fn copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (index, object) in self.memo(py).iter() {
            dict.set_item(index, object)?;
        }
        Ok(dict)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let args = PyTuple::new(py, [self.copy(py)?])?;
        PyTuple::new(py, [py.get_type::<PyDict>().into_any(), args.into_any()])
    }

    fn __hash__(&self) -> PyResult<isize> {
        Err(PyTypeError::new_err("unhashable type: '_pickle.UnpicklerMemoProxy'"))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.unpickler)
    }

    fn __clear__(&mut self) {
        self.unpickler = None;
    }
}

fn loader<'py>(py: Python<'py>, settings: Settings, buffers: Option<Bound<'py, PyAny>>) -> Loader<'py> {
    Loader { py, unpickler: None, plain: true, persistent_load: None, settings, buffers }
}

/// Reads a pickle from a file.
#[pyfunction]
#[pyo3(signature = (file, *, fix_imports=true, encoding="ASCII", errors="strict", buffers=None))]
pub(crate) fn load<'py>(
    file: &Bound<'py, PyAny>,
    fix_imports: bool,
    encoding: &str,
    errors: &str,
    buffers: Option<Bound<'py, PyAny>>,
) -> PyResult<Py<PyAny>> {
    let py = file.py();
    let mut reader = Reader::new(py, Methods::of(file)?, Buffer::default());
    let mut loader = loader(py, settings(fix_imports, encoding, errors)?, buffers_iterator(buffers)?);
    load_from(&mut machine(py)?, &mut loader, &mut reader)
}

/// A machine with the interpreter's present limit of digits.
fn machine(py: Python<'_>) -> PyResult<Machine<Py<PyAny>>> {
    let mut machine = empty_machine();
    machine.set_max_digits(values::max_digits(py)?);
    Ok(machine)
}

/// Reads the next pickle, and puts the file where it ends.
fn load_from<'py>(
    machine: &mut Machine<Py<PyAny>>,
    loader: &mut Loader<'py>,
    reader: &mut Reader<'py>,
) -> PyResult<Py<PyAny>> {
    match machine.load_from_by(loader, reader, step) {
        Ok(value) => {
            reader.finish()?;
            Ok(value)
        }
        Err(error) => {
            let stopped = matches!(&error, MachineError::Pickle(error) if error.opcode() == Some(Opcode::Stop));
            let error = errors::from_machine(loader, error, reader.buffered());
            if stopped {
                // There is a STOP, and no value: CPython looks for that last.
                reader.consume(1);
                reader.finish()?;
            }
            Err(error)
        }
    }
}

/// Reads a pickle from a bytes-like object.
#[pyfunction]
#[pyo3(signature = (data, /, *, fix_imports=true, encoding="ASCII", errors="strict", buffers=None))]
pub(crate) fn loads<'py>(
    data: &Bound<'py, PyAny>,
    fix_imports: bool,
    encoding: &str,
    errors: &str,
    buffers: Option<Bound<'py, PyAny>>,
) -> PyResult<Py<PyAny>> {
    let py = data.py();
    let mut loader = loader(py, settings(fix_imports, encoding, errors)?, buffers_iterator(buffers)?);
    let copied;
    let bytes = match data.cast::<PyBytes>() {
        Ok(bytes) => bytes.as_bytes(),
        Err(_) => {
            // Whoever owns it could change it while Python code runs.
            copied = files::content(data)?;
            &copied
        }
    };
    let loaded = machine(py)?.load(&mut loader, bytes, 0);
    loaded.map(|(value, _)| value).map_err(|error| {
        let offset = error.offset().unwrap_or(bytes.len());
        errors::from_machine(&loader, error, &bytes[offset.min(bytes.len())..])
    })
}
