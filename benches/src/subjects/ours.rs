//! pickle-rs itself, and what no one can be quicker than.

use std::hint::black_box;
use std::io;

use pickle_codec::{DumpOptions, LoadOptions, Loader};
use pickle_opcodes::Ops;

use super::{OURS, Subject, prepared, subject};
use crate::workload::Input;

/// Loads, into the graph.
pub(super) fn loads(input: &Input) -> Vec<Subject<'_>> {
    let mut loader = Loader::new(LoadOptions::new());
    let reused = move || {
        let graph = loader.from_slice(&input.pickle)?;
        let count = graph.counts().nodes;
        loader.recycle(graph);
        Ok::<_, pickle_codec::Error>(count)
    };
    vec![subject(OURS, || LoadOptions::new().from_slice(&input.pickle)), subject("pickle-rs, reused", reused)]
}

/// Dumps of the graph, if they are the input's bytes. Where the work is copying, copying alone is beside it.
pub(super) fn dumps(input: &Input) -> Vec<Subject<'_>> {
    let Ok(graph) = LoadOptions::new().from_slice(&input.pickle) else {
        return Vec::new();
    };
    let graph: &_ = Box::leak(Box::new(graph));
    let options = DumpOptions::new().protocol(input.protocol);
    let to_writer = options.clone();
    // The order of a set is a process's own.
    if input.name != "sets" && options.to_vec(graph).ok().as_ref() != Some(&input.pickle) {
        eprintln!("  {} is dumped to other bytes", input.name);
        return Vec::new();
    }
    let mut subjects = vec![
        subject(OURS, move || options.to_vec(graph)),
        subject("pickle-rs, to_writer", move || to_writer.to_writer(io::sink(), graph)),
    ];
    if input.name == "bigbytes" {
        subjects.push(subject("memcpy", || Ok::<_, pickle_codec::Error>(input.pickle.to_vec())));
    }
    subjects
}

/// What no reader or writer of these bytes can be quicker than.
pub(super) fn limits(input: &Input) -> Vec<Subject<'_>> {
    let bytes = &input.pickle[..];
    let graph = LoadOptions::new().from_slice(bytes);
    let texts = graph.map(|graph| texts(&graph)).unwrap_or_default();
    let walk = || {
        let count = Ops::new(bytes).map(|op| black_box(op).is_ok()).filter(|&is_ok| is_ok).count();
        Ok::<_, pickle_codec::Error>(count)
    };
    let mut limits = vec![
        subject("memcpy", || Ok::<_, pickle_codec::Error>(bytes.to_vec())),
        prepared(
            "memcpy, touched",
            || vec![1; bytes.len()],
            |mut target| {
                target.copy_from_slice(bytes);
                Ok::<_, pickle_codec::Error>(target)
            },
        ),
        // Of the same data as JSON, where that holds it.
        subject("UTF-8 validation", || {
            Ok::<_, pickle_codec::Error>(input.json.as_deref().map(|text| std::str::from_utf8(text).is_ok()))
        }),
        subject("opcode walk", walk),
    ];
    if !texts.is_empty() {
        // What a typed load of text takes that is found already and known to be UTF-8.
        let copies = move || Ok::<_, pickle_codec::Error>(texts.iter().map(Clone::clone).collect::<Vec<String>>());
        limits.push(subject("Strings alone", copies));
    }
    limits
}

/// The items of a list, if all of them are text.
fn texts(graph: &pickle_codec::value::Graph<'_>) -> Vec<String> {
    let items = graph.root().items();
    items.map(|item| item.as_str().map(String::from)).collect::<Option<_>>().unwrap_or_default()
}
