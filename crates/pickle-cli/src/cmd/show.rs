//! `pickle show`: the value as Python would print it.

use std::io::Write;

use clap::Args;
use pickle_codec::LoadOptions;

use crate::failure::Failure;
use crate::input::InputArgs;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  pickle show d.pkl
  pickle show --all log.pkl              each pickle of the file, a line each
  pickle show --nth 2 log.pkl            the third
  pickle show --encoding latin1 py2.pkl  with Python 2's str that is not ASCII
  pickle show weights.npz                its arrays: array float64 [100, 3]
  pickle show - < d.pkl";

/// Show the value of a pickle, much like Python's repr
///
/// Calls and instances are written as what they say, models.User(name='Ann'), and an instance within itself as <cycle #1>,
/// where 1 is the outermost of those around it. Arrays of NumPy and tensors of PyTorch are written by type and shape, those
/// of a .npy or .npz too. Nothing is run.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Show {
    #[command(flatten)]
    input: InputArgs,
}

impl Show {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut out = Output::stdout();
        if let Some(arrays) = self.input.arrays()? {
            for (name, array) in arrays {
                let separator = if name.is_empty() { "" } else { ": " };
                writeln!(out, "{name}{separator}{array}").map_err(|error| out.failure(&error))?;
            }
            return out.finish();
        }
        let shown = self.input.each(
            |_| LoadOptions::new().keep_unresolved(true),
            |_, pickle| writeln!(out, "{}", pickle.graph).map_err(|error| out.failure(&error)),
        );
        out.finish()?;
        shown?.say();
        Ok(())
    }
}
