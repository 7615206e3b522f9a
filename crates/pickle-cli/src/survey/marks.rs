//! [`Marks`]: what tells that Python 2 or Python 3 wrote a pickle.

use std::collections::BTreeSet;

use pickle_codec::names;
use pickle_opcodes::Op;
use pickle_opcodes::number::{IntLine, int_line};

/// What only one of the two writes, as sentences that say what was seen.
#[derive(Default)]
pub(crate) struct Marks {
    pub(crate) python2: BTreeSet<&'static str>,
    pub(crate) python3: BTreeSet<&'static str>,
    /// Names are there that Python 2 has, and that Python 3 writes too below protocol 3: no mark.
    pub(crate) python2_names: bool,
}

impl Marks {
    /// Notes an instruction.
    pub(super) fn instruction(&mut self, op: &Op<'_>) {
        match op {
            // Python 3's picklers have no str but text, and bytes otherwise.
            Op::String(_) => self.python2("STRING, its str"),
            Op::BinString(_) => self.python2("BINSTRING, its str"),
            Op::ShortBinString(_) => self.python2("SHORT_BINSTRING, its str"),
            Op::Inst(_) => self.python2("INST, an instance of an old-style class"),
            Op::Obj => self.python2("OBJ, an instance of an old-style class"),
            // Python 3 writes what 32 bits do not hold as LONG, and nothing else from protocol 1 on.
            Op::Int(line) if line.len() > 9 && is_wide(line) => self.python2("INT of more than 32 bits"),
            Op::Long1(bytes) | Op::Long4(bytes) if is_narrow(bytes) => {
                self.python2("LONG1 or LONG4 of a small int, its long");
            }
            Op::Proto(3..) => self.python3("protocol 3 or higher"),
            op if op.opcode().protocol() >= 3 => self.python3("protocol 3 or higher"),
            _ => {}
        }
    }

    /// Notes a global's name as it stands, in a pickle that declares this protocol.
    pub(super) fn global(&mut self, module: &str, name: &str, protocol: u8) {
        if protocol >= 3 {
            return;
        }
        match (module, name) {
            ("_codecs", "encode") => self.python3("_codecs.encode, which makes its bytes"),
            ("__builtin__", "bytes") => self.python3("__builtin__.bytes"),
            _ if names::to_python2(module, name) != (module, name) => {
                self.python3("names that Python 2 has not, such as builtins");
            }
            _ if names::to_python3(module, name) != (module, name) => self.python2_names = true,
            _ => {}
        }
    }

    fn python2(&mut self, mark: &'static str) {
        self.python2.insert(mark);
    }

    fn python3(&mut self, mark: &'static str) {
        self.python3.insert(mark);
    }
}

fn is_wide(line: &[u8]) -> bool {
    match int_line(line, pickle_opcodes::number::DEFAULT_MAX_DIGITS) {
        Ok(IntLine::Small(value)) => i32::try_from(value).is_err(),
        Ok(IntLine::Big(_)) => true,
        _ => false,
    }
}

/// True for two's complement that 32 bits hold.
fn is_narrow(bytes: &[u8]) -> bool {
    match *bytes {
        [_, _, _, sign, ref rest @ ..] => {
            let fill = if sign >= 0x80 { 0xff } else { 0 };
            rest.iter().all(|&byte| byte == fill)
        }
        _ => true,
    }
}
