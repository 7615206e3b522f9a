//! Ints of any size: 15 bits a digit in marshal data, two's complement everywhere else.

use alloc::vec::Vec;

use crate::error::ErrorKind;
use crate::read::Cursor;

const BITS: u32 = 15;

/// Reads the number of digits, negative for a negative int, and the digits; gives two's complement, little-endian.
pub(crate) fn read_digits<'s>(cursor: &mut Cursor<'_>, scratch: &'s mut Vec<u8>) -> Result<&'s [u8], ErrorKind> {
    let count = cursor.int32()?;
    let digits = cursor.take((count.unsigned_abs() as usize).saturating_mul(2))?;
    scratch.clear();
    let (mut bits, mut held) = (0_u32, 0);
    for pair in digits.chunks_exact(2) {
        let digit = u16::from_le_bytes([pair[0], pair[1]]);
        if digit >> BITS != 0 {
            return Err(ErrorKind::DigitOutOfRange);
        }
        bits |= u32::from(digit) << held;
        held += BITS;
        while held >= 8 {
            scratch.push(bits as u8);
            bits >>= 8;
            held -= 8;
        }
    }
    if digits.ends_with(&[0, 0]) {
        return Err(ErrorKind::UnnormalizedLong);
    }
    // What is left, and room for the sign.
    scratch.extend_from_slice(&[bits as u8, 0]);
    if count < 0 {
        negate(scratch);
    }
    Ok(scratch)
}

/// Appends an int given as two's complement, little-endian: the number of its digits and the digits.
pub(crate) fn write_digits(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let mut negated = Vec::new();
    let mut magnitude = bytes;
    if negative {
        negated.extend_from_slice(bytes);
        // The lowest number has a magnitude of one bit more.
        negated.push(0xff);
        negate(&mut negated);
        magnitude = &negated;
    }
    while let [rest @ .., 0] = magnitude {
        magnitude = rest;
    }
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    let (mut bits, mut held) = (0_u32, 0);
    for &byte in magnitude {
        bits |= u32::from(byte) << held;
        held += 8;
        if held >= BITS {
            out.extend_from_slice(&((bits & 0x7fff) as u16).to_le_bytes());
            bits >>= BITS;
            held -= BITS;
        }
    }
    if bits != 0 {
        out.extend_from_slice(&(bits as u16).to_le_bytes());
    }
    let count = (out.len() - start - 4) / 2;
    let signed = i32::try_from(count).map_err(|_| ErrorKind::TooLarge(count))?;
    out[start..start + 4].copy_from_slice(&(if negative { -signed } else { signed }).to_le_bytes());
    Ok(())
}

/// Two's complement of the same length.
fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes {
        let (negated, overflows) = (!*byte).overflowing_add(u8::from(carry));
        (*byte, carry) = (negated, overflows);
    }
}
