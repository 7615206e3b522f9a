//! Runs of the commonest instructions, in a loop that is small enough to keep its place in registers.

use core::mem;

use pickle_opcodes::Opcode;
use pickle_opcodes::binary_int::{AT_ONCE, INTS, INTS_AND_LONGS, lengths};

use super::Machine;
use super::lines::is_line;
use crate::fault::{Fault, MachineError};
use crate::host::{Host, Registers};

const BIN_INT: u8 = Opcode::BinInt as u8;
const BIN_INT_1: u8 = Opcode::BinInt1 as u8;
const BIN_INT_2: u8 = Opcode::BinInt2 as u8;
const LONG_1: u8 = Opcode::Long1 as u8;
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
const EMPTY_SET: u8 = Opcode::EmptySet as u8;
const EMPTY_TUPLE: u8 = Opcode::EmptyTuple as u8;
const TUPLE_1: u8 = Opcode::Tuple1 as u8;
const TUPLE_2: u8 = Opcode::Tuple2 as u8;
const TUPLE_3: u8 = Opcode::Tuple3 as u8;
const TUPLE: u8 = Opcode::Tuple as u8;
const APPEND: u8 = Opcode::Append as u8;
const APPENDS: u8 = Opcode::Appends as u8;
const SET_ITEM: u8 = Opcode::SetItem as u8;
const SET_ITEMS: u8 = Opcode::SetItems as u8;
const ADD_ITEMS: u8 = Opcode::AddItems as u8;
const NEW_OBJ: u8 = Opcode::NewObj as u8;
const REDUCE: u8 = Opcode::Reduce as u8;
const BUILD: u8 = Opcode::Build as u8;
const SHORT_BIN_BYTES: u8 = Opcode::ShortBinBytes as u8;

/// From where on the host is asked to run plain instructions: see [`Host::run_plain`].
#[derive(Clone, Copy, Debug)]
pub(super) struct PlainRuns {
    from: usize,
    /// How far off the next one is where the last was short.
    off: usize,
}

impl PlainRuns {
    /// What is shorter is not worth going there for again soon.
    const SHORT: usize = 1024;

    pub(super) fn new(from: usize) -> PlainRuns {
        PlainRuns { from, off: 256 }
    }

    fn note(&mut self, at: usize, end: usize) {
        *self = match end - at {
            PlainRuns::SHORT.. => PlainRuns::new(end),
            _ => PlainRuns { from: end + self.off, off: self.off.saturating_mul(2) },
        };
    }
}

