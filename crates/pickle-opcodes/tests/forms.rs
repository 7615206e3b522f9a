//! Number and text forms against what CPython answers: `tests/data/generate_forms.py` wrote the cases.

use core::fmt::Write;

use num_bigint::BigInt;
use pickle_opcodes::number::{self, DEFAULT_MAX_DIGITS, IntLine};
use pickle_opcodes::text;
use pickle_opcodes::{ErrorKind, Out, latin1};
use rstest::rstest;

#[rstest]
#[case::int("INT", |line: &[u8]| number::int_line(line, DEFAULT_MAX_DIGITS).map(integer))]
#[case::long("LONG", |line: &[u8]| number::long_line(line, DEFAULT_MAX_DIGITS).map(integer))]
#[case::get("GET", |line: &[u8]| number::index_line(line).map(|index| format!("index {index}")))]
#[case::float("FLOAT", |line: &[u8]| number::float_line(line).map(bits))]
#[case::string("STRING", |line: &[u8]| text::string_line(line).map(|bytes| format!("bytes {}", hexadecimal(&bytes))))]
#[case::unicode("UNICODE", unicode)]
#[case::python_int("int", |line: &[u8]| number::decimal(line).map(integer))]
#[case::python_float("float", |line: &[u8]| number::decimal_float(line).map(bits))]
fn forms(#[case] reader: &str, #[case] read: fn(&[u8]) -> Result<String, ErrorKind>) {
    let mut count = 0;
    for case in include_str!("data/forms.txt").lines() {
        let [name, line, expected] = *case.split('\t').collect::<Vec<_>>() else {
            panic!("three fields a case: {case}");
        };
        if name != reader {
            continue;
        }
        let line: Vec<u8> = line.as_bytes().chunks(2).map(byte).collect();
        let answer = read(&line).unwrap_or_else(|_| "error".to_owned());
        assert_eq!(answer, expected, "{reader} {}", line.escape_ascii());
        count += 1;
    }
    assert!(count > 300, "only {count} cases of {reader}");
}

#[rstest]
fn digits_over_the_limit() {
    let line = "9".repeat(11);
    let expected = Err(ErrorKind::IntegerTooLong { digits: 11, limit: 10 });
    assert_eq!(number::long_line(line.as_bytes(), 10), expected);
    assert!(number::long_line(line.as_bytes(), 11).is_ok());
}

/// Writing a UNICODE line and reading it back gives the same code points.
#[rstest]
#[case::new(text::UnicodeLineStyle::ControlsEscaped)]
#[case::old(text::UnicodeLineStyle::ControlsRaw)]
fn unicode_lines_lead_back(#[case] style: text::UnicodeLineStyle) {
    for start in (0..0x11_0000).step_by(0x1000) {
        let utf8: Vec<u8> = (start..start + 0x1000).flat_map(utf8_of).collect();
        let mut line = Out::default();
        text::write_unicode_line(&utf8, style, &mut line);
        assert!(!line.contains(&b'\n'));
        for control in [0, b'\r', 0x1a] {
            assert_eq!(line.contains(&control), start == 0 && style == text::UnicodeLineStyle::ControlsRaw);
        }
        assert_eq!(text::unicode_line_to_utf8(&line).as_deref(), Ok(&utf8[..]));
    }
}

/// A line is what its characters are by themselves, whatever stands beside them.
#[rstest]
#[case::new(text::UnicodeLineStyle::ControlsEscaped)]
#[case::old(text::UnicodeLineStyle::ControlsRaw)]
fn unicode_lines_are_their_characters(#[case] style: text::UnicodeLineStyle) {
    let line_of = |text: &str| {
        let mut line = Out::default();
        text::write_unicode_line(text.as_bytes(), style, &mut line);
        line.into_vec()
    };
    for odd in ["\n", "\0", "\r", "\\", "é", "\u{ff}", "\u{100}", "ж", "€", "🐍", "a", "\\u0041"] {
        for (before, after) in (0..70).flat_map(|before| [(before, 0), (before, 1), (before, 40)]) {
            let text = ["x".repeat(before), odd.repeat(1 + before % 3), "ü".repeat(after), "y".repeat(after)].concat();
            let line = line_of(&text);
            let characters: Vec<u8> = text.chars().flat_map(|character| line_of(&character.to_string())).collect();
            assert_eq!(line, characters, "{text:?}");
            assert_eq!(text::unicode_line_to_utf8(&line).as_deref(), Ok(text.as_bytes()));
        }
    }
}

