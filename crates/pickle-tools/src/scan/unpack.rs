//! Decoders, as the scanner needs them: over bytes that are there.

use std::io::Read;

use memchr::memmem;

use super::inflate::is_zlib;
use super::zip::Entry;
use crate::container::{Format, content_of};

/// A reader that is used where its type is not known.
pub(super) type DynRead<'a> = Box<dyn Read + 'a>;

/// Packed bytes, with what unpacks them.
pub(super) enum Packed<'a> {
    /// A stream without a header, which knows its own end.
    Deflated(&'a [u8]),
    /// Streams one behind the other.
    Zlib(&'a [u8]),
    Other(DynRead<'a>),
}

/// What is packed as a whole; without a format it is joblib's old form.
pub(super) fn packed(format: Option<Format>, bytes: &[u8]) -> Option<Packed<'_>> {
    match format {
        None => Some(Packed::Zlib(zfile_content(bytes))),
        Some(Format::Zlib) => Some(Packed::Zlib(bytes)),
        Some(Format::Lz4) => Some(Packed::Other(Box::new(lz4_flex::frame::FrameDecoder::new(bytes)))),
        Some(format) => content_of(format, Box::new(bytes)).map(Packed::Other),
    }
}

/// The same of bzip2, where the decoder is given room for the smallest blocks alone: it is to be tried again without, if
/// there is an error.
///
/// Nearly all encoders claim the largest blocks, whatever there is to pack, and a decoder fills 3.6 MB with zeros for that:
/// ten times as long as small streams take otherwise. Blocks of any size are read alike, and larger ones are an error.
pub(super) fn with_small_blocks(format: Option<Format>, bytes: &[u8]) -> Option<Packed<'_>> {
    match bytes {
        [b'B', b'Z', b'h', b'2'..=b'9', rest @ ..] if format == Some(Format::Bzip2) && rest.len() < SMALL => {
            content_of(Format::Bzip2, Box::new((&b"BZh1"[..]).chain(rest))).map(Packed::Other)
        }
        _ => None,
    }
}

/// More packed bytes are likely to be of larger blocks.
const SMALL: usize = 1 << 14;

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

/// The content of a member of a zip archive.
pub(super) enum Member<'a> {
    Stored(&'a [u8]),
    Packed(Packed<'a>),
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
        8 => Member::Packed(Packed::Deflated(rest)),
        12 => other(content_of(Format::Bzip2, Box::new(bounded))),
        14 => other(lzma(entry, bounded)),
        93 => other(content_of(Format::Zstd, Box::new(bounded))),
        95 => other(content_of(Format::Xz, Box::new(bounded))),
        _ => Member::Unknown,
    }
}

fn other(reader: Option<DynRead<'_>>) -> Member<'_> {
    reader.map_or(Member::Unknown, |reader| Member::Packed(Packed::Other(reader)))
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
