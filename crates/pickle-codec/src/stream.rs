//! Pickles from files: one at a time, several in a row.

use alloc::vec::Vec;
use std::io::{BufRead, BufReader, ErrorKind as IoErrorKind, Read};

use pickle_opcodes::{ArgKind, ErrorKind as FormatError, Op, decode};
use pickle_value::Graph;

use crate::error::Error;
use crate::load::LoadOptions;

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

/// Reads pickles one by one from any reader, with a buffer of its own.
///
/// As an iterator it ends where the input ends before a pickle's first opcode.
///
/// ```
/// use pickle_codec::{LoadOptions, Unpickler};
///
/// let file: &[u8] = b"K\x01.K\x02.";
/// let mut unpickler = Unpickler::new(file, LoadOptions::new());
/// assert_eq!(unpickler.load()?.to_string(), "1");
/// assert_eq!(unpickler.count(), 1);
/// # Ok::<(), pickle_codec::Error>(())
/// ```
#[derive(Debug)]
pub struct Unpickler<R> {
    reader: BufReader<R>,
    options: LoadOptions,
    failed: bool,
}

impl<R: Read> Unpickler<R> {
    /// A reader of pickles; it may read ahead of them.
    pub fn new(reader: R, options: LoadOptions) -> Unpickler<R> {
        Unpickler { reader: BufReader::new(reader), options, failed: false }
    }

    /// Reads the next pickle.
    ///
    /// # Errors
    ///
    /// As [`from_reader`].
    pub fn load(&mut self) -> Result<Graph<'static>, Error> {
        self.options.from_reader(&mut self.reader)
    }
}

impl<R: Read> Iterator for Unpickler<R> {
    type Item = Result<Graph<'static>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let loaded = self.load();
        self.failed = loaded.is_err();
        match loaded {
            Err(error) if error.is_end_of_input() && error.offset() == Some(0) => None,
            loaded => Some(loaded),
        }
    }
}

/// The bytes of one pickle, up to its STOP, or as many as there are of one that is broken.
///
/// Nothing is allocated for what a length promises: the buffer grows with what arrives.
fn read_pickle(reader: &mut impl BufRead) -> Result<Vec<u8>, Error> {
    let mut pickle = Vec::new();
    // Where the first instruction starts that has not been seen whole.
    let mut at = 0;
    loop {
        let before = pickle.len();
        let chunk = fill(reader)?;
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
