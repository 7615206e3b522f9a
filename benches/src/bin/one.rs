//! One case in a process of its own, for callgrind and for memory.

use std::path::{Path, PathBuf};

use clap::Parser;
use pickle_benches::subjects::{OURS, Operation, in_rust, own};
use pickle_benches::{Result, memory, workload};

/// Run one case once.
#[derive(Parser)]
struct Options {
    /// `load`, `dump`, …
    operation: String,
    /// A pickle, a file of marshal data, or a folder of .pyc files
    file: PathBuf,
    /// Whose
    #[arg(long, default_value = OURS)]
    who: String,
    /// The pickle's protocol
    #[arg(long, default_value_t = 4)]
    protocol: u8,
    /// Print how many bytes of memory it took at most, with what came of it
    #[arg(long)]
    peak: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    // Peers recurse as deep as the data goes.
    let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(move || run(&options))?;
    thread.join().map_err(|_| "a panic")?
}

fn run(options: &Options) -> Result<()> {
    let operation = Operation::named(&options.operation).ok_or("no such operation")?;
    let input = read(&options.file, options.protocol)?;
    let subjects = if options.who.starts_with(OURS) { own(operation, &input) } else { in_rust(operation, &input) };
    let mut subject = subjects.into_iter().find(|subject| subject.who == options.who).ok_or("no one of this name")?;
    let before = memory::resident()?;
    memory::reset_peak()?;
    (subject.run)()?;
    if options.peak {
        println!("{}", memory::peak()?.saturating_sub(before));
    }
    Ok(())
}

/// The data as pickle or marshal alone: making other formats of it would leave memory behind.
fn read(file: &Path, protocol: u8) -> Result<workload::Input> {
    if file.is_dir() {
        workload::modules(file)
    } else if file.extension().is_some_and(|extension| extension == "marshal") {
        workload::marshalled(file)
    } else {
        workload::pickle_alone(file, protocol)
    }
}
