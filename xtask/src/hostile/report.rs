//! What came of all files.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::judge::{self, Answer, Answers, Known};
use super::process::Tried;
use crate::Result;

/// What an operation may allocate: so many times the file's size, and [`BASE`] besides.
const FACTOR: usize = 64;
const BASE: usize = 1 << 20;
/// What is aimed at where an operation ends in an error.
const AIM_OF_ERRORS: f64 = 10.0;
/// What it may take, in milliseconds of processor time.
const TIME: f64 = 1000.0;

/// The outcome.
#[derive(Serialize)]
pub(super) struct Report {
    files: usize,
    operations: usize,
    /// What must not be.
    broken: Vec<String>,
    /// Values and refusals that are not CPython's, nor in the list.
    differences: Vec<String>,
    /// By reason, how many files differ on purpose.
    known: BTreeMap<String, usize>,
    /// Reasons in the list that no file needs.
    unneeded: Vec<String>,
    /// Of the files that CPython was asked about: how many it loads and refuses, and how it fell over.
    cpython: BTreeMap<String, usize>,
    /// By operation, the most times the file's size that it allocated beyond 1 MiB, the file, and the longest time.
    worst: BTreeMap<String, Worst>,
}

#[derive(Serialize, Default)]
struct Worst {
    factor: f64,
    largest: String,
    factor_of_errors: f64,
    largest_of_errors: String,
    milliseconds: f64,
    longest: String,
}

impl Report {
    /// Judges what was tried. Of the whole corpus, each reason in the list must have a file that needs it.
    pub(super) fn new(tried: &[Tried], answers: Option<&Answers>, known: &Known, is_whole: bool) -> Report {
        let mut report = Report {
            files: tried.len(),
            operations: tried.iter().map(|one| one.measured.len()).sum(),
            broken: Vec::new(),
            differences: Vec::new(),
            known: BTreeMap::new(),
            unneeded: Vec::new(),
            cpython: BTreeMap::new(),
            worst: BTreeMap::new(),
        };
        for one in tried {
            report.measure(one);
            if let Some(answer) = answers.and_then(|answers| answers.get(&one.path)) {
                report.judge(one, answer, known);
            }
        }
        if is_whole && answers.is_some() {
            let unneeded = known.difference.iter().filter(|entry| !report.known.contains_key(&entry.reason));
            report.unneeded = unneeded.map(|entry| entry.reason.clone()).collect();
        }
        report
    }

    fn measure(&mut self, one: &Tried) {
        let name = judge::name(&one.path);
        if let Some((operation, end)) = &one.end {
            self.broken.push(format!("{name}, {operation}: {end}"));
        }
        for measured in &one.measured {
            let operation = &measured.operation;
            if let Some(panic) = &measured.panic {
                self.broken.push(format!("{name}, {operation}: panic: {panic}"));
            }
            let size = measured.size;
            // To make the digest of a value takes memory and time of the harness's own.
            let is_harness = measured.operation == "judged";
            if !is_harness && measured.peak > FACTOR * size + BASE {
                self.broken.push(format!("{name}, {operation}: {} bytes for {size} bytes", measured.peak));
            }
            if !is_harness && measured.milliseconds > TIME {
                self.broken.push(format!("{name}, {operation}: {:.0} ms", measured.milliseconds));
            }
            let worst = self.worst.entry(operation.clone()).or_default();
            let factor = measured.peak.saturating_sub(BASE) as f64 / size.max(1) as f64;
            if factor > worst.factor {
                (worst.factor, worst.largest) = (factor, name.clone());
            }
            if measured.error.is_some() && factor > worst.factor_of_errors {
                (worst.factor_of_errors, worst.largest_of_errors) = (factor, name.clone());
            }
            if measured.milliseconds > worst.milliseconds {
                (worst.milliseconds, worst.longest) = (measured.milliseconds, name.clone());
            }
        }
    }

    fn judge(&mut self, one: &Tried, answer: &Answer, known: &Known) {
        let (kind, cpython) = match answer {
            Answer::Loaded(_) => ("loaded".to_owned(), "loaded".to_owned()),
            Answer::Refused(error) => ("refused".to_owned(), format!("refused: {error}")),
            Answer::Failed(how) => (format!("failed: {how}"), String::new()),
        };
        *self.cpython.entry(kind).or_default() += 1;
        let Some(measured) = one.measured.iter().find(|measured| measured.operation == "judged") else { return };
        let ours = match (answer, &measured.error, &measured.digest) {
            (Answer::Failed(_), ..) | (Answer::Refused(_), Some(_), _) => return,
            (Answer::Loaded(digest), None, Some(ours)) if digest == ours => return,
            (Answer::Loaded(_), None, _) => "another value".to_owned(),
            (_, Some(error), _) => format!("refused: {error}"),
            (_, None, _) => "loaded".to_owned(),
        };
        let name = judge::name(&one.path);
        match known.difference.iter().find(|entry| entry.fits(&name, &cpython, &ours)) {
            Some(entry) => *self.known.entry(entry.reason.clone()).or_default() += 1,
            None => self.differences.push(format!("{name}: CPython {cpython}, we {ours}")),
        }
    }

    pub(super) fn is_clean(&self) -> bool {
        self.broken.is_empty() && self.differences.is_empty() && self.unneeded.is_empty()
    }

    /// All that is wrong.
    pub(super) fn problems(&self) -> Vec<String> {
        let unneeded = self.unneeded.iter().map(|reason| format!("no file differs so: {reason}"));
        self.broken.iter().chain(&self.differences).cloned().chain(unneeded).collect()
    }

    pub(super) fn print_json(&self) -> Result<()> {
        println!("{}", serde_json::to_string_pretty(self)?);
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} files, {} operations", self.files, self.operations)?;
        writeln!(f, "  most memory × size beyond 1 MiB, of those that end in an error, and processor time:")?;
        for (operation, worst) in &self.worst {
            writeln!(
                f,
                "  {operation:<22} {:>6.1} × {:<44} {:>6.1} × {:<44} {:>6.0} ms {}",
                worst.factor,
                worst.largest,
                worst.factor_of_errors,
                worst.largest_of_errors,
                worst.milliseconds,
                worst.longest
            )?;
            if worst.factor_of_errors > AIM_OF_ERRORS {
                writeln!(f, "  {operation:<22} is above the aim of {AIM_OF_ERRORS} × where it ends in an error")?;
            }
        }
        for (kind, count) in &self.cpython {
            writeln!(f, "  CPython {kind}: {count}")?;
        }
        for (reason, count) in &self.known {
            writeln!(f, "  differs on purpose in {count}: {reason}")?;
        }
        for problem in self.problems() {
            writeln!(f, "{problem}")?;
        }
        writeln!(f, "{} broken bars, {} differences", self.broken.len(), self.differences.len())
    }
}
