//! Does something begin as a pickle does?

use pickle_opcodes::{ErrorKind, Op, StackObject, decode};

/// True where `head` may be the beginning of a pickle, or all of one: its instructions can be read as far as they go, and
/// take from the stack what others left there.
///
/// Text and numbers in binary pass seldom for a pickle. One that is cut within its first instruction does not pass.
pub(super) fn is_pickle(head: &[u8], is_whole: bool) -> bool {
    let mut stack = Vec::new();
    let mut at = 0;
    loop {
        match decode(head, at) {
            Ok((op, end)) => {
                if !run(&op, &mut stack) {
                    return false;
                }
                if matches!(op, Op::Stop) {
                    return true;
                }
                at = end;
            }
            Err(error) => {
                let cut = matches!(error.kind(), ErrorKind::EndOfInput | ErrorKind::Truncated { .. });
                return cut && !is_whole && at > 0;
            }
        }
    }
}

/// What stands on the stack.
#[derive(Clone, Copy, PartialEq)]
enum Thing {
    Object,
    Mark,
}

/// Takes from the stack and puts there what the instruction does; false where that is not there.
fn run(op: &Op<'_>, stack: &mut Vec<Thing>) -> bool {
    if matches!(op, Op::Put(_) | Op::BinPut(_) | Op::LongBinPut(_) | Op::Memoize) {
        return stack.last() == Some(&Thing::Object);
    }
    if matches!(op, Op::Pop) {
        return stack.pop().is_some();
    }
    let opcode = op.opcode();
    for object in opcode.stack_before().iter().rev() {
        match object {
            // All above the mark, which is taken next.
            StackObject::StackSlice => {
                let above = stack.iter().rev().take_while(|&&thing| thing == Thing::Object).count();
                stack.truncate(stack.len() - above);
            }
            StackObject::Mark if stack.pop() == Some(Thing::Mark) => {}
            StackObject::Mark => return false,
            _ if stack.pop() == Some(Thing::Object) => {}
            _ => return false,
        }
    }
    let left = opcode.stack_after().iter();
    stack.extend(left.map(|object| if *object == StackObject::Mark { Thing::Mark } else { Thing::Object }));
    true
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use pickle_opcodes::decode;

    use super::is_pickle;
    use crate::container::Format;

    /// Every pickle of the committed corpus, cut short too.
    #[test]
    fn pickles_look_like_pickles() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../compat/corpus/pickles.z");
        let Ok(packed) = std::fs::read(corpus) else {
            eprintln!("skipped: there is no {corpus}");
            return;
        };
        let mut bytes = Vec::new();
        flate2::read::ZlibDecoder::new(&packed[..]).read_to_end(&mut bytes).expect("a zlib stream");
        let mut rest = &bytes[..];
        let mut count = 0;
        while let Some((length, behind)) = rest.split_first_chunk() {
            let (pickle, behind) = behind.split_at(u32::from_le_bytes(*length) as usize);
            assert_eq!(Format::detect(pickle), None, "{:?}", pickle.escape_ascii().to_string());
            assert!(is_pickle(pickle, true), "{:?}", pickle.escape_ascii().to_string());
            let (_, first) = decode(pickle, 0).expect("an instruction");
            if pickle.len() > 4096 && first <= 4096 {
                assert!(is_pickle(&pickle[..4096], false), "{:?}", pickle[..4096].escape_ascii().to_string());
            }
            rest = behind;
            count += 1;
        }
        assert!(count > 1000, "{count} pickles");
    }

    #[test]
    fn others_do_not() {
        let others: [&[u8]; 8] =
            [b"", b"3\n", b"little", b"0636067578712378", b"hello", b"\0\0\x80\x3f", b".", b"readme.txt"];
        for other in others {
            assert!(!is_pickle(other, true), "{:?}", other.escape_ascii().to_string());
        }
    }
}
