//! The pieces of a JSON text, as CPython's scanner takes them.

use std::borrow::Cow;

use pickle_value::push_code_point;

use super::error::{LoadError, LoadErrorKind, Place};

/// A place in a text of UTF-8, in which surrogates may stand too.
pub(crate) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

/// A number as it is written.
pub(crate) enum Number<'a> {
    Int(&'a str),
    Float(&'a str),
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Scanner<'a> {
        Scanner { text, at: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Takes a byte if it stands here.
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let stands = self.peek() == Some(byte);
        self.at += usize::from(stands);
        stands
    }

    /// Takes a word if it stands here.
    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        let stands = self.text[self.at..].starts_with(word.as_bytes());
        self.at += if stands { word.len() } else { 0 };
        stands
    }

    pub(crate) fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// A number, if one stands here: as many characters as make one.
    pub(crate) fn number(&mut self) -> Option<Number<'a>> {
        let text = &self.text[self.at..];
        let sign = usize::from(text.first() == Some(&b'-'));
        let whole = match text.get(sign)? {
            b'0' => sign + 1,
            b'1'..=b'9' => sign + digits(&text[sign..]),
            _ => return None,
        };
        let mut end = whole;
        if text.get(end) == Some(&b'.') {
            let fraction = digits(&text[end + 1..]);
            end += if fraction > 0 { 1 + fraction } else { 0 };
        }
        if let Some(b'e' | b'E') = text.get(end) {
            let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(&text[end + 1 + sign..]);
            end += if exponent > 0 { 1 + sign + exponent } else { 0 };
        }
        self.at += end;
        let number = core::str::from_utf8(&text[..end]).ok()?;
        Some(if end == whole { Number::Int(number) } else { Number::Float(number) })
    }

    /// A string, whose opening quote has been taken.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, [u8]>, LoadError> {
        let start = self.at;
        let chunk = self.chunk(start)?;
        if self.take(b'"') {
            return Ok(Cow::Borrowed(chunk));
        }
        let mut text = chunk.to_vec();
        loop {
            // Behind the chunk stands a quote or a backslash.
            if self.take(b'"') {
                return Ok(Cow::Owned(text));
            }
            self.escape(start, &mut text)?;
            text.extend_from_slice(self.chunk(start)?);
        }
    }

    /// What stands before the next quote or backslash.
    fn chunk(&mut self, start: usize) -> Result<&'a [u8], LoadError> {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|&byte| matches!(byte, b'"' | b'\\' | ..0x20));
        match length.map(|length| (length, rest[length])) {
            Some((length, b'"' | b'\\')) => {
                self.at += length;
                Ok(&rest[..length])
            }
            Some((length, _)) => Err(self.error_at(self.at + length, LoadErrorKind::ControlCharacter)),
            None => Err(self.error_at(start - 1, LoadErrorKind::Unterminated)),
        }
    }

    fn escape(&mut self, start: usize, text: &mut Vec<u8>) -> Result<(), LoadError> {
        let backslash = self.at;
        self.at += 1;
        let plain = match self.peek() {
            None => return Err(self.error_at(start - 1, LoadErrorKind::Unterminated)),
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.unicode_escape(text),
            Some(_) => return Err(self.error_at(backslash, LoadErrorKind::Escape)),
        };
        self.at += 1;
        text.push(plain);
        Ok(())
    }

    /// `uXXXX`, and another one behind it if they are a pair of surrogates.
    fn unicode_escape(&mut self, text: &mut Vec<u8>) -> Result<(), LoadError> {
        let mut point = self.hexadecimal()?;
        if let 0xd800..0xdc00 = point
            && self.text[self.at..].starts_with(b"\\u")
        {
            let second = self.at;
            self.at += 1;
            match self.hexadecimal()? {
                low @ 0xdc00..0xe000 => point = 0x1_0000 + ((point & 0x3ff) << 10 | low & 0x3ff),
                // Another character, which may begin a pair itself.
                _ => self.at = second,
            }
        }
        push_code_point(point, text);
        Ok(())
    }

    /// The four digits behind a `u`. At least the closing quote is to follow them.
    fn hexadecimal(&mut self) -> Result<u32, LoadError> {
        let digits = self.text.get(self.at + 1..self.at + 5).filter(|_| self.text.len() > self.at + 5);
        let value = digits.and_then(|digits| {
            digits.iter().try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
        });
        match value {
            Some(value) => {
                self.at += 5;
                Ok(value)
            }
            None => Err(self.error(LoadErrorKind::UnicodeEscape)),
        }
    }

    /// Something is wrong here.
    #[cold]
    pub(crate) fn error(&self, kind: LoadErrorKind) -> LoadError {
        self.error_at(self.at, kind)
    }

    /// Something is wrong there.
    #[cold]
    pub(crate) fn error_at(&self, at: usize, kind: LoadErrorKind) -> LoadError {
        let before = &self.text[..at.min(self.text.len())];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let characters = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let (column, position) = (characters(&before[line_start..]) + 1, characters(before));
        LoadError::at(kind, Place { line, column, position })
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}
