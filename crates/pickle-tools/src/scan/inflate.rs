//! [`Inflater`]: deflated bytes that are in memory, as far as they can be unpacked.
//!
//! What comes out of a reader goes through a window of 32 KiB, which is set up for each stream and copied from; right into
//! the place of the content, small streams take a third less.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// A decoder of deflated streams, which takes one after the other.
#[derive(Default)]
pub(super) struct Inflater(Box<DecompressorOxide>);

/// What became of a stream.
pub(super) struct Inflated {
    /// How many bytes of the input it has.
    pub(super) taken: usize,
    pub(super) problem: Option<&'static str>,
}

impl Inflater {
    /// Unpacks zlib streams one behind the other, which joblib's file object reads as one, to the end of `content`; at most
    /// so many bytes. Gives what is wrong.
    pub(super) fn zlib_streams(&mut self, packed: &[u8], content: &mut Vec<u8>, limit: u64) -> Option<&'static str> {
        let mut rest = packed;
        loop {
            let Inflated { taken, problem } = self.stream(rest, TINFL_FLAG_PARSE_ZLIB_HEADER, content, limit);
            rest = &rest[taken..];
            if problem.is_some() || taken == 0 || !is_zlib(rest) || content.len() as u64 > limit {
                return problem;
            }
        }
    }

    /// Unpacks a deflated stream without a header to the end of `content`, but no more than just beyond `limit`.
    pub(super) fn deflated(&mut self, packed: &[u8], content: &mut Vec<u8>, limit: u64) -> Option<&'static str> {
        self.stream(packed, 0, content, limit).problem
    }

    fn stream(&mut self, packed: &[u8], form: u32, content: &mut Vec<u8>, limit: u64) -> Inflated {
        let most = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
        let start = content.len();
        let (mut taken, mut end) = (0, start);
        self.0.init();
        loop {
            // Small streams mostly unpack to less than four times their length; what is not enough is doubled.
            let room = (end - start).max(packed.len().saturating_mul(4).clamp(1 << 10, 1 << 20));
            content.resize(end.saturating_add(room).min(most.max(end)), 0);
            let flags = form | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
            let window = &mut content[start..];
            let (status, read, written) = decompress(&mut self.0, &packed[taken..], window, end - start, flags);
            taken += read;
            end += written;
            let problem = match status {
                TINFLStatus::HasMoreOutput if end < most => continue,
                TINFLStatus::Done | TINFLStatus::HasMoreOutput => None,
                TINFLStatus::Adler32Mismatch => Some("the checksum is wrong"),
                TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
                    Some("the stream ends too early")
                }
                _ => Some("corrupt deflate stream"),
            };
            content.truncate(end);
            return Inflated { taken, problem };
        }
    }
}

impl core::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Inflater")
    }
}

/// True for the two bytes that a zlib stream begins with, of any window.
pub(super) fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [method, flags, ..] if method & 15 == 8 && (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0)
}
