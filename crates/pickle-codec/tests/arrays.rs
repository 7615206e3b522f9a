//! Arrays of NumPy and tensors of PyTorch are shown by type and shape: `tests/arrays/make.py` made the pickles.

use pickle_codec::from_slice;
use rstest::rstest;
use serde_json::Value;

#[rstest]
#[case::numpy_1(include_str!("arrays/numpy-1.jsonl"), 100)]
#[case::numpy_2(include_str!("arrays/numpy-2.jsonl"), 100)]
#[case::torch(include_str!("arrays/torch.jsonl"), 40)]
fn arrays_are_shown_by_type_and_shape(#[case] table: &str, #[case] at_least: usize) {
    let mut count = 0;
    for line in table.lines() {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let graph = support::base64(line["pickle"].as_str().expect("a pickle"));
        let graph = from_slice(&graph).unwrap_or_else(|error| panic!("{}: {error}", line["by"]));
        assert_eq!(graph.to_string(), line["shown"].as_str().expect("a text"), "{}", line["by"]);
        count += 1;
    }
    assert!(count >= at_least, "only {count} lines");
}

#[path = "stdlib/base64.rs"]
mod support;
