//! How an instruction is spelled whose argument is an object's content: the ways that picklers know.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use pickle_opcodes::text::{UnicodeLineStyle, write_unicode_line};
use pickle_opcodes::{ArgKind, Op, Opcode, Out, Pair};
use pickle_value::{Kind, ObjectKind, View, literal};

use crate::names;
use crate::save::write_float_17;

/// How many ways there are to spell an opcode's argument. The first is the usual one.
pub(super) fn variants(opcode: Opcode) -> u8 {
    match opcode {
        // The digits of `repr`, or 17 as cPickle has them.
        Opcode::Float => 2,
        // Control characters escaped, or raw as up to 3.6.
        Opcode::Unicode => 2,
        // The names of the graph, or Python 2's for them.
        Opcode::Global | Opcode::Inst => 2,
        // The bytes of the text, or a byte for each of its characters.
        Opcode::String | Opcode::BinString | Opcode::ShortBinString => 2,
        _ => 1,
    }
}

/// Appends an instruction that pushes the object; nothing where it cannot push such a one.
pub(super) fn object(opcode: Opcode, variant: u8, object: View<'_>, out: &mut Vec<u8>) -> Option<()> {
    match opcode.arg()? {
        ArgKind::DecimalNlShort | ArgKind::DecimalNlLong | ArgKind::FloatNl | ArgKind::UnicodeStringNl => {
            out.push(opcode.byte());
            line(opcode, variant, object, out)?;
            out.push(b'\n');
            Some(())
        }
        ArgKind::StringNl => {
            out.push(opcode.byte());
            string_line(variant, object, out)?;
            out.push(b'\n');
            Some(())
        }
        ArgKind::StringNlNoEscapePair => global(opcode, variant, object, out),
        _ => {
            let long;
            let latin1;
            let op = match opcode {
                Opcode::BinInt1 => Op::BinInt1(int(object)?.try_into().ok()?),
                Opcode::BinInt2 => Op::BinInt2(int(object)?.try_into().ok()?),
                Opcode::BinInt => Op::BinInt(int(object)?.try_into().ok()?),
                Opcode::BinFloat => Op::BinFloat(float(object)?),
                Opcode::Ext1 => Op::Ext1(code(object)?.try_into().ok()?),
                Opcode::Ext2 => Op::Ext2(code(object)?.try_into().ok()?),
                Opcode::Ext4 => Op::Ext4(code(object)?.try_into().ok()?),
                Opcode::PersId => Op::PersId(persistent_id(object)?),
                Opcode::Long1 | Opcode::Long4 => {
                    long = two_complement(object)?;
                    Op::new(opcode, Some((&long[..]).into()))?
                }
                _ => {
                    latin1 = content(variant, object)?;
                    Op::new(opcode, Some((&*latin1).into()))?
                }
            };
            op.assemble(out).ok()
        }
    }
}

/// Appends an instruction whose argument is a number of the pickle's own.
pub(super) fn number(opcode: Opcode, number: u64, out: &mut Vec<u8>) {
    out.push(opcode.byte());
    match opcode {
        Opcode::Get | Opcode::Put => {
            out.extend_from_slice(alloc::format!("{number}\n").as_bytes());
        }
        Opcode::Frame => out.extend_from_slice(&number.to_le_bytes()),
        Opcode::LongBinGet | Opcode::LongBinPut => out.extend_from_slice(&number.to_le_bytes()[..4]),
        _ => out.push(number as u8),
    }
}

