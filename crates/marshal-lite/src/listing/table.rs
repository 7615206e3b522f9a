//! What a table of opcodes is made of.

/// The opcodes of a release.
#[derive(Debug)]
pub(super) struct Table {
    /// By number.
    pub(super) operations: &'static [Operation],
    /// Opcodes without a name have an argument from this number on.
    pub(super) argument_from: u16,
    pub(super) extended_arg: u8,
    /// The operators of comparisons.
    pub(super) compare: &'static [&'static str],
    /// The operators of `BINARY_OP`.
    pub(super) binary: &'static [&'static str],
    pub(super) intrinsics_1: &'static [&'static str],
    pub(super) intrinsics_2: &'static [&'static str],
}

/// An opcode.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) number: u8,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// How many code units behind it are its inline cache.
    pub(super) caches: u8,
}

/// What the argument of an opcode is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// There is none.
    No,
    /// A number.
    Number,
    /// The number of a constant.
    Const,
    /// The number of a name.
    Name,
    /// The same in all bits but the lowest, which says that NULL is pushed, too.
    Global,
    /// The same for NULL or `self`.
    Attribute,
    /// The same in all bits but the lowest two.
    SuperAttribute,
    /// The number of a local variable.
    Local,
    /// Those of two, in four bits each.
    Locals,
    /// The number of a cell or a free variable.
    Free,
    /// The place to jump to.
    JumpTo,
    /// How far to jump.
    JumpForward,
    /// How far to jump back.
    JumpBackward,
    /// A comparison.
    Compare,
    /// How to format.
    FormatValue,
    /// What to convert by.
    Conversion,
    /// What a function is made with, in bits.
    FunctionParts,
    /// A binary operation.
    BinaryOp,
    /// An intrinsic function with one argument.
    Intrinsic1,
    /// An intrinsic function with two arguments.
    Intrinsic2,
    /// Something that many modules use.
    CommonConstant,
    /// A method that `with` calls.
    Special,
    /// Whether `is` is negated.
    Is,
    /// Whether `in` is negated.
    Contains,
}

pub(super) const fn operation(number: u8, name: &'static str, kind: Kind, caches: u8) -> Operation {
    Operation { number, name, kind, caches }
}

impl Table {
    pub(super) fn operation(&self, number: u8) -> Option<&'static Operation> {
        let at = self.operations.binary_search_by_key(&number, |operation| operation.number).ok()?;
        Some(&self.operations[at])
    }
}
