//! [`Case`]: a Rust value, and what it is in Python.

use std::fmt::Debug;

use pickle_serde::{SerOptions, from_slice};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A Rust value, and what it is in Python.
pub(super) struct Case {
    /// A Python expression that gives the value.
    pub(super) expression: String,
    /// Python 2.7 has no such value, or does not say enough of it.
    pub(super) is_python3: bool,
    write: Box<Write>,
    read: Box<Read>,
}

/// Writes the value at a protocol.
type Write = dyn Fn(u8) -> pickle_serde::Result<Vec<u8>>;
/// Reads the value, and says what is different if it is not the same.
type Read = dyn Fn(&[u8]) -> Result<(), String>;

impl Case {
    /// A value that is compared by `==`.
    pub(super) fn new<T>(value: T, expression: impl Into<String>) -> Case
    where
        T: Serialize + DeserializeOwned + PartialEq + Debug + Clone + 'static,
    {
        Case::with_options(value, expression, SerOptions::new())
    }

    /// The same, written with options.
    pub(super) fn with_options<T>(value: T, expression: impl Into<String>, options: SerOptions) -> Case
    where
        T: Serialize + DeserializeOwned + PartialEq + Debug + Clone + 'static,
    {
        let written = value.clone();
        Case {
            expression: expression.into(),
            is_python3: false,
            write: Box::new(move |protocol| options.clone().protocol(protocol).to_vec(&written)),
            read: Box::new(move |pickle| {
                let read: T = from_slice(pickle).map_err(|error| error.to_string())?;
                if read == value { Ok(()) } else { Err(format!("{read:?} came back for {value:?}")) }
            }),
        }
    }

    /// The same, but for Python 3 only.
    pub(super) fn python3(self) -> Case {
        Case { is_python3: true, ..self }
    }

    pub(super) fn write(&self, protocol: u8) -> pickle_serde::Result<Vec<u8>> {
        (self.write)(protocol)
    }

    /// Reads the value, and says what is different if it is not the same.
    pub(super) fn read(&self, pickle: &[u8]) -> Result<(), String> {
        (self.read)(pickle)
    }
}
