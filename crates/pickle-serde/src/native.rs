//! Rust types that stand for types of Python's own: dates, decimals, UUIDs, ints of any size.
//!
//! serde knows nothing of dates, so most crates write theirs as text, and Python would get a `str`. Two things here write
//! the Python type instead: [`AsNative`], a wrapper, and this module as serde's `with`:
//!
//! ```
//! use num_bigint::BigInt;
//! use pickle_serde::native::AsNative;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Account {
//!     #[serde(with = "pickle_serde::native")]
//!     balance: BigInt,
//!     history: Vec<AsNative<BigInt>>,
//! }
//!
//! let balance = BigInt::from(10).pow(40);
//! let account = Account { balance: balance.clone(), history: vec![AsNative(BigInt::from(1))] };
//! let graph = pickle_serde::to_graph(&account)?;
//! assert_eq!(graph.to_string(), format!("{{'balance': {balance}, 'history': [1]}}"));
//! assert_eq!(pickle_serde::from_graph::<Account>(&graph)?.balance, balance);
//! # Ok::<(), pickle_serde::Error>(())
//! ```
//!
//! Reading needs neither: Python's dates, decimals and UUIDs are given as text to whoever asks for text, in the form in
//! which the crates below read it, and so are paths and IP addresses. A timedelta is read as `std::time::Duration`, too.
//!
//! | feature | Rust | Python |
//! | --- | --- | --- |
//! | | `num_bigint::BigInt` | `int` |
//! | | `std::time::Duration` | `datetime.timedelta` |
//! | `jiff` | `civil::Date`, `civil::Time`, `civil::DateTime` | `datetime.date`, `.time`, `.datetime` without a zone |
//! | `jiff` | `Timestamp` | `datetime.datetime` in UTC |
//! | `jiff` | `Zoned` | `datetime.datetime` with a `zoneinfo.ZoneInfo`, or a fixed offset |
//! | `jiff` | `SignedDuration` | `datetime.timedelta` |
//! | `chrono` | `NaiveDate`, `NaiveTime`, `NaiveDateTime` | `datetime.date`, `.time`, `.datetime` without a zone |
//! | `chrono` | `DateTime<Utc>`, `DateTime<FixedOffset>` | `datetime.datetime` with a `datetime.timezone` |
//! | `chrono` | `TimeDelta` | `datetime.timedelta` |
//! | `uuid` | `Uuid` | `uuid.UUID` |
//! | `rust_decimal` | `Decimal` | `decimal.Decimal` |
//!
//! Python counts microseconds: what is finer is cut off.

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
mod plain;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "uuid")]
mod uuid;

use std::fmt::{self, Display};
use std::marker::PhantomData;

use num_bigint::BigInt;
use serde_core::de::{self, Deserialize, Deserializer, Visitor};
use serde_core::ser::{Serialize, Serializer};

use crate::owned::Bytes;
use crate::token;

/// Which of Python's types a [`Native`] type stands for.
///
/// ```
/// use num_bigint::BigInt;
/// use pickle_serde::native::{Class, Native};
///
/// assert_eq!(BigInt::CLASS, Class::Int);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Class {
    /// `int`: its decimal digits.
    Int,
    /// `datetime.date`: `2024-02-29`.
    Date,
    /// `datetime.time`: `12:30:00.5`, with an offset or without.
    Time,
    /// `datetime.datetime`: `2024-02-29T12:30:00`, with an offset, a zone's name in brackets, or neither.
    DateTime,
    /// `datetime.timedelta`: `PT90.5S`, with a sign or without.
    TimeDelta,
    /// `decimal.Decimal`: `1.50`.
    Decimal,
    /// `uuid.UUID`: hexadecimal digits with hyphens.
    Uuid,
}

impl Class {
    const fn token(self) -> &'static str {
        match self {
            Class::Int => token::INT,
            Class::Date => token::DATE,
            Class::Time => token::TIME,
            Class::DateTime => token::DATE_TIME,
            Class::TimeDelta => token::TIME_DELTA,
            Class::Decimal => token::DECIMAL,
            Class::Uuid => token::UUID,
        }
    }
}

/// A type that stands for one of Python's own, by way of a text.
///
/// ```
/// use pickle_serde::native::{AsNative, Class, Native};
///
/// struct Day(u16, u8, u8);
///
/// impl Native for Day {
///     const CLASS: Class = Class::Date;
///     fn to_text(&self) -> String {
///         format!("{:04}-{:02}-{:02}", self.0, self.1, self.2)
///     }
///     fn from_text(text: &str) -> Result<Day, String> {
///         let mut parts = text.split('-').map(|part| part.parse().map_err(|_| format!("{text} is no day")));
///         let mut part = || parts.next().unwrap_or(Ok(0u16));
///         Ok(Day(part()?, part()? as u8, part()? as u8))
///     }
/// }
///
/// let graph = pickle_serde::to_graph(&AsNative(Day(2024, 2, 29)))?;
/// assert_eq!(graph.to_string(), "datetime.date(2024, 2, 29)");
/// assert_eq!(pickle_serde::from_graph::<AsNative<Day>>(&graph)?.0.2, 29);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
pub trait Native: Sized {
    /// What it is in Python.
    const CLASS: Class;

    /// Its text, as [`Class`] says.
    fn to_text(&self) -> String;

