//! Python literals: read as `ast.literal_eval` reads them, and written as `repr` of CPython 3.13 writes them (str, bytes,
//! bytearray, float).
//!
//! ```
//! use pickle_value::literal;
//!
//! let graph = literal::parse("('it\\'s', 1e16)")?;
//! assert_eq!(graph.root().get(1).as_f64(), Some(1e16));
//!
//! let mut out = String::new();
//! literal::write_text("it's", &mut out)?;
//! literal::write_bytes(b"\x00a", &mut out)?;
//! literal::write_float(1e16, &mut out)?;
//! assert_eq!(out, r#""it's"b'\x00a'1e+16"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The functions that write append to `out` and fail only where `out` fails.

mod number;
mod parse;
mod scan;
mod string;

use core::fmt::{Result, Write};

pub use parse::parse;
pub(crate) use scan::bracket_end;

use crate::printable::is_printable;
use crate::text::Text;

/// Writes the repr of a str that is given as code points.
///
/// Lone surrogates are written as `\udXXX`. The quotes are single ones, unless the text has single and no double ones.
///
/// ```
/// use pickle_value::literal::write_str;
///
/// let mut out = String::new();
/// write_str([0xe9, 0xd800, 0x0a].into_iter(), &mut out)?;
/// assert_eq!(out, r"'é\ud800\n'");
/// # Ok::<(), core::fmt::Error>(())
/// ```
pub fn write_str(points: impl Iterator<Item = u32> + Clone, out: &mut dyn Write) -> Result {
    let (mut single, mut double) = (false, false);
    for point in points.clone() {
        single |= point == u32::from(b'\'');
        double |= point == u32::from(b'"');
    }
    let quote = quote(single, double);
    out.write_char(quote)?;
    for point in points {
        write_point(point, quote, out)?;
    }
    out.write_char(quote)
}

/// Writes the repr of a str without surrogates: what [`write_str`] writes, in whole runs of plain characters.
///
/// ```
/// use pickle_value::literal::write_text;
///
/// let mut out = String::new();
/// write_text("naïve\u{200b}", &mut out)?;
/// assert_eq!(out, r"'naïve\u200b'");
/// # Ok::<(), core::fmt::Error>(())
/// ```
pub fn write_text(text: &str, out: &mut dyn Write) -> Result {
    let quote = quote_of(text.as_bytes());
    out.write_char(quote)?;
    // Where the characters begin that are not written yet.
    let mut start = 0;
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        if is_plain(byte, quote) {
            at += 1;
            continue;
        }
        let Some(character) = text[at..].chars().next() else {
            break;
        };
        let end = at + character.len_utf8();
        if !character.is_ascii() && is_printable(character.into()) {
            at = end;
            continue;
        }
        out.write_str(&text[start..at])?;
        write_point(character.into(), quote, out)?;
        start = end;
        at = end;
    }
    out.write_str(&text[start..])?;
    out.write_char(quote)
}

/// Whether the repr of a str is its characters as they are between single quotes: most are.
///
/// `text` is UTF-8, surrogates allowed; for other bytes the answer means nothing.
///
/// ```
/// use pickle_value::literal::is_plain_text;
///
/// assert!(is_plain_text("naïve".as_bytes()));
/// assert!(!is_plain_text(b"it's"));
/// ```
#[must_use]
pub fn is_plain_text(text: &[u8]) -> bool {
    let plain = |point| is_printable(point) && point != u32::from(b'\'') && point != u32::from(b'\\');
    Text::checked(text).code_points().all(plain)
}

/// Writes the repr of bytes: `b'…'`.
///
/// ```
/// use pickle_value::literal::write_bytes;
///
/// let mut out = String::new();
/// write_bytes(b"a'\xff", &mut out)?;
/// assert_eq!(out, r#"b"a'\xff""#);
/// # Ok::<(), core::fmt::Error>(())
/// ```
pub fn write_bytes(bytes: &[u8], out: &mut dyn Write) -> Result {
    let quote = quote_of(bytes);
    out.write_char('b')?;
    out.write_char(quote)?;
    write_byte_runs(bytes, quote, |byte| is_plain(byte, quote), out)?;
    out.write_char(quote)
}

/// Writes the repr of a bytearray: `bytearray(b'…')`.
///
/// Unlike [`write_bytes`] it escapes a single quote even between double ones, as CPython does.
///
/// ```
/// use pickle_value::literal::write_bytearray;
///
/// let mut out = String::new();
/// write_bytearray(b"it's", &mut out)?;
/// assert_eq!(out, r#"bytearray(b"it\'s")"#);
/// # Ok::<(), core::fmt::Error>(())
/// ```
pub fn write_bytearray(bytes: &[u8], out: &mut dyn Write) -> Result {
    let quote = quote_of(bytes);
    out.write_str("bytearray(b")?;
    out.write_char(quote)?;
    // The double quote needs no escape of its own: it is the quote only where the bytes have none.
    write_byte_runs(bytes, '\'', |byte| is_plain(byte, '\''), out)?;
    out.write_char(quote)?;
    out.write_char(')')
}

