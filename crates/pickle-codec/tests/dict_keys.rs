//! Dict keys: of equal ones the first stays, with the last value. The printed dicts are what CPython 3.13 loads.

use pickle_codec::from_slice;
use rstest::rstest;

#[rstest]
// Of text, what is quickly seen to differ is its ends.
#[case::texts_with_the_same_ends(
    b"\x80\x04}(\x8c\x13beginning_a_the_endK\x00\x8c\x13beginning_b_the_endK\x01\x8c\x13beginning_a_the_endK\x02\x8c\x12beginning__the_endK\x03u.",
    "{'beginning_a_the_end': 2, 'beginning_b_the_end': 1, 'beginning__the_end': 3}",
)]
// Short text has no two ends.
#[case::short_texts(
    b"\x80\x04}(\x8c\x01aK\x00\x8c\x00K\x01\x8c\x01bK\x02\x8c\x01aK\x03\x8c\x00K\x04\x8c\x02abK\x05u.",
    "{'a': 3, '': 4, 'b': 2, 'ab': 5}"
)]
// Ints, bools and floats may be equal.
#[case::int_and_bool(b"\x80\x04}(K\x01K\x00\x88K\x01u.", "{1: 1}")]
#[case::int_and_float(b"\x80\x04}(K\x01K\x00G?\xf0\x00\x00\x00\x00\x00\x00K\x02u.", "{1: 2}")]
#[case::numbers(
    b"\x80\x04}(K\x01K\x00\x88K\x01G?\xf0\x00\x00\x00\x00\x00\x00K\x02K\x02K\x03M\x02\x00K\x04u.",
    "{1: 2, 2: 4}"
)]
// A dict that has the keys of one before may get others, and the same ones again.
#[case::more_items(
    b"\x80\x04](}(\x8c\x01x\x94K\x01\x8c\x01y\x94K\x02u}(h\x00K\x03h\x01K\x04u(\x8c\x01xK\x05\x8c\x01zK\x06u}(h\x00K\x07h\x01K\x08u(h\x01K\x09uh\x00K\x0ase.",
    "[{'x': 1, 'y': 2}, {'x': 5, 'y': 4, 'z': 6}, {'x': 10, 'y': 9}]",
)]
// Keys of one before may stand in another order, or twice.
#[case::another_order(
    b"\x80\x04](}(\x8c\x01x\x94K\x01\x8c\x01y\x94K\x02u}(h\x01K\x03h\x00K\x04h\x01K\x05u}(h\x00K\x06h\x00K\x07ue.",
    "[{'x': 1, 'y': 2}, {'y': 5, 'x': 4}, {'x': 7}]"
)]
// What is filled again and again is settled once.
#[case::filled_again_and_again(
    b"\x80\x04](}\x94(\x8c\x01xK\x01u(\x8c\x01yK\x01uh\x00(\x8c\x01xK\x02ue.",
    "[{'x': 2, 'y': 1}, {'x': 2, 'y': 1}]"
)]
fn equal_keys_are_one(#[case] pickle: &[u8], #[case] expected: &str) {
    // Behind the pickle, there are enough bytes or too few to look at several at once.
    for behind in [0, 64] {
        let input = [pickle, &vec![0; behind]].concat();
        let graph = from_slice(&input).expect("CPython loads it");
        assert_eq!(graph.to_string(), expected);
    }
}
