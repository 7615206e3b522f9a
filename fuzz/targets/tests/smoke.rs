//! Every target over every seed, on stable, and over what the fuzzer found.

use std::fs;
use std::path::Path;

use fuzz_targets::TARGETS;

#[test]
fn all_targets_take_all_seeds() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds");
    let mut count = 0;
    for folder in fs::read_dir(seeds).expect("the seeds are committed") {
        let folder = folder.expect("a folder of seeds").path();
        for seed in fs::read_dir(&folder).expect("a folder of seeds") {
            let path = seed.expect("a seed").path();
            let data = fs::read(&path).expect("a seed");
            for (name, target) in TARGETS {
                let outcome = std::panic::catch_unwind(|| target(&data));
                assert!(outcome.is_ok(), "{name} fails on {}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 1000, "only {count} runs: where are the seeds?");
}
