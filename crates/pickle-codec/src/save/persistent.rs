//! Ids that stand in the place of objects.

use core::mem;

use pickle_opcodes::Opcode;

use super::{Next, Task};
use crate::encoder::{Encoder, Output};
use crate::error::ErrorKind;
use crate::fault::Fault;
use crate::source::Source;

/// The answers of [`Source::persistent_id`] that are on their way.
pub(crate) struct Ids<O> {
    /// What stands for the object that was asked about last.
    found: Option<O>,
    /// True where the next object is such an id: that is not asked about.
    next_is_id: bool,
}

impl<O> Ids<O> {
    pub(crate) fn new() -> Ids<O> {
        Ids { found: None, next_is_id: false }
    }

    #[inline]
    pub(super) fn take(&mut self) -> Option<O> {
        self.found.take()
    }
}

impl<S: Source, W: Output<S::Error>> Encoder<S, W> {
    /// True if an id stands for this object: then it is no atom, and [`Ids::take`] gives the id.
    pub(super) fn ask_for_id(&mut self, object: &S::Object) -> Result<bool, Fault<S::Error>> {
        if mem::take(&mut self.ids.next_is_id) {
            return Ok(false);
        }
        self.ids.found = self.source.persistent_id(object).map_err(Fault::Host)?;
        Ok(self.ids.found.is_some())
    }

    pub(super) fn begin_persistent(&mut self, id: S::Object) -> Result<Option<Task<S>>, Fault<S::Error>> {
        if self.protocol > 0 {
            return Ok(Some(Task::Persistent(Some(id))));
        }
        self.write_persistent_line(&id)?;
        Ok(None)
    }

    /// Protocol 0 has persistent ids that are a line of text. A newline, which CPython writes as it is, would end it.
    fn write_persistent_line(&mut self, id: &S::Object) -> Result<(), Fault<S::Error>> {
        match self.source.persistent_text(id).map_err(Fault::Host)? {
            Some(line) if line.contains(&b'\n') => Err(ErrorKind::NewlineInPersistentId.into()),
            Some(line) if line.is_ascii() => {
                let out = &mut self.framer.out;
                out.push(Opcode::PersId.byte());
                out.extend_from_slice(&line);
                out.push(b'\n');
                Ok(())
            }
            _ => Err(ErrorKind::PersistentIdNotAscii.into()),
        }
    }

    pub(super) fn advance_persistent(&mut self, id: &mut Option<S::Object>) -> Next<S::Object> {
        match id.take() {
            Some(id) => {
                self.ids.next_is_id = S::HAS_PERSISTENT_IDS;
                Next::Save(id)
            }
            None => {
                self.op(Opcode::BinPersId);
                Next::Done
            }
        }
    }
}
