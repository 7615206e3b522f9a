//! [`genops`]: the instructions of a pickle with their arguments as Python objects.

use pickle_opcodes::form::Cursor;
use pickle_opcodes::{ArgKind, Opcode};

use crate::{Arg, Error};

/// The instructions of the pickle at the start of `pickle`, an iterator of [`GenOp`] (`pickletools.genops`).
///
/// It ends behind STOP, or behind the first error; [`Genops::offset`] tells where.
///
/// ```
/// let ops: Vec<_> = pickle_tools::genops(b"I01\nK\x2a\x86.").collect::<Result<_, _>>()?;
/// let args: Vec<_> = ops.iter().flat_map(|op| &op.arg).map(|arg| arg.to_string()).collect();
/// assert_eq!(args, ["True", "42"]);
/// assert_eq!((ops[2].offset, ops[2].opcode.name()), (6, "TUPLE2"));
/// # Ok::<(), pickle_tools::Error>(())
/// ```
#[must_use]
pub fn genops(pickle: &[u8]) -> Genops<'_> {
    Genops { cursor: Cursor::new(pickle, 0), finished: false }
}

/// An instruction of a pickle.
#[derive(Clone, PartialEq, Debug)]
pub struct GenOp<'a> {
    /// Which instruction.
    pub opcode: Opcode,
    /// Its argument, where it has one.
    pub arg: Option<Arg<'a>>,
    /// Where its opcode stands, in bytes from the start of the input.
    pub offset: u64,
}

impl GenOp<'_> {
    /// The same instruction, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> GenOp<'static> {
        GenOp { opcode: self.opcode, arg: self.arg.map(Arg::into_owned), offset: self.offset }
    }
}

/// The iterator that [`genops`] gives.
///
/// Its errors are those of [`pickle_opcodes::decode`], and those of an argument that is no Python object:
/// [`Bytes`](crate::ErrorKind::Bytes), [`NotAscii`](crate::ErrorKind::NotAscii), [`NotUtf8`](crate::ErrorKind::NotUtf8).
#[derive(Clone, Debug)]
pub struct Genops<'a> {
    cursor: Cursor<'a>,
    finished: bool,
}

impl Genops<'_> {
    /// Where the next instruction starts: behind STOP once the iterator has ended well.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.cursor.position() as u64
    }
}

impl<'a> Iterator for Genops<'a> {
    type Item = Result<GenOp<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let item = read(&mut self.cursor);
        self.finished = !matches!(&item, Ok(op) if op.opcode != Opcode::Stop);
        Some(item)
    }
}

impl core::iter::FusedIterator for Genops<'_> {}

/// The next instruction. The cursor then stands behind it, unless it could not be read.
#[inline(always)]
pub(crate) fn read<'a>(cursor: &mut Cursor<'a>) -> Result<GenOp<'a>, Error> {
    let start = cursor.clone();
    let offset = start.position() as u64;
    let Some(&byte) = start.rest().first() else {
        return Err(Error::new(offset, None, pickle_opcodes::ErrorKind::EndOfInput.into()));
    };
    let (Some(opcode), kind) = OPCODES[usize::from(byte)] else {
        return Err(Error::new(offset, None, pickle_opcodes::ErrorKind::UnknownOpcode(byte).into()));
    };
    cursor.advance(1);
    let Some(kind) = kind else {
        return Ok(GenOp { opcode, arg: None, offset });
    };
    let read = Arg::read(kind, cursor, |arg| GenOp { opcode, arg: Some(arg), offset });
    read.map_err(|failure| {
        *cursor = start;
        failure.at(offset, opcode)
    })
}

/// By an instruction's first byte its opcode and the form of its argument.
static OPCODES: [(Option<Opcode>, Option<ArgKind>); 256] = {
    let mut opcodes = [(None, None); 256];
    let mut index = 0;
    while index < Opcode::ALL.len() {
        let opcode = Opcode::ALL[index];
        opcodes[opcode.byte() as usize] = (Some(opcode), opcode.arg());
        index += 1;
    }
    opcodes
};
