//! `cargo xtask json`: our JSON against CPython's `json`.
//!
//! ```text
//!   corpus ──► pickles ──► judge.py: json.dumps(pickle.loads(x), …) ─┐
//!                  └─────► graph ──► our text, or refusal ───────────┴─► the same?
//!   texts, broken ones too ──► judge.py: pickle.dumps(json.loads(x)) ┐
//!                  └─────────► our graph ──► pickle ─────────────────┴─► the same?
//!   pickles ──► graph ──► tagged form ──► graph ──► the same pickles at all protocols?
//! ```

mod combination;
mod judge;
mod plant;
mod report;
mod tagged;
mod texts;

use std::collections::HashSet;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{path::PathBuf, thread};

use clap::Args;
use pickle_codec::{DumpOptions, Encoding, Graph, LoadOptions};
use pickle_tools::json;
use sha2::{Digest, Sha256};

use self::combination::Combination;
use self::judge::{Judge, OfDumps, OfPickle, OfText};
use self::plant::Plant;
use self::report::Report;
use crate::Result;
use crate::compat::corpus::Corpus;
use crate::compat::hex;
use crate::compat::progress::Progress;
use crate::compat::pythons::{self, Interpreter};
use crate::{edits, paths};

/// Compare our JSON with CPython's.
///
/// Each pickle of the corpus is written as JSON, and must be the text of `json.dumps` of CPython 3.13, or be refused with
/// the same words and the path of the same culprit: each value with all combinations of options, and each of its pickles by
/// another protocol or pickler with some. What is written, and texts made for
/// the purpose, whole and broken, are read, and must give the pickle of `json.loads`, or its error with line and column.
/// The tagged form must give back the same pickles.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// The interpreter that judges, a 3.13 [default: the one found in pyenv and on PATH]
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// One of so many pickles of the corpus
    #[arg(long, value_name = "N", default_value_t = 1)]
    every: usize,
    /// How many broken texts to read
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    texts: usize,
    /// Another seed gives other broken texts
    #[arg(long, value_name = "S", default_value = "0")]
    seed: String,
    /// Processes of the judge [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Print at most this many differences
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Plant faults, and fail if one is not noticed
    #[arg(long)]
    self_test: bool,
}

/// `cargo xtask json`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let found = pythons::find(options.python.as_slice())?.found;
    match (options.self_test, judging(&found)) {
        (true, Some(python)) => self_test(python, options),
        (_, python) => compare_all(python, options),
    }
}

/// What `cargo xtask compat` compares of JSON, with one of these interpreters.
pub(crate) fn beside(found: &[Interpreter], jobs: Option<usize>, limit: usize) -> Result<ExitCode> {
    let options =
        Options { python: None, every: 1, texts: 20_000, seed: "0".to_owned(), jobs, limit, self_test: false };
    compare_all(judging(found), &options)
}

fn compare_all(python: Option<Interpreter>, options: &Options) -> Result<ExitCode> {
    match &python {
        Some(python) => println!("JSON, judged by CPython {} ({}):", python.version, python.path.display()),
        None => println!("skipped: there is no CPython 3.13 to judge JSON: only the tagged form is compared"),
    }
    let report = Session::new(python, options)?.run(Plant::Nothing)?;
    Ok(report.print(options.limit))
}

/// The 3.13 that is there.
fn judging(found: &[Interpreter]) -> Option<Interpreter> {
    found.iter().find(|python| python.version.release() == (3, 13)).cloned()
}

/// Plants each fault in turn: it must be noticed, and nothing may be noticed without one.
fn self_test(python: Interpreter, options: &Options) -> Result<ExitCode> {
    let options = Options { every: options.every.max(40), texts: 300, ..options.clone() };
    let session = Session::new(Some(python), &options)?;
    let mut missed = 0;
    for plant in Plant::ALL {
        let report = session.run(plant)?;
        let expected = plant == Plant::Nothing;
        missed += usize::from(report.is_clean() != expected);
        println!("  {plant:<40} {} differences noticed", report.differences());
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Session {
    python: Option<Interpreter>,
    jobs: usize,
    combinations: Vec<Combination>,
    pickles: Vec<Subject>,
    texts: Vec<Vec<u8>>,
}

/// A pickle, and the combinations of options that it is written with.
struct Subject {
    name: String,
    pickle: Vec<u8>,
    with: Vec<usize>,
}

/// A judge, and what it is asked on behalf of.
struct Worker<'s> {
    judge: Judge,
    session: &'s Session,
    plant: Plant,
    report: &'s Mutex<Report>,
}

impl Session {
    fn new(python: Option<Interpreter>, options: &Options) -> Result<Session> {
        let jobs = options.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1);
        let combinations = Combination::all();
        let pickles = subjects(&Corpus::read(&paths::corpus())?, combinations.len());
        let pickles = pickles.into_iter().step_by(options.every.max(1)).collect();
        let texts = texts::all(&options.seed, options.texts);
        Ok(Session { python, jobs, combinations, pickles, texts })
    }

    fn run(&self, plant: Plant) -> Result<Report> {
        let report = Mutex::new(Report::default());
        let progress = Progress::new();
        let next = AtomicUsize::new(0);
        let total = self.pickles.len() + self.texts.len();
        thread::scope(|scope| {
            let work = || -> Result<()> {
                let mut worker = match &self.python {
                    Some(python) => {
                        let judge = Judge::start(python, &self.combinations)?;
                        Some(Worker { judge, session: self, plant, report: &report })
                    }
                    None => None,
                };
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    progress.show("JSON", number.min(total), total);
                    match (self.pickles.get(number), number.checked_sub(self.pickles.len())) {
                        (Some(subject), _) => {
                            tagged::check(&subject.name, &subject.pickle, plant, &report);
                            if let Some(worker) = &mut worker {
                                worker.pickle(subject)?;
                            }
                        }
                        (None, Some(number)) if number < self.texts.len() => {
                            if let Some(worker) = &mut worker {
                                worker.text(&self.texts[number])?;
                            }
                        }
                        _ => return Ok(()),
                    }
                }
            };
            let workers: Vec<_> = (0..self.jobs).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a thread panicked")?)
        })?;
        progress.finish();
        Ok(report.into_inner().map_err(|_| "a thread panicked")?)
    }
}

