//! Floats as text, as versions 0 and 1 have them: `PyOS_double_to_string(value, 'g', 17, 0, NULL)`.

use alloc::format;
use alloc::vec::Vec;

/// The significant digits that are written.
const DIGITS: i32 = 17;

/// The value of a text. It ends at a NUL, as C's strings do.
pub(crate) fn parse(text: &[u8]) -> Option<f64> {
    let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// Appends the text without its length.
pub(crate) fn write_text(value: f64, out: &mut Vec<u8>) {
    if value.is_nan() {
        return out.extend_from_slice(b"nan");
    }
    if value.is_infinite() {
        return out.extend_from_slice(if value < 0.0 { b"-inf" } else { b"inf" });
    }
    let exponential = format!("{value:.*e}", DIGITS as usize - 1);
    let (mantissa, exponent) = exponential.split_once('e').unwrap_or((&exponential, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..DIGITS).contains(&exponent) {
        let decimals = (DIGITS - 1 - exponent) as usize;
        out.extend_from_slice(without_zeros(&format!("{value:.decimals$}")).as_bytes());
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        let written = format!("{}e{sign}{:02}", without_zeros(mantissa), exponent.abs());
        out.extend_from_slice(written.as_bytes());
    }
}

/// Without the zeros that end the digits behind the point, and without the point if nothing is left behind it.
fn without_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{parse, write_text};

    /// The texts of `marshal.dumps(x, 0)`, the same on CPython 2.7.18 and 3.13.0.
    #[test]
    fn texts_are_those_of_cpython() {
        for (value, expected) in [
            (1.5, "1.5"),
            (0.1, "0.10000000000000001"),
            (1e300, "1.0000000000000001e+300"),
            (-0.0, "-0"),
            (1e22, "1e+22"),
            (1e16, "10000000000000000"),
            (1e17, "1e+17"),
            (0.0001, "0.0001"),
            (0.00001, "1.0000000000000001e-05"),
            (5e-324, "4.9406564584124654e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            let mut text = Vec::new();
            write_text(value, &mut text);
            assert_eq!(core::str::from_utf8(&text), Ok(expected));
            assert_eq!(parse(&text).map(|value| value.is_nan()), Some(value.is_nan()));
            assert!(value.is_nan() || parse(&text).map(f64::to_bits) == Some(value.to_bits()), "{expected}");
        }
    }

    #[test]
    fn what_is_no_float_is_refused() {
        for text in [&b""[..], b" 1.0", b"1_00", b"0x1", b"1.0infin", b"\xff"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
        assert_eq!(parse(b"1\0zz"), Some(1.0));
    }
}
