//! Whatever the bytes are: an answer or a clean error, in time and memory in proportion to the input.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::thread;
use std::time::{Duration, Instant};

use pickle_codec::value::Builder;
use pickle_codec::{DumpOptions, GraphHost, LoadOptions, Machine, MachineError, Profile, from_reader, from_slice};
use rstest::rstest;
use support::corpus;

/// What CPython 3.7 says to these: `unsupported pickle protocol: 5`, and `invalid load key` to its opcodes.
#[rstest]
#[case(b"\x80\x05N.", "unsupported pickle protocol: 5")]
#[case(b"\x96\0\0\0\0\0\0\0\0.", "0x96 is no opcode")]
#[case(b"\x97.", "0x97 is no opcode")]
#[case(b"N\x98.", "0x98 is no opcode")]
fn the_profile_of_3_7_refuses_protocol_5(#[case] pickle: &[u8], #[case] message: &str) {
    let mut machine = Machine::new();
    machine.set_profile(Profile::cpython3(7).expect("a version we know"));
    let mut host = GraphHost::new(Builder::new(), LoadOptions::new());
    let error = machine.load(&mut host, pickle, 0).expect_err("it is protocol 5");
    let MachineError::Pickle(error) = error else { panic!("refused by the host") };
    assert!(error.to_string().starts_with(message), "{error}");
}

/// Nesting that no thread's stack has room for, were any of this done by recursion.
#[rstest]
#[case::lists(deep("", "]", "]", "a"))]
#[case::tuples(deep("", "", ")", "\u{85}"))]
#[case::dicts_as_values(deep("", "}N", "}", "s"))]
#[case::frozensets(deep("", "(", "(\u{91}", "\u{91}"))]
#[case::tuples_as_a_key(deep("}", "", ")", "\u{85}").with_end("Ns"))]
#[case::frozensets_in_a_set(deep("\u{8f}(", "(", "(\u{91}", "\u{91}").with_end("\u{90}"))]
#[case::arguments_of_calls(deep("", "cm\nC\n", "N", "\u{85}R"))]
#[case::states_of_instances(deep("", "cm\nC\n)\u{81}", "N", "b"))]
#[case::attributes_of_instances(deep("", "cm\nC\n)\u{81}}Va\n", "N", "sb"))]
#[case::dicts_in_lists_in_dicts(deep("", "}Va\n]", "N", "as"))]
#[case::tuples_in_lists(deep("", "]", "N", "\u{85}a"))]
#[case::items_of_instances(deep("", "cm\nC\n)\u{81}", "N", "a"))]
#[case::persistent_ids(deep("", "", "N", "Q"))]
#[case::arguments_of_sets(deep("", "", ")", "\u{85}").with_start("c__builtin__\nset\n").with_end("\u{85}R"))]
fn a_million_deep_in_a_small_stack(#[case] nested: Nested) {
    let pickle = nested.pickle(1_000_000);
    let small = thread::Builder::new().stack_size(512 << 10);
    let work = move || {
        let graph = from_slice(&pickle).expect("depth is no error");
        let again = graph.clone();
        assert!(graph == again, "it equals its copy");
        assert!(graph == from_slice(&pickle).expect("as before"), "it equals itself, read again");
        let mut printed = Count(0);
        write!(printed, "{graph}").expect("counting never fails");
        assert!(printed.0 >= 1_000_000, "only {} bytes in print", printed.0);
        for protocol in [2, 4] {
            let options = DumpOptions::new().protocol(protocol);
            let dumped = options.to_vec(&graph).expect("depth is no error");
            let back = from_slice(&dumped).expect("it was just written");
            assert!(
                options.to_vec(&back).expect("as before") == dumped,
                "protocol {protocol}: it is written as before"
            );
        }
    };
    small.spawn(work).expect("a thread").join().expect("no panic in the thread");
}

