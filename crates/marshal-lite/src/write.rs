//! [`Writer`]: marshal data, object by object, from a source.

use alloc::format;
use alloc::vec::Vec;

use pickle_value::Text;

use crate::code::Field;
use crate::error::{ErrorKind, Fault};
use crate::float;
use crate::int;
use crate::out::Out;
use crate::read::DEFAULT_DEPTH_LIMIT;
use crate::source::{Shape, Share, Source, Spelling};
use crate::table::{FLAG_REF, TypeCode};
use crate::version::{HIGHEST_VERSION, Release};

/// Writes marshal data from a [`Source`]. Its rules are all here; the objects are the source's.
///
/// Nothing recurses.
#[derive(Debug)]
pub struct Writer {
    version: u8,
    python2: bool,
    depth_limit: usize,
    size_limit: usize,
    allow_code: bool,
    out: Out,
    /// How many objects have a number.
    numbered: u32,
}

/// A container whose items are being written.
struct Open<C> {
    cursor: C,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Items,
    Dict,
    /// A code object, whose next fields these are.
    Code(&'static [Field]),
}

impl Writer {
    /// A writer of a version, by the rules of a release.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnsupportedVersion`] above [`HIGHEST_VERSION`].
    pub fn new(version: u8, release: Release) -> Result<Writer, ErrorKind> {
        if version > HIGHEST_VERSION {
            return Err(ErrorKind::UnsupportedVersion(version));
        }
        Ok(Writer {
            version,
            python2: release.is_python2(),
            depth_limit: DEFAULT_DEPTH_LIMIT,
            size_limit: usize::MAX,
            allow_code: true,
            out: Out::default(),
            numbered: 0,
        })
    }

    /// How many objects may stand within each other; [`DEFAULT_DEPTH_LIMIT`] by default.
    pub fn set_depth_limit(&mut self, limit: usize) {
        self.depth_limit = limit;
    }

    /// How many bytes may be written; by default any number. Versions under 3 have no references: what is shared is written
    /// again each time, and forty tuples can hold 2⁴⁰ objects.
    pub fn set_size_limit(&mut self, limit: usize) {
        self.size_limit = limit;
    }

    /// Whether code objects are written: `marshal.dumps`' parameter `allow_code`. They are by default.
    pub fn set_allow_code(&mut self, allow: bool) {
        self.allow_code = allow;
    }

    /// What was written.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.out.into_vec()
    }

    /// Makes room for so many bytes.
    pub fn reserve(&mut self, count: usize) {
        self.out.reserve(count);
    }

    /// Writes an object and all that it refers to.
    ///
    /// # Errors
    ///
    /// [`Fault::Marshal`] for what has no form, [`Fault::Host`] for what the source refuses.
    pub fn write<S: Source>(&mut self, source: &mut S, root: S::Object) -> Result<(), Fault<S::Error>> {
        let mut open: Vec<Open<S::Cursor>> = Vec::new();
        let mut object = root;
        self.numbered = 0;
        loop {
            if open.len() >= self.depth_limit {
                return Err(ErrorKind::TooDeep(self.depth_limit).into());
            }
            if self.out.len() > self.size_limit {
                return Err(ErrorKind::TooManyBytes(self.size_limit).into());
            }
            if let Some(opened) = self.object(source, &object)? {
                open.push(opened);
            }
            loop {
                let Some(innermost) = open.last_mut() else {
                    return Ok(());
                };
                match source.next(&mut innermost.cursor).map_err(refusal)? {
                    Some(next) if !self.int_field(source, &mut innermost.kind, &next)? => {
                        object = next;
                        break;
                    }
                    Some(_) => {}
                    None => {
                        if innermost.kind == Kind::Dict {
                            self.out.push(source.end_dict().map_err(refusal)?);
                        }
                        open.pop();
                    }
                }
            }
        }
    }

    /// Writes the next field of a code object, if it is a number there and no object.
    #[inline(always)]
    fn int_field<S: Source>(
        &mut self,
        source: &mut S,
        kind: &mut Kind,
        value: &S::Object,
    ) -> Result<bool, Fault<S::Error>> {
        let Kind::Code(fields) = kind else {
            return Ok(false);
        };
        let Some((field, rest)) = fields.split_first() else {
            return Ok(false);
        };
        *fields = rest;
        if !field.is_int() {
            return Ok(false);
        }
        match source.shape(value).map_err(refusal)? {
            Shape::Int(value) if i32::try_from(value).is_ok() => {
                self.out.put(value as u32 as u64, 4);
                Ok(true)
            }
            _ => Err(ErrorKind::BadCode(format!("{} is no int of 32 bits", field.attribute())).into()),
        }
    }

