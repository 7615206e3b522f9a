//! `pickle scan`: what loading would do, judged by a policy.

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
pub(crate) struct Scanned {
    pub(crate) name: String,
    /// The user named it, or its extension promises a pickle: it has to be readable.
    pub(crate) is_due: bool,
    pub(crate) is_named: bool,
    pub(crate) outcome: Result<Report, String>,
}

impl Scanned {
    pub(crate) fn verdict(&self) -> Verdict {
        match &self.outcome {
            Ok(report) if self.is_due => report.verdict_as_pickle(),
            Ok(report) => report.verdict(),
            Err(_) => Verdict::Unreadable,
        }
    }
}

/// So many files are scanned before their results are written.
const BATCH: usize = 1024;

/// Larger files are held in memory one at a time.
const LARGE: u64 = 256 << 20;

impl Scan {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut scanner = Scanner::with_policy(self.policy.read()?).every(self.explain).allowed(self.explain || self.json);
        if let Some(bytes) = self.max_unpacked {
            scanner = scanner.max_unpacked(bytes);
        }
        let entries = walk(&self.paths);
        let progress = if entries.len() > 1 { ProgressBar::new(entries.len() as u64) } else { ProgressBar::hidden() };
        // This thread is one of them: on one core, or for one file, there is no other. Where they are there already, that
        // is as good.
        let _ = ThreadPoolBuilder::new().use_current_thread().build_global();
        let large = Mutex::new(());
        let mut out = Output::stdout();
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
                out.write_all(&file.lines).map_err(|error| out.failure(&error))?;
            }
        }
        progress.finish_and_clear();
        let written = match (self.json, self.sarif) {
            (true, _) => Ok(()),
            (_, true) => sarif::write(&mut out, &results),
            _ => writeln!(out, "{summary}"),
        };
        written.map_err(|error| out.failure(&error))?;
        out.finish()?;
        match summary.status() {
            0 => Ok(()),
            status => Err(Failure::SaidWith(status)),
        }
    }

    /// Puts in words what there is to say of a file.
    fn tell(&self, file: &Scanned) -> Told {
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

/// Where files are read to, one after the other.
struct Buffer(Box<[u8]>);

impl Default for Buffer {
    fn default() -> Self {
        Buffer(vec![0; 1 << 16].into())
    }
}

fn scan(scanner: &Scanner, entry: &Entry, buffer: &mut Buffer, large: &Mutex<()>) -> Scanned {
    let path_name = name(&entry.path);
    let outcome = match &entry.problem {
        Some(problem) => Err(problem.clone()),
        None => scan_file(scanner, &entry.path, buffer, large).map_err(|error| error.to_string()),
    };
    let is_due = entry.is_named || has_pickle_extension(&path_name);
    Scanned { name: path_name, is_due, is_named: entry.is_named, outcome }
}

fn scan_file(scanner: &Scanner, path: &Path, Buffer(buffer): &mut Buffer, large: &Mutex<()>) -> io::Result<Report> {
    if path.as_os_str() == "-" {
        return Ok(scanner.scan(&read(path)?));
    }
    let mut file = File::open(path)?;
    let filled = fill(&mut file, buffer)?;
    if filled < buffer.len() {
        return Ok(scanner.scan(&buffer[..filled]));
    }
    let length = file.metadata()?.len();
    let held = (length > LARGE).then(|| large.lock());
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX).saturating_add(1).max(filled))?;
    bytes.extend_from_slice(buffer);
    // Through `take`, nobody asks for the length once more.
    file.take(u64::MAX).read_to_end(&mut bytes)?;
    let report = scanner.scan(&bytes);
    drop(held);
    Ok(report)
}

/// Reads up to the end, or until the buffer is full; gives how much there is.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    loop {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(filled),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}
