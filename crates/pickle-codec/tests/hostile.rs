//! What `cargo xtask hostile` and the fuzzer found, each as a small pickle; and the limits.

use std::fmt::Write;

use pickle_codec::value::{Builder, py};
use pickle_codec::{Document, DumpOptions, GraphHost, Limits, LoadOptions, Machine, Profile, Unpickler, from_slice};
use rstest::rstest;

/// CPython 3.13: `pickle.loads` gives `{frozenset({1}): 2}`, and sets of one frozenset.
#[rstest]
#[case::as_keys(b"}((K\x01K\x01\x91K\x01(K\x01\x91K\x02u.", "{frozenset({1}): 2}")]
#[case::in_a_set(b"\x8f((K\x01K\x01\x91(K\x01\x91\x90.", "{frozenset({1})}")]
#[case::added_later(b"\x8f(N\x90((K\x01K\x01\x91(K\x01\x91\x90.", "{None, frozenset({1})}")]
#[case::nested(b"\x8f(N\x90(((K\x01K\x01\x91\x91((K\x01\x91\x91\x90.", "{None, frozenset({frozenset({1})})}")]
fn frozensets_with_an_item_twice_are_equal_keys(#[case] pickle: &[u8], #[case] printed: &str) {
    assert_eq!(from_slice(pickle).expect("CPython loads it").to_string(), printed);
}

/// Python 2: `{u'é': 1, 'Ã©': 2}` has two keys, which have the same bytes here.
#[test]
fn text_and_a_byte_string_of_the_same_bytes_are_two_keys() {
    let options = LoadOptions::new().profile(Profile::CPYTHON_2_7);
    let graph = options.from_slice(b"}(X\x02\0\0\0\xc3\xa9K\x01U\x02\xc3\xa9K\x02u.").expect("Python 2 loads it");
    assert_eq!(graph.root().len(), Some(2));
}

/// A state of two objects within each other fifty times over: names were looked for in each.
#[test]
fn names_are_unified_in_the_state_alone() {
    let state = [&b")"[..], &b"2\x86".repeat(60)].concat();
    let pickle = [b"cm\nC\n)\x81", &state[..], b"b."].concat();
    assert!(LoadOptions::new().unify(true).from_slice(&pickle).is_ok());
}

/// As CPython 3.13's `_pickle` says of each: "NEWOBJ class argument must be a type", "NEWOBJ args argument must be a tuple",
/// "'int' object is not callable".
#[rstest]
#[case::call_of_an_int(b"K\x01)R.", "cannot call an int (REDUCE at byte 3)")]
#[case::call_of_a_list(b"(]o.", "cannot call a list (OBJ at byte 2)")]
#[case::class_that_is_a_str(b"U\x01a)\x81.", "cannot make an instance of a str (NEWOBJ at byte 4)")]
#[case::class_that_is_an_instance(
    b"cm\nC\n)\x81)\x81.",
    "cannot make an instance of a class's instance (NEWOBJ at byte 8)"
)]
#[case::arguments_in_a_list(b"cm\nC\n]\x81.", "cannot make an instance with a list (NEWOBJ at byte 6)")]
#[case::arguments_in_none(b"cm\nC\nN}\x92.", "cannot make an instance with a NoneType (NEWOBJ_EX at byte 7)")]
#[case::keywords_in_a_list(
    b"cm\nC\n)]\x92.",
    "cannot make an instance with keywords that are a list (NEWOBJ_EX at byte 7)"
)]
fn what_python_does_not_call_is_refused(#[case] pickle: &[u8], #[case] message: &str) {
    assert_eq!(from_slice(pickle).expect_err("CPython refuses it").to_string(), message);
}

