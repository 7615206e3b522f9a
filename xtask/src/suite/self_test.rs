//! `cargo xtask suite --self-test`: what is wrong with a module must be noticed, through the same runner.

use std::process::{Command, ExitCode, Stdio};

use super::known::{Entry, Known};
use super::verdict::Verdict;
use super::{Options, judge};
use crate::Result;
use crate::compat::pythons::Interpreter;
use crate::host::{Build, Host};

/// Plants one fault after the other.
pub(crate) fn run(python: &Interpreter, options: &Options, known: &Known) -> Result<ExitCode> {
    eprintln!("CPython {}: building the host twice, once with a broken opcode", python.version);
    let sound = Host::build(python, Build::Sound)?;
    let broken = Host::build(python, Build::Broken)?;
    let native = Host { python, library: native_module(python)?.into() };
    let with = |test: &str| Options { tests: vec![test.to_owned()], ..options.clone() };

    let mut one_more = known.clone();
    one_more.suite.push(Entry {
        test: "test.test_copyreg.CopyRegTestCase.test_bool".to_owned(),
        reason: "none: it passes".to_owned(),
        pythons: Vec::new(),
    });
    let faults = [
        ("FROZENSET makes a tuple", judge(&broken, &with("test_pickle"), known)?),
        ("a frozenset of marshal data is a tuple", judge(&broken, &with("test_marshal"), known)?),
        ("the native module in our place", judge(&native, &with("test_copyreg"), known)?),
        ("a listed difference that does not happen", judge(&sound, &with("test_copyreg"), &one_more)?),
        ("a test file that does not exist", judge(&sound, &with("test_of_nothing"), known)?),
    ];
    // What fails anyway would notice everything.
    let nothing = judge(&sound, &with("test_copyreg"), known)?;
    let mut missed = usize::from(!nothing.is_success());
    println!("  {:<44} {}", "nothing", if nothing.is_success() { "passes" } else { "FAILS ALL THE SAME" });
    for (fault, verdict) in faults {
        let noticed = !verdict.is_success();
        missed += usize::from(!noticed);
        println!("  {fault:<44} {}", if noticed { example(&verdict) } else { "NOT NOTICED".to_owned() });
    }
    println!("{}", if missed == 0 { "all planted faults were noticed" } else { "the harness cannot be trusted" });
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How many complaints there are, and the first.
fn example(verdict: &Verdict) -> String {
    let mut complaints = Vec::new();
    for file in &verdict.files {
        // The end of a traceback says the most.
        complaints.extend(file.faults.iter().filter_map(|fault| fault.trim().lines().last()).map(str::to_owned));
        complaints.extend(file.unexpected().map(|difference| format!("{} does not pass", difference.test)));
        complaints.extend(file.outdated.iter().map(|test| format!("{test} is listed, and passes")));
    }
    let first = complaints.first().map(String::as_str).unwrap_or_default();
    format!("noticed ({}), such as\n      {}", complaints.len(), first.chars().take(110).collect::<String>())
}

/// Where the interpreter has its own module.
fn native_module(python: &Interpreter) -> Result<String> {
    let script = "import _pickle; print(getattr(_pickle, '__file__', '(linked in)'))";
    let output = Command::new(&python.path).args(["-c", script]).stdin(Stdio::null()).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
