//! Numbers as Python spells them, which nearly all are: read where they stand, up to the first byte that is none of theirs.
//!
//! How many digits come cannot be foreseen, and guessing it wrong costs more than reading sixteen. So nothing branches on it: the
//! digits are moved to the end of sixteen, and what stands before them then counts as zeros.

use crate::decimal::{ZEROS, value_of_eight};

/// How many bytes are looked at: more than any number has that is read here.
pub const WINDOW: usize = 32;

/// The int that the window begins with, of at most sixteen digits, and how many bytes it takes. Nothing for a zero before other
/// digits or behind a sign.
///
/// ```
/// use pickle_opcodes::usual;
///
/// assert_eq!(usual::int(b"-9007199254740993\na.            "), Some((-9_007_199_254_740_993, 17)));
/// assert_eq!(usual::int(b"007\na.                          "), None);
/// ```
#[inline(always)]
#[must_use]
pub fn int(window: &[u8; WINDOW]) -> Option<(i64, usize)> {
    let is_negative = window[0] == b'-';
    let start = usize::from(is_negative);
    let (value, count) = sixteen_digits(window[start..].first_chunk()?);
    let has_zero = (window[start] == b'0') & (start + count > 1);
    let sign = -i64::from(is_negative);
    ((count > 0) & !has_zero).then_some(((value.cast_signed() ^ sign) - sign, start + count))
}

/// The float that the window begins with, and how many bytes it takes: digits on both sides of a point, at most seven before it,
/// and eighteen that count. Where there are more behind it, one of them is what stands behind those bytes.
///
/// ```
/// use pickle_opcodes::usual;
///
/// assert_eq!(usual::float(b"-479456.77590196\naF0.5\na.       "), Some((-479_456.775_901_96, 16)));
/// assert_eq!(usual::float(b"1e+16\na.                        "), None);
/// ```
#[inline(always)]
#[must_use]
pub fn float(window: &[u8; WINDOW]) -> Option<(f64, usize)> {
    let is_negative = window[0] == b'-';
    let start = usize::from(is_negative);
    let (whole, before) = seven_digits(window[start..].first_chunk()?);
    let from = start + before + 1;
    let (mut fraction, mut behind) = sixteen_digits(window[from..].first_chunk()?);
    if behind == 16 {
        for digit in window[from + 16..][..2].iter().map(|byte| byte ^ b'0').take_while(|&digit| digit < 10) {
            fraction = 10 * fraction + u64::from(digit);
            behind += 1;
        }
    }
    // The number of digits is under 10¹⁸, since a zero before them does not count.
    let fits = before + behind <= 18 + usize::from(window[start] == b'0');
    if !((before > 0) & (behind > 0) & fits & (window[from - 1] == b'.')) {
        return None;
    }
    let place = &PLACES[behind];
    let value = place.quotient(whole * place.power + fraction);
    Some((f64::from_bits(value.to_bits() | u64::from(is_negative) << 63), from + behind))
}