impl<O: Clone> Machine<O> {
    /// Runs the instructions from `at` on that most pickles are made of; gives where another one starts.
    #[inline(never)]
    pub(super) fn run<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        at: usize,
    ) -> Result<usize, MachineError<H::Error>> {
        let mut rest = &input[at..];
        // What is nearer to the end is left to `step`.
        while let Some(window) = rest.first_chunk::<9>() {
            let byte = window[0];
            // Each arm has its own code: what two have in common is slower when they share it.
            macro_rules! done {
                ($done:expr) => {
                    match $done {
                        Ok(done) => done,
                        Err(fault) => return Err(failed(fault, input.len() - rest.len(), byte)),
                    }
                };
            }
            macro_rules! push {
                ($made:expr) => {
                    match $made {
                        Ok(object) => self.stack.push(object),
                        Err(error) => return Err(failed(Fault::Host(error), input.len() - rest.len(), byte)),
                    }
                };
            }
            rest = match byte {
                SHORT_BIN_UNICODE => {
                    let Some((utf8, behind)) = rest[2..].split_at_checked(usize::from(window[1])) else { break };
                    push!(host.text(utf8));
                    self.memoized(behind)
                }
                BIN_GET => {
                    done!(self.get(u64::from(window[1])));
                    if window[2] == BIN_GET { self.run_of_gets(&rest[2..]) } else { &rest[2..] }
                }
                LONG_BIN_GET => {
                    done!(self.get(four(window).into()));
                    &rest[5..]
                }
                BIN_PUT => {
                    done!(self.put(u64::from(window[1])));
                    &rest[2..]
                }
                LONG_BIN_PUT => {
                    done!(self.put(four(window).into()));
                    &rest[5..]
                }
                MEMOIZE => {
                    done!(self.memoize());
                    &rest[1..]
                }
                // Else the host is asked to go on from there.
                MARK if input.len() - rest.len() < self.plain.from => {
                    self.mark();
                    &rest[1..]
                }
                BIN_FLOAT => {
                    push!(host.float(f64::from_be_bytes(eight(window))));
                    &rest[9..]
                }
                BIN_INT_1 if !is_int(window[2]) => {
                    push!(host.int32(i32::from(window[1])));
                    &rest[2..]
                }
                BIN_INT_2 if !is_int(window[3]) => {
                    push!(host.int32(i32::from(u16::from_le_bytes([window[1], window[2]]))));
                    &rest[3..]
                }
                BIN_INT if !is_int(window[5]) => {
                    push!(host.int32(four(window) as i32));
                    &rest[5..]
                }
                LONG_1 if window[1] > 6 => {
                    let Some((bytes, behind)) = rest[2..].split_at_checked(usize::from(window[1])) else { break };
                    push!(host.long(bytes));
                    behind
                }
                BIN_INT_1 | BIN_INT_2 | BIN_INT | LONG_1 => {
                    let end = self.run_of_ints(host, input, input.len() - rest.len())?;
                    if end == input.len() - rest.len() {
                        break;
                    }
                    &input[end..]
                }
                BIN_UNICODE => {
                    let Some((utf8, behind)) = rest[5..].split_at_checked(four(window) as usize) else {
                        break;
                    };
                    push!(host.text(utf8));
                    self.memoized(behind)
                }
                SHORT_BIN_BYTES => {
                    let Some((bytes, behind)) = rest[2..].split_at_checked(usize::from(window[1])) else { break };
                    push!(host.bytes(bytes));
                    self.memoized(behind)
                }
                NONE => {
                    push!(host.none());
                    &rest[1..]
                }
                NEW_TRUE => {
                    push!(host.bool(true));
                    &rest[1..]
                }
                NEW_FALSE => {
                    push!(host.bool(false));
                    &rest[1..]
                }
                EMPTY_LIST => {
                    push!(host.list());
                    self.memoized(&rest[1..])
                }
                EMPTY_DICT => {
                    push!(host.dict());
                    self.memoized(&rest[1..])
                }
                EMPTY_SET => {
                    push!(host.set());
                    self.memoized(&rest[1..])
                }
                EMPTY_TUPLE => {
                    push!(done!(self.tuple(host, 0)));
                    &rest[1..]
                }
                TUPLE_1 => {
                    push!(done!(self.tuple(host, 1)));
                    self.memoized(&rest[1..])
                }
                TUPLE_2 => {
                    push!(done!(self.tuple(host, 2)));
                    self.memoized(&rest[1..])
                }
                TUPLE_3 => {
                    push!(done!(self.tuple(host, 3)));
                    self.memoized(&rest[1..])
                }
                TUPLE => {
                    let start = done!(self.pop_mark());
                    push!(host.tuple(self.stack.drain(start..)));
                    self.memoized(&rest[1..])
                }
                APPEND | APPENDS => {
                    let start = done!(if byte == APPENDS { self.pop_mark() } else { self.above(1) });
                    done!(self.extend(host, start));
                    &rest[1..]
                }
                SET_ITEM | SET_ITEMS => {
                    let start = done!(if byte == SET_ITEMS { self.pop_mark() } else { self.above(2) });
                    done!(self.set_items(host, start));
                    &rest[1..]
                }
                ADD_ITEMS => {
                    done!(self.pop_mark().and_then(|start| self.add_items(host, start)));
                    &rest[1..]
                }
                NEW_OBJ => {
                    let args = done!(self.pop());
                    let class = done!(self.pop());
                    push!(host.new_object(class, args));
                    self.memoized(&rest[1..])
                }
                REDUCE => {
                    let args = done!(self.pop());
                    let callable = done!(self.pop());
                    push!(host.reduce_beside(callable, args, self.memo.latest()));
                    self.memoized(&rest[1..])
                }
                BUILD => {
                    done!(self.build(host));
                    &rest[1..]
                }
                _ if is_line(byte) => {
                    let end = self.run_of_lines(host, input, input.len() - rest.len())?;
                    if end == input.len() - rest.len() {
                        break;
                    }
                    &input[end..]
                }
                _ => break,
            };
        }
        Ok(input.len() - rest.len())
    }

    /// Has the host run what it can from the MARK on that may be at `at`; gives where the next instruction starts.
    #[inline(never)]
    pub(super) fn run_plain<H: Host<Object = O>>(&mut self, host: &mut H, input: &[u8], at: usize) -> usize {
        if at < self.plain.from || input.get(at) != Some(&MARK) {
            return at;
        }
        let Some(memo) = self.memo.take_row() else { return at };
        let (stack, marks) = (mem::take(&mut self.stack), mem::take(&mut self.marks));
        let mut registers = Registers { stack, marks, memo, protocol: self.protocol };
        let end = host.run_plain(&mut registers, input, at);
        self.memo.give_row(registers.memo);
        (self.stack, self.marks) = (registers.stack, registers.marks);
        self.fence = self.marks.last().copied().unwrap_or(0);
        self.plain.note(at, end);
        end
    }

    /// Memoizes the topmost object if that is what comes next, as it nearly always is: gives what stands behind.
    #[inline(always)]
    fn memoized<'i>(&mut self, behind: &'i [u8]) -> &'i [u8] {
        if let [MEMOIZE, behind @ ..] = behind
            && let Some(top) = self.stack.last()
        {
            self.memo.put(self.memo.len() as u64, top.clone());
            return behind;
        }
        behind
    }

    /// Runs the BINGET at the start of `rest`, which often come in rows; gives what stands behind them.
    #[inline(never)]
    fn run_of_gets<'i>(&mut self, rest: &'i [u8]) -> &'i [u8] {
        /// Most rows are not longer.
        const SHORT: usize = 8;
        let Machine { stack, memo, .. } = self;
        let mut count = 0;
        for pair in rest.chunks_exact(2).take_while(|pair| pair[0] == BIN_GET) {
            let Some(object) = memo.get(u64::from(pair[1])) else { break };
            stack.push(object.clone());
            count += 1;
            if count == SHORT {
                return self.long_run_of_gets(&rest[2 * SHORT..]);
            }
        }
        &rest[2 * count..]
    }

    /// The same of many. How many there are is found first, so that the length of the stack is written once, and not read again for
    /// each.
    #[inline(never)]
    fn long_run_of_gets<'i>(&mut self, rest: &'i [u8]) -> &'i [u8] {
        let Machine { stack, memo, .. } = self;
        let Some(any) = stack.last().cloned() else { return rest };
        let count = rest.chunks_exact(2).take_while(|pair| pair[0] == BIN_GET).count();
        let (start, mut missing) = (stack.len(), None);
        // Where the memo has nothing, something stands until the end.
        stack.extend(rest.chunks_exact(2).take(count).enumerate().map(|(number, pair)| {
            memo.get(u64::from(pair[1])).cloned().unwrap_or_else(|| {
                missing.get_or_insert(number);
                any.clone()
            })
        }));
        let count = missing.unwrap_or(count);
        stack.truncate(start + count);
        &rest[2 * count..]
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
        /// Most runs are not longer.
        const SHORT: usize = 24;
        let with_longs = host.takes_longs_as_ints();
        let forms = if with_longs { &INTS_AND_LONGS } else { &INTS };
        for _ in 0..SHORT {
            let Some(window) = input[at..].first_chunk::<8>() else { return Ok(at) };
            let word = u64::from_le_bytes(*window);
            let form = forms[usize::from(word as u8)];
            let size = form.size(word);
            // No other instruction has a size, an empty LONG1 has none, and a longer one does not fit the window.
            if size.wrapping_sub(1) >= 6 {
                return Ok(at);
            }
            let length = form.length(word);
            let value = form.value_of_length(word, length as u8);
            match if with_longs { host.int(value) } else { host.int32(value as i32) } {
                Ok(object) => self.stack.push(object),
                Err(error) => return Err(failed(Fault::Host(error), at, word as u8)),
            }
            at += length;
        }
        self.long_run_of_ints(host, input, at)
    }

    /// The same of many: where each instruction would end is found for a piece of the input at once.
    #[inline(never)]
    fn long_run_of_ints<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        mut at: usize,
    ) -> Result<usize, MachineError<H::Error>> {
        let with_longs = host.takes_longs_as_ints();
        while let Some(piece) = input[at..].first_chunk::<{ AT_ONCE + 8 }>() {
            let Some(first) = piece.first_chunk() else { break };
            let lengths = lengths(first, with_longs);
            let mut from = 0;
            while let Some(&length) = lengths.get(from) {
                if length == 0 {
                    return Ok(at + from);
                }
                let Some(window) = piece[from..].first_chunk() else { break };
                let word = u64::from_le_bytes(*window);
                let form = INTS_AND_LONGS[usize::from(word as u8)];
                let value = form.value_of_length(word, length);
                match if with_longs { host.int(value) } else { host.int32(value as i32) } {
                    Ok(object) => self.stack.push(object),
                    Err(error) => return Err(failed(Fault::Host(error), at + from, word as u8)),
                }
                from += usize::from(length);
            }
            at += from;
        }
        Ok(at)
    }
}

/// The four bytes behind an opcode as a number.
#[inline(always)]
fn four(&[_, a, b, c, d, ..]: &[u8; 9]) -> u32 {
    u32::from_le_bytes([a, b, c, d])
}

/// The eight bytes behind an opcode.
#[inline(always)]
fn eight(&[_, ref bytes @ ..]: &[u8; 9]) -> [u8; 8] {
    *bytes
}

/// True for the opcode of another int that a run takes.
#[inline(always)]
fn is_int(byte: u8) -> bool {
    matches!(byte, BIN_INT | BIN_INT_1 | BIN_INT_2 | LONG_1)
}

/// What is wrong with the instruction at `at`.
#[cold]
pub(super) fn failed<E>(fault: Fault<E>, at: usize, byte: u8) -> MachineError<E> {
    fault.at(at, Opcode::from_byte(byte).unwrap_or(Opcode::Stop))
}
