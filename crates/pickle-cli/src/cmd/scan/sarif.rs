//! SARIF 2.1.0, which code hosts and editors show.

use std::io::{self, Write};
use std::path::Path;

use pickle_tools::scan::{Action, Finding, Severity, Verdict};
use serde_json::{Value, json};

use super::Scanned;

/// The rules, each with the action that it is about; the last is for what cannot be read.
const RULES: &[(Option<Action>, &str, &str)] = &[
    (Some(Action::Global), "global", "Loading imports a module and takes a name from it."),
    (Some(Action::Call), "call", "Loading calls something."),
    (Some(Action::New), "new", "Loading makes an instance of a class."),
    (Some(Action::Build), "build", "Loading sets the state of an object."),
    (Some(Action::Items), "items", "Loading puts items into an object that is no literal."),
    (Some(Action::Persistent), "persistent", "Loading asks for what a persistent id stands for."),
    (Some(Action::Extension), "extension", "Loading asks for what is registered under an extension code."),
    (Some(Action::Form), "form", "Loaders do not agree on the file, or it cannot be looked into."),
    (None, "unreadable", "The file cannot be read."),
];

/// Writes the log of all results.
pub(super) fn write(out: &mut impl Write, results: &[Value]) -> io::Result<()> {
    let rules: Vec<Value> =
        RULES.iter().map(|(_, id, text)| json!({ "id": id, "shortDescription": { "text": text } })).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "pickle scan",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            } },
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// The results of a file.
pub(super) fn results(file: &Scanned<'_>) -> Vec<Value> {
    let report = match &file.outcome {
        Ok(report) => report,
        Err(problem) => return vec![unreadable(file, problem)],
    };
    let bad = report.findings().iter().filter(|finding| finding.severity > Severity::Allowed);
    let mut results: Vec<Value> = bad.map(|finding| result(file, finding)).collect();
    if file.verdict() == Verdict::Unreadable && report.verdict() == Verdict::NotAPickle {
        results.push(unreadable(file, report.problem().unwrap_or_default()));
    }
    results
}

fn unreadable(file: &Scanned<'_>, problem: &str) -> Value {
    let index = RULES.len() - 1;
    json!({
        "ruleId": RULES[index].1,
        "ruleIndex": index,
        "level": "warning",
        "message": { "text": format!("unreadable: {problem}") },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(&file.entry.path) } } }],
    })
}

fn result(file: &Scanned<'_>, finding: &Finding) -> Value {
    let index = RULES.iter().position(|(action, ..)| *action == Some(finding.action)).unwrap_or(RULES.len() - 1);
    let mut location = json!({ "artifactLocation": { "uri": uri(&file.entry.path) } });
    if finding.place.is_empty() {
        // An offset within a container is none of the file.
        location["region"] = json!({ "byteOffset": finding.offset, "byteLength": 1 });
    }
    let mut location = json!({ "physicalLocation": location });
    if !finding.place.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": &*finding.place, "kind": "member" }]);
    }
    json!({
        "ruleId": RULES[index].1,
        "ruleIndex": index,
        "level": if finding.severity == Severity::Dangerous { "error" } else { "warning" },
        "message": { "text": finding.to_string() },
        "locations": [location],
        "properties": {
            "severity": finding.severity.name(),
            "origin": finding.origin.name(),
            "count": finding.count,
        },
    })
}

/// A path as a reference to it: relative where the path is.
fn uri(path: &Path) -> String {
    let mut uri = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(byte.into()),
            b'\\' if cfg!(windows) => uri.push('/'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    if uri.starts_with('/') { format!("file://{uri}") } else { uri }
}
