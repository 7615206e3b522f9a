//! What is written by the rules: the bytes are those of CPython 3.13.0.

use std::fs;
use std::path::Path;

use marshal_lite::pyc::Header;
use marshal_lite::{GraphHost, ReadOptions, Reader, Release, Sharing, WriteOptions, from_slice, to_vec};
use pickle_value::{Builder, Graph};

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).expect("the file is there")
}

/// Each name is an object of its own in what has no references; CPython interns them.
#[test]
fn names_that_are_equal_are_one() {
    let data = file("unshared.marshal");
    let graph = from_slice(&data).expect("it can be read");
    assert_eq!(to_vec(&graph).expect("it can be written"), file("shared.marshal"));
}

/// Names of a module that are not written as most are: `marshal.dumps(compile(source, 'f', 'exec'))`, in which names have 33,
/// 65 and 300 characters, and one and 40 that are not ASCII.
#[test]
fn names_may_be_long() {
    let data = file("long-names.marshal");
    let graph = from_slice(&data).expect("it can be read");
    assert_eq!(to_vec(&graph).expect("it can be written"), data);
}

/// Sets of a module, the items of which are in another order where they are read.
#[test]
fn the_items_of_sets_are_in_the_order_of_their_bytes() {
    let expected = file("sets.marshal");
    let mut data = expected.clone();
    for pair in [[b"\xda\x02aa", b"\xda\x02cc"], [b"\xda\x02bb", b"\xda\x02dd"], [b"\xda\x02ee", b"\xda\x02ff"]] {
        let [one, other] = pair.map(|name| data.windows(4).position(|window| window == name).expect("it is there"));
        data.swap(one + 2, other + 2);
        data.swap(one + 3, other + 3);
    }
    assert_ne!(data, expected);
    for data in [&data, &expected] {
        let graph = from_slice(data).expect("it can be read");
        assert_eq!(to_vec(&graph).expect("it can be written"), expected);
        let general = WriteOptions::new().size_limit(usize::MAX).to_vec(&graph);
        assert_eq!(general.expect("it can be written"), expected);
    }
}

#[test]
fn nothing_is_shared_where_that_is_asked_for() {
    let [unshared, shared] = ["unshared.marshal", "shared.marshal"].map(file);
    let shared_size = shared.len();
    let [unshared, shared] = [&unshared, &shared].map(|data| from_slice(data).expect("it can be read"));
    let options = WriteOptions::new().sharing(Sharing::Never);
    let written = options.to_vec(&shared).expect("it can be written");
    assert_eq!(options.to_vec(&unshared).expect("it can be written"), written);
    assert!(written.len() > shared_size);
}

fn graph(
    build: impl FnOnce(&mut Builder<'static>) -> Result<pickle_value::Handle, pickle_value::Error>,
) -> Graph<'static> {
    let mut builder = Builder::new();
    let root = build(&mut builder).expect("it can be built");
    builder.finish(root)
}

/// `marshal.dumps(make())`, which makes `one`, `pair = (one, 2000)` and `again` and gives `[one, pair, [pair], again, again]`:
/// what comes again has the flag, and what is between has no number.
#[test]
fn what_comes_again_is_flagged_in_the_end() {
    let graph = graph(|builder| {
        let int = builder.int32(2000);
        let one = builder.bytes(b"ab")?;
        let pair = builder.tuple(&[one, int])?;
        let inner = builder.list(&[pair])?;
        let again = builder.bytes(b"cd")?;
        builder.list(&[one, pair, inner, again, again])
    });
    assert_eq!(
        to_vec(&graph).expect("it can be written"),
        b"[\x05\0\0\0\xf3\x02\0\0\0ab\xa9\x02r\0\0\0\0i\xd0\x07\0\0[\x01\0\0\0r\x01\0\0\0\xf3\x02\0\0\0cdr\x02\0\0\0"
    );
}

/// `marshal.dumps([0.0, 1.0, …])`, which takes more room than a graph that came from nowhere lets foresee: by the rules and by a
/// record.
#[test]
fn what_takes_more_room_than_foreseen_is_written() {
    let floats = || (0..2_000_u32).map(f64::from);
    let items: Vec<u8> = floats().flat_map(|value| [&b"g"[..], &value.to_le_bytes()].concat()).collect();
    let data = [&b"[\xd0\x07\0\0"[..], &items].concat();
    let graph = graph(|builder| {
        let items: Result<Vec<_>, _> = floats().map(|value| builder.float(value)).collect();
        builder.list(&items?)
    });
    assert!(graph.size_hint() + 1_000 < data.len());
    assert_eq!(to_vec(&graph).expect("it can be written"), data);
    let (_, record) = ReadOptions::new().from_slice_recorded(&data).expect("it can be read");
    assert_eq!(record.to_vec(&graph).expect("it can be written"), data);
}

/// The same graph without a note of which objects are shared, so that who writes it counts.
fn without_note(data: &[u8], start: usize, release: Release) -> Graph<'_> {
    let mut host = GraphHost::new(Builder::with_input(data), release);
    let (root, _) = Reader::new(release).read(&mut host, data, start).expect("it was read before");
    let graph = host.into_builder().finish(root);
    assert!(graph.shared().is_none());
    graph
}

/// What is written at one go is what is written in general, which a size limit asks for: of compiled modules, whole and with
/// a byte changed, by the rules of each release; with and without the reader's note of which objects are shared.
#[test]
fn both_ways_of_writing_agree() {
    for release in ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"] {
        let mut data = file(&format!("{release}.pyc"));
        let (_, release, start) = Header::from_slice(&data).expect("it has a header");
        let (read, write) = (ReadOptions::new().release(release), WriteOptions::new().release(release));
        let compare = |data: &[u8]| {
            let Ok((graph, _, record)) = read.from_slice_recorded_at(data, start) else {
                return false;
            };
            let general = write.clone().size_limit(usize::MAX).to_vec(&graph).ok();
            assert_eq!(write.to_vec(&graph).ok(), general);
            assert_eq!(write.to_vec(&without_note(data, start, release)).ok(), general);
            // A key that came twice is gone.
            if let Ok(written) = record.to_vec(&graph) {
                assert!(data[start..].starts_with(&written));
            }
            true
        };
        let (whole, _) = read.from_slice_at(&data, start).expect("it can be read");
        assert_eq!(whole.shared().is_some(), !release.is_python2());
        drop(whole);
        assert!(compare(&data));
        let mut readable = 0;
        for at in start..data.len() {
            let byte = data[at];
            for wrong in [byte ^ 0x80, byte.wrapping_add(1), b'N', b'a'] {
                data[at] = wrong;
                readable += u32::from(compare(&data));
            }
            data[at] = byte;
        }
        assert!(readable > 100, "{readable} can be read");
    }
}