/// Writes the repr of a float: the fewest digits that read back as the same float.
///
/// This is also what the line of FLOAT holds in protocol 0. Every NaN is `nan`.
///
/// ```
/// use pickle_value::literal::write_float;
///
/// let mut out = String::new();
/// for float in [1.0, -0.0, 1e16, 1e-5, f64::NEG_INFINITY, f64::NAN] {
///     write_float(float, &mut out)?;
///     out.push(' ');
/// }
/// assert_eq!(out, "1.0 -0.0 1e+16 1e-05 -inf nan ");
/// # Ok::<(), core::fmt::Error>(())
/// ```
pub fn write_float(float: f64, out: &mut dyn Write) -> Result {
    if float.is_nan() {
        return out.write_str("nan");
    }
    if float.is_infinite() {
        return out.write_str(if float > 0.0 { "inf" } else { "-inf" });
    }
    let mut buffer = zmij::Buffer::new();
    let signed = buffer.format_finite(float);
    let (float, text) = (float.abs(), signed.strip_prefix('-').unwrap_or(signed));
    if is_repr(float, text) {
        return out.write_str(signed);
    }
    if text.len() < signed.len() {
        out.write_char('-')?;
    }
    let digits = Digits::shortest(float, text);
    let (first, rest) = digits.as_str().split_at(1);
    match digits.exponent {
        exponent @ 0..16 => write_fixed(digits.as_str(), exponent.unsigned_abs().into(), out),
        exponent @ -4..0 => {
            out.write_str("0.")?;
            out.write_str(&"000"[..(-1 - exponent) as usize])?;
            out.write_str(digits.as_str())
        }
        exponent => {
            out.write_str(first)?;
            if !rest.is_empty() {
                out.write_char('.')?;
                out.write_str(rest)?;
            }
            let sign = if exponent < 0 { '-' } else { '+' };
            write!(out, "e{sign}{:02}", exponent.unsigned_abs())
        }
    }
}

/// Whether the shortest decimal of a positive float is known to be what Python writes too: most are.
///
/// In this range it has no exponent either.
fn is_repr(float: f64, text: &str) -> bool {
    let Some(point) = text.bytes().position(|byte| byte == b'.').filter(|_| (1e-4..1e16).contains(&float)) else {
        return false;
    };
    match text.len() - point - 1 {
        // A whole number below 2**53 has just its own digits.
        1 if text.ends_with('0') => float < 9_007_199_254_740_992.0,
        decimals => !may_be_halfway(float, decimals as i32),
    }
}

/// Writes digits with the point behind the one of value ten to the `exponent`.
fn write_fixed(digits: &str, exponent: usize, out: &mut dyn Write) -> Result {
    match digits.split_at_checked(exponent + 1) {
        Some((whole, fraction)) if !fraction.is_empty() => {
            out.write_str(whole)?;
            out.write_char('.')?;
            out.write_str(fraction)
        }
        _ => {
            out.write_str(digits)?;
            out.write_str(&"000000000000000"[..exponent + 1 - digits.len()])?;
            out.write_str(".0")
        }
    }
}

/// The significant digits of a float and the power of ten of the first one.
struct Digits {
    text: [u8; Digits::CAPACITY],
    length: usize,
    exponent: i16,
}

impl Digits {
    /// Seventeen digits are the most that are needed to tell two floats apart.
    const CAPACITY: usize = 17;

    /// The fewest digits that read back as `float`, of several those nearest to it; `text` has such digits.
    ///
    /// That says all, except where two are equally near: CPython takes the even one.
    fn shortest(float: f64, text: &str) -> Digits {
        let shortest = Digits::read(text);
        if !may_be_halfway(float, shortest.decimals()) {
            return shortest;
        }
        // The float has one decimal more, a five: it lies halfway. Next to a power of two the even one may be another
        // float's, as for 2**-24.
        let mut text = Buffer::default();
        write!(text, "{float:.*e}", shortest.length - 1).expect("seventeen digits and an exponent fit");
        let even = Digits::read(text.as_str());
        if even.read_back() == Some(float) { even } else { shortest }
    }

