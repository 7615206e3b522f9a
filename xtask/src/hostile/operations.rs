//! What is done with a hostile file: everything that the crates do with bytes from elsewhere.

use std::fmt::{self, Display, Write as _};
use std::hint::black_box;
use std::path::Path;
use std::{io, str};

use fuzz_targets::{Limited, SCANNER, canonical};
use marshal_lite::code::Code;
use marshal_lite::pyc::Pyc;
use marshal_lite::{ReadOptions, WriteOptions};
use pickle_codec::opcodes::number::DEFAULT_MAX_DIGITS;
use pickle_codec::{Document, DumpOptions, Limits, LoadOptions, Profile, from_reader, from_slice};
use pickle_serde::DeOptions;
use pickle_tools::json::{self, tagged};
use pickle_tools::{DisOptions, asm, dis, genops, optimize};
use pickle_value::{Builder, Graph, View};
use serde::de::IgnoredAny;

/// A digest where it is to be compared; or an error's message.
pub(super) type Outcome = Result<Option<String>, String>;

type Operation = (&'static str, Work);

/// What is done, and with what. It may take memory in proportion to that.
#[derive(Clone, Copy)]
pub(super) enum Work {
    /// With the file.
    File(fn(&[u8]) -> Outcome),
    /// With what is made of the file first, which is not measured.
    Made(fn(&[u8]) -> Result<Vec<u8>, String>, fn(&[u8]) -> Outcome),
}

use Work::{File, Made};

/// Makes what is made once, so that it is not taken for the first file's.
pub(super) fn prepare() {
    black_box(SCANNER.policy());
}

/// What is done with a file of this folder.
pub(super) fn of(path: &Path) -> &'static [Operation] {
    match path.parent().and_then(Path::file_name).and_then(|name| name.to_str()) {
        Some("marshal") => MARSHAL,
        Some("pyc") => PYC,
        _ => PICKLE,
    }
}

/// A new way of reading pickles stands here, by its name.
const PICKLE: &[Operation] = &[
    ("load", File(|data| from_slice(data).map(|graph| drop(black_box(graph))).map_err(text).map(|()| None))),
    ("judged", File(judged)),
    ("reader", File(|data| from_reader(data).map(|graph| drop(black_box(graph))).map_err(text).map(|()| None))),
    ("python 2", File(|data| load_with(data, &LoadOptions::new().profile(Profile::CPYTHON_2_7)))),
    ("unify", File(|data| load_with(data, &LoadOptions::new().unify(true)))),
    ("clone", File(|data| with_graph(data, |graph| drop(black_box(graph.clone().into_owned()))))),
    ("equal to its clone", File(|data| with_graph(data, |graph| assert_same(graph, &graph.clone())))),
    (
        "equal to another load",
        File(|data| with_graph(data, |graph| assert_same(graph, &from_slice(data).expect("it was loaded before")))),
    ),
    ("key", Made(pickle_with_key, look_up)),
    ("print", File(|data| with_graph(data, print))),
    ("write 0", File(|data| write(data, 0))),
    ("write 2", File(|data| write(data, 2))),
    ("write 4", File(|data| write(data, 4))),
    ("write 5", File(|data| write(data, 5))),
    ("write Python 2", File(write_python2)),
    ("transcode", File(transcode)),
    (
        "document",
        File(|data| {
            Document::from_slice(data).map(|document| drop(black_box(document.to_vec()))).map_err(text).map(|()| None)
        }),
    ),
    (
        "genops",
        File(|data| genops(data).try_for_each(|op| op.map(|op| drop(black_box(op)))).map_err(text).map(|()| None)),
    ),
    ("optimize", File(|data| optimize(data).map(|bytes| drop(black_box(bytes))).map_err(text).map(|()| None))),
    ("dis", File(|data| dis(data, Sink::default(), DisOptions::new()).map_err(text).map(|_| None))),
    ("dis, asm", File(dis_asm)),
    ("marshal", File(|data| with_graph(data, |graph| drop(black_box(WriteOptions::new().to_vec(graph)))))),
    (
        "json",
        File(|data| json::to_writer(Sink::default(), &from_slice(data).map_err(text)?).map_err(text).map(|()| None)),
    ),
    (
        "tagged json",
        File(|data| {
            let options = json::DumpOptions::new().tagged(true);
            options.to_writer(Sink::default(), &from_slice(data).map_err(text)?).map_err(text).map(|()| None)
        }),
    ),
    ("tagged json back", Made(tagged_text, read_tagged)),
    ("serde", File(|data| pickle_serde::from_slice::<IgnoredAny>(data).map_err(text).map(|_| None))),
    ("serde, any value", File(serde_value)),
    (
        "serde, any value back",
        File(|data| {
            let written = pickle_serde::to_vec(&any_value(data)?).map_err(text)?;
            any_value(&written).map(|_| None).map_err(|error| format!("what was written is not loaded: {error}"))
        }),
    ),
    (
        "scan",
        File(|data| {
            let report = SCANNER.scan(data);
            black_box((report.verdict(), report.symbols().len()));
            Ok(None)
        }),
    ),
];

