//! Pickles from files: one at a time, several in a row.

use alloc::vec::Vec;
use std::io::{BufRead, BufReader, ErrorKind as IoErrorKind, Read};

use pickle_opcodes::{ArgKind, ErrorKind as FormatError, Op, decode};
use pickle_value::Graph;

use crate::error::Error;
use crate::load::LoadOptions;
use crate::resolve::Resolver;

/// Reads one pickle from `reader`, and leaves it on the byte behind the pickle's STOP.
///
/// Several pickles in one file are read one by one. An end of input before the first opcode is
/// [`Error::is_end_of_input`], Python's `EOFError`.
///
/// ```
/// let mut file: &[u8] = b"K\x01.K\x02.";
/// assert_eq!(pickle_codec::from_reader(&mut file)?.to_string(), "1");
/// assert_eq!(pickle_codec::from_reader(&mut file)?.to_string(), "2");
/// assert!(pickle_codec::from_reader(&mut file).unwrap_err().is_end_of_input());
/// # Ok::<(), pickle_codec::Error>(())
/// ```
///
/// # Errors
///
/// As [`from_slice`](crate::from_slice), and [`ErrorKind::Io`](crate::ErrorKind::Io).
#[doc(alias = "load")]
pub fn from_reader(reader: impl BufRead) -> Result<Graph<'static>, Error> {
    LoadOptions::new().from_reader(reader)
}

impl LoadOptions {
    /// Reads one pickle from `reader`, and leaves it on the byte behind the pickle's STOP: see [`from_reader`].
    ///
    /// # Errors
    ///
    /// As [`from_reader`].
    #[doc(alias = "load")]
    pub fn from_reader(&self, mut reader: impl BufRead) -> Result<Graph<'static>, Error> {
        self.load_vec(read_pickle(&mut reader)?)
    }

    /// As [`from_reader`](LoadOptions::from_reader), with a resolver to answer what the pickle leaves open. Buffers that
    /// it lends are copied, as the graph outlives them; those that it gives away are not.
    ///
    /// # Errors
    ///
    /// As [`from_reader`], and what the resolver refuses.
    #[doc(alias = "load")]
    pub fn from_reader_with(
        &self,
        mut reader: impl BufRead,
        resolver: &mut dyn Resolver<'_>,
    ) -> Result<Graph<'static>, Error> {
        self.load_vec_with(read_pickle(&mut reader)?, resolver)
    }

    /// The pickles that come out of a reader one behind the other, each by itself: an iterator that ends with the input.
    /// Those that share a memo are read by an [`Unpickler`](crate::Unpickler).
    ///
    /// ```
    /// use pickle_codec::LoadOptions;
    ///
    /// let file: &[u8] = b"K\x01.K\x02.";
    /// let mut stream = LoadOptions::new().stream(file);
    /// assert_eq!(stream.next().unwrap()?.to_string(), "1");
    /// assert_eq!(stream.position(), 3);
    /// assert_eq!(stream.count(), 1);
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[must_use]
    pub fn stream<R: Read>(&self, reader: R) -> Stream<R> {
        Stream { reader: BufReader::new(reader), options: self.clone(), position: 0, failed: false }
    }

    /// The pickles that stand in `input` one behind the other: an iterator that ends with the input.
    ///
    /// ```
    /// use pickle_codec::LoadOptions;
    ///
    /// let values = LoadOptions::new().pickles(b"K\x01.K\x02.");
    /// let values: Vec<String> = values.map(|graph| Ok(graph?.to_string())).collect::<Result<_, pickle_codec::Error>>()?;
    /// assert_eq!(values, ["1", "2"]);
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[must_use]
    pub fn pickles<'a>(&self, input: &'a [u8]) -> Pickles<'a> {
        Pickles { options: self.clone(), input, offset: 0, failed: false }
    }
}

/// The pickles of a slice, one by one; ends behind the last, or behind the first error.
#[derive(Clone, Debug)]
pub struct Pickles<'a> {
    options: LoadOptions,
    input: &'a [u8],
    offset: usize,
    failed: bool,
}

