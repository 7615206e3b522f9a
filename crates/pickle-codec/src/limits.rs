//! [`Limits`]: how much a pickle may ask for.
//!
//! What a pickle is loaded into is in proportion to its bytes in any case: a length is held against what is left, GET and
//! DUP share, an index of the memo costs what it holds, and nothing recurses. The limits here are for who wants less, and
//! for the few things whose cost is not in proportion: the conversion of decimal digits, and calls that copy.

use alloc::vec::Vec;

use hashbrown::HashSet;
use pickle_opcodes::{Op, Ops};
use pickle_value::{Graph, Handle, Sort};

use crate::error::{Error, ErrorKind};

/// Declares the limits: each with its doc, its name, its default, and what is said where it is passed.
macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident = $default:expr, $what:literal;)*) => {
        /// How much a pickle may ask for; what asks for more is refused with [`ErrorKind::LimitExceeded`].
        ///
        /// The defaults are such that no pickle of a real program meets them. Each limit has a method of its name that sets
        /// it, and can be [set by name](Limits::named).
        ///
        /// ```
        /// use pickle_codec::{Limits, LoadOptions};
        ///
        /// let options = LoadOptions::new().limits(Limits::new().stack(1_000).digits(4_300));
        /// let error = options.from_slice(&[&b"("[..], &b"]".repeat(2_000), b"t."].concat()).unwrap_err();
        /// assert_eq!(
        ///     error.to_string(),
        ///     "more than 1000 objects on the stack: the limit `stack` (EMPTY_LIST at byte 1001)"
        /// );
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        pub struct Limits {
            $(pub(crate) $name: u64,)*
        }

        impl Limits {
            /// The names of all limits, with their defaults.
            pub const DEFAULTS: &'static [(&'static str, u64)] = &[$((stringify!($name), $default)),*];

            /// The defaults.
            #[must_use]
            pub const fn new() -> Limits {
                Limits { $($name: $default),* }
            }

            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $name(self, most: u64) -> Limits {
                    Limits { $name: most, ..self }
                }
            )*

            /// Sets the limit of this name; nothing where there is none.
            ///
            /// ```
            /// use pickle_codec::Limits;
            ///
            /// assert_eq!(Limits::new().named("stack", 10), Some(Limits::new().stack(10)));
            /// assert_eq!(Limits::new().named("sack", 10), None);
            /// ```
            #[must_use]
            pub fn named(self, name: &str, most: u64) -> Option<Limits> {
                match name {
                    $(stringify!($name) => Some(self.$name(most)),)*
                    _ => None,
                }
            }
        }

        /// What is limited, for a message.
        fn what(name: &str) -> &'static str {
            match name {
                $(stringify!($name) => $what,)*
                _ => "",
            }
        }
    };
}

limits! {
    /// Instructions. Each is a byte at least, so a file's size bounds them anyway; this is for who wants to bound the time of
    /// a load beyond that.
    opcodes = 1 << 32, "instructions";
    /// Objects on the stack. The largest real pickles hold a thousand at a time for each container that is open, and all
    /// items of a tuple.
    stack = 1 << 32, "objects on the stack";
    /// Marks on the stack, one for each container that is open.
    marks = 1 << 32, "marks on the stack";
    /// Entries of the memo. A pickler makes one for nearly every object, and no more can be said in four bytes.
    memo = 1 << 32, "entries of the memo";
    /// Objects that have an identity: containers and instances, and, counted apart, strings and long ints. A graph numbers
    /// them in 32 bits.
    objects = u32::MAX as u64, "objects";
    /// How deep containers and instances stand within each other, as they are met first. Nothing here recurses, so that
    /// there is none by default; it is for who passes values on to what does. Python itself pickles about a thousand.
    depth = u64::MAX, "objects within each other";
    /// Bytes of a str.
    text = 1 << 40, "bytes of text";
    /// Bytes of bytes, a bytearray or a long int.
    bytes = 1 << 40, "bytes in one object";
    /// Digits of an int that is written in decimal. Python takes [4,300](pickle_opcodes::number::DEFAULT_MAX_DIGITS) since
    /// 3.11; the default is what older ones may have written. Converting so many takes some hundredths of a second, and is
    /// not quadratic.
    digits = 300_000, "digits";
    /// Bytes that calls of builtins copy, such as those of `set(items)`, for each byte of the pickle. An object that is got
    /// from the memo costs no more than a name, but each call makes a copy of it; a real pickle calls once for each object.
    /// 64 KiB are free.
    copies = 8, "bytes copied for each byte of the pickle";
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::new()
    }
}

impl Limits {
    /// The error of a limit that was passed.
    #[cold]
    pub(crate) fn exceeded(name: &'static str, limit: u64) -> ErrorKind {
        ErrorKind::LimitExceeded { name, limit, what: what(name) }
    }

    /// Looks at the instructions of a pickle, if it is so long that they could pass a limit: a pass over it that nearly no
    /// pickle needs. What is wrong with them otherwise is the loader's to say.
    pub(crate) fn check_instructions(&self, input: &[u8], offset: usize) -> Result<(), Error> {
        let length = input.len().saturating_sub(offset) as u64;
        if length <= self.opcodes && length <= self.text && length <= self.bytes {
            return Ok(());
        }
        let mut count = 0;
        for (at, op) in Ops::at(input, offset).map_while(Result::ok) {
            count += 1;
            let (size, limit, name) = match op {
                Op::ShortBinUnicode(text) | Op::BinUnicode(text) | Op::BinUnicode8(text) | Op::Unicode(text) => {
                    (text.len() as u64, self.text, "text")
                }
                Op::String(bytes)
                | Op::BinString(bytes)
                | Op::ShortBinString(bytes)
                | Op::BinBytes(bytes)
                | Op::ShortBinBytes(bytes)
                | Op::BinBytes8(bytes)
                | Op::ByteArray8(bytes)
                | Op::Long1(bytes)
                | Op::Long4(bytes) => (bytes.len() as u64, self.bytes, "bytes"),
                _ => (0, 0, ""),
            };
            let (size, limit, name) =
                if count > self.opcodes { (count, self.opcodes, "opcodes") } else { (size, limit, name) };
            if size > limit {
                return Err(Error::at(at, Some(op.opcode()), Limits::exceeded(name, limit)));
            }
        }
        Ok(())
    }
    /// Refuses a graph in which containers and instances stand too deep within each other.
    pub(crate) fn check_depth(&self, graph: &Graph<'_>) -> Result<(), Error> {
        if self.depth >= graph.counts().nodes as u64 {
            return Ok(());
        }
        let mut known = HashSet::<Handle, foldhash::fast::RandomState>::default();
        let mut open = Vec::from([Vec::from([graph.root()]).into_iter()]);
        while let Some(parts) = open.last_mut() {
            let Some(part) = parts.next() else {
                open.pop();
                continue;
            };
            let node = part.handle().filter(|handle| handle.identity().sort == Sort::Node);
            if node.is_some_and(|handle| known.insert(handle)) {
                if open.len() as u64 > self.depth {
                    return Err(Limits::exceeded("depth", self.depth).into());
                }
                open.push(part.parts().into_iter());
            }
        }
        Ok(())
    }
}
