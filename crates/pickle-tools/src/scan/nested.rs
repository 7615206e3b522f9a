//! Do bytes within a pickle look like a pickle themselves, or like a container of one?

use pickle_opcodes::{Op, Opcode, decode};

use crate::container::Format;

/// Shorter bytes are no pickle that does anything.
pub(super) const MIN: usize = 6;

/// True for bytes that are to be looked into: containers, and what reads as the instructions of a pickle that names or
/// asks for something.
pub(super) fn is_plausible(bytes: &[u8]) -> bool {
    match bytes {
        _ if bytes.len() < MIN => false,
        [0x80, 0..=5, ..] => true,
        [first, ..] if is_container_start(*first) && is_container(bytes) => true,
        _ => has_end(bytes) && names_something(bytes),
    }
}

/// True for the first byte of what is no pickle, and may hold one.
fn is_container_start(first: u8) -> bool {
    matches!(first, b'P' | 0x1f | b'x' | b'B' | 0xfd | b']' | 0x28 | 0x93 | 0x04 | b'7' | b'R' | b'Z')
}

fn is_container(bytes: &[u8]) -> bool {
    let format = Format::detect(&bytes[..bytes.len().min(crate::container::HEAD)]);
    format.is_some_and(|format| {
        format.is_compression() || matches!(format, Format::Zip | Format::Npy | Format::SevenZip | Format::Rar)
    })
}

/// False where no instruction can end that names something, nor a pickle: there are a STOP, a line and a STACK_GLOBAL, or none.
fn has_end(bytes: &[u8]) -> bool {
    memchr::memchr3(b'.', b'\n', 0x93, bytes).is_some()
}

/// Instructions up to a STOP, one of which names or asks for something; without a STOP, some that name what could be a
/// module and something in it.
fn names_something(bytes: &[u8]) -> bool {
    let (mut at, mut names, mut is_module) = (0, false, false);
    while let Ok((op, end)) = decode(bytes, at) {
        match op {
            Op::Stop => return names,
            Op::Global(global) | Op::Inst(global) => {
                names = true;
                is_module |= is_path(global.module) && is_path(global.name);
            }
            Op::StackGlobal => (names, is_module) = (true, true),
            Op::PersId(_) | Op::BinPersId | Op::Ext1(_) | Op::Ext2(_) | Op::Ext4(_) => names = true,
            _ => {}
        }
        at = end;
    }
    is_module
}

fn is_path(name: &[u8]) -> bool {
    name.iter().all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// The bytes that a text spells, a character a byte; none where a character is no byte, or the text does not begin as a
/// pickle or a container would.
pub(super) fn latin1(utf8: &[u8]) -> Option<Vec<u8>> {
    let first = match *utf8 {
        [first @ 0..=0x7f, ..] | [0xc2, first, ..] => first,
        [0xc3, first, ..] => first | 0x40,
        _ => return None,
    };
    // Of all texts, which are many, few have a first instruction and an end of one that names something.
    if !is_container_start(first) && (Opcode::from_byte(first).is_none() || !has_end(utf8)) {
        return None;
    }
    let text = core::str::from_utf8(utf8).ok()?;
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}
