//! How much memory this process takes, as Linux counts it, and when it gives memory back.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::{env, fs};

use crate::Result;

/// What glibc is told: how large a request must be to be a mapping of its own, and how much may be free at the end of the heap
/// before it goes back to the system.
const KEEPING: [(&str, &str); 2] = [("MALLOC_MMAP_THRESHOLD_", "33554432"), ("MALLOC_TRIM_THRESHOLD_", "2147483648")];

/// Begins this process anew, if need be, such that it and its children keep what is freed.
///
/// Each of those that are timed in turn then finds memory that was in use before, as a service does that has run for a while.
/// Otherwise it would hang on what its predecessor had freed, and how, whether one pays for fresh pages.
pub fn keep_freed() -> Result<()> {
    if KEEPING.iter().all(|(name, value)| env::var(name).is_ok_and(|set| set == *value)) {
        return Ok(());
    }
    Err(Command::new(env::current_exe()?).args(env::args_os().skip(1)).envs(KEEPING).exec().into())
}

/// A command for which this does not hold.
pub fn giving_back(command: &mut Command) -> &mut Command {
    KEEPING.iter().fold(command, |command, (name, _)| command.env_remove(name))
}

/// Bytes of memory in use now.
pub fn resident() -> Result<u64> {
    status("VmRSS:")
}

/// The most that was in use since the last [`reset_peak`].
pub fn peak() -> Result<u64> {
    status("VmHWM:")
}

/// Takes what is in use now for the most that ever was.
pub fn reset_peak() -> Result<()> {
    Ok(fs::write("/proc/self/clear_refs", "5")?)
}

fn status(name: &str) -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line in /proc/self/status")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}