fn integer(value: IntLine) -> String {
    match value {
        IntLine::Bool(value) => format!("bool {}", u8::from(value)),
        IntLine::Small(value) => format!("int {:#x}", BigInt::from(value)),
        IntLine::Big(bytes) => format!("int {:#x}", BigInt::from_signed_bytes_le(&bytes)),
    }
}

fn bits(value: f64) -> String {
    format!("float {:016x}", value.to_bits())
}

fn unicode(line: &[u8]) -> Result<String, ErrorKind> {
    let mut answer = "text".to_owned();
    for point in points_of(&text::unicode_line_to_utf8(line)?) {
        write!(answer, " {point:x}").expect("a String takes everything");
    }
    Ok(answer)
}

/// A code point in UTF-8, a surrogate too.
fn utf8_of(point: u32) -> Vec<u8> {
    let continued = |shift: u32| (0x80 | point >> shift & 0x3f) as u8;
    match char::from_u32(point) {
        Some(character) => character.to_string().into_bytes(),
        None => vec![0xe0 | (point >> 12) as u8, continued(6), continued(0)],
    }
}

/// The code points of UTF-8 in which surrogates may stand.
fn points_of(utf8: &[u8]) -> Vec<u32> {
    let mut points: Vec<u32> = Vec::new();
    for &byte in utf8 {
        match (byte, points.last_mut()) {
            (0x80..0xc0, Some(last)) => *last = *last << 6 | u32::from(byte & 0x3f),
            (0xc0..0xe0, _) => points.push(u32::from(byte & 0x1f)),
            (0xe0..0xf0, _) => points.push(u32::from(byte & 0xf)),
            (0xf0.., _) => points.push(u32::from(byte & 7)),
            _ => points.push(byte.into()),
        }
    }
    points
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn byte(digits: &[u8]) -> u8 {
    let digits = core::str::from_utf8(digits).expect("ASCII");
    u8::from_str_radix(digits, 16).expect("hexadecimal")
}

/// Large decimals are converted in pieces; hexadecimal ones are not.
#[test]
fn decimals_of_any_length_are_what_they_say() {
    use pickle_opcodes::number::{IntLine, long_line};
    let mut value = num_bigint::BigInt::from(7);
    for power in 0..16 {
        value = &value * &value * 3 + power;
        let decimal = value.to_string();
        let mut spaced = decimal.clone();
        spaced.insert(1, '_');
        for line in [decimal.as_bytes(), spaced.as_bytes()] {
            let read = long_line(line, usize::MAX).expect("it is a decimal");
            let read = match read {
                IntLine::Small(small) => small.into(),
                IntLine::Big(bytes) => BigInt::from_signed_bytes_le(&bytes),
                IntLine::Bool(_) => panic!("no bool"),
            };
            assert_eq!(read, value, "{} digits", decimal.len());
        }
    }
}

#[rstest]
#[case(text::UnicodeLineStyle::ControlsEscaped)]
#[case(text::UnicodeLineStyle::ControlsRaw)]
fn lines_of_bytes_are_those_of_their_text(#[case] style: text::UnicodeLineStyle) {
    // Every byte, and at every place of a block one that is escaped.
    let rows = [
        (0..=u8::MAX).collect::<Vec<u8>>(),
        (0..=u8::MAX).map(|byte| if byte % 67 == 0 { b'\n' } else { byte | 0x80 }).collect(),
    ];
    for row in rows {
        for start in 0..70 {
            for end in [start, start + 1, start + 63, start + 64, start + 65, start + 128, row.len()] {
                let bytes = &row[start..end];
                let [mut line, mut lines_text] = [Out::default(), Out::default()];
                text::write_latin1_line(bytes, style, &mut line);
                text::write_unicode_line(&latin1::to_utf8(bytes), style, &mut lines_text);
                assert_eq!(*line, *lines_text);
                assert_eq!(text::unicode_line_to_latin1(&line).as_deref(), Some(bytes));
            }
        }
    }
}
