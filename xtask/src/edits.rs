//! `cargo xtask edits`: values set in pickles, against assignments made in Python.
//!
//! ```text
//!   pickles ──► judge.py: places, values ──► Document::set ──► judge.py: is it what Python makes?
//!                                                  └──► local: is all else unchanged?
//! ```

mod judge;
mod local;
mod plant;
mod report;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use clap::Args;
use pickle_codec::{Encoding, LoadOptions};
use pickle_value::{Path, literal};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use self::judge::{Judge, Place};
use self::plant::Plant;
use self::report::Report;
use crate::compat::corpus::Corpus;
use crate::compat::progress::Progress;
use crate::compat::pythons::{self, Interpreter};
use crate::{Result, paths};

/// Compare values set in pickles with assignments made in Python.
///
/// For each of the pickles, places are chosen that Python can assign to, and a value for each. CPython's loads of the
/// edited pickle must be its loads of the original with the same assignment made in Python, which objects are shared
/// included, by its loader in C and by the one in Python, which is strict with frames. And all bytes must be the same but
/// those of the value, of what defines its memo entry, and the lengths of frames.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// The interpreter that judges [default: the newest of those in pyenv and on PATH]
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// How many edits to judge
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    count: usize,
    /// Another seed gives other edits
    #[arg(long, value_name = "S", default_value = "0")]
    seed: String,
    /// Processes of the judge [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Print each edit that is refused
    #[arg(long)]
    refused: bool,
    /// Break the edits on purpose, and fail if this is not noticed
    #[arg(long)]
    self_test: bool,
    /// Pickles to edit besides those of the corpus, and folders of them: every second edit is of one of these, and each is
    /// written as it was read
    files: Vec<PathBuf>,
}

/// Pickles of more bytes are left out: each edit takes the judge several loads.
const LIMIT: usize = 300_000;

/// Edits of one pickle at a time.
const PLACES: usize = 2;

/// Runs it.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let Some(session) = Session::new(options)? else {
        eprintln!("no CPython was found to judge: nothing was edited");
        return Ok(ExitCode::SUCCESS);
    };
    if options.self_test {
        return self_test(&session);
    }
    let mut report = session.run(options.count, Plant::Nothing)?;
    judge_odd(&session.python, &mut report)?;
    report.print(&session.python, &session.seed, options.refused);
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The edits of odd pickles that a test in Rust holds to the byte.
fn judge_odd(python: &Interpreter, report: &mut Report) -> Result<()> {
    let mut judge = Judge::start(python)?;
    for line in fs::read_to_string(paths::odd_edits())?.lines() {
        let odd: Odd = serde_json::from_str(line)?;
        let outcome = match judge.judge_hex(&odd.pickle, &odd.edited, &odd.place)? {
            None => Outcome::Same,
            Some(difference) => Outcome::Different(difference),
        };
        report.add("odd_edits.jsonl", &odd.place, outcome);
    }
    Ok(())
}

/// A line of that file.
#[derive(Deserialize)]
struct Odd {
    pickle: String,
    edited: String,
    #[serde(flatten)]
    place: Place,
}

/// Plants each fault in turn: it must be noticed, and nothing may be noticed without one.
fn self_test(session: &Session) -> Result<ExitCode> {
    let mut missed = 0;
    for plant in Plant::ALL {
        let report = session.run(100, plant)?;
        let expected = plant == Plant::Nothing;
        missed += usize::from(report.is_clean() != expected);
        println!("  {plant:<40} {} of {} edits noticed", report.differences(), report.judged());
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Session {
    python: Interpreter,
    seed: String,
    jobs: usize,
    /// The corpus, and the files: each with names for the report.
    pools: Vec<Vec<(String, Vec<u8>)>>,
}

impl Session {
    /// Nothing where there is no judge.
    fn new(options: &Options) -> Result<Option<Session>> {
        let found = pythons::find(options.python.as_slice())?.found;
        let Some(python) = found.into_iter().next_back() else {
            return Ok(None);
        };
        let jobs = options.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1);
        let mut pools = vec![corpus()?];
        if !options.files.is_empty() {
            pools.push(files(&options.files)?);
        }
        Ok(Some(Session { python, seed: options.seed.clone(), jobs, pools }))
    }

    /// Makes and judges so many edits.
    fn run(&self, count: usize, plant: Plant) -> Result<Report> {
        let report = Mutex::new(Report::default());
        let progress = Progress::new();
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs)
                .map(|job| {
                    scope.spawn({
                        let (report, progress) = (&report, &progress);
                        move || self.work(job, count, plant, report, progress)
                    })
                })
                .collect();
            workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a thread panicked")?)
        })?;
        progress.finish();
        Ok(report.into_inner().map_err(|_| "a thread panicked")?)
    }

    /// The pickles of one process, until enough edits are judged.
    fn work(&self, job: usize, count: usize, plant: Plant, report: &Mutex<Report>, progress: &Progress) -> Result<()> {
        let mut judge = Judge::start(&self.python)?;
        // Each process has its share, so that a seed gives the same edits however fast each is.
        let share = count / self.jobs + usize::from(job < count % self.jobs);
        let (mut judged, mut number) = (0, job);
        while judged < share {
            let (name, pickle) = self.pickle(number);
            let places = judge.places(pickle, &format!("{}/{number}", self.seed), PLACES)?;
            for place in places.into_iter().take(share - judged) {
                let outcome = edit(&mut judge, pickle, &place, plant)?;
                judged += usize::from(!matches!(outcome, Outcome::Refused(_)));
                let mut report = report.lock().map_err(|_| "a thread panicked")?;
                report.add(name, &place, outcome);
                progress.show("edits", report.judged(), count);
            }
            number += self.jobs;
            if number > 100 * (count + 10) {
                return Err("the pickles have too few places to assign to".into());
            }
        }
        Ok(())
    }

    /// A pickle by a number, from each of the pools in turn.
    fn pickle(&self, number: usize) -> (&str, &[u8]) {
        let pool = &self.pools[number / self.jobs % self.pools.len()];
        let hash = Sha256::digest(format!("{}/{number}", self.seed));
        let chosen = u64::from_le_bytes(hash[..8].try_into().expect("a hash is longer")) % pool.len() as u64;
        let (name, pickle) = &pool[chosen as usize];
        (name, pickle)
    }
}