#[rstest]
#[case::opcodes(Limits::new().opcodes(3), b"NNNN.", "more than 3 instructions: the limit `opcodes` (NONE at byte 3)")]
#[case::stack(Limits::new().stack(2), b"(NNN.", "more than 2 objects on the stack: the limit `stack` (NONE at byte 3)")]
#[case::marks(Limits::new().marks(1), b"((N.", "more than 1 marks on the stack: the limit `marks` (MARK at byte 1)")]
#[case::memo(
    Limits::new().memo(1),
    b"N\x94\x94.",
    "more than 1 entries of the memo: the limit `memo` (MEMOIZE at byte 2)"
)]
#[case::objects(Limits::new().objects(2), b"]]].", "more than 2 objects or items (EMPTY_LIST at byte 2)")]
#[case::text(Limits::new().text(2), b"U\x03abcX\x03\0\0\0abc.", "more than 2 bytes of text: the limit `text` (BINUNICODE at byte 5)")]
#[case::bytes(Limits::new().bytes(2), b"C\x03abc.", "more than 2 bytes in one object: the limit `bytes` (SHORT_BINBYTES at byte 0)")]
#[case::digits(Limits::new().digits(4300), b"L12345678901234567890L\n.", "")]
#[case::depth(Limits::new().depth(2), b"]]]aa.", "more than 2 objects within each other: the limit `depth`")]
fn limits_hold(#[case] limits: Limits, #[case] pickle: &[u8], #[case] message: &str) {
    let options = LoadOptions::new().limits(limits);
    let said = options.from_slice(pickle).map_or_else(|error| error.to_string(), |_| String::new());
    assert_eq!(said, message);
    let said = options.from_reader(pickle).map_or_else(|error| error.to_string(), |_| String::new());
    assert_eq!(said, message);
    assert!(from_slice(pickle).is_ok(), "by default it is no limit");
    // The exact number is allowed.
    assert!(LoadOptions::new().limits(Limits::new().stack(3)).from_slice(b"(NNN.").is_ok());
}

#[test]
fn what_a_limit_refuses_an_unpickler_refuses() {
    let options = LoadOptions::new().limits(Limits::new().opcodes(3));
    assert!(Unpickler::new(&b"NNNN."[..], options.clone()).load().is_err());
    assert!(Unpickler::new(&b"N."[..], options).load().is_ok());
}

/// Each call of `set` copies the list; a thousand of them would copy eight megabytes, for eight kilobytes of pickle.
#[test]
fn calls_do_not_copy_without_bound() {
    let list = [&b"]("[..], &b"K\x01".repeat(1_000), b"eq\x000"].concat();
    let calls = b"h\x01h\0\x85R".repeat(1_000);
    let pickle = [&list[..], b"c__builtin__\nset\nq\x010(", &calls, b"t."].concat();
    let error = from_slice(&pickle).expect_err("it copies too much");
    assert!(error.to_string().starts_with("more than 8 bytes copied for each byte of the pickle: the limit `copies`"));
    assert!(LoadOptions::new().limits(Limits::new().copies(u64::MAX)).from_slice(&pickle).is_ok());
}

/// Ints have no place in a pickler's memo: each is written wherever it is met.
#[test]
fn shared_ints_are_not_written_without_bound() {
    let int = [b"\x8b\xa0\x0f\0\0".as_slice(), &b"\x7f".repeat(4000), b"q\0"].concat();
    let pickle = [&int[..], b"0(", &b"h\0".repeat(10_000), b"t."].concat();
    let graph = from_slice(&pickle).expect("it is a pickle");
    let error = DumpOptions::new().to_vec(&graph).expect_err("it would take forty megabytes");
    assert!(
        error.to_string().starts_with("what is shared in the graph, but cannot be in a pickle, takes more than"),
        "{error}"
    );
    let written = DumpOptions::new().copies(u64::MAX).to_vec(&graph).expect("it is allowed");
    assert!(written.len() > 40_000_000);
}

/// CPython 3.13: `ValueError: Exceeds the limit (4300 digits) for integer string conversion`.
#[test]
fn ints_of_many_digits_are_no_text() {
    let of_digits = |digits: usize| [&b"L"[..], &b"9".repeat(digits), b"L\n."].concat();
    for (digits, is_written) in [(4300, true), (4301, false), (100_000, false)] {
        let pickle = of_digits(digits);
        let graph = from_slice(&pickle).expect("so many digits are read");
        assert_eq!(DumpOptions::new().protocol(0).to_vec(&graph).is_ok(), is_written, "{digits} digits");
        assert!(DumpOptions::new().protocol(2).to_vec(&graph).is_ok());
        let printed = graph.to_string();
        assert_eq!(printed.starts_with("999"), is_written);
        assert_eq!(printed.starts_with("0x"), !is_written);
    }
    assert!(from_slice(&of_digits(300_001)).is_err(), "a limit there is");
}

/// A name with an empty part: under protocol 4 a line for it would be empty, and no loader would take it.
#[test]
fn empty_names_are_not_written_as_lines() {
    let graph = from_slice(b"\x8c\x01m\x8c\x02.a\x93.").expect("CPython's loader asks for any str");
    assert!(DumpOptions::new().protocol(0).to_vec(&graph).is_err());
    let written = DumpOptions::new().protocol(4).to_vec(&graph).expect("STACK_GLOBAL takes any str");
    assert!(from_slice(&written).is_ok());
}

