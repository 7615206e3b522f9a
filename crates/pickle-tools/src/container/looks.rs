//! Does something begin as a pickle does?

use pickle_opcodes::{ErrorKind, Op, decode};

/// True where `head` may be the beginning of a pickle, or all of one: its instructions can be read as far as they go, and
/// they begin as those of a pickle.
///
/// Three bytes of text or zeros pass seldom for a pickle, random ones once in thousands of times.
pub(super) fn is_pickle(head: &[u8], is_whole: bool) -> bool {
    let mut at = 0;
    let mut made = 0;
    loop {
        match decode(head, at) {
            Ok((Op::Stop, _)) => return made > 0,
            Ok((op, end)) => {
                let (before, after) = (op.opcode().stack_before().len(), op.opcode().stack_after().len());
                if at == 0 && before > 0 {
                    return false;
                }
                made += after;
                at = end;
            }
            Err(error) => {
                let cut = matches!(error.kind(), ErrorKind::EndOfInput | ErrorKind::Truncated { .. });
                return cut && !is_whole && at > 0;
            }
        }
    }
}
