//! [`optimize`]: a pickle without the memo entries that it never reads.

use pickle_opcodes::frame::{FRAME_SIZE_TARGET, FrameStyle, Framer};
use pickle_opcodes::number;
use pickle_opcodes::{HIGHEST_PROTOCOL, Op, Opcode, Ops, Out, decimal};

use crate::arg::{self, Arg};
use crate::keys::{Key, KeyMap};
use crate::{Error, ErrorKind, GenOp, genops};

/// The pickle at the start of `pickle` without the PUTs that no GET reads: the bytes of CPython 3.13's
/// `pickletools.optimize`.
///
/// What is behind STOP is left out. As in CPython
///
/// - the entries that stay are numbered from 0 on, in the order of the PUTs, each PUT again where a key is put twice;
/// - the highest protocol that PROTO names, wherever it stands, decides how entries are written: MEMOIZE from protocol 4
///   on, BINPUT from 1 on, which a BINGET also asks for, and PUT otherwise;
/// - from protocol 4 on the pickle is framed anew, and an instruction of more than 64 KiB stands between frames.
///
/// ```
/// use pickle_tools::optimize;
///
/// // pickle.dumps(['a', 'a'], 4): of the entries 0 and 1 only the second is read.
/// let pickle = b"\x80\x04\x95\x0b\0\0\0\0\0\0\0]\x94(\x8c\x01a\x94h\x01e.";
/// assert_eq!(optimize(pickle)?, b"\x80\x04\x95\x0a\0\0\0\0\0\0\0](\x8c\x01a\x94h\0e.");
/// # Ok::<(), pickle_tools::Error>(())
/// ```
///
/// # Errors
///
/// Where CPython raises:
///
/// - the errors of [`genops`](crate::genops()), since every argument is read;
/// - [`ErrorKind::UnknownProtocol`] for a PROTO over 5 (`ValueError`);
/// - [`ErrorKind::MemoMissing`] for a GET before its PUT at protocol 1 or higher (`TypeError`). At protocol 0 CPython
///   writes the line `gNone`, and so does this.
///
/// The stack is not looked at: a pickle that no loader takes may well be optimized.
pub fn optimize(pickle: &[u8]) -> Result<Vec<u8>, Error> {
    let survey = Survey::of(pickle)?;
    if survey.protocol > HIGHEST_PROTOCOL {
        let kind = ErrorKind::UnknownProtocol { protocol: survey.protocol };
        return Err(Error::new(survey.protocol_offset, Some(Opcode::Proto), kind));
    }
    Rewriter::new(pickle, survey).rewrite()
}

/// What has to be known of the whole pickle before anything is written.
struct Survey {
    entries: KeyMap<Entry>,
    protocol: u8,
    /// Where the PROTO with that number stands.
    protocol_offset: u64,
    /// Where the pickle ends.
    end: usize,
}

/// A key of the memo.
#[derive(Clone, Copy, Default)]
struct Entry {
    /// A PUT has it, or a MEMOIZE.
    put: bool,
    /// A GET has it.
    read: bool,
    /// The same as `put`, for the second time through the pickle.
    put_again: bool,
    /// Its number in the new pickle, since its last PUT.
    number: Option<u32>,
}

impl Survey {
    fn of(pickle: &[u8]) -> Result<Survey, Error> {
        let mut survey = Survey { entries: KeyMap::default(), protocol: 0, protocol_offset: 0, end: 0 };
        let mut puts = 0;
        let mut ops = genops(pickle);
        for op in ops.by_ref() {
            let GenOp { opcode, arg, offset } = op?;
            let key = || arg.as_ref().and_then(Key::of);
            match opcode {
                Opcode::Put | Opcode::BinPut | Opcode::LongBinPut | Opcode::Memoize => {
                    let entry = survey.entry(key().unwrap_or_else(|| Key::after(puts)));
                    puts += usize::from(!entry.put);
                    entry.put = true;
                }
                Opcode::Get | Opcode::BinGet | Opcode::LongBinGet => {
                    survey.protocol = survey.protocol.max(opcode.protocol());
                    survey.entry(key().expect("GET has an int")).read = true;
                }
                Opcode::Proto => {
                    if let Some(Arg::Int(protocol)) = arg
                        && protocol > survey.protocol.into()
                    {
                        survey.protocol = u8::try_from(protocol).expect("PROTO has one byte");
                        survey.protocol_offset = offset;
                    }
                }
                _ => {}
            }
        }
        survey.end = ops.offset() as usize;
        Ok(survey)
    }

    /// The entry of a key, made where it is new.
    fn entry(&mut self, key: Key) -> &mut Entry {
        if self.entries.get(&key).is_none() {
            self.entries.insert(key.clone(), Entry::default());
        }
        self.entries.get_mut(&key).expect("it has just been made")
    }
}

/// Copies the pickle, with other memo instructions and other frames.
struct Rewriter<'a> {
    pickle: &'a [u8],
    survey: Survey,
    framer: Framer,
    /// Where the instructions begin that are to be copied as they stand.
    span: usize,
    /// How many keys have been put so far, for MEMOIZE's.
    puts: usize,
    /// How many of the entries put so far are kept.
    numbers: u32,
}

