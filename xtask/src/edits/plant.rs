//! Faults for the self-test: what an edit could do wrong.

use std::fmt;

use pickle_codec::{DumpOptions, Graph};
use pickle_opcodes::{Op, Ops};

use crate::Result;

/// What is done to an edited pickle.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plant {
    Nothing,
    /// The last number of the pickle is another one.
    Number,
    /// The last object that is fetched from the memo is a list of its own.
    Unshared,
    /// The first frame is said to be a byte longer.
    Frame,
    /// All is written anew, at another protocol.
    Rewritten,
}

impl Plant {
    pub(crate) const ALL: [Plant; 5] = [Plant::Nothing, Plant::Number, Plant::Unshared, Plant::Frame, Plant::Rewritten];

    /// The pickle with the fault, or as it is where it has no place for it.
    pub(crate) fn put_into(self, mut edited: Vec<u8>, graph: &Graph<'_>) -> Result<Vec<u8>> {
        match self {
            Plant::Nothing => {}
            Plant::Number => {
                if let Some((start, _)) = last(&edited, |op| matches!(op, Op::BinInt1(_))) {
                    edited[start + 1] ^= 1;
                }
            }
            Plant::Unshared => {
                if let Some((start, end)) = last(&edited, |op| matches!(op, Op::BinGet(_) | Op::Get(_))) {
                    edited.splice(start..end, *b"]");
                }
            }
            Plant::Frame => {
                if let Some(frame) = edited.windows(2).position(|bytes| matches!(bytes, b"\x04\x95" | b"\x05\x95")) {
                    edited[frame + 2] ^= 1;
                }
            }
            Plant::Rewritten => {
                let protocol = if edited.starts_with(b"\x80\x02") { 4 } else { 2 };
                edited = DumpOptions::new().protocol(protocol).to_vec(graph)?;
            }
        }
        Ok(edited)
    }
}

/// Where the last instruction stands that is wanted.
fn last(pickle: &[u8], wanted: impl Fn(&Op<'_>) -> bool) -> Option<(usize, usize)> {
    let mut ops = Ops::new(pickle);
    let mut found = None;
    while let Some(Ok((start, op))) = ops.next() {
        if wanted(&op) {
            found = Some((start, ops.offset()));
        }
    }
    found
}

impl fmt::Display for Plant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Plant::Nothing => "nothing planted",
            Plant::Number => "another number",
            Plant::Unshared => "a list for a shared object",
            Plant::Frame => "a frame of another length",
            Plant::Rewritten => "the pickle written anew",
        })
    }
}
