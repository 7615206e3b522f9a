//! `cargo xtask marshal`: our marshal data and `.pyc` files against CPython's.
//!
//! ```text
//!   pythons ──► compile.py ──► .pyc files ──► read ──► rebuild ──► write ──► the same bytes?
//!                              .pyc files ──► fields.py ──► the fields of our code objects?
//!                              .pyc files ──► listing.py ──► our instructions?
//!                              .pyc files ──► change code objects ──► replace.py ──► the same change?
//!           └─► values.py ──► pickles ──► graphs ──► write ──► the bytes of marshal.dumps?
//! ```

mod ask;
mod fields;
mod listing;
mod normalise;
mod pack;
mod rebuild;
mod replace;
mod self_test;
mod values;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use clap::{Args, ValueEnum};
use marshal_lite::{ReadOptions, Release};

use self::ask::Digests;
use self::pack::{Pack, PycFile, Run};
use self::rebuild::rebuild;
use crate::Result;
use crate::compat::pythons::{self, Interpreter, Skipped};

/// Compare our marshal data with CPython's.
///
/// Each interpreter compiles its own standard library, at each level of optimisation. Each `.pyc` file is read into a
/// graph, which is made anew object by object; with the file freed, it is written, and must be the same bytes. The fields of
/// all code objects are those that the interpreter sees, their instructions those of its `dis`; a code object that is
/// changed is what it makes of the same change; and what was compiled twice is normalised to the same bytes, from which it
/// loads what it compiled. Values of builtin types are written at every version as its `marshal.dumps` writes them.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Ask this interpreter, not those found in pyenv and on PATH; may be repeated
    #[arg(long, value_name = "PATH")]
    python: Vec<PathBuf>,
    /// All modules, not every tenth
    #[arg(long)]
    full: bool,
    /// Another seed takes another tenth
    #[arg(long, value_name = "S", default_value = "0", conflicts_with = "full")]
    seed: String,
    /// Threads [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Print at most this many differences of each interpreter
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Only these checks
    #[arg(long, value_name = "CHECK,…", value_delimiter = ',', conflicts_with = "self_test")]
    only: Vec<Check>,
    /// Plant faults, with the newest interpreter, and fail if one is not noticed
    #[arg(long, conflicts_with = "full")]
    self_test: bool,
}

/// What to compare, and how much of it to print.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extent {
    /// All modules, not every tenth.
    pub(crate) full: bool,
    /// By which a tenth is taken.
    pub(crate) seed: String,
    /// Threads.
    pub(crate) jobs: usize,
    /// The most differences of each interpreter that are printed.
    pub(crate) limit: usize,
    /// The checks; all, where there are none.
    pub(crate) only: Vec<Check>,
}

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Check {
    /// Values of builtin types
    Values,
    /// Files read and written again
    Rewrite,
    /// The fields of code objects
    Fields,
    /// Instructions
    Listing,
    /// Code objects with other fields
    Replace,
    /// Normalised files
    Normalise,
}

/// `cargo xtask marshal`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let found = pythons::find(&options.python)?;
    for Skipped { python, reason } in &found.skipped {
        println!("skipped: {python}: {reason}");
    }
    match found.found.last() {
        Some(newest) if options.self_test => self_test::run(newest, &options.extent()),
        _ => compare_all(&found.found, &options.extent()),
    }
}

