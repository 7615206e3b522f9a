//! Instructions: what bytecode does, by the names of each release's `dis`.

mod argument;
mod table;
mod tables;

pub use argument::Argument;

use alloc::vec::Vec;
use core::iter::FusedIterator;

use pickle_value::View;

use self::table::{Kind, Table};
use crate::code::{Code, Field, Layout};
use crate::error::{Error, ErrorKind};

/// An instruction of a code object.
#[derive(Clone, Copy, Debug)]
pub struct Instruction<'g> {
    /// Where it stands, in bytes. What extends its argument stands before it, as instructions of their own.
    pub offset: u32,
    /// Its first byte.
    pub opcode: u8,
    /// The name of the opcode; nothing for one that the release does not know.
    pub name: Option<&'static str>,
    /// The number behind it, with what extends it.
    pub arg: Option<i64>,
    /// What that means.
    pub argument: Argument<'g>,
}

/// The instructions of a code object, in order: what `dis.get_instructions` gives. Inline caches are left out.
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
/// let lines = code.instructions()?.map(|instruction| instruction.to_string()).collect::<Vec<_>>();
/// assert_eq!(lines, ["0 RESUME 0", "2 LOAD_CONST 0 (1)", "4 STORE_NAME 0 (x)", "6 RETURN_CONST 1 (None)"]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Instructions<'g> {
    code: &'g [u8],
    offset: usize,
    /// What the instructions before add to the next argument.
    extended: i64,
    scope: Scope<'g>,
}

/// What arguments refer to.
#[derive(Clone, Debug)]
struct Scope<'g> {
    table: &'static Table,
    release: (u8, u8),
    consts: Vec<View<'g>>,
    names: Vec<View<'g>>,
    locals: Vec<View<'g>>,
    free: Vec<View<'g>>,
}

impl<'g> Code<'g> {
    /// The instructions.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownOpcodes`] for a release whose opcodes are not known: 3.0 to 3.5.
    #[doc(alias = "dis")]
    pub fn instructions(&self) -> Result<Instructions<'g>, Error> {
        let table = tables::table(self.release()).ok_or(ErrorKind::UnknownOpcodes(self.release()))?;
        let (locals, free) = match self.layout() {
            // Both by their number among all variables.
            Layout::LocalsPlus => {
                let variables: Vec<View<'g>> = self.field(Field::LocalsPlusNames).items().collect();
                (variables.clone(), variables)
            }
            _ => (self.var_names(), self.cell_vars().into_iter().chain(self.free_vars()).collect()),
        };
        let (consts, names) = (self.consts().items().collect(), self.names());
        let scope = Scope { table, release: self.release().number(), consts, names, locals, free };
        Ok(Instructions { code: self.bytecode(), offset: 0, extended: 0, scope })
    }
}

impl<'g> Iterator for Instructions<'g> {
    type Item = Instruction<'g>;

    /// An instruction whose argument is cut off ends the listing.
    fn next(&mut self) -> Option<Instruction<'g>> {
        let offset = self.offset;
        let opcode = *self.code.get(offset)?;
        let operation = self.scope.table.operation(opcode);
        let kind = match operation {
            Some(operation) => operation.kind,
            None if u16::from(opcode) >= self.scope.table.argument_from => Kind::Number,
            None => Kind::No,
        };
        let arg = if kind == Kind::No { None } else { Some(self.arg(opcode)?) };
        let length = match (self.scope.release.0, kind) {
            (2, Kind::No) => 1,
            (2, _) => 3,
            _ => 2,
        };
        let caches = operation.map_or(0, |operation| usize::from(operation.caches));
        self.offset = offset + length + 2 * caches;
        let argument = match arg {
            Some(arg) => self.scope.resolve(kind, arg, self.offset as i64),
            None => Argument::None,
        };
        let name = operation.map(|operation| operation.name);
        Some(Instruction { offset: offset as u32, opcode, name, arg, argument })
    }
}

impl FusedIterator for Instructions<'_> {}

impl Instructions<'_> {
    /// The argument of the instruction that begins here, with what was said before of it.
    fn arg(&mut self, opcode: u8) -> Option<i64> {
        let extends = opcode == self.scope.table.extended_arg;
        let before = core::mem::take(&mut self.extended);
        if self.scope.release.0 == 2 {
            let [low, high] = *self.code[self.offset + 1..].first_chunk()?;
            let arg = i64::from(u16::from_le_bytes([low, high])).wrapping_add(before);
            if extends {
                self.extended = arg.wrapping_mul(1 << 16);
            }
            return Some(arg);
        }
        let arg = i64::from(*self.code.get(self.offset + 1)?) | before;
        if extends {
            // An int of 32 bits in CPython.
            self.extended = i64::from((arg << 8) as i32);
        }
        Some(arg)
    }
}

