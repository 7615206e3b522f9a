//! Values of one key that are too many for its page: a tree of their own, of which the first is wanted.

use super::hash::{Hash, Place};
use crate::error::{ErrorKind, damaged};

/// Types of pages: within the tree by keys or by numbers, and its leaves.
mod page {
    pub(super) const BY_KEY: u8 = 3;
    pub(super) const BY_NUMBER: u8 = 4;
    pub(super) const LEAF_BY_NUMBER: u8 = 6;
    pub(super) const LEAF: u8 = 12;
}

/// Types of items in the leaves; the highest bit marks those that are deleted.
mod item {
    pub(super) const DATA: u8 = 1;
    pub(super) const OVERFLOW: u8 = 3;
    pub(super) const DELETED: u8 = 0x80;
}

/// The first value of the tree on that page.
pub(super) fn first(hash: &Hash, root: u64) -> Result<Place, ErrorKind> {
    let types = [page::BY_KEY, page::BY_NUMBER, page::LEAF_BY_NUMBER, page::LEAF];
    let mut number = root;
    let mut above = None;
    loop {
        let at = hash.page(number, &types, "a page of duplicates")?;
        let level = hash.file.u8(at + 24)?;
        if above.is_some_and(|above| level >= above) {
            return Err(damaged(at + 24, "a page of duplicates is not below the one that refers to it"));
        }
        above = Some(level);
        let count = hash.file.u16(at + 20)?;
        let item = |number: u64| Ok(at + u64::from(hash.file.u16(hash.items(at) + 2 * number)?));
        match hash.file.u8(at + 25)? {
            page::BY_KEY => number = hash.file.u32(item(0)? + 4)?.into(),
            page::BY_NUMBER => number = hash.file.u32(item(0)?)?.into(),
            _ => return leaf(hash, at, (0..u64::from(count)).map(item)),
        }
    }
}

/// The first item of a leaf that is not deleted.
fn leaf(hash: &Hash, at: u64, items: impl Iterator<Item = Result<u64, ErrorKind>>) -> Result<Place, ErrorKind> {
    for item in items {
        let item = item?;
        return match hash.file.u8(item + 2)? {
            kind if kind & item::DELETED != 0 => continue,
            item::DATA => Ok(Place::Data { offset: item + 3, size: hash.file.u16(item)?.into() }),
            item::OVERFLOW => {
                Ok(Place::Overflow { page: hash.file.u32(item + 4)?.into(), size: hash.file.u32(item + 8)?.into() })
            }
            kind => Err(damaged(item + 2, format!("a duplicate of type {kind}"))),
        };
    }
    Err(damaged(at, "a page of duplicates without any"))
}
