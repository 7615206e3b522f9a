//! Writing without a graph: what serde tells of a value goes to the pickle as it comes.
//!
//! Plain data, which is nearly all, stands in a pickle in the order in which serde tells of it, and a graph of it would be
//! made only to be gone over once. As with reading, this way is never the last word: where it has no words, it gives up, and
//! all is written from a graph. That is what the crate's own types ask for by their tokens, options that look at several
//! objects at once, keys that are no text or numbers, or that may be equal to others, and every error. So a type's
//! `Serialize` may be asked twice.

mod compound;
mod keys;
mod node;

use hashbrown::HashMap;
use pickle_codec::PushEncoder;
use serde_core::Serialize;

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
    /// Its number in the memo.
    memo: u32,
    /// The number of its text among all names.
    text: u32,
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

    /// Writes the name of a field or variant, which is one object; `next` is the number that it has by a guess, and becomes
    /// that of the name that is written next by such a guess. Gives the number of the text.
    #[inline(always)]
    fn write_name(&mut self, name: &'static str, next: &mut usize) -> u32 {
        match self.names.at(*next, name) {
            Some(known) => {
                *next += 1;
                self.encoder.known(known.memo);
                known.text
            }
            None => self.find_name(name, next),
        }
    }

    #[inline(never)]
    fn find_name(&mut self, name: &'static str, next: &mut usize) -> u32 {
        let (number, known) = match self.names.find(name) {
            Some((number, known)) => {
                self.encoder.known(known.memo);
                (Some(number), known)
            }
            None => self.new_name(name),
        };
        *next = number.map_or(usize::MAX, |number| number + 1);
        known.text
    }

    #[cold]
    fn new_name(&mut self, name: &'static str) -> (Option<usize>, Name) {
        let known = match self.names_by_text.get(name) {
            Some(&known) => {
                self.encoder.known(known.memo);
                known
            }
            None => {
                let known = Name { memo: self.encoder.text(name), text: self.names_by_text.len() as u32 };
                self.names_by_text.insert(name, known);
                known
            }
        };
        (self.names.insert(name, known), known)
    }
}

#[cfg(test)]
mod tests;
