//! [`Out`]: a byte buffer for many short writes.

use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

/// A growing byte buffer whose short writes have a fixed width.
///
/// A pickle is written a few bytes at a time. Appending so few to a `Vec` is a call of memcpy each; here eight or sixteen
/// bytes are stored at once and only those count that are meant (dumping ints took 4.3 ms so, 2.4 ms now). It derefs to
/// what was written.
#[derive(Clone, Debug, Default)]
pub struct Out {
    /// What was written, and behind it some bytes that may be written to at once. They are made a window at a time, which
    /// stays in the cache until they are overwritten.
    bytes: Vec<u8>,
    length: usize,
}

/// How many bytes are made writable at once, and from how many on bytes are appended as to a `Vec`.
///
/// Few enough to be in the cache still when they are overwritten.
const WINDOW: usize = 32 * 1024;

impl Out {
    /// An empty buffer with room for about so many bytes.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Out {
        Out { bytes: Vec::with_capacity(capacity + 512), length: 0 }
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

    /// Appends the low `head` bytes of one little-endian word, at most 8, and behind them those of another; `length` in all.
    #[inline(always)]
    pub fn put_behind(&mut self, first: u64, head: usize, second: u64, length: usize) {
        if let Some(slot) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<16>) {
            slot[..8].copy_from_slice(&first.to_le_bytes());
            slot[head & 7..][..8].copy_from_slice(&second.to_le_bytes());
            self.length += length;
        } else {
            self.extend_slowly(&first.to_le_bytes(), head);
            self.extend_slowly(&second.to_le_bytes(), length - head);
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

    /// Appends bytes as a `Vec` does: for those who collect many before. No room is made ready behind them.
    pub fn append(&mut self, bytes: &[u8]) {
        self.bytes.truncate(self.length);
        self.bytes.extend_from_slice(bytes);
        self.length = self.bytes.len();
    }

    /// The bytes behind what was written that may be written to at once, at least so many: for those who keep count
    /// themselves, and [say](Out::advance) in the end how many they wrote.
    #[inline(always)]
    pub fn window(&mut self, least: usize) -> &mut [u8] {
        if self.bytes.len() - self.length < least {
            self.widen(least);
        }
        &mut self.bytes[self.length..]
    }

    /// Says that so many bytes of the [`window`](Out::window) were written.
    ///
    /// # Panics
    ///
    /// If it has fewer.
    #[inline(always)]
    pub fn advance(&mut self, count: usize) {
        assert!(count <= self.bytes.len() - self.length, "no more is written than there is room for");
        self.length += count;
    }

    #[cold]
    #[inline(never)]
    fn extend_slowly(&mut self, bytes: &[u8], length: usize) {
        if bytes.len() >= WINDOW {
            return self.append(&bytes[..length]);
        }
        self.window(bytes.len().max(32))[..bytes.len()].copy_from_slice(bytes);
        self.length += length;
    }

    #[cold]
    #[inline(never)]
    fn widen(&mut self, least: usize) {
        let wanted = self.length + least;
        self.bytes.reserve(wanted - self.bytes.len());
        let end = (wanted + WINDOW).min(self.bytes.capacity());
        self.bytes.resize(end, 0);
    }

    /// Drops all behind the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Takes out the byte at a place.
    ///
    /// # Panics
    ///
    /// If nothing is written there.
    pub fn remove(&mut self, at: usize) {
        self.bytes.copy_within(at + 1..self.length, at);
        self.length -= 1;
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
    fn from(bytes: Vec<u8>) -> Out {
        Out { length: bytes.len(), bytes }
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
