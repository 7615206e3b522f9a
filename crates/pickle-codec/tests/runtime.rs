//! The example for the author of a runtime says what is true.

#[path = "../examples/runtime.rs"]
mod runtime;
