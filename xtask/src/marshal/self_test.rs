//! `cargo xtask marshal --self-test`: a fault of ours, planted in what we write, must be noticed.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use marshal_lite::WriteOptions;
use marshal_lite::code::Code;

use super::ask::Digests;
use super::pack::{NORMALISED, Pack, PycFile, Run};
use super::{Extent, Subject, compare_values, fields, listing, normalise, release_of, replace, rewrite};
use crate::Result;
use crate::compat::pythons::Interpreter;

/// A fault of what is written, and what it does to the data of a file, behind its header.
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
pub(super) fn run(python: &Interpreter, extent: &Extent) -> Result<ExitCode> {
    let release = release_of(python)?;
    let subject = Subject::new(python, extent)?;
    let mut missed = 0;
    for plant in PLANTS {
        missed += tell(
            plant.name,
            each(&subject, |file| {
                let mut expected = file.data[release.pyc_header()..].to_vec();
                (plant.tamper)(&mut expected).then(|| rewrite(file, &expected, release).is_err())
            }),
        );
    }
    let fields = Digests::ask(python, &subject.pack, "fields.py")?;
    missed += tell(
        "a line of the fields is missing",
        each(&subject, |file| {
            let describe = |code: &Code<'_>| fields::describe(code).into_iter().skip(1).collect();
            Some(fields.check(file, release, describe).is_err())
        }),
    );
    let listings = Digests::ask(python, &subject.pack, "listing.py")?;
    for (name, from, to) in [
        ("a jump has another target", " to 1", " to 2"),
        ("an opcode has another name", " LOAD_CONST ", " LOAD_NAME "),
        ("an argument is another", " 0 ", " 1 "),
    ] {
        missed += tell(
            name,
            each(&subject, |file| {
                let planted = AtomicBool::new(false);
                let describe = |code: &Code<'_>| {
                    let lines = listing::describe(code);
                    let changed: Vec<String> = lines.iter().map(|line| line.replacen(from, to, 1)).collect();
                    planted.fetch_or(changed != lines, Ordering::Relaxed);
                    changed
                };
                let noticed = listings.check(file, release, describe).is_err();
                planted.into_inner().then_some(noticed)
            }),
        );
    }
    let unchanged = |code: &Code<'_>| WriteOptions::new().release(code.release()).to_vec(&code.replace().finish()?);
    let lines = replace::differences(&subject, release, unchanged)?;
    missed += tell("a code object is not changed", (lines.len(), lines.iter().filter(|line| *line != "equal").count()));
    let second = Pack::compile(python, extent.tenth(), Run::SECOND)?;
    missed += tell(
        "the folder is left in names",
        second.files().zip(subject.pack.files()).take(MOST).fold((0, 0), |(planted, noticed), (other, file)| {
            (planted + 1, noticed + usize::from(normalise::compare(&file, &other, None).is_err()))
        }),
    );
    let (loaded, _) = normalise::loaded(&subject, NORMALISED, |name| Some(format!("{name}c")))?;
    missed += tell("normalised to other names", each(&subject, |file| Some(!fields.agree(&loaded, file.number))));
    // The values of another release differ from those of this one.
    let other = marshal_lite::Release::new(3, 10).filter(|other| *other != release).ok_or("this is 3.10")?;
    missed += tell("the rules of 3.10", (1, usize::from(compare_values(python, other, 0)? > 0)));
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// In so many files each fault is planted.
const MOST: usize = 50;

/// In how many files a fault is planted, and in how many of these it is noticed.
fn each(subject: &Subject<'_>, notice: impl Fn(&PycFile<'_>) -> Option<bool>) -> (usize, usize) {
    let outcomes: Vec<bool> = subject.pack.files().take(MOST).filter_map(|file| notice(&file)).collect();
    (outcomes.len(), outcomes.into_iter().filter(|noticed| *noticed).count())
}

/// Tells of a fault; gives 1 where it was missed.
fn tell(name: &str, (planted, noticed): (usize, usize)) -> usize {
    let is_noticed = planted > 0 && noticed == planted;
    let verdict = if is_noticed { "noticed" } else { "NOT NOTICED" };
    println!("  {name:<32} {verdict} in {noticed} of {planted}");
    usize::from(!is_noticed)
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
