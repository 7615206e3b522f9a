//! The keys of a dict: which are equal, and which is less.

use core::cmp::Ordering;
use std::collections::HashMap;

use num_bigint::BigInt;
use pickle_value::{Handle, Kind};

use super::error::DumpErrorKind;
use super::term::{Term, Terms};

/// Keys and values with each key once, as a dict has them that is set key by key: the first key, the last value.
///
/// Keys that JSON has not are all kept: they are refused, or left out.
pub(crate) fn settled(terms: Terms<'_, '_>, pairs: &[Handle]) -> Vec<Handle> {
    let mut places = HashMap::new();
    let mut settled: Vec<Handle> = Vec::with_capacity(pairs.len());
    for pair in pairs.chunks_exact(2) {
        let place = match Sameness::of(&terms.of(pair[0])) {
            Some(sameness) => *places.entry(sameness).or_insert(settled.len()),
            None => settled.len(),
        };
        match settled.get_mut(place + 1) {
            Some(value) => *value = pair[1],
            None => settled.extend_from_slice(pair),
        }
    }
    settled
}

/// What equal keys have in common: numbers are equal by value, whatever their type.
#[derive(PartialEq, Eq, Hash)]
enum Sameness<'g> {
    None,
    Text(&'g [u8]),
    Int(i64),
    Large(BigInt),
    /// Its bits; a NaN equals nothing.
    Float(u64),
}

impl<'g> Sameness<'g> {
    fn of(key: &Term<'g>) -> Option<Sameness<'g>> {
        match key {
            Term::Null => Some(Sameness::None),
            Term::Text(text) => Some(Sameness::Text(text.as_bytes())),
            key => Number::of(key)?.sameness(),
        }
    }
}

/// A key that is a number.
enum Number {
    Int(i64),
    Large(BigInt),
    Float(f64),
}

impl Number {
    fn of(key: &Term<'_>) -> Option<Number> {
        match *key {
            Term::Bool(value) => Some(Number::Int(value.into())),
            Term::Small(value) => Some(Number::Int(value)),
            Term::Large(bytes) => Some(Number::large(BigInt::from_signed_bytes_le(bytes))),
            Term::Float(value) => Some(Number::Float(value)),
            _ => None,
        }
    }

    fn large(value: BigInt) -> Number {
        i64::try_from(&value).map_or_else(|_| Number::Large(value), Number::Int)
    }

    fn sameness<'g>(self) -> Option<Sameness<'g>> {
        match self {
            Number::Int(value) => Some(Sameness::Int(value)),
            Number::Large(value) => Some(Sameness::Large(value)),
            Number::Float(value) if value.is_nan() => None,
            Number::Float(value) => match whole(value).filter(|_| value.fract() == 0.0) {
                Some(whole) => whole.sameness(),
                None => Some(Sameness::Float(value.to_bits())),
            },
        }
    }

    /// Python's order, which is exact between ints and floats; NaN, which it has no order for, comes last.
    fn compare(&self, other: &Number) -> Ordering {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a.cmp(b),
            (Number::Large(a), Number::Large(b)) => a.cmp(b),
            (Number::Int(a), Number::Large(b)) => BigInt::from(*a).cmp(b),
            (Number::Large(a), Number::Int(b)) => a.cmp(&BigInt::from(*b)),
            (Number::Float(a), Number::Float(b)) => a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())),
            (int, Number::Float(float)) => compare_with_float(int, *float),
            (Number::Float(float), int) => compare_with_float(int, *float).reverse(),
        }
    }
}

fn compare_with_float(int: &Number, float: f64) -> Ordering {
    match whole(float) {
        Some(whole) => {
            let fraction = 0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal);
            int.compare(&whole).then(fraction)
        }
        None if float == f64::NEG_INFINITY => Ordering::Greater,
        None => Ordering::Less,
    }
}

/// The whole part of a float that is finite.
fn whole(float: f64) -> Option<Number> {
    if !float.is_finite() {
        return None;
    }
    let whole = float.trunc();
    if whole.abs() < 9e18 {
        return Some(Number::Int(whole as i64));
    }
    // All digits of it are written.
    format!("{whole:.0}").parse().ok().map(Number::large)
}

/// Sorts keys and values as Python's `sorted(obj.items())` does.
pub(crate) fn sort(terms: Terms<'_, '_>, pairs: &mut Vec<Handle>) -> Result<(), DumpErrorKind> {
    let mut entries: Vec<(Order<'_>, [Handle; 2])> =
        pairs.chunks_exact(2).map(|pair| (Order::of(terms, pair[0]), [pair[0], pair[1]])).collect();
    for two in entries.windows(2) {
        if !two[0].0.has_order_with(&two[1].0) {
            // The sort compares each with the one before.
            let [left, right] = [&two[1], &two[0]].map(|entry| type_name(terms, entry.1[0]));
            return Err(DumpErrorKind::Unordered(left, right));
        }
    }
    entries.sort_by(|a, b| a.0.compare(&b.0));
    pairs.clear();
    pairs.extend(entries.into_iter().flat_map(|(_, pair)| pair));
    Ok(())
}

/// A key by what it is compared as.
enum Order<'g> {
    Text(&'g [u8]),
    Number(Number),
    /// Its like are compared, but never written.
    Other(Kind),
    /// Nothing compares with it.
    Alone,
}

impl<'g> Order<'g> {
    fn of(terms: Terms<'g, '_>, key: Handle) -> Order<'g> {
        let term = terms.of(key);
        match (&term, terms.graph.view(key).kind()) {
            // Code points are ordered as their UTF-8 is.
            (Term::Text(text), _) => Order::Text(text.as_bytes()),
            (Term::Null, _) => Order::Alone,
            (_, kind @ (Kind::Bytes | Kind::FrozenSet | Kind::Tuple)) => Order::Other(kind),
            _ => Number::of(&term).map_or(Order::Alone, Order::Number),
        }
    }

    fn has_order_with(&self, other: &Order<'_>) -> bool {
        match (self, other) {
            (Order::Text(_), Order::Text(_)) | (Order::Number(_), Order::Number(_)) => true,
            (Order::Other(a), Order::Other(b)) => a == b,
            _ => false,
        }
    }

    fn compare(&self, other: &Order<'_>) -> Ordering {
        match (self, other) {
            (Order::Text(a), Order::Text(b)) => a.cmp(b),
            (Order::Number(a), Order::Number(b)) => a.compare(b),
            _ => Ordering::Equal,
        }
    }
}

/// The name of an object's type.
pub(crate) fn type_name(terms: Terms<'_, '_>, handle: Handle) -> String {
    let view = terms.graph.view(handle);
    match view.as_object().and_then(|object| object.callable().as_global()) {
        Some((_, name)) => name.rsplit('.').next().unwrap_or_default().into(),
        None => view.kind().type_name().into(),
    }
}
