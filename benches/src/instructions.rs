//! `instructions`: how many the main cases take, which no other process on the machine can change.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;
use pickle_benches::{Result, workload};
use serde::{Deserialize, Serialize};

use crate::Maker;
use crate::record::{first_line, write_json};

/// Count the instructions of the main cases under callgrind
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    maker: Maker,
    /// Fail where a case takes more than the record says, beyond a small tolerance
    #[arg(long)]
    check: bool,
    /// Write what was counted as the new record
    #[arg(long, conflicts_with = "check")]
    bless: bool,
    /// Write what was counted here
    #[arg(long)]
    json: Option<PathBuf>,
    /// Only cases with this in their name
    cases: Vec<String>,
}

/// The committed record.
const RECORD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/record/instructions.json");
/// How much more than the record's is taken for the same. Two builds of the same sources differ by less.
const TOLERANCE: f64 = 0.03;
/// Smaller than what is timed: callgrind takes fifty times as long, and what an element takes is the same.
const SCALE: f64 = 0.1;

const PICKLES: [&str; 15] = [
    "ints",
    "floats",
    "ascii",
    "repeat",
    "unicode",
    "records",
    "tree",
    "tuples",
    "graphite",
    "session",
    "instances",
    "dataclass",
    "sets",
    "bigints",
    "stdtypes",
];
/// For the older protocols and the tools.
const SOME: [&str; 4] = ["ints", "unicode", "records", "instances"];

#[derive(Serialize, Deserialize)]
struct Counts {
    rustc: String,
    valgrind: String,
    cases: BTreeMap<String, Count>,
}

/// What a case took, and for how large a pickle: for another one the figure says nothing.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq)]
struct Count {
    bytes: u64,
    instructions: u64,
}

struct Case {
    operation: &'static str,
    file: PathBuf,
    protocol: u8,
}

impl Case {
    fn name(&self) -> String {
        let workload = self.file.file_stem().unwrap_or_default().to_string_lossy();
        format!("{} {workload} {}", self.operation, self.protocol)
    }
}

/// `instructions`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let valgrind = first_line("valgrind", &["--version"]);
    if valgrind.is_empty() {
        return Err("valgrind is not installed".into());
    }
    let rustc = first_line("rustc", &["--version"]);
    let old: Option<Counts> = fs::read_to_string(RECORD).ok().map(|text| serde_json::from_str(&text)).transpose()?;
    if let Some(old) = old.as_ref().filter(|old| options.check && old.rustc != rustc) {
        println!(
            "The record was made with {}; this is {rustc}, which counts otherwise. Nothing is checked.",
            old.rustc
        );
        return Ok(ExitCode::SUCCESS);
    }
    let folder = tempfile::tempdir()?;
    let mut cases = BTreeMap::new();
    let mut worse = Vec::new();
    let mut compared = 0;
    println!("{:<28} {:>12} {:>14} {:>9}", "", "bytes", "instructions", "record");
    for case in cases_in(folder.path(), &options.maker.python)? {
        let name = case.name();
        if !options.cases.is_empty() && !options.cases.iter().any(|part| name.contains(part)) {
            continue;
        }
        let count = Count { bytes: size(&case.file)?, instructions: count(&case)? };
        // For another pickle, as an older CPython may write it, the figure says nothing.
        let before = old.as_ref().and_then(|old| old.cases.get(&name)).filter(|before| before.bytes == count.bytes);
        let change = before.map(|before| count.instructions as f64 / before.instructions as f64 - 1.0);
        let change_text = change.map_or("none".into(), |change| format!("{:+.1} %", 100.0 * change));
        println!("{name:<28} {:>12} {:>14} {change_text:>9}", count.bytes, count.instructions);
        compared += usize::from(change.is_some());
        if change.is_some_and(|change| change > TOLERANCE) {
            worse.push(format!("{name}: {change_text}"));
        }
        cases.insert(name, count);
    }
    if let Some(path) = &options.json {
        write_json(path, &Counts { rustc: rustc.clone(), valgrind: valgrind.clone(), cases: cases.clone() })?;
    }
    if options.bless {
        let mut all = old.map(|old| old.cases).filter(|_| !options.cases.is_empty()).unwrap_or_default();
        all.extend(cases);
        write_json(Path::new(RECORD), &Counts { rustc, valgrind, cases: all })?;
    } else if options.check && compared == 0 {
        return Err("the record has none of these cases".into());
    } else if options.check && !worse.is_empty() {
        eprintln!("\nMore instructions than benches/record/instructions.json has (--bless, if that is meant):");
        worse.iter().for_each(|line| eprintln!("  {line}"));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Has the workloads made; gives what is counted.
fn cases_in(folder: &Path, python: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for protocol in [4, 2, 0] {
        let folder = folder.join(protocol.to_string());
        fs::create_dir(&folder)?;
        let names: &[&str] = if protocol == 4 { &PICKLES } else { &SOME };
        let names: Vec<String> = names.iter().map(|&name| name.into()).collect();
        workload::make(python, &folder, protocol, SCALE, &names)?;
        for name in names {
            let file = folder.join(&name).with_extension("pkl");
            let tools: &[&str] =
                if protocol == 4 && SOME.contains(&&name[..]) { &["scan", "dis", "optimize"] } else { &[] };
            for operation in ["load", "dump"].iter().chain(tools) {
                cases.push(Case { operation, file: file.clone(), protocol });
            }
        }
    }
    let records = folder.join("4").join("records.marshal");
    for operation in ["marshal-load", "marshal-dump"] {
        cases.push(Case { operation, file: records.clone(), protocol: 4 });
    }
    Ok(cases)
}

fn size(file: &Path) -> Result<u64> {
    Ok(fs::metadata(file)?.len())
}

/// Runs a case under callgrind, which counts only within `clock::measured`.
fn count(case: &Case) -> Result<u64> {
    let one = std::env::current_exe()?.with_file_name("one");
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--collect-atstart=no",
            "--toggle-collect=*measured*",
        ])
        .arg("--main-stacksize=8388608")
        .arg(one)
        .args([case.operation, "--protocol", &case.protocol.to_string()])
        .arg(&case.file)
        .output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    let count = log.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count.trim().parse());
    match count {
        Some(Ok(count)) if output.status.success() && count > 0 => Ok(count),
        _ => Err(format!("callgrind counts nothing for {}:\n{log}", case.name()).into()),
    }
}
