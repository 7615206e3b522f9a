//! What the judge makes of each pickle of a folder.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use crate::compat::answers::hex;
use crate::compat::progress::Progress;
use crate::compat::pythons::Interpreter;
use crate::{Result, paths};

/// Of one pickle.
pub(super) struct Answer {
    /// The file's name.
    pub(super) name: String,
    /// Why it cannot be loaded.
    error: String,
    dumps: Vec<Vec<u8>>,
}

impl Answer {
    /// What loading it met, if it cannot be loaded.
    pub(super) fn error(&self) -> Option<&str> {
        Some(&*self.error).filter(|error| !error.is_empty())
    }

    /// Whether all that is wrong with it are classes that are not there.
    pub(super) fn lacks_classes(&self) -> bool {
        ["AttributeError", "ModuleNotFoundError", "ImportError"].iter().any(|name| self.error.starts_with(name))
    }

    /// What it is at each protocol, without those where it cannot be dumped.
    pub(super) fn dumps(&self) -> impl Iterator<Item = (u8, &[u8])> {
        (0..).zip(self.dumps.iter().map(Vec::as_slice)).filter(|(_, dump)| !dump.is_empty())
    }
}

/// Asks for one of `sample` pickles in `folder`, or remembers what was answered before.
pub(super) fn ask(judge: &Interpreter, folder: &Path, sample: usize, progress: &Progress) -> Result<Vec<Answer>> {
    let names = names(folder)?;
    let known = cached(judge, &names, sample)?;
    if !known.is_file() {
        judge_all(judge, folder, sample, &known, progress)?;
    }
    read(&fs::read(&known)?)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn cached(judge: &Interpreter, names: &[String], sample: usize) -> Result<PathBuf> {
    let mut hash = Sha256::new();
    hash.update(fs::read(paths::real().join("judge.py"))?);
    hash.update(format!("{}\n{sample}\n", judge.build));
    for name in names {
        hash.update(format!("{name}\n"));
    }
    let name = format!("judged-{}-{}", judge.version, hex(&hash.finalize()[..6]));
    Ok(paths::cache().join("real").join(name))
}

fn judge_all(judge: &Interpreter, folder: &Path, sample: usize, known: &Path, progress: &Progress) -> Result<()> {
    let unfinished = known.with_extension("unfinished");
    if let Some(parent) = known.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut child = Command::new(&judge.path)
        .arg(paths::real().join("judge.py"))
        .args([folder, &unfinished])
        .arg(sample.to_string())
        .env_remove("PYTHONPATH")
        .env_remove("PYTHONHOME")
        .env("PYTHONHASHSEED", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut said = Vec::new();
    for line in BufReader::new(child.stderr.take().expect("standard error is piped")).lines() {
        let line = line?;
        match line.strip_prefix("progress ").and_then(|numbers| numbers.split_once(' ')) {
            Some((done, total)) => progress.show("judging", done.parse()?, total.parse()?),
            None => said.push(line),
        }
    }
    let status = child.wait()?;
    if !status.success() {
        return Err(format!("judge.py fails ({status}): {}", said.join("\n  ")).into());
    }
    Ok(fs::rename(unfinished, known)?)
}

/// Parts of a length and so many bytes, eight for a pickle.
fn read(mut bytes: &[u8]) -> Result<Vec<Answer>> {
    const PARTS: usize = 8;
    let mut answers = Vec::new();
    while !bytes.is_empty() {
        let mut parts = Vec::with_capacity(PARTS);
        for _ in 0..PARTS {
            let (length, rest) = bytes.split_first_chunk::<4>().ok_or("the judge's answers are cut off")?;
            let length = u32::from_be_bytes(*length) as usize;
            let (part, rest) = rest.split_at_checked(length).ok_or("the judge's answers are cut off")?;
            parts.push(part.to_vec());
            bytes = rest;
        }
        let dumps = parts.split_off(2);
        let mut texts = parts.into_iter().map(|part| String::from_utf8_lossy(&part).into_owned());
        let (name, error) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
        answers.push(Answer { name, error, dumps });
    }
    Ok(answers)
}
