//! [`Machine`]: runs a pickle's instructions on a stack, over a [`Host`].

use alloc::vec::Vec;

use pickle_opcodes::number::{self, IntLine};
use pickle_opcodes::{Op, Opcode, decode, text};

use crate::error::{Error, ErrorKind};
use crate::fault::{Fault, MachineError};
use crate::global_lines::{fault_before_end, inst_name, nameless};
use crate::host::Host;
use crate::limits::Limits;
use crate::memo::Memo;
use crate::profile::{Implementation, Profile};

use ahead::Ahead;
use lines::{NextPut, unicode};
use runs::PlainRuns;

mod ahead;
mod appended;
mod lines;
mod runs;
mod unmade;

/// The unpickling machine: a stack, marks on it, and the memo.
///
/// It has the semantics of CPython's C loader (`_pickle.c`), error conditions included, and no objects of its own. One
/// machine may load pickle after pickle; the memo then stays, as that of one `pickle.Unpickler` does.
///
/// ```text
///             decode                 step
///   bytes ──────────► instruction ──────────► Host: make an object, change one
///                                    │
///                        stack, marks, memo
/// ```
#[derive(Clone, Debug)]
pub struct Machine<O> {
    stack: Vec<O>,
    /// The length of the stack when each mark was set.
    marks: Vec<usize>,
    /// The topmost mark: nothing below it can be popped.
    fence: usize,
    memo: Memo<O>,
    next_put: NextPut,
    protocol: u8,
    max_digits: usize,
    bounds: Bounds,
    highest_protocol: u8,
    /// What FLOAT gives for `nan`.
    nan: f64,
    pickler: Implementation,
    /// See [`Machine::set_leaves_out`].
    leaves_out: bool,
    plain: PlainRuns,
}

/// The most that may be in each place.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    stack: u64,
    marks: u64,
    memo: u64,
}

impl<O: Clone> Default for Machine<O> {
    fn default() -> Self {
        Machine::new()
    }
}

impl<O: Clone> Machine<O> {
    /// A machine with an empty memo.
    #[must_use]
    pub fn new() -> Machine<O> {
        Machine {
            stack: Vec::new(),
            marks: Vec::new(),
            fence: 0,
            memo: Memo::default(),
            next_put: NextPut::default(),
            protocol: 0,
            max_digits: usize::MAX,
            bounds: Bounds { stack: u64::MAX, marks: u64::MAX, memo: u64::MAX },
            highest_protocol: pickle_opcodes::HIGHEST_PROTOCOL,
            nan: f64::NAN,
            pickler: Implementation::C,
            leaves_out: false,
            plain: PlainRuns::new(0),
        }
    }

    /// Takes over the rules of a profile: the highest protocol that PROTO may declare, and whether there are the opcodes of
    /// protocol 5; how the loader in Python spells numbers, and that it looks at what nothing is appended to; and, as in
    /// Python 2 on most machines, a sign that FLOAT's `nan` has.
    pub fn set_profile(&mut self, profile: Profile) {
        self.highest_protocol = profile.highest_protocol();
        self.pickler = profile.pickler();
        self.nan = if profile.is_python2() { -f64::NAN } else { f64::NAN };
    }

    /// Bounds the digits of decimal ints, as `sys.set_int_max_str_digits` does.
    pub fn set_max_digits(&mut self, max_digits: usize) {
        self.max_digits = max_digits;
    }

    /// Takes over the limits of the stack, the marks, the memo and the digits.
    pub fn set_limits(&mut self, limits: &Limits) {
        self.max_digits = usize::try_from(limits.digits).unwrap_or(usize::MAX);
        self.bounds = Bounds { stack: limits.stack, marks: limits.marks, memo: limits.memo };
    }

    /// The memo.
    #[must_use]
    pub fn memo(&self) -> &Memo<O> {
        &self.memo
    }

    /// The memo, to be changed between two pickles.
    pub fn memo_mut(&mut self) -> &mut Memo<O> {
        &mut self.memo
    }

    /// The protocol that the last PROTO declared; 0 before the first.
    #[must_use]
    pub fn protocol(&self) -> u8 {
        self.protocol
    }

    /// What is on top of the stack, be it above a mark or below.
    pub(crate) fn top_object(&self) -> Option<&O> {
        self.stack.last()
    }

    /// True where a mark is set.
    pub(crate) fn has_mark(&self) -> bool {
        !self.marks.is_empty()
    }

