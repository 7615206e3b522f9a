//! Targets of values: load, dump, edit, and what else is done with them.

use std::fmt::Write;

use pickle_codec::{DumpOptions, Limits, LoadOptions, from_slice};
use pickle_value::{Graph, Path, View, py};

use crate::canonical;

/// What is dumped is loaded as an equal value, at each protocol.
pub fn load_dump_load(data: &[u8]) {
    // Under protocol 4 a name of very many parts is a chain of calls, which copy more than may be copied.
    let limits = Limits::new().copies(u64::MAX);
    let options = LoadOptions::new().keep_unresolved(true).limits(limits);
    let Ok(graph) = options.from_slice(data) else { return };
    for protocol in 0..=5 {
        let Ok(dumped) = DumpOptions::new().protocol(protocol).to_vec(&graph) else { continue };
        let again = options.from_slice(&dumped).unwrap_or_else(|error| {
            panic!("protocol {protocol}: {graph} is written as {} and then refused: {error}", dumped.escape_ascii())
        });
        if protocol == 4 && is_plain(&graph) && !canonical::has_nan(&graph) {
            assert!(graph == again, "{graph} became {again}");
        }
    }
}

/// What was dumped is dumped again with the same bytes.
pub fn dump_identity(data: &[u8]) {
    let options = LoadOptions::new().keep_unresolved(true);
    let Ok(graph) = options.from_slice(data) else { return };
    for protocol in [2, 4, 5] {
        let dump = DumpOptions::new().protocol(protocol);
        let Some(first) =
            dump.to_vec(&graph).ok().and_then(|bytes| options.from_slice(&bytes).ok()?.into_owned().into())
        else {
            continue;
        };
        let Ok(second) = dump.to_vec(&first) else { continue };
        let Ok(third) = options.from_slice(&second).map_err(drop).and_then(|again| dump.to_vec(&again).map_err(drop))
        else {
            panic!("protocol {protocol}: what was dumped is not dumped again: {first}");
        };
        assert_eq!(second, third, "protocol {protocol}: {first}");
    }
}

/// A document gives its own bytes; an edit changes its place, and nothing else that a list or a dict has.
pub fn edits(data: &[u8]) {
    let options = LoadOptions::new();
    let Ok((mut document, end)) = options.document_at(data, 0) else { return };
    assert_eq!(document.to_vec(), data[..end], "a document that was not changed");
    let root = document.root();
    let length = root.len().unwrap_or(0);
    if length == 0 || length > 50 || !is_plain(document.graph()) || canonical::has_nan(document.graph()) {
        return;
    }
    let before: Vec<String> = root.items().chain(root.entries().map(|(_, value)| value)).map(print).collect();
    let place = data[0] as usize % length;
    let path: Path = match root.kind() {
        pickle_value::Kind::List => format!("[{place}]").parse().expect("a position is a path"),
        pickle_value::Kind::Dict => match root.entries().nth(place).and_then(|(key, _)| key.as_i64()) {
            Some(key) => format!("[{key}]").parse().expect("an int is a path"),
            None => return,
        },
        _ => return,
    };
    if document.set(&path, &py!("changed")).is_err() {
        assert_eq!(document.to_vec(), data[..end], "a refused edit changes nothing");
        return;
    }
    assert_eq!(document.root().at(&path).as_str(), Some("changed"));
    let root = document.root();
    let after: Vec<String> = root.items().chain(root.entries().map(|(_, value)| value)).map(print).collect();
    assert_eq!(before.len(), after.len());
    for (at, (before, after)) in before.iter().zip(&after).enumerate() {
        // What refers to the whole is changed with it.
        assert!(at == place || before == after || before.contains("..."), "item {at}: {before} became {after}");
    }
}

/// Everything that is done with a value ends, and agrees with itself.
pub fn untrusted(data: &[u8]) {
    let _ = LoadOptions::new().unify(true).from_slice(data);
    let python2 = pickle_codec::Profile::CPYTHON_2_7;
    if let Ok(graph) = LoadOptions::new().profile(python2).from_slice(data) {
        let _ = DumpOptions::new().profile(python2).to_vec(&graph);
    }
    let sliced = from_slice(data);
    match (pickle_codec::from_reader(data), &sliced) {
        // A frame may reach beyond its pickle: a reader stops at the pickle's end.
        (Err(error), _) if error.opcode() == Some(pickle_codec::opcodes::Opcode::Frame) => {}
        (Ok(a), Ok(b)) => assert_eq!(canonical::digest(&a), canonical::digest(b)),
        (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string()),
        (a, b) => panic!("a reader gives {a:?}, a slice {b:?}"),
    }
    let Ok(graph) = sliced else { return };
    let copy = graph.clone().into_owned();
    assert_eq!(print(graph.root()), print(copy.root()));
    if !canonical::has_nan(&graph) {
        assert!(graph == copy, "{graph} differs from its copy");
    }
    for (key, value) in graph.root().entries().take(100) {
        let found = graph.root().get(key);
        assert!(found.is(value) || canonical::has_nan(&graph) || found == value, "{key} is not found");
    }
    let _ = marshal_lite::to_vec(&graph);
}

/// Nothing but data: no calls and instances, whose spelling differs by protocol.
pub(crate) fn is_plain(graph: &Graph<'_>) -> bool {
    let mut known = std::collections::HashSet::new();
    let mut work = vec![graph.root()];
    while let Some(view) = work.pop() {
        if view.as_object().is_some() {
            return false;
        }
        if view.handle().is_some_and(|handle| known.insert(handle)) {
            work.extend(view.parts());
        }
    }
    true
}

fn print(view: View<'_>) -> String {
    let mut text = String::new();
    write!(text, "{view}").expect("a String takes everything");
    text
}
