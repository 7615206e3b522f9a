//! [`Str`]: a Python str, which unlike Rust's may hold lone surrogates.

use alloc::borrow::Cow;
use core::fmt;

use pickle_value::{Text, literal, push_code_point};

use crate::ErrorKind;

/// A Python str. Displays as Python's repr.
///
/// ```
/// let pickle = b"X\x04\0\0\0\xed\xa0\x80!.";
/// let op = pickle_tools::genops(pickle).next().expect("an instruction")?;
/// let Some(pickle_tools::Arg::Str(text)) = op.arg else { panic!("BINUNICODE has a str") };
/// assert_eq!(text.as_text().code_points().collect::<Vec<_>>(), [0xd800, 0x21]);
/// assert_eq!(text.as_str(), None);
/// assert_eq!(text.to_string(), r"'\ud800!'");
/// # Ok::<(), pickle_tools::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Str<'a>(Repr<'a>);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Repr<'a> {
    Utf8(Cow<'a, str>),
    /// UTF-8 in which surrogates, of which there is one at least, stand as three bytes each.
    Surrogates(Cow<'a, [u8]>),
}

impl<'a> Str<'a> {
    /// The text, unless it holds a surrogate.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Repr::Utf8(text) => Some(text),
            Repr::Surrogates(_) => None,
        }
    }

    /// The text, whatever it holds.
    #[must_use]
    pub fn as_text(&self) -> Text<'_> {
        Text::from_utf8(self.as_bytes()).expect("it was checked when it was made")
    }

    /// The text in UTF-8, each surrogate in three bytes (Python: `encode('utf-8', 'surrogatepass')`).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Utf8(text) => text.as_bytes(),
            Repr::Surrogates(bytes) => bytes,
        }
    }

    /// The same text, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Str<'static> {
        Str(match self.0 {
            Repr::Utf8(text) => Repr::Utf8(Cow::Owned(text.into_owned())),
            Repr::Surrogates(bytes) => Repr::Surrogates(Cow::Owned(bytes.into_owned())),
        })
    }

    /// Reads UTF-8 as BINUNICODE has it (Python: `decode('utf-8', 'surrogatepass')`).
    #[inline]
    pub(crate) fn from_utf8(bytes: &'a [u8]) -> Result<Str<'a>, ErrorKind> {
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(Str(Repr::Utf8(Cow::Borrowed(text)))),
            Err(_) => Str::with_surrogates(bytes),
        }
    }

    #[cold]
    fn with_surrogates(bytes: &'a [u8]) -> Result<Str<'a>, ErrorKind> {
        match Text::from_utf8(bytes).map_err(|error| error.into_kind()) {
            Ok(_) => Ok(Str(Repr::Surrogates(Cow::Borrowed(bytes)))),
            Err(pickle_value::ErrorKind::InvalidText { position }) => Err(ErrorKind::NotUtf8 { position }),
            Err(_) => Err(ErrorKind::NotUtf8 { position: 0 }),
        }
    }

    /// Reads latin-1, in which every byte is a code point.
    pub(crate) fn from_latin1(bytes: &'a [u8]) -> Str<'a> {
        Str(Repr::Utf8(match core::str::from_utf8(bytes) {
            Ok(text) if text.is_ascii() => Cow::Borrowed(text),
            _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
        }))
    }

    /// Takes ASCII.
    pub(crate) fn from_ascii(bytes: Cow<'a, [u8]>) -> Result<Str<'a>, ErrorKind> {
        if let Some(position) = bytes.iter().position(|byte| !byte.is_ascii()) {
            return Err(ErrorKind::NotAscii { position, byte: bytes[position] });
        }
        let text = match bytes {
            Cow::Borrowed(bytes) => core::str::from_utf8(bytes).map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|error| error.utf8_error()),
        };
        Ok(Str(Repr::Utf8(text.expect("ASCII is UTF-8"))))
    }

    /// Reads the line of UNICODE (Python: `decode('raw-unicode-escape')`).
    pub(crate) fn from_raw_unicode_escape(line: &'a [u8]) -> Result<Str<'a>, ErrorKind> {
        if !line.contains(&b'\\') {
            return Ok(Str::from_latin1(line));
        }
        let mut bytes = Vec::with_capacity(line.len());
        pickle_opcodes::text::unicode_line(line, |point| push_code_point(point, &mut bytes))?;
        Ok(Str::from_code_points(bytes))
    }

    /// Takes what [`push_code_point`] has written.
    pub(crate) fn from_code_points(bytes: Vec<u8>) -> Str<'a> {
        Str(match String::from_utf8(bytes) {
            Ok(text) => Repr::Utf8(Cow::Owned(text)),
            // Only surrogates make the difference.
            Err(error) => Repr::Surrogates(Cow::Owned(error.into_bytes())),
        })
    }
}

impl fmt::Display for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_repr(f)
    }
}

impl Str<'_> {
    pub(crate) fn write_repr(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        match &self.0 {
            Repr::Utf8(text) => literal::write_text(text, out),
            Repr::Surrogates(_) => literal::write_str(self.as_text().code_points(), out),
        }
    }
}
