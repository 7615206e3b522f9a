//! Numbers, text, bytes: what holds no other object.

use alloc::vec::Vec;

use pickle_opcodes::frame::Framer;
use pickle_opcodes::text::{write_latin1_line, write_unicode_line};
use pickle_opcodes::{ErrorKind as FormatError, Opcode, Out, decimal};
use pickle_value::{Text, literal, push_code_point};

use crate::builtins::Builtin;
use crate::encoder::{Encoder, Memoizing, Output, Style};
use crate::error::ErrorKind;
use crate::fault::Fault;
use crate::source::{Nesting, Source};

impl<S: Source, W: Output<S::Error>> Encoder<S, W> {
    pub(super) fn write_bool(&mut self, value: bool) {
        match (self.protocol >= 2, value) {
            (true, true) => self.op(Opcode::NewTrue),
            (true, false) => self.op(Opcode::NewFalse),
            (false, true) => self.framer.out.extend_from_slice(b"I01\n"),
            (false, false) => self.framer.out.extend_from_slice(b"I00\n"),
        }
    }

    /// BININT and its kin for 32 bits with sign; beyond, and for 3.6 at protocol 0, LONG.
    #[inline(always)]
    pub(super) fn write_int(&mut self, value: i64) {
        if self.style.binary_ints {
            write_binary_int(value, &mut self.framer.out);
        } else {
            self.write_int_by_rule(value);
        }
    }

    #[inline(never)]
    fn write_int_by_rule(&mut self, value: i64) {
        let out = &mut self.framer.out;
        match i32::try_from(value) {
            Ok(_) if self.protocol >= 1 => write_binary_int(value, out),
            Ok(_) if !self.style.longs_at_0 => write_int_line(value, out),
            _ if self.style.python2 => write_int_line(value, out),
            _ => {
                out.push(Opcode::Long.byte());
                decimal::write_signed(value, out);
                out.extend_from_slice(b"L\n");
            }
        }
    }

    #[inline(always)]
    pub(super) fn write_float(&mut self, value: f64) {
        let out = &mut self.framer.out;
        if self.protocol >= 1 {
            let bits = u128::from(value.to_bits().swap_bytes());
            out.put_wide(u128::from(Opcode::BinFloat.byte()) | bits << 8, 9);
        } else {
            out.push(Opcode::Float.byte());
            if self.style.memoizing_counts() {
                write_float_17(value, out);
            } else {
                // Writing to a vector cannot fail.
                let _ = literal::write_float(value, &mut Ascii(out));
            }
            out.push(b'\n');
        }
    }

    /// Under protocol 3: `_codecs.encode(text, 'latin1')`, or `bytes()`.
    pub(super) fn spell_bytes(&mut self, object: &S::Object) -> Result<(), Fault<S::Error>> {
        let bytes = self.source.content(object).map_err(Fault::Host)?;
        if bytes.is_empty() {
            self.save_builtin(Builtin::Bytes)?;
            self.boundary()?;
            self.write_empty_tuple();
        } else {
            self.save_builtin(Builtin::Encode)?;
            self.boundary()?;
            self.mark_for_tuple(2);
            self.save_latin1(&bytes)?;
            let codec = self.source.constant("latin1").map_err(Fault::Host)?;
            self.save_atom(codec)?;
            self.end_unnamed_tuple(2)?;
        }
        self.op(Opcode::Reduce);
        self.memoize(object)
    }

    /// The text that bytes are in latin-1. Its line at protocol 0 is nearly the bytes themselves, so that the text need not be made.
    fn save_latin1(&mut self, bytes: &[u8]) -> Result<(), Fault<S::Error>> {
        let unseen = self.protocol == 0 && self.style.memoizing == Memoizing::All;
        if unseen && let Some(text) = self.source.unseen_text(bytes.len()).map_err(Fault::Host)? {
            self.boundary()?;
            self.op(Opcode::Unicode);
            write_latin1_line(bytes, self.style.unicode_line, &mut self.framer.out);
            self.framer.out.push(b'\n');
            return self.memoize(&text);
        }
        let text = self.source.latin1(bytes).map_err(Fault::Host)?;
        self.save_atom(text)
    }

