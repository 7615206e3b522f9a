//! How CPython's picklers spell an argument: what `asm` writes, and what `dis` need not say.

use alloc::borrow::Cow;
use core::fmt::Write as _;

use num_bigint::{BigInt, Sign};
use pickle_opcodes::text::{UnicodeLineStyle, string_escapes, write_unicode_line};
use pickle_opcodes::{ArgKind, Argument, Opcode, Out, Pair};
use pickle_value::literal;

use crate::{Arg, Str};

/// The spellings that an argument may have in a CPython's pickle.
pub(crate) enum Spelling<'a> {
    /// A number of fixed width. A NaN is Python 3's.
    Number(Argument<'static>),
    /// The only one, without length or last newline.
    Only(Cow<'a, [u8]>),
    /// The commonest comes first.
    Several(Vec<Vec<u8>>),
}

/// The spellings of a value as the argument of `opcode`; `None` where it takes no such value.
pub(crate) fn of<'a>(opcode: Opcode, arg: &'a Arg<'_>) -> Option<Spelling<'a>> {
    use ArgKind as Form;
    let form = opcode.arg()?;
    Some(match (form, arg) {
        (Form::Uint1 | Form::Uint2 | Form::Uint4 | Form::Uint8, _) => Spelling::Number(Argument::Uint(unsigned(arg)?)),
        (Form::Int4, Arg::Int(value)) => Spelling::Number(Argument::Int(i32::try_from(*value).ok()?)),
        (Form::Float8, Arg::Float(value)) if value.is_nan() => Spelling::Number(Argument::Float(PYTHON3_NAN)),
        (Form::Float8, Arg::Float(value)) => Spelling::Number(Argument::Float(*value)),
        (Form::DecimalNlShort, Arg::Bool(value)) => Spelling::Only((if *value { b"01" } else { b"00" }).into()),
        (Form::DecimalNlShort, Arg::Int(_) | Arg::BigInt(_)) => Spelling::Only(arg.to_string().into_bytes().into()),
        (Form::DecimalNlLong, Arg::Int(_) | Arg::BigInt(_)) => Spelling::Only(format!("{arg}L").into_bytes().into()),
        (Form::Long1 | Form::Long4, _) => Spelling::Only(two_complement(arg)?.into()),
        (Form::FloatNl, Arg::Float(value)) => Spelling::float(*value),
        (Form::StringNl, Arg::Str(text)) => Spelling::Only(python2_repr(&latin1(text)?).into()),
        (Form::String1 | Form::String4, Arg::Str(text)) => Spelling::Only(latin1(text)?),
        (Form::StringNlNoEscape, Arg::Str(text)) => Spelling::Several(names(&latin1(text)?)),
        (Form::StringNlNoEscapePair, Arg::Str(text)) => {
            let joined = names(&latin1(text)?);
            Spelling::Several(joined.into_iter().map(divided).collect::<Option<_>>()?)
        }
        (Form::UnicodeStringNl, Arg::Str(text)) => Spelling::unicode(text),
        (Form::UnicodeString1 | Form::UnicodeString4 | Form::UnicodeString8, Arg::Str(text)) => {
            Spelling::Only(text.as_bytes().into())
        }
        (Form::Bytes1 | Form::Bytes4 | Form::Bytes8, Arg::Bytes(bytes)) => Spelling::Only(Cow::Borrowed(bytes)),
        (Form::ByteArray8, Arg::ByteArray(bytes)) => Spelling::Only(Cow::Borrowed(bytes)),
        _ => return None,
    })
}

/// `float('nan')` in Python 3; in Python 2 its sign is set.
const PYTHON3_NAN: f64 = f64::from_bits(0x7ff8 << 48);

/// The argument that these bytes are, without length or last newline.
pub(crate) fn from_raw(opcode: Opcode, raw: &[u8]) -> Option<Argument<'_>> {
    Some(match opcode.arg()? {
        ArgKind::Uint1 | ArgKind::Uint2 | ArgKind::Int4 | ArgKind::Uint4 | ArgKind::Uint8 => return None,
        ArgKind::Float8 => Argument::Float(f64::from_be_bytes(raw.try_into().ok()?)),
        ArgKind::StringNlNoEscapePair => {
            let newline = raw.iter().position(|&byte| byte == b'\n')?;
            Argument::Pair(Pair { module: &raw[..newline], name: &raw[newline + 1..] })
        }
        _ => Argument::Bytes(raw),
    })
}

/// The bytes of an argument that is not spelled as CPython mostly does, or where another line may change how it is read.
pub(crate) fn unusual<'b>(opcode: Opcode, arg: &Arg<'_>, instruction: &'b [u8]) -> Option<&'b [u8]> {
    let raw = argument_in(opcode.arg()?, instruction)?;
    let usual = match of(opcode, arg)? {
        Spelling::Number(_) => !matches!(arg, Arg::Float(value) if value.is_nan()),
        Spelling::Only(usual) => *usual == *raw,
        Spelling::Several(spellings) => {
            let as_long = spellings.iter().filter(|spelling| spelling.len() == raw.len()).count();
            as_long == 1 && spellings.first().is_some_and(|usual| **usual == *raw)
        }
    };
    (!usual).then_some(raw)
}

/// The argument in an instruction's bytes, without length or last newline, where its form has several spellings.
fn argument_in(form: ArgKind, instruction: &[u8]) -> Option<&[u8]> {
    let (start, newline) = match form {
        ArgKind::DecimalNlShort
        | ArgKind::DecimalNlLong
        | ArgKind::FloatNl
        | ArgKind::StringNl
        | ArgKind::StringNlNoEscape
        | ArgKind::StringNlNoEscapePair
        | ArgKind::UnicodeStringNl => (1, 1),
        ArgKind::Float8 => (1, 0),
        ArgKind::Long1 => (2, 0),
        ArgKind::Long4 => (5, 0),
        _ => return None,
    };
    instruction.get(start..instruction.len() - newline)
}

