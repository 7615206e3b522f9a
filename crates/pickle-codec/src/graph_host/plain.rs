//! [`run_plain`]: the instructions that most data is made of, in a loop that has all they work on in registers.

use alloc::vec::Vec;
use core::mem;

use pickle_opcodes::Opcode;
use pickle_value::{Builder, Handle};

use crate::host::Registers;

const BIN_INT: u8 = Opcode::BinInt as u8;
const BIN_INT_1: u8 = Opcode::BinInt1 as u8;
const BIN_INT_2: u8 = Opcode::BinInt2 as u8;
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
const TUPLE: u8 = Opcode::Tuple as u8;
const APPEND: u8 = Opcode::Append as u8;
const APPENDS: u8 = Opcode::Appends as u8;
const SET_ITEM: u8 = Opcode::SetItem as u8;
const SET_ITEMS: u8 = Opcode::SetItems as u8;

/// What is at hand of the input at each instruction: the longest that is read at once, and what puts it in the memo. What is
/// nearer to the end is left to others.
const WINDOW: usize = 48;

/// The longest text that is looked at as a part of the window.
const SHORT: usize = 32;

/// Which bits of the four bytes behind its opcode are an int's, and how long the instruction is, by the opcode's lowest bits.
const INTS: [(u32, u8); 8] = {
    let mut forms = [(0, 0); 8];
    forms[BIN_INT_1 as usize % 8] = (0xff, 2);
    forms[BIN_INT_2 as usize % 8] = (0xffff, 3);
    forms[BIN_INT as usize % 8] = (u32::MAX, 5);
    forms
};

/// Runs the instructions from `at` on as long as they are plain data, and nothing is wrong with them; gives where another one
/// starts, before which nothing is changed.
#[inline(always)]
pub(super) fn run_plain(
    builder: &mut Builder<'_>,
    registers: &mut Registers<Handle>,
    input: &[u8],
    at: usize,
) -> usize {
    if registers.protocol >= 4 {
        run_plain_that::<true>(builder, registers, input, at)
    } else {
        run_plain_that::<false>(builder, registers, input, at)
    }
}

