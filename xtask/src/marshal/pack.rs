//! What an interpreter compiles its standard library to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, id};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::compat::pythons::Interpreter;
use crate::{Result, paths};

/// The compiled modules of one interpreter.
pub(super) struct Pack {
    /// Which modules these are, for the names of files that belong to them.
    pub(super) name: String,
    /// Where the modules stand.
    pub(super) path: PathBuf,
    data: Vec<u8>,
    files: Vec<Entry>,
}

/// The file name extension of what we normalised.
pub(super) const NORMALISED: &str = "normalised";

/// What may be different each time a module is compiled.
#[derive(Clone, Copy)]
pub(super) struct Run {
    name: &'static str,
    hash_seed: &'static str,
    /// The folder that file names begin with.
    pub(super) prefix: Option<&'static str>,
}

impl Run {
    pub(super) const FIRST: Run = Run { name: "first", hash_seed: "0", prefix: None };
    pub(super) const SECOND: Run = Run { name: "second", hash_seed: "1", prefix: Some("/another/folder") };
}

struct Entry {
    name: String,
    start: usize,
    end: usize,
}

/// One compiled module.
pub(super) struct PycFile<'p> {
    /// The module's file, and the optimisation level.
    pub(super) name: &'p str,
    pub(super) data: &'p [u8],
    /// Which of the pack it is.
    pub(super) number: usize,
}

impl Pack {
    /// All modules at all levels, or a tenth of the modules, in another process for each `run`; from the cache where they
    /// were compiled before.
    pub(super) fn compile(python: &Interpreter, tenth: Option<&str>, run: Run) -> Result<Pack> {
        let script = paths::marshal_scripts().join("compile.py");
        let name = tenth.map_or_else(|| "all".to_owned(), |seed| format!("tenth-{seed}"));
        let name = format!("{name}-{}", run.name);
        let path = cached(python, &format!("pyc-{name}"), &[&script])?;
        if !path.is_file() {
            fs::create_dir_all(paths::cache())?;
            let unfinished = path.with_extension(format!("unfinished-{}", id()));
            let mut command = Command::new(&python.path);
            command.args(["-W", "ignore"]).arg(&script).arg(&unfinished);
            if let Some(seed) = tenth {
                command.args(["--tenth", seed]);
            }
            if let Some(prefix) = run.prefix {
                command.args(["--prefix", prefix]);
            }
            command.env("PYTHONHASHSEED", run.hash_seed);
            // Only its own modules, and nothing that a shell set.
            command.env_remove("PYTHONPATH").env_remove("PYTHONHOME").env_remove("SOURCE_DATE_EPOCH");
            let output = command.stdin(Stdio::null()).output()?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                return Err(format!("{} does not compile its library:\n{said}", python.path.display()).into());
            }
            fs::rename(&unfinished, &path)?;
        }
        Pack::parse(name, path)
    }

    /// Each module comes behind a line `LEVEL SIZE NAME`.
    fn parse(name: String, path: PathBuf) -> Result<Pack> {
        let data = fs::read(&path)?;
        let mut files = Vec::new();
        let mut rest = &data[..];
        while !rest.is_empty() {
            let line_end = rest.iter().position(|&byte| byte == b'\n').ok_or("a line has no end")?;
            let line = str::from_utf8(&rest[..line_end])?;
            let mut words = line.splitn(3, ' ');
            let mut word = || words.next().ok_or("a line has too few words");
            let (level, size, module) = (word()?, word()?.parse::<usize>()?, word()?);
            let start = data.len() - rest.len() + line_end + 1;
            files.push(Entry { name: format!("{module} at level {level}"), start, end: start + size });
            rest = data.get(start + size..).ok_or("a file ends early")?;
        }
        Ok(Pack { name, path, data, files })
    }

    /// The same modules with other contents, in a file of its own.
    pub(super) fn with_contents(&self, name: &str, contents: &[Vec<u8>]) -> Result<Pack> {
        let path = self.beside(name);
        let mut data = Vec::new();
        for (entry, content) in self.files.iter().zip(contents) {
            let (module, level) = entry.name.rsplit_once(" at level ").ok_or("a module has no level")?;
            push_entry(&mut data, level, module, content);
        }
        fs::write(&path, data)?;
        Pack::parse(format!("{}-{name}", self.name), path)
    }

    /// Writes code objects of our own, by name, for a script; gives the file.
    pub(super) fn write_beside(&self, name: &str, contents: &[(String, Vec<u8>)]) -> Result<PathBuf> {
        let path = self.beside(name);
        let mut data = Vec::new();
        for (name, content) in contents {
            push_entry(&mut data, "0", name, content);
        }
        fs::write(&path, data)?;
        Ok(path)
    }

    /// A file for what belongs to this pack.
    fn beside(&self, extension: &str) -> PathBuf {
        // The versions in the name have dots of their own.
        let mut name = self.path.clone().into_os_string();
        name.push(".");
        name.push(extension);
        name.into()
    }

    /// Whether the interpreter made it, and once for all.
    pub(super) fn is_cached(&self) -> bool {
        self.path.extension().is_none_or(|extension| extension != NORMALISED)
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    pub(super) fn files(&self) -> impl Iterator<Item = PycFile<'_>> {
        self.files.iter().enumerate().map(|(number, entry)| {
            let data = &self.data[entry.start..entry.end];
            PycFile { name: &entry.name, data, number }
        })
    }
}

fn push_entry(data: &mut Vec<u8>, level: &str, name: &str, content: &[u8]) {
    data.extend_from_slice(format!("{level} {} {name}\n", content.len()).as_bytes());
    data.extend_from_slice(content);
}

/// A file of the cache, named by what decides its content: the interpreter and the scripts.
pub(super) fn cached(python: &Interpreter, what: &str, scripts: &[&Path]) -> Result<PathBuf> {
    let file = fs::metadata(&python.path)?;
    let modified = file.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let mut hasher = Sha256::new();
    hasher.update(format!("{}\n{}\n{modified}\n{}\n", python.path.display(), python.build, file.len()));
    for script in scripts {
        hasher.update(fs::read(script)?);
    }
    let hash: String = hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(paths::cache().join(format!("marshal-{}-{what}-{hash}", python.version)))
}
