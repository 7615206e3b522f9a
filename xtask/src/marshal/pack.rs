//! What an interpreter compiles its standard library to.

use std::fs;
use std::path::PathBuf;
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
    /// All modules at all levels, or a tenth of the modules; from the cache where they were compiled before.
    pub(super) fn compile(python: &Interpreter, tenth: Option<&str>) -> Result<Pack> {
        let script = paths::marshal_scripts().join("compile.py");
        let name = tenth.map_or_else(|| "all".to_owned(), |seed| format!("tenth-{seed}"));
        let path = cached(python, &format!("pyc-{name}"), &script)?;
        if !path.is_file() {
            fs::create_dir_all(paths::cache())?;
            let unfinished = path.with_extension(format!("unfinished-{}", id()));
            let mut command = Command::new(&python.path);
            command.args(["-W", "ignore"]).arg(&script).arg(&unfinished);
            if let Some(seed) = tenth {
                command.args(["--tenth", seed]);
            }
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

/// A file of the cache, named by what decides its content: the interpreter and the script.
pub(super) fn cached(python: &Interpreter, what: &str, script: &PathBuf) -> Result<PathBuf> {
    let file = fs::metadata(&python.path)?;
    let modified = file.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let mut hasher = Sha256::new();
    hasher.update(format!("{}\n{}\n{modified}\n{}\n", python.path.display(), python.build, file.len()));
    hasher.update(fs::read(script)?);
    let hash: String = hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(paths::cache().join(format!("marshal-{}-{what}-{hash}", python.version)))
}
