//! Writing without a graph: what serde tells of a value goes to the pickle as it comes.
//!
//! Plain data, which is nearly all, stands in a pickle in the order in which serde tells of it, and a graph of it would be
//! made only to be gone over once. As with reading, this way is never the last word: where it has no words, it gives up, and
//! all is written from a graph. That is what the crate's own types ask for by their tokens, options that look at several
//! objects at once, keys that are no text or numbers, or that may be equal to others, and every error. So a type's
//! `Serialize` may be asked twice.

mod compound;
mod keys;
mod layout;
mod node;

use hashbrown::HashMap;
use pickle_codec::{Known, PushEncoder};
use serde_core::Serialize;

use self::layout::Layouts;
use self::node::Node;
use super::names::Names;
use crate::error::{Error, Result};
use crate::options::SerOptions;

/// A pickle that is being written.
pub(super) struct Direct {
    encoder: PushEncoder,
    enum_tuples: bool,
    /// Whether something went wrong, be it that a type has swallowed the error.
    failed: bool,
    layouts: Layouts,
    names: Names<Name>,
    /// Names by what they are.
    names_by_text: HashMap<&'static str, Name, foldhash::fast::RandomState>,
    /// The hashes of the keys of all maps that are open, the outermost's first.
    keys: Vec<u64>,
    hashes: foldhash::fast::RandomState,
}

/// The name of a field or variant that was written.
#[derive(Clone, Copy)]
struct Name {
    /// In the memo.
    known: Known,
    /// The number of its text among all names, and a bit for it, of the first.
    text: u32,
    bit: u64,
}

/// The value as a pickle; nothing where only a graph has it, or an error.
pub(super) fn to_vec<T: Serialize + ?Sized>(options: &SerOptions, value: &T) -> Option<Vec<u8>> {
    let mut direct = Direct::new(options)?;
    direct.write(value).ok()?;
    if direct.failed { None } else { direct.encoder.finish().ok() }
}

impl Direct {
    fn new(options: &SerOptions) -> Option<Direct> {
        let looks_at_several = options.share_strings || options.sort_keys;
        if looks_at_several || !options.classes.is_empty() || options.module.is_some() {
            return None;
        }
        Some(Direct {
            encoder: PushEncoder::new(&options.dump)?,
            enum_tuples: options.enum_tuples,
            failed: false,
            layouts: Layouts::new(),
            names: Names::new(),
            names_by_text: HashMap::default(),
            keys: Vec::new(),
            hashes: foldhash::fast::RandomState::default(),
        })
    }

    /// The error is seen by nobody but the type.
    #[cold]
    #[inline(never)]
    fn give_up(&mut self) -> Error {
        self.failed = true;
        Error::data("only a graph has this")
    }

    /// Notes an error: it may be swallowed by the type, but then something is missing.
    #[inline(always)]
    fn noted<T>(&mut self, result: Result<T>) -> Result<T> {
        if result.is_err() {
            self.failed = true;
        }
        result
    }

    #[inline(always)]
    fn write<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let result = value.serialize(Node::value(self));
        self.noted(result)
    }

    /// Writes the name of a field or variant, which is one object.
    fn write_name(&mut self, name: &'static str) -> Name {
        match self.names.get(name) {
            Some(name) => {
                self.encoder.known(name.known);
                name
            }
            None => self.new_name(name),
        }
    }

    #[cold]
    #[inline(never)]
    fn new_name(&mut self, text: &'static str) -> Name {
        let name = match self.names_by_text.get(text) {
            Some(&name) => {
                self.encoder.known(name.known);
                name
            }
            None => {
                let number = self.names_by_text.len() as u32;
                let bit = 1u64.checked_shl(number).unwrap_or(0);
                let name = Name { known: self.encoder.text(text), text: number, bit };
                self.names_by_text.insert(text, name);
                name
            }
        };
        self.names.insert(text, name);
        name
    }
}

#[cfg(test)]
mod tests;
