//! A writer of ours that is to be killed, and what it may have left.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use pickle_value::literal;
use shelve_lite::{Flag, Format, Options};

use crate::Result;

/// A sync comes after so many operations.
pub(super) const BATCH: u64 = 8;

/// One operation of the writer: sets the key to a value with this number, or deletes it.
struct Operation {
    key: String,
    value: Option<String>,
}

/// The operation of that number. Few keys, so that values are replaced and come back; their sizes go up and down.
fn operation(seed: u64, number: u64) -> Operation {
    let key = format!("k{}", (number * 7919 + seed) % 61);
    let value = (number % 9 != 4).then(|| format!("({number}, '{}')", payload(number)));
    Operation { key, value }
}

/// The second part of the value of that number.
pub(super) fn payload(number: u64) -> String {
    "x".repeat(usize::try_from(number * 389 % 3000).unwrap_or_default())
}

/// Writes without end, and says after each sync which operation was the last before it.
pub(super) fn write_until_killed(path: &Path, format: Format, seed: u64) -> Result<ExitCode> {
    let mut shelf = Options::new().format(format).open(path, Flag::Create)?;
    let mut out = io::stdout().lock();
    for number in 0.. {
        let Operation { key, value } = operation(seed, number);
        match value {
            Some(value) => shelf.set(&key, &literal::parse(&value)?)?,
            None => drop(shelf.delete(&key)?),
        }
        if number % BATCH == BATCH - 1 {
            shelf.sync()?;
            writeln!(out, "{number}")?;
            out.flush()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The numbers that a key's value may have, nothing where it may be missing.
pub(super) type Allowed = BTreeMap<String, BTreeSet<Option<u64>>>;

/// What may be in the shelf of a writer that had synced the operation of that number: the state then, or what came of any
/// of those behind it, up to the next sync of which nobody heard and those behind that.
pub(super) fn allowed(seed: u64, synced: Option<u64>) -> Allowed {
    let done = synced.map_or(0, |last| last + 1);
    let mut state: BTreeMap<String, Option<u64>> = BTreeMap::new();
    for number in 0..done + 2 * BATCH {
        state.entry(operation(seed, number).key).or_insert(None);
    }
    for number in 0..done {
        let Operation { key, value } = operation(seed, number);
        state.insert(key, value.map(|_| number));
    }
    let mut allowed: Allowed = state.into_iter().map(|(key, number)| (key, BTreeSet::from([number]))).collect();
    for number in done..done + 2 * BATCH {
        let Operation { key, value } = operation(seed, number);
        allowed.entry(key).or_default().insert(value.map(|_| number));
    }
    allowed
}
