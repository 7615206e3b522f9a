//! `cargo xtask suite`: CPython's own tests of pickling, with our machine and encoder in `_pickle`'s place; and those of
//! marshal data, with our reader and writer in the place of `marshal`.
//!
//! ```text
//!   pythons ──► host (built for each) ──► run: one process a file ──► ours ───┐
//!                                     └─► run: the native module ───► native ─┴─► verdict ──► report
//!                                          compat/known-differences.toml ─────────┘
//! ```

mod bench;
mod known;
mod report;
mod run;
mod self_test;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use self::known::Known;
use self::report::Report;
use self::verdict::Verdict;
use crate::compat::pythons::{self, Interpreter, Skipped};
use crate::host::{Build, Host, Needs};
use crate::{Result, host};

/// The files of CPython's test suite that are about pickling and marshal data.
const TESTS: [&str; 6] =
    ["test_pickle", "test_pickletools", "test_picklebuffer", "test_shelve", "test_copyreg", "test_marshal"];

/// The version with which `PickleBuffer` came, and the file that tests it.
const PICKLE_BUFFER: (u8, u8) = (3, 8);

/// Run CPython's own tests of pickling on our machine and encoder, and of marshal data on our reader and writer.
///
/// For each interpreter the extension modules of compat/cpython-host are built and put in the place of `_pickle` or `marshal`. Each test
/// file then runs in a process of its own, once with our module and once with the native one. What passes natively has
/// to pass with ours, apart from what compat/known-differences.toml lists; what is listed has to differ.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Use this interpreter, not those found in pyenv and on PATH; may be repeated
    #[arg(long, value_name = "PATH")]
    python: Vec<PathBuf>,
    /// Of the interpreters found, only the newest
    #[arg(long)]
    newest: bool,
    /// The test files to run
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', default_values = TESTS)]
    tests: Vec<String>,
    /// Seconds after which a test file counts as hanging
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
    /// Print whole tracebacks
    #[arg(long)]
    verbose: bool,
    /// Write everything to FILE as JSON; without FILE to standard output, and the tables to standard error
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    json: Option<PathBuf>,
    /// Break an opcode and plant other faults, with the newest interpreter, and fail if one is not noticed
    #[arg(long, conflicts_with_all = ["json", "bench"])]
    self_test: bool,
    /// Measure loads and dumps on live objects beside the native module instead
    #[arg(long, conflicts_with = "json")]
    bench: bool,
}

impl Options {
    fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

/// `cargo xtask suite`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let known = Known::read()?;
    let (pythons, skipped) = usable(options)?;
    for Skipped { python, reason } in &skipped {
        eprintln!("skipped: {python}: {reason}");
    }
    if pythons.is_empty() {
        eprintln!("no CPython with headers and its test suite was found: nothing was run");
    }
    if options.self_test {
        return pythons.last().map_or(Ok(ExitCode::SUCCESS), |python| self_test::run(python, options, &known));
    }
    if options.bench {
        return bench::run(&pythons);
    }
    let mut report = Report { skipped, verdicts: Vec::new() };
    for python in &pythons {
        eprintln!("CPython {}: building the host", python.version);
        let host = Host::build(python, Build::Sound)?;
        eprintln!("CPython {}: running {}", python.version, options.tests.join(", "));
        report.verdicts.push(judge(&host, options, &known)?);
    }
    report.print(options.verbose, options.json.as_deref())
}

/// The interpreters that a host can be built for, oldest first; and the others, with the reason.
fn usable(options: &Options) -> Result<(Vec<Interpreter>, Vec<Skipped>)> {
    let found = pythons::find(&options.python)?;
    let mut skipped = found.skipped;
    let mut pythons = Vec::new();
    for python in found.found {
        match host::obstacle(&python, Needs::HeadersAndTests)? {
            None => pythons.push(python),
            Some(reason) if options.python.is_empty() => {
                let python = format!("CPython {} ({})", python.version, python.path.display());
                skipped.push(Skipped { python, reason });
            }
            Some(reason) => return Err(format!("{}: {reason}", python.path.display()).into()),
        }
    }
    if options.newest && pythons.len() > 1 {
        pythons.drain(..pythons.len() - 1);
    }
    Ok((pythons, skipped))
}

/// Runs all files with both modules.
fn judge(host: &Host<'_>, options: &Options, known: &Known) -> Result<Verdict> {
    let mut files = Vec::new();
    let release = host.python.version.release();
    for test in options.tests.iter().filter(|&test| release >= PICKLE_BUFFER || test != "test_picklebuffer") {
        let ours = run::run(host.python, Some(&host.library), test, options.timeout())?;
        let native = run::run(host.python, None, test, options.timeout())?;
        files.push(verdict::compare(test, ours, native, known, &host.python.version));
    }
    Ok(Verdict { python: host.python.clone(), files })
}
