//! [`Objects`]: Python objects as the encoder's source.

use std::borrow::Cow;
use std::mem;

use pickle_codec::{Atom, Builtin, GlobalName, PartialNew, Shape, Source};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyBufferError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyComplex, PyDict, PyFloat, PyFrozenSet, PyInt, PyIterator, PyList, PyRange, PySet,
    PySlice, PyString, PyTuple,
};

use crate::errors::PicklingError;
use crate::memo::SharedMemo;
use crate::recursion::Depth;
use crate::values;
use crate::walks::{Entries, Items};

/// What a pickler asks of Python objects, and of the pickler object that Python code sees.
pub(crate) struct Objects<'py> {
    pub(crate) py: Python<'py>,
    pub(crate) protocol: u8,
    pub(crate) memo: SharedMemo,
    pub(crate) hooks: Hooks<'py>,
    /// The object whose content is lent out.
    held: Option<Bound<'py, PyAny>>,
    /// Content that no object holds in the form that is asked for.
    bytes: Vec<u8>,
    /// The name that an object's `__reduce__` gave, when it gave one.
    pub(crate) name: Option<Bound<'py, PyAny>>,
    depth: Depth,
    /// How many nested calls more CPython makes for what the object holds that was asked about last.
    calls: u32,
    /// True if an id stands for what the encoder enters next.
    is_id: bool,
    /// In fast mode.
    cycles: Option<Cycles<'py>>,
}

/// Fast mode has no memo that would end a cycle: beyond this nesting CPython looks for one (`FAST_NESTING_LIMIT`).
const FAST_NESTING_LIMIT: usize = 50;

/// The containers that are being written in fast mode.
#[derive(Default)]
struct Cycles<'py> {
    /// The container that was asked about last.
    last: Option<Bound<'py, PyAny>>,
    /// Of each object that is being written: how many containers it is nested in, itself included.
    nesting: Vec<usize>,
    /// The addresses of the containers beyond the limit.
    open: Vec<usize>,
}

impl<'py> Cycles<'py> {
    /// Begins the object that was asked about last, unless it is within itself.
    fn enter(&mut self) -> PyResult<()> {
        let depth = self.nesting.last().copied().unwrap_or(0);
        let Some(container) = self.last.take() else {
            self.nesting.push(depth);
            return Ok(());
        };
        self.nesting.push(depth + 1);
        if depth + 1 < FAST_NESTING_LIMIT {
            return Ok(());
        }
        let address = container.as_ptr() as usize;
        if self.open.contains(&address) {
            let kind = values::type_name(&container);
            let message =
                format!("fast mode: can't pickle cyclic objects including object type {kind} at {address:#x}");
            return Err(PyValueError::new_err(message));
        }
        self.open.push(address);
        Ok(())
    }

    fn leave(&mut self) {
        let depth = self.nesting.pop().unwrap_or(0);
        let outer = self.nesting.last().copied().unwrap_or(0);
        if depth > outer && depth >= FAST_NESTING_LIMIT {
            self.open.pop();
        }
    }
}

/// What a pickler's user may put in the way, looked up once a pickle.
#[derive(Default)]
pub(crate) struct Hooks<'py> {
    pub(crate) persistent_id: Option<Bound<'py, PyAny>>,
    pub(crate) reducer_override: Option<Bound<'py, PyAny>>,
    pub(crate) dispatch_table: Option<Bound<'py, PyAny>>,
    pub(crate) buffer_callback: Option<Bound<'py, PyAny>>,
}