    /// Writes one object, or the beginning of one.
    #[inline(always)]
    fn object<S: Source>(
        &mut self,
        source: &mut S,
        object: &S::Object,
    ) -> Result<Option<Open<S::Cursor>>, Fault<S::Error>> {
        let (flag, wanted, interned) = match source.spelling(object).map_err(refusal)? {
            Some(Spelling::Reference(byte, number)) => {
                self.reference(byte, number);
                return Ok(None);
            }
            Some(Spelling::Content(byte)) => (byte & FLAG_REF, TypeCode::from_byte(byte), false),
            None if self.version < 3 && !(self.python2 && self.version > 0) => (0, None, false),
            None => match (source.share(object, self.numbered).map_err(refusal)?, self.python2) {
                (Share::Known(number), python2) => {
                    self.reference(if python2 { TypeCode::StringRef } else { TypeCode::Ref } as u8, number);
                    return Ok(None);
                }
                (Share::New, python2) => {
                    self.numbered += 1;
                    (if python2 { 0 } else { FLAG_REF }, None, true)
                }
                (Share::Alone, _) => (0, None, false),
            },
        };
        let shape = source.shape(object).map_err(refusal)?;
        let (version, allow_code) = (self.version, self.allow_code);
        let mut head = Head { writer: self, flag, wanted };
        let items = |cursor| Some(Open { cursor, kind: Kind::Items });
        Ok(match shape {
            Shape::None => head.single(TypeCode::None)?,
            Shape::Bool(value) => head.single(if value { TypeCode::True } else { TypeCode::False })?,
            Shape::Ellipsis => head.single(TypeCode::Ellipsis)?,
            Shape::StopIteration => head.single(TypeCode::StopIteration)?,
            Shape::Int(value) => head.int(value)?,
            Shape::BigInt(bytes) => head.big_int(bytes)?,
            Shape::Long(bytes) => head.long(bytes)?,
            Shape::Float(value) if head.is_float_text() => {
                let text = source.float_text().map(Vec::from);
                head.floats(&[value], &[text])?
            }
            Shape::Float(value) => head.floats(&[value], &[])?,
            Shape::Complex(real, imaginary) if head.is_float_text() => {
                let texts = [0; 2].map(|_| source.float_text().map(Vec::from));
                head.floats(&[real, imaginary], &texts)?
            }
            Shape::Complex(real, imaginary) => head.floats(&[real, imaginary], &[])?,
            Shape::Text(utf8, interned) => head.text(utf8, interned)?,
            Shape::Bytes(bytes) => head.counted(TypeCode::String, bytes)?,
            Shape::ByteString(bytes) => head.byte_string(bytes, interned)?,
            Shape::Tuple(length, cursor) => {
                head.tuple(length)?;
                items(cursor)
            }
            Shape::List(length, cursor) => {
                head.sized(TypeCode::List, length)?;
                items(cursor)
            }
            Shape::Set(length, cursor) => {
                head.sized(TypeCode::Set, length)?;
                items(cursor)
            }
            Shape::FrozenSet(length, cursor) => {
                head.sized(TypeCode::FrozenSet, length)?;
                items(cursor)
            }
            Shape::Dict(cursor) => {
                head.single::<S::Cursor>(TypeCode::Dict)?;
                Some(Open { cursor, kind: Kind::Dict })
            }
            Shape::Slice(_) if wanted.is_none() && version < 5 => {
                return Err(ErrorKind::Unsupported("a slice, before version 5".into()).into());
            }
            Shape::Slice(cursor) => {
                head.single::<S::Cursor>(TypeCode::Slice)?;
                items(cursor)
            }
            Shape::Code(..) if !allow_code => return Err(ErrorKind::CodeDisallowed.into()),
            Shape::Code(layout, cursor) => {
                head.single::<S::Cursor>(TypeCode::Code)?;
                Some(Open { cursor, kind: Kind::Code(layout.fields()) })
            }
            Shape::Unsupported(what) => return Err(ErrorKind::Unsupported(what).into()),
        })
    }

    #[inline(always)]
    fn reference(&mut self, byte: u8, number: u32) {
        self.out.put(u64::from(number) << 8 | u64::from(byte), 5);
    }
}

/// An object's first byte, with the form that is wanted of it.
struct Head<'w> {
    writer: &'w mut Writer,
    flag: u8,
    /// The type code that is wanted; else the rules say.
    wanted: Option<TypeCode>,
}

