//! `cargo xtask compat`: our bytes against those of CPython's picklers, the one in C and the one in Python.
//!
//! ```text
//!   pythons ──► generator ──► answers ─┐
//!   compat/corpus ──────────► answers ─┴─► compare ──► report
//!                                            │
//!                                           ours (broken on purpose by sabotage)
//! ```

pub(crate) mod answers;
mod canonical;
mod case;
mod compare;
pub(crate) mod corpus;
mod difference;
mod generator;
mod judged;
mod ours;
mod outcome;
pub(crate) mod progress;
pub(crate) mod pythons;
mod report;
mod sabotage;
mod self_test;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{fmt, thread};

use clap::Args;
use pickle_codec::Implementation;

pub(crate) use self::answers::hex;
use self::answers::{Answers, Filter};
use self::compare::{Judge, Subject};
use self::corpus::Corpus;
use self::judged::Judged;
use self::outcome::Outcome;
use self::progress::Progress;
use self::pythons::{Interpreter, Pythons, Skipped};
use self::report::Report;
use crate::{Result, marshal, paths, typed};

/// Compare our bytes with CPython's.
///
/// For each case of the corpus: decoding and assembling gives the same bytes; what was read at one protocol is written
/// at each other as CPython does; the disassembly and the optimized pickle are pickletools', and the disassembly is
/// assembled to the same bytes. A live interpreter is also compared with the committed corpus, which stands in for the
/// versions that are not installed. Where a 3.13 is there, JSON is compared as well: see `cargo xtask json`.
///
/// Then marshal data and the .pyc files of the interpreters' own libraries, as `cargo xtask marshal` does. Neither is where
/// a part of the corpus, or a report as JSON, is asked for.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Ask this interpreter, not those found in pyenv and on PATH; may be repeated
    #[arg(long, value_name = "PATH")]
    python: Vec<PathBuf>,
    /// Ask no interpreter: the committed corpus alone
    #[arg(long, conflicts_with = "python")]
    no_python: bool,
    /// Only the cases with this in their name; `*` stands for anything
    #[arg(long, value_name = "PATTERN")]
    only: Option<String>,
    /// Threads, and processes of the generator [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Ask the interpreters for every single pickle in a process of its own, and take all modules of their libraries, not
    /// every tenth, which is slow
    #[arg(long)]
    full: bool,
    /// Write everything to FILE as JSON; without FILE to standard output, and the table to standard error
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    json: Option<PathBuf>,
    /// Print at most this many differences in detail
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Break our output on purpose, and fail if this is not noticed
    #[arg(long, conflicts_with_all = ["json", "full"])]
    self_test: bool,
}

/// Write compat/corpus from what the interpreters found here answer.
#[derive(Args, Clone, Debug)]
pub(crate) struct CorpusOptions {
    /// Ask this interpreter, not those found in pyenv and on PATH; may be repeated
    #[arg(long, value_name = "PATH")]
    python: Vec<PathBuf>,
    /// Processes of the generator [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

/// `cargo xtask compat`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let filter = Filter::new(options.only.as_deref());
    if options.self_test {
        return self_test::run(&filter, jobs(options.jobs));
    }
    let started = Instant::now();
    let progress = Progress::new();
    let pythons = if options.no_python { Pythons::default() } else { pythons::find(&options.python)? };
    let live = ask_all(&pythons.found, &filter, options.full, jobs(options.jobs), &progress)?;
    let generating = started.elapsed();
    // A corpus that is not there yet is no error where interpreters answer.
    let corpus =
        if paths::corpus().exists() || live.is_empty() { Corpus::read(&paths::corpus())? } else { Corpus::default() };

    let mut outcomes = compare_all(&live, &corpus, &pythons.found, &filter, options, &progress)?;
    progress.finish();
    if options.only.is_none() {
        outcomes.iter_mut().for_each(Outcome::check_number_of_cases);
    }
    if outcomes.iter().all(|outcome| outcome.cases == 0) {
        return Err("no case was compared: is the pattern right?".into());
    }
    let report = Report {
        outcomes,
        skipped: pythons.skipped,
        left_out: left_out(options),
        generating,
        comparing: started.elapsed() - generating,
    };
    let pickles = report.print(options.limit, options.json.as_deref())?;
    if options.only.is_some() || options.json.is_some() {
        return Ok(pickles);
    }
    let json = crate::json::beside(&pythons.found, options.jobs, options.limit)?;
    let differing = typed::judge_all(&pythons.found, options.limit)?;
    let rust = if differing == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    let marshal = if options.no_python {
        ExitCode::SUCCESS
    } else {
        println!("\nMarshal data and .pyc files");
        marshal::compare_all(&pythons.found, &options.into())?
    };
    let failed = [pickles, json, rust, marshal].into_iter().find(|outcome| *outcome != ExitCode::SUCCESS);
    Ok(failed.unwrap_or(ExitCode::SUCCESS))
}

