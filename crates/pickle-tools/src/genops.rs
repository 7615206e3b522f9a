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
    let entry = &ENTRIES[usize::from(byte)];
    let Some(opcode) = entry.opcode else {
        return Err(Error::new(offset, None, pickle_opcodes::ErrorKind::UnknownOpcode(byte).into()));
    };
    if let Some((int, length)) = entry.small_int(start.rest()) {
        cursor.advance(length);
        return Ok(GenOp { opcode, arg: Some(Arg::Int(int)), offset });
    }
    cursor.advance(1);
    let Some(kind) = entry.arg else {
        return Ok(GenOp { opcode, arg: None, offset });
    };
    let read = Arg::read(kind, start.rest(), cursor, |arg| GenOp { opcode, arg: Some(arg), offset });
    read.map_err(|failure| {
        *cursor = start;
        failure.at(offset, opcode)
    })
}

/// What is known of an instruction by its first byte.
#[derive(Clone, Copy)]
struct Entry {
    opcode: Option<Opcode>,
    arg: Option<ArgKind>,
    /// Where the int of BININT1, BININT2, BININT and LONG1 starts; 0 for any other instruction.
    int_start: u8,
    /// How many bytes the int has; 0 for LONG1, where the byte before it says so.
    int_size: u8,
    /// All bits for LONG1, none for the others.
    counted: u8,
    /// The bits that the int has; all 64 where it has a sign.
    int_mask: i64,
}

impl Entry {
    /// Reads an int of up to eight bytes; gives it with the length of its instruction. Nothing near the end of the input.
    ///
    /// The size of the next int cannot be foreseen. One path for all sizes takes 3.8 ns, a jump by the argument's form
    /// 10.6 ns; indexes of the memo are sorted by size, so that for them the jump is faster.
    #[inline(always)]
    fn small_int(&self, input: &[u8]) -> Option<(i64, usize)> {
        if self.int_start == 0 {
            return None;
        }
        let window = input.first_chunk::<10>()?;
        let size = self.int_size | window[1] & self.counted;
        if !(1..=8).contains(&size) {
            return None;
        }
        let word = |at: usize| window[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let word = if self.counted == 0 { word(1) } else { word(2) };
        // The sign comes to the top and is drawn down.
        let unused = 64 - 8 * u32::from(size);
        let int = (word << unused) as i64 >> unused & self.int_mask;
        Some((int, usize::from(self.int_start) + usize::from(size)))
    }
}

static ENTRIES: [Entry; 256] = {
    let unknown = Entry { opcode: None, arg: None, int_start: 0, int_size: 0, counted: 0, int_mask: -1 };
    let mut entries = [unknown; 256];
    let mut index = 0;
    while index < Opcode::ALL.len() {
        let opcode = Opcode::ALL[index];
        let entry = &mut entries[opcode.byte() as usize];
        entry.opcode = Some(opcode);
        entry.arg = opcode.arg();
        match opcode {
            Opcode::BinInt1 => (entry.int_start, entry.int_size, entry.int_mask) = (1, 1, 0xff),
            Opcode::BinInt2 => (entry.int_start, entry.int_size, entry.int_mask) = (1, 2, 0xffff),
            Opcode::BinInt => (entry.int_start, entry.int_size) = (1, 4),
            Opcode::Long1 => (entry.int_start, entry.counted) = (2, u8::MAX),
            _ => {}
        }
        index += 1;
    }
    entries
};
