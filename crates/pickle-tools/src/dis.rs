//! [`dis`]: a pickle as text, a line for each instruction.

use core::fmt;
use std::io::{self, BufRead, Write};

use num_bigint::BigInt;
use pickle_opcodes::Opcode;
use pickle_opcodes::form::Cursor;
use pickle_opcodes::number::DEFAULT_MAX_DIGITS;
use pickle_value::literal;

use crate::emulate::{Machine, Note};
use crate::genops::read;
use crate::listing::Listing;
use crate::{Arg, Error, ErrorKind, GenOp, LargeInt, Memo, genops_reader, spelling};

/// Writes the listing of the pickle at the start of `pickle`: the text of CPython 3.13's `pickletools.dis`.
///
/// Gives the offset behind STOP. With [annotations](DisOptions::annotate) the layout is pickletools', the sentences are
/// [`Opcode::doc`].
///
/// ```
/// use pickle_tools::{DisOptions, dis};
///
/// let mut text = Vec::new();
/// let end = dis(b"(K\x01t.and more", &mut text, DisOptions::new().indent_level(2))?;
/// assert_eq!(end, 5);
/// assert_eq!(String::from_utf8_lossy(&text), "    0: (    MARK
///     1: K      BININT1    1
///     3: t      TUPLE      (MARK at 0)
///     4: .    STOP
/// highest protocol among opcodes = 1
/// ");
/// # Ok::<(), pickle_tools::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`genops`](crate::genops()), those of the emulated stack and memo, and [`ErrorKind::Io`] where the writer fails. What pickletools
/// prints before it raises has then been written.
#[doc(alias = "disassemble")]
pub fn dis(pickle: &[u8], mut out: impl Write, options: DisOptions<'_>) -> Result<u64, Error> {
    let mut cursor = Cursor::new(pickle, 0);
    let base = options.offset;
    disassemble(&mut out, options, |listing| {
        loop {
            let start = cursor.position();
            let op = read(&mut cursor).map_err(|error| error.moved(base))?;
            listing.instruction(&op, &pickle[start..cursor.position()])?;
            if op.opcode == Opcode::Stop {
                return Ok(());
            }
        }
    })?;
    Ok(base + cursor.position() as u64)
}

/// The same as [`dis`] for the pickle that `reader` is at; leaves the reader on the byte behind STOP.
///
/// One instruction at a time is held in memory.
///
/// ```
/// use pickle_tools::{DisOptions, dis_reader};
///
/// let mut file: &[u8] = b"N.N.";
/// let mut text = Vec::new();
/// let end = dis_reader(&mut file, &mut text, DisOptions::new())?;
/// assert_eq!(file, b"N.");
/// dis_reader(&mut file, &mut text, DisOptions::new().offset(end))?;
/// assert!(text.ends_with(b"    2: N    NONE\n    3: .    STOP\nhighest protocol among opcodes = 0\n"));
/// # Ok::<(), pickle_tools::Error>(())
/// ```
///
/// # Errors
///
/// As [`dis`], and [`ErrorKind::Io`] where the reader fails.
pub fn dis_reader(reader: impl BufRead, mut out: impl Write, options: DisOptions<'_>) -> Result<u64, Error> {
    let mut ops = genops_reader(reader);
    let base = options.offset;
    disassemble(&mut out, options, |listing| {
        while let Some(read) = ops.next_read() {
            let (op, bytes) = read.map_err(|error| error.moved(base))?;
            listing.instruction(&op, bytes)?;
        }
        Ok(())
    })?;
    Ok(base + ops.offset())
}

/// The listing of a pickle as a String, with default options.
///
/// ```
/// let text = pickle_tools::dis_to_string(b"N.")?;
/// assert_eq!(text, "    0: N    NONE\n    1: .    STOP\nhighest protocol among opcodes = 0\n");
/// # Ok::<(), pickle_tools::Error>(())
/// ```
///
/// # Errors
///
/// As [`dis`], which gives what was written before the error too.
pub fn dis_to_string(pickle: &[u8]) -> Result<String, Error> {
    let mut text = Vec::new();
    dis(pickle, &mut text, DisOptions::new())?;
    Ok(String::from_utf8(text).expect("a listing is UTF-8"))
}

/// How [`dis`] writes.
#[derive(Debug)]
pub struct DisOptions<'m> {
    indent_level: usize,
    annotate: usize,
    exact: bool,
    offset: u64,
    most_blanks: u64,
    memo: Option<&'m mut Memo>,
}

/// How many blanks of indentation there may be for each byte of a pickle, and of any pickle.
const MOST_BLANKS: u64 = 2048;
const FREE_BLANKS: u64 = 4 << 20;

impl Default for DisOptions<'_> {
    fn default() -> Self {
        DisOptions::new()
    }
}

