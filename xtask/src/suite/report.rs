//! What a person, and a program, learns in the end.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::run::{Answer, Outcome};
use super::verdict::{Difference, FileVerdict, Verdict};
use crate::compat::pythons::Skipped;
use crate::{Result, output};

/// Everything that was found out.
pub(crate) struct Report {
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) verdicts: Vec<Verdict>,
}

impl Report {
    /// Whether nothing differs but what is listed.
    pub(crate) fn is_success(&self) -> bool {
        self.verdicts.iter().all(Verdict::is_success)
    }

    /// Prints the tables and the differences, and writes the JSON where it is wanted.
    pub(crate) fn print(&self, verbose: bool, json: Option<&Path>) -> Result<ExitCode> {
        let text = self.to_text(verbose);
        output::print(&text, json, || self.to_json())?;
        Ok(if self.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    pub(crate) fn to_text(&self, verbose: bool) -> String {
        let mut text = String::new();
        for verdict in &self.verdicts {
            let name = format!("CPython {}", verdict.python.version);
            writeln!(text, "{name:<20}  {:^31}  {:^31}", "our module", "the native module").expect(WRITES);
            for file in &verdict.files {
                writeln!(text, "  {:<18}  {:<31}  {:<31}", file.file, counts(&file.ours), counts(&file.native))
                    .expect(WRITES);
            }
            for file in &verdict.files {
                text.push_str(&remarks(file, verbose));
            }
        }
        if !self.verdicts.is_empty() {
            let good = self.verdicts.iter().filter(|verdict| verdict.is_success()).count();
            writeln!(text, "as with the native module on {good} of {} interpreters", self.verdicts.len())
                .expect(WRITES);
        }
        text
    }

    fn to_json(&self) -> Value {
        let pythons = self.verdicts.iter().map(|verdict| {
            json!({
                "version": verdict.python.version.to_string(),
                "path": verdict.python.path,
                "success": verdict.is_success(),
                "files": verdict.files.iter().map(file_json).collect::<Vec<_>>(),
            })
        });
        json!({
            "format": 1,
            "success": self.is_success(),
            "pythons": pythons.collect::<Vec<_>>(),
            "skipped": self.skipped,
        })
    }
}

const WRITES: &str = "a String takes all";

/// How many passed, failed and were skipped.
fn counts(answer: &Answer) -> String {
    match answer {
        Ok(outcomes) => {
            let [passed, failed, skipped] =
                [Outcome::Passed, Outcome::Failed, Outcome::Skipped].map(|outcome| outcomes.count(outcome));
            format!("{passed:>4} passed {failed:>2} failed {skipped:>2} skipped")
        }
        Err(_) => "crashed".to_owned(),
    }
}

/// What there is to say about a file beside its numbers.
fn remarks(file: &FileVerdict, verbose: bool) -> String {
    let mut text = String::new();
    for fault in &file.faults {
        writeln!(text, "  FAILED {}: {fault}", file.file).expect(WRITES);
    }
    for difference in &file.differences {
        writeln!(text, "{}", Told { difference, verbose }).expect(WRITES);
    }
    for test in &file.outdated {
        writeln!(text, "  FAILED {test}: listed in compat/known-differences.toml, but it is as with the native module")
            .expect(WRITES);
    }
    for test in &file.failing_natively {
        writeln!(text, "  fails natively, too: {test}").expect(WRITES);
    }
    text
}

/// A difference on one line, or with the whole traceback.
struct Told<'a> {
    difference: &'a Difference,
    verbose: bool,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { test, ours, text, known } = self.difference;
        let word = match ours {
            Some(Outcome::Failed) => "fails",
            Some(Outcome::Skipped) => "is skipped",
            Some(Outcome::Passed) => "passes",
            None => "is not run",
        };
        match known {
            Some(reason) => write!(f, "  known: {test} {word}: {reason}")?,
            None => write!(f, "  FAILED {test} {word}")?,
        }
        if self.verbose {
            return write!(f, "\n    {}", text.trim().replace('\n', "\n    "));
        }
        match text.trim().lines().last() {
            Some(line) if known.is_none() => write!(f, "\n    {line}"),
            _ => Ok(()),
        }
    }
}

fn file_json(file: &FileVerdict) -> Value {
    let difference = |found: &Difference| json!({ "test": found.test, "ours": found.ours, "text": found.text, "known": found.known });
    json!({
        "file": file.file,
        "success": file.is_success(),
        "ours": answer_json(&file.ours),
        "native": answer_json(&file.native),
        "differences": file.differences.iter().map(difference).collect::<Vec<_>>(),
        "outdated": file.outdated,
        "faults": file.faults,
        "failing_natively": file.failing_natively,
    })
}

fn answer_json(answer: &Answer) -> Value {
    match answer {
        Ok(outcomes) => json!({
            "passed": outcomes.count(Outcome::Passed),
            "failed": outcomes.count(Outcome::Failed),
            "skipped": outcomes.count(Outcome::Skipped),
        }),
        Err(end) => json!({ "crashed": end }),
    }
}
