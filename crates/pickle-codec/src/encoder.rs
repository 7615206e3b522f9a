//! [`Encoder`]: writes objects as a pickle, over a [`Source`].

use alloc::vec::Vec;

use pickle_opcodes::frame::Framer;
use pickle_opcodes::text::UnicodeLineStyle;
use pickle_opcodes::{Opcode, Out, decimal};

use crate::error::ErrorKind;
use crate::fault::Fault;
use crate::profile::Profile;
use crate::save::{Ids, Tasks};
use crate::source::{Atom, Open, Source};

/// The pickling machine: memo numbers, frames, batches, and how each object is spelled at each protocol.
///
/// It has the semantics of CPython's C pickler of its [`Profile`], and no objects of its own. Nesting takes no more
/// stack than 128 levels do (16 in a debug build): what is deeper stands in a list of tasks.
///
/// ```text
///   Source: what is it? ──► Encoder ──► opcodes ──► frames ──► Output
///                              │
///                      memo numbers, batches
/// ```
pub struct Encoder<S: Source, W> {
    pub(crate) source: S,
    pub(crate) output: W,
    pub(crate) framer: Framer,
    pub(crate) protocol: u8,
    pub(crate) style: Style,
    /// How many entries the memo has.
    pub(crate) memo: u32,
    pub(crate) tasks: Tasks<S>,
    /// What the last run left open, the outermost first; and whether it stopped at what is no atom.
    pub(crate) open: Vec<Open<S::Object, S::Cursor>>,
    pub(crate) open_at_shape: bool,
    /// How many names of globals are being written, each within another.
    pub(crate) names: u32,
    /// Who stands for whom, of a source that has persistent ids.
    pub(crate) ids: Ids<S::Object>,
}

/// What a profile says of spelling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) unicode_line: UnicodeLineStyle,
    pub(crate) longs_at_0: bool,
    /// Whether every int of 64 bits is BININT1, BININT2, BININT or LONG1.
    pub(crate) binary_ints: bool,
    pub(crate) bytearray_reduces_itself: bool,
    pub(crate) reduces_nested_globals: bool,
    pub(crate) fix_imports: bool,
    pub(crate) memoizing: Memoizing,
    pub(crate) memoizes_bytearrays: bool,
    pub(crate) iterates_lists_and_sets: bool,
    pub(crate) iterates_dicts: bool,
    pub(crate) python2: bool,
    /// How many digits an int has at most that is written as text.
    pub(crate) max_digits: usize,
}

impl Style {
    /// True for cPickle alone, which differs in more than its memo.
    pub(crate) fn memoizing_counts(self) -> bool {
        self.memoizing == Memoizing::HeldTwice
    }
}

/// What gets a number in the memo.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Memoizing {
    /// All that has an identity.
    All,
    /// What is [held](Source::held_once) by more than one.
    HeldTwice,
    /// All that has an identity; but text that protocol 0 escapes gets a number under which it is never found.
    AllButEscapedText,
    /// Nothing.
    Nothing,
}

/// Where an encoder's bytes go.
pub trait Output<E> {
    /// True if bytes can be taken before the pickle is complete.
    const STREAMS: bool;

    /// Takes bytes. A frame comes whole, with its header, as one piece; a large payload as another.
    ///
    /// # Errors
    ///
    /// Those of the file behind it.
    fn write(&mut self, bytes: &[u8]) -> Result<(), E>;
}

/// The output that leaves everything in the encoder's buffer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Buffered;

impl<E> Output<E> for Buffered {
    const STREAMS: bool = false;

    fn write(&mut self, _bytes: &[u8]) -> Result<(), E> {
        Ok(())
    }
}