/// Long text in very many places is hashed and compared once, and printed a few times.
#[test]
fn long_text_is_looked_at_once() {
    let text = |index: u8| [b"X\x40\x42\x0f\0".as_slice(), &b"k".repeat(1_000_000), &[b'q', index, b'0']].concat();
    let dicts = b"}(h\0Nh\x01NK\x01Nu".repeat(20_000);
    let pickle = [&text(0)[..], &text(1), b"(", &dicts, b"t."].concat();
    let graph = from_slice(&pickle).expect("it is a pickle");
    assert_eq!(graph.root().get(7).len(), Some(2), "the two texts are one key");
    assert!(graph == from_slice(&pickle).expect("as before"));
    let mut printed = Count(0);
    write!(printed, "{graph}").expect("counting never fails");
    assert!(printed.0 < 50_000_000, "{} bytes in print", printed.0);
}

/// Shared containers count by their length in print, not by one.
#[test]
fn a_wide_list_in_many_places_is_printed_in_bounded_space() {
    let list = [&b"]("[..], &b"K\x01".repeat(20_000), b"eq\x000"].concat();
    let pickle = [&list[..], b"(", &b"h\0".repeat(20_000), b"t."].concat();
    let mut printed = Count(0);
    write!(printed, "{}", from_slice(&pickle).expect("it is a pickle")).expect("counting never fails");
    assert!((60_000..2_000_000).contains(&printed.0), "{} bytes in print", printed.0);
}

/// Counts what is printed.
struct Count(usize);

