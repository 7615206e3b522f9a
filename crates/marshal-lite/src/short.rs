//! [`Short`]: a short string with what stands behind it in memory, looked at all at once.

/// As many bytes as most names have, read at once.
pub(crate) const WINDOW: usize = 32;

/// A string of at most [`WINDOW`] bytes, and bytes behind it that are none of its own.
#[derive(Clone, Copy)]
pub(crate) struct Short<'g> {
    pub(crate) window: &'g [u8; WINDOW],
    pub(crate) length: usize,
    /// All ones where the string's own bytes are.
    own: &'static [u8; WINDOW],
}

/// [`Short::own`] of each length is a part of these.
static OWN: [u8; 2 * WINDOW] = {
    let mut own = [0; 2 * WINDOW];
    let mut at = 0;
    while at < WINDOW {
        own[at] = 0xff;
        at += 1;
    }
    own
};

impl<'g> Short<'g> {
    /// The first `length` of some bytes; nothing where these are too long, or too few bytes stand behind them.
    #[inline(always)]
    pub(crate) fn new(bytes_and_more: &'g [u8], length: usize) -> Option<Short<'g>> {
        let window = bytes_and_more.first_chunk()?;
        let own = OWN.get(WINDOW.checked_sub(length)?..)?.first_chunk()?;
        Some(Short { window, length, own })
    }

    /// Its length.
    #[inline(always)]
    pub(crate) fn size(self) -> u8 {
        self.length as u8
    }

    /// The string with zeros behind it, in words.
    #[inline(always)]
    pub(crate) fn alone(self) -> [u64; WINDOW / 8] {
        let (window, own) = (words(self.window), words(self.own));
        [window[0] & own[0], window[1] & own[1], window[2] & own[2], window[3] & own[3]]
    }

    /// Its first eight bytes and its last, in words; where it has less, these with zeros behind them.
    #[inline(always)]
    pub(crate) fn ends(self) -> [u64; 2] {
        let own = word_at(self.own, 0);
        let last = self.length.saturating_sub(8).min(WINDOW - 8);
        [word_at(self.window, 0) & own, word_at(self.window, last) & own]
    }

    #[inline(always)]
    pub(crate) fn is_ascii(self) -> bool {
        let [a, b, c, d] = self.alone();
        (a | b | c | d) & 0x8080_8080_8080_8080 == 0
    }

    /// Whether it has only letters, digits and underscores.
    #[inline(always)]
    pub(crate) fn looks_like_a_name(self) -> bool {
        self.has_none(|byte| {
            let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
            let is_digit = byte.wrapping_sub(b'0') < 10;
            u8::from(!(is_letter | is_digit | (byte == b'_')))
        })
    }

    /// Whether no byte of the string has what is asked for. All are asked, since that takes a few instructions for all.
    #[inline(always)]
    fn has_none(self, ask: impl Fn(u8) -> u8) -> bool {
        self.window.iter().zip(self.own).fold(0, |found, (&byte, own)| found | ask(byte) & own) == 0
    }
}

/// Bytes in little-endian words.
#[inline(always)]
pub(crate) fn words(bytes: &[u8; WINDOW]) -> [u64; WINDOW / 8] {
    [word_at(bytes, 0), word_at(bytes, 8), word_at(bytes, 16), word_at(bytes, 24)]
}

#[inline(always)]
fn word_at(bytes: &[u8; WINDOW], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..].first_chunk().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Short, WINDOW};

    #[test]
    fn only_its_own_bytes_count() {
        for length in 0..=WINDOW {
            for byte in 0..=u8::MAX {
                let mut bytes = [b'x'; WINDOW + 1];
                bytes[length..].fill(0xff);
                assert!(Short::new(&bytes, length).is_some_and(|short| short.is_ascii() && short.looks_like_a_name()));
                let Some(last) = length.checked_sub(1) else {
                    continue;
                };
                bytes[last] = byte;
                let short = Short::new(&bytes, length).expect("there are enough bytes");
                let alone = short.alone().map(u64::to_le_bytes).concat();
                assert_eq!(alone[..length], bytes[..length]);
                assert_eq!(alone[length..], [0; WINDOW][length..]);
                assert_eq!(short.is_ascii(), byte.is_ascii());
                assert_eq!(short.looks_like_a_name(), byte.is_ascii_alphanumeric() || byte == b'_');
            }
        }
        assert!(Short::new(&[0; WINDOW + 1], WINDOW + 1).is_none());
        assert!(Short::new(&[0; WINDOW - 1], 1).is_none());
    }
}
