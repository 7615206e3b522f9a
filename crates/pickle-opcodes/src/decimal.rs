//! Decimals: the digits of ints that protocol 0 and pickletools spell, and back.
//!
//! Eight digits fit a word of 64 bits, and are made and read there together. More are taken nineteen at a time, which a word
//! holds as one number. Of a thousand digits and more the conversions of num-bigint are quicker, whose time is not quadratic.

use alloc::string::ToString;
use alloc::vec::Vec;

use num_bigint::{BigInt, BigUint};

use crate::Out;

/// As many digits as 64 bits surely hold, and the number above all that have so many.
const AT_ONCE: usize = 19;
const ABOVE: u64 = 10_u64.pow(AT_ONCE as u32);

/// Appends the decimal of a number.
///
/// ```
/// use pickle_opcodes::{Out, decimal};
///
/// let mut out = Out::default();
/// decimal::write(18_446_744_073_709_551_615, &mut out);
/// assert_eq!(&*out, b"18446744073709551615");
/// ```
#[inline]
pub fn write(value: u64, out: &mut Out) {
    const LOW: u64 = 100_000_000;
    if value < LOW {
        let digits = eight_digits(value as u32);
        // The last digit is there in any case.
        let zeros = (digits | 1 << 56).trailing_zeros() / 8;
        out.put((digits | ZEROS) >> (8 * zeros), 8 - zeros as usize);
    } else {
        write(value / LOW, out);
        out.put(eight_digits((value % LOW) as u32) | ZEROS, 8);
    }
}

/// Appends the decimal of a number with a sign.
#[inline]
pub fn write_signed(value: i64, out: &mut Out) {
    if value < 0 {
        out.push(b'-');
    }
    write(value.unsigned_abs(), out);
}

/// Appends the decimal of an int, given in two's complement, little-endian; no bytes are zero.
///
/// ```
/// use pickle_opcodes::{Out, decimal};
///
/// let mut out = Out::default();
/// decimal::write_long(&[0, 0xff], &mut out);
/// assert_eq!(&*out, b"-256");
/// ```
pub fn write_long(bytes: &[u8], out: &mut Out) {
    /// More words than this are for others.
    const MOST: usize = 48;
    if bytes.len() > 8 * MOST {
        return out.extend_from_slice(BigInt::from_signed_bytes_le(bytes).to_string().as_bytes());
    }
    let mut words = [0; MOST];
    let is_negative = bytes.last().is_some_and(|&byte| byte >= 0x80);
    let mut carry = is_negative;
    for (word, bytes) in words.iter_mut().zip(bytes.chunks(8)) {
        let mut all = if is_negative { [0xff; 8] } else { [0; 8] };
        all[..bytes.len()].copy_from_slice(bytes);
        *word = u64::from_le_bytes(all);
        if is_negative {
            (*word, carry) = (!*word).overflowing_add(carry.into());
        }
    }
    if is_negative {
        out.push(b'-');
    }
    write_words(&mut words[..bytes.len().div_ceil(8)], out);
}

/// The decimal of a number of many words, the lowest of them first; nothing is left of it.
fn write_words(mut words: &mut [u64], out: &mut Out) {
    // The lowest come first.
    let mut pieces = Vec::with_capacity(words.len() * 65 / 63 + 1);
    loop {
        while let [rest @ .., 0] = words {
            words = rest;
        }
        if words.is_empty() {
            break;
        }
        let mut rest = 0;
        for word in words.iter_mut().rev() {
            (*word, rest) = divided(rest, *word);
        }
        pieces.push(rest);
    }
    write(pieces.pop().unwrap_or(0), out);
    for piece in pieces.into_iter().rev() {
        let (first, second, third) = (piece / 10_u64.pow(16), piece / 100_000_000 % 100_000_000, piece % 100_000_000);
        out.put((eight_digits(first as u32) | ZEROS) >> 40, 3);
        out.put(eight_digits(second as u32) | ZEROS, 8);
        out.put(eight_digits(third as u32) | ZEROS, 8);
    }
}

