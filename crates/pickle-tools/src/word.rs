//! Eight or sixteen bytes at a time: bytes of a word that are looked at together.

/// A word with this byte eight times.
pub(crate) const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Up to eight bytes as a word, the first one lowest, with zeros behind them.
///
/// In two loads that overlap, because a copy of so few bytes takes a call.
#[inline(always)]
pub(crate) fn short(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    if let (Some(low), Some(high)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*low)) | u64::from(u32::from_le_bytes(*high)) << (8 * (length - 4));
    }
    let at = |index: usize| u64::from(bytes[index]) << (8 * index);
    if length == 0 { 0 } else { at(0) | at(length / 2) | at(length - 1) }
}

/// The highest bit of each byte that is printable ASCII, but no single quote and no backslash; other bits mean nothing.
#[inline(always)]
pub(crate) fn plain(word: u64) -> u64 {
    let low = word & all(0x7f);
    let other_than = |byte| (low ^ all(byte)) + all(0x7f);
    !word & (low + all(0x80 - b' ')) & other_than(0x7f) & other_than(b'\'') & other_than(b'\\')
}

/// The decimal that a line at the start of `input` is, of up to 15 digits, and the length of the line with its end.
/// `last` is what stands behind the digits: the end of the line, or an `L` before it. Nothing for a spelling with a leading
/// zero, and near the end of the input.
///
/// The length of the next number cannot be foreseen: no branch depends on it.
#[inline(always)]
pub(crate) fn short_decimal(input: &[u8], last: u8) -> Option<(i64, usize)> {
    let window = input.first_chunk::<17>()?;
    let sign = usize::from(window[0] == b'-');
    let word = u128::from_le_bytes(*window[sign..].first_chunk()?);
    let ends = word ^ all_wide(b'\n');
    let ends = ends.wrapping_sub(all_wide(1)) & !ends & all_wide(0x80);
    let end = ends.trailing_zeros() / 8;
    let length = end.wrapping_sub(u32::from(last != b'\n'));
    if !(1..16).contains(&length) || end == 16 {
        return None;
    }
    // The last digit comes to the top, and zeros before the first.
    let unused = 128 - 8 * length;
    let digits = (word << unused) ^ (all_wide(b'0') << unused);
    let others = (digits.wrapping_add(all_wide(0x7f - 9)) | digits) & all_wide(0x80);
    let is_last = (word >> (8 * length)) as u8 == last;
    let is_padded = length > 1 && word as u8 == b'0';
    if others != 0 || !is_last || is_padded {
        return None;
    }
    let value = (eight_digits(digits as u64) * 100_000_000 + eight_digits((digits >> 64) as u64)) as i64;
    let value = (value ^ -(sign as i64)) + sign as i64;
    Some((value, sign + end as usize + 1))
}

const fn all_wide(byte: u8) -> u128 {
    u128::from_le_bytes([byte; 16])
}

/// The number of eight digits, the first one lowest.
#[inline(always)]
fn eight_digits(digits: u64) -> u64 {
    let pairs = (digits.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

#[cfg(test)]
mod tests {
    use super::short_decimal;

    #[test]
    fn short_decimals_are_what_int_says() {
        let behind = "\n0123456789abcdef";
        for number in
            (0..100_000).chain((0..15).map(|power| 10_i64.pow(power))).chain([999_999_999_999_999, 123_456_789_012_345])
        {
            for number in [number, -number] {
                let spelled = number.to_string();
                let length = spelled.trim_start_matches('-').len();
                let found = short_decimal(format!("{spelled}{behind}").as_bytes(), b'\n');
                assert_eq!(found, Some((number, spelled.len() + 1)), "{spelled}");
                let found = short_decimal(format!("{spelled}L{behind}").as_bytes(), b'L');
                assert_eq!(found, (length < 15).then_some((number, spelled.len() + 2)), "{spelled}L");
            }
        }
    }

    #[test]
    fn other_spellings_are_left_alone() {
        for other in [
            "",
            "-",
            "00",
            "01",
            "007",
            "+1",
            " 1",
            "1 ",
            "1_0",
            "0x1",
            "1L",
            "\u{661}",
            "1234567890123456",
            "--1",
            "1-",
        ] {
            assert_eq!(short_decimal(format!("{other}\n0123456789abcdef").as_bytes(), b'\n'), None, "{other}");
        }
        for other in ["L", "1", "-L", "1LL", "L1"] {
            assert_eq!(short_decimal(format!("{other}\n0123456789abcdef").as_bytes(), b'L'), None, "{other}");
        }
        assert_eq!(short_decimal(b"12\n", b'\n'), None);
        assert_eq!(short_decimal(b"-0\n0123456789abcdef", b'\n'), Some((0, 3)));
    }
}
