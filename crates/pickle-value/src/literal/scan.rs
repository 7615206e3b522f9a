//! [`Scanner`]: the tokens of a literal.

use super::number::{self, Number};
use super::parse;
use super::string::{self, Content, Prefix};
use crate::error::Error;

/// What a literal is made of.
pub(super) enum Token<'t> {
    /// `(`, `[` or `{`.
    Open(u8),
    /// `)`, `]` or `}`.
    Close(u8),
    Comma,
    Colon,
    /// `+` or `-`.
    Sign(u8),
    Ellipsis,
    Name(&'t str),
    Number(Number),
    /// A str, as UTF-8 in which surrogates may be encoded; all that are written one behind the other.
    Text(Content<'t>),
    /// Bytes, likewise.
    Bytes(Content<'t>),
    /// The end of the line that no bracket holds open, and nothing behind it.
    End,
}

/// Reads tokens as CPython's tokenizer does, with its rules on lines.
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// How many brackets are open: within any, a newline is a blank.
    depth: usize,
}

/// Where the square bracket is closed that is opened at `at`.
///
/// # Errors
///
/// It is not closed, or something before its end is no token of a literal.
pub(crate) fn bracket_end(text: &str, at: usize) -> Result<usize, Error> {
    let mut scanner = Scanner { text, at, depth: 0 };
    loop {
        match scanner.next()? {
            (end, Token::Close(b']')) if scanner.depth == 0 => return Ok(end),
            (end, Token::Close(_)) if scanner.depth == 0 => {
                return Err(scanner.error(end, "the bracket does not match the one that is open"));
            }
            (_, Token::End) => return Err(scanner.error(at, "the bracket is not closed")),
            _ => {}
        }
    }
}

impl<'t> Scanner<'t> {
    /// Goes to where the literal begins.
    pub(super) fn new(text: &'t str) -> Result<Scanner<'t>, Error> {
        let mut scanner = Scanner { text, at: 0, depth: 0 };
        if let Some(nul) = text.find('\0') {
            return Err(scanner.error(nul, "a NUL is no source text"));
        }
        // literal_eval strips these two of the first line; no line behind it may be indented.
        scanner.at = text.len() - text.trim_start_matches([' ', '\t']).len();
        scanner.indentation()?;
        Ok(scanner)
    }

    /// The next token and where it starts.
    pub(super) fn next(&mut self) -> Result<(usize, Token<'t>), Error> {
        self.blanks(self.depth > 0)?;
        self.token()
    }

    fn token(&mut self) -> Result<(usize, Token<'t>), Error> {
        let at = self.at;
        let rest = &self.text.as_bytes()[at..];
        let Some(&byte) = rest.first() else {
            return Ok((at, Token::End));
        };
        let token = match byte {
            b'(' | b'[' | b'{' => {
                self.depth += 1;
                Token::Open(byte)
            }
            b')' | b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                Token::Close(byte)
            }
            b',' => Token::Comma,
            b':' => Token::Colon,
            b'+' | b'-' => Token::Sign(byte),
            b'0'..=b'9' => return self.number(at),
            b'.' if rest.get(1).is_some_and(u8::is_ascii_digit) => return self.number(at),
            b'.' if rest.starts_with(b"...") => {
                self.at += 3;
                return Ok((at, Token::Ellipsis));
            }
            b'\'' | b'"' => return Ok((at, self.strings(Prefix::default())?)),
            b'\n' | b'\r' => {
                self.only_blank_lines()?;
                return Ok((at, Token::End));
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => return Ok((at, self.word()?)),
            _ => return Err(self.error(at, "invalid syntax")),
        };
        self.at += 1;
        Ok((at, token))
    }

    fn number(&mut self, at: usize) -> Result<(usize, Token<'t>), Error> {
        match number::number(&self.text.as_bytes()[at..]) {
            Ok((number, length)) => {
                self.at += length;
                Ok((at, Token::Number(number)))
            }
            Err((within, problem)) => Err(self.error(at + within, problem)),
        }
    }

    /// A name, or the prefix of a string.
    fn word(&mut self) -> Result<Token<'t>, Error> {
        let at = self.at;
        let word = self.peek_word();
        let behind = self.text.as_bytes().get(at + word.len());
        if matches!(behind, Some(b'\'' | b'"')) {
            let prefix = Prefix::of(word).map_err(|problem| self.error(at, problem))?;
            self.at += word.len();
            return self.strings(prefix);
        }
        if !word.is_ascii() && word.chars().all(|character| !character.is_alphanumeric()) {
            return Err(self.error(at, "invalid character"));
        }
        self.at += word.len();
        Ok(Token::Name(word))
    }

    fn peek_word(&self) -> &'t str {
        let rest = &self.text[self.at..];
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        let length = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        &rest[..length]
    }

    /// The string at whose quote the scanner is, and all that follow it: Python puts them together.
    fn strings(&mut self, prefix: Prefix) -> Result<Token<'t>, Error> {
        let mut content = self.string(prefix)?;
        loop {
            self.blanks(self.depth > 0)?;
            let at = self.at;
            let word = self.peek_word();
            if !matches!(self.text.as_bytes().get(at + word.len()), Some(b'\'' | b'"')) {
                break;
            }
            let next = Prefix::of(word).map_err(|problem| self.error(at, problem))?;
            if next.bytes != prefix.bytes {
                return Err(self.error(at, "bytes and text cannot be put together"));
            }
            self.at += word.len();
            let next = self.string(next)?;
            content.append(next);
        }
        Ok(if prefix.bytes { Token::Bytes(content) } else { Token::Text(content) })
    }

    fn string(&mut self, prefix: Prefix) -> Result<Content<'t>, Error> {
        match string::string(&self.text[self.at..], prefix) {
            Ok((content, length)) => {
                self.at += length;
                Ok(content)
            }
            Err((within, problem)) => Err(self.error(self.at + within, problem)),
        }
    }

    /// Skips blanks, comments and joined lines; newlines too where `newlines` says that they are blanks.
    fn blanks(&mut self, newlines: bool) -> Result<(), Error> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | 0x0c) => self.at += 1,
                Some(b'\n' | b'\r') if newlines => self.at += 1,
                Some(b'#') => self.comment(),
                Some(b'\\') => self.joined_line()?,
                _ => return Ok(()),
            }
        }
    }

    /// Skips a comment, not the end of its line.
    fn comment(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
    }

    /// Skips a backslash and the newline behind it.
    fn joined_line(&mut self) -> Result<(), Error> {
        let length = match self.text.as_bytes()[self.at + 1..] {
            [b'\r', b'\n', ..] => 3,
            [b'\n' | b'\r', ..] => 2,
            _ => return Err(self.error(self.at, "a backslash joins lines only at the end of one")),
        };
        if self.at + length == self.text.len() {
            return Err(self.error(self.at, "the text ends behind a backslash"));
        }
        self.at += length;
        Ok(())
    }

    /// Skips empty lines and comments, up to a line with something in it, which must not be indented.
    fn indentation(&mut self) -> Result<(), Error> {
        let mut indented = false;
        // An indentation before a backslash counts for the line that it joins.
        let mut joined = false;
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t') => indented = true,
                // A form feed sets the column back.
                Some(0x0c) => indented = joined,
                Some(b'\n' | b'\r') => (indented, joined) = (false, false),
                Some(b'#') => {
                    self.comment();
                    (indented, joined) = (false, false);
                    continue;
                }
                Some(b'\\') => {
                    self.joined_line()?;
                    joined = indented;
                    continue;
                }
                // A last line of blanks is no empty line: it has no end.
                _ if indented => return Err(self.error(self.at, "unexpected indent")),
                _ => return Ok(()),
            }
            self.at += 1;
        }
    }

    /// The end of the literal's line: nothing may follow.
    fn only_blank_lines(&mut self) -> Result<(), Error> {
        self.indentation()?;
        match self.at == self.text.len() {
            true => Ok(()),
            false => Err(self.error(self.at, "invalid syntax: the literal has ended on the line before")),
        }
    }

    /// An error at a place in the text.
    #[cold]
    pub(super) fn error(&self, offset: usize, problem: impl Into<alloc::string::String>) -> Error {
        parse::error(self.text, offset, problem)
    }
}
