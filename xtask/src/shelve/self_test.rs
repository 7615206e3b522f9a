//! `cargo xtask shelve --self-test`: planted faults must be noticed.

use std::fs;
use std::process::ExitCode;

use shelve_lite::{Flag, Format, Shelf};

use super::ask::{Asked, load, save, text};
use super::kill::{Allowances, kill_one, wrong};
use super::{Options, round_trip};
use crate::Result;

/// Plants each fault, with the newest interpreter that has dbm.dumb.
pub(super) fn run(asked: &[Asked], options: &Options) -> Result<ExitCode> {
    let Some(python) = asked.iter().rfind(|python| python.has(Format::Dumb)) else {
        eprintln!("no CPython was found: no fault was planted");
        return Ok(ExitCode::SUCCESS);
    };
    let faults: [(&str, Result<bool>); 3] = [
        ("a value is another", notices(python, |shelf| shelf.set_pickle("key 1", b"K\x01."))),
        ("a key is gone", notices(python, |shelf| shelf.delete("key 1").map(drop))),
        ("what was synced is lost", notices_loss(python, options.seed)),
    ];
    let mut missed = 0;
    for (name, noticed) in faults {
        let noticed = noticed?;
        missed += usize::from(!noticed);
        println!("  {name:<28} {}", if noticed { "noticed" } else { "NOT NOTICED" });
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether both sides see what was done to a shelf behind their backs.
fn notices(python: &Asked, tamper: impl FnOnce(&mut Shelf) -> Result<(), shelve_lite::Error>) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let (path, listed) = (folder.path().join("shelf"), folder.path().join("expected"));
    python.ask(&["fill", "dumb", text(&path), "50", text(&listed)])?;
    let expected = load(&listed)?;
    save(&expected, &listed)?;
    round_trip::compare(&path, Format::Dumb, &expected)?;
    python.agree(&["check", text(&path), text(&listed)])?;
    let mut shelf = Shelf::open(&path, Flag::Write)?;
    tamper(&mut shelf)?;
    shelf.close()?;
    let ours = round_trip::compare(&path, Format::Dumb, &expected).is_err();
    let theirs = python.agree(&["check", text(&path), text(&listed)]).is_err();
    Ok(ours && theirs)
}

/// Whether both sides see that less is there than was synced.
fn notices_loss(python: &Asked, seed: u64) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let mut survivors = Vec::new();
    // Some are killed before they have synced anything.
    for number in 0..50 {
        let survivor = kill_one(&folder.path().join(number.to_string()), Format::Dumb, seed + number)?;
        if survivor.synced.is_some() && survivors.len() < 5 {
            survivors.push(survivor);
        }
    }
    if survivors.is_empty() {
        return Err("no writer came to sync anything".into());
    }
    let reported = wrong(python, folder.path(), &survivors, Allowances::TooStrict)?;
    fs::remove_dir_all(folder.path())?;
    Ok(reported.len() == 2 * survivors.len())
}
