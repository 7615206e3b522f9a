//! [`Stream`]: all pickles that stand one behind the other, read in each way that loaders do.

use core::mem;
use std::collections::BTreeMap;
use std::sync::Arc;

use pickle_codec::Machine;

use super::finding::{Action, Actions, Finding, Origin};
use super::host::{MemoUse, Nested, ScanHost};
use super::log::{Log, Telling};
use super::run::{Mode, Problem, Run, machine, run};
use super::scratch::Scratch;
use super::value::Value;

/// An unpickler that takes several pickles keeps its memo, wherever in the stream it begins: so many beginnings are
/// followed.
const MAX_CHAINS: usize = 16;

/// What following them may cost, in times of the stream's length.
const MAX_CHAIN_WORK: usize = 16;

/// What was found in the pickles of a stream.
pub(super) struct Stream {
    pub(super) findings: Vec<Finding>,
    /// What is done, told or not.
    pub(super) actions: Actions,
    pub(super) nested: BTreeMap<usize, Nested>,
    /// How many pickles have their STOP.
    pub(super) pickles: u64,
    /// Where the last of them ends.
    pub(super) end: usize,
    /// Why the next one cannot be read; none where nothing follows, or what follows is no pickle.
    pub(super) problem: Option<Problem>,
    /// Something is named, called or asked for.
    pub(super) acted: bool,
    /// What is named before the first pickle fails, in a module that no import statement could name: text may begin so.
    pub(super) doubtful: Vec<Finding>,
}

/// Reads the pickles of `input` from its first byte on.
pub(super) fn stream(input: &[u8], place: Arc<str>, scratch: &mut Scratch, telling: Telling) -> Stream {
    scratch.begin(input.len());
    let log = Log::new(place, telling);
    let mut reader = Reader {
        input,
        host: ScanHost::new(input, &mut scratch.host, log.fresh()),
        machine: &mut scratch.machine,
        log,
        pickles: Vec::new(),
        end: 0,
        chain: machine(),
        chained: 0,
        is_chained: true,
        elsewhere: Vec::new(),
        doubtful: Vec::new(),
    };
    let problem = reader.all();
    reader.other_chains();
    reader.elsewhere();
    let (pickles, end) = (reader.pickles.len() as u64, reader.end);
    let (acted, actions) = (reader.log.acted, reader.log.actions);
    let (findings, doubtful) = (reader.log.into_findings(), reader.doubtful);
    Stream { findings, actions, nested: reader.host.nested, pickles, end, problem, acted, doubtful }
}

struct Reader<'i> {
    input: &'i [u8],
    host: ScanHost<'i>,
    /// The machine of unpicklers that take one pickle each.
    machine: &'i mut Machine<Value>,
    log: Log,
    pickles: Vec<Pickle>,
    end: usize,
    /// The machine of an unpickler that took all pickles from the first on.
    chain: Machine<Value>,
    /// How many it has taken.
    chained: usize,
    /// It has had no error.
    is_chained: bool,
    /// Where `pickle` finds the next pickle, and joblib does not.
    elsewhere: Vec<usize>,
    doubtful: Vec<Finding>,
}

#[derive(Clone, Copy)]
struct Pickle {
    start: usize,
    mode: Mode,
    /// Another memo would make it another pickle.
    depends: bool,
}

