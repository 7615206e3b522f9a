//! Buffers beside the pickle.

use pickle_codec::value::{Buffer, Graph};
use pickle_codec::{Buffers, DumpOptions, Error, Implementation, LoadOptions, OutOfBand, Profile, Replacer};
use serde_json::Value;

use super::data::{bytes, part, text};

fn dump(case: &Value) -> DumpOptions {
    let pickler = if case["pickler"] == "C" { Implementation::C } else { Implementation::Python };
    DumpOptions::new().protocol(5).profile(Profile::default().with_pickler(pickler))
}

fn buffers(case: &Value) -> Vec<Vec<u8>> {
    case["buffers"].as_array().expect("buffers").iter().map(bytes).collect()
}

/// Takes the first, the third, …
struct Alternating {
    turn: usize,
}

impl Replacer<'_> for Alternating {
    fn take_buffer(&mut self, _: Buffer<'_>) -> Result<bool, Error> {
        self.turn += 1;
        Ok(self.turn % 2 == 1)
    }
}

#[test]
fn buffers_stand_beside_the_pickle_or_in_it_as_in_cpython() {
    for case in part("buffers") {
        let (outside, beside) = (bytes(&case["outside"]), buffers(&case));
        let mut resolver = Buffers::new(beside.iter().map(Vec::as_slice));
        let graph = LoadOptions::new().from_slice_with(&outside, &mut resolver).expect("a pickle");

        // A buffer that the graph has twice is two here, since the pickle asks for it twice.
        let inside = if text(&case["case"]).starts_with("twice") { None } else { Some(bytes(&case["inside"])) };
        if let Some(inside) = inside {
            assert_eq!(dump(&case).to_vec(&graph).expect("it can be pickled"), inside, "{case}");
        }
        let mut taken = OutOfBand::default();
        assert_eq!(dump(&case).to_vec_with(&graph, &mut taken).expect("it can be pickled"), outside, "{case}");
        assert_eq!(taken.buffers, beside, "{case}");
        let places = |buffers: &[&[u8]]| buffers.iter().map(|buffer| buffer.as_ptr()).collect::<Vec<_>>();
        let lent: Vec<&[u8]> = beside.iter().map(Vec::as_slice).collect();
        assert_eq!(places(&taken.buffers), places(&lent), "nothing is copied: {case}");

        let alternating = dump(&case).to_vec_with(&graph, &mut Alternating { turn: 0 }).expect("it can be pickled");
        assert_eq!(alternating, bytes(&case["alternating"]), "{case}");
    }
}

#[test]
fn buffers_of_which_only_the_number_is_known_are_written_back() {
    for case in part("buffers") {
        let outside = bytes(&case["outside"]);
        let graph = LoadOptions::new().keep_unresolved(true).from_slice(&outside).expect("a pickle");
        assert_eq!(dump(&case).to_vec(&graph).expect("it can be pickled"), outside, "{case}");
    }
}

/// `pickle.dumps([b, b], 5)` of one buffer, by both picklers.
#[test]
fn a_buffer_met_twice_is_one_for_the_pickler_in_c() {
    for case in part("buffers").iter().filter(|case| text(&case["case"]).starts_with("twice")) {
        let content = buffers(case).remove(0);
        let readonly = text(&case["case"]) == "twice and readonly";
        let graph = twice(&content, readonly);
        let inside = bytes(&case["inside"]);
        assert_eq!(dump(case).to_vec(&graph).expect("it can be pickled"), inside, "{case}");
    }
}

fn twice(content: &[u8], readonly: bool) -> Graph<'_> {
    let mut builder = pickle_codec::value::Builder::new();
    let buffer = builder.buffer(content, readonly).expect("a buffer");
    let list = builder.list(&[buffer, buffer]).expect("a list");
    builder.finish(list)
}

/// What is written must not be read with another buffer in its place.
#[test]
fn a_buffer_out_of_turn_is_refused() {
    // Buffer 1 before buffer 0: NEXT_BUFFER MEMOIZE, NEXT_BUFFER, BINGET 0, TUPLE2.
    let pickle = b"\x80\x05\x97\x940\x97h\x00\x86.";
    let graph = LoadOptions::new().keep_unresolved(true).from_slice(pickle).expect("a pickle");
    let error = DumpOptions::new().protocol(5).to_vec(&graph).expect_err("it would become buffer 0");
    assert_eq!(error.to_string(), "cannot pickle buffer 1 in the turn of buffer 0, without its bytes");
}

#[test]
fn buffers_need_protocol_5() {
    let graph = twice(b"abc", true);
    for options in [DumpOptions::new().protocol(4), DumpOptions::new().protocol(0)] {
        let [kept, taken] = [options.to_vec(&graph), options.to_vec_with(&graph, &mut OutOfBand::default())];
        for error in [kept.expect_err("it has no opcode"), taken.expect_err("it has no opcode")] {
            assert_eq!(error.to_string(), "PickleBuffer can only be pickled with protocol >= 5");
        }
    }
}

#[test]
fn a_reader_takes_buffers_too() {
    let case = &part("buffers")[2];
    let outside = bytes(&case["outside"]);
    let graph: Graph<'static> = {
        let beside = buffers(case);
        let mut resolver = Buffers::new(beside.iter().map(Vec::as_slice));
        LoadOptions::new().from_reader_with(&outside[..], &mut resolver).expect("a pickle")
    };
    assert_eq!(graph.root().get(0).as_buffer().and_then(|buffer| buffer.bytes), Some(&b"abc"[..]));
    assert_eq!(dump(case).to_vec(&graph).expect("it can be pickled"), bytes(&case["inside"]));
}
