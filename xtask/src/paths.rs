//! Where things are in the checkout.

use std::env;
use std::path::{Path, PathBuf};

/// The checkout.
pub(crate) fn root() -> PathBuf {
    // Cargo sets the variable for what it runs; the other is where this was built.
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map(Path::to_path_buf).unwrap_or(manifest)
}

/// The generator, and all files that decide what it answers.
pub(crate) fn generator() -> PathBuf {
    root().join("compat").join("generate.py")
}

/// A script in `compat`.
pub(crate) fn script(name: &str) -> PathBuf {
    root().join("compat").join(name)
}

/// The scripts that collect and judge real pickles.
pub(crate) fn real() -> PathBuf {
    root().join("compat").join("real")
}

/// The script that says where a pickle's object can be assigned to, and what an edit is to give.
pub(crate) fn judge() -> PathBuf {
    root().join("compat").join("edits").join("judge.py")
}

/// The script that says what `json` makes of objects and of texts.
pub(crate) fn json_judge() -> PathBuf {
    root().join("compat").join("json-text").join("judge.py")
}

/// The scripts that ask interpreters about marshal data.
pub(crate) fn marshal_scripts() -> PathBuf {
    root().join("compat").join("marshal")
}

/// The tables of opcodes that these scripts write.
pub(crate) fn opcode_tables() -> PathBuf {
    root().join("crates").join("marshal-lite").join("src").join("listing").join("tables")
}

/// The script that writes, changes and checks shelves.
pub(crate) fn shelve_script() -> PathBuf {
    root().join("compat").join("shelve").join("shelf.py")
}

/// The scripts that write hostile files and have CPython load them, and the differences that are meant.
pub(crate) fn hostile() -> PathBuf {
    root().join("compat").join("hostile")
}

/// Edits of odd pickles, with the bytes that they are to give.
pub(crate) fn odd_edits() -> PathBuf {
    root().join("crates").join("pickle-codec").join("tests").join("data").join("odd_edits.jsonl")
}

/// The workspace that measures.
pub(crate) fn benches() -> PathBuf {
    root().join("benches")
}

/// What was measured, a file for each day.
pub(crate) fn bench_records() -> PathBuf {
    benches().join("record")
}

/// The page that shows it.
pub(crate) fn dashboard() -> PathBuf {
    target().join("dashboard").join("index.html")
}

/// The picture of it that the README shows.
pub(crate) fn speed_picture() -> PathBuf {
    root().join("docs").join("speed.svg")
}

/// The committed corpus.
pub(crate) fn corpus() -> PathBuf {
    root().join("compat").join("corpus")
}

/// The differences that are meant.
pub(crate) fn known_differences() -> PathBuf {
    root().join("compat").join("known-differences.toml")
}

/// What interpreters answered, kept from run to run.
pub(crate) fn cache() -> PathBuf {
    target().join("compat")
}

fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The module that stands in for `_pickle`, and the scripts around it.
pub(crate) fn host() -> PathBuf {
    root().join("compat").join("cpython-host")
}

/// Where it is built, in a folder for each interpreter.
pub(crate) fn hosts() -> PathBuf {
    target().join("cpython-host")
}
