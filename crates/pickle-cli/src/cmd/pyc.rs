//! `pickle pyc`: compiled modules.

mod json;
mod normalise;
mod show;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use marshal_lite::pyc::Pyc;

use self::normalise::{Naming, Normalise};
use crate::failure::{Failure, say};
use crate::line::OneLine;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  pickle pyc show __pycache__/app.cpython-313.pyc
  pickle pyc show --json app.pyc | jq '.code[].name'
  pickle pyc check -r build/             all .pyc files beneath a folder
  pickle pyc normalise -r build/ -s build/root -p /
  pickle pyc check --normalised -r build/
  pickle pyc rewrite a.pyc -o b.pyc";

/// Look into compiled modules (.pyc), check them, write them in one form that any run gives
///
/// Files of CPython 2.7 and 3.0 to 3.14 are known by their magic number. Nothing in them is ever run.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PycCommand {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Show(show::Show),
    Check(Check),
    Rewrite(Rewrite),
    Normalise(Normalise),
}

impl PycCommand {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match &self.task {
            Task::Show(show) => show.run(),
            Task::Check(check) => check.run(),
            Task::Rewrite(rewrite) => rewrite.run(),
            Task::Normalise(normalise) => normalise.run(),
        }
    }
}

/// The files to work on.
#[derive(Args)]
struct Files {
    /// The .pyc files; with -r folders, too
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// All .pyc files beneath the folders that are named
    #[arg(short, long)]
    recursive: bool,
}

impl Files {
    /// All of them, those of a folder by name.
    fn all(&self) -> Result<Vec<PathBuf>, Failure> {
        if !self.recursive {
            return Ok(self.files.clone());
        }
        let mut found = Vec::new();
        let mut work: Vec<PathBuf> = self.files.iter().rev().cloned().collect();
        while let Some(path) = work.pop() {
            if !path.is_dir() {
                found.push(path);
                continue;
            }
            let entries = fs::read_dir(&path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let entries = entries.map_err(|error| Failure::new(&path.display().to_string(), error))?;
            let mut inner: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
            inner.retain(|path| path.extension().is_some_and(|extension| extension == "pyc") || is_folder(path));
            inner.sort();
            work.extend(inner.into_iter().rev());
        }
        Ok(found)
    }
}

/// A folder itself: a link to one could lead back.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Check that compiled modules can be read, and are written back as they are
///
/// A line for each file says ok, or error: and what is wrong where. The status is 0, or 1 where a file is not as it should
/// be. With --normalised each file has to be as `normalise` with the same options would write it; none is changed.
#[derive(Args)]
struct Check {
    #[command(flatten)]
    files: Files,

    /// Whether `normalise` would change them
    #[arg(long)]
    normalised: bool,

    #[command(flatten)]
    naming: Naming,
}

impl Check {
    fn run(&self) -> Result<(), Failure> {
        let mut out = Output::stdout();
        let mut all_well = true;
        for path in self.files.all()? {
            let verdict = match self.check(&path) {
                Ok(()) => "ok".to_owned(),
                Err(problem) => {
                    all_well = false;
                    format!("error: {problem}")
                }
            };
            writeln!(out, "{}: {}", OneLine(&path.display().to_string()), OneLine(&verdict))
                .map_err(|error| out.failure(&error))?;
        }
        out.finish()?;
        if all_well { Ok(()) } else { Err(Failure::Said) }
    }

    fn check(&self, path: &Path) -> Result<(), String> {
        let data = fs::read(path).map_err(|error| error.to_string())?;
        let pyc = Pyc::from_slice(&data).map_err(|error| error.to_string())?;
        pyc.code().map_err(|error| error.to_string())?;
        if self.normalised {
            let normalised = self.naming.normalise(path, &pyc)?;
            return if normalised == data { Ok(()) } else { Err("it is not normalised".to_owned()) };
        }
        let written = pyc.to_vec().map_err(|error| error.to_string())?;
        if written == data { Ok(()) } else { Err("it would be written otherwise".to_owned()) }
    }
}

/// Read a compiled module and write it again: the same bytes
#[derive(Args)]
struct Rewrite {
    /// The file to read
    file: PathBuf,

    /// The file to write; - is standard output, and so is none
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

impl Rewrite {
    fn run(&self) -> Result<(), Failure> {
        let data = read(&self.file)?;
        let pyc = parse(&self.file, &data)?;
        let written = pyc.to_vec().map_err(|error| failure(&self.file, error))?;
        write(self.output.as_deref(), &written)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| failure(path, error))
}

fn parse<'a>(path: &Path, data: &'a [u8]) -> Result<Pyc<'a>, Failure> {
    Pyc::from_slice(data).map_err(|error| failure(path, error))
}

fn failure(path: &Path, problem: impl core::fmt::Display) -> Failure {
    Failure::new(&path.display().to_string(), problem)
}

fn write(path: Option<&Path>, data: &[u8]) -> Result<(), Failure> {
    let mut out = Output::binary(path)?;
    out.write_all(data).map_err(|error| out.failure(&error))?;
    out.finish()
}
