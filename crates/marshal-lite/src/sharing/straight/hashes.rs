//! [`Hashes`]: whether names that were written are all different.

use alloc::vec;
use alloc::vec::Vec;
use core::hash::BuildHasher;

use crate::short::{Short, WINDOW, words};

/// The hashes of names. That two names are equal is rare, and a matter of all being written again: so it is found out in the
/// end, where one can be looked for while another is waited for.
pub(super) struct Hashes {
    hashes: Vec<u64>,
    /// Seeded, so that nobody can choose texts whose hashes are the same.
    hasher: foldhash::fast::RandomState,
    seeds: [u64; WINDOW / 8],
}

/// For more texts than these no room is made before they come: most may be no names.
const MOST_ROOM: usize = 1 << 12;

impl Hashes {
    /// With room for the names among so many texts.
    pub(super) fn with_room_for(count: usize) -> Hashes {
        let hasher = foldhash::fast::RandomState::default();
        let seeds = [0, 1, 2, 3].map(|number: u64| hasher.hash_one(number));
        Hashes { hashes: Vec::with_capacity(count.min(MOST_ROOM)), hasher, seeds }
    }

    /// Notes a name.
    pub(super) fn push(&mut self, name: &[u8]) {
        let mut window = [0; WINDOW];
        let hash = match window.get_mut(..name.len()) {
            Some(room) => {
                room.copy_from_slice(name);
                self.hash(words(&window))
            }
            None => self.hasher.hash_one(name),
        };
        self.hashes.push(hash);
    }

    /// The same of a short one.
    #[inline(always)]
    pub(super) fn push_short(&mut self, name: Short<'_>) {
        let hash = self.hash(name.alone());
        self.hashes.push(hash);
    }

    /// The hash of a short text with zeros behind it, whatever its length, so that nothing branches on that: products mixed
    /// as foldhash mixes.
    #[inline(always)]
    fn hash(&self, [a, b, c, d]: [u64; WINDOW / 8]) -> u64 {
        let seeds = &self.seeds;
        folded(a ^ seeds[0], b ^ seeds[1]) ^ folded(c ^ seeds[2], d ^ seeds[3]).rotate_left(32)
    }

    /// Whether no two names are equal. It may be said of different ones that they are, of one in 2³¹.
    pub(super) fn are_different(&self) -> bool {
        // At most a quarter of the places are taken, since that one is cannot be guessed.
        let places = (4 * self.hashes.len() + 1).next_power_of_two();
        // Half of each hash, but never 0, which is a free place.
        let mut table = vec![0_u32; places];
        for &hash in &self.hashes {
            let (mut at, half) = (hash as usize & (places - 1), (hash >> 32) as u32 | 1);
            while table[at] != 0 {
                if table[at] == half {
                    return false;
                }
                at = (at + 1) & (places - 1);
            }
            table[at] = half;
        }
        true
    }
}

/// Both halves of a product.
#[inline(always)]
fn folded(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::Hashes;
    use crate::short::Short;

    #[test]
    fn equal_names_are_found_however_they_came() {
        let text = [b'x'; 64];
        for length in 0..40 {
            let mut hashes = Hashes::with_room_for(0);
            for known in 0..40 {
                hashes.push(&text[..known]);
            }
            assert!(hashes.are_different());
            match Short::new(&text, length) {
                Some(short) => hashes.push_short(short),
                None => hashes.push(&text[..length]),
            }
            assert!(!hashes.are_different(), "{length}");
        }
    }
}
