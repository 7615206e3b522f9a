//! What the newest CPython says to each pickle, whoever wrote it: asked, or as the corpus has it.
//!
//! A file in the corpus has a row for each pickle in an `a`, in rising order: the first six bytes of the pickle's SHA-256,
//! then those of each answer's, or zeros where CPython raises.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, thread};

use sha2::{Digest, Sha256};

use super::answers::{Answers, Case};
use super::pythons::{Interpreter, Version};
use crate::{Result, paths};

/// The beginning of a SHA-256.
type Short = [u8; 6];

/// What `optimize` gives differs before 3.7, and what is an error before 3.13; classes change with every release.
const JUDGE: (u8, u8) = (3, 13);

/// A question.
struct Question {
    /// The file in the corpus.
    file: &'static str,
    /// The script in `compat` that asks.
    script: &'static str,
    /// How many answers a pickle gets.
    width: usize,
    /// Which pickles are asked about.
    wants: fn(&Case) -> bool,
}

const OPTIMIZE: Question = Question { file: "optimize.bin", script: "optimize.py", width: 1, wants: |_| true };

/// Protocols 0 to 5 with Python 2's `str` as latin-1 text, then with it as bytes.
const REREAD: Question = Question {
    file: "reread.bin",
    script: "reread.py",
    width: 12,
    // Classes change with releases, and the names of attributes are interned.
    wants: |case| !case.name.starts_with("objects/") && !case.name.starts_with("library/"),
};

/// All that is known.
#[derive(Default)]
pub(crate) struct Judged {
    optimized: Rows,
    reread: Rows,
}

/// By the pickle its answers.
type Rows = BTreeMap<Short, Vec<Short>>;

/// What CPython makes of a pickle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Expected {
    /// It raises.
    Error,
    /// A pickle with this hash.
    Pickle(Short),
}

/// What becomes of Python 2's `str`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Strings {
    Latin1,
    Bytes,
}

impl Judged {
    /// What an interpreter of the right version says, else what the corpus has.
    pub(crate) fn of(subjects: &[&Answers], found: &[Interpreter]) -> Result<Judged> {
        match found.iter().filter(|python| can_judge(&python.version)).max_by_key(|python| python.version.clone()) {
            Some(python) => {
                let [optimized, reread] = [OPTIMIZE, REREAD].map(|question| question.ask(python, subjects));
                Ok(Judged { optimized: optimized?, reread: reread? })
            }
            None => Judged::read(&paths::corpus()),
        }
    }

    /// From the corpus's folder; nothing where there is no corpus yet.
    pub(crate) fn read(folder: &Path) -> Result<Judged> {
        Ok(Judged { optimized: OPTIMIZE.read(folder)?, reread: REREAD.read(folder)? })
    }

    /// Into the corpus's folder; gives the number of bytes.
    pub(crate) fn write(&self, folder: &Path) -> Result<usize> {
        Ok(OPTIMIZE.write(folder, &self.optimized)? + REREAD.write(folder, &self.reread)?)
    }

    /// What `pickletools.optimize` gives; nothing where that is not known.
    pub(crate) fn optimized(&self, pickle: &[u8]) -> Option<Expected> {
        self.optimized.get(&short(pickle)).map(|answers| Expected::of(answers[0]))
    }

    /// What `dumps(loads(pickle), protocol)` gives; nothing where that is not known.
    pub(crate) fn reread(&self, pickle: &[u8], strings: Strings, protocol: u8) -> Option<Expected> {
        let first = if strings == Strings::Latin1 { 0 } else { REREAD.width / 2 };
        self.reread.get(&short(pickle)).map(|answers| Expected::of(answers[first + usize::from(protocol)]))
    }
}

impl Expected {
    fn of(answer: Short) -> Expected {
        if answer == [0; 6] { Expected::Error } else { Expected::Pickle(answer) }
    }

    /// Whether this pickle is it.
    pub(crate) fn is(self, pickle: &[u8]) -> bool {
        self == Expected::Pickle(short(pickle))
    }
}

impl Question {
    fn row(&self) -> usize {
        size_of::<Short>() * (1 + self.width)
    }

