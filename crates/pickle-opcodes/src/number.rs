//! The text forms of numbers: the lines of INT, LONG, FLOAT, GET and PUT.
//!
//! Each reader has rules of its own. CPython's C loader takes hexadecimal, octal, binary and underscores for INT and LONG
//! (`_pickle.c`: `load_int`, `load_long`), and a NUL ends a number. `pickle.py` takes what Python's `int(line, 0)` and
//! `float(line)` do, and pickletools decimals alone.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use num_bigint::{BigInt, BigUint, Sign};

use crate::decimal::Room;
use crate::error::TextExcerpt;
use crate::{ErrorKind, decimal};

/// How many digits CPython reads or writes of an int's decimal by default (`sys.int_info.default_max_str_digits`).
pub const DEFAULT_MAX_DIGITS: usize = 4300;

/// What a line of INT says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IntLine {
    /// `00` or `01`, and what C's `strtol` reads as 0 or 1 from two bytes, such as `+1`.
    Bool(bool),
    /// Anything that fits 64 bits.
    Small(i64),
    /// Anything else: two's complement, little-endian, as few bytes as hold it.
    Big(Vec<u8>),
}

/// Reads the line of INT.
///
/// `max_digits` bounds a decimal's digits, as `sys.set_int_max_str_digits` does; CPython's own limit is
/// [`DEFAULT_MAX_DIGITS`].
///
/// # Errors
///
/// [`ErrorKind::Truncated`] for an empty line, [`ErrorKind::BadInteger`], [`ErrorKind::IntegerTooLong`].
pub fn int_line(line: &[u8], max_digits: usize) -> Result<IntLine, ErrorKind> {
    if let Some(value) = usual_decimal(line) {
        return Ok(IntLine::Small(value));
    }
    check_not_empty(line)?;
    if let Some(value) = strtol(line) {
        return Ok(match (line.len(), value) {
            (2, 0 | 1) => IntLine::Bool(value == 1),
            _ => IntLine::Small(value),
        });
    }
    python_int(line, 0, max_digits)
}

/// Reads the line of LONG, with or without its `L`; never gives [`IntLine::Bool`].
///
/// # Errors
///
/// As [`int_line`].
pub fn long_line(line: &[u8], max_digits: usize) -> Result<IntLine, ErrorKind> {
    let digits = line.strip_suffix(b"L").unwrap_or(line);
    if let Some(value) = usual_decimal(digits).filter(|_| digits.len() <= max_digits) {
        return Ok(IntLine::Small(value));
    }
    check_not_empty(line)?;
    python_int(digits, 0, max_digits)
}

/// The int that the line of LONG at the start of `text` is, and the line's length with its newline, if it is spelled as Python
/// spells it, which both loaders read alike: two's complement, little-endian. It is read into `room`, where the next one may be.
///
/// ```
/// use pickle_opcodes::{decimal, number};
///
/// let mut room = decimal::Room::default();
/// let words = number::usual_long_line(b"18446744073709551616L\n.", 100, &mut room);
/// assert_eq!(words, Some((&[0, 0, 0, 0, 0, 0, 0, 0, 1][..], 22)));
/// assert_eq!(number::usual_long_line(b"-256L\n.", 100, &mut room), Some((&[0, 0xff][..], 6)));
/// assert_eq!(number::usual_long_line(b"0x10000000000000000L\n.", 100, &mut room), None);
/// ```
#[inline]
pub fn usual_long_line<'r>(text: &[u8], max_digits: usize, room: &'r mut Room) -> Option<(&'r [u8], usize)> {
    let (negative, unsigned) = match text {
        [b'-', unsigned @ ..] => (true, unsigned),
        unsigned => (false, unsigned),
    };
    let count = decimal::count_leading_digits(unsigned);
    let (digits, behind) = unsigned.split_at(count);
    let is_usual = behind.starts_with(b"L\n") && count <= max_digits && !matches!(digits, [] | [b'0', ..]);
    is_usual.then(|| (decimal::read(negative, digits, room), usize::from(negative) + count + 2))
}

/// Reads the line of INT as `pickle.py` does: only `00` and `01` are bools, all else is for Python's `int(line, 0)`.
///
/// # Errors
///
/// [`ErrorKind::BadInteger`], also for an empty line; [`ErrorKind::IntegerTooLong`].
pub fn python_int_line(line: &[u8], max_digits: usize) -> Result<IntLine, ErrorKind> {
    match line {
        b"00" => Ok(IntLine::Bool(false)),
        b"01" => Ok(IntLine::Bool(true)),
        _ if line.contains(&0) => Err(bad_integer(line)),
        _ => python_int(line, 0, max_digits),
    }
}

