//! Eight bytes at a time: bytes of a word that are looked at together.

/// A word with this byte eight times.
pub(crate) const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Up to eight bytes as a word, the first one lowest, with zeros behind them.
///
/// In two loads that overlap, because a copy of so few bytes takes a call.
#[inline(always)]
pub(crate) fn short(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    if let (Some(low), Some(high)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*low)) | u64::from(u32::from_le_bytes(*high)) << (8 * (length - 4));
    }
    let at = |index: usize| u64::from(bytes[index]) << (8 * index);
    if length == 0 { 0 } else { at(0) | at(length / 2) | at(length - 1) }
}

/// The highest bit of each byte that is printable ASCII, but no single quote and no backslash; other bits mean nothing.
#[inline(always)]
pub(crate) fn plain(word: u64) -> u64 {
    let low = word & all(0x7f);
    let other_than = |byte| (low ^ all(byte)) + all(0x7f);
    !word & (low + all(0x80 - b' ')) & other_than(0x7f) & other_than(b'\'') & other_than(b'\\')
}