    /// The value of a text.
    ///
    /// # Errors
    ///
    /// A message, for a text that is none of this type.
    fn from_text(text: &str) -> Result<Self, String>;

    /// The value of an int, which a [`Class::Int`] or a [`Class::Decimal`] may be written as.
    ///
    /// # Errors
    ///
    /// A message, for an int that the type does not hold; of most types, for any.
    fn from_int(value: BigInt) -> Result<Self, String> {
        Self::from_text(&value.to_string())
    }
}

/// A value that is written as Python's own type, and read from there.
///
/// ```
/// use num_bigint::BigInt;
/// use pickle_serde::native::AsNative;
///
/// let large = AsNative(BigInt::from(10).pow(40));
/// assert_eq!(pickle_serde::to_graph(&large)?.to_string(), format!("1{}", "0".repeat(40)));
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct AsNative<T>(pub T);

impl<T: Native> Serialize for AsNative<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, serializer)
    }
}

impl<'de, T: Native> Deserialize<'de> for AsNative<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AsNative<T>, D::Error> {
        deserialize(deserializer).map(AsNative)
    }
}

impl<T: Display> Display for AsNative<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> From<T> for AsNative<T> {
    fn from(value: T) -> AsNative<T> {
        AsNative(value)
    }
}

/// Writes a value as Python's own type: for `#[serde(with = "pickle_serde::native")]`. Other formats get its text.
///
/// ```
/// use num_bigint::BigInt;
///
/// let mut file = Vec::new();
/// pickle_serde::native::serialize(&BigInt::from(5), &mut pickle_serde::Serializer::new(&mut file))?;
/// assert_eq!(file, b"\x80\x04K\x05.");
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// # Errors
///
/// Those of the serializer, as for a date after the year 9999.
pub fn serialize<T: Native, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(T::CLASS.token(), &value.to_text())
}

/// Reads a value from Python's own type, or from its text: for `#[serde(with = "pickle_serde::native")]`.
///
/// ```
/// use num_bigint::BigInt;
/// use pickle_serde::{Deserializer, native};
///
/// let value: BigInt = native::deserialize(&mut Deserializer::from_slice(b"K\x05."))?;
/// assert_eq!(value, BigInt::from(5));
/// # Ok::<(), pickle_serde::Error>(())
/// ```
///
/// # Errors
///
/// Those of the deserializer, and what the type says of a text that is none of its own.
pub fn deserialize<'de, T: Native, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_newtype_struct(T::CLASS.token(), NativeVisitor(PhantomData))
}

/// The same for what may be missing: for `#[serde(with = "pickle_serde::native::option")]`.
///
/// ```
/// use num_bigint::BigInt;
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Account {
///     #[serde(with = "pickle_serde::native::option")]
///     balance: Option<BigInt>,
/// }
///
/// assert_eq!(pickle_serde::to_graph(&Account { balance: None })?.to_string(), "{'balance': None}");
/// # Ok::<(), pickle_serde::Error>(())
/// ```
pub mod option {
    use super::{AsNative, Deserialize, Deserializer, Native, Serializer};

    /// Writes a value as Python's own type, or None.
    ///
    /// ```
    /// use num_bigint::BigInt;
    /// use pickle_serde::{Serializer, native};
    ///
    /// let mut file = Vec::new();
    /// native::option::serialize(&Some(BigInt::from(5)), &mut Serializer::new(&mut file))?;
    /// assert_eq!(file, b"\x80\x04K\x05.");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`serialize`](super::serialize()).
    pub fn serialize<T: Native, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => super::serialize(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    /// Reads a value from Python's own type, or from None.
    ///
    /// ```
    /// use num_bigint::BigInt;
    /// use pickle_serde::{Deserializer, native};
    ///
    /// let value: Option<BigInt> = native::option::deserialize(&mut Deserializer::from_slice(b"N."))?;
    /// assert_eq!(value, None);
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`deserialize`](super::deserialize()).
    pub fn deserialize<'de, T: Native, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        Ok(Option::<AsNative<T>>::deserialize(deserializer)?.map(|value| value.0))
    }
}

struct NativeVisitor<T>(PhantomData<T>);

impl<'de, T: Native> Visitor<'de> for NativeVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::CLASS.token().trim_start_matches(token::PREFIX))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        T::from_int(value.into()).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        T::from_int(value.into()).map_err(E::custom)
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<T, E> {
        T::from_int(value.into()).map_err(E::custom)
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<T, E> {
        T::from_int(value.into()).map_err(E::custom)
    }

    /// Of a large int.
    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<T, E> {
        match T::CLASS {
            Class::Int => T::from_int(BigInt::from_signed_bytes_le(bytes)).map_err(E::custom),
            _ => Err(E::invalid_type(de::Unexpected::Bytes(bytes), &self)),
        }
    }
}

/// Writes an int: as digits up to so many bits, for the sake of other formats, or else as bytes.
pub(crate) fn serialize_int<S: Serializer>(value: &BigInt, max_bits: u64, serializer: S) -> Result<S::Ok, S::Error> {
    match i128::try_from(value) {
        Ok(value) => serializer.serialize_i128(value),
        Err(_) if value.bits() <= max_bits => serializer.serialize_newtype_struct(token::INT, &value.to_string()),
        Err(_) => serializer.serialize_newtype_struct(token::INT, &Bytes(&value.to_signed_bytes_le())),
    }
}