/// The pickles of the corpus, each once: those of the newest CPython at its default protocol with all combinations of
/// options, the others with the first, the last, and some that are others for each.
fn subjects(corpus: &Corpus, combinations: usize) -> Vec<Subject> {
    let newest = corpus.newest();
    let values: HashSet<&[u8]> = newest
        .into_iter()
        .flat_map(|answers| answers.cases.iter().filter_map(|case| Some(answers.pickle(case.a.get(4)?.as_ref()?))))
        .collect();
    let with = |number: usize, pickle: &[u8]| match values.contains(pickle) {
        true => (0..combinations).collect(),
        false => vec![0, 1 + number * 3 % (combinations - 2), 1 + number * 7 % (combinations - 2), combinations - 1],
    };
    let pickles = edits::pickles_of(corpus).into_iter().enumerate();
    pickles.map(|(number, (name, pickle))| Subject { with: with(number, &pickle), name, pickle }).collect()
}

impl Worker<'_> {
    /// Compares what becomes of a pickle.
    fn pickle(&mut self, subject: &Subject) -> Result<()> {
        let Subject { name, pickle, with } = subject;
        let (outcomes, by_option, back) = match self.judge.of_pickle(pickle, with)? {
            OfPickle::Loaded { outcomes, by_option, back } => (outcomes, by_option, back),
            OfPickle::Unloaded { unloaded } => {
                let reason = unloaded.split(':').next().unwrap_or_default().to_owned();
                *self.report().unloaded.entry(reason).or_default() += 1;
                return Ok(());
            }
        };
        let graph = match LoadOptions::new().encoding(Encoding::Latin1).keep_unresolved(true).from_slice_at(pickle, 0) {
            Ok((graph, _)) => graph,
            Err(error) => {
                self.report().differs(name, format!("CPython loads it, we do not: {error}"));
                return Ok(());
            }
        };
        for (&number, outcome) in with.iter().zip(by_option) {
            let combination = &self.session.combinations[number];
            let ours = self.plant.put_into(self.options(number).to_vec(&graph));
            let verdict = compare(&ours, &outcomes[outcome]);
            let mut report = self.report();
            report.dumps += 1;
            report.refused += usize::from(ours.is_err());
            if let Err(difference) = verdict {
                report.differs(name, format!("{}: {difference}", combination.arguments()));
                // Others differ in the same.
                break;
            }
        }
        self.unhinted(name, &graph, outcomes.first());
        let ends = [with.first(), with.last()];
        for (&number, expected) in ends.into_iter().flatten().zip(back) {
            if let (Some(expected), Ok(text)) = (expected, self.options(number).to_vec(&graph)) {
                self.compare_pickles(name, &text, &expected);
            }
        }
        Ok(())
    }

    /// A combination of options, with what the classes of the corpus are derived from.
    fn options(&self, number: usize) -> json::DumpOptions {
        let options = self.session.combinations[number].options();
        self.judge.classes.iter().fold(options, |options, (class, base)| options.class(class, *base))
    }

    /// Without a word on its classes, what is written must be right, too, or be refused because the class is not known.
    fn unhinted(&mut self, name: &str, graph: &Graph<'_>, expected: Option<&OfDumps>) {
        let ours = json::to_vec(graph);
        let mut report = self.report();
        match (ours, expected) {
            (Ok(text), Some(OfDumps::Text { text: expected })) if digest(&text) == *expected => report.unhinted += 1,
            (Err(_), Some(OfDumps::Refused { .. })) => report.unhinted += 1,
            (Err(error), _) if matches!(error.kind(), json::DumpErrorKind::UnknownClass { .. }) => {
                report.unknown_classes += 1;
            }
            (Ok(_), _) => {
                let case = name.split(" protocol").next().and_then(|name| name.rsplit_once(' '));
                *report.taken_for_another.entry(case.map_or(name, |(case, _)| case).to_owned()).or_default() += 1;
            }
            (Err(error), _) => report.differs(name, format!("without classes: {error}")),
        }
    }

    fn text(&mut self, text: &[u8]) -> Result<()> {
        let shown = String::from_utf8_lossy(text).into_owned();
        let expected = self.judge.of_text(text)?;
        let ours = json::from_slice(text);
        let mut report = self.report();
        report.texts += 1;
        match (ours, expected) {
            (Ok(_), OfText::Pickles { pickles }) => {
                drop(report);
                self.compare_pickles(&shown, text, &pickles);
            }
            (Err(error), OfText::Refused { error: kind, message }) => {
                report.refused_texts += 1;
                let ours = match self.plant == Plant::Column {
                    true => error.to_string().replace("column 1", "column 2"),
                    false => error.to_string(),
                };
                // Python goes on with its reasons and with advice.
                let same = match kind.as_str() {
                    "JSONDecodeError" => ours == message,
                    "ValueError" => ours.split(": line").next().is_some_and(|ours| message.starts_with(ours)),
                    "RecursionError" => true,
                    _ => message.starts_with(&ours),
                };
                if !same {
                    report.differs(&shown, format!("ours: {ours}; json's: {kind}: {message}"));
                }
            }
            (Ok(_), OfText::Refused { error, .. }) if error == "RecursionError" => {}
            (Ok(graph), OfText::Refused { error, message }) => {
                report.differs(&shown, format!("read as {graph}; json's: {error}: {message}"));
            }
            (Err(error), OfText::Pickles { .. }) => report.differs(&shown, format!("json reads it; ours: {error}")),
        }
        Ok(())
    }

    /// The pickles of what is read, at all protocols.
    fn compare_pickles(&mut self, name: &str, text: &[u8], expected: &[String]) {
        let graph = match json::from_slice(text) {
            Ok(graph) if self.plant == Plant::Keys => texts::with_own_keys(&graph),
            Ok(graph) => graph,
            Err(error) => return self.report().differs(name, format!("not read back: {error}")),
        };
        for (protocol, expected) in (0..).zip(expected) {
            let pickle = DumpOptions::new().protocol(protocol).to_vec(&graph);
            let mut report = self.report();
            report.loads += 1;
            match pickle {
                Ok(pickle) if digest(&pickle) == *expected => {}
                Ok(_) => report.differs(name, format!("another pickle at protocol {protocol}")),
                Err(error) => report.differs(name, format!("no pickle at protocol {protocol}: {error}")),
            }
        }
    }

    fn report(&self) -> std::sync::MutexGuard<'_, Report> {
        self.report.lock().expect("no thread panics with it")
    }
}

