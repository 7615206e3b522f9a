//! [`Out`]: a byte buffer for many short writes.

use alloc::vec::Vec;

use crate::short::{Short, WINDOW};

/// What was written so far.
///
/// Marshal data is written a few bytes at a time. Appending so few to a `Vec` is a call of memcpy each; here eight or sixteen
/// bytes are stored at once, and only those count that are meant.
#[derive(Debug, Default)]
pub(crate) struct Out {
    /// What was written, and behind it some bytes that may be written to at once. They are made a stretch at a time, which
    /// stays in the cache until they are overwritten.
    bytes: Vec<u8>,
    length: usize,
}

/// How many bytes are made writable at once, and from how many on bytes are appended as to a `Vec`.
const STRETCH: usize = 8 * 1024;

impl Out {
    /// Makes room for so many bytes.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.bytes.reserve((self.length + count + 32).saturating_sub(self.bytes.len()));
    }

    /// How many bytes were written.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Drops what was written.
    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }

    /// Drops what was written behind so many bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// What was written.
    pub(crate) fn written_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.length]
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

    /// Appends the low `length` bytes of a little-endian word of 16 bytes.
    #[inline(always)]
    pub(crate) fn put_wide(&mut self, word: u128, length: usize) {
        if let Some(room) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<16>) {
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
            copy(room, bytes);
            self.length += bytes.len();
        } else {
            self.extend_slowly(bytes);
        }
    }

    /// Appends a word of two bytes and a short string: two or four copies of a fixed width, which may overlap, where a call
    /// of memcpy would cost more.
    #[inline(always)]
    pub(crate) fn extend_short(&mut self, head: u16, bytes: &[u8]) {
        let size = bytes.len();
        let (word, half) = (
            |at: usize| bytes[at..].first_chunk::<8>().map_or(0, |chunk| u64::from_le_bytes(*chunk)),
            |at: usize| bytes[at..].first_chunk::<4>().map_or(0, |chunk| u32::from_le_bytes(*chunk)),
        );
        match size {
            4..8 => {
                let both = u64::from(half(0)) | u64::from(half(size - 4)) << (8 * (size - 4));
                self.put_wide(u128::from(head) | u128::from(both) << 16, size + 2);
            }
            8..=14 => {
                let both = u128::from(word(0)) | u128::from(word(size - 8)) << (8 * (size - 8));
                self.put_wide(u128::from(head) | both << 16, size + 2);
            }
            _ => {
                self.put(u64::from(head), 2);
                self.extend(bytes);
            }
        }
    }

    /// The same of a string with what stands behind it: all of it is copied, and only the string counts.
    #[inline(always)]
    pub(crate) fn extend_window(&mut self, head: u16, short: Short<'_>) {
        let Some(room) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<{ 2 + WINDOW }>) else {
            self.extend_slowly(&head.to_le_bytes());
            self.extend_slowly(short.bytes());
            return;
        };
        let [first, second, rest @ ..] = room;
        [*first, *second] = head.to_le_bytes();
        *rest = *short.window;
        self.length += 2 + short.length;
    }

    #[cold]
    #[inline(never)]
    fn extend_slowly(&mut self, bytes: &[u8]) {
        if bytes.len() >= STRETCH {
            self.bytes.truncate(self.length);
            self.bytes.extend_from_slice(bytes);
            self.length += bytes.len();
            return;
        }
        let wanted = self.length + bytes.len().max(2 * WINDOW);
        if wanted > self.bytes.len() {
            self.bytes.reserve(wanted - self.bytes.len());
            self.bytes.resize((wanted + STRETCH).min(self.bytes.capacity()), 0);
        }
        self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.length);
        self.bytes
    }
}

/// Copies bytes to as much room: 16 to 64, which most bytes of code objects are, in two or four copies of a fixed width,
/// which may overlap.
#[inline(always)]
fn copy(room: &mut [u8], bytes: &[u8]) {
    if bytes.len() > 32 && bytes.len() <= 64 {
        copy_ends::<32>(room, bytes);
    } else if bytes.len() >= 16 && bytes.len() <= 32 {
        copy_ends::<16>(room, bytes);
    } else {
        room.copy_from_slice(bytes);
    }
}

/// Copies the first and the last `N` bytes, which are all.
#[inline(always)]
fn copy_ends<const N: usize>(room: &mut [u8], bytes: &[u8]) {
    if let (Some(room), Some(first)) = (room.first_chunk_mut::<N>(), bytes.first_chunk::<N>()) {
        *room = *first;
    }
    if let (Some(room), Some(last)) = (room.last_chunk_mut::<N>(), bytes.last_chunk::<N>()) {
        *room = *last;
    }
}

/// Whether all bytes are ASCII: the same as the method of slices, which for a few bytes is a call that takes longer.
#[inline(always)]
pub(crate) fn is_ascii(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) if bytes.len() <= 16 => {
            (u64::from_ne_bytes(*first) | u64::from_ne_bytes(*last)) & HIGH == 0
        }
        _ => bytes.is_ascii(),
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
            out.extend(&[7; 80][..number as usize % 70]);
            out.extend_short(0x0908, &[3; 40][..number as usize % 20]);
        }
        let mut expected = alloc::vec::Vec::new();
        for number in 0..100_u8 {
            expected.extend_from_slice(&[number, number]);
            expected.extend_from_slice(&[7; 80][..usize::from(number) % 70]);
            expected.extend_from_slice(&[8, 9]);
            expected.extend_from_slice(&[3; 40][..usize::from(number) % 20]);
        }
        assert_eq!(out.into_vec(), expected);
    }
}
