//! [`Names`]: what is known of the names of fields, variants and structs.

/// Names by where they stand in the program, which is quicker than by what they are. Not all of them find a place.
pub(crate) struct Names<T> {
    known: Vec<(Place, T)>,
    /// The names' numbers in `known`, each plus one.
    slots: [u8; SLOTS],
}

const SLOTS: usize = 128;
/// How many places are looked at for a name.
const TRIES: usize = 4;

impl<T: Copy> Names<T> {
    pub(crate) fn new() -> Names<T> {
        Names { known: Vec::new(), slots: [0; SLOTS] }
    }

    /// What is known of a name.
    #[inline]
    pub(crate) fn get(&self, name: &'static str) -> Option<T> {
        let place = Place::of(name);
        place.slots().find_map(|slot| {
            let number = usize::from(self.slots[slot]).checked_sub(1)?;
            let (known, value) = self.known.get(number)?;
            (*known == place).then_some(*value)
        })
    }

    /// Notes what is known of a name; false where there is no room.
    #[cold]
    pub(crate) fn insert(&mut self, name: &'static str, value: T) -> bool {
        let place = Place::of(name);
        let (slot, number) = (place.slots().find(|&slot| self.slots[slot] == 0), u8::try_from(self.known.len() + 1));
        let (Some(slot), Ok(number)) = (slot, number) else { return false };
        self.slots[slot] = number;
        self.known.push((place, value));
        true
    }
}

/// Where a name stands in the program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    at: usize,
    length: usize,
}

impl Place {
    /// That of no name.
    pub(crate) const NONE: Place = Place { at: 0, length: 0 };

    #[inline(always)]
    pub(crate) fn of(name: &'static str) -> Place {
        Place { at: name.as_ptr() as usize, length: name.len() }
    }

    #[inline(always)]
    fn slots(self) -> impl Iterator<Item = usize> {
        let first = self.at ^ self.at >> 7 ^ self.length;
        (first..first + TRIES).map(|slot| slot % SLOTS)
    }
}