/// What became of an edit.
pub(crate) enum Outcome {
    /// It is what Python makes.
    Same,
    /// It was not done, for this reason.
    Refused(String),
    /// It is not what Python makes.
    Different(String),
    /// More changed than had to.
    NotLocal(String),
}

/// Makes one edit, and has it judged.
fn edit(judge: &mut Judge, pickle: &[u8], place: &Place, plant: Plant) -> Result<Outcome> {
    let options = LoadOptions::new().encoding(Encoding::Latin1);
    let path: Path = place.path.parse()?;
    let value = literal::parse(&place.literal)?;
    let (mut document, end) = options.document_at(pickle, 0)?;
    if document.to_vec() != pickle[..end] {
        return Ok(Outcome::NotLocal("the pickle is not written as it was read".into()));
    }
    if let Err(error) = document.set(&path, &value) {
        return Ok(Outcome::Refused(error.to_string()));
    }
    let edited = plant.put_into(document.to_vec(), document.graph())?;
    if let Some(difference) = judge.judge(&pickle[..end], &edited, place)? {
        return Ok(Outcome::Different(difference));
    }
    Ok(match local::check(&pickle[..end], &edited, place.was, place.now) {
        Ok(()) => Outcome::Same,
        Err(problem) => Outcome::NotLocal(problem),
    })
}

fn corpus() -> Result<Vec<(String, Vec<u8>)>> {
    Ok(pickles_of(&Corpus::read(&paths::corpus())?))
}

/// Every pickle of the corpus that is not too long, once.
pub(crate) fn pickles_of(corpus: &Corpus) -> Vec<(String, Vec<u8>)> {
    let mut seen = BTreeSet::new();
    let mut pool = Vec::new();
    for answers in &corpus.versions {
        for case in &answers.cases {
            for (protocol, span) in case.a.iter().enumerate() {
                let Some(span) = span.as_ref().filter(|span| span.len() < LIMIT) else { continue };
                let pickle = answers.pickle(span);
                if seen.insert(Sha256::digest(pickle)) {
                    pool.push((format!("{} {} protocol {protocol}", case.name, answers.label()), pickle.to_vec()));
                }
            }
        }
    }
    pool
}

/// Files and what is in folders, as far as they are pickles: each must be written as it was read.
fn files(paths: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>> {
    let mut pool = Vec::new();
    let (mut written, mut bytes, mut unread) = (0, 0, Vec::new());
    for path in all_files(paths)? {
        let name = path.display().to_string();
        let content = fs::read(&path).map_err(|error| format!("{name}: {error}"))?;
        let options = LoadOptions::new().encoding(Encoding::Latin1);
        let (document, end) = match options.document_at(&content, 0) {
            Ok(loaded) => loaded,
            Err(error) => {
                unread.push(format!("{name}: {error}"));
                continue;
            }
        };
        if document.to_vec() != content[..end] {
            return Err(format!("{name}: it is not written as it was read").into());
        }
        written += 1;
        bytes += end;
        if end < LIMIT {
            pool.push((name, content[..end].to_vec()));
        }
    }
    println!("{written} files of {bytes} bytes are written as they were read, {} are no pickles", unread.len());
    for problem in unread.iter().take(10) {
        println!("  {problem}");
    }
    if pool.is_empty() { Err("none of the files is a pickle of a size to be edited".into()) } else { Ok(pool) }
}

/// The files named, and those in the folders named, in order.
fn all_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        inside.sort();
        files.extend(inside.into_iter().filter(|path| path.is_file()));
    }
    Ok(files)
}