const MARSHAL: &[Operation] = &[
    (
        "load",
        File(|data| marshal_lite::from_slice(data).map(|graph| drop(black_box(graph))).map_err(text).map(|()| None)),
    ),
    (
        "judged",
        File(|data| {
            let graph = marshal_lite::from_slice(data).map_err(text)?;
            Ok(Some(canonical::digest(&graph)))
        }),
    ),
    (
        "python 2",
        File(|data| {
            let options = ReadOptions::new().release(marshal_lite::Release::PYTHON_2_7);
            options.from_slice(data).map(|graph| drop(black_box(graph))).map_err(text).map(|()| None)
        }),
    ),
    (
        "any depth",
        File(|data| {
            let options = ReadOptions::new().depth_limit(usize::MAX);
            options.from_slice(data).map(|graph| drop(black_box(graph))).map_err(text).map(|()| None)
        }),
    ),
    ("clone", File(|data| with_marshal(data, |graph| drop(black_box(graph.clone().into_owned()))))),
    (
        "equal to another load",
        File(|data| {
            with_marshal(data, |graph| {
                assert_same(graph, &marshal_lite::from_slice(data).expect("it was loaded before"));
            })
        }),
    ),
    ("print", File(|data| with_marshal(data, print))),
    ("write", File(|data| with_marshal(data, |graph| drop(black_box(marshal_lite::to_vec(graph)))))),
    ("write 2", File(|data| with_marshal(data, |graph| drop(black_box(WriteOptions::new().version(2).to_vec(graph)))))),
    (
        "write back",
        File(|data| {
            let (graph, record) = ReadOptions::new().from_slice_recorded(data).map_err(text)?;
            record.to_vec(&graph).map(|bytes| drop(black_box(bytes))).map_err(text).map(|()| None)
        }),
    ),
    ("pickle", File(|data| with_marshal(data, |graph| drop(black_box(pickle_codec::to_vec(graph)))))),
];

const PYC: &[Operation] = &[
    ("load", File(|data| Pyc::from_slice(data).map(|pyc| drop(black_box(pyc))).map_err(text).map(|()| None))),
    (
        "write back",
        File(|data| {
            let pyc = Pyc::from_slice(data).map_err(text)?;
            let written = pyc.to_vec().map_err(text)?;
            assert!(written == data, "it is written otherwise");
            Ok(None)
        }),
    ),
    (
        "normalise",
        File(|data| {
            let pyc = Pyc::from_slice(data).map_err(text)?;
            let normalised = pyc.normalise(&|_| None).map_err(text)?;
            normalised.to_vec().map(|bytes| drop(black_box(bytes))).map_err(text).map(|()| None)
        }),
    ),
    (
        "print",
        File(|data| {
            print(&Pyc::from_slice(data).map_err(text)?.graph);
            Ok(None)
        }),
    ),
    (
        "code",
        File(|data| {
            let pyc = Pyc::from_slice(data).map_err(text)?;
            look_at_code(pyc.graph.root(), pyc.release());
            Ok(None)
        }),
    ),
];

fn text(error: impl Display) -> String {
    error.to_string()
}

fn load_with(data: &[u8], options: &LoadOptions) -> Outcome {
    options.from_slice(data).map(|graph| drop(black_box(graph))).map_err(text).map(|()| None)
}