impl Pickles<'_> {
    /// Where the next pickle starts.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl<'a> Iterator for Pickles<'a> {
    type Item = Result<Graph<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.offset == self.input.len() {
            return None;
        }
        match self.options.from_slice_at(self.input, self.offset) {
            Ok((graph, end)) => {
                self.offset = end;
                Some(Ok(graph))
            }
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }
}

/// Reads pickles one by one from any reader, with a buffer of its own; each stands alone.
///
/// It ends where the input ends before a pickle's first opcode, or behind the first error. Made by
/// [`LoadOptions::stream`].
#[derive(Debug)]
pub struct Stream<R> {
    reader: BufReader<R>,
    options: LoadOptions,
    position: u64,
    failed: bool,
}

impl<R: Read> Stream<R> {
    /// Where the next pickle starts, in bytes from where the reader stood.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The reader, with what was read ahead of the last pickle's end.
    #[must_use]
    pub fn into_inner(self) -> BufReader<R> {
        self.reader
    }

    fn load(&mut self) -> Result<Graph<'static>, Error> {
        let pickle = read_pickle(&mut self.reader)?;
        let length = pickle.len() as u64;
        let graph = self.options.load_vec(pickle)?;
        self.position += length;
        Ok(graph)
    }
}

impl<R: Read> Iterator for Stream<R> {
    type Item = Result<Graph<'static>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let loaded = self.load();
        self.failed = loaded.is_err();
        unless_at_end(loaded)
    }
}

/// The next item of an iterator over pickles: none where the input ends before a pickle's first opcode.
pub(crate) fn unless_at_end<T>(loaded: Result<T, Error>) -> Option<Result<T, Error>> {
    match loaded {
        Err(error) if error.is_end_of_input() && error.offset() == Some(0) => None,
        loaded => Some(loaded),
    }
}

/// The bytes of one pickle, up to its STOP, or as many as there are of one that is broken: loading those says what is wrong.
/// The reader is left on the byte behind.
///
/// Nothing is allocated for what a length promises: the buffer grows with what arrives.
///
/// ```
/// let mut file: &[u8] = b"K\x01.K\x02.";
/// assert_eq!(pickle_codec::read_pickle(&mut file)?, b"K\x01.");
/// assert_eq!(file, b"K\x02.");
/// # Ok::<(), pickle_codec::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Io`](crate::ErrorKind::Io).
pub fn read_pickle(mut reader: impl BufRead) -> Result<Vec<u8>, Error> {
    let mut pickle = Vec::new();
    // Where the first instruction starts that has not been seen whole.
    let mut at = 0;
    loop {
        let before = pickle.len();
        let chunk = fill(&mut reader)?;
        let arrived = chunk.len();
        pickle.extend_from_slice(chunk);
        let wanted = loop {
            match decode(&pickle, at) {
                Ok((op, end)) => {
                    at = end;
                    if matches!(op, Op::Stop) {
                        reader.consume(end - before);
                        pickle.truncate(end);
                        return Ok(pickle);
                    }
                }
                Err(error) => break error,
            }
        };
        reader.consume(arrived);
        match (wanted.kind(), wanted.opcode()) {
            _ if arrived == 0 => return Ok(pickle),
            (FormatError::EndOfInput, _) => {}
            (FormatError::Truncated { .. }, Some(opcode)) if opcode.arg().is_some_and(ArgKind::is_line) => {
                reader.read_until(b'\n', &mut pickle)?;
            }
            (FormatError::Truncated { missing }, _) => {
                reader.by_ref().take(*missing).read_to_end(&mut pickle)?;
            }
            // The loader says what is wrong, and how far it came.
            _ => return Ok(pickle),
        }
    }
}

fn fill(reader: &mut impl BufRead) -> Result<&[u8], Error> {
    // A first call that is only interrupted is made again; the second borrow is needed to give its result.
    loop {
        match reader.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == IoErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(reader.fill_buf()?)
}
