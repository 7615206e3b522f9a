//! A line of a listing, taken apart.

use pickle_opcodes::number;
use pickle_opcodes::{ArgKind, Opcode};

use super::error::{AsmErrorKind, Excerpt};
use super::literal;
use crate::Str;
use crate::arg::{self, Arg};

/// What a line says.
#[derive(Default)]
pub(super) struct Line {
    /// Where the instruction stands, if that is said.
    pub(super) offset: Option<u64>,
    /// The instruction, unless the line is empty or a remark. A listing that broke off ends with an offset alone.
    pub(super) instruction: Option<Instruction>,
}

pub(super) struct Instruction {
    pub(super) opcode: Opcode,
    /// What the argument means.
    pub(super) arg: Option<Arg<'static>>,
    /// The argument's bytes: without their length, without the last newline.
    pub(super) raw: Option<Vec<u8>>,
}

impl Line {
    /// Reads a line without its newline.
    pub(super) fn parse(text: &str) -> Result<Line, AsmErrorKind> {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') || text.starts_with("highest protocol among opcodes") {
            return Ok(Line::default());
        }
        let (offset, text) = match text.split_once(':') {
            Some((digits, rest)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => (digits.parse().ok(), rest),
            _ => (None, text),
        };
        let text = text.trim_start();
        let instruction = if text.is_empty() { None } else { Some(Instruction::parse(text)?) };
        Ok(Line { offset, instruction })
    }
}

impl Instruction {
    fn parse(text: &str) -> Result<Instruction, AsmErrorKind> {
        let (opcode, rest) = parse_opcode(text)?;
        let (mut arg, mut raw, mut rest) = (None, None, rest.trim_start());
        if let Some(kind) = opcode.arg() {
            let wrong = || AsmErrorKind::WrongArgument { opcode };
            let optional =
                opcode == Opcode::Frame && !rest.starts_with(|first: char| first == '-' || first.is_ascii_digit());
            if !optional && !rest.starts_with("raw ") {
                let (value, behind) = parse_argument(kind, rest).transpose().ok_or_else(wrong)??;
                (arg, rest) = (Some(value), behind.trim_start());
            }
            if let Some(literal) = rest.strip_prefix("raw ") {
                let (bytes, behind) = literal::bytes(literal.trim_start())?.ok_or(AsmErrorKind::BadRaw { opcode })?;
                (raw, rest) = (Some(bytes), behind.trim_start());
            }
        }
        check_remark(behind_note(rest))?;
        Ok(Instruction { opcode, arg, raw })
    }
}

/// The name, and the code before it, which must be the same opcode's.
fn parse_opcode(text: &str) -> Result<(Opcode, &str), AsmErrorKind> {
    let (word, rest) = first_word(text);
    if let Some(opcode) = Opcode::from_name(word) {
        return Ok((opcode, rest));
    }
    let Some(by_code) = code(word).and_then(Opcode::from_byte) else {
        return Err(AsmErrorKind::UnknownOpcode(Excerpt::new(word)));
    };
    let (name, rest) = first_word(rest.trim_start());
    if name == by_code.name() {
        return Ok((by_code, rest));
    }
    Err(match Opcode::from_name(name) {
        Some(opcode) => AsmErrorKind::CodeOfAnother { code: Excerpt::new(word), opcode },
        None => AsmErrorKind::UnknownOpcode(Excerpt::new(name)),
    })
}

/// The byte of a code: `K`, or `\x80`.
fn code(word: &str) -> Option<u8> {
    match word.as_bytes() {
        [byte] => Some(*byte),
        [b'\\', b'x', _, _] => u8::from_str_radix(&word[2..], 16).ok(),
        _ => None,
    }
}

/// The argument and what is behind it; nothing where there is none of this kind.
fn parse_argument(kind: ArgKind, text: &str) -> Result<Option<(Arg<'static>, &str)>, AsmErrorKind> {
    Ok(match kind {
        ArgKind::Uint1 | ArgKind::Uint2 | ArgKind::Int4 | ArgKind::Uint4 | ArgKind::Uint8 => integer(text)?,
        ArgKind::DecimalNlLong | ArgKind::Long1 | ArgKind::Long4 => integer(text)?,
        ArgKind::DecimalNlShort => match first_word(text) {
            ("True", rest) => Some((Arg::Bool(true), rest)),
            ("False", rest) => Some((Arg::Bool(false), rest)),
            _ => integer(text)?,
        },
        ArgKind::FloatNl | ArgKind::Float8 => {
            let (word, rest) = first_word(text);
            number::decimal_float(word.as_bytes()).ok().map(|value| (Arg::Float(value), rest))
        }
        ArgKind::Bytes1 | ArgKind::Bytes4 | ArgKind::Bytes8 => {
            literal::bytes(text)?.map(|(bytes, rest)| (Arg::Bytes(bytes.into()), rest))
        }
        ArgKind::ByteArray8 => match text.strip_prefix("bytearray(").map(literal::bytes).transpose()?.flatten() {
            Some((bytes, rest)) => rest.strip_prefix(')').map(|rest| (Arg::ByteArray(bytes.into()), rest)),
            None => None,
        },
        ArgKind::StringNl
        | ArgKind::StringNlNoEscape
        | ArgKind::StringNlNoEscapePair
        | ArgKind::String1
        | ArgKind::String4
        | ArgKind::UnicodeStringNl
        | ArgKind::UnicodeString1
        | ArgKind::UnicodeString4
        | ArgKind::UnicodeString8 => {
            literal::text(text)?.map(|(bytes, rest)| (Arg::Str(Str::from_code_points(bytes)), rest))
        }
    })
}

/// A decimal, maybe with Python 2's `L`.
fn integer(text: &str) -> Result<Option<(Arg<'static>, &str)>, AsmErrorKind> {
    let (word, rest) = first_word(text);
    let digits = word.strip_suffix('L').unwrap_or(word).as_bytes();
    match number::decimal(digits) {
        Ok(value) => Ok(Some((arg::integer(value), rest))),
        Err(kind @ pickle_opcodes::ErrorKind::IntegerTooLong { .. }) => Err(AsmErrorKind::Bytes(kind)),
        Err(_) => Ok(None),
    }
}

/// Passes over what `dis` says of marks and memo entries.
fn behind_note(text: &str) -> &str {
    let behind = match text.strip_prefix("no MARK exists on stack") {
        Some(behind) => behind,
        None if text.starts_with('(') => text.split_once(')').map_or(text, |(_, behind)| behind),
        None => text,
    };
    behind.trim_start()
}

fn check_remark(text: &str) -> Result<(), AsmErrorKind> {
    match text.chars().next() {
        None | Some('#' | 'A'..='Z') => Ok(()),
        Some(_) => Err(AsmErrorKind::Trailing(Excerpt::new(text))),
    }
}

fn first_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}
