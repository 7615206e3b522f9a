//! Plain values in and out of the interpreter, and the objects that are looked up once.

use std::ffi::CStr;

use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyInt, PyString, PyTuple, PyType};

/// An attribute of a module that is looked up once.
macro_rules! imported {
    ($($(#[$meta:meta])* $name:ident = $module:literal . $attribute:literal;)*) => {
        $(
            $(#[$meta])*
            pub(crate) fn $name<'py>(py: Python<'py>) -> PyResult<&'py Bound<'py, PyAny>> {
                static CELL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                CELL.get_or_try_init(py, || Ok(py.import($module)?.getattr($attribute)?.unbind()))
                    .map(|object| object.bind(py))
            }
        )*
    };
}

imported! {
    partial = "functools"."partial";
    #[cfg(not(Py_3_13))]
    method_type = "types"."MethodType";
    getattr = "builtins"."getattr";
    encode = "codecs"."encode";
    new_obj = "copyreg"."__newobj__";
    new_obj_ex = "copyreg"."__newobj_ex__";
    dispatch_table = "copyreg"."dispatch_table";
    extension_registry = "copyreg"."_extension_registry";
    inverted_registry = "copyreg"."_inverted_registry";
    extension_cache = "copyreg"."_extension_cache";
    code_type = "types"."CodeType";
    digits_limit = "sys"."get_int_max_str_digits";
}

// PyO3 has no binding for it.
#[cfg(Py_3_8)]
unsafe extern "C" {
    static mut PyPickleBuffer_Type: ffi::PyTypeObject;
}

/// The interpreter's own `PickleBuffer`.
#[cfg(Py_3_8)]
pub(crate) fn pickle_buffer_type(py: Python<'_>) -> Bound<'_, PyType> {
    // SAFETY: a static type of the interpreter, ready since its start.
    unsafe { PyType::from_borrowed_type_ptr(py, &raw mut PyPickleBuffer_Type) }
}

#[cfg(Py_3_8)]
pub(crate) fn is_pickle_buffer(object: &Bound<'_, PyAny>) -> bool {
    object.get_type_ptr() == &raw mut PyPickleBuffer_Type
}

/// Before protocol 5 there is no `PickleBuffer`.
#[cfg(not(Py_3_8))]
pub(crate) fn is_pickle_buffer(_object: &Bound<'_, PyAny>) -> bool {
    false
}

/// The int, if 64 bits hold it.
#[inline]
pub(crate) fn small_int(int: &Bound<'_, PyInt>) -> Option<i64> {
    let mut overflow = 0;
    // SAFETY: an int, for which only an overflow can go wrong; that is told by the flag.
    let value = unsafe { ffi::PyLong_AsLongLongAndOverflow(int.as_ptr(), &mut overflow) };
    (overflow == 0).then_some(value)
}

/// An int of any size as two's complement, little-endian.
pub(crate) fn int_bytes(int: &Bound<'_, PyInt>) -> PyResult<Vec<u8>> {
    let py = int.py();
    let bits: usize = int.call_method0(intern!(py, "bit_length"))?.extract()?;
    let signed = PyDict::new(py);
    signed.set_item(intern!(py, "signed"), true)?;
    let bytes = int.call_method(intern!(py, "to_bytes"), (bits / 8 + 1, intern!(py, "little")), Some(&signed))?;
    Ok(bytes.cast_into::<PyBytes>()?.as_bytes().to_vec())
}

/// The other way round.
pub(crate) fn int_from_bytes<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    if bytes.len() <= 8 {
        let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut word = if negative { [0xff; 8] } else { [0; 8] };
        word[..bytes.len()].copy_from_slice(bytes);
        return Ok(PyInt::new(py, i64::from_le_bytes(word)).into_any());
    }
    let signed = PyDict::new(py);
    signed.set_item(intern!(py, "signed"), true)?;
    py.get_type::<PyInt>().call_method(
        intern!(py, "from_bytes"),
        (PyBytes::new(py, bytes), intern!(py, "little")),
        Some(&signed),
    )
}

/// How many digits of a decimal the interpreter reads; 0 stands for no limit.
pub(crate) fn max_digits(py: Python<'_>) -> PyResult<usize> {
    // Releases from before 2022 have none.
    let Ok(limit) = digits_limit(py) else { return Ok(usize::MAX) };
    let limit = limit.call0()?.extract()?;
    Ok(if limit == 0 { usize::MAX } else { limit })
}

/// A bytes object that is new even if it has a single byte, of which there is one otherwise: so CPython makes those of a
/// bytearray and of BINBYTES.
pub(crate) fn new_bytes<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let copy = |buffer: &mut [u8]| {
        buffer.copy_from_slice(bytes);
        Ok(())
    };
    Ok(PyBytes::new_with(py, bytes.len(), copy)?.into_any())
}

/// A str of UTF-8 in which surrogates may be encoded.
#[inline]
pub(crate) fn text<'py>(py: Python<'py>, utf8: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let length = utf8.len() as ffi::Py_ssize_t;
    // SAFETY: the slice is valid for its length, which fits as every slice's does; the result is a new reference.
    unsafe {
        let text = ffi::PyUnicode_DecodeUTF8(utf8.as_ptr().cast(), length, c"surrogatepass".as_ptr());
        Bound::from_owned_ptr_or_err(py, text)
    }
}