    /// Under protocol 5: `bytearray(b'…')`, or what 3.7's `bytearray.__reduce_ex__` gave.
    pub(super) fn spell_byte_array(&mut self, object: &S::Object) -> Result<(), Fault<S::Error>> {
        let bytes = self.source.content(object).map_err(Fault::Host)?;
        self.save_builtin(Builtin::ByteArray)?;
        self.boundary()?;
        if self.style.bytearray_reduces_itself && self.protocol < 3 {
            self.mark_for_tuple(2);
            self.save_latin1(&bytes)?;
            // A string made anew for each bytearray, unlike the constant that bytes bring along.
            self.boundary()?;
            if self.style.python2 {
                write_byte_string(b"latin-1", self.protocol, &mut self.framer.out)?;
            } else {
                let codec = TextWriter { protocol: self.protocol, style: &self.style };
                codec.write(b"latin-1", &mut self.framer, &mut self.output)?;
            }
            self.memoize_unnamed()?;
            self.end_unnamed_tuple(2)?;
        } else if bytes.is_empty() {
            self.write_empty_tuple();
        } else {
            self.mark_for_tuple(1);
            let content = self.source.bytes(&bytes).map_err(Fault::Host)?;
            self.save_atom(content)?;
            self.end_unnamed_tuple(1)?;
        }
        self.op(Opcode::Reduce);
        self.memoize(object)
    }

    /// `complex(real, imaginary)`, at every protocol.
    pub(super) fn spell_complex(
        &mut self,
        object: &S::Object,
        real: f64,
        imaginary: f64,
    ) -> Result<(), Fault<S::Error>> {
        self.save_builtin(Builtin::Complex)?;
        self.boundary()?;
        self.mark_for_tuple(2);
        for part in [real, imaginary] {
            self.boundary()?;
            self.write_float(part);
        }
        self.end_unnamed_tuple(2)?;
        self.op(Opcode::Reduce);
        self.memoize(object)
    }

    pub(super) fn save_builtin(&mut self, builtin: Builtin) -> Result<(), Fault<S::Error>> {
        let global = self.source.builtin(builtin).map_err(Fault::Host)?;
        self.save_atom(global)
    }

    /// A global by its name: GLOBAL, from protocol 4 on STACK_GLOBAL, or its extension code.
    pub(super) fn save_global(&mut self, object: &S::Object) -> Result<(), Fault<S::Error>> {
        let found = self.source.global(object).map_err(Fault::Host)?;
        if let Some(code) = found.extension
            && self.protocol >= 2
        {
            self.write_extension(code);
            return Ok(());
        }
        if self.protocol >= 4 {
            self.save_atom(found.module_object)?;
            self.save_atom(found.name_object)?;
            self.op(Opcode::StackGlobal);
        } else if let Some(nesting) = found.nesting {
            self.write_nested_global(&found.module, nesting)?;
        } else {
            self.write_global(&found.module, &found.name)?;
        }
        self.memoize(object)
    }

    /// A global that stands in another, under protocol 4: `getattr(getattr(module.first, 'second'), 'third')`.
    fn write_nested_global(&mut self, module: &str, nesting: Nesting<S::Object>) -> Result<(), Fault<S::Error>> {
        let Nesting { parent, first, mut rest } = nesting;
        if self.style.reduces_nested_globals {
            self.save_builtin(Builtin::GetAttr)?;
            self.boundary()?;
            self.mark_for_tuple(2);
            self.save_atom(parent)?;
            if let Some(last) = rest.pop() {
                self.save_atom(last)?;
            }
            self.end_unnamed_tuple(2)?;
            self.op(Opcode::Reduce);
            return Ok(());
        }
        for _ in &rest {
            self.save_builtin(Builtin::GetAttr)?;
            self.mark_for_tuple(2);
        }
        self.write_global(module, &first)?;
        for attribute in rest {
            self.save_atom(attribute)?;
            self.end_tuple(2);
            self.op(Opcode::Reduce);
        }
        Ok(())
    }

    fn write_global(&mut self, module: &str, name: &str) -> Result<(), Fault<S::Error>> {
        self.write_name(Opcode::Global, module, name)
    }

    /// GLOBAL or INST.
    pub(super) fn write_name(&mut self, opcode: Opcode, module: &str, name: &str) -> Result<(), Fault<S::Error>> {
        let (module, name) = if self.protocol < 3 && self.style.fix_imports {
            crate::names::to_python2(module, name)
        } else {
            (module, name)
        };
        for (what, part) in [("module", module), ("global", name)] {
            // An empty line is no name to the loader in C.
            if (self.protocol < 3 && !part.is_ascii()) || part.contains('\n') || part.is_empty() {
                let name = alloc::string::String::from(part);
                return Err(ErrorKind::BadIdentifier { what, name, protocol: self.protocol }.into());
            }
        }
        let out = &mut self.framer.out;
        out.push(opcode.byte());
        for part in [module, name] {
            out.extend_from_slice(part.as_bytes());
            out.push(b'\n');
        }
        Ok(())
    }

