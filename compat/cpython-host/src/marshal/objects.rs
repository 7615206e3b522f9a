//! [`Objects`]: Python objects as the writer's source.

use hashbrown::HashMap;
use marshal_lite::{Release, Shape, Share, Source, Spelling};
use pyo3::exceptions::{PyStopIteration, PyValueError};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple};

use super::code;
use crate::{files, values};

/// What the writer asks of Python objects.
pub(super) struct Objects<'py> {
    py: Python<'py>,
    version: u8,
    release: Release,
    /// The numbers of objects, by address; and the objects, so that no other gets that address.
    numbers: HashMap<usize, u32>,
    held: Vec<Bound<'py, PyAny>>,
    /// What the object is that comes next.
    next: Next<'py>,
}

/// What is found out before an object is written, and lent out then.
enum Next<'py> {
    Other,
    Int(i64),
    Bytes(Vec<u8>),
    Text(Vec<u8>, bool),
    Items(Vec<Bound<'py, PyAny>>),
    Unsupported(String),
}

/// A place in an object's items.
pub(super) enum Cursor<'py> {
    Tuple(Bound<'py, PyTuple>, usize),
    List(Bound<'py, PyList>, usize),
    Items(std::vec::IntoIter<Bound<'py, PyAny>>),
}

impl<'py> Objects<'py> {
    pub(super) fn new(py: Python<'py>, version: u8, release: Release) -> Objects<'py> {
        Objects { py, version, release, numbers: HashMap::new(), held: Vec::new(), next: Next::Other }
    }

    fn look_at(&self, object: &Bound<'py, PyAny>) -> PyResult<Next<'py>> {
        if object.is_none() || object.is_exact_instance_of::<PyBool>() {
            return Ok(Next::Other);
        }
        if object.is_exact_instance_of::<PyInt>() {
            let int = object.cast::<PyInt>()?;
            return Ok(match values::small_int(int) {
                Some(value) => Next::Int(value),
                None => Next::Bytes(values::int_bytes(int)?),
            });
        }
        if object.is_exact_instance_of::<PyString>() {
            let text = object.cast::<PyString>()?;
            let utf8 = match text.to_str() {
                Ok(utf8) => utf8.as_bytes().to_vec(),
                Err(_) => values::surrogates_passed(text)?,
            };
            return Ok(Next::Text(utf8, is_interned(text)));
        }
        if object.is_exact_instance_of::<PyBytes>() {
            return Ok(Next::Bytes(object.cast::<PyBytes>()?.as_bytes().to_vec()));
        }
        if object.is_exact_instance_of::<PyDict>() {
            let dict = object.cast::<PyDict>()?;
            return Ok(Next::Items(dict.iter().flat_map(|(key, value)| [key, value]).collect()));
        }
        if is_set(object) {
            return Ok(Next::Items(self.items_of_set(object)?));
        }
        if object.is(self.py.get_type::<PyStopIteration>()) || is_of_other_type(object)? {
            return Ok(Next::Other);
        }
        // What offers its bytes is written as bytes.
        Ok(match files::content(object) {
            Ok(bytes) => Next::Bytes(bytes),
            Err(_) => Next::Unsupported(values::type_name(object)),
        })
    }

    /// From 3.11 on in the order of what they are marshalled to by themselves.
    fn items_of_set(&self, set: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let items = set.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        if self.release.number() < (3, 11) {
            return Ok(items);
        }
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            keyed.push((super::write(&item, self.version.into(), true)?, item));
        }
        keyed.sort_by(|(key, _), (other, _)| key.cmp(other));
        Ok(keyed.into_iter().map(|(_, item)| item).collect())
    }
}

impl<'py> Source for Objects<'py> {
    type Object = Bound<'py, PyAny>;
    type Cursor = Cursor<'py>;
    type Error = PyErr;

    fn spelling(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<Spelling>> {
        self.next = self.look_at(object)?;
        Ok(None)
    }

    fn shape(&self, object: &Bound<'py, PyAny>) -> PyResult<Shape<'_, Cursor<'py>>> {
        let is_int = object.is_exact_instance_of::<PyInt>();
        Ok(match &self.next {
            // The number of a code object's field is asked about alone.
            _ if is_int && !matches!(self.next, Next::Bytes(_)) => match values::small_int(object.cast::<PyInt>()?) {
                Some(value) => Shape::Int(value),
                None => return Err(PyValueError::new_err("an int that is too large")),
            },
            Next::Int(value) => Shape::Int(*value),
            Next::Bytes(bytes) if is_int => Shape::BigInt(bytes),
            Next::Bytes(bytes) => Shape::Bytes(bytes),
            Next::Text(utf8, interned) => Shape::Text(utf8, *interned),
            Next::Items(items) => {
                let cursor = Cursor::Items(items.clone().into_iter());
                match items.len() {
                    _ if object.is_exact_instance_of::<PyDict>() => Shape::Dict(cursor),
                    length if object.is_exact_instance_of::<PySet>() => Shape::Set(length, cursor),
                    length => Shape::FrozenSet(length, cursor),
                }
            }
            Next::Unsupported(what) => Shape::Unsupported(what.clone()),
            Next::Other => self.other(object)?,
        })
    }

    fn next(&mut self, cursor: &mut Cursor<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(match cursor {
            Cursor::Tuple(tuple, index) => {
                *index += 1;
                tuple.get_item(*index - 1).ok()
            }
            Cursor::List(list, index) => {
                *index += 1;
                list.get_item(*index - 1).ok()
            }
            Cursor::Items(items) => items.next(),
        })
    }

    fn share(&mut self, object: &Bound<'py, PyAny>, number: u32) -> PyResult<Share> {
        if object.is_none()
            || object.is_exact_instance_of::<PyBool>()
            || object.is(self.py.Ellipsis())
            || object.is(self.py.get_type::<PyStopIteration>())
        {
            return Ok(Share::Alone);
        }
        let address = object.as_ptr() as usize;
        if let Some(&known) = self.numbers.get(&address) {
            return Ok(Share::Known(known));
        }
        let interned = matches!(self.next, Next::Text(_, true));
        // SAFETY: an object that is alive.
        let references = unsafe { ffi::Py_REFCNT(object.as_ptr()) };
        // One reference is the writer's own.
        if references <= 2 && !interned {
            return Ok(Share::Alone);
        }
        self.numbers.insert(address, number);
        self.held.push(object.clone());
        Ok(Share::New)
    }
}

impl<'py> Objects<'py> {
    fn other(&self, object: &Bound<'py, PyAny>) -> PyResult<Shape<'_, Cursor<'py>>> {
        let py = self.py;
        if object.is_none() {
            return Ok(Shape::None);
        }
        if let Ok(value) = object.cast::<PyBool>() {
            return Ok(Shape::Bool(value.is_true()));
        }
        if let Ok(value) = object.cast::<PyFloat>() {
            return Ok(Shape::Float(value.value()));
        }
        if let Ok(value) = object.cast::<PyComplex>() {
            let part = |name| value.getattr(name)?.extract::<f64>();
            return Ok(Shape::Complex(part(intern!(py, "real"))?, part(intern!(py, "imag"))?));
        }
        if let Ok(tuple) = object.cast::<PyTuple>() {
            return Ok(Shape::Tuple(tuple.len(), Cursor::Tuple(tuple.clone(), 0)));
        }
        if let Ok(list) = object.cast::<PyList>() {
            return Ok(Shape::List(list.len(), Cursor::List(list.clone(), 0)));
        }
        if object.is(py.Ellipsis()) {
            return Ok(Shape::Ellipsis);
        }
        if object.is(py.get_type::<PyStopIteration>()) {
            return Ok(Shape::StopIteration);
        }
        let layout = self.release.layout();
        Ok(Shape::Code(layout, Cursor::Items(code::fields(object, layout)?.into_iter())))
    }
}

fn is_set(object: &Bound<'_, PyAny>) -> bool {
    object.is_exact_instance_of::<PySet>() || object.is_exact_instance_of::<PyFrozenSet>()
}

/// The types that have a form and are not looked into beforehand. Subclasses have none.
fn is_of_other_type(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = object.py();
    Ok(object.is_exact_instance_of::<PyFloat>()
        || object.is_exact_instance_of::<PyComplex>()
        || object.is_exact_instance_of::<PyTuple>()
        || object.is_exact_instance_of::<PyList>()
        || object.is(py.Ellipsis())
        || object.get_type().is(code::code_type(py)?))
}

fn is_interned(text: &Bound<'_, PyString>) -> bool {
    // SAFETY: a str that is alive begins with such a struct.
    unsafe { (*text.as_ptr().cast::<ffi::PyASCIIObject>()).interned() != 0 }
}
