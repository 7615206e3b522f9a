//! [`Spare`]: memory that one file's scan leaves to the next.
//!
//! Most files are small: to grow the same vectors for each, and to judge the same symbols, took longer than to read it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pickle_codec::Machine;

use super::inflate::Inflater;
use super::kept::{Dicts, Tuples};
use super::policy::Policy;
use super::raw::Dtype;
use super::run::machine;
use super::symbol::Symbols;
use super::value::Value;

/// What was used for longer bytes is not kept: it may hold several times their length.
const MAX_LENGTH: usize = 1 << 18;

/// What reading a stream of pickles needs.
#[derive(Debug)]
pub(super) struct Scratch {
    pub(super) machine: Machine<Value>,
    pub(super) host: HostScratch,
    pub(super) inflater: Inflater,
    /// The length of the longest bytes that it was used for.
    longest: usize,
}

/// The part of it that the host has.
#[derive(Debug)]
pub(super) struct HostScratch {
    pub(super) symbols: Symbols,
    /// Texts that do not stand in the input as they are.
    pub(super) arena: Vec<u8>,
    pub(super) tuples: Tuples,
    pub(super) dicts: Dicts,
    pub(super) dtypes: Vec<Dtype>,
}

impl Scratch {
    fn new(policy: Policy) -> Scratch {
        let host = HostScratch {
            symbols: Symbols::new(policy),
            arena: Vec::new(),
            tuples: Tuples::default(),
            dicts: Dicts::default(),
            dtypes: Vec::new(),
        };
        Scratch { machine: machine(), host, inflater: Inflater::default(), longest: 0 }
    }

    /// Forgets what was read before, except which symbols there are; so many bytes are to be read.
    pub(super) fn begin(&mut self, length: usize) {
        self.longest = self.longest.max(length);
        self.machine.reset();
        self.machine.memo_mut().clear();
        let HostScratch { symbols, arena, tuples, dicts, dtypes } = &mut self.host;
        symbols.begin();
        arena.clear();
        tuples.clear();
        dicts.clear();
        dtypes.clear();
    }
}

/// What scans that are done leave to those that follow, of one policy, in any thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Spare(Arc<Mutex<Vec<Scratch>>>);

impl Spare {
    pub(super) fn take(&self, policy: &Policy) -> Scratch {
        self.lock().pop().unwrap_or_else(|| Scratch::new(policy.clone()))
    }

    pub(super) fn give(&self, scratch: Scratch) {
        if scratch.longest <= MAX_LENGTH {
            self.lock().push(scratch);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Scratch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