/// Reads the line of LONG as `pickle.py` does, with or without its `L`; never gives [`IntLine::Bool`].
///
/// # Errors
///
/// As [`python_int_line`].
pub fn python_long_line(line: &[u8], max_digits: usize) -> Result<IntLine, ErrorKind> {
    let digits = line.strip_suffix(b"L").unwrap_or(line);
    if digits.contains(&0) { Err(bad_integer(line)) } else { python_int(digits, 0, max_digits) }
}

/// Reads the line of GET or PUT: a memo index in decimal.
///
/// # Errors
///
/// As [`int_line`]; [`ErrorKind::BadInteger`] also for an index that is negative or exceeds 63 bits.
pub fn index_line(line: &[u8]) -> Result<u64, ErrorKind> {
    if let Some(index) = plain_decimal(line).and_then(|index| u64::try_from(index).ok()) {
        return Ok(index);
    }
    check_not_empty(line)?;
    match python_int(line, 10, DEFAULT_MAX_DIGITS)? {
        IntLine::Small(index) if index >= 0 => Ok(index.unsigned_abs()),
        _ => Err(bad_integer(line)),
    }
}

/// Reads a decimal as Python's `int(text)` does, which pickletools calls for INT, LONG, GET and PUT.
///
/// Unlike the loader it knows no other base and refuses a NUL; [`DEFAULT_MAX_DIGITS`] holds. Never gives
/// [`IntLine::Bool`].
///
/// # Errors
///
/// [`ErrorKind::BadInteger`], [`ErrorKind::IntegerTooLong`].
#[inline]
pub fn decimal(text: &[u8]) -> Result<IntLine, ErrorKind> {
    match plain_decimal(text) {
        Some(value) => Ok(IntLine::Small(value)),
        None => any_decimal(text),
    }
}

/// The same, but for those that begin with a zero: they may be bools, octal, or no number at all.
#[inline]
fn usual_decimal(text: &[u8]) -> Option<i64> {
    match text {
        [b'0', ..] | [b'-', b'0', ..] => None,
        _ => plain_decimal(text),
    }
}

/// As many digits as a number of 64 bits with a sign has at most.
const LONGEST_SMALL: usize = 19;

