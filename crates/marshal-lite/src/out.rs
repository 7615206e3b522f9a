//! [`Out`]: a byte buffer for many short writes.

use alloc::vec;
use alloc::vec::Vec;

/// What was written so far.
///
/// Marshal data is written a few bytes at a time. Appending so few to a `Vec` is a call of memcpy each; here eight bytes are
/// stored at once, and only those count that are meant.
#[derive(Debug, Default)]
pub(crate) struct Out {
    /// Zeroes behind `length`.
    bytes: Vec<u8>,
    length: usize,
}

impl Out {
    pub(crate) fn reserve(&mut self, count: usize) {
        let wanted = self.length + count;
        if wanted > self.bytes.len() {
            if self.bytes.is_empty() {
                // Zeroed memory comes from the system as it is.
                self.bytes = vec![0; wanted];
            } else {
                self.bytes.resize(wanted, 0);
            }
        }
    }

    /// How many bytes were written.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Appends the low `length` bytes of a little-endian word.
    #[inline(always)]
    pub(crate) fn put(&mut self, word: u64, length: usize) {
        if let Some(room) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<8>) {
            *room = word.to_le_bytes();
            self.length += length;
        } else {
            self.extend_slowly(&word.to_le_bytes()[..length]);
        }
    }

    /// Appends a byte.
    #[inline(always)]
    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(room) = self.bytes.get_mut(self.length) {
            *room = byte;
            self.length += 1;
        } else {
            self.extend_slowly(&[byte]);
        }
    }

    /// Appends bytes.
    #[inline(always)]
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        if let Some(room) = self.bytes.get_mut(self.length..self.length + bytes.len()) {
            room.copy_from_slice(bytes);
            self.length += bytes.len();
        } else {
            self.extend_slowly(bytes);
        }
    }

    #[cold]
    #[inline(never)]
    fn extend_slowly(&mut self, bytes: &[u8]) {
        self.reserve((bytes.len() + 8).max(self.length).max(64));
        self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.length);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::Out;

    #[test]
    fn what_is_put_is_there() {
        let mut out = Out::default();
        for number in 0..100_u64 {
            out.put(0xaabb_ccdd_eeff_0000 | number, 1);
            out.push(number as u8);
            out.extend(&[7; 3][..number as usize % 4]);
        }
        let mut expected = alloc::vec::Vec::new();
        for number in 0..100_u8 {
            expected.extend_from_slice(&[number, number]);
            expected.extend_from_slice(&[7; 3][..usize::from(number) % 4]);
        }
        assert_eq!(out.into_vec(), expected);
    }
}
