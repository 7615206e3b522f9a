//! The exception table of CPython 3.11 and later: which bytecode is protected, and where exceptions are handled.

/// A range of bytecode and its handler.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Handler {
    /// Where the range starts, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// Where the handler is.
    pub target: u32,
    /// How high the value stack is when it is entered.
    pub depth: u32,
    /// Whether the place of the exception is pushed, too.
    pub lasti: bool,
}

/// The entries of an exception table, in order. A table that ends within an entry ends before it.
#[derive(Clone, Debug)]
pub struct Handlers<'t>(&'t [u8]);

impl<'t> Handlers<'t> {
    /// The entries of a table.
    #[must_use]
    pub fn new(table: &'t [u8]) -> Handlers<'t> {
        Handlers(table)
    }

    /// Six bits a byte, the highest first; the seventh bit says that more follow, the eighth begins an entry.
    fn varint(&mut self) -> Option<u32> {
        let mut value = 0_u32;
        loop {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value = value << 6 | u32::from(byte & 63);
            if byte & 64 == 0 {
                return Some(value);
            }
        }
    }
}

impl Iterator for Handlers<'_> {
    type Item = Handler;

    fn next(&mut self) -> Option<Handler> {
        let start = self.varint()?.wrapping_mul(2);
        let length = self.varint()?.wrapping_mul(2);
        let target = self.varint()?.wrapping_mul(2);
        let depth_and_lasti = self.varint()?;
        Some(Handler {
            start,
            end: start.wrapping_add(length),
            target,
            depth: depth_and_lasti >> 1,
            lasti: depth_and_lasti & 1 == 1,
        })
    }
}