/// A place in an object's items.
pub(crate) enum Cursor<'py> {
    Tuple(Bound<'py, PyTuple>, usize),
    /// A list, with the index behind which its items don't count.
    List(Bound<'py, PyList>, usize, usize),
    Dict(DictCursor<'py>),
    Set(SetCursor<'py>),
    Iterator(Bound<'py, PyIterator>),
    /// An iterator of pairs; and the second of the pair whose first was given.
    Pairs(Bound<'py, PyIterator>, Option<Bound<'py, PyAny>>),
}

/// A place in a dict that may change meanwhile: CPython looks at its size at the end of each batch.
pub(crate) struct DictCursor<'py> {
    entries: Entries<'py>,
    /// How many entries it had.
    length: usize,
    /// How many have been taken.
    taken: usize,
    /// The value of the key that was given.
    value: Option<Bound<'py, PyAny>>,
}

/// How many entries CPython takes without looking at the dict's size (`BATCHSIZE`).
const BATCH_SIZE: usize = 1000;

impl<'py> DictCursor<'py> {
    fn next(&mut self) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Some(value) = self.value.take() {
            return Ok(Some(value));
        }
        if self.length == 1 && self.taken == 1 {
            return Ok(None);
        }
        let full = self.taken > 0 && self.taken.is_multiple_of(BATCH_SIZE);
        if full {
            self.check()?;
        }
        match self.entries.next() {
            Some((key, value)) => {
                self.taken += 1;
                self.value = Some(value);
                Ok(Some(key))
            }
            None => self.check().map(|()| None),
        }
    }

    fn check(&self) -> PyResult<()> {
        if self.entries.dict().len() == self.length {
            Ok(())
        } else {
            Err(PyRuntimeError::new_err("dictionary changed size during iteration"))
        }
    }
}

/// A place in a set that may change meanwhile: as with dicts, CPython looks at its size at the end of each batch.
pub(crate) struct SetCursor<'py> {
    items: Items<'py>,
    /// How many items it had.
    length: usize,
    /// How many have been taken.
    taken: usize,
}

impl<'py> SetCursor<'py> {
    fn next(&mut self) -> PyResult<Option<Bound<'py, PyAny>>> {
        let full = self.taken > 0 && self.taken.is_multiple_of(BATCH_SIZE);
        if full {
            self.check()?;
        }
        match self.items.next() {
            Some(item) => {
                self.taken += 1;
                Ok(Some(item))
            }
            None => self.check().map(|()| None),
        }
    }

    fn check(&self) -> PyResult<()> {
        if self.items.set().len() == self.length {
            Ok(())
        } else {
            Err(PyRuntimeError::new_err("set changed size during iteration"))
        }
    }
}

impl<'py> Objects<'py> {
    pub(crate) fn new(py: Python<'py>, protocol: u8, memo: SharedMemo, hooks: Hooks<'py>) -> Objects<'py> {
        Objects {
            py,
            protocol,
            memo,
            hooks,
            held: None,
            bytes: Vec::new(),
            name: None,
            depth: Depth::default(),
            calls: 0,
            is_id: false,
            cycles: None,
        }
    }

    /// Fails on a cycle, as fast mode does.
    pub(crate) fn guard_against_cycles(&mut self) {
        self.cycles = Some(Cycles::default());
    }

    fn lend_text(&mut self, text: &Bound<'py, PyString>) -> PyResult<&[u8]> {
        if text.to_str().is_ok() {
            let held = self.held.insert(text.clone().into_any());
            // Its UTF-8 is kept in the object: this one only looks it up.
            return Ok(held.cast::<PyString>()?.to_str()?.as_bytes());
        }
        self.bytes = values::surrogates_passed(text)?;
        Ok(&self.bytes)
    }

    /// A `PickleBuffer`: out of band where the callback takes it, else its content.
    fn buffer(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Shape<'_, Bound<'py, PyAny>, Cursor<'py>>> {
        if self.protocol < 5 {
            return Ok(Shape::Buffer(true));
        }
        let raw = object.call_method0(intern!(self.py, "raw")).map_err(|error| {
            if error.is_instance_of::<PyBufferError>(self.py) {
                PicklingError::new_err("PickleBuffer can not be pickled when pointing to a non-contiguous buffer")
            } else {
                error
            }
        })?;
        let buffer = PyBuffer::<u8>::get(&raw)?;
        let readonly = buffer.readonly();
        if let Some(callback) = &self.hooks.buffer_callback
            && !callback.call1((object,))?.is_truthy()?
        {
            return Ok(Shape::Buffer(readonly));
        }
        self.bytes = buffer.to_vec(self.py)?;
        Ok(if readonly { Shape::Bytes(&self.bytes) } else { Shape::ByteArray(&self.bytes) })
    }
}

