//! Loads and dumps of seeded workloads, beside CPython's C pickler and serde-pickle, interleaved in one run.
//!
//! ```text
//! cargo run --release -- [--tools | --serde] [--python PYTHON] [--protocol N] [--rounds N] [WORKLOAD …]
//! ```
//!
//! With `--tools`, genops, optimize and dis beside pickletools instead; with `--serde`, typed loads and dumps.
//!
//! Prints a table of medians and ratios. Both sides are timed on CPU time, CPython with its garbage collector off.

mod serde;
mod tools;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use pickle_codec::{DumpOptions, LoadOptions};
use rustix::time::{ClockId, Timespec, clock_gettime};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let options = Options::parse()?;
    let folder = std::env::temp_dir().join(format!("pickle-benches-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let made = Command::new(&options.python)
        .arg(script())
        .args(["make", &folder.to_string_lossy(), &options.protocol.to_string()])
        .status()?;
    if !made.success() {
        return Err("the workloads could not be made".into());
    }
    let mut python = Python::start(&options.python)?;
    println!(
        "protocol {}, median of {} interleaved rounds; CPython: {}",
        options.protocol, options.rounds, python.version
    );
    if options.tools {
        tools::head();
    } else if options.serde {
        serde::head();
    } else {
        head();
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if options.workloads.is_empty() || options.workloads.contains(&name) {
            if options.serde {
                serde::measure(&name, &file, &options)?;
                continue;
            }
            let measure = if options.tools { tools::measure } else { measure };
            measure(&name, &file, &options, &mut python)?;
        }
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn head() {
    println!(
        "{:<10} {:>8} | {:>9} {:>9} {:>9} {:>7} {:>7} | {:>9} {:>9} {:>9} {:>7} {:>7} | {:>8}",
        "",
        "KiB",
        "load µs",
        "CPython",
        "serde-p",
        "×Py",
        "×serde",
        "dump µs",
        "CPython",
        "serde-p",
        "×Py",
        "×serde",
        "free µs"
    );
}

fn script() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/workloads.py")
}

fn measure(name: &str, file: &Path, options: &Options, python: &mut Python) -> Result<()> {
    let pickle = std::fs::read(file)?;
    let load = LoadOptions::new();
    let dump = DumpOptions::new().protocol(options.protocol);
    let graph = load.from_slice(&pickle)?;
    let peer = serde_pickle::value_from_slice(&pickle, serde_pickle::DeOptions::new()).ok();
    let mut times: [Vec<f64>; 7] = Default::default();
    for _ in 0..options.rounds {
        let start = cpu_time();
        let loaded = load.from_slice(&pickle)?;
        times[0].push(micros(start));
        let start = cpu_time();
        drop(loaded);
        times[6].push(micros(start));
        times[1].push(python.ask(&format!("load {}", file.display()))?);
        let start = cpu_time();
        let written = dump.to_vec(&graph)?;
        times[3].push(micros(start));
        if written != pickle && name != "sets" {
            return Err(format!("{name}: dumps to other bytes").into());
        }
        times[4].push(python.ask(&format!("dump {} {}", file.display(), options.protocol))?);
        if let Some(peer) = &peer {
            let start = cpu_time();
            let loaded = serde_pickle::value_from_slice(&pickle, serde_pickle::DeOptions::new())?;
            times[2].push(micros(start));
            drop(loaded);
            let start = cpu_time();
            serde_pickle::value_to_vec(peer, serde_pickle::SerOptions::new())?;
            times[5].push(micros(start));
        }
    }
    let [ours, python, serde, dump, python_dump, serde_dump, free] = times.map(median);
    println!(
        "{name:<10} {:>8} | {ours:>9.0} {python:>9.0} {serde:>9.0} {:>7.1} {:>7.1} | {dump:>9.0} {python_dump:>9.0} {serde_dump:>9.0} {:>7.1} {:>7.1} | {free:>8.0}",
        pickle.len() / 1024,
        python / ours,
        serde / ours,
        python_dump / dump,
        serde_dump / dump,
    );
    Ok(())
}

/// What this process has taken of the CPU so far.
fn cpu_time() -> Timespec {
    clock_gettime(ClockId::ProcessCPUTime)
}

/// Microseconds of CPU time since `start`.
fn micros(start: Timespec) -> f64 {
    let taken = cpu_time() - start;
    taken.tv_sec as f64 * 1e6 + taken.tv_nsec as f64 / 1e3
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

struct Options {
    python: String,
    protocol: u8,
    rounds: usize,
    tools: bool,
    serde: bool,
    workloads: Vec<String>,
}

impl Options {
    fn parse() -> Result<Options> {
        let mut options =
            Options { python: "python3".into(), protocol: 4, rounds: 11, tools: false, serde: false, workloads: Vec::new() };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
            match &arg[..] {
                "--python" => options.python = value()?,
                "--protocol" => options.protocol = value()?.parse()?,
                "--tools" => options.tools = true,
                "--serde" => options.serde = true,
                "--rounds" => options.rounds = value()?.parse()?,
                _ => options.workloads.push(arg),
            }
        }
        Ok(options)
    }
}

/// A CPython that times its own pickler.
struct Python {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    version: String,
}

impl Python {
    fn start(python: &str) -> Result<Python> {
        let version = Command::new(python).arg("--version").output()?.stdout;
        let mut child =
            Command::new(python).args([script(), "serve"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let commands = child.stdin.take().ok_or("no standard input")?;
        let answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        Ok(Python { child, commands, answers, version: String::from_utf8_lossy(&version).trim().into() })
    }

    /// Sends one command; gives microseconds.
    fn ask(&mut self, command: &str) -> Result<f64> {
        Ok(self.answer(command)?.trim().parse::<f64>()? / 1000.0)
    }

    /// Sends one command; gives microseconds and a number that tells what came out.
    fn ask_two(&mut self, command: &str) -> Result<(f64, u64)> {
        let answer = self.answer(command)?;
        let (nanos, result) = answer.trim().split_once(' ').ok_or("an answer of two numbers")?;
        Ok((nanos.parse::<f64>()? / 1000.0, result.parse()?))
    }

    fn answer(&mut self, command: &str) -> Result<String> {
        writeln!(self.commands, "{command}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
