//! The tagged form: what was a graph is the same graph again.

use std::sync::Mutex;

use pickle_codec::{DumpOptions, Encoding, Graph, LoadOptions};
use pickle_tools::json::{self, tagged};

use super::plant::Plant;
use super::report::Report;

/// Sends a pickle's value through the tagged form and compares its pickles at all protocols.
pub(crate) fn check(name: &str, pickle: &[u8], plant: Plant, report: &Mutex<Report>) {
    let options = LoadOptions::new().encoding(Encoding::Latin1).keep_unresolved(true);
    let Ok((graph, _)) = options.from_slice_at(pickle, 0) else { return };
    let verdict = compare(&graph, plant);
    let mut report = report.lock().expect("no thread panics with it");
    match verdict {
        Ok(()) => report.tagged += 1,
        Err(difference) => report.differs(name, format!("tagged: {difference}")),
    }
}

fn compare(graph: &Graph<'_>, plant: Plant) -> Result<(), String> {
    let mut text = tagged::to_string(graph).map_err(|error| format!("not written: {error}"))?;
    if plant == Plant::Unshared {
        text = text.replace(r#"{"$ref": 1}"#, "[]");
    }
    let parsed = json::from_str(&text).map_err(|error| format!("not read: {error}: {text}"))?;
    let back = tagged::decode(&parsed).map_err(|error| format!("{error}: {text}"))?;
    for protocol in 0..=5 {
        let options = DumpOptions::new().protocol(protocol);
        let [before, after] = [graph, &back].map(|graph| options.to_vec(graph).map_err(|error| error.to_string()));
        if before != after {
            return Err(format!("another pickle at protocol {protocol} {before:?} {after:?}: {text}"));
        }
    }
    Ok(())
}
