//! Bytes of protocol 0, whose text and tuple are made only if the memo is asked for them.

use pickle_codec::{Error, Limits, LoadOptions};
use pickle_value::Graph;
use rstest::rstest;

/// The first item of a list, as all is loaded and as it is where nothing is left out, since objects are counted.
fn both_ways(instructions: &[u8]) -> [Result<String, String>; 2] {
    let mut pickle = b"c_codecs\nencode\np1\n0(lp0\n".to_vec();
    pickle.extend_from_slice(instructions);
    pickle.extend_from_slice(b"aVand a line that is long enough\na.");
    let printed = |graph: Result<Graph<'_>, Error>| match graph {
        Ok(graph) => Ok(graph.root().get(0).to_string()),
        Err(error) => Err(error.to_string()),
    };
    [Limits::default(), Limits::new().objects(1_000_000)]
        .map(|limits| printed(LoadOptions::new().limits(limits).from_slice(&pickle)))
}

/// The values are what CPython 3.13 printed.
#[rstest]
#[case::plain(b"g1\n(V\xe9\\u000a!\np2\nVlatin1\np3\ntp4\nRp5\n", r"b'\xe9\n!'")]
#[case::without_puts(b"g1\n(V\xe9\\u000a!\nVlatin1\ntR", r"b'\xe9\n!'")]
#[case::codec_from_the_memo(b"Vlatin1\np2\n0g1\n(Vab\xff\np3\ng2\ntp4\nR", r"b'ab\xff'")]
#[case::codec_with_a_hyphen_from_the_memo(b"Vlatin-1\np2\n0g1\n(Vab\xff\np3\ng2\ntp4\nR", r"b'ab\xff'")]
#[case::text_gotten(b"g1\n(V\xe9\\u000a!\np2\nVlatin1\np3\ntp4\nRp5\n0g2\n", r"'é\n!'")]
#[case::tuple_gotten(b"g1\n(V\xe9\\u000a!\np2\nVlatin1\np3\ntp4\nRp5\n0g4\n", r"('é\n!', 'latin1')")]
#[case::text_and_tuple_gotten(
    b"(g1\n(V\xe9\\u000a!\np2\nVlatin1\np3\ntp4\nRp5\ng2\ng4\ng3\ng5\nt",
    r"(b'\xe9\n!', 'é\n!', ('é\n!', 'latin1'), 'latin1', b'\xe9\n!')"
)]
#[case::gotten_by_another_opcode(
    b"(g1\n(V\xe9\\u000a!\np2\nVlatin1\np3\ntp4\nRh\x02h\x04h\x03j\x02\0\0\0t",
    r"(b'\xe9\n!', 'é\n!', ('é\n!', 'latin1'), 'latin1', 'é\n!')"
)]
#[case::text_put_anew(
    b"(g1\n(Vabc\np2\nVlatin1\np3\ntp4\nRp5\nNp2\ng2\ng4\nt",
    r"(b'abc', None, None, ('abc', 'latin1'))"
)]
#[case::tuple_put_anew(b"(g1\n(Vabc\np2\nVlatin1\np3\ntp4\nRp5\nNp4\ng2\ng4\nt", r"(b'abc', None, 'abc', None)")]
#[case::memoize_counts_them(b"(g1\n(Vabc\np2\nVlatin1\np3\ntp4\nRN\x94g2\ng5\nt", r"(b'abc', None, 'abc', None)")]
#[case::memoize_counts_once(b"(g1\n(Vabc\np2\nVlatin1\np3\ntp4\nRNp2\n\x94g5\nt", r"(b'abc', None, None)")]
#[case::two_calls(
    b"(g1\n(Vabc\np2\nVlatin1\np3\ntp4\nRp5\ng1\n(Vxyz\np6\ng3\ntp7\nRp8\ng6\ng2\ng7\ng4\nt",
    r"(b'abc', b'xyz', 'xyz', 'abc', ('xyz', 'latin1'), ('abc', 'latin1'))"
)]
#[case::a_call_of_a_gotten_tuple(b"(g1\n(Vabc\np2\nVlatin1\np3\ntp4\nRp5\ng1\ng4\nRt", r"(b'abc', b'abc')")]
#[case::a_tuple_without_its_text(b"(g1\n(Vabc\nVlatin1\np2\ntp3\nRp4\ng3\nt", r"(b'abc', ('abc', 'latin1'))")]
#[case::indexes_out_of_turn(b"(g1\n(Vabc\np9\nVlatin1\np8\ntp7\nRp6\ng9\ng7\nt", r"(b'abc', 'abc', ('abc', 'latin1'))")]
#[case::an_index_again(b"(g1\n(Vabc\np2\nVlatin1\np2\ntp2\nRp2\ng2\nt", r"(b'abc', b'abc')")]
#[case::escape_for_a_backslash(b"g1\n(V\\u005cu0041\\\\u0041\\q\\\nVlatin1\ntR", r"b'\\u0041\\\\u0041\\q\\'")]
#[case::big_escape(b"g1\n(Vab\\U000000ff!\nVlatin1\ntR", r"b'ab\xff!'")]
#[case::gotten_in_a_long_row(
    b"(g1\n(Vab\np2\nVlatin1\np3\ntp4\nRp5\nh\x03h\x05h\x03h\x05h\x03h\x05h\x03h\x05h\x03h\x05h\x03h\x05h\x02h\x03h\x04h\x02t",
    "(b'ab', 'latin1', b'ab', 'latin1', b'ab', 'latin1', b'ab', 'latin1', b'ab', 'latin1', b'ab', 'latin1', b'ab', \
     'ab', 'latin1', ('ab', 'latin1'), 'ab')"
)]
fn calls_give_what_they_give_in_cpython(#[case] instructions: &[u8], #[case] printed: &str) {
    assert_eq!(both_ways(instructions), [0; 2].map(|_| Ok(printed.to_owned())));
}

