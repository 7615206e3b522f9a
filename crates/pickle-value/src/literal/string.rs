//! Strings of Python's source text.

use alloc::vec::Vec;

use crate::text::push_code_point;

/// What stands before a string's quote.
#[derive(Clone, Copy, Default)]
pub(super) struct Prefix {
    raw: bool,
    pub(super) bytes: bool,
}

impl Prefix {
    pub(super) fn of(word: &str) -> Result<Prefix, &'static str> {
        let is = |prefix: &str| word.eq_ignore_ascii_case(prefix);
        match () {
            () if is("") || is("u") => Ok(Prefix { raw: false, bytes: false }),
            () if is("r") => Ok(Prefix { raw: true, bytes: false }),
            () if is("b") => Ok(Prefix { raw: false, bytes: true }),
            () if is("br") || is("rb") => Ok(Prefix { raw: true, bytes: true }),
            () if is("f") || is("fr") || is("rf") => Err("an f-string is no literal"),
            () => Err("invalid syntax: no string has this prefix"),
        }
    }
}

/// What a string holds.
pub(super) enum Content<'t> {
    /// As it stands in the text.
    Borrowed(&'t [u8]),
    /// With escapes resolved, or put together.
    Owned(Vec<u8>),
}

impl Content<'_> {
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Content::Borrowed(bytes) => bytes,
            Content::Owned(bytes) => bytes,
        }
    }

    pub(super) fn append(&mut self, next: Content<'_>) {
        if let Content::Borrowed(bytes) = self {
            *self = Content::Owned(bytes.to_vec());
        }
        if let Content::Owned(bytes) = self {
            bytes.extend_from_slice(next.as_bytes());
        }
    }
}

type Fault = (usize, &'static str);

/// Reads the string at the start of `text`, which begins with its quote; gives its length, quotes included.
///
/// # Errors
///
/// What is wrong, and at which byte.
pub(super) fn string(text: &str, prefix: Prefix) -> Result<(Content<'_>, usize), Fault> {
    let bytes = text.as_bytes();
    let quote = bytes[0];
    let quotes = if bytes[1..].starts_with(&[quote; 2]) { 3 } else { 1 };
    let length = length(&bytes[quotes..], quote, quotes)?;
    let body = &text[quotes..quotes + length];
    let content = match (body.bytes().any(|byte| matches!(byte, b'\\' | b'\r')), prefix.bytes) {
        (_, true) if !body.is_ascii() => return Err((quotes, "bytes can only contain ASCII literal characters")),
        (false, _) => Content::Borrowed(body.as_bytes()),
        (true, _) => Content::Owned(Unescape { body, at: 0, prefix, out: Vec::with_capacity(body.len()) }.run(quotes)?),
    };
    Ok((content, quotes + length + quotes))
}

/// How long a string's body is.
fn length(body: &[u8], quote: u8, quotes: usize) -> Result<usize, Fault> {
    let mut at = 0;
    loop {
        match body.get(at) {
            None if quotes == 3 => return Err((0, "the triple-quoted string is not closed")),
            None => return Err((0, "the string is not closed")),
            Some(b'\\') => {
                // A carriage return and a newline are one newline.
                at += if body[at + 1..].starts_with(b"\r\n") { 3 } else { 2 };
                continue;
            }
            Some(b'\n' | b'\r') if quotes == 1 => return Err((0, "the string is not closed on its line")),
            Some(&byte) if byte == quote && body[at..].starts_with(&[quote; 3][..quotes]) => return Ok(at),
            Some(_) => at += 1,
        }
    }
}

/// A string's body in which something is not what it stands for.
struct Unescape<'t> {
    body: &'t str,
    at: usize,
    prefix: Prefix,
    out: Vec<u8>,
}

