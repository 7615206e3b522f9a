//! Plain data, which a loop of its own loads: what another byte anywhere makes of it, and an end anywhere.
//!
//! A load that has its limits looked at goes from instruction to instruction, and is what the corpus of CPython's pickles judges;
//! so both have to give the same graph, with the same objects, or the same error at the same place.

use pickle_codec::{DumpOptions, Limits, LoadOptions};

/// Instructions as the picklers write them, with the memo's next number.
struct Pickle {
    bytes: Vec<u8>,
    memo: u32,
    protocol: u8,
}

impl Pickle {
    fn put(&mut self) {
        match self.memo {
            _ if self.protocol >= 4 => self.bytes.push(0x94),
            memo @ ..256 => self.bytes.extend([b'q', memo as u8]),
            memo => self.bytes.extend([&b"r"[..], &memo.to_le_bytes()].concat()),
        }
        self.memo += 1;
    }

    fn with(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    fn text(&mut self, text: &str) {
        match text.len() {
            length if self.protocol >= 4 => self.with(&[0x8c, length as u8]),
            length => self.with(&[&b"X"[..], &(length as u32).to_le_bytes()].concat()),
        }
        self.with(text.as_bytes());
        self.put();
    }

    fn made(&mut self, instruction: u8) {
        self.with(&[instruction]);
        self.put();
    }

    /// A dict with each form of plain data, whose own keys are entries 1 to 4 of the memo.
    fn record(&mut self, number: usize) {
        self.made(b'}');
        self.with(b"(h\x01");
        self.with(if number.is_multiple_of(3) { b"K\x07" } else { b"M\x07\x80" });
        self.with(b"h\x02");
        self.text(
            ["short", "", "ein längerer Text, der nicht nur aus ASCII ist", "exactly as long as 32 bytes are."]
                [number % 4],
        );
        self.with(b"h\x03");
        self.made(b']');
        self.with(b"(");
        for float in [0.5_f64, -1e300] {
            self.text("row");
            self.with(b"J\xfe\xff\xff\xffG");
            self.with(&float.to_be_bytes());
            self.made(0x87);
        }
        self.with(b"NG");
        self.with(&2.0_f64.to_be_bytes());
        self.made(0x86);
        self.with(b"\x88");
        self.made(0x85);
        self.with(b"(K\x01K\x02\x89K\x04");
        self.made(b't');
        self.with(b"eh\x04");
        self.made(b'}');
        self.text("only");
        self.made(b']');
        self.with(b"NasK\x00");
        self.made(b'}');
        self.with(b"(");
        self.text("new");
        self.with(b"h\x02");
        self.text("keys");
        self.with(b"\x89uu");
    }
}

/// A list of records, and where one of the last stands.
fn pickle(protocol: u8) -> (Vec<u8>, core::ops::Range<usize>) {
    let mut pickle = Pickle { bytes: vec![0x80, protocol], memo: 0, protocol };
    pickle.made(b']');
    pickle.with(b"(");
    ["number", "text", "rows", "last"].iter().for_each(|key| pickle.text(key));
    let mut tested = 0..0;
    for number in 0..60 {
        if number == 56 {
            tested = pickle.bytes.len()..pickle.bytes.len();
        }
        pickle.record(number);
        tested.end = if number == 57 { pickle.bytes.len() } else { tested.end };
    }
    pickle.with(b"e.");
    (pickle.bytes, tested)
}

/// What loading gives, with the same objects where they are the same, or why there is nothing.
fn loaded(options: &LoadOptions, pickle: &[u8]) -> Result<Vec<u8>, String> {
    let graph = options.from_slice(pickle).map_err(|error| error.to_string())?;
    DumpOptions::new().to_vec(&graph).map_err(|error| error.to_string())
}

fn check(pickle: &[u8]) -> bool {
    let watched = LoadOptions::new().limits(Limits::new().stack(pickle.len() as u64 - 1));
    let (quick, slow) = (loaded(&LoadOptions::new(), pickle), loaded(&watched, pickle));
    assert!(quick == slow, "{:?} {:?}", quick.as_ref().err(), slow.as_ref().err());
    slow.is_ok()
}

#[test]
fn what_is_right_loads() {
    assert!([2, 3, 4, 5].into_iter().all(|protocol| check(&pickle(protocol).0)));
}

#[test]
fn another_byte_anywhere_is_seen_as_it_is_one_by_one() {
    for protocol in [2, 4] {
        let (pickle, tested) = pickle(protocol);
        let mut right = 0;
        for at in tested {
            for byte in *b"\x00\xff0KMJGX\x8chj(]}\x85\x86\x87taesu\x94qrN\x88l" {
                let mut changed = pickle.clone();
                changed[at] = byte;
                right += usize::from(check(&changed));
            }
        }
        assert!(right > 1000);
    }
}

#[test]
fn an_end_anywhere_is_seen_as_it_is_one_by_one() {
    for protocol in [2, 4] {
        let (pickle, tested) = pickle(protocol);
        for end in tested.start..pickle.len() {
            assert!(!check(&pickle[..end]));
        }
    }
}
