//! The other crates that read and write pickles, and all that do with Rust types.

use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Failure, OURS, Subject, prepared, subject};
use crate::typed::{self, WithType};
use crate::workload::Input;

const SERDE_PICKLE: &str = "serde-pickle";
const PICKLED: &str = "pickled";

/// Loads, each into its own kind of value.
pub(super) fn loads(input: &Input) -> Vec<Subject<'_>> {
    let bytes = &input.pickle[..];
    vec![
        subject(SERDE_PICKLE, || serde_pickle::value_from_slice(bytes, serde_pickle::DeOptions::new())),
        subject(PICKLED, || pickled::value_from_slice(bytes, pickled::DeOptions::new())),
        subject("repugnant-pickle", || repugnant(bytes)),
    ]
}

/// Both of its steps: instructions, then values, with references to the memo resolved.
fn repugnant(bytes: &[u8]) -> Result<usize, Failure> {
    let parsed = repugnant_pickle::parse_ops::<nom::error::VerboseError<&[u8]>>(bytes);
    let (_, ops) = parsed.map_err(|_| "repugnant-pickle does not parse this")?;
    let (values, _) = repugnant_pickle::evaluate(&ops, true)?;
    Ok(values.len())
}

/// Dumps of these values.
pub(super) fn dumps(input: &Input) -> Vec<Subject<'_>> {
    let bytes = &input.pickle[..];
    let mut subjects = Vec::new();
    if let Ok(value) = serde_pickle::value_from_slice(bytes, serde_pickle::DeOptions::new()) {
        subjects
            .push(subject(SERDE_PICKLE, move || serde_pickle::value_to_vec(&value, serde_pickle::SerOptions::new())));
    }
    if let Ok(value) = pickled::value_from_slice(bytes, pickled::DeOptions::new()) {
        subjects.push(subject(PICKLED, move || pickled::value_to_vec(&value, pickled::SerOptions::new())));
    }
    subjects
}

/// Loads into the workload's Rust type.
pub(super) struct TypedLoads<'i>(pub(super) &'i Input);

impl<'i> WithType for TypedLoads<'i> {
    type Output = Vec<Subject<'i>>;

    fn with<T: Serialize + DeserializeOwned + 'static>(self) -> Vec<Subject<'i>> {
        let input = self.0;
        let bytes = &input.pickle[..];
        // The tree is deeper than it would go by itself.
        let ours = pickle_serde::DeOptions::new().depth(10_000);
        let mut subjects = vec![
            subject(OURS, move || ours.from_slice::<T>(bytes)),
            subject(SERDE_PICKLE, || serde_pickle::from_slice::<T>(bytes, serde_pickle::DeOptions::new())),
            subject(PICKLED, || pickled::from_slice::<T>(bytes, pickled::DeOptions::new())),
        ];
        if let (Some(json), Some(msgpack)) = (&input.json, &input.msgpack) {
            subjects.push(subject("serde_json", || typed::from_json::<T>(json)));
            // It works in the text itself.
            subjects.push(prepared(
                "simd-json",
                || json.clone(),
                |mut json| simd_json::serde::from_slice::<T>(&mut json),
            ));
            subjects.push(subject("rmp-serde", || rmp_serde::from_slice::<T>(msgpack)));
        }
        subjects
    }
}

/// Loads of a list of text that stays where it is, by those who can lend it.
pub(super) fn lent_loads(input: &Input) -> Vec<Subject<'_>> {
    let mut subjects = vec![subject("pickle-rs, &str", || pickle_serde::from_slice::<Vec<&str>>(&input.pickle))];
    if let (Some(json), Some(msgpack)) = (&input.json, &input.msgpack) {
        // No text of these workloads is escaped in JSON.
        subjects.push(subject("serde_json, &str", || serde_json::from_slice::<Vec<&str>>(json)));
        subjects.push(subject("rmp-serde, &str", || rmp_serde::from_slice::<Vec<&str>>(msgpack)));
    }
    subjects
}

/// Dumps of the workload's Rust type.
pub(super) struct TypedDumps<'i>(pub(super) &'i Input);

impl<'i> WithType for TypedDumps<'i> {
    type Output = Vec<Subject<'i>>;

    fn with<T: Serialize + DeserializeOwned + 'static>(self) -> Vec<Subject<'i>> {
        let Some(Ok(value)) = self.0.json.as_deref().map(typed::from_json::<T>) else {
            return Vec::new();
        };
        let value = Rc::new(value);
        let each = || Rc::clone(&value);
        let (ours, a, b, c, d, e) = (each(), each(), each(), each(), each(), each());
        vec![
            subject(OURS, move || pickle_serde::to_vec(&*ours)),
            subject(SERDE_PICKLE, move || serde_pickle::to_vec(&*a, serde_pickle::SerOptions::new())),
            subject(PICKLED, move || pickled::to_vec(&*b, pickled::SerOptions::new())),
            subject("serde_json", move || serde_json::to_vec(&*c)),
            subject("simd-json", move || simd_json::serde::to_vec(&*d)),
            subject("rmp-serde", move || rmp_serde::to_vec_named(&*e)),
        ]
    }
}
