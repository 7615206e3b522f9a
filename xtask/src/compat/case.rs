//! All comparisons of one case.

mod reread;
mod tools;

use pickle_codec::Profile;

use sha2::{Digest, Sha256};

use super::answers::{Answers, Case, Text};
use super::canonical::canonical;
use super::compare::Subject;
use super::difference::{Comparison, Difference, of_pickles, of_texts};
use super::ours::Ours;
use super::outcome::{CaseOutcome, DICT_ORDER};

/// Why a reload may change CPython's bytes: what belongs to the process, and not to the data; of some picklers also what
/// they join or forget (`compat/reloads.py`).
const REASONS: [&str; 6] = ["set order", "interned string", DICT_ORDER, "surrogate pair", "escaped text", "bytearray"];

/// Differences of one case that are described in full in each comparison: one that differs for all pairs of protocols
/// has one cause.
const DETAILED: usize = 2;

/// A case, and what it is compared with.
pub(crate) struct OneCase<'c, 'a> {
    subject: &'c Subject<'a>,
    case: &'c Case,
    committed: Option<&'c Case>,
    ours: &'c Ours<'c>,
    outcome: CaseOutcome,
}

/// A match, or not.
type Verdict = Result<(), Mismatch>;

struct Mismatch {
    message: String,
    detail: Vec<String>,
}

impl<'c, 'a> OneCase<'c, 'a> {
    /// `committed` is the same case in the corpus.
    pub(crate) fn new(
        subject: &'c Subject<'a>,
        case: &'c Case,
        committed: Option<&'c Case>,
        ours: &'c Ours<'c>,
    ) -> OneCase<'c, 'a> {
        let protocols = case.a.iter().map(|a| a.as_ref().map(|_| true)).collect();
        let uncommitted = subject.committed.is_some() && committed.is_none();
        let outcome = CaseOutcome { protocols, uncommitted, ..CaseOutcome::default() };
        OneCase { subject, case, committed, ours, outcome }
    }

    /// Compares everything.
    pub(crate) fn compare(mut self) -> CaseOutcome {
        self.check_generator();
        for protocol in 0..self.subject.answers.protocols {
            self.compare_opcodes(protocol);
            self.compare_dis(protocol);
            self.compare_optimized(protocol);
            self.compare_assembled(protocol);
            self.compare_transcoded(protocol);
            self.compare_reread(protocol);
            self.compare_with_corpus(protocol);
        }
        self.check_pending();
        self.outcome
    }

    /// Answers that the generator should not have given.
    fn check_generator(&mut self) {
        let case = self.case;
        let reason = case.reason.as_deref();
        let verdict = if let Some((place, error)) = case.errors.first_key_value() {
            differs(format!("{} errors, the first at {place}: {error}", case.errors.len()))
        } else if reason.is_none() && !case.b.is_empty() {
            let pairs: Vec<String> = case.b.keys().map(|(i, j)| format!("{i}→{j}")).collect();
            differs(format!("a reload changes {} without a reason", pairs.join(" ")))
        } else {
            match reason.filter(|reason| !REASONS.contains(reason)) {
                Some(reason) => differs(format!("`{reason}` is not among the reasons")),
                None => Ok(()),
            }
        };
        self.count(Comparison::Generator, None, None, verdict);
    }

    fn compare_opcodes(&mut self, protocol: u8) {
        let Some(pickle) = self.pickle(protocol) else {
            return self.skip(Comparison::Opcodes);
        };
        let verdict = match self.ours.reassemble(pickle) {
            Ok(ours) if ours == pickle => Ok(()),
            Ok(ours) => Err(Mismatch {
                message: sizes(pickle, &ours),
                detail: self.detail(Comparison::Opcodes, || of_pickles(pickle, &ours)),
            }),
            Err(error) => differs(error),
        };
        self.count(Comparison::Opcodes, None, Some(protocol), verdict);
    }

