//! Listings assembled: those that CPython's `pickletools.dis` printed, exact ones of any pickle, and those by hand.

mod common;

use common::{bytes, lines, list, string};
use pickle_tools::{DisOptions, Memo, asm, dis, dis_to_string};
use rstest::rstest;

/// `tests/data/generate_asm.py` collected these pickles of several CPythons, and what 3.13 prints for them.
#[rstest]
fn what_a_cpython_wrote_is_assembled_to_the_same() {
    let mut undecided = 0;
    for case in lines(include_str!("data/asm.jsonl")) {
        let (by, pickle, listing) = (string(&case["by"]), bytes(string(&case["pickle"])), string(&case["dis"]));
        assert_eq!(dis_to_string(&pickle).expect(by), listing, "{by}");
        let assembled = asm(listing).expect(by);
        // Nothing in these listings says that it was Python 2.
        if assembled != pickle && by.starts_with("2.7") && listing.contains(" nan\n") && !listing.contains("STRING") {
            undecided += 1;
            continue;
        }
        assert_eq!(assembled.escape_ascii().to_string(), pickle.escape_ascii().to_string(), "{by}\n{listing}");
    }
    assert_eq!(undecided, 2, "a NaN at protocols 1 and 2");
}

/// `tests/data/generate_dis.py` wrote these pickles: most of them no pickler would write.
#[rstest]
#[case::plain(4, 0)]
#[case::annotated(1, 30)]
fn exact_listings_of_any_pickle_are_assembled_to_the_same(#[case] indent: usize, #[case] annotate: usize) {
    let mut listings = 0;
    for case in lines(include_str!("data/dis.jsonl")) {
        let (mut memo, mut text, mut whole) = (Memo::new(), Vec::new(), Vec::new());
        for pickle in list(&case["pickles"]) {
            let pickle = bytes(string(pickle));
            let options = DisOptions::new().exact(true).indent_level(indent).annotate(annotate).memo(&mut memo);
            let before = text.len();
            let Ok(end) = dis(&pickle, &mut text, options) else {
                text.truncate(before);
                break;
            };
            whole.extend_from_slice(&pickle[..end as usize]);
            listings += 1;
        }
        let text = String::from_utf8(text).expect("a listing is UTF-8");
        let assembled = asm(&text).unwrap_or_else(|error| panic!("{}: {error}\n{text}", case["name"]));
        assert_eq!(assembled.escape_ascii().to_string(), whole.escape_ascii().to_string(), "{}\n{text}", case["name"]);
        // Neither does it take the offsets.
        assert_eq!(asm(&without_offsets(&text)).ok(), Some(whole), "{}\n{text}", case["name"]);
    }
    assert!(listings > 800, "only {listings} listings");
}

