//! The subjects: who does what, each ready to be run again and again.

mod general;
mod marshal;
mod ours;
mod peers;
mod tools;

use std::cell::RefCell;
use std::fmt;
use std::hint::black_box;
use std::rc::Rc;

use crate::clock::{cpu_time, measured, micros};
use crate::python::Python;
use crate::workload::Input;
use crate::{Result, typed};

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Bytes to a value of the library's own.
    Load,
    /// Bytes to a Rust type.
    LoadTyped,
    /// A value of the library's own to bytes.
    Dump,
    /// A Rust type to bytes.
    DumpTyped,
    /// Freeing what [`Operation::Load`] made.
    Free,
    /// All instructions with their arguments, as `pickletools.genops` gives them.
    Scan,
    /// `pickletools.dis`.
    Dis,
    /// `pickletools.optimize`.
    Optimize,
    /// `marshal.loads`.
    MarshalLoad,
    /// `marshal.dumps`.
    MarshalDump,
    /// What no reader or writer of the same bytes can be quicker than.
    Limit,
}

impl Operation {
    /// All that can be asked for; freeing comes with loading.
    pub const ALL: [Operation; 10] = [
        Operation::Load,
        Operation::LoadTyped,
        Operation::Dump,
        Operation::DumpTyped,
        Operation::Scan,
        Operation::Dis,
        Operation::Optimize,
        Operation::MarshalLoad,
        Operation::MarshalDump,
        Operation::Limit,
    ];

    /// As it is written on the command line and in records.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Load => "load",
            Operation::LoadTyped => "load-typed",
            Operation::Dump => "dump",
            Operation::DumpTyped => "dump-typed",
            Operation::Free => "free",
            Operation::Scan => "scan",
            Operation::Dis => "dis",
            Operation::Optimize => "optimize",
            Operation::MarshalLoad => "marshal-load",
            Operation::MarshalDump => "marshal-dump",
            Operation::Limit => "limit",
        }
    }

    /// The operation of this name.
    pub fn named(name: &str) -> Option<Operation> {
        Operation::ALL.into_iter().find(|operation| operation.name() == name)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who is measured first, and compared with all others.
pub const OURS: &str = "pickle-rs";

/// Something that was measured once, in microseconds of CPU time.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// The work itself.
    pub work: f64,
    /// Freeing what came of it.
    pub free: f64,
}

/// One more run.
pub type Run<'i> = Box<dyn FnMut() -> Result<Times> + 'i>;

/// Someone who does something. What had to be prepared for it is not measured.
pub struct Subject<'i> {
    /// A library, or an interpreter.
    pub who: String,
    /// Runs it once.
    pub run: Run<'i>,
}

/// All in Rust that do an operation on this input; ours first.
pub fn in_rust<'i>(operation: Operation, input: &'i Input) -> Vec<Subject<'i>> {
    let mut subjects = own(operation, input);
    subjects.extend(match operation {
        Operation::Load => [peers::loads(input), general::loads(input)].into_iter().flatten().collect(),
        Operation::Dump => [peers::dumps(input), general::dumps(input)].into_iter().flatten().collect(),
        Operation::LoadTyped => {
            let mut subjects = typed::of_workload(&input.name, peers::TypedLoads(input)).unwrap_or_default();
            if typed::is_text(&input.name) {
                subjects.extend(peers::lent_loads(input));
            }
            subjects
        }
        Operation::DumpTyped => typed::of_workload(&input.name, peers::TypedDumps(input)).unwrap_or_default(),
        Operation::MarshalLoad => marshal::peers(input),
        Operation::Limit => ours::limits(input),
        _ => Vec::new(),
    });
    subjects
}

/// What is ours of an operation. Nothing of others is prepared, which would leave memory behind.
pub fn own<'i>(operation: Operation, input: &'i Input) -> Vec<Subject<'i>> {
    match operation {
        Operation::Load => ours::loads(input),
        Operation::Dump => ours::dumps(input),
        Operation::Scan | Operation::Dis | Operation::Optimize => tools::ours(operation, input),
        Operation::MarshalLoad => marshal::loads(input),
        Operation::MarshalDump => marshal::dumps(input),
        Operation::LoadTyped | Operation::DumpTyped | Operation::Free | Operation::Limit => Vec::new(),
    }
}

/// What CPython does of an operation: pickling with the garbage collector off and on.
pub fn in_python<'i>(operation: Operation, input: &'i Input, python: &Rc<RefCell<Python>>) -> Vec<Subject<'i>> {
    let (path, protocol) = (input.path.display(), input.protocol);
    let version = python.borrow().version().replace("Python", "CPython");
    let commands: Vec<(String, String)> = match operation {
        Operation::Load => ["off", "on"].map(|gc| (format!("{version}, gc {gc}"), format!("load {path} {gc}"))).into(),
        Operation::Dump => {
            ["off", "on"].map(|gc| (format!("{version}, gc {gc}"), format!("dump {path} {protocol} {gc}"))).into()
        }
        Operation::Scan => vec![(format!("pickletools {version}"), format!("genops {path}"))],
        Operation::Dis | Operation::Optimize => {
            vec![(format!("pickletools {version}"), format!("{operation} {path}"))]
        }
        Operation::MarshalLoad | Operation::MarshalDump => vec![(version, format!("{operation} {path}"))],
        Operation::LoadTyped | Operation::DumpTyped | Operation::Free | Operation::Limit => Vec::new(),
    };
    let subject = |(who, command): (String, String)| {
        let python = Rc::clone(python);
        let run = move || {
            let answer = python.borrow_mut().ask(&command)?;
            let nanos = |at: usize| answer.get(at).copied().unwrap_or(f64::NAN) / 1000.0;
            Ok(Times { work: nanos(0), free: if command.starts_with("load") { nanos(1) } else { f64::NAN } })
        };
        Subject { who, run: Box::new(run) }
    };
    commands.into_iter().map(subject).collect()
}

/// Someone whose work needs nothing prepared.
fn subject<'i, T, E: Into<Failure>>(who: &str, mut work: impl FnMut() -> Result<T, E> + 'i) -> Subject<'i> {
    prepared(who, || (), move |()| work())
}

/// Someone whose work needs something made anew each time.
fn prepared<'i, P, T, E: Into<Failure>>(
    who: &str,
    mut prepare: impl FnMut() -> P + 'i,
    mut work: impl FnMut(P) -> Result<T, E> + 'i,
) -> Subject<'i> {
    let run = move || {
        let made = prepare();
        settle_memory();
        let start = cpu_time();
        let result = measured(|| work(made));
        let work = micros(start);
        let result = result.map_err(Into::into)?;
        let start = cpu_time();
        drop(result);
        Ok(Times { work, free: micros(start) })
    };
    Subject { who: who.into(), run: Box::new(run) }
}

/// Has the allocator do what it put off when others freed their results: glibc joins and sorts small pieces at the next large
/// request only, which would be counted as the work of whoever comes next (tree: 2 ms alone, 9 ms behind some peers).
fn settle_memory() {
    for _ in 0..64 {
        drop(black_box(Vec::<u8>::with_capacity(1 << 20)));
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;
