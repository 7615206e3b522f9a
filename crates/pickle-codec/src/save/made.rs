//! Objects that are made by a call and have their state set at most: most instances.

use alloc::vec::Vec;

use pickle_opcodes::Opcode;

use super::{Saved, Stop, Waiting};
use crate::encoder::{Encoder, Output};
use crate::error::ErrorKind;
use crate::fault::Fault;
use crate::source::{Args, Fill, Made, Make, Reduction, Source};

/// Such an object that is being written.
pub(crate) struct Making<S: Source> {
    object: S::Object,
    is_new: bool,
    parts: S::Cursor,
    next: Stage,
}

/// What is written next of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Callable,
    Args,
    Make,
    State,
    Build,
}

impl<S: Source> Making<S> {
    pub(super) fn new(object: S::Object, made: Made<S::Cursor>) -> Making<S> {
        Making { object, is_new: made.is_new, parts: made.parts, next: Stage::Callable }
    }

    /// One of whose callable and arguments so many are written, or begun.
    pub(super) fn begun(object: S::Object, is_new: bool, written: usize, parts: S::Cursor) -> Making<S> {
        Making { object, is_new, parts, next: Stage::Callable.behind(written) }
    }

    /// One that is made, and whose state is begun where `written` says so.
    pub(super) fn made(object: S::Object, written: usize, parts: S::Cursor) -> Making<S> {
        Making { object, is_new: true, parts, next: Stage::State.behind(written) }
    }
}

impl<S: Source, W: Output<S::Error>> Encoder<S, W> {
    /// Goes on with such an object until it is written, or meets a part that is no atom: that is given back.
    #[inline(always)]
    pub(super) fn run_made(&mut self, making: &mut Making<S>) -> Result<Option<Waiting<S::Object>>, Fault<S::Error>> {
        loop {
            let parts = match making.next {
                Stage::Callable => 2,
                Stage::Args => 1,
                Stage::Make => {
                    self.op(if making.is_new { Opcode::NewObj } else { Opcode::Reduce });
                    // It may have been written within its own arguments, and filled there.
                    if !self.memoize_made(&making.object)? {
                        return Ok(None);
                    }
                    making.next = Stage::State;
                    1
                }
                Stage::State => 1,
                Stage::Build => {
                    self.op(Opcode::Build);
                    return Ok(None);
                }
            };
            let (count, stop) = self.save_atoms(&mut making.parts, parts)?;
            making.next = making.next.behind(count);
            if stop == Stop::Open {
                return Ok(Some(Waiting::Open));
            }
            if count == parts {
                continue;
            }
            // Only a state may not be there.
            let Some(part) = self.source.next(&mut making.parts).map_err(Fault::Host)? else { return Ok(None) };
            making.next = making.next.behind(1);
            if let Saved::Not(part) = self.save_behind_run(part, stop)? {
                return Ok(Some(Waiting::Object(part)));
            }
        }
    }

    /// The same as any other object is made, where there is no opcode for it.
    pub(super) fn reduction(&mut self, made: Made<S::Cursor>) -> Reduced<S> {
        let Made { is_new, mut parts } = made;
        let mut next = || self.source.next(&mut parts).map_err(Fault::Host);
        let (Some(callable), Some(args)) = (next()?, next()?) else {
            return Err(ErrorKind::Unsupported("an incomplete object".into()).into());
        };
        let steps: Vec<Fill<S::Object, S::Cursor>> = next()?.into_iter().map(Fill::State).collect();
        let make = if is_new { Make::New } else { Make::Call };
        Ok(Reduction { make, callable, args: Args::Tuple(args), kwargs: None, steps })
    }
}

/// What is made of an instance that has no opcode of its own.
type Reduced<S> = Result<Reduction<<S as Source>::Object, <S as Source>::Cursor>, Fault<<S as Source>::Error>>;

impl Stage {
    /// What comes behind so many parts.
    #[inline(always)]
    fn behind(self, parts: usize) -> Stage {
        match (self, parts) {
            (stage, 0) => stage,
            (Stage::Callable, 1) => Stage::Args,
            (Stage::Callable | Stage::Args, _) => Stage::Make,
            (Stage::Make | Stage::State | Stage::Build, _) => Stage::Build,
        }
    }
}
