//! `datetime`: dates, times of day, and the time between two.

use alloc::vec::Vec;
use core::fmt;

use super::made::{Made, call, int, octets};
use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;
use crate::view::View;

const MODULE: &str = "datetime";
/// In the month of a datetime or the hour of a time: the second of two equal wall clock times.
const FOLD: u8 = 0x80;

/// A `datetime.date`. Printed as Python's repr.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    /// 1 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A `datetime.time`; `T` is a [`View`] where it was read and a [`Handle`] where it is to be built.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Time<T> {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999.
    pub microsecond: u32,
    /// True for the second of two equal times on the wall clock, where clocks are set back.
    pub fold: bool,
    /// The zone, if it has one.
    pub tzinfo: Option<T>,
}

/// A `datetime.datetime`; `T` is a [`View`] where it was read and a [`Handle`] where it is to be built.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct DateTime<T> {
    /// 1 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999.
    pub microsecond: u32,
    /// True for the second of two equal times on the wall clock, where clocks are set back.
    pub fold: bool,
    /// The zone, if it has one.
    pub tzinfo: Option<T>,
}

/// A `datetime.timedelta`, as Python normalizes it. Printed as Python's repr.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TimeDelta {
    /// −999,999,999 to 999,999,999.
    pub days: i32,
    /// 0 to 86,399.
    pub seconds: u32,
    /// 0 to 999,999.
    pub microseconds: u32,
}

impl<'g> View<'g> {
    /// A `datetime.date`.
    #[must_use]
    pub fn as_date(self) -> Option<Date> {
        let made = Made::plain(self, MODULE, "date").filter(|made| made.count() == 1)?;
        Date::from_bytes(octets(made.arg(0))?)
    }

    /// A `datetime.time`.
    #[must_use]
    pub fn as_time(self) -> Option<Time<View<'g>>> {
        let made = Made::plain(self, MODULE, "time")?;
        Some(Time { tzinfo: zone_of(&made)?, ..Time::from_bytes(octets(made.arg(0))?)? })
    }

    /// A `datetime.datetime`.
    #[must_use]
    pub fn as_datetime(self) -> Option<DateTime<View<'g>>> {
        let made = Made::plain(self, MODULE, "datetime")?;
        Some(DateTime { tzinfo: zone_of(&made)?, ..DateTime::from_bytes(octets(made.arg(0))?)? })
    }

    /// A `datetime.timedelta`.
    #[must_use]
    pub fn as_timedelta(self) -> Option<TimeDelta> {
        let made = Made::plain(self, MODULE, "timedelta").filter(|made| made.count() == 3)?;
        let delta = TimeDelta { days: int(made.arg(0))?, seconds: int(made.arg(1))?, microseconds: int(made.arg(2))? };
        let is_normal =
            delta.days.unsigned_abs() < 1_000_000_000 && delta.seconds < 86_400 && delta.microseconds < 1_000_000;
        is_normal.then_some(delta)
    }
}

/// The second argument, which may be missing; `None` where there are others.
fn zone_of<'g>(made: &Made<'g>) -> Option<Option<View<'g>>> {
    match made.count() {
        1 => Some(None),
        2 => Some(Some(made.arg(1)).filter(|zone| !zone.is_none())),
        _ => None,
    }
}

impl Date {
    fn from_bytes([high, low, month, day]: [u8; 4]) -> Option<Date> {
        let year = u16::from_be_bytes([high, low]);
        let is_date = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        is_date.then_some(Date { year, month, day })
    }

    /// The bytes that it is made of in a pickle.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 4] {
        let [high, low] = self.year.to_be_bytes();
        [high, low, self.month, self.day]
    }

    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let bytes = builder.bytes(&self.to_bytes())?;
        call(builder, MODULE, "date", &[bytes])
    }
}

impl<T> Time<T> {
    fn from_bytes([hour, minute, second, micro @ ..]: [u8; 6]) -> Option<Time<T>> {
        let [high, middle, low] = micro;
        let microsecond = u32::from_be_bytes([0, high, middle, low]);
        let (fold, hour) = (hour & FOLD != 0, hour & !FOLD);
        let is_time = hour < 24 && minute < 60 && second < 60 && microsecond < 1_000_000;
        is_time.then_some(Time { hour, minute, second, microsecond, fold, tzinfo: None })
    }

