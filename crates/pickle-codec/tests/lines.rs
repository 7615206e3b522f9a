//! The lines of protocol 0, in the middle of a pickle: near its end they are read one by one.

use pickle_codec::from_slice;
use rstest::rstest;

/// The values are what CPython 3.13 printed.
#[rstest]
#[case(b"(I1\nI2\nl", "[1, 2]")]
#[case(b"(I1\nI2\nd", "{1: 2}")]
#[case(b"(l", "[]")]
#[case(b"(d", "{}")]
#[case(b"I01\n", "True")]
#[case(b"I00\n", "False")]
#[case(b"I0\n", "0")]
#[case(b"I007\n", "7")]
#[case(b"I-5\n", "-5")]
#[case(b"I-0\n", "False")]
#[case(b"I+1\n", "True")]
#[case(b"I 1\n", "True")]
#[case(b"I0x1f\n", "31")]
#[case(b"I123456789012345678\n", "123456789012345678")]
#[case(b"I1234567890123456789\n", "1234567890123456789")]
#[case(b"I9223372036854775808\n", "9223372036854775808")]
#[case(b"Va\\u0041\n", "'aA'")]
#[case(b"V\\\n", "'\\\\'")]
#[case(b"V\\n\n", "'\\\\n'")]
#[case(b"V\xe9\n", "'é'")]
#[case(b"V\n", "''")]
#[case(b"V\\U0001f600\n", "'😀'")]
#[case(b"V1\np1\n0g1\n", "'1'")]
#[case(b"V1\np001\n0g1\n", "'1'")]
#[case(b"V1\np1\n0g001\n", "'1'")]
#[case(b"(I1\n(I2\nlt", "(1, [2])")]
#[case(b"(t", "()")]
#[case(b"(Nt", "(None,)")]
#[case(b"(dp7\nVk\nNs", "{'k': None}")]
#[case(b"(lp7\ng7\nI3\na0g7\n", "3")]
#[case(b"L5L\n", "5")]
#[case(b"L-123456789012345678901234567890L\n", "-123456789012345678901234567890")]
#[case(b"L1_000_000_000_000_000_000_000L\n", "1000000000000000000000")]
#[case(b"L9999999999999999999999999999999999999999\n", "9999999999999999999999999999999999999999")]
#[case(b"L11111111111111111111111111111111111111\n", "11111111111111111111111111111111111111")]
#[case(b"L-9223372036854775809L\n", "-9223372036854775809")]
#[case(b"L12345678901234567890123456789\n", "12345678901234567890123456789")]
#[case(b"L0L\n", "0")]
#[case(b"L-0L\n", "0")]
#[case(b"L+5L\n", "5")]
#[case(b"L0x10L\n", "16")]
#[case(b"L-12345678901234567890123456789L\n", "-12345678901234567890123456789")]
#[case(b"F1.5\n", "1.5")]
fn lines_mean_what_they_do_in_cpython(#[case] instructions: &[u8], #[case] printed: &str) {
    let mut pickle = b"(lp0\n".to_vec();
    pickle.extend_from_slice(instructions);
    pickle.extend_from_slice(b"aVand a line that is long enough\na.");
    let graph = from_slice(&pickle).unwrap();
    assert_eq!(graph.root().get(0).to_string(), printed);
}
