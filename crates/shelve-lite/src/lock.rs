//! Waiting for a lock on a file.

use std::fs::File;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};

use crate::error::ErrorKind;

/// How long to sleep between two tries.
const PAUSE: Duration = Duration::from_millis(10);

/// Whether others may have the lock at the same time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    Shared,
    Exclusive,
}

/// Locks a file until it is closed; says busy where others hold it for longer than `timeout`.
pub(crate) fn lock(file: &File, lock: Lock, timeout: Duration) -> Result<(), ErrorKind> {
    let started = Instant::now();
    loop {
        let tried = match lock {
            Lock::Shared => FileExt::try_lock_shared(file),
            Lock::Exclusive => FileExt::try_lock(file),
        };
        match tried {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if started.elapsed() < timeout => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(ErrorKind::Busy),
            // A file system without locks: then there is nothing to be had.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(ErrorKind::Io(error)),
        }
    }
}
