//! Listings against what CPython's pickletools prints: `tests/data/generate_dis.py` wrote the cases.

mod common;

use std::io::BufReader;

use common::{bytes, lines, list, string};
use pickle_opcodes::{ErrorKind as Malformed, Opcode};
use pickle_tools::{DisOptions, Error, ErrorKind, Memo, dis, dis_reader};
use rstest::rstest;
use serde_json::Value;

/// Prints one pickle.
type Print = fn(&[u8], &mut Vec<u8>, DisOptions<'_>) -> Result<u64, Error>;

#[rstest]
#[case::slice(|pickle: &[u8], out: &mut Vec<u8>, options: DisOptions<'_>| dis(pickle, out, options))]
#[case::reader(|pickle: &[u8], out: &mut Vec<u8>, options: DisOptions<'_>| dis_reader(pickle, out, options))]
#[case::reader_of_three_bytes(through_a_narrow_reader)]
fn as_pickletools_prints(#[case] print: Print) {
    let mut runs = 0;
    for case in lines(include_str!("data/dis.jsonl")) {
        let pickles: Vec<_> = list(&case["pickles"]).iter().map(|pickle| bytes(string(pickle))).collect();
        for run in list(&case["runs"]) {
            check(string(&case["name"]), &pickles, run, print);
            runs += 1;
        }
    }
    assert!(runs > 4000, "only {runs} listings");
}

fn check(name: &str, pickles: &[Vec<u8>], run: &Value, print: Print) {
    let [indent, annotate] = ["indent", "annotate"].map(|key| run[key].as_u64().expect("a number") as usize);
    let expected = with_our_sentences(string(&run["text"]));
    let ends = list(&run["ends"]);
    let mut memo = Memo::new();
    let mut text = Vec::new();
    for (pickle, end) in pickles.iter().zip(ends) {
        let options = DisOptions::new().indent_level(indent).annotate(annotate).memo(&mut memo);
        let printed = print(pickle, &mut text, options);
        match end {
            Value::String(exception) => {
                let error = printed.expect_err(name);
                // Python looks at the first line of a pair before it misses the second.
                let half_a_pair = matches!(error.kind(), ErrorKind::Bytes(Malformed::Truncated { .. }))
                    && matches!(error.opcode(), Some(Opcode::Global | Opcode::Inst));
                assert!(raised(error.kind()) == exception || half_a_pair, "{name}: {exception}, {error}");
            }
            _ => assert_eq!(printed.ok(), end.as_u64(), "{name}: where the pickle ends"),
        }
    }
    let text = String::from_utf8(text).expect("a listing is UTF-8");
    assert_eq!(text, expected, "{name}, indented by {indent}, annotated at {annotate}");
}

/// The exception that Python raises where we give an error of this kind.
fn raised(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotAscii { .. } | ErrorKind::NotUtf8 { .. } => "UnicodeDecodeError",
        ErrorKind::Bytes(Malformed::BadEscape { codec: "raw-unicode-escape", .. }) => "UnicodeDecodeError",
        ErrorKind::MarkPopped => "IndexError",
        _ => "ValueError",
    }
}

/// The script has the opcode's name in braces for each annotation.
fn with_our_sentences(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let annotated = line.strip_suffix("}\n").and_then(|line| line.rsplit_once('{'));
        match annotated.and_then(|(before, name)| Some((before, Opcode::from_name(name)?))) {
            Some((before, opcode)) => lines.extend([before, opcode.doc(), "\n"]),
            None => lines.push_str(line),
        }
    }
    lines
}

/// Leaves the reader behind STOP, although its buffer ends elsewhere.
fn through_a_narrow_reader(pickle: &[u8], out: &mut Vec<u8>, options: DisOptions<'_>) -> Result<u64, Error> {
    let behind = b"behind";
    let input = [pickle, behind].concat();
    let mut reader = BufReader::with_capacity(3, if complete(pickle) { input.as_slice() } else { pickle });
    let end = dis_reader(&mut reader, out, options)?;
    let mut rest = Vec::new();
    std::io::Read::read_to_end(&mut reader, &mut rest).expect("a slice can be read");
    assert_eq!(rest, input[end as usize..]);
    Ok(end)
}

fn complete(pickle: &[u8]) -> bool {
    pickle_opcodes::Ops::new(pickle).all(|op| op.is_ok())
}
