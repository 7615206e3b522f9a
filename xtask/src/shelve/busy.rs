//! CPython and we use a shelf at the same time: what the documentation of `shelve-lite` says happens, format by format.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use pickle_value::literal;
use shelve_lite::{Flag, Format, Options, Shelf};

use super::ask::{Asked, text};
use crate::Result;

/// How long we wait for what does not come.
const SHORT: Duration = Duration::from_millis(200);

/// Opens a shelf while CPython has it open.
pub(super) fn check(python: &Asked, format: Format) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let shelf = folder.path().join("shelf");
    let listed = folder.path().join("expected");
    let name = format.name().trim_start_matches("dbm.");
    python.ask(&["fill", name, text(&shelf), "20", text(&listed)])?;
    match format {
        Format::Sqlite => sqlite(python, &shelf),
        Format::Dumb => dumb(python, &shelf),
        Format::Gnu => gnu(python, &shelf),
        // An ndbm of GDBM.
        _ if shelf.with_extension("pag").exists() => gnu(python, &shelf),
        _ => ndbm(python, &shelf),
    }
}

/// One writer at a time, which the others wait for; readers see what was there before.
fn sqlite(python: &Asked, shelf: &Path) -> Result<String> {
    let holder = Holder::start(python, &["hold", text(shelf)])?;
    let started = Instant::now();
    let patience = Options::new().busy_timeout(SHORT);
    busy(patience.open(shelf, Flag::Write).and_then(|mut ours| ours.set_pickle("a", b"N.")))?;
    if started.elapsed() < SHORT {
        return Err("busy was said too early".into());
    }
    if Shelf::open(shelf, Flag::Read)?.len()? != 20 {
        return Err("a reader does not see what was there before".into());
    }
    holder.end()?;
    // Two writers, each of which waits for the other.
    let count = 300;
    let other = Holder::start(python, &["append", text(shelf), "theirs", &count.to_string()])?;
    let mut ours = Shelf::open(shelf, Flag::Write)?;
    for number in 0..count {
        ours.set(&format!("ours {number}"), &literal::parse(&number.to_string())?)?;
    }
    other.end()?;
    let found = ours.len()?;
    if found != 21 + 2 * count {
        return Err(format!("{found} entries, not {}", 21 + 2 * count).into());
    }
    Ok(format!("busy after {} ms while CPython writes; two writers of {count} lose nothing", SHORT.as_millis()))
}

/// Writers of ours keep each other out; CPython has no lock, and is not held back.
fn dumb(python: &Asked, shelf: &Path) -> Result<String> {
    let mut ours = Shelf::open(shelf, Flag::Write)?;
    busy(Options::new().busy_timeout(SHORT).open(shelf, Flag::Write).map(drop))?;
    if Shelf::open(shelf, Flag::Read)?.len()? != 20 {
        return Err("a reader is held back".into());
    }
    let holder = Holder::start(python, &["hold", text(shelf)])?;
    ours.set_pickle("ours", b"N.")?;
    ours.close()?;
    if !Shelf::open(shelf, Flag::Read)?.contains("ours")? {
        return Err("what was written is not there".into());
    }
    holder.end()?;
    // Python's index is the last, and has not what was written meanwhile: as documented.
    let after = Shelf::open(shelf, Flag::Read)?;
    if !after.contains("held")? || after.contains("ours")? {
        return Err("the last to write its index should win".into());
    }
    Ok(String::from("a second writer of ours is busy; CPython is not held back, and the last index wins"))
}

/// GDBM's own locks.
fn gnu(python: &Asked, shelf: &Path) -> Result<String> {
    let holder = Holder::start(python, &["hold", text(shelf)])?;
    busy(Options::new().busy_timeout(SHORT).open(shelf, Flag::Read).map(drop))?;
    holder.end()?;
    let found = Shelf::open(shelf, Flag::Read)?.len()?;
    if found == 21 { Ok(String::from("busy while CPython writes")) } else { Err(format!("{found} entries").into()) }
}

/// No locks: what is on the disk is read, and CPython writes at the end.
fn ndbm(python: &Asked, shelf: &Path) -> Result<String> {
    let holder = Holder::start(python, &["hold", text(shelf)])?;
    let before = Shelf::open(shelf, Flag::Read)?.len()?;
    holder.end()?;
    let after = Shelf::open(shelf, Flag::Read)?.len()?;
    match (before, after) {
        (20, 21) => Ok(String::from("read while CPython writes, as it was before")),
        _ => Err(format!("{before} entries before, {after} after").into()),
    }
}

fn busy(outcome: Result<(), shelve_lite::Error>) -> Result<()> {
    match outcome {
        Err(error) if error.is_busy() => Ok(()),
        Err(error) => Err(format!("not busy, but {error}").into()),
        Ok(()) => Err("another process is let in".into()),
    }
}

/// A Python that does something with a shelf.
struct Holder {
    child: Child,
    /// Kept open, or it could not write any more.
    _said: BufReader<ChildStdout>,
}

impl Holder {
    /// Starts it, and waits until it says that it has begun.
    fn start(python: &Asked, arguments: &[&str]) -> Result<Holder> {
        let mut child = python.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut said = BufReader::new(child.stdout.take().ok_or("standard output is a pipe")?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        if line.is_empty() {
            return Err(format!("shelf.py {} ends at once ({})", arguments[0], child.wait()?).into());
        }
        Ok(Holder { child, _said: said })
    }

    /// Lets go, and waits for its end.
    fn end(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("shelf.py fails ({status})").into()) }
    }
}
