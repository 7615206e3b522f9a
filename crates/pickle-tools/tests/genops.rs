//! Instructions with their arguments: the same from a slice and from a reader, and errors that say where and what.

mod common;

use std::io::{self, BufRead, BufReader, Read};

use common::{bytes, lines, list, string};
use pickle_tools::{Arg, DisOptions, Error, ErrorKind, GenOp, GenopsReader, Memo, dis, dis_to_string};
use pickle_tools::{genops, genops_reader};
use rstest::rstest;

#[rstest]
#[case(b"I00\n.", "False")]
#[case(b"I01\n.", "True")]
#[case(b"p01\n.", "True")]
#[case(b"I 1_0 \n.", "10")]
#[case(b"L5L\n.", "5")]
#[case(b"L-99999999999999999999L\n.", "-99999999999999999999")]
#[case(b"L9223372036854775807L\n.", "9223372036854775807")]
#[case(b"L9223372036854775808L\n.", "9223372036854775808")]
#[case(b"L-9223372036854775808\n.", "-9223372036854775808")]
#[case(b"L00000000000000000000000001L\n.", "1")]
#[case(b"L0100000000000000000000L\n.", "100000000000000000000")]
#[case(b"L1_00000000000000000000L\n.", "100000000000000000000")]
#[case(b"\x8a\x00.", "0")]
#[case(b"\x8a\x02\xff\x00.", "255")]
#[case(b"\x8a\x0c\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff.", "-1")]
#[case(b"\x8a\x09\0\0\0\0\0\0\0\x80\0.", "9223372036854775808")]
#[case(b"\x8a\x0b\0\0\0\0\0\0\0\x80\0\0\0.", "9223372036854775808")]
#[case(b"\x8a\x09\xff\xff\xff\xff\xff\xff\xff\x7f\0.", "9223372036854775807")]
#[case(b"\x8a\x09\xff\xff\xff\xff\xff\xff\xff\x7f\xff.", "-9223372036854775809")]
#[case(b"\x8a\x09\0\0\0\0\0\0\0\x80\xff.", "-9223372036854775808")]
#[case(b"\x95\xff\xff\xff\xff\xff\xff\xff\xff.", "18446744073709551615")]
#[case(b"F 1e400\n.", "inf")]
#[case(b"S'a\\x41'\n.", "'aA'")]
#[case(b"S'\n.", "''")]
#[case(b"U\x01\xe9.", "'é'")]
#[case(b"C\x01\xe9.", r"b'\xe9'")]
#[case(b"\x96\x01\0\0\0\0\0\0\0'.", r#"bytearray(b"\'")"#)]
#[case(b"V\\ud83d\\ude00\n.", r"'\ud83d\ude00'")]
#[case(b"V\\U0001f600\n.", "'😀'")]
#[case(b"cos\nsystem\n.", "'os system'")]
#[case(b"P\\x41\n.", "'A'")]
fn arguments_are_python_objects(#[case] pickle: &[u8], #[case] repr: &str) {
    let op = genops(pickle).next().expect("an instruction").expect("a well-formed one");
    assert_eq!(op.arg.as_ref().map(Arg::to_string).as_deref(), Some(repr));
    assert_eq!(op.clone().into_owned(), op);
}

/// Every pickle that the listings are tested with.
#[rstest]
fn slice_and_reader_agree() {
    for case in lines(include_str!("data/dis.jsonl")) {
        for pickle in list(&case["pickles"]) {
            let pickle = bytes(string(pickle));
            let (mut from_slice, mut from_reader) =
                (genops(&pickle), genops_reader(BufReader::with_capacity(2, &*pickle)));
            // As text, in which NaN equals itself.
            let expected = format!("{:?}", from_slice.by_ref().collect::<Vec<_>>());
            assert_eq!(format!("{:?}", from_reader.by_ref().collect::<Vec<_>>()), expected, "{}", case["name"]);
            assert!(from_slice.next().is_none() && from_reader.next().is_none());
            if !expected.contains("Err(") {
                assert_eq!(from_slice.offset(), from_reader.offset(), "{}", case["name"]);
            }
        }
    }
}