impl<'a> Rewriter<'a> {
    fn new(pickle: &'a [u8], survey: Survey) -> Rewriter<'a> {
        let framer = Framer::new(Out::with_capacity(survey.end), FrameStyle::PayloadsApart);
        Rewriter { pickle, survey, framer, span: 0, puts: 0, numbers: 0 }
    }

    fn rewrite(mut self) -> Result<Vec<u8>, Error> {
        let mut ops = Ops::new(self.pickle);
        if self.pickle.first() == Some(&Opcode::Proto.byte()) {
            // In front of all frames.
            ops.next();
            self.flush(ops.offset());
        }
        self.begin_frames();
        while let Some(op) = ops.next() {
            let (offset, op) = op.map_err(Error::from_decoding)?;
            match op {
                Op::Frame(_) => self.flush(offset),
                Op::Put(_) | Op::BinPut(_) | Op::LongBinPut(_) | Op::Memoize => {
                    self.flush(offset);
                    self.put(&op);
                }
                Op::Get(_) | Op::BinGet(_) | Op::LongBinGet(_) => {
                    self.flush(offset);
                    self.get(&op).map_err(|kind| Error::new(offset as u64, Some(op.opcode()), kind))?;
                }
                _ => {
                    self.keep(offset, ops.offset());
                    continue;
                }
            }
            self.span = ops.offset();
        }
        self.flush(ops.offset());
        self.framer.end();
        Ok(self.framer.out.into_vec())
    }

    /// An instruction that stays as it is.
    #[inline]
    fn keep(&mut self, start: usize, end: usize) {
        if self.framer.is_full_with(start - self.span) {
            self.flush(start);
            self.framer.boundary();
        }
        // Whatever it is: CPython's pickler would look at the argument alone.
        if end - start > FRAME_SIZE_TARGET {
            self.flush(start);
            self.framer.end();
            self.flush(end);
            self.begin_frames();
        }
    }

    /// Copies what stands before `end` and was not copied yet.
    #[inline]
    fn flush(&mut self, end: usize) {
        self.framer.out.extend_from_slice(&self.pickle[self.span..end]);
        self.span = end;
    }

    fn begin_frames(&mut self) {
        if self.survey.protocol >= 4 {
            self.framer.begin();
        }
    }

    /// Writes a PUT if its key is ever read.
    #[inline]
    fn put(&mut self, op: &Op<'_>) {
        let key = key(op).unwrap_or_else(|| Key::after(self.puts));
        let entry = self.survey.entries.get_mut(&key).expect("the survey has met every key");
        self.puts += usize::from(!entry.put_again);
        entry.put_again = true;
        if !entry.read {
            return;
        }
        let number = self.numbers;
        entry.number = Some(number);
        self.numbers += 1;
        self.framer.boundary();
        match self.survey.protocol {
            4.. => self.framer.out.push(Opcode::Memoize.byte()),
            1.. => self.write_index(Opcode::BinPut, Opcode::LongBinPut, number),
            0 => self.write_line(Opcode::Put, number),
        }
    }

    /// Writes a GET with its new number.
    #[inline]
    fn get(&mut self, op: &Op<'_>) -> Result<(), ErrorKind> {
        let key = key(op).expect("GET has an argument");
        let number = self.survey.entries.get(&key).and_then(|entry| entry.number);
        self.framer.boundary();
        match (self.survey.protocol, number) {
            (0, Some(number)) => self.write_line(Opcode::Get, number),
            (0, None) => self.framer.out.extend_from_slice(b"gNone\n"),
            (_, Some(number)) => self.write_index(Opcode::BinGet, Opcode::LongBinGet, number),
            (_, None) => return Err(ErrorKind::MemoMissing { key: key.into() }),
        }
        Ok(())
    }

    #[inline]
    fn write_index(&mut self, short: Opcode, long: Opcode, number: u32) {
        match u8::try_from(number) {
            Ok(number) => self.framer.out.put(u16::from_le_bytes([short.byte(), number]).into(), 2),
            Err(_) => self.framer.out.put(u64::from(number) << 8 | u64::from(long.byte()), 5),
        }
    }

    fn write_line(&mut self, opcode: Opcode, number: u32) {
        self.framer.out.push(opcode.byte());
        decimal::write(number.into(), &mut self.framer.out);
        self.framer.out.push(b'\n');
    }
}

/// The key that an instruction names; `None` for MEMOIZE.
#[inline]
fn key(op: &Op<'_>) -> Option<Key> {
    Some(match *op {
        Op::Put(line) | Op::Get(line) => {
            let index = number::decimal(line).expect("the survey has read every argument");
            Key::of(&arg::integer(index))?
        }
        Op::BinPut(index) | Op::BinGet(index) => Key::Small(index.into()),
        Op::LongBinPut(index) | Op::LongBinGet(index) => Key::Small(index.into()),
        _ => return None,
    })
}