impl Head<'_> {
    #[inline(always)]
    fn byte(&mut self, code: TypeCode) {
        self.writer.out.push(code as u8 | self.flag);
    }

    fn extend(&mut self, bytes: &[u8]) {
        self.writer.out.extend(bytes);
    }

    /// The byte, and a word of four bytes behind it.
    #[inline(always)]
    fn word(&mut self, code: TypeCode, word: u32) {
        self.writer.out.put(u64::from(word) << 8 | u64::from(code as u8 | self.flag), 5);
    }

    /// The wanted code, if it is among those that the object can have, or else the one by the rules.
    #[inline(always)]
    fn choose(&self, by_rules: TypeCode, possible: &[TypeCode]) -> Result<TypeCode, ErrorKind> {
        match self.wanted {
            None => Ok(by_rules),
            Some(wanted) if wanted == by_rules || possible.contains(&wanted) => Ok(wanted),
            Some(wanted) => Err(mismatch(wanted, by_rules)),
        }
    }

    fn is_float_text(&self) -> bool {
        matches!(self.wanted, Some(TypeCode::Float | TypeCode::Complex))
    }

    #[inline(always)]
    fn single<C>(&mut self, code: TypeCode) -> Result<Option<Open<C>>, ErrorKind> {
        let code = self.choose(code, &[])?;
        self.byte(code);
        Ok(None)
    }

    /// The byte, and a size behind it.
    #[inline(always)]
    fn sized(&mut self, code: TypeCode, length: usize) -> Result<(), ErrorKind> {
        let code = self.choose(code, &[])?;
        self.with_size(code, length)
    }

    #[inline(always)]
    fn with_size(&mut self, code: TypeCode, length: usize) -> Result<(), ErrorKind> {
        if length > i32::MAX as usize {
            return Err(ErrorKind::TooLarge(length));
        }
        self.word(code, length as u32);
        Ok(())
    }

    #[inline(always)]
    fn with_short_size(&mut self, code: TypeCode, length: usize) -> Result<(), ErrorKind> {
        if length > usize::from(u8::MAX) {
            return Err(ErrorKind::TooLarge(length));
        }
        self.writer.out.put((length as u64) << 8 | u64::from(code as u8 | self.flag), 2);
        Ok(())
    }

    #[inline(always)]
    fn tuple(&mut self, length: usize) -> Result<(), ErrorKind> {
        let small = self.writer.version >= 4 && length < 256;
        let by_rules = if small { TypeCode::SmallTuple } else { TypeCode::Tuple };
        let code = self.choose(by_rules, &[TypeCode::Tuple, TypeCode::SmallTuple])?;
        if code == TypeCode::SmallTuple { self.with_short_size(code, length) } else { self.with_size(code, length) }
    }

    #[inline(always)]
    fn int<C>(&mut self, value: i64) -> Result<Option<Open<C>>, ErrorKind> {
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
        Ok(None)
    }

    #[cold]
    fn wide_int(&mut self, code: TypeCode, value: i64) -> Result<(), ErrorKind> {
        self.byte(code);
        match code {
            TypeCode::Int64 => self.extend(&value.to_le_bytes()),
            _ => self.digits(&value.to_le_bytes())?,
        }
        Ok(())
    }

    fn digits(&mut self, bytes: &[u8]) -> Result<(), ErrorKind> {
        let mut written = Vec::new();
        int::write_digits(bytes, &mut written)?;
        self.extend(&written);
        Ok(())
    }

    fn big_int<C>(&mut self, bytes: &[u8]) -> Result<Option<Open<C>>, ErrorKind> {
        match wide(bytes) {
            Some(value) => self.int(value),
            None => self.long(bytes),
        }
    }

    fn long<C>(&mut self, bytes: &[u8]) -> Result<Option<Open<C>>, ErrorKind> {
        let code = self.choose(TypeCode::Long, &[])?;
        self.byte(code);
        self.digits(bytes)?;
        Ok(None)
    }

    /// A float, or the two of a complex; with their texts, where they are known.
    fn floats<C>(&mut self, values: &[f64], texts: &[Option<Vec<u8>>]) -> Result<Option<Open<C>>, ErrorKind> {
        let forms = match values {
            [_] => [TypeCode::Float, TypeCode::BinaryFloat],
            _ => [TypeCode::Complex, TypeCode::BinaryComplex],
        };
        let code = self.choose(forms[usize::from(self.writer.version > 1)], &forms)?;
        self.byte(code);
        if code == forms[1] {
            values.iter().for_each(|value| self.extend(&value.to_le_bytes()));
            return Ok(None);
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
        Ok(None)
    }

    #[inline(always)]
    fn text<C>(&mut self, utf8: &[u8], interned: bool) -> Result<Option<Open<C>>, ErrorKind> {
        let version = if self.writer.python2 { 0 } else { self.writer.version };
        let is_ascii = utf8.is_ascii();
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
                return Ok(None);
            }
            _ => self.ascii_head(code, utf8.len())?,
        }
        self.extend(utf8);
        Ok(None)
    }

    #[inline(always)]
    fn ascii_head(&mut self, code: TypeCode, length: usize) -> Result<(), ErrorKind> {
        match code {
            TypeCode::ShortAscii | TypeCode::ShortAsciiInterned => self.with_short_size(code, length),
            _ => self.with_size(code, length),
        }
    }

    fn byte_string<C>(&mut self, bytes: &[u8], interned: bool) -> Result<Option<Open<C>>, ErrorKind> {
        let by_rules = if interned && self.writer.python2 { TypeCode::Interned } else { TypeCode::String };
        let code = self.choose(by_rules, &[TypeCode::Interned, TypeCode::String])?;
        self.with_size(code, bytes.len())?;
        self.extend(bytes);
        Ok(None)
    }

    #[inline(always)]
    fn counted<C>(&mut self, code: TypeCode, bytes: &[u8]) -> Result<Option<Open<C>>, ErrorKind> {
        self.sized(code, bytes.len())?;
        self.extend(bytes);
        Ok(None)
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

#[cold]
fn refusal<E>(error: E) -> Fault<E> {
    Fault::Host(None, error)
}
