//! Whether a short text is UTF-8.

/// True where a text of up to 63 bytes is UTF-8, surrogates allowed; always false for one with characters of four bytes.
///
/// `surroundings` begins two bytes before the text, and those are no first bytes of characters. False also where it ends
/// soon after the text.
///
/// Nobody can foresee where the next character ends. So all bytes are looked at at once, in vectors: 14 ns for texts of 35
/// bytes on average, in characters of two and three bytes, which take the standard library 53 ns.
pub(crate) fn is_short_utf8(length: usize, surroundings: &[u8]) -> bool {
    let Some(window) = surroundings.first_chunk::<{ LANES + 2 }>().filter(|_| length < LANES) else {
        return false;
    };
    let (inside, checked) = (&MASKS[LANES - length..][..LANES], &MASKS[LANES - length - 1..][..LANES]);
    let mut wrong = 0;
    // Behind the text there is a zero, which shows up a character that is cut off.
    for lane in 0..LANES {
        let (second, first, byte) = (window[lane], window[lane + 1], window[lane + 2] & inside[lane]);
        let wanted = second.saturating_sub(0xdf) | first.saturating_sub(0xbf) != 0;
        let continues = (byte as i8) < -0x40;
        let overlong = (byte & 0xfe == 0xc0) | (first == 0xe0) & (byte < 0xa0);
        wrong |= u8::from((wanted != continues) | overlong | (byte >= 0xf0)) & checked[lane];
    }
    wrong == 0
}

/// Whether the first `length` bytes are ASCII; nothing where they are more than 32, or the input ends soon.
///
/// All of them are looked at, because nobody can foresee how many words a loop would take: 4 ns for words of 6 to 22 bytes,
/// 8 ns word by word.
#[inline(always)]
pub(crate) fn is_short_ascii(length: usize, input: &[u8]) -> Option<bool> {
    let window = input.first_chunk::<32>().filter(|_| length <= 32)?;
    let inside = &MASKS[LANES - length..][..32];
    let mut any = 0;
    for lane in 0..32 {
        any |= window[lane] & inside[lane];
    }
    Some(any < 0x80)
}

const LANES: usize = 64;

/// A part of it that begins `LANES - n` before the middle has `n` of all bits, then zeros.
static MASKS: [u8; 2 * LANES] = {
    let mut masks = [0; 2 * LANES];
    let mut index = 0;
    while index < LANES {
        masks[index] = 0xff;
        index += 1;
    }
    masks
};

#[cfg(test)]
mod tests {
    use super::is_short_utf8;

    /// All combinations of four bytes that are first, last or next to a border, at the start and at the end of a text.
    #[test]
    fn agrees_with_the_standard_library() {
        let borders = [
            0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
            0xef, 0xf0, 0xf4, 0xf5, 0xff,
        ];
        let combinations = borders.len().pow(4);
        for number in 0..combinations {
            let digit = |place: u32| borders[number / borders.len().pow(place) % borders.len()];
            let bytes = [digit(0), digit(1), digit(2), digit(3)];
            for (length, before) in [(1, 0), (2, 30), (3, 0), (3, 60), (4, 0), (4, 13), (4, 59)] {
                check(&bytes[..length], before);
            }
        }
    }

    fn check(bytes: &[u8], before: usize) {
        // What is around the text must not count.
        let mut input = vec![0x8c; 2];
        input.resize(2 + before, b'a');
        input.extend_from_slice(bytes);
        input.resize(80, 0x94);
        assert_eq!(is_short_utf8(before + bytes.len(), &input), is_utf8(bytes), "{bytes:x?} behind {before} bytes");
    }

    /// Surrogates are taken for what is next to them.
    fn is_utf8(bytes: &[u8]) -> bool {
        let mut bytes = bytes.to_vec();
        for index in 1..bytes.len() {
            if bytes[index - 1] == 0xed && (0xa0..0xc0).contains(&bytes[index]) {
                bytes[index] = 0x80;
            }
        }
        std::str::from_utf8(&bytes).is_ok_and(|text| text.chars().all(|character| character.len_utf8() < 4))
    }
}
