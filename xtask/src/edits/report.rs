//! What became of the edits, put together.

use std::collections::BTreeMap;

use super::Outcome;
use super::judge::Place;
use crate::compat::pythons::Interpreter;

/// At most so many edits in a hundred may be refused.
const REFUSED: usize = 10;

/// A run.
#[derive(Default)]
pub(crate) struct Report {
    same: usize,
    /// Edits that are wrong: where, and how.
    wrong: Vec<String>,
    /// Edits that were not made: by reason, where.
    refused: BTreeMap<String, Vec<String>>,
}

impl Report {
    pub(crate) fn add(&mut self, name: &str, place: &Place, outcome: Outcome) {
        let edit = format!("{name}: obj{} = {}", place.path, place.literal);
        match outcome {
            Outcome::Same => self.same += 1,
            Outcome::Different(difference) => self.wrong.push(format!("{edit}\n    {difference}")),
            Outcome::NotLocal(problem) => self.wrong.push(format!("{edit}\n    not in place: {problem}")),
            Outcome::Refused(reason) => {
                // Without the path, which stands before it.
                let reason = reason.rsplit_once(": ").map_or(reason.as_str(), |(_, reason)| reason);
                self.refused.entry(reason.to_owned()).or_default().push(edit);
            }
        }
    }

    /// How many were made and judged.
    pub(crate) fn judged(&self) -> usize {
        self.same + self.wrong.len()
    }

    pub(crate) fn differences(&self) -> usize {
        self.wrong.len()
    }

    fn refusals(&self) -> usize {
        self.refused.values().map(Vec::len).sum()
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.wrong.is_empty() && self.refusals() * 100 <= REFUSED * (self.judged() + self.refusals())
    }

    pub(crate) fn print(&self, python: &Interpreter, seed: &str, refused: bool) {
        for wrong in &self.wrong {
            println!("{wrong}");
        }
        println!("judged by CPython {}, seed {seed}", python.version);
        println!("  {:>6} edits are what Python makes of them, and nothing else changed", self.same);
        println!("  {:>6} are not", self.wrong.len());
        println!("  {:>6} were refused besides", self.refusals());
        for (reason, edits) in &self.refused {
            println!("         {:>6} {reason}", edits.len());
            for edit in edits.iter().filter(|_| refused) {
                println!("                {edit}");
            }
        }
    }
}
