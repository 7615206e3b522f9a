//! `jiff`.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp, Zoned};

use super::plain::{seconds, seconds_text};
use super::{Class, Native};

macro_rules! by_display {
    ($($type:ty, $class:ident;)*) => {
        $(
            impl Native for $type {
                const CLASS: Class = Class::$class;

                fn to_text(&self) -> String {
                    self.to_string()
                }

                fn from_text(text: &str) -> Result<$type, String> {
                    text.parse().map_err(|error: jiff::Error| error.to_string())
                }
            }
        )*
    };
}

by_display! {
    Date, Date;
    Time, Time;
    DateTime, DateTime;
    Timestamp, DateTime;
}

/// With a named zone, or with a fixed offset where it has one.
impl Native for Zoned {
    const CLASS: Class = Class::DateTime;

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_text(text: &str) -> Result<Zoned, String> {
        if text.ends_with(']') {
            return text.parse().map_err(|error: jiff::Error| error.to_string());
        }
        let pieces = jiff::fmt::temporal::Pieces::parse(text).map_err(|error| error.to_string())?;
        let offset = pieces.to_numeric_offset().ok_or_else(|| format!("{text} has no time zone"))?;
        let time = pieces.time().unwrap_or_default();
        offset
            .to_timestamp(pieces.date().to_datetime(time))
            .map(|at| at.to_zoned(offset.to_time_zone()))
            .map_err(|error| error.to_string())
    }
}

impl Native for SignedDuration {
    const CLASS: Class = Class::TimeDelta;

    fn to_text(&self) -> String {
        seconds_text(self.as_secs(), self.subsec_nanos())
    }

    fn from_text(text: &str) -> Result<SignedDuration, String> {
        let (seconds, nanos) = seconds(text)?;
        Ok(SignedDuration::new(seconds, nanos as i32))
    }
}
