//! [`Instructions`]: the instructions of a file, in bounded memory.

use std::io::{self, BufRead, ErrorKind as IoErrorKind, Read};

use pickle_opcodes::{ArgKind, ErrorKind, Op, Opcode, decode};

use super::{Broken, Problem};

/// An argument that is longer is skipped, and an empty one handed on in its place.
const MAX_ARGUMENT: u64 = 1 << 16;

/// Reads instructions; those that the reader's buffer holds are not copied.
pub(super) struct Instructions<R> {
    reader: R,
    offset: u64,
    /// An instruction that the reader's buffer did not hold whole.
    gathered: Vec<u8>,
}

impl<R: BufRead> Instructions<R> {
    pub(super) fn new(reader: R) -> Instructions<R> {
        Instructions { reader, offset: 0, gathered: Vec::new() }
    }

    /// Where the next instruction starts.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn is_at_end(&mut self) -> io::Result<bool> {
        fill(&mut self.reader).map(<[u8]>::is_empty)
    }

    /// Hands over the instructions of one pickle, up to its STOP, with their offsets.
    pub(super) fn run(&mut self, mut take: impl FnMut(Op<'_>, u64) -> Result<(), Broken>) -> Result<(), Broken> {
        loop {
            let buffer = match fill(&mut self.reader) {
                Ok(buffer) => buffer,
                Err(error) => return Err(self.broken(None, Problem::Io(error))),
            };
            let (mut at, mut stopped) = (0, false);
            let mut taken = Ok(());
            while !stopped && taken.is_ok() {
                let Ok((op, end)) = decode(buffer, at) else { break };
                taken = take(op, self.offset + at as u64);
                stopped = matches!(op, Op::Stop);
                at = end;
            }
            self.reader.consume(at);
            self.offset += at as u64;
            taken?;
            if stopped {
                return Ok(());
            }
            let length = self.gather()?;
            // The gathered bytes were decoded there.
            if let Ok((op, _)) = decode(&self.gathered, 0) {
                take(op, self.offset)?;
                self.offset += length;
                if matches!(op, Op::Stop) {
                    return Ok(());
                }
            }
        }
    }

    fn broken(&self, opcode: Option<Opcode>, problem: Problem) -> Broken {
        Broken { offset: self.offset, opcode, problem }
    }

    /// Reads an instruction; gives the length that it has in the file, which may not be that of what was gathered.
    fn gather(&mut self) -> Result<u64, Broken> {
        self.gathered.clear();
        self.read(1).map_err(|error| self.broken(None, Problem::Io(error)))?;
        loop {
            let before = self.gathered.len();
            let Err(error) = decode(&self.gathered, 0) else {
                return Ok(self.gathered.len() as u64);
            };
            let opcode = error.opcode();
            let missing = match (error.kind(), opcode) {
                (ErrorKind::Truncated { missing }, Some(_)) => *missing,
                (ErrorKind::EndOfInput, _) => return Err(self.broken(None, Problem::End)),
                _ => return Err(self.broken(opcode, Problem::Other(error.into_kind().to_string()))),
            };
            let is_line = opcode.and_then(Opcode::arg).is_some_and(ArgKind::is_line);
            let gathered = match is_line {
                true => self.read_line(),
                false if missing > MAX_ARGUMENT => self.skip_argument(missing),
                false => self.read(missing).map(|()| None),
            };
            match gathered {
                Ok(Some(length)) => return Ok(length),
                Ok(None) if self.gathered.len() > before => {}
                Ok(None) => {
                    let problem = Problem::Other(error.into_kind().to_string());
                    return Err(self.broken(opcode, problem));
                }
                Err(error) => return Err(self.broken(opcode, Problem::Io(error))),
            }
        }
    }

    /// Gathers up to `count` bytes.
    fn read(&mut self, count: u64) -> io::Result<()> {
        self.reader.by_ref().take(count).read_to_end(&mut self.gathered).map(|_| ())
    }

    /// Gathers the rest of a line. One that is too long gives way to an instruction with a short line that says as much;
    /// then its length is given.
    fn read_line(&mut self) -> io::Result<Option<u64>> {
        let room = MAX_ARGUMENT.saturating_sub(self.gathered.len() as u64);
        self.reader.by_ref().take(room).read_until(b'\n', &mut self.gathered)?;
        if self.gathered.last() == Some(&b'\n') || (self.gathered.len() as u64) < MAX_ARGUMENT {
            return Ok(None);
        }
        let opcode = self.gathered[0];
        let line: &[u8] = match Opcode::from_byte(opcode) {
            Some(Opcode::String) => b"''\n",
            Some(Opcode::Unicode | Opcode::PersId) => b"\n",
            // Among what no loader takes, a number of so many digits.
            _ => return Err(io::Error::new(IoErrorKind::InvalidData, "the line is too long")),
        };
        let mut length = self.gathered.len() as u64;
        loop {
            let buffer = fill(&mut self.reader)?;
            let newline = buffer.iter().position(|&byte| byte == b'\n');
            let count = newline.map_or(buffer.len(), |at| at + 1);
            self.reader.consume(count);
            length += count as u64;
            if newline.is_some() {
                break;
            }
            if count == 0 {
                return Err(io::Error::new(IoErrorKind::UnexpectedEof, "the line has no end"));
            }
        }
        self.gathered.clear();
        self.gathered.push(opcode);
        self.gathered.extend_from_slice(line);
        Ok(Some(length))
    }

    /// Skips a counted argument, and puts an empty one in its place; gives the instruction's length.
    fn skip_argument(&mut self, missing: u64) -> io::Result<Option<u64>> {
        let skipped = io::copy(&mut self.reader.by_ref().take(missing), &mut io::sink())?;
        if skipped < missing {
            return Ok(None);
        }
        let length = self.gathered.len() as u64 + missing;
        let opcode = self.gathered[0];
        self.gathered.clear();
        // A count has up to eight bytes.
        self.gathered.extend_from_slice(&[opcode, 0, 0, 0, 0, 0, 0, 0, 0]);
        Ok(Some(length))
    }
}

/// What is buffered, or comes next; nothing at the end.
fn fill(reader: &mut impl BufRead) -> io::Result<&[u8]> {
    loop {
        match reader.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == IoErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    reader.fill_buf()
}
