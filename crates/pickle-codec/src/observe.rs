//! A load that is watched: for those who want to know which instructions made what.

use core::ops::Range;

use pickle_opcodes::{Op, decode};

use crate::error::Error;
use crate::fault::MachineError;
use crate::host::Host;
use crate::machine::{Machine, check_frame};

/// An instruction that has been run.
pub(crate) struct Observed<'a, 'h, H: Host> {
    pub(crate) op: Op<'a>,
    /// Where it stands in the input.
    pub(crate) range: Range<usize>,
    /// What is on top of the stack behind it; what STOP gives.
    pub(crate) top: Option<H::Object>,
    pub(crate) host: &'h H,
}

impl<O: Clone> Machine<O> {
    /// Loads as [`load`](Machine::load) does, and shows each instruction once it has been run. What a FRAME announces is
    /// the observer's to check.
    pub(crate) fn load_observed<'a, H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &'a [u8],
        offset: usize,
        mut observe: impl FnMut(Observed<'a, '_, H>) -> Result<(), Error>,
    ) -> Result<(O, usize), MachineError<H::Error>> {
        self.reset();
        let mut at = offset;
        loop {
            let (op, end) =
                decode(input, at).map_err(|error| MachineError::Pickle(self.undecoded(input, at, &error)))?;
            let value = self.step(host, op).map_err(|fault| fault.at(at, op.opcode()))?;
            self.check_bounds().map_err(|kind| MachineError::Pickle(Error::at(at, Some(op.opcode()), kind)))?;
            let top = value.clone().or_else(|| self.top_object().cloned());
            observe(Observed { op, range: at..end, top, host })
                .map_err(|error| MachineError::Pickle(error.with_place(at, Some(op.opcode()))))?;
            if let Some(value) = value {
                return Ok((value, end));
            }
            at = end;
        }
    }

    /// Loads as [`load`](Machine::load) does, and looks after each instruction whether a limit is passed.
    #[cold]
    #[inline(never)]
    pub(crate) fn load_bounded<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        offset: usize,
    ) -> Result<(O, usize), MachineError<H::Error>> {
        let mut frames = Ok(());
        let loaded = self.load_observed(host, input, offset, |observed| {
            if let (Op::Frame(length), Ok(())) = (observed.op, &frames) {
                frames = check_frame::<H::Error>(input, observed.range.start, observed.range.end, length).map(drop);
            }
            Ok(())
        });
        frames.and(loaded)
    }
}
