//! [`Format`]: what a file is, by its first bytes.

use core::fmt;

/// How many bytes [`Format::detect`] looks at, at most: a tar header.
pub const HEAD: usize = 512;

/// What a file is that is no bare pickle.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Format {
    /// A zip archive: PyTorch's `.pt`, NumPy's `.npz`.
    Zip,
    /// NumPy's `.npy`, in which objects stand as a pickle behind the header.
    Npy,
    /// gzip.
    Gzip,
    /// zlib, as joblib's `compress=3` writes it.
    Zlib,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// The older form of xz, `.lzma`.
    Lzma,
    /// Zstandard.
    Zstd,
    /// LZ4.
    Lz4,
    /// safetensors.
    Safetensors,
    /// HDF5, Keras' `.h5`.
    Hdf5,
    /// JSON.
    Json,
    /// A tar archive.
    Tar,
    /// A 7z archive.
    SevenZip,
    /// A RAR archive.
    Rar,
    /// A PNG image.
    Png,
    /// A JPEG image.
    Jpeg,
    /// A PDF document.
    Pdf,
    /// An ELF program or library.
    Elf,
    /// A Windows program or library.
    Pe,
    /// Python's bytecode, `.pyc`.
    Pyc,
    /// An SQLite database.
    Sqlite,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow.
    Arrow,
    /// GGUF.
    Gguf,
    /// MATLAB 5.
    Matlab,
    /// XML or HTML.
    Markup,
    /// What Git keeps in place of a large file.
    LfsPointer,
    /// A script.
    Script,
}

/// Formats with the bytes that they begin with.
///
/// Many begin with a byte that is an opcode, such as zip's P (PERSID), but none of these beginnings is that of a pickle
/// that any pickler writes.
const BEGINNINGS: &[(&[u8], Format)] = &[
    (b"PK\x03\x04", Format::Zip),
    // Without members, or in parts.
    (b"PK\x05\x06", Format::Zip),
    (b"PK\x07\x08", Format::Zip),
    (b"\x93NUMPY", Format::Npy),
    (b"\x1f\x8b", Format::Gzip),
    (b"\xfd7zXZ\0", Format::Xz),
    (b"]\0", Format::Lzma),
    (b"\x28\xb5\x2f\xfd", Format::Zstd),
    (b"\x04\x22\x4d\x18", Format::Lz4),
    (b"\x89HDF\r\n\x1a\n", Format::Hdf5),
    (b"7z\xbc\xaf\x27\x1c", Format::SevenZip),
    (b"Rar!\x1a\x07", Format::Rar),
    (b"\x89PNG\r\n\x1a\n", Format::Png),
    (b"\xff\xd8\xff", Format::Jpeg),
    (b"%PDF-", Format::Pdf),
    (b"\x7fELF", Format::Elf),
    (b"MZ\x90\0\x03\0\0\0", Format::Pe),
    (b"SQLite format 3\0", Format::Sqlite),
    (b"PAR1", Format::Parquet),
    (b"ARROW1\0\0", Format::Arrow),
    (b"GGUF", Format::Gguf),
    (b"MATLAB 5.0 MAT-file", Format::Matlab),
    (b"<!", Format::Markup),
    (b"<?xml", Format::Markup),
    (b"<html", Format::Markup),
    (b"version https://git-lfs.github.com/spec/", Format::LfsPointer),
    (b"#!", Format::Script),
];

impl Format {
    /// What a file is whose first bytes are `head`: [`HEAD`] of them, or all where there are fewer.
    ///
    /// None for what may be a pickle, and for what nothing is known of.
    ///
    /// ```
    /// use pickle_tools::container::Format;
    ///
    /// assert_eq!(Format::detect(b"PK\x03\x04\x14\0\0\0"), Some(Format::Zip));
    /// assert_eq!(Format::detect(b"{\"a\": 1}"), Some(Format::Json));
    /// assert_eq!(Format::detect(b"\x80\x04N."), None);
    /// ```
    #[must_use]
    pub fn detect(head: &[u8]) -> Option<Format> {
        // It begins with a length, whose bytes may be those of anything.
        if is_safetensors(head) {
            return Some(Format::Safetensors);
        }
        if let Some(&(_, format)) = BEGINNINGS.iter().find(|(beginning, _)| head.starts_with(beginning)) {
            return Some(format);
        }
        match () {
            () if is_zlib(head) => Some(Format::Zlib),
            () if is_bzip2(head) => Some(Format::Bzip2),
            () if is_pyc(head) => Some(Format::Pyc),
            () if is_json(head) => Some(Format::Json),
            () if is_tar(head) => Some(Format::Tar),
            () => None,
        }
    }

