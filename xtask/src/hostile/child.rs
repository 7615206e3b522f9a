//! The process in which hostile files are tried: a file at a time, told on standard input, measured, told on standard
//! output. Whatever falls over takes this process with it, not the harness.

use std::io::{BufRead, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use std::{fs, thread};

use clap::Args;
use peak_alloc::PeakAlloc;
use serde::{Deserialize, Serialize};

use super::operations::{self, Outcome, Work};
use super::plant::Plant;
use crate::Result;

/// Counts what all tasks of this program allocate, at the price of two atomic additions each.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a thread has for a stack unless it asks for another.
const STACK: usize = 2 << 20;

/// Try the files named on standard input, and say of each what it took.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Do something wrong on purpose
    #[arg(long)]
    pub(super) plant: Option<Plant>,
}

/// What one operation on one file came to.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub(super) struct Measured {
    pub(super) operation: String,
    /// How many bytes it was done with.
    pub(super) size: usize,
    /// What it gave: nothing, or what it said.
    pub(super) error: Option<String>,
    /// A panic's message.
    pub(super) panic: Option<String>,
    /// Processor time.
    pub(super) milliseconds: f64,
    /// The most that was allocated at a time, without the file itself.
    pub(super) peak: usize,
    /// Of the value that was loaded, where it is to be compared.
    pub(super) digest: Option<String>,
}

/// A line of the output.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub(super) enum Line {
    /// An operation begins.
    Begin(String),
    /// It ended.
    End(Measured),
    /// The file is done.
    Done,
}

/// Reads paths until there are no more.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    std::panic::set_hook(Box::new(|_| {}));
    operations::prepare();
    for line in stdin().lock().lines() {
        let path = PathBuf::from(line?);
        let data = fs::read(&path)?;
        for &(name, work) in operations::of(&path) {
            say(&Line::Begin(name.into()))?;
            let measured = match work {
                Work::File(operation) => measure(name, operation, &path, &data, options.plant)?,
                Work::Made(make, operation) => match make(&data) {
                    Ok(made) => measure(name, operation, &path, &made, options.plant)?,
                    Err(problem) => Measured::nothing(name, data.len(), problem),
                },
            };
            say(&Line::End(measured))?;
        }
        say(&Line::Done)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn say(line: &Line) -> Result<()> {
    let mut out = stdout().lock();
    serde_json::to_writer(&mut out, line)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Runs an operation in a thread of its own.
fn measure(
    name: &str,
    operation: fn(&[u8]) -> Outcome,
    path: &Path,
    data: &[u8],
    plant: Option<Plant>,
) -> Result<Measured> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || {
            let before = MEMORY.current_usage();
            MEMORY.reset_peak_usage();
            let clock = Clock::start();
            let outcome = match plant {
                Some(plant) => plant.instead_of(name, path, || operation(data)),
                None => operation(data),
            };
            (outcome, clock.milliseconds(), MEMORY.peak_usage().saturating_sub(before))
        })?;
        let nothing = Measured::nothing(name, data.len(), String::new());
        Ok(match thread.join() {
            Ok((Ok(digest), milliseconds, peak)) => Measured { error: None, digest, milliseconds, peak, ..nothing },
            Ok((Err(error), milliseconds, peak)) => Measured { error: Some(error), milliseconds, peak, ..nothing },
            Err(panic) => {
                let message = panic.downcast_ref::<String>().cloned();
                let message = message.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
                let panic = Some(message.unwrap_or_else(|| "a panic".into()));
                Measured { error: None, panic, ..nothing }
            }
        })
    })
}

impl Measured {
    /// What came to nothing, at no cost.
    fn nothing(operation: &str, size: usize, problem: String) -> Measured {
        let error = Some(problem);
        Measured { operation: operation.into(), size, error, panic: None, milliseconds: 0.0, peak: 0, digest: None }
    }
}

/// How long this thread has run: other processes do not count, where the system tells.
pub(super) struct Clock {
    wall: Instant,
    processor: Option<f64>,
}

impl Clock {
    pub(super) fn start() -> Clock {
        Clock { wall: Instant::now(), processor: Clock::processor() }
    }

    /// Since it was started.
    pub(super) fn milliseconds(&self) -> f64 {
        match (self.processor, Clock::processor()) {
            (Some(start), Some(now)) => now - start,
            _ => self.wall.elapsed().as_secs_f64() * 1000.0,
        }
    }

    fn processor() -> Option<f64> {
        let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let nanoseconds: u64 = text.split(' ').next()?.parse().ok()?;
        Some(nanoseconds as f64 / 1e6)
    }
}
