//! The console examples of the repository's README say what the command says.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::read;

#[test]
fn the_readme_shows_what_the_command_prints() {
    let Ok(readme) = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")) else {
        eprintln!("skipped: the README stands in the repository, not in the package");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("bob.pkl"), read("bob.4.pkl")).expect("a file can be written");
    let mut shown = 0;
    for block in readme.split("```console\n").skip(1).filter_map(|block| block.split("```").next()) {
        for example in block.split("$ ").filter_map(|example| example.strip_prefix("pickle ")) {
            let (arguments, expected) = example.split_once('\n').expect("a command ends its line");
            let output = Command::new(env!("CARGO_BIN_EXE_pickle"))
                .args(arguments.split_whitespace())
                .current_dir(folder.path())
                .output()
                .expect("the command starts");
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "pickle {arguments}");
            shown += 1;
        }
    }
    assert!(shown >= 4, "the README has {shown} examples of the command");
}
