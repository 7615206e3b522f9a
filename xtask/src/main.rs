//! The project's own tasks: `cargo xtask bench`, `compat`, `corpus`, `edits`, `fuzz-live`, `hostile`, `json`, `marshal`,
//! `real`, `serde`, `shelve`, `suite`, `table`.
#![forbid(unsafe_code)]
// The harness runs on a developer's machine only.
#![allow(clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

mod bench;
mod compat;
mod dashboard;
mod dialogue;
mod edits;
mod fuzz_live;
mod host;
mod hostile;
mod json;
#[cfg(test)]
mod layers;
mod marshal;
mod output;
mod paths;
mod real;
mod shelve;
mod suite;
mod table;
mod typed;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What can go wrong apart from a difference: a message for the person at the terminal.
type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Bench(options) => bench::run(&options),
        Task::Compat(options) => compat::run(&options),
        Task::Corpus(options) => compat::write_corpus(&options),
        Task::Suite(options) => suite::run(&options),
        Task::Table(options) => table::run(&options),
        Task::Edits(options) => edits::run(&options),
        Task::FuzzLive(options) => fuzz_live::run(&options),
        Task::Json(options) => json::run(&options),
        Task::Hostile(options) => hostile::run(&options),
        Task::HostileChild(options) => hostile::child::run(&options),
        Task::Marshal(options) => marshal::run(&options),
        Task::Real(options) => real::run(&options),
        Task::Serde(options) => typed::run(&options),
        Task::Shelve(options) => shelve::run(&options),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measure speed beside CPython and other crates, and make the dashboard
    Bench(bench::Options),
    /// Compare our bytes with CPython's: live interpreters and the committed corpus
    Compat(compat::Options),
    /// Write compat/corpus from what the interpreters found here answer
    Corpus(compat::CorpusOptions),
    /// Run CPython's own tests of pickling and of marshal data on our code
    Suite(suite::Options),
    /// Write the README's table of what is matched, from the committed corpus
    Table(table::Options),
    /// Compare values set in pickles with assignments made in Python
    Edits(edits::Options),
    /// Compare our pickler and unpickler with CPython's, live, on random objects and broken pickles
    FuzzLive(fuzz_live::Options),
    /// Compare our JSON with CPython's json
    Json(json::Options),
    /// Try files that are made to make a reader fall over
    Hostile(hostile::Options),
    /// The process that tries them
    #[command(hide = true)]
    HostileChild(hostile::child::Options),
    /// Compare our marshal data and .pyc files with CPython's
    Marshal(marshal::Options),
    /// Write real pickles again as CPython does
    Real(real::Options),
    /// Judge Rust values that were written by way of serde
    Serde(typed::Options),
    /// Compare our shelves with CPython's
    Shelve(shelve::Options),
}
