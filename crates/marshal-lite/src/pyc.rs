//! [`Pyc`]: a compiled module: a header, and a marshalled code object.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use pickle_value::Graph;

use crate::code::Code;
use crate::error::{Error, ErrorKind};
use crate::graph_host::ReadOptions;
use crate::graph_source::WriteOptions;
use crate::rebuild::unified;
use crate::record::Record;
use crate::sharing::Sharing;
use crate::version::Release;

/// A `.pyc` file.
///
/// ```
/// use marshal_lite::Release;
/// use marshal_lite::pyc::{Invalidation, Pyc};
///
/// # let code = b"c\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\xf3\x04\0\0\0\x95\0g\0)\x01N\xa9\0r\x01\0\0\0\xf3\0\0\0\0\
/// #     \xda\x04x.py\xda\x08<module>r\x04\0\0\0\x01\0\0\0s\x05\0\0\0\xf1\x03\x01\x01\x01r\x02\0\0\0";
/// // A file that CPython 3.13 compiled from an empty one, without the code object.
/// let mut file = b"\xf3\x0d\r\n\0\0\0\0\0\xf1\x53\x65\x05\0\0\0".to_vec();
/// file.extend_from_slice(code);
/// let pyc = Pyc::from_slice(&file)?;
/// assert_eq!(pyc.release(), Release::PYTHON_3_13);
/// assert_eq!(pyc.header.invalidation, Invalidation::Timestamp { seconds: 1_700_000_000, size: Some(5) });
/// assert_eq!(pyc.code()?.name(), Some("<module>"));
/// assert_eq!(pyc.to_vec()?, file);
/// # Ok::<(), marshal_lite::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pyc<'a> {
    /// What stands before the code object.
    pub header: Header,
    /// The code object.
    pub graph: Graph<'a>,
    /// How the code object is spelled.
    pub spelling: Spelling,
}

/// How a code object is written.
#[derive(Clone, Debug)]
pub enum Spelling {
    /// As the file was that it is from; for a graph that was not changed.
    Recorded(Record),
    /// As the release's `marshal.dumps` would write it, were each object held as often as the graph says.
    CPython,
    /// In the one way that depends on nothing but the values: see [`Pyc::normalise`].
    Canonical,
}

/// What stands before the code object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Header {
    /// The magic number of the release.
    pub magic: u16,
    /// How an interpreter finds out whether the file is of the source that is there.
    pub invalidation: Invalidation,
}

/// How an interpreter finds out whether a file is of the source that is there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Invalidation {
    /// By the source's time of modification, and from 3.3 on its size, both modulo 2³².
    Timestamp {
        /// Seconds since 1970.
        seconds: u32,
        /// Bytes.
        size: Option<u32>,
    },
    /// By a hash of the source (PEP 552): 3.7 and later.
    Hash {
        /// SipHash of the source.
        hash: [u8; 8],
        /// Whether the interpreter checks it.
        checked: bool,
    },
}

/// In the flags: by a hash.
const HASHED: u32 = 1;
/// In the flags: the hash is checked.
const CHECKED: u32 = 2;

impl Header {
    /// A header for a release.
    #[must_use]
    pub fn new(release: Release, invalidation: Invalidation) -> Header {
        Header { magic: release.magic(), invalidation }
    }

    /// Reads a header; gives its release and how long it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadPyc`] for a magic number of no final release, flags that are not known, or too few bytes.
    pub fn from_slice(input: &[u8]) -> Result<(Header, Release, usize), Error> {
        let [low, high, b'\r', b'\n', rest @ ..] = input else {
            return Err(bad("not a .pyc file: it does not begin with a magic number"));
        };
        let magic = u16::from_le_bytes([*low, *high]);
        let Some(release) = Release::from_magic(magic) else {
            return Err(bad(&format!("magic number {magic} belongs to no release of CPython that is known")));
        };
        let length = release.pyc_header();
        let words: Vec<u32> = rest
            .get(..length - 4)
            .ok_or_else(|| bad("the header is cut off"))?
            .chunks_exact(4)
            .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
            .collect();
        let invalidation = match words[..] {
            [seconds] => Invalidation::Timestamp { seconds, size: None },
            [seconds, size] | [0, seconds, size] => Invalidation::Timestamp { seconds, size: Some(size) },
            [flags, low, high] if flags & HASHED != 0 && flags & !(HASHED | CHECKED) == 0 => {
                let hash = (u64::from(high) << 32 | u64::from(low)).to_le_bytes();
                Invalidation::Hash { hash, checked: flags & CHECKED != 0 }
            }
            _ => return Err(bad(&format!("the flags {:#x} are not known", words[0]))),
        };
        Ok((Header { magic, invalidation }, release, length))
    }

    /// The header's bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadPyc`] for a release that is not known, or that has no such header.
    pub fn to_vec(&self) -> Result<Vec<u8>, Error> {
        let release = Release::from_magic(self.magic).ok_or_else(|| bad("the magic number is of no known release"))?;
        let mut out = Vec::with_capacity(16);
        out.extend_from_slice(&self.magic.to_le_bytes());
        out.extend_from_slice(b"\r\n");
        match (release.pyc_header(), self.invalidation) {
            (8, Invalidation::Timestamp { seconds, .. }) => out.extend_from_slice(&seconds.to_le_bytes()),
            (length @ (12 | 16), Invalidation::Timestamp { seconds, size }) => {
                if length == 16 {
                    out.extend_from_slice(&[0; 4]);
                }
                out.extend_from_slice(&seconds.to_le_bytes());
                out.extend_from_slice(&size.unwrap_or(0).to_le_bytes());
            }
            (16, Invalidation::Hash { hash, checked }) => {
                out.extend_from_slice(&(HASHED | if checked { CHECKED } else { 0 }).to_le_bytes());
                out.extend_from_slice(&hash);
            }
            _ => return Err(bad(&format!("{release} has no hashes in .pyc files"))),
        }
        Ok(out)
    }