    /// Forgets what a pickle left behind, except the memo; the next one starts afresh.
    pub fn reset(&mut self) {
        self.stack.clear();
        self.marks.clear();
        self.fence = 0;
        self.protocol = 0;
    }

    /// Loads the pickle at `offset` of `input`: gives its value, and the offset behind its STOP.
    ///
    /// Offsets in errors count from the start of `input`.
    ///
    /// # Errors
    ///
    /// What is wrong with the pickle, or what the host refused.
    #[inline]
    pub fn load<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        offset: usize,
    ) -> Result<(O, usize), MachineError<H::Error>> {
        if self.bounds_may_be_met(input.len().saturating_sub(offset)) {
            return self.load_bounded(host, input, offset);
        }
        self.reset();
        self.plain = PlainRuns::new(offset);
        let mut at = offset;
        let mut ahead = Ahead::new(offset, input.len());
        loop {
            let (op, end) = match decode(input, at) {
                Ok(decoded) => decoded,
                Err(error) => return Err(MachineError::Pickle(self.undecoded(input, at, &error))),
            };
            if let Op::Unicode(_) = op
                && let Some(next) = self.bytes_of_line(host, input, at, end - 1)?
            {
                at = next;
                continue;
            }
            match self.step(host, op) {
                Ok(None) => {}
                Ok(Some(value)) => return Ok((value, end)),
                Err(fault) => {
                    at = self.make_up(host, input, fault.at(at, op.opcode()))?;
                    continue;
                }
            }
            at = if let Op::Frame(length) = op { check_frame(input, at, end, length)? } else { end };
            if at >= ahead.next_look() {
                self.make_room(host, &mut ahead, at);
            }
            at = match self.run(host, ahead.piece(input), at) {
                Ok(at) => at,
                Err(error) => self.make_up(host, input, error)?,
            };
            at = self.run_plain(host, ahead.piece(input), at);
        }
    }

    /// Whether so many bytes can put more somewhere than may be there: each instruction puts one thing there at most, so that
    /// nearly no pickle has to be watched.
    fn bounds_may_be_met(&self, bytes: usize) -> bool {
        let Bounds { stack, marks, memo } = self.bounds;
        bytes as u64 > stack.min(marks) || (self.memo.len() + bytes) as u64 > memo
    }

    /// Refuses what is more than may be.
    pub(crate) fn check_bounds(&self) -> Result<(), ErrorKind> {
        let Bounds { stack, marks, memo } = self.bounds;
        for (length, limit, name) in
            [(self.stack.len(), stack, "stack"), (self.marks.len(), marks, "marks"), (self.memo.len(), memo, "memo")]
        {
            if length as u64 > limit {
                return Err(Limits::exceeded(name, limit));
            }
        }
        Ok(())
    }

    /// Runs one instruction; gives the value at STOP.
    ///
    /// This is the machine's one heart, an arm for each opcode. A driver that gets its bytes piece by piece calls it with
    /// each instruction that it has decoded; what a FRAME announces is the driver's to check.
    ///
    /// # Errors
    ///
    /// As [`load`](Machine::load), without the place.
    #[inline(always)]
    pub fn step<H: Host<Object = O>>(&mut self, host: &mut H, op: Op<'_>) -> Result<Option<O>, Fault<H::Error>> {
        let made = match op {
            Op::BinInt1(value) => host.int32(i32::from(value)),
            Op::BinInt2(value) => host.int32(i32::from(value)),
            Op::BinInt(value) => host.int32(value),
            Op::ShortBinUnicode(utf8) | Op::BinUnicode(utf8) | Op::BinUnicode8(utf8) => host.text(utf8),
            Op::Memoize => return self.memoize(),
            Op::BinGet(index) => return self.get(u64::from(index)),
            Op::LongBinGet(index) => return self.get(u64::from(index)),
            Op::BinPut(index) => return self.put(u64::from(index)),
            Op::LongBinPut(index) => return self.put(u64::from(index)),
            Op::Get(line) => return self.get(number::index_line(line)?),
            Op::Put(line) => {
                // CPython looks at the stack before it looks at what the line says.
                if !line.is_empty() {
                    self.top()?;
                }
                return self.put(number::index_line(line)?);
            }

            Op::BinFloat(value) => host.float(value),
            Op::Float(line) => host.float(self.float_line(line)?),
            Op::Long1(bytes) | Op::Long4(bytes) => host.long(bytes),
            Op::Int(line) => match self.int_line(line)? {
                IntLine::Bool(value) => host.bool(value),
                IntLine::Small(value) => host.int(value),
                IntLine::Big(bytes) => host.long(&bytes),
            },
            Op::Long(line) => match self.long_line(line)? {
                IntLine::Bool(value) => host.bool(value),
                IntLine::Small(value) => host.long(&value.to_le_bytes()),
                IntLine::Big(bytes) => host.long(&bytes),
            },
            Op::None => host.none(),
            Op::NewTrue => host.bool(true),
            Op::NewFalse => host.bool(false),

            Op::Unicode(line) => unicode(host, line, line.len(), &mut Default::default())?,
            Op::String(argument) | Op::BinString(argument) | Op::ShortBinString(argument) => {
                byte_string(host, op.opcode(), argument)?
            }
            Op::BinBytes(bytes) | Op::ShortBinBytes(bytes) | Op::BinBytes8(bytes) => host.bytes(bytes),
            Op::ByteArray8(_) | Op::NextBuffer | Op::ReadonlyBuffer if self.highest_protocol < 5 => {
                return Err(pickle_opcodes::ErrorKind::UnknownOpcode(op.opcode().byte()).into());
            }
            Op::ByteArray8(bytes) => host.byte_array(bytes),
            Op::NextBuffer => host.next_buffer(),
            Op::ReadonlyBuffer => {
                let buffer = self.pop()?;
                host.readonly_buffer(buffer)
            }

            Op::EmptyTuple => self.tuple(host, 0)?,
            Op::Tuple1 => self.tuple(host, 1)?,
            Op::Tuple2 => self.tuple(host, 2)?,
            Op::Tuple3 => self.tuple(host, 3)?,
            Op::Tuple => {
                let start = self.pop_mark()?;
                host.tuple(self.stack.drain(start..))
            }
            Op::EmptyList => host.list(),
            Op::List => {
                let start = self.pop_mark()?;
                let list = host.list().map_err(Fault::Host)?;
                host.extend(&list, self.stack.drain(start..)).map(|()| list)
            }
            Op::Append => return self.above(1).and_then(|start| self.extend(host, start)),
            Op::Appends => return self.pop_mark().and_then(|start| self.extend(host, start)),
            Op::EmptyDict => host.dict(),
            Op::Dict => {
                let start = self.pop_mark()?;
                self.check_pairs(start)?;
                let dict = host.dict().map_err(Fault::Host)?;
                host.set_items(&dict, self.stack.drain(start..)).map(|()| dict)
            }
            Op::SetItem => return self.above(2).and_then(|start| self.set_items(host, start)),
            Op::SetItems => return self.pop_mark().and_then(|start| self.set_items(host, start)),
            Op::EmptySet => host.set(),
            Op::AddItems => return self.pop_mark().and_then(|start| self.add_items(host, start)),
            Op::FrozenSet => {
                let start = self.pop_mark()?;
                host.frozen_set(self.stack.drain(start..))
            }

            Op::Mark => {
                self.mark();
                return Ok(None);
            }
            Op::Pop => return self.pop_object_or_mark(host),
            Op::PopMark => {
                let start = self.pop_mark()?;
                self.stack.truncate(start);
                return Ok(None);
            }
            Op::Dup => {
                let top = self.top()?.clone();
                self.stack.push(top);
                return Ok(None);
            }

            Op::Ext1(code) => host.extension(extension_code(i64::from(code))?, self.protocol),
            Op::Ext2(code) => host.extension(extension_code(i64::from(code))?, self.protocol),
            Op::Ext4(code) => host.extension(extension_code(i64::from(code))?, self.protocol),
            Op::Global(pair) => {
                if pair.module.is_empty() || pair.name.is_empty() {
                    return Err(nameless(pair).into());
                }
                host.global(pair.module, pair.name, self.protocol)
            }
            Op::StackGlobal => {
                let name = self.pop()?;
                let module = self.pop()?;
                host.stack_global(module, name, self.protocol)
            }
            Op::Reduce => {
                let args = self.pop()?;
                let callable = self.pop()?;
                host.reduce_beside(callable, args, self.memo.latest())
            }
            Op::NewObj => {
                let args = self.pop()?;
                let class = self.pop()?;
                host.new_object(class, args)
            }
            Op::NewObjEx => {
                let kwargs = self.pop()?;
                let args = self.pop()?;
                let class = self.pop()?;
                host.new_object_ex(class, args, kwargs)
            }
            Op::Inst(pair) => {
                let start = self.pop_mark()?;
                let (module, name) = (inst_name(pair.module)?, inst_name(pair.name)?);
                let class = host.global(module, name, self.protocol).map_err(Fault::Host)?;
                host.instance(class, self.stack.drain(start..))
            }
            Op::Obj => {
                let start = self.pop_mark()?;
                if start == self.stack.len() {
                    return Err(self.underflow());
                }
                let class = self.stack.remove(start);
                host.instance(class, self.stack.drain(start..))
            }
            Op::Build => return self.build(host),
            Op::PersId(line) => {
                if !line.is_ascii() {
                    return Err(ErrorKind::PersistentIdNotAscii.into());
                }
                let id = host.text(line).map_err(Fault::Host)?;
                host.persistent(id)
            }
            Op::BinPersId => {
                let id = self.pop()?;
                host.persistent(id)
            }

            Op::Proto(protocol) => {
                if protocol > self.highest_protocol {
                    return Err(ErrorKind::UnsupportedProtocol(protocol).into());
                }
                self.protocol = protocol;
                return Ok(None);
            }
            Op::Frame(_) => return Ok(None),
            Op::Stop => return self.pop().map(Some),
        };
        match made {
            Ok(object) => {
                self.stack.push(object);
                Ok(None)
            }
            Err(error) => Err(Fault::Host(error)),
        }
    }

    #[inline(always)]
    fn pop<E>(&mut self) -> Result<O, Fault<E>> {
        if self.stack.len() > self.fence
            && let Some(object) = self.stack.pop()
        {
            return Ok(object);
        }
        Err(self.underflow())
    }

    #[inline(always)]
    fn top<E>(&self) -> Result<&O, Fault<E>> {
        match self.stack.last() {
            Some(object) if self.stack.len() > self.fence => Ok(object),
            _ => Err(self.underflow()),
        }
    }

    #[cold]
    fn underflow<E>(&self) -> Fault<E> {
        if self.marks.is_empty() { ErrorKind::StackUnderflow.into() } else { ErrorKind::UnexpectedMark.into() }
    }

    #[inline(always)]
    fn mark(&mut self) {
        self.fence = self.stack.len();
        self.marks.push(self.fence);
    }

    /// Removes the topmost mark; gives where what stood above it starts.
    #[inline(always)]
    fn pop_mark<E>(&mut self) -> Result<usize, Fault<E>> {
        let Some(start) = self.marks.pop() else {
            return Err(ErrorKind::NoMark.into());
        };
        self.fence = self.marks.last().copied().unwrap_or(0);
        Ok(start)
    }

    /// What is wrong at `at`, where no instruction could be decoded.
    #[cold]
    pub(crate) fn undecoded(&self, input: &[u8], at: usize, error: &pickle_opcodes::Error) -> Error {
        let fault = fault_before_end(&input[at..], error.opcode(), self.has_mark());
        let kind = fault.unwrap_or_else(|| error.kind().clone().into());
        Error::at(at, error.opcode(), kind)
    }

    /// POP takes a mark where one is on top.
    fn pop_object_or_mark<H: Host<Object = O>>(&mut self, host: &mut H) -> Result<Option<O>, Fault<H::Error>> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.pop_mark()?;
            return Ok(None);
        }
        let object = self.pop()?;
        nothing(host.dropped(object, self.stack.last()))
    }

    /// Where the topmost `count` objects start.
    #[inline(always)]
    fn above<E>(&self, count: usize) -> Result<usize, Fault<E>> {
        // CPython checks that the container below is above the fence, too.
        if self.stack.len() > self.fence + count { Ok(self.stack.len() - count) } else { Err(self.underflow()) }
    }

    /// What is to be changed by all from `start` on; nothing if there is nothing to change it by.
    ///
    /// The loader in C looks at the target only then, so that `N(e.` is `None`; the one in Python always does.
    #[inline(always)]
    fn target<E>(&self, start: usize) -> Result<Option<O>, Fault<E>> {
        if start <= self.fence {
            return Err(self.underflow());
        }
        Ok((start < self.stack.len() || self.pickler == Implementation::Python).then(|| self.stack[start - 1].clone()))
    }

    #[inline(always)]
    fn extend<H: Host<Object = O>>(&mut self, host: &mut H, start: usize) -> Result<Option<O>, Fault<H::Error>> {
        let Some(target) = self.target(start)? else {
            return Ok(None);
        };
        nothing(host.extend(&target, self.stack.drain(start..)))
    }

    #[inline(always)]
    fn set_items<H: Host<Object = O>>(&mut self, host: &mut H, start: usize) -> Result<Option<O>, Fault<H::Error>> {
        let Some(target) = self.target(start)?.filter(|_| start < self.stack.len()) else {
            return Ok(None);
        };
        self.check_pairs(start)?;
        nothing(host.set_items(&target, self.stack.drain(start..)))
    }

    #[inline(always)]
    fn add_items<H: Host<Object = O>>(&mut self, host: &mut H, start: usize) -> Result<Option<O>, Fault<H::Error>> {
        let Some(target) = self.target(start)? else {
            return Ok(None);
        };
        nothing(host.add_items(&target, self.stack.drain(start..)))
    }

    #[inline(always)]
    fn build<H: Host<Object = O>>(&mut self, host: &mut H) -> Result<Option<O>, Fault<H::Error>> {
        if self.stack.len() < self.fence + 2 {
            return Err(self.underflow());
        }
        let state = self.pop()?;
        nothing(host.build(self.top()?, state))
    }

    #[inline(always)]
    fn check_pairs<E>(&self, start: usize) -> Result<(), Fault<E>> {
        if (self.stack.len() - start).is_multiple_of(2) {
            Ok(())
        } else {
            Err(ErrorKind::Value(pickle_value::ErrorKind::OddItems).into())
        }
    }

    #[inline(always)]
    fn tuple<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        length: usize,
    ) -> Result<Result<O, H::Error>, Fault<H::Error>> {
        if self.stack.len() < self.fence + length {
            return Err(self.underflow());
        }
        Ok(host.tuple(self.stack.drain(self.stack.len() - length..)))
    }

    #[inline(always)]
    fn get<E>(&mut self, index: u64) -> Result<Option<O>, Fault<E>> {
        match self.memo.get(index) {
            Some(object) => {
                self.stack.push(object.clone());
                Ok(None)
            }
            None => Err(ErrorKind::MemoMissing(index).into()),
        }
    }

    #[inline(always)]
    fn memoize<E>(&mut self) -> Result<Option<O>, Fault<E>> {
        let index = self.memo.len() as u64;
        self.put(index)
    }

    #[inline(always)]
    fn put<E>(&mut self, index: u64) -> Result<Option<O>, Fault<E>> {
        let top = self.top()?.clone();
        self.memo.put(index, top);
        Ok(None)
    }
}

