//! What `marshal.loads` takes and refuses. The data and the outcomes were tried on CPython 3.13.0, those of Python 2 on
//! 2.7.18, by `marshal.loads(data)`; where ours differs on purpose, the case says so.

use marshal_lite::{Error, ErrorKind, ReadOptions, Release, from_slice};
use rstest::rstest;

/// The repr of what is read.
#[rstest]
#[case::int64(b"I\x01\0\0\0\x02\0\0\0", "8589934593")]
#[case::list_within_itself(b"\xdb\x01\0\0\0r\0\0\0\0", "[[...]]")]
#[case::tuple_within_a_list_within_it(b"\xa8\x01\0\0\0[\x01\0\0\0r\0\0\0\0", "([(...)],)")]
#[case::dict_within_itself(b"\xfbNr\0\0\0\x000", "{None: {...}}")]
#[case::latin1_where_ascii_should_be(b"z\x01\xe9", "'é'")]
#[case::long_latin1_where_ascii_should_be(b"a\x01\0\0\0\xe9", "'é'")]
#[case::flag_of_a_reference_means_nothing(b"(\x02\0\0\0\xe9\x01\0\0\0\xf2\0\0\0\0", "(1, 1)")]
#[case::none_has_no_number(b"(\x03\0\0\0\xce\xe9\x07\0\0\0r\0\0\0\0", "(None, 7, 7)")]
#[case::long_without_digits(b"l\0\0\0\0", "0")]
#[case::small_long(b"l\x01\0\0\0\x01\0", "1")]
#[case::negative_long(b"l\xfe\xff\xff\xff\0\0\x01\0", "-32768")]
#[case::large_long(b"l\x05\0\0\0\0\0\0\0\0\0\0\0\0\x04", "1180591620717411303424")]
#[case::text_float(b"f\x04-inf", "-inf")]
#[case::text_float_up_to_nul(b"f\x041\0zz", "1.0")]
#[case::interned(b"t\x01\0\0\0a", "'a'")]
#[case::surrogate(b"u\x03\0\0\0\xed\xa0\x80", r"'\ud800'")]
#[case::more_data(b"NN", "None")]
#[case::set(b"<\x02\0\0\0i\x01\0\0\0i\x01\0\0\0", "{1}")]
#[case::stop_iteration(b"S", "StopIteration")]
#[case::complex(b"y\0\0\0\0\0\0\xf8?\0\0\0\0\0\0\0\xc0", "(1.5-2j)")]
#[case::text_complex(b"x\x031.5\x02-2", "(1.5-2j)")]
#[case::slice_of_version_5(b":i\x01\0\0\0NN", "slice(1, None, None)")]
fn is_read(#[case] data: &[u8], #[case] expected: &str) -> Result<(), Error> {
    assert_eq!(from_slice(data)?.to_string(), expected);
    let (graph, record) = ReadOptions::new().from_slice_recorded(data)?;
    if graph.root().to_string() != "{1}" && !data.ends_with(b"NN") {
        assert_eq!(record.to_vec(&graph)?, data, "it is written as it was");
    }
    Ok(())
}

