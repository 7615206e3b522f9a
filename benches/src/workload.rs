//! The workloads: made by CPython, read from a folder.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::python::SCRIPT;

/// Data to be read, in each format that holds it.
pub struct Input {
    /// Its name in `workloads.py`.
    pub name: String,
    /// Where the pickle is, for CPython to read; or the folder of `.pyc` files.
    pub path: PathBuf,
    /// The protocol that the pickle was written at.
    pub protocol: u8,
    /// The pickle; empty where the data is marshal's.
    pub pickle: Vec<u8>,
    /// The same as JSON, where that holds it.
    pub json: Option<Vec<u8>>,
    /// The same as MessagePack, where JSON holds it.
    pub msgpack: Option<Vec<u8>>,
    /// Contents of `.pyc` files, or marshal data.
    pub marshal: Vec<Vec<u8>>,
}

impl Input {
    /// How many bytes are read.
    pub fn size(&self) -> usize {
        self.pickle.len() + self.marshal.iter().map(Vec::len).sum::<usize>()
    }
}

/// Has CPython write the workloads into a folder; all of them, if none are named.
pub fn make(python: &Path, folder: &Path, protocol: u8, scale: f64, names: &[String]) -> Result<()> {
    let (protocol, scale) = (protocol.to_string(), scale.to_string());
    let mut command = Command::new(python);
    command.args([SCRIPT, "make", "--protocol", &protocol, "--scale", &scale]).arg(folder).args(names);
    run(&mut command)
}

/// Which modules of the standard library: some that are often imported, or all.
#[derive(Clone, Copy)]
pub enum Modules {
    /// The workload `pyc`.
    Some,
    /// The workload `library`.
    All,
}

impl Modules {
    /// The name of the workload, and of the script's command that makes it.
    pub fn name(self) -> &'static str {
        match self {
            Modules::Some => "pyc",
            Modules::All => "library",
        }
    }

    /// Has CPython compile them into a folder of that name.
    pub fn make(self, python: &Path, within: &Path) -> Result<Input> {
        let folder = within.join(self.name());
        fs::create_dir(&folder)?;
        run(Command::new(python).args([SCRIPT, self.name()]).arg(&folder))?;
        modules(&folder)
    }
}

fn run(command: &mut Command) -> Result<()> {
    match command.status()?.success() {
        true => Ok(()),
        false => Err(format!("{command:?} failed").into()),
    }
}

/// The pickles of a folder, in the order of their names.
pub fn pickles(folder: &Path, protocol: u8) -> Result<Vec<Input>> {
    with_extension(folder, "pkl")?.iter().map(|path| pickle(path, protocol)).collect()
}

/// One pickle, with its JSON beside it where there is one.
pub fn pickle(path: &Path, protocol: u8) -> Result<Input> {
    let json = fs::read(path.with_extension("json")).ok();
    let msgpack = json.as_deref().map(to_msgpack).transpose()?;
    Ok(Input { json, msgpack, ..pickle_alone(path, protocol)? })
}

/// One pickle.
pub fn pickle_alone(path: &Path, protocol: u8) -> Result<Input> {
    Ok(Input { pickle: fs::read(path)?, ..empty(path, protocol) })
}

/// All `.pyc` files of a folder as one workload, without their headers of 16 bytes.
pub fn modules(folder: &Path) -> Result<Input> {
    let files = with_extension(folder, "pyc")?;
    let marshal = files.iter().map(|path| Ok(fs::read(path)?.split_off(16))).collect::<Result<_>>()?;
    Ok(Input { marshal, ..empty(folder, 0) })
}

/// A file of marshal data.
pub fn marshalled(path: &Path) -> Result<Input> {
    Ok(Input { marshal: vec![fs::read(path)?], ..empty(path, 0) })
}

fn empty(path: &Path, protocol: u8) -> Input {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Input { name, path: path.into(), protocol, pickle: vec![], json: None, msgpack: None, marshal: vec![] }
}

fn with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(extension)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn to_msgpack(json: &[u8]) -> Result<Vec<u8>> {
    Ok(rmp_serde::to_vec(&crate::typed::json_value(json)?)?)
}
