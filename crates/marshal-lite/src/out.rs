//! [`Out`]: a byte buffer for many short writes.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::short::{Short, WINDOW};

/// What was written so far.
///
/// Marshal data is written a few bytes at a time. Appending so few to a `Vec` is a call of memcpy each; here they go to a
/// block first, with stores of a fixed width, of which only those bytes count that are meant. One comparison says that
/// there is room for the widest.
#[derive(Debug)]
pub(crate) struct Out {
    block: Box<[u8; BLOCK]>,
    /// How much of the block is written.
    at: usize,
    /// What was in blocks before.
    bytes: Vec<u8>,
}

/// How many bytes are written to before they are appended.
const BLOCK: usize = 4096;

/// Of so many bytes a copy to the block does not pay.
const LARGE: usize = 1024;

impl Default for Out {
    fn default() -> Out {
        let block = vec![0; BLOCK].into_boxed_slice();
        Out { block: block.try_into().unwrap_or_else(|_| Box::new([0; BLOCK])), at: 0, bytes: Vec::new() }
    }
}

impl Out {
    /// Makes room for so many bytes.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.bytes.reserve(count);
    }

    /// How many bytes were written.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() + self.at
    }

    /// Drops what was written.
    pub(crate) fn clear(&mut self) {
        self.at = 0;
        self.bytes.clear();
    }

    /// Drops what was written behind so many bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.flush();
        self.bytes.truncate(length);
    }

    /// What was written.
    pub(crate) fn written_mut(&mut self) -> &mut [u8] {
        self.flush();
        &mut self.bytes
    }

    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        self.flush();
        self.bytes
    }

    /// Room for so many bytes, none of which counts yet.
    #[inline(always)]
    fn room<const N: usize>(&mut self) -> &mut [u8; N] {
        const { assert!(N <= BLOCK) };
        if self.at > BLOCK - N {
            self.flush();
            self.at = 0;
        }
        let at = self.at;
        self.block[at..at + N].first_chunk_mut().expect("there are as many")
    }

    #[cold]
    #[inline(never)]
    fn flush(&mut self) {
        self.bytes.extend_from_slice(&self.block[..self.at]);
        self.at = 0;
    }

    /// Appends the low `length` bytes of a little-endian word.
    #[inline(always)]
    pub(crate) fn put(&mut self, word: u64, length: usize) {
        *self.room() = word.to_le_bytes();
        self.at += length;
    }

    /// Appends the low `length` bytes of a little-endian word of 16 bytes.
    #[inline(always)]
    pub(crate) fn put_wide(&mut self, word: u128, length: usize) {
        *self.room() = word.to_le_bytes();
        self.at += length;
    }

    /// Appends words of four bytes.
    #[inline(always)]
    pub(crate) fn put_words<const N: usize>(&mut self, words: [u32; N]) {
        let room = self.room::<64>();
        for (room, word) in room.as_chunks_mut().0.iter_mut().zip(words) {
            *room = word.to_le_bytes();
        }
        self.at += 4 * N;
    }

    /// Appends a byte.
    #[inline(always)]
    pub(crate) fn push(&mut self, byte: u8) {
        *self.room() = [byte];
        self.at += 1;
    }

    /// Appends bytes.
    #[inline(always)]
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        if let Some(room) = self.block.get_mut(self.at..self.at + bytes.len()) {
            copy(room, bytes);
            self.at += bytes.len();
        } else {
            self.extend_slowly(bytes);
        }
    }

    #[cold]
    #[inline(never)]
    fn extend_slowly(&mut self, bytes: &[u8]) {
        self.flush();
        if bytes.len() >= LARGE {
            self.bytes.extend_from_slice(bytes);
        } else {
            self.block[..bytes.len()].copy_from_slice(bytes);
            self.at = bytes.len();
        }
    }

    /// Appends the first `length` of some bytes: as many as are usual are copied, which needs no look at the length.
    #[inline(always)]
    pub(crate) fn extend_of(&mut self, bytes_and_more: &[u8], length: usize) {
        match bytes_and_more.first_chunk::<128>() {
            Some(bytes) if length <= 64 => {
                self.room::<64>().copy_from_slice(&bytes[..64]);
                self.at += length;
            }
            Some(bytes) if length <= 128 => {
                *self.room() = *bytes;
                self.at += length;
            }
            _ => self.extend(&bytes_and_more[..length]),
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
        let [first, second, rest @ ..] = self.room::<{ 2 + WINDOW }>();
        [*first, *second] = head.to_le_bytes();
        *rest = *short.window;
        self.at += 2 + short.length;
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

/// Whether all bytes are ASCII: the same as the method of slices, which looks at the last ones one by one.
#[inline(always)]
pub(crate) fn is_ascii(bytes: &[u8]) -> bool {
    match bytes.len() {
        32.. => {
            bytes.chunks_exact(32).all(is_ascii_all) && bytes.last_chunk::<32>().is_some_and(|last| is_ascii_all(last))
        }
        16.. => are_ends_ascii::<16>(bytes),
        8.. => are_ends_ascii::<8>(bytes),
        _ => is_ascii_all(bytes),
    }
}

/// Whether the first and the last `N` bytes are, which are all.
#[inline(always)]
fn are_ends_ascii<const N: usize>(bytes: &[u8]) -> bool {
    let ends = [bytes.first_chunk::<N>(), bytes.last_chunk::<N>()];
    ends.into_iter().flatten().all(|end| is_ascii_all(end))
}

/// The same without a branch for each byte.
#[inline(always)]
fn is_ascii_all(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |all, byte| all | byte).is_ascii()
}

#[cfg(test)]
mod tests {
    use super::{Out, is_ascii};

    #[test]
    fn each_byte_counts() {
        for length in 0..100 {
            let mut bytes = alloc::vec![b'x'; length];
            assert!(is_ascii(&bytes));
            for at in 0..length {
                bytes[at] = 0xc3;
                assert!(!is_ascii(&bytes), "{at} of {length}");
                bytes[at] = b'x';
            }
        }
    }

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