fn with_graph(data: &[u8], work: impl FnOnce(&Graph<'_>)) -> Outcome {
    work(&from_slice(data).map_err(text)?);
    Ok(None)
}

fn with_marshal(data: &[u8], work: impl FnOnce(&Graph<'_>)) -> Outcome {
    work(&marshal_lite::from_slice(data).map_err(text)?);
    Ok(None)
}

/// The value as the judge has it: every class is an inert one, nothing is a spelling of something else.
fn judged(data: &[u8]) -> Outcome {
    let inert = |module: &str, name: &str| Ok(Some((format!("inert {module}"), name.into())));
    let limits = Limits::new().digits(DEFAULT_MAX_DIGITS as u64);
    let options = LoadOptions::new().limits(limits).fix_imports(false).find_class(inert);
    let graph = options.from_slice(data).map_err(text)?;
    Ok(Some(canonical::digest(&graph)))
}

/// A NaN equals nothing, not itself either; apart from those, what is loaded twice is equal.
fn assert_same(a: &Graph<'_>, b: &Graph<'_>) {
    if a != b {
        assert!(canonical::has_nan(a), "it differs from itself");
    }
}

/// A dict with the file's value as a key, beside an equal one.
fn pickle_with_key(data: &[u8]) -> Result<Vec<u8>, String> {
    let (_, end) = LoadOptions::new().from_prefix(data).map_err(text)?;
    let value = &data[..end - 1];
    Ok([b"}(", value, b"N", value, b"NNNu."].concat())
}

fn look_up(pickle: &[u8]) -> Outcome {
    let graph = from_slice(pickle).map_err(text)?;
    let builder = Builder::new();
    let none = builder.none();
    let found = graph.root().get(builder.finish(none).root());
    assert!(found.is_none(), "it does not find a key");
    if let Some((key, _)) = graph.root().entries().next() {
        let found = graph.root().get(key);
        assert!(!found.is_absent() || canonical::has_nan(&graph), "it does not find its own key");
    }
    Ok(None)
}

fn print(graph: &Graph<'_>) {
    let mut sink = Sink::default();
    write!(sink, "{graph}").expect("a sink takes everything");
    black_box(sink.0);
}

fn write(data: &[u8], protocol: u8) -> Outcome {
    let graph = from_slice(data).map_err(text)?;
    DumpOptions::new().protocol(protocol).to_writer(Sink::default(), &graph).map_err(text).map(|()| None)
}

fn write_python2(data: &[u8]) -> Outcome {
    let profile = Profile::CPYTHON_2_7;
    let graph = LoadOptions::new().profile(profile).from_slice(data).map_err(text)?;
    DumpOptions::new().profile(profile).to_writer(Sink::default(), &graph).map_err(text).map(|()| None)
}

/// What was written is loaded as an equal value.
fn transcode(data: &[u8]) -> Outcome {
    let graph = from_slice(data).map_err(text)?;
    let bytes = DumpOptions::new().protocol(4).to_vec(&graph).map_err(text)?;
    drop(graph);
    let again = from_slice(&bytes).map_err(|error| format!("what was written is not loaded: {error}"))?;
    drop(black_box(again));
    Ok(None)
}

/// A listing is assembled to the same bytes; a very long one is left at its beginning.
fn dis_asm(data: &[u8]) -> Outcome {
    if data.len() > 100_000 {
        return Ok(None);
    }
    let mut listing = Limited::default();
    let options = DisOptions::new().exact(true).indent_level(0);
    let end = dis(data, &mut listing, options).map_err(text)?;
    let bytes = asm(str::from_utf8(&listing.0).map_err(text)?).map_err(text)?;
    assert!(bytes == data[..end as usize], "a listing is assembled to other bytes");
    Ok(None)
}

/// The tagged form, in which what is shared stands once; names and keys do not. No file is longer.
fn tagged_text(data: &[u8]) -> Result<Vec<u8>, String> {
    let options = json::DumpOptions::new().tagged(true).max_bytes(10 << 20);
    options.to_vec(&from_slice(data).map_err(text)?).map_err(text)
}

fn read_tagged(data: &[u8]) -> Outcome {
    let graph = json::from_slice(data).map_err(|error| format!("what was written is not read: {error}"))?;
    tagged::decode(&graph).map(|graph| drop(black_box(graph))).map_err(text).map(|()| None)
}

/// What holds any value, and has no sharing. Its budget, which by default leaves 16 MiB to what is shared in good faith, is
/// less than half of the bar, since there will be a clone, and a graph of it to be printed.
fn any_value(data: &[u8]) -> Result<pickle_serde::Value, String> {
    DeOptions::new().budget(24 * data.len() as u64 + (1 << 17)).from_slice(data).map_err(text)
}

fn serde_value(data: &[u8]) -> Outcome {
    let value = any_value(data)?;
    write!(Sink::default(), "{value}").expect("a sink takes everything");
    assert!(value == value.clone() || value.to_string().contains("nan"), "it differs from its clone");
    Ok(None)
}

fn look_at_code(root: View<'_>, release: marshal_lite::Release) {
    let mut work = vec![root];
    let mut left = 2_000;
    while let Some(view) = work.pop() {
        left -= 1;
        if let (Ok(code), 1..) = (Code::new(view, release), left) {
            black_box((code.locations().count(), code.locations().lines().count(), code.handlers().count()));
            black_box((code.var_names(), code.cell_vars(), code.free_vars(), code.flags().to_string()));
            work.extend(code.inner());
        }
    }
}

/// Counts what is written, and keeps nothing. A listing beyond 64 MiB ends in an error, as a full disk would end it.
#[derive(Default)]
struct Sink(usize);

const LISTING: usize = 64 << 20;

impl fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        if self.0 > LISTING { Err(io::ErrorKind::StorageFull.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