    /// Reads a positive decimal with a point, an exponent or both, such as `1.25e-7` or `1200.0`.
    fn read(decimal: &str) -> Digits {
        let (mantissa, exponent) = decimal.split_once('e').unwrap_or((decimal, "0"));
        let exponent: i16 = exponent.parse().expect("the exponent of a float is within -324 and 308");
        let mut digits = Digits { text: [0; Self::CAPACITY], length: 0, exponent: 0 };
        let (mut before_point, mut leading_zeros, mut point) = (0, 0, false);
        for byte in mantissa.bytes() {
            match byte {
                b'.' => point = true,
                b'0' if digits.length == 0 => {
                    leading_zeros += 1;
                    before_point += i16::from(!point);
                }
                digit => {
                    // Zeros behind the seventeenth digit say only where the point is.
                    if let Some(place) = digits.text.get_mut(digits.length) {
                        *place = digit;
                        digits.length += 1;
                    }
                    before_point += i16::from(!point);
                }
            }
        }
        while digits.length > 1 && digits.text[digits.length - 1] == b'0' {
            digits.length -= 1;
        }
        if digits.length == 0 {
            digits = Digits { text: [b'0'; Self::CAPACITY], length: 1, exponent: 0 };
        } else {
            digits.exponent = exponent + before_point - 1 - leading_zeros;
        }
        digits
    }

    fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text[..self.length]).expect("only ASCII digits were kept")
    }

    /// How many of the digits stand behind the point; negative where zeros follow them before it.
    fn decimals(&self) -> i32 {
        self.length as i32 - 1 - i32::from(self.exponent)
    }

    fn read_back(&self) -> Option<f64> {
        let mut text = Buffer::default();
        write!(text, "{}e{}", self.as_str(), -self.decimals()).ok()?;
        text.as_str().parse().ok()
    }
}

/// Whether a float lies halfway between two decimals of so many decimals: it has one more then.
fn may_be_halfway(float: f64, decimals: i32) -> bool {
    fraction_bits(float) == decimals + 1
}

/// How many binary digits a finite float has behind the point, which is also how many decimals it has when written out.
///
/// Negative where its lowest bit stands for more than one.
fn fraction_bits(float: f64) -> i32 {
    let bits = float.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52 & 0x7ff) as i32 {
        0 => 1074 - fraction.trailing_zeros() as i32,
        biased => 1075 - biased - (fraction | 1 << 52).trailing_zeros() as i32,
    }
}

/// Room for a float in scientific notation.
#[derive(Default)]
struct Buffer {
    text: [u8; 32],
    length: usize,
}

impl Buffer {
    fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text[..self.length]).expect("whole strings were put in")
    }
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> Result {
        let end = self.length + text.len();
        self.text.get_mut(self.length..end).ok_or(core::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

fn quote_of(bytes: &[u8]) -> char {
    let single = bytes.contains(&b'\'');
    quote(single, single && bytes.contains(&b'"'))
}

fn quote(single: bool, double: bool) -> char {
    if single && !double { '"' } else { '\'' }
}

/// True for a byte that stands for itself between these quotes.
fn is_plain(byte: u8, quote: char) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'\\' && char::from(byte) != quote
}

/// Writes bytes, those that `plain` allows in whole runs.
fn write_byte_runs(bytes: &[u8], quote: char, plain: impl Fn(u8) -> bool, out: &mut dyn Write) -> Result {
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = rest.iter().position(|&byte| !plain(byte)).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(length);
        out.write_str(core::str::from_utf8(run).expect("plain bytes are ASCII"))?;
        let Some((&byte, behind)) = behind.split_first() else {
            break;
        };
        match byte {
            0x80.. => write_hexadecimal('x', 2, byte.into(), out)?,
            _ => write_point(byte.into(), quote, out)?,
        }
        rest = behind;
    }
    Ok(())
}

/// Writes a character as it stands in a literal between these quotes.
fn write_point(point: u32, quote: char, out: &mut dyn Write) -> Result {
    match char::from_u32(point) {
        Some('\\') => out.write_str("\\\\"),
        Some('\n') => out.write_str("\\n"),
        Some('\r') => out.write_str("\\r"),
        Some('\t') => out.write_str("\\t"),
        Some(character) if character == quote => {
            out.write_char('\\')?;
            out.write_char(quote)
        }
        Some(character @ ' '..='~') => out.write_char(character),
        Some(character) if is_printable(point) => out.write_char(character),
        _ => match point {
            0..0x100 => write_hexadecimal('x', 2, point, out),
            0x100..0x1_0000 => write_hexadecimal('u', 4, point, out),
            _ => write_hexadecimal('U', 8, point, out),
        },
    }
}

fn write_hexadecimal(letter: char, digits: usize, value: u32, out: &mut dyn Write) -> Result {
    let mut text = [b'0'; 10];
    text[0] = b'\\';
    text[1] = letter as u8;
    for (position, digit) in text[2..2 + digits].iter_mut().rev().enumerate() {
        *digit = b"0123456789abcdef"[(value >> (4 * position) & 0xf) as usize];
    }
    out.write_str(core::str::from_utf8(&text[..2 + digits]).expect("only ASCII was put in"))
}
