//! Our side of `listing.py`: the instructions of a code object, line by line; and the tables of opcodes.

use std::fs;

use marshal_lite::Release;
use marshal_lite::code::{Argument, Code, Instruction};

use super::ask::said;
use super::fields::{point, spell};
use crate::compat::pythons::Interpreter;
use crate::{Result, paths};

/// The lines that tell of all instructions of one code object.
pub(super) fn describe(code: &Code<'_>) -> Vec<String> {
    match code.instructions() {
        Ok(instructions) => instructions.map(|instruction| line(&instruction)).collect(),
        Err(error) => vec![error.to_string()],
    }
}

fn line(instruction: &Instruction<'_>) -> String {
    let name = instruction.name.map_or_else(|| format!("<{}>", instruction.opcode), str::to_owned);
    let arg = instruction.arg.map_or_else(|| "None".to_owned(), |arg| arg.to_string());
    let meaning = match instruction.argument {
        Argument::Const(view) => spell(view),
        argument => argument.to_string().chars().map(|character| point(character.into())).collect(),
    };
    format!("{} {name} {arg} {meaning}", instruction.offset)
}

/// Whether the committed table is the one that the interpreter's script writes; gives how many are not.
pub(super) fn check_table(python: &Interpreter, release: Release) -> Result<usize> {
    let written = said(python, &paths::marshal_scripts().join("opcodes.py"), &[])?;
    let (major, minor) = release.number();
    let committed = fs::read(paths::opcode_tables().join(format!("python_{major}_{minor}.rs")))?;
    if written == committed {
        return Ok(0);
    }
    println!("CPython {}: its opcodes are others than those of the committed table", python.version);
    Ok(1)
}
