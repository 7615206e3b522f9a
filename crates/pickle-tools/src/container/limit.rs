//! What unpacking may cost.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much may be unpacked by default, however small the file: 256 MiB.
pub const DEFAULT_UNPACKED: u64 = 256 << 20;

/// How many times the size of what has been read of the file may be unpacked by default.
///
/// Pickles are packed to a third or a tenth of their size, arrays of zeros to a thousandth; a bomb to much less.
pub const DEFAULT_RATIO: u64 = 100;

/// More was unpacked than allowed: inside an [`io::Error`], whose `get_ref` can be asked for it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("unpacks to more than {limit} bytes, which is the limit")]
pub struct TooLarge {
    /// How much is allowed.
    pub limit: u64,
}

/// Counts what is read of the file, and bounds what comes out of its layers.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    packed: Arc<AtomicU64>,
    /// In place of the default limits.
    max_unpacked: Option<u64>,
}

impl Budget {
    pub(super) fn new(max_unpacked: Option<u64>) -> Budget {
        Budget { packed: Arc::default(), max_unpacked }
    }

    /// Notes bytes of the file that were read.
    pub(super) fn read(&self, count: usize) {
        self.packed.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(super) fn limit(&self) -> u64 {
        let relative = || self.packed.load(Ordering::Relaxed).saturating_mul(DEFAULT_RATIO);
        self.max_unpacked.unwrap_or_else(|| relative().max(DEFAULT_UNPACKED))
    }

    /// A layer's content, within the limit.
    pub(super) fn bounded<R>(&self, inner: R, layer: &'static str) -> Bounded<R> {
        Bounded { inner, layer, unpacked: 0, budget: self.clone() }
    }
}

/// A layer's content; fails where it becomes too large, and tells which layer failed.
#[derive(Debug)]
pub(super) struct Bounded<R> {
    inner: R,
    layer: &'static str,
    unpacked: u64,
    budget: Budget,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer).map_err(|error| named(self.layer, error))?;
        self.unpacked += count as u64;
        let limit = self.budget.limit();
        if self.unpacked > limit {
            return Err(io::Error::other(TooLarge { limit }));
        }
        Ok(count)
    }
}

/// An error of a decoder, with the layer's name; an error from beneath it as it is.
fn named(layer: &str, error: io::Error) -> io::Error {
    let from_beneath = error.get_ref().is_some_and(|inner| inner.is::<TooLarge>() || inner.is::<LayerError>());
    if from_beneath || error.raw_os_error().is_some() || error.kind() == io::ErrorKind::Interrupted {
        return error;
    }
    io::Error::new(error.kind(), LayerError(format!("{layer}: {error}")))
}

/// What a layer's decoder says.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct LayerError(String);
