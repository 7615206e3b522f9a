//! Zip archives as their directory says and as their local headers say: loaders go by the one or by the other.

use memchr::memmem;

/// What a zip archive says of a member, in the directory or in the local header.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) checksum: u32,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
    /// Where the content starts.
    pub(super) start: u64,
}

impl Entry {
    /// Bit 3: checksum and sizes stand behind the content.
    pub(super) fn is_streamed(&self) -> bool {
        self.flags & 8 != 0
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & 0x2041 != 0
    }
}

/// What an archive has.
#[derive(Debug, Default)]
pub(super) struct Archive {
    /// By its directory; the second is where the local header starts.
    pub(super) listed: Vec<(Entry, u64)>,
    /// By the local headers, wherever there is one, with where it starts.
    pub(super) local: Vec<(Entry, u64)>,
    /// What is wrong with the directory.
    pub(super) problem: Option<&'static str>,
}

const END: &[u8] = b"PK\x05\x06";
const LISTED: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
const END_64: &[u8] = b"PK\x06\x06";
const END_64_LOCATOR: &[u8] = b"PK\x06\x07";

/// Behind the end of the directory stands a comment of up to so many bytes.
const MAX_END: usize = 22 + 0xffff;

/// True where an archive's directory ends near the end of the bytes: that is how most readers know one.
pub(super) fn has_end(bytes: &[u8]) -> bool {
    find_end(bytes).is_some()
}

fn find_end(bytes: &[u8]) -> Option<usize> {
    let from = bytes.len().saturating_sub(MAX_END);
    let tail = &bytes[from..];
    // One byte is looked for in vectors, four of them backwards one by one.
    let mut end = tail.len();
    while let Some(at) = memchr::memrchr(END[3], &tail[..end]) {
        if at >= 3 && tail[at - 3..=at] == *END {
            return (from + at + 19 <= bytes.len()).then_some(from + at - 3);
        }
        end = at;
    }
    None
}

impl Archive {
    pub(super) fn read(bytes: &[u8]) -> Archive {
        let mut archive = Archive::default();
        let finder = memmem::Finder::new(LOCAL);
        archive.local = finder.find_iter(bytes).filter_map(|at| Some((local(bytes, at)?, at as u64))).collect();
        match directory(bytes) {
            Some(listed) => archive.listed = listed,
            None => archive.problem = Some("the directory of the zip archive cannot be read"),
        }
        archive
    }
}

/// The entries of the directory.
fn directory(bytes: &[u8]) -> Option<Vec<(Entry, u64)>> {
    let end = find_end(bytes)?;
    let (mut count, mut size, mut offset) =
        (u64::from(u16_at(bytes, end + 10)?), u64::from(u32_at(bytes, end + 12)?), u64::from(u32_at(bytes, end + 16)?));
    let mut behind = end;
    if let Some(locator) = end.checked_sub(20)
        && bytes.get(locator..locator + 4) == Some(END_64_LOCATOR)
    {
        let at = memmem::rfind(bytes.get(..locator)?, END_64)?;
        (count, size, offset) = (u64_at(bytes, at + 32)?, u64_at(bytes, at + 40)?, u64_at(bytes, at + 48)?);
        behind = at;
    }
    // As Python's zipfile: what stands before the archive moves all of its offsets.
    let start = u64::try_from(behind).ok()?.checked_sub(size)?;
    let moved = start.checked_sub(offset)?;
    let mut at = usize::try_from(start).ok()?;
    let mut listed = Vec::new();
    for _ in 0..count {
        let (entry, next) = listed_at(bytes, at, moved)?;
        listed.push(entry);
        at = next;
    }
    // More entries than are counted are seen by those who go by the size.
    while at < behind {
        let Some((entry, next)) = listed_at(bytes, at, moved) else { break };
        listed.push(entry);
        at = next;
    }
    Some(listed)
}

fn listed_at(bytes: &[u8], at: usize, moved: u64) -> Option<((Entry, u64), usize)> {
    if bytes.get(at..at + 4)? != LISTED {
        return None;
    }
    let (name, extra, comment) = (u16_at(bytes, at + 28)?, u16_at(bytes, at + 30)?, u16_at(bytes, at + 32)?);
    let name_end = at + 46 + usize::from(name);
    let extra_end = name_end + usize::from(extra);
    let mut entry = Entry {
        name: bytes.get(at + 46..name_end)?.to_vec(),
        flags: u16_at(bytes, at + 8)?,
        method: u16_at(bytes, at + 10)?,
        checksum: u32_at(bytes, at + 16)?,
        packed: u32_at(bytes, at + 20)?.into(),
        unpacked: u32_at(bytes, at + 24)?.into(),
        start: 0,
    };
    let mut offset = u64::from(u32_at(bytes, at + 42)?);
    wide(bytes.get(name_end..extra_end)?, [&mut entry.unpacked, &mut entry.packed, &mut offset]);
    let header = offset.checked_add(moved)?;
    // Where the content starts the local header alone knows.
    let lengths = usize::try_from(header).ok().and_then(|header| {
        Some(u64::from(u16_at(bytes, header.checked_add(26)?)?) + u64::from(u16_at(bytes, header + 28)?))
    });
    entry.start = header.checked_add(30)?.checked_add(lengths.unwrap_or(0))?;
    Some(((entry, header), extra_end + usize::from(comment)))
}

fn local(bytes: &[u8], at: usize) -> Option<Entry> {
    let (name, extra) = (u16_at(bytes, at + 26)?, u16_at(bytes, at + 28)?);
    let name_end = at + 30 + usize::from(name);
    let extra_end = name_end + usize::from(extra);
    let mut entry = Entry {
        name: bytes.get(at + 30..name_end)?.to_vec(),
        flags: u16_at(bytes, at + 6)?,
        method: u16_at(bytes, at + 8)?,
        checksum: u32_at(bytes, at + 14)?,
        packed: u32_at(bytes, at + 18)?.into(),
        unpacked: u32_at(bytes, at + 22)?.into(),
        start: extra_end as u64,
    };
    wide(bytes.get(name_end..extra_end)?, [&mut entry.unpacked, &mut entry.packed, &mut 0]);
    Some(entry)
}

/// Takes numbers of 64 bits from the extra field, in the place of those that say that they are there.
fn wide(mut extra: &[u8], numbers: [&mut u64; 3]) {
    while let Some((header, rest)) = extra.split_first_chunk::<4>() {
        let (kind, size) = (u16::from_le_bytes([header[0], header[1]]), u16::from_le_bytes([header[2], header[3]]));
        let Some((mut field, rest)) = rest.split_at_checked(size.into()) else { return };
        if kind == 1 {
            for number in numbers {
                if *number == u64::from(u32::MAX)
                    && let Some((wide, rest)) = field.split_first_chunk()
                {
                    *number = u64::from_le_bytes(*wide);
                    field = rest;
                }
            }
            return;
        }
        extra = rest;
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}
