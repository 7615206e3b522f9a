//! [`Packer`]: writing compressed files.

use std::io::{self, Write};
use std::path::Path;

use super::Format;

impl Format {
    /// The compressed format that a file of this name has: `.gz`, `.zz` and `.zlib`, `.bz2`, `.xz`, `.zst`.
    ///
    /// ```
    /// use pickle_tools::container::Format;
    ///
    /// assert_eq!(Format::of_name("d.pkl.gz".as_ref()), Some(Format::Gzip));
    /// assert_eq!(Format::of_name("d.pkl".as_ref()), None);
    /// ```
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Format> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "gz" => Format::Gzip,
            "zz" | "zlib" => Format::Zlib,
            "bz2" => Format::Bzip2,
            "xz" => Format::Xz,
            "zst" => Format::Zstd,
            _ => return None,
        })
    }
}

/// A writer that packs what is written to it.
///
/// ```
/// # #[cfg(feature = "gzip")] {
/// use std::io::{Read, Write};
///
/// use pickle_tools::container::{Format, Options, Packer};
///
/// let mut packer = Packer::new(Vec::new(), Format::Gzip)?;
/// packer.write_all(b"N.")?;
/// let packed = packer.finish()?;
///
/// let mut pickle = Vec::new();
/// Options::new().open_stream(&packed[..])?.read_to_end(&mut pickle)?;
/// assert_eq!(pickle, b"N.");
/// # }
/// # Ok::<(), pickle_tools::container::Error>(())
/// ```
pub struct Packer<W: Write>(Inner<W>);

// One of them is made for a file.
#[allow(clippy::large_enum_variant)]
enum Inner<W: Write> {
    #[cfg(feature = "gzip")]
    Gzip(flate2::write::GzEncoder<W>),
    #[cfg(feature = "gzip")]
    Zlib(flate2::write::ZlibEncoder<W>),
    #[cfg(feature = "bzip2")]
    Bzip2(bzip2::write::BzEncoder<W>),
    #[cfg(feature = "xz")]
    Xz(Box<lzma_rust2::XzWriter<W>>),
    /// The encoder wants all at once.
    #[cfg(feature = "zstd")]
    Zstd(Vec<u8>, W),
}

impl<W: Write> Packer<W> {
    /// A writer of this format over `target`. The same content gives the same bytes: no time is written.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] for a format that this build does not pack; what `target` answers.
    pub fn new(target: W, format: Format) -> io::Result<Packer<W>> {
        Ok(Packer(match format {
            #[cfg(feature = "gzip")]
            Format::Gzip => Inner::Gzip(flate2::write::GzEncoder::new(target, flate2::Compression::default())),
            #[cfg(feature = "gzip")]
            Format::Zlib => Inner::Zlib(flate2::write::ZlibEncoder::new(target, flate2::Compression::default())),
            #[cfg(feature = "bzip2")]
            Format::Bzip2 => Inner::Bzip2(bzip2::write::BzEncoder::new(target, bzip2::Compression::best())),
            #[cfg(feature = "xz")]
            Format::Xz => {
                // 5 % larger than by the usual 6, in a sixth of the time.
                let options = lzma_rust2::XzOptions::with_preset(3);
                Inner::Xz(Box::new(lzma_rust2::XzWriter::new(target, options)?))
            }
            #[cfg(feature = "zstd")]
            Format::Zstd => Inner::Zstd(Vec::new(), target),
            _ => {
                drop(target);
                let problem = format!("{format} is not written here");
                return Err(io::Error::new(io::ErrorKind::Unsupported, problem));
            }
        }))
    }

    /// Writes what is left, and gives the target back.
    ///
    /// # Errors
    ///
    /// What the target answers.
    pub fn finish(self) -> io::Result<W> {
        match self.0 {
            #[cfg(feature = "gzip")]
            Inner::Gzip(encoder) => encoder.finish(),
            #[cfg(feature = "gzip")]
            Inner::Zlib(encoder) => encoder.finish(),
            #[cfg(feature = "bzip2")]
            Inner::Bzip2(encoder) => encoder.finish(),
            #[cfg(feature = "xz")]
            Inner::Xz(encoder) => encoder.finish(),
            #[cfg(feature = "zstd")]
            Inner::Zstd(content, mut target) => {
                let packed =
                    ruzstd::encoding::compress_to_vec(&content[..], ruzstd::encoding::CompressionLevel::Fastest);
                target.write_all(&packed)?;
                Ok(target)
            }
        }
    }

    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.0 {
            #[cfg(feature = "gzip")]
            Inner::Gzip(encoder) => encoder,
            #[cfg(feature = "gzip")]
            Inner::Zlib(encoder) => encoder,
            #[cfg(feature = "bzip2")]
            Inner::Bzip2(encoder) => encoder,
            #[cfg(feature = "xz")]
            Inner::Xz(encoder) => encoder,
            #[cfg(feature = "zstd")]
            Inner::Zstd(content, _) => content,
        }
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer().flush()
    }
}

impl<W: Write> core::fmt::Debug for Packer<W> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}
