//! [`Loader`]: Python objects as the machine's host.

use std::ffi::CString;

use pickle_codec::{Host, Items};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyMemoryView, PySet, PyString, PyTuple,
    PyType,
};

use crate::errors::{self, UnpicklingError};
use crate::globals;
use crate::unpickler::Unpickler;
use crate::values::{self, type_name};
use crate::walks::Entries;

type Object = Py<PyAny>;

/// How to read.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) fix_imports: bool,
    pub(crate) encoding: CString,
    pub(crate) errors: CString,
}

/// What the machine asks of the interpreter, and of the unpickler object that Python code sees.
pub(crate) struct Loader<'py> {
    pub(crate) py: Python<'py>,
    /// None for `load` and `loads`.
    pub(crate) unpickler: Option<Bound<'py, Unpickler>>,
    /// False for a subclass, which may have a `find_class` of its own.
    pub(crate) plain: bool,
    pub(crate) persistent_load: Option<Bound<'py, PyAny>>,
    pub(crate) settings: Settings,
    /// An iterator over the out-of-band buffers.
    pub(crate) buffers: Option<Bound<'py, PyAny>>,
}

#[cold]
fn refuse<T>(message: impl Into<String>) -> PyResult<T> {
    Err(UnpicklingError::new_err(message.into()))
}

impl<'py> Loader<'py> {
    fn find_class(
        &self,
        module: &Bound<'py, PyAny>,
        name: &Bound<'py, PyAny>,
        protocol: u8,
    ) -> PyResult<Bound<'py, PyAny>> {
        match &self.unpickler {
            Some(unpickler) if !self.plain => {
                unpickler.borrow_mut().protocol = protocol;
                unpickler.call_method1(intern!(self.py, "find_class"), (module, name))
            }
            _ => globals::load(module, name, protocol, self.settings.fix_imports),
        }
    }

    /// Hands items one by one to a method, or all at once to another where there is that.
    fn give(&self, target: &Bound<'py, PyAny>, items: Items<'_, Object>, all: Option<&str>, one: &str) -> PyResult<()> {
        if let Some(all) = all
            && let Some(method) = target.getattr_opt(all)?
        {
            method.call1((PyList::new(self.py, items)?,))?;
            return Ok(());
        }
        let method = target.getattr(one)?;
        for item in items {
            method.call1((item,))?;
        }
        Ok(())
    }

    fn make_new(&self, opcode: &str, class: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<Object> {
        let py = self.py;
        let Ok(class) = class.bind(py).cast::<PyType>() else {
            let kind = type_name(class.bind(py));
            return refuse(format!("{opcode} class argument must be a type, not {kind}"));
        };
        let Ok(args) = args.bind(py).cast::<PyTuple>() else {
            let kind = type_name(args.bind(py));
            return refuse(format!("{opcode} args argument must be a tuple, not {kind}"));
        };
        let kwargs = match kwargs.map(|kwargs| kwargs.bind(py)) {
            None => None,
            Some(kwargs) => match kwargs.cast::<PyDict>() {
                Ok(kwargs) => Some(kwargs),
                Err(_) => {
                    let kind = type_name(kwargs);
                    return refuse(format!("{opcode} kwargs argument must be a dict, not {kind}"));
                }
            },
        };
        match values::call_new(class, args, kwargs) {
            Some(made) => made.map(Bound::unbind),
            None => refuse(format!("{opcode} class argument '{}' doesn't have __new__", class.name()?)),
        }
    }

    fn set_attributes(&self, object: &Bound<'py, PyAny>, state: &Bound<'py, PyAny>) -> PyResult<()> {
        let Ok(state) = state.cast::<PyDict>() else { return refuse("state is not a dictionary") };
        let dict = object.getattr(intern!(self.py, "__dict__"))?;
        for (key, value) in Entries::new(state.clone()) {
            dict.set_item(values::interned(key), value)?;
        }
        Ok(())
    }

    fn set_slots(&self, object: &Bound<'py, PyAny>, state: &Bound<'py, PyAny>) -> PyResult<()> {
        let Ok(state) = state.cast::<PyDict>() else { return refuse("slot state is not a dictionary") };
        for (key, value) in Entries::new(state.clone()) {
            let Ok(key) = key.cast::<PyString>() else {
                let kind = type_name(&key);
                return Err(PyTypeError::new_err(format!("attribute name must be string, not '{kind}'")));
            };
            object.setattr(key, value)?;
        }
        Ok(())
    }
}