#[rstest]
#[case(b"", 0, "ran out of input where an opcode should be (at byte 0)")]
#[case(b"N", 1, "ran out of input where an opcode should be (at byte 1)")]
#[case(b"N\xff", 1, "0xff is no opcode (at byte 1)")]
#[case(b"NX\x04\0\0\0ab", 1, "pickle data was truncated: at least 2 more bytes needed (BINUNICODE at byte 1)")]
#[case(b"I0x10\n.", 0, "not an integer: \"0x10\" (INT at byte 0)")]
#[case(b"L--100000000000000000000L\n.", 0, "not an integer: \"--100000000000000000000\" (LONG at byte 0)")]
#[case(b"L10000000000000000000:L\n.", 0, "not an integer: \"10000000000000000000:\" (LONG at byte 0)")]
#[case(b"S'\xe9'\n.", 0, "byte 0xe9 at position 0 of the argument is not ASCII (STRING at byte 0)")]
#[case(b"X\x02\0\0\0a\xff.", 0, "the argument is not UTF-8 at position 1 (BINUNICODE at byte 0)")]
#[case(b"h\x07.", 0, "the memo has no entry 7 (BINGET at byte 0)")]
#[case(b"g01\n.", 0, "the memo has no entry True (GET at byte 0)")]
#[case(b"Nq\x01q\x01.", 3, "the memo has an entry 1 already (BINPUT at byte 3)")]
#[case(b"Nq\x01\x94.", 3, "the memo has an entry 1 already (MEMOIZE at byte 3)")]
#[case(b"q\x01.", 0, "the stack is empty, nothing can be stored in the memo (BINPUT at byte 0)")]
#[case(b"(q\x01.", 1, "a mark cannot be stored in the memo (BINPUT at byte 1)")]
#[case(b"Nt.", 1, "there is no mark on the stack (TUPLE at byte 1)")]
#[case(b"(\x85t.", 2, "the mark has been popped as if it were an object (TUPLE at byte 2)")]
#[case(b"N\x86.", 1, "2 objects are to be popped, the stack has 1 (TUPLE2 at byte 1)")]
#[case(b"K\x01]N.", 4, "the stack is not empty after STOP: [int, list] (STOP at byte 4)")]
fn errors_say_where_and_what(#[case] pickle: &[u8], #[case] offset: u64, #[case] message: &str) {
    let error = dis_to_string(pickle).expect_err("malformed");
    assert_eq!((error.offset(), error.to_string().as_str()), (offset, message));
    // The same, moved, where the pickle begins elsewhere in its file.
    let error = dis(pickle, io::sink(), DisOptions::new().offset(1000)).expect_err("malformed");
    assert_eq!(error.offset(), 1000 + offset);
}

#[rstest]
fn much_on_the_stack_is_not_all_named() {
    let pickle = [&[b'N'; 1000], b".".as_slice()].concat();
    let error = dis_to_string(&pickle).expect_err("999 are left");
    assert!(error.to_string().contains("None, None, and 979 more]"), "{error}");
    let ErrorKind::StackNotEmpty(left) = error.kind() else { panic!("{error}") };
    assert_eq!(left.objects().len(), 999);
}

/// Lengths and indexes are claims: none of these may take memory or time in proportion to them.
#[rstest]
#[case(b"\x8e\xff\xff\xff\xff\xff\xff\xff\xffab", "pickle data was truncated")]
#[case(b"X\xff\xff\xff\xffab", "pickle data was truncated")]
#[case(b"T\xff\xff\xff\x7fab", "pickle data was truncated")]
#[case(b"Nr\xff\xff\xff\xffj\xff\xff\xff\xff00p9223372036854775807\n.", "the stack is empty")]
#[case(b"Np-99999999999999999999\ng-99999999999999999999\n.", "the stack is not empty")]
fn claims_are_not_believed(#[case] pickle: &[u8], #[case] message: &str) {
    let error = dis_to_string(pickle).expect_err("malformed");
    assert!(error.to_string().starts_with(message), "{error}");
    let error = pickle_tools::dis_reader(pickle, io::sink(), DisOptions::new()).expect_err("malformed");
    assert!(error.to_string().starts_with(message), "{error}");
}

