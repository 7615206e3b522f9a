//! Persistent ids: what protocol 0 makes of those of other protocols.

use pickle_codec::{DumpOptions, from_slice};
use rstest::rstest;

/// Pickles of protocol 2 and 0 of the same objects, by CPython 3.13 with a `persistent_id`.
#[rstest]
#[case::known_as_text_before(b"\x80\x02]q\0(X\x03\0\0\0logq\x01h\x01Qe.", b"(lp0\nVlog\np1\naPlog\na.")]
#[case::an_int(b"\x80\x02]q\0K\x07Qa.", b"(lp0\nP7\na.")]
#[case::one_character(b"\x80\x02]q\0X\x01\0\0\0aq\x01Qa.", b"(lp0\nPa\na.")]
fn at_protocol_0_it_is_a_line(#[case] two: &[u8], #[case] zero: &[u8]) {
    let graph = from_slice(two).unwrap();
    assert_eq!(DumpOptions::new().protocol(0).to_vec(&graph).unwrap(), zero);
}
