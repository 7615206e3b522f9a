//! Types of other crates that stand for Python's own, each behind a feature: the tests of this crate have them all.

#![cfg(all(feature = "jiff", feature = "chrono", feature = "uuid", feature = "rust_decimal"))]

mod support;

use std::fmt::Debug;

use pickle_serde::native::{AsNative, Native};
use pickle_serde::{from_graph, from_slice, to_graph};
use serde::de::DeserializeOwned;

use crate::support::pickles;

/// CPython's pickles of the object give the value, and the value gives Python's object.
#[track_caller]
fn native<T: Native + PartialEq + Debug + Clone>(name: &str, value: T, repr: &str) {
    for pickle in pickles(name) {
        let read: AsNative<T> = from_slice(&pickle.bytes).unwrap_or_else(|error| panic!("{name}, {pickle}: {error}"));
        assert_eq!(read.0, value, "{name}, {pickle}");
    }
    let graph = to_graph(&AsNative(value.clone())).expect("a graph");
    assert_eq!(graph.to_string(), repr);
    assert_eq!(from_graph::<AsNative<T>>(&graph).expect("the same").0, value);
}

/// As serde's own impl of the type reads them.
#[track_caller]
fn plain<T: DeserializeOwned + PartialEq + Debug>(name: &str, value: T) {
    for pickle in pickles(name) {
        let read: T = from_slice(&pickle.bytes).unwrap_or_else(|error| panic!("{name}, {pickle}: {error}"));
        assert_eq!(read, value, "{name}, {pickle}");
    }
}

#[test]
fn jiff_types() {
    use jiff::civil::{date, time};
    use jiff::{SignedDuration, Timestamp, Zoned};
    let day = date(2024, 2, 29);
    native("date", day, "datetime.date(2024, 2, 29)");
    plain("date", day);
    native("time", time(12, 30, 0, 500_000_000), "datetime.time(12, 30, 0, 500000)");
    native("datetime", day.at(12, 30, 5, 7000), "datetime.datetime(2024, 2, 29, 12, 30, 5, 7)");
    plain("datetime", day.at(12, 30, 5, 7000));
    let utc: Timestamp = "2024-02-29T12:30:00Z".parse().expect("a time");
    native("utc", utc, "datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)");
    plain("utc", utc);
    let offset: Zoned = "2024-02-29T12:30:00-03:30[-03:30]".parse().expect("a time");
    native(
        "offset",
        offset,
        "datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=73800)))",
    );
    native("timedelta", SignedDuration::new(86_402, 3000), "datetime.timedelta(days=1, seconds=2, microseconds=3)");
    native(
        "before",
        SignedDuration::new(-1, -500_000_000),
        "datetime.timedelta(days=-1, seconds=86398, microseconds=500000)",
    );
    plain("before", SignedDuration::new(-1, -500_000_000));
}

#[test]
fn chrono_types() {
    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day");
    native("date", day, "datetime.date(2024, 2, 29)");
    let at: NaiveDateTime = day.and_hms_micro_opt(12, 30, 5, 7).expect("a time");
    native("datetime", at, "datetime.datetime(2024, 2, 29, 12, 30, 5, 7)");
    let time = NaiveTime::from_hms_milli_opt(12, 30, 0, 500).expect("a time");
    native("time", time, "datetime.time(12, 30, 0, 500000)");
    let utc: DateTime<Utc> = "2024-02-29T12:30:00Z".parse().expect("a time");
    native("utc", utc, "datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)");
    let offset: DateTime<FixedOffset> = "2024-02-29T12:30:00-03:30".parse().expect("a time");
    native(
        "offset",
        offset,
        "datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=73800)))",
    );
    let delta = TimeDelta::new(86_402, 3000).expect("a delta");
    native("timedelta", delta, "datetime.timedelta(days=1, seconds=2, microseconds=3)");
    let before = TimeDelta::new(-2, 500_000_000).expect("a delta");
    native("before", before, "datetime.timedelta(days=-1, seconds=86398, microseconds=500000)");
}

#[test]
fn uuids_and_decimals() {
    let id: uuid::Uuid = "12345678-1234-5678-1234-567812345678".parse().expect("a UUID");
    native("uuid", id, "UUID('12345678-1234-5678-1234-567812345678')");
    native("decimal", "1.50".parse::<rust_decimal::Decimal>().expect("a decimal"), "Decimal('1.50')");
}
