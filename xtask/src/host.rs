//! The module that stands in for `_pickle`: built for one interpreter.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::compat::pythons::Interpreter;
use crate::{Result, paths};

/// Builds `compat/cpython-host` for an interpreter, in a target folder of its own; gives the library.
pub(crate) fn build(python: &Interpreter) -> Result<PathBuf> {
    let target = paths::hosts().join(python.version.to_string());
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--release", "--manifest-path"])
        .arg(paths::host().join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("PYO3_PYTHON", &python.path)
        .env_remove("CARGO_TARGET_DIR")
        .status()?;
    if !status.success() {
        return Err(format!("the module could not be built for CPython {} ({status})", python.version).into());
    }
    library(&target.join("release"))
}

fn library(folder: &Path) -> Result<PathBuf> {
    let name = format!("{}cpython_host{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let path = folder.join(name);
    if path.is_file() { Ok(path) } else { Err(format!("{} was not built", path.display()).into()) }
}
