//! `decimal.Decimal` and `fractions.Fraction`.

use core::fmt;

use num_bigint::BigInt;

use super::made::{Made, ascii, call};
use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;
use crate::view::{Kind, View};

/// The longest int that Python 3.11 and newer reads from text, and so the longest that a fraction's text is taken from:
/// the time it takes grows with the square.
const MAX_DIGITS: usize = 4300;

/// A `decimal.Decimal`, as its text. Printed as Python's repr.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Decimal<'g> {
    /// What Python's `str` gives: `1.50`, `-1E+3`, `NaN`, `Infinity`.
    pub text: &'g str,
}

/// A `fractions.Fraction`. Printed as Python's repr.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fraction {
    /// Above the line.
    pub numerator: BigInt,
    /// Below it; greater than zero.
    pub denominator: BigInt,
}

impl<'g> View<'g> {
    /// A `decimal.Decimal`.
    #[must_use]
    pub fn as_decimal(self) -> Option<Decimal<'g>> {
        let made = Made::plain(self, "decimal", "Decimal").filter(|made| made.count() == 1)?;
        Some(Decimal { text: ascii(made.arg(0)).filter(|text| is_decimal(text))? })
    }

    /// A `fractions.Fraction`: of two ints, or of a text such as `1/3`, up to Python 3.10.
    #[must_use]
    pub fn as_fraction(self) -> Option<Fraction> {
        let made = Made::plain(self, "fractions", "Fraction")?;
        let (numerator, denominator) = match made.count() {
            1 => {
                let text = ascii(made.arg(0)).filter(|text| text.len() <= MAX_DIGITS)?;
                let (over, under) = text.split_once('/').unwrap_or((text, "1"));
                (over.parse().ok()?, under.parse().ok()?)
            }
            2 if is_int(made.arg(0)) && is_int(made.arg(1)) => (made.arg(0).as_bigint()?, made.arg(1).as_bigint()?),
            _ => return None,
        };
        (denominator > BigInt::ZERO).then_some(Fraction { numerator, denominator })
    }
}

fn is_int(view: View<'_>) -> bool {
    matches!(view.kind(), Kind::Int | Kind::Long)
}

/// True for what `str` gives of a Decimal.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    if text == "Infinity" {
        return true;
    }
    let all_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(payload) = text.strip_prefix('s').unwrap_or(text).strip_prefix("NaN") {
        return all_digits(payload);
    }
    let (digits, exponent) = text.split_once('E').unwrap_or((text, "+0"));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or_default();
    [whole, part, exponent].iter().all(|digits| !digits.is_empty() && all_digits(digits))
}

impl Decimal<'_> {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let text = builder.text(self.text)?;
        call(builder, "decimal", "Decimal", &[text])
    }
}

impl Fraction {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(&self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let args = [builder.bigint(&self.numerator)?, builder.bigint(&self.denominator)?];
        call(builder, "fractions", "Fraction", &args)
    }
}

impl fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal('{}')", self.text)
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fraction({}, {})", self.numerator, self.denominator)
    }
}
