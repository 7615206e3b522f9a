//! [`Buffer`]: where files are read to.

use std::fs::{File, Metadata};
use std::io::{self, Read};

/// Room for small files, one after the other: nobody asks how long they are.
pub(super) struct Buffer(Box<[u8]>);

/// What is appended to a file while it is read is taken in, up to so much: some are written to without end.
const MAX_GROWTH: u64 = 1 << 24;

impl Default for Buffer {
    fn default() -> Self {
        Buffer(vec![0; 1 << 16].into())
    }
}

impl Buffer {
    /// Reads a file into it; gives its content, or none where there may be more than there is room for.
    pub(super) fn fill(&mut self, file: &mut impl Read) -> io::Result<Option<&[u8]>> {
        let mut filled = 0;
        while filled < self.0.len() {
            match file.read(&mut self.0[filled..]) {
                Ok(0) => return Ok(Some(&self.0[..filled])),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// What was read, and the rest of the file.
    pub(super) fn and_rest(&self, file: File, metadata: &Metadata) -> io::Result<Vec<u8>> {
        // A pipe or a device does not say how much is to come.
        let most = if metadata.is_file() { metadata.len().saturating_add(MAX_GROWTH) } else { u64::MAX };
        self.and_up_to(file, metadata.len(), most)
    }

    fn and_up_to(&self, file: impl Read, length: u64, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let room = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(1);
        bytes.try_reserve_exact(room.max(self.0.len()))?;
        bytes.extend_from_slice(&self.0);
        // Through `take`, nobody asks for the length once more.
        file.take(most).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            return Err(io::Error::other("it is written to faster than it is read"));
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, repeat};

    use super::Buffer;

    #[test]
    fn a_file_is_read_to_its_end() {
        let mut buffer = Buffer::default();
        let room = buffer.0.len();
        assert_eq!(buffer.fill(&mut &b"N."[..]).expect("memory"), Some(&b"N."[..]));
        assert_eq!(
            buffer.fill(&mut repeat(b'N').take(room as u64 - 1)).expect("memory").map(<[u8]>::len),
            Some(room - 1)
        );
        for more in [0, 1, 1000] {
            let mut file = repeat(b'N').take(room as u64 + more);
            assert_eq!(buffer.fill(&mut file).expect("memory"), None);
            let length = room as u64;
            assert_eq!(buffer.and_up_to(file, length, length + 1000).expect("memory").len() as u64, length + more);
        }
    }

    #[test]
    fn a_file_that_grows_for_ever_is_an_error() {
        let mut buffer = Buffer::default();
        assert_eq!(buffer.fill(&mut repeat(b'N')).expect("memory"), None);
        let length = buffer.0.len() as u64;
        assert!(buffer.and_up_to(repeat(b'N'), length, length + 1000).is_err());
    }
}
