//! Whether an edit changed no more than it had to.

use pickle_opcodes::frame::FrameCheck;
use pickle_opcodes::{Op, Ops};

use crate::Result;

/// What a POP, a SETITEM and what a state of one attribute needs come to.
const AROUND: usize = 10;

/// Compares two pickles, but for the lengths of frames: what is gone and what is new stands in one place, is no more than
/// the old value's `was` instructions and the new one's `now`, and the frames fit.
pub(crate) fn check(original: &[u8], edited: &[u8], was: usize, now: usize) -> Result<(), String> {
    let (before, after) = (Listing::of(original)?, Listing::of(edited)?);
    let (count, other) = (before.instructions.len(), after.instructions.len());
    let same = |(a, b): &(&Vec<u8>, &Vec<u8>)| a == b;
    let prefix = before.instructions.iter().zip(&after.instructions).take_while(same).count();
    let suffix = before.instructions.iter().rev().zip(after.instructions.iter().rev()).take_while(same).count();
    let suffix = suffix.min(count - prefix).min(other - prefix);
    let (gone, new) = (count - suffix - prefix, other - suffix - prefix);
    // Memo entries that go are made up for one by one.
    let memoized = before.instructions[prefix..count - suffix].iter().filter(|bytes| bytes[0] == 0x94).count();
    // Another Python may have shared less.
    if gone > was + was / 10 + AROUND / 2 {
        return Err(format!("{gone} instructions are gone, where the old value takes {was}"));
    }
    if new > now + memoized + AROUND {
        return Err(format!("{new} instructions are new, where the new value takes {now}"));
    }
    if frames_fit(original) && !frames_fit(edited) {
        return Err("the frames do not fit any more".into());
    }
    before.frames_end_alike(&after, prefix, suffix)
}

/// The instructions of a pickle.
struct Listing {
    /// The bytes of each, but for the length that FRAME says.
    instructions: Vec<Vec<u8>>,
    /// Where each starts, and where the last ends.
    offsets: Vec<usize>,
    /// Which instructions are FRAMEs, and where those frames end.
    frames: Vec<(usize, u64)>,
}

impl Listing {
    fn of(pickle: &[u8]) -> Result<Listing, String> {
        let mut ops = Ops::new(pickle);
        let mut listing = Listing { instructions: Vec::new(), offsets: vec![0], frames: Vec::new() };
        while let Some(op) = ops.next() {
            let (start, op) = op.map_err(|error| format!("it is no pickle any more: {error}"))?;
            let mut end = ops.offset();
            listing.offsets.push(end);
            if let Op::Frame(length) = op {
                listing.frames.push((listing.instructions.len(), end as u64 + length));
                end = start + 1;
            }
            listing.instructions.push(pickle[start..end].to_vec());
        }
        match ops.offset() == pickle.len() {
            true => Ok(listing),
            false => Err("bytes follow the pickle".into()),
        }
    }

    /// Each frame that both have ends where the other does: before what changed, behind it, or in it.
    fn frames_end_alike(&self, edited: &Listing, prefix: usize, suffix: usize) -> Result<(), String> {
        let (count, other) = (self.instructions.len(), edited.instructions.len());
        for &(number, end) in &self.frames {
            let its = match number {
                number if number < prefix => number,
                number if number >= count - suffix => number + other - count,
                _ => continue,
            };
            let Some(&(_, edited_end)) = edited.frames.iter().find(|(number, _)| *number == its) else {
                return Err(format!("frame {number} is gone"));
            };
            let (changed, behind) = (self.offsets[prefix] as u64, self.offsets[count - suffix] as u64);
            let longer = edited.offsets[other] as i64 - self.offsets[count] as i64;
            let alike = match end {
                end if end < changed => edited_end == end,
                end if end > behind => edited_end as i64 == end as i64 + longer,
                // At the edge of the change, or in it.
                _ => (changed..=edited.offsets[other - suffix] as u64).contains(&edited_end),
            };
            if !alike {
                return Err(format!("the frame at instruction {number} ends elsewhere"));
            }
        }
        Ok(())
    }
}

fn frames_fit(pickle: &[u8]) -> bool {
    let mut check = FrameCheck::new();
    let mut ops = Ops::new(pickle);
    while let Some(Ok((start, op))) = ops.next() {
        if check.step(start, &op, ops.offset()).is_err() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn more_than_the_value_is_noticed() {
        let original = b"](K\x01K\x02K\x03e.";
        assert_eq!(check(original, b"](K\x01K\x09K\x03e.", 1, 1), Ok(()));
        let many = [&b"]("[..], &b"K\x01".repeat(30), b"e."].concat();
        let others = [&b"]("[..], &b"K\x02".repeat(30), b"e."].concat();
        let error = check(&many, &others, 1, 1).expect_err("all items are others");
        assert_eq!(error, "30 instructions are gone, where the old value takes 1");
        let error = check(original, &[&b"](K\x01"[..], &b"N0".repeat(9), b"K\x02K\x03e."].concat(), 1, 1);
        assert_eq!(error.expect_err("much is new"), "18 instructions are new, where the new value takes 1");
    }

    #[test]
    fn frames_that_do_not_fit_are_noticed() {
        let original = b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00]K\x01a.";
        let edited = b"\x80\x04\x95\x06\x00\x00\x00\x00\x00\x00\x00]M\x00\x01a.";
        assert_eq!(check(original, edited, 1, 1), Ok(()));
        let edited = b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00]M\x00\x01a.";
        assert!(check(original, edited, 1, 1).is_err());
    }
}
