//! What interpreters say of compiled modules: a line for each, from a script, kept from run to run.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use marshal_lite::code::Code;
use marshal_lite::{ReadOptions, Release};
use sha2::{Digest, Sha256};

use super::pack::{Pack, PycFile, cached};
use crate::compat::pythons::Interpreter;
use crate::{Result, paths};

/// The digests of all code objects, by module, as a script prints them.
pub(super) struct Digests(Vec<Vec<String>>);

impl Digests {
    /// Runs a script on a pack, or takes its answer from the cache.
    pub(super) fn ask(python: &Interpreter, pack: &Pack, script: &str) -> Result<Digests> {
        let script = paths::marshal_scripts().join(script);
        let name = script.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // The others build on that of the fields.
        let shared = paths::marshal_scripts().join("fields.py");
        let path = cached(python, &format!("{name}-{}", pack.name), &[&script, &shared])?;
        // What we write ourselves may be different each time.
        if !path.is_file() || !pack.is_cached() {
            fs::write(&path, said(python, &script, &[&pack.path])?)?;
        }
        let text = fs::read_to_string(&path)?;
        Ok(Digests(text.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect()))
    }

    /// Whether the interpreter says the same of a module of another pack.
    pub(super) fn agree(&self, other: &Digests, number: usize) -> bool {
        self.0.get(number).is_some_and(|digests| other.0.get(number) == Some(digests))
    }

    /// Compares what we say of a module's code objects, line by line, with what the interpreter says.
    pub(super) fn check(
        &self,
        file: &PycFile<'_>,
        release: Release,
        describe: impl Fn(&Code<'_>) -> Vec<String>,
    ) -> Result<(), String> {
        let read = ReadOptions::new().release(release).from_slice_at(file.data, release.pyc_header());
        let (graph, _) = read.map_err(|error| error.to_string())?;
        let expected = &self.0[file.number];
        let mut work = vec![graph.root()];
        let mut found = 0;
        while let Some(view) = work.pop() {
            let code = Code::new(view, release).map_err(|error| error.to_string())?;
            if expected.get(found) != Some(&digest(&describe(&code))) {
                let name = code.name().unwrap_or("?");
                return Err(format!("module {}, code object {found} ({name}) is described otherwise", file.number));
            }
            found += 1;
            let inner: Vec<_> = code.inner().collect();
            work.extend(inner.into_iter().rev());
        }
        if found == expected.len() { Ok(()) } else { Err(format!("{found} code objects of {}", expected.len())) }
    }
}

/// What a script prints, given these files.
pub(super) fn said(python: &Interpreter, script: &Path, files: &[&Path]) -> Result<Vec<u8>> {
    let mut command = Command::new(&python.path);
    command.arg(script).args(files).env_remove("PYTHONPATH").env_remove("PYTHONHOME");
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} fails under {}:\n{said}", script.display(), python.path.display()).into())
}

fn digest(lines: &[String]) -> String {
    let mut hasher = Sha256::new();
    for line in lines {
        hasher.update(line.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