impl Spelling<'_> {
    fn float(value: f64) -> Self {
        let mut repr = String::new();
        literal::write_float(value, &mut repr).expect("a String takes any text");
        let cpickle = seventeen_digits(value);
        if repr == cpickle {
            return Spelling::Only(repr.into_bytes().into());
        }
        Spelling::Several(vec![repr.into_bytes(), cpickle.into_bytes()])
    }

    fn unicode(text: &Str<'_>) -> Self {
        let [escaped, raw] = [UnicodeLineStyle::ControlsEscaped, UnicodeLineStyle::ControlsRaw].map(|style| {
            let mut line = Out::default();
            write_unicode_line(text.as_text().as_bytes(), style, &mut line);
            line.into_vec()
        });
        if escaped == raw { Spelling::Only(raw.into()) } else { Spelling::Several(vec![escaped, raw]) }
    }
}

fn unsigned(arg: &Arg<'_>) -> Option<u64> {
    match arg {
        Arg::Int(value) => u64::try_from(*value).ok(),
        Arg::BigInt(value) => u64::try_from(value.to_bigint()).ok(),
        _ => None,
    }
}

/// Little-endian, as short as it can be; zero has no bytes.
fn two_complement(arg: &Arg<'_>) -> Option<Vec<u8>> {
    let value = match arg {
        Arg::Int(value) => BigInt::from(*value),
        Arg::BigInt(value) => value.to_bigint(),
        _ => return None,
    };
    Some(if value.sign() == Sign::NoSign { Vec::new() } else { value.to_signed_bytes_le() })
}

fn latin1<'a>(text: &'a Str<'_>) -> Option<Cow<'a, [u8]>> {
    match text.as_str()? {
        text if text.is_ascii() => Some(text.as_bytes().into()),
        text => text.chars().map(|point| u8::try_from(point).ok()).collect::<Option<Vec<u8>>>().map(Cow::Owned),
    }
}

/// `repr` of a str in Python 2.
fn python2_repr(bytes: &[u8]) -> Vec<u8> {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    let mut repr = vec![quote];
    for &byte in bytes {
        match byte {
            b'\\' => repr.extend_from_slice(b"\\\\"),
            b'\t' => repr.extend_from_slice(b"\\t"),
            b'\n' => repr.extend_from_slice(b"\\n"),
            b'\r' => repr.extend_from_slice(b"\\r"),
            _ if byte == quote => repr.extend_from_slice(&[b'\\', byte]),
            b' '..=b'~' => repr.push(byte),
            _ => repr.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
        }
    }
    repr.push(quote);
    repr
}

/// C's `%.17g`, as 2.7's cPickle writes floats.
fn seventeen_digits(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "nan".into()
        } else if value > 0.0 {
            "inf".into()
        } else {
            "-inf".into()
        };
    }
    let scientific = format!("{value:.16e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("{:e} has an exponent");
    let exponent: i32 = exponent.parse().expect("{:e} has a decimal exponent");
    if (-4..17).contains(&exponent) {
        let fixed = format!("{value:.*}", (16 - exponent) as usize);
        return without_trailing_zeros(&fixed).into();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    let mut text = String::from(without_trailing_zeros(mantissa));
    write!(text, "e{sign}{:02}", exponent.unsigned_abs()).expect("a String takes any text");
    text
}

fn without_trailing_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Lines that mean this text, of those that pickletools resolves escapes in and CPython writes none in.
///
/// A backslash that was there may have been taken for an escape, so the text may have other characters than the line.
fn names(text: &[u8]) -> Vec<Vec<u8>> {
    let as_it_is = text.to_vec();
    // `C:\temp\new`, which reads as a tab and a newline.
    let [single, double] = [false, true].map(|doubled| escaped(text, true, doubled));
    // The newline alone needs an escape.
    let necessary = escaped(text, false, false);
    let mut names: Vec<Vec<u8>> = Vec::new();
    for line in [as_it_is, necessary, single, double] {
        let means_it = !line.contains(&b'\n') && string_escapes(&line).is_ok_and(|resolved| resolved == text);
        if means_it && !names.contains(&line) {
            names.push(line);
        }
    }
    names
}

/// With escapes for the newline and, if `controls` says so, all that have one of a backslash and a letter.
fn escaped(text: &[u8], controls: bool, backslashes_doubled: bool) -> Vec<u8> {
    let letter_of = |byte| match byte {
        b'\n' => Some(b'n'),
        0x07..=0x0d if controls => Some(b"abtnvfr"[usize::from(byte - 7)]),
        _ => None,
    };
    // Where a backslash, left single, would begin an escape.
    let begins_escape = |next: Option<&u8>| match next {
        None | Some(b'\\' | b'\'' | b'"' | b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'x' | b'0'..=b'7') => true,
        Some(&next) => letter_of(next).is_some(),
    };
    let mut line = Vec::with_capacity(text.len());
    for (position, &byte) in text.iter().enumerate() {
        match letter_of(byte) {
            Some(letter) => line.extend_from_slice(&[b'\\', letter]),
            None if byte == b'\\' && (backslashes_doubled || begins_escape(text.get(position + 1))) => {
                line.extend_from_slice(b"\\\\");
            }
            None => line.push(byte),
        }
    }
    line
}

/// Two lines: the module ends at the first space.
fn divided(mut joined: Vec<u8>) -> Option<Vec<u8>> {
    let space = joined.iter().position(|&byte| byte == b' ')?;
    joined[space] = b'\n';
    Some(joined)
}
