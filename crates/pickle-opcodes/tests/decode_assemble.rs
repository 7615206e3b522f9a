//! Decoding and assembling are each other's inverse, and a decoder that runs short says by how much.

use pickle_opcodes::{ArgKind, ErrorKind, Op, Opcode, Ops, Pair, decode};
use rstest::rstest;

/// Arguments at the bounds of each form, as the bytes behind the opcode.
fn arguments(form: ArgKind) -> Vec<Vec<u8>> {
    use ArgKind::*;
    match form {
        Uint1 => fixed::<1>(),
        Uint2 => fixed::<2>(),
        Int4 | Uint4 => fixed::<4>(),
        Uint8 | Float8 => fixed::<8>(),
        String1 | Bytes1 | UnicodeString1 | Long1 => counted(1, &[0, 1, 2, 127, 128, 254, 255]),
        String4 | Bytes4 | UnicodeString4 | Long4 => counted(4, &[0, 1, 255, 256, 65_535, 65_536]),
        Bytes8 | ByteArray8 | UnicodeString8 => counted(8, &[0, 1, 255, 256, 65_535, 65_536]),
        StringNlNoEscapePair => {
            [b"\n\n".as_slice(), b"a\n\n", b"\nb\n", b"os\r\nsystem\0\n", b"\xff\n\x80\n"].map(<[u8]>::to_vec).into()
        }
        StringNl | StringNlNoEscape | UnicodeStringNl | DecimalNlShort | DecimalNlLong | FloatNl => {
            let long = [[b'x'; 70_000].as_slice(), b"\n"].concat();
            let mut lines: Vec<_> = [b"\n".as_slice(), b"1\n", b"'\\n'\r\n", b"\0\xff\n"].map(<[u8]>::to_vec).into();
            lines.push(long);
            lines
        }
    }
}

/// Zero, the smallest, the largest, and the largest and smallest signed.
fn fixed<const N: usize>() -> Vec<Vec<u8>> {
    let with_ends = |first: u8, middle: u8, last: u8| {
        let mut bytes = vec![middle; N];
        bytes[0] = first;
        bytes[N - 1] = last;
        bytes
    };
    vec![vec![0; N], with_ends(1, 0, 0), vec![0xff; N], with_ends(0xff, 0xff, 0x7f), with_ends(0, 0, 0x80)]
}

fn counted(width: usize, lengths: &[u64]) -> Vec<Vec<u8>> {
    let argument = |&length: &u64| {
        let mut bytes = length.to_le_bytes()[..width].to_vec();
        bytes.extend((0..length).map(|position| (position % 251) as u8));
        bytes
    };
    lengths.iter().map(argument).collect()
}

/// Every opcode with every argument at a bound of its form.
fn instructions() -> impl Iterator<Item = (Opcode, Vec<u8>)> {
    Opcode::ALL.into_iter().flat_map(|opcode| {
        let arguments = opcode.arg().map_or_else(|| vec![Vec::new()], arguments);
        arguments.into_iter().map(move |argument| (opcode, [&[opcode.byte()], argument.as_slice()].concat()))
    })
}

#[rstest]
fn every_argument_bound_leads_back() {
    for (opcode, bytes) in instructions() {
        let (op, end) = decode(&bytes, 0).expect("a whole instruction");
        assert_eq!((op.opcode(), end), (opcode, bytes.len()));
        assert_eq!(op.argument().is_some(), opcode.arg().is_some());
        assert_eq!(assembled(&op), bytes);
    }
}

