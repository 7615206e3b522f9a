//! `pickle transcode`: load and dump.

use core::str::FromStr;
use std::io::Write;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory};
use pickle_codec::{DumpOptions, HIGHEST_PROTOCOL, LoadOptions, Profile};
use pickle_opcodes::{Op, Ops};

use crate::failure::Failure;
use crate::input::{Input, InputArgs, Loaded};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  pickle transcode d.pkl -o canonical.pkl            at the protocol it has
  pickle transcode -p 2 d.pkl -o for-python2.pkl
  pickle transcode -p highest old.pkl | pickle dis -
  pickle transcode -p -1 --profile 3.7 d.pkl -o -    the highest of Python 3.7, to standard output
  pickle transcode -p 5 --all log.pkl -o log5.pkl    every pickle of the file";

/// Write a pickle anew: the bytes of pickle.dumps(pickle.loads(x), protocol=N)
///
/// Without -p the protocol stays: the one that the pickle's PROTO opcode declares, or, where it begins with none, the
/// lowest that has all its opcodes.
///
/// A file is written as a whole or not at all, and may be the one that was read.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Transcode {
    #[command(flatten)]
    input: InputArgs,

    /// The protocol: 0 to 5, default, highest, or a negative number for the highest
    #[arg(short, long, value_name = "N", allow_negative_numbers = true)]
    protocol: Option<ProtocolName>,

    /// The CPython whose bytes are written
    #[arg(long, value_name = "VERSION", default_value_t, value_parser = profile)]
    profile: Profile,

    /// The file to write; - is standard output, and so is none
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

/// A value of `-p`.
#[derive(Clone, Copy)]
enum ProtocolName {
    Number(u8),
    Default,
    Highest,
}

impl FromStr for ProtocolName {
    type Err = String;

    fn from_str(text: &str) -> Result<ProtocolName, String> {
        match text {
            "default" => return Ok(ProtocolName::Default),
            "highest" => return Ok(ProtocolName::Highest),
            _ => {}
        }
        let number: i64 = text
            .parse()
            .map_err(|_| format!("a protocol is 0 to {HIGHEST_PROTOCOL}, default, highest or a negative number"))?;
        match u8::try_from(number) {
            Ok(number) if number <= HIGHEST_PROTOCOL => Ok(ProtocolName::Number(number)),
            // Any negative number, as in Python.
            _ if number < 0 => Ok(ProtocolName::Highest),
            _ => Err(format!("pickle protocol must be <= {HIGHEST_PROTOCOL}")),
        }
    }
}

fn profile(name: &str) -> Result<Profile, String> {
    let known = || Profile::all().map(|profile| profile.to_string()).collect::<Vec<_>>();
    Profile::from_name(name).ok_or_else(|| format!("known are {}", known().join(", ")))
}

impl Transcode {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let wanted = self.protocol();
        let mut out = Output::binary(self.output.as_deref())?;
        // As CPython's own loads does it, which makes one object of some that the pickle has twice.
        let options = LoadOptions::new().profile(self.profile).unify(true);
        let mut bytes = Vec::new();
        let rest = self.input.each(options, |input, pickle| {
            bytes.clear();
            bytes = self.dump(core::mem::take(&mut bytes), wanted, input, &pickle)?;
            out.write_all(&bytes).map_err(|error| out.failure(&error))
        })?;
        out.finish()?;
        rest.say();
        Ok(())
    }

    /// The protocol that `-p` names, if it is given; ends the command where the profile has it not.
    fn protocol(&self) -> Option<u8> {
        let highest = self.profile.highest_protocol();
        match self.protocol? {
            ProtocolName::Default => Some(self.profile.default_protocol()),
            ProtocolName::Highest => Some(highest),
            ProtocolName::Number(number) if number <= highest => Some(number),
            ProtocolName::Number(_) => {
                let profile = self.profile;
                usage(&format!("pickle protocol must be <= {highest} with --profile {profile}"))
            }
        }
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
        let (profile, highest) = (self.profile, self.profile.highest_protocol());
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

/// Ends the command as wrong arguments do.
fn usage(problem: &str) -> ! {
    let mut cli = crate::Cli::command();
    cli.build();
    let command = cli.find_subcommand_mut("transcode").expect("this is the subcommand");
    command.error(ErrorKind::ValueValidation, problem).exit()
}