impl<'m> DisOptions<'m> {
    /// Four spaces for each open mark, no annotations, a memo of its own.
    #[must_use]
    pub fn new() -> DisOptions<'m> {
        DisOptions { indent_level: 4, annotate: 0, exact: false, offset: 0, most_blanks: MOST_BLANKS, memo: None }
    }

    /// How many spaces each open mark indents by.
    #[must_use]
    pub fn indent_level(self, spaces: usize) -> Self {
        DisOptions { indent_level: spaces, ..self }
    }

    /// Writes a sentence behind each instruction, from about this column on; 0 writes none.
    #[must_use]
    pub fn annotate(self, column: usize) -> Self {
        DisOptions { annotate: column, ..self }
    }

    /// Writes the bytes of an argument behind it wherever [`asm`](crate::asm()) would write others.
    ///
    /// Then `asm` makes the same pickle of the listing, whoever wrote it.
    ///
    /// ```
    /// use pickle_tools::{DisOptions, asm, dis};
    ///
    /// let pickle = b"S\"a\"\nL01\n\x86.";
    /// let mut text = Vec::new();
    /// dis(pickle, &mut text, DisOptions::new().exact(true))?;
    /// let text = String::from_utf8(text)?;
    /// assert_eq!(text, r#"    0: S    STRING     'a' raw b'"a"'
    ///     5: L    LONG       1 raw b'01'
    ///     9: \x86 TUPLE2
    ///    10: .    STOP
    /// highest protocol among opcodes = 2
    /// "#);
    /// assert_eq!(asm(&text)?, pickle);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn exact(self, exact: bool) -> Self {
        DisOptions { exact, ..self }
    }

    /// How many blanks of indentation there may be for each byte of the pickle, 2,048 by default; four million are free.
    /// Marks within marks would make a listing of any length, 8 kB of them 128 MB; Python's recursion limit keeps its
    /// picklers below a thousand levels, and a tree of dicts four hundred deep has 627 blanks a byte.
    /// [`ErrorKind::TooIndented`] ends the listing.
    ///
    /// ```
    /// use pickle_tools::{DisOptions, dis};
    ///
    /// let marks = b"(".repeat(10_000);
    /// let mut text = Vec::new();
    /// assert!(dis(&marks, &mut text, DisOptions::new()).is_err());
    /// assert!(text.len() < 20_000_000);
    /// ```
    #[must_use]
    pub fn most_blanks(self, for_each_byte: u64) -> Self {
        DisOptions { most_blanks: for_each_byte, ..self }
    }

    /// Where in its file the pickle begins: added to all offsets.
    #[must_use]
    pub fn offset(self, offset: u64) -> Self {
        DisOptions { offset, ..self }
    }

    /// Goes on with the memo of an earlier pickle.
    #[must_use]
    pub fn memo(self, memo: &'m mut Memo) -> Self {
        DisOptions { memo: Some(memo), ..self }
    }
}

