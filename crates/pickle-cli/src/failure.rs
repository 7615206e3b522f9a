//! [`Failure`]: why the command does not end well.

use core::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::line::OneLine;

/// Why the command does not end well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something to say on standard error, without its newline.
    Message(String),
    /// It has been said in the output already: what is left is the status.
    Said,
    /// The same with a status of its own.
    SaidWith(u8),
    /// Whoever read the output has gone: nothing is wrong, and nobody is there to be told.
    BrokenPipe,
}

impl Failure {
    /// `subject: problem`, where the subject is a file.
    pub(crate) fn new(subject: &str, problem: impl Display) -> Failure {
        Failure::Message(format!("{subject}: {problem}"))
    }

    /// Writing to `target` did not work.
    pub(crate) fn writing(target: &str, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::new(target, error),
        }
    }

    /// Says it, and gives the status to end with.
    pub(crate) fn end(self) -> ExitCode {
        match self {
            Failure::Message(message) => {
                say(&message);
                ExitCode::FAILURE
            }
            Failure::Said => ExitCode::FAILURE,
            Failure::SaidWith(status) => ExitCode::from(status),
            Failure::BrokenPipe => ExitCode::SUCCESS,
        }
    }
}

/// Writes one line to standard error.
///
/// `eprintln!` would panic where standard error is closed.
pub(crate) fn say(message: &str) {
    let _ = writeln!(io::stderr(), "{}", OneLine(message));
}
