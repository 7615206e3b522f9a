//! Frames: protocol 4's units of transfer (PEP 3154).
//!
//! [`Framer`] cuts what is written as CPython's pickler cuts it; [`FrameCheck`] holds what is read against the rules.

use crate::{ErrorKind, Op, Opcode, Out};

/// A frame is closed before the first instruction that finds this many bytes in it (`FRAME_SIZE_TARGET`).
///
/// A payload of this size is written between frames, unless [`FrameStyle::Everything`] says otherwise.
pub const FRAME_SIZE_TARGET: usize = 64 * 1024;

/// A frame of fewer bytes gets no header (`FRAME_SIZE_MIN`).
pub const FRAME_SIZE_MIN: usize = 4;

/// FRAME and its eight-byte argument.
pub const FRAME_HEADER_SIZE: usize = 9;

/// How CPython's releases frame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum FrameStyle {
    /// 3.7 and newer: frames under 4 bytes get no header, large payloads stand between frames.
    #[default]
    PayloadsApart,
    /// Up to 3.6: everything behind PROTO is in a frame, however small or large.
    Everything,
}

/// An output buffer that is cut into frames.
///
/// Without [`begin`](Framer::begin) it is a plain buffer. With it, [`boundary`](Framer::boundary) before each object and
/// [`apart`](Framer::apart) for each large argument put the frames where CPython puts them.
#[derive(Debug)]
pub struct Framer {
    /// What has been written. Bytes may be appended freely, and whole frames taken from the front by [`Framer::take`].
    pub out: Out,
    style: FrameStyle,
    /// Where the header of the open frame stands.
    open: Option<usize>,
    /// The length of `out` at which the open frame is full, or without frames, a piece.
    full: usize,
}

impl Default for Framer {
    /// An empty buffer, to be framed as the newest releases do.
    fn default() -> Self {
        Framer::new(Out::default(), FrameStyle::default())
    }
}

impl Framer {
    /// A framer that appends to `out`, without frames so far.
    #[must_use]
    pub fn new(out: impl Into<Out>, style: FrameStyle) -> Framer {
        Framer { out: out.into(), style, open: None, full: usize::MAX }
    }

    /// Opens the first frame; the encoder calls it behind PROTO 4.
    pub fn begin(&mut self) {
        let start = self.out.len();
        self.open = Some(start);
        self.full = start + FRAME_HEADER_SIZE + FRAME_SIZE_TARGET;
        self.out.push(Opcode::Frame.byte());
        self.out.extend_from_slice(&[0; 8]);
    }

    /// Says that what is written is to be handed on now and then, where there are no frames: [`boundary`](Framer::boundary)
    /// then tells of pieces of a frame's size.
    pub fn begin_pieces(&mut self) {
        self.full = self.out.len() + FRAME_SIZE_TARGET;
    }

    /// Says that an object begins here: a full frame ends and the next one starts. True if that happened.
    #[inline(always)]
    pub fn boundary(&mut self) -> bool {
        let full = self.is_full_with(0);
        if full {
            self.end_full();
        }
        full
    }

    #[inline(never)]
    fn end_full(&mut self) {
        if self.open.is_some() {
            self.end();
            self.begin();
        } else {
            self.begin_pieces();
        }
    }

    /// True where the open frame would be full with so many bytes more.
    #[inline(always)]
    #[must_use]
    pub fn is_full_with(&self, pending: usize) -> bool {
        self.out.len() + pending >= self.full
    }

    /// How many bytes more the open frame takes before it is full.
    #[inline(always)]
    #[must_use]
    pub fn room(&self) -> usize {
        self.full.saturating_sub(self.out.len())
    }

    /// True where no frame has begun behind this place.
    #[must_use]
    pub fn is_unbroken_from(&self, at: usize) -> bool {
        self.open.is_none_or(|start| start <= at)
    }

    /// True where an argument of `length` bytes stands between frames.
    #[inline(always)]
    #[must_use]
    pub fn apart(&self, length: usize) -> bool {
        self.is_large(length) && self.open.is_some()
    }

    /// True where an argument of `length` bytes is handed on by itself, in a frame or without frames.
    #[inline(always)]
    #[must_use]
    pub fn is_large(&self, length: usize) -> bool {
        length >= FRAME_SIZE_TARGET && self.style == FrameStyle::PayloadsApart
    }

    /// Ends the open frame, so that what follows stands between frames until the next [`begin`](Framer::begin).
    pub fn end(&mut self) {
        let Some(start) = self.open.take() else {
            return;
        };
        self.full = usize::MAX;
        let body = start + FRAME_HEADER_SIZE;
        let length = self.out.len() - body;
        if length == 0 || (length < FRAME_SIZE_MIN && self.style == FrameStyle::PayloadsApart) {
            self.out.copy_within(body.., start);
            self.out.truncate(start + length);
        } else {
            self.out[start + 1..body].copy_from_slice(&(length as u64).to_le_bytes());
        }
    }

    /// Says that everything up to the open frame has been handed on: removes it from the front of `out`.
    ///
    /// `hand_on` gets those bytes.
    pub fn take<E>(&mut self, hand_on: impl FnOnce(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let done = self.open.unwrap_or(self.out.len());
        hand_on(&self.out[..done])?;
        self.out.drop_front(done);
        if self.open.is_some() {
            self.open = Some(0);
            self.full -= done;
        } else if self.full < usize::MAX {
            self.begin_pieces();
        }
        Ok(())
    }
}

/// Holds the frames of a pickle against the rules that PEP 3154 gives, an instruction at a time.
///
/// CPython's C loader is lenient: it asks only that a frame's bytes are there. `pickle.py` refuses a frame that begins
/// inside another, and an instruction that crosses a frame's end; so does this.
///
/// ```
/// use pickle_opcodes::{ErrorKind, Ops, frame::FrameCheck};
///
/// let mut check = FrameCheck::new();
/// let mut ops = Ops::new(b"\x80\x04\x95\x01\0\0\0\0\0\0\0K\x2a.");
/// let error = loop {
///     let (offset, op) = ops.next().unwrap().unwrap();
///     if let Err(kind) = check.step(offset, &op, ops.offset()) {
///         break kind;
///     }
/// };
/// assert_eq!(error, ErrorKind::FrameCrossed { excess: 1 });
/// ```
#[derive(Clone, Debug, Default)]
pub struct FrameCheck {
    /// The offset behind the open frame.
    end: Option<u64>,
}

impl FrameCheck {
    /// No frame is open yet.
    #[must_use]
    pub fn new() -> FrameCheck {
        FrameCheck::default()
    }

    /// Takes the instruction from `start` to `end`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::FrameOverlap`] and [`ErrorKind::FrameCrossed`].
    pub fn step(&mut self, start: usize, op: &Op<'_>, end: usize) -> Result<(), ErrorKind> {
        let (start, end) = (start as u64, end as u64);
        if self.end.is_some_and(|frame_end| frame_end <= start) {
            self.end = None;
        }
        match (op, self.end) {
            (Op::Frame(_), Some(frame_end)) => Err(ErrorKind::FrameOverlap { missing: frame_end - start }),
            (Op::Frame(length), None) => {
                self.end = Some(end.saturating_add(*length));
                Ok(())
            }
            (_, Some(frame_end)) if end > frame_end => Err(ErrorKind::FrameCrossed { excess: end - frame_end }),
            _ => Ok(()),
        }
    }
}
