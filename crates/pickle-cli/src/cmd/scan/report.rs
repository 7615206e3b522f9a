//! What is told of each file, as text and as JSON.

use core::fmt;
use std::io::Write;

use pickle_tools::scan::{Finding, Report, Severity, Verdict};
use serde::Serialize;

use super::Scanned;
use crate::line::OneLine;

/// So many findings of a file are told, where not all are asked for.
const SHOWN: usize = 10;

/// How many files have each verdict.
#[derive(Default)]
pub(super) struct Summary {
    files: u64,
    dangerous: u64,
    suspicious: u64,
    unreadable: u64,
    clean: u64,
    others: u64,
}

impl Summary {
    pub(super) fn count(&mut self, verdict: Verdict) {
        self.files += 1;
        *match verdict {
            Verdict::Dangerous => &mut self.dangerous,
            Verdict::Suspicious => &mut self.suspicious,
            Verdict::Unreadable => &mut self.unreadable,
            Verdict::Clean => &mut self.clean,
            Verdict::NotAPickle => &mut self.others,
        } += 1;
    }

    /// The status to end with.
    pub(super) fn status(&self) -> u8 {
        match self {
            Summary { dangerous: 0, suspicious: 0, unreadable: 0, .. } => 0,
            Summary { dangerous: 0, suspicious: 0, .. } => 2,
            _ => 1,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.dangerous, "dangerous"),
            (self.suspicious, "suspicious"),
            (self.unreadable, "unreadable"),
            (self.clean, "clean"),
            (self.others, if self.others == 1 { "not a pickle" } else { "not pickles" }),
        ];
        let told: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        let told = if told.is_empty() { String::from("nothing to scan") } else { told.join(", ") };
        write!(f, "{} {}: {told}", self.files, if self.files == 1 { "file" } else { "files" })
    }
}

/// A line for the file, and one for each finding that matters.
pub(super) fn text(lines: &mut Vec<u8>, file: &Scanned<'_>, verbose: bool, explain: bool) {
    let verdict = file.verdict();
    let is_quiet =
        matches!(verdict, Verdict::Clean | Verdict::NotAPickle) && !file.entry.is_named && !verbose && !explain;
    if is_quiet || verdict == Verdict::NotAPickle && !verbose {
        return;
    }
    let mut line = |text: fmt::Arguments<'_>| writeln!(lines, "{text}").expect(MEMORY);
    line(format_args!("{:<12} {}", verdict.name(), OneLine(&file.name)));
    let report = match &file.outcome {
        Ok(report) => report,
        Err(problem) => return line(format_args!("    {}", OneLine(problem))),
    };
    let told: Vec<&Finding> =
        report.findings().iter().filter(|finding| explain || finding.severity > Severity::Allowed).collect();
    let shown = if explain { told.len() } else { told.len().min(SHOWN) };
    for finding in &told[..shown] {
        line(format_args!("    {}", OneLine(finding)));
    }
    if shown < told.len() {
        line(format_args!("    and {} more: --explain tells all", told.len() - shown));
    }
    if let Some(reason) = reason(report, verdict) {
        line(format_args!("    {}", OneLine(reason)));
    }
}

const MEMORY: &str = "writing to memory does not fail";

/// Why a file is unreadable that is no pickle.
fn reason(report: &Report, verdict: Verdict) -> Option<String> {
    let problem = report.problem().filter(|_| verdict == Verdict::Unreadable)?;
    Some(if problem.is_empty() { String::from("no pickle is in it") } else { format!("no pickle: {problem}") })
}

#[derive(Serialize)]
struct Json<'a> {
    path: &'a str,
    verdict: &'static str,
    pickles: u64,
    containers: &'a [String],
    symbols: Vec<&'a str>,
    needs_unknown_symbols: bool,
    findings: Vec<JsonFinding<'a>>,
    problem: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    severity: &'static str,
    action: &'static str,
    subject: &'a str,
    origin: &'static str,
    reason: &'a str,
    place: &'a str,
    offset: u64,
    opcode: &'static str,
    count: u64,
}

impl<'a> JsonFinding<'a> {
    fn of(finding: &'a Finding) -> JsonFinding<'a> {
        JsonFinding {
            severity: finding.severity.name(),
            action: finding.action.name(),
            subject: &finding.subject,
            origin: finding.origin.name(),
            reason: &finding.reason,
            place: &finding.place,
            offset: finding.offset,
            opcode: finding.opcode,
            count: finding.count,
        }
    }
}

/// A line of JSON.
pub(super) fn json(lines: &mut Vec<u8>, file: &Scanned<'_>, verbose: bool) {
    let verdict = file.verdict();
    if verdict == Verdict::NotAPickle && !verbose {
        return;
    }
    let (report, problem) = match &file.outcome {
        Ok(report) => (Some(report), report.problem()),
        Err(problem) => (None, Some(problem.as_str())),
    };
    let line = Json {
        path: &file.name,
        verdict: verdict.name(),
        pickles: report.map_or(0, Report::pickles),
        containers: report.map_or(&[], Report::containers),
        symbols: report.map(Report::symbols).unwrap_or_default(),
        needs_unknown_symbols: report.is_some_and(Report::needs_unknown_symbols),
        findings: report.map(|report| report.findings().iter().map(JsonFinding::of).collect()).unwrap_or_default(),
        problem,
    };
    serde_json::to_writer(&mut *lines, &line).expect(MEMORY);
    lines.push(b'\n');
}
