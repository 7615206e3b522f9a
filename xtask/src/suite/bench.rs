//! `cargo xtask suite --bench`: how fast our module is on live objects.

use std::process::{Command, ExitCode, Stdio};

use crate::compat::pythons::Interpreter;
use crate::host::{Build, Host};
use crate::{Result, paths};

/// Measures each interpreter's module beside its native one.
pub(crate) fn run(pythons: &[Interpreter]) -> Result<ExitCode> {
    for python in pythons {
        let host = Host::build(python, Build::Sound)?;
        let mut command = Command::new(&python.path);
        command.arg(paths::host().join("bench.py")).arg(&host.library);
        command.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
        let status = command.stdin(Stdio::null()).status()?;
        if !status.success() {
            return Err(format!("bench.py fails under CPython {} ({status})", python.version).into());
        }
    }
    Ok(ExitCode::SUCCESS)
}