fn without_offsets(text: &str) -> String {
    text.lines()
        .map(|line| line.split_once(": ").map_or(line, |(_, rest)| rest))
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// What pickletools prints before it raises is assembled as far as it goes.
#[rstest]
fn broken_off_listings_are_assembled_so_far() {
    let pickle = b"]q\0(F0.10000000000000001\nS'a'\nS'\xe9'\nt.";
    let mut text = Vec::new();
    dis(pickle, &mut text, DisOptions::new()).expect_err("a STRING that is not ASCII");
    let text = String::from_utf8(text).expect("a listing is UTF-8");
    assert_eq!(asm(&text).expect("a listing"), pickle[..30]);
    assert_eq!(asm(&format!("{text}   30: ")).expect("a listing"), pickle[..30]);
}

#[rstest]
#[case("", b"")]
#[case("\r\n  \n# nothing\n", b"")]
#[case("    7: ", b"")]
#[case("NONE\r\nSTOP\r\n", b"N.")]
#[case("N NONE\n. STOP", b"N.")]
#[case("    0: N    NONE # a remark\n\t.\tSTOP Stop.", b"N.")]
#[case("0 POP (MARK at 7)\nt TUPLE no MARK exists on stack", b"0t")]
#[case("MEMOIZE (as 3) Whatever", b"\x94")]
#[case("\\x80 PROTO 4", b"\x80\x04")]
#[case("BININT1 0255", b"K\xff")]
#[case("BININT -1", b"J\xff\xff\xff\xff")]
#[case("BININT1 5L", b"K\x05")]
#[case("LONG_BINPUT 4294967295", b"r\xff\xff\xff\xff")]
#[case("FRAME 18446744073709551615", b"\x95\xff\xff\xff\xff\xff\xff\xff\xff")]
#[case("INT True\nINT False\nINT 1\nINT -0", b"I01\nI00\nI1\nI0\n")]
#[case("LONG 5\nLONG 5L\nLONG -99999999999999999999", b"L5L\nL5L\nL-99999999999999999999L\n")]
#[case("LONG1 0\nLONG1 -1\nLONG1 128\nLONG1 -128", b"\x8a\0\x8a\x01\xff\x8a\x02\x80\0\x8a\x01\x80")]
#[case("LONG4 9223372036854775808", b"\x8b\x09\0\0\0\0\0\0\0\0\0\0\x80\0")]
#[case("FLOAT 1\nFLOAT 1e16\nFLOAT -inf\nFLOAT nan", b"F1.0\nF1e+16\nF-inf\nFnan\n")]
#[case("BINFLOAT 1.5\nBINFLOAT nan", b"G\x3f\xf8\0\0\0\0\0\0G\x7f\xf8\0\0\0\0\0\0")]
#[case("BINFLOAT nan\nSHORT_BINSTRING ''", b"G\xff\xf8\0\0\0\0\0\0U\0")]
#[case("BINFLOAT nan\nBINPUT 1", b"G\xff\xf8\0\0\0\0\0\0q\x01")]
#[case("BINFLOAT nan\nBINPUT 0\nBINPUT 1", b"G\x7f\xf8\0\0\0\0\0\0q\0q\x01")]
#[case("BINFLOAT nan raw b'\\x7f\\xf0\\0\\0\\0\\0\\0\\1'", b"G\x7f\xf0\0\0\0\0\0\x01")]
#[case(r#"STRING 'a'"#, b"S'a'\n")]
#[case(r#"STRING "it's""#, b"S\"it's\"\n")]
#[case(r#"STRING '\'"\\\n\t\r\x00é'"#, b"S'\\'\"\\\\\\n\\t\\r\\x00\\xe9'\n")]
#[case(r"BINSTRING u'\xe9'", b"T\x01\0\0\0\xe9")]
#[case(r"SHORT_BINBYTES b'\xff\000\x41\'\n'", b"C\x05\xff\0A'\n")]
#[case("BYTEARRAY8 bytearray(b\"it\\'s\")", b"\x96\x04\0\0\0\0\0\0\0it's")]
#[case(r"UNICODE '\ud83d\ude00\\\r€'", b"V\\ud83d\\ude00\\u005c\\u000d\\u20ac\n")]
#[case(r"SHORT_BINUNICODE '\ud800\a\b\f\v\U0001f600'", b"\x8c\x0b\xed\xa0\x80\x07\x08\x0c\x0b\xf0\x9f\x98\x80")]
#[case("GLOBAL 'a.b C.d e'", b"ca.b\nC.d e\n")]
#[case("GLOBAL 'a b c' raw b'a b\\nc'", b"ca b\nc\n")]
#[case(r"PERSID 'C:\\q\t\n'", b"PC:\\q\t\\n\n")]
#[case("PERSID raw b'anything'", b"Panything\n")]
#[case("BINUNICODE raw b'\\xff'", b"X\x01\0\0\0\xff")]
#[case("FRAME\nNONE\nFRAME\nNONE\nSTOP\nNONE", b"\x95\x01\0\0\0\0\0\0\0N\x95\x02\0\0\0\0\0\0\0N.N")]
#[case("FRAME # as long as it is\nNONE\nFRAME 7\nSTOP", b"\x95\x01\0\0\0\0\0\0\0N\x95\x07\0\0\0\0\0\0\0.")]
fn listings_by_hand(#[case] listing: &str, #[case] pickle: &[u8]) {
    let assembled = asm(listing).expect(listing);
    assert_eq!(assembled.escape_ascii().to_string(), pickle.escape_ascii().to_string());
}

/// From this line's offset to the next one's is the length, if some spelling has it.
#[rstest]
#[case::repr("0: FLOAT 0.1\n5: STOP", b"F0.1\n.")]
#[case::cpickle("0: FLOAT 0.1\n21: STOP", b"F0.10000000000000001\n.")]
#[case::a_listing_broken_off("0: FLOAT 0.1\n21: ", b"F0.10000000000000001\n")]
#[case::neither("0: FLOAT 0.1\n7: STOP", b"F0.1\n.")]
#[case::backwards("21: FLOAT 0.1\n0: STOP", b"F0.1\n.")]
#[case::no_offset_behind("0: FLOAT 0.1\nSTOP\n21: NONE", b"F0.1\n.N")]
#[case::remarks_between("1000: FLOAT 0.1\n# edited\n\n1021: STOP", b"F0.10000000000000001\n.")]
#[case::of_equal_length("0: FLOAT 1.23456789012e+16\n19: STOP", b"F1.23456789012e+16\n.")]
#[case::of_equal_length_beside_another(
    "0: FLOAT 1.23456789012e+16\n19: FLOAT 0.1\n40: STOP",
    b"F12345678901200000\nF0.10000000000000001\n."
)]
#[case::new_line("0: UNICODE '\\r\\n'\n13: STOP", b"V\\u000d\\u000a\n.")]
#[case::old_line("0: UNICODE '\\r\\n'\n9: STOP", b"V\r\\u000a\n.")]
#[case::path("0: PERSID 'C:\\temp'\n9: STOP", b"PC:\\temp\n.")]
#[case::tab("0: PERSID 'C:\\temp'\n8: STOP", b"PC:\temp\n.")]
#[case::doubled("0: PERSID 'C:\\\\q'\n7: STOP", b"PC:\\\\q\n.")]
fn offsets_tell_the_spelling(#[case] listing: &str, #[case] pickle: &[u8]) {
    let assembled = asm(listing).expect(listing);
    assert_eq!(assembled.escape_ascii().to_string(), pickle.escape_ascii().to_string());
}

