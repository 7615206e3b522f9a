//! Measures pickle-rs beside CPython and other crates, interleaved in one run.
//!
//! ```text
//! cargo run --release -- compare [--python PYTHON] [--beside PYTHON] [--protocol N] [--only OPERATION] [WORKLOAD …]
//! cargo run --release -- instructions [--check | --bless]
//! cargo run --release -- growth
//! ```
//!
//! All times are CPU time, in memory that was in use before. `cargo xtask bench` runs these in turn, and makes the dashboard of what they record.

mod compare;
mod growth;
mod instructions;
mod record;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use pickle_benches::{Result, memory};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Time loads, dumps and tools beside CPython and other crates
    Compare(compare::Options),
    /// Count the instructions of the main cases under callgrind
    Instructions(instructions::Options),
    /// Time loads and dumps of up to ten million elements
    Growth(growth::Options),
}

/// A CPython that makes the workloads.
#[derive(clap::Args)]
struct Maker {
    /// The CPython that makes the workloads and is compared with
    #[arg(long, default_value = "python3")]
    python: PathBuf,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    memory::keep_freed()?;
    // Peers recurse as deep as the data goes.
    let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(move || match arguments.command {
        Command::Compare(options) => compare::run(&options),
        Command::Instructions(options) => instructions::run(&options),
        Command::Growth(options) => growth::run(&options),
    })?;
    thread.join().map_err(|_| "a panic")?
}
