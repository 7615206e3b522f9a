//! The pages of a hash.

use super::duplicates;
use super::{MAGIC, META};
use crate::dbm::unsupported;
use crate::error::{ErrorKind, damaged};
use crate::pages::Bytes;
use crate::snapshot::{Keys, Layout};
use crate::whichdb::Format;

/// Types of pages.
mod page {
    pub(super) const HASH_UNSORTED: u8 = 2;
    pub(super) const OVERFLOW: u8 = 7;
    pub(super) const HASH_META: u8 = 8;
    pub(super) const HASH: u8 = 13;
}

/// Types of items on a hash page.
mod item {
    pub(super) const DATA: u8 = 1;
    pub(super) const DUPLICATES: u8 = 2;
    pub(super) const OFF_PAGE: u8 = 3;
    pub(super) const OFF_PAGE_DUPLICATES: u8 = 4;
}

/// Where the offsets of the items begin on a page: behind the header, and with checksums behind those.
const PAGE_HEADER: u64 = 26;
const PAGE_HEADER_WITH_CHECKSUM: u64 = 32;

/// The meta page's flag for that.
const CHECKSUMS: u8 = 1;

/// A hash of Berkeley DB.
pub(super) struct Hash {
    pub(super) file: Bytes,
    page_size: u64,
    pages: u64,
    header: u64,
    format: Format,
}

/// Where a value stands.
pub(super) enum Place {
    /// On the page itself.
    Data { offset: u64, size: u64 },
    /// In overflow pages.
    Overflow { page: u64, size: u64 },
    /// The first of those in a tree of duplicates.
    Duplicates { page: u64 },
}

impl Layout for Hash {
    type Place = Place;

    fn value(&self, place: &Place) -> Result<Vec<u8>, ErrorKind> {
        match *place {
            Place::Data { offset, size } => self.file.slice(offset, size, "a value").map(<[u8]>::to_vec),
            Place::Overflow { page, size } => self.overflow(page, size),
            Place::Duplicates { page } => self.value(&duplicates::first(self, page)?),
        }
    }
}

impl Hash {
    /// Reads the meta page.
    pub(super) fn new(data: Vec<u8>, format: Format) -> Result<Hash, ErrorKind> {
        let is_big_endian = data.get(12..16) == Some(&MAGIC.to_be_bytes());
        let file = Bytes::new(data, is_big_endian);
        file.slice(0, META as u64, "the meta page")?;
        if file.u32(12)? != MAGIC || file.u8(25)? != page::HASH_META {
            return Err(damaged(12, "no hash of Berkeley DB"));
        }
        if !matches!(file.u32(16)?, 7..=9) {
            return Err(unsupported(format, "a hash of Berkeley DB of another version than 7 to 9"));
        }
        if file.u8(24)? != 0 {
            return Err(unsupported(format, "the file is encrypted"));
        }
        let page_size = u64::from(file.u32(20)?);
        if !(512..=65536).contains(&page_size) || !page_size.is_power_of_two() {
            return Err(damaged(20, format!("a page cannot have {page_size} bytes")));
        }
        let header = if file.u8(26)? & CHECKSUMS == 0 { PAGE_HEADER } else { PAGE_HEADER_WITH_CHECKSUM };
        let pages = file.len() as u64 / page_size;
        Ok(Hash { file, page_size, pages, header, format })
    }

    /// All keys, in the order of Berkeley DB's cursors: bucket by bucket.
    pub(super) fn keys(&self) -> Result<Keys<Place>, ErrorKind> {
        let mut keys = Keys::new(self.file.len());
        let mut seen = vec![false; usize::try_from(self.pages).unwrap_or_default()];
        let buckets = u64::from(self.file.u32(72)?) + 1;
        if buckets > self.pages {
            return Err(damaged(72, format!("{buckets} buckets in a file of {} pages", self.pages)));
        }
        for bucket in 0..buckets {
            let mut page = self.first_page(bucket)?;
            while page != 0 {
                let at = self.page(page, &[page::HASH, page::HASH_UNSORTED], "a hash page")?;
                if core::mem::replace(&mut seen[usize::try_from(page).unwrap_or_default()], true) {
                    return Err(damaged(at, format!("page {page} is in two buckets, or twice in one")));
                }
                self.add_page(at, &mut keys)?;
                page = u64::from(self.file.u32(at + 16)?);
            }
        }
        Ok(keys)
    }

    /// The page on which a bucket begins. The pages of each doubling of the buckets stand together; the meta page says where.
    fn first_page(&self, bucket: u64) -> Result<u64, ErrorKind> {
        let doublings = (bucket + 1).next_power_of_two().trailing_zeros();
        Ok(bucket + u64::from(self.file.u32(96 + 4 * u64::from(doublings))?))
    }

