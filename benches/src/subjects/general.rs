//! What people pick instead of pickle: the same data as JSON and as MessagePack.

use super::{Subject, prepared, subject};
use crate::typed;
use crate::workload::Input;

/// Loads into a value that holds anything.
pub(super) fn loads(input: &Input) -> Vec<Subject<'_>> {
    let (Some(json), Some(msgpack)) = (&input.json, &input.msgpack) else {
        return Vec::new();
    };
    vec![
        subject("serde_json", || typed::json_value(json)),
        // It works in the text itself.
        prepared("simd-json", || json.clone(), |mut json| simd_json::to_owned_value(&mut json)),
        subject("rmp-serde", || rmp_serde::from_slice::<serde_json::Value>(msgpack)),
    ]
}

/// Dumps of such a value.
pub(super) fn dumps(input: &Input) -> Vec<Subject<'_>> {
    let Some(Ok(value)) = input.json.as_deref().map(typed::json_value) else {
        return Vec::new();
    };
    let (again, mut json) = (value.clone(), input.json.clone().unwrap_or_default());
    let mut subjects = vec![
        subject("serde_json", move || serde_json::to_vec(&value)),
        subject("rmp-serde", move || rmp_serde::to_vec(&again)),
    ];
    if let Ok(value) = simd_json::to_owned_value(&mut json) {
        subjects
            .push(subject("simd-json", move || Ok::<_, std::fmt::Error>(simd_json::prelude::Writable::encode(&value))));
    }
    subjects
}
