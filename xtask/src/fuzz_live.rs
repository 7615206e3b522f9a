//! `cargo xtask fuzz-live`: our pickler and unpickler against CPython's, in one process.
//!
//! ```text
//!   ranges of cases ──► processes of fuzz_live.py ──► messages ──► report
//!                          native | ours
//! ```
//!
//! What a case is, and what is compared, stands in `compat/cpython-host/live/`; here are the build, the processes and
//! the summary.

mod report;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clap::Args;

use self::report::{Message, Report};
use crate::compat::progress::Progress;
use crate::compat::pythons::{self, Interpreter};
use crate::host::{self, Build, Host, Needs};
use crate::{Result, paths};

/// Compare our pickler and unpickler with CPython's, live, on random objects and broken pickles.
///
/// Each graph of random objects is pickled by both at every protocol: the bytes, the file's writes, the memo and the
/// exceptions must be the same. Each mutated pickle is loaded by both: the objects and which of them are one, the calls
/// made, the exceptions and the file's position must be the same. `compat/cpython-host/known-differences.json` lists
/// what differs on purpose. Every case has a number, and can be run alone.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Under this interpreter [default: a CPython 3.13 of those in pyenv and on PATH]
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// How many graphs
    #[arg(long, value_name = "N", default_value_t = 4_000)]
    graphs: usize,
    /// How many mutated pickles
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    mutations: usize,
    /// Another seed gives other cases
    #[arg(long, value_name = "S", default_value = "0")]
    seed: String,
    /// Processes [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Break our module on purpose, and fail if this is not noticed
    #[arg(long, conflicts_with = "json")]
    self_test: bool,
}

/// The version that the list of known differences is for: others word some exceptions in another way.
const JUDGE: (u8, u8) = (3, 13);

/// Cases that one process takes at a time.
const RANGE: usize = 2_000;

/// Runs both parts.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let Some(python) = interpreter(options.python.as_ref())? else {
        eprintln!("no CPython {}.{} with headers was found: nothing was compared", JUDGE.0, JUDGE.1);
        return Ok(ExitCode::SUCCESS);
    };
    let library = Host::build(&python, Build::Sound)?.library;
    let jobs = options.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1);
    let session = Session { python, library, seed: options.seed.clone(), jobs };
    if options.self_test {
        return self_test(&session);
    }
    let mut report = Report::new(&session.python, &session.library, &session.seed);
    for (part, count) in [("graphs", options.graphs), ("pickles", options.mutations)] {
        session.run(part, count, &[], &mut report)?;
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The one that was named, or the judge, if it is there and the host can be built for it.
fn interpreter(named: Option<&PathBuf>) -> Result<Option<Interpreter>> {
    let found = pythons::find(named.map(std::slice::from_ref).unwrap_or_default())?.found;
    for python in found.into_iter().rev() {
        if named.is_some() {
            return Ok(Some(python));
        }
        if python.version.release() != JUDGE {
            continue;
        }
        match host::obstacle(&python, Needs::Headers)? {
            None => return Ok(Some(python)),
            Some(reason) => eprintln!("skipped: CPython {} ({}): {reason}", python.version, python.path.display()),
        }
    }
    Ok(None)
}

/// What all processes of a run share.
struct Session {
    python: Interpreter,
    library: PathBuf,
    seed: String,
    jobs: usize,
}

impl Session {
    /// Runs the cases of one part, range by range.
    fn run(&self, part: &'static str, count: usize, extra: &[&str], report: &mut Report) -> Result<()> {
        let next = AtomicUsize::new(0);
        let progress = Progress::new();
        let shared = Mutex::new(report);
        let outcome = thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs)
                .map(|_| {
                    scope.spawn(|| -> Result<()> {
                        loop {
                            let start = next.fetch_add(RANGE, Ordering::Relaxed);
                            if start >= count {
                                return Ok(());
                            }
                            let length = RANGE.min(count - start);
                            self.run_range(part, start, length, extra, &shared)?;
                            progress.show(part, (start + length).min(count), count);
                        }
                    })
                })
                .collect();
            workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a thread panicked")?)
        });
        progress.finish();
        shared.into_inner().map_err(|_| "a thread panicked")?.add_cases(part, count);
        outcome
    }

    /// One process, and what it says.
    fn run_range(
        &self,
        part: &'static str,
        start: usize,
        length: usize,
        extra: &[&str],
        report: &Mutex<&mut Report>,
    ) -> Result<()> {
        let mut child = Command::new(&self.python.path)
            .arg(paths::host().join("fuzz_live.py"))
            .arg(&self.library)
            .args([part, "--seed", &self.seed, "--start", &start.to_string(), "--count", &length.to_string()])
            .args(extra)
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("the process has no output")?;
        let mut done = 0;
        for line in BufReader::new(output).lines() {
            let message: Message = serde_json::from_str(&line?)?;
            done = message.done.unwrap_or(done);
            report.lock().map_err(|_| "a thread panicked")?.add(part, message);
        }
        let status = child.wait()?;
        if done == length { Ok(()) } else { Err(format!("fuzz_live.py stopped early ({status})").into()) }
    }
}

/// The faults that `live/plants.py` puts into our module, and what must be seen of each.
const PLANTS: [(&str, &str, &str); 6] = [
    ("byte", "graphs", "bytes"),
    ("message", "graphs", "message"),
    ("exception", "pickles", "class"),
    ("value", "pickles", "value"),
    ("crash", "pickles", "signal SIGSEGV"),
    ("hang", "pickles", "no answer in 2 s"),
];

/// Plants each fault in turn: it must be noticed as what it is, and nothing may be noticed without one.
fn self_test(session: &Session) -> Result<ExitCode> {
    let run = |part, extra: &[&str]| -> Result<Report> {
        let mut report = Report::new(&session.python, &session.library, &session.seed);
        session.run(part, 400, extra, &mut report)?;
        Ok(report)
    };
    let mut missed = 0;
    for part in ["graphs", "pickles"] {
        let found = run(part, &[])?;
        let clean = found.is_clean();
        missed += usize::from(!clean);
        println!("  {part:<8} nothing planted: {}", if clean { "nothing noticed" } else { "SOMETHING NOTICED" });
    }
    for (plant, part, expected) in PLANTS {
        let found = run(part, &["--plant", plant, "--timeout", "2"])?;
        let count = found.count_of(expected);
        missed += usize::from(count == 0);
        let verdict =
            if count == 0 { "NOT NOTICED".to_owned() } else { format!("noticed {count} times as {expected}") };
        println!("  {part:<8} {plant} planted: {verdict}");
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