    /// The format as a noun with its article: `a zip archive`.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Format::Zip => "a zip archive",
            Format::Npy => "a .npy array",
            Format::Gzip => "a gzip file",
            Format::Zlib => "a zlib stream",
            Format::Bzip2 => "a bzip2 file",
            Format::Xz => "an xz file",
            Format::Lzma => "an lzma file",
            Format::Zstd => "a Zstandard file",
            Format::Lz4 => "an LZ4 file",
            Format::Safetensors => "a safetensors file",
            Format::Hdf5 => "an HDF5 file",
            Format::Json => "a JSON text",
            Format::Tar => "a tar archive",
            Format::SevenZip => "a 7z archive",
            Format::Rar => "a RAR archive",
            Format::Png => "a PNG image",
            Format::Jpeg => "a JPEG image",
            Format::Pdf => "a PDF document",
            Format::Elf => "an ELF file",
            Format::Pe => "a Windows program",
            Format::Pyc => "a .pyc file",
            Format::Sqlite => "an SQLite database",
            Format::Parquet => "a Parquet file",
            Format::Arrow => "an Arrow file",
            Format::Gguf => "a GGUF file",
            Format::Matlab => "a MATLAB file",
            Format::Markup => "an XML or HTML text",
            Format::LfsPointer => "a Git LFS pointer",
            Format::Script => "a script",
        }
    }

    /// The format in a word: `zip`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Npy => "npy",
            Format::Lz4 => "lz4",
            Format::Zstd => "zstd",
            Format::Pyc => "pyc",
            Format::LfsPointer => "Git LFS pointer",
            Format::Markup => "XML or HTML",
            // The noun's first word behind the article.
            _ => self.noun().split(' ').nth(1).unwrap_or_default(),
        }
    }

    /// True where the format has one other file within it, made smaller.
    #[must_use]
    pub fn is_compression(self) -> bool {
        use Format::{Bzip2, Gzip, Lz4, Lzma, Xz, Zlib, Zstd};
        matches!(self, Gzip | Zlib | Bzip2 | Xz | Lzma | Zstd | Lz4)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

/// RFC 1950: deflate, a window that it allows, and the two bytes a multiple of 31.
///
/// Windows whose first byte is an opcode that a pickle may begin with, `(` and `X`, are left to the pickles.
fn is_zlib(head: &[u8]) -> bool {
    let &[method @ (0x08 | 0x18 | 0x38 | 0x48 | 0x68 | 0x78), flags, ..] = head else {
        return false;
    };
    // 0x20 is a preset dictionary, which nobody here could have.
    (u16::from(method) << 8 | u16::from(flags)) % 31 == 0 && flags & 0x20 == 0
}

/// `BZh9`, and the number that begins a block or the end. `B` is an opcode, BINBYTES.
fn is_bzip2(head: &[u8]) -> bool {
    let [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] = head else {
        return false;
    };
    rest.starts_with(b"1AY&SY") || rest.starts_with(b"\x17\x72\x45\x38\x50\x90")
}

/// A length, which safetensors bounds, and a JSON object of that length.
fn is_safetensors(head: &[u8]) -> bool {
    let Some((length, header)) = head.split_first_chunk::<8>() else {
        return false;
    };
    (2..=100_000_000).contains(&u64::from_le_bytes(*length)) && matches!(header, [b'{', b'"' | b'}' | b' ', ..])
}

/// A version's number and `\r\n`.
fn is_pyc(head: &[u8]) -> bool {
    // 2.7 has 03 F3, Python 3 has counted from 3000 (0C) up to 3700 (0E).
    matches!(head, [0x03, 0xf3, b'\r', b'\n', ..] | [_, 0x0c..=0x0e, b'\r', b'\n', ..])
}

/// `{` and `[` are no opcodes, and neither are blanks.
fn is_json(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    match text {
        [b'{', rest @ ..] => matches!(rest.trim_ascii_start(), [b'"' | b'}', ..]),
        [b'[', rest @ ..] => {
            matches!(rest.trim_ascii_start(), [b'"' | b'{' | b'[' | b']' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n', ..])
        }
        _ => false,
    }
}

/// `ustar`, and a checksum that is right: a pickle may hold the word.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<512>() else {
        return false;
    };
    let digits =
        header[148..156].iter().skip_while(|&&byte| byte == b' ').take_while(|byte| matches!(byte, b'0'..=b'7'));
    let claimed = digits.fold(0u32, |sum, &digit| sum * 8 + u32::from(digit - b'0'));
    let sum = |bytes: &[u8]| bytes.iter().map(|&byte| u32::from(byte)).sum::<u32>();
    header[257..].starts_with(b"ustar") && claimed == sum(&header[..148]) + 8 * u32::from(b' ') + sum(&header[156..])
}
