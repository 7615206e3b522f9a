//! `compare`: everyone on the same data, in turn, round by round, in an order of each round's own.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::rc::Rc;

use clap::Args;
use pickle_benches::clock::median;
use pickle_benches::python::Python;
use pickle_benches::subjects::{OURS, Operation, Subject, Times, in_python, in_rust};
use pickle_benches::workload::{self, Input, Modules};
use pickle_benches::{Result, memory};

use crate::Maker;
use crate::record::{Footprint, Record, Row};
use crate::table;

/// Time loads, dumps and tools beside CPython and other crates
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    maker: Maker,
    /// Another CPython to compare with
    #[arg(long)]
    beside: Vec<PathBuf>,
    /// A protocol that pickles are written at; at other protocols than 4 only CPython is compared with
    #[arg(long, default_values_t = [4])]
    protocol: Vec<u8>,
    /// How often everyone runs; less often who takes more than half a second
    #[arg(long, default_value_t = 11)]
    rounds: usize,
    /// How large the workloads are
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// An operation; without, loads and dumps
    #[arg(long, value_parser = operation)]
    only: Vec<Operation>,
    /// Compare with CPython alone
    #[arg(long)]
    no_peers: bool,
    /// Measure the memory that loads take, too
    #[arg(long)]
    memory: bool,
    /// Write all figures here
    #[arg(long)]
    json: Option<PathBuf>,
    /// Workloads, by their names in `workloads.py`; all without
    workloads: Vec<String>,
}

fn operation(name: &str) -> Result<Operation> {
    Operation::named(name).ok_or_else(|| "no such operation".into())
}

/// What is compared unless something else is asked for.
const USUAL: [Operation; 5] =
    [Operation::Load, Operation::LoadTyped, Operation::Dump, Operation::DumpTyped, Operation::Limit];
/// Nobody runs longer than this for one figure, in microseconds, once three runs are there.
const ENOUGH: f64 = 500_000.0;

/// `compare`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let mut record = Record::new();
    let mut pythons = Vec::new();
    for path in std::iter::once(&options.maker.python).chain(&options.beside) {
        let python = Python::start(path)?;
        record.versions.push(("CPython".into(), python.version().into()));
        pythons.push(Rc::new(RefCell::new(python)));
    }
    for &protocol in &options.protocol {
        let folder = folder.path().join(protocol.to_string());
        std::fs::create_dir(&folder)?;
        workload::make(&options.maker.python, &folder, protocol, options.scale, &options.workloads)?;
        for input in &inputs(&options.maker.python, &folder, protocol, options)? {
            for &operation in operations(options, input) {
                record.results.extend(measure(operation, input, &pythons, options)?);
            }
            if options.memory && protocol == 4 && !input.pickle.is_empty() {
                record.memory.extend(footprints(input)?);
            }
        }
    }
    table::print(&record);
    if let Some(path) = &options.json {
        record.write(path)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The pickles, and marshal data where an operation wants it.
fn inputs(python: &Path, folder: &Path, protocol: u8, options: &Options) -> Result<Vec<Input>> {
    let mut inputs = workload::pickles(folder, protocol)?;
    let wants_marshal = |operation: &Operation| matches!(operation, Operation::MarshalLoad | Operation::MarshalDump);
    if options.only.iter().any(wants_marshal) {
        for modules in [Modules::Some, Modules::All] {
            if options.workloads.is_empty() || options.workloads.iter().any(|name| name == modules.name()) {
                inputs.push(modules.make(python, folder)?);
            }
        }
        let records = folder.join("records.marshal");
        if records.is_file() {
            inputs.push(workload::marshalled(&records)?);
        }
    }
    Ok(inputs)
}

/// Those of the operations that this input is for.
fn operations<'o>(options: &'o Options, input: &'o Input) -> impl Iterator<Item = &'o Operation> + use<'o> {
    let asked = if options.only.is_empty() { &USUAL[..] } else { &options.only[..] };
    asked.iter().filter(|operation| {
        let is_of_marshal = matches!(operation, Operation::MarshalLoad | Operation::MarshalDump);
        is_of_marshal == input.pickle.is_empty()
    })
}

