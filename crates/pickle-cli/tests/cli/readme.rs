//! The console examples of the READMEs say what the command says. `BLESS=1` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;
use tempfile::TempDir;

use crate::read;

#[rstest]
#[case("../../README.md", 7)]
#[case("README.md", 29)]
#[case("../../docs/rescue.md", 5)]
#[case("../../docs/json.md", 15)]
#[case("../marshal-lite/README.md", 5)]
#[cfg_attr(not(unix), ignore = "the examples are for a shell")]
fn the_readme_shows_what_the_command_prints(#[case] file: &str, #[case] at_least: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let Ok(readme) = fs::read_to_string(&path) else {
        eprintln!("skipped: the README stands in the repository, not in the package");
        return;
    };
    let Some(folder) = folder() else {
        eprintln!("skipped: an example's file stands in the repository, not in the package");
        return;
    };
    let mut run = String::new();
    let mut shown = 0;
    for (number, part) in readme.split("```console\n").enumerate() {
        let (block, behind) = part.split_once("```").unwrap_or((part, ""));
        // The first part is before all blocks, and some blocks are of other commands.
        if number == 0 || !block.contains("pickle ") || block.contains("cargo ") {
            run += if number == 0 { "" } else { "```console\n" };
            run += part;
            continue;
        }
        run += "```console\n";
        for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            run += &format!("$ {command}\n{}", printed(command, &folder));
            shown += 1;
        }
        run += &format!("```{behind}");
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &run).expect("the README can be written");
        return;
    }
    assert!(run == readme, "{file} shows something else than\n{run}");
    assert!(shown >= at_least, "{file} has {shown} examples of the command");
}

/// A folder with the files that the examples name.
fn folder() -> Option<TempDir> {
    let containers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pickle-tools/tests/data/container");
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("bob.pkl"), read("bob.4.pkl")).expect("a file can be written");
    let rescue = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rescue");
    for name in ["customers.pkl", "customers.5.pkl"] {
        fs::copy(rescue.join(name), folder.path().join(name)).ok()?;
    }
    let compiled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../marshal-lite/tests/data/3.13.pyc");
    fs::copy(compiled, folder.path().join("app.pyc")).ok()?;
    for name in ["model.pt", "several.zip"] {
        fs::copy(containers.join(name), folder.path().join(name)).ok()?;
    }
    Some(folder)
}

/// What a terminal would show.
fn printed(command: &str, folder: &TempDir) -> String {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_pickle"));
    let directory = program.parent().expect("the program is in a directory");
    let path = std::env::join_paths(
        std::iter::once(directory.to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .env("PATH", path.expect("a path without a colon"))
        .env("LC_ALL", "C")
        .current_dir(folder.path())
        .output()
        .expect("there is a shell");
    String::from_utf8(output.stdout).expect("what is printed is text")
}
