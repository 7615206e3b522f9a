//! Which crate may depend on which: the picture in ARCHITECTURE.md, as a test.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::paths;

/// Each crate of the workspace with those of ours that it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("pickle-opcodes", &[]),
    ("pickle-value", &[]),
    ("pickle-codec", &["pickle-opcodes", "pickle-value"]),
    ("marshal-lite", &["pickle-value"]),
    ("pickle-serde", &["pickle-opcodes", "pickle-value", "pickle-codec"]),
    ("shelve-lite", &["pickle-opcodes", "pickle-value", "pickle-codec"]),
    ("pickle-tools", &["pickle-opcodes", "pickle-value", "pickle-codec", "pickle-serde", "marshal-lite"]),
    (
        "pickle-cli",
        &[
            "pickle-opcodes",
            "pickle-value",
            "pickle-codec",
            "pickle-serde",
            "pickle-tools",
            "marshal-lite",
            "shelve-lite",
        ],
    ),
    (
        "fuzz-targets",
        &["pickle-opcodes", "pickle-value", "pickle-codec", "pickle-serde", "pickle-tools", "marshal-lite"],
    ),
    (
        "xtask",
        &[
            "fuzz-targets",
            "pickle-opcodes",
            "pickle-value",
            "pickle-codec",
            "pickle-serde",
            "pickle-tools",
            "pickle-cli",
            "marshal-lite",
            "shelve-lite",
        ],
    ),
];

#[test]
fn no_crate_depends_against_the_direction_of_the_design() {
    let crates = workspace_crates();
    assert!(crates.len() >= 6, "cargo metadata gave {crates:?}");
    for (name, dependencies) in &crates {
        let layer = LAYERS.iter().find(|(known, _)| known == name);
        let (_, allowed) = layer.unwrap_or_else(|| panic!("{name} has no place in the design: say which it may use"));
        // Those for tests and build scripts are held to the same, or the crates could not be published one by one.
        // Its own tests may ask a crate for all its features.
        for dependency in
            dependencies.iter().filter(|&dependency| crates.contains_key(dependency) && dependency != name)
        {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not depend on {dependency}");
        }
    }
}

/// What cargo says: each crate of the workspace with all it depends on.
fn workspace_crates() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(paths::root())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let name = |value: &Value| value["name"].as_str().expect("each package has a name").to_owned();
    let dependencies = |package: &Value| {
        package["dependencies"].as_array().into_iter().flatten().map(name).collect::<BTreeSet<String>>()
    };
    packages.iter().map(|package| (name(package), dependencies(package))).collect()
}
