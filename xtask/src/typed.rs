//! `cargo xtask serde`: Rust values by way of serde, judged by CPython.
//!
//! ```text
//!   300 Rust values ──► pickles at each protocol ──► judge.py ──► equal to the Python expression, and of the same repr?
//!   300 Rust values ◄── equal? ◄── pickles at each protocol ◄──┘
//! ```
//!
//! What a value is in Python is said by an expression, written by hand beside it, that the interpreter evaluates.

mod ask;
mod case;
mod families;
mod shapes;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use self::ask::Answer;
use self::case::Case;
use crate::Result;
use crate::compat::pythons::{self, Interpreter, Skipped};

/// Write Rust values of every shape that serde has, have CPython load them, and read what it writes of them.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Ask this interpreter, not those found in pyenv and on PATH; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) python: Vec<PathBuf>,
    /// Print at most this many differences of each interpreter
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    /// Plant faults, with the newest interpreter, and fail if one is not noticed
    #[arg(long)]
    pub(crate) self_test: bool,
}

/// `cargo xtask serde`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let found = pythons::find(&options.python)?;
    for Skipped { python, reason } in &found.skipped {
        println!("skipped: {python}: {reason}");
    }
    if let (true, Some(newest)) = (options.self_test, found.found.last()) {
        return self_test(newest);
    }
    Ok(if judge_all(&found.found, options.limit)? == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Judges by each interpreter; gives how many values differ in all.
pub(crate) fn judge_all(pythons: &[Interpreter], limit: usize) -> Result<usize> {
    if pythons.is_empty() {
        println!("no CPython was found: no Rust value was judged");
    }
    let cases = all();
    let mut differing = 0;
    for python in pythons {
        let protocols = protocols(python);
        let differences = judge(python, &cases, &Fault::None)?;
        println!(
            "CPython {}: {} of {} Rust values have the repr that they should, and come back, at protocols {protocols:?}",
            python.version,
            cases.len() - differences.len(),
            cases.len(),
        );
        for difference in differences.iter().take(limit) {
            println!("  {difference}");
        }
        differing += differences.len();
    }
    Ok(differing)
}

fn all() -> Vec<Case> {
    let mut cases = shapes::cases();
    cases.extend(families::cases());
    cases
}

/// Those that the interpreter has; of 2.7 only what is written for it.
fn protocols(python: &Interpreter) -> Vec<u8> {
    match python.version.release() {
        (2, _) => vec![0, 1, 2],
        (3, ..=7) => (0..=4).collect(),
        _ => (0..=5).collect(),
    }
}

/// A fault that is planted.
enum Fault {
    None,
    /// Changes the bytes that are written for one case.
    Written(fn(&mut Vec<u8>)),
    /// Changes the bytes that Python writes for one case.
    Answered(fn(&mut Vec<u8>)),
    /// Has the judge expect another value.
    Expected(&'static str),
}

/// What is different about each case that is, at whatever protocol.
fn judge(python: &Interpreter, cases: &[Case], fault: &Fault) -> Result<Vec<String>> {
    let is_python2 = python.version.release().0 == 2;
    let mut differences: Vec<Option<String>> = vec![None; cases.len()];
    for protocol in protocols(python) {
        let mut questions = Vec::new();
        for (number, case) in cases.iter().enumerate() {
            let mut pickle = case.write(protocol).map_err(|error| format!("{}: {error}", case.expression))?;
            let mut expression = case.expression.clone();
            if number == 0 {
                match fault {
                    Fault::Written(change) => change(&mut pickle),
                    Fault::Expected(other) => expression = (*other).into(),
                    _ => {}
                }
            }
            questions.push((pickle, expression));
        }
        let answers = ask::ask(python, &questions, protocol)?;
        for (number, (case, answer)) in cases.iter().zip(answers).enumerate() {
            if is_python2 && case.is_python3 {
                continue;
            }
            let difference = match answer {
                Answer::Refused(message) => Some(message),
                Answer::Written(mut pickles) => {
                    if let (0, Fault::Answered(change)) = (number, fault) {
                        pickles.iter_mut().for_each(change);
                    }
                    pickles.iter().find_map(|pickle| case.read(pickle).err())
                }
            };
            if let Some(difference) = difference {
                let line = format!("{}, protocol {protocol}: {difference}", case.expression);
                differences[number].get_or_insert(line);
            }
        }
    }
    Ok(differences.into_iter().flatten().collect())
}

/// Plants each fault in the first case, which is the tuple `(1, 'a')`.
fn self_test(python: &Interpreter) -> Result<ExitCode> {
    let faults: [(&str, Fault); 5] = [
        ("an int is another when written", Fault::Written(|pickle| replace(pickle, b"K\x01", b"K\x02"))),
        ("a tuple is a list when written", Fault::Written(|pickle| *pickle = b"](I1\nVa\ne.".to_vec())),
        ("a bool is written for an int", Fault::Written(|pickle| *pickle = b"(I01\nVa\nt.".to_vec())),
        ("Python writes another value", Fault::Answered(|pickle| *pickle = b"(I2\nVa\nt.".to_vec())),
        ("the value should be another", Fault::Expected("(1, 'b')")),
    ];
    let cases = all();
    let sound = judge(python, &cases[..1], &Fault::None)?;
    if !sound.is_empty() {
        println!("without a fault: {sound:?}");
        return Ok(ExitCode::FAILURE);
    }
    let mut missed = 0;
    for (name, fault) in faults {
        let noticed = !judge(python, &cases[..1], &fault)?.is_empty();
        println!("  {name:<34} {}", if noticed { "noticed" } else { "NOT NOTICED" });
        missed += usize::from(!noticed);
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn replace(data: &mut [u8], old: &[u8], new: &[u8]) {
    if let Some(at) = data.windows(old.len()).position(|window| window == old) {
        data[at..at + new.len()].copy_from_slice(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_300_values_and_each_comes_back_without_a_python() {
        let cases = all();
        assert!(cases.len() >= 300, "{}", cases.len());
        for case in &cases {
            for protocol in 0..=5 {
                let pickle = case.write(protocol).expect("a pickle");
                case.read(&pickle).unwrap_or_else(|error| panic!("{}, protocol {protocol}: {error}", case.expression));
            }
        }
    }
}
