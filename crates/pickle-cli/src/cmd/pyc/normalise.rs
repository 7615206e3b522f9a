//! `pickle pyc normalise`: the form that any run gives.

use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;
use std::{env, fs};

use clap::{Args, ValueEnum};
use marshal_lite::pyc::{Invalidation, Pyc, source_hash};

use super::{Failure, Files, failure, parse, read, say, write};

/// Write compiled modules in one form that any run gives: equal code, equal bytes
///
/// CPython's own bytes depend on what else was in the process that compiled them: on who held which object and, up to
/// 3.10, on the hash seed. What a normalised file is loaded as is equal. Each file is replaced as a whole or not at all,
/// and keeps its permissions; one that is normalised already stays untouched.
#[derive(Args)]
pub(super) struct Normalise {
    #[command(flatten)]
    files: Files,

    #[command(flatten)]
    naming: Naming,

    /// The file to write, of a single one; - is standard output
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

/// What changes only as asked.
#[derive(Args)]
pub(super) struct Naming {
    /// Take this folder off the front of file names in the code, as compileall does; a slash at its end does not matter
    /// (with one, compileall takes nothing off from 3.13 on)
    #[arg(short, long, value_name = "STRIPDIR")]
    stripdir: Option<PathBuf>,

    /// Put this folder before file names in the code, as compileall does
    #[arg(short, long, value_name = "PREPENDDIR")]
    prependdir: Option<PathBuf>,

    /// The file name in all of the code
    #[arg(long, value_name = "NAME", conflicts_with_all = ["stripdir", "prependdir"])]
    filename: Option<String>,

    /// How interpreters find out whether the file is of its source, which is looked for where they do; a timestamp is
    /// that of the source, or SOURCE_DATE_EPOCH if that is set
    #[arg(long, value_name = "HOW")]
    invalidation: Option<How>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum How {
    Timestamp,
    CheckedHash,
    UncheckedHash,
}

impl Normalise {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let files = self.files.all()?;
        if let Some(output) = &self.output {
            let [file] = &files[..] else {
                return Err(Failure::Message("-o takes a single file".to_owned()));
            };
            let data = read(file)?;
            let normalised = self.naming.normalise(file, &parse(file, &data)?);
            return write(Some(output), &normalised.map_err(|problem| failure(file, problem))?);
        }
        let mut failed = false;
        for file in &files {
            // One that cannot be normalised keeps none of the others from it.
            if let Err(Failure::Message(problem)) = self.replace(file) {
                say(&problem);
                failed = true;
            }
        }
        if failed { Err(Failure::Said) } else { Ok(()) }
    }

    fn replace(&self, file: &Path) -> Result<(), Failure> {
        let data = read(file)?;
        let normalised = self.naming.normalise(file, &parse(file, &data)?);
        let normalised = normalised.map_err(|problem| failure(file, problem))?;
        if normalised == data { Ok(()) } else { write(Some(file), &normalised) }
    }
}

impl Naming {
    /// The bytes of a file in the normalised form.
    pub(super) fn normalise(&self, path: &Path, pyc: &Pyc<'_>) -> Result<Vec<u8>, String> {
        let mut normalised = pyc.normalise(&|name| self.rename(name)).map_err(|error| error.to_string())?;
        if let Some(how) = self.invalidation {
            normalised.header.invalidation = invalidation(how, path, pyc)?;
        }
        normalised.to_vec().map_err(|error| error.to_string())
    }

    fn rename(&self, name: &str) -> Option<String> {
        if let Some(name) = &self.filename {
            return Some(name.clone());
        }
        let stripped = self.stripdir.as_ref().and_then(|folder| strip(Path::new(name), folder));
        let name = stripped.as_deref().unwrap_or(Path::new(name));
        let prepended = self.prependdir.as_ref().map(|folder| folder.join(name));
        let renamed = prepended.or(stripped.clone())?;
        renamed.to_str().map(str::to_owned)
    }
}

/// The path without the folder at its front; nothing where it is not there.
fn strip(path: &Path, folder: &Path) -> Option<PathBuf> {
    let rest = path.strip_prefix(folder).ok()?;
    Some(rest.components().filter(|part| !matches!(part, Component::RootDir)).collect())
}

fn invalidation(how: How, path: &Path, pyc: &Pyc<'_>) -> Result<Invalidation, String> {
    let source = source_of(path).ok_or("its name does not tell where its source is")?;
    let told = |error: std::io::Error| format!("its source {}: {error}", source.display());
    let text = fs::read(&source).map_err(told)?;
    let checked = match how {
        How::Timestamp => {
            let size = if pyc.release().pyc_header() == 8 { None } else { Some(text.len() as u32) };
            return Ok(Invalidation::Timestamp { seconds: timestamp(&source)?, size });
        }
        How::CheckedHash => true,
        How::UncheckedHash => false,
    };
    Ok(Invalidation::Hash { hash: source_hash(&text, pyc.release()), checked })
}

/// SOURCE_DATE_EPOCH, or when the source was modified.
fn timestamp(source: &Path) -> Result<u32, String> {
    if let Some(epoch) = env::var_os("SOURCE_DATE_EPOCH") {
        let seconds = epoch.to_str().and_then(|epoch| epoch.parse::<u64>().ok());
        return seconds.map(|seconds| seconds as u32).ok_or_else(|| "SOURCE_DATE_EPOCH is no number".to_owned());
    }
    let modified = fs::metadata(source).and_then(|metadata| metadata.modified());
    let modified = modified.map_err(|error| format!("{}: {error}", source.display()))?;
    Ok(modified.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as u32))
}

/// `folder/__pycache__/name.tag.pyc` is of `folder/name.py`, and `folder/name.pyc` too.
fn source_of(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let name = path.file_name()?.to_str()?;
    if folder.file_name().is_some_and(|name| name == "__pycache__") {
        let (module, _) = name.split_once('.')?;
        return Some(folder.parent()?.join(format!("{module}.py")));
    }
    Some(path.with_extension("py"))
}