/// CPython refuses these: what is said of it is said of the one instruction, not of the call.
#[rstest]
#[case::bad_escape(b"g1\n(Vab\\u01g0!\np2\nVlatin1\np3\ntp4\nR", "UNICODE at byte 29")]
#[case::not_in_the_memo(b"(g1\n(Vabc\np2\nVlatin1\np3\ntp4\nRp5\ng6\nt", "GET at byte 57")]
#[case::no_tuple_in_the_memo(b"(g1\n(Vabc\np2\nVlatin1\np3\ntRp4\ng5\nt", "GET at byte 54")]
#[case::no_codec_in_the_memo(b"g1\n(Vabc\np2\ng3\ntp4\nR", "GET at byte 37")]
#[case::callable_below_a_mark(b"g1\n((Vabc\np2\nVlatin1\np3\ntp4\nR", "REDUCE at byte 53")]
fn errors_are_the_same(#[case] instructions: &[u8], #[case] place: &str) {
    let [left_out, made] = both_ways(instructions);
    assert_eq!(left_out, made);
    assert!(made.as_ref().is_err_and(|message| message.contains(place)), "{made:?}");
}

/// What this graph takes for a call, it takes for one in either way.
#[rstest]
#[case::beyond_latin_1(b"g1\n(Vab\\u0100!\np2\nVlatin1\np3\ntp4\nR")]
#[case::another_codec(b"g1\n(Vabc\np2\nVascii\np3\ntp4\nR")]
#[case::another_codec_from_the_memo(b"Vascii\np2\n0g1\n(Vabc\np3\ng2\ntp4\nR")]
#[case::another_callable(b"c_codecs\ndecode\n(Vabc\np2\nVlatin1\np3\ntp4\nR")]
fn calls_stay_calls(#[case] instructions: &[u8]) {
    let [left_out, made] = both_ways(instructions);
    assert_eq!(left_out, made);
    assert!(made.as_ref().is_ok_and(|printed| printed.contains('(')), "{made:?}");
}

/// Every byte, spelled as it is and by an escape, at every place of a block.
#[test]
fn lines_of_any_length_are_their_bytes() {
    for length in 0..300 {
        let raw =
            |byte: u8| if matches!(byte, b'\n' | b'\\') { format!("\\u{byte:04x}").into_bytes() } else { vec![byte] };
        let line: Vec<u8> = (0..length as u16 * 5)
            .flat_map(|number| match number % 19 {
                0 => format!("\\u{:04x}", number & 0xff).into_bytes(),
                7 => format!("\\U{:08x}", number & 0xff).into_bytes(),
                11 => b"\\\\".to_vec(),
                _ => raw(number as u8),
            })
            .collect();
        let calls = [b"(g1\n(V", &line[..length], b"\np2\nVlatin1\np3\ntp4\nRp5\ng2\nt"].concat();
        let [left_out, made] = both_ways(&calls);
        assert_eq!(left_out, made, "{}", line[..length].escape_ascii());
    }
}
