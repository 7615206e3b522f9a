//! Documents: a pickle's value with its layout, written with the very bytes that were read.

mod support;

use pickle_codec::{Document, Encoding, LoadOptions};
use rstest::rstest;
use support::corpus;

/// All that CPythons wrote, at every protocol.
#[test]
fn the_corpus_is_written_as_it_was_read() {
    let Some(cases) = corpus() else { return };
    let mut count = 0;
    for case in &cases {
        for pickle in case.a.iter().chain(case.b.values()).filter(|pickle| !pickle.is_empty()) {
            let (document, end) = LoadOptions::new().profile(case.profile).document_at(pickle, 0).expect(&case.name);
            assert_eq!(end, pickle.len(), "{}", case.name);
            assert!(document.to_vec() == *pickle, "{}", case.name);
            count += 1;
        }
    }
    assert!(count > 10_000, "only {count} pickles");
}

/// What no pickler writes, but CPython's loader reads.
#[rstest]
#[case::ints(b"(I+5\nI 5\nI0x1f\nI01\nI00\nI1_0\nI99999999999999999999\nl.")]
#[case::longs(b"(L5\nL5L\nL-0L\nL0x1fL\n\x8a\x00\x8a\x01\x00\x8a\x02\x05\x00\x8b\x01\x00\x00\x00\x7fl.")]
#[case::wide_ints(b"(K\x05M\x05\x00J\x05\x00\x00\x00J\xff\xff\xff\xffl.")]
#[case::floats(b"(F1.50\nF01.5\nF1.5\nFnan\nF-nan\nFinf\nF0.10000000000000001\nF1e3\nF1000.0\nl.")]
#[case::float_bits(
    b"(G\x7f\xf8\x00\x00\x00\x00\x00\x00G\xff\xf8\x00\x00\x00\x00\x00\x01G\x80\x00\x00\x00\x00\x00\x00\x00l."
)]
#[case::strings(b"(S'a'\nS\"a\"\nS'\\x61'\nS'\\141'\nS\"it's\"\nS'it\\'s'\nT\x01\x00\x00\x00aU\x01al.")]
#[case::text(b"(Va\nV\\u0061\nV\xe9\nV\\u00e9\nV\\ud83d\\ude00\nV\\U0001f600\nVa\r\nX\x01\x00\x00\x00a\x8d\x01\x00\x00\x00\x00\x00\x00\x00al.")]
#[case::bytes(b"(B\x01\x00\x00\x00aC\x01a\x8e\x01\x00\x00\x00\x00\x00\x00\x00a\x96\x01\x00\x00\x00\x00\x00\x00\x00al.")]
#[case::memo(b"]q\x05\x94r\x07\x00\x00\x00p+8\np008\np9\nh\x05j\x05\x00\x00\x00g5\ng05\ng 5\n00000K\x01a.")]
#[case::unread_puts_and_pops(b"]q\x00(K\x01q\x01K\x02q\x02K\x030e0]q\x00K\x0920(1(0.")]
#[case::left_on_the_stack(b"K\x01K\x02(K\x03.")]
#[case::proto_in_odd_places(b"K\x01\x80\x020\x80\x04K\x02\x80\x00.")]
#[case::frames_split_elsewhere(b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00]\x94(K\x01\x95\x00\x00\x00\x00\x00\x00\x00\x00K\x02\x95\x01\x00\x00\x00\x00\x00\x00\x00e.")]
#[case::a_frame_that_ends_within_an_instruction(b"\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00\x8c\x03abc.")]
#[case::globals(b"(c__builtin__\nxrange\nccopy_reg\n_reconstructor\ncbuiltins\nrange\nc__builtin__\nEllipsis\n\x8c\x08builtins\x8c\x05range\x93l.")]
#[case::instances(b"((iUserDict\nUserDict\n(K\x01ia\nB\n(cUserDict\nUserDict\nol.")]
#[case::persistent_ids_and_extensions(b"(Pid 7\nK\x07Q\x82\x01\x83\x00\x01\x84\x00\x00\x01\x00l.")]
#[case::buffers(b"(\x97\x97\x98l.")]
#[case::duplicates(b"(}(K\x01K\x02K\x01K\x03u2l.")]
fn odd_spellings_are_written_as_they_were_read(#[case] pickle: &[u8]) {
    let document = Document::from_slice(pickle).expect("CPython's loader reads it");
    assert_eq!(document.to_vec().escape_ascii().to_string(), pickle.escape_ascii().to_string());
}

#[rstest]
fn strings_of_python_2_in_every_encoding(
    #[values(Encoding::Latin1, Encoding::Bytes, Encoding::Keep)] encoding: Encoding,
) {
    let pickle = b"(U\x01\xe9T\x01\x00\x00\x00\xe9S'\\xe9\\n'\nS'\xe9'\nl.";
    let (document, _) = LoadOptions::new().encoding(encoding).document_at(pickle, 0).expect("it is a pickle");
    assert_eq!(document.to_vec().escape_ascii().to_string(), pickle.escape_ascii().to_string());
}

#[test]
fn what_stands_around_a_pickle_is_no_part_of_it() {
    let (document, end) = LoadOptions::new().document_at(b"K\x01.\x80\x04K\x02.rest", 3).expect("it is a pickle");
    assert_eq!((document.to_vec().as_slice(), end), (&b"\x80\x04K\x02."[..], 8));
    let error = LoadOptions::new().document_at(b"K\x01.h\x07.", 3).expect_err("it is broken");
    assert_eq!(error.to_string(), "memo has no entry 7 (BINGET at byte 3)");
}

/// A frame that reaches into what follows the pickle.
#[test]
fn a_frame_may_reach_beyond_its_pickle() {
    let pickle = b"\x80\x04\x95\x07\x00\x00\x00\x00\x00\x00\x00]K\x01a.";
    let both = [&pickle[..], b"rest"].concat();
    assert!(Document::from_slice(pickle).is_err());
    let mut document = Document::from_slice(&both).expect("the frame's bytes are there");
    assert_eq!(document.to_vec(), pickle);
    let value = pickle_codec::value::literal::parse("300").expect("a literal");
    document.set(&"[0]".parse().expect("a path"), &value).expect("an item of a list");
    assert_eq!(document.to_vec(), b"\x80\x04\x95\x08\x00\x00\x00\x00\x00\x00\x00]M\x2c\x01a.");
}
