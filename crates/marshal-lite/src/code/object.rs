//! [`Code`]: a look at a code object, by the names that Python gives its fields.

use alloc::format;
use alloc::vec::Vec;

use pickle_value::{Kind, View};

use super::exceptions::Handlers;
use super::flags::Flags;
use super::lines::Locations;
use super::{CELL, FREE, Field, LOCAL, Layout};
use crate::error::{Error, ErrorKind};
use crate::graph_source::code_fields;
use crate::version::Release;

/// A look at a code object of a graph.
///
/// ```
/// use marshal_lite::code::Code;
/// use marshal_lite::{Error, ReadOptions, Release};
///
/// // marshal.dumps(compile("x = 1", "x.py", "exec")) of CPython 3.13
/// let data = b"c\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\xf3\x08\0\0\0\x95\0S\0r\0g\x01)\x02\xe9\x01\0\0\0N)\x01\
///     \xda\x01x\xa9\0\xf3\0\0\0\0\xda\x04x.py\xda\x08<module>r\x06\0\0\0\x01\0\0\0s\x0a\0\0\0\xf0\x03\x01\x01\x01\
///     \xd8\x04\x05\x81\x01r\x04\0\0\0";
/// let graph = ReadOptions::new().from_slice(data)?;
/// let code = Code::new(graph.root(), Release::PYTHON_3_13)?;
/// assert_eq!(code.name(), Some("<module>"));
/// assert_eq!(code.consts().to_string(), "(1, None)");
/// assert_eq!(code.locations().lines().last().and_then(|range| range.line), Some(1));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Code<'g> {
    view: View<'g>,
    release: Release,
}

impl<'g> Code<'g> {
    /// Takes an object as a code object of this release.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCode`] if it is none, has another layout, or has a field of a wrong type.
    pub fn new(view: View<'g>, release: Release) -> Result<Code<'g>, Error> {
        let native = view.as_object().and_then(code_fields);
        let (layout, fields) = native.ok_or_else(|| bad(format!("a {} is none", view.kind().type_name())))?;
        if layout != release.layout() {
            return Err(bad(format!("it is not laid out as those of {release}")));
        }
        let code = Code { view, release };
        for (number, &field) in layout.fields().iter().enumerate().take(fields.len()) {
            code.check(field, code.at(number))?;
        }
        Ok(code)
    }

    /// What CPython asks of a field when it makes a code object.
    pub(super) fn check(&self, field: Field, view: View<'g>) -> Result<(), Error> {
        let bytes = if self.release.is_python2() { Kind::ByteString } else { Kind::Bytes };
        let text = if self.release.is_python2() { Kind::ByteString } else { Kind::Text };
        let wanted = match field {
            Field::Code | Field::LocalsPlusKinds | Field::LineTable | Field::ExceptionTable => bytes,
            Field::FileName | Field::Name | Field::QualName => text,
            Field::Consts => Kind::Tuple,
            Field::Names | Field::VarNames | Field::FreeVars | Field::CellVars | Field::LocalsPlusNames => {
                if let Some(item) = view.items().find(|item| item.kind() != text) {
                    return Err(bad(format!("{} has a {}", field.attribute(), item.kind().type_name())));
                }
                Kind::Tuple
            }
            _ => Kind::Int,
        };
        if view.kind() == wanted {
            return Ok(());
        }
        Err(bad(format!("{} is a {}", field.attribute(), view.kind().type_name())))
    }

    /// The object itself.
    #[must_use]
    pub fn view(&self) -> View<'g> {
        self.view
    }

    /// The release that it belongs to.
    #[must_use]
    pub fn release(&self) -> Release {
        self.release
    }