    fn read(&self, folder: &Path) -> Result<Rows> {
        let path = folder.join(self.file);
        if !path.exists() {
            return Ok(Rows::new());
        }
        let bytes = fs::read(&path)?;
        let rows = bytes.chunks_exact(self.row());
        if !rows.remainder().is_empty() {
            return Err(format!("{}: not a multiple of {} bytes", path.display(), self.row()).into());
        }
        let parts = |row: &[u8]| row.as_chunks().0.to_vec();
        Ok(rows.map(parts).map(|parts: Vec<Short>| (parts[0], parts[1..].to_vec())).collect())
    }

    fn write(&self, folder: &Path, rows: &Rows) -> Result<usize> {
        let bytes: Vec<u8> =
            rows.iter().flat_map(|(pickle, answers)| [&[*pickle], &answers[..]].concat()).flatten().collect();
        fs::write(folder.join(self.file), &bytes)?;
        Ok(bytes.len())
    }

    fn ask(&self, python: &Interpreter, subjects: &[&Answers]) -> Result<Rows> {
        let mut seen = BTreeSet::new();
        let (mut ids, mut question) = (Vec::new(), Vec::new());
        for answers in subjects {
            let cases = answers.cases.iter().filter(|case| (self.wants)(case));
            for span in cases.flat_map(|case| case.a.iter().flatten()) {
                let pickle = answers.pickle(span);
                if seen.insert(short(pickle)) {
                    ids.push(short(pickle));
                    question.extend(u32::try_from(pickle.len())?.to_le_bytes());
                    question.extend_from_slice(pickle);
                }
            }
        }
        let answer = self.run(python, question)?;
        let (parts, []) = answer.as_chunks::<6>() else {
            return Err(format!("an answer of {} is cut short", self.script).into());
        };
        if parts.len() != ids.len() * self.width {
            return Err(format!("{} answered {} of {} questions", self.script, parts.len(), ids.len()).into());
        }
        Ok(ids.into_iter().zip(parts.chunks(self.width).map(<[Short]>::to_vec)).collect())
    }

    fn run(&self, python: &Interpreter, question: Vec<u8>) -> Result<Vec<u8>> {
        let mut command = Command::new(&python.path);
        command.arg(paths::script(self.script)).env_remove("PYTHONPATH").env_remove("PYTHONHOME");
        command.env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take();
        let (mut input, mut output) = (input.expect("it is piped"), output.expect("it is piped"));
        let asking = thread::spawn(move || input.write_all(&question));
        let mut answer = Vec::new();
        output.read_to_end(&mut answer)?;
        let asked = asking.join().expect("writing does not panic");
        if !child.wait()?.success() {
            return Err(format!("{} failed under CPython {}", self.script, python.version).into());
        }
        asked?;
        Ok(answer)
    }
}

fn can_judge(version: &Version) -> bool {
    version.profile().is_some_and(|profile| profile.version() >= JUDGE)
}

fn short(bytes: &[u8]) -> Short {
    *Sha256::digest(bytes).first_chunk().expect("a SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::{Expected, Judged, OPTIMIZE, Strings, short};

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let optimized = [(short(b"N."), vec![short(b"N.")]), (short(b"?"), vec![[0; 6]])].into();
        let reread = [(short(b"N."), (0..12).map(|n| [n; 6]).collect())].into();
        let written = Judged { optimized, reread }.write(folder.path());
        assert_eq!(written.expect("it can be written"), 24 + 78);
        let read = Judged::read(folder.path()).expect("it was just written");
        assert!(read.optimized(b"N.").is_some_and(|expected| expected.is(b"N.") && !expected.is(b"K\x01.")));
        assert_eq!(read.optimized(b"?"), Some(Expected::Error));
        assert_eq!(read.optimized(b"I1\n."), None);
        assert_eq!(read.reread(b"N.", Strings::Latin1, 0), Some(Expected::Error));
        assert_eq!(read.reread(b"N.", Strings::Bytes, 5), Some(Expected::Pickle([11; 6])));
        std::fs::write(folder.path().join(OPTIMIZE.file), [0; 13]).expect("it can be written");
        assert!(Judged::read(folder.path()).is_err());
    }
}