/// The same where the memo is filled by MEMOIZE, or by BINPUT and LONG_BINPUT, as one protocol does it or the other.
#[inline(never)]
fn run_plain_that<const MEMOIZES: bool>(
    builder: &mut Builder<'_>,
    registers: &mut Registers<Handle>,
    input: &[u8],
    at: usize,
) -> usize {
    let Some(base) = builder.offset_in_input(input) else { return at };
    let Some(mut rows) = builder.rows(registers.stack.len().saturating_add(input.len())) else { return at };
    let mut stack = mem::take(&mut registers.stack);
    let mut marks = mem::take(&mut registers.marks);
    let mut memo = mem::take(&mut registers.memo);
    let mut fence = marks.last().copied().unwrap_or(0);
    let mut rest = input.get(at..).unwrap_or_default();
    while let Some(window) = rest.first_chunk::<WINDOW>() {
        // Puts an object on the stack that an instruction of `$length` bytes makes, and in the memo if that comes next.
        macro_rules! memoized {
            ($object:expr, $length:expr) => {
                memoized!(rest, window, $object, $length)
            };
            ($rest:expr, $window:expr, $object:expr, $length:expr) => {{
                let (rest, window, object, length): (&[u8], &[u8; WINDOW], Handle, usize) =
                    ($rest, $window, $object, $length);
                put(&mut stack, object);
                if MEMOIZES && window[length] == MEMOIZE {
                    put(&mut memo, Some(object));
                    &rest[length + 1..]
                } else if !MEMOIZES && puts_next(window, length, memo.len(), 5) {
                    put(&mut memo, Some(object));
                    &rest[length + 5..]
                } else if !MEMOIZES && puts_next(window, length, memo.len(), 2) {
                    put(&mut memo, Some(object));
                    &rest[length + 2..]
                } else {
                    &rest[length..]
                }
            }};
        }
        macro_rules! plain {
            ($object:expr, $length:expr) => {{
                if is_full(&stack) {
                    break;
                }
                put(&mut stack, $object);
                &rest[$length..]
            }};
        }
        // Leaves the loop before anything is changed.
        macro_rules! needs_room {
            () => {
                if is_full(&stack) || is_full(&memo) {
                    break;
                }
            };
        }
        macro_rules! text {
            ($head:expr, $length:expr) => {{
                needs_room!();
                let (head, length): (usize, usize) = ($head, $length);
                let start = (base + input.len() - rest.len() + head) as u32;
                if length <= SHORT {
                    let Some(text) =
                        window[head..].first_chunk().and_then(|window| rows.short_text(window, start, length))
                    else {
                        break;
                    };
                    memoized!(text, head + length)
                } else {
                    let Some(behind) = rest.get(head + length..) else { break };
                    let Some(window) = behind.first_chunk() else { break };
                    let Some(text) = rows.text(start, length) else { break };
                    memoized!(behind, window, text, 0)
                }
            }};
        }
        macro_rules! tuple {
            ($length:expr) => {{
                const LENGTH: usize = $length;
                needs_room!();
                let Some(&items) = stack.last_chunk::<LENGTH>() else { break };
                let start = stack.len() - LENGTH;
                if start < fence {
                    break;
                }
                let Some(tuple) = rows.short_tuple(items) else { break };
                stack.truncate(start);
                memoized!(tuple, 1)
            }};
        }
        // The same with an object behind the others that is not on the stack yet.
        macro_rules! tuple_and {
            ($others:expr, $length:expr, $last:expr, $behind:expr) => {{
                const OTHERS: usize = $others;
                needs_room!();
                let Some(others) = stack.last_chunk::<OTHERS>() else { break };
                let start = stack.len() - OTHERS;
                if start < fence {
                    break;
                }
                let mut items = [$last; $length];
                items[..OTHERS].copy_from_slice(others);
                let Some(tuple) = rows.short_tuple(items) else { break };
                stack.truncate(start);
                memoized!(tuple, $behind)
            }};
        }
        // Sets a mark, if that comes next.
        macro_rules! marked {
            ($rest:expr) => {
                match $rest {
                    [MARK, behind @ ..] if !is_full(&marks) => {
                        fence = stack.len();
                        put(&mut marks, fence);
                        behind
                    }
                    rest => rest,
                }
            };
        }
        let byte = window[0];
        rest = match byte {
            SHORT_BIN_UNICODE => text!(2, usize::from(window[1])),
            BIN_UNICODE => text!(5, four(window, 1)),
            // A long row of them is quicker elsewhere.
            BIN_GET if [2, 4, 6, 8].iter().all(|&at| window[at] == BIN_GET) => break,
            BIN_GET | LONG_BIN_GET => {
                let (index, length) = if byte == BIN_GET { (usize::from(window[1]), 2) } else { (four(window, 1), 5) };
                let Some(&Some(object)) = memo.get(index) else { break };
                plain!(object, length)
            }
            BIN_INT_1 | BIN_INT_2 | BIN_INT => {
                let (mask, length) = INTS[usize::from(byte % 8)];
                plain!(Handle::int32((four(window, 1) as u32 & mask) as i32), usize::from(length))
            }
            BIN_FLOAT if [9, 18, 27].iter().all(|&at| window[at] == BIN_FLOAT) => break,
            BIN_FLOAT => {
                let Some(float) = window[1..].first_chunk().and_then(|bytes| Handle::float(f64::from_be_bytes(*bytes)))
                else {
                    break;
                };
                match window[9] {
                    TUPLE_2 => tuple_and!(1, 2, float, 10),
                    TUPLE_3 => tuple_and!(2, 3, float, 10),
                    _ => plain!(float, 9),
                }
            }
            NONE => plain!(Handle::NONE, 1),
            NEW_TRUE | NEW_FALSE => plain!(Handle::bool(byte == NEW_TRUE), 1),
            EMPTY_DICT => {
                needs_room!();
                let Some(dict) = rows.dict() else { break };
                marked!(memoized!(dict, 1))
            }
            EMPTY_LIST => {
                needs_room!();
                let Some(list) = rows.list() else { break };
                marked!(memoized!(list, 1))
            }
            MARK => {
                let behind = marked!(rest);
                if behind.len() == rest.len() {
                    break;
                }
                behind
            }
            TUPLE_1 => tuple!(1),
            TUPLE_2 => tuple!(2),
            TUPLE_3 => tuple!(3),
            TUPLE => {
                let Some(&start) = marks.last() else { break };
                needs_room!();
                let Some(tuple) = stack.get(start..).and_then(|items| rows.tuple(items)) else { break };
                stack.truncate(start);
                marks.pop();
                fence = marks.last().copied().unwrap_or(0);
                memoized!(tuple, 1)
            }
            APPEND => {
                let Some((start, target)) = above(&stack, fence, 1) else { break };
                if !rows.extend(target, &stack[start..]) {
                    break;
                }
                stack.truncate(start);
                &rest[1..]
            }
            SET_ITEM => {
                let Some((start, target)) = above(&stack, fence, 2) else { break };
                if !rows.set_items(target, &stack[start..]) {
                    break;
                }
                stack.truncate(start);
                &rest[1..]
            }
            APPENDS => {
                let Some((start, next)) = topmost(&marks) else { break };
                let Some((target, items)) = marked_items(&stack, start, next) else { break };
                if !rows.extend(target, items) {
                    break;
                }
                stack.truncate(start);
                marks.pop();
                fence = next;
                &rest[1..]
            }
            SET_ITEMS => {
                let Some((start, next)) = topmost(&marks) else { break };
                let Some((target, pairs)) = marked_items(&stack, start, next) else { break };
                if !pairs.len().is_multiple_of(2) || !rows.set_items(target, pairs) {
                    break;
                }
                stack.truncate(start);
                marks.pop();
                fence = next;
                &rest[1..]
            }
            _ => break,
        };
    }
    rows.put_back();
    (registers.stack, registers.marks, registers.memo) = (stack, marks, memo);
    input.len() - rest.len()
}

