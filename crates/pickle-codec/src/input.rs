//! [`Input`]: pickles from a file, an instruction at a time.

use pickle_opcodes::{ArgKind, ErrorKind as FormatError, Op, Opcode, decode};

use crate::error::{Error, ErrorKind};
use crate::fault::{Fault, MachineError};
use crate::global_lines::fault_before_end;
use crate::host::Host;
use crate::machine::Machine;

/// A file that a [`Machine`] reads a pickle from, which asks it for no byte behind the pickle's STOP.
///
/// The input keeps a buffer. Its whole content belongs to what comes next; whether it was read from the file, or only
/// looked at so far, is the input's affair.
pub trait Input {
    /// What reading fails with.
    type Error;

    /// What is there and not yet taken.
    fn buffered(&self) -> &[u8];

    /// Takes this many bytes from the front of the buffer.
    fn consume(&mut self, count: usize);

    /// Reads what is wanted, or less where the file ends, and puts it behind the first `keep` bytes of the buffer.
    ///
    /// What stood there is dropped: CPython starts a read anew that its buffer cannot serve. So the rest of a frame is
    /// lost where an argument crosses the frame's end. What was only looked at comes again.
    ///
    /// # Errors
    ///
    /// Those of the file.
    fn read(&mut self, keep: usize, wanted: Wanted) -> Result<(), Self::Error>;
}

/// What an [`Input`] is to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// So many bytes. An input may look ahead for more.
    Bytes(usize),
    /// So many bytes of a bytes object's content, which CPython reads without looking ahead.
    Content(usize),
    /// A line with its newline.
    Line,
}

impl<O: Clone> Machine<O> {
    /// Loads the pickle that comes next in `input`, and takes it from there.
    ///
    /// The host may run code between two instructions; what it reads from the file itself comes from behind the buffer.
    /// Offsets in errors count from where the pickle starts.
    ///
    /// # Errors
    ///
    /// As [`load`](Machine::load). What reading fails with is a refusal of the host's, in the instruction that is being
    /// read.
    pub fn load_from<H, I>(&mut self, host: &mut H, input: &mut I) -> Result<O, MachineError<H::Error>>
    where
        H: Host<Object = O>,
        I: Input<Error = H::Error>,
    {
        self.load_from_by(host, input, Machine::step)
    }

    /// Loads as [`load_from`](Machine::load_from), each instruction by `step`, which is to call [`Machine::step`].
    ///
    /// So a host can do something with the machine before an instruction and behind it, which in the instruction itself
    /// it cannot: show the memo, say, to the code that the instruction runs.
    ///
    /// # Errors
    ///
    /// As [`load_from`](Machine::load_from).
    pub fn load_from_by<H, I, S>(
        &mut self,
        host: &mut H,
        input: &mut I,
        mut step: S,
    ) -> Result<O, MachineError<H::Error>>
    where
        H: Host<Object = O>,
        I: Input<Error = H::Error>,
        S: FnMut(&mut Machine<O>, &mut H, Op<'_>) -> Result<Option<O>, Fault<H::Error>>,
    {
        self.reset();
        let mut offset = 0;
        loop {
            let (op, length) = match decode(input.buffered(), 0) {
                Ok(decoded) => decoded,
                Err(error) => {
                    if let Some(kind) = fault_before_end(input.buffered(), error.opcode(), self.has_mark()) {
                        return Err(MachineError::Pickle(Error::at(offset, error.opcode(), kind)));
                    }
                    fill(input, offset, error.opcode(), error.into_kind())?;
                    continue;
                }
            };
            let value = step(self, host, op).map_err(|fault| fault.at(offset, op.opcode()))?;
            let frame = if let Op::Frame(length) = op { Some(length) } else { None };
            input.consume(length);
            if let Some(value) = value {
                return Ok(value);
            }
            if let Some(frame) = frame {
                fill_frame(input, offset, frame)?;
            }
            offset += length;
        }
    }
}

/// Reads what an instruction lacks, or gives the error that it could not be decoded for.
fn fill<I: Input>(
    input: &mut I,
    offset: usize,
    opcode: Option<Opcode>,
    kind: FormatError,
) -> Result<(), MachineError<I::Error>> {
    let lacking = lacking(opcode, &kind, input.buffered());
    let fault = || Err(MachineError::Pickle(Error::at(offset, opcode, kind.clone().into())));
    let Some((keep, wanted)) = lacking else { return fault() };
    let done = input.read(keep, wanted);
    done.map_err(|error| MachineError::Host { offset, opcode: opcode.unwrap_or(Opcode::Stop), error })?;
    let got = input.buffered().get(keep..).unwrap_or_default();
    let complete = match wanted {
        _ if !matches!(kind, FormatError::Truncated { .. } | FormatError::EndOfInput) => false,
        Wanted::Line => got.ends_with(b"\n"),
        Wanted::Bytes(count) | Wanted::Content(count) => got.len() >= count,
    };
    if complete { Ok(()) } else { fault() }
}

/// What an instruction lacks, and how many bytes at its front are whole: CPython reads an opcode, a number, a content and
/// a line by themselves. Nothing for what no reading mends.
fn lacking(opcode: Option<Opcode>, kind: &FormatError, instruction: &[u8]) -> Option<(usize, Wanted)> {
    use ArgKind::{ByteArray8, Bytes1, Bytes4, Bytes8};
    let Some(opcode) = opcode else {
        return matches!(kind, FormatError::EndOfInput).then_some((0, Wanted::Bytes(1)));
    };
    let missing = match kind {
        FormatError::Truncated { missing } => *missing,
        // CPython reads this length without a sign, and finds that its bytes are not there.
        FormatError::NegativeLength { length } if opcode == Opcode::BinString => u64::from(*length as u32),
        _ => return None,
    };
    if opcode.arg().is_some_and(ArgKind::is_line) {
        let newline = instruction.iter().rposition(|&byte| byte == b'\n');
        return Some((newline.map_or(1, |newline| newline + 1), Wanted::Line));
    }
    let header = 1 + opcode.arg().map_or(0, ArgKind::count_size);
    let keep = if instruction.len() < header { 1 } else { header };
    let count = missing.checked_add((instruction.len() - keep) as u64)?;
    let count = isize::try_from(count).ok()?.unsigned_abs();
    if keep == header && matches!(opcode.arg(), Some(Bytes1 | Bytes4 | Bytes8 | ByteArray8)) {
        // Bytes go straight into their object: what the buffer has is the first part of them.
        let there = instruction.len() - header;
        return Some((instruction.len(), Wanted::Content(count - there)));
    }
    Some((keep, Wanted::Bytes(count)))
}

/// Reads a frame as a whole, as CPython does: it must be there.
fn fill_frame<I: Input>(input: &mut I, offset: usize, length: u64) -> Result<(), MachineError<I::Error>> {
    let opcode = Opcode::Frame;
    if length <= input.buffered().len() as u64 {
        return Ok(());
    }
    let missing = match isize::try_from(length) {
        Ok(count) => {
            let read = input.read(0, Wanted::Bytes(count.unsigned_abs()));
            read.map_err(|error| MachineError::Host { offset, opcode, error })?;
            length.saturating_sub(input.buffered().len() as u64)
        }
        Err(_) => length,
    };
    if missing == 0 {
        return Ok(());
    }
    let kind = ErrorKind::Format(FormatError::Truncated { missing });
    Err(MachineError::Pickle(Error::at(offset, Some(opcode), kind)))
}
