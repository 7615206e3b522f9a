//! What CPython makes of hostile files, and where we differ on purpose.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, thread};

use serde::Deserialize;

use crate::compat::pythons::Interpreter;
use crate::{Result, paths};

/// What CPython made of a file.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer {
    /// The digest of a value.
    Loaded(String),
    /// The exception.
    Refused(String),
    /// How CPython itself fell over.
    Failed(String),
}

/// By file.
pub(super) type Answers = BTreeMap<PathBuf, Answer>;

#[derive(Deserialize)]
struct Line {
    file: PathBuf,
    #[serde(flatten)]
    answer: Answer,
}

/// Has an interpreter load all files but `.pyc`, of which marshal tells enough.
pub(super) fn ask(python: &Interpreter, files: &[PathBuf], jobs: usize) -> Result<Answers> {
    let judged: Vec<&PathBuf> = files.iter().filter(|path| form(path) != "pyc").collect();
    let answers = thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs)
            .map(|first| {
                let part: Vec<&PathBuf> = judged.iter().skip(first).step_by(jobs).copied().collect();
                scope.spawn(move || ask_about(python, &part))
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().map_err(|_| "a thread panicked")?).collect::<Result<Vec<_>>>()
    })?;
    let answers: Answers = answers.into_iter().flatten().collect();
    if answers.len() < judged.len() {
        return Err(format!("judge.py answered for {} of {} files", answers.len(), judged.len()).into());
    }
    Ok(answers)
}

fn ask_about(python: &Interpreter, files: &[&PathBuf]) -> Result<Vec<(PathBuf, Answer)>> {
    let mut command = Command::new(&python.path);
    command.arg(paths::hostile().join("judge.py")).env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut input = child.stdin.take().ok_or("the process has no input")?;
    let output = child.stdout.take().ok_or("the process has no output")?;
    let paths: Vec<String> = files.iter().map(|path| format!("{}\n", path.display())).collect();
    let writer = thread::spawn(move || paths.iter().try_for_each(|path| input.write_all(path.as_bytes())));
    let mut answers = Vec::with_capacity(files.len());
    for line in BufReader::new(output).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        answers.push((line.file, line.answer));
    }
    writer.join().map_err(|_| "a thread panicked")??;
    child.wait()?;
    Ok(answers)
}

/// The folder that a file stands in says what it is.
pub(super) fn form(path: &Path) -> &str {
    path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default()
}

/// Form and name, as a report and the list of differences call a file.
pub(super) fn name(path: &Path) -> String {
    format!("{}/{}", form(path), path.file_name().unwrap_or_default().to_string_lossy())
}

/// Where we differ on purpose.
#[derive(Deserialize, Default)]
pub(super) struct Known {
    #[serde(default)]
    pub(super) difference: Vec<Difference>,
}

/// A difference, of all files that it fits.
#[derive(Deserialize, Clone)]
pub(super) struct Difference {
    /// A beginning of what CPython says, or `loaded`.
    cpython: String,
    /// A beginning of what we say, or `loaded`.
    ours: String,
    /// Parts of the names of the files; without, of any.
    #[serde(default)]
    files: Vec<String>,
    /// Why.
    pub(super) reason: String,
}

impl Difference {
    pub(super) fn fits(&self, name: &str, cpython: &str, ours: &str) -> bool {
        let says = |said: &str, wanted: &str| said.starts_with(wanted) || said.contains(&format!(": {wanted}"));
        let named = self.files.is_empty() || self.files.iter().any(|part| name.contains(part));
        named && says(cpython, &self.cpython) && says(ours, &self.ours)
    }
}

/// Reads the list.
pub(super) fn known() -> Result<Known> {
    Ok(toml::from_str(&fs::read_to_string(paths::hostile().join("known-differences.toml"))?)?)
}
