//! The differences that are meant, from `compat/known-differences.toml`.

use std::fs;

use serde::Deserialize;

use crate::compat::pythons::Version;
use crate::{Result, paths};

/// The part of the file that is about CPython's own suites.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Known {
    pub(crate) suite: Vec<Entry>,
}

/// A test that does not pass with our module.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Its id, as unittest gives it.
    pub(crate) test: String,
    /// Why that is so.
    pub(crate) reason: String,
    /// The versions for which it is so, such as `3.9`; all, where there are none.
    #[serde(default)]
    pub(crate) pythons: Vec<String>,
}

impl Known {
    pub(crate) fn read() -> Result<Known> {
        let path = paths::known_differences();
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
    }

    /// The entries about a test file, on a version.
    pub(crate) fn about<'a>(&'a self, file: &str, version: &Version) -> impl Iterator<Item = &'a Entry> {
        let prefix = format!("test.{file}.");
        let (major, minor) = version.release();
        let version = format!("{major}.{minor}");
        self.suite.iter().filter(move |entry| {
            entry.test.starts_with(&prefix) && (entry.pythons.is_empty() || entry.pythons.contains(&version))
        })
    }
}