#[inline(always)]
fn is_full<T>(row: &Vec<T>) -> bool {
    row.len() >= row.capacity()
}

/// Enters what there is room for. As the compiler sees that the row never grows, it need not stand in memory.
#[inline(always)]
fn put<T>(row: &mut Vec<T>, entry: T) {
    if row.len() < row.capacity() {
        row.push(entry);
    }
}

/// Where the topmost objects start, so many of them, and what is below, if that is above the mark, too.
#[inline(always)]
fn above(stack: &[Handle], fence: usize, count: usize) -> Option<(usize, Handle)> {
    let start = stack.len().checked_sub(count)?;
    (start > fence).then(|| (start, stack[start - 1]))
}

/// The topmost mark, and the one below it or 0.
#[inline(always)]
fn topmost(marks: &[usize]) -> Option<(usize, usize)> {
    let (&start, below) = marks.split_last()?;
    Some((start, below.last().copied().unwrap_or(0)))
}

/// What is above a mark, if there is something, and what is below it, if that is above the next one.
#[inline(always)]
fn marked_items(stack: &[Handle], start: usize, next: usize) -> Option<(Handle, &[Handle])> {
    match stack.split_at_checked(start)? {
        ([.., target], items @ [_, ..]) if start > next => Some((*target, items)),
        _ => None,
    }
}

/// Whether BINPUT, of two bytes, or LONG_BINPUT, of five, stands at `at` and puts what is on top of the stack at the memo's end.
#[inline(always)]
fn puts_next(window: &[u8; WINDOW], at: usize, memo: usize, length: usize) -> bool {
    match length {
        2 => window[at] == BIN_PUT && usize::from(window[at + 1]) == memo,
        _ => window[at] == LONG_BIN_PUT && four(window, at + 1) == memo,
    }
}

#[inline(always)]
fn four(window: &[u8; WINDOW], at: usize) -> usize {
    window[at..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)) as usize
}
