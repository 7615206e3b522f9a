//! [`Record`]: what marshal data says beside its objects.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// How a stream spells its objects, in their order: the side table that makes writing give the same bytes.
///
/// A graph does not know which strings are interned, which objects are flagged for references that may never come, and
/// that one `1` is a reference to another. The record does, a byte an object and four a reference.
///
/// ```
/// use marshal_lite::ReadOptions;
///
/// // marshal.dumps([1, 1]) of CPython 3.13: the 1 has the flag, the other is a reference to it.
/// let data = b"[\x02\0\0\0\xe9\x01\0\0\0r\0\0\0\0";
/// let (graph, record) = ReadOptions::new().from_slice_recorded(data)?;
/// assert_eq!(graph.to_string(), "[1, 1]");
/// assert_eq!(record.to_vec(&graph)?, data);
/// # Ok::<(), marshal_lite::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Record {
    /// The first byte of each object, flag included; of a dict its end, too.
    pub(crate) codes: Vec<u8>,
    /// The numbers that references name.
    pub(crate) references: Vec<u32>,
    /// Floats as text that are spelled otherwise than CPython does.
    pub(crate) floats: Vec<OddFloat>,
}

/// A float that is spelled otherwise than CPython does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct OddFloat {
    /// Of how many floats as text it is which.
    pub(crate) number: u32,
    pub(crate) text: Box<[u8]>,
}

impl Record {
    /// How many objects the stream has, references included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// True for a record that nothing was read into.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }
}