/// Two words divided by [`ABOVE`], of which the upper one is less: the quotient, and what is left.
///
/// By the reciprocal, as N. Möller and T. Granlund have it ("Improved division by invariant integers", algorithm 4).
#[inline(always)]
fn divided(upper: u64, lower: u64) -> (u64, u64) {
    /// What 2¹²⁸ − 1 has of it, beyond 2⁶⁴.
    const RECIPROCAL: u64 = (u128::MAX / ABOVE as u128) as u64;
    const { assert!(ABOVE >> 63 == 1) };
    let both = u128::from(RECIPROCAL) * u128::from(upper) + (u128::from(upper) << 64 | u128::from(lower));
    let mut quotient = ((both >> 64) as u64).wrapping_add(1);
    let mut rest = lower.wrapping_sub(quotient.wrapping_mul(ABOVE));
    if rest > both as u64 {
        quotient = quotient.wrapping_sub(1);
        rest = rest.wrapping_add(ABOVE);
    }
    if rest >= ABOVE {
        quotient = quotient.wrapping_add(1);
        rest -= ABOVE;
    }
    (quotient, rest)
}

/// The digits of a number under 10⁸, the first of them in the lowest byte.
#[inline(always)]
fn eight_digits(value: u32) -> u64 {
    let value = u64::from(value);
    // Two numbers of four digits, then four of two, then the digits, side by side.
    let fours = (value / 10_000) | (value % 10_000) << 32;
    let upper = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = upper | (fours - 100 * upper) << 16;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | (twos - 10 * tens) << 8
}

