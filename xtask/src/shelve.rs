//! `cargo xtask shelve`: our shelves against CPython's.
//!
//! ```text
//!   shelf.py fill ──► shelf ──► read ──► change ──► shelf.py check          sqlite3, dumb; gnu, ndbm are only read
//!            write ──► shelf ──► shelf.py check, change ──► read
//!   a writer of ours, killed ──► shelf ──► opened by both: all that was synced is there
//!   shelf.py hold ──► shelf ──► busy?
//! ```

mod ask;
mod busy;
mod kill;
mod round_trip;
mod self_test;
mod writer;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use shelve_lite::Format;

use self::ask::Asked;
use crate::Result;
use crate::compat::pythons;

/// Compare our shelves with CPython's.
///
/// Each format is tried with the newest interpreter that has it. Shelves of dbm.sqlite3 and dbm.dumb go both ways, those of
/// dbm.gnu and dbm.ndbm are read. Writers are killed while they write; what they had synced must be there. Processes get in
/// each other's way, as the documentation says.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Ask this interpreter, not those found in pyenv and on PATH; may be repeated
    #[arg(long, value_name = "PATH")]
    python: Vec<PathBuf>,
    /// Every interpreter with each of its formats, and 200 killed writers of each format
    #[arg(long)]
    full: bool,
    /// Entries of a shelf
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    entries: usize,
    /// Writers to kill, of each format [default: 20, or 200 with --full]
    #[arg(long, value_name = "N")]
    kills: Option<usize>,
    /// When writers are killed, and what they write
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Plant faults, and fail if one is not noticed
    #[arg(long, conflicts_with = "full")]
    self_test: bool,
    /// Be the writer that is killed: of this shelf
    #[arg(long, hide = true)]
    writer: Option<PathBuf>,
    /// Its format
    #[arg(long, hide = true, default_value = "dumb")]
    format: String,
}

/// `cargo xtask shelve`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if let Some(shelf) = &options.writer {
        let format = Format::from_name(&options.format).ok_or("no such format")?;
        return writer::write_until_killed(shelf, format, options.seed);
    }
    let found = pythons::find(&options.python)?;
    let mut asked = Vec::new();
    // The scripts are for Python 3; what Python 2 writes is in the tests of the crate.
    for python in found.found.iter().filter(|python| python.version.release().0 == 3) {
        asked.push(Asked::new(python)?);
    }
    if options.self_test {
        return self_test::run(&asked, options);
    }
    let (mut tried, mut wrong) = (0, 0);
    for format in [Format::Sqlite, Format::Dumb, Format::Gnu, Format::Ndbm] {
        let mut having: Vec<&Asked> = asked.iter().filter(|python| python.has(format)).collect();
        if having.is_empty() {
            println!("{format}: no Python found has it: nothing was compared");
            continue;
        }
        if !options.full {
            having.drain(..having.len() - 1);
        }
        for python in &having {
            tried += 1;
            wrong += report(format, python, "round trips", || round_trip::check(python, format, options.entries));
            wrong += report(format, python, "other processes", || busy::check(python, format));
        }
        if let (Format::Sqlite | Format::Dumb, Some(python)) = (format, having.last()) {
            let kills = options.kills.unwrap_or(if options.full { 200 } else { 20 });
            wrong += report(format, python, "killed writers", || kill::check(python, format, kills, options.seed));
        }
    }
    println!("{tried} formats of Pythons, {wrong} of their checks failed");
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a check and tells of it; 1 where it fails.
fn report(format: Format, python: &Asked, what: &str, check: impl FnOnce() -> Result<String>) -> usize {
    let started = Instant::now();
    let outcome = check();
    let (seconds, version) = (started.elapsed().as_secs_f64(), python.version());
    match &outcome {
        Ok(said) => println!("{format}, CPython {version}, {what}: {said} ({seconds:.1} s)"),
        Err(error) => println!("{format}, CPython {version}, {what}: FAILED: {error}"),
    }
    usize::from(outcome.is_err())
}
