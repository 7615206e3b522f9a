//! What the fuzzer runs: each target is a function that takes any bytes, and panics where a promise is broken.
//!
//! ```
//! fuzz_targets::load_dump_load(b"\x80\x04]\x94(K\x01K\x02e.");
//! ```
//!
//! `fuzz/fuzz_targets` has a binary for each; [`TARGETS`] lists them for the test that runs all over `fuzz/seeds`.
// Fuzzing and tests run on a developer's machine only.
#![allow(clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

pub mod canonical;
mod differential;
mod forms;
mod marshal;
mod opcodes;
mod values;

pub use differential::{differential, judge_is_there};
pub use forms::{Limited, SCANNER, json, scan, serde};
pub use marshal::{marshal, pyc};
pub use opcodes::{decode_assemble, dis_asm, optimize_meaning};
pub use values::{dump_identity, edits, load_dump_load, untrusted};

/// A target's name and function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets; those that need an interpreter do nothing without one.
pub const TARGETS: &[Target] = &[
    ("decode_assemble", decode_assemble),
    ("load_dump_load", load_dump_load),
    ("dump_identity", dump_identity),
    ("dis_asm", dis_asm),
    ("optimize_meaning", optimize_meaning),
    ("edits", edits),
    ("untrusted", untrusted),
    ("json", json),
    ("serde", serde),
    ("scan", scan),
    ("marshal", marshal),
    ("pyc", pyc),
    ("differential", differential),
];
