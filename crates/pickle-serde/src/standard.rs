//! Python's dates, decimals and the like as texts: what they are read as, and what they are written from.
//!
//! The texts are those that Rust's own crates read and write through serde: ISO 8601 for times, with the zone's name in
//! brackets (RFC 9557), digits for decimals.

use std::fmt::Write;

use num_bigint::BigInt;
use pickle_codec::value::stdlib::{Date, DateTime, Decimal, SafeUuid, Time, TimeDelta, TimeZone, Uuid, ZoneInfo};
use pickle_codec::value::{Builder, Handle, View};

use crate::error::{Error, Result};
use crate::token;

/// The text of an object whose class has this name, if it is one of those that have one.
pub(crate) fn text(view: View<'_>, module: &str, name: &str) -> Option<String> {
    match (module, name) {
        ("datetime", "date") => Some(date_text(view.as_date()?)),
        ("datetime", "time") => {
            let time = view.as_time()?;
            Some(clock_text(time.hour, time.minute, time.second, time.microsecond) + &zone_text(time.tzinfo)?)
        }
        ("datetime", "datetime") => {
            let at = view.as_datetime()?;
            let clock = clock_text(at.hour, at.minute, at.second, at.microsecond);
            Some(format!("{}T{clock}{}", date_text(at.date()), zone_text(at.tzinfo)?))
        }
        ("datetime", "timedelta") => Some(delta_text(view.as_timedelta()?)),
        ("datetime", "timezone") => zone_text(Some(view)),
        ("decimal", "Decimal") => Some(view.as_decimal()?.text.into()),
        ("fractions", "Fraction") => {
            let fraction = view.as_fraction()?;
            Some(format!("{}/{}", fraction.numerator, fraction.denominator))
        }
        ("uuid", "UUID") => Some(uuid_text(view.as_uuid()?)),
        ("pathlib" | "pathlib._local", _) => String::from_utf8(view.as_path()?.as_posix()).ok(),
        ("ipaddress", _) => Some(view.as_ip()?.text()),
        ("zoneinfo", _) => Some(view.as_zone_info()?.key.into()),
        _ => None,
    }
}

fn date_text(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

fn clock_text(hour: u8, minute: u8, second: u8, microsecond: u32) -> String {
    let mut text = format!("{hour:02}:{minute:02}:{second:02}");
    if microsecond != 0 {
        let _ = write!(text, ".{microsecond:06}");
    }
    text
}

/// What stands behind the time: nothing, `Z`, an offset, or a zone's name in brackets.
fn zone_text(zone: Option<View<'_>>) -> Option<String> {
    let Some(zone) = zone else {
        return Some(String::new());
    };
    if let Some(zone) = zone.as_timezone() {
        return Some(offset_text(i64::from(zone.offset.days) * 86_400 + i64::from(zone.offset.seconds)));
    }
    if let Some(zone) = zone.as_zone_info() {
        return Some(format!("[{}]", zone.key));
    }
    let object = zone.as_object()?;
    match (object.callable().as_global()?, object.args()) {
        (("pytz", "_UTC") | ("dateutil.tz.tz" | "dateutil.tz", "tzutc"), _) => Some("Z".into()),
        // The name, the offset from UTC and that of summer time in seconds, an abbreviation.
        (("pytz", "_p"), args) if args.len() == Some(4) => Some(offset_text(args.get(1).as_i64()?)),
        _ => None,
    }
}

fn offset_text(seconds: i64) -> String {
    if seconds == 0 {
        return "Z".into();
    }
    let (sign, left) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
    let mut text = format!("{sign}{:02}:{:02}", left / 3600, left / 60 % 60);
    if left % 60 != 0 {
        let _ = write!(text, ":{:02}", left % 60);
    }
    text
}

fn micros(delta: TimeDelta) -> i128 {
    (i128::from(delta.days) * 86_400 + i128::from(delta.seconds)) * 1_000_000 + i128::from(delta.microseconds)
}

/// Python's `total_seconds()`.
pub(crate) fn total_seconds(delta: TimeDelta) -> f64 {
    micros(delta) as f64 / 1e6
}

/// `PT90.5S`: seconds alone, which every reader of ISO 8601 durations takes for a length without a calendar.
fn delta_text(delta: TimeDelta) -> String {
    let micros = micros(delta);
    let sign = if micros < 0 { "-" } else { "" };
    let (seconds, rest) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
    match rest {
        0 => format!("{sign}PT{seconds}S"),
        _ => format!("{sign}PT{seconds}.{rest:06}S"),
    }
}

fn uuid_text(uuid: Uuid) -> String {
    let part = |low: u32, bits: u32| (uuid.int >> low) & ((1 << bits) - 1);
    let [a, b, c, d, e] = [part(96, 32), part(80, 16), part(64, 16), part(48, 16), part(0, 48)];
    format!("{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}")
}

/// A timedelta as the fields of `std::time::Duration`, if that is what is read.
pub(crate) fn duration_fields(name: &str, view: View<'_>) -> Option<[(&'static str, u64); 2]> {
    let micros = u128::try_from(micros(Some(view).filter(|_| name == "Duration")?.as_timedelta()?)).ok()?;
    let (seconds, rest) = (u64::try_from(micros / 1_000_000).ok()?, (micros % 1_000_000) as u64);
    Some([("secs", seconds), ("nanos", rest * 1000)])
}