/// A str of bytes in a codec.
pub(crate) fn decoded<'py>(
    py: Python<'py>,
    bytes: &[u8],
    encoding: &CStr,
    errors: &CStr,
) -> PyResult<Bound<'py, PyAny>> {
    let length = bytes.len() as ffi::Py_ssize_t;
    // SAFETY: as in `text`; the names end with a NUL.
    unsafe {
        let text = ffi::PyUnicode_Decode(bytes.as_ptr().cast(), length, encoding.as_ptr(), errors.as_ptr());
        Bound::from_owned_ptr_or_err(py, text)
    }
}

/// A str with surrogates, as UTF-8 in which they are encoded.
pub(crate) fn surrogates_passed(text: &Bound<'_, PyString>) -> PyResult<Vec<u8>> {
    let py = text.py();
    let bytes = text.call_method1(intern!(py, "encode"), (intern!(py, "utf-8"), intern!(py, "surrogatepass")))?;
    Ok(bytes.cast_into::<PyBytes>()?.as_bytes().to_vec())
}

/// The one str of the interpreter that reads the same, made so if need be.
pub(crate) fn interned(text: Bound<'_, PyAny>) -> Bound<'_, PyAny> {
    if !text.is_exact_instance_of::<PyString>() {
        return text;
    }
    let py = text.py();
    let mut pointer = text.into_ptr();
    // SAFETY: the reference is ours and goes in; another, or the same, comes out in its place.
    unsafe {
        ffi::PyUnicode_InternInPlace(&mut pointer);
        Bound::from_owned_ptr(py, pointer)
    }
}

/// `cls.__new__(cls, *args, **kwargs)` by the type's own slot, as CPython's loader calls it.
pub(crate) fn call_new<'py>(
    class: &Bound<'py, PyType>,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> Option<PyResult<Bound<'py, PyAny>>> {
    let type_object = class.as_type_ptr();
    // SAFETY: a type, a tuple and a dict, all alive; the result is a new reference.
    unsafe {
        let new = (*type_object).tp_new?;
        let kwargs = kwargs.map_or(std::ptr::null_mut(), Bound::as_ptr);
        Some(Bound::from_owned_ptr_or_err(class.py(), new(type_object, args.as_ptr(), kwargs)))
    }
}

/// An exception whose text Python puts together: names may hold what UTF-8 does not.
#[cold]
pub(crate) fn error_of<'py, A>(kind: &Bound<'py, PyType>, template: &str, args: A) -> PyErr
where
    A: pyo3::call::PyCallArgs<'py>,
{
    match PyString::new(kind.py(), template).call_method1(intern!(kind.py(), "format"), args) {
        Ok(text) => PyErr::from_type(kind.clone(), (text.unbind(),)),
        Err(error) => error,
    }
}

/// A type's name as the interpreter's own messages have it: with the module for a type that C defines.
pub(crate) fn tp_name(class: &Bound<'_, PyType>) -> String {
    // SAFETY: a type that is alive, whose name is a C string that lives as long.
    unsafe { CStr::from_ptr((*class.as_type_ptr()).tp_name) }.to_string_lossy().into_owned()
}

/// The name of an object's type, for a message.
pub(crate) fn type_name(object: &Bound<'_, PyAny>) -> String {
    tp_name(&object.get_type())
}
