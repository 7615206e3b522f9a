//! Bytes of protocol 0, made without the text that they are spelled as.
//!
//! `_codecs.encode(text, 'latin1')` puts the text and a tuple in the memo, as pickles do with all, and nobody gets them from
//! there. The text would be as large as the bytes, or larger, and take longer than all else. So both are made only if they are
//! asked for.

use core::ops::Range;

use pickle_opcodes::Opcode;

use super::Machine;
use super::lines::{GET, PUT, TUPLE, UNICODE, index, unicode};
use super::runs::failed;
use crate::error::ErrorKind;
use crate::fault::{Fault, MachineError};
use crate::host::Host;
use crate::memo::Unmade;

/// What a call of `_codecs.encode` with a line of UNICODE is, as pickles spell it: `V…\np1\nVlatin1\np2\ntp3\nR`, where some PUT
/// may be left out, and the codec may be gotten.
struct Call {
    line: Range<usize>,
    text: Option<u64>,
    codec: Codec,
    tuple: Option<u64>,
    end: usize,
}

enum Codec {
    Line { name: Range<usize>, put: Option<u64> },
    Got(u64),
}

impl<O: Clone> Machine<O> {
    /// Whether what is put in the memo and not gotten from there may be left out of it: it is if nobody sees the memo after the
    /// load.
    pub(crate) fn set_leaves_out(&mut self, leaves_out: bool) {
        self.leaves_out = leaves_out;
    }

    /// Whether a line of UNICODE may be the argument of such a call.
    #[inline(always)]
    pub(super) fn may_be_call(&self) -> bool {
        self.leaves_out && self.marks_nothing()
    }

    /// Makes the bytes of a call, if the UNICODE at `at` is the argument of one, whose line ends at `end`; gives where the next
    /// instruction starts.
    #[inline(always)]
    pub(super) fn bytes_of_line<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        at: usize,
        end: usize,
    ) -> Result<Option<usize>, MachineError<H::Error>> {
        if !self.may_be_call() {
            return Ok(None);
        }
        self.call_with_line(host, input, at + 1..end).map_err(|fault| failed(fault, at, UNICODE))
    }

    #[inline(never)]
    fn call_with_line<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        line: Range<usize>,
    ) -> Result<Option<usize>, Fault<H::Error>> {
        let below = self.marks.iter().rev().nth(1).copied().unwrap_or(0);
        let (Some(callable), Some(call)) = (self.stack[below..].last(), call(input, line)) else {
            return Ok(None);
        };
        let (got, put) = match &call.codec {
            Codec::Got(index) => (self.memo.get(*index).cloned(), None),
            Codec::Line { put, .. } => (None, *put),
        };
        if matches!(call.codec, Codec::Got(_)) && got.is_none() || !self.memo.are_next([call.text, put, call.tuple]) {
            return Ok(None);
        }
        let Some(made) = host.encoded_line(callable, got.as_ref(), &input[call.line.clone()]) else {
            return Ok(None);
        };
        let codec = match (got, &call.codec) {
            (Some(codec), _) => codec,
            (None, Codec::Line { name, .. }) => host.text(&input[name.clone()]).map_err(Fault::Host)?,
            (None, Codec::Got(_)) => return Ok(None),
        };
        let Call { line, text, tuple, end, .. } = call;
        self.memo.leave_out(put, Unmade { text, tuple, line, codec });
        self.pop_mark()?;
        self.pop()?;
        self.stack.push(made);
        Ok(Some(end))
    }

    /// Where to go on after this error: at the instruction that asked the memo for what was left out, which is made now.
    #[cold]
    pub(super) fn make_up<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        error: MachineError<H::Error>,
    ) -> Result<usize, MachineError<H::Error>> {
        let MachineError::Pickle(missing) = &error else { return Err(error) };
        let (&ErrorKind::MemoMissing(index), Some(at)) = (missing.kind(), missing.offset()) else { return Err(error) };
        let Some(Unmade { text, tuple, line, codec }) = self.memo.left_out(index).cloned() else { return Err(error) };
        let (Ok(Ok(made)), length) =
            (unicode(host, &input[line.clone()], line.len(), &mut Default::default()), self.stack.len())
        else {
            return Err(error);
        };
        self.stack.extend([made.clone(), codec]);
        let Ok(arguments) = host.tuple(self.stack.drain(length..)) else { return Err(error) };
        self.memo.make_up(text, made);
        self.memo.make_up(tuple, arguments);
        Ok(at)
    }
}

/// What stands from a line of UNICODE on, if it is a call.
fn call(input: &[u8], line: Range<usize>) -> Option<Call> {
    let mut at = line.end + 1;
    let text = put_at(input, &mut at);
    let codec = match input.get(at..)? {
        [GET, digits @ ..] => {
            let (index, length) = index(digits)?;
            at += 1 + length;
            Codec::Got(index)
        }
        spelled if spelled.starts_with(CODEC) => {
            let name = at + 1..at + CODEC.len() - 1;
            at += CODEC.len();
            Codec::Line { name, put: put_at(input, &mut at) }
        }
        _ => return None,
    };
    if input.get(at) != Some(&TUPLE) {
        return None;
    }
    at += 1;
    let tuple = put_at(input, &mut at);
    (input.get(at) == Some(&(Opcode::Reduce as u8))).then_some(Call { line, text, codec, tuple, end: at + 1 })
}

/// The codec as UNICODE has it.
const CODEC: &[u8] = b"Vlatin1\n";

/// The index of the PUT at `at`, if there is one, which is passed.
fn put_at(input: &[u8], at: &mut usize) -> Option<u64> {
    let [PUT, digits @ ..] = input.get(*at..)? else { return None };
    let (index, length) = index(digits)?;
    *at += 1 + length;
    Some(index)
}
