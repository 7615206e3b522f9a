//! What the newest CPython's `pickletools.optimize` makes of the pickles: asked, or as the corpus has it.
//!
//! `optimize.bin` in the corpus has twelve bytes for each pickle in an `a`, in rising order: the first six of the
//! pickle's SHA-256, then the first six of the optimized one's, or zeros where pickletools raises.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, thread};

use sha2::{Digest, Sha256};

use super::answers::Answers;
use super::pythons::{Interpreter, Version};
use crate::{Result, paths};

/// In the corpus.
const FILE: &str = "optimize.bin";

/// What `optimize` gives differs before 3.7, and what is an error before 3.13.
const JUDGE: (u8, u8) = (3, 13);

/// The beginning of a SHA-256.
type Short = [u8; 6];

/// By the pickle what comes out.
#[derive(Default)]
pub(crate) struct Optimized {
    answers: BTreeMap<Short, Short>,
}

/// What pickletools makes of a pickle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Expected {
    /// It raises.
    Error,
    /// A pickle with this hash.
    Pickle(Short),
}

impl Optimized {
    /// What an interpreter of the right version says, else what the corpus has.
    pub(crate) fn of(subjects: &[&Answers], found: &[Interpreter]) -> Result<Optimized> {
        match found.iter().filter(|python| can_judge(&python.version)).max_by_key(|python| python.version.clone()) {
            Some(python) => Optimized::ask(python, subjects),
            None => Optimized::read(&paths::corpus()),
        }
    }

    /// From the corpus's folder; nothing where there is no corpus yet.
    pub(crate) fn read(folder: &Path) -> Result<Optimized> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Optimized::default());
        }
        let bytes = fs::read(&path)?;
        let (rows, []) = bytes.as_chunks::<12>() else {
            return Err(format!("{}: not a multiple of twelve bytes", path.display()).into());
        };
        let half = |row: &[u8]| Short::try_from(row).expect("twelve bytes are twice six");
        Ok(Optimized { answers: rows.iter().map(|row| (half(&row[..6]), half(&row[6..]))).collect() })
    }

    /// Into the corpus's folder; gives the number of bytes.
    pub(crate) fn write(&self, folder: &Path) -> Result<usize> {
        let bytes: Vec<u8> =
            self.answers.iter().flat_map(|(pickle, optimized)| [*pickle, *optimized]).flatten().collect();
        fs::write(folder.join(FILE), &bytes)?;
        Ok(bytes.len())
    }

    fn ask(python: &Interpreter, subjects: &[&Answers]) -> Result<Optimized> {
        let mut seen = BTreeSet::new();
        let (mut ids, mut question) = (Vec::new(), Vec::new());
        for answers in subjects {
            for span in answers.cases.iter().flat_map(|case| case.a.iter().flatten()) {
                let pickle = answers.pickle(span);
                if seen.insert(short(pickle)) {
                    ids.push(short(pickle));
                    question.extend(u32::try_from(pickle.len())?.to_le_bytes());
                    question.extend_from_slice(pickle);
                }
            }
        }
        let answer = run(python, question)?;
        let (optimized, []) = answer.as_chunks::<6>() else {
            return Err("an answer of optimize.py is cut short".into());
        };
        if optimized.len() != ids.len() {
            return Err(format!("optimize.py answered {} of {} questions", optimized.len(), ids.len()).into());
        }
        Ok(Optimized { answers: ids.into_iter().zip(optimized.iter().copied()).collect() })
    }

    /// What has to come out; nothing where that is not known.
    pub(crate) fn expected(&self, pickle: &[u8]) -> Option<Expected> {
        self.answers.get(&short(pickle)).map(|answer| match *answer {
            [0, 0, 0, 0, 0, 0] => Expected::Error,
            hash => Expected::Pickle(hash),
        })
    }
}

impl Expected {
    /// Whether this pickle is it.
    pub(crate) fn is(self, optimized: &[u8]) -> bool {
        self == Expected::Pickle(short(optimized))
    }
}

fn can_judge(version: &Version) -> bool {
    version.profile().is_some_and(|profile| profile.version() >= JUDGE)
}

fn run(python: &Interpreter, question: Vec<u8>) -> Result<Vec<u8>> {
    let mut command = Command::new(&python.path);
    command.arg(paths::optimizer()).env_remove("PYTHONPATH").env_remove("PYTHONHOME");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (mut input, mut output) = (child.stdin.take().expect("it is piped"), child.stdout.take().expect("it is piped"));
    let asking = thread::spawn(move || input.write_all(&question));
    let mut answer = Vec::new();
    output.read_to_end(&mut answer)?;
    let asked = asking.join().expect("writing does not panic");
    if !child.wait()?.success() {
        return Err(format!("optimize.py failed under CPython {}", python.version).into());
    }
    asked?;
    Ok(answer)
}

fn short(bytes: &[u8]) -> Short {
    *Sha256::digest(bytes).first_chunk().expect("a SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::{Expected, Optimized, short};

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let answers = [(short(b"N."), short(b"N.")), (short(b"?"), [0; 6])].into();
        assert_eq!(Optimized { answers }.write(folder.path()).expect("it can be written"), 24);
        let read = Optimized::read(folder.path()).expect("it was just written");
        assert!(read.expected(b"N.").is_some_and(|expected| expected.is(b"N.") && !expected.is(b"K\x01.")));
        assert_eq!(read.expected(b"?"), Some(Expected::Error));
        assert_eq!(read.expected(b"I1\n."), None);
        std::fs::write(folder.path().join(super::FILE), [0; 13]).expect("it can be written");
        assert!(Optimized::read(folder.path()).is_err());
    }
}
