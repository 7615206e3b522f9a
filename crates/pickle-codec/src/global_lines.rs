//! The two lines of GLOBAL and INST: what CPython refuses in them, and in which order.

use pickle_opcodes::{Opcode, Pair};

use crate::error::ErrorKind;

/// What is wrong with an instruction before its second line, at whose lack decoding it failed: CPython looks at the first
/// line before it reads another.
#[cold]
pub(crate) fn fault_before_end(instruction: &[u8], opcode: Option<Opcode>, has_mark: bool) -> Option<ErrorKind> {
    let first_line = || {
        let line = instruction.get(1..)?;
        line.get(..line.iter().position(|&byte| byte == b'\n')?)
    };
    match opcode? {
        Opcode::Inst if !has_mark => Some(ErrorKind::NoMark),
        Opcode::Inst => inst_name(first_line()?).err(),
        Opcode::Global => {
            let module = first_line()?;
            let good = !module.is_empty() && core::str::from_utf8(module).is_ok();
            (!good).then(|| nameless(Pair { module, name: b"" }))
        }
        _ => None,
    }
}

/// A line of INST, whose names Python 2 wrote: CPython reads them as ASCII.
pub(crate) fn inst_name(line: &[u8]) -> Result<&[u8], ErrorKind> {
    match line {
        [] => Err(empty_name()),
        line if line.is_ascii() => Ok(line),
        _ => Err(ErrorKind::NameNotText("INST")),
    }
}

/// What is wrong with a GLOBAL one of whose lines is empty.
#[cold]
pub(crate) fn nameless(pair: Pair<'_>) -> ErrorKind {
    match core::str::from_utf8(pair.module) {
        Ok(_) => empty_name(),
        Err(_) => ErrorKind::NameNotText("GLOBAL"),
    }
}

/// CPython calls an empty line truncated.
fn empty_name() -> ErrorKind {
    pickle_opcodes::ErrorKind::Truncated { missing: 1 }.into()
}
