//! Asks an interpreter, and remembers what it answered.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, id};
use std::time::UNIX_EPOCH;

use pickle_codec::Implementation;
use sha2::{Digest, Sha256};

use super::answers::{Answers, Filter, hex, pickler_name};
use super::progress::Progress;
use super::pythons::Interpreter;
use crate::{Result, paths};

/// What one of the picklers of `python` says to all cases, from the cache where it was asked before by the same
/// generator.
pub(crate) fn ask(
    python: &Interpreter,
    pickler: Implementation,
    filter: &Filter,
    full: bool,
    jobs: usize,
    progress: &Progress,
) -> Result<Answers> {
    let cache = Cache::new(python, pickler, full)?;
    for known in [cache.whole(), cache.filtered(filter)] {
        if known.is_dir() {
            return Answers::read(&known, python, pickler);
        }
    }
    let folder = cache.filtered(filter);
    // A run that ends early leaves no folder that looks finished.
    let unfinished = folder.with_extension(format!("unfinished-{}", id()));
    fs::create_dir_all(&unfinished)?;
    if let Err(error) = generate(python, pickler, filter, full, jobs, &unfinished, progress) {
        // A generator that is not content with its answers still gives them all: the comparison names each.
        let answers = Answers::read(&unfinished, python, pickler);
        // A folder left behind is in nobody's way.
        let _ = fs::remove_dir_all(&unfinished);
        return answers.map_err(|_| error);
    }
    cache.remove_outdated();
    if let Err(error) = fs::rename(&unfinished, &folder) {
        // Another run was faster, with the same answers.
        fs::remove_dir_all(&unfinished)?;
        if !folder.is_dir() {
            return Err(error.into());
        }
    }
    Answers::read(&folder, python, pickler)
}

fn generate(
    python: &Interpreter,
    pickler: Implementation,
    filter: &Filter,
    full: bool,
    jobs: usize,
    folder: &Path,
    progress: &Progress,
) -> Result<()> {
    let mut command = Command::new(&python.path);
    command.arg(paths::generator()).arg("answer").arg("--out").arg(folder).args(["--jobs", &jobs.to_string()]);
    command.args(["--pickler", pickler_name(pickler)]);
    if let Some(regex) = filter.regex() {
        command.args(["--only", &regex]);
    }
    if full {
        command.arg("--isolate");
    }
    // The hash seed is the generator's to fix, its own modules the only ones to find.
    command.env_remove("PYTHONPATH").env_remove("PYTHONHOME").env("PYTHONHASHSEED", "0");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;

    let label = format!("CPython {}, {}: asking", python.version, pickler_name(pickler));
    let mut said = Vec::new();
    for line in BufReader::new(child.stderr.take().expect("standard error is piped")).lines() {
        let line = line?;
        match progress_line(&line) {
            Some((done, total)) => progress.show(&label, done, total),
            None => said.push(line),
        }
    }
    let status = child.wait()?;
    if status.success() {
        return Ok(());
    }
    // The last lines of a traceback say the most.
    let last = said[said.len().saturating_sub(30)..].join("\n  ");
    Err(format!("the generator fails under {} ({status}):\n  {last}", python.path.display()).into())
}

/// `progress DONE TOTAL`.
fn progress_line(line: &str) -> Option<(usize, usize)> {
    let (done, total) = line.strip_prefix("progress ")?.split_once(' ')?;
    Some((done.parse().ok()?, total.parse().ok()?))
}

/// The folders of one interpreter: `3.13.0-PICKLER-INTERPRETER-GENERATOR`, and one more part where not all cases were asked.
struct Cache {
    interpreter: String,
    generator: String,
}

impl Cache {
    fn new(python: &Interpreter, pickler: Implementation, full: bool) -> Result<Cache> {
        let file = fs::metadata(&python.path)?;
        let modified = file.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let identity = format!("{}\n{}\n{modified}\n{}", python.path.display(), python.build, file.len());
        let mode = if full { "-full" } else { "" };
        let pickler = pickler_name(pickler);
        let interpreter = format!("{}-{pickler}{mode}-{}", python.version, short_hash(identity.as_bytes()));
        Ok(Cache { interpreter, generator: generator_hash()? })
    }

    fn whole(&self) -> PathBuf {
        paths::cache().join(format!("{}-{}", self.interpreter, self.generator))
    }

    fn filtered(&self, filter: &Filter) -> PathBuf {
        match filter.regex() {
            Some(regex) => {
                let mut name = self.whole().into_os_string();
                name.push(format!("-{}", short_hash(regex.as_bytes())));
                name.into()
            }
            None => self.whole(),
        }
    }

    /// What an older generator was answered: nobody will ask for it again, and it is 30 MB.
    fn remove_outdated(&self) {
        let prefix = format!("{}-", self.interpreter);
        let current = format!("{prefix}{}", self.generator);
        for entry in fs::read_dir(paths::cache()).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&prefix) && !name.starts_with(&current) {
                // Another run may be at it; then it is gone all the same.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// Of every Python file that the generator may import.
fn generator_hash() -> Result<String> {
    let script = paths::generator();
    let folder = script.parent().expect("the script is in a folder");
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    if files.is_empty() {
        return Err(format!("there is no {}", script.display()).into());
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().into_owned();
        let content = fs::read(&file)?;
        hash.update(format!("{name}\n{}\n", content.len()));
        hash.update(content);
    }
    Ok(hex(&hash.finalize()[..6]))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // The other folders are outcomes, or harnesses of their own.
        if path.is_dir() && path.ends_with("cases") {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
    Ok(())
}

fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..6])
}