/// Eight digits 0.
pub(crate) const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The value of eight digits, of each what it is above [`ZEROS`]; of anything else, whatever comes of it.
#[inline(always)]
pub(crate) fn value_of_eight(ones: u64) -> u64 {
    // The same backwards: pairs, then fours, then all.
    let twos = (ones.wrapping_mul(10).wrapping_add(ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (twos * 100 + (twos >> 16)) & 0x0000_ffff_0000_ffff;
    (fours * 10_000 + (fours >> 32)) & 0xffff_ffff
}

/// The value of at most [`AT_ONCE`] digits.
#[inline(always)]
fn value_of_few(digits: &[u8]) -> u64 {
    let (eights, rest) = digits.as_chunks();
    let value =
        eights.iter().fold(0, |value, &eight| value * 100_000_000 + value_of_eight(u64::from_le_bytes(eight) ^ ZEROS));
    rest.iter().fold(value, |value, digit| value * 10 + u64::from(digit & 0xf))
}

/// Memory in which one long after the other is read.
#[derive(Clone, Debug, Default)]
pub struct Room {
    words: Vec<u64>,
    bytes: Vec<u8>,
}

/// How many digits `text` begins with.
#[inline]
pub(crate) fn count_leading_digits(text: &[u8]) -> usize {
    let (eights, rest) = text.as_chunks();
    for (number, eight) in eights.iter().enumerate() {
        let ones = u64::from_le_bytes(*eight) ^ ZEROS;
        // The upper bit of what is no digit; above the first of these, others may have it too.
        let others = (ones | ones.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080;
        if others > 0 {
            return 8 * number + others.trailing_zeros() as usize / 8;
        }
    }
    text.len() - rest.len() + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The int that decimal digits and a sign make: two's complement, little-endian, as few bytes as hold it.
pub(crate) fn read<'r>(negative: bool, digits: &[u8], room: &'r mut Room) -> &'r [u8] {
    if digits.len() <= PIECE {
        let count = of_piece(digits, &mut room.words);
        to_bytes(negative, &room.words[..count], &mut room.bytes)
    } else {
        to_bytes(negative, &read_many(digits).to_u64_digits(), &mut room.bytes)
    }
}

/// So many digits are taken one after the other, and the words that hold them.
const PIECE: usize = 1024;
const WORDS: usize = PIECE / AT_ONCE + 1;

/// The same of many digits, which are taken in pieces, of which each two are joined until there is one. So the time is that of a
/// few large multiplications; digit by digit it would be quadratic.
fn read_many(digits: &[u8]) -> BigUint {
    let mut words = Vec::new();
    // The last piece, of the lowest digits, comes first.
    let mut pieces: Vec<BigUint> = digits
        .rchunks(PIECE)
        .map(|piece| {
            let count = of_piece(piece, &mut words);
            from_words(&words[..count])
        })
        .collect();
    let mut power = BigUint::from(10_u8).pow(PIECE as u32);
    while pieces.len() > 1 {
        let pairs = pieces.chunks(2).map(|pair| match pair {
            [low, high] => high * &power + low,
            [low, ..] => low.clone(),
            [] => BigUint::ZERO,
        });
        pieces = pairs.collect();
        if pieces.len() > 1 {
            power = &power * &power;
        }
    }
    pieces.pop().unwrap_or_default()
}

/// Makes the words of the number that a piece's digits are, the lowest of them first; gives how many these are.
fn of_piece(digits: &[u8], words: &mut Vec<u64>) -> usize {
    // What stands there counts for nothing.
    words.resize(WORDS, 0);
    let (first, rest) = digits.split_at(digits.len() % AT_ONCE);
    words[0] = value_of_few(first);
    let mut count = 1;
    for piece in rest.as_chunks::<AT_ONCE>().0 {
        let mut carry = value_of_few(piece);
        for word in &mut words[..count] {
            let wide = u128::from(*word) * u128::from(ABOVE) + u128::from(carry);
            (*word, carry) = (wide as u64, (wide >> 64) as u64);
        }
        if carry > 0 {
            words[count] = carry;
            count += 1;
        }
    }
    count
}

fn from_words(words: &[u64]) -> BigUint {
    BigUint::new(words.iter().flat_map(|&word| [word as u32, (word >> 32) as u32]).collect())
}

/// Two's complement of a number and a sign, little-endian, as few bytes as hold it.
fn to_bytes<'b>(negative: bool, words: &[u64], bytes: &'b mut Vec<u8>) -> &'b [u8] {
    bytes.clear();
    let mut carry = negative;
    for &word in words {
        let (mut word, mut above) = (word, false);
        if negative {
            (word, above) = (!word).overflowing_add(carry.into());
        }
        carry = above;
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    let sign = if negative && !carry { 0xff } else { 0 };
    bytes.push(sign);
    while let [.., below, last] = bytes[..]
        && last == sign
        && (below ^ sign) < 0x80
    {
        bytes.pop();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};

    use num_bigint::BigInt;

    use super::{ABOVE, Room, count_leading_digits, divided, read, write_long, write_signed};
    use crate::Out;

    fn all() -> impl Iterator<Item = BigInt> {
        let powers = (0..1500).flat_map(|power| [BigInt::from(1) << power, BigInt::from(10).pow(power / 2)]);
        let more =
            powers.flat_map(|power| [&power - 1, power.clone(), &power + 1, &power * 3 + 7, (&power << 40_u32) / 11]);
        more.flat_map(|value| [-&value, value])
    }

    #[test]
    fn numbers_are_written_as_they_are_elsewhere() {
        for value in all() {
            let mut out = Out::default();
            write_long(&value.to_signed_bytes_le(), &mut out);
            assert_eq!(&*out, value.to_string().as_bytes());
            if let Ok(value) = i64::try_from(value) {
                let mut out = Out::default();
                write_signed(value, &mut out);
                assert_eq!(&*out, value.to_string().as_bytes());
            }
        }
    }

    #[test]
    fn numbers_are_read_as_they_are_elsewhere() {
        let mut room = Room::default();
        for value in all() {
            let digits: String = value.magnitude().to_string();
            let bytes = read(value < BigInt::ZERO, digits.as_bytes(), &mut room);
            assert_eq!(bytes, value.to_signed_bytes_le(), "{value}");
        }
    }

    #[test]
    fn division_is_what_the_machine_says() {
        // Around each power of two, and where the quotient is at its ends.
        let near = |power: u32| (0..3_u64).flat_map(move |more| [(1 << power) - more.min(1), (1 << power) + more]);
        let words = || (0..64).flat_map(near).chain([0, ABOVE - 1, ABOVE, ABOVE + 1, u64::MAX - 1, u64::MAX]);
        for upper in words().filter(|&upper| upper < ABOVE) {
            for lower in words() {
                let both = u128::from(upper) << 64 | u128::from(lower);
                let (quotient, rest) = divided(upper, lower);
                let above = u128::from(ABOVE);
                assert_eq!((u128::from(quotient), u128::from(rest)), (both / above, both % above), "{upper} {lower}");
            }
        }
    }

    #[test]
    fn digits_end_at_the_first_other_byte() {
        for count in 0..30 {
            for end in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
                let mut text = b"9081726354".repeat(3);
                text[count] = end;
                assert_eq!(count_leading_digits(&text), count, "{end}");
                text[count..].fill(end);
                assert_eq!(count_leading_digits(&text), count, "{end} and no more");
            }
            assert_eq!(count_leading_digits(&b"0123456789".repeat(3)[..count]), count);
        }
    }

    #[test]
    fn bytes_that_say_nothing_change_nothing() {
        for (bytes, digits) in [(&[][..], "0"), (&[0; 20], "0"), (&[5, 0, 0], "5"), (&[0xff; 30], "-1")] {
            let mut out = Out::default();
            write_long(bytes, &mut out);
            assert_eq!(&*out, digits.as_bytes());
        }
        assert_eq!(read(true, &[b'0'; 50], &mut Room::default()), [0]);
    }
}