/// Compares with all of these interpreters.
pub(crate) fn compare_all(pythons: &[Interpreter], extent: &Extent) -> Result<ExitCode> {
    if pythons.is_empty() {
        eprintln!("no CPython was found: nothing was compared");
        return Ok(ExitCode::SUCCESS);
    }
    let (mut total, mut differing) = (0, 0);
    for python in pythons {
        let release = release_of(python)?;
        if extent.wants(Check::Values) {
            differing += compare_values(python, release, extent.limit)?;
        }
        if extent.only == [Check::Values] {
            continue;
        }
        let subject = Subject::new(python, extent)?;
        total += subject.pack.len();
        differing += compare_files(&subject, release, extent)?;
    }
    let part = if extent.full { "all" } else { "a tenth of the" };
    println!("{total} .pyc files, {part} modules at three levels of optimisation; {differing} differences");
    Ok(if differing == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Compares what an interpreter compiles its library to; gives how much differs.
fn compare_files(subject: &Subject<'_>, release: Release, extent: &Extent) -> Result<usize> {
    let python = subject.python;
    let mut differing = usize::from(subject.pack.len() == 0);
    if extent.wants(Check::Rewrite) {
        differing += subject.check("are written back as they were", extent, |file| {
            rewrite(file, &file.data[release.pyc_header()..], release)
        });
    }
    if extent.wants(Check::Fields) {
        let fields = Digests::ask(python, &subject.pack, "fields.py")?;
        differing += subject.check("have code objects with the fields that it sees", extent, |file| {
            fields.check(file, release, fields::describe)
        });
    }
    if extent.wants(Check::Listing) {
        let listings = Digests::ask(python, &subject.pack, "listing.py")?;
        differing += subject.check("have the instructions that its dis finds", extent, |file| {
            listings.check(file, release, listing::describe)
        });
        differing += listing::check_table(python, release)?;
    }
    if extent.wants(Check::Replace) {
        differing += replace::check(subject, release, extent)?;
    }
    if extent.wants(Check::Normalise) {
        let fields = Digests::ask(python, &subject.pack, "fields.py")?;
        differing += normalise::check(subject, &fields, extent)?;
    }
    Ok(differing)
}

/// An interpreter with its compiled library.
struct Subject<'a> {
    python: &'a Interpreter,
    pack: Pack,
}

impl<'a> Subject<'a> {
    fn new(python: &'a Interpreter, extent: &Extent) -> Result<Subject<'a>> {
        eprintln!("CPython {}: compiling its library", python.version);
        Ok(Subject { python, pack: Pack::compile(python, extent.tenth(), Run::FIRST)? })
    }

    /// Checks each file and tells of it; gives how many differ.
    fn check(&self, what: &str, extent: &Extent, check: impl Fn(&PycFile<'_>) -> Result<(), String> + Sync) -> usize {
        let started = Instant::now();
        let differences = compare(&self.pack, extent.jobs, check);
        let (total, seconds) = (self.pack.len(), started.elapsed().as_secs_f64());
        let equal = total - differences.len();
        println!("CPython {}: {equal} of {total} .pyc files {what} ({seconds:.1} s)", self.python.version);
        for difference in differences.iter().take(extent.limit) {
            println!("  {difference}");
        }
        differences.len()
    }
}

impl Options {
    fn extent(&self) -> Extent {
        Extent {
            full: self.full,
            seed: self.seed.clone(),
            jobs: self.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1),
            limit: self.limit,
            only: self.only.clone(),
        }
    }
}

impl Extent {
    fn wants(&self, check: Check) -> bool {
        self.only.is_empty() || self.only.contains(&check)
    }

    /// The seed by which a tenth of the modules is taken.
    fn tenth(&self) -> Option<&str> {
        let seed = if self.seed.is_empty() { "0" } else { &self.seed };
        (!self.full).then_some(seed)
    }
}

/// Compares values of builtin types; gives how many differ.
fn compare_values(python: &Interpreter, release: Release, limit: usize) -> Result<usize> {
    let profile = python.version.profile().ok_or("the pickles of this release are not known")?;
    let (equal, differences) = values::compare(&values::ask(python)?, release, profile);
    println!("CPython {}: {equal} of {} values are written as it does", python.version, equal + differences.len());
    for difference in differences.iter().take(limit) {
        println!("  {difference}");
    }
    Ok(differences.len())
}

fn release_of(python: &Interpreter) -> Result<Release> {
    let (major, minor) = python.version.release();
    Release::new(major, minor).ok_or_else(|| format!("{} is no known release", python.version).into())
}

/// What is different about each file that is.
fn compare(pack: &Pack, jobs: usize, check: impl Fn(&PycFile<'_>) -> Result<(), String> + Sync) -> Vec<String> {
    let files: Vec<PycFile<'_>> = pack.files().collect();
    let next = AtomicUsize::new(0);
    let differences = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(difference) = check(file) {
                        let line = format!("{}: {difference}", file.name);
                        differences.lock().expect("no thread panics with it").push(line);
                    }
                }
            });
        }
    });
    let mut differences = differences.into_inner().expect("no thread panics with it");
    differences.sort();
    differences
}

/// Reads a file, makes its graph anew, and writes that without the file.
fn rewrite(file: &PycFile<'_>, expected: &[u8], release: Release) -> Result<(), String> {
    let input = file.data.to_vec();
    let options = ReadOptions::new().release(release);
    let read = options.from_slice_recorded_at(&input, release.pyc_header());
    let (graph, end, record) = read.map_err(|error| error.to_string())?;
    if end != input.len() {
        return Err(format!("it ends at byte {end} of {}", input.len()));
    }
    let rebuilt = rebuild(&graph).map_err(|error| error.to_string())?;
    drop(graph);
    drop(input);
    let written = record.to_vec(&rebuilt).map_err(|error| error.to_string())?;
    if written == expected {
        return Ok(());
    }
    let at = written.iter().zip(expected).position(|(a, b)| a != b).unwrap_or(written.len().min(expected.len()));
    Err(format!("differs from byte {at} of {}", expected.len()))
}
