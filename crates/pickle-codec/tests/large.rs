//! Items of 4 GiB and more, and graphs that outlive their input.

use std::io::{BufReader, Read, Write, repeat};

use pickle_codec::value::Kind;
use pickle_codec::{DumpOptions, Graph, from_reader, from_slice};

const LENGTH: u64 = (1 << 32) + 1;

/// Zeroes, but for the last byte.
fn bytes_of(length: u64) -> impl Read {
    let header = [&b"\x80\x04\x8e"[..], &length.to_le_bytes()].concat();
    std::io::Cursor::new(header).chain(repeat(0).take(length - 1)).chain(&b"\x07."[..])
}

fn check(length: u64) {
    let graph = from_reader(BufReader::with_capacity(1 << 20, bytes_of(length))).expect("it fits into memory");
    let root = graph.root();
    assert_eq!((root.kind(), root.len().map(|length| length as u64)), (Kind::Bytes, Some(length)));
    let bytes = root.as_bytes().expect("they are bytes");
    assert_eq!((bytes[0], bytes.last()), (0, Some(&7)));
    let mut written = Sink::default();
    DumpOptions::new().protocol(4).to_writer(&mut written, &graph).expect("it can be written");
    // A frame of PROTO alone, the payload apart, and a MEMOIZE behind it, as CPython 3.7 and newer write it.
    assert_eq!(written.length, length + 2 + 9 + 2);
    assert_eq!(written.head, [&b"\x80\x04\x8e"[..], &length.to_le_bytes()].concat());
    assert_eq!(written.tail, b"\0\0\0\0\0\x07\x94.");
    assert_eq!(written.sum, 7 + written.edges(&[0x80, 0x04, 0x8e]) + 0x94 + u64::from(b'.'));
}

#[test]
#[ignore = "takes 4.3 GB of memory and 12 s"]
fn bytes_above_4_gib_are_read_and_written() {
    check(LENGTH);
}

/// The same with fewer bytes: what the ignored test asserts is true of it, too.
#[test]
fn bytes_with_an_8_byte_length_are_read() {
    let graph = from_reader(BufReader::new(bytes_of(1 << 20))).expect("it is a pickle");
    assert_eq!(graph.root().len(), Some(1 << 20));
}

#[test]
fn a_graph_outlives_its_input() -> Result<(), pickle_codec::Error> {
    let input = b"\x80\x04]\x94(\x8c\x05first\x94C\x03two\x94e.".to_vec();
    let graph: Graph<'static> = from_slice(&input)?.into_owned();
    drop(input);
    let printed = std::thread::spawn(move || graph.to_string()).join().expect("it can be sent");
    assert_eq!(printed, "['first', b'two']");
    Ok(())
}

#[test]
fn a_graph_that_was_read_from_a_file_is_its_own() -> Result<(), pickle_codec::Error> {
    let graph: Graph<'static> = {
        let file = b"\x80\x04\x8c\x05first\x94.".to_vec();
        pickle_codec::LoadOptions::new().stream(&file[..]).next().expect("there is a pickle")?
    };
    assert_eq!(graph.root().as_str(), Some("first"));
    Ok(())
}

#[test]
fn a_graph_is_read_by_several_threads_at_once() {
    let pickle: Vec<u8> = (0..1000_u16).flat_map(|key| [b"M", &key.to_le_bytes()[..], b"N"].concat()).collect();
    let graph = from_slice(&[b"}(", &pickle[..], b"u."].concat()).expect("it is a pickle").into_owned();
    std::thread::scope(|scope| {
        for start in 0..4 {
            let graph = &graph;
            scope.spawn(move || {
                for key in (start..1000).step_by(4) {
                    assert!(graph.root().get(key).is_none(), "{key}");
                }
                assert!(graph.root().get(1000).is_absent());
            });
        }
    });
}

/// Keeps the ends of what is written, and counts the rest.
#[derive(Default)]
struct Sink {
    length: u64,
    sum: u64,
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Sink {
    /// The sum of the bytes before the payload.
    fn edges(&self, start: &[u8]) -> u64 {
        let length = &self.head[start.len()..];
        start.iter().chain(length).map(|&byte| u64::from(byte)).sum()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.length += bytes.len() as u64;
        self.sum += bytes.iter().map(|&byte| u64::from(byte)).sum::<u64>();
        let room = 11 - self.head.len().min(11);
        self.head.extend_from_slice(&bytes[..room.min(bytes.len())]);
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(8)..]);
        self.tail.drain(..self.tail.len().saturating_sub(8));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
