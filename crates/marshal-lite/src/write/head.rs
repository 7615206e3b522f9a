//! [`Head`]: how one object begins, and its content.

use alloc::format;
use alloc::vec::Vec;

use pickle_value::Text;

use super::Writer;
use crate::error::ErrorKind;
use crate::float;
use crate::int;
use crate::out::is_ascii;
use crate::table::TypeCode;

/// An object's first byte, with the form that is wanted of it.
pub(crate) struct Head<'w> {
    pub(crate) writer: &'w mut Writer,
    pub(crate) flag: u8,
    /// The type code that is wanted; else the rules say.
    pub(crate) wanted: Option<TypeCode>,
}

/// A first byte, and a word of four bytes behind it: five bytes.
#[inline(always)]
pub(crate) const fn with_word(code: TypeCode, flag: u8, word: u32) -> u64 {
    (word as u64) << 8 | (code as u8 | flag) as u64
}

/// A first byte, and a size of one byte behind it.
#[inline(always)]
pub(crate) const fn with_short_size(code: TypeCode, flag: u8, size: u8) -> u16 {
    (size as u16) << 8 | (code as u8 | flag) as u16
}

/// The form of a short string of ASCII, where it has one of its own.
#[inline(always)]
pub(crate) const fn short_ascii(interned: bool) -> TypeCode {
    if interned { TypeCode::ShortAsciiInterned } else { TypeCode::ShortAscii }
}

/// How a str of so many bytes of UTF-8 begins, and of how many bytes that is, from version 4 on.
#[inline(always)]
pub(crate) fn text_head(length: usize, is_ascii: bool, interned: bool, flag: u8) -> Option<(u64, usize)> {
    let code = |code: TypeCode| if interned { code.interned() } else { code };
    let size = u32::try_from(length).ok().filter(|&size| size <= i32::MAX as u32)?;
    Some(match u8::try_from(size) {
        Ok(size) if is_ascii => (with_short_size(code(TypeCode::ShortAscii), flag, size).into(), 2),
        Err(_) if is_ascii => (with_word(code(TypeCode::Ascii), flag, size), 5),
        _ => (with_word(code(TypeCode::Unicode), flag, size), 5),
    })
}

