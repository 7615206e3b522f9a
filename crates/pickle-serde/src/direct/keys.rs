//! The keys of a map, none of which may come twice: of equal keys a dict has the last one's value.

use std::collections::HashSet;

use pickle_codec::opcodes::{Op, decode};

use super::reader::{Reader, SHORT_BIN_UNICODE, Token};

/// A key that is only equal to one that is the same here.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key<'i> {
    /// UTF-8.
    Text(&'i [u8]),
    Int(i64),
}

/// Keys that were seen: few are compared one by one.
pub(super) struct Keys<'i> {
    few: [Key<'i>; FEW],
    count: usize,
    many: HashSet<Key<'i>, foldhash::fast::RandomState>,
}

const FEW: usize = 8;

impl<'i> Keys<'i> {
    #[inline(always)]
    pub(super) fn new() -> Keys<'i> {
        Keys { few: [Key::Int(0); FEW], count: 0, many: HashSet::default() }
    }

    /// False for a key that was seen before.
    #[inline(always)]
    pub(super) fn insert(&mut self, key: Key<'i>) -> bool {
        let Some(slot) = self.few.get_mut(self.count) else {
            return self.insert_further(key);
        };
        *slot = key;
        let is_new = !self.few[..self.count].contains(&key);
        self.count += 1;
        is_new
    }

    #[inline(never)]
    fn insert_further(&mut self, key: Key<'i>) -> bool {
        if self.many.is_empty() {
            self.many.extend(self.few);
        }
        self.many.insert(key)
    }
}

impl<'i> Reader<'i> {
    /// The text at the cursor, which stays there.
    pub(super) fn look_at_text(&mut self) -> Option<()> {
        match self.look_at_key()? {
            Key::Text(_) => Some(()),
            Key::Int(_) => None,
        }
    }

    /// The key at the cursor, which stays there. Text and ints only: others may be equal though they are spelled otherwise,
    /// as 1 and True are.
    #[inline]
    pub(super) fn look_at_key(&mut self) -> Option<Key<'i>> {
        if let Some(name) = self.known_name() {
            self.at -= 2;
            return Some(Key::Text(name.as_bytes()));
        }
        self.peek();
        let at = self.at;
        if let Some([SHORT_BIN_UNICODE, length, rest @ ..]) = self.input.get(at..) {
            return Some(Key::Text(rest.get(..usize::from(*length))?));
        }
        Some(match decode(self.input, at).ok()?.0 {
            Op::BinUnicode(utf8) => Key::Text(utf8),
            Op::BinGet(_) | Op::LongBinGet(_) => Key::Text(self.text_of_get()?.as_bytes()),
            _ => {
                let value = self.int()?;
                self.at = at;
                Key::Int(value)
            }
        })
    }

    /// Passes over a key that is an atom.
    pub(super) fn skip_key(&mut self) -> Option<()> {
        match self.token()? {
            Token::None | Token::Bool(_) | Token::Int(_) | Token::Float(_) | Token::Text(_) | Token::Bytes(_) => {
                Some(())
            }
            _ => None,
        }
    }
}