    pub(super) fn write_extension(&mut self, code: u32) {
        let out = &mut self.framer.out;
        match (u8::try_from(code), u16::try_from(code)) {
            (Ok(code), _) => out.extend_from_slice(&[Opcode::Ext1.byte(), code]),
            (_, Ok(code)) => {
                out.push(Opcode::Ext2.byte());
                out.extend_from_slice(&code.to_le_bytes());
            }
            _ => {
                out.push(Opcode::Ext4.byte());
                out.extend_from_slice(&code.to_le_bytes());
            }
        }
    }

    pub(super) fn write_buffer(&mut self, readonly: bool) -> Result<(), Fault<S::Error>> {
        if self.protocol < 5 {
            return Err(ErrorKind::BufferBeforeProtocol5.into());
        }
        self.op(Opcode::NextBuffer);
        if readonly {
            self.op(Opcode::ReadonlyBuffer);
        }
        Ok(())
    }
}

/// How an int is written: what stands before it, of how many bytes that is, and how many there are with the int's own. By the
/// bits that it has without its sign; the negative ones behind the others.
static INT_FORMS: [(u16, u8, u8); 128] = {
    let mut forms = [(0, 0, 0); 128];
    let mut at = 0;
    while at < forms.len() {
        let (bits, is_negative) = (at % 64, at >= 64);
        forms[at] = if bits <= 8 && !is_negative {
            (Opcode::BinInt1 as u16, 1, 2)
        } else if bits <= 16 && !is_negative {
            (Opcode::BinInt2 as u16, 1, 3)
        } else if bits <= 31 {
            (Opcode::BinInt as u16, 1, 5)
        } else {
            // As many bytes as hold it with its sign.
            let size = bits as u16 / 8 + 1;
            (Opcode::Long1 as u16 | size << 8, 2, size as u8 + 2)
        };
        at += 1;
    }
    forms
};

/// BININT1, BININT2, BININT or LONG1, without a branch on which: the word that stands before the int, how many bytes of it
/// count, and how many there are with the int's own.
#[inline(always)]
pub(crate) fn binary_int(value: i64) -> (u64, usize, usize) {
    let sign = value >> 63;
    let bits = 64 - (value ^ sign).leading_zeros();
    let (opcode, head, length) = INT_FORMS[(bits | sign as u32 & 64) as usize & 127];
    (opcode.into(), head.into(), length.into())
}

#[inline(always)]
fn write_binary_int(value: i64, out: &mut Out) {
    let (opcode, head, length) = binary_int(value);
    out.put_behind(opcode, head, value as u64, length);
}

/// An opcode with a one-byte length and what it counts.
#[inline(always)]
fn write_short(opcode: Opcode, bytes: &[u8], length: u8, out: &mut Out) {
    out.put(u64::from(opcode.byte()) | u64::from(length) << 8, 2);
    out.extend_from_slice(bytes);
}

/// Drops the bytes that only repeat the sign.
#[inline(always)]
pub(crate) fn shortest(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., last] = bytes {
        let sign = rest.last().is_some_and(|byte| byte & 0x80 != 0);
        if rest.is_empty() || !matches!((last, sign), (0x00, false) | (0xff, true)) {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// An int that is a line.
fn write_int_line(value: i64, out: &mut Out) {
    out.push(Opcode::Int.byte());
    decimal::write_signed(value, out);
    out.push(b'\n');
}

/// A buffer that takes formatted text.
struct Ascii<'v>(&'v mut Out);

impl core::fmt::Write for Ascii<'_> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// An int that the source does not hold itself. Python 2 has a type of its own for those beyond 64 bits; others of its ints
/// are a line of INT.
#[inline(never)]
pub(super) fn write_wide_int(bytes: &[u8], protocol: u8, style: &Style, out: &mut Out) -> Result<(), ErrorKind> {
    if style.python2 && bytes.len() <= 8 {
        out.push(Opcode::Int.byte());
        decimal::write_long(bytes, out);
        out.push(b'\n');
        return Ok(());
    }
    write_big_int(bytes, protocol, style, out)
}

/// The line of LONG. Making the digits is quadratic, hence a limit, which CPython has from 3.7 on.
fn write_long_line(bytes: &[u8], max_digits: usize, out: &mut Out) -> Result<(), ErrorKind> {
    // A digit has more than 3.32 bits: with more bytes there are surely too many digits.
    if bytes.len() <= max_digits / 2 {
        let start = out.len();
        out.push(Opcode::Long.byte());
        decimal::write_long(bytes, out);
        let digits = &out[start + 1..];
        if digits.strip_prefix(b"-").unwrap_or(digits).len() <= max_digits {
            out.extend_from_slice(b"L\n");
            return Ok(());
        }
        out.truncate(start);
    }
    Err(ErrorKind::TooManyDigits(max_digits))
}

/// An int beyond 64 bits, or Python 2's long of any size.
pub(super) fn write_big_int(bytes: &[u8], protocol: u8, style: &Style, out: &mut Out) -> Result<(), ErrorKind> {
    if protocol < 2 {
        return write_long_line(bytes, style.max_digits, out);
    }
    // Zero has no bytes at all.
    let bytes = if bytes == [0] { &[] } else { shortest(bytes) };
    match (u8::try_from(bytes.len()), i32::try_from(bytes.len())) {
        (Ok(length), _) => {
            write_short(Opcode::Long1, bytes, length, out);
            return Ok(());
        }
        (_, Ok(length)) => {
            out.push(Opcode::Long4.byte());
            out.extend_from_slice(&length.to_le_bytes());
        }
        _ => return Err(too_long(bytes.len(), i32::MAX as u64)),
    }
    out.extend_from_slice(bytes);
    Ok(())
}

#[cold]
fn too_long(length: usize, limit: u64) -> ErrorKind {
    FormatError::ArgumentTooLong { length: length as u64, limit }.into()
}

/// How a str is written.
pub(super) struct TextWriter<'s> {
    pub(super) protocol: u8,
    pub(super) style: &'s Style,
}

