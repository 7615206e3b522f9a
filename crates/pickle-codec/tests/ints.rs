//! Ints in runs, as lists of them have: each width beside each other.

use num_bigint::BigInt;
use pickle_codec::value::{Kind, View};
use pickle_codec::{LoadOptions, Profile, from_slice, to_vec};

/// `pickle.dumps([s * (2**b + d) for b in range(66) for d in (-1, 0, 1) for s in (1, -1)], 4)`, by CPython 3.13.
const EVERY_WIDTH: &[u8] = include_bytes!("data/ints_of_every_width.pkl");

#[test]
fn every_width_is_read_and_written_as_cpython_does() {
    let mut expected = Vec::new();
    for bits in 0..66 {
        for difference in [-1, 0, 1] {
            let value: BigInt = (BigInt::from(1) << bits) + difference;
            expected.extend([value.clone(), -value]);
        }
    }
    let graph = from_slice(EVERY_WIDTH).unwrap();
    let values: Vec<BigInt> = graph.root().items().filter_map(View::as_bigint).collect();
    assert_eq!(values, expected);
    assert_eq!(to_vec(&graph).unwrap(), EVERY_WIDTH);
}

/// `pickle.loads` gives `(1, 5, 0, -1, 65535, -1)`.
#[test]
fn longer_than_need_be() {
    let graph =
        from_slice(b"\x80\x02(K\x01\x8a\x03\x05\0\0\x8a\x00\x8a\x02\xff\xffM\xff\xffJ\xff\xff\xff\xfft.").unwrap();
    assert_eq!(graph.to_string(), "(1, 5, 0, -1, 65535, -1)");
}

#[test]
fn in_python_2_a_long_stays_one() {
    let options = LoadOptions::new().profile(Profile::CPYTHON_2_7);
    let graph = options.from_slice(b"\x80\x02(K\x01K\x02\x8a\x01\x05K\x03t.").unwrap();
    let kinds: Vec<Kind> = graph.root().items().map(|item| item.kind()).collect();
    assert_eq!(kinds, [Kind::Int, Kind::Int, Kind::Long, Kind::Int]);
}

/// A memo entry that is not there is an error of its own instruction, also behind others that are.
#[test]
fn a_missing_entry_in_a_run() {
    let error = from_slice(b"\x80\x04(K\x01\x940K\x02h\0h\0h\x07t.").unwrap_err();
    assert_eq!(error.to_string(), "memo has no entry 7 (BINGET at byte 13)");
}

/// The same in rows of any length, of which the long ones are read another way.
#[test]
fn a_missing_entry_in_a_row() {
    for before in 0..40 {
        let pickle =
            [&b"\x80\x04(K\x01\x94K\x02\x94"[..], &b"h\0h\x01".repeat(before), b"h\x07h\0h\0h\x01h\0h\0t."].concat();
        let error = from_slice(&pickle).unwrap_err();
        assert_eq!(error.to_string(), format!("memo has no entry 7 (BINGET at byte {})", 9 + 4 * before));
        let row = [&pickle[..9 + 4 * before], b"t."].concat();
        let printed = from_slice(&row).unwrap().to_string();
        assert_eq!(printed, format!("(1, 2{})", ", 1, 2".repeat(before)));
    }
}

/// Instructions that CPython 3.13 loads as these values: each width, spelled short and long, and what is no int.
const SPELLED: [(&[u8], &str); 19] = [
    (b"K\x00", "0"),
    (b"K\xff", "255"),
    (b"M\x00\x00", "0"),
    (b"M\xff\xff", "65535"),
    (b"J\xff\xff\xff\xff", "-1"),
    (b"J\x00\x00\x00\x80", "-2147483648"),
    (b"JKMJ\x8a", "-1974842037"),
    (b"\x8a\x01\x80", "-128"),
    (b"\x8a\x02\x8a\x05", "1418"),
    (b"\x8a\x03KMJ", "4869451"),
    (b"\x8a\x04\xff\xff\xff\x7f", "2147483647"),
    (b"\x8a\x05\x00\x00\x00\x80\x00", "2147483648"),
    (b"\x8a\x06\x00\x00\x00\x00\x00\x80", "-140737488355328"),
    (b"\x8a\x00", "0"),
    (b"\x8a\x07\x00\x00\x00\x00\x00\x80\x00", "140737488355328"),
    (b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\xff", "-1"),
    (b"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01", "18446744073709551616"),
    (b"N", "None"),
    (b"G\x3f\xf8\x00\x00\x00\x00\x00\x00", "1.5"),
];

/// The long runs are read another way than the short ones: whatever ends one, and wherever.
#[test]
fn long_runs_of_mixed_width() {
    let mut state = 1_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize % below
    };
    for run in 0..300 {
        // Those behind the first 13 end a run.
        let (mut pickle, mut printed, mut longs) = (b"\x80\x02(".to_vec(), Vec::new(), 0);
        for _ in 0..random(900) + 2 {
            let below = if random(200) == 0 { SPELLED.len() } else { 13 };
            let (instruction, value) = SPELLED[random(below)];
            pickle.extend_from_slice(instruction);
            printed.push(value);
            longs += usize::from(instruction[0] == 0x8a);
        }
        pickle.extend_from_slice(b"t.");
        let expected = format!("({})", printed.join(", "));
        assert_eq!(from_slice(&pickle).unwrap().to_string(), expected, "run {run}");
        let python2 = LoadOptions::new().profile(Profile::CPYTHON_2_7).from_slice(&pickle).unwrap();
        assert_eq!(python2.root().items().filter(|item| item.kind() == Kind::Long).count(), longs, "run {run}");
    }
}