    /// Which fields it has.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.release.layout()
    }

    /// A field as it is in marshal data; absent where the layout has none.
    #[must_use]
    pub fn field(&self, field: Field) -> View<'g> {
        match self.layout().fields().iter().position(|&known| known == field) {
            Some(number) => self.at(number),
            None => View::ABSENT,
        }
    }

    /// A field by its number in the layout: the name of the type and the layout's number stand before them.
    fn at(&self, number: usize) -> View<'g> {
        self.view.as_object().map_or(View::ABSENT, |object| object.field(number + 2))
    }

    fn int(&self, field: Field) -> i32 {
        self.field(field).as_i64().and_then(|value| i32::try_from(value).ok()).unwrap_or(0)
    }

    /// `co_argcount`.
    #[must_use]
    pub fn arg_count(&self) -> i32 {
        self.int(Field::ArgCount)
    }

    /// `co_posonlyargcount`; 0 before 3.8.
    #[must_use]
    pub fn pos_only_arg_count(&self) -> i32 {
        self.int(Field::PosOnlyArgCount)
    }

    /// `co_kwonlyargcount`; 0 in Python 2.
    #[must_use]
    pub fn kw_only_arg_count(&self) -> i32 {
        self.int(Field::KwOnlyArgCount)
    }

    /// `co_nlocals`.
    #[must_use]
    pub fn local_count(&self) -> i32 {
        match self.layout() {
            Layout::LocalsPlus => i32::try_from(self.variables(LOCAL).len()).unwrap_or(i32::MAX),
            _ => self.int(Field::NLocals),
        }
    }

    /// `co_stacksize`.
    #[must_use]
    pub fn stack_size(&self) -> i32 {
        self.int(Field::StackSize)
    }

    /// `co_flags`.
    #[must_use]
    pub fn flags(&self) -> Flags {
        Flags::new(self.int(Field::Flags) as u32, self.release)
    }

    /// `co_code`.
    #[must_use]
    pub fn bytecode(&self) -> &'g [u8] {
        self.field(Field::Code).as_bytes().unwrap_or_default()
    }

    /// `co_consts`.
    #[must_use]
    pub fn consts(&self) -> View<'g> {
        self.field(Field::Consts)
    }

    /// `co_names`.
    #[must_use]
    pub fn names(&self) -> Vec<View<'g>> {
        self.field(Field::Names).items().collect()
    }

    /// `co_varnames`.
    #[must_use]
    pub fn var_names(&self) -> Vec<View<'g>> {
        self.named(Field::VarNames, LOCAL)
    }

    /// `co_cellvars`.
    #[must_use]
    pub fn cell_vars(&self) -> Vec<View<'g>> {
        self.named(Field::CellVars, CELL)
    }

    /// `co_freevars`.
    #[must_use]
    pub fn free_vars(&self) -> Vec<View<'g>> {
        self.named(Field::FreeVars, FREE)
    }

    fn named(&self, field: Field, kind: u8) -> Vec<View<'g>> {
        match self.layout() {
            Layout::LocalsPlus => self.variables(kind),
            _ => self.field(field).items().collect(),
        }
    }

    /// The variables of a kind, of those in one tuple.
    fn variables(&self, kind: u8) -> Vec<View<'g>> {
        let kinds = self.field(Field::LocalsPlusKinds).as_bytes().unwrap_or_default();
        let names = self.field(Field::LocalsPlusNames).items();
        names.zip(kinds).filter(|(_, kinds)| **kinds & kind != 0).map(|(name, _)| name).collect()
    }

    /// `co_filename`, if it is UTF-8.
    #[must_use]
    pub fn file_name(&self) -> Option<&'g str> {
        self.field(Field::FileName).as_str()
    }

    /// `co_name`.
    #[must_use]
    pub fn name(&self) -> Option<&'g str> {
        self.field(Field::Name).as_str()
    }

    /// `co_qualname`; before 3.11, which brought it, nothing.
    #[must_use]
    pub fn qualified_name(&self) -> Option<&'g str> {
        self.field(Field::QualName).as_str()
    }

    /// `co_firstlineno`.
    #[must_use]
    pub fn first_line(&self) -> i32 {
        self.int(Field::FirstLineNo)
    }

    /// `co_lnotab`, or `co_linetable` from 3.10 on.
    #[must_use]
    pub fn line_table(&self) -> &'g [u8] {
        self.field(Field::LineTable).as_bytes().unwrap_or_default()
    }

    /// The line table's entries, which give `co_lines()` and `co_positions()`.
    #[must_use]
    pub fn locations(&self) -> Locations<'g> {
        Locations::new(self.line_table(), self.first_line(), self.bytecode().len(), self.release)
    }

    /// The exception table's entries; before 3.11, which brought it, nothing.
    #[must_use]
    pub fn handlers(&self) -> Handlers<'g> {
        Handlers::new(self.field(Field::ExceptionTable).as_bytes().unwrap_or_default())
    }

    /// The code objects among its constants, in order.
    pub fn inner(&self) -> impl Iterator<Item = View<'g>> + use<'g> {
        self.consts().items().filter(|item| item.as_object().and_then(code_fields).is_some())
    }
}

/// The name of a code object of whatever release; absent for what is none.
pub(crate) fn name_of(view: View<'_>) -> View<'_> {
    let Some((object, (layout, _))) = view.as_object().and_then(|object| Some((object, code_fields(object)?))) else {
        return View::ABSENT;
    };
    let number = layout.fields().iter().position(|&field| field == Field::Name);
    number.map_or(View::ABSENT, |number| object.field(number + 2))
}

#[cold]
pub(super) fn bad(what: alloc::string::String) -> Error {
    ErrorKind::BadCode(what).into()
}
