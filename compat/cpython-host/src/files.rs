//! Python's files as the encoder's output and the machine's input.

use pickle_codec::{Input, Output, Wanted};
use pyo3::exceptions::{PyNotImplementedError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyInt, PyMemoryView};

/// A file's `write`.
pub(crate) struct Writer<'py>(pub(crate) Bound<'py, PyAny>);

impl Output<PyErr> for Writer<'_> {
    const STREAMS: bool = true;

    fn write(&mut self, bytes: &[u8]) -> PyResult<()> {
        self.0.call1((PyBytes::new(self.0.py(), bytes),))?;
        Ok(())
    }
}

/// How many bytes are looked at in advance, where the file lets one look (`PREFETCH`).
const PREFETCH: usize = 1 << 17;

/// What is more than this is asked for by `read` even where there is `readinto`, for which as much room would have to be made
/// as a pickle claims.
const LARGEST_ROOM: usize = 1 << 26;

/// The methods of a file that pickles are read from.
pub(crate) struct Methods {
    pub(crate) read: Py<PyAny>,
    pub(crate) readline: Py<PyAny>,
    pub(crate) peek: Option<Py<PyAny>>,
    /// Came with 3.8.
    pub(crate) readinto: Option<Py<PyAny>>,
}

impl Methods {
    pub(crate) fn of(file: &Bound<'_, PyAny>) -> PyResult<Methods> {
        let py = file.py();
        let peek = file.getattr_opt(intern!(py, "peek"))?;
        let readinto = if cfg!(Py_3_8) { file.getattr_opt(intern!(py, "readinto"))? } else { None };
        let read = file.getattr_opt(intern!(py, "read"))?;
        let readline = file.getattr_opt(intern!(py, "readline"))?;
        let (Some(read), Some(readline)) = (read, readline) else {
            return Err(PyTypeError::new_err("file must have 'read' and 'readline' attributes"));
        };
        Ok(Methods {
            read: read.unbind(),
            readline: readline.unbind(),
            peek: peek.map(Bound::unbind),
            readinto: readinto.map(Bound::unbind),
        })
    }

    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Methods {
        Methods {
            read: self.read.clone_ref(py),
            readline: self.readline.clone_ref(py),
            peek: self.peek.as_ref().map(|peek| peek.clone_ref(py)),
            readinto: self.readinto.as_ref().map(|readinto| readinto.clone_ref(py)),
        }
    }
}

/// What was read from a file and not taken yet: an unpickler keeps it from pickle to pickle, as CPython's does.
///
/// ```text
///   bytes   | taken | read, not taken | looked at, not read |
///                   ^ start           ^ read
/// ```
/// What has been looked at may have been taken, too: then `start` is behind `read`, and the file lags behind.
#[derive(Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    read: usize,
}

/// Pickles' way out of a file: not a byte behind the last is read.
pub(crate) struct Reader<'py> {
    py: Python<'py>,
    methods: Methods,
    buffer: Buffer,
}

impl<'py> Reader<'py> {
    pub(crate) fn new(py: Python<'py>, methods: Methods, buffer: Buffer) -> Reader<'py> {
        Reader { py, methods, buffer }
    }

    /// Puts the file where the taken bytes end.
    pub(crate) fn finish(&mut self) -> PyResult<()> {
        self.keep(0)
    }

    /// What there is for the next pickle.
    pub(crate) fn into_buffer(self) -> Buffer {
        self.buffer
    }

    /// Puts the file where `count` bytes behind the taken ones end.
    fn keep(&mut self, count: usize) -> PyResult<()> {
        let end = self.buffer.start + count;
        if end > self.buffer.read {
            self.call_read(end - self.buffer.read)?;
            self.buffer.read = end;
        }
        Ok(())
    }

    /// Drops all but `count` bytes behind the taken ones, and has the file stand where these end.
    fn keep_only(&mut self, count: usize) -> PyResult<()> {
        self.keep(count)?;
        let Buffer { bytes, start, read } = &mut self.buffer;
        bytes.truncate(*start + count);
        bytes.drain(..*start);
        (*start, *read) = (0, count);
        Ok(())
    }

    fn call_read(&self, count: usize) -> PyResult<Vec<u8>> {
        content(&self.methods.read.bind(self.py).call1((count,))?)
    }

    /// The next `count` bytes of a bytes object's content, or fewer where the file ends.
    fn read_content(&self, count: usize) -> PyResult<Vec<u8>> {
        let readinto = self.methods.readinto.as_ref().filter(|_| count <= LARGEST_ROOM);
        let Some(readinto) = readinto else {
            if cfg!(not(Py_3_8)) {
                return self.call_read(count);
            }
            let bytes = self.methods.read.bind(self.py).call1((count,))?;
            let Ok(bytes) = bytes.cast::<PyBytes>() else {
                let message = format!("read() returned non-bytes object ({})", bytes.get_type().repr()?);
                return Err(PyValueError::new_err(message));
            };
            let bytes = bytes.as_bytes();
            return Ok(bytes[..bytes.len().min(count)].to_vec());
        };
        let room = PyByteArray::new_with(self.py, count, |_| Ok(()))?;
        let read = readinto.bind(self.py).call1((PyMemoryView::from(&room)?,))?;
        let Ok(read) = read.cast::<PyInt>() else { return Err(PyTypeError::new_err("an integer is required")) };
        let Ok(read) = usize::try_from(read.extract::<isize>()?) else {
            return Err(PyValueError::new_err("readinto() returned negative size"));
        };
        let mut bytes = room.to_vec();
        bytes.truncate(read);
        Ok(bytes)
    }

    /// Looks at what comes, if the file lets one; nothing where it does not.
    fn look(&mut self) -> PyResult<Vec<u8>> {
        let Some(peek) = &self.methods.peek else { return Ok(Vec::new()) };
        match peek.bind(self.py).call1((PREFETCH,)) {
            Ok(bytes) => content(&bytes),
            Err(error) if error.is_instance_of::<PyNotImplementedError>(self.py) => {
                self.methods.peek = None;
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }
}

impl Input for Reader<'_> {
    type Error = PyErr;

    fn buffered(&self) -> &[u8] {
        &self.buffer.bytes[self.buffer.start..]
    }

    fn consume(&mut self, count: usize) {
        self.buffer.start += count;
    }

    fn read(&mut self, keep: usize, wanted: Wanted) -> PyResult<()> {
        self.keep_only(keep)?;
        let bytes = match wanted {
            Wanted::Line => content(&self.methods.readline.bind(self.py).call0()?)?,
            Wanted::Content(count) => self.read_content(count)?,
            Wanted::Bytes(count) => {
                if count < PREFETCH {
                    let bytes = self.look()?;
                    if bytes.len() >= count {
                        self.buffer.bytes.extend_from_slice(&bytes);
                        return Ok(());
                    }
                }
                self.call_read(count)?
            }
        };
        self.buffer.bytes.extend_from_slice(&bytes);
        self.buffer.read = self.buffer.bytes.len();
        Ok(())
    }
}

/// The content of a bytes-like object.
pub(crate) fn content(object: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    match object.cast::<PyBytes>() {
        Ok(bytes) => Ok(bytes.as_bytes().to_vec()),
        Err(_) => {
            let view = PyMemoryView::from(object).map_err(|_| {
                let kind = crate::values::type_name(object);
                PyTypeError::new_err(format!("a bytes-like object is required, not '{kind}'"))
            })?;
            let bytes = view.call_method0(intern!(object.py(), "tobytes"))?;
            Ok(bytes.cast::<PyBytes>()?.as_bytes().to_vec())
        }
    }
}
