//! `pickle json` and `pickle from-json`. What they write is compared with CPython in `pickle-tools/tests/json.rs`; here is how
//! the command goes about it. Expected texts are json.dumps's of CPython 3.13, with the arguments beside them.

use std::fs;

use rstest::rstest;

use crate::{Run, pickle, pickle_with, read};

#[rstest]
// json.dumps(bob)
#[case(&[], r#"{"name": "bob", "age": 20, "score": 88}"#)]
// indent=2
#[case(&["--indent", "2"], "{\n  \"name\": \"bob\",\n  \"age\": 20,\n  \"score\": 88\n}")]
// indent=-1
#[case(&["--indent", "-1"], "{\n\"name\": \"bob\",\n\"age\": 20,\n\"score\": 88\n}")]
// indent="\t", sort_keys=True
#[case(&["--tab", "--sort-keys"], "{\n\t\"age\": 20,\n\t\"name\": \"bob\",\n\t\"score\": 88\n}")]
// separators=(',', ':')
#[case(&["--compact"], r#"{"name":"bob","age":20,"score":88}"#)]
// separators=(' ; ', ' = ')
#[case(&["--separators", " ; ", " = "], r#"{"name" = "bob" ; "age" = 20 ; "score" = 88}"#)]
fn flags(#[case] args: &[&str], #[case] text: &str) {
    let args = [&["json", "bob.4.pkl"], args].concat();
    assert_eq!(pickle(args), Run::of(0, format!("{text}\n"), ""));
}

#[rstest]
#[case("[1, {2: b'x'}]", &[], "<stdin>: [1][2]: Object of type bytes is not JSON serializable\n")]
#[case("{(1,): 2}", &[], "<stdin>: [(1,)]: keys must be str, int, float, bool or None, not tuple\n")]
#[case("{'a': 1, 2: 3}", &["--sort-keys"], "<stdin>: '<' not supported between instances of 'int' and 'str'\n")]
#[case("[1e999]", &["--no-allow-nan"], "<stdin>: [0]: Out of range float values are not JSON compliant: inf\n")]
#[case("['abc', []]", &["--max-json", "4"], "<stdin>: this is more than 4 bytes of JSON, which is the limit\n")]
fn what_json_refuses(#[case] literal: &str, #[case] args: &[&str], #[case] message: &str) {
    let made = pickle(["make", literal]);
    assert_eq!(pickle_with(&made.stdout, [&["json", "-"], args].concat()), Run::of(1, "", message));
}

#[test]
fn ints_have_a_limit_of_digits() {
    let digits = "7".repeat(700);
    let made = pickle(["make", &digits]);
    let message = "<stdin>: Exceeds the limit (640 digits) for integer string conversion\n";
    assert_eq!(pickle_with(&made.stdout, ["json", "--max-digits", "640", "-"]), Run::of(1, "", message));
    assert_eq!(pickle_with(&made.stdout, ["json", "-"]), Run::of(0, format!("{digits}\n"), ""));
}

#[test]
fn keys_that_are_skipped_and_characters_that_are_kept() {
    let made = pickle(["make", "{b'k': 1, 'é': 'ü'}"]);
    // json.dumps(x, skipkeys=True, ensure_ascii=False)
    let run = pickle_with(&made.stdout, ["json", "--skipkeys", "--no-ensure-ascii", "-"]);
    assert_eq!(run, Run::of(0, "{\"é\": \"ü\"}\n", ""));
}

#[rstest]
#[case(&["--indent", "2", "--tab"])]
#[case(&["--compact", "--tab"])]
#[case(&["--compact", "--separators", "a", "b"])]
#[case(&["--json-lines", "--indent", "2"])]
#[case(&["--class", "int"])]
#[case(&["--class", "a.b=set"])]
fn arguments_that_do_not_fit(#[case] args: &[&str]) {
    assert_eq!(pickle([&["json", "bob.4.pkl"], args].concat()).status, 2);
}

#[test]
fn several_pickles_are_lines() {
    let lines = "[1, 2]\n\"two\"\n[3, 3.5]\n";
    assert_eq!(pickle(["json", "--json-lines", "several.pkl"]), Run::of(0, lines, ""));
    assert_eq!(pickle(["json", "--all", "several.pkl"]), Run::of(0, lines, ""));
    assert_eq!(pickle(["json", "--json-lines", "--nth", "1", "several.pkl"]), Run::of(0, "\"two\"\n", ""));
    let back = pickle_with(lines.as_bytes(), ["from-json", "--json-lines", "-"]);
    assert_eq!(pickle_with(&back.stdout, ["json", "--json-lines", "-"]), Run::of(0, lines, ""));
    let broken = pickle_with(b"1\n\n2\n", ["from-json", "--json-lines", "-"]);
    assert_eq!(
        (broken.status, broken.stderr.as_str()),
        (1, "<stdin>: line 2: Expecting value: line 1 column 1 (char 0)\n")
    );
}

#[test]
fn python_2_strings_take_an_encoding() {
    let run = pickle_with(b"U\x01\xe9.", ["json", "--encoding", "latin1", "-"]);
    assert_eq!(run, Run::of(0, "\"\\u00e9\"\n", ""));
}

#[test]
fn the_bytes_of_pickle_dumps() {
    let text = br#"{"a": [1, 2.5, null], "b": {"a": "x"}}"#;
    // pickle.dumps(json.loads(text), 2)
    let expected =
        b"\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01G@\x04\x00\x00\x00\x00\x00\x00NeX\x01\x00\x00\x00b\
        q\x03}q\x04h\x01X\x01\x00\x00\x00xq\x05su.";
    assert_eq!(pickle_with(text, ["from-json", "-p", "2", "-"]), Run::of(0, &expected[..], ""));
}

#[test]
fn a_file_stays_as_it_was_where_the_text_is_broken() {
    let folder = tempfile::tempdir().expect("a folder");
    let [text, path] = ["d.json", "d.pkl"].map(|name| folder.path().join(name));
    fs::write(&text, "[1,]").expect("a file");
    fs::write(&path, "before").expect("a file");
    let [text_name, name] = [&text, &path].map(|path| path.to_str().expect("text"));
    let run = pickle(["from-json", text_name, "-o", name]);
    let message = format!("{text_name}: Illegal trailing comma before end of array: line 1 column 3 (char 2)\n");
    assert_eq!(run, Run::of(1, "", message));
    assert_eq!(fs::read(&path).expect("the file"), b"before");
}

#[rstest]
fn the_tagged_form_is_a_pickle_again(#[values(0, 1, 2, 3, 4, 5)] protocol: u8) {
    let name = format!("mixed.{protocol}.pkl");
    let tagged = pickle(["json", "--tagged", &name]);
    assert_eq!(tagged.status, 0, "{tagged:?}");
    let number = protocol.to_string();
    let back = pickle_with(&tagged.stdout, ["from-json", "--tagged", "-p", &number, "-"]);
    assert_eq!(back, pickle(["transcode", "-p", &number, &name]));
    assert_eq!(back.stdout, read(&name));
}