    fn compare_dis(&mut self, protocol: u8) {
        let Some(pickle) = self.pickle(protocol) else {
            return self.skip(Comparison::Dis);
        };
        let theirs = match &self.case.dis[usize::from(protocol)] {
            Some(place) => self.subject.answers.text(place),
            // Python 2's pickletools prints otherwise; the newest may have been asked for the same bytes.
            None => match self.subject.judge.text(pickle) {
                Some(text) => Ok(text),
                None => return self.skip(Comparison::Dis),
            },
        };
        let verdict = match (self.ours.dis(pickle), theirs) {
            (Ok(ours), Ok(theirs)) => self.judge_text(pickle, &ours, &theirs),
            (Err(error), _) => differs(error),
            (_, Err(error)) => differs(format!("the expected text cannot be read: {error}")),
        };
        self.count(Comparison::Dis, None, Some(protocol), verdict);
    }

    fn judge_text(&mut self, pickle: &[u8], ours: &[u8], theirs: &Text) -> Verdict {
        if is_text(ours, theirs) {
            return Ok(());
        }
        if self.subject.judge.text(pickle).is_some_and(|text| is_text(ours, &text)) {
            self.outcome.judged += 1;
            return Ok(());
        }
        match theirs {
            Text::Whole(theirs) => Err(Mismatch {
                message: format!("{} bytes of text expected, {} are ours", theirs.len(), ours.len()),
                detail: self.detail(Comparison::Dis, || of_texts(theirs, ours)),
            }),
            Text::Sha256(_) => {
                differs(format!("our {} bytes of text are not those that the corpus has a hash of", ours.len()))
            }
        }
    }

    /// Reads the pickle of one protocol, and writes it at each.
    fn compare_transcoded(&mut self, from: u8) {
        let graph = self.pickle(from).map(|pickle| self.ours.load(pickle));
        for to in 0..self.subject.answers.protocols {
            let (Some(graph), Some(before), false) = (&graph, self.pickle(to), self.case.unsure.contains(&(from, to)))
            else {
                self.skip(Comparison::Transcode);
                continue;
            };
            let after = self.case.b.get(&(from, to)).map(|span| self.subject.answers.pickle(span));
            let written = match graph {
                Ok(graph) => self.ours.dump(graph, to).map_err(|error| format!("writing: {error}")),
                Err(error) => Err(format!("reading: {error}")),
            };
            let verdict = match written {
                Ok(ours) => self.judge_written(before, after, &ours),
                Err(error) => differs(error),
            };
            if verdict.is_err() && self.case.pending.is_some() {
                self.outcome.pending += 1;
                self.outcome.protocols[usize::from(to)] = None;
                self.skip(Comparison::Transcode);
                continue;
            }
            self.count(Comparison::Transcode, Some(from), Some(to), verdict);
        }
    }

    /// What is known to differ and no longer does must leave the list.
    fn check_pending(&mut self) {
        if let (Some(pending), 0) = (&self.case.pending, self.outcome.pending) {
            let verdict = differs(format!("nothing differs any more, but it waits for this: {pending}"));
            self.count(Comparison::Generator, None, None, verdict);
        }
    }

    /// Where a reload changes CPython's bytes, ours are the ones before or the ones after it.
    fn judge_written(&mut self, before: &[u8], after: Option<&[u8]>, ours: &[u8]) -> Verdict {
        if after.is_some() {
            let reason = self.case.reason.as_deref().unwrap_or("no reason");
            let changed = self.outcome.changed.entry(reason.to_owned()).or_default();
            changed.pairs += 1;
            changed.as_before += usize::from(ours == before);
            changed.as_after += usize::from(after == Some(ours));
        }
        if ours == before || after == Some(ours) {
            return Ok(());
        }
        if self.subject.answers.profile == Profile::CPYTHON_2_7 {
            let canonical = canonical(ours);
            if [Some(before), after].into_iter().flatten().any(|theirs| self::canonical(theirs) == canonical) {
                self.outcome.renumbered += 1;
                return Ok(());
            }
        }
        // Shown against the one that ours follows for longer.
        let nearest = after.filter(|after| in_common(after, ours) > in_common(before, ours)).unwrap_or(before);
        let note = if after.is_some() { "; a reload changes CPython's bytes, and ours are neither" } else { "" };
        Err(Mismatch {
            message: sizes(nearest, ours) + note,
            detail: self.detail(Comparison::Transcode, || of_pickles(nearest, ours)),
        })
    }

