//! Goes through an interpreter's answers, case by case, on several threads.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, mpsc};
use std::thread;

use super::answers::{Answers, Case, Filter, Text, TextPlace};
use super::case::OneCase;
use super::judged::Judged;
use super::ours::Ours;
use super::outcome::Outcome;
use super::sabotage::Sabotage;

/// What is compared.
pub(crate) struct Subject<'a> {
    pub(crate) answers: &'a Answers,
    /// The corpus of the same profile, where the answers are not themselves from there.
    pub(crate) committed: Option<&'a Answers>,
    /// The newest CPython: its disassembly is the one we write.
    pub(crate) judge: &'a Judge<'a>,
    /// What the newest CPython's pickletools makes of the pickles.
    pub(crate) judged: &'a Judged,
}

/// Compares the cases that the filter wants; `progress` learns how many are done, and of how many.
pub(crate) fn compare(
    subject: &Subject<'_>,
    filter: &Filter,
    sabotage: Option<&Sabotage>,
    jobs: usize,
    progress: &mut dyn FnMut(usize, usize),
) -> Outcome {
    let ours = Ours::new(subject.answers.profile, sabotage);
    let committed: HashMap<&str, &Case> =
        subject.committed.iter().flat_map(|old| &old.cases).map(|case| (case.name.as_str(), case)).collect();
    let cases: Vec<&Case> = subject.answers.cases.iter().filter(|case| filter.wants(&case.name)).collect();
    let mut outcome = Outcome::new(subject.answers);
    let compare_case = |case| OneCase::new(subject, case, committed.get(case.name.as_str()).copied(), &ours).compare();
    for done in in_order(&cases, jobs, compare_case, progress) {
        outcome.add(done);
    }
    if filter.regex().is_none() {
        outcome.check_share_of_changes();
        let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        outcome.unanswered = committed.keys().filter(|name| !names.contains(name)).count();
    }
    outcome.planted = ours.planted();
    outcome
}

/// Calls `work` for each item on `jobs` threads; the results come in the items' order.
fn in_order<I: Copy + Sync, R: Send>(
    items: &[I],
    jobs: usize,
    work: impl Fn(I) -> R + Sync,
    progress: &mut dyn FnMut(usize, usize),
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..jobs.min(items.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    if sender.send((index, work(*item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let done = receiver.into_iter().enumerate();
        done.inspect(|(count, _)| progress(count + 1, items.len())).map(|(_, result)| result).collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// The newest CPython's disassemblies, by the pickle's bytes.
///
/// pickletools prints strings by the interpreter's own Unicode tables, so an older one's text may differ from what we
/// write. Then the newest one's text for the same bytes decides.
pub(crate) struct Judge<'a> {
    answers: &'a Answers,
    texts: OnceLock<HashMap<&'a [u8], &'a TextPlace>>,
}

impl<'a> Judge<'a> {
    /// By these answers.
    pub(crate) fn new(answers: &'a Answers) -> Judge<'a> {
        Judge { answers, texts: OnceLock::new() }
    }

    /// Its text for these bytes, if it wrote them.
    pub(crate) fn text(&self, pickle: &[u8]) -> Option<Text> {
        let texts = self.texts.get_or_init(|| {
            let cases = self.answers.cases.iter();
            let places = cases.flat_map(|case| case.a.iter().flatten().zip(case.dis.iter().flatten()));
            places.map(|(span, place)| (self.answers.pickle(span), place)).collect()
        });
        self.answers.text(texts.get(pickle)?).ok()
    }
}
