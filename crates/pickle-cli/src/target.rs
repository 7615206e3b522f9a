//! [`TargetArgs`]: what is written, by which protocol and whose bytes.

use core::str::FromStr;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory};
use pickle_codec::{HIGHEST_PROTOCOL, Profile};

/// The arguments of every subcommand that dumps.
#[derive(Args, Clone, Copy)]
pub(crate) struct TargetArgs {
    /// The protocol: 0 to 5, default, highest, or a negative number for the highest
    #[arg(short, long, value_name = "N", allow_negative_numbers = true)]
    protocol: Option<ProtocolName>,

    /// The CPython whose bytes are written
    #[arg(long, value_name = "VERSION", default_value_t, value_parser = profile)]
    pub(crate) profile: Profile,
}

impl TargetArgs {
    /// The protocol that `-p` names, if it is given; ends the command where the profile has it not.
    pub(crate) fn protocol(&self, subcommand: &str) -> Option<u8> {
        let highest = self.profile.highest_protocol();
        match self.protocol? {
            ProtocolName::Default => Some(self.profile.default_protocol()),
            ProtocolName::Highest => Some(highest),
            ProtocolName::Number(number) if number <= highest => Some(number),
            ProtocolName::Number(_) => {
                let profile = self.profile;
                usage(subcommand, &format!("pickle protocol must be <= {highest} with --profile {profile}"))
            }
        }
    }
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

/// Ends the command as wrong arguments do.
fn usage(subcommand: &str, problem: &str) -> ! {
    let mut cli = crate::Cli::command();
    cli.build();
    let command = cli.find_subcommand_mut(subcommand).expect("this is the subcommand");
    command.error(ErrorKind::ValueValidation, problem).exit()
}