impl Reader<'_> {
    fn all(&mut self) -> Option<Problem> {
        while self.end < self.input.len() || self.pickles.is_empty() {
            let (mut ran, mode) = self.fresh(self.end);
            // Without its GETs a pickle is the same behind any other, and so is one that numbers its entries itself.
            let MemoUse { reads, counts } = mem::take(&mut self.host.memo);
            let depends = match &ran.end {
                Ok(_) => reads && counts,
                Err(problem) => ran.log.acted || problem.opcode.ends_with("GET"),
            };
            self.pickles.push(Pickle { start: self.end, mode, depends });
            let chained = if depends && self.pickles.len() > 1 { self.chained() } else { None };
            if let Some(chained) = chained {
                if let (Ok(alone), Ok(behind)) = (&ran.end, &chained.end)
                    && alone != behind
                {
                    self.disagreement("with and without the memo of those before, the pickle ends elsewhere");
                }
                ran.end = ran.end.or(chained.end);
                ran.log.merge(chained.log);
            }
            match ran.end {
                Ok(end) => {
                    self.end = end;
                    self.log.append(ran.log);
                }
                Err(problem) => {
                    self.pickles.pop();
                    // What fails before it does anything is no pickle, if another stands before it.
                    if !ran.log.acted && self.pickles.is_empty() {
                        self.doubtful = ran.log.into_findings();
                        return Some(problem);
                    }
                    if !ran.log.acted {
                        self.log.append(ran.log);
                        return None;
                    }
                    self.log.append(ran.log);
                    return Some(problem);
                }
            }
        }
        None
    }

    /// Loads the pickle at `start` with an empty memo, as each loader would.
    fn fresh(&mut self, start: usize) -> (Run, Mode) {
        self.host.saw_wrapper = false;
        let mode = Mode::default();
        let mut plain = self.alone(start, mode);
        if mem::take(&mut self.host.saw_wrapper) {
            let mode = Mode { joblib: true, ..mode };
            let mut joblib = self.alone(start, mode);
            if let (Ok(by_pickle), Ok(by_joblib)) = (&plain.end, &joblib.end)
                && by_pickle != by_joblib
            {
                self.elsewhere.push(*by_pickle);
            }
            if joblib.end.is_ok() || plain.end.is_err() {
                joblib.log.merge(plain.log);
                return (joblib, mode);
            }
            plain.log.merge(joblib.log);
        }
        if plain.end.is_err() {
            let mode = Mode { python: true, ..mode };
            let python = self.alone(start, mode);
            plain.log.merge(python.log);
            if python.end.is_ok() {
                plain.end = python.end;
                return (plain, mode);
            }
        }
        (plain, mode)
    }

    /// Loads the pickle at `start` with an empty memo.
    fn alone(&mut self, start: usize, mode: Mode) -> Run {
        self.machine.memo_mut().clear();
        run(self.machine, &mut self.host, self.input, start, mode)
    }

    /// Loads the last pickle behind all before it.
    fn chained(&mut self) -> Option<Run> {
        let mut last = None;
        while self.is_chained && self.chained < self.pickles.len() {
            let pickle = self.pickles[self.chained];
            let ran = run(&mut self.chain, &mut self.host, self.input, pickle.start, pickle.mode);
            self.is_chained = ran.end.is_ok();
            self.chained += 1;
            last = Some(ran);
        }
        last
    }

    /// Loads the pickles behind each other from the second one on, from the third, …
    fn other_chains(&mut self) {
        let Some(last) = self.pickles.iter().rposition(|pickle| pickle.depends) else { return };
        let mut work = self.input.len().saturating_mul(MAX_CHAIN_WORK);
        for first in 1..last.min(MAX_CHAINS) {
            let mut machine = Machine::new();
            for index in first..=last {
                let pickle = self.pickles[index];
                let ran = run(&mut machine, &mut self.host, self.input, pickle.start, pickle.mode);
                self.log.merge(ran.log);
                let Ok(end) = ran.end else { break };
                let Some(left) = work.checked_sub(end - pickle.start) else { return };
                work = left;
            }
        }
    }

    /// Loads on from where `pickle` finds an end and joblib goes on: the pickle of an array of objects has a STOP of its own.
    fn elsewhere(&mut self) {
        let mut work = self.input.len().saturating_mul(MAX_CHAIN_WORK);
        for mut start in mem::take(&mut self.elsewhere) {
            while start < self.input.len() {
                let ran = self.alone(start, Mode::default());
                self.log.merge(ran.log);
                let Ok(end) = ran.end else { break };
                let Some(left) = work.checked_sub(end - start) else {
                    return self.disagreement("joblib and pickle do not agree where the pickles end");
                };
                (work, start) = (left, end);
            }
        }
    }

    fn disagreement(&mut self, subject: &'static str) {
        mem::swap(&mut self.host.log, &mut self.log);
        self.host.suspect(Action::Form, Origin::Literal, subject, "loaders read different things");
        mem::swap(&mut self.host.log, &mut self.log);
    }
}
