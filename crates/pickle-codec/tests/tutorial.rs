//! The classic tutorial: dump a dict to a file, close it, load it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};

use pickle_codec::value::py;
use pickle_codec::{DumpOptions, LoadOptions, from_reader, from_slice, to_writer};
use rstest::rstest;

/// By CPython 3: `pickle.dumps(dict(age=20, score=88, name='bob'), 3)`.
const BOB: &[u8] = b"\x80\x03}q\x00(X\x03\x00\x00\x00ageq\x01K\x14X\x05\x00\x00\x00scoreq\x02KXX\x04\x00\x00\x00nameq\x03X\x03\x00\x00\x00bobq\x04u.";

#[test]
fn what_was_dumped_to_a_file_is_loaded_from_it() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("d.pkl");
    let bob = py!({"name": "bob", "age": 20, "score": 88});
    let mut file = BufWriter::new(File::create(&path)?);
    to_writer(&mut file, &bob)?;
    file.into_inner()?.sync_all()?;

    let read = from_reader(BufReader::new(File::open(&path)?))?;
    assert_eq!(read, bob);
    assert_eq!(read.to_string(), "{'name': 'bob', 'age': 20, 'score': 88}");
    Ok(())
}

#[test]
fn a_file_that_is_not_flushed_is_empty() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("d.pkl");
    let mut file = BufWriter::with_capacity(1 << 16, File::create(&path)?);
    to_writer(&mut file, &py!({"name": "bob", "age": 20, "score": 88}))?;

    let error = from_reader(BufReader::new(File::open(&path)?)).expect_err("the file is empty yet");
    assert!(error.is_end_of_input() && !error.is_truncated(), "{error}");
    assert_eq!(error.to_string(), "ran out of input where an opcode should be (at byte 0)");

    file.flush()?;
    assert!(from_reader(BufReader::new(File::open(&path)?)).is_ok());
    Ok(())
}

#[rstest]
#[case::alone(b"")]
#[case::with_a_space_behind(b" ")]
fn a_pickle_is_read_in_its_order_and_written_back(#[case] behind: &[u8]) -> Result<(), pickle_codec::Error> {
    let file = [BOB, behind].concat();
    let (graph, size) = LoadOptions::new().from_prefix(&file)?;
    let keys: Vec<_> = graph.root().entries().filter_map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["age", "score", "name"]);
    assert_eq!(graph.root(), py!({"name": "bob", "age": 20, "score": 88}).root());
    assert_eq!(&file[size..], behind);
    assert_eq!(DumpOptions::new().protocol(3).to_vec(&graph)?, BOB);
    assert_eq!(DumpOptions::new().protocol(3).to_vec(&from_slice(&file)?)?, BOB);
    assert_eq!(DumpOptions::new().protocol(3).to_vec(&from_reader(&file[..])?)?, BOB);
    Ok(())
}
