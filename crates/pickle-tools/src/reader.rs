//! [`genops_reader`]: the same as [`genops`](crate::genops()), an instruction at a time from a reader.

use std::io::{self, BufRead};

use pickle_opcodes::form::Cursor;
use pickle_opcodes::{ArgKind, Opcode, decode};

use crate::genops::read;
use crate::{Error, ErrorKind, GenOp};

/// The instructions of the pickle that `reader` is at, an iterator of [`GenOp`].
///
/// Not a byte more than the pickle is taken: behind STOP the reader is left on the byte after it. Offsets count from where
/// the reader was. One instruction at a time is held in memory, and a length is believed only as far as bytes arrive.
///
/// ```
/// let mut file: &[u8] = b"K\x01.K\x02.";
/// for op in pickle_tools::genops_reader(&mut file) {
///     op?;
/// }
/// assert_eq!(file, b"K\x02.");
/// # Ok::<(), pickle_tools::Error>(())
/// ```
#[must_use]
pub fn genops_reader<R: BufRead>(reader: R) -> GenopsReader<R> {
    GenopsReader { reader, instruction: Vec::new(), offset: 0, finished: false }
}

/// The iterator that [`genops_reader`] gives.
///
/// Its errors are those of [`Genops`](crate::Genops), and [`ErrorKind::Io`] where the reader fails. As an iterator it
/// copies each argument; [`next_op`](GenopsReader::next_op) lends it.
#[derive(Debug)]
pub struct GenopsReader<R> {
    reader: R,
    /// The bytes of the instruction that was read last.
    instruction: Vec<u8>,
    /// Where the next one starts.
    offset: u64,
    finished: bool,
}

impl<R: BufRead> GenopsReader<R> {
    /// Where the next instruction starts: behind STOP once the iterator has ended well.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The next instruction, which borrows its argument until the one after it is asked for.
    ///
    /// # Errors
    ///
    /// As the iterator's items.
    pub fn next_op(&mut self) -> Option<Result<GenOp<'_>, Error>> {
        Some(self.next_read()?.map(|(op, _)| op))
    }

    /// The same, with the instruction's bytes.
    pub(crate) fn next_read(&mut self) -> Option<Result<(GenOp<'_>, &[u8]), Error>> {
        if self.finished {
            return None;
        }
        let offset = self.offset;
        // Set back where an instruction other than STOP was read well.
        self.finished = true;
        if let Err(error) = self.read_instruction() {
            return Some(Err(Error::new(offset, None, ErrorKind::Io(error))));
        }
        let mut cursor = Cursor::new(&self.instruction, 0);
        Some(match read(&mut cursor) {
            Ok(op) => {
                self.offset += cursor.position() as u64;
                self.finished = op.opcode == Opcode::Stop;
                Ok((GenOp { offset, ..op }, &self.instruction))
            }
            Err(error) => Err(error.moved(offset)),
        })
    }

    /// Reads an instruction, or what there is of it: reads as much as the decoder says is missing until nothing is.
    fn read_instruction(&mut self) -> io::Result<()> {
        self.instruction.clear();
        self.read_bytes(1)?;
        loop {
            let before = self.instruction.len();
            let Err(error) = decode(&self.instruction, 0) else {
                return Ok(());
            };
            let pickle_opcodes::ErrorKind::Truncated { missing } = *error.kind() else {
                return Ok(());
            };
            if error.opcode().and_then(|opcode| opcode.arg()).is_some_and(ArgKind::is_line) {
                self.reader.read_until(b'\n', &mut self.instruction)?;
            } else {
                self.read_bytes(missing)?;
            }
            if self.instruction.len() == before {
                return Ok(());
            }
        }
    }

    /// Appends up to `wanted` bytes; fewer where the input ends.
    fn read_bytes(&mut self, mut wanted: u64) -> io::Result<()> {
        while wanted > 0 {
            let available = match self.reader.fill_buf() {
                Ok([]) => return Ok(()),
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let taken = usize::try_from(wanted).map_or(available.len(), |wanted| wanted.min(available.len()));
            self.instruction.extend_from_slice(&available[..taken]);
            self.reader.consume(taken);
            wanted -= taken as u64;
        }
        Ok(())
    }
}

impl<R: BufRead> Iterator for GenopsReader<R> {
    type Item = Result<GenOp<'static>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.next_op()?.map(GenOp::into_owned))
    }
}

impl<R: BufRead> core::iter::FusedIterator for GenopsReader<R> {}
