//! [`Out`]: a byte buffer for many short writes.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

/// A growing byte buffer whose short writes have a fixed width.
///
/// A pickle is written a few bytes at a time. Appending so few to a `Vec` is a call of memcpy each; here eight or sixteen
/// bytes are stored at once and only those count that are meant (dumping ints took 4.3 ms so, 2.4 ms now). It derefs to
/// what was written.
#[derive(Clone, Debug, Default)]
pub struct Out {
    /// Zeroes behind `length`.
    bytes: Vec<u8>,
    length: usize,
}

impl Out {
    /// An empty buffer with room for about so many bytes.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Out {
        // Zeroed memory comes from the system as it is, and is touched only when written to.
        Out { bytes: vec![0; capacity + 16], length: 0 }
    }

    /// Appends the low `length` bytes of a little-endian word, at most 8.
    #[inline(always)]
    pub fn put(&mut self, word: u64, length: usize) {
        if let Some(slot) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<8>) {
            *slot = word.to_le_bytes();
            self.length += length;
        } else {
            self.extend_slowly(&word.to_le_bytes(), length);
        }
    }

    /// Appends the low `length` bytes of a little-endian word, at most 16.
    #[inline(always)]
    pub fn put_wide(&mut self, word: u128, length: usize) {
        if let Some(slot) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<16>) {
            *slot = word.to_le_bytes();
            self.length += length;
        } else {
            self.extend_slowly(&word.to_le_bytes(), length);
        }
    }

    /// Appends the first `length` of 32 bytes.
    #[inline(always)]
    pub fn put_32(&mut self, bytes: &[u8; 32], length: usize) {
        if let Some(slot) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<32>) {
            *slot = *bytes;
            self.length += length;
        } else {
            self.extend_slowly(bytes, length);
        }
    }

    /// Appends a byte.
    #[inline(always)]
    pub fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        } else {
            self.extend_slowly(&[byte], 1);
        }
    }

    /// Appends bytes.
    #[inline]
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        if let Some(room) = self.bytes.get_mut(self.length..self.length + bytes.len()) {
            room.copy_from_slice(bytes);
            self.length += bytes.len();
        } else {
            self.extend_slowly(bytes, bytes.len());
        }
    }

    #[cold]
    #[inline(never)]
    fn extend_slowly(&mut self, bytes: &[u8], length: usize) {
        let wanted = self.length + bytes.len().max(16);
        if wanted > self.bytes.len() {
            self.bytes.resize((2 * self.bytes.len()).max(wanted).max(64), 0);
        }
        self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += length;
    }

    /// Drops all behind the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Drops the first `count` bytes.
    pub fn drop_front(&mut self, count: usize) {
        self.bytes.copy_within(count..self.length, 0);
        self.length -= count;
    }

    /// What was written.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.length);
        self.bytes
    }
}

/// Behind what a vector holds; its room is used.
impl From<Vec<u8>> for Out {
    fn from(mut bytes: Vec<u8>) -> Out {
        let length = bytes.len();
        bytes.resize(bytes.capacity(), 0);
        Out { bytes, length }
    }
}

impl Deref for Out {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl DerefMut for Out {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.length]
    }
}
