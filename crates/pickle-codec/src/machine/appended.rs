//! Runs of numbers of protocol 0 that are appended to one list.

use pickle_opcodes::usual;

use super::Machine;
use super::lines::{APPEND, FLOAT, INT, LONG};
use super::runs::failed;
use crate::fault::{Fault, MachineError};
use crate::host::Host;

/// What is looked at: an opcode, a number, and what ends a line of it.
const WINDOW: usize = 1 + usual::WINDOW;

/// So many objects are appended at once: they stand on the stack so long.
const AT_ONCE: usize = 128;

impl<O: Clone> Machine<O> {
    /// Runs the numbers from `at` on, if they are spelled as Python spells them, each of which is appended to the object on top of
    /// the stack; gives where another instruction starts.
    #[inline(never)]
    pub(super) fn row<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        at: usize,
    ) -> Result<usize, MachineError<H::Error>> {
        match input.get(at) {
            Some(&(INT | LONG)) => self.run_of_appended_ints(host, input, at),
            Some(&FLOAT) => self.run_of_appended_floats(host, input, at),
            _ => Ok(at),
        }
    }

    /// Runs the ints from `at` on, spelled as Python spells them, each of which is appended to the object on top of the stack;
    /// gives where another instruction starts.
    ///
    /// Whether an int is a long, which sign it has and how many digits cannot be foreseen, so nothing branches on it.
    #[inline(never)]
    pub(super) fn run_of_appended_ints<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        at: usize,
    ) -> Result<usize, MachineError<H::Error>> {
        let with_longs = host.takes_longs_as_ints() && self.max_digits >= 16;
        self.run_of_appended(host, input, at, |host, window| {
            let is_long = window[0] == LONG;
            let (value, length) = usual::int(window[1..].first_chunk()?)?;
            let behind = u32::from_le_bytes(*window[1 + length..].first_chunk()?);
            let (end, mask, more) = if is_long { (LONG_END, 0xff_ffff, 3) } else { (INT_END, 0xffff, 2) };
            let is_int = (window[0] == INT) | is_long & with_longs;
            (is_int & (behind & mask == end)).then(|| (host.int(value), 1 + length + more))
        })
    }

    /// The same of floats.
    #[inline(never)]
    pub(super) fn run_of_appended_floats<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        at: usize,
    ) -> Result<usize, MachineError<H::Error>> {
        self.run_of_appended(host, input, at, |host, window| {
            let (value, length) = usual::float(window[1..].first_chunk()?)?;
            let is_float = (window[0] == FLOAT) & (window[1 + length..].first_chunk() == Some(b"\na"));
            is_float.then(|| (host.float(value), length + 3))
        })
    }

    /// Runs what `read` makes of the bytes at `at`: an object, and how many bytes they are with the APPEND behind it.
    #[inline(always)]
    fn run_of_appended<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        mut at: usize,
        read: impl Fn(&mut H, &[u8; WINDOW]) -> Option<(Result<O, H::Error>, usize)>,
    ) -> Result<usize, MachineError<H::Error>> {
        let Some(target) = self.stack.last().filter(|_| self.stack.len() > self.fence).cloned() else {
            return Ok(at);
        };
        let most = if host.appends_many_as_one(&target) { AT_ONCE } else { 1 };
        let start = self.stack.len();
        let mut refused = None;
        loop {
            let mut left = most;
            while left > 0
                && let Some(window) = input[at..].first_chunk()
                && let Some((made, length)) = read(host, window)
            {
                match made {
                    Ok(object) => self.stack.push(object),
                    Err(error) => {
                        refused = Some(failed(Fault::Host(error), at, window[0]));
                        break;
                    }
                }
                at += length;
                left -= 1;
            }
            if self.stack.len() > start
                && let Err(error) = host.extend(&target, self.stack.drain(start..))
            {
                return Err(failed(Fault::Host(error), at - 1, APPEND));
            }
            match refused {
                Some(refused) => return Err(refused),
                None if left > 0 => return Ok(at),
                None => {}
            }
        }
    }
}

const INT_END: u32 = u32::from_le_bytes(*b"\na\0\0");
const LONG_END: u32 = u32::from_le_bytes(*b"L\na\0");
