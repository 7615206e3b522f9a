//! [`asm`]: a listing of [`dis`](crate::dis()) back into the pickle.

mod error;
mod line;
mod literal;

use pickle_opcodes::form::Cursor;
use pickle_opcodes::{Argument, Op, Opcode};

pub use self::error::{AsmError, AsmErrorKind, Excerpt};
use self::line::{Instruction, Line};
use crate::genops::read;
use crate::spelling::{self, Spelling};
use crate::{Arg, GenOp};

/// The pickle that a listing shows: `asm(dis(pickle))` is `pickle`, for all that a CPython wrote.
///
/// A line is an instruction, as `dis` prints it. Only the opcode's name and its argument are needed:
///
/// ```text
///     4: X        BINUNICODE 'a' raw b'a'  (MARK at 3) Push a str of UTF-8 with a four-byte length.
///     │  │        │          │   │         │           └ a remark: begins with a capital, or with #
///     │  │        │          │   │         └ what dis says of marks and the memo: not read
///     │  │        │          │   └ the argument's bytes, where they are not the usual ones
///     │  │        │          └ the argument, a Python literal
///     │  │        └ the name, indented or not
///     │  └ the opcode: must be the name's
///     └ the offset: may be missing or wrong
/// ```
///
/// Empty lines, lines that begin with `#` and the last line of a listing are passed over. Several listings, one after
/// another, are several pickles. Nothing is executed, and neither stack nor memo is looked at: what can be written down
/// can be assembled.
///
/// ```
/// use pickle_tools::{asm, dis_to_string};
///
/// let pickle = b"\x80\x04K\x2a\x85\x94.";
/// assert_eq!(asm(&dis_to_string(pickle)?)?, pickle);
///
/// let by_hand = "
///     ## A pair.
///     BININT1 42
///     UNICODE 'naïve'
///     TUPLE2
///     STOP
/// ";
/// assert_eq!(asm(by_hand)?, b"K\x2aVna\xefve\n\x86.");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What a listing doesn't say
///
/// `dis` shows what an argument means, and some can be spelled in several ways. Without `raw` the spelling is CPython's:
///
/// - INT, LONG, GET and PUT in decimal, LONG with its `L`, LONG1 and LONG4 as short as they can be;
/// - STRING as Python 2's `repr` has it;
/// - FLOAT as `repr` has it, or as Python 2's `cPickle` has it, `%.17g`;
/// - UNICODE as 3.7 and newer have it, which escape NUL, carriage return and U+001A, or as older ones have it;
/// - GLOBAL and INST divided at the first space; there and in PERSID a backslash as it is. What pickletools took for an
///   escape, such as the tab in `C:\temp`, is the character itself or the escape;
/// - a NaN in BINFLOAT as Python 3 has it, or as Python 2 has it where the listing has what only Python 2 writes: its
///   strings, INST, OBJ, or a memo that begins with 1.
///
/// Where that leaves two, the offsets decide: from this line's to the next's is the instruction's length. An offset that
/// fits none of them is taken for wrong, and so a line may be edited without looking after the offsets. Where they don't
/// help the first one named is taken.
///
/// A pickle that no CPython wrote may be spelled otherwise still. [`DisOptions::exact`](crate::DisOptions::exact) makes
/// a listing that has `raw` wherever it is needed, and then `asm(dis(pickle))` is `pickle` for all that `dis` can list.
///
/// FRAME needs no argument: the frame then reaches to the next FRAME, or to the end of the pickle.
///
/// # Errors
///
/// [`AsmError`], which tells the line.
#[doc(alias = "assemble")]
pub fn asm(listing: &str) -> Result<Vec<u8>, AsmError> {
    let mut assembler = Assembler::default();
    for (number, text) in (1..).zip(listing.split('\n')) {
        let line = Line::parse(text).map_err(|kind| AsmError::new(number, kind))?;
        assembler.line(number, line)?;
    }
    assembler.finish()
}

/// Puts instructions one after another. An instruction waits until the next line has told its length.
#[derive(Default)]
struct Assembler {
    pickle: Vec<u8>,
    waiting: Option<Waiting>,
    /// Where the length of a frame belongs that is to be found out.
    open_frame: Option<usize>,
    doubts: Doubts,
}

struct Waiting {
    line: usize,
    offset: Option<u64>,
    instruction: Instruction,
}

impl Assembler {
    fn line(&mut self, number: usize, line: Line) -> Result<(), AsmError> {
        let Line { offset, instruction } = line;
        if offset.is_some() || instruction.is_some() {
            self.assemble_waiting(offset)?;
        }
        if let Some(instruction) = instruction {
            self.waiting = Some(Waiting { line: number, offset, instruction });
        }
        Ok(())
    }

    /// Writes the instruction that has been waiting for the offset behind it.
    fn assemble_waiting(&mut self, end: Option<u64>) -> Result<(), AsmError> {
        let Some(Waiting { line, offset, instruction }) = self.waiting.take() else {
            return Ok(());
        };
        let length = offset.zip(end).and_then(|(start, end)| end.checked_sub(start));
        self.instruction(instruction, length).map_err(|kind| AsmError::new(line, kind))
    }

    fn instruction(&mut self, instruction: Instruction, length: Option<u64>) -> Result<(), AsmErrorKind> {
        let Instruction { opcode, arg, raw } = instruction;
        if opcode == Opcode::Frame {
            self.end_frame();
        }
        self.doubts.meet(opcode, arg.as_ref());
        match (arg, raw) {
            (None, None) if opcode == Opcode::Frame => self.begin_frame(),
            (None, None) => self.write(opcode, None)?,
            (arg, Some(raw)) => self.raw(opcode, arg.as_ref(), &raw)?,
            (Some(arg), None) => self.spelled(opcode, &arg, length)?,
        }
        if opcode == Opcode::Stop {
            self.end_frame();
        }
        Ok(())
    }

