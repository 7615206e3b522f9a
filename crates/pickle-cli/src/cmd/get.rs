//! `pickle get`: one value within a pickle.

use std::io::Write;

use clap::Args;
use pickle_codec::LoadOptions;
use pickle_value::Path;

use crate::failure::Failure;
use crate::input::InputArgs;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  pickle get d.pkl name                  what Python has at d['name']
  pickle get d.pkl \"users[3].name\"       an item, and an attribute
  pickle get d.pkl \"[(1, 'a')][-1]\"      any literal as a key; the last item
  pickle get model.pt \"['0.weight']\"     a key with a dot in it";

/// Show one value within a pickle, found by its path
///
/// A path is what would follow the variable in Python: `['users'][3].name`. A word at its start is a key. An attribute is
/// looked for in the state of an instance. Nothing is run.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Get {
    #[command(flatten)]
    input: InputArgs,

    /// The path of the value, such as `users[3].name`
    path: Path,
}

impl Get {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut out = Output::stdout();
        let shown = self.input.each(
            |_| LoadOptions::new().keep_unresolved(true),
            |input, pickle| {
                let found = pickle.graph.root().try_at(&self.path).map_err(|error| input.failure(error))?;
                writeln!(out, "{found}").map_err(|error| out.failure(&error))
            },
        );
        out.finish()?;
        shown?.say();
        Ok(())
    }
}
