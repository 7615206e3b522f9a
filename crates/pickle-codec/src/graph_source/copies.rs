//! [`Copies`]: a limit on what is written more than once.

use crate::error::{Error, ErrorKind};

/// How many bytes may be written of what a graph shares and a pickle cannot.
#[derive(Debug)]
pub(super) struct Copies {
    limit: u64,
    /// None once it was passed.
    left: Option<u64>,
}

impl Copies {
    pub(super) fn new(limit: u64) -> Copies {
        Copies { limit, left: Some(limit) }
    }

    /// Notes that so much is written.
    #[inline]
    pub(super) fn count(&mut self, bytes: usize) -> Result<(), Error> {
        self.left = self.left.and_then(|left| left.checked_sub(bytes as u64));
        self.check()
    }

    #[inline]
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.left.is_none() { Err(ErrorKind::Copies { limit: self.limit }.into()) } else { Ok(()) }
    }
}
