//! Values of builtin types: what `marshal.dumps` gives, and what we write from their pickles.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use marshal_lite::{Release, WriteOptions};
use pickle_codec::{LoadOptions, Profile};
use serde::Deserialize;

use super::pack::cached;
use crate::compat::pythons::Interpreter;
use crate::{Result, paths};

/// What an interpreter says of one value.
#[derive(Deserialize)]
pub(super) struct Value {
    name: String,
    pickle: String,
    /// By version: bytes as hexadecimal digits, or the exception.
    dumps: BTreeMap<u8, String>,
}

/// What an interpreter says of all values.
pub(super) fn ask(python: &Interpreter) -> Result<Vec<Value>> {
    let script = paths::marshal_scripts().join("values.py");
    let path = cached(python, "values", &[&script])?;
    if !path.is_file() {
        let mut command = Command::new(&python.path);
        command.arg(&script).env("PYTHONHASHSEED", "0").env_remove("PYTHONPATH").env_remove("PYTHONHOME");
        let output = command.stdin(Stdio::null()).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("values.py fails under {}:\n{said}", python.path.display()).into());
        }
        fs::create_dir_all(paths::cache())?;
        fs::write(&path, output.stdout)?;
    }
    fs::read_to_string(&path)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// How many values times versions are written as the interpreter wrote them, and what is different about the others.
pub(super) fn compare(values: &[Value], release: Release, profile: Profile) -> (usize, Vec<String>) {
    let mut equal = 0;
    let mut differences = Vec::new();
    for value in values {
        for (&version, expected) in &value.dumps {
            let written = write(value, version, release, profile);
            match (written, expected.contains("Error")) {
                (Ok(written), false) if written == *expected => equal += 1,
                (Err(_), true) => equal += 1,
                (Ok(written), _) => {
                    differences
                        .push(format!("{}, version {version}:\n    {written} where\n    {expected}", value.name));
                }
                (Err(error), _) => differences.push(format!("{}, version {version}: {error}", value.name)),
            }
        }
    }
    (equal, differences)
}

/// The bytes as hexadecimal digits.
fn write(value: &Value, version: u8, release: Release, profile: Profile) -> Result<String> {
    let pickle = from_hex(&value.pickle).ok_or("the pickle is no hexadecimal number")?;
    let graph = LoadOptions::new().profile(profile).from_slice(&pickle)?;
    let written = WriteOptions::new().version(version).release(release).to_vec(&graph)?;
    Ok(written.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect()
}
