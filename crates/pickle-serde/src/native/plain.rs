//! What needs no feature.

use std::time::Duration;

use num_bigint::BigInt;

use super::{Class, Native};

impl Native for BigInt {
    const CLASS: Class = Class::Int;

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_text(text: &str) -> Result<BigInt, String> {
        text.parse().map_err(|_| format!("{text:?} is no int"))
    }

    fn from_int(value: BigInt) -> Result<BigInt, String> {
        Ok(value)
    }
}

impl Native for Duration {
    const CLASS: Class = Class::TimeDelta;

    fn to_text(&self) -> String {
        format!("PT{}.{:09}S", self.as_secs(), self.subsec_nanos())
    }

    fn from_text(text: &str) -> Result<Duration, String> {
        let (seconds, nanos) = seconds(text)?;
        let seconds = u64::try_from(seconds).map_err(|_| format!("{text} is negative"))?;
        Ok(Duration::new(seconds, nanos))
    }
}

/// The whole seconds of `PT90.5S`, rounded down, and the nanoseconds that follow.
pub(super) fn seconds(text: &str) -> Result<(i64, u32), String> {
    let parse = || {
        let (is_negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let seconds = rest.strip_prefix("PT")?.strip_suffix('S')?;
        let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
        let (whole, nanos): (i64, u32) = (whole.parse().ok()?, format!("{fraction:0<9}").get(..9)?.parse().ok()?);
        Some(match (is_negative, nanos) {
            (false, nanos) => (whole, nanos),
            (true, 0) => (-whole, 0),
            (true, nanos) => (-whole - 1, 1_000_000_000 - nanos),
        })
    };
    parse().ok_or_else(|| format!("{text:?} is no length of time"))
}

/// The text of so many seconds and nanoseconds, both of one sign.
#[cfg(any(feature = "jiff", feature = "chrono"))]
pub(super) fn seconds_text(seconds: i64, nanos: i32) -> String {
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    format!("{sign}PT{}.{:09}S", seconds.unsigned_abs(), nanos.unsigned_abs())
}
