//! `pickle check`: can it be read?

use std::io::Write;

use clap::Args;
use pickle_codec::LoadOptions;

use crate::failure::Failure;
use crate::input::InputArgs;
use crate::line::OneLine;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  pickle check d.pkl
  pickle check --all log.pkl             all pickles of the file, one behind the other
  pickle check - < d.pkl
  pickle check d.pkl > verdict || head -1 verdict";

/// Check that a pickle can be read
///
/// The first line of standard output is the verdict: ok, or error: and what is wrong where. The status is 0 or 1. With
/// --all the verdict is on all pickles of the file: the first error, if there is one.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    #[command(flatten)]
    input: InputArgs,
}

impl Check {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let checked = self.input.each(|_| LoadOptions::new(), |_, _| Ok(()));
        let mut out = Output::stdout();
        let written = match &checked {
            Err(Failure::Message(problem)) => writeln!(out, "error: {}", OneLine(problem)),
            _ => writeln!(out, "ok"),
        };
        written.map_err(|error| out.failure(&error))?;
        out.finish()?;
        match checked {
            Ok(rest) => {
                rest.say();
                Ok(())
            }
            Err(_) => Err(Failure::Said),
        }
    }
}
