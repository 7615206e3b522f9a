//! Objects that are made by a call and have their state set at most: most instances.

use alloc::vec::Vec;

use pickle_opcodes::Opcode;

use crate::encoder::{Encoder, Output};
use crate::fault::Fault;
use crate::source::{Args, Fill, Made, Make, Reduction, Source};

/// Such an object that is being written.
pub(crate) struct Making<O> {
    object: O,
    made: Made<O>,
    next: Stage,
}

/// What is written next of it.
enum Stage {
    Callable,
    Args,
    Make,
    Build,
}

impl<O> Making<O> {
    pub(super) fn new(object: O, made: Made<O>) -> Making<O> {
        Making { object, made, next: Stage::Callable }
    }
}

impl<S: Source, W: Output<S::Error>> Encoder<S, W> {
    /// The next object that it is made of, or its state; what stands between them is written on the way.
    #[inline(always)]
    pub(super) fn advance_made(
        &mut self,
        making: &mut Making<S::Object>,
    ) -> Result<Option<S::Object>, Fault<S::Error>> {
        match making.next {
            Stage::Callable => {
                making.next = Stage::Args;
                Ok(Some(making.made.callable.clone()))
            }
            Stage::Args => {
                making.next = Stage::Make;
                Ok(Some(making.made.args.clone()))
            }
            Stage::Make => {
                self.op(if making.made.is_new { Opcode::NewObj } else { Opcode::Reduce });
                // It may have been written within its own arguments, and filled there.
                if !self.memoize_made(&making.object)? {
                    return Ok(None);
                }
                making.next = Stage::Build;
                Ok(making.made.state.take())
            }
            Stage::Build => {
                self.op(Opcode::Build);
                Ok(None)
            }
        }
    }
}

impl<O, C> From<Made<O>> for Reduction<O, C> {
    fn from(made: Made<O>) -> Reduction<O, C> {
        let Made { is_new, callable, args, state } = made;
        let make = if is_new { Make::New } else { Make::Call };
        let steps: Vec<Fill<O, C>> = state.into_iter().map(Fill::State).collect();
        Reduction { make, callable, args: Args::Tuple(args), kwargs: None, steps }
    }
}
