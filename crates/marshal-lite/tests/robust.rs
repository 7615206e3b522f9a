//! Bad data gives an error, whatever it is: no panic, no abort, no memory that the data does not account for.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use marshal_lite::code::Code;
use marshal_lite::pyc::Pyc;
use marshal_lite::{ErrorKind, ReadOptions, from_slice, to_vec};
use pickle_value::View;

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).expect("the file is there")
}

const RELEASES: [&str; 9] = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];

/// Does with a file what can be done with one.
fn try_all(data: &[u8]) {
    let Ok(pyc) = Pyc::from_slice(data) else {
        return;
    };
    let _ = pyc.to_vec();
    let _ = pyc.normalise(&|_| None).and_then(|normalised| normalised.to_vec());
    let mut work: Vec<View<'_>> = vec![pyc.graph.root()];
    let mut left = 1_000;
    while let Some(view) = work.pop() {
        left -= 1;
        if let (Ok(code), 1..) = (Code::new(view, pyc.release()), left) {
            let _ = (code.locations().count(), code.locations().lines().count(), code.handlers().count());
            let _ =
                code.instructions().map(|list| list.map(|instruction| instruction.to_string().len()).sum::<usize>());
            let _ = code.replace().finish();
            let _ = (code.var_names(), code.cell_vars(), code.free_vars(), code.flags().to_string());
            work.extend(code.inner());
        }
    }
}

/// Releases are tried side by side: it takes longer than all other tests.
#[test]
fn every_byte_can_be_wrong() {
    thread::scope(|scope| {
        for release in RELEASES {
            scope
                .spawn(move || [".pyc", "-2.pyc"].map(|suffix| change_each_byte(&file(&format!("{release}{suffix}")))));
        }
    });
}

fn change_each_byte(data: &[u8]) {
    for at in 0..data.len() {
        for wrong in [0x00, 0x01, 0x7f, 0x80, 0xff, data[at] ^ 0x80, data[at].wrapping_add(1), b'r', b'('] {
            let mut changed = data.to_vec();
            changed[at] = wrong;
            try_all(&changed);
        }
    }
}

/// Every value of every byte, of twenty files.
#[test]
#[ignore = "minutes: cargo test --release -p marshal-lite --test robust -- --ignored"]
fn every_byte_can_be_anything() {
    let names: Vec<String> =
        RELEASES.iter().flat_map(|release| [".pyc", "-2.pyc"].map(|suffix| format!("{release}{suffix}"))).collect();
    let names = [&names[..], &["3.7-hash.pyc".to_owned(), "3.13-hash.pyc".to_owned()]].concat();
    assert_eq!(names.len(), 20);
    std::thread::scope(|scope| {
        for part in names.chunks(5) {
            scope.spawn(move || {
                for name in part {
                    let mut data = file(name);
                    for at in 0..data.len() {
                        let right = data[at];
                        for wrong in 0..=255 {
                            data[at] = wrong;
                            try_all(&data);
                        }
                        data[at] = right;
                    }
                }
            });
        }
    });
}

#[test]
fn every_length_can_be_too_short() {
    for release in RELEASES {
        let data = file(&format!("{release}.pyc"));
        for length in 0..data.len() {
            assert!(Pyc::from_slice(&data[..length]).is_err(), "{release}: {length} bytes of {}", data.len());
        }
    }
}

#[test]
fn sizes_are_claims() {
    for code in b"([<>sutaAl" {
        for size in [i32::MAX, i32::MIN, -1, 1 << 30] {
            let mut data = vec![*code];
            data.extend_from_slice(&size.to_le_bytes());
            assert!(from_slice(&data).is_err(), "{} of {size}", char::from(*code));
        }
    }
}

#[test]
fn nesting_of_100_000_is_refused_or_taken() {
    for head in [&b"[\x01\0\0\0"[..], b"(\x01\0\0\0", b")\x01", b">\x01\0\0\0", b"{N", b"\xa9\x01", b"\xfbN"] {
        let mut data = head.repeat(100_000);
        data.push(b'N');
        if head.contains(&b'{') || head.contains(&0xfb) {
            data.resize(data.len() + 100_000, b'0');
        }
        assert!(from_slice(&data).is_err());
        let graph = ReadOptions::new().depth_limit(usize::MAX).from_slice(&data).expect("there is no limit");
        assert!(to_vec(&graph).is_err(), "the writer has a limit of its own");
    }
}

/// A set that a code object within it has in its constants, which CPython neither makes nor reads. Its items change places.
#[test]
fn a_set_within_itself_is_put_in_order_once() {
    let mut data = b"\xbc\x02\0\0\0\xe9\x01\0\0\0\xe3".to_vec();
    data.extend_from_slice(&[0; 20]);
    data.extend_from_slice(
        b"\xf3\x02\0\0\0\x97\0)\x01[\x01\0\0\0r\0\0\0\0)\0)\0s\0\0\0\0\xda\x01f\xda\x01g\xda\x01h\x01\0\0\0",
    );
    data.extend_from_slice(b"s\0\0\0\0s\0\0\0\0");
    let written = to_vec(&from_slice(&data).expect("it can be read")).expect("it can be written");
    assert!(written.starts_with(b"\xbc\x02\0\0\0\xe3"), "{}", written.escape_ascii());
    let again = to_vec(&from_slice(&written).expect("it can be read again")).expect("it can be written again");
    assert_eq!(again, written);
}

/// What many items of a set share is looked into once. It would have to be written once for each of them, to be compared, as
/// CPython does, and that is refused.
#[test]
fn what_the_items_of_a_set_share_is_looked_into_once() {
    const ITEMS: u32 = 40_000;
    let item = |number: u32| [&b"\xa9\x02i"[..], &number.to_le_bytes(), &b"r\x01\0\0\0"[..]].concat();
    // The root, the tuple that is shared, and then the items.
    let mut data = [&b"\xdb\x02\0\0\0\xa8"[..], &ITEMS.to_le_bytes()].concat();
    (0..ITEMS).for_each(|_| data.extend_from_slice(b")\x01N"));
    data.extend_from_slice(&[&b"<"[..], &ITEMS.to_le_bytes()].concat());
    (0..ITEMS).for_each(|number| data.extend_from_slice(&item(number)));
    let graph = from_slice(&data).expect("it can be read");
    let start = Instant::now();
    let error = to_vec(&graph).expect_err("it would be gigabytes");
    assert!(matches!(error.kind(), ErrorKind::TooManyBytes(_)), "{error}");
    assert!(start.elapsed() < Duration::from_secs(10), "it took {:?}", start.elapsed());
}
