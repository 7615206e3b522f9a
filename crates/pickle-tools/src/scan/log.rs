//! [`Log`]: the findings of one run, each told once with a count.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use pickle_opcodes::Opcode;

use super::finding::{Action, Actions, Finding, Origin, Severity};

/// Findings of one kind that differ in nothing but the place are counted; of those told one by one, so many are kept.
const MAX_SINGLE: usize = 1000;
/// The same where each is asked for.
const MAX_EVERY: usize = 1 << 20;

const ACTIONS: usize = Action::Form as usize + 1;
const ORIGINS: usize = Origin::Computed as usize + 1;

/// What is told of all that is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling {
    /// Each instruction by itself, not the first of a kind with a count.
    pub(super) every: bool,
    /// What the policy allows, too.
    pub(super) allowed: bool,
}

/// The findings of one run.
#[derive(Debug)]
pub(super) struct Log {
    place: Arc<str>,
    telling: Telling,
    findings: Vec<Finding>,
    singles: usize,
    /// The findings that are counted up, by symbol, action and origin.
    counted: HashMap<u64, usize, RandomState>,
    /// Those that came from other logs.
    merged: HashMap<Key, usize, RandomState>,
    /// Something was named, called, built or asked for, which a loader would not have refused to look for.
    pub(super) acted: bool,
    /// All that was done, told or not.
    pub(super) actions: Actions,
}

/// What findings have in common that are told as one; the offset where each is told.
type Key = (Action, Arc<str>, Origin, Severity, Option<u64>);

/// What is said of one event.
pub(super) struct Event {
    pub(super) action: Action,
    pub(super) origin: Origin,
    pub(super) severity: Severity,
    pub(super) offset: u64,
    pub(super) opcode: &'static str,
}

impl Event {
    pub(super) fn at(offset: usize, opcode: Opcode, action: Action, origin: Origin, severity: Severity) -> Event {
        Event { action, origin, severity, offset: offset as u64, opcode: opcode.name() }
    }
}

impl Log {
    pub(super) fn new(place: Arc<str>, telling: Telling) -> Log {
        Log {
            place,
            telling,
            findings: Vec::new(),
            singles: 0,
            counted: HashMap::default(),
            merged: HashMap::default(),
            acted: false,
            actions: Actions::default(),
        }
    }

    /// An empty log of the same place.
    pub(super) fn fresh(&self) -> Log {
        Log::new(self.place.clone(), self.telling)
    }

    /// Counts what is done with a symbol; `told` says what and why, where it is the first time.
    pub(super) fn count(&mut self, symbol: u32, event: &Event, told: impl FnOnce() -> (Arc<str>, Arc<str>)) {
        self.actions = self.actions.with(event.action);
        if event.severity == Severity::Allowed && !self.telling.allowed {
            return;
        }
        if self.telling.every {
            let (subject, reason) = told();
            return self.tell(event, subject, reason);
        }
        let kind = event.action as usize * ORIGINS + event.origin as usize;
        let key = u64::from(symbol) * (ACTIONS * ORIGINS) as u64 + kind as u64;
        let next = self.findings.len();
        let index = *self.counted.entry(key).or_insert(next);
        if let Some(finding) = self.findings.get_mut(index) {
            finding.count += 1;
            return;
        }
        let (subject, reason) = told();
        self.push(event, subject, reason);
    }

    /// Counts what belongs to no symbol.
    pub(super) fn count_form(&mut self, event: &Event, subject: &'static str, reason: &'static str) {
        self.actions = self.actions.with(event.action);
        if event.severity == Severity::Allowed && !self.telling.allowed {
            return;
        }
        let same = |known: &&mut Finding| known.action == event.action && *known.subject == *subject;
        match self.findings.iter_mut().find(same).filter(|_| !self.telling.every) {
            Some(finding) => finding.count += 1,
            None => self.push(event, subject.into(), reason.into()),
        }
    }

    /// Tells of one event by itself.
    pub(super) fn tell(&mut self, event: &Event, subject: Arc<str>, reason: impl Into<Arc<str>>) {
        self.actions = self.actions.with(event.action);
        self.singles += 1;
        if self.singles <= if self.telling.every { MAX_EVERY } else { MAX_SINGLE } {
            self.push(event, subject, reason.into());
        } else if let Some(last) = self.findings.iter_mut().rfind(|last| last.severity >= event.severity) {
            last.count += 1;
        } else {
            self.push(event, subject, reason.into());
        }
    }

    fn push(&mut self, event: &Event, subject: Arc<str>, reason: Arc<str>) {
        self.findings.push(Finding {
            place: self.place.clone(),
            offset: event.offset,
            opcode: event.opcode,
            action: event.action,
            subject,
            origin: event.origin,
            severity: event.severity,
            reason,
            count: 1,
        });
    }

    /// Moves all findings on, where the bytes that were run stand further on in the place.
    pub(super) fn shift(&mut self, by: u64) {
        for finding in &mut self.findings {
            finding.offset += by;
        }
    }

    /// The worst that was found.
    pub(super) fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    /// Takes over what another run over the same bytes found beside what this one did.
    pub(super) fn merge(&mut self, other: Log) {
        self.take(other, false);
    }

    /// Takes over what was found in other bytes.
    pub(super) fn append(&mut self, other: Log) {
        self.take(other, true);
    }

    fn take(&mut self, other: Log, adds_up: bool) {
        self.acted |= other.acted;
        self.actions = self.actions.and(other.actions);
        // What is counted by symbol is told once as it is.
        if self.findings.is_empty() && other.singles <= 1 {
            self.findings = other.findings;
            self.singles = other.singles;
            return;
        }
        if self.merged.is_empty() {
            self.merged = self.findings.iter().enumerate().map(|(at, finding)| (self.key(finding), at)).collect();
        }
        for finding in other.findings {
            let next = self.findings.len();
            match self.merged.entry(self.key(&finding)) {
                hashbrown::hash_map::Entry::Occupied(known) => {
                    if adds_up {
                        self.findings[*known.get()].count += finding.count;
                    }
                }
                hashbrown::hash_map::Entry::Vacant(free) => {
                    free.insert(next);
                    self.findings.push(finding);
                }
            }
        }
    }

    fn key(&self, finding: &Finding) -> Key {
        let offset = Some(finding.offset).filter(|_| self.telling.every);
        (finding.action, finding.subject.clone(), finding.origin, finding.severity, offset)
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
