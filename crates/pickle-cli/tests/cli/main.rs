//! Runs the command `pickle` over the files of `tests/data`, which `generate.py` there made with CPython 3.13.

mod arguments;
mod check;
mod containers;
mod dis;
mod get;
mod info;
mod json;
mod make;
mod opcodes;
mod overrides;
mod pyc;
mod readme;
mod rewrite;
mod scan;
mod set;
mod shelve;
mod show;
mod transcode;
mod untrusted;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How the command ended.
#[derive(PartialEq, Eq, Debug)]
struct Run {
    status: i32,
    stdout: Vec<u8>,
    stderr: String,
}

impl Run {
    /// What a run gives that ends like this.
    fn of(status: i32, stdout: impl Into<Vec<u8>>, stderr: impl Into<String>) -> Run {
        Run { status, stdout: stdout.into(), stderr: stderr.into() }
    }

    fn text(&self) -> &str {
        core::str::from_utf8(&self.stdout).expect("the output is UTF-8")
    }
}

/// Runs `pickle` in the folder of the data.
fn pickle<I: AsRef<str>>(args: impl IntoIterator<Item = I>) -> Run {
    pickle_with(b"", args)
}

/// Runs `pickle` with a standard input.
fn pickle_with<I: AsRef<str>>(stdin: &[u8], args: impl IntoIterator<Item = I>) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pickle"))
        .args(args.into_iter().map(|arg| arg.as_ref().to_owned()))
        .current_dir(data(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut input = child.stdin.take().expect("standard input is a pipe");
    let output = std::thread::scope(|scope| {
        // Who does not read all of it closes the pipe.
        scope.spawn(move || {
            let _ = input.write_all(stdin);
        });
        child.wait_with_output().expect("the command ends")
    });
    Run {
        status: output.status.code().expect("no signal ends the command"),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// The path of a data file.
fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The bytes of a data file.
fn read(name: &str) -> Vec<u8> {
    fs::read(data(name)).expect("the data file is there")
}
