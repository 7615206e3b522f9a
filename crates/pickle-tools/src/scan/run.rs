//! [`run`]: one pickle on the loader's own machine.

use core::mem;

use pickle_codec::{Fault, Implementation, Machine, Profile};
use pickle_opcodes::{Op, Opcode, decode};

use super::finding::{Action, Origin};
use super::host::ScanHost;
use super::log::Log;
use super::raw::Raw;
use super::value::Value;

/// How loaders differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Mode {
    /// joblib's loader reads arrays from between the instructions.
    pub(super) joblib: bool,
    /// `pickle.py`, where it reads what C refuses, or refuses what C reads.
    pub(super) python: bool,
}

/// Why a pickle cannot be read on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Problem {
    pub(super) offset: usize,
    pub(super) opcode: &'static str,
    pub(super) message: String,
}

/// What became of a pickle.
#[derive(Debug)]
pub(super) struct Run {
    /// Where its STOP ends.
    pub(super) end: Result<usize, Problem>,
    pub(super) log: Log,
}

/// A machine that takes as many digits as [`pickle_codec::Limits`] do by default. Converting more takes seconds; where they stand, a pickle
/// is broken, and so not clean.
pub(super) fn machine() -> Machine<Value> {
    const MOST_DIGITS: usize = 300_000;
    let mut machine = Machine::new();
    machine.set_max_digits(MOST_DIGITS);
    machine
}

/// Runs the pickle at `start` on a machine, whose memo may hold what earlier pickles left.
pub(super) fn run(
    machine: &mut Machine<Value>,
    host: &mut ScanHost<'_>,
    input: &[u8],
    start: usize,
    mode: Mode,
) -> Run {
    let implementation = if mode.python { Implementation::Python } else { Implementation::C };
    machine.set_profile(Profile::CPYTHON_3_13.with_pickler(implementation));
    machine.reset();
    let fresh = host.log.fresh();
    let before = mem::replace(&mut host.log, fresh);
    let end = steps(machine, host, input, start, mode);
    Run { end, log: mem::replace(&mut host.log, before) }
}

fn steps(
    machine: &mut Machine<Value>,
    host: &mut ScanHost<'_>,
    input: &[u8],
    start: usize,
    mode: Mode,
) -> Result<usize, Problem> {
    let mut at = start;
    let mut frame_end = 0;
    loop {
        let (op, end) = match decode(input, at) {
            Ok(decoded) => decoded,
            Err(error) => {
                let opcode = error.opcode().map_or("", Opcode::name);
                return Err(Problem { offset: at, opcode, message: error.into_kind().to_string() });
            }
        };
        host.at = at;
        host.opcode = op.opcode();
        // From a file, CPython drops the rest of a frame that an instruction does not end in; from bytes it does not.
        if at < frame_end && end > frame_end {
            host.suspect(Action::Form, Origin::Literal, "an instruction crosses the end of its frame", CROSSING);
            frame_end = 0;
        }
        match machine.step(host, op) {
            Ok(None) => {}
            Ok(Some(_)) => return Ok(end),
            Err(fault) => return Err(problem(fault, at, op.opcode())),
        }
        at = end;
        match op {
            Op::BinGet(_) | Op::LongBinGet(_) | Op::Get(_) => {
                let index = match op {
                    Op::BinGet(index) => index.into(),
                    Op::LongBinGet(index) => index.into(),
                    Op::Get(line) => pickle_opcodes::number::index_line(line).unwrap_or(u64::MAX),
                    _ => u64::MAX,
                };
                if let Some(&value) = machine.memo().get(index) {
                    host.recall(value);
                }
            }
            Op::Memoize => host.memo.counts = true,
            Op::Frame(length) => {
                let left = input.len() - end;
                match usize::try_from(length) {
                    Ok(length) if length <= left => {
                        if at < frame_end && end + length > frame_end {
                            let subject = "a frame crosses the end of another";
                            host.suspect(Action::Form, Origin::Literal, subject, CROSSING);
                        }
                        frame_end = end + length;
                    }
                    _ => {
                        let message = format!("the frame has {length} bytes, and {left} are left");
                        return Err(Problem { offset: host.at, opcode: "FRAME", message });
                    }
                }
            }
            Op::Build => {
                if let Some(raw) = host.raw.take() {
                    host.saw_wrapper = true;
                    if mode.joblib {
                        at = skip_array(host, input, at, raw)?;
                    }
                }
            }
            _ => {}
        }
    }
}

const CROSSING: &str = "it is read in one way from a file, in another from bytes";

/// Goes on behind an array that stands between the instructions.
#[cold]
fn skip_array(host: &mut ScanHost<'_>, input: &[u8], at: usize, raw: Raw) -> Result<usize, Problem> {
    let lacking = |message: &str| Problem { offset: at, opcode: "", message: message.into() };
    match raw {
        Raw::Bytes { .. } => raw.end(input, at).ok_or_else(|| lacking("the array's bytes are not all there")),
        // An array of objects is loaded by `pickle.load`.
        Raw::Pickle => steps(&mut machine(), host, input, at, Mode::default()),
        Raw::Unknown => Err(lacking("an array follows of which the wrapper does not tell enough")),
    }
}

#[cold]
fn problem(fault: Fault<super::host::Refusal>, offset: usize, opcode: Opcode) -> Problem {
    let message = match fault {
        Fault::Pickle(kind) => kind.to_string(),
        Fault::Host(refusal) => refusal.to_string(),
    };
    Problem { offset, opcode: opcode.name(), message }
}
