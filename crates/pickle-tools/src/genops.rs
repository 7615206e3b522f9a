//! [`genops`]: the instructions of a pickle with their arguments as Python objects.

use pickle_opcodes::{Op, Opcode, Ops};

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
    Genops { ops: Ops::new(pickle), failed: false }
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
/// [`ErrorKind::Bytes`](crate::ErrorKind::Bytes), [`ErrorKind::NotAscii`](crate::ErrorKind::NotAscii),
/// [`ErrorKind::NotUtf8`](crate::ErrorKind::NotUtf8).
#[derive(Clone, Debug)]
pub struct Genops<'a> {
    ops: Ops<'a>,
    /// An argument could not be read.
    failed: bool,
}

impl Genops<'_> {
    /// Where the next instruction starts: behind STOP once the iterator has ended well.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.ops.offset() as u64
    }
}

impl<'a> Iterator for Genops<'a> {
    type Item = Result<GenOp<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let item = read(self.ops.next()?);
        self.failed = item.is_err();
        Some(item.map(|(op, arg, offset)| GenOp { opcode: op.opcode(), arg, offset }))
    }
}

/// An instruction as it stands, its argument as a Python object, and its offset.
pub(crate) type Read<'a> = (Op<'a>, Option<Arg<'a>>, u64);

/// Reads the argument of what was decoded.
#[inline(always)]
pub(crate) fn read(decoded: Result<(usize, Op<'_>), pickle_opcodes::Error>) -> Result<Read<'_>, Error> {
    let (offset, op) = decoded.map_err(Error::from_decoding)?;
    match Arg::of(&op) {
        Ok(arg) => Ok((op, arg, offset as u64)),
        Err(kind) => Err(Error::new(offset as u64, Some(op.opcode()), kind)),
    }
}

impl core::iter::FusedIterator for Genops<'_> {}
