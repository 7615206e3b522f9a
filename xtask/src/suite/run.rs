//! One test file in one process.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::compat::pythons::Interpreter;
use crate::{Result, paths};

/// Between two looks at a process that has not ended.
const PAUSE: Duration = Duration::from_millis(20);

/// How much of what a crashed process said is kept, in bytes: the end says the most.
const SAID: usize = 4000;

/// What became of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// What became of the tests of a file.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Outcomes {
    /// By the test's id.
    pub(crate) outcomes: BTreeMap<String, Outcome>,
    /// The tracebacks of those that failed, and why others were skipped.
    pub(crate) reasons: BTreeMap<String, String>,
}

impl Outcomes {
    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.values().filter(|&&other| other == outcome).count()
    }
}

/// A file's outcomes, or how its process ended without any.
pub(crate) type Answer = std::result::Result<Outcomes, String>;

/// The module that a test file is about.
fn module(test: &str) -> &'static str {
    if test == "test_marshal" { "marshal" } else { "_pickle" }
}

/// Runs a test file, with `library` in that module's place where there is one.
pub(crate) fn run(python: &Interpreter, library: Option<&Path>, test: &str, timeout: Duration) -> Result<Answer> {
    let folder = tempfile::tempdir()?;
    let (output, said) = (folder.path().join("answer.json"), folder.path().join("said.txt"));
    let mut command = Command::new(&python.path);
    command.arg(paths::host().join("run_suite.py")).arg("--output").arg(&output);
    if let Some(library) = library {
        command.arg("--library").arg(library).args(["--module", module(test)]);
    }
    command.arg(test).current_dir(folder.path()).env_remove("PYTHONPATH").env_remove("PYTHONHOME");
    let log = File::create(&said)?;
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let ended = wait(&mut command.spawn()?, timeout)?;
    let last_words = || {
        let said = fs::read(&said).unwrap_or_default();
        String::from_utf8_lossy(&said[said.len().saturating_sub(SAID)..]).trim().to_owned()
    };
    Ok(match ended {
        None => Err(format!("no answer in {} seconds\n{}", timeout.as_secs(), last_words())),
        Some(status) if !status.success() => Err(format!("{status}\n{}", last_words())),
        Some(_) => Ok(serde_json::from_slice(&fs::read(&output)?)?),
    })
}

/// How the process ended; nothing where it had to be killed.
fn wait(child: &mut Child, timeout: Duration) -> Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > timeout {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::{Command, Duration, wait};

    #[test]
    fn a_process_that_hangs_is_killed() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("sleep is everywhere");
        assert!(wait(&mut child, Duration::from_millis(50)).expect("it can be killed").is_none());
    }
}
