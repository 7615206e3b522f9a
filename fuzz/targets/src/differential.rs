//! What CPython's `_pickle` loads, and what it refuses: in a process of its own, with `find_class` refused.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use pickle_codec::opcodes::number::DEFAULT_MAX_DIGITS;
use pickle_codec::{Error, Limits, LoadOptions};

use crate::canonical;

/// The interpreter: `PICKLE_JUDGE`, or `python3.13`.
static JUDGE: Mutex<Office> = Mutex::new(Office::Vacant);

enum Office {
    /// Nobody was asked yet, or CPython fell over.
    Vacant,
    Taken(Judge),
    /// There is no such interpreter, or it answers nothing.
    Closed,
}

struct Judge {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Judge {
    fn start() -> Option<Judge> {
        let python = env::var_os("PICKLE_JUDGE").map_or_else(|| PathBuf::from("python3.13"), PathBuf::from);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat/hostile/judge.py");
        let mut command = Command::new(python);
        command.arg(script).arg("--stream").env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let (input, output) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        let mut judge = Judge { child, input, output };
        judge.ask(b"N.").is_some_and(|answer| answer.is_ok()).then_some(judge)
    }

    /// Nothing where CPython itself falls over.
    fn ask(&mut self, data: &[u8]) -> Option<Result<String, String>> {
        self.input.write_all(&(data.len() as u32).to_le_bytes()).ok()?;
        self.input.write_all(data).ok()?;
        self.input.flush().ok()?;
        let mut line = String::new();
        self.output.read_line(&mut line).ok()?;
        let answer: serde_json::Value = serde_json::from_str(&line).ok()?;
        let said = |key: &str| answer[key].as_str().map(str::to_owned);
        said("loaded").map(Ok).or_else(|| said("refused").map(Err))
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether there is an interpreter to compare with.
#[must_use]
pub fn judge_is_there() -> bool {
    matches!(ask(b"N."), Some(Ok(_)))
}

fn ask(data: &[u8]) -> Option<Result<String, String>> {
    let mut office = JUDGE.lock().ok()?;
    if let Office::Vacant = *office {
        *office = Judge::start().map_or(Office::Closed, Office::Taken);
    }
    let Office::Taken(judge) = &mut *office else { return None };
    let answer = judge.ask(data);
    if answer.is_none() {
        *office = Office::Vacant;
    }
    answer
}

/// CPython and this library load the same pickles as the same values, and refuse the same.
pub fn differential(data: &[u8]) {
    let Some(theirs) = ask(data) else { return };
    let options = LoadOptions::new().fix_imports(false).limits(Limits::new().digits(DEFAULT_MAX_DIGITS as u64));
    let options = options.find_class(|_, _| Err(Error::refused("no globals")));
    let ours = options.from_slice(data);
    match (&theirs, &ours) {
        (Ok(theirs), Ok(graph)) => assert_eq!(*theirs, canonical::digest(graph), "another value: {graph}"),
        (Err(_), Err(_)) => {}
        (Ok(_), Err(error)) => panic!("CPython loads it, and here: {error}"),
        (Err(error), Ok(graph)) => panic!("CPython says {error}, and here it is {graph}"),
    }
}
