//! Pickles without what `cPickle` writes by chance.

use std::collections::HashMap;

use pickle_opcodes::{Op, Ops, number};

/// A pickle whose PUTs that nothing reads are left out, and whose others are numbered anew, in their order.
///
/// `cPickle` writes a PUT wherever an object's reference count is above one, which depends on who else in the process
/// holds it. No pickle, but as good as one to compare; `None` for what is no pickle at all.
pub(crate) fn canonical(pickle: &[u8]) -> Option<Vec<u8>> {
    let starts = Ops::new(pickle).collect::<Result<Vec<_>, _>>().ok()?;
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([pickle.len()]);
    let read: Vec<u64> = starts.iter().filter_map(|(_, op)| get_index(op)).collect();
    let mut numbers: HashMap<u64, u64> = HashMap::new();
    let mut made = Vec::with_capacity(pickle.len());
    for ((start, op), end) in starts.iter().zip(ends) {
        if let Some(index) = put_index(op) {
            if read.contains(&index) {
                let next = numbers.len() as u64;
                made.extend(number_of("put", *numbers.entry(index).or_insert(next)));
            }
        } else if let Some(index) = get_index(op) {
            made.extend(number_of("get", *numbers.get(&index)?));
        } else {
            made.extend(&pickle[*start..end]);
        }
    }
    Some(made)
}

fn number_of(what: &str, index: u64) -> Vec<u8> {
    format!("<{what} {index}>").into_bytes()
}

fn put_index(op: &Op<'_>) -> Option<u64> {
    match op {
        Op::Put(line) => number::index_line(line).ok(),
        Op::BinPut(index) => Some((*index).into()),
        Op::LongBinPut(index) => Some((*index).into()),
        _ => None,
    }
}

fn get_index(op: &Op<'_>) -> Option<u64> {
    match op {
        Op::Get(line) => number::index_line(line).ok(),
        Op::BinGet(index) => Some((*index).into()),
        Op::LongBinGet(index) => Some((*index).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn only_what_is_read_counts() {
        let [sparse, dense] = [&b"(lp5\nS'a'\np7\nag7\na."[..], b"(lp1\nS'a'\np2\nag2\na."].map(canonical);
        assert!(sparse.is_some() && sparse == dense);
        assert_eq!(canonical(b"(lp1\nS'a'\na."), canonical(b"(lS'a'\np9\na."));
        assert_ne!(canonical(b"(lp1\nI1\na."), canonical(b"(lp1\nI2\na."));
        assert_ne!(sparse, canonical(b"(lp5\nS'a'\np7\nag5\na."));
    }
}
