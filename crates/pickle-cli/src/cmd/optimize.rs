//! `pickle optimize`: what `pickletools.optimize` gives.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use pickle_tools::Error;

use crate::failure::Failure;
use crate::input::{FileArgs, Input};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  pickle optimize d.pkl -o smaller.pkl
  pickle optimize d.pkl -o d.pkl         in place
  pickle optimize --all log.pkl | pickle dis --all -
  pickle optimize d.pkl -o d.pkl.xz      packed by the name: .gz .zz .bz2 .xz .zst";

/// Leave out what a memo does not need: the bytes of pickletools.optimize
///
/// Memo entries that are never read go, and the frames are made anew. The bytes are those of Python 3.13. The pickle is not
/// loaded, and its value stays the same.
///
/// A file is written as a whole or not at all, and may be the one that was read.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Optimize {
    #[command(flatten)]
    input: FileArgs,

    /// The file to write; - is standard output, and so is none
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

impl Optimize {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut out = Output::binary(self.output.as_deref())?;
        let rest = self.input.each(|input, start| {
            let pickle = input.pickle_at(start)?;
            let optimized = pickle_tools::optimize(pickle).map_err(|error| failure(input, start, &error))?;
            out.write_all(&optimized).map_err(|error| out.failure(&error))?;
            Ok(start + pickle.len())
        })?;
        self.input.keep(&rest, self.output.as_deref())?;
        out.finish()?;
        rest.say();
        Ok(())
    }
}

/// An error with its offset counted from the start of the file.
fn failure(input: &Input, start: usize, error: &Error) -> Failure {
    let (kind, offset) = (error.kind(), start as u64 + error.offset());
    match error.opcode() {
        Some(opcode) => input.failure(format_args!("{kind} ({opcode} at byte {offset})")),
        None => input.failure(format_args!("{kind} (at byte {offset})")),
    }
}
