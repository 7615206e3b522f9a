//! Globals by name: where an object is found, and what a name finds.

use pickle_codec::{GlobalName, Nesting};
use pyo3::exceptions::{PyAttributeError, PyRuntimeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyModule, PyString};

use crate::errors::PicklingError;
use crate::values::{self, error_of};
use crate::walks::Entries;

/// Where a global is found, after having been found there (`_pickle.c`: `save_global`).
pub(crate) fn find<'py>(
    object: &Bound<'py, PyAny>,
    name: Option<Bound<'py, PyAny>>,
    protocol: u8,
) -> PyResult<GlobalName<Bound<'py, PyAny>>> {
    let py = object.py();
    let name = match name {
        Some(name) => name,
        None => match object.getattr_opt(intern!(py, "__qualname__"))? {
            Some(name) => name,
            None => object.getattr(intern!(py, "__name__"))?,
        },
    };
    let name = name.cast_into::<PyString>()?;
    let path = split(&name, None)?;
    let module_name = module_of(object, &path)?;
    let refusal = py.get_type::<PicklingError>();
    let Ok(module) = import(&module_name) else {
        let args = (object.repr()?, module_name.repr()?);
        return Err(error_of(&refusal, "Can't pickle {}: import of module {} failed", args));
    };
    let Some((found, parent)) = walk(&module, &path)? else {
        let args = (object.repr()?, &name, module_name.str()?);
        return Err(error_of(&refusal, "Can't pickle {}: attribute lookup {} on {} failed", args));
    };
    if !found.is(object) {
        let args = (object.repr()?, module_name.str()?, &name);
        return Err(error_of(&refusal, "Can't pickle {}: it's not the same object as {}.{}", args));
    }
    let extension = if protocol >= 2 { extension_code(object, &module_name, &name)? } else { None };

    let last = path.last().cloned().unwrap_or_else(|| name.clone());
    let in_module = parent.is(&module);
    let name_object = if in_module { last } else { name };
    let text = |what: &'static str, name: &Bound<'py, PyAny>| -> PyResult<String> {
        match name.cast::<PyString>()?.to_str() {
            Ok(text) => Ok(String::from(text)),
            // Surrogates: only STACK_GLOBAL takes the name, and takes it as an object.
            Err(_) if protocol >= 4 => Ok(String::new()),
            Err(_) => {
                let template = "can't pickle {} identifier '{}' using pickle protocol {}";
                Err(error_of(&refusal, template, (what, name, protocol)))
            }
        }
    };
    let nesting = if protocol >= 4 || in_module {
        None
    } else {
        let mut rest = path.into_iter().map(Bound::into_any);
        let first = rest.next().map_or_else(|| Ok(String::new()), |first| text("global", &first))?;
        Some(Nesting { parent, first, rest: rest.collect() })
    };
    Ok(GlobalName {
        module: text("module", &module_name)?,
        name: text("global", name_object.as_any())?,
        module_object: module_name,
        name_object: name_object.into_any(),
        extension,
        nesting,
    })
}

/// The parts of a dotted name. What a function holds cannot be found.
fn split<'py>(name: &Bound<'py, PyString>, of: Option<&Bound<'py, PyAny>>) -> PyResult<Vec<Bound<'py, PyString>>> {
    let py = name.py();
    let parts = name.call_method1(intern!(py, "split"), (intern!(py, "."),))?;
    let parts = parts.try_iter()?.map(|part| Ok(part?.cast_into::<PyString>()?)).collect::<PyResult<Vec<_>>>()?;
    if parts.iter().any(|part| part.to_str().is_ok_and(|part| part == "<locals>")) {
        let verb = if py.version_info() >= (3, 13) { "get" } else { "pickle" };
        let kind = py.get_type::<PyAttributeError>();
        return Err(match of {
            None => error_of(&kind, "Can't {} local object {}", (verb, name.repr()?)),
            Some(of) => error_of(&kind, "Can't {} local attribute {} on {}", (verb, name.repr()?, of.repr()?)),
        });
    }
    Ok(parts)
}

/// The attribute at the end of a path, and what it is an attribute of.
fn walk<'py>(
    module: &Bound<'py, PyAny>,
    path: &[Bound<'py, PyString>],
) -> PyResult<Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
    let mut parent = module.clone();
    let mut object = module.clone();
    for part in path {
        let Some(next) = object.getattr_opt(part)? else { return Ok(None) };
        parent = std::mem::replace(&mut object, next);
    }
    Ok(Some((object, parent)))
}

