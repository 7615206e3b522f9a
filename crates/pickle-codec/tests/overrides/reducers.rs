//! Objects that are made otherwise than they are: dispatch tables.

use pickle_codec::value::View;
use pickle_codec::{DumpOptions, Error, Implementation, LoadOptions, Profile, Reduced, Replacer};

use super::data::{bytes, part};

/// As the dispatch table of the data: orders are made by a function, and have their tags as a state.
struct Orders;

impl Replacer<'_> for Orders {
    fn reduce(&mut self, object: View<'_>) -> Result<Option<Reduced>, Error> {
        let Some(order) = object.as_object().filter(|order| order.callable().as_global() == Some(("shop", "Order")))
        else {
            return Ok(None);
        };
        let state = order.state();
        let args = ["number", "name"].into_iter().filter_map(|name| state.get(name).handle()).collect();
        let reduced = Reduced::call("shop", "order", args);
        let tags = state.get("tags");
        Ok(Some(match tags.handle().filter(|_| !tags.is_none()) {
            Some(tags) => reduced.with_state(tags),
            None => reduced,
        }))
    }
}

#[test]
fn reducers_write_what_cpython_writes() {
    let cases = part("reducers");
    assert_eq!(cases.len(), 14);
    for case in cases {
        let pickler = if case["pickler"] == "C" { Implementation::C } else { Implementation::Python };
        let plain = bytes(&case["plain"]);
        let graph = LoadOptions::new().unify(true).from_slice(&plain).expect("CPython wrote it");
        for (protocol, pickle) in (0..).zip(case["pickles"].as_array().expect("pickles")) {
            let options = DumpOptions::new().protocol(protocol).profile(Profile::default().with_pickler(pickler));
            let ours = options.to_vec_with(&graph, &mut Orders).expect("it can be pickled");
            assert_eq!(
                ours.escape_ascii().to_string(),
                bytes(pickle).escape_ascii().to_string(),
                "{case} at {protocol}"
            );
        }
    }
}
