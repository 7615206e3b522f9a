//! The keys of a dict: which are equal, and which is less.

use core::cmp::Ordering;
use std::collections::HashMap;

use num_bigint::BigInt;
use pickle_value::{Handle, Value};

use super::classes;
use super::error::DumpErrorKind;
use super::term::{Term, Terms};

/// Keys and values with each key once, as a dict has them that is set key by key: the first key, the last value.
///
/// Keys that JSON has not are all kept: they are refused, or left out.
pub(crate) fn settled(terms: Terms<'_, '_>, pairs: &[Handle]) -> Vec<Handle> {
    let mut places = HashMap::new();
    let mut settled: Vec<Handle> = Vec::with_capacity(pairs.len());
    for pair in pairs.chunks_exact(2) {
        let place = match Sameness::of(&terms.of_key(pair[0])) {
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
///
/// A merge sort, since that of the standard library may panic where an order has holes.
pub(crate) fn sort(terms: Terms<'_, '_>, pairs: Vec<Handle>) -> Result<Vec<Handle>, DumpErrorKind> {
    let mut runs: Vec<Vec<[Handle; 2]>> = pairs.chunks_exact(2).map(|pair| vec![[pair[0], pair[1]]]).collect();
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut waiting = runs.into_iter();
        while let Some(left) = waiting.next() {
            merged.push(match waiting.next() {
                Some(right) => merge(terms, left, right)?,
                None => left,
            });
        }
        runs = merged;
    }
    Ok(runs.into_iter().flatten().flatten().collect())
}

fn merge(
    terms: Terms<'_, '_>,
    left: Vec<[Handle; 2]>,
    right: Vec<[Handle; 2]>,
) -> Result<Vec<[Handle; 2]>, DumpErrorKind> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        // Of equal keys the one from the left comes first, so that what has no order stays.
        let is_less = compare(terms, second[0], first[0])? == Ordering::Less;
        merged.extend(if is_less { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

/// Two keys, or two items of tuples that are keys, in Python's order.
fn compare(terms: Terms<'_, '_>, mut a: Handle, mut b: Handle) -> Result<Ordering, DumpErrorKind> {
    // Each turn goes into tuples within tuples.
    loop {
        match (Order::of(terms, a), Order::of(terms, b)) {
            (Order::Text(a), Order::Text(b)) | (Order::Bytes(a), Order::Bytes(b)) => return Ok(a.cmp(b)),
            (Order::Number(a), Order::Number(b)) => return Ok(a.compare(&b)),
            (Order::Tuple(left), Order::Tuple(right)) => {
                let view = |handle: Handle| terms.graph.view(handle);
                let different = left.iter().zip(right).find(|(left, right)| view(**left) != view(**right));
                match different {
                    Some((left, right)) => (a, b) = (*left, *right),
                    None => return Ok(left.len().cmp(&right.len())),
                }
            }
            (Order::Like(left), Order::Like(right)) if left == right => return Ok(Ordering::Equal),
            _ => return Err(DumpErrorKind::Unordered(type_name(terms, a), type_name(terms, b))),
        }
    }
}

/// A key by what it is compared as.
enum Order<'g> {
    Text(&'g [u8]),
    Bytes(&'g [u8]),
    Number(Number),
    Tuple(&'g [Handle]),
    /// Its like has an order, of which nothing is known here. Such keys are never written.
    Like(String),
    /// Nothing compares with it.
    Alone,
}

impl<'g> Order<'g> {
    fn of(terms: Terms<'g, '_>, key: Handle) -> Order<'g> {
        match (terms.graph.value(key), terms.of_key(key)) {
            // Code points are ordered as their UTF-8 is.
            (_, Term::Text(text)) => Order::Text(text.as_bytes()),
            (Value::Bytes(bytes), _) => Order::Bytes(bytes),
            (Value::Tuple(items), _) => Order::Tuple(items),
            (Value::FrozenSet(_), _) => Order::Like("frozenset".into()),
            (Value::Object(object), Term::Refused(_)) => match object.callable().as_global() {
                Some((module, name)) if classes::has_order(module) => Order::Like(name.into()),
                _ => Order::Alone,
            },
            (_, term) => Number::of(&term).map_or(Order::Alone, Order::Number),
        }
    }
}

/// The name of an object's type.
pub(crate) fn type_name(terms: Terms<'_, '_>, handle: Handle) -> String {
    let view = terms.graph.view(handle);
    match (view.as_object().and_then(|object| object.callable().as_global()), view.as_global()) {
        (Some((_, name)), _) => name.rsplit('.').next().unwrap_or_default().into(),
        (None, Some((module, name))) => format!("the global {module}.{name}"),
        (None, None) => view.kind().type_name().into(),
    }
}
