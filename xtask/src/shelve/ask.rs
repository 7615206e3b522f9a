//! An interpreter that is asked about shelves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use pickle_value::literal;
use shelve_lite::Format;

use crate::compat::pythons::{Interpreter, Version};
use crate::{Result, paths};

/// An interpreter, with the formats that it has.
pub(super) struct Asked {
    python: Interpreter,
    formats: Vec<Format>,
}

impl Asked {
    pub(super) fn new(python: &Interpreter) -> Result<Asked> {
        let mut asked = Asked { python: python.clone(), formats: Vec::new() };
        let formats = asked.ask(&["probe"])?;
        asked.formats = formats.split_whitespace().filter_map(Format::from_name).collect();
        Ok(asked)
    }

    pub(super) fn has(&self, format: Format) -> bool {
        self.formats.contains(&format)
    }

    pub(super) fn version(&self) -> &Version {
        &self.python.version
    }

    /// Runs the script; gives what it prints.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command(arguments).stdin(Stdio::null()).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("shelf.py {} fails: {}", arguments[0], said.lines().last().unwrap_or_default()).into());
        }
        Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
    }

    /// The same, which must print `ok`.
    pub(super) fn agree(&self, arguments: &[&str]) -> Result<()> {
        match self.ask(arguments)?.as_str() {
            "ok" => Ok(()),
            wrong => Err(format!("CPython finds that {wrong}").into()),
        }
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.python.path);
        command.arg(paths::shelve_script()).args(arguments).env_remove("PYTHONPATH").env_remove("PYTHONHOME");
        command
    }
}

/// What a shelf should hold: keys, and values as Python writes them.
pub(super) type Expected = BTreeMap<String, String>;

/// Reads a file of lines of key and value.
pub(super) fn load(path: &Path) -> Result<Expected> {
    let text = fs::read_to_string(path)?;
    let mut expected = Expected::new();
    for line in text.lines() {
        let (key, value) = line.split_once('\t').ok_or("a line has no tab")?;
        let key = literal::parse(key)?.root().as_str().ok_or("a key is no text")?.to_owned();
        expected.insert(key, value.to_owned());
    }
    Ok(expected)
}

/// Writes one.
pub(super) fn save(expected: &Expected, path: &Path) -> Result<()> {
    let mut text = String::new();
    for (key, value) in expected {
        literal::write_text(key, &mut text)?;
        text += &format!("\t{value}\n");
    }
    Ok(fs::write(path, text)?)
}

/// A path as an argument.
pub(super) fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have names that are text")
}
