//! Views of what Python's standard library makes most: dates, decimals, paths, deques and the like.
//!
//! A graph keeps what a pickle says, and a date is a call of `datetime.date` with four bytes in it. The views here know
//! these classes by name and take every form in which a CPython from 2.7 to 3.13 writes them, at any protocol:
//!
//! ```
//! use pickle_value::Builder;
//! use pickle_value::stdlib::{Date, TimeDelta};
//!
//! let mut builder = Builder::new();
//! let date = Date { year: 2024, month: 2, day: 29 }.build(&mut builder)?;
//! let graph = builder.finish(date);
//! assert_eq!(graph.root().as_date().map(|date| (date.year, date.month, date.day)), Some((2024, 2, 29)));
//! assert_eq!(graph.to_string(), "datetime.date(2024, 2, 29)");
//! assert_eq!(graph.root().as_timedelta(), None);
//! # Ok::<(), pickle_value::Error>(())
//! ```
//!
//! | class | read by | made by |
//! | --- | --- | --- |
//! | `datetime.date`, `.time`, `.datetime` | [`View::as_date`], [`as_time`](View::as_time), [`as_datetime`](View::as_datetime) | [`Date::build`], [`Time::build`], [`DateTime::build`] |
//! | `datetime.timedelta`, `.timezone` | [`View::as_timedelta`], [`as_timezone`](View::as_timezone) | [`TimeDelta::build`], [`TimeZone::build`] |
//! | `zoneinfo.ZoneInfo` | [`View::as_zone_info`] | [`ZoneInfo::build`] |
//! | `decimal.Decimal`, `fractions.Fraction` | [`View::as_decimal`], [`as_fraction`](View::as_fraction) | [`Decimal::build`], [`Fraction::build`] |
//! | `uuid.UUID` | [`View::as_uuid`] | [`Uuid::build`] |
//! | `pathlib.PurePosixPath` and the other three | [`View::as_path`] | [`Path::build`] |
//! | `ipaddress.IPv4Address` and the other five | [`View::as_ip`] | [`Ip::build`] |
//! | `array.array` | [`View::as_array`] | [`Array::build`] |
//! | `collections.OrderedDict`, `defaultdict`, `Counter`, `deque` | [`View::as_ordered_dict`] and so on | [`OrderedDict::build`] and so on |
//! | a class of `namedtuple`, an enum's member | [`View::as_named_tuple`], [`as_enum_member`](View::as_enum_member) | [`NamedTuple::build`], [`EnumMember::build`] |
//! | `types.SimpleNamespace` | [`View::as_namespace`] | [`Namespace::build`] |
//!
//! A view is `None` for what is of another class, or of the class with something that it never writes itself: subclasses
//! and attributes stay with [`View::as_object`]. What is built has the form of CPython 3.13, from which a writer derives
//! that of each protocol.

mod array;
mod collections;
mod factories;
mod ip;
mod made;
mod number;
mod path;
mod time;
mod uuid;
mod zone;

pub use array::{Array, ArrayValue, ArrayValues};
pub use collections::{Counter, DefaultDict, Deque, Entries, Items, OrderedDict};
pub use factories::{EnumMember, NamedTuple, Namespace};
pub use ip::{Ip, IpClass};
pub(crate) use made::{Made, ascii};
pub use number::{Decimal, Fraction};
pub use path::{Path, PathClass};
pub use time::{Date, DateTime, Time, TimeDelta};
pub use uuid::{SafeUuid, Uuid};
pub use zone::{TimeZone, ZoneInfo};

#[cfg(doc)]
use crate::View;