    /// The bytes that it is made of in a pickle: without its fold, as under protocol 4, or with it.
    #[must_use]
    pub fn to_bytes(&self, with_fold: bool) -> [u8; 6] {
        let [_, high, middle, low] = self.microsecond.to_be_bytes();
        let fold = if self.fold && with_fold { FOLD } else { 0 };
        [self.hour | fold, self.minute, self.second, high, middle, low]
    }
}

impl Time<Handle> {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let bytes = builder.bytes(&self.to_bytes(true))?;
        let args: Vec<Handle> = [Some(bytes), self.tzinfo].into_iter().flatten().collect();
        call(builder, MODULE, "time", &args)
    }
}

impl<T> DateTime<T> {
    fn from_bytes(bytes: [u8; 10]) -> Option<DateTime<T>> {
        let [high, low, month, day, hour, rest @ ..] = bytes;
        let [minute, second, a, b, c] = rest;
        let Date { year, month: plain, day } = Date::from_bytes([high, low, month & !FOLD, day])?;
        let time = Time::<T>::from_bytes([hour, minute, second, a, b, c]).filter(|time| !time.fold)?;
        Some(DateTime {
            year,
            month: plain,
            day,
            hour,
            minute,
            second,
            microsecond: time.microsecond,
            fold: month & FOLD != 0,
            tzinfo: None,
        })
    }

    /// The bytes that it is made of in a pickle: without its fold, as under protocol 4, or with it.
    #[must_use]
    pub fn to_bytes(&self, with_fold: bool) -> [u8; 10] {
        let [high, low, month, day] = self.date().to_bytes();
        let time = Time::<T> { fold: false, tzinfo: None, ..self.wall_time() };
        let [hour, minute, second, a, b, c] = time.to_bytes(false);
        let fold = if self.fold && with_fold { FOLD } else { 0 };
        [high, low, month | fold, day, hour, minute, second, a, b, c]
    }

    /// Its day.
    #[must_use]
    pub fn date(&self) -> Date {
        Date { year: self.year, month: self.month, day: self.day }
    }

    /// Its time of day, without a zone.
    fn wall_time<Z>(&self) -> Time<Z> {
        let DateTime { hour, minute, second, microsecond, fold, .. } = *self;
        Time { hour, minute, second, microsecond, fold, tzinfo: None }
    }
}

impl DateTime<Handle> {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let bytes = builder.bytes(&self.to_bytes(true))?;
        let args: Vec<Handle> = [Some(bytes), self.tzinfo].into_iter().flatten().collect();
        call(builder, MODULE, "datetime", &args)
    }
}

impl TimeDelta {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let args = [i64::from(self.days), i64::from(self.seconds), i64::from(self.microseconds)];
        let args = [builder.int(args[0])?, builder.int(args[1])?, builder.int(args[2])?];
        call(builder, MODULE, "timedelta", &args)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "datetime.date({}, {}, {})", self.year, self.month, self.day)
    }
}

impl<T> Time<T> {
    /// Writes Python's repr up to where the zone would stand.
    pub(crate) fn write_start(&self, f: &mut impl fmt::Write) -> fmt::Result {
        f.write_str("datetime.time(")?;
        self.write_clock(f)
    }

    fn write_clock(&self, f: &mut impl fmt::Write) -> fmt::Result {
        write!(f, "{}, {}", self.hour, self.minute)?;
        if self.second != 0 || self.microsecond != 0 {
            write!(f, ", {}", self.second)?;
        }
        if self.microsecond != 0 {
            write!(f, ", {}", self.microsecond)?;
        }
        if self.fold { f.write_str(", fold=1") } else { Ok(()) }
    }
}

impl<T> DateTime<T> {
    /// Writes Python's repr up to where the zone would stand.
    pub(crate) fn write_start(&self, f: &mut impl fmt::Write) -> fmt::Result {
        write!(f, "datetime.datetime({}, {}, {}, ", self.year, self.month, self.day)?;
        self.wall_time::<T>().write_clock(f)
    }
}

impl fmt::Display for TimeDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("datetime.timedelta(")?;
        let parts = [
            ("days", i64::from(self.days)),
            ("seconds", i64::from(self.seconds)),
            ("microseconds", i64::from(self.microseconds)),
        ];
        let mut separator = "";
        for (name, value) in parts.into_iter().filter(|(_, value)| *value != 0) {
            write!(f, "{separator}{name}={value}")?;
            separator = ", ";
        }
        f.write_str(if separator.is_empty() { "0)" } else { ")" })
    }
}
