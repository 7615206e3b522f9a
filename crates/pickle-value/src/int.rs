//! Ints beyond 48 bits: two's complement, little-endian, as LONG1 has them.

use num_bigint::BigInt;

/// The shortest bytes of the same value; empty for zero.
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., last] = bytes {
        let sign = rest.last().is_some_and(|byte| byte & 0x80 != 0);
        match last {
            0x00 if !sign => bytes = rest,
            0xff if sign => bytes = rest,
            _ => break,
        }
    }
    bytes
}

/// True for what 64 bits do not hold, in no more bytes than it needs.
#[inline(always)]
pub(crate) fn is_wide(bytes: &[u8]) -> bool {
    match bytes {
        [.., _, _, _, _, _, _, _, next, last] => {
            // The last byte only repeats the sign of the one before.
            let sign = (*next as i8 >> 7) as u8;
            *last != sign
        }
        _ => false,
    }
}

/// The value, if 64 bits hold it.
#[inline]
pub(crate) fn to_i64(bytes: &[u8]) -> Option<i64> {
    let bytes = if bytes.len() > 8 { trim(bytes) } else { bytes };
    if bytes.len() > 8 {
        return None;
    }
    let fill = if bytes.last().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
    let mut wide = [fill; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    Some(i64::from_le_bytes(wide))
}

/// The value, if 128 bits hold it.
pub(crate) fn to_i128(bytes: &[u8]) -> Option<i128> {
    let bytes = trim(bytes);
    if bytes.len() > 16 {
        return None;
    }
    let fill = if bytes.last().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
    let mut wide = [fill; 16];
    wide[..bytes.len()].copy_from_slice(bytes);
    Some(i128::from_le_bytes(wide))
}

pub(crate) fn to_bigint(bytes: &[u8]) -> BigInt {
    BigInt::from_signed_bytes_le(bytes)
}
