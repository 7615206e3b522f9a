//! [`OneLine`]: text from outside, fit for a line of output.

use core::fmt::{self, Display, Formatter, Write};

use pickle_value::printable::is_printable;

/// A text with all characters escaped that Python's `repr` would escape, and as it does, but for quotes and backslashes: names
/// of files, and of the globals and attributes in a pickle, may hold newlines, or what a terminal obeys.
pub(crate) struct OneLine<T>(pub(crate) T);

impl<T: Display> Display for OneLine<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'a, 'f>(&'a mut Formatter<'f>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return self.0.write_str(text);
        }
        for character in text.chars() {
            if is_printable(u32::from(character)) {
                self.0.write_char(character)?;
            } else {
                match u32::from(character) {
                    0x09 => self.0.write_str("\\t")?,
                    0x0a => self.0.write_str("\\n")?,
                    0x0d => self.0.write_str("\\r")?,
                    point @ ..0x100 => write!(self.0, "\\x{point:02x}")?,
                    point @ ..0x1_0000 => write!(self.0, "\\u{point:04x}")?,
                    point => write!(self.0, "\\U{point:08x}")?,
                }
            }
        }
        Ok(())
    }
}
