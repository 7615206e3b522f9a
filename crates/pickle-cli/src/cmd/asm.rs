//! `pickle asm`: a listing back into a pickle.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::output::Output;
use crate::source::{name, read_text};

const EXAMPLES: &str = "\
Examples:
  pickle dis d.pkl | sed s/bob/eve/ | pickle asm - -o e.pkl
  pickle dis --exact odd.pkl | pickle asm - | cmp - odd.pkl
  pickle asm listing.txt -o d.pkl";

/// Assemble a pickle from a listing, as pickle dis writes it
///
/// A line is an instruction: its name and its argument, a Python literal. Offsets, indentation and the opcode's byte may
/// be there or not. Empty lines and lines that begin with # are passed over. Several listings are several pickles.
///
/// What pickle dis lists of a pickle that a Python wrote becomes that pickle again; with --exact any pickle does.
///
/// A file is written as a whole or not at all.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Asm {
    /// The listing; - is standard input
    file: PathBuf,

    /// The file to write; - is standard output, and so is none
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

impl Asm {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let listing = read_text(&self.file)?;
        let pickle = pickle_tools::asm(&listing).map_err(|error| Failure::new(&name(&self.file), error))?;
        if pickle.is_empty() {
            return Err(Failure::new(&name(&self.file), "no instruction in it, so there is no pickle"));
        }
        let mut out = Output::binary(self.output.as_deref())?;
        out.write_all(&pickle).map_err(|error| out.failure(&error))?;
        out.finish()
    }
}
