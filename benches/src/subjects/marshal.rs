//! Marshal data: the code of a standard library, and plain values.

use marshal_lite::ReadOptions;
use py_marshal::read::marshal_loads;

use super::{Failure, OURS, Subject, subject};
use crate::workload::Input;

/// Loads of all contents, one after the other.
pub(super) fn loads(input: &Input) -> Vec<Subject<'_>> {
    let contents = &input.marshal[..];
    vec![subject(OURS, || {
        let options = ReadOptions::new();
        contents.iter().map(|content| options.from_slice(content)).collect::<Result<Vec<_>, _>>()
    })]
}

/// Those of the others; what they cannot read is left out when it is first tried.
pub(super) fn peers(input: &Input) -> Vec<Subject<'_>> {
    let contents = &input.marshal[..];
    vec![
        subject("marshal-parser", || {
            let parse = |content: &Vec<u8>| marshal_parser::MarshalObject::parse_dump(content, (3, 13));
            contents.iter().map(parse).collect::<Result<Vec<_>, _>>()
        }),
        subject("py-marshal", || {
            let parse = |content: &Vec<u8>| marshal_loads(content).map_err(|error| Failure::from(error.to_string()));
            contents.iter().map(parse).collect::<Result<Vec<_>, _>>()
        }),
    ]
}

/// Dumps of the graphs, by the rules of sharing, as nothing is known of how they were written.
pub(super) fn dumps(input: &Input) -> Vec<Subject<'_>> {
    let read =
        |content: &'_ Vec<u8>| ReadOptions::new().from_slice(content).map(marshal_lite::value::Graph::into_owned);
    let Ok(graphs) = input.marshal.iter().map(read).collect::<Result<Vec<_>, _>>() else {
        return Vec::new();
    };
    vec![subject(OURS, move || graphs.iter().map(marshal_lite::to_vec).collect::<Result<Vec<_>, _>>())]
}