impl Host for Loader<'_> {
    type Object = Object;
    type Error = PyErr;

    #[inline]
    fn none(&mut self) -> PyResult<Object> {
        Ok(self.py.None())
    }

    #[inline]
    fn bool(&mut self, value: bool) -> PyResult<Object> {
        Ok(PyBool::new(self.py, value).to_owned().into_any().unbind())
    }

    #[inline]
    fn int32(&mut self, value: i32) -> PyResult<Object> {
        Ok(PyInt::new(self.py, value).into_any().unbind())
    }

    #[inline]
    fn int(&mut self, value: i64) -> PyResult<Object> {
        Ok(PyInt::new(self.py, value).into_any().unbind())
    }

    fn long(&mut self, bytes: &[u8]) -> PyResult<Object> {
        values::int_from_bytes(self.py, bytes).map(Bound::unbind)
    }

    #[inline]
    fn float(&mut self, value: f64) -> PyResult<Object> {
        Ok(PyFloat::new(self.py, value).into_any().unbind())
    }

    #[inline]
    fn text(&mut self, utf8: &[u8]) -> PyResult<Object> {
        values::text(self.py, utf8).map(Bound::unbind)
    }

    fn byte_string(&mut self, bytes: &[u8]) -> PyResult<Object> {
        if self.settings.encoding.as_bytes() == b"bytes" {
            return Ok(PyBytes::new(self.py, bytes).into_any().unbind());
        }
        values::decoded(self.py, bytes, &self.settings.encoding, &self.settings.errors).map(Bound::unbind)
    }

    #[inline]
    fn bytes(&mut self, bytes: &[u8]) -> PyResult<Object> {
        values::new_bytes(self.py, bytes).map(Bound::unbind)
    }

    fn byte_array(&mut self, bytes: &[u8]) -> PyResult<Object> {
        Ok(PyByteArray::new(self.py, bytes).into_any().unbind())
    }

    fn next_buffer(&mut self) -> PyResult<Object> {
        let Some(buffers) = &self.buffers else {
            return refuse("pickle stream refers to out-of-band data but no *buffers* argument was given");
        };
        match buffers.try_iter()?.next().transpose()? {
            Some(buffer) => Ok(buffer.unbind()),
            None => refuse("not enough out-of-band buffers"),
        }
    }

    fn readonly_buffer(&mut self, buffer: Object) -> PyResult<Object> {
        let view = PyMemoryView::from(buffer.bind(self.py))?;
        if view.getattr(intern!(self.py, "readonly"))?.is_truthy()? {
            return Ok(buffer);
        }
        view.call_method0(intern!(self.py, "toreadonly")).map(Bound::unbind)
    }

    #[inline]
    fn tuple(&mut self, items: Items<'_, Object>) -> PyResult<Object> {
        Ok(PyTuple::new(self.py, items)?.into_any().unbind())
    }

    #[inline]
    fn list(&mut self) -> PyResult<Object> {
        Ok(PyList::empty(self.py).into_any().unbind())
    }

    #[inline]
    fn dict(&mut self) -> PyResult<Object> {
        Ok(PyDict::new(self.py).into_any().unbind())
    }

    #[inline]
    fn set(&mut self) -> PyResult<Object> {
        Ok(PySet::empty(self.py)?.into_any().unbind())
    }

    fn frozen_set(&mut self, items: Items<'_, Object>) -> PyResult<Object> {
        if cfg!(feature = "broken-opcode") {
            return self.tuple(items);
        }
        Ok(PyFrozenSet::new(self.py, items)?.into_any().unbind())
    }

    #[inline]
    fn extend(&mut self, list: &Object, items: Items<'_, Object>) -> PyResult<()> {
        let target = list.bind(self.py);
        match target.cast_exact::<PyList>() {
            Ok(list) => {
                for item in items {
                    list.append(item)?;
                }
                Ok(())
            }
            Err(_) => self.give(target, items, Some("extend"), "append"),
        }
    }

    #[inline]
    fn set_items(&mut self, dict: &Object, mut pairs: Items<'_, Object>) -> PyResult<()> {
        let target = dict.bind(self.py);
        let exact = target.cast_exact::<PyDict>().ok();
        while let (Some(key), Some(value)) = (pairs.next(), pairs.next()) {
            match exact {
                Some(dict) => dict.set_item(key, value)?,
                None => target.set_item(key, value)?,
            }
        }
        Ok(())
    }

    fn add_items(&mut self, set: &Object, items: Items<'_, Object>) -> PyResult<()> {
        let target = set.bind(self.py);
        match target.cast::<PySet>() {
            Ok(set) => {
                for item in items {
                    set.add(item)?;
                }
                Ok(())
            }
            Err(_) => self.give(target, items, None, "add"),
        }
    }

    fn global(&mut self, module: &[u8], name: &[u8], protocol: u8) -> PyResult<Object> {
        let module = values::decoded(self.py, module, c"utf-8", c"strict")?;
        let name = values::decoded(self.py, name, c"utf-8", c"strict")?;
        self.find_class(&module, &name, protocol).map(Bound::unbind)
    }

    fn stack_global(&mut self, module: Object, name: Object, protocol: u8) -> PyResult<Object> {
        let (module, name) = (module.bind(self.py), name.bind(self.py));
        if !module.is_exact_instance_of::<PyString>() || !name.is_exact_instance_of::<PyString>() {
            return refuse("STACK_GLOBAL requires str");
        }
        self.find_class(module, name, protocol).map(Bound::unbind)
    }

    fn extension(&mut self, code: u32, protocol: u8) -> PyResult<Object> {
        let py = self.py;
        let cache = values::extension_cache(py)?.cast::<PyDict>()?;
        if let Some(object) = cache.get_item(code)? {
            return Ok(object.unbind());
        }
        let Some(pair) = values::inverted_registry(py)?.cast::<PyDict>()?.get_item(code)? else {
            return Err(PyValueError::new_err(format!("unregistered extension code {code}")));
        };
        let Some((module, name)) = pair
            .cast::<PyTuple>()
            .ok()
            .and_then(|pair| pair.extract::<(Bound<'_, PyString>, Bound<'_, PyString>)>().ok())
        else {
            let message = format!("_inverted_registry[{code}] isn't a 2-tuple of strings");
            return Err(PyValueError::new_err(message));
        };
        let object = self.find_class(module.as_any(), name.as_any(), protocol)?;
        cache.set_item(code, &object)?;
        Ok(object.unbind())
    }

    fn persistent(&mut self, id: Object) -> PyResult<Object> {
        match &self.persistent_load {
            Some(persistent_load) => persistent_load.call1((id,)).map(Bound::unbind),
            None => Err(errors::no_persistent_load(self.py)),
        }
    }

    fn reduce(&mut self, callable: Object, args: Object) -> PyResult<Object> {
        match args.bind(self.py).cast::<PyTuple>() {
            Ok(args) => callable.bind(self.py).call1(args.clone()).map(Bound::unbind),
            Err(_) => Err(PyTypeError::new_err("argument list must be a tuple")),
        }
    }

    fn new_object(&mut self, class: Object, args: Object) -> PyResult<Object> {
        self.make_new("NEWOBJ", &class, &args, None)
    }

    fn new_object_ex(&mut self, class: Object, args: Object, kwargs: Object) -> PyResult<Object> {
        self.make_new("NEWOBJ_EX", &class, &args, Some(&kwargs))
    }

    fn instance(&mut self, class: Object, args: Items<'_, Object>) -> PyResult<Object> {
        let class = class.bind(self.py);
        let args = PyTuple::new(self.py, args)?;
        let bare = args.is_empty()
            && class.is_instance_of::<PyType>()
            && class.getattr_opt(intern!(self.py, "__getinitargs__"))?.is_none();
        if bare {
            return class.call_method1(intern!(self.py, "__new__"), (class,)).map(Bound::unbind);
        }
        class.call1(args).map(Bound::unbind)
    }

    fn build(&mut self, object: &Object, state: Object) -> PyResult<()> {
        let (object, state) = (object.bind(self.py), state.into_bound(self.py));
        if let Some(setstate) = object.getattr_opt(intern!(self.py, "__setstate__"))? {
            setstate.call1((state,))?;
            return Ok(());
        }
        let (state, slots) = match state.cast::<PyTuple>() {
            Ok(pair) if pair.len() == 2 => (pair.get_item(0)?, Some(pair.get_item(1)?)),
            _ => (state, None),
        };
        if !state.is_none() {
            self.set_attributes(object, &state)?;
        }
        slots.map_or(Ok(()), |slots| self.set_slots(object, &slots))
    }
}
