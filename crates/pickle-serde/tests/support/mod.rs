//! What CPython makes of the objects of `data/generate.py`.

/// A pickle of the named object, and who wrote it.
pub(crate) struct Pickled {
    pub(crate) version: &'static str,
    pub(crate) protocol: u8,
    pub(crate) bytes: Vec<u8>,
}

impl std::fmt::Display for Pickled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CPython {}, protocol {}", self.version, self.protocol)
    }
}

/// The pickles of an object, by all versions at all protocols.
pub(crate) fn pickles(name: &str) -> Vec<Pickled> {
    let pickles: Vec<Pickled> = include_str!("../data/objects.txt")
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .filter(|fields| fields[0] == name)
        .map(|fields| match fields[..] {
            [_, version, protocol, hex] => {
                Pickled { version, protocol: protocol.parse().expect("a number"), bytes: unhex(hex) }
            }
            _ => panic!("a line of four words"),
        })
        .collect();
    assert!(!pickles.is_empty(), "there is no object {name}");
    pickles
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal")).collect()
}
