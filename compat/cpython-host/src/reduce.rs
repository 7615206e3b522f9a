//! What `__reduce_ex__` and its kin give, as the encoder takes it.

use pickle_codec::{Args, Make, Reducible, Reduction};
use pyo3::exceptions::PyKeyError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFunction, PyIterator, PyString, PyTuple, PyType};

use crate::errors::{self, PicklingError};
use crate::source::{Cursor, Objects};
use crate::values::{self, error_of, type_name};

/// How an object is made and filled; nothing for one that is only named.
type Reduced<'py> = Option<Reduction<Bound<'py, PyAny>, Cursor<'py>>>;

impl<'py> Objects<'py> {
    /// What an object is that is neither an atom nor a container of a builtin type.
    pub(crate) fn reduced(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Reduced<'py>> {
        if let Some(reducer) = &self.hooks.reducer_override {
            let value = reducer.call1((object,))?;
            if !value.is(self.py.NotImplemented()) {
                return self.reduce_value(object, value);
            }
        }
        if object.is_exact_instance_of::<PyType>() {
            return self.class(object);
        }
        if object.is_exact_instance_of::<PyFunction>() {
            return Ok(None);
        }
        let value = match self.registered(object)? {
            Some(reducer) => reducer.call1((object,))?,
            None if object.is_instance_of::<PyType>() => return Ok(None),
            None => self.reduce(object)?,
        };
        self.reduce_value(object, value)
    }

    /// The types of the singletons have no name that they could be found by.
    fn class(&mut self, class: &Bound<'py, PyAny>) -> PyResult<Reduced<'py>> {
        let py = self.py;
        let singletons = [py.None(), py.Ellipsis(), py.NotImplemented()];
        for singleton in singletons.map(|singleton| singleton.into_bound(py)) {
            if class.is(singleton.get_type()) {
                let callable = py.get_type::<PyType>().into_any();
                let args = PyTuple::new(py, [singleton])?.into_any();
                return Ok(Some(Reduction {
                    make: Make::Call,
                    callable,
                    args: Args::Tuple(args),
                    kwargs: None,
                    steps: Vec::new(),
                }));
            }
        }
        Ok(None)
    }

    /// The reducer of an object's type in the pickler's dispatch table, or in `copyreg`'s.
    fn registered(&self, object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let class = object.get_type();
        let Some(table) = &self.hooks.dispatch_table else {
            return values::dispatch_table(self.py)?.cast::<PyDict>()?.get_item(class);
        };
        if let Ok(table) = table.cast_exact::<PyDict>() {
            return table.get_item(class);
        }
        match table.get_item(class) {
            Ok(reducer) => Ok(Some(reducer)),
            Err(error) if error.is_instance_of::<PyKeyError>(self.py) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn reduce(&self, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(reduce) = object.getattr_opt(intern!(self.py, "__reduce_ex__"))? {
            return reduce.call1((self.protocol,));
        }
        match object.getattr_opt(intern!(self.py, "__reduce__"))? {
            Some(reduce) => reduce.call0(),
            None => {
                let args = (type_name(object), object.repr()?);
                Err(error_of(&self.py.get_type::<PicklingError>(), "can't pickle '{}' object: {}", args))
            }
        }
    }

    /// A global's name, or a tuple that says how to make and fill the object.
    fn reduce_value(&mut self, object: &Bound<'py, PyAny>, value: Bound<'py, PyAny>) -> PyResult<Reduced<'py>> {
        if value.is_instance_of::<PyString>() {
            self.name = Some(value);
            return Ok(None);
        }
        let reduction = pickle_codec::reduction(self, object, &value, self.protocol).map_err(errors::from_fault)?;
        Ok(Some(reduction))
    }
}

impl<'py> Reducible for Objects<'py> {
    type Object = Bound<'py, PyAny>;
    type Cursor = Cursor<'py>;
    type Error = PyErr;

    fn tuple(&mut self, object: &Bound<'py, PyAny>) -> Option<Vec<Bound<'py, PyAny>>> {
        object.cast::<PyTuple>().ok().map(|tuple| tuple.iter().collect())
    }

    fn is_none(&mut self, object: &Bound<'py, PyAny>) -> bool {
        object.is_none()
    }

    fn is_callable(&mut self, object: &Bound<'py, PyAny>) -> bool {
        object.is_callable()
    }

    fn is_class(&mut self, object: &Bound<'py, PyAny>) -> bool {
        object.is_instance_of::<PyType>()
    }

    fn is_dict(&mut self, object: &Bound<'py, PyAny>) -> bool {
        object.is_instance_of::<PyDict>()
    }

    fn is_class_of(&mut self, class: &Bound<'py, PyAny>, object: &Bound<'py, PyAny>) -> PyResult<bool> {
        let own = object.getattr_opt(intern!(self.py, "__class__"))?;
        Ok(own.unwrap_or_else(|| object.get_type().into_any()).is(class))
    }

    fn name(&mut self, callable: &Bound<'py, PyAny>) -> PyResult<Option<String>> {
        let name = callable.getattr_opt(intern!(self.py, "__name__"))?;
        let name = name.as_ref().and_then(|name| name.cast::<PyString>().ok());
        Ok(name.and_then(|name| name.to_str().ok().map(String::from)))
    }

    fn iterator(&mut self, object: &Bound<'py, PyAny>, pairs: bool) -> Option<Cursor<'py>> {
        let iterator = object.cast::<PyIterator>().ok()?.clone();
        Some(if pairs { Cursor::Pairs(iterator, None) } else { Cursor::Iterator(iterator) })
    }

    fn without_first(&mut self, tuple: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let tuple = tuple.cast::<PyTuple>()?;
        Ok(tuple.get_slice(1, tuple.len()).into_any())
    }

    fn type_name(&mut self, object: &Bound<'py, PyAny>) -> String {
        values::type_name(object)
    }
}
