//! What very many objects of a pickle share: nothing that is done with it may pay for each of them without bound.

use pickle_codec::{Document, DumpOptions, LoadOptions, from_slice};

/// A tuple of many objects that are made of one: `h\0` in `each` is the shared one, `h\x01` the callable.
fn sharing(shared: &[u8], callable: &[u8], each: &[u8], count: usize) -> Vec<u8> {
    [shared, b"q\0", callable, b"q\x01(", &each.repeat(count), b"t."].concat()
}

fn text(length: usize) -> Vec<u8> {
    [&b"X"[..], &(length as u32).to_le_bytes(), &b"1".repeat(length)].concat()
}

fn attributes(count: usize) -> Vec<u8> {
    let pairs = (0..count).flat_map(|at| format!("Va{at}\nN").into_bytes());
    [&b"}("[..], &pairs.collect::<Vec<u8>>(), b"u"].concat()
}

fn ints(count: usize) -> Vec<u8> {
    [&b"]("[..], &b"K\x01".repeat(count), b"e"].concat()
}

/// A print of a graph that shares is bounded by the graph, not by what it would be without sharing.
#[track_caller]
fn prints_within(pickle: &[u8], times: usize) {
    let length = from_slice(pickle).expect("it is a pickle").to_string().len();
    assert!(length <= times * pickle.len(), "{length} characters of {} bytes", pickle.len());
}

#[test]
fn shared_states_are_not_printed_for_each_instance() {
    prints_within(&sharing(&attributes(2_000), b"cm\nC\n", b"h\x01)\x81h\0b", 2_000), 20);
}

#[test]
fn shared_arguments_are_not_printed_for_each_call() {
    prints_within(
        &sharing(&[b"(".as_slice(), &b"N".repeat(5_000), b"t"].concat(), b"cm\nC\n", b"h\x01h\0R", 2_000),
        30,
    );
}

#[test]
fn shared_text_is_not_printed_for_each_decimal() {
    prints_within(&sharing(&text(20_000), b"cdecimal\nDecimal\n", b"h\x01h\0\x85R", 2_000), 40);
}

#[test]
fn shared_items_are_not_printed_for_each_array() {
    prints_within(&sharing(&ints(5_000), b"carray\narray\n", b"h\x01U\x01bh\0\x86R", 2_000), 40);
}

#[test]
fn long_names_of_globals_are_not_printed_each_time() {
    let global = [&b"cm\n"[..], &b"a".repeat(20_000), b"\n"].concat();
    prints_within(&sharing(b"N", &global, b"h\x01", 2_000), 20);
}

/// An array of protocol 2 is written as bytes from protocol 3 on, each anew.
#[test]
fn arrays_of_shared_lists_are_not_written_without_bound() {
    let pickle = sharing(&ints(5_000), b"carray\narray\n", b"h\x01U\x01bh\0\x86R", 2_000);
    let graph = from_slice(&pickle).expect("it is a pickle");
    let error = DumpOptions::new().to_vec(&graph).expect_err("it would take ten megabytes");
    assert!(error.to_string().contains("the limit `copies`"), "{error}");
    assert!(DumpOptions::new().copies(u64::MAX).to_vec(&graph).expect("it is allowed").len() > 10_000_000);
}

/// With `unify`, the names of a state are looked through once, not for each instance that has it.
#[test]
fn shared_states_are_unified_once() {
    let pickle = sharing(&attributes(20_000), b"cm\nC\n", b"h\x01)\x81h\0b", 20_000);
    let graph = LoadOptions::new().unify(true).from_slice(&pickle).expect("it is a pickle");
    assert_eq!(graph.root().len(), Some(20_000));
}

/// What a document's int would be in decimal is not asked for, where that would take a time that grows with its square.
#[test]
fn documents_keep_long_hexadecimal_ints_as_they_are() {
    let pickle = [&b"I0x"[..], &b"f".repeat(3_000_000), b"\n."].concat();
    let document = Document::from_slice(&pickle).expect("it is a pickle");
    assert!(document.to_vec() == pickle);
}

/// `bytearray(b)` of the same bytes a thousand times would be ten megabytes in any pickle.
#[test]
fn bytearrays_of_shared_bytes_are_bounded() {
    let bytes = [&b"B\x10\x27\0\0"[..], &b"x".repeat(10_000)].concat();
    let pickle = sharing(&bytes, b"cbuiltins\nbytearray\n", b"h\x01h\0\x85R", 1_000);
    let error = from_slice(&pickle).expect_err("it copies too much");
    assert!(error.to_string().contains("the limit `copies`"));
}