impl Unescape<'_> {
    /// Gives the content; `base` is added to places.
    fn run(mut self, base: usize) -> Result<Vec<u8>, Fault> {
        while let Some(&byte) = self.body.as_bytes().get(self.at) {
            match byte {
                b'\r' => self.newline(true),
                b'\\' if self.prefix.raw => {
                    self.out.push(byte);
                    self.at += 1;
                }
                b'\\' => {
                    let at = self.at;
                    self.escape().map_err(|problem| (base + at, problem))?;
                }
                _ => {
                    self.out.push(byte);
                    self.at += 1;
                }
            }
        }
        Ok(self.out)
    }

    /// A newline, however it is spelled, which is `\n` or joins two lines.
    fn newline(&mut self, keep: bool) {
        let body = &self.body.as_bytes()[self.at..];
        self.at += if body.starts_with(b"\r\n") { 2 } else { 1 };
        if keep {
            self.out.push(b'\n');
        }
    }

    fn escape(&mut self) -> Result<(), &'static str> {
        self.at += 1;
        // A body does not end in a backslash that is not escaped itself.
        let letter = self.body.as_bytes().get(self.at).copied().unwrap_or(b'\\');
        let single = match letter {
            b'\n' | b'\r' => {
                self.newline(false);
                return Ok(());
            }
            b'\\' | b'\'' | b'"' => letter,
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'0'..=b'7' => {
                let value = self.octal();
                self.point(value);
                return Ok(());
            }
            b'x' => return self.hexadecimal(2, r"\x takes two hexadecimal digits"),
            b'u' if !self.prefix.bytes => return self.hexadecimal(4, r"\u takes four hexadecimal digits"),
            b'U' if !self.prefix.bytes => return self.hexadecimal(8, r"\U takes eight hexadecimal digits"),
            b'N' if !self.prefix.bytes => return self.name(),
            _ => {
                // An escape that is none stands for itself; what follows the backslash is read on its own.
                self.out.push(b'\\');
                return Ok(());
            }
        };
        self.out.push(single);
        self.at += 1;
        Ok(())
    }

    /// Up to three octal digits.
    fn octal(&mut self) -> u32 {
        let mut value = 0;
        for _ in 0..3 {
            let Some(digit @ b'0'..=b'7') = self.body.as_bytes().get(self.at) else {
                break;
            };
            value = value * 8 + u32::from(digit - b'0');
            self.at += 1;
        }
        value
    }

    fn hexadecimal(&mut self, count: usize, problem: &'static str) -> Result<(), &'static str> {
        let digits = self.body.as_bytes().get(self.at + 1..self.at + 1 + count).ok_or(problem)?;
        let mut value = 0;
        for &digit in digits {
            value = value * 16 + char::from(digit).to_digit(16).ok_or(problem)?;
        }
        if value > 0x10_ffff {
            return Err(r"\U takes a code point up to 0010ffff");
        }
        self.at += 1 + count;
        self.point(value);
        Ok(())
    }

    /// `\N{LATIN SMALL LETTER A}`
    fn name(&mut self) -> Result<(), &'static str> {
        let rest = &self.body[self.at + 1..];
        let name = rest.strip_prefix('{').and_then(|rest| Some(&rest[..rest.find('}')?]));
        let name = name.ok_or(r"\N takes a name in braces")?;
        let character = character_named(name)?;
        self.at += 1 + 1 + name.len() + 1;
        self.point(character.into());
        Ok(())
    }

    /// A code point, or the low eight bits of it in bytes.
    fn point(&mut self, value: u32) {
        if self.prefix.bytes {
            self.out.push(value as u8);
        } else {
            push_code_point(value, &mut self.out);
        }
    }
}

/// The library matches loosely (UAX #44, LM2): blanks, hyphens and underscores do not count. In Python they do.
#[cfg(feature = "unicode-names")]
fn character_named(name: &str) -> Result<char, &'static str> {
    use alloc::string::ToString;

    let unknown = "no character has this name";
    // Release 4.0 panics over a hyphen at the start, where builds check for overflow.
    if !name.starts_with(|character: char| character.is_ascii_alphanumeric()) {
        return Err(unknown);
    }
    let character = unicode_names2::character(name).ok_or(unknown)?;
    let known = unicode_names2::name(character).map(|known| known.to_string()).unwrap_or_default();
    let letters = |name: &str| -> Vec<u8> {
        name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect()
    };
    let exact = match letters(name) == letters(&known) {
        true => name.eq_ignore_ascii_case(&known),
        // An alias, whose spelling the library does not tell: a blank too many between letters stays unseen.
        false => !name.contains('_') && name.split(' ').all(|word| !word.is_empty()),
    };
    if exact { Ok(character) } else { Err(unknown) }
}

#[cfg(not(feature = "unicode-names"))]
fn character_named(_name: &str) -> Result<char, &'static str> {
    Err(r"\N needs the feature unicode-names")
}