impl TextWriter<'_> {
    #[inline(always)]
    pub(super) fn write<E, W: Output<E>>(
        &self,
        utf8: &[u8],
        framer: &mut Framer,
        output: &mut W,
    ) -> Result<(), Fault<E>> {
        if self.protocol >= 4
            && let Ok(length) = u8::try_from(utf8.len())
        {
            write_short(Opcode::ShortBinUnicode, utf8, length, &mut framer.out);
            return Ok(());
        }
        self.write_longer(utf8, framer, output)
    }

    fn write_longer<E, W: Output<E>>(&self, utf8: &[u8], framer: &mut Framer, output: &mut W) -> Result<(), Fault<E>> {
        if self.protocol == 0 {
            framer.out.push(Opcode::Unicode.byte());
            let text = Text::from_utf8(utf8).map_err(|error| Fault::from(ErrorKind::from(error)))?;
            write_unicode_line(text.as_bytes(), self.style.unicode_line, &mut framer.out);
            framer.out.push(b'\n');
            return Ok(());
        }
        let joined;
        let utf8 = if self.style.python2 && has_surrogate_pair(utf8) {
            joined = with_pairs_joined(utf8)?;
            &joined[..]
        } else {
            utf8
        };
        write_counted_text(utf8, self.protocol, framer, output)
    }
}

/// A str with a length of four or eight bytes.
pub(crate) fn write_counted_text<E, W: Output<E>>(
    utf8: &[u8],
    protocol: u8,
    framer: &mut Framer,
    output: &mut W,
) -> Result<(), Fault<E>> {
    let header = match u32::try_from(utf8.len()) {
        Ok(length) => Header::with4(Opcode::BinUnicode, length),
        Err(_) if protocol >= 4 => Header::with8(Opcode::BinUnicode8, utf8.len() as u64),
        Err(_) => return Err(too_long(utf8.len(), u64::from(u32::MAX)).into()),
    };
    write_payload(header, utf8, framer, output)
}

/// Python 2's UTF-8 takes a high and a low surrogate that stand beside each other for one character.
fn has_surrogate_pair(utf8: &[u8]) -> bool {
    utf8.windows(6).any(|six| matches!(six, [0xed, 0xa0..=0xaf, _, 0xed, 0xb0..=0xbf, _]))
}

fn with_pairs_joined(utf8: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    let mut points = Text::from_utf8(utf8)?.code_points().peekable();
    let mut joined = Vec::with_capacity(utf8.len());
    while let Some(high) = points.next() {
        let low = points.next_if(|low| (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(low));
        let point = low.map_or(high, |low| 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00));
        push_code_point(point, &mut joined);
    }
    Ok(joined)
}

