//! A load that is watched: for those who want to know which instructions made what.

use core::ops::Range;

use pickle_opcodes::{Op, decode};

use crate::error::Error;
use crate::fault::MachineError;
use crate::host::Host;
use crate::machine::Machine;

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
            let top = value.clone().or_else(|| self.top_object().cloned());
            observe(Observed { op, range: at..end, top, host })
                .map_err(|error| MachineError::Pickle(error.with_place(at, Some(op.opcode()))))?;
            if let Some(value) = value {
                return Ok((value, end));
            }
            at = end;
        }
    }
}
