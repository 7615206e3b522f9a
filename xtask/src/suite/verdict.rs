//! What a file's two runs say about us.

use std::collections::BTreeSet;

use super::known::Known;
use super::run::{Answer, Outcome, Outcomes};
use crate::compat::pythons::{Interpreter, Version};

/// What was found out with one interpreter.
pub(crate) struct Verdict {
    pub(crate) python: Interpreter,
    pub(crate) files: Vec<FileVerdict>,
}

/// What was found out about one test file.
pub(crate) struct FileVerdict {
    pub(crate) file: String,
    pub(crate) ours: Answer,
    pub(crate) native: Answer,
    /// What passes natively and not with ours, or fails with ours only.
    pub(crate) differences: Vec<Difference>,
    /// Listed as differences, though they are none.
    pub(crate) outdated: Vec<String>,
    /// What else is wrong: a run that did not end well.
    pub(crate) faults: Vec<String>,
    /// What fails with both modules, which says nothing about ours.
    pub(crate) failing_natively: Vec<String>,
}

/// A test that the two modules do not agree about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) test: String,
    /// What became of it with ours; nothing where it was not even run.
    pub(crate) ours: Option<Outcome>,
    /// The traceback, or why it was skipped.
    pub(crate) text: String,
    /// Why that is meant, where it is.
    pub(crate) known: Option<String>,
}

impl Verdict {
    /// Whether all is as it should be.
    pub(crate) fn is_success(&self) -> bool {
        self.files.iter().all(FileVerdict::is_success)
    }
}

impl FileVerdict {
    /// Whether nothing differs but what is listed.
    pub(crate) fn is_success(&self) -> bool {
        self.faults.is_empty() && self.outdated.is_empty() && self.unexpected().next().is_none()
    }

    /// The differences that are not listed.
    pub(crate) fn unexpected(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.known.is_none())
    }
}

/// Holds the two runs of a file against each other, and against the list.
pub(crate) fn compare(file: &str, ours: Answer, native: Answer, known: &Known, version: &Version) -> FileVerdict {
    let mut verdict = FileVerdict {
        file: file.to_owned(),
        ours,
        native,
        differences: Vec::new(),
        outdated: Vec::new(),
        faults: Vec::new(),
        failing_natively: Vec::new(),
    };
    for (module, answer) in [("our module", &verdict.ours), ("the native module", &verdict.native)] {
        if let Err(end) = answer {
            verdict.faults.push(format!("with {module} the process ended early: {end}"));
        }
    }
    let (Ok(ours), Ok(native)) = (&verdict.ours, &verdict.native) else { return verdict };
    if native.count(Outcome::Passed) == 0 {
        verdict.faults.push("natively no test passes: is there such a file?".to_owned());
    }
    (verdict.differences, verdict.failing_natively) = differences(ours, native);
    for entry in known.about(file, version) {
        match verdict.differences.iter_mut().find(|difference| difference.test == entry.test) {
            Some(difference) => difference.known = Some(entry.reason.clone()),
            None => verdict.outdated.push(entry.test.clone()),
        }
    }
    verdict
}

/// The tests that are worse with ours, and those that fail with both.
fn differences(ours: &Outcomes, native: &Outcomes) -> (Vec<Difference>, Vec<String>) {
    let mut differences = Vec::new();
    let mut failing = Vec::new();
    let tests: BTreeSet<&String> = ours.outcomes.keys().chain(native.outcomes.keys()).collect();
    for test in tests {
        let became = ours.outcomes.get(test).copied();
        match (became, native.outcomes.get(test)) {
            (Some(Outcome::Failed), Some(Outcome::Failed)) => failing.push(test.clone()),
            (Some(Outcome::Failed), _) | (Some(Outcome::Skipped) | None, Some(Outcome::Passed)) => {
                let text = ours.reasons.get(test).cloned().unwrap_or_default();
                differences.push(Difference { test: test.clone(), ours: became, text, known: None });
            }
            _ => {}
        }
    }
    (differences, failing)
}

#[cfg(test)]
mod tests {
    use super::super::known::Entry;
    use super::{Answer, FileVerdict, Known, Outcome, Outcomes, Version, compare};

    /// Outcomes by a letter each, of the tests a, b, c, …; `-` for one that was not run.
    fn answer(letters: &str) -> Answer {
        let mut outcomes = Outcomes::default();
        for (name, letter) in ('a'..).zip(letters.chars()) {
            let outcome = match letter {
                'p' => Outcome::Passed,
                'f' => Outcome::Failed,
                's' => Outcome::Skipped,
                _ => continue,
            };
            outcomes.outcomes.insert(format!("test.test_x.{name}"), outcome);
        }
        Ok(outcomes)
    }

    fn verdict(ours: Answer, native: Answer, listed: &[(&str, &[&str])]) -> FileVerdict {
        let entry = |&(test, pythons): &(&str, &[&str])| Entry {
            test: format!("test.test_x.{test}"),
            reason: "because".to_owned(),
            pythons: pythons.iter().map(|&version| version.to_owned()).collect(),
        };
        let known = Known { suite: listed.iter().map(entry).collect() };
        compare("test_x", ours, native, &known, &Version::parse("3.13.0").expect("a version"))
    }

    #[test]
    fn what_passes_natively_has_to_pass() {
        assert!(verdict(answer("pps"), answer("pps"), &[]).is_success());
        for ours in ["pfs", "pss", "p-s", "ppf"] {
            let found = verdict(answer(ours), answer("pps"), &[]);
            assert!(!found.is_success() && found.differences.len() == 1, "{ours}");
        }
    }

    #[test]
    fn what_fails_natively_says_nothing() {
        let found = verdict(answer("pfp"), answer("pff"), &[]);
        assert!(found.is_success() && found.differences.is_empty());
        assert_eq!(found.failing_natively, ["test.test_x.b"]);
    }

    #[test]
    fn the_list_excuses_and_must_be_true() {
        assert!(verdict(answer("pf"), answer("pp"), &[("b", &[])]).is_success());
        assert!(verdict(answer("pf"), answer("pp"), &[("b", &["3.12", "3.13"])]).is_success());
        assert!(!verdict(answer("pf"), answer("pp"), &[("b", &["3.12"])]).is_success());
        for (ours, test) in [("pp", "b"), ("pf", "a"), ("pf", "gone")] {
            let found = verdict(answer(ours), answer("pp"), &[(test, &[])]);
            assert_eq!(found.outdated, [format!("test.test_x.{test}")]);
            assert!(!found.is_success());
        }
    }

    #[test]
    fn a_run_without_an_end_or_without_tests_is_a_fault() {
        let crash = || Err("signal 11".to_owned());
        for (ours, native) in [(crash(), answer("p")), (answer("p"), crash()), (answer("f"), answer("f"))] {
            assert!(!verdict(ours, native, &[]).is_success());
        }
    }
}
