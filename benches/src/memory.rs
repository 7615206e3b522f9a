//! How much memory this process takes, as Linux counts it.

use std::fs;

use crate::Result;

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
