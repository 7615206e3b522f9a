//! Bytes taken out of a word: those that stay move together.
//!
//! Which bytes stay cannot be foreseen, so nothing branches on it. Each byte moves by as many places as bytes before it are
//! taken out; that is done for all of a word at once, first by one place, then by two, then by four, of those bytes in whose
//! number of places that bit is set. To store byte after byte, each where the ones before it end, takes twice as long.

/// A word without the bytes that are taken out, and how many bytes stay. What stands behind them is to be overwritten.
///
/// `out` has a bit for each byte that is taken out; the word is zero there.
#[inline(always)]
pub(crate) fn squeeze(word: u64, out: u8) -> (u64, usize) {
    let [one, two, four, stay] = MOVES[usize::from(out)];
    let moved = word & one;
    let word = word ^ moved | moved >> 8;
    let moved = word & two;
    let word = word ^ moved | moved >> 16;
    let moved = word & four;
    let word = word ^ moved | moved >> 32;
    (word, stay as usize)
}

/// The lowest bit of each byte, which has no other, gathered in one byte.
#[inline(always)]
pub(crate) fn low_bits(word: u64) -> u8 {
    (word.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// For each set of bytes that are taken out, which bytes then move by one place, by two, by four; and how many stay.
static MOVES: [[u64; 4]; 256] = {
    let mut moves = [[0; 4]; 256];
    let mut out = 0;
    while out < 256 {
        let (mut from, mut places) = (0, 0);
        while from < 8 {
            if out >> from & 1 == 1 {
                places += 1;
            } else {
                let mut step = 0;
                while step < 3 {
                    // Where the byte stands after the steps before.
                    let at = from - (places & ((1 << step) - 1));
                    if places >> step & 1 == 1 {
                        moves[out][step] |= 0xff << (8 * at);
                    }
                    step += 1;
                }
            }
            from += 1;
        }
        moves[out][3] = 8 - places as u64;
        out += 1;
    }
    moves
};

#[cfg(test)]
mod tests {
    use super::{low_bits, squeeze};

    #[test]
    fn bytes_that_stay_keep_their_order() {
        for out in 0..=u8::MAX {
            let stays = |at: &u8| out >> at & 1 == 0;
            let word = (0..8).filter(stays).fold(0u64, |word, at| word | u64::from(at + 1) << (8 * at));
            let (squeezed, count) = squeeze(word, out);
            let kept: alloc::vec::Vec<u8> = (0..8).filter(stays).map(|at| at + 1).collect();
            assert_eq!((&squeezed.to_le_bytes()[..count], count), (&kept[..], kept.len()));
        }
    }

    #[test]
    fn low_bits_are_gathered() {
        for bits in 0..=u8::MAX {
            let word = (0..8).fold(0, |word, at| word | u64::from(bits >> at & 1) << (8 * at));
            assert_eq!(low_bits(word), bits);
        }
    }
}
