//! genops, optimize and dis beside CPython's pickletools.

use std::hint::black_box;
use std::path::Path;

use pickle_tools::{DisOptions, dis, genops, optimize};

use crate::{Options, Python, Result, cpu_time, median, micros};

/// What is measured: its name here and in `workloads.py`.
const TOOLS: [(&str, Tool); 3] = [("genops", all_instructions), ("optimize", optimized), ("dis", listing)];

type Tool = fn(&[u8]) -> Result<Output>;

/// What a tool gives.
enum Output {
    Instructions(usize),
    Pickle(Vec<u8>),
    Listing(Vec<u8>),
}

impl Output {
    /// What pickletools' output is compared by; counted once the time has been taken, since Python knows a str's length.
    fn length(&self) -> usize {
        match self {
            Output::Instructions(count) => *count,
            Output::Pickle(bytes) => bytes.len(),
            Output::Listing(text) => text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count(),
        }
    }
}

/// Prints the table's head.
pub(crate) fn head() {
    print!("{:<10} {:>8} {:>8}", "", "KiB", "ops");
    for (name, _) in TOOLS {
        print!(" | {:>9} {:>11} {:>7}", format!("{name} µs"), "pickletools", "×");
    }
    println!(" | {:>9}", "ns an op");
}

/// Prints a workload's line.
pub(crate) fn measure(name: &str, file: &Path, options: &Options, python: &mut Python) -> Result<()> {
    let pickle = std::fs::read(file)?;
    let count = all_instructions(&pickle)?.length();
    let mut times: [[Vec<f64>; 2]; 3] = Default::default();
    for _ in 0..options.rounds {
        for ((tool, run), [ours, theirs]) in TOOLS.into_iter().zip(&mut times) {
            let start = cpu_time();
            let output = black_box(run(&pickle)?);
            ours.push(micros(start));
            let result = output.length();
            let (micros, answer) = python.ask_two(&format!("{tool} {}", file.display()))?;
            if answer != result as u64 {
                return Err(format!("{name}: {tool} gives {result}, pickletools {answer}").into());
            }
            theirs.push(micros);
        }
    }
    print!("{name:<10} {:>8} {count:>8}", pickle.len() / 1024);
    let mut nanos = f64::NAN;
    for (index, [ours, theirs]) in times.into_iter().map(|pair| pair.map(median)).enumerate() {
        print!(" | {ours:>9.0} {theirs:>11.0} {:>7.1}", theirs / ours);
        if index == 0 {
            nanos = 1000.0 * ours / count as f64;
        }
    }
    println!(" | {nanos:>9.1}");
    Ok(())
}

/// All instructions with their arguments, each put where a caller would find it.
fn all_instructions(pickle: &[u8]) -> Result<Output> {
    let mut count = 0;
    for op in genops(pickle) {
        let op = op?;
        black_box(&op);
        count += 1;
    }
    Ok(Output::Instructions(count))
}

fn optimized(pickle: &[u8]) -> Result<Output> {
    Ok(Output::Pickle(optimize(pickle)?))
}

fn listing(pickle: &[u8]) -> Result<Output> {
    let mut text = Vec::new();
    dis(pickle, &mut text, DisOptions::new())?;
    Ok(Output::Listing(text))
}
