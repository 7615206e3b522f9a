//! Faults that are put in on purpose, to see that each is noticed.

use std::path::Path;
use std::time::Duration;

use super::child::Clock;
use super::operations::Outcome;

/// What goes wrong, when one file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Plant {
    /// It panics.
    Panic,
    /// Its recursion has no end.
    Abort,
    /// It never ends.
    Hang,
    /// It takes its time.
    Slow,
    /// It takes memory.
    Memory,
    /// It takes memory, and then refuses the file.
    MemoryOfErrors,
    /// It gives another value.
    Value,
    /// It refuses what is to be loaded.
    Refusal,
    /// It takes what is to be refused.
    Acceptance,
}

/// The file that is loaded wrongly: `None`, then STOP.
const GOOD: &str = "truncations--whole-NONE";
/// One that is to be refused.
const BAD: &str = "memos--get-missing";

impl Plant {
    /// Does the wrong thing where it is this plant's turn.
    pub(super) fn instead_of(self, operation: &str, path: &Path, sound: impl FnOnce() -> Outcome) -> Outcome {
        let bad = matches!(self, Plant::Acceptance | Plant::MemoryOfErrors);
        let wanted = if matches!(self, Plant::Value | Plant::Refusal | Plant::Acceptance) { "judged" } else { "load" };
        if !path.ends_with(if bad { BAD } else { GOOD }) || operation != wanted {
            return sound();
        }
        match self {
            Plant::Panic => panic!("planted"),
            Plant::Abort => Ok(Some(recursion(1).to_string())),
            Plant::Hang => loop {
                std::thread::sleep(Duration::from_secs(1));
            },
            Plant::Slow => {
                // Until the clock that is judged by has passed the bar, however little of a processor there is.
                let start = Clock::start();
                while start.milliseconds() < 1200.0 {
                    std::hint::black_box((0..100_000).sum::<u64>());
                }
                sound()
            }
            Plant::Memory | Plant::MemoryOfErrors => {
                drop(std::hint::black_box(vec![1_u8; 3 << 20]));
                sound()
            }
            Plant::Value => Ok(Some("another".into())),
            Plant::Refusal => Err("planted".into()),
            Plant::Acceptance => Ok(Some("a value".into())),
        }
    }
}

fn recursion(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    if room[0] == 0 { 0 } else { recursion(depth + 1) + room[depth as usize % 64] }
}