/// A row for each that can do it, and for who frees what it loaded.
fn measure(
    operation: Operation,
    input: &Input,
    pythons: &[Rc<RefCell<Python>>],
    options: &Options,
) -> Result<Vec<Row>> {
    let mut subjects = in_rust(operation, input);
    if options.no_peers || input.protocol != 4 && !input.pickle.is_empty() {
        subjects.retain(|subject| subject.who.starts_with(OURS));
    }
    for (at, python) in pythons.iter().enumerate() {
        // An optimised build has other defaults in nothing but speed: once is enough.
        let theirs = in_python(operation, input, python).into_iter().take(if at == 0 { 2 } else { 1 });
        subjects.extend(theirs);
    }
    let mut taken: Vec<Vec<Times>> = subjects.iter().map(|_| Vec::new()).collect();
    eprintln!("{operation} {} at protocol {}", input.name, input.protocol);
    // The first run is none that counts; who fails in it cannot do it.
    let able: Vec<bool> = subjects.iter_mut().map(|subject| try_out(subject, input)).collect();
    let is_ours = |(subject, able): (&Subject<'_>, &bool)| *able && subject.who == OURS;
    let needs_ours = !matches!(operation, Operation::LoadTyped | Operation::DumpTyped | Operation::Limit);
    if needs_ours && !subjects.iter().zip(&able).any(is_ours) {
        return Err(format!("{operation} fails for {}", input.name).into());
    }
    // Who runs behind a process of another kind finds caches and predictors full of that: it is not to be always the same one.
    let mut random = fastrand::Rng::with_seed(1);
    let mut order: Vec<usize> = (0..subjects.len()).filter(|&at| able[at]).collect();
    for _ in 0..options.rounds {
        random.shuffle(&mut order);
        for &at in &order {
            let total: f64 = taken[at].iter().map(|times| times.work).sum();
            if taken[at].len() < 3 || total < ENOUGH {
                taken[at].push((subjects[at].run)()?);
            }
        }
    }
    let mut rows = Vec::new();
    for (subject, taken) in subjects.iter().zip(&taken).filter(|(_, taken)| !taken.is_empty()) {
        let work: Vec<f64> = taken.iter().map(|times| times.work).collect();
        rows.push(row(operation, input, &subject.who, &work));
        let free: Vec<f64> = taken.iter().map(|times| times.free).filter(|micros| micros.is_finite()).collect();
        if operation == Operation::Load && !free.is_empty() {
            rows.push(row(Operation::Free, input, &subject.who, &free));
        }
    }
    Ok(rows)
}

fn row(operation: Operation, input: &Input, who: &str, micros: &[f64]) -> Row {
    Row {
        operation: operation.name(),
        protocol: input.protocol,
        workload: input.name.clone(),
        bytes: input.size(),
        who: who.into(),
        micros: median(micros),
        fastest: micros.iter().copied().fold(f64::INFINITY, f64::min),
        runs: micros.len(),
    }
}

/// True if it can be run at all.
fn try_out(subject: &mut Subject<'_>, input: &Input) -> bool {
    let run = std::panic::AssertUnwindSafe(|| (subject.run)());
    let message = match std::panic::catch_unwind(run) {
        Ok(Ok(_)) => return true,
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it panics".into(),
    };
    let message: String = message.chars().take(100).collect();
    eprintln!("  {} cannot do {}: {message}", subject.who, input.name);
    false
}

/// The most memory that loads take, each in a process of its own.
fn footprints(input: &Input) -> Result<Vec<Footprint>> {
    let one = std::env::current_exe()?.with_file_name("one");
    let mut footprints = Vec::new();
    for who in [OURS, "serde-pickle", "pickled"] {
        let mut command = Command::new(&one);
        command.args(["load", "--peak", "--who", who]).arg(&input.path);
        let output = memory::giving_back(&mut command).output()?;
        // Who cannot read it, has no figure.
        if let Ok(peak) = String::from_utf8_lossy(&output.stdout).trim().parse() {
            footprints.push(Footprint {
                workload: input.name.clone(),
                who: who.into(),
                pickle: input.pickle.len(),
                peak,
            });
        }
    }
    Ok(footprints)
}
