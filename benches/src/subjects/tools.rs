//! The tools of pickletools: genops, dis and optimize.

use std::hint::black_box;

use pickle_tools::{DisOptions, dis, genops, optimize};

use super::{OURS, Operation, Subject, subject};
use crate::Result;
use crate::workload::Input;

/// Ours. CPython is asked for the others.
pub(super) fn ours(operation: Operation, input: &Input) -> Vec<Subject<'_>> {
    let pickle = &input.pickle[..];
    vec![match operation {
        Operation::Scan => subject(OURS, || all_instructions(pickle)),
        Operation::Dis => subject(OURS, || -> Result<_> {
            let mut text = Vec::new();
            dis(pickle, &mut text, DisOptions::new())?;
            Ok(text)
        }),
        _ => subject(OURS, || optimize(pickle)),
    }]
}

/// All instructions with their arguments, each put where a caller would find it.
fn all_instructions(pickle: &[u8]) -> Result<usize> {
    let mut count = 0;
    for op in genops(pickle) {
        black_box(&op?);
        count += 1;
    }
    Ok(count)
}
