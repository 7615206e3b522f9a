//! Decoders, as the scanner needs them: over bytes that are there.

use std::io::Read;

use memchr::memmem;

use super::zip::Entry;
use crate::container::{Format, content_of};

/// A reader that is used where its type is not known.
pub(super) type DynRead<'a> = Box<dyn Read + 'a>;

/// The content of what is packed as a whole; without a format it is joblib's old form.
pub(super) fn reader(format: Option<Format>, bytes: &[u8]) -> Option<DynRead<'_>> {
    match format {
        None => Some(Box::new(ZlibStreams { rest: zfile_content(bytes), decoder: None })),
        Some(Format::Zlib) => Some(Box::new(ZlibStreams { rest: bytes, decoder: None })),
        Some(Format::Lz4) => Some(Box::new(lz4_flex::frame::FrameDecoder::new(bytes))),
        Some(format) => content_of(format, Box::new(bytes)),
    }
}

/// What bytes may be that do not begin as any encoder writes it: decoders take other windows and other properties.
pub(super) fn by_chance(bytes: &[u8]) -> Option<Format> {
    match bytes {
        // A frame that decoders skip.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Format::Zstd),
        [method, ..] if method & 15 == 8 && method >> 4 < 8 && is_zlib(bytes) => Some(Format::Zlib),
        [0..=224, rest @ ..] => {
            let dictionary = u32::from_le_bytes(*rest.first_chunk()?);
            let size = u64::from_le_bytes(*rest.get(4..)?.first_chunk()?);
            // As liblzma tells such a file from others.
            let is_round = dictionary.count_ones() == 1 || dictionary.count_ones() == 2 && has_pair(dictionary);
            let is_sized = size == u64::MAX || (1..1 << 38).contains(&size);
            (is_round && is_sized).then_some(Format::Lzma)
        }
        _ => None,
    }
}

/// Two bits side by side.
fn has_pair(bits: u32) -> bool {
    bits & (bits >> 1) != 0
}

/// joblib before 0.10: `ZF`, a length in 19 hex digits, which blanks may fill up, and a zlib stream.
const ZFILE: &[u8] = b"ZF";
const ZFILE_HEADER: usize = 21;

pub(super) fn is_zfile(bytes: &[u8]) -> bool {
    bytes.starts_with(b"ZF0x") && bytes.len() > ZFILE_HEADER
}

fn zfile_content(bytes: &[u8]) -> &[u8] {
    debug_assert!(bytes.starts_with(ZFILE));
    match bytes.get(ZFILE_HEADER..) {
        Some([b' ', content @ ..]) => content,
        Some(content) => content,
        None => &[],
    }
}

/// zlib streams one behind the other, which joblib's file object reads as one.
struct ZlibStreams<'a> {
    rest: &'a [u8],
    decoder: Option<flate2::bufread::ZlibDecoder<&'a [u8]>>,
}

impl Read for ZlibStreams<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let rest = self.rest;
            let decoder = self.decoder.get_or_insert_with(|| flate2::bufread::ZlibDecoder::new(rest));
            let count = decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let taken = usize::try_from(decoder.total_in()).unwrap_or(usize::MAX).min(rest.len());
            self.rest = &rest[taken..];
            self.decoder = None;
            if taken == 0 || !is_zlib(self.rest) {
                return Ok(0);
            }
        }
    }
}

fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [method, flags, ..] if method & 15 == 8 && (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0)
}

/// The content of a member of a zip archive.
pub(super) enum Member<'a> {
    Stored(&'a [u8]),
    Packed(DynRead<'a>),
    Unknown,
}

/// The content that begins where `rest` does.
pub(super) fn member<'a>(entry: &Entry, rest: &'a [u8]) -> Member<'a> {
    let packed = usize::try_from(entry.packed).unwrap_or(usize::MAX).min(rest.len());
    let bounded = &rest[..packed];
    match entry.method {
        0 if entry.packed == 0 && entry.is_streamed() => Member::Stored(&rest[..next_header(rest)]),
        0 => Member::Stored(bounded),
        // A deflated stream knows its own end, and its size may be a lie.
        8 => Member::Packed(Box::new(flate2::bufread::DeflateDecoder::new(rest))),
        12 => content_of(Format::Bzip2, Box::new(bounded)).map_or(Member::Unknown, Member::Packed),
        14 => lzma(entry, bounded).map_or(Member::Unknown, Member::Packed),
        93 => content_of(Format::Zstd, Box::new(bounded)).map_or(Member::Unknown, Member::Packed),
        95 => content_of(Format::Xz, Box::new(bounded)).map_or(Member::Unknown, Member::Packed),
        _ => Member::Unknown,
    }
}

/// What a zip archive packs by LZMA: the version of its library, the properties with their length, and the stream. With the
/// properties and the length of the content before it, the stream is an .lzma file.
fn lzma<'a>(entry: &Entry, packed: &'a [u8]) -> Option<DynRead<'a>> {
    let [_, _, 5, 0, rest @ ..] = packed else {
        return None;
    };
    let (properties, stream) = rest.split_first_chunk::<5>()?;
    // Bit 1: the stream says where it ends.
    let length = if entry.flags & 2 == 0 { entry.unpacked } else { u64::MAX };
    let head = [&properties[..], &length.to_le_bytes()].concat();
    content_of(Format::Lzma, Box::new(std::io::Cursor::new(head).chain(stream)))
}

/// Where the next thing of an archive begins.
fn next_header(bytes: &[u8]) -> usize {
    let signatures: [&[u8]; 3] = [b"PK\x07\x08", b"PK\x01\x02", b"PK\x03\x04"];
    signatures.iter().filter_map(|signature| memmem::find(bytes, signature)).min().unwrap_or(bytes.len())
}

/// The checksum that a zip archive has of its members.
pub(super) fn checksum(content: &[u8]) -> u32 {
    let mut checksum = flate2::Crc::new();
    checksum.update(content);
    checksum.sum()
}
