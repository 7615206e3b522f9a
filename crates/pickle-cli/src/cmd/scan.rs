//! `pickle scan`: what loading would do, judged by a policy.

mod buffer;
mod report;
mod sarif;
mod walk;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::Args;
use indicatif::ProgressBar;
use pickle_tools::scan::{Policy, Report, Scanner, Verdict, has_pickle_extension};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::failure::Failure;
use crate::output::Output;
use crate::source::{name, size};

use buffer::Buffer;
use report::Summary;
use walk::{Entry, walk};

const EXAMPLES: &str = "\
Examples:
  pickle scan model.pt
  pickle scan models/ downloads/
  pickle scan --explain model.pkl        each instruction, and why it is allowed or not
  pickle scan --policy ours.toml models/
  pickle scan --json models/ | jq 'select(.verdict != \"clean\")'
  pickle scan --sarif models/ > scan.sarif

A policy lists what is allowed, with a reason for each entry:

  name = \"ours\"

  [[allow]]
  modules = [\"shop.model\"]
  names = [\"Order\", \"Line\"]
  operations = [\"new\", \"build\"]          # of call, new, build, items; none: to be named only
  reason = \"plain classes\"

  [[block]]
  modules = [\"shop.admin\"]               # all of it, where no names are given
  reason = \"nothing of it belongs into data\"

The status is 1 if anything is dangerous or suspicious, else 2 if a file that had to be read could not be, else 0.";

/// Say what loading pickles would do, and whether a policy allows it
///
/// A file is `clean` if all of it was read, and the policy allows all that loading would do: name, call, make, set a state.
/// What no entry allows is `suspicious`; what is known to run code, `dangerous`. Without --policy the policy is made of the
/// lists that come with the command: of Python's own types, NumPy, scikit-learn, pandas, and PyTorch's weights.
///
/// Containers are looked into, whatever they are called: zip archives such as .pt and .npz, gzip, zlib, bzip2, xz,
/// Zstandard, LZ4, tar, .npy, joblib's files, and pickles within pickles.
///
/// In a folder, a file that is no pickle, and holds none, is counted only; -v lists it. One that is named here, or whose
/// extension promises a pickle, is unreadable.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Scan {
    /// Files and folders; - is standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    policy: PolicyArgs,

    /// Tell of all that loading would do, instruction by instruction, with the reasons
    #[arg(long)]
    explain: bool,

    /// List all files: clean ones, and those that are no pickles
    #[arg(short, long)]
    verbose: bool,

    /// Write a line of JSON for each file
    #[arg(long, conflicts_with = "sarif")]
    json: bool,

    /// Write a SARIF log
    #[arg(long)]
    sarif: bool,

    /// Unpack at most this much of a file [default: 256M, or a hundred times its size]
    #[arg(long, value_name = "BYTES", value_parser = size)]
    max_unpacked: Option<u64>,
}

/// Which policy.
#[derive(Args)]
pub(crate) struct PolicyArgs {
    /// Add a policy; may be given several times
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// Do without the policies that come with the command
    #[arg(long)]
    no_default_policy: bool,
}

impl PolicyArgs {
    pub(crate) fn read(&self) -> Result<Policy, Failure> {
        let mut policy = if self.no_default_policy { Policy::empty() } else { Policy::built_in() };
        for path in &self.policy {
            let text = crate::source::read_text(path)?;
            policy = policy.with(&text).map_err(|error| Failure::new(&name(path), error))?;
        }
        Ok(policy)
    }
}

/// A file with what is said of it.
struct Scanned<'e> {
    entry: &'e Entry,
    name: String,
    /// The user named it, or its extension promises a pickle: it has to be readable.
    is_due: bool,
    outcome: Result<Report, String>,
}

impl Scanned<'_> {
    fn verdict(&self) -> Verdict {
        match &self.outcome {
            Ok(report) if self.is_due => report.verdict_as_pickle(),
            Ok(report) => report.verdict(),
            Err(_) => Verdict::Unreadable,
        }
    }
}

/// Larger files are held in memory one at a time.
const LARGE: u64 = 256 << 20;

/// So many files are scanned before their results are written.
const BATCH: usize = 1024;

impl Scan {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut scanner =
            Scanner::with_policy(self.policy.read()?).every(self.explain).allowed(self.explain || self.json);
        if let Some(bytes) = self.max_unpacked {
            scanner = scanner.max_unpacked(bytes);
        }
        let entries = walk(&self.paths);
        let progress = if entries.len() > 1 { ProgressBar::new(entries.len() as u64) } else { ProgressBar::hidden() };
        // This thread is one of them: on one core, or for one file, there is no other. Where they are there already, that
        // is as good.
        let _ = ThreadPoolBuilder::new().use_current_thread().build_global();
        let large = Mutex::new(());
        let mut out = Lines(Some(Output::stdout()));
        let mut summary = Summary::default();
        let mut results = Vec::new();
        for batch in entries.chunks(BATCH) {
            let told = batch.par_iter().map_init(Buffer::default, |buffer, entry| {
                let told = self.tell(&scan(&scanner, entry, buffer, &large));
                progress.inc(1);
                told
            });
            for file in told.collect::<Vec<Told>>() {
                summary.count(file.verdict);
                results.extend(file.results);
                out.write(|out| out.write_all(&file.lines))?;
            }
        }
        progress.finish_and_clear();
        match (self.json, self.sarif) {
            (true, _) => {}
            (_, true) => out.write(|out| sarif::write(out, &results))?,
            _ => out.write(|out| writeln!(out, "{summary}"))?,
        }
        out.finish()?;
        match summary.status() {
            0 => Ok(()),
            status => Err(Failure::SaidWith(status)),
        }
    }

    /// Puts in words what there is to say of a file.
    fn tell(&self, file: &Scanned<'_>) -> Told {
        let (mut lines, mut results) = (Vec::new(), Vec::new());
        match (self.json, self.sarif) {
            (true, _) => report::json(&mut lines, file, self.verbose),
            (_, true) => results = sarif::results(file),
            _ => report::text(&mut lines, file, self.verbose, self.explain),
        }
        Told { verdict: file.verdict(), lines, results }
    }
}

