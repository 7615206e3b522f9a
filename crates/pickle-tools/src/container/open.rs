//! [`Options`]: opens a file, layer by layer, until a pickle comes.

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

use pickle_value::Shaped;

use super::limit::Budget;
use super::unpack::{DynRead, unpack};
use super::{Error, Format, HEAD, npy};

const BUFFER: usize = 1 << 16;

/// How to open a file.
#[derive(Clone, Debug)]
pub struct Options {
    member: Option<String>,
    max_unpacked: Option<u64>,
    max_layers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options::new()
    }
}

impl Options {
    /// Four layers, unpacked to [`DEFAULT_UNPACKED`](super::DEFAULT_UNPACKED) bytes or
    /// [`DEFAULT_RATIO`](super::DEFAULT_RATIO) times what was read of the file, whichever is more.
    #[must_use]
    pub fn new() -> Options {
        Options { member: None, max_unpacked: None, max_layers: 4 }
    }

    /// Which member of an archive is the pickle; `a.zip!b.pkl` is a member of an archive within.
    ///
    /// Without it, it is the one that is a pickle.
    #[must_use]
    pub fn member(self, member: impl Into<String>) -> Options {
        Options { member: Some(member.into()), ..self }
    }

    /// How much each layer may unpack to, in bytes, in place of the default.
    #[must_use]
    pub fn max_unpacked(self, bytes: u64) -> Options {
        Options { max_unpacked: Some(bytes), ..self }
    }

    /// How many containers may stand one within the other.
    #[must_use]
    pub fn max_layers(self, layers: usize) -> Options {
        Options { max_layers: layers, ..self }
    }

    /// Opens a file from where it is.
    ///
    /// # Errors
    ///
    /// Those of [`Error`]: it is something else than a pickle, or the pickle in it cannot be reached.
    pub fn open_file<'a>(&self, file: impl Read + Seek + 'a) -> Result<Opened<'a>, Error> {
        self.open(Source::File(Box::new(file)))
    }

    /// Opens what cannot seek: a pipe, or bytes.
    ///
    /// # Errors
    ///
    /// As [`open_file`](Options::open_file).
    pub fn open_stream<'a>(&self, stream: impl Read + 'a) -> Result<Opened<'a>, Error> {
        self.open(Source::Stream(Box::new(stream)))
    }

    /// The arrays of NumPy in a file, with the names of their members: of an archive that
    /// holds nothing else; without a name, of a `.npy` or of the member that is asked for. Only their headers are read.
    ///
    /// None for any other file, and for a single array of objects, which is a pickle.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Archive`].
    pub fn arrays(&self, file: impl Read + Seek) -> Result<Option<Vec<(String, Shaped)>>, Error> {
        let mut file = Source::File(Box::new(file));
        match (Format::detect(&file.head()?), &self.member) {
            (Some(Format::Npy), None) => {
                let plain = npy::shaped(&mut file)?.filter(|(_, has_objects)| !has_objects);
                Ok(plain.map(|(shaped, _)| vec![(String::new(), shaped)]))
            }
            #[cfg(feature = "zip")]
            (Some(Format::Zip), member) => super::zip::arrays(file.seekable()?, member.as_deref()),
            _ => Ok(None),
        }
    }

    fn open<'a>(&self, source: Source<'a>) -> Result<Opened<'a>, Error> {
        let budget = Budget::new(self.max_unpacked);
        let mut source = source.counted(&budget);
        let mut layers: Vec<Layer> = Vec::new();
        let mut member = self.member.clone();
        loop {
            let format = Format::detect(&source.head()?);
            let Some(format) = format else {
                if let Some(member) = member {
                    return Err(Error::NoArchive { member, found: layers.last().map(|layer| layer.format) });
                }
                let reader = BufReader::with_capacity(BUFFER, source.into_stream());
                return Ok(Opened { reader, layers });
            };
            if layers.len() == self.max_layers {
                return Err(Error::TooManyLayers(self.max_layers));
            }
            let mut layer = Layer { format, member: None };
            source = match format {
                Format::Npy => {
                    npy::skip_header(&mut source)?;
                    source
                }
                Format::Zip => open_archive(source, &mut member, &mut layer, &budget)?,
                _ if format.is_compression() => {
                    let unpacked = unpack(format, source.into_stream()).ok_or(Error::NotUnpacked(format))?;
                    Source::Stream(Box::new(budget.bounded(unpacked, format.name())))
                }
                _ => return Err(Error::Foreign(format)),
            };
            layers.push(layer);
        }
    }
}

