//! [`Judge`]: a process of `compat/json-text/judge.py`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use pickle_tools::json::Class;
use serde::Deserialize;
use serde_json::{Value, json};

use super::combination::Combination;
use crate::compat::hex;
use crate::compat::pythons::Interpreter;
use crate::{Result, paths};

/// What `json.dumps` does with a pickle's object.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OfPickle {
    Loaded { outcomes: Vec<OfDumps>, by_option: Vec<usize>, back: Vec<Option<Vec<String>>> },
    Unloaded { unloaded: String },
}

/// What `json.dumps` does with one set of options.
#[derive(Deserialize, Debug)]
#[serde(untagged)]
pub(crate) enum OfDumps {
    Text { text: String },
    Refused { message: String, path: String, open: bool },
}

/// What `json.loads` does with a text.
#[derive(Deserialize, Debug)]
#[serde(untagged)]
pub(crate) enum OfText {
    Pickles { pickles: Vec<String> },
    Refused { error: String, message: String },
}

#[derive(Deserialize)]
struct Started {
    classes: BTreeMap<String, String>,
}

/// A CPython that is asked.
pub(crate) struct Judge {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// What it says that the classes of the corpus are derived from.
    pub(crate) classes: BTreeMap<String, Class>,
}

impl Judge {
    pub(crate) fn start(python: &Interpreter, combinations: &[Combination]) -> Result<Judge> {
        let mut child = Command::new(&python.path)
            .arg(paths::json_judge())
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().ok_or("the judge has no output")?);
        let mut judge = Judge { child, input, output, classes: BTreeMap::new() };
        let options: Vec<Value> = combinations.iter().map(Combination::arguments).collect();
        let started: Started = judge.ask(&json!({ "options": options }))?;
        judge.classes =
            started.classes.into_iter().map(|(name, base)| Ok((name, base.parse()?))).collect::<Result<_>>()?;
        Ok(judge)
    }

    /// With the options of these numbers.
    pub(crate) fn of_pickle(&mut self, pickle: &[u8], with: &[usize]) -> Result<OfPickle> {
        self.ask(&json!({ "pickle": hex(pickle), "with": with }))
    }

    pub(crate) fn of_text(&mut self, text: &[u8]) -> Result<OfText> {
        self.ask(&json!({ "text": hex(text) }))
    }

    fn ask<T: for<'a> Deserialize<'a>>(&mut self, request: &Value) -> Result<T> {
        let input = self.input.as_mut().ok_or("the judge has no input")?;
        writeln!(input, "{request}")?;
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err(format!("the judge ended early ({})", self.child.wait()?).into());
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Judge {
    /// It ends with its input.
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}
