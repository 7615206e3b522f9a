//! Code objects, taken apart and made.

use marshal_lite::Release;
use marshal_lite::code::{CELL, FREE, Field, LOCAL, Layout};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple, PyType};

use crate::values;

/// The type of code objects.
pub(super) fn code_type(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    Ok(values::code_type(py)?.cast::<PyType>()?.clone())
}

/// The fields of a code object, in the layout's order.
pub(super) fn fields<'py>(code: &Bound<'py, PyAny>, layout: Layout) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let variables = if layout == Layout::LocalsPlus { Some(variables(code)?) } else { None };
    let line_table = if code.hasattr(intern!(code.py(), "co_linetable"))? { "co_linetable" } else { "co_lnotab" };
    let field = |field: &Field| match (field, &variables) {
        (Field::LocalsPlusNames, Some((names, _))) => Ok(names.clone().into_any()),
        (Field::LocalsPlusKinds, Some((_, kinds))) => Ok(kinds.clone().into_any()),
        (Field::LineTable, _) => code.getattr(line_table),
        _ => code.getattr(field.attribute()),
    };
    layout.fields().iter().map(field).collect()
}

/// The names of all variables and what they are, which Python code is told apart.
fn variables<'py>(code: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyBytes>)> {
    let py = code.py();
    let names_of = |attribute: &str| -> PyResult<Vec<String>> { code.getattr(attribute)?.extract() };
    let (locals, cells, free) = (names_of("co_varnames")?, names_of("co_cellvars")?, names_of("co_freevars")?);
    let mut kinds: Vec<u8> =
        locals.iter().map(|name| if cells.contains(name) { LOCAL | CELL } else { LOCAL }).collect();
    kinds.extend(cells.iter().filter(|name| !locals.contains(name)).map(|_| CELL));
    kinds.extend(free.iter().map(|_| FREE));
    // The very objects, in the order in which the instructions number them.
    let name = |number: usize| code.call_method1(intern!(py, "_varname_from_oparg"), (number,));
    let names = (0..kinds.len()).map(name).collect::<PyResult<Vec<_>>>()?;
    Ok((PyTuple::new(py, names)?, PyBytes::new(py, &kinds)))
}

/// A code object of such fields.
pub(super) fn make<'py>(
    py: Python<'py>,
    release: Release,
    layout: Layout,
    fields: &[Bound<'py, PyAny>],
) -> PyResult<Bound<'py, PyAny>> {
    let of = |field: Field| -> PyResult<Bound<'py, PyAny>> {
        let place = layout.fields().iter().position(|&known| known == field);
        let value = place.and_then(|place| fields.get(place)).cloned();
        value.ok_or_else(|| PyValueError::new_err(format!("no {} in a code object", field.attribute())))
    };
    let mut args = vec![of(Field::ArgCount)?];
    if release.number() >= (3, 8) {
        args.push(of(Field::PosOnlyArgCount)?);
    }
    args.push(of(Field::KwOnlyArgCount)?);
    if layout != Layout::LocalsPlus {
        for field in [Field::NLocals, Field::StackSize, Field::Flags, Field::Code, Field::Consts, Field::Names] {
            args.push(of(field)?);
        }
        for field in [Field::VarNames, Field::FileName, Field::Name, Field::FirstLineNo, Field::LineTable] {
            args.push(of(field)?);
        }
        args.push(of(Field::FreeVars)?);
        args.push(of(Field::CellVars)?);
    } else {
        let names: Vec<Bound<'py, PyAny>> = of(Field::LocalsPlusNames)?.extract()?;
        let kinds = of(Field::LocalsPlusKinds)?;
        let kinds = kinds.cast::<PyBytes>()?.as_bytes();
        let of_kind = |kind: u8| -> PyResult<Bound<'py, PyAny>> {
            let chosen = names.iter().zip(kinds).filter(|(_, kinds)| **kinds & kind != 0).map(|(name, _)| name);
            Ok(PyTuple::new(py, chosen.collect::<Vec<_>>())?.into_any())
        };
        let locals = of_kind(LOCAL)?;
        args.push(locals.len()?.into_pyobject(py)?.into_any());
        for field in [Field::StackSize, Field::Flags, Field::Code, Field::Consts, Field::Names] {
            args.push(of(field)?);
        }
        args.push(locals);
        for field in [Field::FileName, Field::Name, Field::QualName, Field::FirstLineNo, Field::LineTable] {
            args.push(of(field)?);
        }
        args.extend([of(Field::ExceptionTable)?, of_kind(FREE)?, of_kind(CELL)?]);
    }
    code_type(py)?.call1(PyTuple::new(py, args)?)
}
