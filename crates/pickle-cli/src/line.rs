//! [`OneLine`]: text from outside, fit for a line of output.

use core::fmt::{self, Display, Formatter, Write};

use pickle_value::printable::is_printable;

/// A text with all characters escaped that Python's `repr` would escape: names of files, and of the globals and
/// attributes in a pickle, may hold newlines, or what a terminal obeys.
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
                write!(self.0, "{}", character.escape_default())?;
            }
        }
        Ok(())
    }
}