    /// The offset of a page, which is to be of one of these types.
    pub(super) fn page(&self, number: u64, types: &[u8], what: &str) -> Result<u64, ErrorKind> {
        let at = number * self.page_size;
        if number >= self.pages {
            return Err(damaged(at, format!("there is no page {number}: the file has {}", self.pages)));
        }
        let found = self.file.u8(at + 25)?;
        if !types.contains(&found) {
            return Err(damaged(at + 25, format!("page {number} should be {what}, but is of type {found}")));
        }
        Ok(at)
    }

    /// Adds the pairs on a page.
    fn add_page(&self, at: u64, keys: &mut Keys<Place>) -> Result<(), ErrorKind> {
        let count = u64::from(self.file.u16(at + 20)?);
        if self.header + 2 * count > self.page_size || count % 2 != 0 {
            return Err(damaged(at + 20, format!("a page cannot have {count} items")));
        }
        // Items stand from the end of the page to its beginning.
        let mut end = self.page_size;
        let mut item = |number: u64| {
            let start = u64::from(self.file.u16(at + self.header + 2 * number)?);
            if start >= end || start < self.header + 2 * count {
                return Err(damaged(at + self.header + 2 * number, "an item is not where it could be"));
            }
            let size = end - start;
            end = start;
            Ok((at + start, size))
        };
        for number in (0..count).step_by(2) {
            let (key, value) = (item(number)?, item(number + 1)?);
            self.add_pair(key, value, keys)?;
        }
        Ok(())
    }

    fn add_pair(&self, key: (u64, u64), value: (u64, u64), keys: &mut Keys<Place>) -> Result<(), ErrorKind> {
        let place = self.place(value.0, value.1)?;
        match self.place(key.0, key.1)? {
            Place::Data { offset, size } => keys.push(key.0, self.file.slice(offset, size, "a key")?, place),
            Place::Overflow { page, size } => {
                keys.check(key.0, usize::try_from(size).unwrap_or(usize::MAX))?;
                keys.push(key.0, &self.overflow(page, size)?, place)
            }
            Place::Duplicates { .. } => Err(damaged(key.0, "a key with duplicates of itself")),
        }
    }

    /// What an item of a hash page says.
    fn place(&self, at: u64, size: u64) -> Result<Place, ErrorKind> {
        let short = |least: u64| match size < least {
            true => Err(damaged(at, format!("an item of {size} bytes, which should have {least}"))),
            false => Ok(()),
        };
        match self.file.u8(at)? {
            item::DATA => Ok(Place::Data { offset: at + 1, size: size - 1 }),
            item::DUPLICATES => {
                short(3)?;
                let length = u64::from(self.file.u16(at + 1)?);
                short(5 + length)?;
                Ok(Place::Data { offset: at + 3, size: length })
            }
            item::OFF_PAGE => {
                short(12)?;
                Ok(Place::Overflow { page: self.file.u32(at + 4)?.into(), size: self.file.u32(at + 8)?.into() })
            }
            item::OFF_PAGE_DUPLICATES => {
                short(8)?;
                Ok(Place::Duplicates { page: self.file.u32(at + 4)?.into() })
            }
            5 => Err(unsupported(self.format, "values outside of the file")),
            found => Err(damaged(at, format!("an item of type {found}"))),
        }
    }

    /// Puts together what stands in a chain of overflow pages. A chain that returns to itself ends where all that was
    /// promised is there.
    fn overflow(&self, first: u64, size: u64) -> Result<Vec<u8>, ErrorKind> {
        let at = first.saturating_mul(self.page_size);
        if size > self.file.len() as u64 {
            return Err(damaged(at, format!("an item of {size} bytes in a file of {}", self.file.len())));
        }
        let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        let mut page = first;
        while (content.len() as u64) < size {
            let at = self.page(page, &[page::OVERFLOW], "an overflow page")?;
            let length = u64::from(self.file.u16(at + 22)?);
            if length == 0 || self.header + length > self.page_size || content.len() as u64 + length > size {
                return Err(damaged(at + 22, format!("an overflow page cannot have {length} bytes of this item")));
            }
            content.extend_from_slice(self.file.slice(at + self.header, length, "an overflow page")?);
            page = u64::from(self.file.u32(at + 16)?);
        }
        Ok(content)
    }

    /// Where the items of a page begin, behind its header.
    pub(super) fn items(&self, at: u64) -> u64 {
        at + self.header
    }
}