#[rstest]
#[case("NONE\nNUN", 2, r#"line 2: "NUN" is no opcode"#)]
#[case("    7: z    NONE", 1, r#"line 1: "z" is no opcode"#)]
#[case("K", 1, r#"line 1: "" is no opcode"#)]
#[case("K binint1 5", 1, r#"line 1: "binint1" is no opcode"#)]
#[case("\n\nN STOP", 3, r#"line 3: the code "N" is not STOP's"#)]
#[case("BININT1", 1, "line 1: BININT1 needs an int from 0 to 255")]
#[case("BININT1 256", 1, "line 1: BININT1 needs an int from 0 to 255")]
#[case("BININT1 x", 1, "line 1: BININT1 needs an int from 0 to 255")]
#[case("BININT2 -1", 1, "line 1: BININT2 needs an int from 0 to 65535")]
#[case("BININT 2147483648", 1, "line 1: BININT needs an int of four bytes, signed")]
#[case("LONG_BINGET -1", 1, "line 1: LONG_BINGET needs an int of four bytes, unsigned")]
#[case("FRAME 18446744073709551616", 1, "line 1: FRAME needs an int of eight bytes, unsigned")]
#[case("FRAME -1", 1, "line 1: FRAME needs an int of eight bytes, unsigned")]
#[case("LONG1 1.5", 1, "line 1: LONG1 needs an int")]
#[case("INT 0x10", 1, "line 1: INT needs an int or a bool")]
#[case("LONG True", 1, "line 1: LONG needs an int")]
#[case("FLOAT 'x'", 1, "line 1: FLOAT needs a float")]
#[case("UNICODE abc", 1, "line 1: UNICODE needs a str")]
#[case("STRING '€'", 1, "line 1: STRING needs a str of characters up to U+00FF")]
#[case("GLOBAL 'os'", 1, "line 1: GLOBAL needs a str of a module and a name with a space between them")]
#[case("BINBYTES 'a'", 1, "line 1: BINBYTES needs bytes")]
#[case("BINBYTES b'é'", 1, "line 1: there are other characters than ASCII in a literal")]
#[case("BYTEARRAY8 b'a'", 1, "line 1: BYTEARRAY8 needs a bytearray")]
#[case("UNICODE 'abc", 1, "line 1: the closing quote is missing in a literal")]
#[case("UNICODE 'abc\\", 1, "line 1: the closing quote is missing in a literal")]
#[case(r"UNICODE '\q'", 1, "line 1: there is an unknown escape in a literal")]
#[case(r"BINBYTES b'\u0041'", 1, "line 1: there is an unknown escape in a literal")]
#[case(r"BINBYTES b'\777'", 1, "line 1: an escape is too large in a literal")]
#[case(r"UNICODE '\x+1'", 1, "line 1: an escape has too few digits in a literal")]
#[case(r"UNICODE '\u12é'", 1, "line 1: an escape has too few digits in a literal")]
#[case(r"UNICODE '\U00110000'", 1, "line 1: an escape is too large in a literal")]
#[case("NONE 5", 1, r##"line 1: "5" behind the instruction is no remark: remarks begin with a capital letter or #"##)]
#[case(
    "TUPLE (MARK at 5",
    1,
    r##"line 1: "(MARK at 5" behind the instruction is no remark: remarks begin with a capital letter or #"##
)]
#[case("BININT1 5 raw b'\\5'", 1, "line 1: the raw argument cannot be BININT1's")]
#[case("BINFLOAT raw b'123'", 1, "line 1: the raw argument cannot be BINFLOAT's")]
#[case("GLOBAL 'a b' raw b'ab'", 1, "line 1: the raw argument cannot be GLOBAL's")]
#[case("INT 5 raw b'6'", 1, "line 1: the raw argument means 6")]
#[case("INT 5 raw b'x'", 1, "line 1: the raw argument cannot be INT's")]
#[case("INT 5 raw 6", 1, "line 1: the raw argument cannot be INT's")]
#[case(
    "NONE raw b''",
    1,
    r##"line 1: "raw b''" behind the instruction is no remark: remarks begin with a capital letter or #"##
)]
#[case("INT raw b'1\\n'", 1, "line 1: a newline inside a line argument")]
#[case("PERSID '\u{1f600}'", 1, "line 1: PERSID needs a str of characters up to U+00FF")]
fn errors_say_the_line(#[case] listing: &str, #[case] line: usize, #[case] message: &str) {
    let error = asm(listing).expect_err("malformed");
    assert_eq!((error.line(), error.to_string().as_str()), (line, message));
}

