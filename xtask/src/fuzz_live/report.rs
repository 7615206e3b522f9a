//! What the processes said, put together.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::compat::pythons::Interpreter;

/// A line of `fuzz_live.py`: a difference, a crash, counts of outcomes, or how far it is.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Message {
    case: usize,
    what: Option<String>,
    protocol: Option<u8>,
    native: String,
    ours: String,
    known: Option<String>,
    crash: Option<String>,
    phase: String,
    counts: BTreeMap<String, BTreeMap<String, usize>>,
    pub(crate) done: Option<usize>,
}

/// A difference that is in no list.
#[derive(Serialize)]
struct Difference {
    part: &'static str,
    case: usize,
    protocol: Option<u8>,
    what: String,
    native: String,
    ours: String,
    /// Shows it again.
    command: String,
}

/// A run, as it is printed.
#[derive(Serialize)]
pub(crate) struct Report {
    python: String,
    /// What the commands begin with.
    #[serde(skip)]
    command: String,
    seed: String,
    cases: BTreeMap<&'static str, usize>,
    /// What became of the cases: by part, then by protocol or all in one row.
    outcomes: BTreeMap<&'static str, BTreeMap<String, BTreeMap<String, usize>>>,
    /// Differences on purpose, by name.
    known: BTreeMap<String, usize>,
    differences: Vec<Difference>,
}

/// So many differences are printed in full.
const SHOWN: usize = 20;

/// So much of a text is printed.
const WIDTH: usize = 300;

impl Report {
    pub(crate) fn new(python: &Interpreter, library: &Path, seed: &str) -> Report {
        let script = crate::paths::host().join("fuzz_live.py");
        Report {
            python: python.version.to_string(),
            command: format!("{} {} {}", python.path.display(), script.display(), library.display()),
            seed: seed.to_owned(),
            cases: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            known: BTreeMap::new(),
            differences: Vec::new(),
        }
    }

    /// True if nothing differs but what is known.
    pub(crate) fn is_clean(&self) -> bool {
        self.differences.is_empty()
    }

    /// How many differences are of this kind.
    pub(crate) fn count_of(&self, what: &str) -> usize {
        self.differences.iter().filter(|difference| difference.what == what).count()
    }

    pub(crate) fn add_cases(&mut self, part: &'static str, count: usize) {
        *self.cases.entry(part).or_default() += count;
    }

    pub(crate) fn add(&mut self, part: &'static str, message: Message) {
        for (row, columns) in message.counts {
            let row = self.outcomes.entry(part).or_default().entry(row).or_default();
            for (column, count) in columns {
                *row.entry(column).or_default() += count;
            }
        }
        let Some(what) = message.what.or(message.crash) else { return };
        if let Some(known) = message.known {
            *self.known.entry(known).or_default() += 1;
            return;
        }
        let shrink = if part == "pickles" { " --shrink" } else { "" };
        let command = format!("{} {part} --seed {} --only {}{shrink}", self.command, self.seed, message.case);
        self.differences.push(Difference {
            part,
            case: message.case,
            protocol: message.protocol,
            what,
            native: if message.phase.is_empty() { message.native } else { format!("while: {}", message.phase) },
            ours: message.ours,
            command,
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (part, rows) in &self.outcomes {
            let cases = self.cases.get(part).copied().unwrap_or_default();
            writeln!(f, "{cases} {part} by CPython {}, seed {}", self.python, self.seed)?;
            for (row, columns) in rows {
                let columns: Vec<String> = columns.iter().map(|(column, count)| format!("{column} {count}")).collect();
                writeln!(f, "  {row}: {}", columns.join(", "))?;
            }
        }
        for difference in self.differences.iter().take(SHOWN) {
            writeln!(f, "\n{difference}")?;
        }
        writeln!(f)?;
        for (name, count) in &self.known {
            writeln!(f, "{count:>8} on purpose: {name}")?;
        }
        writeln!(f, "{:>8} differences that are not listed", self.differences.len())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { part, case, what, .. } = self;
        write!(f, "{part} {case}: {what}")?;
        if let Some(protocol) = self.protocol {
            write!(f, " at protocol {protocol}")?;
        }
        for (name, text) in [("native", &self.native), ("ours", &self.ours)] {
            if !text.is_empty() {
                write!(f, "\n  {name:<6} {}", text.chars().take(WIDTH).collect::<String>())?;
            }
        }
        write!(f, "\n  {}", self.command)
    }
}
