//! `cargo xtask hostile`: files that are made to make a reader fall over.
//!
//! ```text
//!   generate.py ──► files ──► processes of `hostile-child` ──► what each operation took ──┬──► report
//!                        └──► judge.py, CPython's own loaders ──► the values ─────────────┘
//! ```
//!
//! Three bars: nothing panics, aborts or hangs; memory and time stay in proportion to the file; what is loaded and what is
//! refused, and each value, is as in CPython, but for `compat/hostile/known-differences.toml`.

pub(crate) mod child;
mod judge;
mod operations;
mod plant;
mod process;
mod report;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use clap::Args;
use sha2::{Digest, Sha256};

use self::plant::Plant;
use self::process::{Process, Tried};
use self::report::Report;
use crate::compat::progress::Progress;
use crate::compat::pythons::{self, Interpreter};
use crate::{Result, paths};

/// Try files that are made to make a reader fall over: load, clone, compare, look up, print, write, optimize, list.
///
/// Each operation runs in a thread with 2 MiB of stack, in a process of its own. It may take 64 times the file's size and
/// 1 MiB, and a second of processor time. What CPython 3.13 loads of the files, with inert classes for all globals, is to be
/// loaded with the same value, and what it refuses refused; `compat/hostile/known-differences.toml` lists the exceptions.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Of everything that is large, a twentieth
    #[arg(long)]
    quick: bool,
    /// Another seed gives other broken files
    #[arg(long, value_name = "S", default_value = "0")]
    seed: String,
    /// Try these files instead: folders with `pickle`, `marshal` and `pyc` in them
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
    /// Only files with this in their names
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// Only so many files, chosen by the seed
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Write and judge with this interpreter [default: a CPython 3.13 of those in pyenv and on PATH]
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Do not ask CPython
    #[arg(long)]
    no_judge: bool,
    /// Processes [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Do things wrong on purpose, and fail if this is not noticed
    #[arg(long, conflicts_with = "json")]
    self_test: bool,
}

/// The release whose loader judges.
const JUDGE: (u8, u8) = (3, 13);

/// Runs the corpus.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let Some(python) = interpreter(options.python.as_ref())? else {
        eprintln!("no CPython {}.{} was found: nothing was tried", JUDGE.0, JUDGE.1);
        return Ok(ExitCode::SUCCESS);
    };
    let folder = tempfile::tempdir()?;
    let files = match &options.files {
        Some(folder) => folder.clone(),
        None => {
            generate(&python, folder.path(), options)?;
            folder.path().to_owned()
        }
    };
    let mut files = listed(&files, options.only.as_deref())?;
    if let Some(count) = options.sample {
        files = sampled(files, count, &options.seed);
    }
    let jobs = options.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1);
    let files = if options.self_test { few_of(&files) } else { files };
    let answers = if options.no_judge { None } else { Some(judge::ask(&python, &files, jobs)?) };
    if options.self_test {
        return self_test(&files, answers.as_ref(), jobs);
    }
    let tried = try_all(&files, jobs, None)?;
    let is_whole = options.files.is_none() && options.only.is_none() && options.sample.is_none();
    let report = Report::new(&tried, answers.as_ref(), &judge::known()?, is_whole);
    if options.json {
        report.print_json()?;
    } else {
        print!("{report}");
    }
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn interpreter(named: Option<&PathBuf>) -> Result<Option<Interpreter>> {
    let found = pythons::find(named.map(std::slice::from_ref).unwrap_or_default())?.found;
    Ok(found.into_iter().rev().find(|python| named.is_some() || python.version.release() == JUDGE))
}

fn generate(python: &Interpreter, folder: &Path, options: &Options) -> Result<()> {
    let mut command = Command::new(&python.path);
    command.arg(paths::hostile().join("generate.py")).arg(folder).args(["--seed", &options.seed]);
    if options.quick || options.self_test {
        command.arg("--quick");
    }
    command.env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
    let status = command.stdin(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("generate.py failed ({status})").into()) }
}

/// The files in all folders of a folder, by name.
fn listed(folder: &Path, only: Option<&str>) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for form in ["pickle", "marshal", "pyc"] {
        let inner = folder.join(form);
        if !inner.is_dir() {
            continue;
        }
        for entry in fs::read_dir(inner)? {
            let path = entry?.path();
            if only.is_none_or(|word| path.to_string_lossy().contains(word)) {
                files.push(path);
            }
        }
    }
    files.sort();
    if files.is_empty() { Err("no file to try".into()) } else { Ok(files) }
}

/// So many of the files; each seed has others.
fn sampled(mut files: Vec<PathBuf>, count: usize, seed: &str) -> Vec<PathBuf> {
    files.sort_by_cached_key(|path| Sha256::digest(format!("{seed} {}", judge::name(path))));
    files.truncate(count);
    files.sort();
    files
}

/// Tries all files, in several processes.
fn try_all(files: &[PathBuf], jobs: usize, plant: Option<Plant>) -> Result<Vec<Tried>> {
    let next = AtomicUsize::new(0);
    let progress = Progress::new();
    let tried = Mutex::new(Vec::with_capacity(files.len()));
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs)
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    let mut process = Process::new(plant);
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(path) = files.get(number) else {
                            return Ok(());
                        };
                        let one = process.try_file(path)?;
                        tried.lock().map_err(|_| "a thread panicked")?.push(one);
                        progress.show("hostile files", number, files.len());
                    }
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a thread panicked")?)
    })?;
    progress.finish();
    let mut tried = tried.into_inner().map_err(|_| "a thread panicked")?;
    tried.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(tried)
}

/// What is to be noticed of each fault.
const PLANTS: [(Plant, &str); 9] = [
    (Plant::Panic, "panic: planted"),
    (Plant::Abort, "signal"),
    (Plant::Hang, "no answer"),
    (Plant::Slow, "ms"),
    (Plant::Memory, "bytes for"),
    (Plant::MemoryOfErrors, "bytes for"),
    (Plant::Value, "another value"),
    (Plant::Refusal, "refused: planted"),
    (Plant::Acceptance, "loaded"),
];

/// The files among which faults are planted.
fn few_of(files: &[PathBuf]) -> Vec<PathBuf> {
    let is_one = |path: &&PathBuf| {
        let name = judge::name(path);
        name.starts_with("pickle/truncations--whole-NON") || name == "pickle/memos--get-missing"
    };
    files.iter().filter(is_one).cloned().collect()
}

/// Plants each fault in turn: it must be noticed as what it is, and nothing without one.
fn self_test(files: &[PathBuf], answers: Option<&judge::Answers>, jobs: usize) -> Result<ExitCode> {
    // No difference is asked to happen among so few.
    let known = judge::Known::default();
    let mut missed = 0;
    let clean = Report::new(&try_all(files, jobs, None)?, answers, &known, false).problems();
    println!("  nothing planted: {}", if clean.is_empty() { "nothing noticed" } else { "SOMETHING NOTICED" });
    missed += usize::from(!clean.is_empty());
    for (plant, expected) in PLANTS {
        let problems = Report::new(&try_all(files, jobs, Some(plant))?, answers, &known, false).problems();
        let noticed = problems.iter().any(|problem| problem.contains(expected));
        missed += usize::from(!noticed);
        println!("  {plant:?}: {}", if noticed { problems.join("; ") } else { "NOT NOTICED".into() });
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
