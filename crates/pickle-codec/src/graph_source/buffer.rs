//! Buffers that are handed over beside a pickle.

use alloc::boxed::Box;

use pickle_value::{Buffer, Handle};

use super::foreign::Content;
use super::{Cursor, GraphSource, unsupported};
use crate::source::Shape;

impl<'g> GraphSource<'g> {
    /// A buffer stands in the pickle where its bytes are known. Else only its number is, which has to be that of its turn.
    ///
    /// It is no error of the source's own: that the shape of no object is one spares a check of each (4 % of the
    /// instructions).
    #[cold]
    pub(super) fn buffer(&mut self, handle: &mut Handle) -> Shape<'g, Handle, Cursor<'g>> {
        let Some(Buffer { bytes, number, readonly, .. }) = self.graph.view(*handle).as_buffer() else {
            return unsupported("a buffer");
        };
        let (Some(bytes), 5..) = (bytes, self.protocol) else {
            let number = number.unwrap_or(self.buffers);
            if number != self.buffers {
                let turn = self.buffers;
                return Shape::Unsupported(alloc::format!(
                    "buffer {number} in the turn of buffer {turn}, without its bytes"
                ));
            }
            self.buffers += 1;
            return Shape::Buffer(readonly);
        };
        if !self.memoizes_buffers {
            *handle = self.extra(Content::Bytes(Box::default()));
        }
        if readonly { Shape::Bytes(bytes) } else { Shape::ByteArray(bytes) }
    }
}
