//! What is measured, by whom, and on what: shared by the runner, the process for one case, and the Criterion benches.

pub mod clock;
pub mod memory;
pub mod python;
pub mod subjects;
pub mod typed;
pub mod workload;

/// What can go wrong: a message for the person at the terminal.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