/// As CPython 3.13 dumps `t = ()` after forty times `t = (t, t)`: 2⁴⁰ references in 160 bytes.
fn bomb() -> Vec<u8> {
    let mut pickle = b"\x80\x04\x95\xa1\0\0\0\0\0\0\0))\x86\x94".to_vec();
    for number in 0..39 {
        pickle.extend_from_slice(&[b'h', number, 0x86, 0x94]);
    }
    pickle.push(b'.');
    pickle
}

#[test]
fn a_memo_bomb_is_read_compared_printed_and_written() {
    let pickle = bomb();
    let graph = from_slice(&pickle).expect("it is a pickle");
    assert_eq!(graph, from_slice(&pickle).expect("it is a pickle"));
    let mut printed = Count(0);
    write!(printed, "{graph}").expect("counting never fails");
    assert!(printed.0 < 1_000_000, "{} bytes in print", printed.0);
    assert_eq!(DumpOptions::new().protocol(4).to_vec(&graph).expect("it can be written"), pickle);
}

/// A bomb that has to be hashed, beside another that equals it: `before`, two bombs in `between`, `after`.
#[rstest]
#[case::keys(b"}(", b"K\x01", b"K\x02u", "dict of 1")]
#[case::set_items(b"\x8f(", b"", b"\x90", "set of 1")]
#[case::frozenset_items(b"(", b"", b"\x91", "frozenset of 1")]
#[case::keys_of_a_large_dict(
    b"}(K\x01NK\x02NK\x03NK\x04NK\x05NK\x06NK\x07NK\x08NK\x09NK\x0aNK\x0bNK\x0cNK\x0dN",
    b"N",
    b"Nu",
    "dict of 14"
)]
fn a_memo_bomb_is_hashed_once(
    #[case] before: &[u8],
    #[case] between: &[u8],
    #[case] after: &[u8],
    #[case] expected: &str,
) {
    let one = [b"))\x86", &b"2\x86".repeat(39)[..]].concat();
    let pickle = [before, &one, between, &one, after, b"."].concat();
    let graph = from_slice(&pickle).expect("it is a pickle");
    assert_eq!(format!("{} of {}", graph.root().kind(), graph.root().len().expect("a length")), expected);
    assert_eq!(graph, from_slice(&pickle).expect("as before"));
    let mut printed = Count(0);
    write!(printed, "{graph}").expect("counting never fails");
    assert!(printed.0 < 2_000_000, "{} bytes in print", printed.0);
    for protocol in 0..=5 {
        let dumped = DumpOptions::new().protocol(protocol).to_vec(&graph).expect("it can be written");
        assert!(dumped.len() < 2000, "protocol {protocol}: {} bytes", dumped.len());
        assert_eq!(from_slice(&dumped).expect("it was just written"), graph);
    }
}

/// Keys that all look alike until the very end, or that equal nothing: each is compared with few others.
#[rstest]
#[case::nans(b"\x8f(", b"G\x7f\xf8\0\0\0\0\0\0")]
#[case::nans_in_tuples(b"\x8f(", b"G\x7f\xf8\0\0\0\0\0\0\x85")]
#[case::other_nans_in_tuples(b"\x8f(", b"G\xff\xff\xff\xff\xff\xff\xff\xff\x85")]
#[case::complex_nans(b"c__builtin__\ncomplex\nq\x000\x8f(", b"h\0G\x7f\xf8\0\0\0\0\0\0G\0\0\0\0\0\0\0\0\x86R")]
#[case::other_complex_nans(
    b"c__builtin__\ncomplex\nq\x000\x8f(",
    b"h\0G\xff\xff\xff\xff\xff\xff\xff\xffG\0\0\0\0\0\0\0\0\x86R"
)]
fn keys_that_equal_nothing_cost_no_more(#[case] start: &[u8], #[case] key: &[u8]) {
    check_set_of(50_000, &[start, &key.repeat(50_000), b"\x90."].concat());
}

