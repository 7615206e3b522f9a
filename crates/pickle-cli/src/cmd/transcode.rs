//! `pickle transcode`: load and dump.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use pickle_codec::{DumpOptions, LoadOptions, Profile};
use pickle_opcodes::{Op, Ops};

use crate::failure::Failure;
use crate::input::{Input, InputArgs, Loaded};
use crate::output::Output;
use crate::target::TargetArgs;

const EXAMPLES: &str = "\
Examples:
  pickle transcode d.pkl -o canonical.pkl            at the protocol it has
  pickle transcode -p 2 d.pkl -o for-python2.pkl
  pickle transcode -p highest old.pkl | pickle dis -
  pickle transcode -p -1 --profile 3.7 d.pkl -o -    the highest of Python 3.7, to standard output
  pickle transcode -p 5 --all log.pkl -o log5.pkl    every pickle of the file
  pickle transcode --exact d.pkl | cmp - d.pkl       nothing is lost in loading
  pickle transcode d.pkl.gz -o d.pkl.xz              packed by the name: .gz .zz .bz2 .xz .zst";

/// Write a pickle anew: the bytes of pickle.dumps(pickle.loads(x), protocol=N)
///
/// Without -p the protocol stays: the one that the pickle's PROTO opcode declares, or, where it begins with none, the
/// lowest that has all its opcodes.
///
/// An instance with __slots__ is written at protocols 0 and 1, too, where dumps refuses it, with the state that it has; loads
/// reads it.
///
/// With --exact the bytes are those that were read: each opcode, number of the memo and frame, however a pickler chose
/// them, with the content from the loaded value.
///
/// A file is written as a whole or not at all, and may be the one that was read.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Transcode {
    #[command(flatten)]
    input: InputArgs,

    #[command(flatten)]
    target: TargetArgs,

    /// Write the very bytes that were read, from the value and the layout recorded with it
    #[arg(long, conflicts_with_all = ["protocol", "profile"])]
    exact: bool,

    /// The file to write; - is standard output, and so is none
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

impl Transcode {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        if self.exact {
            return self.write_exactly();
        }
        let wanted = self.target.protocol("transcode");
        let mut out = Output::binary(self.output.as_deref())?;
        let options = |pickle: &[u8]| self.load_options(pickle);
        let mut bytes = Vec::new();
        let rest = self.input.each(options, |input, pickle| {
            bytes.clear();
            bytes = self.dump(core::mem::take(&mut bytes), wanted, input, &pickle)?;
            out.write_all(&bytes).map_err(|error| out.failure(&error))
        })?;
        self.input.keep(&rest, self.output.as_deref())?;
        out.finish()?;
        rest.say();
        Ok(())
    }

    /// The input is gone by the time the pickles are written.
    fn write_exactly(&self) -> Result<(), Failure> {
        let (documents, rest) = self.input.documents()?;
        let mut out = Output::binary(self.output.as_deref())?;
        for document in documents {
            out.write_all(&document.to_vec()).map_err(|error| out.failure(&error))?;
        }
        self.input.keep(&rest, self.output.as_deref())?;
        out.finish()?;
        rest.say();
        Ok(())
    }

    /// As the profile's own loads does it, which makes one object of some that the pickle has twice. What that Python is
    /// too old for is read as the newest reads it.
    fn load_options(&self, pickle: &[u8]) -> LoadOptions {
        let profile = self.target.profile;
        let is_known = !matches!(*pickle, [0x80, protocol, ..] if protocol > profile.highest_protocol());
        LoadOptions::new()
            .profile(if is_known { profile } else { Profile::default() })
            .unify(true)
            .keep_unresolved(true)
    }

    /// Writes a pickle's value into `buffer`.
    fn dump(
        &self,
        buffer: Vec<u8>,
        wanted: Option<u8>,
        input: &Input,
        pickle: &Loaded<'_>,
    ) -> Result<Vec<u8>, Failure> {
        let protocol = wanted.unwrap_or_else(|| declared_protocol(pickle.bytes));
        let (profile, highest) = (self.target.profile, self.target.profile.highest_protocol());
        if protocol > highest {
            return Err(input.failure(format_args!(
                "the pickle's protocol {protocol} is over {highest}, the highest of profile {profile}: choose one with -p"
            )));
        }
        DumpOptions::new()
            .profile(profile)
            .protocol(protocol)
            .append_to(buffer, &pickle.graph)
            .map_err(|error| input.failure(error))
    }
}

/// The protocol of a pickle that has been loaded: what a PROTO at its start says, else the highest that any of its
/// opcodes asks for.
fn declared_protocol(pickle: &[u8]) -> u8 {
    let mut ops = Ops::new(pickle).filter_map(|op| Some(op.ok()?.1));
    let asked_for = |op: Op<'_>| match op {
        Op::Proto(protocol) => protocol,
        op => op.opcode().protocol(),
    };
    match ops.next() {
        Some(Op::Proto(protocol)) => protocol,
        first => first.into_iter().chain(ops).map(asked_for).max().unwrap_or(0),
    }
}
