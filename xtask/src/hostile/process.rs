//! A process that tries files, and is begun anew when one of them ends it.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use clap::ValueEnum;

use super::child::{Line, Measured};
use super::plant::Plant;
use crate::Result;

/// What came of a file.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    pub(super) path: PathBuf,
    pub(super) measured: Vec<Measured>,
    /// How the process ended, and in which operation.
    pub(super) end: Option<(String, String)>,
}

/// The address space of a process, in KiB: an allocation beyond it ends the process, not the machine.
const ADDRESS_SPACE: usize = 6 << 20;

/// How long an operation may go on before its process is ended. Time of other processes counts here.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Process {
    plant: Option<Plant>,
    running: Option<Running>,
}

struct Running {
    child: Child,
    input: ChildStdin,
    lines: Receiver<Line>,
}

impl Process {
    pub(super) fn new(plant: Option<Plant>) -> Process {
        Process { plant, running: None }
    }

    /// Does everything with a file.
    pub(super) fn try_file(&mut self, path: &Path) -> Result<Tried> {
        let mut tried = Tried { path: path.into(), measured: Vec::new(), end: None };
        let running = match &mut self.running {
            Some(running) => running,
            None => self.running.insert(Running::start(self.plant)?),
        };
        writeln!(running.input, "{}", path.display())?;
        running.input.flush()?;
        let patience = if self.plant == Some(Plant::Hang) { Duration::from_secs(3) } else { PATIENCE };
        let mut operation = String::new();
        loop {
            match running.lines.recv_timeout(patience) {
                Ok(Line::Begin(name)) => operation = name,
                Ok(Line::End(measured)) => tried.measured.push(measured),
                Ok(Line::Done) => return Ok(tried),
                Err(RecvTimeoutError::Timeout) => {
                    running.child.kill()?;
                    running.child.wait()?;
                    tried.end = Some((operation.clone(), format!("no answer in {} s", patience.as_secs())));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    tried.end = Some((operation.clone(), running.child.wait()?.to_string()));
                }
            }
            if tried.end.is_some() {
                self.running = None;
                return Ok(tried);
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn start(plant: Option<Plant>) -> Result<Running> {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -c 0; ulimit -v {ADDRESS_SPACE}; exec \"$0\" \"$@\"")]);
        command.arg(env::current_exe()?).arg("hostile-child");
        if let Some(value) = plant.and_then(|plant| plant.to_possible_value()) {
            command.args(["--plant", value.get_name()]);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let input = child.stdin.take().ok_or("the process has no input")?;
        let output = child.stdout.take().ok_or("the process has no output")?;
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Some(line) = line.ok().and_then(|line| serde_json::from_str(&line).ok()) else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Running { child, input, lines })
    }
}