impl<S: Source, W: Output<S::Error>> Encoder<S, W> {
    /// An encoder with an empty memo, which writes behind what `buffer` holds.
    pub fn new(source: S, output: W, buffer: Out, protocol: u8, profile: Profile) -> Encoder<S, W> {
        let style = Style {
            unicode_line: profile.unicode_line_style(),
            longs_at_0: profile.writes_longs_at_protocol_0(),
            binary_ints: protocol >= 2 && !profile.is_python2(),
            bytearray_reduces_itself: profile.bytearray_reduces_itself(),
            reduces_nested_globals: profile.reduces_nested_globals(),
            fix_imports: !profile.is_python2(),
            memoizing: match (profile.counts_references(), profile.forgets_escaped_text() && protocol == 0) {
                (true, _) => Memoizing::HeldTwice,
                (_, true) => Memoizing::AllButEscapedText,
                _ => Memoizing::All,
            },
            memoizes_bytearrays: profile.memoizes_bytearrays(),
            iterates_lists_and_sets: profile.iterates_lists_and_sets(),
            iterates_dicts: profile.iterates_dicts(),
            python2: profile.is_python2(),
            max_digits: profile.max_digits(),
        };
        // cPickle numbers the entries from 1 on.
        let memo = u32::from(profile.counts_references());
        let framer = Framer::new(buffer, profile.frame_style());
        Encoder {
            source,
            output,
            framer,
            protocol,
            style,
            memo,
            tasks: Tasks::new(),
            open: Vec::new(),
            open_at_shape: false,
            names: 0,
            ids: Ids::new(),
        }
    }

    /// Whether Python 3's names become Python 2's under protocol 3; by default they do.
    pub fn set_fix_imports(&mut self, fix: bool) {
        self.style.fix_imports = fix;
    }

    /// Whether the memo is left out, which makes every object its own and ends never on a cycle (`Pickler.fast`).
    pub fn set_fast(&mut self, fast: bool) {
        if fast {
            self.style.memoizing = Memoizing::Nothing;
        }
    }

    /// Bounds the digits of ints that are written as text, as `sys.set_int_max_str_digits` does; by default by the profile.
    pub fn set_max_digits(&mut self, max_digits: usize) {
        self.style.max_digits = max_digits;
    }

    /// Bounds the memory that is taken for what stands within each other, in bytes, beyond some two thousand levels; by
    /// default it is not.
    pub fn set_nesting_room(&mut self, bytes: usize) {
        self.tasks.set_room(bytes);
    }

    /// Hands on what is written in pieces under protocol 4, too. By default all of a pickle without frames is handed on at its
    /// end, as CPython does, but for large payloads.
    pub fn set_pieces(&mut self) {
        self.framer.begin_pieces();
    }

    /// How many numbers the memo has given: those of a later pickle by the same memo go on from there.
    #[must_use]
    pub fn memo_len(&self) -> u32 {
        self.memo
    }

    /// Goes on with a memo that has given this many numbers.
    pub fn set_memo_len(&mut self, length: u32) {
        self.memo = length;
    }

    /// Writes one object as a pickle.
    ///
    /// # Errors
    ///
    /// What the format cannot hold, or what the source or the output refused.
    pub fn dump(&mut self, root: S::Object) -> Result<(), Fault<S::Error>> {
        if self.protocol >= 2 {
            self.framer.out.extend_from_slice(&[Opcode::Proto.byte(), self.protocol]);
        }
        if self.protocol >= 4 {
            self.framer.begin();
        }
        self.save_all(root)?;
        self.op(Opcode::Stop);
        self.framer.end();
        self.flush()
    }

    /// The buffer, with what was written and not yet taken.
    pub fn into_buffer(self) -> Vec<u8> {
        self.framer.out.into_vec()
    }

    /// The source, and the buffer with what was written and not yet taken.
    pub fn into_parts(self) -> (S, Vec<u8>) {
        (self.source, self.framer.out.into_vec())
    }

    /// The source.
    pub fn source_mut(&mut self) -> &mut S {
        &mut self.source
    }

    /// Hands on what is complete.
    pub(crate) fn flush(&mut self) -> Result<(), Fault<S::Error>> {
        if W::STREAMS {
            let output = &mut self.output;
            self.framer
                .take(|bytes| if bytes.is_empty() { Ok(()) } else { output.write(bytes) })
                .map_err(Fault::Host)?;
        }
        Ok(())
    }

    /// Says that an object begins here, which may end a frame.
    #[inline(always)]
    pub(crate) fn boundary(&mut self) -> Result<(), Fault<S::Error>> {
        if self.framer.boundary() { self.flush() } else { Ok(()) }
    }

