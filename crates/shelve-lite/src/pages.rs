//! [`Bytes`]: a file in memory, whose numbers are claims.

use crate::error::{ErrorKind, damaged};

/// The bytes of a file, with the order in which it has the bytes of a number.
pub(crate) struct Bytes {
    data: Vec<u8>,
    is_big_endian: bool,
}

impl Bytes {
    pub(crate) fn new(data: Vec<u8>, is_big_endian: bool) -> Bytes {
        Bytes { data, is_big_endian }
    }

    pub(crate) fn len(&self) -> usize {
        self.data.len()
    }

    /// So many bytes from `offset` on, if the file has them.
    pub(crate) fn slice(&self, offset: u64, length: u64, what: &str) -> Result<&[u8], ErrorKind> {
        let range = || {
            let start = usize::try_from(offset).ok()?;
            let end = start.checked_add(usize::try_from(length).ok()?)?;
            self.data.get(start..end)
        };
        range().ok_or_else(|| {
            let there = self.data.len();
            damaged(offset, format!("{what} of {length} bytes reaches beyond the end of the file, which has {there}"))
        })
    }

    pub(crate) fn u8(&self, offset: u64) -> Result<u8, ErrorKind> {
        self.number(offset).map(|[byte]| byte)
    }

    pub(crate) fn u16(&self, offset: u64) -> Result<u16, ErrorKind> {
        self.number(offset).map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&self, offset: u64) -> Result<u32, ErrorKind> {
        self.number(offset).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&self, offset: u64) -> Result<u64, ErrorKind> {
        self.number(offset).map(u64::from_le_bytes)
    }

    /// The bytes of a number, the least first.
    fn number<const N: usize>(&self, offset: u64) -> Result<[u8; N], ErrorKind> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.slice(offset, N as u64, "a number")?);
        if self.is_big_endian {
            bytes.reverse();
        }
        Ok(bytes)
    }
}
