//! Pickles in the midst of other bytes.

use std::sync::Arc;

use super::finding::{Finding, Severity};
use super::host::ScanHost;
use super::log::{Log, Telling};
use super::policy::Judgement;
use super::run::{Mode, Run, run};
use super::scratch::Scratch;

/// Trying where a pickle may begin costs up to so many times the length of the bytes.
const MAX_WORK: usize = 4;

/// The same for short ones.
const MIN_WORK: usize = 1 << 20;

/// The longest line of GLOBAL that is looked at.
const MAX_LINE: usize = 128;

/// What was found.
pub(super) struct Embedded {
    pub(super) findings: Vec<Finding>,
    pub(super) pickles: u64,
    pub(super) any: bool,
}

/// Finds pickles that begin with PROTO and come to their STOP, having named something; and those that name what is
/// blocked, however they begin.
pub(super) fn search(bytes: &[u8], from: usize, place: &Arc<str>, scratch: &mut Scratch, telling: Telling) -> Embedded {
    let mut search = Search {
        bytes,
        scratch,
        log: Log::new(place.clone(), Telling { every: false, ..telling }),
        pickles: 0,
        work: bytes.len().saturating_mul(MAX_WORK).max(MIN_WORK),
    };
    search.with_proto(from);
    search.with_lines(from);
    let any = search.pickles > 0 || search.log.acted;
    Embedded { findings: search.log.into_findings(), pickles: search.pickles, any }
}

struct Search<'b> {
    bytes: &'b [u8],
    scratch: &'b mut Scratch,
    log: Log,
    pickles: u64,
    work: usize,
}

impl Search<'_> {
    fn with_proto(&mut self, from: usize) {
        let mut at = from;
        while let Some(found) = memchr::memchr(0x80, &self.bytes[at..]) {
            let start = at + found;
            at = start + 1;
            let begins = matches!(self.bytes.get(start + 1..), Some([2..=5, next, ..]) if is_opcode(*next));
            if begins {
                let ran = self.attempt(start);
                match ran {
                    Some(Run { end: Ok(end), log }) if log.acted => {
                        self.log.append(log);
                        self.pickles += 1;
                        at = end;
                    }
                    Some(Run { log, .. }) if is_bad(&log) => self.log.append(log),
                    Some(_) => {}
                    None => return,
                }
            }
        }
    }

    /// GLOBAL has its names in lines: the second may end here.
    fn with_lines(&mut self, from: usize) {
        let mut lines = memchr::memchr_iter(b'\n', &self.bytes[from..]).map(|at| from + at);
        let Some(mut first) = lines.next() else { return };
        for second in lines {
            let name = &self.bytes[first + 1..second];
            if is_name(name)
                && let Some(start) = self.blocked(from, first, name)
            {
                // A pickle that names it may begin with marks and strings before: those that push nothing matter not.
                match self.attempt(start) {
                    Some(Run { end: Ok(_), log }) if log.acted => self.log.append(log),
                    Some(_) => {}
                    None => return,
                }
            }
            first = second;
        }
    }

    /// Where a GLOBAL starts whose module's line ends at `end`, if it names what is blocked.
    fn blocked(&self, from: usize, end: usize, name: &[u8]) -> Option<usize> {
        let name = core::str::from_utf8(name).ok()?;
        let line_start = end.saturating_sub(MAX_LINE).max(from);
        let line = &self.bytes[line_start..end];
        let module_start = line.iter().rposition(|&byte| !is_name_byte(byte)).map_or(0, |at| at + 1);
        (module_start..line.len()).filter(|&at| line[at] == b'c').find_map(|at| {
            let module = core::str::from_utf8(&line[at + 1..]).ok()?;
            let (module, name) = pickle_codec::names::to_python3(module, name);
            let is_blocked = !module.is_empty()
                && matches!(self.scratch.host.symbols.policy().judge(module, name), Judgement::Blocked(_));
            is_blocked.then_some(line_start + at)
        })
    }

    /// Runs what begins at `start`; none where trying has cost too much.
    fn attempt(&mut self, start: usize) -> Option<Run> {
        let bytes = &self.bytes[start..];
        self.scratch.begin(bytes.len());
        let mut host = ScanHost::new(bytes, &mut self.scratch.host, self.log.fresh());
        let mut ran = run(&mut self.scratch.machine, &mut host, bytes, 0, Mode::default());
        let cost = match &mut ran.end {
            Ok(end) => {
                *end += start;
                0
            }
            Err(problem) => problem.offset + 16,
        };
        ran.log.shift(start as u64);
        match self.work.checked_sub(cost) {
            Some(left) => self.work = left,
            None => {
                let event = super::log::Event {
                    action: super::finding::Action::Form,
                    origin: super::finding::Origin::Literal,
                    severity: Severity::Suspicious,
                    offset: start as u64,
                    opcode: "",
                };
                self.log.tell(&event, "more places than are tried look like the beginning of a pickle".into(), "");
                return None;
            }
        }
        Some(ran)
    }
}

fn is_bad(log: &Log) -> bool {
    log.worst() == Some(Severity::Dangerous)
}

fn is_opcode(byte: u8) -> bool {
    pickle_opcodes::Opcode::from_byte(byte).is_some()
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
}

fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name.len() <= MAX_LINE && name.iter().all(|&byte| is_name_byte(byte))
}