    #[inline(always)]
    pub(crate) fn op(&mut self, opcode: Opcode) {
        self.framer.out.push(opcode.byte());
    }

    /// Gives the object on top of the stack the memo's next number.
    #[inline(always)]
    pub(crate) fn memoize(&mut self, object: &S::Object) -> Result<(), Fault<S::Error>> {
        if self.style.memoizing != Memoizing::All {
            return self.memoize_by_rule(object);
        }
        self.memoize_always(object)
    }

    #[cold]
    fn memoize_by_rule(&mut self, object: &S::Object) -> Result<(), Fault<S::Error>> {
        let memoizing = self.style.memoizing;
        match memoizing {
            Memoizing::Nothing => Ok(()),
            Memoizing::HeldTwice if self.source.held_once(object) => Ok(()),
            Memoizing::AllButEscapedText if self.is_escaped_text(object)? => self.write_memoize(),
            _ => self.memoize_always(object),
        }
    }

    fn is_escaped_text(&mut self, object: &S::Object) -> Result<bool, Fault<S::Error>> {
        let controls = self.style.unicode_line == UnicodeLineStyle::ControlsEscaped;
        let is_escaped = |byte: &u8| match byte {
            b'\\' | b'\n' => true,
            0 | b'\r' | 0x1a => controls,
            _ => false,
        };
        let atom = self.source.atom(&mut object.clone()).map_err(Fault::Host)?;
        Ok(matches!(atom, Atom::Text(utf8) if utf8.iter().any(is_escaped)))
    }

    #[inline(always)]
    fn memoize_always(&mut self, object: &S::Object) -> Result<(), Fault<S::Error>> {
        self.source.memo_put(object, self.memo).map_err(Fault::Host)?;
        self.write_memoize()
    }

    /// As [`memoize`](Self::memoize), for an object that the pickler made, and that nothing else can refer to.
    #[inline(always)]
    pub(crate) fn memoize_unnamed(&mut self) -> Result<(), Fault<S::Error>> {
        match self.style.memoizing {
            Memoizing::All | Memoizing::AllButEscapedText => self.write_memoize(),
            Memoizing::HeldTwice | Memoizing::Nothing => Ok(()),
        }
    }

    /// Gives the object on top of the stack the memo's next number, whoever holds it.
    #[inline(always)]
    pub(crate) fn write_memoize(&mut self) -> Result<(), Fault<S::Error>> {
        let index = self.memo;
        self.memo = index.checked_add(1).ok_or_else(|| Fault::from(ErrorKind::MemoTooLarge))?;
        if self.protocol >= 4 {
            self.op(Opcode::Memoize);
        } else {
            write_put(&mut self.framer.out, self.protocol, index);
        }
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn write_get(&mut self, index: u32) {
        let out = &mut self.framer.out;
        if self.protocol == 0 {
            return write_index(out, Opcode::Get, index);
        }
        let (word, length) = binary_get(index);
        out.put(word, length);
    }
}

/// What gives the object on top of the stack a number of the memo, under protocol 4.
pub(crate) fn write_put(out: &mut Out, protocol: u8, index: u32) {
    match (protocol, u8::try_from(index)) {
        (0, _) => write_index(out, Opcode::Put, index),
        (_, Ok(index)) => out.put(u64::from(Opcode::BinPut.byte()) | u64::from(index) << 8, 2),
        _ => out.put(u64::from(Opcode::LongBinPut.byte()) | u64::from(index) << 8, 5),
    }
}

/// BINGET or LONG_BINGET as a word, and how many bytes of it count.
#[inline(always)]
pub(crate) fn binary_get(index: u32) -> (u64, usize) {
    let (opcode, length) = if index <= 0xff { (Opcode::BinGet, 2) } else { (Opcode::LongBinGet, 5) };
    (u64::from(opcode.byte()) | u64::from(index) << 8, length)
}

/// GET or PUT: a line with a number of the memo.
fn write_index(out: &mut Out, opcode: Opcode, index: u32) {
    out.push(opcode.byte());
    decimal::write(index.into(), out);
    out.push(b'\n');
}
