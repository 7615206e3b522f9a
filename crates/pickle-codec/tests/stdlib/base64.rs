//! Base64, as Python's `base64.b64encode` writes it.

/// The bytes that a text stands for.
pub(crate) fn base64(text: &str) -> Vec<u8> {
    let digit = |byte| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let bits = text
        .bytes()
        .filter(|byte| *byte != b'=')
        .map(digit)
        .flat_map(|digit| (0..6).rev().map(move |at| digit >> at & 1));
    let bits: Vec<u8> = bits.collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}