impl Head<'_> {
    #[inline(always)]
    pub(crate) fn byte(&mut self, code: TypeCode) {
        self.writer.out.push(code as u8 | self.flag);
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.writer.out.extend(bytes);
    }

    /// The byte, and a word of four bytes behind it.
    #[inline(always)]
    pub(crate) fn word(&mut self, code: TypeCode, word: u32) {
        self.writer.out.put(with_word(code, self.flag, word), 5);
    }

    /// The wanted code, if it is among those that the object can have, or else the one by the rules.
    #[inline(always)]
    pub(crate) fn choose(&self, by_rules: TypeCode, possible: &[TypeCode]) -> Result<TypeCode, ErrorKind> {
        match self.wanted {
            None => Ok(by_rules),
            Some(wanted) if wanted == by_rules || possible.contains(&wanted) => Ok(wanted),
            Some(wanted) => Err(mismatch(wanted, by_rules)),
        }
    }

    /// How a code object begins.
    #[inline(always)]
    pub(crate) fn code(&mut self) -> Result<(), ErrorKind> {
        if !self.writer.allow_code {
            return Err(ErrorKind::CodeDisallowed);
        }
        self.single(TypeCode::Code)
    }

    /// A number of a code object, which is no object.
    #[inline(always)]
    pub(crate) fn bare(&mut self, value: i32) {
        self.bare_all([value]);
    }

    /// Several of them.
    #[inline(always)]
    pub(crate) fn bare_all<const N: usize>(&mut self, values: [i32; N]) {
        self.writer.out.put_words(values.map(|value| value as u32));
    }

    #[inline(always)]
    pub(crate) fn single(&mut self, code: TypeCode) -> Result<(), ErrorKind> {
        let code = self.choose(code, &[])?;
        self.byte(code);
        Ok(())
    }

    /// The byte, and a size behind it.
    #[inline(always)]
    pub(crate) fn sized(&mut self, code: TypeCode, length: usize) -> Result<(), ErrorKind> {
        let code = self.choose(code, &[])?;
        self.with_size(code, length)
    }

    #[inline(always)]
    pub(crate) fn with_size(&mut self, code: TypeCode, length: usize) -> Result<(), ErrorKind> {
        if length > i32::MAX as usize {
            return Err(ErrorKind::TooLarge(length));
        }
        self.word(code, length as u32);
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn with_short_size(&mut self, code: TypeCode, length: usize) -> Result<(), ErrorKind> {
        let Ok(size) = u8::try_from(length) else {
            return Err(ErrorKind::TooLarge(length));
        };
        self.writer.out.put(with_short_size(code, self.flag, size).into(), 2);
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn tuple(&mut self, length: usize) -> Result<(), ErrorKind> {
        let small = self.writer.version >= 4 && length < 256;
        let by_rules = if small { TypeCode::SmallTuple } else { TypeCode::Tuple };
        let code = self.choose(by_rules, &[TypeCode::Tuple, TypeCode::SmallTuple])?;
        if code == TypeCode::SmallTuple { self.with_short_size(code, length) } else { self.with_size(code, length) }
    }

    #[inline(always)]
    pub(crate) fn int(&mut self, value: i64) -> Result<(), ErrorKind> {
        let by_rules = match i32::try_from(value) {
            Ok(_) => TypeCode::Int,
            Err(_) if self.writer.python2 => TypeCode::Int64,
            Err(_) => TypeCode::Long,
        };
        let code = self.choose(by_rules, &[TypeCode::Int64, TypeCode::Long])?;
        match code {
            TypeCode::Int => self.word(code, value as i32 as u32),
            _ => self.wide_int(code, value)?,
        }
        Ok(())
    }

    #[cold]
    pub(crate) fn wide_int(&mut self, code: TypeCode, value: i64) -> Result<(), ErrorKind> {
        self.byte(code);
        match code {
            TypeCode::Int64 => self.extend(&value.to_le_bytes()),
            _ => self.digits(&value.to_le_bytes())?,
        }
        Ok(())
    }

    pub(crate) fn digits(&mut self, bytes: &[u8]) -> Result<(), ErrorKind> {
        let mut written = Vec::new();
        int::write_digits(bytes, &mut written)?;
        self.extend(&written);
        Ok(())
    }

    pub(crate) fn big_int(&mut self, bytes: &[u8]) -> Result<(), ErrorKind> {
        match wide(bytes) {
            Some(value) => self.int(value),
            None => self.long(bytes),
        }
    }

    pub(crate) fn long(&mut self, bytes: &[u8]) -> Result<(), ErrorKind> {
        let code = self.choose(TypeCode::Long, &[])?;
        self.byte(code);
        self.digits(bytes)?;
        Ok(())
    }

    /// A float, or the two of a complex; with their texts, where they are known.
    pub(crate) fn floats(&mut self, values: &[f64], texts: &[Option<&[u8]>]) -> Result<(), ErrorKind> {
        let forms = match values {
            [_] => [TypeCode::Float, TypeCode::BinaryFloat],
            _ => [TypeCode::Complex, TypeCode::BinaryComplex],
        };
        let code = self.choose(forms[usize::from(self.writer.version > 1)], &forms)?;
        self.byte(code);
        if code == forms[1] {
            values.iter().for_each(|value| self.extend(&value.to_le_bytes()));
            return Ok(());
        }
        for (number, &value) in values.iter().enumerate() {
            let mut written = Vec::new();
            match texts.get(number) {
                Some(Some(text)) => written.extend_from_slice(text),
                _ => float::write_text(value, &mut written),
            }
            let length = u8::try_from(written.len()).map_err(|_| ErrorKind::TooLarge(written.len()))?;
            self.writer.out.push(length);
            self.extend(&written);
        }
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn text(&mut self, utf8: &[u8], interned: bool) -> Result<(), ErrorKind> {
        let is_ascii = is_ascii(utf8);
        let short = match self.wanted {
            Some(code @ (TypeCode::ShortAscii | TypeCode::ShortAsciiInterned)) => Some(code),
            None if self.writer.has_short_ascii && interned => Some(TypeCode::ShortAsciiInterned),
            None if self.writer.has_short_ascii => Some(TypeCode::ShortAscii),
            _ => None,
        };
        // By far the most.
        if let Some(code) = short
            && is_ascii
            && utf8.len() < 256
        {
            let head = u16::from(code as u8 | self.flag) | (utf8.len() as u16) << 8;
            self.writer.out.extend_short(head, utf8);
            return Ok(());
        }
        self.other_text(utf8, interned, is_ascii)
    }

    fn other_text(&mut self, utf8: &[u8], interned: bool, is_ascii: bool) -> Result<(), ErrorKind> {
        let version = if self.writer.python2 { 0 } else { self.writer.version };
        let by_rules = match (utf8.len() < 256, interned) {
            (true, false) if version >= 4 && is_ascii => TypeCode::ShortAscii,
            (true, true) if version >= 4 && is_ascii => TypeCode::ShortAsciiInterned,
            (false, false) if version >= 4 && is_ascii => TypeCode::Ascii,
            (false, true) if version >= 4 && is_ascii => TypeCode::AsciiInterned,
            (_, true) if version >= 3 => TypeCode::Interned,
            _ => TypeCode::Unicode,
        };
        const FORMS: &[TypeCode] = &[
            TypeCode::ShortAscii,
            TypeCode::ShortAsciiInterned,
            TypeCode::Ascii,
            TypeCode::AsciiInterned,
            TypeCode::Interned,
            TypeCode::Unicode,
        ];
        let code = self.choose(by_rules, FORMS)?;
        match code {
            TypeCode::Interned | TypeCode::Unicode => self.with_size(code, utf8.len())?,
            _ if !is_ascii => {
                let latin1 = to_latin1(utf8).ok_or_else(|| mismatch(code, TypeCode::Unicode))?;
                self.ascii_head(code, latin1.len())?;
                self.extend(&latin1);
                return Ok(());
            }
            _ => self.ascii_head(code, utf8.len())?,
        }
        self.extend(utf8);
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn ascii_head(&mut self, code: TypeCode, length: usize) -> Result<(), ErrorKind> {
        match code {
            TypeCode::ShortAscii | TypeCode::ShortAsciiInterned => self.with_short_size(code, length),
            _ => self.with_size(code, length),
        }
    }

    pub(crate) fn byte_string(&mut self, bytes: &[u8], interned: bool) -> Result<(), ErrorKind> {
        let by_rules = if interned && self.writer.python2 { TypeCode::Interned } else { TypeCode::String };
        let code = self.choose(by_rules, &[TypeCode::Interned, TypeCode::String])?;
        self.with_size(code, bytes.len())?;
        self.extend(bytes);
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn counted(&mut self, code: TypeCode, bytes: &[u8]) -> Result<(), ErrorKind> {
        self.sized(code, bytes.len())?;
        self.extend(bytes);
        Ok(())
    }
}

/// An int of at most 64 bits, from two's complement of any length.
fn wide(bytes: &[u8]) -> Option<i64> {
    let fill = if bytes.last().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
    let mut wide = [fill; 8];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(i64::from_le_bytes(wide))
}

/// The bytes of text that has none but the first 256 code points.
fn to_latin1(utf8: &[u8]) -> Option<Vec<u8>> {
    Text::from_utf8(utf8).ok()?.code_points().map(|point| u8::try_from(point).ok()).collect()
}

#[cold]
fn mismatch(wanted: TypeCode, found: TypeCode) -> ErrorKind {
    ErrorKind::RecordMismatch(format!("{wanted} where {found} should be"))
}
