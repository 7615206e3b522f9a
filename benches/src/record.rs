//! What a run leaves behind: a file of JSON, dated, with the machine that it ran on.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use pickle_benches::Result;
use serde::Serialize;

/// A run of `compare`.
#[derive(Serialize)]
pub(crate) struct Record {
    /// Seconds since 1970.
    pub(crate) time: u64,
    pub(crate) command: String,
    pub(crate) machine: Machine,
    /// Of the compiler, of the interpreters, and of the crates compared with.
    pub(crate) versions: Vec<(String, String)>,
    pub(crate) results: Vec<Row>,
    pub(crate) memory: Vec<Footprint>,
}

/// The machine; how much else it had to do tells how far its times can be trusted.
#[derive(Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) system: String,
    /// The load averages before the run and behind it.
    pub(crate) load_before: String,
    pub(crate) load_behind: String,
}

/// What one subject took for one workload.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) protocol: u8,
    pub(crate) workload: String,
    /// The size of the pickle.
    pub(crate) bytes: usize,
    pub(crate) who: String,
    /// The median of the runs, in microseconds.
    pub(crate) micros: f64,
    pub(crate) fastest: f64,
    pub(crate) runs: usize,
}

/// How much memory a load took at most.
#[derive(Serialize)]
pub(crate) struct Footprint {
    pub(crate) workload: String,
    pub(crate) who: String,
    pub(crate) pickle: usize,
    pub(crate) peak: u64,
}

impl Record {
    pub(crate) fn new() -> Record {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let rest = std::env::args().skip(1).map(|arg| anonymous(&arg)).collect::<Vec<_>>().join(" ");
        Record {
            time,
            command: format!("cargo run --release -- {rest}"),
            machine: Machine::here(),
            versions: versions(),
            results: Vec::new(),
            memory: Vec::new(),
        }
    }

    pub(crate) fn write(&mut self, path: &Path) -> Result<()> {
        self.machine.load_behind = load_average();
        write_json(path, self)
    }
}

/// Writes a file of JSON; its folder is made where it is missing.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, serde_json::to_string_pretty(value)? + "\n")?)
}

/// A path tells its last part only: what else there is is the machine's own.
fn anonymous(argument: &str) -> String {
    argument.rsplit('/').next().unwrap_or(argument).into()
}

impl Machine {
    fn here() -> Machine {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
        Machine {
            processor: model.trim_start_matches([' ', '\t', ':']).into(),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            system: first_line("uname", &["-s", "-r", "-m"]),
            load_before: load_average(),
            load_behind: String::new(),
        }
    }
}

fn load_average() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// The first line that a command prints.
pub(crate) fn first_line(command: &str, args: &[&str]) -> String {
    let output = Command::new(command).args(args).output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or_default().to_owned()
}

/// The compiler, and the crates compared with as the lock file has them.
fn versions() -> Vec<(String, String)> {
    const PEERS: [&str; 8] = [
        "serde-pickle",
        "pickled",
        "repugnant-pickle",
        "py-marshal",
        "marshal-parser",
        "serde_json",
        "simd-json",
        "rmp-serde",
    ];
    let lock = include_str!("../Cargo.lock");
    let version_of = |name: &str| {
        let (_, entry) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        Some((name.to_owned(), entry.split('"').next()?.to_owned()))
    };
    let mut versions = vec![("rustc".to_owned(), first_line("rustc", &["--version"]))];
    versions.extend(PEERS.into_iter().filter_map(version_of));
    versions
}
