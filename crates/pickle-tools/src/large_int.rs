//! [`LargeInt`]: an int beyond 64 bits, computed when it is asked for.

use alloc::boxed::Box;
use core::fmt;

use num_bigint::BigInt;
use pickle_opcodes::number::DEFAULT_MAX_DIGITS;

/// An int that 64 bits do not hold. Displays all its digits.
///
/// It stays as the pickle has it, because reading a decimal, and writing one, takes time in proportion to the square of its
/// length.
///
/// ```
/// use num_bigint::BigInt;
/// use pickle_tools::{Arg, genops};
///
/// let op = genops(b"L100000000000000000000L\n.").next().expect("an instruction")?;
/// let Some(Arg::BigInt(value)) = op.arg else { panic!("more than 64 bits hold") };
/// assert_eq!(value.to_bigint(), BigInt::from(10).pow(20));
/// # Ok::<(), pickle_tools::Error>(())
/// ```
#[derive(Clone)]
pub struct LargeInt<'a>(Form<'a>);

#[derive(Clone)]
enum Form<'a> {
    /// Little-endian.
    TwoComplement(&'a [u8]),
    /// As Python writes it.
    Decimal(&'a str),
    Computed(Box<BigInt>),
}

impl<'a> LargeInt<'a> {
    /// The value.
    #[must_use]
    pub fn to_bigint(&self) -> BigInt {
        match &self.0 {
            Form::TwoComplement(bytes) => BigInt::from_signed_bytes_le(bytes),
            Form::Decimal(text) => text.parse().expect("it was checked when it was made"),
            Form::Computed(value) => (**value).clone(),
        }
    }

    /// The same int, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> LargeInt<'static> {
        self.to_bigint().into()
    }

    /// As many bits as its magnitude has, or some more.
    pub(crate) fn bits_at_most(&self) -> u64 {
        match &self.0 {
            Form::TwoComplement(bytes) => 8 * bytes.len() as u64,
            Form::Decimal(text) => 4 * text.len() as u64,
            Form::Computed(value) => value.bits(),
        }
    }

    /// Takes two's complement; nothing where 64 bits might hold it.
    pub(crate) fn from_two_complement(bytes: &'a [u8]) -> Option<LargeInt<'a>> {
        // A ninth byte that says more than the sign.
        match bytes {
            [.., before, last @ (0x00 | 0xff)] if (before ^ last) & 0x80 == 0 => None,
            [_, _, _, _, _, _, _, _, _, ..] => Some(LargeInt(Form::TwoComplement(bytes))),
            _ => None,
        }
    }

    /// Takes a decimal as Python writes it; nothing for any other spelling, and where 64 bits might hold it.
    pub(crate) fn from_decimal(line: &'a [u8]) -> Option<LargeInt<'a>> {
        let digits = line.strip_prefix(b"-").unwrap_or(line);
        // All are looked at whatever comes, which vectors can do.
        let plain = digits.iter().fold(true, |plain, byte| plain & byte.is_ascii_digit());
        let length_fits = (20..=DEFAULT_MAX_DIGITS).contains(&digits.len());
        if !plain || !length_fits || digits[0] == b'0' {
            return None;
        }
        core::str::from_utf8(line).ok().map(|text| LargeInt(Form::Decimal(text)))
    }
}

impl From<BigInt> for LargeInt<'static> {
    fn from(value: BigInt) -> Self {
        LargeInt(Form::Computed(Box::new(value)))
    }
}

impl PartialEq for LargeInt<'_> {
    fn eq(&self, other: &LargeInt<'_>) -> bool {
        self.to_bigint() == other.to_bigint()
    }
}

impl fmt::Display for LargeInt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Decimal(text) => f.write_str(text),
            Form::Computed(value) => write!(f, "{value}"),
            Form::TwoComplement(_) => write!(f, "{}", self.to_bigint()),
        }
    }
}

impl fmt::Debug for LargeInt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
