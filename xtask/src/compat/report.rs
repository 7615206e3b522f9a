//! What a person, and a program, learns in the end.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use super::Seconds;
use super::difference::{Comparison, Difference};
use super::outcome::{Outcome, Tally};
use super::pythons::Skipped;
use crate::{Result, output};

/// Everything that was found out.
pub(crate) struct Report {
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) left_out: Vec<String>,
    pub(crate) generating: Duration,
    pub(crate) comparing: Duration,
}

impl Report {
    /// On one interpreter, without what belongs to a run.
    pub(crate) fn of(outcome: Outcome) -> Report {
        Report {
            outcomes: vec![outcome],
            skipped: Vec::new(),
            left_out: Vec::new(),
            generating: Duration::ZERO,
            comparing: Duration::ZERO,
        }
    }

    /// Prints the differences and the tables, and writes the JSON where it is wanted.
    pub(crate) fn print(&self, limit: usize, json: Option<&Path>) -> Result<ExitCode> {
        let text = format!("{}{self}", self.differences(limit));
        output::print(&text, json, || self.to_json())?;
        Ok(if self.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Whether nothing differs.
    pub(crate) fn is_success(&self) -> bool {
        self.total_differences() == 0
    }

    fn total_differences(&self) -> usize {
        self.outcomes.iter().map(|outcome| outcome.differences.len()).sum()
    }

    /// Both sides of the first difference in each case and comparison; the places of the others, which mostly have
    /// the same cause.
    pub(crate) fn differences(&self, limit: usize) -> String {
        let mut groups: Vec<Vec<(&Outcome, &Difference)>> = Vec::new();
        let mut by_case = BTreeMap::new();
        for outcome in &self.outcomes {
            for found in &outcome.differences {
                let group = *by_case.entry((found.comparison, &found.case)).or_insert_with(|| {
                    groups.push(Vec::new());
                    groups.len() - 1
                });
                groups[group].push((outcome, found));
            }
        }
        let mut text: String = groups.iter().take(limit).map(|group| told(group)).collect();
        if let Some(more @ [_, ..]) = groups.get(limit..) {
            let count: usize = more.iter().map(Vec::len).sum();
            text += &format!("{count} more differences in {} cases are not shown (--limit, --json)\n\n", more.len());
        }
        text
    }

    fn to_json(&self) -> Value {
        let interpreters: Vec<Value> = self.outcomes.iter().map(Outcome::to_json).collect();
        json!({
            "format": 1,
            "differences": self.total_differences(),
            "interpreters": interpreters,
            "skipped": self.skipped,
            "left_out": self.left_out,
            "seconds": {"generating": self.generating.as_secs_f64(), "comparing": self.comparing.as_secs_f64()},
        })
    }
}

/// The differences of one case in one comparison.
fn told(group: &[(&Outcome, &Difference)]) -> String {
    let [(outcome, first), others @ ..] = group else {
        return String::new();
    };
    let mut text = format!("{}: {}\n", outcome.name(), first.title());
    for line in &first.detail {
        text += &format!("    {line}\n");
    }
    // Interpreters that differ at the same places share a line.
    let mut by_version: Vec<(String, Vec<String>)> = Vec::new();
    for (outcome, found) in others {
        let version = outcome.label.clone();
        match by_version.last_mut() {
            Some((last, places)) if *last == version => places.push(found.place()),
            _ => by_version.push((version, vec![found.place()])),
        }
    }
    for same in by_version.chunk_by(|(_, a), (_, b)| a == b) {
        let versions: Vec<&str> = same.iter().map(|(version, _)| version.as_str()).collect();
        text += &format!("    also {}: {}\n", versions.join(", "), same[0].1.join(" "));
    }
    text.push('\n');
    text
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cases for which all that is written at a protocol equals CPython's bytes\n")?;
        write_table(f, &self.cases_table())?;
        f.write_str("\nWhat was compared\n")?;
        write_table(f, &self.comparisons_table())?;
        if self.outcomes.iter().any(|outcome| !outcome.changed.is_empty()) {
            f.write_str("\nPairs of protocols between which a reload changes CPython's own bytes\n")?;
            write_table(f, &self.changed_table())?;
        }
        f.write_char('\n')?;
        for (note, versions) in self.notes() {
            writeln!(f, "note: CPython {}: {note}", versions.join(", "))?;
        }
        for Skipped { python, reason } in &self.skipped {
            writeln!(f, "skipped: {python}: {reason}")?;
        }
        for what in &self.left_out {
            writeln!(f, "left out: {what}")?;
        }
        let (generating, comparing) = (Seconds(self.generating), Seconds(self.comparing));
        let cases: usize = self.outcomes.iter().map(|outcome| outcome.cases).sum();
        writeln!(
            f,
            "{} differences in {cases} cases of {} interpreters; asking took {generating}, comparing {comparing}",
            self.total_differences(),
            self.outcomes.len(),
        )
    }
}

impl Report {
    /// Each note with the versions that it is on.
    fn notes(&self) -> Vec<(String, Vec<String>)> {
        let mut notes: Vec<(String, Vec<String>)> = Vec::new();
        for outcome in &self.outcomes {
            for note in outcome.notes() {
                let version = outcome.label.clone();
                match notes.iter_mut().find(|(known, _)| *known == note) {
                    Some((_, versions)) => versions.push(version),
                    None => notes.push((note, vec![version])),
                }
            }
        }
        notes
    }

