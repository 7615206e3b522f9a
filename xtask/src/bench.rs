//! `cargo xtask bench`: all that `benches/` measures, in one record, and the dashboard of all records.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;
use serde_json::{Value, json};

use crate::compat::pythons;
use crate::dashboard::{self, record::date};
use crate::{Result, paths};

/// Measure speed beside CPython and other crates, and make the dashboard
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Count instructions only, which other work on the machine does not change
    #[arg(long)]
    instructions: bool,
    /// With --instructions: fail where a case takes more than the committed record says
    #[arg(long, requires = "instructions")]
    check: bool,
    /// With --instructions: write the committed record anew
    #[arg(long, requires = "instructions", conflicts_with = "check")]
    bless: bool,
    /// Make the page and the picture of the records that there are
    #[arg(long, conflicts_with = "instructions")]
    dashboard: bool,
    /// The CPython to compare with; without, the newest that is found
    #[arg(long)]
    python: Option<PathBuf>,
    /// Another CPython to compare with; without, the system's own, if that is one
    #[arg(long)]
    beside: Vec<PathBuf>,
    /// How often everyone runs
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Where the page goes, instead of the target folder
    #[arg(long)]
    out: Option<PathBuf>,
}

/// `cargo xtask bench`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let page = options.out.clone().unwrap_or_else(paths::dashboard);
    if options.dashboard {
        dashboard::write(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    let pythons = match Pythons::find(options) {
        Err(error) if options.check => {
            println!("Nothing is counted: {error}");
            return Ok(ExitCode::SUCCESS);
        }
        found => found?,
    };
    if options.instructions {
        let mut args = pythons.maker("instructions");
        args.extend(options.check.then(|| "--check".into()));
        args.extend(options.bless.then(|| "--bless".into()));
        return benches(&args).map(|()| ExitCode::SUCCESS).or(Ok(ExitCode::FAILURE));
    }
    let record = measure(&pythons, options.rounds)?;
    let time = record["time"].as_u64().unwrap_or_default();
    let path = paths::bench_records().join(format!("{}.json", date(time)));
    fs::write(&path, serde_json::to_string_pretty(&record)? + "\n")?;
    println!("{}", path.display());
    dashboard::write(&page)?;
    Ok(ExitCode::SUCCESS)
}

/// The interpreters of a comparison.
struct Pythons {
    main: PathBuf,
    beside: Vec<PathBuf>,
}

impl Pythons {
    fn find(options: &Options) -> Result<Pythons> {
        let found: Vec<PathBuf> = pythons::find(&[])?.found.into_iter().map(|python| python.path).collect();
        let main = match &options.python {
            Some(python) => python.clone(),
            None => found.last().cloned().ok_or("no CPython is found, and all is measured beside one")?,
        };
        let mut beside = options.beside.clone();
        if beside.is_empty() {
            beside.extend(found.into_iter().filter(|path| path.starts_with("/usr/bin") && *path != main));
        }
        Ok(Pythons { main, beside })
    }

    fn maker(&self, command: &str) -> Vec<String> {
        vec![command.into(), "--python".into(), self.main.display().to_string()]
    }
}

/// Runs everything; gives the record of it.
fn measure(pythons: &Pythons, rounds: usize) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let rounds = rounds.to_string();
    let mut commands: Vec<String> = Vec::new();
    let mut run = |name: &str, args: &[&str], with_others: bool| -> Result<Value> {
        let path = folder.path().join(name);
        let mut all = pythons.maker(args[0]);
        if with_others {
            all.extend(pythons.beside.iter().flat_map(|path| ["--beside".into(), path.display().to_string()]));
        }
        all.extend(args[1..].iter().map(|&arg| arg.into()));
        commands.push(format!("cargo run --release -- {}", shown(&all)));
        all.extend(["--json".into(), path.display().to_string()]);
        benches(&all)?;
        Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
    };
    let mut record = run("main", &["compare", "--rounds", &rounds, "--memory"], true)?;
    let protocols = ["--protocol", "0", "--protocol", "2", "--protocol", "5"];
    let others = [&["compare", "--rounds", &rounds][..], &protocols, &["--only", "load", "--only", "dump"]].concat();
    let more = [
        run("protocols", &others, false)?,
        run(
            "marshal",
            &["compare", "--rounds", &rounds, "--only", "marshal-load", "--only", "marshal-dump", "records"],
            true,
        )?,
        run(
            "tools",
            &[
                "compare",
                "--rounds",
                "3",
                "--only",
                "scan",
                "--only",
                "dis",
                "--only",
                "optimize",
                "ints",
                "unicode",
                "records",
                "instances",
            ],
            false,
        )?,
    ];
    let growth = run("growth", &["growth"], false)?;
    for part in more {
        if let (Some(all), Value::Array(rows)) = (record["results"].as_array_mut(), &part["results"]) {
            all.extend(rows.iter().cloned());
        }
        record["machine"]["load_behind"] = part["machine"]["load_behind"].clone();
    }
    record["growth"] = growth;
    record["instructions"] = match run("instructions", &["instructions"], false) {
        Ok(mut counts) => counts["cases"].take(),
        Err(error) => {
            println!("Instructions are not counted: {error}");
            json!({})
        }
    };
    record["commands"] = json!(commands);
    if let Some(record) = record.as_object_mut() {
        record.remove("command");
    }
    Ok(record)
}

/// Arguments without the paths of this machine.
fn shown(args: &[String]) -> String {
    args.iter().map(|arg| arg.rsplit('/').next().unwrap_or(arg)).collect::<Vec<_>>().join(" ")
}

/// Runs the measuring workspace, optimised.
fn benches(args: &[String]) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = paths::benches().join("Cargo.toml");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| paths::benches().join("target"), PathBuf::from);
    // Both programs: one starts the other.
    let build = ["build", "--release", "--bins", "--quiet", "--manifest-path"];
    successful(Command::new(cargo).args(build).arg(&manifest).env("CARGO_TARGET_DIR", &target))?;
    successful(Command::new(binary(&target)).args(args))
}

fn binary(target: &Path) -> PathBuf {
    target.join("release").join("pickle-benches").with_extension(env::consts::EXE_EXTENSION)
}

fn successful(command: &mut Command) -> Result<()> {
    match command.status()?.success() {
        true => Ok(()),
        false => Err(format!("{} failed", command.get_program().to_string_lossy()).into()),
    }
}
