//! Texts to be read: some that were made for the purpose, and those with something broken in them.

use pickle_value::{Builder, Graph, Handle, Value};
use sha2::{Digest, Sha256};

/// Each is a rule, an edge or a trap of the format.
const WHOLE: [&str; 64] = [
    "",
    " ",
    "null",
    " \t\r\n true \n",
    "nul",
    "NaN",
    "[NaN, Infinity, -Infinity]",
    "-",
    "-Infinit",
    "Infinit",
    "Na",
    "-0",
    "-0.0",
    "00",
    "-01",
    "1.",
    "1.e5",
    ".5",
    "1e",
    "1e+",
    "1E400",
    "-1e-400",
    "1e5",
    "0.1e1",
    "123456789012345678901234567890",
    "-9223372036854775808",
    "9223372036854775808",
    "281474976710656",
    "4.9406564584124654e-324",
    "2.2250738585072011e-308",
    "0.30000000000000004",
    "[]",
    "[1, 2.5, \"x\", [], {}, null]",
    "[1,]",
    "[1 2]",
    "[",
    "[1",
    "[1,",
    "]",
    "{}",
    "{\"a\": 1, \"b\": {\"a\": 2, \"b\": [{\"a\": 3}]}}",
    "{\"key\": 1, \"other\": 2, \"key\": 3}",
    "[{\"name\": \"name\"}, {\"name\": \"name\"}, \"name\"]",
    "{\"a\":1,}",
    "{\"a\" 1}",
    "{\"a\":}",
    "{a: 1}",
    "{1: 2}",
    "{",
    "{\"a\"",
    "{\"a\":1",
    "{\"a\":1,",
    "\"\\u00e9\\ud83d\\ude00\\ud83d\\ud83d\\ude00 \\ude00 \\ud800\"",
    "\"\\ud83d\\u00zz\"",
    "\"\\ud83d\\u\"",
    "\"\\ud83d\\",
    "\"\\u12",
    "\"\\q\"",
    "\"\\/\\b\\f\\n\\r\\t\\\\\\\"\"",
    "\"a\tb\"",
    "\"\u{7f}\u{e9}\u{20ac}\u{1f600}\"",
    "\"abc",
    "[\"\", \"a\", \"\u{e9}\", \"\u{100}\", \"a\", \"\"]",
    "{\"\": 1, \"a\": {\"\": 2, \"a\": 3, \"\u{e9}\u{e9}\": 4}}\n\nx",
];

/// What breaking puts in.
const PIECES: [&[u8]; 26] = [
    b"\"",
    b"\\",
    b"\\u",
    b"\\ud83d",
    b"\\ude00",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b":",
    b" ",
    b"\n",
    b"\t",
    b"-",
    b"0",
    b"1",
    b".",
    b"e",
    b"+",
    b"NaN",
    b"null",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xed\xa0\xbd",
    b"\xc3\xa9",
];

/// All of them: whole ones in all encodings, then as many broken ones.
pub(crate) fn all(seed: &str, broken: usize) -> Vec<Vec<u8>> {
    let long = ["9".repeat(4300), "9".repeat(4301), format!("-{}", "1".repeat(4300))];
    let deep = "[".repeat(500) + &"]".repeat(500);
    let whole = WHOLE.iter().map(|text| (*text).to_owned()).chain(long).chain([deep]);
    let mut texts: Vec<Vec<u8>> = whole.flat_map(|text| encoded(&text)).collect();
    let whole = texts.len();
    let mut chance = Chance { seed: seed.to_owned(), number: 0 };
    for _ in 0..broken {
        let mut text = texts[chance.below(whole)].clone();
        for _ in 0..=chance.below(3) {
            let at = chance.below(text.len() + 1);
            match chance.below(3) {
                0 => text.truncate(at),
                1 if at < text.len() => {
                    text.remove(at);
                }
                _ => {
                    text.splice(at..at, PIECES[chance.below(PIECES.len())].iter().copied());
                }
            }
        }
        texts.push(text);
    }
    texts
}

/// In UTF-8, UTF-16 and UTF-32, with a byte order mark and without.
fn encoded(text: &str) -> Vec<Vec<u8>> {
    let mut all = vec![text.as_bytes().to_vec()];
    for mark in ["", "\u{feff}"] {
        let text = format!("{mark}{text}");
        all.push(text.as_bytes().to_vec());
        all.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        all.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        all.push(text.chars().flat_map(|point| u32::from(point).to_le_bytes()).collect());
        all.push(text.chars().flat_map(|point| u32::from(point).to_be_bytes()).collect());
    }
    all
}

/// Numbers that are the same in each run.
struct Chance {
    seed: String,
    number: u64,
}

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.number += 1;
        let hash = Sha256::digest(format!("{}/{}", self.seed, self.number));
        let number = u64::from_le_bytes(hash[..8].try_into().expect("a hash is longer"));
        (number % limit.max(1) as u64) as usize
    }
}

/// The fault of a reader that does not keep keys: each str is an object of its own.
pub(crate) fn with_own_keys(graph: &Graph<'_>) -> Graph<'static> {
    let mut builder = Builder::new();
    let root = graph.root().handle().unwrap_or(Handle::NONE);
    let root = copied(graph, root, &mut builder).unwrap_or(Handle::NONE);
    builder.finish(root)
}

/// Texts here are not deep.
fn copied(graph: &Graph<'_>, handle: Handle, builder: &mut Builder<'_>) -> Result<Handle, pickle_value::Error> {
    match graph.value(handle) {
        Value::Text(text) => builder.text_from_utf8(text.as_bytes()),
        Value::BigInt(bytes) => builder.int_from_le_bytes(bytes),
        Value::List(items) | Value::Dict(items) => {
            let copies = items.iter().map(|&item| copied(graph, item, builder)).collect::<Result<Vec<_>, _>>()?;
            match graph.value(handle) {
                Value::Dict(_) => builder.dict(&copies),
                _ => builder.list(&copies),
            }
        }
        _ => Ok(handle),
    }
}
