//! The command `pickle`: looks into Python's pickles, checks them, and writes them anew.
//!
//! ```text
//! $ pickle show bob.pkl
//! {'name': 'bob', 'age': 20, 'score': 88}
//! ```
//!
//! Each subcommand is a file of `cmd`: its options, its help, and a `run`. `source` opens a file and unpacks it, `input`
//! finds the pickles in it, `output` is where results go, and `failure` is how all of them end when something is wrong. Nothing that a pickle
//! names is ever run: the crates beneath, `pickle-codec` and `pickle-tools`, keep it as data.

mod cmd;
mod codec;
mod failure;
mod input;
mod line;
mod output;
mod overrides;
mod preamble;
mod source;
mod survey;
mod target;

use std::process::ExitCode;

use clap::Parser;

const EXAMPLES: &str = "\
Examples:
  pickle show d.pkl                      what is in it
  pickle get d.pkl users[3].name         one value in it
  pickle set d.pkl name \"'Bill'\"         another one in its place
  pickle info d.pkl                      protocol, who reads it, globals
  pickle scan models/                    what would loading do?
  pickle globals d.pkl                   what would loading import?
  pickle dis -a d.pkl                    its opcodes, with a sentence on each
  pickle transcode -p 5 d.pkl -o e.pkl   the same value at protocol 5
  pickle optimize d.pkl -o e.pkl         without what its memo does not need
  pickle dis d.pkl | pickle asm - -o e.pkl
  curl -s URL | pickle check -           can it be read?
  pickle make '[1, 2.5]' -o d.pkl        a pickle of what is written there
  pickle json --indent 4 d.pkl           as JSON; pickle from-json is the way back
  pickle opcodes MEMOIZE                 what an opcode does
  pickle shelve dump people              the pickles of Python's shelve

The status is 0, or 1 where something is wrong with the input or the output, or 2 where it is with the arguments.";

/// Look into Python's pickles, check them, write them anew.
///
/// Nothing that a pickle names is ever run or imported.
#[derive(Parser)]
#[command(name = "pickle", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: cmd::Command,
}

fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.end(),
    }
}
