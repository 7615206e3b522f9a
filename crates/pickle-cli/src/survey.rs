//! [`Survey`]: what can be told of the pickles in a file without keeping them.

mod census;
mod instructions;
mod marks;

use core::fmt;
use std::collections::BTreeSet;
use std::io::BufRead;

use pickle_codec::{Fault, Machine};
use pickle_opcodes::{Op, Opcode};

use census::{Census, Refusal, Thing};
use instructions::Instructions;
use marks::Marks;

/// What was found in the pickles of a file, all together.
///
/// They are run by the loader's own machine, over a host that keeps no values but the texts that could name a global, so
/// that memory stays within four bytes for each entry of the stack and the memo, and some megabytes.
#[derive(Default)]
pub(crate) struct Survey {
    /// How many pickles there are that have their STOP.
    pub(crate) pickles: u64,
    /// How many bytes they have.
    pub(crate) bytes: u64,
    /// What a PROTO at the start of each declares.
    pub(crate) declared: BTreeSet<u8>,
    /// How many begin without PROTO.
    pub(crate) undeclared: u64,
    /// The highest protocol among the opcodes.
    pub(crate) needed: u8,
    pub(crate) opcodes: u64,
    pub(crate) frames: u64,
    /// The memo entries of all pickles.
    pub(crate) memo_entries: u64,
    /// Modules and names as they stand there.
    pub(crate) globals: BTreeSet<(String, String)>,
    /// How many times a global was named by texts that had not been kept.
    pub(crate) unknown_globals: u64,
    pub(crate) marks: Marks,
    /// Where a pickle is broken.
    pub(crate) broken: Option<Broken>,
}

/// A pickle that cannot be read to its end.
pub(crate) struct Broken {
    /// The instruction, counted from the start of the file's content.
    pub(crate) offset: u64,
    opcode: Option<Opcode>,
    problem: Problem,
}

enum Problem {
    /// The file ends where an instruction should be.
    End,
    Io(std::io::Error),
    Other(String),
}

impl Broken {
    /// What reading the file failed with, if that is what is wrong.
    pub(crate) fn io(&self) -> Option<&std::io::Error> {
        match &self.problem {
            Problem::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::End => f.write_str("the pickle ends before its STOP")?,
            Problem::Io(error) => error.fmt(f)?,
            Problem::Other(problem) => f.write_str(problem)?,
        }
        match self.opcode {
            Some(opcode) => write!(f, " ({opcode} at byte {})", self.offset),
            None => write!(f, " (at byte {})", self.offset),
        }
    }
}

impl Survey {
    /// Surveys the pickles of a file, up to its end, to something that begins as no pickle does, or to an error in one.
    pub(crate) fn of(reader: impl BufRead) -> Survey {
        let mut survey = Survey::default();
        let mut instructions = Instructions::new(reader);
        loop {
            match instructions.is_at_end() {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) => {
                    survey.broken = Some(Broken { offset: survey.bytes, opcode: None, problem: Problem::Io(error) });
                    break;
                }
            }
            let before = survey.opcodes;
            if let Err(broken) = survey.pickle(&mut instructions) {
                // What is wrong from the first instruction on, behind a pickle, is no pickle.
                if survey.pickles == 0 || survey.opcodes > before + 1 || broken.io().is_some() {
                    survey.broken = Some(broken);
                } else {
                    survey.opcodes = before;
                }
                break;
            }
            survey.pickles += 1;
            survey.bytes = instructions.offset();
        }
        survey
    }

    fn pickle(&mut self, instructions: &mut Instructions<impl BufRead>) -> Result<(), Broken> {
        let mut machine = Machine::new();
        // What CPython's loader allows for.
        machine.set_max_digits(pickle_opcodes::number::DEFAULT_MAX_DIGITS);
        let mut census = Census::default();
        let mut first = true;
        let ran = instructions.run(|op, offset| {
            self.note(&op, first);
            first = false;
            match machine.step(&mut census, op) {
                Ok(_) => Ok(()),
                Err(fault) => Err(broken(fault, offset, op.opcode())),
            }
        });
        self.memo_entries += machine.memo().len() as u64;
        for (module, name) in census.globals {
            self.marks.global(&module, &name, machine.protocol());
            self.globals.insert((module, name));
        }
        self.unknown_globals += census.unknown;
        ran
    }

    /// Notes what an instruction says by itself.
    fn note(&mut self, op: &Op<'_>, first: bool) {
        self.opcodes += 1;
        self.needed = self.needed.max(op.opcode().protocol());
        self.frames += u64::from(matches!(op, Op::Frame(_)));
        match op {
            Op::Proto(protocol) if first => {
                self.declared.insert(*protocol);
            }
            _ if first => self.undeclared += 1,
            _ => {}
        }
        self.marks.instruction(op);
    }

    /// The highest protocol that a reader must know.
    pub(crate) fn protocol(&self) -> u8 {
        self.declared.last().copied().unwrap_or(0).max(self.needed)
    }

    /// The first Python that reads pickles of that protocol; none for protocols 0 and 1, which all read.
    pub(crate) fn oldest_python(&self) -> Option<&'static str> {
        match self.protocol() {
            0 | 1 => None,
            2 => Some("2.3"),
            3 => Some("3.0"),
            4 => Some("3.4"),
            _ => Some("3.8"),
        }
    }
}

fn broken(fault: Fault<Refusal>, offset: u64, opcode: Opcode) -> Broken {
    let problem = match fault {
        Fault::Pickle(kind) => kind.to_string(),
        Fault::Host(refusal) => refusal.to_string(),
    };
    Broken { offset, opcode: Some(opcode), problem: Problem::Other(problem) }
}

// A thing is a number, so that neither stack nor memo takes more for it.
const _: () = assert!(size_of::<Option<Thing>>() == 4);
