//! CPU time.

use std::hint::black_box;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// What this process has taken of the CPU so far.
pub fn cpu_time() -> Timespec {
    clock_gettime(ClockId::ProcessCPUTime)
}

/// Microseconds of CPU time since `start`.
pub fn micros(start: Timespec) -> f64 {
    let taken = cpu_time() - start;
    taken.tv_sec as f64 * 1e6 + taken.tv_nsec as f64 / 1e3
}

/// Runs what is measured. Instructions are counted in here alone, which callgrind is told by this name.
#[inline(never)]
pub fn measured<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

/// The middle one.
pub fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
