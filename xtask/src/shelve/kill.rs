//! Writers of ours that are killed while they write.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use shelve_lite::{Flag, Format, Shelf};

use super::ask::{Asked, text};
use super::writer::{Allowed, allowed, payload};
use crate::Result;

/// How long a writer may take to sync first, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// A shelf whose writer was killed.
pub(super) struct Survivor {
    pub(super) path: PathBuf,
    /// The same files, untouched by us.
    copy: PathBuf,
    pub(super) seed: u64,
    /// The last operation before the last sync of which we heard.
    pub(super) synced: Option<u64>,
}

/// Kills so many writers. Each shelf is opened by us, and a copy of it by CPython; both must find what was synced.
pub(super) fn check(python: &Asked, format: Format, kills: usize, seed: u64) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let mut survivors = Vec::new();
    for number in 0..kills {
        let name = folder.path().join(number.to_string());
        survivors.push(kill_one(&name, format, mixed(seed + number as u64))?);
    }
    let wrong = wrong(python, folder.path(), &survivors, Allowances::True)?;
    if let Some(first) = wrong.first() {
        return Err(format!("{} of {kills}: {first}", wrong.len()).into());
    }
    let synced: u64 = survivors.iter().filter_map(|survivor| survivor.synced).map(|last| last + 1).sum();
    let before = survivors.iter().filter(|survivor| survivor.synced.is_none()).count();
    Ok(format!(
        "{kills} killed, {before} before their first sync; both open all, with all of {synced} operations synced"
    ))
}

/// Which allowances are made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowances {
    True,
    /// As if much more had been synced than was.
    TooStrict,
}

/// What is wrong with those where something is.
pub(super) fn wrong(
    python: &Asked,
    folder: &Path,
    survivors: &[Survivor],
    allowances: Allowances,
) -> Result<Vec<String>> {
    let cases: Vec<(&Survivor, Allowed)> = survivors
        .iter()
        .map(|survivor| match allowances {
            Allowances::True => (survivor, allowed(survivor.seed, survivor.synced)),
            Allowances::TooStrict => (survivor, allowed(survivor.seed, survivor.synced.map(|last| last + 64))),
        })
        .collect();
    let mut wrong = Vec::new();
    for (survivor, allowed) in &cases {
        if let Err(error) = open_ours(survivor, allowed) {
            wrong.push(format!("{}, ours: {error}", survivor.path.display()));
        }
    }
    let listed: Vec<Value> = cases
        .iter()
        .map(|(survivor, allowed)| {
            json!({"shelf": text(&survivor.copy), "must_exist": survivor.synced.is_some(), "allowed": allowed})
        })
        .collect();
    let file = folder.join("cases.json");
    fs::write(&file, serde_json::to_string(&listed)?)?;
    let answers = python.ask(&["survivors", text(&file)])?;
    let answers: Vec<&str> = answers.lines().collect();
    if answers.len() != cases.len() {
        return Err(format!("shelf.py says {} of {} shelves", answers.len(), cases.len()).into());
    }
    for ((survivor, _), answer) in cases.iter().zip(answers).filter(|(_, answer)| *answer != "ok") {
        wrong.push(format!("{}, CPython: {answer}", survivor.copy.display()));
    }
    Ok(wrong)
}

/// Lets a writer write for some milliseconds.
pub(super) fn kill_one(folder: &Path, format: Format, seed: u64) -> Result<Survivor> {
    let (ours, copied) = (folder.join("ours"), folder.join("copy"));
    fs::create_dir_all(&ours)?;
    let path = ours.join("shelf");
    let mut child = Command::new(std::env::current_exe()?)
        .args(["shelve", "--format", format.name(), "--seed", &seed.to_string(), "--writer"])
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut pipe = BufReader::new(child.stdout.take().ok_or("standard output is a pipe")?);
    let (first_sync, synced_once) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut said = String::new();
        let read = pipe.read_line(&mut said).and_then(|_| {
            // Nobody may wait for it.
            let _ = first_sync.send(());
            pipe.read_to_string(&mut said)
        });
        read.map(|_| said)
    });
    // One of four is killed while it starts, makes the shelf and syncs first; the others behind that.
    if !seed.is_multiple_of(4) {
        synced_once.recv_timeout(PATIENCE)?;
    }
    thread::sleep(Duration::from_micros(1000 + mixed(seed) % 99_000));
    child.kill()?;
    let status = child.wait()?;
    if status.code().is_some() {
        return Err(format!("the writer ended by itself ({status})").into());
    }
    let said = reader.join().map_err(|_| "the reader of a pipe panics")??;
    // A last line may be there in part.
    let whole = said.rfind('\n').map_or("", |end| &said[..end]);
    let synced = whole.lines().last().map(str::parse).transpose()?;
    copy(&ours, &copied)?;
    Ok(Survivor { path, copy: copied.join("shelf"), seed, synced })
}

fn open_ours(survivor: &Survivor, allowed: &Allowed) -> Result<()> {
    let flag = if survivor.synced.is_some() { Flag::Write } else { Flag::Create };
    let mut shelf = Shelf::open(&survivor.path, flag)?;
    let mut missing = allowed.clone();
    for entry in shelf.entries()? {
        let (key, value) = entry?;
        let root = value.root();
        let number = root.get(0).as_i64().and_then(|number| u64::try_from(number).ok());
        let numbers = missing.remove(&key).unwrap_or_default();
        match number {
            Some(number) if numbers.contains(&Some(number)) && root.get(1).as_str() == Some(&payload(number)) => {}
            _ => return Err(format!("{key} is {root:.60}, which is none of {numbers:?}").into()),
        }
    }
    if let Some((key, _)) = missing.iter().find(|(_, numbers)| !numbers.contains(&None)) {
        return Err(format!("{key} is missing").into());
    }
    shelf.set("afterwards", &literal()?)?;
    Ok(shelf.close()?)
}

fn literal() -> Result<pickle_value::Graph<'static>> {
    Ok(pickle_value::literal::parse("1")?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        // What is left of a database that was being made is in a folder of its own.
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// A number that looks random: the finalizer of SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (number ^ (number >> 31)) & 0xffff_ffff
}