/// The list that below protocol 4 `set` is called with.
fn list_of<'py>(set: &Bound<'py, PySet>) -> PyResult<Bound<'py, PyList>> {
    let items = Items::new(set.clone()).collect::<Vec<_>>();
    PyList::new(set.py(), items)
}

/// True for what is pickled by its name, when it is no container: all but what holds nothing.
fn is_named(object: &Bound<'_, PyAny>) -> bool {
    let atom = object.is_exact_instance_of::<PyTuple>() || object.is_exact_instance_of::<PyByteArray>();
    !atom && !values::is_pickle_buffer(object)
}

/// True for the containers that CPython looks for cycles in.
fn is_guarded(object: &Bound<'_, PyAny>) -> bool {
    object.is_exact_instance_of::<PyList>()
        || object.is_exact_instance_of::<PyDict>()
        || object.is_exact_instance_of::<PyFrozenSet>()
}

/// How many items of a container count. At protocol 1 and above CPython looks at one that has a single item only once,
/// whatever that item's pickling does to it.
fn limit(length: usize, protocol: u8) -> usize {
    if length == 1 && protocol > 0 { 1 } else { usize::MAX }
}

impl<'py> Objects<'py> {
    /// An object that may hold others: a container that is not empty, or what is reduced. CPython makes a call more for
    /// the items of a list or dict, and two more for the list and the tuple that a set is called with.
    fn container<'s>(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<Container<'s, 'py>>> {
        self.calls = 0;
        if let Ok(dict) = object.cast_exact::<PyDict>() {
            let length = dict.len();
            self.calls = u32::from(length > 0);
            return Ok(Some(Shape::Dict(length, self.entries(dict)?)));
        }
        if let Ok(list) = object.cast_exact::<PyList>() {
            let length = list.len();
            self.calls = u32::from(length > 0);
            return Ok(Some(Shape::List(length, Cursor::List(list.clone(), 0, limit(length, self.protocol)))));
        }
        if let Ok(tuple) = object.cast_exact::<PyTuple>() {
            let length = tuple.len();
            return Ok((length > 0).then(|| Shape::Tuple(length, Cursor::Tuple(tuple.clone(), 0))));
        }
        if let Ok(set) = object.cast_exact::<PySet>() {
            if self.protocol < 4 {
                let list = list_of(set)?;
                self.calls = 2 + u32::from(!list.is_empty());
                return Ok(Some(Shape::Set(list.len(), Cursor::List(list, 0, usize::MAX))));
            }
            let length = set.len();
            return Ok(Some(Shape::Set(
                length,
                Cursor::Set(SetCursor { items: Items::new(set.clone()), length, taken: 0 }),
            )));
        }
        if let Ok(set) = object.cast_exact::<PyFrozenSet>() {
            if self.protocol < 4 {
                self.calls = 2 + u32::from(!set.is_empty());
            }
            return Ok(Some(Shape::FrozenSet(set.len(), Cursor::Iterator(set.try_iter()?))));
        }
        if object.is_exact_instance_of::<PyByteArray>() || values::is_pickle_buffer(object) {
            return Ok(None);
        }
        Ok(self.reduced(object)?.map(|reduction| Shape::Reduce(Box::new(reduction))))
    }

    /// The entries of a dict. At protocol 0 CPython takes them from an iterator.
    fn entries(&self, dict: &Bound<'py, PyDict>) -> PyResult<Cursor<'py>> {
        if self.protocol == 0 && !dict.is_empty() {
            let items = dict.call_method0(intern!(self.py, "items"))?;
            return Ok(Cursor::Pairs(items.try_iter()?, None));
        }
        Ok(Cursor::Dict(DictCursor { entries: Entries::new(dict.clone()), length: dict.len(), taken: 0, value: None }))
    }
}

type Container<'s, 'py> = Shape<'s, Bound<'py, PyAny>, Cursor<'py>>;

