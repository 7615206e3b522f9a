//! `pickle make`: a pickle of a value that is written down.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use pickle_codec::DumpOptions;
use pickle_value::literal;

use crate::failure::Failure;
use crate::output::Output;
use crate::source::read_text;
use crate::target::TargetArgs;

const EXAMPLES: &str = "\
Examples:
  pickle make \"{'name': 'bob', 'scores': (88, 9.5, None)}\" -o bob.pkl
  pickle make -p 2 '[1, 2, b\"\\xff\"]' | pickle dis -
  pickle make -o d.pkl.gz - < literal.txt      from standard input, packed by the name
  pickle make -o n.pkl -- -1j                  what begins with a minus, behind --
  pickle show d.pkl | pickle make - -o e.pkl   and back";

/// Write a pickle of a Python literal: the bytes of pickle.dumps(ast.literal_eval(x), protocol=N)
///
/// Literals are str and bytes with all prefixes and escapes, int, float, complex (1+2j), tuples, lists, dicts, sets,
/// set(), None, True, False and ... (Ellipsis). The items of a set are written in the order of the text.
///
/// A file is written as a whole or not at all.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Make {
    /// The literal; - reads it from standard input
    #[arg(allow_negative_numbers = true)]
    literal: String,

    #[command(flatten)]
    target: TargetArgs,

    /// The file to write; - is standard output, and so is none
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

impl Make {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let protocol = self.target.protocol("make").unwrap_or(self.target.profile.default_protocol());
        let (name, text) = self.text()?;
        let graph = literal::parse(&text).map_err(|error| Failure::new(name, error))?;
        let options = DumpOptions::new().profile(self.target.profile).protocol(protocol);
        let bytes = options.to_vec(&graph).map_err(|error| Failure::new(name, error))?;
        let mut out = Output::binary(self.output.as_deref())?;
        out.write_all(&bytes).map_err(|error| out.failure(&error))?;
        out.finish()
    }

    /// The literal, and what to call it in messages.
    fn text(&self) -> Result<(&'static str, String), Failure> {
        match self.literal.as_str() {
            "-" => Ok(("<stdin>", read_text(Path::new("-"))?)),
            literal => Ok(("literal", literal.into())),
        }
    }
}
