//! `pickle set`: another value in its place.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use pickle_tools::container::Format;
use pickle_value::{Path as ValuePath, literal};

use crate::failure::Failure;
use crate::input::{Input, InputArgs};
use crate::output::Output;
use crate::source::is_stdin;

const EXAMPLES: &str = "\
Examples:
  pickle set d.pkl name \"'Bill'\"              d['name'] = 'Bill', in the file itself
  pickle set d.pkl \"users[3].age\" 42 -o e.pkl
  pickle set d.pkl \"['new key']\" \"[1, 2.5]\"   a key that was not there
  pickle set log.pkl --all done True          in each pickle of the file
  pickle set d.pkl n -- -1                    what begins with a minus, behind --
  pickle set - name \"'Bill'\" < d.pkl > e.pkl";

/// Set one value within a pickle, as `obj<path> = value` does in Python
///
/// Items of lists, keys of dicts, attributes in the state of an instance; only the one place changes, and all bytes stay
/// that need not change. The value is a Python literal, and is written by the protocol of the pickle.
///
/// Without -o the file itself is replaced, as a whole or not at all.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Set {
    #[command(flatten)]
    input: InputArgs,

    /// The path of the value, such as `users[3].name`
    path: ValuePath,

    /// The new value: what Python's ast.literal_eval reads
    #[arg(allow_negative_numbers = true)]
    literal: String,

    /// The file to write, in place of the one that is read; - is standard output
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

impl Set {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let value = literal::parse(&self.literal).map_err(|error| Failure::new("literal", error))?;
        let (input, content) = self.input.rewritten(|input, mut document| {
            document.set(&self.path, &value).map_err(|error| input.failure(error))?;
            Ok(document.to_vec())
        })?;
        let mut out = Output::binary(self.target(&input)?)?;
        out.write_all(&content).map_err(|error| out.failure(&error))?;
        out.finish()
    }

    /// The file to write: that of `-o`, or the one that was read, if it can be packed again as it was.
    fn target(&self, input: &Input) -> Result<Option<&Path>, Failure> {
        let path = self.input.path();
        match &self.output {
            Some(output) => return Ok(Some(output)),
            None if is_stdin(path) => return Ok(None),
            None => {}
        }
        let packed: Vec<Format> = input.layers().iter().map(|layer| layer.format).collect();
        match (Format::of_name(path), &packed[..]) {
            (None, []) => Ok(Some(path)),
            (Some(by_name), [layer]) if by_name == *layer => Ok(Some(path)),
            _ => Err(input.failure("the file is packed in a way that is not written here: name another with -o")),
        }
    }
}