/// The value of the digits that eight bytes begin with, if these are at most seven, and how many they are; none if there are more.
#[inline(always)]
fn seven_digits(window: &[u8; 8]) -> (u64, usize) {
    let ones = u64::from_le_bytes(*window) ^ ZEROS;
    // The upper bit of what is no digit; above the first of these, others may have it too.
    let others = (ones | ones.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080;
    let count = others.trailing_zeros() / 8 % 8;
    (value_of_eight(ones << ((64 - 8 * count) % 64)), count as usize)
}

/// The value of the digits that sixteen bytes begin with, and how many they are. Of none, the value is not to be looked at.
#[inline(always)]
fn sixteen_digits(window: &[u8; 16]) -> (u64, usize) {
    let ones = u128::from_le_bytes(*window) ^ (u128::from(ZEROS) << 64 | u128::from(ZEROS));
    let others = (ones | ones.wrapping_add(0x7676_7676_7676_7676_7676_7676_7676_7676))
        & 0x8080_8080_8080_8080_8080_8080_8080_8080;
    let count = others.trailing_zeros() / 8;
    let ones = ones << ((128 - 8 * count) % 128);
    (value_of_eight(ones as u64) * 100_000_000 + value_of_eight((ones >> 64) as u64), count as usize)
}

/// What so many digits behind a point divide by.
struct Place {
    power: u64,
    /// The power of five in that power of ten, moved up to where the highest bit is set.
    divisor: u64,
    /// What 2¹²⁸ − 1 has of the divisor, beyond 2⁶⁴.
    reciprocal: u64,
    /// The bits of a power of two as a float: what the quotient is to be multiplied by if the number has no bits to spare.
    scale: u64,
}

impl Place {
    const fn new(digits: u32) -> Place {
        let five = 5_u64.pow(digits);
        let divisor = five << five.leading_zeros();
        let reciprocal = (u128::MAX / divisor as u128) as u64;
        let exponent = 1023 + 2 - 64 - digits + five.leading_zeros();
        Place { power: 10_u64.pow(digits), divisor, reciprocal, scale: (exponent as u64) << 52 }
    }

    /// A number under 2⁶² divided by this power of ten, rounded once, to even.
    ///
    /// The quotient has 62 or 63 bits, of which its conversion to a float keeps 53. That anything is left beyond them is all that
    /// can matter of the rest, so it is one more bit. Division is by the reciprocal, as in [`decimal`](crate::decimal).
    #[inline(always)]
    fn quotient(&self, number: u64) -> f64 {
        let spare = number.leading_zeros();
        let upper = number << (spare - 2);
        let both = u128::from(self.reciprocal) * u128::from(upper) + (u128::from(upper) << 64);
        let mut quotient = ((both >> 64) as u64).wrapping_add(1);
        let mut rest = 0_u64.wrapping_sub(quotient.wrapping_mul(self.divisor));
        if rest > both as u64 {
            quotient = quotient.wrapping_sub(1);
            rest = rest.wrapping_add(self.divisor);
        }
        if rest >= self.divisor {
            quotient = quotient.wrapping_add(1);
            rest -= self.divisor;
        }
        let rounded = (quotient | u64::from(rest > 0)).cast_signed() as f64;
        rounded * f64::from_bits(self.scale - (u64::from(spare) << 52))
    }
}

/// By the number of digits behind a point.
static PLACES: [Place; 19] = {
    let mut places = [const { Place::new(0) }; 19];
    let mut digits = 0;
    while digits < 19 {
        places[digits] = Place::new(digits as u32);
        digits += 1;
    }
    places
};

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use super::{PLACES, WINDOW, float, int};
    use crate::number::{IntLine, float_line, int_line};

    /// A window with this text in front, and behind it what could be taken for a part of it.
    fn window(text: &str, behind: u8) -> Option<[u8; WINDOW]> {
        let mut window = [behind; WINDOW];
        window[..WINDOW - 1].get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(window)
    }

    /// Numbers of all lengths, by a generator that is the same each time.
    fn random() -> impl Iterator<Item = u64> {
        let mut state = 1_u64;
        (0..20_000).map(move |_| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state ^ state >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> (state >> 58)
        })
    }

    #[test]
    fn ints_are_read_as_their_lines_are() {
        let ends = (0..17).map(|digits| 10_u64.pow(digits)).flat_map(|power| [power - 1, power, power + 1]);
        for value in ends.chain(random()) {
            for text in [format!("{value}"), format!("-{value}"), format!("0{value}"), format!("+{value}")] {
                for behind in [b'\n', b'L', b'/', b':', 0, 0xff] {
                    let Some(window) = window(&text, behind) else { continue };
                    let is_usual = !text.starts_with(['+', '0']) && !text.starts_with("-0") || text == "0";
                    let digits = text.trim_start_matches('-').len();
                    match int(&window) {
                        Some((value, length)) if digits <= 16 => {
                            assert!(is_usual, "{text}");
                            assert_eq!(length, text.len(), "{text}");
                            assert_eq!(int_line(text.as_bytes(), 99), Ok(IntLine::Small(value)), "{text}");
                        }
                        Some((_, length)) => assert!(length < text.len(), "{text}"),
                        None => assert!(!is_usual, "{text}"),
                    }
                }
            }
        }
        assert_eq!(int(&[b'\n'; WINDOW]), None);
        assert_eq!(int(&[b'-'; WINDOW]), None);
    }

    #[track_caller]
    fn check_float(text: &str) -> bool {
        let Some(read) = window(text, b'\n').map(|window| float(&window)) else { return false };
        if let Some((value, length)) = read {
            // What goes on is no line.
            let behind = text.as_bytes().get(length);
            assert!(matches!(behind, None | Some(b'e' | b'0'..=b'9')), "{text}");
            if behind.is_none() {
                assert_eq!(value.to_bits(), float_line(text.as_bytes()).unwrap().to_bits(), "{text}");
            }
        }
        read.is_some()
    }

    #[test]
    fn floats_are_read_as_their_lines_are() {
        let mut read = 0;
        for (number, bits) in random().enumerate() {
            // What Python writes, and digits with a point anywhere.
            let value = (bits as f64) / [1.0, 3.0, 7e3, 1e6, 1e9, 1e12, 1e15, 1.1e19][number % 8];
            let digits = format!("{bits}");
            let (before, behind) = digits.split_at(number % digits.len());
            for text in
                [format!("{value:?}"), format!("-{value:?}"), format!("{before}.{behind}"), format!("0.0{digits}")]
            {
                read += u32::from(check_float(&text));
            }
        }
        assert!(read > 40_000, "{read}");
    }

    #[test]
    fn quotients_are_rounded_once_and_halves_to_even() {
        for number in random() {
            for (digits, place) in PLACES.iter().enumerate() {
                // Odd numbers of 54 bits stand between two floats; what is near to them does not.
                let half = (1 << 53 | number >> 11 | 1) * 5_u64.pow(digits.min(3) as u32);
                for number in [number >> 2, half - 1, half, half + 1] {
                    let parsed: f64 = format!("{number}e-{digits}").parse().unwrap();
                    assert_eq!(place.quotient(number), parsed, "{number} {digits}");
                }
            }
        }
    }

    #[test]
    fn other_spellings_of_floats_are_left() {
        for text in
            ["", "1", ".5", "5.", "-", "-.5", "--1.5", "+1.5", " 1.5", "1,5", "1.-5", "1..5", "nan", "inf", "1.\x00"]
        {
            assert_eq!(window(text, b'\n').and_then(|window| float(&window)), None, "{text}");
        }
        for text in ["1.5e5", "1.5 ", "1.5_0", "1.5.5"] {
            assert_eq!(window(text, b'\n').and_then(|window| float(&window)), Some((1.5, 3)), "{text}");
        }
        let long: String = ["1.", "1234567890123456789"].concat();
        assert_eq!(window(&long, b'\n').and_then(|window| float(&window)), None);
    }
}