/// Python 2's `str`. Out of line, so that the registers of the loop are not spent on it.
#[expect(clippy::type_complexity, reason = "in one Result, the loop over ints takes an instruction more")]
#[inline(never)]
fn byte_string<H: Host>(
    host: &mut H,
    opcode: Opcode,
    argument: &[u8],
) -> Result<Result<H::Object, H::Error>, Fault<H::Error>> {
    if opcode == Opcode::String {
        return Ok(host.byte_string_of(opcode, argument, &text::string_line(argument)?));
    }
    Ok(host.byte_string_of(opcode, argument, argument))
}

fn nothing<O, E>(changed: Result<(), E>) -> Result<Option<O>, Fault<E>> {
    match changed {
        Ok(()) => Ok(None),
        Err(error) => Err(Fault::Host(error)),
    }
}

/// A frame must be there as a whole, which is all that CPython's C loader asks of it. Gives where it starts.
#[cold]
pub(crate) fn check_frame<E>(input: &[u8], at: usize, end: usize, length: u64) -> Result<usize, MachineError<E>> {
    let left = (input.len() - end) as u64;
    if length <= left {
        return Ok(end);
    }
    let kind = pickle_opcodes::ErrorKind::Truncated { missing: length - left };
    Err(MachineError::Pickle(Error::at(at, Some(Opcode::Frame), kind.into())))
}

fn extension_code<E>(code: i64) -> Result<u32, Fault<E>> {
    match u32::try_from(code) {
        Ok(code) if code > 0 => Ok(code),
        _ => Err(ErrorKind::BadExtensionCode(code).into()),
    }
}
