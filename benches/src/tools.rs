//! genops, optimize and dis beside CPython's pickletools.

use std::hint::black_box;
use std::path::Path;

use pickle_tools::{DisOptions, dis, genops, optimize};

use crate::{Options, Python, Result, cpu_time, median, micros};

/// What is measured: its name here and in `workloads.py`.
const TOOLS: [(&str, fn(&[u8]) -> Result<usize>); 3] =
    [("genops", count_instructions), ("optimize", length_optimized), ("dis", length_listed)];

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
    let count = count_instructions(&pickle)?;
    let mut times: [[Vec<f64>; 2]; 3] = Default::default();
    for _ in 0..options.rounds {
        for ((tool, run), [ours, theirs]) in TOOLS.into_iter().zip(&mut times) {
            let start = cpu_time();
            let result = run(&pickle)?;
            ours.push(micros(start));
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
fn count_instructions(pickle: &[u8]) -> Result<usize> {
    let mut count = 0;
    for op in genops(pickle) {
        let op = op?;
        black_box(&op);
        count += 1;
    }
    Ok(count)
}

fn length_optimized(pickle: &[u8]) -> Result<usize> {
    Ok(black_box(optimize(pickle)?).len())
}

fn length_listed(pickle: &[u8]) -> Result<usize> {
    let mut text = Vec::new();
    dis(pickle, &mut text, DisOptions::new())?;
    // pickletools counts characters, which only these listings have as many of as bytes.
    Ok(black_box(text).iter().filter(|&&byte| byte & 0xc0 != 0x80).count())
}
