//! Tar archives: their members, by their headers.

/// A member's name, and where its content stands.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

const BLOCK: usize = 512;

/// True for bytes that begin with a header whose checksum is right, with the word `ustar` in it or without.
pub(super) fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(..BLOCK).is_some_and(|header| header[0] != 0 && has_checksum(header))
}

fn has_checksum(header: &[u8]) -> bool {
    let blank = |at: usize| (148..156).contains(&at);
    let sum: u32 = header.iter().enumerate().map(|(at, &byte)| if blank(at) { 32 } else { u32::from(byte) }).sum();
    number(&header[148..156]) == Some(sum.into())
}

/// A number in octal digits, or in binary where its first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let low = field[1..].iter().try_fold(0u64, |all, &byte| all.checked_mul(256)?.checked_add(byte.into()));
        return low.filter(|_| field[0] == 0x80);
    }
    let digits: Vec<u8> =
        field.iter().copied().skip_while(|byte| *byte == b' ').take_while(u8::is_ascii_digit).collect();
    if digits.is_empty() {
        return field.iter().all(|byte| matches!(byte, 0 | b' ')).then_some(0);
    }
    u64::from_str_radix(core::str::from_utf8(&digits).ok()?, 8).ok()
}

/// The members, and whether the archive was read to its end.
pub(super) fn members(bytes: &[u8]) -> (Vec<Member>, bool) {
    let mut members = Vec::new();
    let mut at = 0;
    while let Some(header) = bytes.get(at..at + BLOCK) {
        if header.iter().all(|&byte| byte == 0) {
            // Some readers go on behind the zeros that end an archive.
            at += BLOCK;
            continue;
        }
        let size = number(&header[124..136]).and_then(|size| usize::try_from(size).ok());
        let (Some(size), true) = (size, has_checksum(header)) else {
            return (members, false);
        };
        let start = at + BLOCK;
        // A directory, a link or a device has no content, whatever its size says.
        let has_content = !matches!(header[156], b'1'..=b'6');
        let end = if has_content { start.saturating_add(size) } else { start };
        let name: Vec<u8> = header[..100].iter().copied().take_while(|&byte| byte != 0).collect();
        let name = String::from_utf8_lossy(&name).into_owned();
        if end > bytes.len() {
            members.push(Member { name, start, end: bytes.len() });
            return (members, false);
        }
        members.push(Member { name, start, end });
        at = end.div_ceil(BLOCK) * BLOCK;
    }
    (members, true)
}