impl<'py> Source for Objects<'py> {
    type Object = Bound<'py, PyAny>;
    type Cursor = Cursor<'py>;
    type Error = PyErr;

    const HAS_PERSISTENT_IDS: bool = true;

    fn persistent_id(&mut self, object: &Self::Object) -> PyResult<Option<Self::Object>> {
        let Some(hook) = &self.hooks.persistent_id else { return Ok(None) };
        let id = hook.call1((object,))?;
        if id.is_none() {
            return Ok(None);
        }
        self.is_id = true;
        Ok(Some(id))
    }

    fn persistent_text(&mut self, id: &Self::Object) -> PyResult<Option<Cow<'_, [u8]>>> {
        self.is_id = false;
        let text = id.str()?;
        self.lend_text(&text).map(|text| Some(Cow::Borrowed(text)))
    }

    #[inline]
    fn atom(&mut self, object: &mut Self::Object) -> PyResult<Atom<'_>> {
        if object.is_none() {
            return Ok(Atom::None);
        }
        if let Ok(int) = object.cast_exact::<PyInt>() {
            return Ok(values::small_int(int).map_or(Atom::Other, Atom::Int));
        }
        if let Ok(value) = object.cast_exact::<PyBool>() {
            return Ok(if value.is_true() { Atom::True } else { Atom::False });
        }
        if let Ok(float) = object.cast_exact::<PyFloat>() {
            return Ok(Atom::Float(float.value()));
        }
        if let Some(index) = self.memo.get(object) {
            return Ok(Atom::Known(index));
        }
        match object.cast_exact::<PyString>() {
            Ok(text) => self.lend_text(text).map(Atom::Text),
            Err(_) => Ok(Atom::Other),
        }
    }

    fn shape(&mut self, object: &mut Self::Object) -> PyResult<Shape<'_, Self::Object, Cursor<'py>>> {
        if let Ok(int) = object.cast_exact::<PyInt>() {
            self.bytes = values::int_bytes(int)?;
            if self.protocol < 2 {
                // A decimal, which the interpreter refuses to make beyond its limit of digits.
                int.repr()?;
            }
            return Ok(Shape::BigInt(&self.bytes));
        }
        if object.is_exact_instance_of::<PyBytes>() {
            let held = self.held.insert(object.clone());
            return Ok(Shape::Bytes(held.cast::<PyBytes>()?.as_bytes()));
        }
        if let Some(cycles) = &mut self.cycles {
            cycles.last = is_guarded(object).then(|| object.clone());
        }
        self.depth.enter(self.py)?;
        match self.container(object) {
            Ok(Some(shape)) => return Ok(shape),
            Ok(None) => {}
            Err(error) => {
                self.depth.leave();
                return Err(error);
            }
        }
        if is_named(object) {
            // Left when its name is found.
            return Ok(Shape::Global);
        }
        // The rest holds no others, and is done at once.
        self.depth.leave();
        if object.is_exact_instance_of::<PyTuple>() {
            return Ok(Shape::Tuple(0, Cursor::Tuple(PyTuple::empty(self.py), 0)));
        }
        if let Ok(array) = object.cast_exact::<PyByteArray>() {
            self.bytes = array.to_vec();
            return Ok(Shape::ByteArray(&self.bytes));
        }
        self.buffer(object)
    }

    #[inline]
    fn next(&mut self, cursor: &mut Cursor<'py>) -> PyResult<Option<Self::Object>> {
        match cursor {
            Cursor::Tuple(tuple, at) => {
                *at += 1;
                Ok((*at <= tuple.len()).then(|| tuple.get_item(*at - 1)).transpose()?)
            }
            Cursor::List(list, at, end) => {
                if *at >= list.len().min(*end) {
                    return Ok(None);
                }
                *at += 1;
                list.get_item(*at - 1).map(Some)
            }
            Cursor::Dict(cursor) => cursor.next(),
            Cursor::Set(cursor) => cursor.next(),
            Cursor::Iterator(iterator) => iterator.next().transpose(),
            Cursor::Pairs(iterator, second) => {
                if let Some(second) = second.take() {
                    return Ok(Some(second));
                }
                let Some(pair) = iterator.next().transpose()? else { return Ok(None) };
                let Some(pair) = pair.cast::<PyTuple>().ok().filter(|pair| pair.len() == 2) else {
                    return Err(PyTypeError::new_err("dict items iterator must return 2-tuples"));
                };
                *second = Some(pair.get_item(1)?);
                pair.get_item(0).map(Some)
            }
        }
    }

    #[inline]
    fn memo_get(&self, object: &Self::Object) -> Option<u32> {
        self.memo.get(object)
    }

    #[inline]
    fn memo_put(&mut self, object: &Self::Object, index: u32) -> PyResult<()> {
        self.memo.put(object, index);
        Ok(())
    }

    fn builtin(&mut self, builtin: Builtin) -> PyResult<Self::Object> {
        let py = self.py;
        Ok(match builtin {
            Builtin::Set => py.get_type::<PySet>().into_any(),
            Builtin::FrozenSet => py.get_type::<PyFrozenSet>().into_any(),
            Builtin::Bytes => py.get_type::<PyBytes>().into_any(),
            Builtin::ByteArray => py.get_type::<PyByteArray>().into_any(),
            Builtin::Complex => py.get_type::<PyComplex>().into_any(),
            Builtin::Range => py.get_type::<PyRange>().into_any(),
            Builtin::Slice => py.get_type::<PySlice>().into_any(),
            Builtin::Encode => values::encode(py)?.clone(),
            Builtin::Ellipsis => py.Ellipsis().into_bound(py),
            Builtin::NotImplemented => py.NotImplemented().into_bound(py),
            Builtin::NewObj => values::new_obj(py)?.clone(),
            Builtin::NewObjEx => values::new_obj_ex(py)?.clone(),
            Builtin::GetAttr => values::getattr(py)?.clone(),
            // The enum may grow.
            other => {
                let (module, name) = other.name();
                py.import(module)?.getattr(name)?
            }
        })
    }

    fn constant(&mut self, text: &'static str) -> PyResult<Self::Object> {
        Ok(PyString::intern(self.py, text).into_any())
    }

    fn latin1(&mut self, bytes: &[u8]) -> PyResult<Self::Object> {
        values::decoded(self.py, bytes, c"latin-1", c"strict")
    }

    fn bytes(&mut self, bytes: &[u8]) -> PyResult<Self::Object> {
        values::new_bytes(self.py, bytes)
    }

    fn content(&mut self, object: &Self::Object) -> PyResult<Vec<u8>> {
        match object.cast::<PyBytes>() {
            Ok(bytes) => Ok(bytes.as_bytes().to_vec()),
            Err(_) => Ok(object.cast::<PyByteArray>()?.to_vec()),
        }
    }

    fn partial_new(
        &mut self,
        class: Self::Object,
        args: Self::Object,
        kwargs: Self::Object,
    ) -> PyResult<PartialNew<Self::Object, Self::Cursor>> {
        let mut given = vec![class.getattr(intern!(self.py, "__new__"))?, class];
        given.extend(args.cast::<PyTuple>()?.iter());
        let partial = values::partial(self.py)?.call(PyTuple::new(self.py, given)?, Some(kwargs.cast::<PyDict>()?))?;
        Ok(PartialNew::Object(partial, PyTuple::empty(self.py).into_any()))
    }

    fn global(&mut self, object: &Self::Object) -> PyResult<GlobalName<Self::Object>> {
        let name = self.name.take();
        let found = crate::globals::find(object, name, self.protocol);
        self.depth.leave();
        found
    }

    fn enter(&mut self) -> PyResult<()> {
        if let Some(cycles) = &mut self.cycles {
            cycles.enter()?;
        }
        if mem::take(&mut self.is_id) {
            // For an id CPython makes no call.
            self.depth.enter_uncounted();
            return Ok(());
        }
        self.depth.deepen(self.py, self.calls)
    }

    fn leave(&mut self) {
        if let Some(cycles) = &mut self.cycles {
            cycles.leave();
        }
        self.depth.leave();
    }
}