#[test]
fn deep_keys_that_look_alike_cost_no_more() {
    // Twice the same tuple, 50,000 deep; the keys are pairs of one or the other with a number.
    let deep = [&b")"[..], &b"\x85".repeat(50_000)].concat();
    let keys: Vec<u8> =
        (0..50_000_u16).flat_map(|n| [b'h', (n & 1) as u8, b'M', n as u8, (n >> 8) as u8, 0x86]).collect();
    check_set_of(50_000, &[&deep[..], b"q\x000", &deep, b"q\x010\x8f(", &keys, b"\x90."].concat());
}

/// Quadratic work would take minutes here.
fn check_set_of(length: usize, pickle: &[u8]) {
    let start = Instant::now();
    let graph = from_slice(pickle).expect("it is a pickle");
    assert_eq!(graph.root().len(), Some(length));
    assert!(start.elapsed() < Duration::from_secs(10), "it took {:?}", start.elapsed());
}

/// As CPython 3.13 writes `{nan: 1, nan: 2}` and `{nan, nan}` of two NaNs each: a reload keeps both.
#[rstest]
#[case::dict(b"\x80\x04\x95\x1b\0\0\0\0\0\0\0}\x94(G\x7f\xf8\0\0\0\0\0\0K\x01G\x7f\xf8\0\0\0\0\0\0K\x02u.")]
#[case::set(b"\x80\x04\x95\x17\0\0\0\0\0\0\0\x8f\x94(G\x7f\xf8\0\0\0\0\0\0G\x7f\xf8\0\0\0\0\0\0\x90.")]
fn two_nans_are_two_keys(#[case] pickle: &[u8]) {
    let graph = from_slice(pickle).expect("it is a pickle");
    assert_eq!(graph.root().len(), Some(2));
    assert_eq!(DumpOptions::new().protocol(4).to_vec(&graph).expect("it can be written"), pickle);
}

/// Every truncation of every pickle of up to 4 KiB, and 1,000 of larger ones.
#[test]
fn truncated_pickles_say_so() {
    let Some(pickles) = corpus_pickles() else { return };
    let (small, large): (Vec<_>, Vec<_>) = pickles.iter().partition(|pickle| pickle.len() <= 4096);
    let mut count = 0;
    for pickle in small {
        for length in 0..pickle.len() {
            check_truncated(pickle, length);
            count += 1;
        }
    }
    assert!(count > 100_000, "only {count} truncations");
    let mut random = Random(1);
    for _ in 0..1000 {
        let pickle = large[random.below(large.len())];
        check_truncated(pickle, random.below(pickle.len()));
    }
}

fn check_truncated(pickle: &[u8], length: usize) {
    let truncated = &pickle[..length];
    // Extension codes and buffers are the surroundings' to know.
    let options = LoadOptions::new().keep_unresolved(true);
    match options.from_slice(truncated) {
        Ok(_) => panic!("{length} of {} bytes were enough: {}", pickle.len(), pickle.escape_ascii()),
        Err(error) => {
            assert!(error.is_truncated() || error.is_end_of_input(), "{error}: {}", truncated.escape_ascii());
            assert_eq!(error.is_end_of_input() && error.offset() == Some(0), length == 0, "{error}");
        }
    }
    // A reader says the same, in the same words.
    if length.is_multiple_of(64) {
        let (reader, slice) = (options.from_reader(truncated), options.from_slice(truncated));
        assert_eq!(reader.expect_err("too short").to_string(), slice.expect_err("too short").to_string());
    }
}

