//! A CPython that times its own pickler, in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Result;

/// The script that makes the workloads and answers for CPython.
pub const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/workloads.py");

/// A CPython that waits for commands.
pub struct Python {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    version: String,
}

impl Python {
    /// Starts an interpreter.
    pub fn start(python: &Path) -> Result<Python> {
        let version = Command::new(python).arg("--version").output()?.stdout;
        let mut child =
            Command::new(python).args([SCRIPT, "serve"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let commands = child.stdin.take().ok_or("no standard input")?;
        let answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        Ok(Python { child, commands, answers, version: String::from_utf8_lossy(&version).trim().into() })
    }

    /// `Python 3.13.0`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Sends a command; gives the numbers of the answer. The first is in nanoseconds of CPU time.
    pub fn ask(&mut self, command: &str) -> Result<Vec<f64>> {
        writeln!(self.commands, "{command}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        if answer.trim().is_empty() || answer.starts_with("error") {
            return Err(answer.into());
        }
        Ok(answer.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // It may be gone by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