impl Write for Count {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

/// OBJ calls what is no class: `_pickle.loads` of 3.13, with an inert class, calls the instance.
#[test]
fn called_instances_are_not_written_as_classes() {
    let graph = from_slice(b"((cm\nC\nNoo.").expect("it is a pickle");
    for protocol in 0..=5 {
        let written = DumpOptions::new().protocol(protocol).to_vec(&graph).expect("it can be written");
        assert_eq!(from_slice(&written).expect("what was written is loaded").to_string(), "m.C(None)()");
    }
}

/// A list that has itself by DUP, before it is done. CPython 3.13: `x = loads(b']]2aa.'); x[0] = 1` gives `[1]`.
#[test]
fn values_within_themselves_by_dup_are_replaced() {
    let mut document = Document::from_slice(b"]]2aa.").expect("it is a pickle");
    document.set(&"[0]".parse().expect("a path"), &py!(1)).expect("it can be replaced");
    assert_eq!(document.root().to_string(), "[1]");
    assert_eq!(from_slice(&document.to_vec()).expect("it is a pickle").to_string(), "[1]");
}

/// A pickle has the id of a persistent object alone: what was done to it would be lost.
#[test]
fn what_is_done_to_persistent_objects_is_not_left_out() {
    let graph = LoadOptions::new().keep_unresolved(true).from_slice(b"NQNNs.").expect("it is a pickle");
    let error = DumpOptions::new().to_vec(&graph).expect_err("it would be lost");
    assert_eq!(error.to_string(), "cannot pickle what is done to an object that is only named");
}

/// Who runs the machine over a host without the input has not said how large the pickle is: nothing is bounded by it.
#[test]
fn a_host_without_the_input_copies_whatever_it_is_told() {
    let bytes = [&b"B\xa0\x86\x01\0"[..], &b"x".repeat(100_000)].concat();
    let pickle = [b"cbuiltins\nbytearray\n", &bytes[..], b"\x85R."].concat();
    let mut host = GraphHost::new(Builder::new(), LoadOptions::new());
    let (root, _) = Machine::new().load(&mut host, &pickle, 0).expect("it is a pickle");
    assert_eq!(host.into_builder().finish(root).root().len(), Some(100_000));
}

/// `s = set(); s.add(C(s))`: under protocol 4 CPython raises RecursionError, and it took all memory here.
#[test]
fn sets_within_themselves_are_refused_under_protocol_4() {
    let graph = from_slice(b"\x80\x04\x8f\x94(cm\nC\n(h\x00tR\x90.").unwrap();
    for protocol in 0..4 {
        let error = DumpOptions::new().protocol(protocol).to_vec(&graph).unwrap_err();
        assert!(error.to_string().contains("a set within itself"), "{error}");
    }
    assert!(DumpOptions::new().protocol(4).to_vec(&graph).is_ok());
    // The same set twice is not within itself.
    let graph = from_slice(b"\x80\x04](\x8f\x94(K\x01\x85\x90h\x00h\x00e.").unwrap();
    assert!(DumpOptions::new().protocol(2).to_vec(&graph).is_ok());
    // Nor has it no end where another object that is in the memo stands between: `c.s = {c}`, by CPython 3.13.
    let pickle = b"\x80\x02c__builtin__\nset\nq\x00]q\x01cm\nC\nq\x02)\x81q\x03}q\x04X\x01\x00\x00\x00sq\x05h\x00]q\x06h\x03a\x85q\x07Rq\x08sba\x85q\x09R0h\x08.";
    let graph = from_slice(pickle).unwrap();
    assert_eq!(DumpOptions::new().protocol(2).to_vec(&graph).unwrap(), pickle);
}

/// `s = {o1, …, ints}` where each `o` has `s` for a state: under protocol 4 all is written anew for each of them.
fn a_set_of_instances_of_itself(instances: usize, ints: u32) -> Vec<u8> {
    let ints = (0..ints).flat_map(|int| [&b"J"[..], &int.to_le_bytes()].concat());
    let pickle = [b"\x80\x04\x8f\x94(cm\nC\n\x94)\x81h\x00b", &b"h\x01)\x81h\x00b".repeat(instances - 1)[..]].concat();
    pickle.into_iter().chain(ints).chain(*b"\x90.").collect()
}

/// CPython 3.13 writes 90 MB of the first of these.
#[rstest]
#[case::of_a_wide_set(a_set_of_instances_of_itself(1_000, 17_000))]
#[case::of_many_instances(a_set_of_instances_of_itself(10_000, 0))]
#[case::of_a_wide_tuple([b"\x80\x04\x8f\x94((", &b"J\x00\x01\x02\x03".repeat(20_000)[..], b"cm\nC\nh\x00\x85R\x85t\x90."].concat())]
#[case::of_a_list([b"\x80\x04cm\nC\n)\x81\x94(", &b"J\x00\x01\x02\x03".repeat(20_000)[..], b"cm\nC\nh\x00\x85Re."].concat())]
fn what_is_written_again_of_what_is_within_itself_is_bounded(#[case] pickle: Vec<u8>) {
    let graph = from_slice(&pickle).unwrap();
    for protocol in 0..2 {
        let mut written = Vec::new();
        let error = DumpOptions::new().protocol(protocol).to_writer(&mut written, &graph).unwrap_err();
        assert!(error.to_string().contains("copies"), "{error}");
        assert!(written.len() < 32 * pickle.len(), "{} bytes of {}", written.len(), pickle.len());
    }
}

/// CPython up to 3.11 raises RecursionError with less than 200.
#[test]
fn a_set_that_many_objects_end_is_written() {
    let pickle = a_set_of_instances_of_itself(180, 10);
    let graph = from_slice(&pickle).unwrap();
    for protocol in 0..4 {
        assert!(DumpOptions::new().protocol(protocol).to_vec(&graph).is_ok());
    }
}

/// What an interpreter wrote at protocol 2 is what it writes of that at 2 and at 4.
fn check_methods(profile: Profile, at_2: &[u8], at_4: &[u8]) {
    let graph = LoadOptions::new().profile(profile).from_slice(at_2).unwrap();
    for (protocol, pickle) in [(2, at_2), (4, at_4)] {
        assert_eq!(DumpOptions::new().profile(profile).protocol(protocol).to_vec(&graph).unwrap(), pickle);
    }
}

/// By CPython 3.13: `[C(1), C(2)]`, where `MAKE = C.make` is a class method and `C.__reduce__` gives `(MAKE, (self.n,))`.
#[test]
fn a_method_that_is_called_twice_is_one_object() {
    let pickle = b"\x80\x02]q\x00(c__builtin__\ngetattr\nq\x01cm\nC\nq\x02X\x04\x00\x00\x00makeq\x03\x86q\x04Rq\x05K\x01\x85q\x06Rq\x07h\x05K\x02\x85q\x08Rq\te.";
    let later = b"\x80\x04\x95?\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x08builtins\x94\x8c\x07getattr\x94\x93\x94\x8c\x01m\x94\x8c\x01C\x94\x93\x94\x8c\x04make\x94\x86\x94R\x94K\x01\x85\x94R\x94h\tK\x02\x85\x94R\x94e.";
    check_methods(Profile::CPYTHON_3_13, pickle, later);
}

/// By CPython 3.12 and 3.13: `[R(MAKE, 1), R(C.make, 2), R(MAKE, 3)]`, of the same methods as below.
#[rstest]
fn a_method_is_called_again_after_another(#[values(12, 13)] minor: u8) {
    let pickle = b"\x80\x02]q\x00(c__builtin__\ngetattr\nq\x01cm\nC\nq\x02X\x04\x00\x00\x00makeq\x03\x86q\x04Rq\x05K\x01\x85q\x06Rq\x07h\x01h\x02h\x03\x86q\x08Rq\x09K\x02\x85q\nRq\x0bh\x05K\x03\x85q\x0cRq\re.";
    let later = b"\x80\x04\x95O\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x08builtins\x94\x8c\x07getattr\x94\x93\x94\x8c\x01m\x94\x8c\x01C\x94\x93\x94\x8c\x04make\x94\x86\x94R\x94K\x01\x85\x94R\x94h\x03h\x06h\x07\x86\x94R\x94K\x02\x85\x94R\x94h\x09K\x03\x85\x94R\x94e.";
    check_methods(Profile::cpython3(minor).unwrap(), pickle, later);
}

/// By CPython 3.13: `[R(MAKE, 1), C.make, R(C.make, 2), R(MAKE, 1)]`, where `MAKE = C.make` is a class method, and `R` is
/// reduced to a call of what it is given.
#[test]
fn each_method_is_an_object_of_its_own() {
    let pickle = b"\x80\x02]q\x00(c__builtin__\ngetattr\nq\x01cm\nC\nq\x02X\x04\x00\x00\x00makeq\x03\x86q\x04Rq\x05K\x01\x85q\x06Rq\x07h\x01h\x02h\x03\x86q\x08Rq\x09h\x01h\x02h\x03\x86q\nRq\x0bK\x02\x85q\x0cRq\rh\x05K\x01\x85q\x0eRq\x0fe.";
    let later = b"\x80\x04\x95Y\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x08builtins\x94\x8c\x07getattr\x94\x93\x94\x8c\x01m\x94\x8c\x01C\x94\x93\x94\x8c\x04make\x94\x86\x94R\x94K\x01\x85\x94R\x94h\x03h\x06h\x07\x86\x94R\x94h\x03h\x06h\x07\x86\x94R\x94K\x02\x85\x94R\x94h\x09K\x01\x85\x94R\x94e.";
    check_methods(Profile::CPYTHON_3_13, pickle, later);
}

/// By CPython 3.13: `[C.run, C.make, C.run, C.low()]`, where `run` is a static method, `make` a class method, `low` a class.
#[test]
fn a_method_is_told_from_a_function_and_a_class_by_the_memo() {
    let pickle = b"\x80\x02]q\x00(c__builtin__\ngetattr\nq\x01cm\nC\nX\x03\x00\x00\x00runq\x02\x86Rq\x03h\x01cm\nC\nq\x04X\x04\x00\x00\x00makeq\x05\x86q\x06Rq\x07h\x03h\x01cm\nC\nX\x03\x00\x00\x00lowq\x08\x86Rq\x09)\x81q\ne.";
    let later = b"\x80\x04\x95N\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x01m\x94\x8c\x05C.run\x94\x93\x94\x8c\x08builtins\x94\x8c\x07getattr\x94\x93\x94h\x01\x8c\x01C\x94\x93\x94\x8c\x04make\x94\x86\x94R\x94h\x03h\x01\x8c\x05C.low\x94\x93\x94)\x81\x94e.";
    check_methods(Profile::CPYTHON_3_13, pickle, later);
}

/// CPython 3.13: `isinstance(Fraction, Fraction)` between a class and STOP leaves the class.
#[test]
fn a_class_keeps_nothing_of_a_call_that_is_popped() {
    let graph = from_slice(b"\x80\x02cfractions\nFraction\nq\x00cbuiltins\nisinstance\nh\x00h\x00\x86R0.")
        .expect("CPython loads it");
    assert_eq!(graph.to_string(), "fractions.Fraction");
}

/// Keeps how long the longest piece was.
#[derive(Default)]
struct Pieces {
    bytes: Vec<u8>,
    longest: usize,
}

impl std::io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        self.longest = self.longest.max(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Under protocol 4 there are no frames, and all of a pickle was kept until its end.
#[rstest]
fn a_pickle_is_handed_on_in_pieces(#[values(0, 1, 2, 3, 4, 5)] protocol: u8) {
    let mut builder = Builder::new();
    let items: Vec<_> = (0..60_000).map(|number| builder.int(number).unwrap()).collect();
    let text = builder.text("x").unwrap();
    let text = builder.tuple(&[text]).unwrap();
    let lists: Vec<_> = items.chunks(3).map(|items| builder.list(&[items, &[text]].concat()).unwrap()).collect();
    let list = builder.list(&lists).unwrap();
    let graph = builder.finish(list);
    let dump = DumpOptions::new().protocol(protocol);
    let mut pieces = Pieces::default();
    dump.to_writer(&mut pieces, &graph).unwrap();
    assert!(pieces.bytes == dump.to_vec(&graph).unwrap());
    assert!(pieces.longest < (64 << 10) + 1000, "{} bytes", pieces.longest);
}
