//! [`Recorder`]: takes down the instructions of a pickle while it is loaded.

use alloc::vec::Vec;

use pickle_opcodes::{Op, Opcode, number};
use pickle_value::{Handle, View};

use super::{Content, Layout, Odd, Spelling, content, spelling};

/// A layout in the making.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    layout: Layout,
    /// An instruction as it would be spelled, to compare with what is there.
    spelled: Vec<u8>,
}

impl Recorder {
    /// Takes down one instruction, of these bytes; `object` is what it left on top of the stack.
    pub(crate) fn note(&mut self, op: &Op<'_>, bytes: &[u8], object: Option<(Handle, View<'_>)>) {
        let opcode = op.opcode();
        let noted = match (content(opcode), object) {
            (Content::Nothing, _) => true,
            (Content::Number, _) => self.number(op, bytes),
            (Content::Object, Some((handle, view))) => self.object(opcode, bytes, handle, view),
            (Content::Object, None) => false,
        };
        if !noted {
            self.layout.raw.extend_from_slice(bytes);
            self.odd(Spelling::Raw(bytes.len()));
        }
        self.layout.opcodes.push(opcode);
    }

    pub(crate) fn finish(self) -> Layout {
        self.layout
    }

    /// Notes a number that is spelled as all pickles do.
    fn number(&mut self, op: &Op<'_>, bytes: &[u8]) -> bool {
        let number = match *op {
            Op::Get(line) | Op::Put(line) => number::index_line(line).unwrap_or_default(),
            Op::BinGet(index) | Op::BinPut(index) => u64::from(index),
            Op::LongBinGet(index) | Op::LongBinPut(index) => u64::from(index),
            Op::Frame(length) => length,
            Op::Proto(protocol) => u64::from(protocol),
            _ => return false,
        };
        self.spelled.clear();
        spelling::number(op.opcode(), number, &mut self.spelled);
        let same = self.spelled == bytes;
        if same {
            self.layout.numbers.push(number);
        }
        same
    }

    /// Notes an object whose content the bytes are, by one of the ways to spell it.
    fn object(&mut self, opcode: Opcode, bytes: &[u8], handle: Handle, view: View<'_>) -> bool {
        for variant in 0..spelling::variants(opcode) {
            self.spelled.clear();
            if spelling::object(opcode, variant, view, &mut self.spelled).is_none() || self.spelled != bytes {
                continue;
            }
            if variant > 0 {
                self.odd(Spelling::Variant(variant));
            }
            self.layout.objects.push(handle);
            return true;
        }
        false
    }

    fn odd(&mut self, spelling: Spelling) {
        let instruction = self.layout.opcodes.len();
        self.layout.odd.push(Odd { instruction, spelling });
    }
}
