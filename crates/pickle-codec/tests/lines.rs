//! The lines of protocol 0, in the middle of a pickle: near its end they are read one by one.

use pickle_codec::{Limits, LoadOptions, Profile, from_slice};
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

/// Loads by runs and instruction by instruction, which a limit that is less than the pickle's length asks for: the same comes of
/// it, up to the place of an error.
#[track_caller]
fn check(pickle: &[u8]) -> bool {
    let by_steps = Limits::new().stack(pickle.len().saturating_sub(1) as u64);
    let few_digits = |limits: Limits| LoadOptions::new().limits(limits.digits(12));
    let options = [
        [LoadOptions::new(), LoadOptions::new().limits(by_steps)],
        [few_digits(Limits::new()), few_digits(by_steps)],
        [LoadOptions::new(), LoadOptions::new().limits(by_steps)].map(|options| options.profile(Profile::CPYTHON_2_7)),
    ];
    let loaded = |options: &LoadOptions| {
        options.from_slice(pickle).map(|graph| graph.to_string()).map_err(|error| error.to_string())
    };
    for [by_runs, by_steps] in &options {
        assert_eq!(loaded(by_runs), loaded(by_steps), "{}", pickle.escape_ascii());
    }
    loaded(&options[0][0]).is_ok()
}

/// What stands in a row; a space is written as a tilde.
const SPELLINGS: &str = "I1 I-1 I+1 I I- I-- I~1 I1~ I0 I-0 I00 I01 I-00 I02 I007 I0x10 I1_0 I1a I1L I1\0 I\0 \
    I999999999999999 I-9999999999999999 I10000000000000000 I140737488355327 I140737488355328 I-140737488355329 I2147483648 \
    I9223372036854775807 I9223372036854775808 I-9223372036854775808 I/ I: I1/ I1: \
    L1L L-1L L L- LL L1 L1LL L0L L-0L L01L L+1L L0x10L L1_0L L-99999L L123456789012L L1234567890123L L-9999999999999999L \
    L10000000000000000L L9223372036854775808L \
    F1.5 F-1.5 F0.0 F-0.0 F F- F.5 F5. F5 F+1.5 F~1.5 F1.5~ F1e5 F1.5e-07 F1.7976931348623157e+308 F1.5e400 Fnan F-nan Finf \
    F-inf F1_0.5 F1.5L F1.5\0 F1.x F0x1p3 F464209.23610686464 F9999999.12345678901 F12345678.5 F0.000000000000000001 \
    F0.1234567890123456789 F01.50 F1..5 F1.5.5 F/.5 F1.: \
    Vtext V V\\u0041 V\\ Va\\nb V\\u00 V\u{e9} V123456789012345 V1234567890123456 V12345678901234567 Va\tb V\u{80}abc g0 g1 N p7";

#[test]
fn rows_are_what_their_instructions_are_one_by_one() {
    let mut good = 0;
    let spellings = || {
        SPELLINGS
            .split_ascii_whitespace()
            .map(|spelling| spelling.replace('~', " ").chars().map(|character| character as u8).collect::<Vec<u8>>())
    };
    let befores: [&[u8]; 6] = [
        b"(lp0\nI1\na",
        b"(lp0\nF1.5\naI-12\naL5L\na",
        b"(dp0\nI1\na",
        b"I1\nI2\na",
        b"ccollections\ndeque\n(tRp0\nI1\na",
        b"(lp0\nI1\na(I2\na",
    ];
    for before in befores {
        for spelling in spellings() {
            let newline: &[u8] = if spelling == b"N" { b"" } else { b"\n" };
            for end in [&b"a"[..], b"aI2\naF2.5\naVand a line that is long enough\na", b"p1\naI2\na"] {
                let pickle = [before, b"I1\na", &spelling, newline, end, b"."].concat();
                good += u32::from(check(&pickle));
                if before == befores[0] {
                    (0..pickle.len()).for_each(|length| assert!(!check(&pickle[..length])));
                }
            }
        }
    }
    assert!(good > 500, "{good}");
}

#[test]
fn long_rows_keep_all_in_order() {
    for count in [126, 127, 128, 129, 130, 256, 257, 1000] {
        for form in ["I{}\na", "L-{}L\na", "F{}.25\na", "I{}\naF-{}.5\naL{}00000L\na"] {
            let lines: String = (0..count).map(|number| form.replace("{}", &number.to_string())).collect();
            assert!(check(&[b"(lp0\nI1\na", lines.replace("-0L", "0L").as_bytes(), b"I2\na."].concat()));
        }
    }
}

#[test]
fn memo_entries_are_put_where_their_lines_say() {
    for first in [0, 5, 95, 995, 99_995, 999_990, 9_999_995, 99_999_995] {
        let puts: String = (first..first + 12).map(|index| format!("Vtext{index}\np{index}\na")).collect();
        let gets: String = (first..first + 12).map(|index| format!("g{index}\na")).collect();
        assert!(check(&[b"(lp3\n", puts.as_bytes(), gets.as_bytes(), b"."].concat()));
    }
    for puts in [
        "p1 p2 p2 p3 p4",
        "p9 p010 p11 p10 p12",
        "p1 p2 px p3",
        "p1 p2 p p3",
        "p1 p2 p3\0 p4",
        "p8 p9 p: p1",
        "p98 p99 p:0 p1",
        "p1 p2 p-3 p4",
    ] {
        let lines: String = puts.split(' ').map(|put| format!("Vtext {put}\n{put}\na")).collect();
        check(&[b"(lp0\n", lines.as_bytes(), b"g1\nag2\nag10\na."].concat());
    }
}