/// An int that Python refuses to write is refused at once, however large.
#[rstest]
fn a_long_of_ten_megabytes_is_refused() {
    let pickle = [b"\x8b\x80\x96\x98\x00".as_slice(), &vec![0x7f; 10_000_000], b"."].concat();
    let mut text = Vec::new();
    let error = dis(&pickle, &mut text, DisOptions::new()).expect_err("too many digits");
    assert!(matches!(error.kind(), ErrorKind::IntTooLong { bits: 79_999_999 }), "{error}");
    assert_eq!(text, b"    0: ");
}

#[rstest]
fn a_line_of_ten_megabytes_is_refused() {
    let pickle = [b"I".as_slice(), &vec![b'7'; 10_000_000], b"\n."].concat();
    let error = genops(&pickle).next().expect("an instruction").expect_err("too many digits");
    assert_eq!(error.to_string(), "an integer of 10000000 digits exceeds the limit of 4300 (INT at byte 0)");
}

#[rstest]
fn several_pickles_in_one_reader() {
    let mut file = BufReader::new(b"]q\x00.h\x00.h\x00.".as_slice());
    let (mut memo, mut text, mut offset) = (Memo::new(), Vec::new(), 0);
    while !file.fill_buf().expect("a slice can be read").is_empty() {
        let options = DisOptions::new().offset(offset).memo(&mut memo);
        offset = pickle_tools::dis_reader(&mut file, &mut text, options).expect("a pickle");
    }
    assert_eq!(offset, 10);
    assert!(text.ends_with(b"    7: h    BINGET     0\n    9: .    STOP\nhighest protocol among opcodes = 1\n"));
}

#[rstest]
fn a_reader_that_fails() {
    let broken = BufReader::with_capacity(2, b"NN".as_slice().chain(Broken));
    let mut ops = genops_reader(broken);
    assert!(matches!(ops.next(), Some(Ok(GenOp { offset: 0, .. }))));
    assert!(matches!(ops.next(), Some(Ok(GenOp { offset: 1, .. }))));
    let error = ops.next().expect("a failure").expect_err("the reader is broken");
    assert!(matches!(error.kind(), ErrorKind::Io(error) if error.kind() == io::ErrorKind::ConnectionReset));
    assert_eq!(error.to_string(), "the cable is cut (at byte 2)");
    assert!(ops.next().is_none());
}

#[rstest]
fn a_writer_that_fails() {
    let large = [b"X\x00\x00\x01\x00".as_slice(), &[b'x'; 0x1_0000], b"."].concat();
    for pickle in [b"N.".as_slice(), &large] {
        let error = dis(pickle, Broken, DisOptions::new()).expect_err("the writer is broken");
        assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
    }
    // What is wrong with the pickle is the more important news.
    let error = dis(b"h\x07.", Broken, DisOptions::new()).expect_err("both are broken");
    assert!(matches!(error.kind(), ErrorKind::MemoMissing { key: Arg::Int(7) }), "{error}");
}

#[rstest]
fn errors_are_a_word_wide_and_can_be_sent() {
    const fn sendable<T: Send + Sync + 'static>() {}
    sendable::<Error>();
    sendable::<GenOp<'static>>();
    sendable::<Memo>();
    sendable::<GenopsReader<io::Empty>>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::ConnectionReset, "the cable is cut"))
    }
}

impl io::Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::ConnectionReset, "the cable is cut"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