/// C's `%.17g`, as cPickle writes FLOAT.
pub(crate) fn write_float_17(value: f64, out: &mut Out) {
    const DIGITS: i32 = 17;
    if !value.is_finite() {
        let name: &[u8] = if value.is_nan() {
            b"nan"
        } else if value > 0.0 {
            b"inf"
        } else {
            b"-inf"
        };
        return out.extend_from_slice(name);
    }
    let scientific = alloc::format!("{value:.16e}");
    let exponent: i32 = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    if (-4..DIGITS).contains(&exponent) {
        let decimals = usize::try_from(DIGITS - 1 - exponent).unwrap_or(0);
        out.extend_from_slice(without_zeros(&alloc::format!("{value:.decimals$}")).as_bytes());
        return;
    }
    let mantissa = scientific.split_once('e').map_or("", |(mantissa, _)| mantissa);
    out.extend_from_slice(without_zeros(mantissa).as_bytes());
    let sign = if exponent < 0 { '-' } else { '+' };
    out.extend_from_slice(alloc::format!("e{sign}{:02}", exponent.abs()).as_bytes());
}

fn without_zeros(decimal: &str) -> &str {
    if decimal.contains('.') { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal }
}

/// Bytes, from protocol 3 on.
pub(crate) fn write_bytes<E, W: Output<E>>(
    bytes: &[u8],
    protocol: u8,
    framer: &mut Framer,
    output: &mut W,
) -> Result<(), Fault<E>> {
    if let Ok(length) = u8::try_from(bytes.len()) {
        write_short(Opcode::ShortBinBytes, bytes, length, &mut framer.out);
        return Ok(());
    }
    let header = match u32::try_from(bytes.len()) {
        Ok(length) => Header::with4(Opcode::BinBytes, length),
        Err(_) if protocol >= 4 => Header::with8(Opcode::BinBytes8, bytes.len() as u64),
        Err(_) => return Err(too_long(bytes.len(), u64::from(u32::MAX)).into()),
    };
    write_payload(header, bytes, framer, output)
}

/// A bytearray, from protocol 5 on.
pub(super) fn write_byte_array<E, W: Output<E>>(
    bytes: &[u8],
    framer: &mut Framer,
    output: &mut W,
) -> Result<(), Fault<E>> {
    write_payload(Header::with8(Opcode::ByteArray8, bytes.len() as u64), bytes, framer, output)
}

/// Python 2's `str`, as 2.7's cPickle writes it.
pub(super) fn write_byte_string(bytes: &[u8], protocol: u8, out: &mut Out) -> Result<(), ErrorKind> {
    if protocol == 0 {
        out.push(Opcode::String.byte());
        let mut quoted = alloc::string::String::new();
        // Writing to a string cannot fail. Python 2's literal is Python 3's bytes literal without its `b`.
        let _ = literal::write_bytes(bytes, &mut quoted);
        out.extend_from_slice(quoted.trim_start_matches('b').as_bytes());
        out.push(b'\n');
        return Ok(());
    }
    match (u8::try_from(bytes.len()), i32::try_from(bytes.len())) {
        (Ok(length), _) => out.extend_from_slice(&[Opcode::ShortBinString.byte(), length]),
        (_, Ok(length)) => {
            out.push(Opcode::BinString.byte());
            out.extend_from_slice(&length.to_le_bytes());
        }
        _ => return Err(too_long(bytes.len(), i32::MAX as u64)),
    }
    out.extend_from_slice(bytes);
    Ok(())
}

/// An opcode with the length of what follows.
struct Header {
    bytes: [u8; 9],
    length: usize,
}

impl Header {
    fn with4(opcode: Opcode, length: u32) -> Header {
        let mut bytes = [0; 9];
        bytes[0] = opcode.byte();
        bytes[1..5].copy_from_slice(&length.to_le_bytes());
        Header { bytes, length: 5 }
    }

    fn with8(opcode: Opcode, length: u64) -> Header {
        let mut bytes = [0; 9];
        bytes[0] = opcode.byte();
        bytes[1..].copy_from_slice(&length.to_le_bytes());
        Header { bytes, length: 9 }
    }
}

/// Writes a payload: a large one between two frames, and straight to an output that streams.
#[inline]
fn write_payload<E, W: Output<E>>(
    header: Header,
    payload: &[u8],
    framer: &mut Framer,
    output: &mut W,
) -> Result<(), Fault<E>> {
    let header = &header.bytes[..header.length];
    let apart = framer.apart(payload.len());
    if apart {
        framer.end();
    }
    framer.out.extend_from_slice(header);
    if W::STREAMS && framer.is_large(payload.len()) {
        framer.take(|bytes| output.write(bytes)).and_then(|()| output.write(payload)).map_err(Fault::Host)?;
    } else {
        framer.out.extend_from_slice(payload);
    }
    if apart {
        framer.begin();
    }
    Ok(())
}
