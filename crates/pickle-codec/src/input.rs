//! [`Input`]: pickles from a file, an instruction at a time.

use pickle_opcodes::{ArgKind, ErrorKind as FormatError, Op, Opcode, decode};

use crate::error::{Error, ErrorKind};
use crate::host::Host;
use crate::machine::{Machine, MachineError};

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

    /// Appends `count` bytes to the buffer, or fewer where the file ends.
    ///
    /// # Errors
    ///
    /// Those of the file.
    fn read(&mut self, count: usize) -> Result<(), Self::Error>;

    /// Appends the rest of a line to the buffer, its newline included.
    ///
    /// # Errors
    ///
    /// Those of the file.
    fn read_line(&mut self) -> Result<(), Self::Error>;
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
        self.reset();
        let mut offset = 0;
        loop {
            let (op, length) = match decode(input.buffered(), 0) {
                Ok(decoded) => decoded,
                Err(error) => {
                    fill(input, offset, error.opcode(), error.into_kind())?;
                    continue;
                }
            };
            let value = self.step(host, op).map_err(|fault| fault.at(offset, op.opcode()))?;
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
    let before = input.buffered().len();
    let done = match kind {
        FormatError::EndOfInput => input.read(1),
        FormatError::Truncated { .. } if opcode.is_some_and(is_line) => input.read_line(),
        FormatError::Truncated { missing } => match isize::try_from(missing) {
            Ok(missing) => input.read(missing.unsigned_abs()),
            Err(_) => Ok(()),
        },
        _ => Ok(()),
    };
    done.map_err(|error| MachineError::Host { offset, opcode: opcode.unwrap_or(Opcode::Stop), error })?;
    if input.buffered().len() > before {
        Ok(())
    } else {
        Err(MachineError::Pickle(Error::at(offset, opcode, kind.into())))
    }
}

/// Reads a frame as a whole, as CPython does: it must be there.
fn fill_frame<I: Input>(input: &mut I, offset: usize, length: u64) -> Result<(), MachineError<I::Error>> {
    let have = input.buffered().len() as u64;
    let missing = length.saturating_sub(have);
    if missing == 0 {
        return Ok(());
    }
    if let Ok(missing) = isize::try_from(missing) {
        let opcode = Opcode::Frame;
        input.read(missing.unsigned_abs()).map_err(|error| MachineError::Host { offset, opcode, error })?;
    }
    let left = length.saturating_sub(input.buffered().len() as u64);
    if left == 0 {
        return Ok(());
    }
    let kind = ErrorKind::Format(FormatError::Truncated { missing: left });
    Err(MachineError::Pickle(Error::at(offset, Some(Opcode::Frame), kind)))
}

/// True for an opcode whose argument is one line or two.
pub(crate) fn is_line(opcode: Opcode) -> bool {
    use ArgKind::{
        DecimalNlLong, DecimalNlShort, FloatNl, StringNl, StringNlNoEscape, StringNlNoEscapePair, UnicodeStringNl,
    };
    matches!(
        opcode.arg(),
        Some(
            DecimalNlLong
                | DecimalNlShort
                | FloatNl
                | StringNl
                | StringNlNoEscape
                | StringNlNoEscapePair
                | UnicodeStringNl
        )
    )
}
