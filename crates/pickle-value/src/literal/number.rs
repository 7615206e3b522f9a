//! Numbers of Python's source text.

use alloc::string::ToString;
use alloc::vec::Vec;

use num_bigint::{BigInt, Sign};

use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;

/// The digits that CPython reads of a decimal int (`sys.int_info.default_max_str_digits`).
const MAX_DIGITS: usize = 4300;

/// A number as it stands in source text: without a sign, or negated.
pub(super) enum Number {
    Int(BigInt),
    Float(f64),
    /// `2j`: a complex with the real part `0.0`.
    Imaginary(f64),
    /// `-2j`: both parts are negated.
    NegatedImaginary(f64),
}

impl Number {
    pub(super) fn negated(self) -> Number {
        match self {
            Number::Int(value) => Number::Int(-value),
            Number::Float(value) => Number::Float(-value),
            Number::Imaginary(value) | Number::NegatedImaginary(value) => Number::NegatedImaginary(-value),
        }
    }

    /// The value as a float, if it is real.
    pub(super) fn to_real(&self) -> Result<f64, &'static str> {
        match self {
            Number::Float(value) => Ok(*value),
            // The decimal is read with correct rounding; it is short where the value fits.
            Number::Int(value) if value.bits() <= 1024 => match value.to_string().parse() {
                Ok(real) if f64::is_finite(real) => Ok(real),
                _ => Err(TOO_LARGE),
            },
            Number::Int(_) => Err(TOO_LARGE),
            _ => Err("only a real number is added to in a literal"),
        }
    }

    pub(super) fn build(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        match self {
            Number::Int(value) => builder.bigint(&value),
            Number::Float(value) => builder.float(value),
            Number::Imaginary(value) => builder.complex(0.0, value),
            Number::NegatedImaginary(value) => builder.complex(-0.0, value),
        }
    }
}

const TOO_LARGE: &str = "the int is too large for a complex number";

/// Reads the number at the start of `text`, which begins with a digit, or with a point and a digit; gives its length.
///
/// # Errors
///
/// What is wrong, and at which byte.
pub(super) fn number(text: &[u8]) -> Result<(Number, usize), (usize, &'static str)> {
    let (number, length) = match text {
        [b'0', b'x' | b'X', ..] => radix(text, 16)?,
        [b'0', b'o' | b'O', ..] => radix(text, 8)?,
        [b'0', b'b' | b'B', ..] => radix(text, 2)?,
        _ => decimal(text)?,
    };
    match text.get(length) {
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80..) => Err((length, "invalid number")),
        _ => Ok((number, length)),
    }
}

fn radix(text: &[u8], radix: u32) -> Result<(Number, usize), (usize, &'static str)> {
    // Behind `0x` an underscore may stand as between digits.
    let prefix = if text.get(2) == Some(&b'_') { 3 } else { 2 };
    let end = digits(text, prefix, radix)?.ok_or((prefix, "invalid number: a digit is missing"))?;
    Ok((Number::Int(int(&text[prefix..end], radix)), end))
}

fn decimal(text: &[u8]) -> Result<(Number, usize), (usize, &'static str)> {
    let whole = digits(text, 0, 10)?.unwrap_or(0);
    let mut end = whole;
    if text.get(end) == Some(&b'.') {
        end = digits(text, end + 1, 10)?.unwrap_or(end + 1);
    }
    if let Some(b'e' | b'E') = text.get(end) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        end = digits(text, end + 1 + sign, 10)?.ok_or((end, "invalid number: the exponent has no digits"))?;
    }
    if let Some(b'j' | b'J') = text.get(end) {
        return Ok((Number::Imaginary(float(&text[..end])), end + 1));
    }
    if end > whole {
        return Ok((Number::Float(float(&text[..end])), end));
    }
    let significant = || text[..end].iter().filter(|&&byte| byte != b'_');
    if text[0] == b'0' && significant().any(|&byte| byte != b'0') {
        return Err((0, "a decimal int does not begin with 0: octal is written 0o17"));
    }
    if significant().count() > MAX_DIGITS {
        return Err((0, "a decimal int has at most 4300 digits: hexadecimal may be longer"));
    }
    Ok((Number::Int(int(&text[..end], 10)), end))
}

/// Where the digits end that start at `start`, single underscores between them; none if there is no digit.
fn digits(text: &[u8], start: usize, radix: u32) -> Result<Option<usize>, (usize, &'static str)> {
    let is_digit = |at: usize| text.get(at).is_some_and(|&byte| char::from(byte).is_digit(radix));
    if !is_digit(start) {
        return Ok(None);
    }
    let mut end = start;
    loop {
        while is_digit(end) {
            end += 1;
        }
        match text.get(end) {
            Some(b'_') if is_digit(end + 1) => end += 1,
            Some(b'_') => return Err((end, "invalid number: an underscore belongs between digits")),
            _ => return Ok(Some(end)),
        }
    }
}

fn int(digits: &[u8], radix: u32) -> BigInt {
    let values: Vec<u8> = digits
        .iter()
        .filter_map(|&byte| char::from(byte).to_digit(radix))
        .map(|digit| u8::try_from(digit).unwrap_or_default())
        .collect();
    BigInt::from_radix_be(Sign::Plus, &values, radix).unwrap_or_default()
}

/// Rust reads what Python reads, and rounds alike; too large a number is an infinity in both.
fn float(text: &[u8]) -> f64 {
    let digits: Vec<u8> = text.iter().copied().filter(|&byte| byte != b'_').collect();
    core::str::from_utf8(&digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(f64::NAN)
}
