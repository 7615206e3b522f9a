//! [`Layout`]: which instructions made a graph, so that it is written with the very same bytes again.
//!
//! ```text
//!   input ──► Machine ──► Graph ────┐
//!                │                  ├──► the same bytes
//!                └──────► Layout ───┘
//! ```
//!
//! What a graph's object says is not kept a second time: of an instruction that pushes one, there are the opcode and the
//! object's handle, and its argument is spelled again from the graph. Only an argument that no spelling of the object gives
//! is kept as it is: `I+5`, `F1.50`, a LONG1 with bytes that it does not need.

mod record;
mod spelling;

use alloc::vec::Vec;

use pickle_opcodes::Opcode;
use pickle_value::{Graph, Handle};

pub(crate) use record::Recorder;

/// The instructions of one pickle, without what the graph says itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// One for each instruction.
    opcodes: Vec<Opcode>,
    /// The objects whose content is an argument, by the order of those instructions.
    objects: Vec<Handle>,
    /// Arguments that are the pickle's own: memo indexes, lengths of frames, protocols.
    numbers: Vec<u64>,
    /// The instructions that are spelled otherwise than most of their kind, by their number.
    odd: Vec<Odd>,
    /// The arguments that are kept as they are, one behind the other.
    raw: Vec<u8>,
}

/// An instruction that is spelled in its own way.
#[derive(Clone, Copy, Debug)]
struct Odd {
    instruction: usize,
    spelling: Spelling,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Spelling {
    /// By a variant that is not the first.
    Variant(u8),
    /// By bytes that are kept: how many, the opcode among them.
    Raw(usize),
}

/// Where an instruction's argument comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    /// There is none.
    Nothing,
    /// The object that it pushes.
    Object,
    /// The pickle alone.
    Number,
}

fn content(opcode: Opcode) -> Content {
    use Opcode::{BinGet, BinPut, Frame, Get, LongBinGet, LongBinPut, Proto, Put};
    match opcode {
        Get | BinGet | LongBinGet | Put | BinPut | LongBinPut | Frame | Proto => Content::Number,
        _ if opcode.arg().is_some() => Content::Object,
        _ => Content::Nothing,
    }
}

impl Layout {
    /// The bytes that were read, spelled from the graph that was made of them.
    pub(crate) fn to_vec(&self, graph: &Graph<'_>) -> Vec<u8> {
        let mut out = Vec::with_capacity(graph.size_hint());
        let (mut objects, mut numbers) = (self.objects.iter(), self.numbers.iter());
        let (mut odd, mut raw) = (self.odd.iter().peekable(), &self.raw[..]);
        for (instruction, &opcode) in self.opcodes.iter().enumerate() {
            let spelling = odd.next_if(|odd| odd.instruction == instruction).map(|odd| odd.spelling);
            let variant = match spelling {
                Some(Spelling::Raw(length)) => {
                    let (bytes, rest) = raw.split_at(length);
                    out.extend_from_slice(bytes);
                    raw = rest;
                    continue;
                }
                Some(Spelling::Variant(variant)) => variant,
                None => 0,
            };
            match content(opcode) {
                Content::Nothing => out.push(opcode.byte()),
                Content::Number => spelling::number(opcode, numbers.next().copied().unwrap_or_default(), &mut out),
                Content::Object => {
                    let object = graph.view(objects.next().copied().unwrap_or(Handle::NONE));
                    // It was spelled so when it was recorded.
                    let _ = spelling::object(opcode, variant, object, &mut out);
                }
            }
        }
        out
    }
}
