//! Ints in decimal digits, of which there may be only so many.

use std::io::Write;

use num_bigint::BigInt;

/// Appends an int of at most 64 bits.
pub(crate) fn write_small(value: i64, out: &mut Vec<u8>) {
    // A vector takes all that is written.
    let _ = write!(out, "{value}");
}

/// Appends an int in two's complement, little-endian; false, and nothing, if it has more digits than `limit`, 0 being no
/// limit.
pub(crate) fn write_large(bytes: &[u8], limit: usize, out: &mut Vec<u8>) -> bool {
    // A digit holds at most 3.33 bits. What is surely too long is not converted, which takes the square of its length.
    if limit > 0 && bytes.len().saturating_mul(8) > limit.saturating_mul(10) / 3 + 64 {
        return false;
    }
    let digits = BigInt::from_signed_bytes_le(bytes).to_string();
    if limit > 0 && digits.trim_start_matches('-').len() > limit {
        return false;
    }
    out.extend_from_slice(digits.as_bytes());
    true
}