/// The line of a number or of text, without its newline.
fn line(opcode: Opcode, variant: u8, object: View<'_>, out: &mut Vec<u8>) -> Option<()> {
    let mut digits = String::new();
    match opcode {
        Opcode::Int => match object.as_bool() {
            Some(value) => digits.push_str(if value { "01" } else { "00" }),
            None => digits = decimal(object)?,
        },
        Opcode::Long => {
            digits = decimal(object)?;
            digits.push('L');
        }
        Opcode::Float if variant == 0 => literal::write_float(float(object)?, &mut digits).ok()?,
        Opcode::Float => {
            let mut line = Out::default();
            write_float_17(float(object)?, &mut line);
            out.extend_from_slice(&line);
        }
        _ => {
            let style = [UnicodeLineStyle::ControlsEscaped, UnicodeLineStyle::ControlsRaw][usize::from(variant % 2)];
            let mut line = Out::default();
            write_unicode_line(object.as_text()?.as_bytes(), style, &mut line);
            out.extend_from_slice(&line);
        }
    }
    out.extend_from_slice(digits.as_bytes());
    Some(())
}

/// Python 2's repr of a str: that of bytes in Python 3, without its `b`.
fn string_line(variant: u8, object: View<'_>, out: &mut Vec<u8>) -> Option<()> {
    let mut repr = String::new();
    literal::write_bytes(&content(variant, object)?, &mut repr).ok()?;
    out.extend_from_slice(&repr.as_bytes()[1..]);
    Some(())
}

/// The two lines of GLOBAL, or of INST, which pushes an instance.
fn global(opcode: Opcode, variant: u8, object: View<'_>, out: &mut Vec<u8>) -> Option<()> {
    let class = if opcode == Opcode::Inst { object.as_object()?.callable() } else { object };
    let (mut module, mut name) = class.as_global()?;
    if variant > 0 {
        (module, name) = names::to_python2(module, name);
    }
    let pair = Pair { module: module.as_bytes(), name: name.as_bytes() };
    Op::new(opcode, Some(pair.into()))?.assemble(out).ok()
}

fn int(object: View<'_>) -> Option<i64> {
    object.as_i64()
}

fn float(object: View<'_>) -> Option<f64> {
    object.as_f64().filter(|_| object.kind() == Kind::Float)
}

/// The digits of an int; none of one that is longer than decimals may be, whose digits would take a time that grows with
/// the square of their number.
fn decimal(object: View<'_>) -> Option<String> {
    /// Of an int of 300,000 digits.
    const MOST_BITS: u64 = 1_000_000;
    match object.as_i64() {
        Some(value) => Some(alloc::format!("{value}")),
        None => object.as_bigint().filter(|value| value.bits() <= MOST_BITS).map(|value| alloc::format!("{value}")),
    }
}

/// The code of an extension that nobody has resolved.
fn code(object: View<'_>) -> Option<i64> {
    object.as_object().filter(|object| object.kind() == ObjectKind::Extension)?.field(0).as_i64()
}

/// The id of a persistent object that nobody has resolved.
fn persistent_id(object: View<'_>) -> Option<&[u8]> {
    let object = object.as_object().filter(|object| object.kind() == ObjectKind::Persistent)?;
    Some(object.field(0).as_text()?.as_bytes())
}

/// An int in the fewest bytes of two's complement, little-endian; zero has none.
fn two_complement(object: View<'_>) -> Option<Vec<u8>> {
    if let Some(value) = object.as_i64() {
        let bytes = value.to_le_bytes();
        let sign = if value < 0 { 0xff } else { 0 };
        let mut length = bytes.len();
        // The last byte that stays has the sign's bit.
        while length > 1 && bytes[length - 1] == sign && (bytes[length - 2] ^ sign) < 0x80 {
            length -= 1;
        }
        return Some(if value == 0 { Vec::new() } else { bytes[..length].to_vec() });
    }
    object.int_bytes().map(Vec::from)
}

/// The bytes of text or bytes; with variant 1 those of latin-1.
fn content(variant: u8, object: View<'_>) -> Option<Cow<'_, [u8]>> {
    match (object.as_text(), variant) {
        (Some(text), 0) => Some(Cow::Borrowed(text.as_bytes())),
        (Some(text), _) => {
            text.code_points().map(|point| u8::try_from(point).ok()).collect::<Option<_>>().map(Cow::Owned)
        }
        (None, _) => object.as_bytes().map(Cow::Borrowed),
    }
}
