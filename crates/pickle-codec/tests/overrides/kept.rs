//! One memo for several pickles.

use pickle_codec::{DumpOptions, Implementation, LoadOptions, Pickler, Profile, Unpickler};

use super::data::{bytes, part};

/// `pickler.dump(x)` for each item of a list, and then for the list itself; the same once more after `clear_memo`.
#[test]
fn a_memo_that_stays_gives_the_bytes_of_cpython() {
    for case in part("kept") {
        let pickler = if case["pickler"] == "C" { Implementation::C } else { Implementation::Python };
        let protocol = case["protocol"].as_u64().expect("a protocol") as u8;
        let plain = bytes(&case["plain"]);
        let graph = LoadOptions::new().from_slice(&plain).expect("a pickle");
        let profile = Profile::default().with_pickler(pickler);
        let mut stream = Vec::new();
        let mut ours = Pickler::new(&mut stream, DumpOptions::new().protocol(protocol).profile(profile));
        for item in graph.root().items() {
            ours.dump_part(&graph, item).expect("it can be pickled");
        }
        ours.dump(&graph).expect("it can be pickled");
        assert_eq!(u64::from(ours.memo_len()), case["entries"].as_u64().expect("a number"), "{case}");
        assert!(ours.memo(&graph, graph.root()).is_some_and(|number| number < ours.memo_len()));
        ours.clear_memo();
        ours.dump(&graph).expect("it can be pickled");
        assert_eq!(stream.escape_ascii().to_string(), bytes(&case["stream"]).escape_ascii().to_string(), "{case}");
    }
}

/// What such a stream holds is read by one unpickler, and is the same objects.
#[test]
fn a_memo_that_stays_is_read() {
    for case in part("kept") {
        let stream = bytes(&case["stream"]);
        let plain = bytes(&case["plain"]);
        let list = LoadOptions::new().from_slice(&plain).expect("a pickle");
        let ends = case["ends"].as_array().expect("positions").iter().map(|end| end.as_u64().expect("a position"));
        let mut unpickler = Unpickler::new(&stream[..], LoadOptions::new());
        let mut values = Vec::new();
        for end in ends {
            values.push(unpickler.load().expect("one more pickle"));
            assert_eq!(unpickler.position(), end, "{case}");
            if values.len() == list.root().len().expect("a list") + 1 {
                unpickler.clear_memo();
            }
        }
        assert!(unpickler.load().expect_err("that was all").is_end_of_input());
        let graph = unpickler.into_graph().expect("a graph");
        let (anew, values) = values.split_last().expect("values");
        let (all, items) = values.split_last().expect("values");
        for (item, handle) in graph.view(*all).items().zip(items) {
            assert!(item.is(graph.view(*handle)), "{case}");
        }
        assert_eq!(graph.view(*all), list.root(), "{case}");
        assert_eq!(graph.view(*anew), list.root(), "{case}");
        assert!(!graph.view(*anew).get(0).is(graph.view(items[0])), "{case}");
    }
}

/// Classes are one object, whatever graph names them; strings are those of their graph.
#[test]
fn graphs_share_classes_alone() {
    let pickle = b"cdecimal\nDecimal\nq\x00X\x05\x00\x00\x00valueq\x01\x86.";
    let [one, other] = [0, 1].map(|_| LoadOptions::new().from_slice(pickle).expect("a pickle"));
    let mut stream = Vec::new();
    let mut pickler = Pickler::new(&mut stream, DumpOptions::new().protocol(2));
    for graph in [&one, &other, &one] {
        pickler.dump(graph).expect("it can be pickled");
    }
    let expected = [
        &b"\x80\x02cdecimal\nDecimal\nq\x00X\x05\x00\x00\x00valueq\x01\x86q\x02."[..],
        b"\x80\x02h\x00X\x05\x00\x00\x00valueq\x03\x86q\x04.",
        b"\x80\x02h\x02.",
    ];
    assert_eq!(stream.escape_ascii().to_string(), expected.concat().escape_ascii().to_string());
}

/// A dict that a later pickle adds to has each key once.
#[test]
fn what_was_read_may_be_added_to() {
    let stream = b"\x80\x02}q\x00X\x01\x00\x00\x00aK\x01s.\x80\x02h\x00X\x01\x00\x00\x00aK\x02s.";
    let mut unpickler = Unpickler::new(&stream[..], LoadOptions::new());
    let first = unpickler.load().expect("a pickle");
    assert_eq!(unpickler.view(first).to_string(), "{'a': 1}");
    let second = unpickler.load().expect("a pickle");
    assert_eq!(first, second);
    assert_eq!(unpickler.view(first).to_string(), "{'a': 2}");
    assert_eq!(unpickler.memo().len(), 1);
}
