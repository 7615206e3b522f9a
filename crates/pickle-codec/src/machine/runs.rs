//! Runs of the commonest instructions, in a loop that is small enough to keep its place in registers.

use pickle_opcodes::Opcode;

use super::Machine;
use crate::fault::{Fault, MachineError};
use crate::host::Host;

const BIN_FLOAT: u8 = Opcode::BinFloat as u8;
const SHORT_BIN_UNICODE: u8 = Opcode::ShortBinUnicode as u8;
const BIN_UNICODE: u8 = Opcode::BinUnicode as u8;
const BIN_GET: u8 = Opcode::BinGet as u8;
const LONG_BIN_GET: u8 = Opcode::LongBinGet as u8;
const BIN_PUT: u8 = Opcode::BinPut as u8;
const LONG_BIN_PUT: u8 = Opcode::LongBinPut as u8;
const MEMOIZE: u8 = Opcode::Memoize as u8;
const MARK: u8 = Opcode::Mark as u8;
const NONE: u8 = Opcode::None as u8;
const NEW_TRUE: u8 = Opcode::NewTrue as u8;
const NEW_FALSE: u8 = Opcode::NewFalse as u8;
const EMPTY_LIST: u8 = Opcode::EmptyList as u8;
const EMPTY_DICT: u8 = Opcode::EmptyDict as u8;
const TUPLE_1: u8 = Opcode::Tuple1 as u8;
const TUPLE_2: u8 = Opcode::Tuple2 as u8;
const TUPLE_3: u8 = Opcode::Tuple3 as u8;

/// True where `run` has a use for what stands at `at`.
#[inline(always)]
pub(super) fn begins_run(input: &[u8], at: usize) -> bool {
    input.get(at).is_some_and(|&byte| COMMON[usize::from(byte)])
}

impl<O: Clone> Machine<O> {
    /// Runs the instructions from `at` on that most pickles are made of; gives where another one starts, or one that fails:
    /// what is wrong with it is for [`step`](Machine::step) to say.
    #[inline(never)]
    pub(super) fn run<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        mut at: usize,
    ) -> Result<usize, MachineError<H::Error>> {
        // What is nearer to the end is left to `step`.
        while let Some(&[byte, a, b, c, d, e, f, g, h]) = input[at..].first_chunk() {
            let (made, length) = match byte {
                BIN_GET | LONG_BIN_GET => {
                    let (index, length) = if byte == BIN_GET { (a.into(), 2) } else { (index([a, b, c, d]), 5) };
                    let Some(object) = self.memo.get(index) else { break };
                    self.stack.push(object.clone());
                    at += length;
                    continue;
                }
                SHORT_BIN_UNICODE => {
                    let length = 2 + usize::from(a);
                    let Some(utf8) = input.get(at + 2..at + length) else { break };
                    (host.text(utf8), length)
                }
                MEMOIZE => {
                    if self.memoize::<H::Error>().is_err() {
                        break;
                    }
                    at += 1;
                    continue;
                }
                BIN_FLOAT => (host.float(f64::from_be_bytes([a, b, c, d, e, f, g, h])), 9),
                MARK => {
                    self.fence = self.stack.len();
                    self.marks.push(self.fence);
                    at += 1;
                    continue;
                }
                BIN_PUT | LONG_BIN_PUT => {
                    let (index, length) = if byte == BIN_PUT { (a.into(), 2) } else { (index([a, b, c, d]), 5) };
                    if self.put::<H::Error>(index).is_err() {
                        break;
                    }
                    at += length;
                    continue;
                }
                BIN_UNICODE => {
                    let Some(utf8) = usize::try_from(index([a, b, c, d])).ok().and_then(|length| {
                        let start = at + 5;
                        input.get(start..start.checked_add(length)?)
                    }) else {
                        break;
                    };
                    (host.text(utf8), 5 + utf8.len())
                }
                NONE => (host.none(), 1),
                NEW_TRUE => (host.bool(true), 1),
                NEW_FALSE => (host.bool(false), 1),
                EMPTY_LIST => (host.list(), 1),
                EMPTY_DICT => (host.dict(), 1),
                TUPLE_1 | TUPLE_2 | TUPLE_3 => {
                    let count = usize::from(byte - TUPLE_1) + 1;
                    let Ok(made) = self.tuple(host, count) else { break };
                    (made, 1)
                }
                _ => match self.run_of_ints(host, input, at)? {
                    end if end == at => break,
                    end => {
                        at = end;
                        continue;
                    }
                },
            };
            match made {
                Ok(object) => self.stack.push(object),
                Err(error) => return Err(failed(error, at, byte)),
            }
            at += length;
        }
        Ok(at)
    }

    /// Runs the BININT, BININT1 and BININT2 from `at` on, and each LONG1 that is an int of up to 48 bits to the host; gives
    /// where another instruction starts.
    ///
    /// Which of them comes next is often random, and guessing it wrong costs more than running it: here nothing branches on
    /// it (7 → 3 ns an int of mixed width).
    #[inline(never)]
    fn run_of_ints<H: Host<Object = O>>(
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
                Err(error) => return Err(failed(error, at, word as u8)),
            }
            at += usize::from(form.head) + size as usize;
        }
        Ok(at)
    }
}

#[inline(always)]
fn index(bytes: [u8; 4]) -> u64 {
    u32::from_le_bytes(bytes).into()
}

/// What the host refused, of the instruction at `at`.
#[cold]
fn failed<E>(error: E, at: usize, byte: u8) -> MachineError<E> {
    Fault::Host(error).at(at, Opcode::from_byte(byte).unwrap_or(Opcode::Stop))
}

/// Which opcodes `run` knows.
static COMMON: [bool; 256] = {
    let mut common = [false; 256];
    let known = [
        BIN_FLOAT,
        SHORT_BIN_UNICODE,
        BIN_UNICODE,
        BIN_GET,
        LONG_BIN_GET,
        BIN_PUT,
        LONG_BIN_PUT,
        MEMOIZE,
        MARK,
        NONE,
        NEW_TRUE,
        NEW_FALSE,
        EMPTY_LIST,
        EMPTY_DICT,
        TUPLE_1,
        TUPLE_2,
        TUPLE_3,
        Opcode::BinInt as u8,
        Opcode::BinInt1 as u8,
        Opcode::BinInt2 as u8,
        Opcode::Long1 as u8,
    ];
    let mut index = 0;
    while index < known.len() {
        common[known[index] as usize] = true;
        index += 1;
    }
    common
};

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