#[rstest]
fn values_are_what_the_bytes_say() {
    let cases: &[(&[u8], Op<'_>)] = &[
        (b"K\xff", Op::BinInt1(255)),
        (b"M\x01\x80", Op::BinInt2(0x8001)),
        (b"J\xfe\xff\xff\xff", Op::BinInt(-2)),
        (b"j\xfe\xff\xff\xff", Op::LongBinGet(0xffff_fffe)),
        (b"\x84\x00\x00\x00\x80", Op::Ext4(i32::MIN)),
        (b"G\x3f\xf8\0\0\0\0\0\0", Op::BinFloat(1.5)),
        (b"\x95\x01\0\0\0\0\0\0\x80", Op::Frame(0x8000_0000_0000_0001)),
        (b"I01\n", Op::Int(b"01")),
        (b"cos\nsystem\n", Op::Global(Pair { module: b"os", name: b"system" })),
        (b"X\x02\0\0\0\xc3\xa9", Op::BinUnicode(b"\xc3\xa9")),
        (b"\x8a\x02\xff\x00", Op::Long1(b"\xff\x00")),
    ];
    for (bytes, op) in cases {
        assert_eq!(decode(bytes, 0), Ok((*op, bytes.len())));
    }
}

/// What a form still wants when only `have` bytes of an argument are there.
fn missing(form: ArgKind, argument: &[u8], have: usize) -> u64 {
    use ArgKind::*;
    let width = match form {
        Uint1 => 1,
        Uint2 => 2,
        Int4 | Uint4 => 4,
        Uint8 | Float8 => 8,
        String1 | Bytes1 | UnicodeString1 | Long1 => 1,
        String4 | Bytes4 | UnicodeString4 | Long4 => 4,
        Bytes8 | ByteArray8 | UnicodeString8 => 8,
        // A line that never ends lacks its newline, wherever that may be.
        _ => return 1,
    };
    let wanted = if have < width { width } else { argument.len() };
    (wanted - have) as u64
}

#[rstest]
fn every_truncation_says_what_is_missing() {
    assert_eq!(decode(b"", 0).map_err(|error| error.into_kind()), Err(ErrorKind::EndOfInput));
    for (opcode, bytes) in instructions() {
        let Some(form) = opcode.arg() else { continue };
        // All of a short instruction; the ends of a long one.
        let cuts = (1..bytes.len()).filter(|&cut| cut < 300 || cut + 300 > bytes.len());
        for cut in cuts {
            let error = decode(&bytes[..cut], 0).expect_err("an argument is missing or short");
            let missing = missing(form, &bytes[1..], cut - 1);
            assert_eq!(error.kind(), &ErrorKind::Truncated { missing }, "{opcode} cut to {cut} of {}", bytes.len());
            assert_eq!((error.offset(), error.opcode()), (0, Some(opcode)));
        }
    }
}

#[rstest]
fn truncated_pickles_end_in_one_error() {
    let mut random = Random(1);
    for _ in 0..40 {
        let (pickle, starts) = random.pickle();
        let whole: Vec<_> = Ops::new(&pickle).map(|op| op.expect("a whole pickle").0).collect();
        assert_eq!(whole, starts);
        for cut in 0..pickle.len() {
            let mut ops = Ops::new(&pickle[..cut]);
            let read = ops.by_ref().take_while(Result::is_ok).count();
            assert!(ops.next().is_none(), "an iterator that has failed is at its end");
            // The instruction that holds the cut, or begins there, is the one that fails.
            let failing = starts.iter().rposition(|&start| start <= cut).expect("the first starts at zero");
            assert_eq!(read, failing);
            let error = decode(&pickle[..cut], starts[failing]).expect_err("it is not whole");
            let at_boundary = starts[failing] == cut;
            assert_eq!(*error.kind() == ErrorKind::EndOfInput, at_boundary, "cut at {cut}: {error}");
            assert_eq!(matches!(error.kind(), ErrorKind::Truncated { .. }), !at_boundary, "cut at {cut}: {error}");
        }
    }
}

#[rstest]
fn random_pickles_lead_back() {
    let mut random = Random(2);
    for _ in 0..300 {
        let (pickle, _) = random.pickle();
        let mut copy = Vec::new();
        for op in Ops::new(&pickle) {
            op.expect("a whole pickle").1.assemble(&mut copy).expect("what was decoded can be written");
        }
        assert_eq!(copy, pickle);
    }
}

/// Any bytes: no panic, offsets that grow, and identical bytes as far as the reading went.
#[rstest]
fn random_bytes_never_panic() {
    let mut random = Random(3);
    for _ in 0..20_000 {
        let length = random.below(40);
        let input: Vec<u8> = (0..length).map(|_| random.byte()).collect();
        let mut ops = Ops::new(&input);
        let mut copy = Vec::new();
        while let Some(Ok((offset, op))) = ops.next() {
            assert_eq!(offset, copy.len());
            op.assemble(&mut copy).expect("what was decoded can be written");
            assert_eq!(ops.offset(), copy.len());
        }
        assert!(input.starts_with(&copy));
    }
}

#[rstest]
#[case::empty(b"", 0, ErrorKind::EndOfInput)]
#[case::behind_the_end(b"N.", 7, ErrorKind::EndOfInput)]
#[case::unknown(b"N\xff.", 1, ErrorKind::UnknownOpcode(0xff))]
#[case::nul(b"\0", 0, ErrorKind::UnknownOpcode(0))]
#[case::negative_string(b"T\xff\xff\xff\xff.", 0, ErrorKind::NegativeLength { length: -1 })]
#[case::negative_long(b"\x8b\0\0\0\x80.", 0, ErrorKind::NegativeLength { length: i32::MIN })]
#[case::claims_4_gib(b"X\xff\xff\xff\xffabc", 0, ErrorKind::Truncated { missing: 0xffff_fffc })]
#[case::claims_everything(b"\x8e\xff\xff\xff\xff\xff\xff\xff\xffab", 0, ErrorKind::Truncated { missing: u64::MAX - 2 })]
#[case::second_line(b"cos\nsystem", 0, ErrorKind::Truncated { missing: 1 })]
fn decode_errors(#[case] input: &[u8], #[case] offset: usize, #[case] kind: ErrorKind) {
    let error = decode(input, offset).expect_err("malformed");
    assert_eq!(error.kind(), &kind);
    assert_eq!(error.offset(), offset);
}

#[rstest]
#[case::line(Op::Int(b"1\n2"), ErrorKind::NewlineInLine)]
#[case::only_a_newline(Op::PersId(b"\n"), ErrorKind::NewlineInLine)]
#[case::first_of_a_pair(Op::Global(Pair { module: b"a\nb", name: b"c" }), ErrorKind::NewlineInLine)]
#[case::second_of_a_pair(Op::Inst(Pair { module: b"a", name: b"b\n" }), ErrorKind::NewlineInLine)]
#[case::short_bytes(Op::ShortBinBytes(&[0; 256]), ErrorKind::ArgumentTooLong { length: 256, limit: 255 })]
#[case::short_string(Op::ShortBinString(&[0; 256]), ErrorKind::ArgumentTooLong { length: 256, limit: 255 })]
#[case::short_text(Op::ShortBinUnicode(&[b'a'; 300]), ErrorKind::ArgumentTooLong { length: 300, limit: 255 })]
#[case::short_long(Op::Long1(&[1; 256]), ErrorKind::ArgumentTooLong { length: 256, limit: 255 })]
fn assemble_errors_append_nothing(#[case] op: Op<'_>, #[case] kind: ErrorKind) {
    let mut out = b"before".to_vec();
    let error = op.assemble(&mut out).expect_err("it cannot be written");
    assert_eq!(error.kind(), &kind);
    assert_eq!((error.offset(), error.opcode()), (6, Some(op.opcode())));
    assert_eq!(out, b"before");
}

#[rstest]
#[case(b"X\x05\0\0\0ab", "pickle data was truncated: at least 3 more bytes needed (BINUNICODE at byte 0)")]
#[case(b"I12", "pickle data was truncated: at least 1 more byte needed (INT at byte 0)")]
#[case(b"", "ran out of input where an opcode should be (at byte 0)")]
#[case(b"\xfe", "0xfe is no opcode (at byte 0)")]
fn messages(#[case] input: &[u8], #[case] message: &str) {
    assert_eq!(decode(input, 0).expect_err("malformed").to_string(), message);
}

#[rstest]
fn errors_are_a_word_wide() {
    assert_eq!(size_of::<pickle_opcodes::Error>(), size_of::<usize>());
}

fn assembled(op: &Op<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    op.assemble(&mut out).expect("what was decoded can be written");
    out
}

/// SplitMix64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn byte(&mut self) -> u8 {
        self.next() as u8
    }

    /// Some instructions with small random arguments and a STOP, and where each begins.
    fn pickle(&mut self) -> (Vec<u8>, Vec<usize>) {
        let (mut pickle, mut starts) = (Vec::new(), Vec::new());
        for _ in 0..self.below(30) {
            let opcode = Opcode::ALL[self.below(Opcode::ALL.len())];
            if opcode == Opcode::Stop {
                continue;
            }
            starts.push(pickle.len());
            pickle.push(opcode.byte());
            if let Some(form) = opcode.arg() {
                self.argument(form, &mut pickle);
            }
        }
        starts.push(pickle.len());
        pickle.push(Opcode::Stop.byte());
        (pickle, starts)
    }

    fn argument(&mut self, form: ArgKind, out: &mut Vec<u8>) {
        use ArgKind::*;
        let length = self.below(20);
        match form {
            Uint1 => self.bytes(1, out),
            Uint2 => self.bytes(2, out),
            Int4 | Uint4 => self.bytes(4, out),
            Uint8 | Float8 => self.bytes(8, out),
            String1 | Bytes1 | UnicodeString1 | Long1 => {
                out.push(length as u8);
                self.bytes(length, out);
            }
            String4 | Bytes4 | UnicodeString4 | Long4 => {
                out.extend((length as u32).to_le_bytes());
                self.bytes(length, out);
            }
            Bytes8 | ByteArray8 | UnicodeString8 => {
                out.extend((length as u64).to_le_bytes());
                self.bytes(length, out);
            }
            StringNlNoEscapePair => {
                self.line(length, out);
                self.line(length, out);
            }
            _ => self.line(length, out),
        }
    }

    fn bytes(&mut self, count: usize, out: &mut Vec<u8>) {
        out.extend((0..count).map(|_| self.byte()));
    }

    fn line(&mut self, count: usize, out: &mut Vec<u8>) {
        out.extend((0..count).map(|_| self.byte()).filter(|&byte| byte != b'\n'));
        out.push(b'\n');
    }
}
