//! Python literals: str and bytes, as `repr` writes them.

use pickle_value::push_code_point;

use super::error::AsmErrorKind;

/// A str at the start of `text`, with Python 2's `u` or without: UTF-8, surrogates in three bytes, and what is behind it.
///
/// `None` where no str begins.
pub(super) fn text(text: &str) -> Result<Option<(Vec<u8>, &str)>, AsmErrorKind> {
    quoted(text.strip_prefix('u').unwrap_or(text), Kind::Text)
}

/// Bytes at the start of `text`, and what is behind them; `None` where no bytes begin.
pub(super) fn bytes(text: &str) -> Result<Option<(Vec<u8>, &str)>, AsmErrorKind> {
    text.strip_prefix('b').map_or(Ok(None), |text| quoted(text, Kind::Bytes))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Bytes,
}

fn quoted(text: &str, kind: Kind) -> Result<Option<(Vec<u8>, &str)>, AsmErrorKind> {
    let Some(quote @ ('\'' | '"')) = text.chars().next() else {
        return Ok(None);
    };
    let mut content = Vec::new();
    let mut rest = &text[1..];
    loop {
        let plain = rest.find([quote, '\\']).ok_or(bad("the closing quote is missing"))?;
        if kind == Kind::Bytes && !rest[..plain].is_ascii() {
            return Err(bad("there are other characters than ASCII"));
        }
        content.extend_from_slice(&rest.as_bytes()[..plain]);
        rest = &rest[plain..];
        if let Some(behind) = rest.strip_prefix(quote) {
            return Ok(Some((content, behind)));
        }
        let (value, behind) = escape(&rest[1..], kind)?;
        match kind {
            Kind::Text => push_code_point(value, &mut content),
            Kind::Bytes => content.push(value as u8),
        }
        rest = behind;
    }
}

/// What stands behind a backslash, and what is behind that.
fn escape(text: &str, kind: Kind) -> Result<(u32, &str), AsmErrorKind> {
    let letter = text.chars().next().ok_or(bad("the closing quote is missing"))?;
    let rest = &text[letter.len_utf8()..];
    let value = match letter {
        '\\' | '\'' | '"' => u32::from(letter),
        'n' => 0x0a,
        'r' => 0x0d,
        't' => 0x09,
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'v' => 0x0b,
        'x' => return hexadecimal(rest, 2),
        'u' if kind == Kind::Text => return hexadecimal(rest, 4),
        'U' if kind == Kind::Text => return hexadecimal(rest, 8),
        '0'..='7' => {
            let digits = text.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let value = text[..digits].bytes().fold(0, |value, digit| value * 8 + u32::from(digit - b'0'));
            return if kind == Kind::Bytes && value > 0xff {
                Err(bad("an escape is too large"))
            } else {
                Ok((value, &text[digits..]))
            };
        }
        _ => return Err(bad("there is an unknown escape")),
    };
    Ok((value, rest))
}

fn hexadecimal(text: &str, digits: usize) -> Result<(u32, &str), AsmErrorKind> {
    let (number, rest) = text.split_at_checked(digits).ok_or(bad("an escape has too few digits"))?;
    if !number.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(bad("an escape has too few digits"));
    }
    match u32::from_str_radix(number, 16) {
        Ok(value @ ..=0x10_ffff) => Ok((value, rest)),
        _ => Err(bad("an escape is too large")),
    }
}

fn bad(reason: &'static str) -> AsmErrorKind {
    AsmErrorKind::BadLiteral { reason }
}
