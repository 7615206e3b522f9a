//! The order of sorted keys.

use std::cmp::Ordering;

use pickle_codec::value::{Builder, Handle, Value, View};

/// How far keys that are tuples are looked into.
const DEPTH: u32 = 16;

/// Sorts keys and values, which stand in turn, by the keys; equal ones stay in their order.
pub(crate) fn sort_pairs(builder: &Builder<'_>, slots: &mut [Handle]) {
    let mut pairs: Vec<[Handle; 2]> = slots.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    pairs.sort_by(|[a, _], [b, _]| compare(builder.view(*a), builder.view(*b), DEPTH));
    for (slots, pair) in slots.chunks_exact_mut(2).zip(pairs) {
        slots.copy_from_slice(&pair);
    }
}

fn compare(a: View<'_>, b: View<'_>, depth: u32) -> Ordering {
    match (a.value(), b.value()) {
        (Some(Value::Text(a)), Some(Value::Text(b))) => a.code_points().cmp(b.code_points()),
        (Some(Value::Bytes(a)), Some(Value::Bytes(b))) => a.cmp(b),
        (Some(Value::Tuple(_)), Some(Value::Tuple(_))) if depth > 0 => {
            let pairs = a.items().zip(b.items());
            let first = pairs.map(|(a, b)| compare(a, b, depth - 1)).find(|order| order.is_ne());
            first.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        _ => rank(a).cmp(&rank(b)).then_with(|| compare_numbers(a, b)),
    }
}

/// Which types stand before which.
fn rank(view: View<'_>) -> u8 {
    match view.value() {
        Some(Value::None) => 0,
        Some(Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Long(_) | Value::Float(_)) => 1,
        Some(Value::Text(_)) => 2,
        Some(Value::Bytes(_)) => 3,
        Some(Value::Tuple(_)) => 4,
        _ => 5,
    }
}

fn compare_numbers(a: View<'_>, b: View<'_>) -> Ordering {
    let number = |view: View<'_>| view.as_bool().map(f64::from).or_else(|| view.as_f64());
    match (a.as_bigint(), b.as_bigint()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => number(a).zip(number(b)).map_or(Ordering::Equal, |(a, b)| a.total_cmp(&b)),
    }
}