/// What there is to say of a file.
struct Told {
    verdict: Verdict,
    lines: Vec<u8>,
    /// Results of SARIF.
    results: Vec<serde_json::Value>,
}

/// Standard output, as long as somebody reads it: the status is asked for in any case.
struct Lines(Option<Output>);

impl Lines {
    fn write(&mut self, write: impl FnOnce(&mut Output) -> io::Result<()>) -> Result<(), Failure> {
        let Some(out) = &mut self.0 else { return Ok(()) };
        match write(out).map_err(|error| out.failure(&error)) {
            Err(Failure::BrokenPipe) => {
                self.0 = None;
                Ok(())
            }
            written => written,
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self.0.map_or(Ok(()), Output::finish) {
            Err(Failure::BrokenPipe) => Ok(()),
            finished => finished,
        }
    }
}

fn scan<'e>(scanner: &Scanner, entry: &'e Entry, buffer: &mut Buffer, large: &Mutex<()>) -> Scanned<'e> {
    let name = name(&entry.path);
    let outcome = match &entry.problem {
        Some(problem) => Err(problem.clone()),
        None => scan_file(scanner, &entry.path, buffer, large).map_err(|error| error.to_string()),
    };
    let is_due = entry.is_named || has_pickle_extension(&name);
    Scanned { entry, name, is_due, outcome }
}

fn scan_file(scanner: &Scanner, path: &Path, buffer: &mut Buffer, large: &Mutex<()>) -> io::Result<Report> {
    if path.as_os_str() == "-" {
        return Ok(scanner.scan(&read(path)?));
    }
    let mut file = File::open(path)?;
    if let Some(content) = buffer.fill(&mut file)? {
        return Ok(scanner.scan(content));
    }
    let metadata = file.metadata()?;
    let _held = (metadata.len() > LARGE).then(|| large.lock());
    Ok(scanner.scan(&buffer.and_rest(file, &metadata)?))
}

pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}
