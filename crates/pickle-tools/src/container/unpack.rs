//! Decoders of the compressed formats.

#[cfg(any(feature = "gzip", feature = "xz", feature = "zstd"))]
use std::io;
use std::io::Read;

use super::Format;

/// A dictionary that xz and lzma may ask for: its largest preset has 64 MiB.
#[cfg(feature = "xz")]
const XZ_MEMORY_KIB: u32 = 256 << 10;

/// A reader that is used where its type is not known.
pub(crate) type DynRead<'a> = Box<dyn Read + 'a>;

/// The content of a compressed format; none where this build, or the crate, cannot unpack it.
pub(crate) fn unpack<'a>(format: Format, packed: DynRead<'a>) -> Option<DynRead<'a>> {
    match format {
        #[cfg(feature = "gzip")]
        Format::Gzip => Some(Box::new(gzip::Gzip::new(packed))),
        #[cfg(feature = "gzip")]
        Format::Zlib => Some(Box::new(flate2::read::ZlibDecoder::new(packed))),
        #[cfg(feature = "bzip2")]
        Format::Bzip2 => Some(Box::new(bzip2::read::MultiBzDecoder::new(packed))),
        #[cfg(feature = "xz")]
        Format::Xz => Some(Box::new(lzma_rust2::XzReader::new_mem_limit(packed, true, XZ_MEMORY_KIB))),
        #[cfg(feature = "xz")]
        Format::Lzma => Some(Box::new(lzma::Lzma::NotBegun(Some(packed)))),
        #[cfg(feature = "zstd")]
        Format::Zstd => Some(Box::new(zstd::Frames::new(packed))),
        _ => {
            drop(packed);
            None
        }
    }
}

#[cfg(feature = "gzip")]
mod gzip {
    use std::io::{BufRead, BufReader};

    use flate2::bufread::GzDecoder;

    use super::{DynRead, Read, io};

    /// Members one behind the other, with zeros behind them: what Python's gzip module reads.
    pub(super) struct Gzip<'a> {
        member: Option<GzDecoder<BufReader<DynRead<'a>>>>,
    }

    impl<'a> Gzip<'a> {
        pub(super) fn new(packed: DynRead<'a>) -> Gzip<'a> {
            Gzip { member: Some(GzDecoder::new(BufReader::new(packed))) }
        }

        /// Goes to the next member; false where there is none.
        fn next_member(&mut self) -> io::Result<bool> {
            let Some(member) = self.member.take() else { return Ok(false) };
            let mut packed = member.into_inner();
            loop {
                let buffer = packed.fill_buf()?;
                match buffer.iter().position(|&byte| byte != 0) {
                    Some(zeros) => {
                        packed.consume(zeros);
                        self.member = Some(GzDecoder::new(packed));
                        return Ok(true);
                    }
                    None if buffer.is_empty() => return Ok(false),
                    None => {
                        let zeros = buffer.len();
                        packed.consume(zeros);
                    }
                }
            }
        }
    }

    impl Read for Gzip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            loop {
                let Some(member) = &mut self.member else { return Ok(0) };
                let count = member.read(buffer)?;
                if count > 0 || buffer.is_empty() || !self.next_member()? {
                    return Ok(count);
                }
            }
        }
    }
}

#[cfg(feature = "xz")]
mod lzma {
    use lzma_rust2::LzmaReader;

    use super::{DynRead, Read, XZ_MEMORY_KIB, io};

    /// A stream whose header is read when it is first asked for something.
    pub(super) enum Lzma<'a> {
        NotBegun(Option<DynRead<'a>>),
        Begun(Box<LzmaReader<DynRead<'a>>>),
    }

    impl Read for Lzma<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if let Lzma::NotBegun(packed) = self {
                let Some(packed) = packed.take() else { return Ok(0) };
                *self = Lzma::Begun(Box::new(LzmaReader::new_mem_limit(packed, XZ_MEMORY_KIB, None)?));
            }
            match self {
                Lzma::NotBegun(_) => Ok(0),
                Lzma::Begun(reader) => reader.read(buffer),
            }
        }
    }
}

#[cfg(feature = "zstd")]
mod zstd {
    use std::io::{BufRead, BufReader};

    use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
    use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

    use super::{DynRead, Read, io};

    /// Frames one behind the other. Windows of up to 128 MiB are allowed for, as the program zstd does.
    pub(super) struct Frames<'a> {
        packed: BufReader<DynRead<'a>>,
        decoder: FrameDecoder,
        /// A frame has been begun, and not come to its end.
        within: bool,
    }

    impl<'a> Frames<'a> {
        pub(super) fn new(packed: DynRead<'a>) -> Frames<'a> {
            Frames { packed: BufReader::new(packed), decoder: FrameDecoder::new(), within: false }
        }

        /// Begins the next frame; false where there is none.
        fn next_frame(&mut self) -> io::Result<bool> {
            loop {
                if self.packed.fill_buf()?.is_empty() {
                    return Ok(false);
                }
                match self.decoder.reset(&mut self.packed) {
                    Ok(()) => {
                        self.within = true;
                        return Ok(true);
                    }
                    Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                        length, ..
                    })) => {
                        io::copy(&mut self.packed.by_ref().take(length.into()), &mut io::sink())?;
                    }
                    Err(error) => return Err(invalid(error)),
                }
            }
        }

        /// What the decoder computed must be what the frame says.
        fn check(&self) -> io::Result<()> {
            match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
                (Some(claimed), Some(found)) if claimed != found => Err(invalid("the checksum differs")),
                _ => Ok(()),
            }
        }
    }

    impl Read for Frames<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if buffer.is_empty() {
                return Ok(0);
            }
            loop {
                if !self.within && !self.next_frame()? {
                    return Ok(0);
                }
                while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    let some = BlockDecodingStrategy::UptoBlocks(1);
                    self.decoder.decode_blocks(&mut self.packed, some).map_err(invalid)?;
                }
                let count = self.decoder.read(buffer)?;
                if count > 0 {
                    return Ok(count);
                }
                self.check()?;
                self.within = false;
            }
        }
    }

    fn invalid(error: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}
