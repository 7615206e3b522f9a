//! Bytes → instructions.

use crate::op::read_argument;
use crate::{Error, ErrorKind, Op, Opcode};

/// Reads the instruction at `offset`; gives it with the offset behind it.
///
/// # Errors
///
/// - [`ErrorKind::EndOfInput`] where nothing is left,
/// - [`ErrorKind::UnknownOpcode`],
/// - [`ErrorKind::Truncated`] and [`ErrorKind::NegativeLength`] for its argument.
#[inline(always)]
pub fn decode(input: &[u8], offset: usize) -> Result<(Op<'_>, usize), Error> {
    let Some(&byte) = input.get(offset) else {
        return Err(Error::new(offset, None, ErrorKind::EndOfInput));
    };
    let Some(opcode) = Opcode::from_byte(byte) else {
        return Err(Error::new(offset, None, ErrorKind::UnknownOpcode(byte)));
    };
    let mut cursor = Cursor { input, position: offset + 1 };
    match read_argument(opcode, &mut cursor) {
        Ok(op) => Ok((op, cursor.position)),
        Err(kind) => Err(Error::new(offset, Some(opcode), kind)),
    }
}

/// The instructions of one pickle: an iterator of `(offset, op)` that ends behind STOP, or behind the first error.
///
/// ```
/// use pickle_opcodes::{Op, Ops};
///
/// let mut ops = Ops::new(b"\x80\x04K\x2a.");
/// assert_eq!(ops.next(), Some(Ok((0, Op::Proto(4)))));
/// assert_eq!(ops.next(), Some(Ok((2, Op::BinInt1(42)))));
/// assert_eq!(ops.next(), Some(Ok((4, Op::Stop))));
/// assert_eq!(ops.next(), None);
/// assert_eq!(ops.offset(), 5);
/// ```
#[derive(Clone, Debug)]
pub struct Ops<'a> {
    input: &'a [u8],
    offset: usize,
    finished: bool,
}

impl<'a> Ops<'a> {
    /// The instructions of the pickle at the start of `input`.
    #[must_use]
    pub fn new(input: &'a [u8]) -> Ops<'a> {
        Ops::at(input, 0)
    }

    /// The instructions of the pickle at `offset` of `input`; offsets count from the start of `input`.
    #[must_use]
    pub fn at(input: &'a [u8], offset: usize) -> Ops<'a> {
        Ops { input, offset, finished: false }
    }

    /// Where the next instruction starts: behind STOP once the iterator has ended well.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl<'a> Iterator for Ops<'a> {
    type Item = Result<(usize, Op<'a>), Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let offset = self.offset;
        match decode(self.input, offset) {
            Ok((op, end)) => {
                self.offset = end;
                self.finished = matches!(op, Op::Stop);
                Some(Ok((offset, op)))
            }
            Err(error) => {
                self.finished = true;
                Some(Err(error))
            }
        }
    }
}

impl core::iter::FusedIterator for Ops<'_> {}

/// A place in the input, behind an opcode's byte.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    input: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    /// At `position` of `input`, or at its end where it is shorter.
    #[inline(always)]
    #[must_use]
    pub fn new(input: &'a [u8], position: usize) -> Cursor<'a> {
        Cursor { input, position: position.min(input.len()) }
    }

    /// Where it stands, in bytes from the start of the input.
    #[inline(always)]
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// What has not been read yet.
    #[inline(always)]
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        &self.input[self.position..]
    }

    /// Passes over `length` bytes of [`rest`](Cursor::rest); gives them.
    ///
    /// # Panics
    ///
    /// Where there are fewer.
    #[inline(always)]
    pub fn advance(&mut self, length: usize) -> &'a [u8] {
        let bytes = &self.rest()[..length];
        self.position += length;
        bytes
    }

    /// The next `N` bytes.
    #[inline(always)]
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], ErrorKind> {
        match self.input[self.position..].first_chunk::<N>() {
            Some(bytes) => {
                self.position += N;
                Ok(*bytes)
            }
            None => Err(self.truncated(N as u64)),
        }
    }

    /// The next `length` bytes.
    #[inline(always)]
    pub(crate) fn take(&mut self, length: u64) -> Result<&'a [u8], ErrorKind> {
        let rest = &self.input[self.position..];
        match usize::try_from(length).ok().and_then(|length| rest.get(..length)) {
            Some(bytes) => {
                self.position += bytes.len();
                Ok(bytes)
            }
            None => Err(self.truncated(length)),
        }
    }

    /// The bytes up to the next newline, which is skipped.
    #[inline(always)]
    pub(crate) fn line(&mut self) -> Result<&'a [u8], ErrorKind> {
        let rest = &self.input[self.position..];
        match memchr::memchr(b'\n', rest) {
            Some(length) => {
                self.position += length + 1;
                Ok(&rest[..length])
            }
            None => Err(ErrorKind::Truncated { missing: 1 }),
        }
    }

    #[cold]
    fn truncated(&self, wanted: u64) -> ErrorKind {
        ErrorKind::Truncated { missing: wanted - (self.input.len() - self.position) as u64 }
    }
}