impl From<&Options> for marshal::Extent {
    fn from(options: &Options) -> marshal::Extent {
        marshal::Extent { full: options.full, jobs: jobs(options.jobs), limit: options.limit, ..Default::default() }
    }
}

/// `cargo xtask corpus`.
pub(crate) fn write_corpus(options: &CorpusOptions) -> Result<ExitCode> {
    let progress = Progress::new();
    let pythons = pythons::find(&options.python)?;
    for Skipped { python, reason } in &pythons.skipped {
        println!("skipped: {python}: {reason}");
    }
    let live = ask_all(&pythons.found, &Filter::new(None), false, jobs(options.jobs), &progress)?;
    progress.finish();
    let mut versions = if paths::corpus().exists() { Corpus::read(&paths::corpus())?.versions } else { Vec::new() };
    for kept in &versions {
        if live.iter().all(|answers| answers.profile != kept.profile) {
            println!("kept as it was: {}, which is not installed here", kept.label());
        }
    }
    // The newest found speaks for its profile.
    for answers in live.into_iter().rev() {
        match versions.iter_mut().find(|old| old.profile == answers.profile) {
            Some(old) if old.is_live() => {
                println!("left out: {}, {} is there", answers.label(), old.label());
            }
            Some(old) => *old = answers,
            None => versions.push(answers),
        }
    }
    let corpus = Corpus::new(versions);
    let subjects: Vec<&Answers> = corpus.versions.iter().collect();
    let judged = Judged::of(&subjects, &pythons.found)?;
    let size = corpus.write(&paths::corpus())? + judged.write(&paths::corpus())?;
    println!("wrote {}: {:.2} MB", paths::corpus().display(), size as f64 / 1e6);
    Ok(ExitCode::SUCCESS)
}

/// What the committed corpus gives without any Python, for the README's table.
pub(crate) fn compare_corpus() -> Result<Vec<Outcome>> {
    let corpus = Corpus::read(&paths::corpus())?;
    let judge = Judge::new(corpus.newest().ok_or("the corpus is empty")?);
    let judged = Judged::read(&paths::corpus())?;
    let subject = |answers| Subject { answers, committed: None, judge: &judge, judged: &judged };
    let subjects = corpus.versions.iter().map(subject);
    let filter = Filter::new(None);
    Ok(subjects.map(|subject| compare::compare(&subject, &filter, None, jobs(None), &mut |_, _| {})).collect())
}

fn ask_all(
    found: &[Interpreter],
    filter: &Filter,
    full: bool,
    jobs: usize,
    progress: &Progress,
) -> Result<Vec<Answers>> {
    let both = |python| [Implementation::C, Implementation::Python].map(|pickler| (python, pickler));
    let asked = found.iter().flat_map(both);
    asked.map(|(python, pickler)| generator::ask(python, pickler, filter, full, jobs, progress)).collect()
}

fn compare_all(
    live: &[Answers],
    corpus: &Corpus,
    found: &[Interpreter],
    filter: &Filter,
    options: &Options,
    progress: &Progress,
) -> Result<Vec<Outcome>> {
    let stand_ins = corpus.versions.iter().filter(|old| live.iter().all(|new| new.profile != old.profile));
    let mut subjects: Vec<&Answers> = live.iter().chain(stand_ins).collect();
    subjects.sort_by_key(|answers| answers.profile);
    let Some(newest) = subjects.iter().rfind(|answers| answers.profile.pickler() == Implementation::C) else {
        return Ok(Vec::new());
    };
    let judge = Judge::new(newest);
    let judged = Judged::of(&subjects, found)?;
    let outcomes = subjects
        .iter()
        .map(|answers| {
            let committed = corpus.of(answers);
            let subject = Subject { answers, committed, judge: &judge, judged: &judged };
            let label = format!("CPython {}: comparing", answers.label());
            compare::compare(&subject, filter, None, jobs(options.jobs), &mut |done, total| {
                progress.show(&label, done, total);
            })
        })
        .collect();
    Ok(outcomes)
}

fn left_out(options: &Options) -> Vec<String> {
    let mut left_out = vec!["PyPy".to_owned()];
    if !options.full && !options.no_python {
        left_out
            .push("a process for every single pickle: one process writes a value at all protocols (--full)".to_owned());
    }
    if let Some(pattern) = &options.only {
        left_out.push(format!("the cases without `{pattern}` in their name (--only)"));
    }
    left_out
}

fn jobs(wanted: Option<usize>) -> usize {
    wanted.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// Seconds with one decimal.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} s", self.0.as_secs_f64())
    }
}
