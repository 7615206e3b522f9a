//! Putting other bytes in the place of some, with the lengths of the frames around them.

use alloc::vec::Vec;

use super::trace::Frame;

/// Other bytes for those from `start` to `end`; an insertion, where these are the same, belongs to what stands before it.
#[derive(Debug)]
pub(super) struct Splice {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) bytes: Vec<u8>,
}

impl Splice {
    pub(super) fn insertion(at: usize, bytes: Vec<u8>) -> Splice {
        Splice { start: at, end: at, bytes }
    }
}

/// The pickle with all splices, which are in order and apart.
pub(super) fn apply(pickle: &[u8], splices: Vec<Splice>, frames: &[Frame]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pickle.len() + splices.iter().map(|splice| splice.bytes.len()).sum::<usize>());
    let mut at = 0;
    for splice in &splices {
        out.extend_from_slice(&pickle[at..splice.start]);
        out.extend_from_slice(&splice.bytes);
        at = splice.end;
    }
    out.extend_from_slice(&pickle[at..]);
    for frame in frames.iter().filter(|frame| !splices.iter().any(|splice| frame.is_within(splice.start, splice.end))) {
        let (start, end) = (moved(frame.content, &splices), moved_long(frame, &splices));
        out[start - 8..start].copy_from_slice(&(end - start as u64).to_le_bytes());
    }
    out
}

/// Where a boundary between two instructions comes to stand.
fn moved(boundary: usize, splices: &[Splice]) -> usize {
    splices.iter().rev().fold(boundary, |at, splice| {
        if boundary >= splice.end {
            at - (splice.end - splice.start) + splice.bytes.len()
        } else if boundary > splice.start {
            // Within what is gone: behind what came for it.
            at - (boundary - splice.start) + splice.bytes.len()
        } else {
            at
        }
    })
}

/// Where a frame's end comes to stand, which may be behind the pickle.
fn moved_long(frame: &Frame, splices: &[Splice]) -> u64 {
    match usize::try_from(frame.length).ok().and_then(|length| frame.content.checked_add(length)) {
        Some(end) => moved(end, splices) as u64,
        None => frame.length.saturating_add(frame.content as u64),
    }
}