    fn compare_with_corpus(&mut self, protocol: u8) {
        let (Some(committed), Some(corpus)) = (self.committed, self.subject.committed) else {
            return;
        };
        // How a class of the standard library pickles itself changes with patch releases, too.
        if self.case.name.starts_with("library/") && corpus.version != self.subject.answers.version {
            return self.skip(Comparison::Corpus);
        }
        let Some(new) = self.pickle(protocol) else {
            return self.skip(Comparison::Corpus);
        };
        let old = committed.a.get(usize::from(protocol)).and_then(Option::as_ref).map(|span| corpus.pickle(span));
        let verdict = match old {
            None => differs("the corpus has no pickle of this protocol"),
            Some(old) if old != new => Err(Mismatch {
                message: format!("the corpus (-) and the interpreter (+) differ: {}", sizes(old, new)),
                detail: self.detail(Comparison::Corpus, || of_pickles(old, new)),
            }),
            Some(_) => self.compare_reloads_with_corpus(committed, corpus, protocol),
        };
        self.count(Comparison::Corpus, None, Some(protocol), verdict);
    }

    fn compare_reloads_with_corpus(&self, committed: &Case, corpus: &Answers, protocol: u8) -> Verdict {
        if committed.reason != self.case.reason {
            let [old, new] = [&committed.reason, &self.case.reason].map(|reason| reason.as_deref().unwrap_or("none"));
            return differs(format!("the reason is `{old}` in the corpus, and now `{new}`"));
        }
        for from in 0..self.subject.answers.protocols {
            let new = self.case.b.get(&(from, protocol)).map(|span| self.subject.answers.pickle(span));
            let old = committed.b.get(&(from, protocol)).map(|span| corpus.pickle(span));
            if new != old {
                return differs(format!("a reload from protocol {from} gives other bytes than in the corpus"));
            }
        }
        Ok(())
    }

    /// `dumps(x, protocol)`.
    fn pickle(&self, protocol: u8) -> Option<&'c [u8]> {
        let span = self.case.a[usize::from(protocol)].as_ref()?;
        Some(self.subject.answers.pickle(span))
    }

    fn count(&mut self, comparison: Comparison, from: Option<u8>, to: Option<u8>, verdict: Verdict) {
        self.outcome.comparisons.entry(comparison).or_default().count(verdict.is_ok());
        let Err(Mismatch { message, detail }) = verdict else {
            return;
        };
        // The newest may have more protocols than the one that wrote it.
        if let Some(place) = to.and_then(|to| self.outcome.protocols.get_mut(usize::from(to))) {
            *place = Some(false);
        }
        let case = self.case.name.clone();
        self.outcome.differences.push(Difference { case, comparison, from, to, message, detail });
    }

    fn skip(&mut self, comparison: Comparison) {
        self.outcome.comparisons.entry(comparison).or_default().skipped += 1;
    }

    fn detail(&self, comparison: Comparison, describe: impl FnOnce() -> Vec<String>) -> Vec<String> {
        let known = self.outcome.differences.iter().filter(|known| known.comparison == comparison).count();
        if known < DETAILED { describe() } else { Vec::new() }
    }
}

fn differs(message: impl Into<String>) -> Verdict {
    Err(Mismatch { message: message.into(), detail: Vec::new() })
}

fn is_text(ours: &[u8], theirs: &Text) -> bool {
    match theirs {
        Text::Whole(theirs) => ours == theirs,
        Text::Sha256(hash) => Sha256::digest(ours).as_slice() == hash,
    }
}

fn sizes(expected: &[u8], ours: &[u8]) -> String {
    let first = in_common(expected, ours);
    format!("{} bytes expected, {} are ours, the first difference is at byte {first}", expected.len(), ours.len())
}

fn in_common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}