    /// Writes an argument as the listing has it, which must mean what the listing says besides.
    fn raw(&mut self, opcode: Opcode, arg: Option<&Arg<'_>>, raw: &[u8]) -> Result<(), AsmErrorKind> {
        let start = self.pickle.len();
        let argument = spelling::from_raw(opcode, raw).ok_or(AsmErrorKind::BadRaw { opcode })?;
        self.write(opcode, Some(argument))?;
        let Some(arg) = arg else { return Ok(()) };
        match read(&mut Cursor::new(&self.pickle, start)) {
            Ok(GenOp { arg: Some(meant), .. }) if same(arg, &meant) => Ok(()),
            Ok(GenOp { arg: Some(meant), .. }) => Err(AsmErrorKind::RawMeans { argument: meant.into_owned() }),
            _ => Err(AsmErrorKind::BadRaw { opcode }),
        }
    }

    /// Writes an argument as CPython does.
    fn spelled(&mut self, opcode: Opcode, arg: &Arg<'_>, length: Option<u64>) -> Result<(), AsmErrorKind> {
        match spelling::of(opcode, arg).ok_or(AsmErrorKind::WrongArgument { opcode })? {
            Spelling::Number(argument) => {
                if matches!(argument, Argument::Float(value) if value.is_nan()) {
                    self.doubts.nans.push(self.pickle.len() + 1);
                }
                self.write(opcode, Some(argument))
            }
            Spelling::Only(bytes) => self.write_raw(opcode, &bytes),
            Spelling::Several(bytes) => {
                let chosen = self.choose(opcode, &bytes, length);
                self.write_raw(opcode, &bytes[chosen])
            }
        }
    }

    /// The first spelling that has the length, or else the first.
    fn choose(&mut self, opcode: Opcode, spellings: &[Vec<u8>], length: Option<u64>) -> usize {
        // The opcode, and a newline behind the line; that between two lines is in the spelling.
        let fits = |spelling: &Vec<u8>| Some(spelling.len() as u64 + 2) == length;
        let chosen = spellings.iter().position(fits).unwrap_or(0);
        if opcode == Opcode::Float {
            match &spellings[chosen + 1..] {
                [] => self.doubts.cpickle = true,
                [cpickle, ..] if fits(cpickle) => self.doubts.floats.push((self.pickle.len() + 1, cpickle.clone())),
                _ => {}
            }
        }
        chosen
    }

    fn write_raw(&mut self, opcode: Opcode, raw: &[u8]) -> Result<(), AsmErrorKind> {
        let argument = spelling::from_raw(opcode, raw).ok_or(AsmErrorKind::WrongArgument { opcode })?;
        self.write(opcode, Some(argument))
    }

    fn write(&mut self, opcode: Opcode, argument: Option<Argument<'_>>) -> Result<(), AsmErrorKind> {
        let op = Op::new(opcode, argument).ok_or(AsmErrorKind::WrongArgument { opcode })?;
        op.assemble(&mut self.pickle).map_err(|error| AsmErrorKind::Bytes(error.into_kind()))
    }

    /// A frame whose length is not known yet.
    fn begin_frame(&mut self) {
        self.pickle.push(Opcode::Frame.byte());
        self.pickle.extend_from_slice(&[0; 8]);
        self.open_frame = Some(self.pickle.len());
    }

    fn end_frame(&mut self) {
        if let Some(start) = self.open_frame.take() {
            let length = (self.pickle.len() - start) as u64;
            self.pickle[start - 8..start].copy_from_slice(&length.to_le_bytes());
        }
    }

    fn finish(mut self) -> Result<Vec<u8>, AsmError> {
        self.assemble_waiting(None)?;
        self.end_frame();
        self.doubts.resolve(&mut self.pickle);
        Ok(self.pickle)
    }
}

/// Spellings of one length between which other lines decide.
#[derive(Default)]
struct Doubts {
    /// Where the NaNs of BINFLOAT stand, written as Python 3 has them.
    nans: Vec<usize>,
    /// The listing has something that only Python 2 writes.
    python2: bool,
    /// Where lines of FLOAT stand, written as `repr` has them, and how cPickle would write them.
    floats: Vec<(usize, Vec<u8>)>,
    /// The listing has something that only cPickle writes.
    cpickle: bool,
    /// The memo has an entry.
    put: bool,
}

impl Doubts {
    fn meet(&mut self, opcode: Opcode, arg: Option<&Arg<'_>>) {
        use Opcode::{BinPut, BinString, Inst, Obj, Put, ShortBinString, String};
        match opcode {
            String | BinString | ShortBinString | Inst | Obj => self.python2 = true,
            Put | BinPut if !self.put => {
                self.put = true;
                // The other picklers begin with 0.
                if matches!(arg, Some(Arg::Int(1))) {
                    (self.cpickle, self.python2) = (true, true);
                }
            }
            _ => {}
        }
    }

    fn resolve(self, pickle: &mut [u8]) {
        if self.python2 {
            for sign in self.nans {
                pickle[sign] |= 0x80;
            }
        }
        if self.cpickle {
            for (start, line) in self.floats {
                pickle[start..start + line.len()].copy_from_slice(&line);
            }
        }
    }
}

/// Equal, and a NaN is a NaN.
fn same(a: &Arg<'_>, b: &Arg<'_>) -> bool {
    match (a, b) {
        (Arg::Float(a), Arg::Float(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
        _ => a == b,
    }
}