/// The name of the module that an object is in: what it says itself, or the first that has it.
fn module_of<'py>(object: &Bound<'py, PyAny>, path: &[Bound<'py, PyString>]) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    if let Some(name) = object.getattr_opt(intern!(py, "__module__"))?
        && !name.is_none()
    {
        return Ok(name);
    }
    let modules = py.import(intern!(py, "sys"))?.getattr(intern!(py, "modules"))?;
    let main = intern!(py, "__main__");
    let has = |name: &Bound<'py, PyAny>, module: &Bound<'py, PyAny>| -> PyResult<bool> {
        if module.is_none() || name.eq(main)? {
            return Ok(false);
        }
        Ok(walk(module, path)?.is_some_and(|(found, _)| found.is(object)))
    };
    if let Ok(modules) = modules.cast_exact::<PyDict>() {
        for (name, module) in Entries::new(modules.clone()) {
            if has(&name, &module)? {
                return Ok(name);
            }
        }
    } else {
        for name in modules.try_iter()? {
            let name = name?;
            if has(&name, &modules.get_item(&name)?)? {
                return Ok(name);
            }
        }
    }
    Ok(main.clone().into_any())
}

/// The code of a global in `copyreg`'s registry.
fn extension_code<'py>(
    object: &Bound<'py, PyAny>,
    module: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
) -> PyResult<Option<u32>> {
    let registry = values::extension_registry(object.py())?.cast::<PyDict>()?;
    let Some(code) = registry.get_item((module, name))? else { return Ok(None) };
    let py = object.py();
    if py.version_info() >= (3, 13) {
        let code: i64 = code.extract()?;
        return match u32::try_from(code) {
            Ok(valid @ 1..=MAX_CODE) => Ok(Some(valid)),
            _ => Err(PyRuntimeError::new_err(format!("extension code {code} is out of range"))),
        };
    }
    let Ok(int) = code.cast::<PyInt>() else {
        let message = format!("Can't pickle {}: extension code {} isn't an integer", object.repr()?, code.repr()?);
        return Err(PicklingError::new_err(message));
    };
    let code: i64 = int.extract()?;
    match u32::try_from(code) {
        Ok(valid @ 1..=MAX_CODE) => Ok(Some(valid)),
        _ => {
            let message = format!("Can't pickle {}: extension code {code} is out of range", object.repr()?);
            Err(PicklingError::new_err(message))
        }
    }
}

/// The largest extension code.
const MAX_CODE: u32 = i32::MAX as u32;

fn import<'py>(name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyModule::import(name.py(), name.cast::<PyString>()?)?.into_any())
}

/// `find_class`: imports a module and gives its attribute, from protocol 4 on by a dotted name.
pub(crate) fn load<'py>(
    module: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
    protocol: u8,
    fix_imports: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = module.py();
    if cfg!(Py_3_8) {
        let audit = py.import(intern!(py, "sys"))?.getattr(intern!(py, "audit"))?;
        audit.call1((intern!(py, "pickle.find_class"), module, name))?;
    }
    let (module, name) = (module.cast::<PyString>()?, name.cast::<PyString>()?);
    let (mut module, mut name) = (module.clone(), name.clone());
    if protocol < 3 && fix_imports {
        let (old_module, old_name) = (module.to_str()?.to_owned(), name.to_str()?.to_owned());
        let (new_module, new_name) = pickle_codec::names::to_python3(&old_module, &old_name);
        if (new_module, new_name) != (&old_module[..], &old_name[..]) {
            module = PyString::new(py, new_module);
            name = PyString::new(py, new_name);
        }
    }
    let module = import(module.as_any())?;
    let found = if protocol >= 4 {
        let path = split(&name, Some(&module))?;
        walk(&module, &path)?.map(|(found, _)| found)
    } else {
        module.getattr_opt(&name)?
    };
    match found {
        Some(found) => Ok(found),
        None => {
            let args = (name.repr()?, module.repr()?);
            Err(error_of(&py.get_type::<PyAttributeError>(), "Can't get attribute {} on {}", args))
        }
    }
}
