//! [`Layouts`]: the fields of structs, in the order in which they come.

use super::super::names::{Names, Place};
use super::Name;

/// The names of the fields of each struct that was met, in their order: a guess of which comes next.
pub(super) struct Layouts {
    /// Where in `fields` those of a struct start.
    starts: Names<usize>,
    /// Those of structs that were just met may be missing yet.
    fields: Vec<(Place, Name)>,
    /// How many places are given to structs.
    end: usize,
}

/// Of so many fields of a struct the names are guessed.
const FIELDS: usize = 64;

impl Layouts {
    pub(super) fn new() -> Layouts {
        Layouts { starts: Names::new(), fields: Vec::new(), end: 0 }
    }

    /// The place of the first field of a struct that says to have so many.
    #[inline]
    pub(super) fn start(&mut self, structure: &'static str, fields: usize) -> usize {
        match self.starts.get(structure) {
            Some(start) => start,
            None => self.insert(structure, fields),
        }
    }

    #[cold]
    #[inline(never)]
    fn insert(&mut self, structure: &'static str, fields: usize) -> usize {
        let start = self.end;
        if !self.starts.insert(structure, start) {
            return usize::MAX;
        }
        self.end += fields.min(FIELDS);
        start
    }

    /// What is known of a name, if the field at `next` has it; then `next` is the place of the one behind it.
    #[inline(always)]
    pub(super) fn guess(&self, name: &'static str, next: &mut usize) -> Option<&Name> {
        let (place, known) = self.fields.get(*next)?;
        if *place != Place::of(name) {
            return None;
        }
        *next += 1;
        Some(known)
    }

    /// Notes what a field has that was guessed wrongly: that of `next` where there is none so far, or one behind it.
    pub(super) fn note(&mut self, name: &'static str, known: Name, next: &mut usize) {
        if self.fields.len() < self.end {
            self.fields.resize(self.end, (Place::NONE, known));
        }
        let fields = self.fields.get_mut(*next..).unwrap_or_default();
        let place = Place::of(name);
        if let Some(field @ (Place::NONE, _)) = fields.first_mut() {
            *field = (place, known);
            *next += 1;
        } else if let Some(skipped) = fields.iter().take(FIELDS).position(|field| field.0 == place) {
            *next += skipped + 1;
        }
    }
}
