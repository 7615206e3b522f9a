//! [`KeyEncoding`]: the bytes of a key.

use pickle_value::literal;

use crate::error::ErrorKind;

/// How the text of a key becomes bytes: the parameter `keyencoding` of `shelve.Shelf`.
///
/// ```
/// use shelve_lite::KeyEncoding;
///
/// assert_eq!(KeyEncoding::Latin1.encode("café")?, b"caf\xe9");
/// assert_eq!(KeyEncoding::default().decode(b"caf\xc3\xa9")?, "café");
/// # Ok::<(), shelve_lite::ErrorKind>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum KeyEncoding {
    /// UTF-8: what Python takes unless it is told otherwise.
    #[default]
    Utf8,
    /// A byte a character. Any key can be read by it, Python 2's among them.
    Latin1,
    /// ASCII alone.
    Ascii,
}

impl KeyEncoding {
    /// The bytes of a key.
    ///
    /// ```
    /// use shelve_lite::KeyEncoding;
    ///
    /// assert_eq!(KeyEncoding::Utf8.encode("é").ok().as_deref(), Some(&b"\xc3\xa9"[..]));
    /// assert!(KeyEncoding::Ascii.encode("é").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] for a character that the encoding has not.
    pub fn encode(self, key: &str) -> Result<Vec<u8>, ErrorKind> {
        let limit = match self {
            KeyEncoding::Utf8 => return Ok(key.as_bytes().to_vec()),
            KeyEncoding::Latin1 => 0x100,
            KeyEncoding::Ascii => 0x80,
        };
        let byte = |character: char| u8::try_from(character).ok().filter(|&byte| u32::from(byte) < limit);
        let bytes: Option<Vec<u8>> = key.chars().map(byte).collect();
        bytes.ok_or_else(|| ErrorKind::Key { key: repr(key), problem: "the key encoding has no bytes for it" })
    }

    /// The key that bytes are.
    ///
    /// ```
    /// use shelve_lite::KeyEncoding;
    ///
    /// assert_eq!(KeyEncoding::Latin1.decode(b"\xe9").ok().as_deref(), Some("é"));
    /// assert!(KeyEncoding::Utf8.decode(b"\xe9").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] for bytes that are no text in the encoding.
    pub fn decode(self, bytes: &[u8]) -> Result<String, ErrorKind> {
        let text = match self {
            KeyEncoding::Latin1 => Some(latin1(bytes)),
            KeyEncoding::Ascii if !bytes.is_ascii() => None,
            KeyEncoding::Utf8 | KeyEncoding::Ascii => core::str::from_utf8(bytes).map(str::to_owned).ok(),
        };
        text.ok_or_else(|| ErrorKind::Key {
            key: repr_bytes(bytes),
            problem: "these bytes are none of the key encoding",
        })
    }
}

/// Each byte as the character of that number.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// A key as Python writes it.
pub(crate) fn repr(key: &str) -> String {
    let mut text = String::new();
    literal::write_text(key, &mut text).expect("a String takes all");
    text
}

/// The bytes of a key as Python writes them.
pub(crate) fn repr_bytes(key: &[u8]) -> String {
    let mut text = String::new();
    literal::write_bytes(key, &mut text).expect("a String takes all");
    text
}