/// 50,000 times one byte is another: an answer or an error, and what was read can be printed and written.
#[test]
fn changed_bytes_never_panic() {
    let Some(pickles) = corpus_pickles() else { return };
    let pickles: Vec<_> = pickles.into_iter().filter(|pickle| pickle.len() <= 4096).collect();
    let mut random = Random(2);
    let mut read = 0;
    for _ in 0..50_000 {
        let mut pickle = pickles[random.below(pickles.len())].clone();
        let at = random.below(pickle.len());
        pickle[at] ^= 1 + random.below(255) as u8;
        let Ok(graph) = from_slice(&pickle) else { continue };
        read += 1;
        write!(Count(0), "{graph}").expect("counting never fails");
        // Some of it no protocol has a form for; that is an error like any other.
        let _ = DumpOptions::new().protocol(random.below(6) as u8).to_vec(&graph);
    }
    assert!(read > 10_000, "only {read} could be read: the changes are too coarse to get far");
}

#[test]
fn a_sparse_memo_index_is_one_entry() {
    let mut machine = Machine::new();
    let mut host = GraphHost::new(Builder::new(), LoadOptions::new());
    let pickle = b"Nr\xff\xff\xff\xff0j\xff\xff\xff\xff.";
    let (root, _) = machine.load(&mut host, pickle, 0).expect("any index is legal");
    assert!(host.into_builder().view(root).is_none());
    assert_eq!(machine.memo().iter().map(|(index, _)| index).collect::<Vec<_>>(), [u64::from(u32::MAX)]);
    // A hundred thousand of them, each far from the last, take no more room than as many entries.
    let far: Vec<u8> = (0..100_000_u32).flat_map(|n| [b"r", &(n * 40_000).to_le_bytes()[..]].concat()).collect();
    assert!(from_slice(&[b"N", &far[..], b"."].concat()).is_ok());
}

/// A length is a claim: nothing is allocated for it, and the error says how much is missing.
#[rstest]
#[case::text(b"X\xff\xff\xff\x7fab", "2147483645 more bytes needed (BINUNICODE at byte 0)")]
#[case::text_4_gib(b"X\xff\xff\xff\xffab", "4294967293 more bytes needed (BINUNICODE at byte 0)")]
#[case::bytes(b"B\0\0\0\x80ab", "2147483646 more bytes needed (BINBYTES at byte 0)")]
#[case::bytes_2_40(b"\x8e\0\0\0\0\0\x01\0\0", "1099511627776 more bytes needed (BINBYTES8 at byte 0)")]
#[case::bytes_2_63(b"N0\x8e\0\0\0\0\0\0\0\x80ab", "9223372036854775806 more bytes needed (BINBYTES8 at byte 2)")]
#[case::bytes_2_64(
    b"\x8e\xff\xff\xff\xff\xff\xff\xff\xffab",
    "18446744073709551613 more bytes needed (BINBYTES8 at byte 0)"
)]
#[case::text_2_63(b"\x8d\0\0\0\0\0\0\0\x80", "9223372036854775808 more bytes needed (BINUNICODE8 at byte 0)")]
#[case::bytearray(
    b"\x96\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "9223372036854775806 more bytes needed (BYTEARRAY8 at byte 0)"
)]
#[case::long(b"\x8b\xff\xff\xff\x7f\x01", "2147483646 more bytes needed (LONG4 at byte 0)")]
#[case::string(b"T\xff\xff\xff\x7f", "2147483647 more bytes needed (BINSTRING at byte 0)")]
#[case::frame(b"\x80\x04\x95\0\0\0\0\0\0\0\x40N.", "4611686018427387902 more bytes needed (FRAME at byte 2)")]
fn lengths_are_claims(#[case] pickle: &[u8], #[case] missing: &str) {
    let expected = format!("pickle data was truncated: at least {missing}");
    assert_eq!(from_slice(pickle).expect_err("it is too short").to_string(), expected);
    assert_eq!(from_reader(pickle).expect_err("it is too short").to_string(), expected);
    assert!(from_slice(pickle).expect_err("it is too short").is_truncated());
}

