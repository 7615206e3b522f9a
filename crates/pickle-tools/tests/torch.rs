//! Files that PyTorch itself saved; `compat/scan/torch_files.py` made them.
#![cfg(feature = "scan")]

use std::fs;
use std::path::{Path, PathBuf};

use pickle_tools::scan::{Judgement, Policy, Scanner, Verdict};
use rstest::rstest;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/torch").join(name)
}

#[rstest]
#[case::a_state_dict("state-dict.pt", Verdict::Clean)]
#[case::of_the_older_format("state-dict.legacy.pt", Verdict::Clean)]
#[case::of_an_optimizer("optimizer-adam.pt", Verdict::Clean)]
#[case::a_quantized_tensor("quantized.pt", Verdict::Clean)]
#[case::a_sparse_tensor("sparse.pt", Verdict::Clean)]
#[case::a_whole_module("whole-scale.pt", Verdict::Dangerous)]
fn weights_are_clean_and_modules_are_not(#[case] name: &str, #[case] expected: Verdict) {
    let bytes = fs::read(file(name)).expect("the file is there");
    let report = Scanner::new().scan(&bytes);
    assert_eq!(report.verdict(), expected, "{:?}", report.findings());
}

/// What `torch.load` takes with `weights_only`, the policy takes, too.
#[test]
fn all_names_that_weights_only_takes_are_allowed() {
    let text = fs::read_to_string(file("weights-only.txt")).expect("the file is there");
    let names: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(names.len(), 128);
    let policy = Policy::built_in();
    let missing = names.iter().filter(|symbol| {
        let (module, name) = symbol.rsplit_once('.').expect("a name stands in a module");
        !matches!(policy.judge(module, name), Judgement::Allowed(_))
    });
    assert_eq!(missing.collect::<Vec<_>>(), [&""; 0]);
}