/// Builds what a token and its text say.
pub(crate) fn build(builder: &mut Builder<'_>, token: &'static str, text: &str) -> Result<Option<Handle>> {
    let made = match token {
        token::DATE => parse_date(text).map(|date| date.build(builder)),
        token::TIME => match parse_time(text) {
            Some((time, zone)) => {
                let tzinfo = build_zone(builder, zone)?;
                Some(Time { tzinfo, ..time }.build(builder))
            }
            None => None,
        },
        token::DATE_TIME => match parse_datetime(text) {
            Some((at, zone)) => {
                let tzinfo = build_zone(builder, zone)?;
                Some(DateTime { tzinfo, ..at }.build(builder))
            }
            None => None,
        },
        token::TIME_DELTA => parse_delta(text).map(|delta| delta.build(builder)),
        token::DECIMAL => Some(Decimal { text }.build(builder)),
        token::UUID => parse_uuid(text).map(|uuid| uuid.build(builder)),
        token::INT => text.parse::<BigInt>().ok().map(|int| builder.bigint(&int)),
        _ => return Ok(None),
    };
    match made {
        Some(made) => Ok(Some(made?)),
        None => Err(Error::data(format_args!("{text:?} is no {}", token.trim_start_matches(token::PREFIX)))),
    }
}

/// A number of exactly so many digits, and what follows it.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((digits.parse().ok().filter(|_| all_digits)?, rest))
}

fn parse_date(text: &str) -> Option<Date> {
    take_date(text).filter(|(_, rest)| rest.is_empty()).map(|(date, _)| date)
}

fn take_date(text: &str) -> Option<(Date, &str)> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let is_date = year > 0 && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_date.then_some((Date { year: year as u16, month: month as u8, day: day as u8 }, rest))
}

/// A time of day, and the zone behind it.
fn parse_time(text: &str) -> Option<(Time<Handle>, &str)> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (microsecond, rest) = match rest.strip_prefix('.') {
        Some(fraction) => take_micros(fraction)?,
        None => (0, rest),
    };
    // A leap second is no second in Python.
    let is_time = hour < 24 && minute < 60 && second < 60;
    let time =
        Time { hour: hour as u8, minute: minute as u8, second: second as u8, microsecond, fold: false, tzinfo: None };
    is_time.then_some((time, rest))
}

/// A fraction of a second; what is finer than Python's microseconds is cut off.
fn take_micros(text: &str) -> Option<(u32, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, rest) = text.split_at(length);
    let micros = format!("{fraction:0<6}");
    Some((micros.get(..6)?.parse().ok()?, rest))
}

fn parse_datetime(text: &str) -> Option<(DateTime<Handle>, &str)> {
    let (Date { year, month, day }, rest) = take_date(text)?;
    let (time, zone) = parse_time(rest.strip_prefix(['T', ' '])?)?;
    let Time { hour, minute, second, microsecond, .. } = time;
    Some((DateTime { year, month, day, hour, minute, second, microsecond, fold: false, tzinfo: None }, zone))
}

/// The zone that stands behind a time.
fn build_zone(builder: &mut Builder<'_>, zone: &str) -> Result<Option<Handle>> {
    if zone.is_empty() {
        return Ok(None);
    }
    let bad = || Error::data(format_args!("{zone:?} is no time zone"));
    let (offset, name) = match zone.split_once('[') {
        Some((offset, name)) => (offset, Some(name.strip_suffix(']').ok_or_else(bad)?)),
        None => (zone, None),
    };
    if let Some(key) = name.filter(|name| !name.starts_with(['+', '-'])) {
        return Ok(Some(ZoneInfo { key, from_cache: true }.build(builder)?));
    }
    let seconds = parse_offset(offset).ok_or_else(bad)?;
    let offset = TimeDelta {
        days: if seconds < 0 { -1 } else { 0 },
        seconds: seconds.rem_euclid(86_400) as u32,
        microseconds: 0,
    };
    Ok(Some(TimeZone { offset, name: None }.build(builder)?))
}

/// `Z`, `+01:00`, `+01:00:30`.
fn parse_offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, rest) = digits(rest, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2)?;
    let seconds =
        if rest.is_empty() { 0 } else { digits(rest.strip_prefix(':')?, 2).filter(|(_, rest)| rest.is_empty())?.0 };
    let total = i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds);
    (total < 86_400).then_some(sign * total)
}

/// `PT90.5S`, with a sign or without.
fn parse_delta(text: &str) -> Option<TimeDelta> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let seconds = rest.strip_prefix("PT")?.strip_suffix('S')?;
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let (fraction, rest) = take_micros(fraction)?;
    let whole: i128 = whole.parse().ok().filter(|_| rest.is_empty())?;
    let micros = sign * whole.checked_mul(1_000_000)?.checked_add(i128::from(fraction))?;
    let (seconds, microseconds) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let days = i32::try_from(seconds.div_euclid(86_400)).ok()?;
    let is_delta = days.unsigned_abs() < 1_000_000_000;
    is_delta.then_some(TimeDelta {
        days,
        seconds: seconds.rem_euclid(86_400) as u32,
        microseconds: microseconds as u32,
    })
}

fn parse_uuid(text: &str) -> Option<Uuid> {
    let digits: String = text.chars().filter(|&character| character != '-').collect();
    let int = u128::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 32)?;
    Some(Uuid { int, is_safe: SafeUuid::Unknown })
}
