//! [`Out`]: a byte buffer for many short writes.

use alloc::vec;
use alloc::vec::Vec;

use crate::short::{Short, WINDOW};

/// What was written so far.
///
/// Marshal data is written a few bytes at a time. Appending so few to a `Vec` is a call of memcpy each; here they are stored
/// with a fixed width to bytes that are there, of which only those count that are meant. One comparison says that there is
/// room for the widest. (A block of 4 KiB that is appended when it is full took a tenth of the time for being copied.)
#[derive(Debug, Default)]
pub(crate) struct Out {
    /// What is written, and behind it what may be written to.
    bytes: Vec<u8>,
    /// How much is written.
    at: usize,
}

/// So much is made room for beyond what is known to be needed: the last bytes are stored with a fixed width, too.
const SPARE: usize = 512;

impl Out {
    /// Makes room for so many bytes.
    pub(crate) fn reserve(&mut self, count: usize) {
        let wanted = self.at.saturating_add(count).saturating_add(SPARE);
        if self.bytes.is_empty() {
            self.bytes = vec![0; wanted];
        } else if self.bytes.len() < wanted {
            self.bytes.resize(wanted, 0);
        }
    }

    /// How many bytes were written.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.at
    }

    /// Drops what was written.
    pub(crate) fn clear(&mut self) {
        self.at = 0;
    }

    /// Drops what was written behind so many bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.at = self.at.min(length);
    }

    /// What was written.
    pub(crate) fn written_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.at]
    }

    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.at);
        self.bytes
    }

    /// Appends what was written to something else, and drops it here.
    pub(crate) fn move_to(&mut self, rest: &mut Rest<'_>) -> Option<()> {
        let count = core::mem::take(&mut self.at);
        match self.bytes.first_chunk::<64>() {
            Some(window) if count <= 64 => rest.put_window(0, 0, window, count),
            _ => rest.put_all(self.bytes.get(..count)?),
        }
    }

    /// What may be written to, for those who have it at hand; they [say](Out::leave) how much they leave of it.
    #[inline(always)]
    pub(crate) fn rest(&mut self) -> Rest<'_> {
        Rest { bytes: &mut self.bytes[self.at..] }
    }

    /// All is written but the last so many bytes.
    #[inline(always)]
    pub(crate) fn leave(&mut self, rest: usize) {
        self.at = self.bytes.len() - rest;
    }

    /// Room for so many bytes, none of which counts yet.
    #[inline(always)]
    fn room<const N: usize>(&mut self) -> &mut [u8; N] {
        if self.bytes.len() - self.at < N {
            self.grow(N);
        }
        self.bytes[self.at..].first_chunk_mut().expect("there are as many")
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, count: usize) {
        self.reserve(count.max(self.bytes.len()));
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
        if self.bytes.len() - self.at < bytes.len() {
            self.grow(bytes.len());
        }
        copy(&mut self.bytes[self.at..][..bytes.len()], bytes);
        self.at += bytes.len();
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
}

/// What is left of the room of an [`Out`], for a loop that has it in registers. Where there is too little room nothing is
/// written.
pub(crate) struct Rest<'w> {
    bytes: &'w mut [u8],
}

impl Rest<'_> {
    /// How many bytes are left.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    #[inline(always)]
    fn advance(&mut self, count: usize) {
        self.bytes = &mut core::mem::take(&mut self.bytes)[count..];
    }

    /// Appends the low `COUNT` bytes of a little-endian word.
    #[inline(always)]
    pub(crate) fn put<const COUNT: usize>(&mut self, word: u64) -> Option<()> {
        const { assert!(COUNT <= 8) };
        *self.bytes.first_chunk_mut()? = word.to_le_bytes();
        self.advance(COUNT);
        Some(())
    }

    /// Appends the low `count` bytes of a little-endian word.
    #[inline(always)]
    pub(crate) fn put_some(&mut self, word: u64, count: usize) -> Option<()> {
        *self.bytes.first_chunk_mut()? = word.to_le_bytes();
        self.advance(count);
        Some(())
    }

    /// Appends a byte, if there is one, and words of four bytes.
    #[inline(always)]
    pub(crate) fn put_words<const N: usize>(&mut self, first: Option<u8>, words: [i32; N]) -> Option<()> {
        const { assert!(4 * N < 32) };
        let room = self.bytes.first_chunk_mut::<32>()?;
        let head = usize::from(first.is_some());
        room[0] = first.unwrap_or_default();
        for (room, word) in room[head..].as_chunks_mut().0.iter_mut().zip(words) {
            *room = word.to_le_bytes();
        }
        self.advance(head + 4 * N);
        Some(())
    }

    /// Appends a word of two bytes and a short string.
    #[inline(always)]
    pub(crate) fn put_short(&mut self, head: u16, short: Short<'_>) -> Option<()> {
        let [first, second, room @ ..] = self.bytes.first_chunk_mut::<{ 2 + WINDOW }>()?;
        [*first, *second] = head.to_le_bytes();
        *room = *short.window;
        self.advance(2 + short.length);
        Some(())
    }

    /// Appends the first so many bytes of a word, and the first `length` bytes of a window.
    #[inline(always)]
    pub(crate) fn put_window<const N: usize>(
        &mut self,
        head: u64,
        head_length: usize,
        window: &[u8; N],
        length: usize,
    ) -> Option<()> {
        let room = self.bytes.get_mut(..8 + N)?;
        room[..8].copy_from_slice(&head.to_le_bytes());
        room[head_length..][..N].copy_from_slice(window);
        self.advance(head_length + length);
        Some(())
    }

    /// Appends bytes.
    pub(crate) fn put_all(&mut self, bytes: &[u8]) -> Option<()> {
        self.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        self.advance(bytes.len());
        Some(())
    }

    /// Appends the first so many bytes of a word, and bytes.
    #[inline(always)]
    pub(crate) fn put_bytes(&mut self, head: u64, head_length: usize, bytes: &[u8]) -> Option<()> {
        let end = head_length + bytes.len();
        let room = self.bytes.get_mut(..end.max(8))?;
        room[..8].copy_from_slice(&head.to_le_bytes());
        room[head_length..end].copy_from_slice(bytes);
        self.advance(end);
        Some(())
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
