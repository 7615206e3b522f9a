//! `chrono`.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, Utc};

use super::plain::{seconds, seconds_text};
use super::{Class, Native};

macro_rules! by_format {
    ($($type:ty, $class:ident, $format:literal;)*) => {
        $(
            impl Native for $type {
                const CLASS: Class = Class::$class;

                fn to_text(&self) -> String {
                    self.format($format).to_string()
                }

                fn from_text(text: &str) -> Result<$type, String> {
                    text.parse().map_err(|error| format!("{text}: {error}"))
                }
            }
        )*
    };
}

by_format! {
    NaiveDate, Date, "%Y-%m-%d";
    NaiveTime, Time, "%H:%M:%S%.f";
    NaiveDateTime, DateTime, "%Y-%m-%dT%H:%M:%S%.f";
}

impl Native for DateTime<FixedOffset> {
    const CLASS: Class = Class::DateTime;

    fn to_text(&self) -> String {
        self.to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }

    fn from_text(text: &str) -> Result<Self, String> {
        DateTime::parse_from_rfc3339(text).map_err(|error| format!("{text}: {error}"))
    }
}

impl Native for DateTime<Utc> {
    const CLASS: Class = Class::DateTime;

    fn to_text(&self) -> String {
        self.to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }

    fn from_text(text: &str) -> Result<Self, String> {
        DateTime::<FixedOffset>::from_text(text).map(|at| at.to_utc())
    }
}

impl Native for TimeDelta {
    const CLASS: Class = Class::TimeDelta;

    fn to_text(&self) -> String {
        seconds_text(self.num_seconds(), self.subsec_nanos())
    }

    fn from_text(text: &str) -> Result<TimeDelta, String> {
        let (seconds, nanos) = seconds(text)?;
        TimeDelta::new(seconds, nanos).ok_or_else(|| format!("{text} is too long"))
    }
}
