//! `pickle globals`: which symbols loading would need.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use pickle_tools::scan::{Scanner, Severity, Verdict};

use crate::cmd::scan::{PolicyArgs, read};
use crate::failure::Failure;
use crate::line::OneLine;
use crate::output::Output;
use crate::source::name;

const EXAMPLES: &str = "\
Examples:
  pickle globals model.pt
  pickle globals --judge model.pkl       and what the policy says of each";

/// List the symbols that loading would import
///
/// All pickles of the file count, in all containers, and what stands before an error. Names are those that Python 3 imports.
/// The status is 1 where there may be others: a name is computed, or the file is broken.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Globals {
    /// The file; - is standard input
    file: PathBuf,

    /// Write before each symbol what the policy says of it
    #[arg(long)]
    judge: bool,

    #[command(flatten)]
    policy: PolicyArgs,
}

impl Globals {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let name = name(&self.file);
        let scanner = Scanner::with_policy(self.policy.read()?);
        let bytes = read(&self.file).map_err(|error| Failure::new(&name, error))?;
        let report = scanner.scan(&bytes);
        let mut out = Output::stdout();
        for symbol in report.symbols() {
            let severity = report.findings().iter().find(|finding| &*finding.subject == symbol).map(|f| f.severity);
            let written = match severity.filter(|_| self.judge) {
                Some(severity) => writeln!(out, "{:<10} {}", severity.name(), OneLine(symbol)),
                None => writeln!(out, "{}", OneLine(symbol)),
            };
            written.map_err(|error| out.failure(&error))?;
        }
        out.finish()?;
        if report.needs_unknown_symbols() {
            return Err(Failure::new(&name, "there are others, whose names only loading would tell"));
        }
        let is_broken = report.findings().iter().any(|finding| finding.severity == Severity::Unreadable);
        if is_broken || report.verdict() == Verdict::NotAPickle {
            return Err(Failure::new(&name, "not all of the file could be read: there may be others"));
        }
        Ok(())
    }
}
