//! Code objects: their fields, flags, lines, instructions and handlers of exceptions; and code objects with other fields.

mod exceptions;
mod flags;
mod lines;
mod object;
mod replace;

pub use crate::listing::{Argument, Instruction, Instructions};
pub use exceptions::{Handler, Handlers};
pub use flags::Flags;
pub use lines::{Lines, Location, Locations};
pub use object::Code;
pub(crate) use object::name_of;
pub use replace::Replace;

/// The fields that code objects have, in the order of their marshal data.
///
/// Ints come first and once more behind the objects; the order is that of `w_object` in CPython's `marshal.c`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Layout {
    /// CPython 2.7.
    Python2,
    /// CPython 3.0 to 3.7: keyword-only arguments are counted.
    KeywordOnly,
    /// CPython 3.8 to 3.10: positional-only arguments are counted.
    PositionalOnly,
    /// CPython 3.11 to 3.14: all local variables in one tuple, with their kinds; a qualified name; an exception table.
    LocalsPlus,
}

/// A field of a code object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Field {
    /// How many positional arguments there are.
    ArgCount,
    /// How many of them are positional only.
    PosOnlyArgCount,
    /// How many keyword-only arguments there are.
    KwOnlyArgCount,
    /// How many local variables there are.
    NLocals,
    /// How much of the value stack is needed.
    StackSize,
    /// The flags.
    Flags,
    /// The bytecode.
    Code,
    /// The constants.
    Consts,
    /// The names that are used and not local.
    Names,
    /// The names of the local variables.
    VarNames,
    /// The names of the variables of functions around this one.
    FreeVars,
    /// The names of the local variables that functions within use.
    CellVars,
    /// The names of local, cell and free variables.
    LocalsPlusNames,
    /// What each of them is, in bits: [`LOCAL`], [`CELL`], [`FREE`].
    LocalsPlusKinds,
    /// The file that was compiled.
    FileName,
    /// The name of the function or class.
    Name,
    /// The name with those of the functions and classes around.
    QualName,
    /// The first line.
    FirstLineNo,
    /// The lines of the bytecode: `co_lnotab`, or `co_linetable` from 3.10 on.
    LineTable,
    /// Where exceptions are handled.
    ExceptionTable,
}

/// In [`Field::LocalsPlusKinds`]: a local variable, a parameter included.
pub const LOCAL: u8 = 0x20;
/// A variable that functions within use.
pub const CELL: u8 = 0x40;
/// A variable of a function around.
pub const FREE: u8 = 0x80;

#[rustfmt::skip]
const PYTHON2: &[Field] = {
    use Field::*;
    &[
        ArgCount, NLocals, StackSize, Flags, Code, Consts, Names, VarNames, FreeVars, CellVars, FileName, Name,
        FirstLineNo, LineTable,
    ]
};
#[rustfmt::skip]
const KEYWORD_ONLY: &[Field] = {
    use Field::*;
    &[
        ArgCount, KwOnlyArgCount, NLocals, StackSize, Flags, Code, Consts, Names, VarNames, FreeVars, CellVars,
        FileName, Name, FirstLineNo, LineTable,
    ]
};
#[rustfmt::skip]
const POSITIONAL_ONLY: &[Field] = {
    use Field::*;
    &[
        ArgCount, PosOnlyArgCount, KwOnlyArgCount, NLocals, StackSize, Flags, Code, Consts, Names, VarNames, FreeVars,
        CellVars, FileName, Name, FirstLineNo, LineTable,
    ]
};
#[rustfmt::skip]
const LOCALS_PLUS: &[Field] = {
    use Field::*;
    &[
        ArgCount, PosOnlyArgCount, KwOnlyArgCount, StackSize, Flags, Code, Consts, Names, LocalsPlusNames,
        LocalsPlusKinds, FileName, Name, QualName, FirstLineNo, LineTable, ExceptionTable,
    ]
};

impl Field {
    /// Whether it is a number of 32 bits in marshal data, and no object.
    #[must_use]
    pub const fn is_int(self) -> bool {
        use Field::*;
        matches!(self, ArgCount | PosOnlyArgCount | KwOnlyArgCount | NLocals | StackSize | Flags | FirstLineNo)
    }

    /// The attribute of Python's code object that has it, such as `co_argcount`. [`Field::LocalsPlusNames`] and its kinds
    /// have the names that CPython's C code has.
    #[must_use]
    pub const fn attribute(self) -> &'static str {
        use Field::*;
        match self {
            ArgCount => "co_argcount",
            PosOnlyArgCount => "co_posonlyargcount",
            KwOnlyArgCount => "co_kwonlyargcount",
            NLocals => "co_nlocals",
            StackSize => "co_stacksize",
            Flags => "co_flags",
            Code => "co_code",
            Consts => "co_consts",
            Names => "co_names",
            VarNames => "co_varnames",
            FreeVars => "co_freevars",
            CellVars => "co_cellvars",
            LocalsPlusNames => "co_localsplusnames",
            LocalsPlusKinds => "co_localspluskinds",
            FileName => "co_filename",
            Name => "co_name",
            QualName => "co_qualname",
            FirstLineNo => "co_firstlineno",
            LineTable => "co_linetable",
            ExceptionTable => "co_exceptiontable",
        }
    }
}

impl Layout {
    /// The fields, in order.
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Layout::Python2 => PYTHON2,
            Layout::KeywordOnly => KEYWORD_ONLY,
            Layout::PositionalOnly => POSITIONAL_ONLY,
            Layout::LocalsPlus => LOCALS_PLUS,
        }
    }

    /// Where a field stands, which there is.
    pub(crate) const fn at(self, field: Field) -> usize {
        let mut at = 0;
        while self.fields()[at] as u8 != field as u8 {
            at += 1;
        }
        at
    }

    /// How many of the fields are objects.
    pub(crate) const fn objects(self) -> usize {
        self.fields().len() - self.leading_ints() - 1
    }

    /// How many ints stand before the first object.
    pub(crate) const fn leading_ints(self) -> usize {
        match self {
            Layout::Python2 => 4,
            Layout::KeywordOnly | Layout::LocalsPlus => 5,
            Layout::PositionalOnly => 6,
        }
    }

    /// How many objects stand behind the first line.
    pub(crate) const fn objects_behind_line(self) -> usize {
        match self {
            Layout::LocalsPlus => 2,
            _ => 1,
        }
    }

    /// The number that stands for it in a graph: that of the first release that has it, as 308 of 3.8.
    pub(crate) const fn number(self) -> i32 {
        match self {
            Layout::Python2 => 207,
            Layout::KeywordOnly => 300,
            Layout::PositionalOnly => 308,
            Layout::LocalsPlus => 311,
        }
    }

    pub(crate) fn from_number(number: i64) -> Option<Layout> {
        let all = [Layout::Python2, Layout::KeywordOnly, Layout::PositionalOnly, Layout::LocalsPlus];
        all.into_iter().find(|layout| i64::from(layout.number()) == number)
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;

    #[test]
    fn counts_of_fields_are_those_of_the_lists() {
        for layout in [Layout::Python2, Layout::KeywordOnly, Layout::PositionalOnly, Layout::LocalsPlus] {
            let fields = layout.fields();
            assert_eq!(fields.iter().take_while(|field| field.is_int()).count(), layout.leading_ints());
            assert_eq!(fields.iter().filter(|field| !field.is_int()).count(), layout.objects());
            let behind = fields.iter().rev().take_while(|field| !field.is_int()).count();
            assert_eq!(behind, layout.objects_behind_line());
            assert_eq!(Layout::from_number(layout.number().into()), Some(layout));
        }
    }
}
