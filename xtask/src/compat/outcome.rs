//! What came out for one interpreter, in numbers and differences.

use std::collections::BTreeMap;
use std::path::PathBuf;

use pickle_codec::Profile;
use serde::Serialize;

use super::answers::Answers;
use super::difference::{Comparison, Difference};

/// Above this share of changed pairs, in percent, an interpreter's answers prove too little.
const CHANGED_LIMIT: f64 = 5.0;

/// Each interpreter is asked for at least as many cases.
const CASES_WANTED: usize = 600;

/// The reason that nearly every reload has in Python 2 whose case has a dict.
pub(crate) const DICT_ORDER: &str = "dict order";

/// What came out for one interpreter.
pub(crate) struct Outcome {
    /// The interpreter and the pickler.
    pub(crate) label: String,
    pub(crate) profile: Profile,
    /// Who was asked; `None` where the committed corpus spoke.
    pub(crate) interpreter: Option<PathBuf>,
    pub(crate) cases: usize,
    /// At each protocol: cases for which everything that is written at it matched, or not.
    pub(crate) protocols: Vec<Tally>,
    pub(crate) comparisons: BTreeMap<Comparison, Tally>,
    /// Pairs of protocols between which a reload changes CPython's own bytes, by reason.
    pub(crate) changed: BTreeMap<String, Changed>,
    /// Of cPickle: pairs that are equal only once PUTs that nothing reads are left out and the others numbered anew.
    pub(crate) renumbered: usize,
    /// Pairs that are known to differ, each case with what is missing.
    pub(crate) pending: usize,
    /// Disassemblies that equal the newest CPython's and not this one's.
    pub(crate) judged: usize,
    /// Cases that the committed corpus does not know.
    pub(crate) uncommitted: usize,
    /// Cases of the committed corpus that were not answered.
    pub(crate) unanswered: usize,
    pub(crate) differences: Vec<Difference>,
    /// Outputs that were broken on purpose.
    pub(crate) planted: usize,
}

/// What came out for one case.
#[derive(Default)]
pub(crate) struct CaseOutcome {
    /// Whether all matched at each protocol; `None` where the interpreter gave no pickle.
    pub(crate) protocols: Vec<Option<bool>>,
    pub(crate) comparisons: BTreeMap<Comparison, Tally>,
    pub(crate) changed: BTreeMap<String, Changed>,
    pub(crate) renumbered: usize,
    pub(crate) pending: usize,
    pub(crate) judged: usize,
    pub(crate) uncommitted: bool,
    pub(crate) differences: Vec<Difference>,
}

/// How many matched, differed, and could not be compared.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Tally {
    pub(crate) matched: usize,
    pub(crate) differing: usize,
    pub(crate) skipped: usize,
}

/// Pairs of which CPython has two spellings, and which of them was ours.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Changed {
    pub(crate) pairs: usize,
    /// Ours is what CPython writes before the reload.
    pub(crate) as_before: usize,
    /// Ours is what CPython writes after it.
    pub(crate) as_after: usize,
}

impl Outcome {
    /// With nothing compared yet.
    pub(crate) fn new(answers: &Answers) -> Outcome {
        Outcome {
            label: answers.label(),
            profile: answers.profile,
            interpreter: answers.interpreter.clone(),
            cases: 0,
            protocols: vec![Tally::default(); answers.protocols.into()],
            comparisons: BTreeMap::new(),
            changed: BTreeMap::new(),
            renumbered: 0,
            pending: 0,
            judged: 0,
            uncommitted: 0,
            unanswered: 0,
            differences: Vec::new(),
            planted: 0,
        }
    }

    /// One case more.
    pub(crate) fn add(&mut self, case: CaseOutcome) {
        self.cases += 1;
        for (tally, verdict) in self.protocols.iter_mut().zip(case.protocols) {
            match verdict {
                Some(matched) => tally.count(matched),
                None => tally.skipped += 1,
            }
        }
        for (comparison, tally) in case.comparisons {
            self.comparisons.entry(comparison).or_default().add(tally);
        }
        for (reason, changed) in case.changed {
            let sum = self.changed.entry(reason).or_default();
            sum.pairs += changed.pairs;
            sum.as_before += changed.as_before;
            sum.as_after += changed.as_after;
        }
        self.renumbered += case.renumbered;
        self.pending += case.pending;
        self.judged += case.judged;
        self.uncommitted += usize::from(case.uncommitted);
        self.differences.extend(case.differences);
    }

    /// Complains where CPython itself is not sure of too many pairs.
    pub(crate) fn check_share_of_changes(&mut self) {
        // The order of Python 2's dicts says nothing about what we read.
        let counted = self.changed.iter().filter(|(reason, _)| *reason != DICT_ORDER);
        let changed: usize = counted.map(|(_, changed)| changed.pairs).sum();
        let percent = self.percent_of_pairs(changed);
        if percent > CHANGED_LIMIT {
            self.complain(format!("a reload changes {percent:.1} % of the pairs, more than {CHANGED_LIMIT} %"));
        }
    }

    /// Complains where so few cases were answered that most must have been lost on the way.
    pub(crate) fn check_number_of_cases(&mut self) {
        if self.cases < CASES_WANTED {
            self.complain(format!("{} cases are fewer than the {CASES_WANTED} that there should be", self.cases));
        }
    }

    fn complain(&mut self, message: String) {
        let comparison = Comparison::Generator;
        self.comparisons.entry(comparison).or_default().count(false);
        let case = "all cases".to_owned();
        self.differences.push(Difference { case, comparison, from: None, to: None, message, detail: Vec::new() });
    }

    /// Of all pairs of protocols in all cases.
    pub(crate) fn percent_of_pairs(&self, pairs: usize) -> f64 {
        100.0 * pairs as f64 / (self.cases * self.protocols.len().pow(2)).max(1) as f64
    }
}

impl Tally {
    /// One more.
    pub(crate) fn count(&mut self, matched: bool) {
        *(if matched { &mut self.matched } else { &mut self.differing }) += 1;
    }

    /// All of another.
    pub(crate) fn add(&mut self, other: Tally) {
        self.matched += other.matched;
        self.differing += other.differing;
        self.skipped += other.skipped;
    }
}
