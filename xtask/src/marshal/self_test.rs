//! `cargo xtask marshal --self-test`: a fault of ours, planted in what we write, must be noticed.

use std::process::ExitCode;

use super::{Options, Subject, compare_values, release_of, rewrite};
use crate::Result;
use crate::compat::pythons::Interpreter;

/// A fault, and what it does to the data of a file, behind its header.
struct Plant {
    name: &'static str,
    /// Changes what the interpreter wrote; false where there is no room for it.
    tamper: fn(&mut Vec<u8>) -> bool,
}

const PLANTS: [Plant; 4] = [
    Plant { name: "a flag is left out", tamper: |data| flip(data, 0x80) },
    Plant { name: "a string is not interned", tamper: |data| replace(data, b"\xda", b"\xfa") },
    Plant { name: "a reference is another", tamper: |data| refer_to_another(data) },
    Plant {
        name: "the file has a byte more",
        tamper: |data| {
            data.push(0);
            true
        },
    },
];

/// Plants each fault in the modules of the newest interpreter.
pub(super) fn run(python: &Interpreter, options: &Options) -> Result<ExitCode> {
    let release = release_of(python)?;
    let subject = Subject::new(python, options)?;
    let mut missed = 0;
    for plant in PLANTS {
        let (mut planted, mut noticed) = (0, 0);
        for file in subject.pack.files().take(50) {
            let mut expected = file.data[release.pyc_header()..].to_vec();
            if !(plant.tamper)(&mut expected) {
                continue;
            }
            planted += 1;
            noticed += usize::from(rewrite(&file, &expected, release).is_err());
        }
        let verdict = if planted > 0 && noticed == planted { "noticed" } else { "NOT NOTICED" };
        missed += usize::from(verdict != "noticed");
        println!("  {:<28} {verdict} in {noticed} of {planted} files", plant.name);
    }
    // The values of another release differ from those of this one.
    let other = marshal_lite::Release::new(3, 10).filter(|other| *other != release).ok_or("this is 3.10")?;
    let differing = compare_values(python, other, 0)?;
    println!("  {:<28} {}", "the rules of 3.10", if differing > 0 { "noticed" } else { "NOT NOTICED" });
    missed += usize::from(differing == 0);
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn flip(data: &mut [u8], bits: u8) -> bool {
    match data.first_mut() {
        Some(first) => {
            *first ^= bits;
            true
        }
        None => false,
    }
}

/// Changes the number of the first that looks like a reference.
fn refer_to_another(data: &mut [u8]) -> bool {
    match data.windows(5).position(|window| matches!(window, [b'r', 1..=255, 0, 0, 0])) {
        Some(at) => {
            data[at + 1] -= 1;
            true
        }
        None => false,
    }
}

fn replace(data: &mut [u8], old: &[u8], new: &[u8]) -> bool {
    match data.windows(old.len()).position(|window| window == old) {
        Some(at) => {
            data[at..at + new.len()].copy_from_slice(new);
            true
        }
        None => false,
    }
}