/// Everything but where the instructions come from; `feed` hands them over.
fn disassemble(
    out: &mut dyn Write,
    options: DisOptions<'_>,
    feed: impl FnOnce(&mut Disassembler<'_, '_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let DisOptions { indent_level, annotate, exact, offset, most_blanks, memo } = options;
    let mut own_memo = Memo::new();
    let mut disassembler = Disassembler {
        listing: Listing::new(out, annotate > 0),
        machine: Machine::new(memo.unwrap_or(&mut own_memo)),
        indent_level,
        annotate,
        exact,
        blanks: 0,
        most_blanks,
        annotation_column: annotate,
        base: offset,
        last: (offset, None),
    };
    let fed = feed(&mut disassembler);
    disassembler.end(fed)
}

struct Disassembler<'w, 'm> {
    listing: Listing<'w>,
    machine: Machine<'m>,
    indent_level: usize,
    annotate: usize,
    exact: bool,
    /// How many blanks of indentation there are so far, and how many there may be for each byte.
    blanks: u64,
    most_blanks: u64,
    /// Where the annotation of the next line should begin.
    annotation_column: usize,
    base: u64,
    /// The instruction that was handed over last.
    last: (u64, Option<Opcode>),
}

/// Why a listing ends early.
enum Halt {
    Pickle(Box<ErrorKind>),
    /// The listing knows what the writer answered.
    Writer,
}

impl From<ErrorKind> for Halt {
    fn from(kind: ErrorKind) -> Halt {
        Halt::Pickle(kind.into())
    }
}

impl From<Box<ErrorKind>> for Halt {
    fn from(kind: Box<ErrorKind>) -> Halt {
        Halt::Pickle(kind)
    }
}

impl From<fmt::Error> for Halt {
    fn from(_: fmt::Error) -> Halt {
        Halt::Writer
    }
}

impl Disassembler<'_, '_> {
    /// Writes an instruction and carries it out.
    #[inline]
    fn instruction(&mut self, op: &GenOp<'_>, bytes: &[u8]) -> Result<(), Error> {
        let offset = self.base + op.offset;
        self.last = (offset, Some(op.opcode));
        self.step(op, bytes, offset).map_err(|halt| self.error(halt))
    }

    #[inline(always)]
    fn step(&mut self, op: &GenOp<'_>, bytes: &[u8], offset: u64) -> Result<(), Halt> {
        self.listing.offset(offset)?;
        let depth = self.machine.depth();
        let step = self.machine.prepare(op)?;
        if let Some(Arg::BigInt(value)) = &op.arg {
            check_digits(value)?;
        }
        let indentation = self.indent_level.saturating_mul(depth);
        self.blanks = self.blanks.saturating_add(indentation as u64);
        if self.blanks > FREE_BLANKS.saturating_add(self.most_blanks.saturating_mul(op.offset)) {
            return Err(ErrorKind::TooIndented.into());
        }
        self.listing.opcode(op.opcode, indentation, op.arg.is_some() || step.note.is_some())?;
        if let Some(arg) = &op.arg {
            self.argument(arg)?;
            if self.exact {
                self.raw(op.opcode, arg, bytes)?;
            }
        }
        if let Some(note) = step.note {
            if op.arg.is_some() {
                self.listing.ascii(b" ")?;
            }
            self.note(note)?;
        }
        if self.annotate > 0 {
            self.annotation(op.opcode)?;
        }
        self.listing.ascii(b"\n")?;
        match step.error {
            Some(kind) => Err(kind.into()),
            None => Ok(self.machine.finish(op.opcode, offset, &step)?),
        }
    }

    fn argument(&mut self, arg: &Arg<'_>) -> fmt::Result {
        match arg {
            Arg::Int(value) => self.listing.int(*value),
            Arg::Str(text) if self.listing.plain_str(text.as_bytes())? => Ok(()),
            Arg::Str(text) if literal::is_plain_text(text.as_bytes()) => self.listing.quoted(text.as_bytes()),
            _ => arg.write_repr(&mut self.listing),
        }
    }

    /// Writes the argument's bytes where `asm` would write others.
    #[cold]
    fn raw(&mut self, opcode: Opcode, arg: &Arg<'_>, bytes: &[u8]) -> fmt::Result {
        match spelling::unusual(opcode, arg, bytes) {
            Some(bytes) => {
                self.listing.ascii(b" raw ")?;
                literal::write_bytes(bytes, &mut self.listing)
            }
            None => Ok(()),
        }
    }

    fn note(&mut self, note: Note) -> fmt::Result {
        match note {
            Note::NoMark => self.listing.text("no MARK exists on stack"),
            Note::MarkAt(offset) => self.listing.note(b"(MARK at ", offset),
            Note::As(index) => self.listing.note(b"(as ", index as u64),
        }
    }

    /// Each sentence begins where the one before began, or behind a longer line; a line over 50 resets that.
    fn annotation(&mut self, opcode: Opcode) -> fmt::Result {
        self.listing.spaces(self.annotation_column.saturating_sub(self.listing.column()))?;
        self.annotation_column = match self.listing.column() {
            column @ ..=50 => column,
            _ => self.annotate,
        };
        self.listing.ascii(b" ")?;
        self.listing.text(opcode.doc())
    }

    /// Writes the last line if all went well, and hands everything over in any case.
    fn end(mut self, fed: Result<(), Error>) -> Result<(), Error> {
        let ended = fed.and_then(|()| self.last_line().map_err(|_| self.error(Halt::Writer)));
        let flushed = self.listing.flush().map_err(|_| self.error(Halt::Writer));
        // A pickle's error is worth more than that it could not be shown.
        ended.and(flushed)?;
        let (offset, opcode) = self.last;
        match self.machine.into_stack() {
            stack if stack.is_empty() => Ok(()),
            stack => Err(Error::new(offset, opcode, ErrorKind::StackNotEmpty(crate::LeftOver::new(stack)))),
        }
    }

    fn last_line(&mut self) -> fmt::Result {
        self.listing.text("highest protocol among opcodes = ")?;
        self.listing.number(self.machine.highest_protocol().into())?;
        self.listing.ascii(b"\n")
    }

    #[cold]
    fn error(&mut self, halt: Halt) -> Error {
        let (offset, opcode) = self.last;
        match halt {
            Halt::Pickle(kind) => Error::new(offset, opcode, *kind),
            Halt::Writer => {
                let failure = self.listing.take_failure().unwrap_or_else(|| io::ErrorKind::Other.into());
                Error::new(offset, None, ErrorKind::Io(failure))
            }
        }
    }
}

/// Python refuses to write an int of more than 4,300 digits.
fn check_digits(value: &LargeInt<'_>) -> Result<(), ErrorKind> {
    /// How many bits 10**4300 has: fewer are surely fewer digits, more are surely more.
    const BITS: u64 = 14_285;
    if value.bits_at_most() < BITS {
        return Ok(());
    }
    let value = value.to_bigint();
    let bits = value.bits();
    let limit = || BigInt::from(10).pow(DEFAULT_MAX_DIGITS as u32).into_parts().1;
    if bits > BITS || (bits == BITS && *value.magnitude() >= limit()) {
        return Err(ErrorKind::IntTooLong { bits });
    }
    Ok(())
}
