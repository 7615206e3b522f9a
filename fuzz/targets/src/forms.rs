//! Targets of what else a pickle is read as: JSON, Rust values, and what a scanner says of it.

use std::io;
use std::sync::LazyLock;

use pickle_codec::{Error, LoadOptions, Resolver, from_slice};
use pickle_serde::{DeOptions, Value};
use pickle_tools::json::{self, tagged};
use pickle_tools::scan::{Judgement, Scanner, Verdict};

use crate::canonical;

/// The scanner with the policies that come with it.
pub static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

/// JSON that is written is read, and its tagged form keeps the value.
pub fn json(data: &[u8]) {
    let Ok(graph) = from_slice(data) else { return };
    let mut text = Limited::default();
    if json::to_writer(&mut text, &graph).is_ok() {
        let again = json::from_slice(&text.0);
        again.unwrap_or_else(|error| panic!("JSON that was written is refused: {error}: {graph}"));
    }
    let mut text = Limited::default();
    if json::DumpOptions::new().tagged(true).to_writer(&mut text, &graph).is_err() {
        return;
    }
    let read = json::from_slice(&text.0).unwrap_or_else(|error| panic!("tagged JSON is refused: {error}: {graph}"));
    let again = tagged::decode(&read).unwrap_or_else(|error| panic!("tagged JSON is not decoded: {error}: {graph}"));
    assert_eq!(canonical::digest(&graph), canonical::digest(&again), "{graph} became {again}");
}

/// What serde reads of any pickle is written and read as the same.
pub fn serde(data: &[u8]) {
    // What is shared in good faith would have more; here it would take all the time.
    let options = DeOptions::new().budget(1 << 18);
    let Ok(value) = options.from_slice::<Value>(data) else { return };
    let _ = options.clone().class_key("class").from_slice::<Value>(data);
    let Ok(written) = pickle_serde::to_vec(&value) else { return };
    let again: Value = pickle_serde::from_slice(&written).unwrap_or_else(|error| {
        panic!("what serde wrote is refused: {error}: {value} as {}", written.escape_ascii());
    });
    assert_eq!(value.to_string(), again.to_string());
}

/// What is called clean asks for nothing that the policy does not allow, nor for what the scanner does not tell.
pub fn scan(data: &[u8]) {
    let report = SCANNER.scan(data);
    if report.verdict() != Verdict::Clean {
        return;
    }
    let mut asked = Asked(Vec::new());
    let _ = LoadOptions::new().from_slice_with(data, &mut asked);
    for (module, name) in asked.0 {
        let judgement = SCANNER.policy().judge(&module, &name);
        assert!(matches!(judgement, Judgement::Allowed(_)), "clean, and asks for {module}.{name}: {judgement:?}");
        let symbol = format!("{module}.{name}");
        assert!(report.symbols().contains(&&*symbol), "clean, and {symbol} is not told of");
    }
}

/// Writes down what is asked for.
struct Asked(Vec<(String, String)>);

impl Resolver<'_> for Asked {
    fn find_class(&mut self, module: &str, name: &str) -> Result<Option<(String, String)>, Error> {
        self.0.push((module.into(), name.into()));
        Ok(None)
    }
}

/// Keeps a megabyte, and refuses more: what is shared is written again each time.
#[derive(Default)]
pub struct Limited(
    /// What was written.
    pub Vec<u8>,
);

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > 1 << 20 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
