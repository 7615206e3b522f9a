//! Marshal data: the code of a standard library, and plain values. Everyone drops each result before the next is made, as the
//! child that times CPython does.

use std::hint::black_box;
use std::rc::Rc;

use marshal_lite::ReadOptions;
use py_marshal::read::marshal_loads;

use super::{Failure, OURS, Subject, subject};
use crate::workload::Input;

/// Loads of all contents, one after the other.
pub(super) fn loads(input: &Input) -> Vec<Subject<'_>> {
    let contents = &input.marshal[..];
    vec![subject(OURS, || {
        let options = ReadOptions::new();
        each(contents, |content| options.from_slice(content))
    })]
}

/// Those of the others; what they cannot read is left out when it is first tried.
pub(super) fn peers(input: &Input) -> Vec<Subject<'_>> {
    let contents = &input.marshal[..];
    vec![
        subject("marshal-parser", || {
            each(contents, |content| marshal_parser::MarshalObject::parse_dump(content, (3, 13)))
        }),
        subject("py-marshal", || {
            each(contents, |content| marshal_loads(content).map_err(|error| Failure::from(error.to_string())))
        }),
    ]
}

/// Dumps of the graphs: by the rules of sharing, as nothing is known of how they were written; and as they were written.
pub(super) fn dumps(input: &Input) -> Vec<Subject<'_>> {
    let read = |content: &'_ Vec<u8>| {
        let (graph, record) = ReadOptions::new().from_slice_recorded(content)?;
        Ok((graph.into_owned(), record))
    };
    let Ok(graphs) = input.marshal.iter().map(read).collect::<Result<Vec<_>, marshal_lite::Error>>() else {
        return Vec::new();
    };
    let graphs = Rc::new(graphs);
    let same = Rc::clone(&graphs);
    vec![
        subject(OURS, move || each(&graphs, |(graph, _)| marshal_lite::to_vec(graph))),
        subject("pickle-rs, by its record", move || each(&same, |(graph, record)| record.to_vec(graph))),
    ]
}

/// Does something with one after the other.
fn each<'i, I, T, E>(inputs: &'i [I], mut work: impl FnMut(&'i I) -> Result<T, E>) -> Result<(), E> {
    for input in inputs {
        drop(black_box(work(input)?));
    }
    Ok(())
}