/// The usual decimal: digits, at most so many as surely fit, with a minus before them or without.
#[inline]
fn plain_decimal(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0;
    for digit in digits.iter().map(|byte| byte.wrapping_sub(b'0')) {
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

fn any_decimal(text: &[u8]) -> Result<IntLine, ErrorKind> {
    if until_nul(text).len() < text.len() {
        return Err(bad_integer(text));
    }
    python_int(text, 10, DEFAULT_MAX_DIGITS)
}

/// Reads the line of FLOAT (`PyOS_string_to_double`: no white space, no underscores, an overflow is an error).
///
/// # Errors
///
/// [`ErrorKind::Truncated`] for an empty line, [`ErrorKind::BadFloat`].
pub fn float_line(line: &[u8]) -> Result<f64, ErrorKind> {
    let parsed = |text| core::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    // Nearly all are, and have no NUL then.
    if let Some(value) = parsed(line)
        && value.is_finite()
    {
        return Ok(value);
    }
    check_not_empty(line)?;
    let text = until_nul(line);
    match parsed(text) {
        Some(value) if value.is_finite() || !text.iter().any(u8::is_ascii_digit) => Ok(value),
        _ => Err(ErrorKind::BadFloat(TextExcerpt::new(line))),
    }
}

/// Reads a float as Python's `float(text)` does, which pickletools and `pickle.py` call for FLOAT.
///
/// Unlike the loader it allows white space around it and underscores between digits, refuses a NUL, and takes what is
/// too large as an infinity.
///
/// # Errors
///
/// [`ErrorKind::BadFloat`].
pub fn decimal_float(text: &[u8]) -> Result<f64, ErrorKind> {
    // Rust's own rules are these, but for white space and underscores.
    if let Some(value) = core::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) {
        return Ok(value);
    }
    let bad = || ErrorKind::BadFloat(TextExcerpt::new(text));
    let trimmed = core::str::from_utf8(trim(text)).map_err(|_| bad())?;
    if !trimmed.contains('_') {
        return trimmed.parse().map_err(|_| bad());
    }
    let digit_at =
        |index: Option<usize>| index.and_then(|index| trimmed.as_bytes().get(index)).is_some_and(u8::is_ascii_digit);
    let between_digits = |index: usize| digit_at(index.checked_sub(1)) && digit_at(index.checked_add(1));
    if !trimmed.match_indices('_').all(|(index, _)| between_digits(index)) {
        return Err(bad());
    }
    trimmed.replace('_', "").parse().map_err(|_| bad())
}

/// CPython calls an empty line truncated data.
fn check_not_empty(line: &[u8]) -> Result<(), ErrorKind> {
    if line.is_empty() { Err(ErrorKind::Truncated { missing: 1 }) } else { Ok(()) }
}

/// C's `strtol(line, &end, 0)` on a 64-bit machine, where it takes the whole line or stops at a NUL.
fn strtol(line: &[u8]) -> Option<i64> {
    let text = until_nul(line);
    if text.is_empty() {
        // Nothing to read, but the NUL stands where the number ends: CPython takes `I\0` for 0.
        return Some(0);
    }
    let text = trim_start(text);
    let (negative, text) = split_sign(text);
    let (radix, digits) = match text {
        [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => (16, rest),
        [b'0', rest @ ..] if !rest.is_empty() => (8, rest),
        _ => (10, text),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value: i64 = 0;
    for &byte in digits {
        let digit = i64::from(char::from(byte).to_digit(radix)?);
        value = value.checked_mul(i64::from(radix))?;
        value = if negative { value.checked_sub(digit)? } else { value.checked_add(digit)? };
    }
    Some(value)
}

/// `PyLong_FromString(line, NULL, base)` for base 0 or 10.
fn python_int(line: &[u8], base: u32, max_digits: usize) -> Result<IntLine, ErrorKind> {
    let text = trim(until_nul(line));
    let (negative, text) = split_sign(text);
    let (radix, digits) = match (base, text) {
        (0, [b'0', b'x' | b'X', rest @ ..]) => (16, rest.strip_prefix(b"_").unwrap_or(rest)),
        (0, [b'0', b'o' | b'O', rest @ ..]) => (8, rest.strip_prefix(b"_").unwrap_or(rest)),
        (0, [b'0', b'b' | b'B', rest @ ..]) => (2, rest.strip_prefix(b"_").unwrap_or(rest)),
        // A leading zero would be Python 2's octal: only zero itself may be written so.
        (0, [b'0', rest @ ..]) if rest.iter().any(|byte| !matches!(byte, b'0' | b'_')) => {
            return Err(bad_integer(line));
        }
        _ => (10, text),
    };
    let count = count_digits(digits, radix).ok_or_else(|| bad_integer(line))?;
    if radix == 10 && count > max_digits {
        return Err(ErrorKind::IntegerTooLong { digits: count, limit: max_digits });
    }
    // With more digits than these none is small, unless zeros come first.
    let most = if radix == 10 { LONGEST_SMALL } else { 64 };
    if (count <= most || digits.starts_with(b"0"))
        && let Some(small) = small_int(digits, radix, negative)
    {
        return Ok(IntLine::Small(small));
    }
    big(negative, digits, radix).map(IntLine::Big).ok_or_else(|| bad_integer(line))
}

/// The value of many digits, among which may be underscores.
fn big(negative: bool, digits: &[u8], radix: u32) -> Option<Vec<u8>> {
    if radix != 10 {
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        let magnitude = BigUint::parse_bytes(digits, radix)?;
        return Some(BigInt::from_biguint(sign, magnitude).to_signed_bytes_le());
    }
    let digits: Cow<'_, [u8]> = match memchr::memchr(b'_', digits) {
        Some(_) => digits.iter().copied().filter(|&digit| digit != b'_').collect(),
        None => digits.into(),
    };
    Some(decimal::read(negative, &digits, &mut Room::default()).to_vec())
}

/// How many digits there are, if all are digits of `radix` or single underscores between them.
fn count_digits(text: &[u8], radix: u32) -> Option<usize> {
    if radix == 10 && !text.is_empty() && decimal::count_leading_digits(text) == text.len() {
        return Some(text.len());
    }
    let mut count = 0;
    let mut after_digit = false;
    for &byte in text {
        match byte {
            b'_' if after_digit => after_digit = false,
            _ if char::from(byte).is_digit(radix) => {
                count += 1;
                after_digit = true;
            }
            _ => return None,
        }
    }
    after_digit.then_some(count)
}

fn small_int(digits: &[u8], radix: u32, negative: bool) -> Option<i64> {
    let mut value: i64 = 0;
    for &byte in digits {
        if byte == b'_' {
            continue;
        }
        let digit = i64::from(char::from(byte).to_digit(radix)?);
        value = value.checked_mul(i64::from(radix))?;
        value = if negative { value.checked_sub(digit)? } else { value.checked_add(digit)? };
    }
    Some(value)
}

fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

fn until_nul(line: &[u8]) -> &[u8] {
    &line[..memchr::memchr(0, line).unwrap_or(line.len())]
}

/// C's `isspace` in the C locale, and `Py_ISSPACE`.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

fn trim_start(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&byte| !is_space(byte)).unwrap_or(text.len());
    &text[start..]
}

fn trim(text: &[u8]) -> &[u8] {
    let text = trim_start(text);
    let end = text.iter().rposition(|&byte| !is_space(byte)).map_or(0, |last| last + 1);
    &text[..end]
}

#[cold]
fn bad_integer(line: &[u8]) -> ErrorKind {
    ErrorKind::BadInteger(TextExcerpt::new(line))
}
