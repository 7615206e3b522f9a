//! [`Objects`]: Python objects as the writer's source.

use hashbrown::HashMap;
use marshal_lite::{Fault, Release, Share, Sink, Source};
use pyo3::exceptions::PyStopIteration;
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

    fn write(
        &mut self,
        object: &Bound<'py, PyAny>,
        number: Option<u32>,
        sink: Sink<'_, Cursor<'py>>,
    ) -> Result<(), Fault<PyErr>> {
        self.next = self.look_at(object).map_err(refusal)?;
        let share = match number.map(|number| self.share(object, number)) {
            Some(Err(known)) => return Ok(sink.reference(known)?),
            Some(Ok(share)) => share,
            None => Share::Alone,
        };
        match &self.next {
            Next::Int(value) => sink.int(share, *value)?,
            Next::Bytes(bytes) if object.is_exact_instance_of::<PyInt>() => sink.big_int(share, bytes)?,
            Next::Bytes(bytes) => sink.bytes(share, bytes)?,
            Next::Text(utf8, interned) => sink.text(share, utf8, *interned)?,
            Next::Items(items) => {
                let cursor = Cursor::Items(items.clone().into_iter());
                match items.len() {
                    _ if object.is_exact_instance_of::<PyDict>() => sink.dict(share, cursor)?,
                    length if object.is_exact_instance_of::<PySet>() => sink.set(share, length, cursor)?,
                    length => sink.frozen_set(share, length, cursor)?,
                }
            }
            Next::Unsupported(what) => sink.unsupported(what.clone())?,
            Next::Other => self.other(object, share, sink)?,
        }
        Ok(())
    }

    fn int(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<i64>> {
        Ok(object.cast::<PyInt>().ok().and_then(values::small_int))
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
}

impl<'py> Objects<'py> {
    /// Whether an object has this number; the other that it has, if it was written.
    fn share(&mut self, object: &Bound<'py, PyAny>, number: u32) -> Result<Share, u32> {
        if object.is_none()
            || object.is_exact_instance_of::<PyBool>()
            || object.is(self.py.Ellipsis())
            || object.is(self.py.get_type::<PyStopIteration>())
        {
            return Ok(Share::Alone);
        }
        let address = object.as_ptr() as usize;
        if let Some(&known) = self.numbers.get(&address) {
            return Err(known);
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

    fn other(&self, object: &Bound<'py, PyAny>, share: Share, sink: Sink<'_, Cursor<'py>>) -> Result<(), Fault<PyErr>> {
        let py = self.py;
        if object.is_none() {
            sink.none(share)?;
        } else if let Ok(value) = object.cast::<PyBool>() {
            sink.bool(share, value.is_true())?;
        } else if let Ok(value) = object.cast::<PyFloat>() {
            sink.float(share, value.value(), None)?;
        } else if let Ok(value) = object.cast::<PyComplex>() {
            let part = |name| value.getattr(name)?.extract::<f64>();
            let parts = [part(intern!(py, "real")).map_err(refusal)?, part(intern!(py, "imag")).map_err(refusal)?];
            sink.complex(share, parts, [None; 2])?;
        } else if let Ok(tuple) = object.cast::<PyTuple>() {
            sink.tuple(share, tuple.len(), Cursor::Tuple(tuple.clone(), 0))?;
        } else if let Ok(list) = object.cast::<PyList>() {
            sink.list(share, list.len(), Cursor::List(list.clone(), 0))?;
        } else if object.is(py.Ellipsis()) {
            sink.ellipsis(share)?;
        } else if object.is(py.get_type::<PyStopIteration>()) {
            sink.stop_iteration(share)?;
        } else {
            let layout = self.release.layout();
            let fields = code::fields(object, layout).map_err(refusal)?;
            sink.code(share, layout, Cursor::Items(fields.into_iter()))?;
        }
        Ok(())
    }
}

fn refusal(error: PyErr) -> Fault<PyErr> {
    Fault::Host(None, error)
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
