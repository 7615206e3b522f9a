//! The lines of `dis`: a buffer that knows its column.

use core::fmt;
use std::io;

/// Collects text for a writer, and counts the characters of the line if asked to.
pub(crate) struct Listing<'w> {
    out: &'w mut dyn io::Write,
    buffer: Vec<u8>,
    /// Whether `column` is kept.
    counting: bool,
    column: usize,
    /// What the writer answered, since `fmt::Error` cannot say it.
    failure: Option<io::Error>,
}

impl<'w> Listing<'w> {
    const CAPACITY: usize = 32 * 1024;

    pub(crate) fn new(out: &'w mut dyn io::Write, counting: bool) -> Listing<'w> {
        Listing {
            out,
            buffer: Vec::with_capacity(Self::CAPACITY),
            counting,
            column: 0,
            failure: None,
        }
    }

    /// How many characters were written since [`Listing::start`].
    pub(crate) fn column(&self) -> usize {
        self.column
    }

    /// Begins to count anew.
    pub(crate) fn start(&mut self) {
        self.column = 0;
    }

    pub(crate) fn text(&mut self, text: &str) -> fmt::Result {
        if self.counting {
            self.column += text.chars().count();
        }
        if self.buffer.len() + text.len() > Self::CAPACITY {
            self.write_out()?;
            if text.len() > Self::CAPACITY {
                return self.pass_on(|out| out.write_all(text.as_bytes()));
            }
        }
        self.buffer.extend_from_slice(text.as_bytes());
        Ok(())
    }

    pub(crate) fn spaces(&mut self, mut count: usize) -> fmt::Result {
        const SPACES: &str = "                                                                ";
        while count > SPACES.len() {
            self.text(SPACES)?;
            count -= SPACES.len();
        }
        self.text(&SPACES[..count])
    }

    /// A number in decimal, with spaces before it up to `width`.
    pub(crate) fn number(&mut self, mut number: u64, width: usize) -> fmt::Result {
        let mut digits = [b' '; 20];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        let start = start.min(digits.len() - width);
        self.text(core::str::from_utf8(&digits[start..]).expect("digits and spaces are ASCII"))
    }

    /// Hands everything to the writer and flushes it.
    pub(crate) fn flush(&mut self) -> fmt::Result {
        self.write_out()?;
        self.pass_on(|out| out.flush())
    }

    /// Why writing failed.
    pub(crate) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    fn write_out(&mut self) -> fmt::Result {
        let buffer = core::mem::take(&mut self.buffer);
        let written = self.pass_on(|out| out.write_all(&buffer));
        self.buffer = buffer;
        self.buffer.clear();
        written
    }

    fn pass_on(&mut self, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> fmt::Result {
        write(self.out).map_err(|error| {
            self.failure = Some(error);
            fmt::Error
        })
    }
}

impl fmt::Write for Listing<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text)
    }
}
