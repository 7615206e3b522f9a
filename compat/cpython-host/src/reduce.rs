//! What `__reduce_ex__` and its kin give, as the encoder takes it.

use pickle_codec::{Args, Fill, Make, Reduction};
use pyo3::exceptions::PyKeyError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFunction, PyIterator, PyString, PyTuple, PyType};

use crate::errors::PicklingError;
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
        let Ok(tuple) = value.cast::<PyTuple>() else {
            return refuse("__reduce__ must return a string or tuple");
        };
        self.reduction(object, tuple).map(Some)
    }

    fn reduction(
        &self,
        object: &Bound<'py, PyAny>,
        tuple: &Bound<'py, PyTuple>,
    ) -> PyResult<Reduction<Bound<'py, PyAny>, Cursor<'py>>> {
        let length = tuple.len();
        if !(2..=6).contains(&length) {
            return refuse("tuple returned by __reduce__ must contain 2 through 6 elements");
        }
        let item = |index: usize| -> PyResult<Option<Bound<'py, PyAny>>> {
            Ok(if index < length { Some(tuple.get_item(index)?).filter(|item| !item.is_none()) } else { None })
        };
        let (callable, args) = (tuple.get_item(0)?, tuple.get_item(1)?);
        if !callable.is_callable() {
            return refuse("first item of the tuple returned by __reduce__ must be callable");
        }
        let Ok(args) = args.cast_into::<PyTuple>() else {
            return refuse("second item of the tuple returned by __reduce__ must be a tuple");
        };
        let mut steps = Vec::new();
        if let Some(items) = item(3)? {
            steps.push(Fill::Append(Cursor::Iterator(iterator(items, "fourth")?)));
        }
        if let Some(items) = item(4)? {
            steps.push(Fill::Assign(Cursor::Pairs(iterator(items, "fifth")?, None)));
        }
        let setter = item(5)?;
        if let Some(setter) = &setter
            && !setter.is_callable()
        {
            let kind = type_name(setter);
            return refuse(&format!(
                "sixth element of the tuple returned by __reduce__ must be a function, not {kind}"
            ));
        }
        match (item(2)?, setter) {
            (None, _) => {}
            (Some(state), None) => steps.push(Fill::State(state)),
            (Some(state), Some(setter)) => steps.push(Fill::StateBy { setter, state }),
        }
        let (make, callable, args, kwargs) = self.make(object, callable, args)?;
        Ok(Reduction { make, callable, args: Args::Tuple(args), kwargs, steps })
    }

    /// Tells calls of `copyreg.__newobj__` and `copyreg.__newobj_ex__` from others: by name, as CPython does.
    #[expect(clippy::type_complexity, reason = "the four parts of a reduction")]
    fn make(
        &self,
        object: &Bound<'py, PyAny>,
        callable: Bound<'py, PyAny>,
        args: Bound<'py, PyTuple>,
    ) -> PyResult<(Make, Bound<'py, PyAny>, Bound<'py, PyAny>, Option<Bound<'py, PyAny>>)> {
        let name = match callable.getattr_opt(intern!(self.py, "__name__"))? {
            // Below protocol 2 the function itself is pickled, with the arguments as they are.
            Some(name) if self.protocol >= 2 => name,
            _ => return Ok((Make::Call, callable, args.into_any(), None)),
        };
        let name = name.cast::<PyString>().ok().and_then(|name| name.to_str().ok());
        match name {
            Some("__newobj__") => {
                let class = new_class(object, &args)?;
                let rest = args.get_slice(1, args.len());
                Ok((Make::New, class, rest.into_any(), None))
            }
            Some("__newobj_ex__") => {
                let (class, args, kwargs) = new_ex_parts(&args)?;
                Ok((Make::NewWithKeywords, class, args, Some(kwargs)))
            }
            _ => Ok((Make::Call, callable, args.into_any(), None)),
        }
    }
}

fn iterator<'py>(items: Bound<'py, PyAny>, which: &str) -> PyResult<Bound<'py, PyIterator>> {
    match items.cast_into::<PyIterator>() {
        Ok(iterator) => Ok(iterator),
        Err(error) => {
            let kind = type_name(&error.into_inner());
            refuse(&format!("{which} element of the tuple returned by __reduce__ must be an iterator, not {kind}"))
        }
    }
}

/// The class that NEWOBJ is to be given.
fn new_class<'py>(object: &Bound<'py, PyAny>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    if args.is_empty() {
        return refuse("__newobj__ arglist is empty");
    }
    let class = args.get_item(0)?;
    if !class.is_instance_of::<PyType>() {
        return refuse("args[0] from __newobj__ args is not a type");
    }
    let own = object.getattr_opt(intern!(object.py(), "__class__"))?;
    if !own.unwrap_or_else(|| object.get_type().into_any()).is(&class) {
        return refuse("args[0] from __newobj__ args has the wrong class");
    }
    Ok(class)
}

/// What NEWOBJ_EX is to be given.
fn new_ex_parts<'py>(
    args: &Bound<'py, PyTuple>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let length = args.len();
    if length != 3 {
        return refuse(&format!("length of the NEWOBJ_EX argument tuple must be exactly 3, not {length}"));
    }
    let (class, new_args, kwargs) = (args.get_item(0)?, args.get_item(1)?, args.get_item(2)?);
    let wrong = if !class.is_instance_of::<PyType>() {
        ("first", "a class", &class)
    } else if !new_args.is_instance_of::<PyTuple>() {
        ("second", "a tuple", &new_args)
    } else if !kwargs.is_instance_of::<PyDict>() {
        ("third", "a dict", &kwargs)
    } else {
        return Ok((class, new_args, kwargs));
    };
    let (which, what, item) = wrong;
    let kind = type_name(item);
    refuse(&format!("{which} item from NEWOBJ_EX argument tuple must be {what}, not {kind}"))
}

#[cold]
fn refuse<T>(message: &str) -> PyResult<T> {
    Err(PicklingError::new_err(String::from(message)))
}