#[rstest]
#[case::nothing(b"", "EOF read where object expected (at byte 0)")]
#[case::short_int(b"i\x01\0", "marshal data too short (INT at byte 0)")]
#[case::short_tuple(b"(\x02\0\0\0N", "marshal data too short (TUPLE at byte 0)")]
#[case::unknown(b"[\x01\0\0\0q", "bad marshal data (unknown type code 0x71) (at byte 5)")]
#[case::what_could_not_be_written(b"?", "bad marshal data (unknown type code 0x3f) (UNKNOWN at byte 0)")]
#[case::string_reference(b"R\0\0\0\0", "bad marshal data (unknown type code 0x52) (STRINGREF at byte 0)")]
#[case::null(b"0", "NULL object in marshal data (NULL at byte 0)")]
#[case::null_in_a_tuple(b"(\x01\0\0\x000", "NULL object in marshal data (NULL at byte 5)")]
#[case::frozenset_within_itself(
    b"\xbe\x01\0\0\0r\0\0\0\0",
    "bad marshal data (reference 0 to an object that is not complete) (REF at byte 5)"
)]
#[case::reference_to_none(b"(\x02\0\0\0\xcer\0\0\0\0", "bad marshal data (invalid reference 0) (REF at byte 6)")]
#[case::negative_reference(b"r\xff\xff\xff\xff", "bad marshal data (invalid reference -1) (REF at byte 0)")]
#[case::unnormalized(b"l\x02\0\0\0\x01\0\0\0", "bad marshal data (unnormalized long data) (LONG at byte 0)")]
#[case::large_digit(b"l\x01\0\0\0\xff\xff", "bad marshal data (digit out of range in long) (LONG at byte 0)")]
#[case::float_with_a_space(b"f\x04 1.0", "could not convert string to float: ' 1.0' (FLOAT at byte 0)")]
#[case::negative_size(b"s\xff\xff\xff\xff", "bad marshal data (size -1 is out of range) (STRING at byte 0)")]
#[case::negative_tuple(b"(\xff\xff\xff\xff", "bad marshal data (size -1 is out of range) (TUPLE at byte 0)")]
#[case::unhashable_key(b"{[\0\0\0\0N0", "unhashable type: 'list' (NULL at byte 7)")]
#[case::text_that_is_none(b"u\x01\0\0\0\xff", "invalid UTF-8 at byte 0 of the text (UNICODE at byte 0)")]
// CPython drops the key, and by tuples alone lets a tuple be within itself.
#[case::key_without_value(b"{N0", "NULL object in marshal data (NULL at byte 2)")]
#[case::tuple_within_itself(
    b"\xa8\x01\0\0\0r\0\0\0\0",
    "bad marshal data (reference 0 to an object that is not complete) (REF at byte 5)"
)]
fn is_refused(#[case] data: &[u8], #[case] expected: &str) {
    assert_eq!(from_slice(data).expect_err("it is no marshal data").to_string(), expected);
}

#[rstest]
#[case::strings(b"(\x02\0\0\0t\x01\0\0\0aR\0\0\0\0", "(b'a', b'a')")]
#[case::long(b"l\x01\0\0\0\x01\0", "1L")]
#[case::unicode(b"u\x02\0\0\0\xc3\xa9", "'é'")]
#[case::stop_iteration(b"S", "exceptions.StopIteration")]
fn is_read_by_python2(#[case] data: &[u8], #[case] expected: &str) -> Result<(), Error> {
    let (graph, record) = ReadOptions::new().release(Release::PYTHON_2_7).from_slice_recorded(data)?;
    assert_eq!(graph.to_string(), expected);
    assert_eq!(record.to_vec(&graph)?, data);
    Ok(())
}

#[rstest]
#[case::flag(b"\xe9\x01\0\0\0")]
#[case::reference(b"r\0\0\0\0")]
#[case::ascii(b"z\x01a")]
fn is_unknown_to_python2(#[case] data: &[u8]) {
    let error = ReadOptions::new().release(Release::PYTHON_2_7).from_slice(data).expect_err("2.7 does not know it");
    assert!(matches!(error.kind(), ErrorKind::UnknownType(_)), "{error}");
}

/// 1,999 lists around an object are the most that CPython reads.
#[rstest]
#[case(1_999, true)]
#[case(2_000, false)]
fn depth_is_limited(#[case] lists: usize, #[case] is_read: bool) {
    let mut data = b"[\x01\0\0\0".repeat(lists);
    data.push(b'N');
    assert_eq!(from_slice(&data).is_ok(), is_read);
    let graph = ReadOptions::new().depth_limit(usize::MAX).from_slice(&data).expect("there is no limit");
    assert_eq!(marshal_lite::to_vec(&graph).is_ok(), is_read);
}

#[test]
fn code_objects_can_be_disallowed() {
    let error = ReadOptions::new().allow_code(false).from_slice(b"c").expect_err("it is a code object");
    assert_eq!(*error.kind(), ErrorKind::CodeDisallowed);
}
