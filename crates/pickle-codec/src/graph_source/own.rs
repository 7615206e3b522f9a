//! Texts of a character that are objects of their own.
//!
//! CPython has one str of each latin-1 character, but for what `str(instance)` makes of an instance of a class derived from str:
//! that is a copy, whatever its length, and it is what such an instance is pickled with. Other classes have arguments that they
//! keep, which may be the one object. A pickle tells them apart by its memo, so the handles do.

use hashbrown::{HashMap, HashSet};
use pickle_value::{Handle, Value};

use super::GraphSource;
use super::foreign::{EMPTY_TEXT, single_text};

type Hasher = foldhash::fast::RandomState;

/// What is known of texts of a character by their handles.
#[derive(Debug, Default)]
pub(super) struct OwnTexts {
    own: HashSet<Handle, Hasher>,
    /// Which text was written as the one object for its character, where the memo does not say.
    firsts: HashMap<Handle, Handle, Hasher>,
}

impl OwnTexts {
    /// Whether a text is an object of its own, although it is a character.
    #[inline(always)]
    pub(super) fn has(&self, text: Handle) -> bool {
        !self.own.is_empty() && self.own.contains(&text)
    }

    /// Notes that a text is written as the one object for its character.
    pub(super) fn note_first(&mut self, single: Handle, text: Handle) {
        self.firsts.entry(single).or_insert(text);
    }

    /// The texts that were written as the one object for a character, and that object.
    #[cfg(feature = "std")]
    pub(super) fn firsts(&self) -> impl Iterator<Item = (Handle, Handle)> {
        self.firsts.iter().map(|(single, text)| (*single, *text))
    }
}

impl GraphSource<'_> {
    /// Takes the only argument that an instance is made of for an object of its own, if it is a character and was not yet
    /// written.
    #[inline(always)]
    pub(super) fn own_argument(&mut self, args: Handle) {
        if let Value::Tuple(&[only]) = self.graph.value(args) {
            self.own_text(only);
        }
    }

    /// The same of the value of an instance.
    #[inline(never)]
    pub(super) fn own_text(&mut self, text: Handle) {
        let Value::Text(content) = self.graph.value(text) else { return };
        let Some(single) = single_text(content.as_bytes()) else { return };
        if single != Handle::foreign(EMPTY_TEXT)
            && !self.python2
            && self.memo(text) == 0
            && self.own_texts.firsts.get(&single) != Some(&text)
        {
            self.own_texts.own.insert(text);
        }
    }
}