    /// Whether an interpreter would take the file for one of this source, as its defaults are: what is not to be checked
    /// is always right.
    #[must_use]
    pub fn is_of(&self, source: &[u8], modified: u32) -> bool {
        match self.invalidation {
            Invalidation::Timestamp { seconds, size } => {
                seconds == modified && size.is_none_or(|size| size == source.len() as u32)
            }
            Invalidation::Hash { checked: false, .. } => true,
            Invalidation::Hash { hash, checked: true } => {
                Release::from_magic(self.magic).is_some_and(|release| hash == source_hash(source, release))
            }
        }
    }
}

impl<'a> Pyc<'a> {
    /// Reads a file, and keeps how it is spelled.
    ///
    /// # Errors
    ///
    /// As [`Header::from_slice`] and [`crate::from_slice`]; [`ErrorKind::BadPyc`] where more follows.
    pub fn from_slice(input: &'a [u8]) -> Result<Pyc<'a>, Error> {
        let (header, release, length) = Header::from_slice(input)?;
        let (graph, end, record) = ReadOptions::new().release(release).from_slice_recorded_at(input, length)?;
        if end != input.len() {
            return Err(bad(&format!("{} bytes follow the code object", input.len() - end)));
        }
        Ok(Pyc { header, graph, spelling: Spelling::Recorded(record) })
    }

    /// The release that the file is of.
    #[must_use]
    pub fn release(&self) -> Release {
        Release::from_magic(self.header.magic).unwrap_or(Release::PYTHON_3_13)
    }

    /// The module's code object.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCode`].
    pub fn code(&self) -> Result<Code<'_>, Error> {
        Code::new(self.graph.root(), self.release())
    }

    /// The same module in the form that is the same for the same code on any run.
    ///
    /// CPython's own form depends on what else was in the process that compiled it: on who held which object, and up to
    /// 3.10 on the hash seed, in whose order the items of constant sets stand. Here equal constants are one object, only
    /// what a reference names has a flag, names and what looks like one are interned, and the items of sets stand in the
    /// order of their bytes. An interpreter loads an equal code object from it.
    ///
    /// File names are what `rename` gives for them, in nested code objects as well; nothing keeps a name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] for what no compiler puts into a module.
    pub fn normalise(&self, rename: &dyn Fn(&str) -> Option<String>) -> Result<Pyc<'static>, Error> {
        let graph = unified(&self.graph, rename)?;
        Ok(Pyc { header: self.header, graph, spelling: Spelling::Canonical })
    }

    /// The file's bytes: as they were where nothing was changed, or else as the release's `marshal.dumps` would write the
    /// code object.
    ///
    /// # Errors
    ///
    /// As [`Header::to_vec`], [`Record::to_vec`] and [`WriteOptions::to_vec`].
    pub fn to_vec(&self) -> Result<Vec<u8>, Error> {
        let mut out = self.header.to_vec()?;
        let options = WriteOptions::new().release(self.release());
        let code = match &self.spelling {
            Spelling::Recorded(record) => record.to_vec(&self.graph)?,
            Spelling::CPython => options.to_vec(&self.graph)?,
            Spelling::Canonical => options.sharing(Sharing::Referenced).to_vec(&self.graph)?,
        };
        out.extend_from_slice(&code);
        Ok(out)
    }
}

/// The hash of a source file that a release's `.pyc` files have: `importlib.util.source_hash`.
///
/// It is SipHash with the magic number as its key: SipHash-2-4 up to 3.10, SipHash-1-3 from 3.11 on.
///
/// ```
/// use marshal_lite::Release;
/// use marshal_lite::pyc::source_hash;
///
/// // importlib.util.source_hash(b"x = 1\n") of CPython 3.13.0
/// assert_eq!(source_hash(b"x = 1\n", Release::PYTHON_3_13), *b"\xe7\x86\xe2\x89\x36\x51\x12\x0e");
/// ```
#[must_use]
pub fn source_hash(source: &[u8], release: Release) -> [u8; 8] {
    let key = u64::from(release.magic()) | u64::from(u16::from_le_bytes(*b"\r\n")) << 16;
    let compressions = if release.number() < (3, 11) { 2 } else { 1 };
    siphash(source, key, compressions, compressions + 2).to_le_bytes()
}

/// SipHash with a key whose upper half is zero.
fn siphash(data: &[u8], key: u64, compressions: usize, finalizations: usize) -> u64 {
    let mut state =
        [0x736f_6d65_7073_6575 ^ key, 0x646f_7261_6e64_6f6d, 0x6c79_6765_6e65_7261 ^ key, 0x7465_6462_7974_6573];
    let mut word = |word: u64, rounds: usize| {
        state[3] ^= word;
        (0..rounds).for_each(|_| sip_round(&mut state));
        state[0] ^= word;
    };
    let chunks = data.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        word(chunk.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)), compressions);
    }
    let last = rest.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte));
    word(last | (data.len() as u64) << 56, compressions);
    state[2] ^= 0xff;
    (0..finalizations).for_each(|_| sip_round(&mut state));
    state[0] ^ state[1] ^ state[2] ^ state[3]
}

fn sip_round([a, b, c, d]: &mut [u64; 4]) {
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}

#[cold]
fn bad(what: &str) -> Error {
    ErrorKind::BadPyc(what.into()).into()
}
