//! The index of a dumb database: `.dir`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use pickle_value::{Graph, View, literal};

use super::Extent;
use crate::error::{ErrorKind, damaged};
use crate::keys::latin1;

/// Where the value of each key stands, in the order in which keys were added.
#[derive(Default)]
pub(super) struct Index {
    numbers: HashMap<Arc<[u8]>, u64>,
    entries: BTreeMap<u64, (Arc<[u8]>, Extent)>,
    next: u64,
}

impl Index {
    /// Reads the text of `.dir`: latin-1, a line `'key', (position, size)` for each key, where the key is a Python literal.
    pub(super) fn parse(bytes: &[u8]) -> Result<Index, ErrorKind> {
        let mut index = Index::default();
        let mut offset = 0;
        // Python's universal newlines.
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
            let (key, extent) = entry(&rest[..end]).map_err(|problem| damaged(offset, problem))?;
            index.insert(&key, extent);
            let newline = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
            let taken = rest.len().min(end + newline);
            offset += taken as u64;
            rest = &rest[taken..];
        }
        Ok(index)
    }

    /// The text of `.dir`.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut line = String::new();
        for (key, extent) in self.entries.values() {
            line.clear();
            literal::write_text(&latin1(key), &mut line).expect("a String takes all");
            line += &format!(", ({}, {})\n", extent.position, extent.size);
            bytes.extend(line.chars().map(|character| u8::try_from(character).expect("repr adds only ASCII")));
        }
        bytes
    }

    pub(super) fn get(&self, key: &[u8]) -> Option<Extent> {
        let number = self.numbers.get(key)?;
        self.entries.get(number).map(|(_, extent)| *extent)
    }

    /// Sets the place of a key, which stays where it is in the order; gives the place that it had.
    pub(super) fn insert(&mut self, key: &[u8], extent: Extent) -> Option<Extent> {
        if let Some((_, place)) = self.numbers.get(key).and_then(|number| self.entries.get_mut(number)) {
            return Some(core::mem::replace(place, extent));
        }
        let key: Arc<[u8]> = key.into();
        self.numbers.insert(key.clone(), self.next);
        self.entries.insert(self.next, (key, extent));
        self.next += 1;
        None
    }

    pub(super) fn remove(&mut self, key: &[u8]) -> Option<Extent> {
        let number = self.numbers.remove(key)?;
        self.entries.remove(&number).map(|(_, extent)| extent)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.entries.values().map(|(key, _)| &**key)
    }

    pub(super) fn extents(&self) -> impl Iterator<Item = Extent> {
        self.entries.values().map(|(_, extent)| *extent)
    }
}

/// A line of the index.
fn entry(line: &[u8]) -> Result<(Vec<u8>, Extent), String> {
    let text = latin1(line);
    let graph = literal::parse(text.trim_end()).map_err(|error| format!("no line of an index: {error}"))?;
    read(&graph).ok_or_else(|| String::from("no line of an index: it should be 'key', (position, size)"))
}

fn read(graph: &Graph<'_>) -> Option<(Vec<u8>, Extent)> {
    let [key, extent] = pair(graph.root())?;
    let [position, size] = pair(extent)?;
    let number = |view: View<'_>| view.as_i64().and_then(|number| u64::try_from(number).ok());
    let key = key.as_str()?.chars().map(u8::try_from).collect::<Result<Vec<u8>, _>>().ok()?;
    Some((key, Extent { position: number(position)?, size: number(size)? }))
}

fn pair(view: View<'_>) -> Option<[View<'_>; 2]> {
    let mut items = view.items();
    match (items.next(), items.next(), items.next()) {
        (Some(first), Some(second), None) if view.kind() == pickle_value::Kind::Tuple => Some([first, second]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Extent, Index};

    /// Of CPython 3.13: `s = dbm.dumb.open('d', 'n')`, these keys set to b'x', and what `.dir` has then.
    const WRITTEN: &[u8] = b"'a', (0, 1)\n\"it's\", (512, 1)\n'\\x00\\n', (1024, 1)\n'\xe9\\xad\\xa0\xff', (1536, 1)\n";

    #[test]
    fn an_index_is_written_as_it_was_read() {
        let index = Index::parse(WRITTEN).expect("Python wrote it");
        let keys: Vec<&[u8]> = index.keys().collect();
        assert_eq!(keys, [&b"a"[..], b"it's", b"\0\n", b"\xe9\xad\xa0\xff"]);
        assert_eq!(index.get(b"it's"), Some(Extent { position: 512, size: 1 }));
        assert_eq!(index.to_bytes(), WRITTEN);
    }

    #[test]
    fn what_is_no_index_is_told_with_its_place() {
        for (bytes, at) in [
            (&b"'a', (0, 1)\n'b', (512"[..], 12),
            (b"\n", 0),
            (b"'a', (0, 1)\n\n", 12),
            (b"'a', (-1, 1)\n", 0),
            (b"'a', (0, 1, 2)\n", 0),
            (b"'a', [0, 1]\n", 0),
            (b"b'a', (0, 1)\n", 0),
            (b"'\\u0100', (0, 1)\n", 0),
            (b"'a', (99999999999999999999, 1)\n", 0),
        ] {
            let text = Index::parse(bytes).err().expect("this is no index").to_string();
            assert!(text.ends_with(&format!("(at byte {at})")), "{text}");
        }
    }

    #[test]
    fn a_key_that_stands_twice_has_the_last_place_and_the_first_rank() {
        let index = Index::parse(b"'a', (0, 1)\r\n'b', (512, 1)\r'a', (1024, 2)").expect("Python reads it");
        assert_eq!(index.to_bytes(), b"'a', (1024, 2)\n'b', (512, 1)\n");
    }
}
