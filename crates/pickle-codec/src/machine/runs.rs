//! Runs of one sort of instruction, which are read without a branch on what comes next.

use pickle_opcodes::Opcode;

use super::Machine;
use crate::fault::{Fault, MachineError};
use crate::host::Host;

/// True where another BININT or a LONG1 follows.
#[inline(always)]
pub(super) fn is_int(input: &[u8], at: usize) -> bool {
    const INT1: u8 = Opcode::BinInt1 as u8;
    const INT2: u8 = Opcode::BinInt2 as u8;
    const INT4: u8 = Opcode::BinInt as u8;
    const LONG1: u8 = Opcode::Long1 as u8;
    matches!(input.get(at), Some(&(INT1 | INT2 | INT4 | LONG1)))
}

impl<O: Clone> Machine<O> {
    /// Runs the BININT, BININT1 and BININT2 from `at` on, and each LONG1 that is an int of up to 48 bits to the host; gives
    /// where another instruction starts.
    ///
    /// Which of them comes next is often random, and guessing it wrong costs more than running it: here nothing branches on
    /// it (7 → 3 ns an int of mixed width).
    #[inline(never)]
    pub(super) fn run_of_ints<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        mut at: usize,
    ) -> Result<usize, MachineError<H::Error>> {
        let with_longs = host.takes_longs_as_ints();
        let forms = if with_longs { &INTS_AND_LONGS } else { &INTS };
        while let Some(window) = input[at..].first_chunk::<8>() {
            let word = u64::from_le_bytes(*window);
            let form = forms[(word & 0xff) as usize];
            let size = u64::from(form.size) | (word >> 8 & u64::from(form.counted));
            // No other instruction has a size, an empty LONG1 has none, and a longer one does not fit the window.
            if size.wrapping_sub(1) >= 6 {
                break;
            }
            let behind = 64 - 8 * size;
            let signed = (word >> (8 * form.head) << behind) as i64 >> behind;
            let value = signed & form.mask;
            match if with_longs { host.int(value) } else { host.int32(value as i32) } {
                Ok(object) => self.stack.push(object),
                Err(error) => {
                    let opcode = Opcode::from_byte(word as u8).unwrap_or(Opcode::BinInt);
                    return Err(Fault::Host(error).at(at, opcode));
                }
            }
            at += usize::from(form.head) + size as usize;
        }
        Ok(at)
    }

    /// Runs the BINGET from `at` on; gives where another instruction starts, or one that fails.
    #[inline(never)]
    pub(super) fn run_of_gets(&mut self, input: &[u8], mut at: usize) -> usize {
        let gets = input[at..].chunks_exact(2).take_while(|pair| pair[0] == Opcode::BinGet.byte());
        for pair in gets {
            let Some(object) = self.memo.get(u64::from(pair[1])) else { break };
            self.stack.push(object.clone());
            at += 2;
        }
        at
    }
}

/// How an opcode spells an int, if it does.
#[derive(Clone, Copy)]
struct IntForm {
    /// How many bytes stand before the int's own.
    head: u8,
    /// How many its own are; 0 where a byte before them says it, or where it is no int.
    size: u8,
    /// Which bits of the byte behind the opcode say how many there are.
    counted: u8,
    /// Which bits are the int's, once it was read with a sign.
    mask: i64,
}

/// BININT and its kin, by opcode.
static INTS: [IntForm; 256] = {
    let mut forms = [IntForm { head: 1, size: 0, counted: 0, mask: 0 }; 256];
    forms[Opcode::BinInt1 as usize] = IntForm { head: 1, size: 1, counted: 0, mask: 0xff };
    forms[Opcode::BinInt2 as usize] = IntForm { head: 1, size: 2, counted: 0, mask: 0xffff };
    forms[Opcode::BinInt as usize] = IntForm { head: 1, size: 4, counted: 0, mask: -1 };
    forms
};

/// The same, and LONG1.
static INTS_AND_LONGS: [IntForm; 256] = {
    let mut forms = INTS;
    forms[Opcode::Long1 as usize] = IntForm { head: 2, size: 0, counted: 0xff, mask: -1 };
    forms
};
