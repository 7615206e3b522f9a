//! Which Pythons are there.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use pickle_codec::Profile;

use crate::Result;

/// Runs on any Python there ever was; one answer a line.
const PROBE: &str = "
import os, platform, sys
print(platform.python_implementation())
print(platform.python_version())
print(os.path.realpath(getattr(sys, '_base_executable', None) or sys.executable))
print(sys.version.replace('\\n', ' '))
try:
    import argparse, json, pickletools, select, zlib
    try:
        import _pickle
    except ImportError:
        import cPickle
    print('')
except ImportError as error:
    print(error)
";

/// An interpreter that can be asked.
#[derive(Clone, Debug)]
pub(crate) struct Interpreter {
    /// The executable itself, no link and no shim.
    pub(crate) path: PathBuf,
    /// Its version.
    pub(crate) version: Version,
    /// `sys.version`, with compiler and date.
    pub(crate) build: String,
}

/// An interpreter that is not asked.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Skipped {
    /// What it is and where.
    pub(crate) python: String,
    /// Why it is not asked.
    pub(crate) reason: String,
}

/// All there are.
#[derive(Debug, Default)]
pub(crate) struct Pythons {
    pub(crate) found: Vec<Interpreter>,
    pub(crate) skipped: Vec<Skipped>,
}

/// Takes those `named`, or looks for some where none is.
pub(crate) fn find(named: &[PathBuf]) -> Result<Pythons> {
    let candidates = if named.is_empty() { candidates() } else { named.to_vec() };
    let mut pythons = Pythons::default();
    let mut seen = BTreeSet::new();
    for candidate in candidates {
        let python = match probe(&candidate) {
            Ok(python) => python,
            Err(error) if named.is_empty() => {
                pythons.skip(candidate.display().to_string(), error.to_string());
                continue;
            }
            Err(error) => return Err(format!("{}: {error}", candidate.display()).into()),
        };
        if !seen.insert(python.executable.clone()) {
            continue;
        }
        let name = format!("{} {} ({})", python.implementation, python.version, python.executable.display());
        if python.implementation != "CPython" {
            pythons.skip(name, "only CPython is in scope".to_owned());
            continue;
        }
        let Some(version) = Version::parse(&python.version).filter(|version| version.is_in_scope()) else {
            pythons.skip(name, "only 2.7 and 3.6 to 3.13 are in scope".to_owned());
            continue;
        };
        if !python.missing.is_empty() {
            pythons.skip(name, format!("the generator cannot run: {}", python.missing));
            continue;
        }
        let twin = pythons.found.iter().find(|other| other.version == version);
        if let Some(twin) = twin.filter(|_| named.is_empty()) {
            let reason = format!("the same version as {}", twin.path.display());
            pythons.skip(name, reason);
            continue;
        }
        pythons.found.push(Interpreter { path: python.executable, version, build: python.build });
    }
    pythons.found.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(pythons)
}

impl Pythons {
    fn skip(&mut self, python: String, reason: String) {
        self.skipped.push(Skipped { python, reason });
    }
}

/// pyenv's versions, then `python3`, `python3.N` and `python2.7` on PATH.
fn candidates() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from);
    let pyenv = env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(|| home.map(|home| home.join(".pyenv")));
    let mut candidates = Vec::new();
    if let Some(pyenv) = &pyenv {
        let versions = entries(&pyenv.join("versions")).into_iter().map(|version| version.join("bin").join("python"));
        candidates.extend(versions.filter(|path| path.is_file()));
    }
    for folder in env::split_paths(&env::var_os("PATH").unwrap_or_default()) {
        // pyenv's shims are scripts that start one of the versions above, or none.
        if pyenv.as_ref().is_some_and(|pyenv| folder.starts_with(pyenv)) {
            continue;
        }
        candidates.extend(entries(&folder).into_iter().filter(|path| is_python(path)));
    }
    candidates
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default();
    entries.sort();
    entries
}

fn is_python(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let minor = name.strip_prefix("python3.").is_some_and(|minor| minor.parse::<u8>().is_ok());
    (name == "python3" || name == "python2.7" || minor) && path.is_file()
}

struct Probed {
    implementation: String,
    version: String,
    executable: PathBuf,
    build: String,
    /// What an installation without the whole standard library says; nothing where all is there.
    missing: String,
}

fn probe(path: &Path) -> Result<Probed> {
    let output = Command::new(path).args(["-c", PROBE]).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(format!("does not start ({})", output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let lines: Vec<&str> = text.lines().collect();
    let [implementation, version, executable, build, missing] = lines.as_slice() else {
        return Err("does not answer as a Python does".into());
    };
    Ok(Probed {
        implementation: (*implementation).to_owned(),
        version: (*version).to_owned(),
        executable: executable.into(),
        build: (*build).to_owned(),
        missing: (*missing).to_owned(),
    })
}

/// A version of CPython, such as 3.13.0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u8,
    minor: u8,
    /// A number where it is one, then what else stands there, as in 3.14.0rc1.
    patch: (u32, String),
}

impl Version {
    pub(crate) fn parse(text: &str) -> Option<Version> {
        let (major, rest) = text.split_once('.')?;
        let (minor, rest) = rest.split_once('.')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let patch = (rest[..digits].parse().ok()?, rest[digits..].to_owned());
        Some(Version { major: major.parse().ok()?, minor: minor.parse().ok()?, patch })
    }

    /// The (3, 13) of 3.13.0.
    pub(crate) fn release(&self) -> (u8, u8) {
        (self.major, self.minor)
    }

    /// Whether we know its bytes.
    pub(crate) fn is_in_scope(&self) -> bool {
        self.profile().is_some()
    }

    /// The rules of its C pickler, if we know them.
    pub(crate) fn profile(&self) -> Option<Profile> {
        Profile::all().find(|profile| profile.version() == self.release())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (patch, rest) = &self.patch;
        write!(f, "{}.{}.{patch}{rest}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_compared_as_numbers() {
        let version = |text| Version::parse(text).expect(text);
        assert!(version("3.9.18") < version("3.10.2") && version("3.10.2") < version("3.10.13"));
        assert_eq!(version("3.14.0rc1").to_string(), "3.14.0rc1");
        for (text, in_scope) in [
            ("2.7.18", true),
            ("2.6.9", false),
            ("3.5.10", false),
            ("3.6.0", true),
            ("3.13.7", true),
            ("3.14.0", false),
        ] {
            assert_eq!(version(text).is_in_scope(), in_scope, "{text}");
        }
        assert_eq!(Version::parse("3.x.1"), None);
    }
}