#[rstest]
#[case::nothing(b"", "ran out of input where an opcode should be (at byte 0)")]
#[case::no_stop(b"N", "ran out of input where an opcode should be (at byte 1)")]
#[case::no_opcode(b"N\xff", "0xff is no opcode (at byte 1)")]
#[case::stop_on_nothing(b".", "unpickling stack underflow (STOP at byte 0)")]
#[case::stop_on_a_mark(b"(.", "unexpected mark on the stack (STOP at byte 1)")]
#[case::pop_of_nothing(b"0", "unpickling stack underflow (POP at byte 0)")]
#[case::pop_of_a_mark_then_of_nothing(b"(00", "unpickling stack underflow (POP at byte 2)")]
#[case::dup_below_a_mark(b"N(2", "unexpected mark on the stack (DUP at byte 2)")]
#[case::tuple_below_a_mark(b"N(\x85", "unexpected mark on the stack (TUPLE1 at byte 2)")]
#[case::build_below_a_mark(b"cm\nC\n)\x81(Nb", "unexpected mark on the stack (BUILD at byte 9)")]
#[case::append_below_a_mark(b"](Na", "unexpected mark on the stack (APPEND at byte 3)")]
#[case::no_mark(b"Nt", "no mark on the stack (TUPLE at byte 1)")]
#[case::pop_mark_without(b"N1", "no mark on the stack (POP_MARK at byte 1)")]
#[case::get_of_nothing(b"h\x07", "memo has no entry 7 (BINGET at byte 0)")]
#[case::get_by_text(b"g12\n", "memo has no entry 12 (GET at byte 0)")]
#[case::get_far(b"j\xff\xff\xff\xff", "memo has no entry 4294967295 (LONG_BINGET at byte 0)")]
#[case::list_as_key(b"}]Ns", "unhashable type: 'list' (SETITEM at byte 3)")]
#[case::dict_as_key(b"}(}Nu", "unhashable type: 'dict' (SETITEMS at byte 4)")]
#[case::set_as_key(b"(\x8fNd", "unhashable type: 'set' (DICT at byte 3)")]
#[case::bytearray_as_key(b"}\x96\0\0\0\0\0\0\0\0Ns", "unhashable type: 'bytearray' (SETITEM at byte 11)")]
#[case::list_in_a_tuple_as_key(b"}])\x86\x85Ns", "unhashable type: 'list' (SETITEM at byte 6)")]
#[case::list_in_a_set(b"\x8f(]\x90", "unhashable type: 'list' (ADDITEMS at byte 3)")]
#[case::list_in_a_frozenset(b"(]\x91", "unhashable type: 'list' (FROZENSET at byte 2)")]
#[case::odd_set_items(b"}(NNNu", "odd number of items for a dict (SETITEMS at byte 5)")]
#[case::odd_dict(b"(Nd", "odd number of items for a dict (DICT at byte 2)")]
#[case::append_to_none(b"NNa", "cannot append to a NoneType (APPEND at byte 2)")]
#[case::set_item_of_a_list(b"]NNs", "cannot set items of a list (SETITEM at byte 3)")]
#[case::add_to_a_list(b"](N\x90", "cannot add to a list (ADDITEMS at byte 3)")]
#[case::build_of_a_list(b"]}b", "cannot set the state of a list (BUILD at byte 2)")]
#[case::call_with_a_list(b"cm\nf\n]R", "cannot call with a list (REDUCE at byte 6)")]
#[case::extension_0(b"\x82\0", "extension code 0 is out of range (EXT1 at byte 0)")]
#[case::extension_negative(b"\x84\xff\xff\xff\xff", "extension code -1 is out of range (EXT4 at byte 0)")]
#[case::protocol_6(b"\x80\x06N.", "unsupported pickle protocol: 6 (PROTO at byte 0)")]
#[case::negative_length(b"T\xff\xff\xff\xff", "length -1 is negative (BINSTRING at byte 0)")]
#[case::bad_int(b"Ix\n", "not an integer: \"x\" (INT at byte 0)")]
#[case::bad_float(b"F1,5\n", "not a float: \"1,5\" (FLOAT at byte 0)")]
#[case::unquoted(b"Sabc\n", "the argument of STRING must be quoted (STRING at byte 0)")]
#[case::not_utf_8(b"X\x03\0\0\0ab\xff", "invalid UTF-8 at byte 2 of the text (BINUNICODE at byte 0)")]
#[case::name_is_no_text(b"NN\x93", "STACK_GLOBAL requires str (STACK_GLOBAL at byte 2)")]
#[case::python_2_str(
    b"U\x02a\xe9",
    "'ascii' codec can't decode byte 0xe9 in position 1: choose an encoding for Python 2's str (SHORT_BINSTRING at byte 0)"
)]
fn errors_say_what_and_where(#[case] pickle: &[u8], #[case] message: &str) {
    // What follows the error does not matter.
    let longer = if message.starts_with("ran out") { pickle.to_vec() } else { [pickle, b"NNNN."].concat() };
    assert_eq!(from_slice(&longer).expect_err("it is broken").to_string(), message);
    assert_eq!(from_reader(&longer[..]).expect_err("it is broken").to_string(), message);
}

