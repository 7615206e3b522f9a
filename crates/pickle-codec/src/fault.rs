//! [`Fault`] and [`MachineError`]: what stops a machine or an encoder.

use alloc::boxed::Box;

use pickle_opcodes::Opcode;

use crate::error::{Error, ErrorKind};

/// What stops a machine: the pickle's own fault, or the host's refusal, passed through as it is.
#[derive(Debug)]
pub enum MachineError<E> {
    /// The pickle is wrong.
    Pickle(Error),
    /// The host refused.
    Host {
        /// Where the instruction starts.
        offset: usize,
        /// The instruction.
        opcode: Opcode,
        /// What the host said.
        error: E,
    },
}

impl<E> MachineError<E> {
    /// Where the instruction starts.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        match self {
            MachineError::Pickle(error) => error.offset(),
            MachineError::Host { offset, .. } => Some(*offset),
        }
    }
}

/// An instruction's fault, before its place is known.
#[derive(Debug)]
pub enum Fault<E> {
    /// The pickle is wrong.
    Pickle(Box<ErrorKind>),
    /// The host refused.
    Host(E),
}

impl<E> Fault<E> {
    /// The fault with its place.
    #[cold]
    pub fn at(self, offset: usize, opcode: Opcode) -> MachineError<E> {
        match self {
            Fault::Pickle(kind) => MachineError::Pickle(Error::at(offset, Some(opcode), *kind)),
            Fault::Host(error) => MachineError::Host { offset, opcode, error },
        }
    }
}

impl<E> From<ErrorKind> for Fault<E> {
    #[cold]
    fn from(kind: ErrorKind) -> Self {
        Fault::Pickle(Box::new(kind))
    }
}

impl<E> From<pickle_opcodes::ErrorKind> for Fault<E> {
    #[cold]
    fn from(kind: pickle_opcodes::ErrorKind) -> Self {
        ErrorKind::Format(kind).into()
    }
}
