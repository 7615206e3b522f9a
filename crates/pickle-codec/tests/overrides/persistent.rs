//! Persistent ids.

use pickle_codec::value::{Builder, Graph, Handle, Kind, View, literal};
use pickle_codec::{DumpOptions, Error, Implementation, LoadOptions, PersistentId, Profile, Replacer, Resolver};
use serde_json::Value;

use super::data::{bytes, part, text};

/// As the pickler of the data: each int of three digits has an id, and each str that begins with a colon.
struct Ids;

impl Replacer<'_> for Ids {
    fn persistent_id(&mut self, object: View<'_>) -> Result<Option<PersistentId>, Error> {
        Ok(match (object.kind(), object.as_str(), object.as_i64()) {
            (Kind::Text, Some(text), _) => text.strip_prefix(':').map(|id| PersistentId::Text(id.into())),
            (Kind::Int, _, Some(100..=999)) => object.handle().map(PersistentId::Object),
            _ => None,
        })
    }
}

impl Resolver<'_> for Ids {
    fn persistent_load(&mut self, id: Handle, graph: &mut Builder<'_>) -> Result<Option<Handle>, Error> {
        let text = graph.view(id).as_str().map(|text| format!(":{text}"));
        Ok(Some(match text {
            Some(text) => match text[1..].parse() {
                Ok(number) => graph.int(number)?,
                Err(_) => graph.text(&text)?,
            },
            None => id,
        }))
    }
}

fn pickles(case: &Value) -> impl Iterator<Item = (u8, Vec<u8>)> {
    (0..).zip(case["pickles"].as_array().expect("pickles").iter().map(bytes))
}

fn dump(case: &Value, protocol: u8) -> DumpOptions {
    let pickler = if case["pickler"] == "C" { Implementation::C } else { Implementation::Python };
    DumpOptions::new().protocol(protocol).profile(Profile::default().with_pickler(pickler))
}

fn value(case: &Value) -> Graph<'static> {
    literal::parse(text(&case["value"])).expect("a literal").into_owned()
}

#[test]
fn ids_are_written_as_cpython_writes_them() {
    for case in part("persistent") {
        let graph = made(&case);
        for (protocol, pickle) in pickles(&case) {
            let ours = dump(&case, protocol).to_vec_with(&graph, &mut Ids).expect("it can be pickled");
            assert_eq!(ours.escape_ascii().to_string(), pickle.escape_ascii().to_string(), "{case} at {protocol}");
        }
    }
}

/// The value, with strings that are equal as one object, as a Python source has them.
fn made(case: &Value) -> Graph<'static> {
    let graph = value(case);
    let pickle = DumpOptions::new().to_vec(&graph).expect("it can be pickled");
    LoadOptions::new().from_slice(&pickle).expect("a pickle").into_owned()
}

#[test]
fn ids_are_kept_or_resolved() {
    for case in part("persistent") {
        for (protocol, pickle) in pickles(&case) {
            let kept = LoadOptions::new().from_slice(&pickle).expect("a pickle");
            let ours = dump(&case, protocol).to_vec(&kept).expect("it can be pickled");
            assert_eq!(ours.escape_ascii().to_string(), pickle.escape_ascii().to_string(), "{case} at {protocol}");
            let resolved = LoadOptions::new().from_slice_with(&pickle, &mut Ids).expect("a pickle");
            assert_eq!(resolved, value(&case), "{case} at {protocol}");
        }
    }
}

/// CPython: `PicklingError: persistent IDs in protocol 0 must be ASCII strings`.
#[test]
fn protocol_0_has_ids_of_ascii_alone() {
    struct Bad(&'static str);
    impl Replacer<'_> for Bad {
        fn persistent_id(&mut self, _: View<'_>) -> Result<Option<PersistentId>, Error> {
            Ok(Some(PersistentId::Text(self.0.into())))
        }
    }
    let graph = pickle_codec::value::py!(None);
    for id in ["é", "a\nb"] {
        let dumped = DumpOptions::new().protocol(0).to_vec_with(&graph, &mut Bad(id));
        assert!(dumped.expect_err("no line holds it").to_string().starts_with("persistent IDs in protocol 0 must"));
        assert!(DumpOptions::new().protocol(1).to_vec_with(&graph, &mut Bad(id)).is_ok());
    }
}
