//! `cargo xtask real`: pickles that this project did not make.
//!
//! ```text
//!   CPython's own tests ──► collect.py ──► pickles ──┬─► judge.py: loads, dumps by 3.13 ──┐
//!                                                    └─► our load and dump ───────────────┴─► report
//! ```

mod answers;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::Args;
use pickle_codec::{DumpOptions, LoadOptions};

use self::answers::Answer;
use self::report::Report;
use crate::compat::progress::Progress;
use crate::compat::pythons::{self, Interpreter};
use crate::{Result, paths};

/// Write real pickles again as CPython does.
///
/// The pickles are those that pass through the interpreters' own test suites, those that their libraries ship, and what
/// else is in the folders named. The newest interpreter loads each and dumps it at every protocol; ours must be the same
/// bytes. What it cannot load, since the classes are not there, we must read all the same.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Collect from the tests of this interpreter, too; may be repeated [default: the newest found]
    #[arg(long, value_name = "PATH")]
    python: Vec<PathBuf>,
    /// Take the pickles in this folder, too; may be repeated
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<PathBuf>,
    /// Take one of so many
    #[arg(long, value_name = "N", default_value_t = 1)]
    sample: usize,
    /// List all exceptions
    #[arg(short, long)]
    verbose: bool,
}

/// Collects, asks and compares.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let judge = newest(&[])?;
    let collected = if options.python.is_empty() { vec![judge.clone()] } else { pythons::find(&options.python)?.found };
    let progress = Progress::new();
    let mut folders = options.folder.clone();
    for python in &collected {
        folders.push(collect(python, &progress)?);
    }
    let mut report = Report::new(&judge, options.verbose);
    for folder in &folders {
        for answer in answers::ask(&judge, folder, options.sample, &progress)? {
            compare(folder, &answer, &judge, &mut report)?;
        }
    }
    progress.finish();
    print!("{report}");
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn newest(named: &[PathBuf]) -> Result<Interpreter> {
    let found = pythons::find(named)?.found;
    found.into_iter().next_back().ok_or_else(|| "there is no CPython to compare with".into())
}

/// The folder of what the interpreter's tests pickle, filled where that was not done before.
fn collect(python: &Interpreter, progress: &Progress) -> Result<PathBuf> {
    let folder = paths::cache().join("real").join(python.version.to_string());
    if folder.is_dir() {
        return Ok(folder);
    }
    progress.show(&format!("CPython {}: running its tests", python.version), 0, 1);
    let unfinished = folder.with_extension("unfinished");
    fs::create_dir_all(&unfinished)?;
    let status = Command::new(&python.path)
        .arg(paths::real().join("collect.py"))
        .arg(&unfinished)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("collect.py fails under {} ({status})", python.path.display()).into());
    }
    fs::rename(&unfinished, &folder)?;
    Ok(folder)
}

fn compare(folder: &Path, answer: &Answer, judge: &Interpreter, report: &mut Report) -> Result<()> {
    let pickle = fs::read(folder.join(&answer.name))?;
    let profile = judge.version.profile().ok_or("no profile for this version")?;
    let load = LoadOptions::new().profile(profile).unify(true);
    let graph = match load.from_slice(&pickle) {
        Ok(graph) => graph,
        Err(error) => {
            report.unread(answer, &error);
            return Ok(());
        }
    };
    report.read(answer);
    for (protocol, expected) in answer.dumps() {
        let ours = DumpOptions::new().profile(profile).protocol(protocol).to_vec(&graph);
        report.check(answer, protocol, expected, ours);
    }
    Ok(())
}
