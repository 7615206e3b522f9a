//! The whole committed corpus, loaded and dumped: by plain values and by the graph, from slices and from readers.

mod plain;
mod support;

use std::collections::BTreeMap;
use std::io::{BufReader, Read};

use pickle_codec::{DumpOptions, Extensions, Implementation, LoadOptions};
use plain::Interpreter;
use support::{Case, corpus};

/// Every pickle by plain values: from the protocol to itself for all versions, from each to each for three that differ
/// most.
#[test]
fn plain_values_are_dumped_as_cpython_dumps_them() {
    let Some(cases) = corpus() else { return };
    let mut differences = Differences::default();
    // Plain values are Python 3's: they know no `str` that is bytes, and no `long`. Nor do they know how instances are
    // spelled at other protocols.
    let families = ["objects/", "library/", "overrides/"];
    let is_plain =
        |case: &&Case| case.profile.version().0 == 3 && !families.iter().any(|family| case.name.starts_with(family));
    for case in cases.iter().filter(is_plain) {
        let all_pairs = matches!(case.profile.version().1, 6 | 7 | 13) && case.profile.pickler() == Implementation::C;
        for (i, pickle) in case.by_protocol() {
            for (j, _) in case.by_protocol().filter(|(j, _)| all_pairs || *j == i) {
                let mut interpreter = Interpreter::new(case.profile);
                let ours = interpreter.loads(pickle).and_then(|object| interpreter.dumps(&object, j));
                differences.check(case, i, j, ours);
            }
        }
    }
    differences.report(30_000);
}

#[test]
fn the_graph_is_dumped_as_cpython_dumps_it() {
    let Some(cases) = corpus() else { return };
    let mut differences = Differences::default();
    for case in &cases {
        for (i, pickle) in case.by_protocol() {
            let graph = case.load_options().from_slice(pickle);
            differences.check(case, i, i, graph.and_then(|graph| case.dump_options(i).to_vec(&graph)));
        }
    }
    differences.report(10_000);
}

/// However few bytes a reader gives at a time, and whether it can look ahead or not.
#[test]
fn readers_give_what_slices_do() {
    let Some(cases) = corpus() else { return };
    let mut differences = Differences::default();
    for case in &cases {
        for (i, pickle) in case.by_protocol() {
            let step = 1 + usize::from(i) % 7;
            let options = case.load_options();
            // A capacity of the buffer that no pickle's pieces are multiples of.
            let from_reader = options.from_reader(BufReader::with_capacity(5, Drip { bytes: pickle, step }));
            differences.check(case, i, i, from_reader.and_then(|graph| case.dump_options(i).to_vec(&graph)));
            let from_stream = options.stream(Drip { bytes: pickle, step: 7 - step }).next();
            let from_stream = from_stream.expect("there is a pickle");
            differences.check(case, i, i, from_stream.and_then(|graph| case.dump_options(i).to_vec(&graph)));
        }
    }
    differences.report(20_000);
}

#[test]
fn writers_get_what_vectors_do() {
    let Some(cases) = corpus() else { return };
    let mut differences = Differences::default();
    for case in &cases {
        for (i, pickle) in case.by_protocol() {
            let written = case.load_options().from_slice(pickle).and_then(|graph| {
                let mut written = Vec::new();
                case.dump_options(i).to_writer(&mut written, &graph)?;
                Ok(written)
            });
            differences.check(case, i, i, written);
        }
    }
    differences.report(10_000);
}

/// All pickles of a case in one stream: read one by one, each to its end and no further.
#[test]
fn pickles_in_a_row_are_read_one_by_one() {
    let Some(cases) = corpus() else { return };
    let mut differences = Differences::default();
    for case in cases.iter().filter(|case| case.profile.version().1 % 3 == 1) {
        let stream = case.a.concat();
        let options = case.load_options();
        let mut reader: &[u8] = &stream;
        let mut pickles = options.pickles(&stream);
        let mut drip = options.stream(Drip { bytes: &stream, step: 1000 });
        let mut end = 0;
        for (i, pickle) in case.by_protocol() {
            end += pickle.len();
            let dump = |graph| case.dump_options(i).to_vec(&graph);
            differences.check(case, i, i, pickles.next().expect("there is one more").and_then(dump));
            assert_eq!(pickles.offset(), end, "{}", case.name);
            differences.check(case, i, i, drip.next().expect("there is one more").and_then(dump));
            assert_eq!(drip.position(), end as u64, "{}", case.name);
            differences.check(case, i, i, options.from_reader(&mut reader).and_then(dump));
            assert_eq!(reader.len(), stream.len() - end, "{}: the reader is left behind STOP", case.name);
        }
        assert!(pickles.next().is_none() && drip.next().is_none(), "{}: that is all", case.name);
        assert!(options.from_reader(&mut reader).is_err_and(|error| error.is_end_of_input()));
    }
    differences.report(10_000);
}

impl Case {
    fn by_protocol(&self) -> impl Iterator<Item = (u8, &[u8])> {
        (0..).zip(self.a.iter().map(Vec::as_slice)).filter(|(_, pickle)| !pickle.is_empty())
    }

    fn load_options(&self) -> LoadOptions {
        // Buffers beside a pickle are not here, and are kept as what stands for them.
        LoadOptions::new().profile(self.profile).unify(true).extensions(registry()).keep_unresolved(true)
    }

    fn dump_options(&self, protocol: u8) -> DumpOptions {
        DumpOptions::new().profile(self.profile).protocol(protocol).extensions(registry())
    }
}

/// What `compat/shapes.py` registers.
fn registry() -> Extensions {
    let names = [("Extended", 0x7f), ("extended_function", 0xff), ("ExtendedShort", 0x0a0d), ("ExtendedFar", 0x12345)];
    let add = |registry: Extensions, (name, code)| registry.with("shapes", name, code).expect("no two are alike");
    names.into_iter().fold(Extensions::new(), add)
}

/// A reader that gives a few bytes at a time.
struct Drip<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.step.max(1).min(buffer.len()).min(self.bytes.len());
        let (given, rest) = self.bytes.split_at(length);
        buffer[..length].copy_from_slice(given);
        self.bytes = rest;
        Ok(length)
    }
}

/// Where what we wrote is not what CPython did.
#[derive(Default)]
struct Differences {
    checked: usize,
    /// By case: the first one, and how many there are.
    by_case: BTreeMap<String, (String, usize)>,
}

impl Differences {
    /// What was read at protocol i and written at j must be what CPython wrote from the start, or after its own reload.
    fn check<E: std::fmt::Display>(&mut self, case: &Case, i: u8, j: u8, ours: Result<Vec<u8>, E>) {
        self.checked += 1;
        let a = &case.a[usize::from(j)];
        let b = case.b.get(&(i, j)).unwrap_or(a);
        let why = match ours {
            Ok(ours) if ours == *a || ours == *b => return,
            Ok(_) => "other bytes".to_owned(),
            Err(error) => error.to_string(),
        };
        let first = || (format!("{}, {i} to {j}: {why}", case.profile), 0);
        self.by_case.entry(case.name.clone()).or_insert_with(first).1 += 1;
    }

    fn report(self, at_least: usize) {
        let lines = self.by_case.iter().map(|(name, (first, count))| format!("{name}: {count}, such as {first}\n"));
        assert!(self.by_case.is_empty(), "what we wrote is not what CPython did\n{}", lines.collect::<String>());
        assert!(self.checked >= at_least, "only {} were compared", self.checked);
    }
}
