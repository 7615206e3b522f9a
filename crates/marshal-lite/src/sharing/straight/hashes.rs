//! [`Hashes`]: whether names that were written are all different.

use alloc::vec;
use alloc::vec::Vec;
use core::hash::BuildHasher;

use pickle_value::Contents;

use crate::short::{Short, WINDOW};

/// The hashes of names. That two names are equal is rare, and a matter of all being written again: so it is found out in the
/// end, where one can be looked for while another is waited for.
#[derive(Default)]
pub(super) struct Hashes {
    entries: Vec<Entry>,
    /// Seeded, so that nobody can choose texts whose hashes are the same, but for those with the same ends.
    hasher: foldhash::fast::RandomState,
    seeds: [u64; 2],
}

/// Half of a name's hash, and below its number among spans plus one; 0 is none.
type Entry = u64;

/// For more texts than these no room is made before they come: most may be no names.
const MOST_ROOM: usize = 1 << 12;

/// Of so many names, each as good as equal to the next by its hash, it is asked whether they are.
const MOST_ALIKE: usize = 1 << 5;

impl Hashes {
    /// With room for the names among so many texts.
    pub(super) fn with_room_for(count: usize) -> Hashes {
        let hasher = foldhash::fast::RandomState::default();
        let seeds = [0_u64, 1].map(|number| hasher.hash_one(number));
        Hashes { entries: Vec::with_capacity(count.min(MOST_ROOM)), hasher, seeds }
    }

    /// Notes a name, the content of the span with this number.
    pub(super) fn push(&mut self, number: u32, name: &[u8]) {
        let mut window = [0; WINDOW];
        if let Some(room) = window.get_mut(..name.len()) {
            room.copy_from_slice(name);
        }
        match Short::new(&window, name.len()) {
            Some(short) => self.push_short(number, short),
            None => self.push_hash(number, self.hasher.hash_one(name)),
        }
    }

    /// The same of a short one. What is hashed is its ends, whatever its length, so that nothing branches on that: their
    /// product, mixed as foldhash mixes.
    #[inline(always)]
    pub(super) fn push_short(&mut self, number: u32, name: Short<'_>) {
        let [first, last] = name.ends();
        let product = u128::from(first ^ self.seeds[0]) * u128::from(last ^ self.seeds[1]);
        self.push_hash(number, product as u64 ^ (product >> 64) as u64);
    }

    #[inline(always)]
    fn push_hash(&mut self, number: u32, hash: u64) {
        self.entries.push(hash >> 32 << 32 | u64::from(number + 1));
    }

    /// Whether no two names are equal. It may be said of different ones that they are, where many have the same ends.
    ///
    /// Each name is put where its hash says, whatever was there; what was put out is then looked for where it stood, and goes
    /// the same way. Of two equal ones, one is put out by the other in the end. So nothing branches on whether a place is taken,
    /// which cannot be guessed.
    pub(super) fn are_different(&mut self, contents: Contents<'_>) -> bool {
        let mut left = core::mem::take(&mut self.entries);
        let mut places = (2 * left.len()).next_power_of_two();
        for turn in 0..MOST_ALIKE as u32 {
            let table = &mut vec![0; places][..];
            let mut count = 0;
            for at in 0..left.len() {
                let one = left[at];
                let known = core::mem::replace(&mut table[place(one, turn, places)], one);
                left[count] = known;
                count += usize::from(known != 0);
            }
            left.truncate(count);
            if left.is_empty() {
                return true;
            }
            if left.iter().any(|&one| are_equal(contents, one, table[place(one, turn, table.len())])) {
                return false;
            }
            // Those that are left had the same bits: others say more, and there is room for few.
            places = (8 * left.len()).next_power_of_two();
        }
        false
    }
}

/// Where an entry stands among so many places, a power of two.
#[inline(always)]
fn place(entry: Entry, turn: u32, places: usize) -> usize {
    ((entry >> 32) as u32).rotate_right(11 * turn) as usize & (places - 1)
}

/// Whether two names are equal.
#[inline(always)]
fn are_equal(contents: Contents<'_>, one: Entry, other: Entry) -> bool {
    one >> 32 == other >> 32 && name(contents, one) == name(contents, other)
}

#[cold]
fn name(contents: Contents<'_>, entry: Entry) -> Option<&[u8]> {
    let (bytes, length) = contents.bytes_and_more((entry as u32).wrapping_sub(1).into())?;
    bytes.get(..length)
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec::Vec;

    use pickle_value::{Builder, Graph, Handle};

    use super::Hashes;
    use crate::short::Short;

    /// Whether these are different, each noted as what is not short, or where that is asked for as what is.
    fn are_different(names: &[&str], last_is_short: bool) -> bool {
        let mut builder = Builder::new();
        names.iter().for_each(|name| {
            builder.text(name).expect("there is room");
        });
        let graph: Graph<'_> = builder.finish(Handle::NONE);
        let mut hashes = Hashes::with_room_for(0);
        for (number, name) in (0..).zip(names) {
            let window = format!("{name:x<64}");
            match Short::new(window.as_bytes(), name.len()) {
                Some(short) if last_is_short && number as usize + 1 == names.len() => hashes.push_short(number, short),
                _ => hashes.push(number, name.as_bytes()),
            }
        }
        hashes.are_different(graph.contents())
    }

    #[test]
    fn equal_names_are_found_however_they_came() {
        let text = "x".repeat(40);
        for length in 0..40 {
            let mut names: Vec<_> = (0..40).map(|known| &text[..known]).collect();
            assert!(are_different(&names, false));
            names.push(&text[..length]);
            assert!(!are_different(&names, true), "{length}");
        }
    }

    #[test]
    fn names_with_the_same_ends_may_differ() {
        let names: Vec<_> = (10..30).map(|number| format!("beginning{number}the_end_")).collect();
        let mut names: Vec<_> = names.iter().map(|name| &name[..]).collect();
        assert!(are_different(&names, true));
        for at in 0..20 {
            names.push(names[at]);
            assert!(!are_different(&names, true), "{at}");
            names.pop();
        }
    }

    /// Of very many it is said that they are not, which takes no more time for that.
    #[test]
    fn too_many_with_the_same_ends_are_given_up() {
        let names: Vec<_> = (100..900).map(|number| format!("beginning{number}the_end_")).collect();
        assert!(!are_different(&names.iter().map(|name| &name[..]).collect::<Vec<_>>(), true));
    }
}
