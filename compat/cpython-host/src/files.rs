//! Python's files as the encoder's output and the machine's input.

use pickle_codec::{Input, Output};
use pyo3::exceptions::{PyNotImplementedError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView};

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

/// The methods of a file that pickles are read from.
pub(crate) struct Methods {
    pub(crate) read: Py<PyAny>,
    pub(crate) readline: Py<PyAny>,
    pub(crate) peek: Option<Py<PyAny>>,
}

impl Methods {
    pub(crate) fn of(file: &Bound<'_, PyAny>) -> PyResult<Methods> {
        let py = file.py();
        let peek = file.getattr_opt(intern!(py, "peek"))?;
        // Never called: it would spare a copy. Only that asking for it may fail can be seen.
        file.getattr_opt(intern!(py, "readinto"))?;
        let read = file.getattr_opt(intern!(py, "read"))?;
        let readline = file.getattr_opt(intern!(py, "readline"))?;
        let (Some(read), Some(readline)) = (read, readline) else {
            return Err(PyTypeError::new_err("file must have 'read' and 'readline' attributes"));
        };
        Ok(Methods { read: read.unbind(), readline: readline.unbind(), peek: peek.map(Bound::unbind) })
    }

    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Methods {
        Methods {
            read: self.read.clone_ref(py),
            readline: self.readline.clone_ref(py),
            peek: self.peek.as_ref().map(|peek| peek.clone_ref(py)),
        }
    }
}

/// One pickle's way out of a file: not a byte behind it is read.
///
/// ```text
///   buffer   | taken | read, not taken | looked at, not read |
///                    ^ start           ^ read
/// ```
/// What has been looked at may have been taken, too: then `start` is behind `read`, and the file lags behind.
pub(crate) struct Reader<'py> {
    py: Python<'py>,
    methods: Methods,
    buffer: Vec<u8>,
    start: usize,
    read: usize,
}

impl<'py> Reader<'py> {
    pub(crate) fn new(py: Python<'py>, methods: Methods) -> Reader<'py> {
        Reader { py, methods, buffer: Vec::new(), start: 0, read: 0 }
    }

    /// Puts the file where the taken bytes end.
    pub(crate) fn finish(&mut self) -> PyResult<()> {
        if self.start > self.read {
            self.call_read(self.start - self.read)?;
            self.read = self.start;
        }
        Ok(())
    }

    /// Reads what was only looked at and is needed now, and drops what was taken.
    fn catch_up(&mut self) -> PyResult<()> {
        self.finish()?;
        let looked_at = self.buffer.len() - self.read;
        if looked_at > 0 {
            // The instruction that is being read goes beyond it.
            let bytes = self.call_read(looked_at)?;
            self.buffer.truncate(self.read);
            self.buffer.extend_from_slice(&bytes);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        self.read = self.buffer.len();
        Ok(())
    }

    fn call_read(&self, count: usize) -> PyResult<Vec<u8>> {
        content(&self.methods.read.bind(self.py).call1((count,))?)
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
        &self.buffer[self.start..]
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
    }

    fn read(&mut self, count: usize) -> PyResult<()> {
        self.catch_up()?;
        if count < PREFETCH {
            let bytes = self.look()?;
            if bytes.len() >= count {
                self.buffer.extend_from_slice(&bytes);
                return Ok(());
            }
        }
        let bytes = self.call_read(count)?;
        self.buffer.extend_from_slice(&bytes);
        self.read = self.buffer.len();
        Ok(())
    }

    fn read_line(&mut self) -> PyResult<()> {
        self.catch_up()?;
        let line = content(&self.methods.readline.bind(self.py).call0()?)?;
        self.buffer.extend_from_slice(&line);
        self.read = self.buffer.len();
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
