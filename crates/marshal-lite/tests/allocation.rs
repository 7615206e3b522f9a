//! What bad data may allocate: a small multiple of its size, whatever sizes it claims.
//!
//! A test of its own, in a process of its own, since the allocator counts for all threads.

use std::fs;
use std::path::Path;

use marshal_lite::code::Code;
use marshal_lite::pyc::Pyc;
use marshal_lite::{ReadOptions, to_vec};
use peak_alloc::PeakAlloc;
use pickle_value::View;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What an operation may allocate: so many times the data, and some room for tables of a fixed size.
#[derive(Clone, Copy)]
struct Allowance {
    factor: usize,
    base: usize,
}

/// Reading: an item of one byte is a handle of eight in two vectors, each of which may have just grown to twice its size;
/// a tuple around another one, of two bytes, is what is open and what is in the graph.
const READING: Allowance = Allowance { factor: 100, base: 8 << 10 };
/// Writing again, the same by the rules, in the normalised form, and the code objects with all that they tell.
const WORKING: Allowance = Allowance { factor: 30, base: 16 << 10 };

/// The largest share of its allowance that an operation took, and on what.
#[derive(Default)]
struct Worst {
    percent: usize,
    name: String,
}

impl Worst {
    fn measure(&mut self, name: &str, size: usize, allowance: Allowance, operation: impl FnOnce()) {
        ALLOCATOR.reset_peak_usage();
        let before = ALLOCATOR.current_usage();
        operation();
        let taken = ALLOCATOR.peak_usage().saturating_sub(before);
        let allowed = allowance.factor * size + allowance.base;
        assert!(taken <= allowed, "{name}: {taken} bytes for {size}, where {allowed} are allowed");
        let percent = 100 * taken / allowed;
        if percent > self.percent {
            (self.percent, self.name) = (percent, name.to_owned());
        }
    }
}

#[test]
fn bad_data_allocates_a_small_multiple_of_its_size() {
    let (mut reading, mut working) = (Worst::default(), Worst::default());
    let mut files = compiled();
    files.truncate(20);
    assert_eq!(files.len(), 20);
    let mut try_file = |name: &str, data: &[u8]| {
        reading.measure(name, data.len(), READING, || drop(Pyc::from_slice(data)));
        working.measure(name, data.len(), WORKING, || work(data));
    };
    for (name, data) in &files {
        for length in 0..data.len() {
            try_file(&format!("{length} bytes of {name}"), &data[..length]);
        }
        let mut changed = data.clone();
        for at in 0..data.len() {
            // Sizes of four bytes among them.
            for wrong in [0xff, data[at] ^ 0x80] {
                changed[at] = wrong;
                try_file(&format!("{name} with {wrong:#04x} at byte {at}"), &changed);
            }
            changed[at] = data[at];
            if let Some(place) = changed.get_mut(at..at + 4) {
                place.copy_from_slice(&i32::MAX.to_le_bytes());
                try_file(&format!("{name} with the largest size at byte {at}"), &changed);
                changed.copy_from_slice(data);
            }
        }
    }
    for (name, data) in made() {
        for limit in [2_000, usize::MAX] {
            let options = ReadOptions::new().depth_limit(limit);
            reading.measure(&name, data.len(), READING, || drop(options.from_slice(&data)));
        }
        if let Ok(graph) = ReadOptions::new().depth_limit(usize::MAX).from_slice(&data) {
            working.measure(&name, data.len(), WORKING, || drop(to_vec(&graph)));
        }
    }
    for (what, worst) in [("reading", reading), ("working", working)] {
        println!("{what}: at most {} % of what is allowed: {}", worst.percent, worst.name);
    }
}

/// The committed files, which CPython compiled.
fn compiled() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("it is there").map(|entry| entry.expect("it can be read").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pyc"));
    paths.sort();
    let file = |path: &std::path::PathBuf| {
        (path.file_name().expect("it has a name").to_string_lossy().into_owned(), fs::read(path).expect("it is there"))
    };
    paths.iter().map(file).collect()
}

/// Marshal data that claims much, is deep, or has many small parts.
fn made() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for code in b"([<>sutaAl" {
        for size in [i32::MAX, i32::MIN, -1, 1 << 30, 1 << 16] {
            let mut data = vec![*code];
            data.extend_from_slice(&size.to_le_bytes());
            data.extend_from_slice(&[b'N'; 100]);
            all.push((format!("{} of {size}", char::from(*code)), data));
        }
    }
    for head in [&b"[\x01\0\0\0"[..], b"(\x01\0\0\0", b")\x01", b">\x01\0\0\0", b"{N", b"\xa9\x01", b"\xfbN", b":NN"] {
        let mut data = head.repeat(100_000);
        data.push(b'N');
        if matches!(head[0], b'{' | 0xfb) {
            data.resize(data.len() + 100_000, b'0');
        }
        all.push((format!("{head:?} 100,000 deep"), data));
    }
    for item in
        [&b"N"[..], b")\0", b"z\0", b"\xfa\0", b"\xa9\0", b"r\0\0\0\0", b"{0", b"[\0\0\0\0", b"g\0\0\0\0\0\0\xf8\x7f"]
    {
        let mut data = vec![b'(' | 0x80];
        data.extend_from_slice(&100_000_i32.to_le_bytes());
        // Something that references can name.
        data.extend_from_slice(b"\xdb\0\0\0\0");
        data.extend_from_slice(&item.repeat(99_999));
        let name = data.len();
        all.push((format!("{item:?} 99,999 times in {name} bytes"), data));
    }
    all
}

/// All that can be done with a file.
fn work(data: &[u8]) {
    let Ok(pyc) = Pyc::from_slice(data) else {
        return;
    };
    let _ = pyc.to_vec();
    let _ = pyc.normalise(&|_| None).and_then(|normalised| normalised.to_vec());
    let mut work: Vec<View<'_>> = vec![pyc.graph.root()];
    let mut left = 100;
    while let Some(view) = work.pop() {
        left -= 1;
        if let (Ok(code), 1..) = (Code::new(view, pyc.release()), left) {
            let _ = (code.locations().lines().count(), code.handlers().count());
            let _ = code.instructions().map(Iterator::count);
            work.extend(code.inner());
        }
    }
}