/// Goes on with a member of an archive, and takes its name from `member`.
#[cfg(feature = "zip")]
fn open_archive<'a>(
    source: Source<'a>,
    member: &mut Option<String>,
    layer: &mut Layer,
    budget: &Budget,
) -> Result<Source<'a>, Error> {
    let found = super::zip::open(source.seekable()?, member.as_deref())?;
    *member = found.rest;
    layer.member = Some(found.name);
    Ok(Source::Stream(Box::new(budget.bounded(found.content, "zip"))))
}

#[cfg(not(feature = "zip"))]
fn open_archive<'a>(
    _source: Source<'a>,
    _member: &mut Option<String>,
    _layer: &mut Layer,
    _budget: &Budget,
) -> Result<Source<'a>, Error> {
    Err(Error::NotUnpacked(Format::Zip))
}

/// A file that was opened: reads as what is inside, which may be a pickle.
pub struct Opened<'a> {
    reader: BufReader<DynRead<'a>>,
    layers: Vec<Layer>,
}

impl Opened<'_> {
    /// What was unpacked, the outermost first; none for a file that is no container.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }
}

impl Read for Opened<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl BufRead for Opened<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.reader.consume(count);
    }
}

impl core::fmt::Debug for Opened<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Opened").field("layers", &self.layers).finish_non_exhaustive()
    }
}

/// A container that a pickle was found in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layer {
    /// What it is.
    pub format: Format,
    /// Which member of an archive was gone on with.
    pub member: Option<String>,
}

/// What can be read from anywhere.
trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// What a layer is read from.
enum Source<'a> {
    File(Box<dyn ReadSeek + 'a>),
    Stream(DynRead<'a>),
}

impl<'a> Source<'a> {
    fn counted(self, budget: &Budget) -> Source<'a> {
        match self {
            Source::File(file) => Source::File(Box::new(Counted { inner: file, budget: budget.clone() })),
            Source::Stream(stream) => Source::Stream(Box::new(Counted { inner: stream, budget: budget.clone() })),
        }
    }

    /// The first bytes, which stay to be read.
    fn head(&mut self) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        match self {
            Source::File(file) => {
                let start = file.stream_position()?;
                file.take(HEAD as u64).read_to_end(&mut head)?;
                file.seek(SeekFrom::Start(start))?;
            }
            Source::Stream(stream) => {
                // A pickle may come slowly: its beginning says enough where it declares its protocol.
                stream.take(16).read_to_end(&mut head)?;
                if !matches!(head[..], [0x80, 0..=5, ..]) {
                    stream.take((HEAD - head.len()) as u64).read_to_end(&mut head)?;
                }
                let rest = core::mem::replace(stream, Box::new(io::empty()));
                *stream = Box::new(Cursor::new(head.clone()).chain(rest));
            }
        }
        Ok(head)
    }

    fn into_stream(self) -> DynRead<'a> {
        match self {
            Source::File(file) => Box::new(file),
            Source::Stream(stream) => stream,
        }
    }

    /// The same where it can seek; what cannot is put into a file first.
    #[cfg(feature = "zip")]
    fn seekable(self) -> io::Result<Box<dyn ReadSeek + 'a>> {
        match self {
            Source::File(file) => Ok(file),
            Source::Stream(mut stream) => {
                let mut file = tempfile::tempfile()?;
                io::copy(&mut stream, &mut file)?;
                file.rewind()?;
                Ok(Box::new(BufReader::new(file)))
            }
        }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Source::File(file) => file.read(buffer),
            Source::Stream(stream) => stream.read(buffer),
        }
    }
}

/// Tells the budget what is read of the file.
struct Counted<R> {
    inner: R,
    budget: Budget,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.budget.read(count);
        Ok(count)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.inner.seek(position)
    }
}
