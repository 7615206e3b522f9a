//! The names of attributes, which CPython interns.

use alloc::vec::Vec;

use pickle_value::{Handle, Kind, View};

use super::GraphHost;
use crate::error::Error;
use crate::resolve::Resolver;

/// A state of so many attributes is remembered, lest it be looked through for each instance that has it.
const LARGE: usize = 64;

impl<'a, R: Resolver<'a>> GraphHost<'a, R> {
    /// CPython interns the names of attributes: the first of each is the one that stays.
    pub(super) fn unify_names(&mut self, state: Handle) -> Result<Handle, Error> {
        let view = self.builder.view(state);
        if view.kind() == Kind::Tuple && view.len() == Some(2) {
            let parts: Vec<Handle> = view.items().filter_map(View::handle).collect();
            let unified = [self.unify_names_of(parts[0])?, self.unify_names_of(parts[1])?];
            return Ok(if unified[..] == parts[..] { state } else { self.builder.tuple(&unified)? });
        }
        self.unify_names_of(state)
    }

    /// The same of a dict of attributes, or of slots.
    fn unify_names_of(&mut self, state: Handle) -> Result<Handle, Error> {
        let view = self.builder.view(state);
        if view.kind() != Kind::Dict {
            return Ok(state);
        }
        let entries = view.len().unwrap_or(0);
        if let Some((known, unified)) = self.unified.get(&state)
            && *known == entries
        {
            return Ok(*unified);
        }
        let unified = self.unify_keys(state)?;
        if entries >= LARGE {
            self.unified.extend([(state, (entries, unified)), (unified, (entries, unified))]);
        }
        Ok(unified)
    }

    /// The same dict, if its keys are the first of their names; else another.
    fn unify_keys(&mut self, state: Handle) -> Result<Handle, Error> {
        let view = self.builder.view(state);
        let mut pairs: Vec<Handle> =
            view.entries().flat_map(|(key, value)| [key.handle(), value.handle()]).flatten().collect();
        let mut changed = false;
        for at in (0..pairs.len()).step_by(2) {
            let key = pairs[at];
            let view = self.builder.view(key);
            let name = match view.kind() {
                Kind::Text if !self.python2 => view.as_text().map(pickle_value::Text::as_bytes),
                Kind::ByteString if self.python2 => view.as_bytes(),
                _ => None,
            };
            let Some(name) = name else {
                continue;
            };
            let first = *self.names.entry_ref(name).or_insert(key);
            changed |= first != key;
            pairs[at] = first;
        }
        if !changed {
            return Ok(state);
        }
        self.note_copy(size_of_val(&pairs[..]))?;
        Ok(self.builder.dict(&pairs)?)
    }
}
