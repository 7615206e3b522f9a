//! [`Names`]: what is known of the names of fields and variants.

/// Names by where they stand in the program, which is quicker than by what they are. Not all of them find a place.
pub(crate) struct Names<T> {
    known: Vec<Name<T>>,
    /// The names' numbers in `known`, each plus one.
    slots: [u8; SLOTS],
}

struct Name<T> {
    at: usize,
    length: usize,
    value: T,
}

const SLOTS: usize = 128;
/// How many places are looked at for a name.
const TRIES: usize = 4;

impl<T: Copy> Names<T> {
    pub(crate) fn new() -> Names<T> {
        Names { known: Vec::new(), slots: [0; SLOTS] }
    }

    /// What is known of a name, if it has this number.
    #[inline(always)]
    pub(crate) fn at(&self, number: usize, name: &'static str) -> Option<T> {
        let known = self.known.get(number)?;
        (known.at == name.as_ptr() as usize && known.length == name.len()).then_some(known.value)
    }

    /// The number of a name, and what is known of it.
    #[inline]
    pub(crate) fn find(&self, name: &'static str) -> Option<(usize, T)> {
        slots_of(name).find_map(|slot| {
            let number = usize::from(self.slots[slot]).checked_sub(1)?;
            Some((number, self.at(number, name)?))
        })
    }

    /// Notes what is known of a name, if there is room; gives its number.
    #[cold]
    pub(crate) fn insert(&mut self, name: &'static str, value: T) -> Option<usize> {
        let number = self.known.len();
        let slot = slots_of(name).find(|&slot| self.slots[slot] == 0)?;
        self.slots[slot] = u8::try_from(number + 1).ok()?;
        self.known.push(Name { at: name.as_ptr() as usize, length: name.len(), value });
        Some(number)
    }
}

#[inline(always)]
fn slots_of(name: &'static str) -> impl Iterator<Item = usize> {
    let (at, length) = (name.as_ptr() as usize, name.len());
    let first = at ^ at >> 7 ^ length;
    (first..first + TRIES).map(|slot| slot % SLOTS)
}