#[rstest]
fn arguments_too_long_for_their_length_are_refused() {
    let error = asm(&format!("NONE\nSHORT_BINBYTES b'{}'\nSTOP", "x".repeat(256))).expect_err("too long");
    assert_eq!(error.to_string(), "line 2: an argument of 256 bytes is too long: 255 is the most");
    let error = asm(&format!("LONG {}", "9".repeat(5000))).expect_err("too long");
    assert_eq!(error.to_string(), "line 1: an integer of 5000 digits exceeds the limit of 4300");
}

/// What 2.7's own `pickletools.dis` prints, which lists also what 3.13's refuses.
///
/// The pickle is `pickle.dumps([u'\xe9', '\xe9', 2**70, 0.1, 2**31], 0)`, the text `pickletools.dis` of it, both 2.7.18.
#[rstest]
fn listings_of_python_2() {
    let listing = include_str!("data/python2.txt");
    let pickle = b"(lp0\nV\xe9\np1\naS'\\xe9'\np2\naL1180591620717411303424L\naF0.1\naI2147483648\na.";
    assert_eq!(asm(listing).expect("a listing").escape_ascii().to_string(), pickle.escape_ascii().to_string());
}

#[rstest]
fn errors_are_a_word_wide_and_can_be_sent() {
    const fn sendable<T: Send + Sync + 'static>() {}
    sendable::<pickle_tools::AsmError>();
    assert_eq!(size_of::<pickle_tools::AsmError>(), size_of::<usize>());
}