    fn cases_table(&self) -> Vec<Vec<String>> {
        let protocols = self.outcomes.iter().map(|outcome| outcome.protocols.len()).max().unwrap_or(0);
        let mut head = cells(["interpreter", "cases"]);
        head.extend((0..protocols).map(|protocol| format!("protocol {protocol}")));
        head.extend(cells(["matched", "differing", "skipped"]));
        let rows = self.outcomes.iter().map(|outcome| {
            let mut row = vec![outcome.name(), outcome.cases.to_string()];
            row.extend((0..protocols).map(|protocol| match outcome.protocols.get(protocol) {
                Some(tally) if tally.differing == 0 => tally.matched.to_string(),
                Some(tally) => format!("{} ≠{}", tally.matched, tally.differing),
                None => "–".to_owned(),
            }));
            let sum = outcome.protocols.iter().fold(Tally::default(), |sum, tally| Tally {
                matched: sum.matched + tally.matched,
                differing: sum.differing + tally.differing,
                skipped: sum.skipped + tally.skipped,
            });
            row.extend([sum.matched, sum.differing, sum.skipped].map(|count| count.to_string()));
            row
        });
        [head].into_iter().chain(rows).collect()
    }

    fn comparisons_table(&self) -> Vec<Vec<String>> {
        let mut head = cells(["interpreter"]);
        head.extend(Comparison::ALL.map(|comparison| comparison.name().to_owned()));
        let rows = self.outcomes.iter().map(|outcome| {
            let mut row = vec![outcome.name()];
            row.extend(Comparison::ALL.map(|comparison| match outcome.comparisons.get(&comparison) {
                Some(tally) => {
                    let all = tally.matched + tally.differing;
                    let skipped =
                        if tally.skipped > 0 { format!(" ({} skipped)", tally.skipped) } else { String::new() };
                    format!("{}/{all}{skipped}", tally.matched)
                }
                None => "–".to_owned(),
            }));
            row
        });
        [head].into_iter().chain(rows).collect()
    }

    fn changed_table(&self) -> Vec<Vec<String>> {
        let head = cells(["interpreter", "reason", "pairs", "ours as before it", "ours as after it", "of all pairs"]);
        let rows = self.outcomes.iter().flat_map(|outcome| {
            outcome.changed.iter().map(|(reason, changed)| {
                let all = outcome.cases * outcome.protocols.len().pow(2);
                vec![
                    outcome.name(),
                    reason.clone(),
                    changed.pairs.to_string(),
                    changed.as_before.to_string(),
                    changed.as_after.to_string(),
                    format!("{:.2} %", 100.0 * changed.pairs as f64 / all.max(1) as f64),
                ]
            })
        });
        [head].into_iter().chain(rows).collect()
    }
}

impl Outcome {
    fn name(&self) -> String {
        let source = if self.interpreter.is_some() { "live" } else { "corpus" };
        format!("CPython {} ({source})", self.label)
    }

    fn notes(&self) -> Vec<String> {
        let highest = self.protocols.len().saturating_sub(1);
        let mut notes = Vec::new();
        if highest < 5 {
            notes.push(format!("protocol {highest} is its highest"));
        }
        if self.renumbered > 0 {
            notes.push(format!(
                "{} pairs are equal once the PUTs that nothing reads are left out and the others numbered anew",
                self.renumbered,
            ));
        }
        if self.pending > 0 {
            notes.push(format!("{} pairs are known to differ, and wait for what their cases say", self.pending));
        }
        if self.judged > 0 {
            notes.push(format!(
                "{} disassemblies are the newest CPython's for the same bytes, and not its own: pickletools prints \
                 strings by each interpreter's Unicode tables",
                self.judged,
            ));
        }
        if self.uncommitted > 0 {
            notes.push(format!("{} cases are not in the corpus (cargo xtask corpus)", self.uncommitted));
        }
        if self.unanswered > 0 {
            notes.push(format!("{} cases of the corpus are no more (cargo xtask corpus)", self.unanswered));
        }
        notes
    }

    fn to_json(&self) -> Value {
        let comparisons: serde_json::Map<String, Value> =
            self.comparisons.iter().map(|(comparison, tally)| (comparison.name().to_owned(), json!(tally))).collect();
        json!({
            "python": self.label,
            "profile": self.profile.to_string(),
            "source": if self.interpreter.is_some() { "live" } else { "corpus" },
            "path": self.interpreter,
            "cases": self.cases,
            "protocols": self.protocols,
            "comparisons": comparisons,
            "changed_by_reload": self.changed,
            "notes": self.notes(),
            "differences": self.differences,
        })
    }
}

fn cells<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// The first column to the left, the others to the right.
fn write_table(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>]) -> fmt::Result {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> =
        (0..columns).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let space = " ".repeat(width - cell.chars().count());
            line += &if column == 0 { format!("  {cell}{space}") } else { format!("  {space}{cell}") };
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}
