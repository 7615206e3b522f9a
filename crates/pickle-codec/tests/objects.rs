//! Instances, as CPython spells them by protocol. Most is compared over live objects by `cargo xtask compat`.

use pickle_codec::{DumpOptions, from_slice};

fn dumped(pickle: &[u8], protocol: u8) -> Result<Vec<u8>, pickle_codec::Error> {
    DumpOptions::new().protocol(protocol).to_vec(&from_slice(pickle)?)
}

/// `class L(list): pass; x = L(); x.append(x)`, whose `dumps(x, 0)` is a RecursionError in CPython 3.13.
#[test]
fn a_list_subclass_within_itself_is_refused_where_it_has_no_spelling() {
    let pickle = b"\x80\x02c__main__\nL\nq\x00)\x81q\x01h\x01a.";
    assert_eq!(dumped(pickle, 2).expect("NEWOBJ comes before the items"), pickle);
    for protocol in [0, 1] {
        let error = dumped(pickle, protocol).expect_err("the items come before the object");
        assert!(error.to_string().contains("within itself"), "{error}");
    }
}

/// Two of them in each other are no different; one that is only met twice is fine.
#[test]
fn only_cycles_are_refused() {
    let both = b"\x80\x02c__main__\nL\nq\x00)\x81q\x01h\x00)\x81q\x02h\x01aa.";
    assert!(dumped(both, 0).is_err());
    let twice = b"\x80\x02]q\x00(c__main__\nL\nq\x01)\x81q\x02K\x01ah\x02e.";
    // What CPython 3.13 writes for `[x, x]` with `x = L([1])`.
    let theirs =
        b"(lp0\nccopy_reg\n_reconstructor\np1\n(c__main__\nL\np2\nc__builtin__\nlist\np3\n(lp4\nI1\natp5\nRp6\nag6\na.";
    assert_eq!(dumped(twice, 0).expect("it is no cycle").escape_ascii().to_string(), theirs.escape_ascii().to_string());
}

/// Under protocol 4 keyword arguments are copied into a `functools.partial`, without end if the object is among them.
#[test]
fn an_object_within_its_keyword_arguments_is_refused_under_protocol_4() {
    let pickle = b"\x80\x04cm\nC\n)}\x94\x92\x94h\x00\x8c\x02me\x94h\x01s0.";
    assert!(dumped(pickle, 4).is_ok());
    let error = dumped(pickle, 2).expect_err("it has no end");
    assert!(error.to_string().contains("keyword arguments"), "{error}");
}

/// `setter(object, state)` leaves nothing but what it did to the object (CPython 3.8 and newer: `save_reduce`).
#[test]
fn a_state_that_a_function_sets_is_kept() {
    let pickle = b"\x80\x02cm\nC\nq\x00)Rq\x01cm\nset_state\nq\x02h\x01K\x07\x86R0.";
    assert_eq!(dumped(pickle, 2).expect("it is a pickle"), pickle);
}

/// `class S: __slots__ = ('a',)`, which CPython refuses to write at protocols 0 and 1. Its `loads` reads what is written here:
/// tried with 2.7, 3.6 and 3.13.
#[test]
fn slots_are_written_at_all_protocols() {
    let pickle = b"\x80\x02cm\nS\nq\x00)\x81q\x01N}q\x02X\x01\x00\x00\x00aq\x03K\x01s\x86q\x04b.";
    let written =
        b"ccopy_reg\n_reconstructor\np0\n(cm\nS\np1\nc__builtin__\nobject\np2\nNtp3\nRp4\n(N(dp5\nVa\np6\nI1\nstp7\nb.";
    assert_eq!(
        dumped(pickle, 0).expect("it has a spelling").escape_ascii().to_string(),
        written.escape_ascii().to_string()
    );
}