/// Whether our text, or our path and message, is what `json.dumps` has.
fn compare(ours: &Result<Vec<u8>, (String, String)>, theirs: &OfDumps) -> Result<(), String> {
    match (ours, theirs) {
        (Ok(text), OfDumps::Text { text: expected }) if digest(text) == *expected => Ok(()),
        (Ok(text), OfDumps::Text { .. }) => Err(format!("another text: {:.200}", String::from_utf8_lossy(text))),
        (Err((path, message)), OfDumps::Refused { message: expected, path: expected_path, open }) => {
            if !same_path(path, expected_path, *open) {
                return Err(format!("the path of the culprit is {expected_path}, ours is {path}: {message}"));
            }
            match same_message(message, expected) {
                true => Ok(()),
                false => Err(format!("the message is `{expected}`, ours is `{message}`")),
            }
        }
        (Ok(text), OfDumps::Refused { message, .. }) => {
            Err(format!("refused ({message}), but written: {:.200}", String::from_utf8_lossy(text)))
        }
        (Err((path, message)), OfDumps::Text { .. }) => Err(format!("written, but refused: {path}: {message}")),
    }
}

/// A path that is very long is cut; what has no literal ends Python's.
fn same_path(ours: &str, theirs: &str, open: bool) -> bool {
    ours == theirs || (open && ours.starts_with(theirs)) || (ours.len() >= 4000 && theirs.starts_with(ours))
}

/// Ours are Python's, as far as a pickle tells of what type an object is.
fn same_message(ours: &str, theirs: &str) -> bool {
    const OBJECT: &str = "is not JSON serializable";
    let is_type = |message: &str| message.starts_with("Object of type ");
    match ours.split_once(OBJECT) {
        // What a global, a call of a function or an extension code is only Python knows.
        Some(_) if !is_type(ours) => is_type(theirs),
        Some((ours, _)) => theirs.split_once(OBJECT).is_some_and(|(theirs, _)| ours == theirs),
        // Which two keys the sort compares first.
        None if ours.contains("or None, not the global") => theirs.starts_with("keys must be"),
        // Python has the module, too, for classes that are written in C.
        None if ours.starts_with("keys must be") => {
            let last = |message: &str| message.rsplit([' ', '.']).next().map(str::to_owned);
            theirs.starts_with("keys must be") && last(ours) == last(theirs)
        }
        None if ours.starts_with("'<' not supported") => theirs.starts_with("'<' not supported"),
        None => theirs.starts_with(ours),
    }
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..8])
}
