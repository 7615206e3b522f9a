//! Literals against what CPython's repr says: `tests/data/generate_literals.py` wrote the cases.

use pickle_value::literal;
use pickle_value::printable::is_printable;
use rstest::rstest;

#[rstest]
fn floats() {
    for line in include_str!("data/floats.txt").lines() {
        let (bits, expected) = line.split_once(' ').expect("two fields a line");
        let float = f64::from_bits(u64::from_str_radix(bits, 16).expect("hexadecimal bits"));
        assert_eq!(written(|out| literal::write_float(float, out)), expected, "bits {bits}");
    }
}

#[rstest]
fn texts() {
    for line in include_str!("data/texts.txt").lines() {
        let (points, expected) = line.split_once(' ').expect("two fields a line");
        let points = points.split(',').filter(|point| !point.is_empty());
        let points: Vec<u32> = points.map(|point| u32::from_str_radix(point, 16).expect("hexadecimal")).collect();
        assert_eq!(written(|out| literal::write_str(points.iter().copied(), out)), expected, "{points:x?}");
        let text: Option<String> = points.iter().map(|&point| char::from_u32(point)).collect();
        if let Some(text) = text {
            assert_eq!(written(|out| literal::write_text(&text, out)), expected, "{points:x?} as one text");
        }
    }
}

#[rstest]
fn bytes() {
    for line in include_str!("data/bytes.txt").lines() {
        let [hexadecimal, bytes, bytearray] = *line.split('\t').collect::<Vec<_>>() else {
            panic!("three fields a line: {line}");
        };
        let value: Vec<u8> = hexadecimal.as_bytes().chunks(2).map(byte).collect();
        assert_eq!(written(|out| literal::write_bytes(&value, out)), bytes);
        assert_eq!(written(|out| literal::write_bytearray(&value, out)), bytearray);
    }
}

/// Every code point, by one hash over all answers.
#[rstest]
fn printable() {
    let (mut hash, mut count) = (0xcbf2_9ce4_8422_2325_u64, 0);
    for point in 0..=u32::from(char::MAX) {
        let answer = u64::from(is_printable(point));
        count += answer;
        hash = (hash ^ answer).wrapping_mul(0x100_0000_01b3);
    }
    assert_eq!(format!("{hash:016x} {count}"), include_str!("data/printable.txt").trim_end());
}

#[rstest]
#[case::beyond_unicode(0x11_0000, r"'\U00110000'")]
#[case::largest(u32::MAX, r"'\Uffffffff'")]
fn numbers_that_are_no_code_point(#[case] point: u32, #[case] expected: &str) {
    assert!(!is_printable(point));
    assert_eq!(written(|out| literal::write_str([point].into_iter(), out)), expected);
}

fn written(write: impl FnOnce(&mut String) -> core::fmt::Result) -> String {
    let mut out = String::new();
    write(&mut out).expect("a String takes everything");
    out
}

fn byte(digits: &[u8]) -> u8 {
    let digits = core::str::from_utf8(digits).expect("ASCII");
    u8::from_str_radix(digits, 16).expect("hexadecimal")
}
