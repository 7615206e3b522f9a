//! Putting a new value where the pickle makes an old one.

use alloc::vec::Vec;

use pickle_opcodes::{Op, Opcode};

use super::splice::Splice;
use super::trace::{Entry, Trace};
use crate::error::{Error, ErrorKind};

/// The splices that put `value` in the place of what made the entry.
///
/// The old value's instructions go if nobody else needs them, and the new one takes over its memo entry. Otherwise they
/// stay, and POP drops what they made.
pub(super) fn replace(trace: &Trace, entry: Entry, value: Vec<u8>) -> Result<Vec<Splice>, Error> {
    // A copy from before the value was ready went into the value itself.
    if let Some(dup) = entry.duplicated.filter(|&dup| dup >= entry.end) {
        return below_copy(trace, entry, dup, value);
    }
    match replacement(trace, entry, &value) {
        Some(splices) => Ok(splices),
        None => Ok(Vec::from([behind(entry, value)])),
    }
}

/// The new value behind the old one, which is dropped.
fn behind(entry: Entry, value: Vec<u8>) -> Splice {
    let mut bytes = Vec::from([Opcode::Pop.byte()]);
    bytes.extend(value);
    Splice::insertion(entry.end, bytes)
}

/// The new value instead of the old one; nothing where that is needed.
fn replacement(trace: &Trace, entry: Entry, value: &[u8]) -> Option<Vec<Splice>> {
    let range = entry.start..entry.end;
    if trace.is_needed(range.clone()) {
        return None;
    }
    let memoized = trace.memoized(range);
    // The memo entry of the value itself becomes that of the new one.
    let own = memoized.last().filter(|last| last.end == entry.end);
    let end = own.map_or(entry.end, |own| own.start);
    let gone = memoized.len() - usize::from(own.is_some());
    let mut bytes = value.to_vec();
    if gone > 0 && trace.memoizes_from(entry.end) {
        // MEMOIZE counts entries: those that go have to be made up for.
        if memoized.iter().any(|memoized| memoized.by != Opcode::Memoize || !memoized.is_new) {
            return None;
        }
        bytes.resize(bytes.len() + gone, Opcode::Memoize.byte());
    }
    Some(between_frames(trace, entry.start, end, bytes))
}

/// The bytes in place of all from `start` to `end`, but for the FRAMEs whose frames go on behind.
fn between_frames(trace: &Trace, start: usize, end: usize, bytes: Vec<u8>) -> Vec<Splice> {
    let mut splices = Vec::from([Splice { start, end, bytes }]);
    for frame in trace.frames().iter().filter(|frame| start < frame.start && frame.start < end) {
        if frame.is_within(start, end) {
            continue;
        }
        if let Some(last) = splices.last_mut() {
            last.end = frame.start;
        }
        splices.push(Splice { start: frame.content, end, bytes: Vec::new() });
    }
    splices
}

/// The new value below a copy of the old one that DUP makes: it gets the copy from the memo instead.
fn below_copy(trace: &Trace, entry: Entry, dup: usize, value: Vec<u8>) -> Result<Vec<Splice>, Error> {
    let index = trace.free_index();
    if trace.memoizes_from(entry.end) {
        let problem = "the value is copied by DUP, in a pickle that counts its memo's entries".into();
        return Err(ErrorKind::NotAssignable(problem).into());
    }
    let (put, get) = (put(index, trace.protocol())?, get(index, trace.protocol())?);
    let mut bytes = put;
    bytes.push(Opcode::Pop.byte());
    bytes.extend(value);
    Ok(Vec::from([Splice::insertion(entry.end, bytes), Splice { start: dup, end: dup + 1, bytes: get }]))
}

/// The instruction that stores the top under an index.
fn put(index: u64, protocol: u8) -> Result<Vec<u8>, Error> {
    match (protocol, u8::try_from(index)) {
        (0, _) => assemble(&Op::Put(alloc::format!("{index}").as_bytes())),
        (_, Ok(index)) => assemble(&Op::BinPut(index)),
        _ => assemble(&Op::LongBinPut(u32::try_from(index).map_err(|_| ErrorKind::MemoTooLarge)?)),
    }
}

/// The instruction that pushes what is stored under an index.
pub(super) fn get(index: u64, protocol: u8) -> Result<Vec<u8>, Error> {
    match (protocol, u8::try_from(index)) {
        (0, _) => assemble(&Op::Get(alloc::format!("{index}").as_bytes())),
        (_, Ok(index)) => assemble(&Op::BinGet(index)),
        _ => assemble(&Op::LongBinGet(u32::try_from(index).map_err(|_| ErrorKind::MemoTooLarge)?)),
    }
}

fn assemble(op: &Op<'_>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    op.assemble(&mut bytes)?;
    Ok(bytes)
}

/// The instructions that make a dict of one entry; with `slots`, a state whose slots it is.
pub(super) fn dict_of_one(key: &[u8], value: &[u8], protocol: u8, slots: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    if slots {
        bytes.extend([Opcode::Mark.byte(), Opcode::None.byte()]);
    }
    match protocol {
        0 => bytes.extend([Opcode::Mark.byte(), Opcode::Dict.byte()]),
        _ => bytes.push(Opcode::EmptyDict.byte()),
    }
    bytes.extend_from_slice(key);
    bytes.extend_from_slice(value);
    bytes.push(Opcode::SetItem.byte());
    if slots {
        bytes.push(Opcode::Tuple.byte());
    }
    bytes
}