/// What CPython takes, though it looks broken.
#[rstest]
#[case::mark_popped(b"N(0.", "None")]
#[case::rest_on_the_stack(b"K\x01K\x02.", "2")]
#[case::nothing_appended_to_none(b"N(e.", "None")]
#[case::no_state_of_a_list(b"]Nb.", "[]")]
#[case::protocol_again(b"\x80\x04N\x80\x02.", "None")]
#[case::trailing_bytes(b"K\x07.garbage", "7")]
#[case::memoize_counts(b"K\x01q\x05K\x02\x940h\x01.", "2")]
#[case::index_used_again(b"K\x01q\0K\x02q\0h\0.", "2")]
#[case::dup_is_the_same(b"]2K\x01a.", "[1]")]
#[case::last_value_first_key(b"}(K\x01K\x02\x88K\x03G\x3f\xf0\0\0\0\0\0\0K\x04u.", "{1: 4}")]
fn odd_pickles_that_are_legal(#[case] pickle: &[u8], #[case] printed: &str) {
    assert_eq!(from_slice(pickle).expect("CPython takes it").to_string(), printed);
}

/// A nested pickle of any depth: `start`, `open` as often as it is deep, the innermost, `close` as often.
struct Nested {
    start: Vec<u8>,
    open: Vec<u8>,
    innermost: Vec<u8>,
    close: Vec<u8>,
    end: Vec<u8>,
}

/// Opcodes as characters up to U+00FF.
fn deep(start: &str, open: &str, innermost: &str, close: &str) -> Nested {
    let [start, open, innermost, close] = [start, open, innermost, close].map(opcodes);
    Nested { start, open, innermost, close, end: Vec::new() }
}

fn opcodes(characters: &str) -> Vec<u8> {
    characters.chars().map(|character| u8::try_from(u32::from(character)).expect("a byte")).collect()
}

impl Nested {
    fn with_start(self, start: &str) -> Nested {
        Nested { start: opcodes(start), ..self }
    }

    fn with_end(self, end: &str) -> Nested {
        Nested { end: opcodes(end), ..self }
    }

    fn pickle(&self, depth: usize) -> Vec<u8> {
        let (open, close) = (self.open.repeat(depth), self.close.repeat(depth));
        [&self.start[..], &open, &self.innermost, &close, &self.end, b"."].concat()
    }
}

/// The pickles of CPython 3.13, each once.
fn corpus_pickles() -> Option<Vec<Vec<u8>>> {
    let pickles: BTreeSet<_> = corpus()?
        .into_iter()
        .filter(|case| case.profile == Profile::default())
        .flat_map(|case| case.a)
        .filter(|pickle| !pickle.is_empty())
        .collect();
    assert!(pickles.len() > 1000, "only {} pickles", pickles.len());
    Some(pickles.into_iter().collect())
}

/// Counts what is printed.
struct Count(usize);

impl Write for Count {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

/// Numbers that are the same in each run (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}