impl<'g> Scope<'g> {
    /// What a number means, in an instruction that ends at `end`, its cache included.
    fn resolve(&self, kind: Kind, arg: i64, end: i64) -> Argument<'g> {
        let at = |list: &[View<'g>], number: i64| {
            usize::try_from(number).ok().and_then(|number| list.get(number).copied()).unwrap_or(View::ABSENT)
        };
        let word = |list: &[&'static str], number: i64| {
            let word = usize::try_from(number).ok().and_then(|number| list.get(number));
            word.map_or(Argument::Number, |&word| Argument::Word(word))
        };
        // From 3.10 on in code units, not in bytes.
        let distance = if self.release >= (3, 10) { arg.wrapping_mul(2) } else { arg };
        match kind {
            Kind::No => Argument::None,
            Kind::Number => Argument::Number,
            Kind::Const => Argument::Const(at(&self.consts, arg)),
            Kind::Name => Argument::Name(at(&self.names, arg)),
            Kind::Global => Argument::with_null(at(&self.names, arg >> 1), arg, "NULL", self.release),
            Kind::Attribute => Argument::with_null(at(&self.names, arg >> 1), arg, "NULL|self", self.release),
            Kind::SuperAttribute => Argument::with_null(at(&self.names, arg >> 2), arg, "NULL|self", self.release),
            Kind::Local => Argument::Name(at(&self.locals, arg)),
            Kind::Locals => Argument::Names(at(&self.locals, arg >> 4), at(&self.locals, arg & 15)),
            Kind::Free => Argument::Name(at(&self.free, arg)),
            Kind::JumpTo => Argument::Target(distance),
            Kind::JumpForward => Argument::Target(end.wrapping_add(distance)),
            Kind::JumpBackward => Argument::Target(end.wrapping_sub(distance)),
            Kind::Compare => match self.release {
                (3, 13..) if arg & 16 != 0 => match word(self.table.compare, arg >> 5) {
                    Argument::Word(operator) => Argument::Truth(operator),
                    other => other,
                },
                (3, 13..) => word(self.table.compare, arg >> 5),
                (3, 12) => word(self.table.compare, arg >> 4),
                _ => word(self.table.compare, arg),
            },
            Kind::FormatValue => {
                Argument::Format { conversion: CONVERSIONS[(arg & 3) as usize], with_format: arg & 4 != 0 }
            }
            Kind::Conversion => word(&CONVERSIONS, arg),
            Kind::FunctionParts => Argument::FunctionParts((arg & if self.release >= (3, 14) { 31 } else { 15 }) as u8),
            Kind::BinaryOp => word(self.table.binary, arg),
            Kind::Intrinsic1 => word(self.table.intrinsics_1, arg),
            Kind::Intrinsic2 => word(self.table.intrinsics_2, arg),
            Kind::CommonConstant => word(&COMMON_CONSTANTS, arg),
            Kind::Special => word(&SPECIAL_METHODS, arg),
            Kind::Is => Argument::Word(if arg == 0 { "is" } else { "is not" }),
            Kind::Contains => Argument::Word(if arg == 0 { "in" } else { "not in" }),
        }
    }
}

/// The functions that values are converted by before they are formatted.
const CONVERSIONS: [&str; 4] = ["", "str", "repr", "ascii"];

/// What LOAD_COMMON_CONSTANT pushes, as 3.14's `dis` prints it.
const COMMON_CONSTANTS: [&str; 5] =
    ["AssertionError", "NotImplementedError", "tuple", "<built-in function all>", "<built-in function any>"];

/// The methods that LOAD_SPECIAL looks up.
const SPECIAL_METHODS: [&str; 4] = ["__enter__", "__exit__", "__aenter__", "__aexit__"];

/// As a line of `dis` has it: offset, name, number, meaning.
impl core::fmt::Display for Instruction<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.name {
            Some(name) => write!(f, "{} {name}", self.offset)?,
            None => write!(f, "{} <{}>", self.offset, self.opcode)?,
        }
        if let Some(arg) = self.arg {
            write!(f, " {arg}")?;
        }
        if self.argument.says_more() {
            write!(f, " ({})", self.argument)?;
        }
        Ok(())
    }
}
