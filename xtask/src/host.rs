//! The extension module, built for one interpreter.

use std::env;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::compat::pythons::Interpreter;
use crate::{Result, paths};

/// The oldest version of CPython that the host can be built for: older PyO3s than that have another API.
const OLDEST: (u8, u8) = (3, 7);

/// Before this version the host is built with an older PyO3.
const OLDEST_FOR_PYO3: (u8, u8) = (3, 9);

/// Says on one line each whether the headers and the tests are there.
const PROBE: &str = "
import os, sysconfig
print(os.path.exists(os.path.join(sysconfig.get_path('include'), 'Python.h')))
try:
    import test.pickletester
    print(True)
except ImportError:
    print(False)
";

/// A module that can stand in `_pickle`'s place.
pub(crate) struct Host<'a> {
    pub(crate) python: &'a Interpreter,
    pub(crate) library: PathBuf,
}

/// Which of the two there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// As it is.
    Sound,
    /// With an opcode that does the wrong thing.
    Broken,
}

/// What an interpreter must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// What the host is built with.
    Headers,
    /// Its own test suite as well.
    HeadersAndTests,
}

/// Why the host cannot be built for this interpreter, or the tests not be run; nothing where they can.
pub(crate) fn obstacle(python: &Interpreter, needs: Needs) -> Result<Option<String>> {
    if python.version.release() < OLDEST {
        return Ok(Some("the host needs PyO3 0.28, which has 3.7 and newer".to_owned()));
    }
    let output = Command::new(&python.path).args(["-c", PROBE]).stdin(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(match text.lines().collect::<Vec<_>>()[..] {
        ["True", "True"] => None,
        ["True", "False"] if needs == Needs::Headers => None,
        ["False", _] => Some("its headers are not installed (Python.h)".to_owned()),
        ["True", "False"] => Some("its own tests are not installed (test.pickletester)".to_owned()),
        _ => Some(format!("does not answer: {}", String::from_utf8_lossy(&output.stderr).trim())),
    })
}

impl<'a> Host<'a> {
    /// Builds it, in a target folder that belongs to the interpreter.
    pub(crate) fn build(python: &'a Interpreter, build: Build) -> Result<Host<'a>> {
        let target = folder(python, build);
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["build", "--release", "--locked", "--quiet", "--manifest-path"]).arg(manifest(python));
        command.arg("--target-dir").arg(&target).env("PYO3_PYTHON", &python.path);
        if build == Build::Broken {
            command.args(["--features", "broken-opcode"]);
        }
        let output = command.stdin(Stdio::null()).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("the host cannot be built for CPython {}:\n{said}", python.version).into());
        }
        let library = target.join("release").join(format!("{DLL_PREFIX}cpython_host{DLL_SUFFIX}"));
        Ok(Host { python, library })
    }
}

fn manifest(python: &Interpreter) -> PathBuf {
    let host = paths::host();
    let package = if python.version.release() < OLDEST_FOR_PYO3 { host.join("before-3.9") } else { host };
    package.join("Cargo.toml")
}

/// PyO3 builds for one interpreter at a time, and would build everything anew for the next.
fn folder(python: &Interpreter, build: Build) -> PathBuf {
    let version = python.version.to_string();
    let name = if build == Build::Broken { version + "-broken" } else { version };
    paths::hosts().join(name)
}
